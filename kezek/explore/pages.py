"""The pages: each takes the warehouse and an address, and gives what its template shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ingest.errors import InputError
from kezek.explore import marks
from kezek.explore.memory import Memory
from kezek.explore.queue import drawings
from kezek.explore.state import CHANGES, FILTERS, PAGE_ROWS, SIDES, View, check_search, claim_filter
from kezek.revision_diff import revision_diff
from warehouse import browse
from warehouse.browse import Choices, ClaimFilter
from warehouse.connection import Row, Warehouse

Context = dict[str, Any]
_MOST_OF_ONE_SPEAKER: Final = 12
_MOST_CHANGES: Final = 4
_MOST_COUNTED: Final = 6
_MOST_CONTESTED: Final = 20


class NothingThere(InputError):
    """An address of nothing: no such claim, document, crossing or page of a list."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page's template, the parameters that it takes, and the function that answers it."""

    template: str
    parameters: tuple[str, ...]
    answer: Callable[[Warehouse, View, Mapping[str, str], Memory], Context]


def _claims(warehouse: Warehouse, view: View, given: Mapping[str, str], memory: Memory) -> Context:
    choices = memory.choices(warehouse)
    wanted = claim_filter(view, causes=choices.causes, sources=[source for source, _ in choices.sources])
    found = browse.claims(warehouse, wanted, limit=PAGE_ROWS, offset=view.offset)
    active = [name for name in FILTERS if view.text(name)]
    speaker = browse.speaker(warehouse, wanted.speaker) if wanted.speaker else None
    return {
        "rows": found.rows,
        "found": found,
        "pages": _pages(view, found.claims),
        "wanted": wanted,
        "choices": choices,
        "active": active,
        "speaker": speaker,
        "crossing": next((row for row in choices.crossings if row["entity_id"] == wanted.crossing), None),
        "loosened": [] if found.claims else _loosened(warehouse, view, active, choices),
        "search": wanted.search,
    }


def _loosened(warehouse: Warehouse, view: View, active: list[str], choices: Choices) -> list[Row]:
    """What would be found without each filter; not counted where each count would search all texts."""
    rows: list[Row] = []
    for name in active:
        if name == "in":
            continue
        without = View(view.path, {other: value for other, value in view.parameters.items() if other != name})
        wanted = claim_filter(without, causes=choices.causes, sources=[source for source, _ in choices.sources])
        dear = wanted.search and wanted.within == "article"
        counted = None if dear or len(rows) >= _MOST_COUNTED else browse.claims(warehouse, wanted, limit=1).claims
        rows.append({"name": name, "claims": counted})
    return rows


def _claim(warehouse: Warehouse, view: View, given: Mapping[str, str], memory: Memory) -> Context:
    search = view.text("q")
    check_search(search)
    claim = browse.claim(warehouse, given["claim_id"])
    if claim is None:
        raise NothingThere(f"There is no claim {given['claim_id'][:40]!r}.")
    revisions = browse.revisions(warehouse, claim["document_id"])
    document = next((row for row in revisions if row["content_sha256"] == claim["content_sha256"]), None)
    if document is None:
        raise NothingThere(f"Claim {claim['claim_id']} is here, but not the document that it was read in.")
    beside = browse.document_claims(warehouse, claim["document_id"], claim["content_sha256"])
    said = ClaimFilter(speaker=claim["speaker_key"]) if claim["speaker"] else None
    by_speaker = browse.claims(warehouse, said, limit=_MOST_OF_ONE_SPEAKER + 1) if said else None
    changes = [row for row in memory.changes(warehouse) if said and row["speaker_key"] == said.speaker]
    return {
        "claim": claim,
        "document": document,
        "revisions": revisions,
        "title": _title(document, [claim], search, []),
        "text": _text(document, [claim], search, []),
        "carriers": browse.same_story(warehouse, claim["document_id"]),
        "beside": [row for row in beside if row["claim_id"] != claim["claim_id"]],
        "by_speaker": [row for row in by_speaker.rows if row["claim_id"] != claim["claim_id"]] if by_speaker else [],
        "speaker_claims": by_speaker.claims if by_speaker else 0,
        "changes": browse.change_rows(warehouse, changes[:_MOST_CHANGES]),
        "all_changes": len(changes),
        "search": search,
    }


def _document(warehouse: Warehouse, view: View, given: Mapping[str, str], memory: Memory) -> Context:
    search = view.text("q")
    check_search(search)
    revisions = browse.revisions(warehouse, given["document_id"])
    if not revisions:
        raise NothingThere(f"There is no document {given['document_id'][:40]!r}.")
    current = next(row for row in revisions if row["current"])
    shown = _revision(view, "revision", revisions) or current
    against = _revision(view, "against", revisions)
    beside = browse.document_claims(warehouse, shown["document_id"], shown["content_sha256"])
    standing = [row for row in beside if row["superseded_at"] is None]
    difference = None
    if against is not None:
        difference = marks.diff_paragraphs(revision_diff(_words(against), _words(shown)))
    return {
        "document": shown,
        "current": current,
        "revisions": revisions,
        "against": against,
        "difference": difference,
        "title": _title(shown, standing, search, []),
        "text": _text(shown, standing, search, []),
        "beside": beside,
        "carriers": browse.same_story(warehouse, shown["document_id"]),
        "search": search,
    }


def _revision(view: View, name: str, revisions: list[Row]) -> Row | None:
    given = view.text(name)
    if not given:
        return None
    for row in revisions:
        if str(row["revision"]) == given:
            return row
    raise NothingThere(f"The document has no revision {given[:20]!r}.")


