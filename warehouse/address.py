"""Where a warehouse is: a DuckDB file, or a PostgreSQL server's address."""

from __future__ import annotations

from pathlib import Path
from typing import Final, TypeGuard
from urllib.parse import urlsplit

Address = Path | str
"""A DuckDB file, or a `postgresql://` address."""
SCHEMES: Final = ("postgresql://", "postgres://")


def is_postgres(address: Address) -> TypeGuard[str]:
    """Whether this is the address of a server rather than a file."""
    return isinstance(address, str) and address.startswith(SCHEMES)


def place(address: Address) -> str:
    """The address as people are told it: a file's path, a server without user, password and settings."""
    if not is_postgres(address):
        return str(address)
    parts = urlsplit(address)
    hosts = parts.netloc.rpartition("@")[2] or "localhost"
    return f"postgresql://{hosts}{parts.path}"
