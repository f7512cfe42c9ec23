"""Russian: spaCy's blank language over razdel's tokens, slovnet's taggers, pymorphy3's dictionary forms."""
