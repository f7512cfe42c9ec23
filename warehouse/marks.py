"""What the marks of a chart stand for: stories and figures a day, week or month, each with the best words behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final, Literal

from warehouse.connection import Row, Warehouse

Bin = Literal["day", "week", "month"]

MOST_BINS: Final = 31
"""Days that are shown as days; as many weeks as weeks; beyond that months."""
MOST_MONTHS: Final = 36
CLEAREST_FIRST: Final = "CASE change WHEN 'stance' THEN 1 WHEN 'blames' THEN 2 WHEN 'delay' THEN 3 ELSE 4 END"
"""The clearest kinds of a changed position first."""
BEST_FIRST: Final = (
    "CASE WHEN hedged THEN 1 ELSE 0 END, floor(confidence * 10 + 0.5) DESC, "
    "CASE WHEN document_id = story_id THEN 0 ELSE 1 END, day, claim_id"
)
"""The best evidence is said outright and surely, in the original rather than a copy, and first."""
NAMES: Final = ", ".join(f"CASE WHEN entities.known THEN entities.name_{lang} END AS name_{lang}" for lang in ("en", "ru", "kk"))  # fmt: skip
"""What the knowledge base calls somebody, where the query joins `entities`: empty where it does not know them."""
_BIN: Final = "cast(date_trunc(cast($bin AS text), cast(day AS timestamp)) AS date)"


@dataclass(frozen=True, slots=True)
class Span:
    """The days of a chart, both included, and how they are put together. `left_out` claims and figures lie before it."""

    since: date
    until: date
    bin: Bin
    left_out: int = 0

    @property
    def bins(self) -> list[date]:
        """The first day of each bin, in order; a week begins on Monday."""
        found = [_start(self.since, self.bin)]
        while (following := _next(found[-1], self.bin)) <= self.until:
            found.append(following)
        return found

    def days(self, first: date) -> tuple[date, date]:
        """First and last day of the bin that begins on `first`, as far as they lie in the span."""
        return max(first, self.since), min(_next(first, self.bin) - timedelta(days=1), self.until)


def span_of(since: date, until: date, left_out: int = 0) -> Span:
    """The span of these days with a bin that fits: days for a month, weeks for half a year, else months (the last 36)."""
    days = (until - since).days + 1
    if days <= MOST_BINS:
        return Span(since, until, "day", left_out)
    if days <= 7 * (MOST_BINS - 1):
        return Span(since, until, "week", left_out)
    year, month = divmod(until.year * 12 + until.month - MOST_MONTHS, 12)
    return Span(max(since, date(year, month + 1, 1)), until, "month", left_out)


def coarser(span: Span | None) -> list[Span | None]:
    """The span itself, then with ever larger bins, for pages that would be too large."""
    if span is None:
        return [None]
    larger: dict[Bin, tuple[Bin, ...]] = {"day": ("week", "month"), "week": ("month",), "month": ()}
    return [span, *(replace(span, bin=one) for one in larger[span.bin])]


def told_span(warehouse: Warehouse, since: date | None = None, until: date | None = None) -> Span | None:
    """The days on which something was said or measured, from `since` to `until`; None where nothing was.

    A few pages have dates of long ago: without `since`, the first hundredth of what was said does not stretch the span.
    """
    row = warehouse.rows(
        """
        SELECT min(day) AS first_day, max(day) AS last_day, percentile_disc(0.01) WITHIN GROUP (ORDER BY day) AS most_from
        FROM (SELECT day FROM current_claims UNION ALL SELECT day FROM queue_timeline) AS told
        WHERE day BETWEEN ? AND ?
        """,
        [since or date.min, until or date.max],
    )[0]
    if row["first_day"] is None:
        return None
    span = span_of(row["first_day"] if since else row["most_from"], row["last_day"])
    left_out = warehouse.value(
        """
        SELECT count(*) AS told FROM (SELECT day FROM current_claims UNION ALL SELECT day FROM queue_timeline) AS told
        WHERE day >= ? AND day < ?
        """,
        [since or date.min, span.since],
    )
    return Span(span.since, span.until, span.bin, int(left_out))


def blame_marks(warehouse: Warehouse, span: Span, most: int = 3) -> list[Row]:
    """Which side's speakers blame whom, by bin: one row a piece of evidence, at most `most` for each of bin × side × blames.

    Columns: side, blames, bin (its first day), stories (of the mark: copies of one text count once), place (1 is the best),
    and the evidence: evidence, lang, speaker, name_en, name_ru, name_kk, source_name, url, day, claim_id, gone_at.
    Denials are left out: they blame nobody.
    """
    return _marks(warehouse, span, ("side", "blames"), "stance = 'asserts'", most)


def cause_marks(warehouse: Warehouse, span: Span, causes: int = 10, most: int = 3) -> list[Row]:
    """How often the causes are asserted and denied, by bin, those first that are both: as `blame_marks`, with cause and
    stance in place of side and blames, and rank, the cause's place from 1. At most so many `causes`."""
    return _marks(warehouse, span, ("cause", "stance"), "1 = 1", most, causes)


