"""A text with places marked in it, as pieces that a template can write."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from kezek.report.wording import UNSEEN
from warehouse.search import marks


@dataclass(frozen=True, slots=True)
class Span:
    """Code points `start` to `end` of a text, marked as `kind`: evidence, cause, other or hit."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words, and the kinds of marks that lie on them, separated by spaces."""

    text: str
    kinds: str


def claim_spans(claim: dict[str, Any], field: str, *, other: bool = False) -> list[Span]:
    """Where a claim's evidence and cause words stand in its document's `title` or `text`."""
    if claim["evidence_field"] != field:
        return []
    evidence = Span(claim["evidence_start"], claim["evidence_end"], "other" if other else "evidence")
    return [evidence] if other else [evidence, Span(claim["cause_start"], claim["cause_end"], "cause")]


def evidence_pieces(claim: dict[str, Any], search: str = "") -> list[Piece]:
    """The evidence of a claim by itself, its cause words and the words that were searched marked."""
    start = claim["evidence_start"]
    cause = Span(claim["cause_start"] - start, claim["cause_end"] - start, "cause")
    return pieces(claim["evidence"], [cause, *hits(claim["evidence"], search)])


def hits(text: str, search: str) -> list[Span]:
    """Where the words of a search stand in a text."""
    pattern = marks(search) if search else None
    return [] if pattern is None else [Span(found.start(), found.end(), "hit") for found in pattern.finditer(text)]


def pieces(text: str, spans: Iterable[Span]) -> list[Piece]:
    """The whole text in pieces, cut where a mark begins or ends; marks may overlap, and reach beyond the text."""
    within = [one for one in spans if one.start < one.end and 0 <= one.start < len(text)]
    cuts = sorted({0, len(text), *(cut for one in within for cut in (one.start, min(one.end, len(text))))})
    found = []
    for start, end in zip(cuts, cuts[1:], strict=False):
        kinds = sorted({one.kind for one in within if one.start <= start and end <= one.end})
        found.append(Piece(UNSEEN.sub("", text[start:end]), " ".join(kinds)))
    return found


def paragraphs(text: str, spans: Iterable[Span]) -> list[list[Piece]]:
    """The same, paragraph by paragraph; empty ones are left out."""
    found: list[list[Piece]] = [[]]
    for piece in pieces(text, spans):
        first, *rest = piece.text.split("\n")
        found[-1].append(Piece(first, piece.kinds))
        found.extend([Piece(line, piece.kinds)] for line in rest)
    return [one for one in found if any(piece.text.strip() for piece in one)]


def diff_paragraphs(parts: Sequence[tuple[str, str]]) -> list[list[Piece]]:
    """What `revision_diff` gives, paragraph by paragraph."""
    found: list[list[Piece]] = [[]]
    for kind, text in parts:
        first, *rest = UNSEEN.sub("", text).split("\n")
        found[-1].append(Piece(first, kind))
        found.extend([Piece(line, kind)] for line in rest)
    return [one for one in found if any(piece.text.strip() for piece in one)]
