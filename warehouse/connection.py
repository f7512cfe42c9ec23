"""The writers' and readers' door to the warehouse: one DuckDB file, opened safely or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import duckdb
import pyarrow as pa
import stamina

from ingest.errors import NotAWarehouseError, SchemaError, WarehouseError
from ingest.retries import tell_retries
from warehouse.schema import check_schema, migrate

Row = dict[str, Any]

# No extension is ever fetched or loaded: the statically linked ones (json, icu, parquet) suffice.
_CUT_OFF = "Could not read enough bytes"
_CLOSED_TO_THE_NETWORK: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "python_enable_replacements": "false",
}
# Readers can't reach any file but the one they opened, not even to spill.
_READ_ONLY = {
    **_CLOSED_TO_THE_NETWORK,
    "enable_external_access": "false",
    "temp_directory": "",
    "memory_limit": "2GB",
}


class _LockedError(Exception):
    """Another process holds the file."""


@dataclass(frozen=True, slots=True)
class Warehouse:
    """An open warehouse. Close it, or use it in a `with`; the session's time zone is UTC."""

    path: Path
    connection: duckdb.DuckDBPyConnection
    read_only: bool = False

    def __enter__(self) -> Warehouse:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the file free for other processes. Closing twice is harmless."""
        self.connection.close()

    def execute(self, sql: str, parameters: Sequence[object] | dict[str, object] | None = None) -> None:
        """Run statements for their effect. Raises WarehouseError where the database refuses."""
        with sql_errors():
            self.connection.execute(sql, parameters)

    def change(self, sql: str, parameters: Sequence[object] | dict[str, object] | None = None) -> int:
        """Run one INSERT, UPDATE or DELETE; the number of rows that it touched."""
        with sql_errors():
            touched = self.connection.execute(sql, parameters).fetchone()
        return int(touched[0]) if touched else 0

    def rows(self, sql: str, parameters: Sequence[object] | dict[str, object] | None = None) -> list[Row]:
        """The rows of a query as dicts; times are aware."""
        return self.arrow(sql, parameters).to_pylist()

    def arrow(self, sql: str, parameters: Sequence[object] | dict[str, object] | None = None) -> pa.Table:
        """The rows of a query as an Arrow table."""
        with sql_errors():
            return self.connection.execute(sql, parameters).to_arrow_table()

    def value(self, sql: str, parameters: Sequence[object] | dict[str, object] | None = None) -> Any:
        """The first column of the first row, or None where there is no row."""
        found = self.rows(sql, parameters)
        return next(iter(found[0].values())) if found else None

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing: commits at the end of the block, rolls back whatever leaves it early."""
        with sql_errors():
            self.connection.begin()
        try:
            yield
        except BaseException:
            self.connection.rollback()
            raise
        with sql_errors():
            self.connection.commit()

    @contextmanager
    def staged(self, name: str, table: pa.Table) -> Iterator[None]:
        """`table` can be read as a table called `name` inside the block."""
        with sql_errors():
            self.connection.register(name, table)
        try:
            yield
        finally:
            self.connection.unregister(name)


@contextmanager
def sql_errors() -> Iterator[None]:
    """Turn what DuckDB says inside the block into WarehouseError, first line only."""
    try:
        yield
    except duckdb.Error as error:
        if _CUT_OFF in (message := first_line(error)):  # the first blocks were whole, so that opening it went well
            raise WarehouseError(f"The warehouse is cut off: {message}.") from error
        raise WarehouseError(f"The warehouse refused: {message}") from error


def first_line(error: BaseException) -> str:
    """The first line of an error's message."""
    return str(error).partition("\n")[0].strip() or type(error).__name__


def open_warehouse(path: Path, *, read_only: bool = False, patience_seconds: float = 30.0) -> Warehouse:
    """Open the warehouse at `path`; a writer makes the file if there is none and brings an older schema up to date.

    While another process holds the file, tries again for `patience_seconds` with growing waits. Raises
    NotAWarehouseError (no DuckDB file, or another schema), SchemaError (written by a newer kezek), WarehouseError
    (not there, not permitted, still locked). Nothing is written where it raises.
    """
    if not read_only:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise WarehouseError(f"The folder of {path} can't be made: {error.strerror}.") from error
    tell_retries()
    try:
        for attempt in stamina.retry_context(
            on=_LockedError, attempts=None, timeout=patience_seconds, wait_initial=0.05, wait_max=2.0, wait_jitter=0.1
        ):
            with attempt:
                connection = _connect(path, read_only)
    except _LockedError as error:
        raise WarehouseError(f"{path} is in use by another process: {error}") from None
    warehouse = Warehouse(path, connection, read_only)
    try:
        warehouse.execute("SET TimeZone = 'UTC'")
        if read_only:
            warehouse.execute("SET lock_configuration = true")
        check_schema(warehouse)
        if not read_only:
            migrate(warehouse)
    except BaseException:
        warehouse.close()
        raise
    return warehouse


def open_in_memory() -> Warehouse:
    """An empty warehouse that is gone when it is closed."""
    warehouse = Warehouse(Path(":memory:"), duckdb.connect(":memory:", config=_CLOSED_TO_THE_NETWORK))
    warehouse.execute("SET TimeZone = 'UTC'")
    migrate(warehouse)
    return warehouse


def _connect(path: Path, read_only: bool) -> duckdb.DuckDBPyConnection:
    try:
        return duckdb.connect(
            str(path), read_only=read_only, config=_READ_ONLY if read_only else _CLOSED_TO_THE_NETWORK
        )
    except duckdb.Error as error:
        message = first_line(error)
        if "Could not set lock" in message:
            raise _LockedError(message) from None
        if not path.exists():
            raise WarehouseError(f"There is no warehouse at {path}.") from error
        if path.is_file() and ("not a valid DuckDB database" in message or _is_foreign(path, message)):
            raise NotAWarehouseError(f"{path} is no DuckDB file.") from error
        if _CUT_OFF in message:
            raise WarehouseError(f"{path} is cut off: the end of the file is missing.") from error
        if "Corrupt database file" in message:
            raise WarehouseError(f"{path} is damaged: {message}") from error
        if "database file with version number" in message:
            raise SchemaError(f"{path} was written by a newer DuckDB: {message}") from error
        raise WarehouseError(f"{path} can't be opened: {message}") from error


def _is_foreign(path: Path, message: str) -> bool:
    """Whether DuckDB wanted an extension for the file (for SQLite's, it does) and its first bytes are not DuckDB's."""
    if "extension" not in message:
        return False
    with path.open("rb") as file:
        return file.read(12)[8:] != b"DUCK"
