"""Which document copies which: what the search for agency copies reads of the documents, and what it leaves in them.

A revision without a signature has not been looked at: the load leaves it so wherever what a link hangs on has changed. The
signature is empty where the text is too short or has no date. A document is compared by the first of its revisions that
has one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime

from ingest.interval import Interval
from warehouse.connection import Warehouse
from warehouse.load_count import LoadCount, counted
from warehouse.upsert import staging


@dataclass(frozen=True, slots=True)
class Unsigned:
    """A revision that was not looked at yet."""

    document_id: str
    content_sha256: str
    text: str
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class Signature:
    """The signature of a revision; empty where it is not to be compared."""

    document_id: str
    content_sha256: str
    signature: bytes


@dataclass(frozen=True, slots=True)
class Signed:
    """A document as the search for copies wants it, with the link that it has now."""

    document_id: str
    source_id: str
    published_at: datetime
    signature: bytes
    near_duplicate_of: str | None


def unsigned(warehouse: Warehouse) -> list[Unsigned]:
    """The revisions that were not looked at yet, by key."""
    rows = warehouse.rows(
        "SELECT document_id, content_sha256, text, published_at FROM documents WHERE signature IS NULL "
        "ORDER BY document_id, content_sha256"
    )
    return [Unsigned(**row) for row in rows]


@contextmanager
def linking(warehouse: Warehouse) -> Iterator[None]:
    """One transaction in which nobody else loads documents: what it reads of them stays so until its end."""
    with warehouse.transaction():
        warehouse.take_all_turns()
        yield


def keep_signatures(warehouse: Warehouse, signatures: Sequence[Signature]) -> list[datetime]:
    """Sign these revisions; gives the times of the documents whose links that may touch at once: theirs, and those of the
    documents that are linked to them."""
    shape = "(SELECT document_id, content_sha256, signature FROM documents)"
    with staging(warehouse, "staged_signatures", shape, [asdict(one) for one in signatures]):
        warehouse.change(
            "UPDATE documents SET signature = staged_signatures.signature FROM staged_signatures "
            "WHERE documents.document_id = staged_signatures.document_id "
            "AND documents.content_sha256 = staged_signatures.content_sha256"
        )
        # Who is not to be compared any more is nobody's copy.
        warehouse.change(
            "UPDATE documents SET near_duplicate_of = NULL WHERE near_duplicate_of IS NOT NULL "
            "AND document_id IN (SELECT document_id FROM staged_signatures) "
            f"AND document_id NOT IN (SELECT document_id FROM {_SIGNED} AS signed)"
        )
        touched = (
            "document_id IN (SELECT document_id FROM staged_signatures) "
            "OR near_duplicate_of IN (SELECT document_id FROM staged_signatures)"
        )
        rows = warehouse.rows(
            f"SELECT DISTINCT published_at FROM {_SIGNED} AS signed WHERE {touched} ORDER BY published_at"
        )
    return [row["published_at"] for row in rows]


def signed(warehouse: Warehouse, interval: Interval) -> list[Signed]:
    """The documents to be compared that were published in `interval`, earliest first; of equals, by document_id."""
    rows = warehouse.rows(
        f"""
        SELECT document_id, source_id, published_at, signature, near_duplicate_of FROM {_SIGNED} AS signed
        WHERE published_at >= ? AND published_at < ?
        """,
        [interval.start, interval.end],
    )
    # Not by the database: its order of letters is its own.
    return sorted((Signed(**row) for row in rows), key=lambda one: (one.published_at, one.document_id))


def keep_links(warehouse: Warehouse, originals: Mapping[str, str | None]) -> LoadCount:
    """Link each document to the one that it copies, or to none."""
    shape = "(SELECT document_id, near_duplicate_of FROM documents)"
    rows = [{"document_id": document_id, "near_duplicate_of": one} for document_id, one in originals.items()]
    if not rows:
        return LoadCount()
    with staging(warehouse, "staged_links", shape, rows):
        linked = warehouse.change(
            "UPDATE documents SET near_duplicate_of = staged_links.near_duplicate_of FROM staged_links "
            "WHERE documents.document_id = staged_links.document_id "
            "AND documents.near_duplicate_of IS DISTINCT FROM staged_links.near_duplicate_of"
        )
    return counted("documents", 0, linked)


_SIGNED = """(
    SELECT document_id, source_id, published_at, signature, near_duplicate_of FROM (
        SELECT
            document_id, source_id, published_at, signature, near_duplicate_of,
            row_number() OVER (PARTITION BY document_id ORDER BY first_seen_at, content_sha256) AS place
        FROM documents WHERE published_at IS NOT NULL AND octet_length(signature) > 0
    ) AS revisions
    WHERE place = 1
)"""
