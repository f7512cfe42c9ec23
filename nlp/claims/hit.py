"""Where a sentence names causes, and which codes a stretch of it stands for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from nlp.claims.language import WHO, Patterns
from nlp.claims.topic import Cause, Topic, Words

CLAUSE_MARK = re.compile(r"[,;:—!?()]|\.(?=\s|$)")


@dataclass(frozen=True, slots=True)
class Hit:
    """Words at start:end of a sentence that name a cause; `denied` where a negation stands inside them."""

    code: str
    start: int
    end: int
    strong: bool
    denied: bool = False


@dataclass(frozen=True, slots=True)
class Named:
    """A cause code and the stretch of the sentence that names it."""

    code: str
    start: int
    end: int
    strong: bool
    denied: bool
    hits: tuple[Hit, ...]


def hits_of(folded: str, words: Words, patterns: Patterns) -> list[Hit]:
    """All the causes that the sentence names, in order; a weak one inside a strong one of its code is left out."""
    found: list[Hit] = []
    for strong, terms in ((True, words.strong), (False, words.weak)):
        for code, pattern in terms:
            for match in pattern.finditer(folded):
                if match.end() == match.start():
                    continue
                if not strong and any(h.code == code and h.start <= match.start() < h.end for h in found):
                    continue
                denied = strong and (
                    _negated_inside(match, pattern, patterns) or negated_before(folded, match.start(), patterns)
                )
                if denied and code in words.statements:
                    inner = pattern.search(folded, match.start() + 1, match.end())
                    if inner and inner.end() > inner.start() and not _negated_inside(inner, pattern, patterns):
                        match, denied = inner, False
                found.append(Hit(code, match.start(), match.end(), strong, denied))
    return sorted(found, key=lambda hit: (hit.start, hit.end))


def negated_before(folded: str, position: int, patterns: Patterns) -> bool:
    """Whether the word before the position, in its clause, is a negation."""
    before = folded[:position].rstrip(' "')
    word = before.split()[-1:] if before and not CLAUSE_MARK.match(before[-1]) else []
    return bool(word) and patterns.negations.fullmatch(word[0].strip('"(—')) is not None


def _negated_inside(match: re.Match[str], pattern: re.Pattern[str], patterns: Patterns) -> bool:
    """Whether a negation stands between the words of a term without being one of them ("checks were not tightened")."""
    text = match.group()
    without = patterns.negations.sub(lambda no: WHO * len(no.group()), text)
    return without != text and pattern.fullmatch(without) is not None


def named_in(folded: str, start: int, end: int, hits: list[Hit], topic: Topic, patterns: Patterns) -> list[Named]:
    """The codes that folded[start:end] stands for: a list of measures gives one for each."""
    inside = [hit for hit in hits if not topic.causes[hit.code].statement and _mostly(hit, start, end)]
    found: list[Named] = []
    for part_start, part_end in _parts(folded, start, end, inside, patterns):
        here = [hit for hit in inside if _mostly(hit, part_start, part_end)]
        for code, own in chosen(here, topic.causes):
            found.append(_named(code, own, part_start, part_end))
    once: list[Named] = []
    for one in found:
        if all(one.code != other.code for other in once):
            once.append(one)
    if len(once) == 1:
        only = once[0]
        return [Named(only.code, start, end, only.strong, only.denied, only.hits)]
    return once


def _mostly(hit: Hit, start: int, end: int) -> bool:
    """Whether a good part of the hit stands in start:end: the rest may lie under the link's own words."""
    return min(end, hit.end) - max(start, hit.start) >= 0.4 * (hit.end - hit.start)


def _named(code: str, own: list[Hit], start: int, end: int) -> Named:
    return Named(code, start, end, any(h.strong for h in own), any(h.denied for h in own), tuple(own))


def _parts(folded: str, start: int, end: int, hits: list[Hit], patterns: Patterns) -> list[tuple[int, int]]:
    """folded[start:end] cut at list marks, except inside a hit."""
    cuts = [
        (match.start(), match.end())
        for match in patterns.lists.finditer(folded, start, end)
        if not any(hit.strong and hit.start < match.start() and match.end() < hit.end for hit in hits)
    ]
    parts = []
    for cut_start, cut_end in [*cuts, (end, end)]:
        if cut_start > start:
            parts.append((start, cut_start))
        start = max(start, cut_end)
    return parts


def chosen(hits: Iterable[Hit], causes: dict[str, Cause] | object) -> list[tuple[str, list[Hit]]]:
    """The codes that win in one phrase: a stated aim over the check, strong words over weak ones."""
    table: dict[str, Cause] = causes  # type: ignore[assignment]
    by_code: dict[str, list[Hit]] = {}
    for hit in hits:
        by_code.setdefault(hit.code, []).append(hit)
    strong = {code for code, own in by_code.items() if any(hit.strong for hit in own)}
    codes = strong | {code for code in by_code if table[code].over & strong} if strong else set(by_code)
    codes -= {
        lost
        for code in codes
        for lost in table[code].over
        if not (lost in strong and code not in strong and table[lost].over & {code})
    }
    if not strong and len(codes) > 1:
        first = min(codes, key=lambda code: by_code[code][0].start)
        codes = {first}
    kept = [
        code
        for code in by_code
        if code in codes and not _covered(by_code[code], [h for c in codes if c != code for h in by_code[c]])
    ]
    return [(code, by_code[code]) for code in kept]


def _covered(own: list[Hit], others: list[Hit]) -> bool:
    """Whether longer hits of other codes cover all of `own`."""
    return all(
        any(
            o.start <= hit.start
            and hit.end <= o.end
            and o.end - o.start > hit.end - hit.start
            and o.strong >= hit.strong
            for o in others
        )
        for hit in own
    )


def clause_around(folded: str, start: int, end: int) -> tuple[int, int]:
    """The clause of the sentence that holds start:end."""
    left = 0
    for mark in CLAUSE_MARK.finditer(folded, 0, start):
        left = mark.end()
    right = CLAUSE_MARK.search(folded, end)
    return left, right.start() if right else len(folded)
