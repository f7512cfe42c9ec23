"""Topics: what delay is asked about, the causes it may have and the words for them. One TOML file a topic."""
