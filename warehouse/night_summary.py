"""What one run brought, in numbers and rows: the questions behind the summary of a night, and the row that keeps it.

What a run brought is what its fetches showed first, so that a second run over the same interval, which finds it all there,
changes nothing. Runs follow each other by the end of their interval, whenever they ran: a backfill tells what the nights
would have told.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from ingest.interval import Interval
from warehouse.batch import one_batch
from warehouse.connection import Row, Warehouse
from warehouse.load_count import LoadCount
from warehouse.marks import CLEAREST_FIRST
from warehouse.upsert import replaced, staging, upsert

METRICS: Final = ("vehicles", "kilometres", "hours", "days")
"""What queues are measured in, in the order in which they are told."""
RECENT: Final = timedelta(days=7)
"""A figure for an earlier time than this before the end of the interval is a memory, and no queue of that night."""
_ALL: Final = 2**62
_BEST_FIRST: Final = "CASE WHEN claims.hedged THEN 1 ELSE 0 END, claims.confidence DESC, claims.claim_id"

# Every revision with the run that first fetched it, and the run's place among the runs: (met, begun, run_id). In brackets and
# not as a CTE, for PostgreSQL joins a CTE that is named twice row by row.
_BROUGHT: Final = """(
        SELECT
            documents.document_id, documents.content_sha256, documents.revision, fetches.run_id,
            coalesce(runs.interval_end, documents.first_seen_at) AS met,
            coalesce(runs.started_at, documents.first_seen_at) AS begun
        FROM documents
        JOIN fetches ON fetches.fetch_id = documents.fetch_id
        LEFT JOIN runs ON runs.run_id = fetches.run_id
    )"""


def _of_revision(brought: str, found: str) -> str:
    return f"{brought}.document_id = {found}.document_id AND {brought}.content_sha256 = {found}.content_sha256"


_TOLD: Final = f"""
    told AS (
        SELECT
            claims.claim_id, claims.cause, claims.blames, claims.stance, brought.run_id, brought.met, brought.begun
        FROM claims JOIN {_BROUGHT} AS brought ON {_of_revision("brought", "claims")}
        WHERE claims.superseded_at IS NULL
    )
"""


def _later(one: str, other: str, column: str) -> str:
    """`column` of whichever of two claims' runs comes later."""
    place = "({0}.met, {0}.begun, {0}.run_id)"
    return f"CASE WHEN {place.format(one)} >= {place.format(other)} THEN {one}.{column} ELSE {other}.{column} END"


# Each pair of cause and blamed side that was both asserted and denied, with the run that made it so.
_CONTESTED: Final = f"""
    {_TOLD},
    firsts AS (
        SELECT cause, blames, stance, run_id, met, begun
        FROM (
            SELECT told.*, row_number() OVER (
                PARTITION BY cause, blames, stance ORDER BY met, begun, run_id, claim_id
            ) AS place
            FROM told
        ) AS ranked
        WHERE place = 1
    ),
    contests AS (
        SELECT
            asserted.cause, asserted.blames, {_later("asserted", "denied", "run_id")} AS run_id,
            {_later("asserted", "denied", "met")} AS met, {_later("asserted", "denied", "begun")} AS begun
        FROM firsts AS asserted JOIN firsts AS denied
            ON denied.cause = asserted.cause AND denied.blames = asserted.blames
        WHERE asserted.stance = 'asserts' AND denied.stance = 'denies'
    )
"""
# Each speaker's contradiction of their own words, with the run that brought the second of the two claims.
_POSITIONS: Final = f"""
    turned AS MATERIALIZED (
        SELECT * FROM position_changes WHERE change IN ('stance', 'blames', 'delay')
    ),
    changes AS (
        SELECT turned.*, {_later("one", "other", "run_id")} AS run_id
        FROM turned
        JOIN claims AS earlier ON earlier.claim_id = turned.earlier_claim_id
        JOIN {_BROUGHT} AS one ON {_of_revision("one", "earlier")}
        JOIN claims AS later ON later.claim_id = turned.later_claim_id
        JOIN {_BROUGHT} AS other ON {_of_revision("other", "later")}
    )
"""


