"""The analysts' questions: which side blames whom, since when, in whose words, who denied it, what was not seen."""

from __future__ import annotations

from datetime import date

from ingest.interval import Interval
from warehouse.connection import Row, Warehouse
from warehouse.marks import BEST_FIRST, CLEAREST_FIRST, NAMES

_ALL = 2**62
_CHANGES_ORDER = f"{CLEAREST_FIRST}, later_day DESC, speaker, earlier_claim_id, later_claim_id"


def narratives(warehouse: Warehouse, since: date | None = None, until: date | None = None) -> list[Row]:
    """Rows of `narratives_daily`, both days included."""
    return warehouse.rows(
        "SELECT * FROM narratives_daily WHERE day BETWEEN ? AND ? ORDER BY day, cause, stance, speaker_side, blames",
        [since or date.min, until or date.max],
    )


def blame_table(
    warehouse: Warehouse, *, since: date | None = None, until: date | None = None, by: str = "speaker_side"
) -> list[Row]:
    """Who blames whom for what: one row a side × blames × cause × stance, most stories first.

    Columns: side, blames, cause, stance, stories (copies of one text count once), claims, sources, speakers, first_day,
    last_day, and the best evidence with its lang, speaker (name_en, name_ru, name_kk where the knowledge base knows them),
    source_name, source_side, day, url, claim_id and gone_at. `by` is whose side counts: that of the speaker
    (`speaker_side`) or that of the outlet (`source_side`).
    """
    if by not in ("speaker_side", "source_side"):
        raise ValueError(f"by is speaker_side or source_side, not {by!r}")
    return warehouse.rows(
        f"""
        WITH said AS (
            SELECT *, {by} AS side FROM current_claims WHERE day BETWEEN ? AND ?
        ),
        best AS (
            SELECT *, row_number() OVER (PARTITION BY side, blames, cause, stance ORDER BY {BEST_FIRST}) AS place
            FROM said
        ),
        counted AS (
            SELECT
                side, blames, cause, stance,
                count(DISTINCT story_id) AS stories, count(*) AS claims, count(DISTINCT source) AS sources,
                count(DISTINCT CASE WHEN speaker <> '' THEN speaker_key END) AS speakers,
                min(day) AS first_day, max(day) AS last_day
            FROM said GROUP BY side, blames, cause, stance
        )
        SELECT
            counted.*, best.evidence, best.lang, best.speaker, {NAMES}, best.source_name, best.source_side, best.day,
            best.url, best.claim_id, best.gone_at
        FROM counted JOIN best
            ON best.side = counted.side AND best.blames = counted.blames
            AND best.cause = counted.cause AND best.stance = counted.stance
        LEFT JOIN entities ON entities.entity_id = best.speaker_entity
        WHERE best.place = 1
        ORDER BY counted.stories DESC, counted.claims DESC, counted.side, counted.blames, counted.cause, counted.stance
        """,
        [since or date.min, until or date.max],
    )


def contested(warehouse: Warehouse) -> list[Row]:
    """Rows of `contested`, each with the best words on both sides: asserted_/denied_ evidence, speaker, url."""
    sides = ("asserts", "denies")
    columns = ", ".join(
        f"{stance}.evidence AS {stance}_evidence, {stance}.who AS {stance}_who, {stance}.url AS {stance}_url"
        for stance in sides
    )
    joins = " ".join(
        f"JOIN best AS {stance} ON {stance}.cause = contested.cause AND {stance}.blames = contested.blames "
        f"AND {stance}.stance = '{stance}' AND {stance}.place = 1"
        for stance in sides
    )
    return warehouse.rows(
        f"""
        WITH best AS (
            SELECT
                cause, blames, stance, evidence, url,
                CASE WHEN speaker = '' THEN source_name ELSE speaker_name END AS who,
                row_number() OVER (PARTITION BY cause, blames, stance ORDER BY {BEST_FIRST}) AS place
            FROM current_claims
        )
        SELECT contested.*, {columns}
        FROM contested {joins}
        ORDER BY contested.asserted + contested.denied DESC, contested.cause, contested.blames
        """
    )


def position_changes(
    warehouse: Warehouse, since: date | None = None, until: date | None = None, most: int | None = None
) -> list[Row]:
    """Rows of `position_changes` whose later day lies between two, both included; the clearest kinds of change first, of
    each the latest.

    Further columns: earlier_lang, later_lang, name_en, name_ru, name_kk (of the speaker, where known) and total, how many
    there are where `most` cuts them.
    """
    return warehouse.rows(
        f"""
        SELECT changes.*, earlier.lang AS earlier_lang, later.lang AS later_lang, {NAMES}
        FROM (
            SELECT position_changes.*, count(*) OVER () AS total
            FROM position_changes WHERE later_day BETWEEN ? AND ?
            ORDER BY {_CHANGES_ORDER} LIMIT ?
        ) AS changes
        JOIN claims AS earlier ON earlier.claim_id = changes.earlier_claim_id
        JOIN claims AS later ON later.claim_id = changes.later_claim_id
        LEFT JOIN entities ON entities.entity_id = changes.speaker_key
        ORDER BY {_CHANGES_ORDER}
        """,
        [since or date.min, until or date.max, _ALL if most is None else most],
    )


