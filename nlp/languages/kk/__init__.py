"""Kazakh: own language class, NER trained on KazNERD, endings stripped by table. No parser exists."""
