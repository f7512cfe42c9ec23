"""What the explorer asks: claims by filter and search, one claim, a document with its revisions, and lists beside them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, get_args

from warehouse.connection import Row, Warehouse
from warehouse.marks import BEST_FIRST, CLEAREST_FIRST
from warehouse.search import condition, terms

State = Literal["current", "gone", "earlier", "all"]
STATES: Final[tuple[State, ...]] = get_args(State)
"""`current`: what stands by the reading in force, deleted documents too; `gone`: of these, what was deleted; `earlier`:
superseded by a newer reading, or edited away; `all`: everything that was ever read."""
Within = Literal["article", "evidence"]
WITHIN: Final[tuple[Within, ...]] = get_args(Within)

_DAY: Final = "cast(timezone('UTC', coalesce(claims.said_at, claims.published_at, claims.fetched_at)) AS date)"
_KEY: Final = "coalesce(claims.speaker_entity, lower(claims.speaker))"
# One row a claim, whatever became of it. The view current_claims also tells its story, and that costs.
_SAID: Final = f"""(
    SELECT
        claims.*, {_DAY} AS day, {_KEY} AS speaker_key,
        coalesce(claims.said_at, claims.published_at, claims.fetched_at) AS moment,
        current_revisions.gone_at, current_revisions.content_sha256 AS current_sha256,
        CASE
            WHEN claims.superseded_at IS NOT NULL THEN 'superseded'
            WHEN current_revisions.content_sha256 <> claims.content_sha256 THEN 'edited'
            WHEN current_revisions.gone_at IS NOT NULL THEN 'gone'
            ELSE 'current'
        END AS state,
        entities.name AS entity_name, entities.name_en, entities.name_ru, entities.name_kk, entities.known
    FROM claims
    JOIN current_revisions ON current_revisions.document_id = claims.document_id
    LEFT JOIN entities ON entities.entity_id = claims.speaker_entity
)"""
_OF_STATE: Final[dict[State, str]] = {
    "current": "said.state IN ('current', 'gone')",
    "gone": "said.state = 'gone'",
    "earlier": "said.state IN ('superseded', 'edited')",
    "all": "true",
}


@dataclass(frozen=True, slots=True)
class ClaimFilter:
    """Which claims are asked for; what is None or empty asks for nothing.

    Days are UTC, both included. `side` is the speaker's, `outlet` the source's, `speaker` a speaker_key, `crossing` an
    entity that the document names, `source` a source_id. `search` wants all its words and "phrases" in the article or, with
    `within`, in the evidence alone.
    """

    since: date | None = None
    until: date | None = None
    side: str = ""
    outlet: str = ""
    blames: str = ""
    cause: str = ""
    stance: str = ""
    speaker: str = ""
    crossing: str = ""
    lang: str = ""
    source: str = ""
    state: State = "current"
    search: str = ""
    within: Within = "article"


@dataclass(frozen=True, slots=True)
class Found:
    """One page of claims, and how many `claims` of how many `documents` and `sources` there are in all."""

    rows: tuple[Row, ...]
    claims: int
    documents: int
    sources: int


def claims(warehouse: Warehouse, wanted: ClaimFilter, *, limit: int, offset: int = 0) -> Found:
    """The claims that `wanted` asks for, latest first: the columns of `claims` with day, speaker_key, gone_at, state
    (current, gone, superseded or edited) and the speaker's names (entity_name, name_en, name_ru, name_kk, known).

    Raises ValueError for a search that is too long.
    """
    where, parameters = _where(wanted)
    # Keys first, in one pass with the count: the texts are searched once, and few wide rows are sorted.
    page = warehouse.rows(
        f"""
        WITH matched AS MATERIALIZED (
            SELECT said.claim_id, said.document_id, said.source, said.day, said.moment FROM {_SAID} AS said WHERE {where}
        ),
        total AS (
            SELECT count(*) AS claims, count(DISTINCT document_id) AS documents, count(DISTINCT source) AS sources
            FROM matched
        ),
        page AS (
            SELECT claim_id, day, moment FROM matched
            ORDER BY day DESC, moment DESC, claim_id LIMIT $most OFFSET $skipped
        )
        SELECT total.*, page.claim_id FROM total LEFT JOIN page ON true ORDER BY page.day DESC, page.moment DESC, page.claim_id
        """,
        {**parameters, "most": limit, "skipped": offset},
    )
    ids = [row["claim_id"] for row in page if row["claim_id"] is not None]
    rows = {row["claim_id"]: row for row in by_id(warehouse, ids)}
    counted = page[0]
    return Found(tuple(rows[one] for one in ids), counted["claims"], counted["documents"], counted["sources"])


def by_id(warehouse: Warehouse, claim_ids: list[str]) -> list[Row]:
    """These claims in no order, as `claims` gives them; unknown ids give none."""
    if not claim_ids:
        return []
    places = ", ".join("?" * len(claim_ids))
    return warehouse.rows(f"SELECT said.* FROM {_SAID} AS said WHERE said.claim_id IN ({places})", claim_ids)


def _where(wanted: ClaimFilter) -> tuple[str, dict[str, object]]:
    parts = [_OF_STATE[wanted.state]]
    parameters: dict[str, object] = {}
    for name, column, comparison, value in (
        ("since", "day", ">=", wanted.since),
        ("until", "day", "<=", wanted.until),
        ("side", "speaker_side", "=", wanted.side),
        ("outlet", "source_side", "=", wanted.outlet),
        ("blames", "blames", "=", wanted.blames),
        ("cause", "cause", "=", wanted.cause),
        ("stance", "stance", "=", wanted.stance),
        ("speaker", "speaker_key", "=", wanted.speaker),
        ("lang", "lang", "=", wanted.lang),
        ("source", "source", "=", wanted.source),
    ):
        if value:
            parts.append(f"said.{column} {comparison} ${name}")
            parameters[name] = value
    if wanted.crossing:
        parts.append(
            "(said.document_id, said.content_sha256) IN (SELECT document_id, content_sha256 FROM mentions "
            "WHERE entity_id = $crossing AND superseded_at IS NULL)"
        )
        parameters["crossing"] = wanted.crossing
    found = terms(wanted.search)
    if found and wanted.within == "evidence":
        for number, term in enumerate(found):
            words, values = condition(term, ("said.evidence",), "said.lang", f"term_{number}")
            parts.append(words)
            parameters |= values
    elif found:
        # The language is that of the document here: one scan of the texts, whatever was claimed in them.
        inner = []
        for number, term in enumerate(found):
            words, values = condition(term, ("documents.title", "documents.text"), "documents.lang", f"term_{number}")
            inner.append(words)
            parameters |= values
        parts.append(
            "(said.document_id, said.content_sha256) IN "
            f"(SELECT document_id, content_sha256 FROM documents WHERE {' AND '.join(inner)})"
        )
    return " AND ".join(parts), parameters


def claim(warehouse: Warehouse, claim_id: str) -> Row | None:
    """One claim with the columns of `claims` here, whatever became of it; None where there is none."""
    return next(iter(by_id(warehouse, [claim_id])), None)


def document_claims(warehouse: Warehouse, document_id: str, content_sha256: str) -> list[Row]:
    """The claims read in one revision, in the order in which they stand there, superseded ones last."""
    return warehouse.rows(
        f"""
        SELECT said.* FROM {_SAID} AS said WHERE said.document_id = ? AND said.content_sha256 = ?
        ORDER BY
            CASE WHEN said.superseded_at IS NULL THEN 0 ELSE 1 END,
            CASE WHEN said.evidence_field = 'title' THEN 0 ELSE 1 END, said.evidence_start, said.claim_id
        """,
        [document_id, content_sha256],
    )


def revisions(warehouse: Warehouse, document_id: str) -> list[Row]:
    """All revisions of a document, first to last, with title, text, what is known of the fetch (fetch_url, status,
    body_sha256, warc_file, warc_offset), `current`, and how many claims were read in each. None: no such document."""
    return warehouse.rows(
        """
        SELECT
            documents.document_id, documents.content_sha256, documents.revision, documents.kind, documents.lang,
            documents.url, documents.canonical_url, documents.title, documents.text, documents.author,
            documents.published_at, documents.published_precision, documents.forwarded_from, documents.forwarded_url,
            documents.views, documents.edited, documents.first_seen_at, documents.last_seen_at, documents.gone_at,
            documents.gone_reason, documents.near_duplicate_of, documents.source_id,
            coalesce(sources.name, documents.source_id) AS source_name, coalesce(sources.side, 'UNKNOWN') AS source_side,
            fetches.final_url AS fetch_url, fetches.status, fetches.sha256 AS body_sha256, fetches.warc_file,
            fetches.warc_offset,
            current_revisions.content_sha256 = documents.content_sha256 AS current,
            (
                SELECT count(*) FROM claims
                WHERE claims.document_id = documents.document_id AND claims.content_sha256 = documents.content_sha256
                    AND claims.superseded_at IS NULL
            ) AS claims
        FROM documents
        JOIN current_revisions ON current_revisions.document_id = documents.document_id
        LEFT JOIN sources ON sources.source_id = documents.source_id
        LEFT JOIN fetches ON fetches.fetch_id = documents.fetch_id
        WHERE documents.document_id = ?
        ORDER BY documents.revision
        """,
        [document_id],
    )


def same_story(warehouse: Warehouse, document_id: str, *, limit: int = 100) -> list[Row]:
    """The other documents that carry the same words, first published first: document_id, revision, title, url, source,
    source_name, source_side, published_at, gone_at, and `original` for the one that was met first."""
    return warehouse.rows(
        """
        SELECT
            documents.document_id, documents.revision, documents.title, documents.url, documents.published_at,
            documents.source_id AS source, coalesce(sources.name, documents.source_id) AS source_name,
            coalesce(sources.side, 'UNKNOWN') AS source_side, documents.gone_at,
            stories.document_id = stories.story_id AS original
        FROM stories
        JOIN current_revisions ON current_revisions.document_id = stories.document_id
        JOIN documents
            ON documents.document_id = current_revisions.document_id
            AND documents.content_sha256 = current_revisions.content_sha256
        LEFT JOIN sources ON sources.source_id = documents.source_id
        WHERE stories.story_id = (SELECT mine.story_id FROM stories AS mine WHERE mine.document_id = $document)
            AND stories.document_id <> $document
        ORDER BY coalesce(documents.published_at, documents.first_seen_at), documents.document_id
        LIMIT $most
        """,
        {"document": document_id, "most": limit},
    )


def position_changes(warehouse: Warehouse) -> list[Row]:
    """Which claims change a position, the clearest kinds first and of these the latest: change, speaker_key,
    earlier_claim_id, later_claim_id. The whole view is thought through for it: ask once, and `change_rows` for a page."""
    return warehouse.rows(
        f"""
        SELECT change, speaker_key, earlier_claim_id, later_claim_id FROM position_changes
        ORDER BY
            {CLEAREST_FIRST},
            later_day DESC, speaker_key, earlier_claim_id, later_claim_id
        """
    )


def change_rows(warehouse: Warehouse, changes: list[Row]) -> list[Row]:
    """The same with both claims, `earlier` and `later`, as `claims` gives them."""
    ends = ("earlier", "later")
    wanted = sorted({change[f"{end}_claim_id"] for change in changes for end in ends})
    rows = {row["claim_id"]: row for row in by_id(warehouse, wanted)}
    return [{**change, **{end: rows[change[f"{end}_claim_id"]] for end in ends}} for change in changes]


def contested(warehouse: Warehouse) -> list[Row]:
    """Rows of `contested`, most stories first, each with the claims that say it best, `asserts` and `denies`: rows as
    `claims` gives them; said outright and surely, first, and not in a copy."""
    best = warehouse.rows(
        f"""
        SELECT cause, blames, stance, claim_id FROM (
            SELECT
                cause, blames, stance, claim_id,
                row_number() OVER (PARTITION BY cause, blames, stance ORDER BY {BEST_FIRST}) AS place
            FROM current_claims
        ) AS ranked
        WHERE place = 1
        """
    )
    places = {(row["cause"], row["blames"], row["stance"]): row["claim_id"] for row in best}
    rows = warehouse.rows("SELECT * FROM contested ORDER BY asserted + denied DESC, cause, blames")
    wanted = {
        (row["cause"], row["blames"], stance): places[row["cause"], row["blames"], stance]
        for row in rows
        for stance in ("asserts", "denies")
    }
    said = {row["claim_id"]: row for row in by_id(warehouse, list(wanted.values()))}
    return [
        {**row, **{stance: said[wanted[row["cause"], row["blames"], stance]] for stance in ("asserts", "denies")}}
        for row in rows
    ]


_SPEAKERS: Final = f"""(
    SELECT
        said.speaker_key, min(said.speaker) AS speaker, min(said.entity_name) AS entity_name,
        min(said.name_en) AS name_en, min(said.name_ru) AS name_ru, min(said.name_kk) AS name_kk,
        max(CASE WHEN said.known THEN 1 ELSE 0 END) = 1 AS known,
        min(said.speaker_kind) AS speaker_kind,
        string_agg(DISTINCT said.speaker_side, ' ' ORDER BY said.speaker_side) AS sides,
        max(said.speaker_role) AS speaker_role,
        count(*) AS claims, count(CASE WHEN said.stance = 'denies' THEN 1 END) AS denials,
        count(DISTINCT said.cause) AS causes, count(DISTINCT said.source) AS sources,
        min(said.day) AS first_day, max(said.day) AS last_day
    FROM {_SAID} AS said
    WHERE {_OF_STATE["current"]} AND said.speaker <> ''
    GROUP BY said.speaker_key
)"""


def speakers(warehouse: Warehouse, *, search: str = "", side: str = "", limit: int = 50, offset: int = 0) -> list[Row]:
    """Who speaks, most claims first: speaker_key, names, kind, sides, role, and counts of claims, denials, causes and
    sources, first_day and last_day. `search` wants its words in one of the names."""
    where, parameters = _of_speakers(search, side)
    return warehouse.rows(
        f"SELECT * FROM {_SPEAKERS} AS speakers WHERE {where} ORDER BY claims DESC, speaker_key LIMIT $most OFFSET $skipped",
        {**parameters, "most": limit, "skipped": offset},
    )


def count_speakers(warehouse: Warehouse, *, search: str = "", side: str = "") -> int:
    """How many there are."""
    where, parameters = _of_speakers(search, side)
    return int(warehouse.value(f"SELECT count(*) FROM {_SPEAKERS} AS speakers WHERE {where}", parameters))


def speaker(warehouse: Warehouse, speaker_key: str) -> Row | None:
    """One row of `speakers`; None where nobody of that key says anything now."""
    return next(
        iter(warehouse.rows(f"SELECT * FROM {_SPEAKERS} AS speakers WHERE speakers.speaker_key = ?", [speaker_key])),
        None,
    )


def _of_speakers(search: str, side: str) -> tuple[str, dict[str, object]]:
    parts, parameters = ["true"], dict[str, object]()
    if side:
        parts.append("speakers.sides LIKE $side")
        parameters["side"] = f"%{_literal(side)}%"
    for number, term in enumerate(terms(search)):
        names = tuple(f"coalesce(speakers.{one}, '')" for one in ("speaker", "name_en", "name_ru", "name_kk"))
        words, values = condition(term, names, "'kk'", f"term_{number}")
        parts.append(words)
        parameters |= values
    return " AND ".join(parts), parameters


def _literal(text: str) -> str:
    """The text as LIKE takes it to the letter."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def crossings(warehouse: Warehouse) -> list[Row]:
    """The crossings that documents name, most first: entity_id, names, side, pair (an entity_id) with its names, how
    many current documents name it, how many queue figures there are and the day of the last."""
    return warehouse.rows(
        """
        WITH named AS (
            SELECT mentions.entity_id, count(DISTINCT mentions.document_id) AS documents
            FROM mentions JOIN current_revisions
                ON current_revisions.document_id = mentions.document_id
                AND current_revisions.content_sha256 = mentions.content_sha256
            WHERE mentions.label = 'CHECKPOINT' AND mentions.superseded_at IS NULL
            GROUP BY mentions.entity_id
        ),
        measured AS (
            SELECT place_entity, count(*) AS figures, max(day) AS last_day
            FROM queue_timeline WHERE place_entity IS NOT NULL GROUP BY place_entity
        )
        SELECT
            entities.entity_id, entities.name AS entity_name, entities.name_en, entities.name_ru, entities.name_kk,
            entities.known, entities.side, entities.pair, pairs.name AS pair_name, pairs.name_en AS pair_en,
            pairs.name_ru AS pair_ru, pairs.name_kk AS pair_kk,
            coalesce(named.documents, 0) AS documents, coalesce(measured.figures, 0) AS figures, measured.last_day
        FROM entities
        LEFT JOIN named ON named.entity_id = entities.entity_id
        LEFT JOIN measured ON measured.place_entity = entities.entity_id
        LEFT JOIN entities AS pairs ON pairs.entity_id = entities.pair
        WHERE entities.label = 'CHECKPOINT' AND (named.documents IS NOT NULL OR measured.figures IS NOT NULL)
        ORDER BY coalesce(measured.figures, 0) DESC, coalesce(named.documents, 0) DESC, entities.entity_id
        """
    )


