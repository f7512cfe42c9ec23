"""The names for the knowledge base's curator, from the mentions of all documents: read, and kept as the table
`proposals`.
"""

from __future__ import annotations

from datetime import datetime

from nlp.proposals import MIN_DOCUMENTS, MIN_SOURCES, Proposal, Sighting, proposals
from warehouse.batch import one_batch
from warehouse.connection import Row, Warehouse
from warehouse.load_count import LoadCount, counted
from warehouse.upsert import columns_of, replaced, staging, upsert

_SIGHTINGS = """
    SELECT DISTINCT
        mentions.name, mentions.label, coalesce(documents.near_duplicate_of, mentions.document_id) AS document_id,
        documents.source_id, entities.side, coalesce(mentions.role, '') AS role,
        CASE WHEN bool_or(mentions.lang = annotations.lang) OVER alike THEN min(annotations.lang) OVER alike
            ELSE min(mentions.lang) OVER alike END AS lang
    FROM mentions
    JOIN documents USING (document_id, content_sha256)
    JOIN annotations USING (document_id, content_sha256, model_version)
    JOIN entities USING (entity_id)
    WHERE mentions.superseded_at IS NULL AND NOT entities.known AND mentions.lang IN ('ru', 'kk', 'en')
        AND mentions.label IN ('PERSON', 'ORG', 'CHECKPOINT')
    WINDOW alike AS (
        PARTITION BY mentions.name, mentions.label, coalesce(documents.near_duplicate_of, mentions.document_id),
            documents.source_id, entities.side
    )
"""
"""A name that the document's own language has too is spelt as it spells it, in whatever passage it stands."""


def proposed(
    warehouse: Warehouse, *, min_documents: int = MIN_DOCUMENTS, min_sources: int = MIN_SOURCES
) -> list[Proposal]:
    """The names that the knowledge base lacks, those in most documents first; copies of one text count once, and what a
    source is called is left out."""
    sightings = (Sighting(**row) for row in warehouse.rows(_SIGHTINGS))
    sources = [row["name"] for row in warehouse.rows("SELECT name FROM sources")]
    return proposals(sightings, sources=sources, min_documents=min_documents, min_sources=min_sources)


@one_batch
def refresh_proposals(warehouse: Warehouse, at: datetime) -> LoadCount:
    """Make the table `proposals` say what `proposed` gives: new names get `at` as their time, and what is known or
    dismissed by now leaves."""
    with warehouse.transaction():
        warehouse.take_turns("(SELECT 'all of them' AS document_id)")  # an older reading must not undo a newer one's
        rows = [_row(one, at) for one in proposed(warehouse)]
        return _replace(warehouse, rows)


def _replace(warehouse: Warehouse, rows: list[Row]) -> LoadCount:
    with staging(warehouse, "staged_proposals", "proposals", rows):
        gone = warehouse.change(
            "DELETE FROM proposals WHERE proposal_id NOT IN (SELECT proposal_id FROM staged_proposals)"
        )
        kept = {"proposal_id", "proposed_at"}
        update = replaced([column for column in columns_of(warehouse, "proposals") if column not in kept])
        return upsert(warehouse, "proposals", ["proposal_id"], "staged_proposals", update) + counted(
            "proposals", 0, gone
        )


def _row(one: Proposal, at: datetime) -> Row:
    return {
        "proposal_id": one.id,
        "label": one.label,
        "name": one.names[0].name,
        "names": list(dict.fromkeys(form.name for form in one.names)),
        "documents": one.documents,
        "sources": one.sources,
        "side": one.side,
        "examples": list(one.examples),
        "nearest_entity": one.nearest.entity_id if one.nearest else None,
        "nearest_name": one.nearest.name if one.nearest else None,
        "likeness": one.nearest.likeness if one.nearest else None,
        "toml": one.toml,
        "proposed_at": at,
    }
