"""Whose side a speaker is on: what the text says beside the speaker's names, by rule, and weighed by learnt weights."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from nlp.claims.actor import UNKNOWN, Actor
from nlp.claims.sides import SIDES, Sides, official
from nlp.claims.speakers import same
from nlp.claims.speech import Voices

FILE = "sides.json"
CHOICES = (*SIDES, UNKNOWN)
_MENTIONS = 6
"""Mentions of a speaker that are looked at."""
_STOP = re.compile(r"[,.;:!?(—]")
_APPOSITION = re.compile(r'[\s"]*,\s*([^,.;!?]{2,100}),')
_SECTION = re.compile(r"[^\w]+")

Mention = tuple[int, Actor]
"""A sentence's index and the speaker as it is named there."""


def mentions_of(speaker: Actor, voices: Sequence[Voices]) -> list[Mention]:
    """Where the document names a speaker, in order."""
    found: list[Mention] = []
    if not speaker.name:
        return found
    for index, voice in enumerate(voices):
        here = [place for place, stands_for in voice.named if stands_for.name and same(stands_for, speaker)]
        framed = [said.actor for said in voice.frames if said.actor.name and same(said.actor, speaker)]
        starts = {place.start for place in here}
        here += [actor for actor in framed if actor.start not in starts]
        found += [(index, actor) for actor in sorted(here, key=lambda one: one.start)]
        if len(found) >= _MENTIONS:
            break
    return found[:_MENTIONS]


def ruled(speaker: Actor, sides: Sides) -> str:
    """The side that the speaker's name and the words beside it tell; an unnamed officer serves the side of the crossings
    that the document names, if it is one."""
    if speaker.kind == "outlet" or speaker.outlet:
        return UNKNOWN
    if speaker.side == UNKNOWN and speaker.title and official(speaker.name, "", sides.patterns):
        return sides.crossing or UNKNOWN
    return speaker.side


def rows(
    speaker: Actor, mentions: Sequence[Mention], index: int, sides: Sides, source: str
) -> Mapping[str, dict[str, float]]:
    """What speaks for each of CHOICES; `index` is the claim's sentence, `source` the name of the document's source."""
    found: dict[str, dict[str, float]] = {side: {f"is {side}": 1.0} for side in CHOICES}

    def put(side: str, *names: str) -> None:
        if side in SIDES:
            found[side].update(dict.fromkeys(names, 1.0))

    patterns, by_rule = sides.patterns, ruled(speaker, sides)
    in_office = official(speaker.name, speaker.role, patterns)
    kind = speaker.kind + (" outlet" if speaker.outlet else "") + (" title" if speaker.title else "")
    unknown = found[UNKNOWN]
    unknown[f"kind {kind}"] = 1.0
    if in_office:
        unknown["official"] = unknown[f"official {kind}"] = 1.0
    if speaker.entity_id is not None:
        unknown["known"] = 1.0
    if speaker.role:
        unknown["role"] = 1.0
    found[by_rule]["rule"] = found[by_rule][f"rule {kind}"] = 1.0
    if by_rule != UNKNOWN:
        if speaker.entity_id is not None:
            put(by_rule, "rule known")
        if in_office:
            put(by_rule, "rule official")
    put(speaker.side, "actor")
    close: set[str] = set()
    for number, (place, actor) in enumerate(mentions):
        put(actor.side, "mention", f"mention {kind}", *(["first mention"] if number == 0 else []))
        for zone, side, how in _beside(place, actor, sides):
            put(side, f"{zone}: {how}")
            if zone != "sentence" and side in SIDES:
                close.add(side)
                put(side, zone, f"{zone} {kind}")
    if len(close) == 1:
        put(close.pop(), "only close")
    elif not close:
        unknown["none close"] = unknown[f"none close {kind}"] = 1.0
    put(sides.only(index), "only in the sentence")
    if not any(one.side in SIDES and not one.idle for one in sides.named(index)):
        unknown["none in the sentence"] = 1.0
    crossing = sides.crossing
    put(crossing, "crossing", f"crossing {kind}")
    if in_office:
        put(crossing, "crossing official", f"crossing official {kind}")
    put(sides.crossing_before(sides.sentences[index]), "crossing before")
    if index:
        put(sides.only(index - 1), "before only", f"before only {kind}")
        first = "title" if sides.sentences[0].field == "title" else "first"
        put(sides.only(0), f"{first} only", f"{first} only {kind}")
    written = _SECTION.sub(" ", source.casefold())
    for side, of in sides.words.of.items():
        if written and of.search(written):
            put(side, "source")
    return found


def _beside(index: int, actor: Actor, sides: Sides) -> list[tuple[str, str, str]]:
    """(where, side, how) for the sides named around one mention of a speaker."""
    folded = sides.sentences[index].folded
    left = max((mark.end() for mark in _STOP.finditer(folded, 0, actor.start)), default=0)
    mark = _STOP.search(folded, actor.end)
    right = mark.start() if mark else len(folded)
    apposition = _APPOSITION.match(folded, actor.end)
    said = sides.patterns.say.search(folded, actor.end, right)
    if said and not apposition:
        right = said.start()
    found = []
    for one in sides.named(index):
        if actor.start <= one.start < actor.end:
            zone = "own"
        elif left <= one.start < actor.start:
            zone = "before near" if len(folded[one.end : actor.start].split()) <= 1 else "before"
        elif actor.end <= one.start < right:
            zone = "after near" if len(folded[actor.end : one.start].split()) <= 1 else "after"
        elif apposition and apposition.start(1) <= one.start < apposition.end(1):
            zone = "apposition"
        else:
            zone = "sentence"
        found.append((zone, one.side, one.how))
    return found