def numbers(warehouse: Warehouse, run_id: str) -> dict[str, int]:
    """documents_new, revisions_new, unannotated, claims_new, denials_new and unparsed of a run, as `night_summaries` means
    them; all 0 for a run that brought nothing or is not known."""
    row = warehouse.rows(
        f"""
        WITH mine AS MATERIALIZED (
            SELECT document_id, content_sha256, revision FROM {_BROUGHT} AS brought WHERE run_id = $run
        ),
        fresh AS (
            SELECT claims.stance
            FROM claims
            JOIN mine ON mine.document_id = claims.document_id AND mine.content_sha256 = claims.content_sha256
            WHERE claims.superseded_at IS NULL AND NOT EXISTS (
                SELECT 1
                FROM claims AS before
                WHERE before.document_id = claims.document_id AND before.revision < claims.revision
                    AND before.cause = claims.cause AND before.stance = claims.stance
                    AND lower(before.speaker) = lower(claims.speaker) AND before.superseded_at IS NULL
            )
        )
        SELECT
            count(CASE WHEN mine.revision = 1 THEN 1 END) AS documents_new,
            count(CASE WHEN mine.revision > 1 THEN 1 END) AS revisions_new,
            count(CASE WHEN NOT EXISTS (
                SELECT 1 FROM annotations
                WHERE annotations.document_id = mine.document_id AND annotations.content_sha256 = mine.content_sha256
            ) THEN 1 END) AS unannotated,
            (SELECT count(*) FROM fresh) AS claims_new,
            (SELECT count(*) FROM fresh WHERE stance = 'denies') AS denials_new,
            (
                SELECT count(*) FROM unparsed JOIN fetches ON fetches.fetch_id = unparsed.fetch_id
                WHERE fetches.run_id = $run AND NOT unparsed.resolved
            ) AS unparsed
        FROM mine
        """,
        {"run": run_id},
    )[0]
    return {name: int(number) for name, number in row.items()}


def contradictions_by_run(warehouse: Warehouse) -> dict[str, tuple[int, int]]:
    """By run: how many pairs of cause and blamed side it made contested, and how many speakers it showed to contradict
    themselves. Runs without either are left out."""
    rows = warehouse.rows(
        f"""
        WITH {_CONTESTED}, {_POSITIONS}
        SELECT run_id, cast(sum(contested) AS bigint) AS contested, cast(sum(position) AS bigint) AS positions
        FROM (
            SELECT run_id, 1 AS contested, 0 AS position FROM contests
            UNION ALL
            SELECT run_id, 0, 1 FROM changes
        ) AS made
        GROUP BY run_id ORDER BY run_id
        """
    )
    return {row["run_id"]: (row["contested"], row["positions"]) for row in rows}


def new_contests(warehouse: Warehouse, run_id: str, most: int | None = None) -> list[Row]:
    """The pairs of cause and blamed side that this run made contested, those first that are told most surely.

    Columns: cause, blames, and for each side, asserts_… and denies_…: who (with the side), evidence, source (its name) and
    url of the best words that were known then.
    """
    sides = ("asserts", "denies")
    shown = ", ".join(
        f"{side}.{column} AS {side}_{column}" for side in sides for column in ("who", "evidence", "source", "url")
    )
    joins = " ".join(
        f"JOIN best AS {side} ON {side}.cause = mine.cause AND {side}.blames = mine.blames "
        f"AND {side}.stance = '{side}' AND {side}.place = 1"
        for side in sides
    )
    return warehouse.rows(
        f"""
        WITH {_CONTESTED},
        mine AS (
            SELECT * FROM contests WHERE run_id = $run
        ),
        best AS (
            SELECT
                claims.cause, claims.blames, claims.stance, claims.evidence, claims.url, claims.source_name AS source,
                CASE WHEN claims.speaker = '' THEN claims.source_name || ' (outlet, ' || claims.source_side || ')'
                    ELSE CASE WHEN entities.known THEN entities.name ELSE claims.speaker END
                        || ' (' || claims.speaker_side || ')'
                END AS who,
                CASE WHEN claims.hedged THEN 0 ELSE claims.confidence END AS sure,
                row_number() OVER (PARTITION BY claims.cause, claims.blames, claims.stance ORDER BY {_BEST_FIRST}) AS place
            FROM mine
            JOIN told
                ON told.cause = mine.cause AND told.blames = mine.blames
                AND (told.met, told.begun, told.run_id) <= (mine.met, mine.begun, mine.run_id)
            JOIN claims ON claims.claim_id = told.claim_id
            LEFT JOIN entities ON entities.entity_id = claims.speaker_entity
        )
        SELECT mine.cause, mine.blames, {shown}
        FROM mine {joins}
        ORDER BY least(asserts.sure, denies.sure) DESC, mine.cause, mine.blames
        LIMIT {_ALL if most is None else most}
        """,
        {"run": run_id},
    )


def new_positions(warehouse: Warehouse, run_id: str, most: int | None = None) -> list[Row]:
    """The rows of `position_changes` of which this run brought the second claim, of the kinds stance, blames and delay; the
    clearest first."""
    return warehouse.rows(
        f"""
        WITH {_POSITIONS}
        SELECT * FROM changes WHERE run_id = $run
        ORDER BY {CLEAREST_FIRST}, later_day DESC, speaker_key, earlier_claim_id, later_claim_id
        LIMIT {_ALL if most is None else most}
        """,
        {"run": run_id},
    )


