"""One question in SQL to the analysts' warehouse: it reads that and nothing else, and changes nothing."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from typing import Any, Final

import duckdb
import pyarrow as pa

from ingest.errors import WarehouseError
from warehouse.connection import Address, Warehouse, first_line, open_warehouse
from warehouse.duckdb_file import DuckDBFile
from warehouse.postgres import Postgres
from warehouse.postgres_query import UnknownTableError, ask_server

_READING: Final = {duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN}
_NO_TABLE: Final = re.compile(r"Table with name (\S+) does not exist")
_NO_COLUMN: Final = re.compile(r'(?:Referenced column|does not have a column named) "([^"]+)"')
_CANDIDATES: Final = re.compile(r"^Candidate bindings:[ :]*(.+)$", re.MULTILINE)


@dataclass(frozen=True)
class QueryResult:
    """The answer as an Arrow table; `truncated` says that there were more rows than the limit."""

    table: pa.Table
    truncated: bool

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns, in their order; a name may stand there twice."""
        return tuple(self.table.schema.names)

    @cached_property
    def rows(self) -> list[tuple[Any, ...]]:
        """The rows as Python has them, in the order of `columns`.

        Raises WarehouseError where Python has no such value: an infinite time, a year beyond 9999.
        """
        try:
            columns = [column.to_pylist() for column in self.table.columns]
        except (ValueError, OverflowError) as error:
            raise WarehouseError(f"The rows can't be shown ({first_line(error)}): cast them to text.") from error
        return list(zip(*columns, strict=True)) if columns else []


def run_query(address: Address, sql: str, limit: int = 1000, timeout_seconds: float = 60.0) -> QueryResult:
    """The first `limit` rows of one SELECT (or EXPLAIN, SHOW; on DuckDB DESCRIBE too).

    The connection can't write, nor open any other file or address. Raises WarehouseError where the SQL is wrong, is not
    one question, or takes longer than `timeout_seconds`; ValueError for a limit below 1.
    """
    if limit < 1:
        raise ValueError(f"the limit is {limit}, but wants at least 1")
    if not sql.isprintable() and any("\ud800" <= character <= "\udfff" for character in sql):
        raise WarehouseError("The question is not UTF-8.")
    with open_warehouse(address, read_only=True) as warehouse:
        if isinstance(warehouse, Postgres):
            try:
                return QueryResult(*ask_server(warehouse, sql, limit, timeout_seconds))
            except UnknownTableError as error:
                raise WarehouseError(unknown_table(warehouse, str(error))) from None
        assert isinstance(warehouse, DuckDBFile)
        return _ask_file(warehouse, sql, limit, timeout_seconds)


def unknown_table(warehouse: Warehouse, name: str) -> str:
    """What to say of a table that is not there: which are near, and which views there are."""
    relations = warehouse.relations()
    near = get_close_matches(name.lower(), [row["name"] for row in relations], n=3)
    views = ", ".join(row["name"] for row in relations if row["kind"] == "view")
    meant = f" Near are {', '.join(near)}." if near else ""
    return f"There is no table {name}.{meant} The views are {views}; kezek schema explains them and the tables."


def _ask_file(warehouse: DuckDBFile, sql: str, limit: int, timeout_seconds: float) -> QueryResult:
    # In a thread of its own: DuckDB, asked in the main one, sometimes swallows Ctrl-C.
    with ThreadPoolExecutor(1) as asker:
        answer = asker.submit(_first_rows, warehouse.connection, sql, limit)
        try:
            return answer.result(timeout_seconds)
        except TimeoutError as error:
            raise WarehouseError(f"The query took longer than {timeout_seconds:g} s.") from error
        except duckdb.Error as error:
            raise WarehouseError(_complaint(warehouse, error)) from error
        finally:
            while not answer.done():
                warehouse.connection.interrupt()
                wait([answer], timeout=0.05)


def _first_rows(connection: duckdb.DuckDBPyConnection, sql: str, limit: int) -> QueryResult:
    statements = connection.extract_statements(sql)
    if len(statements) != 1:
        many = f"there are {len(statements)} statements" if statements else "there is none"
        raise WarehouseError(f"One question at a time: {many}.")
    if statements[0].type not in _READING:
        raise WarehouseError(f"Only questions: {statements[0].type.name} is no SELECT.")
    reader = connection.execute(statements[0]).to_arrow_reader(min(limit + 1, 10_000))
    batches, rows = [], 0
    for batch in reader:
        batches.append(batch)
        rows += batch.num_rows
        if rows > limit:
            break
    table = pa.Table.from_batches(batches, reader.schema)
    return QueryResult(table.slice(0, limit), rows > limit)


def _complaint(warehouse: Warehouse, error: duckdb.Error) -> str:
    message = str(error)
    if missing := _NO_TABLE.search(message):
        return unknown_table(warehouse, missing[1])
    if (unknown := _NO_COLUMN.search(message)) and (near := _CANDIDATES.search(message)):
        return f"There is no column {unknown[1]}; near are {near[1].replace(chr(34), '')}."
    said = message.partition("\n\nLINE ")[0].split("\n")
    return f"The query failed: {' '.join(part.strip() for part in said if part.strip())}"