def contested_marks(warehouse: Warehouse, span: Span, most: int = 1) -> list[Row]:
    """The best words for and against: as `blame_marks`, by cause, blames and stance, over the whole span (bin is none)."""
    return _marks(warehouse, span, ("cause", "blames", "stance"), "1 = 1", most, binned=False)


def _marks(
    warehouse: Warehouse,
    span: Span,
    by: Sequence[str],
    condition: str,
    most: int,
    causes: int | None = None,
    *,
    binned: bool = True,
) -> list[Row]:
    group = ", ".join([*by, "bin"] if binned else by)
    shown = ", ".join(
        f"ranked.{column}" for column in (*by, *(["bin"] if binned else []), *(["rank"] if causes else []))
    )
    chosen = """
        chosen AS (
            SELECT cause, row_number() OVER (ORDER BY least(asserted, denied) = 0, asserted + denied DESC, cause) AS rank
            FROM (
                SELECT
                    cause, count(DISTINCT CASE WHEN stance = 'asserts' THEN story_id END) AS asserted,
                    count(DISTINCT CASE WHEN stance = 'denies' THEN story_id END) AS denied
                FROM said GROUP BY cause
            ) AS counted
        ),
    """
    return warehouse.rows(
        f"""
        WITH said AS (
            SELECT
                cause, stance, blames, speaker_side AS side, {_BIN} AS bin, day, claim_id, story_id, document_id, hedged,
                confidence, gone_at
            FROM current_claims WHERE day BETWEEN $since AND $until AND {condition}
        ),
        {chosen if causes else ""}
        told AS (
            SELECT said.*, row_number() OVER (PARTITION BY {group}, story_id ORDER BY {BEST_FIRST}) AS copy FROM said
        ),
        ranked AS (
            SELECT
                told.*, {"chosen.rank," if causes else ""}
                row_number() OVER (PARTITION BY {", ".join(f"told.{one.strip()}" for one in group.split(","))} ORDER BY {BEST_FIRST}) AS place,
                count(*) OVER (PARTITION BY {", ".join(f"told.{one.strip()}" for one in group.split(","))}) AS stories
            FROM told {"JOIN chosen ON chosen.cause = told.cause AND chosen.rank <= " + str(int(causes)) if causes else ""}
            WHERE copy = 1
        )
        SELECT
            {shown}, ranked.stories, ranked.place, claims.evidence, claims.lang, claims.speaker, {NAMES},
            claims.source_name, claims.url, ranked.day, ranked.claim_id, ranked.gone_at
        FROM ranked
        JOIN claims ON claims.claim_id = ranked.claim_id
        LEFT JOIN entities ON entities.entity_id = claims.speaker_entity
        WHERE ranked.place <= $most
        ORDER BY {shown}, ranked.place
        """,
        {"bin": span.bin, "since": span.since, "until": span.until, "most": most},
    )


