"""What the warehouse already knows: the questions from which the next night takes its work."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, date, datetime, timedelta

from ingest.document import Document
from ingest.interval import Interval
from warehouse.connection import Row, Warehouse

_DOCUMENT_COLUMNS = ", ".join(
    f"documents.{field.name}" for field in fields(Document) if field.name not in ("source_name", "source_side")
)
_DOCUMENTS = f"""
    SELECT
        {_DOCUMENT_COLUMNS},
        coalesce(sources.name, '') AS source_name, coalesce(sources.side, 'UNKNOWN') AS source_side
    FROM documents LEFT JOIN sources ON sources.source_id = documents.source_id
"""
_LATEST_FIRST = "ORDER BY documents.first_seen_at DESC, documents.document_id DESC, documents.content_sha256 DESC"
_UNANNOTATED = """
    NOT EXISTS (
        SELECT 1 FROM annotations
        WHERE annotations.document_id = documents.document_id
            AND annotations.content_sha256 = documents.content_sha256
            AND annotations.model_version = ?
    )
"""


def unannotated(
    warehouse: Warehouse,
    model_version: str,
    *,
    published: Interval | None = None,
    brought_by: str | None = None,
    limit: int | None = None,
) -> list[Document]:
    """Revisions that `model_version` has not read, first seen first; only those published in `published` (first seen, where no
    date is known), and those that the run `brought_by` saw first, where these are given; of more than `limit` the latest:
    news must not wait behind a backlog."""
    condition = _UNANNOTATED
    parameters: list[object] = [model_version]
    if published is not None:
        moment = "coalesce(documents.published_at, documents.first_seen_at)"
        condition += f" AND {moment} >= ? AND {moment} < ?"
        parameters += [published.start, published.end]
    if brought_by is not None:
        condition += " AND documents.fetch_id IN (SELECT fetch_id FROM fetches WHERE run_id = ?)"
        parameters.append(brought_by)
    rows = warehouse.rows(
        f"{_DOCUMENTS} WHERE {condition} {_LATEST_FIRST} {'' if limit is None else 'LIMIT ?'}",
        parameters if limit is None else [*parameters, limit],
    )
    lists = ("links", "media", "media_urls")
    return [Document(**{**row, **{name: tuple(row[name] or ()) for name in lists}}) for row in reversed(rows)]


def count_unannotated(warehouse: Warehouse, model_version: str) -> int:
    """How many revisions `model_version` has not read."""
    return int(warehouse.value(f"SELECT count(*) FROM documents WHERE {_UNANNOTATED}", [model_version]))


def is_covered(warehouse: Warehouse, source_id: str, interval: Interval) -> bool:
    """Whether complete readings of the source, laid end to end, span the whole interval."""
    seen_until = interval.start
    for row in warehouse.rows(
        "SELECT interval_start, interval_end FROM coverage "
        "WHERE source_id = ? AND complete AND interval_start < ? AND interval_end > ? ORDER BY interval_start",
        [source_id, interval.end, interval.start],
    ):
        if row["interval_start"] > seen_until:
            return False
        seen_until = max(seen_until, row["interval_end"])
    return seen_until >= interval.end


def stop_reason(warehouse: Warehouse, source_id: str, interval: Interval) -> str | None:
    """Why the reading of exactly this interval ended; None where there was none."""
    rows = warehouse.rows(
        "SELECT stop_reason FROM coverage WHERE source_id = ? AND interval_start = ? AND interval_end = ?",
        [source_id, interval.start, interval.end],
    )
    return rows[0]["stop_reason"] if rows else None


def counts(warehouse: Warehouse) -> dict[str, int]:
    """Rows of every table, but for the one that records the schema."""
    tables = [
        row["name"] for row in warehouse.relations() if row["kind"] == "table" and row["name"] != "schema_migrations"
    ]
    return {name: warehouse.value(f"SELECT count(*) FROM {name}") for name in sorted(tables)}


def coverage_by_source(warehouse: Warehouse) -> list[Row]:
    """One row a source: first_day, last_day, intervals, complete, gaps (counts), and the last stop_reason."""
    return warehouse.rows(
        """
        SELECT
            source_id,
            cast(min(timezone('UTC', interval_start)) AS date) AS first_day,
            cast(max(timezone('UTC', interval_start)) AS date) AS last_day,
            count(*) AS intervals,
            count(CASE WHEN complete THEN 1 END) AS complete,
            count(gap_from) AS gaps,
            (array_agg(stop_reason ORDER BY interval_start DESC, interval_end DESC))[1] AS stop_reason
        FROM coverage GROUP BY source_id ORDER BY source_id
        """
    )


def days_not_covered(warehouse: Warehouse) -> dict[str, list[date]]:
    """By source, the UTC days from its first to its last interval that no complete reading spans; sources without such
    days are left out."""
    seen: dict[str, list[Row]] = {}
    for row in warehouse.rows(
        "SELECT source_id, complete, interval_start, interval_end FROM coverage ORDER BY source_id, interval_start"
    ):
        seen.setdefault(row["source_id"], []).append(row)
    owed = {source_id: _days_owed(rows) for source_id, rows in seen.items()}
    return {source_id: days for source_id, days in owed.items() if days}


def _days_owed(readings: list[Row]) -> list[date]:
    first = min(row["interval_start"] for row in readings).astimezone(UTC).date()
    last = (max(row["interval_end"] for row in readings) - timedelta(microseconds=1)).astimezone(UTC).date()
    whole: set[date] = set()
    for row in readings:
        if row["complete"]:
            since, until = row["interval_start"].astimezone(UTC), row["interval_end"].astimezone(UTC)
            day = since.date() if since == _midnight(since.date()) else since.date() + timedelta(days=1)
            while _midnight(day + timedelta(days=1)) <= until:
                whole.add(day)
                day += timedelta(days=1)
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return [day for day in days if day not in whole]


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def last_problem(warehouse: Warehouse, source_id: str) -> str | None:
    """What was wrong with the source's last response that could not be read; None where there was none."""
    rows = warehouse.rows(
        "SELECT message FROM unparsed WHERE source_id = ? AND NOT resolved ORDER BY found_at DESC NULLS LAST LIMIT 1",
        [source_id],
    )
    return rows[0]["message"] if rows else None


def off_layout(warehouse: Warehouse) -> list[Row]:
    """The sources whose latest reading had pages that did not fit their own parser: source_id, day, off_layout, fetched."""
    return warehouse.rows(
        """
        SELECT source_id, day, off_layout, fetched FROM (
            SELECT
                source_id, cast(timezone('UTC', interval_start) AS date) AS day, off_layout, fetched,
                row_number() OVER (PARTITION BY source_id ORDER BY interval_start DESC, interval_end DESC) AS recency
            FROM coverage WHERE fetched > 0
        ) AS latest
        WHERE recency = 1 AND off_layout > 0
        ORDER BY source_id
        """
    )


def last_runs(warehouse: Warehouse, limit: int = 10) -> list[Row]:
    """The latest runs, newest interval first."""
    return warehouse.rows("SELECT * FROM runs ORDER BY interval_end DESC, started_at DESC, run_id LIMIT ?", [limit])
