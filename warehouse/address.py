"""Where a warehouse is: a DuckDB file, or a PostgreSQL server's address."""

from __future__ import annotations

from pathlib import Path
from typing import Final, TypeGuard

Address = Path | str
"""A DuckDB file, or a `postgresql://` address."""
SCHEMES: Final = ("postgresql://", "postgres://")


def is_postgres(address: Address) -> TypeGuard[str]:
    """Whether this is the address of a server rather than a file."""
    return isinstance(address, str) and address.startswith(SCHEMES)


def place(address: Address) -> str:
    """The address as people are told it: a file's path, a server's host and database, nothing of user or password."""
    if not is_postgres(address):
        return str(address)
    parts = server_parts(address)
    if parts is None:
        return "a PostgreSQL server"
    hosts, ports = parts.get("host", "").split(","), parts.get("port", "").split(",")
    ports += [ports[-1]] * (len(hosts) - len(ports))
    told = [f"{host or 'localhost'}{f':{port}' if port else ''}" for host, port in zip(hosts, ports, strict=True)]
    return f"postgresql://{','.join(told)}/{parts.get('dbname', '')}"


def server_parts(address: str) -> dict[str, str] | None:
    """What libpq reads in the address, by its names; None where that can't be what was meant: a password with a bare / or @
    ends up in the host's or the database's name."""
    from psycopg import ProgrammingError  # here, for every start of the command line reads this module
    from psycopg.conninfo import conninfo_to_dict

    try:
        parts = {name: str(value) for name, value in conninfo_to_dict(address).items() if value}
    except ProgrammingError:
        return None
    odd = any("@" in parts.get(name, "") for name in ("host", "dbname"))
    return None if odd or not parts.get("port", "0").replace(",", "").isdigit() else parts
