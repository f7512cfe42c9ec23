"""How each language links a cause to a delay, denies it, and says who says so. One TOML file a language."""