def crossing_days(warehouse: Warehouse, entity_id: str) -> list[Row]:
    """The queue at one crossing by metric and day, copies of one text counted once: metric, day, low, high, figures."""
    return warehouse.rows(
        """
        SELECT metric, day, min(low) AS low, max(high) AS high, count(DISTINCT story_id) AS figures
        FROM queue_timeline WHERE place_entity = ? GROUP BY metric, day ORDER BY metric, day
        """,
        [entity_id],
    )


def crossing_figures(warehouse: Warehouse, entity_id: str, *, limit: int, offset: int = 0) -> list[Row]:
    """Rows of `queue_timeline` at one crossing, latest first, with the document's revision."""
    return warehouse.rows(
        """
        SELECT queue_timeline.*, observations.lang, documents.revision
        FROM queue_timeline
        JOIN observations ON observations.observation_id = queue_timeline.observation_id
        JOIN documents
            ON documents.document_id = observations.document_id
            AND documents.content_sha256 = observations.content_sha256
        WHERE queue_timeline.place_entity = $crossing
        ORDER BY measured_at DESC, queue_timeline.observation_id LIMIT $most OFFSET $skipped
        """,
        {"crossing": entity_id, "most": limit, "skipped": offset},
    )


def review(warehouse: Warehouse) -> list[Row]:
    """claim_id and doubts of all rows of `review`, the least sure first; `by_id` gives the claims of a page."""
    return warehouse.rows("SELECT claim_id, doubts FROM review ORDER BY confidence, day, claim_id")


