"""The embedded engine: one DuckDB file, which has one writer at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, Literal

import duckdb
import pyarrow as pa
import stamina

from ingest.errors import NotAWarehouseError, NoWarehouseError, SchemaError, WarehouseError
from warehouse.engine import Parameters, Row, Upsert, Warehouse, first_line

# No extension is ever fetched or loaded: the statically linked ones (json, icu, parquet) suffice.
_CUT_OFF: Final = "Could not read enough bytes"
_FORBIDDEN: Final = re.compile(r'Cannot open file "([^"\n]+)": (Permission denied|Read-only file system)')
_UNWRITTEN: Final = re.compile(r'Could not write[^"\n]*"([^"\n]+)"[^:\n]*: ([^"\n]+)')
_CLOSED_TO_THE_NETWORK: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "python_enable_replacements": "false",
}
# Readers can't reach any file but the one they opened, not even to spill.
READ_ONLY = {
    **_CLOSED_TO_THE_NETWORK,
    "enable_external_access": "false",
    "temp_directory": "",
    "memory_limit": "2GB",
}
MEMORY: Final = Path(":memory:")


class _LockedError(Exception):
    """Another process holds the file."""


class DuckDBFile(Warehouse):
    """An open DuckDB file. The constructor takes what `connect` or `duckdb.connect` gave."""

    engine: Literal["duckdb"] = "duckdb"

    def __init__(self, path: Path, connection: duckdb.DuckDBPyConnection, *, read_only: bool = False) -> None:
        self.path = path
        self.connection = connection
        self.read_only = read_only
        self.execute("SET TimeZone = 'UTC'")
        if read_only:
            self.execute("SET lock_configuration = true")

    @property
    def place(self) -> str:
        return str(self.path)

    def close(self) -> None:
        self.connection.close()

    def reconnect(self) -> None:
        """A file is never lost; raises WarehouseError if the database was shut down by a fatal error."""
        self.rows("SELECT 1")

    def execute(self, sql: str, parameters: Parameters = None) -> None:
        with sql_errors():
            self.connection.execute(sql, parameters)

    def change(self, sql: str, parameters: Parameters = None) -> int:
        with sql_errors():
            touched = self.connection.execute(sql, parameters).fetchone()
        return int(touched[0]) if touched else 0

    def upsert(self, statement: Upsert) -> tuple[int, int]:
        before = self.value(f"SELECT count(*) FROM {statement.table}")
        touched = self.change(statement.merge)
        inserted = self.value(f"SELECT count(*) FROM {statement.table}") - before
        return inserted, touched - inserted

    def rows(self, sql: str, parameters: Parameters = None) -> list[Row]:
        return self.arrow(sql, parameters).to_pylist()

    def arrow(self, sql: str, parameters: Parameters = None) -> pa.Table:
        with sql_errors():
            return self.connection.execute(sql, parameters).to_arrow_table()

    def batches(self, sql: str, parameters: Parameters = None, *, size: int = 50_000) -> pa.RecordBatchReader:
        with sql_errors():
            return self.connection.execute(sql, parameters).to_arrow_reader(size)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with sql_errors():
            self.connection.begin()
        try:
            yield
        except BaseException:
            with suppress(duckdb.Error):  # a database that a fatal error has shut rolls back by itself
                self.connection.rollback()
            raise
        with sql_errors():
            self.connection.commit()

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        with self.transaction():
            yield

    @contextmanager
    def staged(self, name: str, table: pa.Table) -> Iterator[None]:
        with sql_errors():
            self.connection.register(name, table)
        try:
            yield
        finally:
            self.connection.unregister(name)

    def relations(self) -> list[Row]:
        return self.rows(
            "SELECT 'view' AS kind, view_name AS name, comment FROM duckdb_views() WHERE NOT internal "
            "UNION ALL SELECT 'table', table_name, comment FROM duckdb_tables() WHERE NOT internal ORDER BY name"
        )

    def columns(self, relation: str) -> list[Row]:
        found = self.rows(
            "SELECT column_name AS name, lower(data_type) AS type, comment "
            "FROM duckdb_columns() WHERE NOT internal AND table_name = ? ORDER BY column_index",
            [relation],
        )
        return [{**row, "type": row["type"].replace("varchar", "text").replace("blob", "bytea")} for row in found]

    def lock_schema(self) -> None:
        """The file itself is the lock."""

    def take_turns(self, documents: str) -> None:
        """A file has one writer."""

    def take_all_turns(self) -> None:
        """A file has one writer."""

    def gather_statistics(self) -> None:
        """A file counts as it is written."""


def open_file(path: Path, *, read_only: bool, patience_seconds: float) -> DuckDBFile:
    """Open the DuckDB file at `path`; a writer makes it, and its folder, if there is none.

    While another process holds it, tries again for `patience_seconds` with growing waits. Raises NotAWarehouseError,
    SchemaError (of a newer DuckDB) or WarehouseError.
    """
    if not read_only:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise WarehouseError(f"The folder of {path} can't be made: {error.strerror}.") from error
    try:
        for attempt in stamina.retry_context(
            on=_LockedError, attempts=None, timeout=patience_seconds, wait_initial=0.05, wait_max=2.0, wait_jitter=0.1
        ):
            with attempt:
                connection = _connect(path, read_only)
    except _LockedError as error:
        raise WarehouseError(f"{path} is in use by another process: {error}") from None
    return DuckDBFile(path, connection, read_only=read_only)


def open_memory() -> DuckDBFile:
    """A database that is gone when it is closed."""
    return DuckDBFile(MEMORY, duckdb.connect(str(MEMORY), config=_CLOSED_TO_THE_NETWORK))


@contextmanager
def sql_errors() -> Iterator[None]:
    """Turn what DuckDB says inside the block into WarehouseError, first line only."""
    try:
        yield
    except duckdb.Error as error:
        _tell_unwritten(error)
        if _CUT_OFF in (message := first_line(error)):  # the first blocks were whole, so that opening it went well
            raise WarehouseError(f"The warehouse is cut off: {message}.") from error
        raise WarehouseError(f"The warehouse refused: {message}") from error


def _connect(path: Path, read_only: bool) -> duckdb.DuckDBPyConnection:
    new = not path.exists()
    try:
        return duckdb.connect(str(path), read_only=read_only, config=READ_ONLY if read_only else _CLOSED_TO_THE_NETWORK)
    except duckdb.Error as error:
        message = first_line(error)
        if "Could not set lock" in message:
            raise _LockedError(message) from None
        if new and _UNWRITTEN.search(str(error)):
            path.unlink(missing_ok=True)  # a full disk left a piece of a header, which nothing would ever open
        _tell_unwritten(error)
        if not path.exists():
            raise NoWarehouseError(
                f"There is no warehouse at {path}: KEZEK_HOME names its folder (after make run data/demo), kezek run makes one."
            ) from error
        if path.is_file() and ("not a valid DuckDB database" in message or _is_foreign(path, message)):
            raise NotAWarehouseError(f"{path} is no DuckDB file.") from error
        if _CUT_OFF in message:
            raise WarehouseError(f"{path} is cut off: the end of the file is missing.") from error
        if "Corrupt database file" in message:
            raise WarehouseError(f"{path} is damaged: {message}") from error
        if "database file with version number" in message:
            raise SchemaError(f"{path} was written by a newer DuckDB: {message}") from error
        raise WarehouseError(f"{path} can't be opened: {message}") from error


def _tell_unwritten(error: duckdb.Error) -> None:
    """Raise WarehouseError in plain words if the disk is full, or the file may not be written or grow; the transaction is
    not kept."""
    if found := _FORBIDDEN.search(str(error)):
        raise WarehouseError(f"{found[1]} can't be opened: {found[2]}.") from error
    if found := _UNWRITTEN.search(str(error)):
        name, reason = found[1], found[2].strip().rstrip(".")
        if "No space left" in reason:
            raise WarehouseError(f"The disk is full: {name} could not be written.") from error
        raise WarehouseError(f"{name} could not be written: {reason}.") from error


def _is_foreign(path: Path, message: str) -> bool:
    """Whether DuckDB wanted an extension for the file (for SQLite's, it does) and its first bytes are not DuckDB's."""
    if "extension" not in message:
        return False
    with path.open("rb") as file:
        return file.read(12)[8:] != b"DUCK"
