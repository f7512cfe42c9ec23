"""How the shipped weights were made. Nothing here runs at annotation time."""