def sources(warehouse: Warehouse) -> list[Row]:
    """Every source: source_id, name, kind, side, country, languages, affiliation, home, how many current documents and
    claims it has, how many readings, how many of them complete, how many gaps, how many pages could not be read (`unread`), and the days from first_day to last_day."""
    return warehouse.rows(
        """
        WITH
        read AS (
            SELECT source_id, count(DISTINCT document_id) AS documents FROM documents GROUP BY source_id
        ),
        said AS (
            SELECT source, count(*) AS claims FROM claims WHERE superseded_at IS NULL GROUP BY source
        ),
        spanned AS (
            SELECT
                source_id, count(*) AS readings, count(CASE WHEN complete THEN 1 END) AS complete,
                count(CASE WHEN gap_from IS NOT NULL OR NOT complete THEN 1 END) AS gaps,
                cast(timezone('UTC', min(interval_start)) AS date) AS first_day,
                cast(timezone('UTC', max(interval_end) - INTERVAL '1 microsecond') AS date) AS last_day
            FROM coverage GROUP BY source_id
        ),
        refused AS (
            SELECT source_id, count(*) AS unread FROM unparsed WHERE NOT resolved GROUP BY source_id
        )
        SELECT
            sources.*, coalesce(read.documents, 0) AS documents, coalesce(said.claims, 0) AS claims,
            coalesce(spanned.readings, 0) AS readings, coalesce(spanned.complete, 0) AS complete,
            coalesce(spanned.gaps, 0) AS gaps, coalesce(refused.unread, 0) AS unread,
            spanned.first_day, spanned.last_day
        FROM sources
        LEFT JOIN read ON read.source_id = sources.source_id
        LEFT JOIN said ON said.source = sources.source_id
        LEFT JOIN refused ON refused.source_id = sources.source_id
        LEFT JOIN spanned ON spanned.source_id = sources.source_id
        ORDER BY sources.side, sources.name, sources.source_id
        """
    )


