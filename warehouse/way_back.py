"""The way back: from any id to what it names, the revision it was read in, and the fetch that brought its bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from warehouse.connection import Row, Warehouse

Kind = Literal["claim", "observation", "mention", "entity", "document", "fetch", "unparsed"]
Finding = Literal["claim", "observation", "mention"]

_IDS: dict[Kind, tuple[str, str]] = {
    "claim": ("claims", "claim_id"),
    "observation": ("observations", "observation_id"),
    "mention": ("mentions", "mention_id"),
    "entity": ("entities", "entity_id"),
    "document": ("documents", "document_id"),
    "fetch": ("fetches", "fetch_id"),
    "unparsed": ("unparsed", "unparsed_id"),
}
_NAMES = ("name", "name_ru", "name_kk", "name_en")
_REVISION = (
    "document_id",
    "content_sha256",
    "revision",
    "source_id",
    "kind",
    "lang",
    "url",
    "canonical_url",
    "title",
    "text",
    "author",
    "published_at",
    "published_precision",
    "first_seen_at",
    "last_seen_at",
    "gone_at",
    "gone_reason",
    "fetch_id",
    "extractor",
    "extractor_version",
)


@dataclass(frozen=True, slots=True)
class Named:
    """A thing in the warehouse: what kind it is of, and its whole id."""

    kind: Kind
    id: str


def named(warehouse: Warehouse, text: str) -> list[Named]:
    """What has the id `text`; else the entities of that name, in small or capital letters; else the ids that begin so.

    Sorted by kind and id. A story has the id of its first document. Of ids that only begin so, the first twenty.
    """
    for condition in ("{id} = $text", "{id} LIKE $start ESCAPE '!'"):
        start = "".join("!" + letter if letter in "!_%" else letter for letter in text) + "%"
        parameters = {"text": text} if "$text" in condition else {"start": start}
        parts = (
            f"SELECT '{kind}' AS kind, {key} AS id FROM {table} WHERE {condition.format(id=key)}"
            for kind, (table, key) in _IDS.items()
        )
        rows = warehouse.rows(f"{' UNION '.join(parts)} ORDER BY kind, id LIMIT 20", parameters)
        if not rows and "$text" in condition:
            rows = _entities_called(warehouse, text)
        if rows:
            return [Named(**row) for row in rows]
    return []


def _entities_called(warehouse: Warehouse, name: str) -> list[Row]:
    """Who has the name, or is called so in a text: those that the knowledge base knows, else those that a text names, else
    any; by how often they are named."""
    # A server's lower() knows only the letters of its locale.
    spellings = sorted({name, name.lower(), name.upper(), name.capitalize(), name.title()})
    spelt = " OR ".join(f"{column} IN (SELECT unnest(cast($spellings AS text[])))" for column in _NAMES)
    rows = warehouse.rows(
        f"""
        WITH called AS (
            SELECT entity_id, count(*) AS mentions FROM mentions
            WHERE superseded_at IS NULL AND surface IN (SELECT unnest(cast($spellings AS text[]))) GROUP BY entity_id
        )
        SELECT entities.entity_id AS id, entities.known, coalesce(called.mentions, 0) AS mentions
        FROM entities LEFT JOIN called ON called.entity_id = entities.entity_id
        WHERE {spelt} OR called.mentions > 0
        ORDER BY entities.known DESC, mentions DESC, id LIMIT 20
        """,
        {"spellings": spellings},
    )
    best = [row for row in rows if row["known"]] or [row for row in rows if row["mentions"]] or rows
    return [{"kind": "entity", "id": row["id"]} for row in best]


def finding(warehouse: Warehouse, kind: Finding, found_id: str) -> Row | None:
    """The whole row of a claim, an observation or a mention, superseded or not; None where there is none."""
    table, key = _IDS[kind]
    return next(iter(warehouse.rows(f"SELECT * FROM {table} WHERE {key} = ?", [found_id])), None)


def revisions(warehouse: Warehouse, document_id: str) -> list[Row]:
    """The revisions of a document by number, each with `is_current`, and with source_name, source_kind and source_side
    (None where the source is unknown)."""
    columns = ", ".join(f"documents.{column}" for column in _REVISION)
    return warehouse.rows(
        f"""
        SELECT
            {columns},
            sources.name AS source_name, sources.kind AS source_kind, sources.side AS source_side,
            row_number() OVER (ORDER BY documents.last_seen_at DESC, documents.revision DESC) = 1 AS is_current
        FROM documents LEFT JOIN sources ON sources.source_id = documents.source_id
        WHERE documents.document_id = ?
        ORDER BY documents.revision
        """,
        [document_id],
    )


def claims_of(warehouse: Warehouse, document_id: str) -> list[Row]:
    """Every claim that any revision of the document made by any model, in the order of the text."""
    return warehouse.rows(
        """
        SELECT
            claim_id, content_sha256, revision, cause, stance, blames, speaker, speaker_side, evidence, confidence,
            model_version, extracted_at, superseded_at, superseded_by
        FROM claims WHERE document_id = ?
        ORDER BY revision, CASE evidence_field WHEN 'title' THEN 0 ELSE 1 END, evidence_start, claim_id
        """,
        [document_id],
    )


def observations_of(warehouse: Warehouse, document_id: str) -> list[Row]:
    """Every figure that any revision of the document gave, in the order of the text."""
    return warehouse.rows(
        """
        SELECT
            observation_id, content_sha256, metric, low, high, place, place_entity, speaker, evidence,
            superseded_at, superseded_by
        FROM observations WHERE document_id = ?
        ORDER BY CASE evidence_field WHEN 'title' THEN 0 ELSE 1 END, evidence_start, observation_id
        """,
        [document_id],
    )


def story(warehouse: Warehouse, document_id: str) -> list[Row]:
    """The documents with nearly these words, the one that was met first before the others: document_id, is_first, source_name,
    url, published_at. One row where the document copies none and none copies it."""
    return warehouse.rows(
        """
        SELECT
            documents.document_id, copies.document_id = copies.story_id AS is_first,
            coalesce(sources.name, documents.source_id) AS source_name, documents.url, documents.published_at
        FROM stories
        JOIN stories AS copies ON copies.story_id = stories.story_id
        JOIN current_revisions ON current_revisions.document_id = copies.document_id
        JOIN documents
            ON documents.document_id = current_revisions.document_id
            AND documents.content_sha256 = current_revisions.content_sha256
        LEFT JOIN sources ON sources.source_id = documents.source_id
        WHERE stories.document_id = ?
        ORDER BY CASE WHEN copies.document_id = copies.story_id THEN 0 ELSE 1 END, documents.published_at, documents.document_id
        """,
        [document_id],
    )


def fetch(warehouse: Warehouse, fetch_id: str) -> Row | None:
    """The whole row of a fetch, with source_name, source_kind and source_side (None where the source is unknown); None
    where there is no such fetch."""
    rows = warehouse.rows(
        "SELECT fetches.*, sources.name AS source_name, sources.kind AS source_kind, sources.side AS source_side "
        "FROM fetches LEFT JOIN sources ON sources.source_id = fetches.source_id WHERE fetches.fetch_id = ?",
        [fetch_id],
    )
    return next(iter(rows), None)


def read_from(warehouse: Warehouse, fetch_id: str) -> list[Row]:
    """The revisions that a fetch was the first to show: document_id, revision, title, url."""
    return warehouse.rows(
        "SELECT document_id, revision, title, url FROM documents WHERE fetch_id = ? ORDER BY url, revision", [fetch_id]
    )


def unread_from(warehouse: Warehouse, fetch_id: str) -> list[Row]:
    """The rows of `unparsed` that are of a fetch."""
    return warehouse.rows("SELECT * FROM unparsed WHERE fetch_id = ? ORDER BY url, unparsed_id", [fetch_id])


def unparsed(warehouse: Warehouse, unparsed_id: str) -> Row | None:
    """The whole row of an answer that no document could be read from; None where there is none."""
    return next(iter(warehouse.rows("SELECT * FROM unparsed WHERE unparsed_id = ?", [unparsed_id])), None)


def entity(warehouse: Warehouse, entity_id: str) -> Row | None:
    """The whole row of an entity, with pair_name and how often it stands in what is current by the reading in force:
    mentions and mentioned_in (documents), statements (claims that it makes), figures (of it as the place, or by its account).

    None where there is none.
    """
    rows = warehouse.rows(
        f"""
        SELECT
            entities.*, pairs.name AS pair_name,
            (SELECT count(*) FROM ({_MENTIONS}) AS mentioned) AS mentions,
            (SELECT count(DISTINCT document_id) FROM ({_MENTIONS}) AS mentioned) AS mentioned_in,
            (SELECT count(*) FROM ({_STATEMENTS}) AS said) AS statements,
            (SELECT count(*) FROM ({_FIGURES}) AS measured) AS figures
        FROM entities LEFT JOIN entities AS pairs ON pairs.entity_id = entities.pair
        WHERE entities.entity_id = $entity
        """,
        {"entity": entity_id},
    )
    return next(iter(rows), None)


_OWN_NAMES = "SELECT lower(name) FROM mentions WHERE entity_id = $entity"
_STATEMENTS = f"""
    SELECT
        claim_id, day, stance, cause, blames, speaker, evidence, source_name, document_id,
        coalesce(said_at, published_at, fetched_at) AS moment
    FROM current_claims
    WHERE speaker_entity = $entity OR (speaker_entity IS NULL AND speaker <> '' AND lower(speaker) IN ({_OWN_NAMES}))
