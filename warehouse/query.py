"""One question in SQL to the analysts' file: it reads that file and nothing else, and changes nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from ingest.errors import WarehouseError
from warehouse.connection import Warehouse, first_line, open_warehouse

_READING = {duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN}


@dataclass(frozen=True, slots=True)
class QueryResult:
    """`rows` in the order of `columns`; `truncated` says that there were more rows than the limit."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    truncated: bool


def run_query(path: Path, sql: str, limit: int = 1000, timeout_seconds: float = 60.0) -> QueryResult:
    """The first `limit` rows of one SELECT (or EXPLAIN, DESCRIBE, SHOW).

    The connection can't write, nor open any other file or address. Raises WarehouseError where the SQL is wrong, is not
    one question, or takes longer than `timeout_seconds`; ValueError for a limit below 1.
    """
    if limit < 1:
        raise ValueError(f"the limit is {limit}, but wants at least 1")
    # In a thread of its own: DuckDB, asked in the main one, sometimes swallows Ctrl-C.
    with open_warehouse(path, read_only=True) as warehouse, ThreadPoolExecutor(1) as asker:
        answer = asker.submit(_first_rows, warehouse, sql, limit)
        try:
            return answer.result(timeout_seconds)
        except TimeoutError as error:
            raise WarehouseError(f"The query took longer than {timeout_seconds:g} seconds.") from error
        except duckdb.Error as error:
            raise WarehouseError(f"The query failed: {first_line(error)}") from error
        except (ValueError, OverflowError) as error:  # infinite times and years beyond 9999 are more than Python has
            raise WarehouseError(f"The rows can't be shown ({first_line(error)}): cast them to varchar.") from error
        finally:
            while not answer.done():
                warehouse.connection.interrupt()
                wait([answer], timeout=0.05)


def _first_rows(warehouse: Warehouse, sql: str, limit: int) -> QueryResult:
    statements = warehouse.connection.extract_statements(sql)
    if len(statements) != 1:
        raise WarehouseError(f"One question at a time: there are {len(statements)} statements.")
    if statements[0].type not in _READING:
        raise WarehouseError(f"Only questions: {statements[0].type.name} is no SELECT.")
    reader = warehouse.connection.execute(statements[0]).to_arrow_reader(min(limit + 1, 10_000))
    rows: list[tuple[Any, ...]] = []
    for batch in reader:
        columns = [column.to_pylist() for column in batch.columns]
        rows.extend(zip(*columns, strict=True))
        if len(rows) > limit:
            break
    return QueryResult(tuple(reader.schema.names), rows[:limit], len(rows) > limit)
