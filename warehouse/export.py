"""What leaves the warehouse as files: which tables and views, their rows in batches, and where all of it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa

from ingest.errors import InputError
from warehouse.connection import Warehouse
from warehouse.query import unknown_table
from warehouse.schema import schema_version

_OURS: Final = {"schema_migrations"}
"""Tables that only kezek itself reads."""
_INTERNAL: Final = {("documents", "signature")}
"""Columns that only kezek itself reads."""
_TEXTS: Final = {("documents", "text")}
"""Columns that hold whole texts of other people."""
BATCH_ROWS: Final = 5_000
"""Rows held in memory at once: some 25 MB of documents."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its SQL type in small letters, and what the schema's comment says of it."""

    name: str
    type: str
    comment: str


@dataclass(frozen=True, slots=True)
class Relation:
    """A table or view (`kind`) as it is exported; `left_out` names the columns that it has besides."""

    name: str
    kind: str
    comment: str
    columns: tuple[Column, ...]
    left_out: tuple[str, ...]


def exported(warehouse: Warehouse, only: list[str] | None = None, *, texts: bool = True) -> list[Relation]:
    """All tables and views meant for analysts, or those named in `only`; without `texts`, no whole text of a document.

    Raises InputError where a name in `only` is none of them.
    """
    found = {row["name"]: row for row in warehouse.relations() if row["name"] not in _OURS}
    for name in only or []:
        if name not in found:
            raise InputError(unknown_table(warehouse, name))
    return [_relation(warehouse, found[name], texts=texts) for name in sorted(set(only or found))]


def batches(warehouse: Warehouse, relation: Relation) -> pa.RecordBatchReader:
    """The rows of `relation` with its exported columns; read them before the next question."""
    columns = ", ".join(f'"{column.name}"' for column in relation.columns)
    return warehouse.batches(f'SELECT {columns} FROM "{relation.name}"', size=BATCH_ROWS)


def provenance(warehouse: Warehouse) -> dict[str, Any]:
    """Where the rows come from, as JSON has it: schema, days that were read, models, sources with what they gave."""
    days = warehouse.rows(_DAYS)[0]
    return {
        "schema_version": schema_version(warehouse),
        "days": {name: _plain(value) for name, value in days.items()},
        "models": [_plain_row(row) for row in warehouse.rows(_MODELS)],
        "sources": [_plain_row(row) for row in warehouse.rows(_SOURCES)],
    }


def _relation(warehouse: Warehouse, row: dict[str, Any], *, texts: bool) -> Relation:
    name = row["name"]
    without = {column for table, column in _INTERNAL | (set() if texts else _TEXTS) if table == name}
    columns = [Column(one["name"], one["type"], one["comment"] or "") for one in warehouse.columns(name)]
    return Relation(
        name,
        row["kind"],
        row["comment"] or "",
        tuple(column for column in columns if column.name not in without),
        tuple(column.name for column in columns if column.name in without),
    )


def _plain_row(row: dict[str, Any]) -> dict[str, object]:
    return {name: _plain(value) for name, value in row.items()}


def _plain(value: Any) -> object:
    return value.isoformat() if hasattr(value, "isoformat") else value


_DAYS: Final = """
SELECT
    min(cast(timezone('UTC', interval_start) AS date)) AS first_day,
    max(cast(timezone('UTC', interval_end - INTERVAL '1 microsecond') AS date)) AS last_day,
    count(*) AS readings,
    count(CASE WHEN gap_from IS NOT NULL THEN 1 END) AS with_a_gap,
    count(CASE WHEN NOT complete THEN 1 END) AS incomplete
FROM coverage
"""
_MODELS: Final = """
SELECT model_version, count(*) AS documents, min(extracted_at) AS first_used, max(extracted_at) AS last_used
FROM annotations GROUP BY model_version ORDER BY min(extracted_at), model_version
"""
_SOURCES: Final = """
SELECT
    sources.source_id, sources.name, sources.side,
    coalesce(held.documents, 0) AS documents, coalesce(held.revisions, 0) AS revisions,
    coalesce(looked.fetches, 0) AS fetches, coalesce(looked.warc_files, 0) AS warc_files
FROM sources
LEFT JOIN (
    SELECT source_id, count(DISTINCT document_id) AS documents, count(*) AS revisions FROM documents GROUP BY source_id
) AS held ON held.source_id = sources.source_id
LEFT JOIN (
    SELECT source_id, count(*) AS fetches, count(DISTINCT warc_file) AS warc_files FROM fetches GROUP BY source_id
) AS looked ON looked.source_id = sources.source_id
ORDER BY sources.source_id
"""
