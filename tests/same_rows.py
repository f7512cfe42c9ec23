"""Whether two warehouses hold the same: every table, every column but those that no second run could repeat.

    assert differences(rows(first), rows(second)) == []

A table that is not named below is compared whole: who adds one says here which of its columns are of the clock, and why.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from warehouse.connection import Warehouse

Rows = dict[str, Counter[tuple[Any, ...]]]

LEFT_OUT: Final[Mapping[str, Mapping[str, str]]] = {
    "annotations": {"extracted_at": "clock: when the model read it"},
    "claims": {
        "fetched_at": "clock: when the page was fetched",
        "warc_file": "place in the archive: its name holds the day of the clock",
        "warc_offset": "place in the archive",
        "extracted_at": "clock: when the model read it",
    },
    "coverage": {"run_id": "who read it: a night, or a person's run", "finished_at": "clock: when the reading ended"},
    "documents": {
        "first_seen_at": "clock: when it was fetched",
        "last_seen_at": "clock: when it was fetched last; a night looks again at what is known, a backfill does not",
        "fetch_id": "made of the clock; the answers that documents were read from are compared as rows of fetches",
    },
    "fetches": {
        "fetch_id": "made of the clock",
        "run_id": "who fetched it",
        "fetched_at": "clock",
        "warc_file": "place in the archive: its name holds the day of the clock",
        "warc_offset": "place in the archive",
    },
    "night_summaries": {"written_at": "clock: when the row last changed"},
    "observations": {"extracted_at": "clock: when the model read it"},
    "proposals": {"proposed_at": "clock: when it was proposed first"},
    "quality_findings": {"found_at": "clock: when a check met it first"},
    "runs": {"run_id": "who read it: a night, or a person's run", "started_at": "clock"},
    "unparsed": {
        "unparsed_id": "hash of the fetch_id",
        "fetch_id": "made of the clock",
        "found_at": "clock: when it was fetched",
    },
}
"""Columns, and why they differ between two runs that saw the same web."""

WHETHER: Final = ("gone_at", "superseded_at", "finished_at", "resolved_at")
"""Times of the clock of which it is compared whether they are there."""

ONLY: Final[Mapping[str, str]] = {
    # A night asks lists conditionally and looks again at what is known, and a backfill does not: the answers that
    # documents lead back to must be the same.
    "fetches": "fetch_id IN (SELECT fetch_id FROM documents)",
    # What was found on the way and is mended by now is history.
    "quality_findings": "resolved_at IS NULL",
}
DISTINCT: Final = ("fetches", "unparsed")
"""Tables with a row a look at the web: how often a page was looked at is no matter, what came of it is."""
NOT_COMPARED: Final[Mapping[str, str]] = {"schema_migrations": "when this warehouse was made"}


def rows(warehouse: Warehouse) -> Rows:
    """All rows of all tables, by table, as tuples of the compared columns in the order of their names."""
    found: Rows = {}
    for relation in warehouse.relations():
        table = relation["name"]
        if relation["kind"] == "table" and table not in NOT_COMPARED:
            found[table] = _rows(warehouse, table)
    return found


def differences(first: Rows, second: Rows, most: int = 10) -> list[str]:
    """What only one of the two holds, a sentence a row, at most `most` a table and side; empty where they are the same."""
    told = []
    for table in sorted(first.keys() | second.keys()):
        mine, others = first.get(table, Counter()), second.get(table, Counter())
        for side, surplus in (("first", mine - others), ("second", others - mine)):
            told += [f"{table}: only the {side} has {row}" for row in sorted(surplus.elements(), key=repr)[:most]]
    return told


def _rows(warehouse: Warehouse, table: str) -> Counter[tuple[Any, ...]]:
    left_out = LEFT_OUT.get(table, {})
    names = sorted(column["name"] for column in warehouse.columns(table) if column["name"] not in left_out)
    if unknown := left_out.keys() - {column["name"] for column in warehouse.columns(table)}:
        raise AssertionError(f"{table} has no column {sorted(unknown)} to be left out.")
    columns = ", ".join(f"{name} IS NOT NULL AS {name}" if name in WHETHER else name for name in names)
    only = f" WHERE {ONLY[table]}" if table in ONLY else ""
    found = warehouse.rows(f"SELECT {'DISTINCT ' if table in DISTINCT else ''}{columns} FROM {table}{only}")
    return Counter(tuple(_plain(value) for value in row.values()) for row in found)


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