def carriers(
    warehouse: Warehouse,
    at_least: int = 2,
    *,
    since: date | None = None,
    until: date | None = None,
    most: int | None = None,
) -> list[Row]:
    """Rows of `carriers` with at least so many carriers, most first, published first between two days, both included.

    Further columns: lang, name_en, name_ru, name_kk (of the speaker, where known) and total, how many there are where
    `most` cuts them.
    """
    return warehouse.rows(
        f"""
        SELECT lines.*, claims.lang, {NAMES}
        FROM (
            SELECT carriers.*, count(*) OVER () AS total
            FROM carriers
            WHERE carriers >= ?
                AND (first_published_at IS NULL OR cast(timezone('UTC', first_published_at) AS date) BETWEEN ? AND ?)
            ORDER BY carriers DESC, first_published_at, claim_id LIMIT ?
        ) AS lines
        JOIN claims ON claims.claim_id = lines.claim_id
        LEFT JOIN entities ON entities.entity_id = claims.speaker_entity
        ORDER BY lines.carriers DESC, lines.first_published_at, lines.claim_id
        """,
        [at_least, since or date.min, until or date.max, _ALL if most is None else most],
    )


def review(warehouse: Warehouse) -> list[Row]:
    """Rows of `review`, the least sure first."""
    return warehouse.rows("SELECT * FROM review ORDER BY confidence, day, claim_id")


def queue_timeline(warehouse: Warehouse) -> list[Row]:
    """Rows of `queue_timeline` in order of time; copies of one text count once."""
    return warehouse.rows(
        """
        SELECT * FROM (
            SELECT *, row_number() OVER (
                PARTITION BY story_id, place, metric, low, high ORDER BY measured_at, observation_id
            ) AS copy
            FROM queue_timeline
        ) AS told
        WHERE copy = 1 ORDER BY measured_at, observation_id
        """
    )


def source_summary(warehouse: Warehouse, interval: Interval) -> list[Row]:
    """What was seen of each source in the interval.

    Columns: source_id, name, side, kind, home, fetched, failed (no answer, or status from 400, but for pages that are gone
    and a robots.txt that is not there), documents (first seen in the interval), revisions (later wordings first seen in
    it), gone, unparsed, readings and complete (rows of coverage that touch it), and gaps (their stop reasons and times, one
    line).
    """
    return warehouse.rows(
        """
        WITH
        asked AS (
            SELECT
                source_id, count(*) AS fetched,
                count(CASE WHEN status IS NULL OR status >= 400 AND status <> 410 AND url NOT LIKE $robots THEN 1 END)
                    AS failed
            FROM fetches WHERE fetched_at >= $start AND fetched_at < $end GROUP BY source_id
        ),
        first_seen AS (
            SELECT document_id, min(revision) AS revision FROM documents GROUP BY document_id
        ),
        read AS (
            SELECT
                source_id,
                count(CASE WHEN documents.revision = first_seen.revision THEN 1 END) AS documents,
                count(CASE WHEN documents.revision <> first_seen.revision THEN 1 END) AS revisions
            FROM documents JOIN first_seen USING (document_id)
            WHERE first_seen_at >= $start AND first_seen_at < $end GROUP BY source_id
        ),
        deleted AS (
            SELECT source_id, count(DISTINCT document_id) AS gone
            FROM documents WHERE gone_at >= $start AND gone_at < $end GROUP BY source_id
        ),
        failures AS (
            SELECT source_id, count(*) AS unparsed
            FROM unparsed WHERE found_at >= $start AND found_at < $end AND NOT resolved GROUP BY source_id
        ),
        spanned AS (
            SELECT
                source_id, count(*) AS readings, count(CASE WHEN complete THEN 1 END) AS complete,
                string_agg(CASE WHEN gap_from IS NOT NULL OR NOT complete THEN
                    CASE WHEN gap_from IS NULL THEN '' ELSE
                        substr(cast(timezone('UTC', gap_from) AS text), 1, 16) || ' – '
                        || coalesce(substr(cast(timezone('UTC', gap_to) AS text), 1, 16), '?') || ': '
                    END || stop_reason
                END, '; ' ORDER BY interval_start) AS gaps
            FROM coverage WHERE interval_start < $end AND interval_end > $start GROUP BY source_id
        )
        SELECT
            sources.source_id, sources.name, sources.side, sources.kind, sources.home,
            coalesce(asked.fetched, 0) AS fetched, coalesce(asked.failed, 0) AS failed,
            coalesce(read.documents, 0) AS documents, coalesce(read.revisions, 0) AS revisions,
            coalesce(deleted.gone, 0) AS gone, coalesce(failures.unparsed, 0) AS unparsed,
            coalesce(spanned.readings, 0) AS readings, coalesce(spanned.complete, 0) AS complete,
            coalesce(spanned.gaps, '') AS gaps
        FROM sources
        LEFT JOIN asked ON asked.source_id = sources.source_id
        LEFT JOIN read ON read.source_id = sources.source_id
        LEFT JOIN deleted ON deleted.source_id = sources.source_id
        LEFT JOIN failures ON failures.source_id = sources.source_id
        LEFT JOIN spanned ON spanned.source_id = sources.source_id
        ORDER BY sources.source_id
        """,
        {"start": interval.start, "end": interval.end, "robots": "%/robots.txt"},
    )