"""
_FIGURES = f"""
    SELECT observation_id, day, measured_at, metric, low, high, place, speaker, evidence, source_name, document_id
    FROM queue_timeline
    WHERE place_entity = $entity OR (speaker <> '' AND lower(speaker) IN ({_OWN_NAMES}))
"""
_MENTIONS = """
    SELECT
        mentions.mention_id, mentions.surface, mentions.name, mentions.document_id, current_revisions.first_seen_at
    FROM mentions
    JOIN current_revisions
        ON current_revisions.document_id = mentions.document_id
        AND current_revisions.content_sha256 = mentions.content_sha256
    WHERE mentions.entity_id = $entity AND mentions.superseded_at IS NULL
"""


def latest_statements(warehouse: Warehouse, entity_id: str, limit: int) -> list[Row]:
    """The latest `limit` claims that the entity makes: claim_id, day, stance, cause, blames, speaker, evidence, source_name,
    document_id, moment."""
    return warehouse.rows(
        f"SELECT * FROM ({_STATEMENTS}) AS said ORDER BY moment DESC, claim_id LIMIT $limit",
        {"entity": entity_id, "limit": limit},
    )


def latest_figures(warehouse: Warehouse, entity_id: str, limit: int) -> list[Row]:
    """The latest `limit` figures that are of the entity, or by its account: observation_id, day, measured_at, metric, low,
    high, place, speaker, evidence, source_name, document_id."""
    return warehouse.rows(
        f"SELECT * FROM ({_FIGURES}) AS measured ORDER BY measured_at DESC, observation_id LIMIT $limit",
        {"entity": entity_id, "limit": limit},
    )


def latest_mentions(warehouse: Warehouse, entity_id: str, limit: int) -> list[Row]:
    """The latest `limit` places where the entity is named: mention_id, surface, name, document_id, first_seen_at."""
    return warehouse.rows(
        f"SELECT * FROM ({_MENTIONS}) AS mentioned ORDER BY first_seen_at DESC, mention_id LIMIT $limit",
        {"entity": entity_id, "limit": limit},
    )
