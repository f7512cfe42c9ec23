"""Whom a cause blames: the side whose words stand with it, by the topic's rule for the code, and by learnt weights."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from nlp.claims.actor import UNKNOWN, Actor, entities_in
from nlp.claims.candidate import Candidate
from nlp.claims.hit import clause_around
from nlp.claims.language import Patterns
from nlp.claims.sides import NEIGHBOUR, OPPOSITE, SIDES, Sides, official
from nlp.claims.topic import BLAMES, Topic, Words

FILE = "blames.json"
_AFTER = 40
"""Characters that a side named after the cause counts as farther away: it is seldom the one who acts."""
ECHO = 2
"""Sentences within which an assertion that names no side shares the blame of one before it with the same cause."""


def blamed(
    candidate: Candidate,
    topic: Topic,
    words: Words,
    patterns: Patterns,
    entity_sides: list[tuple[int, int, str]],
    at_post: str = "",
) -> tuple[str, str]:
    """(side blamed by the candidate, by what: the cause's own words, those around it, the crossing, the speaker's office,
    or the rule for its code); `entity_sides` are (start, end, side) of names in its sentence, `at_post` is the side of the
    crossing that the sentences before it speak of."""
    rule = topic.causes[candidate.cause].blames
    if rule in ("NONE", "TRADE"):
        return rule, "code"
    folded = candidate.sentence.folded
    own = candidate.speaker
    described = _described_from(folded, own.start, words)
    places = [(candidate.start, candidate.end)]
    if rule == "actor":
        places += [clause_around(folded, candidate.start, candidate.end), (0, candidate.start)]
    for (start, end), how in zip(places, ("words", "clause", "before"), strict=False):
        side = _acting(folded, start, end, words, patterns, candidate, entity_sides, described, own.end)
        if side:
            return side, how
    if rule != "actor":
        return rule, "code"
    if topic.causes[candidate.cause].at_place and at_post:
        return at_post, "crossing"
    in_office = own.side != UNKNOWN and official(own.name, own.role, patterns)
    if in_office and (candidate.stance == "denies" or topic.causes[candidate.cause].admits):
        return own.side, "office"
    return "NONE", "nobody"


def ruled(candidate: Candidate, sides: Sides, topic: Topic) -> tuple[str, str]:
    """The side blamed by the candidate, by the rule for its code, and by what; as `blamed` tells them."""
    sentence, at_place = candidate.sentence, topic.causes[candidate.cause].at_place
    named = [
        (entity.start_char - sentence.doc_start, entity.end_char - sentence.doc_start, entity._.side)
        for entity in entities_in(sentence, sides.doc)
        if (entity.label_ == "ORG" or entity.label_ == "CHECKPOINT" and at_place) and entity._.side in SIDES
    ]
    at_post = sides.crossing_before(sentence) if at_place else ""
    return blamed(candidate, topic, sides.words, sides.patterns, named, at_post)


def rows(
    candidate: Candidate,
    rule: tuple[str, str],
    others: Sequence[tuple[str, str, str]],
    mentions: Sequence[Actor],
    sides: Sides,
    topic: Topic,
    post: bool,
) -> Mapping[str, dict[str, float]]:
    """What speaks for each of BLAMES that something points at, by name, and for NONE. `rule` is what `ruled` says, `others` the document's other claims (cause, stance,
    blame by rule), `mentions` the speaker as the candidate's sentence names it."""
    code, stance, own = candidate.cause, candidate.stance, candidate.speaker.side
    found: dict[str, dict[str, float]] = {
        side: {f"is {side}": 1.0, f"{side} {code}": 1.0, f"{side} {stance}": 1.0} for side in BLAMES
    }
    opposite = OPPOSITE.get(own, "")

    def put(side: str, *names: str) -> None:
        if side == NEIGHBOUR:
            side, names = opposite, tuple(f"neighbour {name}" for name in names)
        if side in found:
            found[side].update(dict.fromkeys(names, 1.0))

    nobody = found["NONE"]
    for zone in _around(candidate, mentions, sides, put):
        nobody[f"{zone}: none"] = 1.0
    crossing, before = sides.crossing, sides.crossing_before(candidate.sentence)
    put(crossing, "crossing", f"crossing {code}")
    put(before, "crossing before", f"crossing before {code}")
    if not crossing:
        nobody["no crossing"] = 1.0
    if own in SIDES:
        ours = ["own", f"own {stance}", f"own {code}", f"own {code} {stance}"]
        if official(candidate.speaker.name, candidate.speaker.role, sides.patterns):
            ours += [f"own official {stance}", f"own official {code}"]
        put(own, *ours)
        put(opposite, "opposite", f"opposite {stance}", f"opposite {code}", f"opposite {code} {stance}")
    else:
        nobody["speaker unknown"] = 1.0
    named = bool(candidate.speaker.name)
    nobody[f"speaker {candidate.speaker.kind}" if named else "own voice"] = 1.0
    by_rule, how = rule
    put(by_rule, "rule", f"rule {code}", f"rule {stance}", f"rule by {how}", f"rule by {how} {code}")
    fixed = topic.causes[code].blames
    if fixed != "actor":
        put(fixed, "fixed", f"fixed {code}")
    if post:
        nobody["post"] = 1.0
    for cause, other, blame in others:
        if cause != code:
            put(blame, f"another cause {stance}")
        else:
            put(blame, f"other {other}>{stance}", *(["other named"] if blame != "NONE" else []))
    return {side: row for side, row in found.items() if side == "NONE" or _pointed_at(side, row, code, stance)}