def overview(warehouse: Warehouse, since: date | None = None, until: date | None = None) -> Row:
    """One row: what the warehouse holds of the days between two, both included.

    Columns: claims, stories, denials, speakers, sources (all of current claims), documents, edited (documents with more
    than one revision), gone (documents found deleted), first_day, last_day, seen_until (end of the latest interval read,
    UTC), model_versions (of current claims, one line). A document's day is that of its publication, else of its first
    fetch. Days and seen_until are None where there is nothing.
    """
    return warehouse.rows(
        """
        WITH read AS (
            SELECT document_id, max(revision) AS revisions, max(CASE WHEN gone_at IS NULL THEN 0 ELSE 1 END) AS gone
            FROM documents
            WHERE cast(timezone('UTC', coalesce(published_at, first_seen_at)) AS date) BETWEEN $since AND $until
            GROUP BY document_id
        )
        SELECT
            count(*) AS claims,
            count(DISTINCT story_id) AS stories,
            count(CASE WHEN stance = 'denies' THEN 1 END) AS denials,
            count(DISTINCT CASE WHEN speaker <> '' THEN speaker_key END) AS speakers,
            count(DISTINCT source) AS sources,
            (SELECT count(*) FROM read) AS documents,
            (SELECT count(*) FROM read WHERE revisions > 1) AS edited,
            (SELECT count(*) FROM read WHERE gone = 1) AS gone,
            min(day) AS first_day, max(day) AS last_day,
            (SELECT max(interval_end) FROM coverage) AS seen_until,
            coalesce(string_agg(DISTINCT model_version, ', ' ORDER BY model_version), '') AS model_versions
        FROM current_claims WHERE day BETWEEN $since AND $until
        """,
        {"since": since or date.min, "until": until or date.max},
    )[0]


def taken_down(
    warehouse: Warehouse, since: date | None = None, until: date | None = None, most: int | None = None
) -> list[Row]:
    """Claims of documents that were found deleted, latest first, with gone_reason, name_en, name_ru, name_kk (of the
    speaker, where known) and total, how many there are where `most` cuts them. The claim's day lies between two."""
    return warehouse.rows(
        f"""
        SELECT told.*, documents.gone_reason, {NAMES}
        FROM (
            SELECT *, count(*) OVER () AS total FROM current_claims
            WHERE gone_at IS NOT NULL AND day BETWEEN ? AND ?
            ORDER BY gone_at DESC, claim_id LIMIT ?
        ) AS told
        JOIN documents ON documents.document_id = told.document_id AND documents.content_sha256 = told.content_sha256
        LEFT JOIN entities ON entities.entity_id = told.speaker_entity
        ORDER BY told.gone_at DESC, told.claim_id
        """,
        [since or date.min, until or date.max, _ALL if most is None else most],
    )


def reworded(
    warehouse: Warehouse, since: date | None = None, until: date | None = None, most: int | None = None
) -> list[Row]:
    """Claims that a document no longer makes since it was edited, latest edit first.

    Columns: those of `claims`, edited_at (when the current revision was first seen), name_en, name_ru, name_kk (of the
    speaker, where known) and total, how many there are where `most` cuts them. The claim's day lies between two.
    """
    return warehouse.rows(
        f"""
        WITH edited AS (
            SELECT claims.*, current_revisions.first_seen_at AS edited_at
            FROM claims JOIN current_revisions ON current_revisions.document_id = claims.document_id
            WHERE claims.superseded_at IS NULL AND claims.content_sha256 <> current_revisions.content_sha256
                AND cast(timezone('UTC', coalesce(claims.said_at, claims.published_at, claims.fetched_at)) AS date)
                    BETWEEN ? AND ?
        ),
        dropped AS (
            SELECT edited.*
            FROM edited LEFT JOIN (
                SELECT DISTINCT claims.document_id, claims.cause, claims.stance, lower(claims.speaker) AS speaker
                FROM claims JOIN current_revisions
                    ON current_revisions.document_id = claims.document_id
                    AND current_revisions.content_sha256 = claims.content_sha256
                WHERE claims.superseded_at IS NULL
            ) AS kept
                ON kept.document_id = edited.document_id AND kept.cause = edited.cause
                AND kept.stance = edited.stance AND kept.speaker = lower(edited.speaker)
            WHERE kept.document_id IS NULL
        )
        SELECT told.*, {NAMES}
        FROM (
            SELECT dropped.*, count(*) OVER () AS total FROM dropped ORDER BY edited_at DESC, claim_id LIMIT ?
        ) AS told
        LEFT JOIN entities ON entities.entity_id = told.speaker_entity
        ORDER BY told.edited_at DESC, told.claim_id
        """,
        [since or date.min, until or date.max, _ALL if most is None else most],
    )
