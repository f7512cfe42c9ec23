"""The words beside a causal link: from it to where the phrase ends."""

from __future__ import annotations

import re

from nlp.claims.hit import CLAUSE_MARK
from nlp.claims.language import Link, Patterns
from nlp.claims.speech import Said

_EDGE = " \t\n,;:—-–.!?…\"'«»“”„()"


def beside(link: Link, anchor: re.Match[str], folded: str, frames: list[Said], patterns: Patterns) -> tuple[int, int]:
    """(start, end) in the sentence of the words on the link's side of its anchor; empty where there are none."""
    if link.side == "after":
        start, end = anchor.end(), len(folded)
        for said in frames:
            if said.start > start and (
                folded[said.start] in ',—"' or folded[start : said.start].rstrip().endswith((",", "—", '"'))
            ):
                end = min(end, said.start)
        marks = CLAUSE_MARK if link.near or link.short else patterns.contrast
        stop = next(
            (mark for mark in marks.finditer(folded, start, end) if link.near or mark.start() > start + 1), None
        )
        end = min(end, stop.start() if stop else end)
        for mark in patterns.lists.finditer(folded, start, end):
            if patterns.say.match(folded, mark.end()):
                end = mark.start()
                break
        tail = patterns.tails.search(folded, start, end)
        end = min(end, tail.start() if tail else end)
    else:
        start, end = 0, anchor.end() if link.inclusive else anchor.start()
        for said in frames:
            inserted = folded[said.start] in ',—"' and said.start > 0
            embraces = said.end > end and len(folded[: said.actor.start].split()) > 3
            if said.actor.end <= end and not inserted and not embraces:
                start = max(start, spoken_from(said, end, folded, patterns))
        marks = CLAUSE_MARK if link.near else patterns.contrast
        for mark in marks.finditer(folded, start, max(start, end - 1)):
            start = mark.end()
        if ": " in folded[start:end]:
            start += folded[start:end].rindex(": ") + 2
    return trimmed(folded, start, end, patterns)


def spoken_from(said: Said, end: int, folded: str, patterns: Patterns) -> int:
    """Where what is said begins before `end`: after the frame; after the speaker where the verb comes last."""
    verb_last = patterns.modifiers == "before" and patterns.say.search(folded, said.actor.end, said.end)
    return said.actor.end if verb_last or said.end > end else said.end


def trimmed(folded: str, start: int, end: int, patterns: Patterns) -> tuple[int, int]:
    """start:end without marks and small words at its edges."""
    while True:
        while start < end and folded[start] in _EDGE:
            start += 1
        while end > start and folded[end - 1] in _EDGE:
            end -= 1
        small = patterns.trim.match(folded[start:end])
        if not small or small.end() >= end - start:
            return start, end
        start += small.end()
