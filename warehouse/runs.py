"""The row of a run: when a night was begun, and when it was done."""

from __future__ import annotations

from datetime import datetime

from ingest.interval import Interval
from warehouse.batch import one_batch
from warehouse.connection import Warehouse
from warehouse.load_count import LoadCount, counted


@one_batch
def start_run(warehouse: Warehouse, run_id: str, interval: Interval, at: datetime) -> LoadCount:
    """Open the run; one that was there already is open again and keeps its first beginning."""
    with warehouse.transaction():
        inserted = warehouse.change(
            "INSERT INTO runs SELECT ?, ?, ?, ?, NULL WHERE NOT EXISTS (SELECT 1 FROM runs WHERE run_id = ?)",
            [run_id, interval.start, interval.end, at, run_id],
        )
        reopened = warehouse.change(
            "UPDATE runs SET finished_at = NULL WHERE run_id = ? AND finished_at IS NOT NULL", [run_id]
        )
    return counted("runs", inserted, reopened)


@one_batch
def finish_run(warehouse: Warehouse, run_id: str, at: datetime) -> LoadCount:
    """Close the run if it is open; one that is closed or unknown is left alone."""
    with warehouse.transaction():
        closed = warehouse.change(
            "UPDATE runs SET finished_at = ? WHERE run_id = ? AND finished_at IS NULL", [at, run_id]
        )
    return counted("runs", 0, closed)
