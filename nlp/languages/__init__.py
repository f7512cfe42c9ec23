"""One language = one folder of data (`language.toml`) with a thin adapter that assembles its spaCy pipeline."""
