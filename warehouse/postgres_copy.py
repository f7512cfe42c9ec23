"""Arrow tables to and from PostgreSQL: the columns of a table for them, the text that COPY reads, and rows back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any, Final

import pyarrow as pa
from psycopg import Column
from pyarrow import csv

from ingest.errors import WarehouseError

TIME: Final = pa.timestamp("us", "UTC")
_TYPES: Final[dict[pa.DataType, str]] = {
    pa.string(): "text",
    pa.large_string(): "text",
    pa.int32(): "integer",
    pa.int64(): "bigint",
    pa.bool_(): "boolean",
    pa.float64(): "double precision",
    pa.date32(): "date",
    TIME: "timestamptz",
    pa.binary(): "bytea",
    pa.list_(pa.string()): "text[]",
}
# The numbers are those of pg_type, the same on every server.
ARROW_OF_OID: Final[dict[int, pa.DataType]] = {
    16: pa.bool_(),
    17: pa.binary(),
    18: pa.string(),
    19: pa.string(),
    20: pa.int64(),
    21: pa.int32(),
    23: pa.int32(),
    25: pa.string(),
    700: pa.float64(),
    701: pa.float64(),
    705: pa.string(),
    1009: pa.list_(pa.string()),
    1015: pa.list_(pa.string()),
    1042: pa.string(),
    1043: pa.string(),
    1082: pa.date32(),
    1114: pa.timestamp("us"),
    1184: TIME,
    1700: pa.float64(),
}
_ROWS: Final = 20_000
_OPTIONS: Final = csv.WriteOptions(include_header=False)


def create_columns(schema: pa.Schema) -> str:
    """The columns of a PostgreSQL table that takes such rows, as CREATE TABLE wants them. Raises WarehouseError for a
    type that has no match."""
    return ", ".join(f"{field.name} {_type(field)}" for field in schema)


def copy_text(table: pa.Table) -> Iterator[bytes]:
    """The rows as COPY reads them with FORMAT csv: NULL is nothing at all, an empty text is quoted."""
    for batch in table.to_batches(max_chunksize=_ROWS):
        out = BytesIO()
        columns = [_as_text(column) for column in batch.columns]
        csv.write_csv(pa.RecordBatch.from_arrays(columns, names=batch.schema.names), out, _OPTIONS)
        yield out.getvalue()


def ahead(parts: Iterator[bytes]) -> Iterator[bytes]:
    """The same parts; the next one is made while the server works on the last."""
    with ThreadPoolExecutor(1) as maker:
        coming = maker.submit(next, parts, None)
        while (part := coming.result()) is not None:
            coming = maker.submit(next, parts, None)
            yield part


def arrow_table(columns: Sequence[Column], rows: Sequence[Sequence[Any]]) -> pa.Table:
    """Rows of a query as an Arrow table. Raises WarehouseError for a column of a type that the warehouse does not use."""
    schema = pa.schema([(column.name, _arrow_type(column)) for column in columns])
    values: list[Sequence[Any]] = list(zip(*rows, strict=True)) if rows else [()] * len(columns)
    schema = _whole(schema, values)
    try:
        arrays = [pa.array(column, kind) for column, kind in zip(values, schema.types, strict=True)]
    except (pa.ArrowException, OverflowError, ValueError) as error:
        raise WarehouseError(f"The rows can't be read: {error}.") from error
    return pa.Table.from_arrays(arrays, schema=schema)


def _whole(schema: pa.Schema, values: Sequence[Sequence[Any]]) -> pa.Schema:
    """Sums of counts come as numeric: where all of them are whole numbers, the column has whole numbers."""
    for number, (field, column) in enumerate(zip(schema, values, strict=True)):
        known = [value for value in column if value is not None]
        if pa.types.is_floating(field.type) and known and all(type(value) is int for value in known):
            schema = schema.set(number, field.with_type(pa.int64()))
    return schema


def _arrow_type(column: Column) -> pa.DataType:
    if column.type_code not in ARROW_OF_OID:
        raise WarehouseError(f"Column {column.name} has the type {column.type_display}: cast it to text.")
    return ARROW_OF_OID[column.type_code]


def _type(field: Any) -> str:
    kind = _TYPES.get(field.type)
    if kind is None and pa.types.is_timestamp(field.type) and field.type.tz:
        kind = "timestamptz"
    if kind is None and pa.types.is_list(field.type) and pa.types.is_string(field.type.value_type):
        kind = "text[]"
    if kind is None:
        raise WarehouseError(f"Column {field.name} has the type {field.type}, which no table of the warehouse has.")
    return kind


def _as_text(column: Any) -> Any:
    if pa.types.is_list(column.type):
        return pa.array([None if value is None else _array(value) for value in column.to_pylist()], pa.string())
    if pa.types.is_binary(column.type):
        return pa.array([None if value is None else "\\x" + value.hex() for value in column.to_pylist()], pa.string())
    return column


def _array(words: list[str | None]) -> str:
    """Words as PostgreSQL writes an array: {"one","tw\\"o"}."""
    return (
        "{"
        + ",".join(
            "NULL" if word is None else '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"' for word in words
        )
        + "}"
    )
