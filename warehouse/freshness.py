"""Sources that have fallen silent for longer than they ever do, though their days are read: the freshness of each source
against its own habit.

`warehouse.volumes` tells of a source that has something every day and suddenly nothing; this tells of the seldom ones. A
source that speaks by chance, from daily to twice a month, is told of by mistake about once in fifty years (simulated).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from statistics import mean, median

from warehouse.connection import Warehouse
from warehouse.volumes import COMPLETE_DAY, NO_LONGER_READ

LEAST_DISTANCES = 7
"""Fewer distances between days with documents say nothing of a habit."""
MOST_DISTANCES = 30
"""So many of the latest are looked at."""
TIMES_THE_LONGEST = 2
TIMES_THE_MEAN = 8


@dataclass(frozen=True, slots=True)
class Stale:
    """A source that has been silent for too long, in one sentence."""

    source_id: str
    message: str


def stale(warehouse: Warehouse, until: datetime | None = None) -> list[Stale]:
    """The sources whose last document is much older than their habit, by source; as of `until` (default: now).

    Only days that were read to their end count as silent, and a source with none of these within a week of the newest is
    left out: its gaps are told elsewhere.
    """
    rows = warehouse.rows(_SPOKEN, {"until": until, "most": MOST_DISTANCES + 1})
    found = []
    for source_id, group in groupby(rows, key=lambda row: str(row["source_id"])):
        spoken = list(group)
        days = [row["day"] for row in spoken]
        distances = [(later - earlier) // timedelta(days=1) for earlier, later in zip(days, days[1:], strict=False)]
        silent, unread = spoken[0]["silent"], spoken[0]["newest"] - spoken[0]["last_read"]
        if unread > NO_LONGER_READ or len(distances) < LEAST_DISTANCES or silent <= patience(distances):
            continue
        found.append(
            Stale(
                source_id,
                f"The last document is of {days[-1]}, {silent} complete days ago; usually {median(distances):g} "
                f"day{'' if median(distances) == 1 else 's'} lie{'s' if median(distances) == 1 else ''} between, "
                f"at most {max(distances)}.",
            )
        )
    return found


def patience(distances: Sequence[int]) -> int:
    """The longest silence, in days, that would not surprise after these distances between days with documents.

    Raises ValueError where there are none.
    """
    if not distances:
        raise ValueError("nothing is usual where there are no distances")
    return int(max(TIMES_THE_LONGEST * max(distances), TIMES_THE_MEAN * mean(distances)))


# The latest days on which each source spoke, with how many complete days have passed since the last of them.
_SPOKEN = f"""
    WITH days AS (
        SELECT source_id, cast(timezone('UTC', interval_start) AS date) AS day
        FROM coverage
        WHERE {COMPLETE_DAY} AND interval_end <= coalesce(cast($until AS timestamptz), interval_end)
    ),
    newest AS (
        SELECT max(day) AS day FROM days
    ),
    told AS (
        SELECT DISTINCT
            source_id, cast(timezone('UTC', coalesce(published_at, first_seen_at)) AS date) AS day
        FROM documents WHERE revision = 1
    ),
    known AS (
        SELECT told.source_id, told.day FROM told JOIN newest ON told.day <= newest.day
    ),
    last AS (
        SELECT source_id, max(day) AS day FROM known GROUP BY source_id
    ),
    waited AS (
        SELECT days.source_id, max(days.day) AS last_read, count(CASE WHEN days.day > last.day THEN 1 END) AS silent
        FROM days JOIN last ON last.source_id = days.source_id
        GROUP BY days.source_id
    ),
    spoken AS (
        SELECT source_id, day, row_number() OVER (PARTITION BY source_id ORDER BY day DESC) AS recency FROM known
    )
    SELECT spoken.source_id, spoken.day, waited.silent, waited.last_read, newest.day AS newest
    FROM spoken JOIN waited ON waited.source_id = spoken.source_id CROSS JOIN newest
    WHERE spoken.recency <= $most
    ORDER BY spoken.source_id, spoken.day
"""