def _pointed_at(side: str, row: Iterable[str], code: str, stance: str) -> bool:
    """Whether anything but habit speaks for a side: that it is not the speaker's is nothing."""
    habit = {f"is {side}", f"{side} {code}", f"{side} {stance}"}
    return any(name not in habit and not name.endswith(" idle") and not name.startswith("opposite") for name in row)


def _around(candidate: Candidate, mentions: Sequence[Actor], sides: Sides, put: Callable[..., None]) -> list[str]:
    """Puts what the sides named in the sentence and beside it tell; gives the zones that name none."""
    sentence, start, end = candidate.sentence, candidate.start, candidate.end
    folded, index = sentence.folded, sentence.index
    first, last = clause_around(folded, start, end)
    speaking = [(_described_from(folded, one.start, sides.words), one.end) for one in mentions]
    zones: dict[str, set[str]] = {zone: set() for zone in ("in", "clause", "left", "right")}
    nearest: list[tuple[int, str]] = []
    for one in sides.named(index):
        if any(begin <= one.start < stop for begin, stop in speaking):
            put(one.side, "in the speaker")
            continue
        at = one.start
        zone = "in" if start <= at < end else "clause" if first <= at < last else "left" if at < start else "right"
        put(one.side, f"{zone}: {one.how}{' idle' if one.idle else ''}")
        if one.side in ("TRADE", "BOTH"):
            put(one.side, f"{one.side} {zone}")
        if not one.idle and one.side not in ("TRADE", "BOTH"):
            far = start - at if at <= start else 0 if at < end else at - end + _AFTER
            side = OPPOSITE.get(candidate.speaker.side, "") if one.side == NEIGHBOUR else one.side
            nearest.append((far, side))
        if one.side in SIDES and not one.idle:
            zones[zone].add(one.side)
    if nearest:
        put(min(nearest)[1], "nearest")
    empty = [] if nearest else ["sentence"]
    for zone, named in zones.items():
        if len(named) == 1:
            put(next(iter(named)), f"{zone}: only")
        elif {*OPPOSITE} <= named:
            put("BOTH", f"{zone}: both")
        elif not named:
            empty.append(zone)
    for place, zone in ((index - 1, "prev"), (index - 2, "prev2"), (index + 1, "next")):
        for one in sides.named(place):
            put(one.side, f"{zone}: {one.how}{' idle' if one.idle else ''}")
        put(sides.only(place), f"{zone}: only")
        if not any(one.side in SIDES and not one.idle for one in sides.named(place)):
            empty.append(zone)
    if index and sides.sentences[0].field == "title":
        for one in sides.named(0):
            if not one.idle:
                put(one.side, f"title: {one.how}")
    return empty


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
    return core - place if place <= core else place - core + _AFTER


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
            if side == NEIGHBOUR:
                opposite = OPPOSITE.get(candidate.speaker.side)
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
