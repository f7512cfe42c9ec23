"""Where a claim comes from: the columns of its wide row that are the document's, the fetch's and the source's."""

from __future__ import annotations

from warehouse.connection import Warehouse
from warehouse.load_count import LoadCount, counted

ATTRIBUTION_COLUMNS = (
    "revision",
    "source",
    "source_name",
    "source_side",
    "title",
    "url",
    "published_at",
    "fetched_at",
    "body_sha256",
    "warc_file",
    "warc_offset",
)

ATTRIBUTION = """(
    SELECT
        documents.document_id, documents.content_sha256, documents.revision,
        documents.source_id AS source,
        coalesce(sources.name, '') AS source_name,
        coalesce(sources.side, 'UNKNOWN') AS source_side,
        documents.title, documents.url, documents.published_at, documents.first_seen_at AS fetched_at,
        fetches.sha256 AS body_sha256, fetches.warc_file, fetches.warc_offset
    FROM documents
    LEFT JOIN sources ON sources.source_id = documents.source_id
    LEFT JOIN fetches ON fetches.fetch_id = documents.fetch_id
)"""


def refresh_attribution(warehouse: Warehouse, documents: str) -> LoadCount:
    """Bring the claims of `documents` (a query for document ids, in brackets) up to date with where they come from."""
    assignments = ", ".join(f"{column} = origin.{column}" for column in ATTRIBUTION_COLUMNS)
    differs = " OR ".join(f"claims.{column} IS DISTINCT FROM origin.{column}" for column in ATTRIBUTION_COLUMNS)
    touched = warehouse.change(
        f"UPDATE claims SET {assignments} FROM {ATTRIBUTION} AS origin "
        "WHERE origin.document_id = claims.document_id AND origin.content_sha256 = claims.content_sha256 "
        f"AND claims.document_id IN {documents} AND ({differs})"
    )
    return counted("claims", 0, touched)
