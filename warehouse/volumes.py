"""How many rows a source gave on its latest day, against its own usual days: a source that fell silent, or runs wild.

Only days that were read to their end are compared, each with the days of its own kind (Monday to Friday, or weekend)
among the 28 complete days before. Counts are compared by their square roots, in which chance has the same spread for a
large source as for a small one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from statistics import median

from warehouse.connection import Row, Warehouse

WINDOW = 28
"""Complete days that are looked back upon."""
LEAST_DAYS = 7
"""Fewer days of the same kind say nothing of what is usual."""
SPREADS = 4.0
"""So many spreads from the middle are unusual; of pure chance, once in fifteen thousand days."""
POISSON_SPREAD = 0.5
"""Standard deviation of the square root of a Poisson count: no source is steadier than chance."""
NOTABLE = 5
"""A source with so many rows a day is told of when it first gives none."""
NO_LONGER_READ = timedelta(days=7)
"""A source none of whose last days was read to its end is judged by none."""
COMPLETE_DAY = """complete AND gap_from IS NULL AND interval_end = interval_start + INTERVAL '1 day'
            AND timezone('UTC', interval_start) = date_trunc('day', timezone('UTC', interval_start))"""
"""Which rows of `coverage` are one UTC day, read to its end."""
_LOOK_BACK = 120


@dataclass(frozen=True, slots=True)
class Unusual:
    """A source whose latest day has an unusual number of rows in `table`, in one sentence."""

    source_id: str
    table: str
    message: str


@dataclass(frozen=True, slots=True)
class _Day:
    """One UTC day of a source: documents published on it, and the claims in them, None while some are not read."""

    day: date
    documents: int
    claims: int | None


def unusual(warehouse: Warehouse, until: datetime | None = None) -> list[Unusual]:
    """The sources whose latest complete day is unusual, by source: their documents, else the claims in these; as of `until`
    (default: now).

    A source that gives nothing any more stays in the list as long as its days are read. One that has not been read to
    the end of any day within a week of the newest is left out: its gaps are told elsewhere.
    """
    by_source = {
        source_id: [_day(row) for row in rows]
        for source_id, rows in groupby(
            warehouse.rows(_DAYS, {"look_back": _LOOK_BACK, "until": until}), key=lambda row: str(row["source_id"])
        )
    }
    newest = max((days[-1].day for days in by_source.values()), default=date.min)
    found = []
    for source_id, days in by_source.items():
        if newest - days[-1].day > NO_LONGER_READ:
            continue
        if message := _silent(days) or _odd("documents", [(one.day, one.documents) for one in days]):
            found.append(Unusual(source_id, "documents", message))
        elif days[-1].claims is not None:
            claims = [(one.day, one.claims) for one in days if one.claims is not None]
            if message := _odd("claims", claims):
                found.append(Unusual(source_id, "claims", message))
    return found


def usual_range(counts: Sequence[int]) -> tuple[int, int]:
    """The least and the greatest count that would not surprise after these. Raises ValueError where there are none."""
    if not counts:
        raise ValueError("nothing is usual where there are no counts")
    roots = [math.sqrt(count) for count in counts]
    middle = median(roots)
    spread = max(1.4826 * median(abs(root - middle) for root in roots), POISSON_SPREAD)
    low, high = max(middle - SPREADS * spread, 0.0), middle + SPREADS * spread
    # A source that has always given something is expected to go on.
    least = 1 if min(counts) > 0 and median(counts) >= NOTABLE else 0
    return max(math.ceil(low**2), least), math.floor(high**2)


def _silent(days: Sequence[_Day]) -> str:
    """What is wrong where the last days, however many, have no documents, though those before had."""
    zeros = 0
    while zeros < len(days) and not days[-1 - zeros].documents:
        zeros += 1
    before = [(one.day, one.documents) for one in days[: len(days) - zeros]]
    for one in days[len(days) - zeros :]:
        counts = _alike(before, one.day)
        if len(counts) >= LEAST_DAYS and (usual := usual_range(counts))[0] > 0:
            last = f"{days[-1].day}" if zeros == 1 else f"{zeros} complete days, the last {days[-1].day}"
            return f"No documents on {last}; usual are {usual[0]} to {usual[1]} a day."
    return ""


def _odd(what: str, days: Sequence[tuple[date, int]]) -> str:
    """What is wrong with the last day, where its count is out of the usual range."""
    day, count = days[-1]
    counts = _alike(days[:-1], day)
    if len(counts) < LEAST_DAYS:
        return ""
    low, high = usual_range(counts)
    if low <= count <= high:
        return ""
    kind = "weekend days" if day.weekday() >= 5 else "days from Monday to Friday"
    return f"{count or 'No'} {what} on {day}; usual are {low} to {high}, by the {len(counts)} {kind} before."


def _alike(before: Sequence[tuple[date, int]], day: date) -> list[int]:
    """The counts of the days of the same kind among the last ones."""
    weekend = day.weekday() >= 5
    return [count for other, count in before[-WINDOW:] if (other.weekday() >= 5) == weekend]


def _day(row: Row) -> _Day:
    return _Day(row["day"], row["documents"], None if row["unread"] else row["claims"])


# A document counts by its first revision, so that an edit is no second one.
_DAYS = f"""
    WITH days AS (
        SELECT
            source_id, cast(timezone('UTC', interval_start) AS date) AS day,
            row_number() OVER (PARTITION BY source_id ORDER BY interval_start DESC) AS recency
        FROM coverage
        WHERE {COMPLETE_DAY} AND interval_end <= coalesce(cast($until AS timestamptz), interval_end)
    ),
    found AS (
        SELECT document_id, content_sha256, count(*) AS claims
        FROM claims WHERE superseded_at IS NULL GROUP BY document_id, content_sha256
    ),
    read AS (
        SELECT DISTINCT document_id, content_sha256 FROM annotations
    ),
    seen AS (
        SELECT
            documents.source_id,
            cast(timezone('UTC', coalesce(documents.published_at, documents.first_seen_at)) AS date) AS day,
            count(*) AS documents,
            cast(sum(coalesce(found.claims, 0)) AS bigint) AS claims,
            count(CASE WHEN read.document_id IS NULL THEN 1 END) AS unread
        FROM documents
        LEFT JOIN found
            ON found.document_id = documents.document_id AND found.content_sha256 = documents.content_sha256
        LEFT JOIN read
            ON read.document_id = documents.document_id AND read.content_sha256 = documents.content_sha256
        WHERE documents.revision = 1
        GROUP BY 1, 2
    )
    SELECT
        days.source_id, days.day,
        coalesce(seen.documents, 0) AS documents, coalesce(seen.claims, 0) AS claims, coalesce(seen.unread, 0) AS unread
    FROM days LEFT JOIN seen ON seen.source_id = days.source_id AND seen.day = days.day
    WHERE days.recency <= $look_back
    ORDER BY days.source_id, days.day
"""
