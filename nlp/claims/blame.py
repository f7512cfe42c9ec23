"""Whom a cause blames: the side whose words stand with it, by the topic's rule for the code."""

from __future__ import annotations

import re

from nlp.claims.actor import UNKNOWN
from nlp.claims.candidate import Candidate
from nlp.claims.fold import fold
from nlp.claims.hit import clause_around
from nlp.claims.language import Patterns
from nlp.claims.topic import Topic, Words

_OPPOSITE = {"KZ": "RU", "RU": "KZ"}
ECHO = 2
"""Sentences within which an assertion that names no side shares the blame of one before it with the same cause."""


def blamed(
    candidate: Candidate,
    topic: Topic,
    words: Words,
    patterns: Patterns,
    entity_sides: list[tuple[int, int, str]],
    at_post: str = "",
) -> str:
    """The side blamed by the candidate; `entity_sides` are (start, end, side) of names in its sentence, `at_post` is the
    side of the crossing that the sentences before it speak of."""
    rule = topic.causes[candidate.cause].blames
    if rule in ("NONE", "TRADE"):
        return rule
    folded = candidate.sentence.folded
    own = candidate.speaker
    described = _described_from(folded, own.start, words)
    places = [(candidate.start, candidate.end)]
    if rule == "actor":
        places += [clause_around(folded, candidate.start, candidate.end), (0, candidate.start)]
    for start, end in places:
        side = _acting(folded, start, end, words, patterns, candidate, entity_sides, described, own.end)
        if side:
            return side
    if rule != "actor":
        return rule
    if topic.causes[candidate.cause].at_place and at_post:
        return at_post
    official = own.side != UNKNOWN and patterns.officials.search(fold(f"{own.name} {own.role}")) is not None
    if official and (candidate.stance == "denies" or topic.causes[candidate.cause].admits):
        return own.side
    return "NONE"


def shared(kept: list[Candidate], blames: list[str], topic: Topic) -> list[str]:
    """`blames`, with the side that another claim names for the same cause where a claim names none.

    A denial takes the side that the cause it denies would have blamed; an assertion that of one just before it.
    """
    out = list(blames)
    for place, one in enumerate(kept):
        if blames[place] != "NONE" or topic.causes[one.cause].blames != "actor":
            continue
        others = [
            (abs(one.sentence.index - other.sentence.index), blame)
            for other, blame in zip(kept, blames, strict=True)
            if other is not one and other.cause == one.cause and blame != "NONE"
            if other.stance == "asserts" and (one.stance == "denies" or other.sentence.index <= one.sentence.index)
        ]
        if others and (one.stance == "denies" or min(others)[0] <= ECHO):
            out[place] = min(others)[1]
    return out


def _described_from(folded: str, start: int, words: Words) -> int:
    """Where the words begin that say whose the speaker is ("Russia's deputy minister"): they tell of nobody's act."""
    for word in list(re.finditer(r"[^\s,.;:!?()—]+", folded[:start]))[-2:]:
        of_a_side = any(of.match(word.group()) for of in words.of.values())
        if of_a_side and not re.search(r"[,.;:!?()—]", folded[word.start() : start]):
            return word.start()
    return start


def _far(place: int, core: int) -> int:
    """How far an acting side stands from the cause; one after it is seldom the one who acts."""
    return core - place if place <= core else place - core + 40


def _acting(
    folded: str,
    start: int,
    end: int,
    words: Words,
    patterns: Patterns,
    candidate: Candidate,
    entity_sides: list[tuple[int, int, str]],
    skip_start: int,
    skip_end: int,
) -> str:
    found: list[tuple[int, str]] = []
    for side, acts in words.acts.items():
        if side in words.names:
            for match in words.names[side].finditer(folded, start, end):
                before = folded[: match.start()].split()[-1:]
                following = re.match(r'[\s"]*([\w-]+)', folded[match.end() :])
                if following and words.objects.fullmatch(following.group(1)):
                    continue
                directed = before and patterns.towards.fullmatch(before[0].strip('"'))
                if not directed and not skip_start <= match.start() < max(skip_end, skip_start):
                    found.append((match.start(), side))
        for match in acts.finditer(folded, start, end):
            if skip_end > skip_start and skip_start <= match.start() < skip_end:
                continue
            following = re.match(r'[\s"]*([\w-]+)', folded[match.end() :])
            if following and words.objects.fullmatch(following.group(1)) and " " not in match.group():
                continue
            if side == "neighbour":
                opposite = _OPPOSITE.get(candidate.speaker.side)
                if opposite:
                    found.append((match.start(), opposite))
            elif side != "TRADE":
                if side == "BOTH":
                    return "BOTH"
                found.append((match.start(), side))
    for name_start, name_end, side in entity_sides:
        if start <= name_start and name_end <= end and not (skip_start <= name_start < skip_end):
            found.append((name_start, side))
    return min(found, key=lambda one: _far(one[0], candidate.core))[1] if found else ""
