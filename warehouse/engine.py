"""What both engines give: one schema, one dialect of SQL, rows as dicts, Arrow tables in and out.

SQL is written once, for DuckDB and PostgreSQL alike, with `?` or `$name` for parameters. `DuckDBFile` and `Postgres` are
the two that there are; `warehouse.connection` opens them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Literal, Self

import pyarrow as pa

Row = dict[str, Any]
Parameters = Sequence[object] | Mapping[str, object] | None
Engine = Literal["duckdb", "postgres"]


@dataclass(frozen=True, slots=True)
class Upsert:
    """Rows of `source` (a staged table, or a query in brackets) into `table`, by `key`.

    Where the key is known, each column of `update` is set to its expression over `excluded` (the incoming row) and
    `table`, but only if one of them would differ; `also` is a further assignment for those rows.
    """

    table: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    source: str
    update: Mapping[str, str]
    also: str = ""

    @property
    def on_conflict(self) -> str:
        """As INSERT … ON CONFLICT, for many writers. What is known and would stay as it is, is left out by a join, before any
        row is touched or locked. Rows go in by key: writers that lock rows in one order never wait in a ring."""
        table, columns, keys = self.table, ", ".join(self.columns), ", ".join(self.key)
        changed = f" OR {self._differs}" if self.update else ""
        conflict = f"DO UPDATE SET {self._assignments} WHERE {self._differs}" if self.update else "DO NOTHING"
        return (
            f"INSERT INTO {table} ({columns}) SELECT {columns} FROM ("
            f"SELECT excluded.* FROM {self.source} AS excluded LEFT JOIN {table} ON {self._same} "
            f"WHERE {table}.{self.key[0]} IS NULL{changed}"
            f") AS incoming ORDER BY {keys} ON CONFLICT ({keys}) {conflict}"
        )

    @property
    def merge(self) -> str:
        """As MERGE, for one writer."""
        incoming = ", ".join(f"excluded.{column}" for column in self.columns)
        matched = f"WHEN MATCHED AND ({self._differs}) THEN UPDATE SET {self._assignments} " if self.update else ""
        return (
            f"MERGE INTO {self.table} USING {self.source} AS excluded ON {self._same} {matched}"
            f"WHEN NOT MATCHED THEN INSERT ({', '.join(self.columns)}) VALUES ({incoming})"
        )

    @property
    def _same(self) -> str:
        return " AND ".join(f"{self.table}.{column} = excluded.{column}" for column in self.key)

    @property
    def _assignments(self) -> str:
        given = [f"{column} = {value}" for column, value in self.update.items()]
        return ", ".join([*given, self.also] if self.also else given)

    @property
    def _differs(self) -> str:
        return " OR ".join(f"{self.table}.{column} IS DISTINCT FROM {value}" for column, value in self.update.items())


class Warehouse(ABC):
    """An open warehouse. Close it, or use it in a `with`; the session's time zone is UTC."""

    engine: Engine
    read_only: bool

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    @abstractmethod
    def place(self) -> str:
        """Where it is, as people are told: never with a password."""

    @abstractmethod
    def close(self) -> None:
        """Give the warehouse free. Closing twice is harmless."""

    @abstractmethod
    def reconnect(self) -> None:
        """Open it again after the connection was lost; what was staged is gone. Raises WarehouseError if it can't."""

    @abstractmethod
    def execute(self, sql: str, parameters: Parameters = None) -> None:
        """Run statements for their effect. Raises WarehouseError where the database refuses."""

    @abstractmethod
    def change(self, sql: str, parameters: Parameters = None) -> int:
        """Run one INSERT, UPDATE or DELETE; the number of rows that it touched."""

    @abstractmethod
    def upsert(self, statement: Upsert) -> tuple[int, int]:
        """Run one upsert; how many rows were inserted, and how many updated."""

    @abstractmethod
    def rows(self, sql: str, parameters: Parameters = None) -> list[Row]:
        """The rows of a query as dicts; times are aware."""

    @abstractmethod
    def arrow(self, sql: str, parameters: Parameters = None) -> pa.Table:
        """The rows of a query as an Arrow table."""

    @abstractmethod
    def batches(self, sql: str, parameters: Parameters = None, *, size: int = 50_000) -> pa.RecordBatchReader:
        """The rows of a query as Arrow batches of about `size` rows, inside a snapshot or a transaction; read them before the
        next statement."""

    @abstractmethod
    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing: commits at the end of the block, rolls back whatever leaves it early."""

    @abstractmethod
    def snapshot(self) -> AbstractContextManager[None]:
        """All questions in the block see one moment, whoever writes meanwhile. For reading only."""

    @abstractmethod
    def staged(self, name: str, table: pa.Table) -> AbstractContextManager[None]:
        """`table` can be read as a table called `name` inside the block."""

    @abstractmethod
    def relations(self) -> list[Row]:
        """Every table and view, by name: `kind` (table or view), `name`, `comment`."""

    @abstractmethod
    def columns(self, relation: str) -> list[Row]:
        """The columns of a table or view, in their order: `name`, `type` (in small letters, text for any string), `comment`."""

    @abstractmethod
    def lock_schema(self) -> None:
        """Inside a transaction: wait until no other process changes the schema, and keep them out until its end."""

    @abstractmethod
    def take_turns(self, documents: str) -> None:
        """Inside a transaction, before it reads or writes: who loads some of the same documents waits until it has ended.

        `documents` is a staged table, or a query in brackets, with a column `document_id`.
        """

    @abstractmethod
    def take_all_turns(self) -> None:
        """As `take_turns`, with all documents: who loads any waits until the transaction has ended."""

    @abstractmethod
    def gather_statistics(self) -> None:
        """Let the engine count its rows anew, so that it plans questions by what is there now."""

    def value(self, sql: str, parameters: Parameters = None) -> Any:
        """The first column of the first row, or None where there is no row."""
        found = self.rows(sql, parameters)
        return next(iter(found[0].values())) if found else None


def first_line(error: BaseException) -> str:
    """The first line of an error's message."""
    return str(error).partition("\n")[0].strip() or type(error).__name__