def gaps(warehouse: Warehouse, *, source: str = "", limit: int, offset: int = 0) -> list[Row]:
    """Readings that did not see everything, of one source or all, latest first: rows of `coverage` with the source's name."""
    return warehouse.rows(
        """
        SELECT coverage.*, coalesce(sources.name, coverage.source_id) AS name, coalesce(sources.side, 'UNKNOWN') AS side
        FROM coverage LEFT JOIN sources ON sources.source_id = coverage.source_id
        WHERE (coverage.gap_from IS NOT NULL OR NOT coverage.complete)
            AND ($source = '' OR coverage.source_id = $source)
        ORDER BY coverage.interval_start DESC, coverage.source_id LIMIT $most OFFSET $skipped
        """,
        {"source": source, "most": limit, "skipped": offset},
    )


def count_gaps(warehouse: Warehouse, *, source: str = "") -> int:
    """How many there are."""
    return int(
        warehouse.value(
            "SELECT count(*) FROM coverage WHERE (gap_from IS NOT NULL OR NOT complete) "
            "AND ($source = '' OR source_id = $source)",
            {"source": source},
        )
    )


@dataclass(frozen=True, slots=True)
class Choices:
    """What there is to choose from, each with the number of its claims, most first.

    `speakers` and `crossings` are rows with names, the 200 with the most claims and documents; `sources` are (id, name).
    """

    causes: tuple[str, ...]
    sides: tuple[str, ...]
    outlets: tuple[str, ...]
    blames: tuple[str, ...]
    langs: tuple[str, ...]
    sources: tuple[tuple[str, str], ...]
    speakers: tuple[Row, ...]
    crossings: tuple[Row, ...]
    first_day: date | None
    last_day: date | None


def choices(warehouse: Warehouse) -> Choices:
    """What the claims and documents of the warehouse can be filtered by."""

    def values(column: str) -> tuple[str, ...]:
        rows = warehouse.rows(
            f"SELECT {column} AS value FROM claims GROUP BY {column} ORDER BY count(*) DESC, {column}"
        )
        return tuple(row["value"] for row in rows)

    named = warehouse.rows("SELECT source, min(source_name) AS name FROM claims GROUP BY source ORDER BY 2, 1")
    days = warehouse.rows(f"SELECT min({_DAY}) AS first_day, max({_DAY}) AS last_day FROM claims")[0]
    return Choices(
        causes=values("cause"),
        sides=values("speaker_side"),
        outlets=values("source_side"),
        blames=values("blames"),
        langs=values("lang"),
        sources=tuple((row["source"], row["name"]) for row in named),
        speakers=tuple(speakers(warehouse, limit=200)),
        crossings=tuple(crossings(warehouse)[:200]),
        first_day=days["first_day"],
        last_day=days["last_day"],
    )
