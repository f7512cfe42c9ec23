"""Candidates: everything in a document that looks like a claim, each with why it was kept or rejected."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from nlp.annotation import Stance
from nlp.claims.actor import Actor
from nlp.claims.hit import Hit, Named, chosen, clause_around, hits_of, named_in, negated_before
from nlp.claims.language import Link, Patterns
from nlp.claims.sentence import Sentence
from nlp.claims.span import beside, spoken_from, trimmed
from nlp.claims.speech import Voices, speaker_of
from nlp.claims.topic import Topic, Words
from nlp.learnt import Reasons

OLDER = "an older story"
"""Why a cause of the past is rejected."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible claim. `start` and `end` are the cause's offsets in `sentence`; `rejected` is empty where it is kept."""

    sentence: Sentence
    cause: str
    stance: Stance
    start: int
    end: int
    core: int
    speaker: Actor
    how: str
    relayed_by: str
    pattern: str
    confidence: float
    evidence_from: Sentence
    rejected: str = ""
    reasons: Reasons = ()


@dataclass(frozen=True, slots=True)
class Place:
    """What a sentence names of the topic's scene: a delay, where it is, what waits; a crossing by name, one that is
    in the knowledge base."""

    delay: bool
    place: bool
    vehicles: bool
    crossing: bool
    known: bool


@dataclass(frozen=True, slots=True)
class Scene:
    """One sentence with what was found in it; `names` are the offsets of names of people, places and bodies."""

    sentence: Sentence
    voices: Voices
    hits: list[Hit]
    at: Place
    names: Sequence[tuple[int, int]]
    history: bool
    plan: bool
    causes: list[tuple[Link, re.Match[str]]]
    denials: list[tuple[Link, re.Match[str]]]
    refusals: list[tuple[str, re.Match[str]]]


def scene_of(
    sentence: Sentence,
    voices: Voices,
    at: Place,
    names: Sequence[tuple[int, int]],
    words: Words,
    patterns: Patterns,
    year: int | None,
) -> Scene:
    """The sentence with its causes and signs; one that names a year before `year` tells an older story."""
    folded = sentence.folded
    return Scene(
        sentence,
        voices,
        _not_the_speaker(hits_of(folded, words, patterns), voices),
        at,
        names,
        patterns.history.search(folded) is not None or _older(folded, year),
        patterns.plans.search(folded) is not None,
        [(link, anchor) for link in patterns.causes for anchor in link.anchor.finditer(folded)],
        [(link, anchor) for link in patterns.denials for anchor in link.anchor.finditer(folded)],
        [(name, anchor) for name, refusal in patterns.refusals if (anchor := refusal.search(folded))],
    )


def _not_the_speaker(hits: list[Hit], voices: Voices) -> list[Hit]:
    """The hits that are no part of a speaker's own name ("the customs service denies it")."""
    return [
        hit
        for hit in hits
        if not any(said.actor.start <= hit.start and hit.end <= said.actor.end for said in voices.frames)
    ]


_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


def _older(folded: str, year: int | None) -> bool:
    """Whether the sentence names a year, and only years before `year`."""
    years = [int(found) for found in _YEAR.findall(folded)]
    return bool(years) and year is not None and max(years) < year


def candidates_of(scenes: list[Scene], topic: Topic, words: Words, patterns: Patterns) -> list[Candidate]:
    """All candidates of a document, in order."""
    found: list[Candidate] = []
    for here, scene in enumerate(scenes):
        before = scenes[here - 1] if here and scenes[here - 1].sentence.field == scene.sentence.field else None
        used: list[Hit] = []
        denied = list(_denied(scene, topic, words, patterns, used))
        found += denied
        found += _refused(scene, found, bool(denied), topic, patterns, used)
        asserted = len(used)
        found += _linked(scene, before, topic, words, patterns, used)
        found += _bare(scene, topic, words, patterns, used, used[asserted:])
    return found


def candidate_of(
    scene: Scene,
    stance: Stance,
    named: Named,
    pattern: str,
    confidence: float,
    patterns: Patterns,
    evidence_from: Sentence | None = None,
    rejected: str = "",
) -> Candidate:
    start, end = trimmed(scene.sentence.folded, named.start, named.end, patterns)
    speaker, how, relayed_by = speaker_of(scene.voices, *(_core(named)))
    if how in ("goes on", "own voice"):
        confidence -= 0.1
    return Candidate(
        scene.sentence,
        named.code,
        stance,
        start,
        end,
        _core(named)[0],
        speaker,
        how,
        relayed_by,
        pattern,
        min(max(confidence, 0.05), 0.95),
        evidence_from or scene.sentence,
        rejected,
    )


def _core(named: Named) -> tuple[int, int]:
    if not named.hits:
        return named.start, named.end
    return min(hit.start for hit in named.hits), max(hit.end for hit in named.hits)


