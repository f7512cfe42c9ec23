"""Agency copies: which document nearly repeats an earlier one of another source. They are linked, never dropped."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from ingest.document import Document
from ingest.interval import Interval
from ingest.near_duplicate import nearest, signature
from warehouse.connection import Warehouse
from warehouse.reading import Likeness
from warehouse.state import Original, originals

WINDOW: Final = timedelta(days=3)
"""How long after its first appearance an agency line is still copied."""
LEAST_WORDS: Final = 12
"""Shorter posts («Стоим, очередь 5 км») are alike without being copies."""


def likeness(warehouse: Warehouse, documents: Iterable[Document]) -> dict[tuple[str, str], Likeness]:
    """Signature and earliest near copy of each dated document, by document_id and content_sha256.

    A copy is of another source, appeared at most `WINDOW` later, and is linked to the first of its line, never to
    another copy.
    """
    dated = sorted(
        (document for document in documents if document.published_at and len(document.text.split()) >= LEAST_WORDS),
        key=lambda document: (_published(document), document.document_id),
    )
    found = {}
    for run in _runs(dated):
        window = Interval(_published(run[0]) - WINDOW, _published(run[-1]) + timedelta(microseconds=1))
        known = originals(warehouse, window)
        for document in run:
            mark = signature(document.text)
            earlier = [(one.document_id, one.signature) for one in known if _may_be_copied(one, document)]
            original = nearest(mark, earlier)
            found[document.document_id, document.content_sha256] = Likeness(mark, original)
            if original is None:
                known.append(Original(document.document_id, document.source_id, _published(document), mark))
                known.sort(key=lambda one: (one.published_at, one.document_id))
    return found


def _runs(dated: Iterable[Document]) -> list[list[Document]]:
    """The documents, earliest first, cut wherever more than `WINDOW` lies between two: nothing is copied over a cut.

    One wrong date then calls up its own three days, and not all the history up to it.
    """
    runs: list[list[Document]] = []
    for document in dated:
        if runs and _published(document) - _published(runs[-1][-1]) <= WINDOW:
            runs[-1].append(document)
        else:
            runs.append([document])
    return runs


def _may_be_copied(one: Original, document: Document) -> bool:
    return (
        one.source_id != document.source_id
        and one.document_id != document.document_id
        and _published(document) - WINDOW <= one.published_at <= _published(document)
    )


def _published(document: Document) -> datetime:
    return document.published_at or datetime.max.replace(tzinfo=UTC)
