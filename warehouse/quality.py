"""Checks before publishing: does the warehouse contradict itself, its sources the calendar, or a day the days before?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from warehouse.batch import one_batch
from warehouse.connection import Row, Warehouse
from warehouse.freshness import stale
from warehouse.keys import finding_id
from warehouse.quality_checks import CHECKS, Check
from warehouse.upsert import replaced, staging, upsert
from warehouse.volumes import unusual


@dataclass(frozen=True, slots=True)
class Finding:
    """One row that failed one check; `blocking` ones keep the analysts' file from being replaced."""

    check_name: str
    table_name: str
    row_key: str
    message: str
    blocking: bool


def check(warehouse: Warehouse, at: datetime | None = None) -> list[Finding]:
    """Run every check on the whole warehouse, and keep what they find in `quality_findings`, at `at` (default: now).

    Gives the findings. Raises WarehouseError where the warehouse can't be written.
    """
    findings = find(warehouse)
    record(warehouse, findings, at)
    return findings


def find(warehouse: Warehouse) -> list[Finding]:
    """Every row that fails a check, in the order of the checks and keys; writes nothing."""
    wrong = [finding for one in CHECKS for finding in failing(warehouse, one)]
    return wrong + oddities(warehouse)


def oddities(warehouse: Warehouse, until: datetime | None = None) -> list[Finding]:
    """Sources that gave unusually much or little on their latest day, or nothing for unusually long; as of `until`
    (default: now). None of it is blocking."""
    volumes = unusual(warehouse, until)
    told = {one.source_id for one in volumes}
    return [Finding("volume", one.table, one.source_id, one.message, False) for one in volumes] + [
        Finding("stale", "documents", one.source_id, one.message, False)
        for one in stale(warehouse, until)
        if one.source_id not in told
    ]


def failing(warehouse: Warehouse, one: Check) -> list[Finding]:
    """Every row that fails this check, in the order of the keys; writes nothing."""
    rows = warehouse.rows(f"SELECT DISTINCT row_key FROM ({one.sql}) AS failed ORDER BY row_key")
    return [Finding(one.name, one.table, str(row["row_key"]), one.message, one.blocking) for row in rows]


@one_batch
def record(warehouse: Warehouse, findings: list[Finding], found_at: datetime | None = None) -> None:
    """Keep the findings as rows, and mark as resolved the open ones that are not among them.

    One that was resolved and is found again is a new one: `found_at` is when it began this time.
    """
    moment = found_at or datetime.now(UTC)
    rows: list[Row] = [
        {
            "finding_id": finding_id(one.check_name, one.table_name, one.row_key),
            "check_name": one.check_name,
            "table_name": one.table_name,
            "row_key": one.row_key,
            "message": one.message,
            "blocking": one.blocking,
            "found_at": moment,
            "resolved_at": None,
        }
        for one in findings
    ]
    since = "CASE WHEN quality_findings.resolved_at IS NULL THEN quality_findings.found_at ELSE excluded.found_at END"
    with staging(warehouse, "staged_findings", "quality_findings", rows), warehouse.transaction():
        update = {**replaced(["message", "blocking", "resolved_at"]), "found_at": since}
        upsert(warehouse, "quality_findings", ["finding_id"], "staged_findings", update)
        warehouse.change(
            "UPDATE quality_findings SET resolved_at = ? WHERE resolved_at IS NULL AND NOT EXISTS ("
            "SELECT 1 FROM staged_findings WHERE staged_findings.finding_id = quality_findings.finding_id)",
            [moment],
        )


def open_findings(warehouse: Warehouse, limit: int | None = None) -> list[Row]:
    """The rows of `quality_findings` that are not resolved: blocking ones first, then the oldest; at most `limit`."""
    return warehouse.rows(
        "SELECT * FROM quality_findings WHERE resolved_at IS NULL "
        "ORDER BY CASE WHEN blocking THEN 0 ELSE 1 END, found_at, check_name, table_name, row_key "
        + ("" if limit is None else "LIMIT ?"),
        [] if limit is None else [limit],
    )


def count_open(warehouse: Warehouse) -> tuple[int, int]:
    """How many findings are open: those that are blocking, and all."""
    row = warehouse.rows(
        "SELECT count(CASE WHEN blocking THEN 1 END) AS blocking, count(*) AS found "
        "FROM quality_findings WHERE resolved_at IS NULL"
    )[0]
    return row["blocking"], row["found"]