def _denied(scene: Scene, topic: Topic, words: Words, patterns: Patterns, used: list[Hit]) -> Iterator[Candidate]:
    """Denials: a pattern that denies, and the causes that it points at."""
    folded = scene.sentence.folded
    for link, anchor in scene.denials:
        if negated_before(folded, anchor.start(), patterns) or _only(
            link, anchor.start(), anchor.end(), folded, patterns
        ):
            continue
        if any(
            hit.strong and not hit.denied and hit.start <= anchor.start() and anchor.end() <= hit.end
            for hit in scene.hits
        ):
            continue
        start, end = beside(link, anchor, folded, scene.voices.frames, patterns)
        if link.needs_negation and not patterns.negations.search(folded, start):
            continue
        named = [
            one
            for one in named_in(folded, start, end, scene.hits, topic, patterns)
            if not any(hit in used for hit in one.hits)
        ]
        if link.near:
            named = [one for one in named if _close(one, anchor, link, folded)]
        if link.near and named:
            named = [max(named, key=lambda one: _core(one)[1])] if link.side == "before" else named[:1]
        for one in named:
            used.extend(one.hits)
            used.extend(_part_of(one, scene.hits, folded, topic))
            rejected = OLDER if scene.history else ""
            yield candidate_of(
                scene,
                "denies",
                one,
                f"denial: {link.name}",
                0.8 if one.strong else 0.6,
                patterns,
                rejected=rejected,
            )
    for hit in scene.hits:
        hidden = any(hit.code in topic.causes[other.code].hides for other in scene.hits if other.strong)
        if hit.denied and hit not in used and not topic.causes[hit.code].statement and not hidden:
            used.append(hit)
            yield candidate_of(
                scene,
                "denies",
                Named(hit.code, hit.start, hit.end, True, True, (hit,)),
                "denial: inside the term",
                0.7,
                patterns,
                rejected=OLDER if scene.history else "a plan or a consequence" if scene.plan else "",
            )


def _part_of(one: Named, hits: list[Hit], folded: str, topic: Topic) -> Iterator[Hit]:
    """The hits in its clause whose code yields to it: a denied aim takes its measure with it."""
    start, end = _core(one)
    first, last = clause_around(folded, start, end)
    for hit in hits:
        covers = hit.start <= start and end <= hit.end
        if hit.code in topic.causes[one.code].over and first <= hit.start and hit.end <= last and not covers:
            yield hit


def _close(named: Named, anchor: re.Match[str], link: Link, folded: str) -> bool:
    """Whether the words stand near enough to the denial: weak ones right beside it."""
    start, end = _core(named)
    between = folded[end : anchor.start()] if link.side == "before" else folded[anchor.end() : start]
    return len(between.split()) <= (8 if named.strong else 1 if link.side == "before" else 0)


def _only(link: Link, start: int, end: int, folded: str, patterns: Patterns) -> bool:
    """Whether it says "not only"."""
    words = folded[end:].split()[:2] if link.side == "after" else folded[:start].split()[-1:]
    return any(patterns.only.fullmatch(word.strip(',"—')) for word in words)


def _refused(
    scene: Scene,
    found: list[Candidate],
    denied: bool,
    topic: Topic,
    patterns: Patterns,
    used: list[Hit],
) -> Iterator[Candidate]:
    """Denials of what was said before ("the minister does not agree")."""
    folded = scene.sentence.folded
    for name, match in scene.refusals:
        if denied or any(topic.causes[hit.code].statement for hit in scene.hits):
            continue
        named = [
            one
            for start, end in ((match.end(), len(folded)), (0, match.start()))
            for one in named_in(folded, start, end, scene.hits, topic, patterns)
            if not any(hit in used for hit in one.hits)
        ]
        such = _said_before(found, scene, topic)
        if named:
            for one in named[:1]:
                used.extend(one.hits)
                if such is not None and one.code in topic.causes[such.cause].over:
                    one = replace(one, code=such.cause)
                yield candidate_of(scene, "denies", one, f"refusal: {name}", 0.6, patterns)
            continue
        if such is not None:
            whole = Named(such.cause, match.start(), match.end(), False, True, ())
            yield candidate_of(scene, "denies", whole, f"refusal: {name}", 0.5, patterns)


def _said_before(found: list[Candidate], scene: Scene, topic: Topic) -> Candidate | None:
    """The last cause that another speaker named in the three sentences before."""
    speaker, _, _ = speaker_of(scene.voices, len(scene.sentence.text), len(scene.sentence.text))
    for one in reversed(found):
        if scene.sentence.index - one.sentence.index > 3:
            return None
        another = not one.rejected and one.stance == "asserts" and one.speaker.name != speaker.name
        if another and not topic.causes[one.cause].statement:
            return one
    return None


