"""`kezek explore`: the analysts' warehouse in a browser, on loopback, read-only."""

from kezek.explore.server import serve

__all__ = ["serve"]
