"""The engine for a team: a PostgreSQL server, 15 or newer. All of kezek lives in its schema `kezek`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, Final, Literal, TypeVar

import psycopg
import pyarrow as pa
import pyarrow.compute as pc
from psycopg import sql as names
from psycopg.pq import TransactionStatus

from ingest.errors import TransientError, WarehouseError
from warehouse.address import place
from warehouse.engine import Parameters, Row, Upsert, Warehouse, first_line
from warehouse.postgres_connect import LOST_PATIENCE_SECONDS, SCHEMA, connect
from warehouse.postgres_copy import ahead, arrow_table, copy_text, create_columns

T = TypeVar("T")

STRAIGHT: Final = 500
"""From so many staged rows on it is worth asking first whether any of their keys is known: if none is, they are copied
straight into their table."""
_LOCK: Final = 0x6B657A656B  # "kezek": the advisory lock of who changes the schema
_DOCUMENTS: Final = 0x6B657A  # "kez": the advisory locks of who loads documents
_HANDS: Final = 32
_CHUNK: Final = 50_000
_LOST: Final = ("08", "57P01", "57P02", "57P03")
_DISK_FULL: Final = "53100"
_CONTENDED: Final = ("40001", "40P01", "55P03", "23505")
_QUOTED: Final = re.compile(r"('(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\n]*)")
_PARAMETER: Final = re.compile(r"\?|\$([a-z_]\w*)", re.IGNORECASE)


class Postgres(Warehouse):
    """An open connection to a server."""

    engine: Literal["postgres"] = "postgres"

    def __init__(self, address: str, *, read_only: bool, patience_seconds: float) -> None:
        self.address = address
        self.read_only = read_only
        self.patience_seconds = patience_seconds if read_only else LOST_PATIENCE_SECONDS
        self.connection = connect(address, read_only, patience_seconds)
        self._waiting: dict[str, pa.Table] = {}
        self._staged: set[str] = set()
        self._inside = False

    @property
    def place(self) -> str:
        return place(self.address)

    def close(self) -> None:
        self.connection.close()

    def reconnect(self) -> None:
        self.connection.close()
        self._waiting.clear()
        self._staged.clear()
        self._inside = False
        self.connection = connect(self.address, self.read_only, self.patience_seconds)

    def execute(self, sql: str, parameters: Parameters = None) -> None:
        self._run(sql, parameters, lambda cursor: None)

    def change(self, sql: str, parameters: Parameters = None) -> int:
        return self._run(sql, parameters, lambda cursor: cursor.rowcount)

    def upsert(self, statement: Upsert) -> tuple[int, int]:
        table = self._waiting.get(statement.source)
        if table is not None and table.num_rows >= STRAIGHT and self._all_new(statement, table):
            order = pc.sort_indices(table, sort_keys=[(key, "ascending") for key in statement.key])
            self._copy(statement.table, table.select(list(statement.columns)).take(order))
            return table.num_rows, 0
        counted = (
            f"WITH put AS ({statement.on_conflict} RETURNING (xmax = 0) AS inserted) "
            "SELECT count(CASE WHEN inserted THEN 1 END) AS inserted, count(*) AS touched FROM put"
        )
        row = self.rows(counted)[0]
        return row["inserted"], row["touched"] - row["inserted"]

    def rows(self, sql: str, parameters: Parameters = None) -> list[Row]:
        def fetched(cursor: psycopg.Cursor[Any]) -> list[Row]:
            columns = [column.name for column in cursor.description or ()]
            return [dict(zip(columns, row, strict=True)) for row in cursor]

        return self._read(sql, parameters, fetched)

    def arrow(self, sql: str, parameters: Parameters = None) -> pa.Table:
        def fetched(cursor: psycopg.Cursor[Any]) -> pa.Table:
            columns = cursor.description or ()
            parts = [arrow_table(columns, cursor.fetchmany(_CHUNK))]
            while found := cursor.fetchmany(_CHUNK):
                parts.append(arrow_table(columns, found))
            return pa.concat_tables(parts, promote_options="permissive")

        return self._read(sql, parameters, fetched)

    def batches(self, sql: str, parameters: Parameters = None, *, size: int = 50_000) -> pa.RecordBatchReader:
        if not self._inside:
            raise WarehouseError(
                "Batches are read inside a snapshot or a transaction, else nobody ends what they began."
            )
        shape = self.arrow(f"SELECT * FROM ({sql}) AS shape LIMIT 0", parameters).schema

        def read() -> Iterator[pa.RecordBatch]:
            with _errors(self), self.connection.cursor("kezek_batches") as cursor:
                cursor.itersize = size
                cursor.execute(*_asked(sql, parameters))
                while found := cursor.fetchmany(size):
                    yield from arrow_table(cursor.description or (), found).cast(shape).to_batches()

        return pa.RecordBatchReader.from_batches(shape, read())

    @contextmanager
    def transaction(self) -> Iterator[None]:
        if self._inside:
            raise WarehouseError("A transaction stands inside another one: the inner would end the outer.")
        with _errors(self):
            self.connection.execute("BEGIN")
        self._inside = True
        try:
            yield
            if self.connection.info.transaction_status == TransactionStatus.INERROR:
                raise WarehouseError("A statement of the transaction failed: there is nothing to commit.")
        except BaseException:
            self._inside = False
            with _gone_anyway():
                self.connection.execute("ROLLBACK")
            raise
        self._inside = False
        with _errors(self):
            self.connection.execute("COMMIT")

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        with self.transaction():
            self.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield

    @contextmanager
    def staged(self, name: str, table: pa.Table) -> Iterator[None]:
        """The rows travel when the first statement asks for them by name; straight into their table, if that is all."""
        self._waiting[name] = table
        try:
            yield
        finally:
            self._waiting.pop(name, None)
            if name in self._staged:
                self._staged.discard(name)
                if self.connection.info.transaction_status in (TransactionStatus.IDLE, TransactionStatus.INTRANS):
                    with _gone_anyway():
                        self.connection.execute(
                            names.SQL("DROP TABLE IF EXISTS pg_temp.{}").format(names.Identifier(name))
                        )

    def relations(self) -> list[Row]:
        return self.rows(
            """
            SELECT CASE relkind WHEN 'v' THEN 'view' ELSE 'table' END AS kind, relname AS name,
                obj_description(oid, 'pg_class') AS comment
            FROM pg_class
            WHERE relnamespace = cast(current_schema() AS regnamespace) AND relkind IN ('r', 'v')
            ORDER BY relname COLLATE "C"
            """
        )

    def columns(self, relation: str) -> list[Row]:
        return self.rows(
            """
            SELECT attname AS name,
                replace(format_type(atttypid, NULL), 'double precision', 'double') AS type,
                col_description(attrelid, attnum) AS comment
            FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
            WHERE relnamespace = cast(current_schema() AS regnamespace) AND relname = ? AND attnum > 0 AND NOT attisdropped
            ORDER BY attnum
            """,
            [relation],
        )

    def lock_schema(self) -> None:
        self.execute(f"SELECT pg_advisory_xact_lock({_LOCK})")
        if self.value("SELECT lower('Ж')") != "ж":  # speakers that nobody knows are told apart in small letters
            raise WarehouseError(
                f"The locale of the database {self.place} knows no Cyrillic letters: make it with "
                "CREATE DATABASE … TEMPLATE template0 LOCALE 'C.UTF-8' or another UTF-8 locale."
            )
        if not self.value("SELECT count(*) FROM pg_namespace WHERE nspname = ?", [SCHEMA]):
            self.execute(f"CREATE SCHEMA {SCHEMA}")

    def take_turns(self, documents: str) -> None:
        """Documents are dealt to a few locks, taken in one order: a document that is new has no row to be locked."""
        self.execute(
            f"SELECT pg_advisory_xact_lock({_DOCUMENTS}, hand) FROM ("
            f"SELECT DISTINCT mod(hashtext(document_id), {_HANDS}) AS hand FROM {documents} AS loaded ORDER BY hand) AS hands"
        )

    def take_all_turns(self) -> None:
        # In the same order as one by one: nobody waits in a ring. A hash, and so a hand, may be negative.
        self.execute(
            f"SELECT pg_advisory_xact_lock({_DOCUMENTS}, hand) "
            f"FROM (SELECT hand FROM generate_series(1 - {_HANDS}, {_HANDS} - 1) AS dealt (hand) ORDER BY hand) AS hands"
        )

    def gather_statistics(self) -> None:
        self.execute(f"ANALYZE {', '.join(row['name'] for row in self.relations() if row['kind'] == 'table')}")

    @property
    def _idle(self) -> bool:
        return self.connection.info.transaction_status == TransactionStatus.IDLE

    def _run(self, sql: str, parameters: Parameters, take: Callable[[psycopg.Cursor[Any]], T]) -> T:
        self._send_staged(sql)
        with _errors(self), self.connection.cursor() as cursor:
            cursor.execute(*_asked(sql, parameters))
            return take(cursor)

    def _read(self, sql: str, parameters: Parameters, take: Callable[[psycopg.Cursor[Any]], T]) -> T:
        """As `_run`; a question that stands alone is asked again where the connection was lost."""
        alone = not (self._inside or self._waiting or self._staged)
        try:
            return self._run(sql, parameters, take)
        except TransientError:
            if not alone:
                raise
        self.reconnect()
        return self._run(sql, parameters, take)

    def _send_staged(self, sql: str) -> None:
        """Make temporary tables of what is staged and named in the statement."""
        for name in [name for name in self._waiting if re.search(rf"\b{name}\b", sql)]:
            self._make(name, self._waiting.pop(name))

    def _make(self, name: str, table: pa.Table) -> None:
        columns = create_columns(table.schema)
        with _errors(self):
            self.connection.execute(f"CREATE TEMPORARY TABLE {name} ({columns})")
        self._staged.add(name)
        self._copy(f"pg_temp.{name}", table)

    def _copy(self, target: str, table: pa.Table) -> None:
        columns = ", ".join(table.column_names)
        statement = f"COPY {target} ({columns}) FROM STDIN (FORMAT csv)"
        with _errors(self), self.connection.cursor() as cursor, cursor.copy(statement) as copy:
            for part in ahead(copy_text(table)):
                copy.write(part)

    def _all_new(self, statement: Upsert, table: pa.Table) -> bool:
        """Whether no row of the staged table has a key that the target knows. Another writer may still be quicker: then the
        copy fails on the key, and the whole batch is tried again."""
        name = f"{statement.source}_keys"
        same = " AND ".join(f"known.{key} = {name}.{key}" for key in statement.key)
        with self.staged(name, table.select(list(statement.key))):
            return not self.value(f"SELECT EXISTS (SELECT 1 FROM {name} JOIN {statement.table} AS known ON {same})")


def open_server(address: str, *, read_only: bool, patience_seconds: float) -> Postgres:
    """Connect to a PostgreSQL server. Raises WarehouseError: no server, no such database, a wrong password, too old."""
    return Postgres(address, read_only=read_only, patience_seconds=patience_seconds)


@contextmanager
def _errors(warehouse: Postgres) -> Iterator[None]:
    """Turn what psycopg says inside the block into WarehouseError, or into TransientError where another try may go well."""
    try:
        yield
    except psycopg.Error as error:
        state = error.sqlstate or ""
        if warehouse.connection.closed or state.startswith(_LOST):
            raise TransientError(f"The connection to {warehouse.place} was lost: {first_line(error)}") from error
        if state in _CONTENDED:
            raise TransientError(f"Another writer of {warehouse.place} was in the way: {first_line(error)}") from error
        if state == _DISK_FULL:
            raise WarehouseError(f"The disk of {warehouse.place} is full: {first_line(error)}.") from error
        raise WarehouseError(f"The warehouse refused: {first_line(error)}") from error
    except UnicodeEncodeError as error:
        raise WarehouseError(f"The warehouse takes no such character: {error.reason}.") from error


@contextmanager
def _gone_anyway() -> Iterator[None]:
    """With the connection goes what is cleaned up inside the block."""
    try:
        yield
    except psycopg.OperationalError:
        return


def _asked(sql: str, parameters: Parameters) -> tuple[str, Any]:
    """The statement with psycopg's placeholders, and its parameters; without any, it may be several statements."""
    if not parameters:
        return sql, None
    return _with_placeholders(sql), parameters


@lru_cache(maxsize=512)
def _with_placeholders(sql: str) -> str:
    parts = _QUOTED.split(sql.replace("%", "%%"))
    return "".join(part if number % 2 else _PARAMETER.sub(_placeholder, part) for number, part in enumerate(parts))


def _placeholder(found: re.Match[str]) -> str:
    return f"%({found[1]})s" if found[1] else "%s"