def queue_marks(warehouse: Warehouse, span: Span, places: int = 10, most: int = 1) -> list[Row]:
    """Queue figures by crossing, metric and bin: one row a piece of evidence, the highest figure first.

    Columns: place_key, metric, bin, lowest, highest and figures (of the mark: copies of one text count once), rank (of the
    place, from 1 by its number of figures, at most `places`), places (how many there are), place, place_en, place_ru,
    place_kk, and the evidence: evidence, lang, speaker, source_name, url, day, claim_id (the observation's id), gone_at, low,
    high.
    """
    return warehouse.rows(
        f"""
        WITH told AS (
            SELECT
                queue_timeline.*, coalesce(place_entity, lower(place)) AS place_key, {_BIN} AS bin,
                row_number() OVER (
                    PARTITION BY story_id, place, metric, low, high ORDER BY measured_at, observation_id
                ) AS copy
            FROM queue_timeline WHERE day BETWEEN $since AND $until AND place <> ''
        ),
        often AS (
            SELECT
                place_key, row_number() OVER (ORDER BY count(*) DESC, place_key) AS rank, count(*) OVER () AS places
            FROM told WHERE copy = 1 GROUP BY place_key
        ),
        ranked AS (
            SELECT
                told.*, often.rank, often.places,
                min(low) OVER (PARTITION BY told.place_key, metric, bin) AS lowest,
                max(high) OVER (PARTITION BY told.place_key, metric, bin) AS highest,
                count(*) OVER (PARTITION BY told.place_key, metric, bin) AS figures,
                row_number() OVER (
                    PARTITION BY told.place_key, metric, bin ORDER BY high DESC, measured_at, observation_id
                ) AS best
            FROM told JOIN often ON often.place_key = told.place_key
            WHERE copy = 1 AND often.rank <= $places
        )
        SELECT
            ranked.place_key, ranked.metric, ranked.bin, ranked.lowest, ranked.highest, ranked.figures, ranked.rank,
            ranked.places, ranked.place, {NAMES.replace(" AS name_", " AS place_")}, ranked.place_entity,
            ranked.evidence, observations.lang, ranked.speaker, ranked.source_name, ranked.url, ranked.day,
            ranked.observation_id AS claim_id, ranked.gone_at, ranked.low, ranked.high
        FROM ranked
        JOIN observations ON observations.observation_id = ranked.observation_id
        LEFT JOIN entities ON entities.entity_id = ranked.place_entity
        WHERE ranked.best <= $most
        ORDER BY ranked.metric, ranked.rank, ranked.bin, ranked.best
        """,
        {"bin": span.bin, "since": span.since, "until": span.until, "places": places, "most": most},
    )


def voices(warehouse: Warehouse, span: Span, most: int = 6) -> list[Row]:
    """Who asserts and who denies each contested cause of each side blamed: the `most` who do it in most stories.

    Columns: cause, blames, stance, stories, voices (how many there are), place, speaker (empty for an outlet's own voice),
    name_en, name_ru, name_kk, side (of the speaker, or the outlet) and source_name.
    """
    return warehouse.rows(
        f"""
        WITH said AS (
            SELECT
                cause, blames, stance, story_id, claim_id,
                CASE WHEN speaker = '' THEN source ELSE speaker_key END AS who, speaker = '' AS itself
            FROM current_claims WHERE day BETWEEN $since AND $until
        ),
        counted AS (
            SELECT cause, blames, stance, who, itself, count(DISTINCT story_id) AS stories, min(claim_id) AS claim_id
            FROM said GROUP BY cause, blames, stance, who, itself
        ),
        ranked AS (
            SELECT
                counted.*, count(*) OVER (PARTITION BY cause, blames, stance) AS voices,
                row_number() OVER (PARTITION BY cause, blames, stance ORDER BY stories DESC, claim_id) AS place
            FROM counted
        )
        SELECT
            ranked.cause, ranked.blames, ranked.stance, ranked.stories, ranked.voices, ranked.place,
            claims.speaker, {NAMES}, claims.source_name,
            CASE WHEN ranked.itself THEN claims.source_side ELSE claims.speaker_side END AS side
        FROM ranked
        JOIN claims ON claims.claim_id = ranked.claim_id
        LEFT JOIN entities ON entities.entity_id = claims.speaker_entity
        WHERE ranked.place <= $most
        ORDER BY ranked.cause, ranked.blames, ranked.stance, ranked.place
        """,
        {"since": span.since, "until": span.until, "most": most},
    )


