"""Agency copies: which document nearly repeats an earlier one of another source. They are linked, never dropped.

What is linked to what is a function of the documents alone, in whatever order they were loaded: a day that is read later
may hold the line that other days' documents copied.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from ingest.interval import Interval
from ingest.near_duplicate import nearest, signature, signatures
from warehouse.batch import one_batch
from warehouse.connection import Warehouse
from warehouse.links import Signature, Signed, Unsigned, keep_links, keep_signatures, linking, signed, unsigned
from warehouse.load_count import LoadCount

WINDOW: Final = timedelta(days=3)
"""How long after its first appearance an agency line is still copied."""
LEAST_WORDS: Final = 12
"""Shorter posts («Стоим, очередь 5 км») are alike without being copies."""


def link_copies(warehouse: Warehouse) -> LoadCount:
    """Sign the revisions that nobody has signed, and link again all documents that these may concern.

    A copy is of another source, appeared at most `WINDOW` later, and is linked to the likest of the earlier documents that
    are copies of none, of equals to the first. For all writers of a warehouse, one after another: a document that is being
    loaded meanwhile is its own loader's to link.
    """
    due = [Signature(one.document_id, one.content_sha256, _mark(one)) for one in unsigned(warehouse)]
    return _link(warehouse, due) if due else LoadCount()


@one_batch
def _link(warehouse: Warehouse, due: Sequence[Signature]) -> LoadCount:
    with linking(warehouse):
        touched = keep_signatures(warehouse, due)
        return keep_links(warehouse, links(warehouse, touched))


def links(warehouse: Warehouse, touched: Iterable[datetime]) -> dict[str, str | None]:
    """The links that change when documents published at `touched` do: by document_id, whom it copies, or None.

    Reads on from each touched time as long as something changes within `WINDOW`: one wrong date calls up its own days,
    and not all the history up to it.
    """
    changed: dict[str, str | None] = {}
    pending = sorted(set(touched), reverse=True)
    while pending:
        begin = until = pending[-1]
        before = signed(warehouse, Interval(begin - WINDOW, begin))
        while begin <= until or (pending and pending[-1] < begin + WINDOW):
            while pending and pending[-1] < begin + WINDOW:
                until = max(until, pending.pop() + WINDOW)
            here = signed(warehouse, Interval(begin, begin + WINDOW))
            known = _Lines(before, here)
            for number, one in enumerate(here, start=len(before)):
                if one.published_at > until:
                    continue
                found = known.original_of(number)
                if (found is None) != (one.near_duplicate_of is None):
                    until = max(until, one.published_at + WINDOW)
                if found != one.near_duplicate_of:
                    changed[one.document_id] = found
            begin += WINDOW
            before = [one for one in known.lines if one.published_at >= begin - WINDOW]
    return changed


class _Lines:
    """Documents in the order of publication, the first of them settled; which are lines of their own is found as one goes."""

    def __init__(self, settled: Sequence[Signed], here: Sequence[Signed]) -> None:
        self.documents = [*settled, *here]
        self.marks = signatures([one.signature for one in self.documents])
        self.times = [one.published_at for one in self.documents]
        self.copies = [one.near_duplicate_of is not None for one in self.documents]

    @property
    def lines(self) -> list[Signed]:
        """The documents that copy none."""
        return [one for one, copies in zip(self.documents, self.copies, strict=True) if not copies]

    def original_of(self, number: int) -> str | None:
        """The line that the document copies, if it copies one; to be asked in their order."""
        one = self.documents[number]
        first = bisect_left(self.times, one.published_at - WINDOW)
        earlier = [
            place
            for place in range(first, number)
            if not self.copies[place] and self.documents[place].source_id != one.source_id
        ]
        best = nearest(self.marks[number], self.marks[earlier])
        self.copies[number] = best is not None
        return None if best is None else self.documents[earlier[best]].document_id


def _mark(one: Unsigned) -> bytes:
    return signature(one.text) if one.published_at and len(one.text.split()) >= LEAST_WORDS else b""
