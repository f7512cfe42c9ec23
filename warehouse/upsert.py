"""Rows into a table by key, through Arrow: insert what is new, update what differs, leave the rest alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

import pyarrow as pa

from ingest.errors import WarehouseError
from warehouse.engine import Row, Upsert, Warehouse
from warehouse.load_count import LoadCount, counted


@contextmanager
def staging(warehouse: Warehouse, name: str, like: str, rows: Sequence[Row]) -> Iterator[None]:
    """`rows` can be read as the table `name` inside the block; columns and types are those that `like` has.

    `like` is a table, or a query in brackets. Raises WarehouseError where a value doesn't fit or a time has no zone.
    """
    with warehouse.staged(name, _arrow(warehouse, like, rows)):
        yield


def upsert(
    warehouse: Warehouse, table: str, key: Sequence[str], source: str, update: Mapping[str, str], *, also: str = ""
) -> LoadCount:
    """Put the rows of `source` (a table or a query in brackets, same column names) into `table`.

    Where the key is known, each column of `update` is set to its expression (over `excluded` and `table`), but only if
    one of them would differ. `also` is a further assignment for the rows that differ, e.g. a time of change.
    """
    columns = tuple(columns_of(warehouse, table))
    inserted, updated = warehouse.upsert(Upsert(table, columns, tuple(key), source, update, also))
    return counted(table, inserted, updated)


def replaced(columns: Sequence[str]) -> dict[str, str]:
    """Assignments that take the incoming value."""
    return {column: f"excluded.{column}" for column in columns}


def columns_of(warehouse: Warehouse, table: str) -> list[str]:
    """The names of the table's columns, in their order."""
    return list(_schema(warehouse, table).names)


def without(warehouse: Warehouse, table: str, *columns: str) -> str:
    """The table's other columns, as a query in brackets."""
    return f"(SELECT {', '.join(name for name in columns_of(warehouse, table) if name not in columns)} FROM {table})"


def _schema(warehouse: Warehouse, like: str) -> pa.Schema:
    return warehouse.arrow(f"SELECT * FROM {like} AS shape LIMIT 0").schema


def _arrow(warehouse: Warehouse, like: str, rows: Sequence[Row]) -> pa.Table:
    schema = _schema(warehouse, like)
    names = set(schema.names)
    for row in rows:
        if row.keys() != names:
            raise WarehouseError(f"A row for {like} has the wrong columns: {sorted(row.keys() ^ names)}.")
        for name, value in row.items():
            if isinstance(value, datetime) and value.tzinfo is None:
                raise WarehouseError(f"{name} of a row for {like} is a time without a zone: {value}.")
    try:
        return pa.Table.from_pylist(list(rows), schema=schema)
    except (pa.ArrowException, UnicodeEncodeError, OverflowError) as error:
        raise WarehouseError(f"A row for {like} does not fit: {error}") from error