def read_days(warehouse: Warehouse) -> tuple[date, date] | None:
    """The first and the last UTC day of which anything was to be read; None where there is no coverage."""
    row = warehouse.rows(
        """
        SELECT
            min(cast(timezone('UTC', interval_start) AS date)) AS first_day,
            max(cast(timezone('UTC', interval_end - INTERVAL '1 second') AS date)) AS last_day
        FROM coverage
        """
    )[0]
    return None if row["first_day"] is None else (row["first_day"], row["last_day"])


def coverage_marks(warehouse: Warehouse, span: Span) -> list[Row]:
    """How many days of each bin were read, source by source.

    Columns: source_id, name, bin, seen (days that some reading touched), whole (days that a complete reading without a gap
    covers), reason (why the reading of another day ended; None where all that were read are whole).
    """
    longest = warehouse.value(
        "SELECT max(cast(timezone('UTC', interval_end) AS date) - cast(timezone('UTC', interval_start) AS date)) AS days FROM coverage"
    )
    return warehouse.rows(
        f"""
        WITH RECURSIVE numbers AS (SELECT 0 AS n UNION ALL SELECT n + 1 FROM numbers WHERE n < $longest),
        touched AS (
            SELECT
                source_id, stop_reason, complete AND gap_from IS NULL AS whole,
                cast(timezone('UTC', interval_start) AS date) AS first_day,
                cast(timezone('UTC', interval_end - INTERVAL '1 second') AS date) AS last_day
            FROM coverage
        ),
        days AS (
            SELECT
                source_id, first_day + n AS day, max(CASE WHEN whole THEN 1 ELSE 0 END) AS whole,
                min(CASE WHEN NOT whole THEN stop_reason END) AS reason
            FROM touched JOIN numbers ON n <= last_day - first_day
            GROUP BY source_id, first_day + n
        )
        SELECT
            days.source_id, coalesce(sources.name, days.source_id) AS name, {_BIN} AS bin, count(*) AS seen,
            cast(sum(days.whole) AS bigint) AS whole, min(CASE WHEN days.whole = 0 THEN days.reason END) AS reason
        FROM days LEFT JOIN sources ON sources.source_id = days.source_id
        WHERE day BETWEEN $since AND $until
        GROUP BY days.source_id, sources.name, {_BIN}
        ORDER BY days.source_id, bin
        """,
        {"bin": span.bin, "since": span.since, "until": span.until, "longest": int(longest or 0)},
    )


def gaps(warehouse: Warehouse, span: Span, most: int = 4) -> list[Row]:
    """Why readings of a source were not whole: the `most` commonest reasons.

    Columns: source_id, stop_reason, readings, reasons (how many there are), gap_from and gap_to (first and last moment that
    they miss; None where they know none).
    """
    return warehouse.rows(
        """
        WITH counted AS (
            SELECT source_id, stop_reason, count(*) AS readings, min(gap_from) AS gap_from, max(gap_to) AS gap_to
            FROM coverage
            WHERE (gap_from IS NOT NULL OR NOT complete)
                AND cast(timezone('UTC', interval_start) AS date) <= $until
                AND cast(timezone('UTC', interval_end) AS date) >= $since
            GROUP BY source_id, stop_reason
        )
        SELECT source_id, stop_reason, readings, reasons, gap_from, gap_to
        FROM (
            SELECT
                counted.*, count(*) OVER (PARTITION BY source_id) AS reasons,
                row_number() OVER (PARTITION BY source_id ORDER BY readings DESC, stop_reason) AS place
            FROM counted
        ) AS ranked
        WHERE place <= $most ORDER BY source_id, place
        """,
        {"since": span.since, "until": span.until, "most": most},
    )


def _start(day: date, bin_: Bin) -> date:
    if bin_ == "day":
        return day
    return day - timedelta(days=day.weekday()) if bin_ == "week" else day.replace(day=1)


def _next(first: date, bin_: Bin) -> date:
    if bin_ == "month":
        return (first + timedelta(days=31)).replace(day=1)
    return first + timedelta(days=1 if bin_ == "day" else 7)
