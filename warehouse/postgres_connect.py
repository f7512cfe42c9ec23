"""A connection to a PostgreSQL server: had at last, or refused in one sentence that tells no password."""

from __future__ import annotations

from typing import Any, Final

import psycopg
import stamina
from psycopg.conninfo import make_conninfo
from psycopg.types.numeric import NumericLoader

from ingest.errors import WarehouseError
from warehouse.address import server_parts

SCHEMA: Final = "kezek"
LEAST_VERSION: Final = 150000
LOST_PATIENCE_SECONDS: Final = 180.0
"""How long a writer waits for a lost server: a restart takes seconds, a failover a minute or two."""
_GIVEN: Final = {
    "application_name": "kezek",
    "connect_timeout": "10",
    "client_encoding": "utf8",
    # A server whose host has gone says nothing: without these the system waits two hours for it.
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "60000",
}
# What waiting does not mend, in the server's and libpq's words; all else may (a restart, a failover, too many clients).
_FINAL: Final = (
    "authentication",
    "does not exist",
    "pg_hba.conf",
    "no password",
    "permission denied",
    "not permitted",
    "certificate",
    "invalid",
)


class _NotYetError(Exception):
    """The server does not answer, and may soon."""


class _Number(NumericLoader):
    """Sums and averages as int where they are whole, else as float."""

    def load(self, data: Any) -> Any:
        value = super().load(data)
        return int(value) if value.is_finite() and value == value.to_integral_value() else float(value)


def connect(address: str, read_only: bool, patience_seconds: float) -> psycopg.Connection[Any]:
    """A connection in kezek's schema and in UTC, each statement committed by itself.

    Waits up to `patience_seconds` for a server that may come. Raises WarehouseError: no server, no such database, a wrong
    password, too old a server, an address that is none.
    """
    known = server_parts(address)
    if known is None:  # what libpq would say repeats what it could not read, and that may be the password
        raise WarehouseError(
            "The address of the PostgreSQL warehouse does not fit: it wants postgresql://USER@HOST:PORT/DATABASE, settings "
            "that libpq knows, and in a password % / # ? @ and blanks as %25 %2F %23 %3F %40 %20."
        )
    conninfo = make_conninfo(address, **{name: value for name, value in _GIVEN.items() if name not in known})
    try:
        for attempt in stamina.retry_context(
            on=_NotYetError, attempts=None, timeout=patience_seconds, wait_initial=0.1, wait_max=3.0, wait_jitter=0.2
        ):
            with attempt:
                connection = _try(conninfo, read_only)
    except _NotYetError as error:
        raise WarehouseError(f"The PostgreSQL server does not answer: {error}") from None
    version = connection.info.server_version
    if version < LEAST_VERSION:
        connection.close()
        raise WarehouseError(
            f"The PostgreSQL server is of version {version // 10000}; kezek wants {LEAST_VERSION // 10000}."
        )
    connection.adapters.register_loader("numeric", _Number)
    return connection


def _try(conninfo: str, read_only: bool) -> psycopg.Connection[Any]:
    try:
        # Nothing is prepared by itself: a prepared question breaks when a migration adds a column.
        connection = psycopg.connect(conninfo, autocommit=True, prepare_threshold=None)
        connection.execute(
            "SELECT set_config('search_path', %s, false), set_config('TimeZone', 'UTC', false), "
            "set_config('default_transaction_read_only', %s, false), set_config('work_mem', '128MB', false), "
            "set_config('temp_buffers', '256MB', false), set_config('client_min_messages', 'warning', false)",
            [SCHEMA, "on" if read_only else "off"],
        )
    except psycopg.OperationalError as error:
        message = "; ".join(line.strip() for line in str(error).splitlines() if line.strip())
        if not any(words in message for words in _FINAL):
            raise _NotYetError(message) from None
        where = " (passwords belong in ~/.pgpass or PGPASSFILE)" if "no password" in message else ""
        raise WarehouseError(f"The PostgreSQL warehouse can't be opened: {message}{where}") from error
    return connection