def _words(document: Row) -> str:
    return f"{document['title']}\n{document['text']}" if document["title"] else str(document["text"])


def _title(document: Row, claims: list[Row], search: str, other: list[Row]) -> list[marks.Piece]:
    return marks.pieces(document["title"], _spans(document, "title", claims, search, other))


def _text(document: Row, claims: list[Row], search: str, other: list[Row]) -> list[list[marks.Piece]]:
    return marks.paragraphs(document["text"], _spans(document, "text", claims, search, other))


def _spans(document: Row, field: str, claims: list[Row], search: str, other: list[Row]) -> list[marks.Span]:
    return [
        *(span for claim in claims for span in marks.claim_spans(claim, field)),
        *(span for claim in other for span in marks.claim_spans(claim, field, other=True)),
        *marks.hits(document[field], search),
    ]


def _speakers(warehouse: Warehouse, view: View, given: Mapping[str, str], memory: Memory) -> Context:
    search, side = view.text("q"), view.choice("side", SIDES)
    check_search(search)
    total = browse.count_speakers(warehouse, search=search, side=side)
    rows = browse.speakers(warehouse, search=search, side=side, limit=PAGE_ROWS, offset=view.offset)
    return {"rows": rows, "total": total, "pages": _pages(view, total), "search": search, "side": side}


def _crossings(warehouse: Warehouse, view: View, given: Mapping[str, str], memory: Memory) -> Context:
    return {"rows": memory.crossings(warehouse)}


def _crossing(warehouse: Warehouse, view: View, given: Mapping[str, str], memory: Memory) -> Context:
    every = memory.crossings(warehouse)
    crossing = next((row for row in every if row["entity_id"] == given["entity_id"]), None)
    if crossing is None:
        raise NothingThere(f"No document names a crossing {given['entity_id'][:60]!r}.")
    pages = _pages(view, crossing["figures"])
    return {
        "crossing": crossing,
        "drawings": drawings(browse.crossing_days(warehouse, crossing["entity_id"])),
        "rows": browse.crossing_figures(warehouse, crossing["entity_id"], limit=PAGE_ROWS, offset=view.offset),
        "pages": pages,
        "has_pair": any(row["entity_id"] == crossing["pair"] for row in every),
    }


def _contested(warehouse: Warehouse, view: View, given: Mapping[str, str], memory: Memory) -> Context:
    every = memory.contested(warehouse)
    pages = _pages(view, len(every), _MOST_CONTESTED)
    return {"rows": every[pages["first_row"] - 1 : pages["last_row"]], "pages": pages}


def _changes(warehouse: Warehouse, view: View, given: Mapping[str, str], memory: Memory) -> Context:
    speaker, kind = view.text("speaker"), view.choice("kind", CHANGES)
    every = [
        row
        for row in memory.changes(warehouse)
        if (not speaker or row["speaker_key"] == speaker) and (not kind or row["change"] == kind)
    ]
    total = len(every)
    rows = browse.change_rows(warehouse, every[view.offset : view.offset + PAGE_ROWS])
    return {
        "rows": rows,
        "total": total,
        "pages": _pages(view, total),
        "kind": kind,
        "kinds": CHANGES,
        "speaker": browse.speaker(warehouse, speaker) if speaker else None,
    }


def _review(warehouse: Warehouse, view: View, given: Mapping[str, str], memory: Memory) -> Context:
    every = memory.review(warehouse)
    total, doubtful = len(every), every[view.offset : view.offset + PAGE_ROWS]
    said = {row["claim_id"]: row for row in browse.by_id(warehouse, [row["claim_id"] for row in doubtful])}
    rows = [{**said[row["claim_id"]], "doubts": row["doubts"]} for row in doubtful]
    return {"rows": rows, "total": total, "pages": _pages(view, total)}


def _sources(warehouse: Warehouse, view: View, given: Mapping[str, str], memory: Memory) -> Context:
    every = browse.sources(warehouse)
    source = view.choice("source", [row["source_id"] for row in every])
    total = browse.count_gaps(warehouse, source=source)
    return {
        "sources": every,
        "source": next((row for row in every if row["source_id"] == source), None),
        "gaps": browse.gaps(warehouse, source=source, limit=PAGE_ROWS, offset=view.offset),
        "total": total,
        "pages": _pages(view, total),
    }


def _pages(view: View, rows: int, size: int = PAGE_ROWS) -> Row:
    """Where in a list of so many rows the address is. Raises NothingThere beyond its end."""
    last = max(1, -(-rows // size))
    if view.page > last:
        raise NothingThere(f"There is no page {view.page}: the last is {last}.")
    first = (view.page - 1) * size
    return {"page": view.page, "last": last, "first_row": first + 1, "last_row": min(first + size, rows)}


PAGES: Final = {
    "/": Page("claims.html.j2", (*FILTERS, "page"), _claims),
    "/claims/{claim_id}": Page("claim.html.j2", ("q",), _claim),
    "/documents/{document_id}": Page("document.html.j2", ("q", "revision", "against"), _document),
    "/speakers": Page("speakers.html.j2", ("q", "side", "page"), _speakers),
    "/crossings": Page("crossings.html.j2", (), _crossings),
    "/crossings/{entity_id}": Page("crossing.html.j2", ("page",), _crossing),
    "/contested": Page("contested.html.j2", ("page",), _contested),
    "/changes": Page("changes.html.j2", ("speaker", "kind", "page"), _changes),
    "/review": Page("review.html.j2", ("page",), _review),
    "/sources": Page("sources.html.j2", ("source", "page"), _sources),
}