def _linked(
    scene: Scene, before: Scene | None, topic: Topic, words: Words, patterns: Patterns, used: list[Hit]
) -> Iterator[Candidate]:
    """Assertions that a causal link points at."""
    folded = scene.sentence.folded
    aims = _aims(scene, topic)
    for link, anchor in scene.causes:
        if negated_before(folded, anchor.start(), patterns):
            continue
        where, evidence_from = scene, scene.sentence
        start, end = beside(link, anchor, folded, scene.voices.frames, patterns)
        if link.side == "previous" and len(folded[start:end].split()) < 2:
            if before is None:
                continue
            where, evidence_from = before, before.sentence
            start, end = trimmed(before.sentence.folded, 0, len(before.sentence.folded), patterns)
        named = named_in(where.sentence.folded, start, end, where.hits, topic, patterns)
        fresh = [one for one in named if not any(hit in used or hit.denied for hit in one.hits)]
        rejected = OLDER if scene.history else ""
        outside_codes = {
            hit.code for hit in scene.hits if hit.strong and where is scene and not start <= hit.start < end
        }
        if link.weak or link.side == "previous":
            fresh = [one for one in fresh if one.strong]
        if link.weak and scene.plan:
            rejected = rejected or "a plan or a consequence"
        for one in fresh:
            score = (0.6 if link.weak else 0.8) - (0.0 if one.strong else 0.2) + (0.05 if scene.at.delay else 0.0)
            if not one.strong and not scene.at.delay and link.weak:
                rejected = rejected or "weak words and no delay in the sentence"
            explained = any(one.code in topic.causes[code].explains for code in outside_codes)
            if one.code in aims:
                rejected = rejected or "its aim is stated"
            if explained:
                rejected = rejected or "it explains another cause"
            elif where is scene:
                used.extend(one.hits)
            made = candidate_of(where, "asserts", one, f"cause: {link.name}", score, patterns, evidence_from, rejected)
            yield replace(made, evidence_from=scene.sentence) if where is not scene else made
        if named or link.needs_code or link.weak or where is not scene or len(folded[start:end].split()) < 2:
            continue
        if scene.sentence.field == "title" or any(hit.strong for hit in scene.hits):
            continue
        outside = folded[:start] + " " * (end - start) + folded[end:]
        if words.delay.search(outside) and not words.delay.search(folded, start, end):
            rejected = rejected or ("a plan or a consequence" if scene.plan else "")
            whole = Named("other", start, end, False, False, ())
            yield candidate_of(scene, "asserts", whole, f"cause: {link.name}", 0.35, patterns, rejected=rejected)


def _part(folded: str, start: int, end: int, patterns: Patterns) -> tuple[int, int]:
    """The part of the sentence around start:end that no contrast divides."""
    left = max((mark.end() for mark in patterns.contrast.finditer(folded, 0, start)), default=0)
    right = patterns.contrast.search(folded, end)
    return left, right.start() if right else len(folded)


def _contrasted(folded: str, one: Hit, other: Hit, patterns: Patterns) -> bool:
    """Whether the sentence sets the two apart ("yesterday he said …, but today …")."""
    first, second = sorted((one, other), key=lambda hit: hit.start)
    return patterns.contrast.search(folded, first.end, second.start) is not None


def _aims(scene: Scene, topic: Topic) -> set[str]:
    """The codes that yield to an aim that the sentence states."""
    return {lost for hit in scene.hits if hit.strong and not hit.denied for lost in topic.causes[hit.code].hides}


def _bare(
    scene: Scene, topic: Topic, words: Words, patterns: Patterns, used: list[Hit], asserted: list[Hit]
) -> Iterator[Candidate]:
    """Assertions by the words alone, and statements that there is no delay."""
    folded = scene.sentence.folded
    free = [hit for hit in scene.hits if hit.strong and hit not in used and not hit.denied]
    taken = {hit.code for hit in used}
    by_clause: dict[tuple[int, int], list[Hit]] = {}
    for hit in free:
        by_clause.setdefault(clause_around(folded, hit.start, hit.end), []).append(hit)
    aims = _aims(scene, topic)
    for (start, end), hits in by_clause.items():
        for code, own in chosen(hits, topic.causes):
            statement = topic.causes[code].statement
            rejected = OLDER if scene.history else ""
            if not statement:
                if patterns.plans.search(folded, *_part(folded, own[0].start, own[-1].end, patterns)):
                    rejected = rejected or "a plan or a consequence"
                if any(
                    code in topic.causes[other.code].over and not _contrasted(folded, other, own[0], patterns)
                    for other in asserted
                ):
                    rejected = rejected or "another cause explains it"
                if code in taken:
                    rejected = rejected or "said already"
                if code in aims:
                    rejected = rejected or "its aim is stated"
            first, last = min(hit.start for hit in own), max(hit.end for hit in own)
            for said in scene.voices.frames:
                if said.actor.end <= first:
                    start = max(start, spoken_from(said, first, folded, patterns))
            named = Named(code, start, max(end, last), True, False, tuple(own))
            score = (0.7 if statement else 0.45) + (0.1 if scene.at.delay and not statement else 0.0)
            yield candidate_of(
                scene, "asserts", named, "statement" if statement else "words", score, patterns, rejected=rejected
            )