def queues(warehouse: Warehouse, run_id: str, interval: Interval) -> list[Row]:
    """The greatest figure of each metric that this run brought, in the order of `METRICS`; figures for a time long before
    the end of the interval are left out.

    Columns: metric, high, place, measured_at (UTC), evidence, source (its name), url, and figures: how many there are of
    all metrics.
    """
    found = warehouse.rows(
        f"""
        WITH measured AS (
            SELECT
                observations.observation_id, observations.metric, observations.high, observations.evidence,
                CASE WHEN entities.known THEN entities.name ELSE observations.place END AS place,
                coalesce(observations.as_of, documents.published_at, documents.first_seen_at) AS measured_at,
                documents.url, sources.name AS source
            FROM observations
            JOIN {_BROUGHT} AS brought ON {_of_revision("brought", "observations")}
            JOIN documents ON {_of_revision("documents", "observations")}
            LEFT JOIN sources ON sources.source_id = documents.source_id
            LEFT JOIN entities ON entities.entity_id = observations.place_entity
            WHERE brought.run_id = $run AND observations.superseded_at IS NULL
        ),
        ranked AS (
            SELECT
                measured.*, count(*) OVER () AS figures,
                row_number() OVER (PARTITION BY metric ORDER BY high DESC, measured_at, observation_id) AS rank
            FROM measured WHERE measured_at >= $since
        )
        SELECT metric, high, place, measured_at, evidence, source, url, figures FROM ranked WHERE rank = 1
        """,
        {"run": run_id, "since": interval.end - RECENT},
    )
    return sorted(found, key=lambda row: METRICS.index(row["metric"]))


def coverage_of(warehouse: Warehouse, interval: Interval) -> list[Row]:
    """The rows of `coverage` of exactly this interval, by source, each with the source's name, and with `problem`: what was
    wrong with the last answer of the same run that no document could be read from (None where nothing was)."""
    return warehouse.rows(
        """
        WITH problems AS (
            SELECT unparsed.source_id, fetches.run_id, unparsed.message, row_number() OVER (
                PARTITION BY unparsed.source_id, fetches.run_id ORDER BY fetches.fetched_at DESC, unparsed.unparsed_id
            ) AS recency
            FROM unparsed JOIN fetches ON fetches.fetch_id = unparsed.fetch_id
            WHERE NOT unparsed.resolved
        )
        SELECT coverage.*, coalesce(sources.name, coverage.source_id) AS name, problems.message AS problem
        FROM coverage
        LEFT JOIN sources ON sources.source_id = coverage.source_id
        LEFT JOIN problems
            ON problems.source_id = coverage.source_id AND problems.run_id = coverage.run_id AND problems.recency = 1
        WHERE coverage.interval_start = ? AND coverage.interval_end = ?
        ORDER BY coverage.source_id
        """,
        [interval.start, interval.end],
    )


def gaps_closed(warehouse: Warehouse, run_id: str, interval: Interval) -> int:
    """How many other intervals this run read to their end for a source."""
    return int(
        warehouse.value(
            "SELECT count(*) FROM coverage WHERE run_id = ? AND complete AND NOT (interval_start = ? AND interval_end = ?)",
            [run_id, interval.start, interval.end],
        )
    )


@one_batch
def write_summary(warehouse: Warehouse, row: Row, at: datetime) -> LoadCount:
    """Keep the row of a run, written at `at`; one that says the same already stays as it is.

    `row` has all columns of `night_summaries` but written_at. Raises WarehouseError where it does not fit.
    """
    with (
        staging(warehouse, "staged_summaries", "night_summaries", [{**row, "written_at": at}]),
        warehouse.transaction(),
    ):
        told = replaced([name for name in row if name != "run_id"])
        return upsert(
            warehouse, "night_summaries", ["run_id"], "staged_summaries", told, also="written_at = excluded.written_at"
        )


def read_summary(warehouse: Warehouse, day: date | None) -> Row | None:
    """The row of the latest run whose interval began on this UTC day, or of the latest interval of all; None where there is
    none. Of runs over one interval, the one that was written last."""
    found = warehouse.rows(
        """
        SELECT * FROM night_summaries
        WHERE $day IS NULL OR cast(timezone('UTC', interval_start) AS date) = $day
        ORDER BY interval_end DESC, written_at DESC, run_id LIMIT 1
        """.replace("$day", "cast($day AS date)"),
        {"day": day},
    )
    return found[0] if found else None


def later_summaries(warehouse: Warehouse, interval: Interval) -> list[Row]:
    """run_id, interval_start, interval_end, contested_new, positions_changed and trouble of the kept summaries whose interval
    does not end before this one's, in their order."""
    return warehouse.rows(
        """
        SELECT run_id, interval_start, interval_end, contested_new, positions_changed, trouble
        FROM night_summaries WHERE interval_end >= ? ORDER BY interval_end, run_id
        """,
        [interval.end],
    )
