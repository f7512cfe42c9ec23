"""What a kept candidate tells besides its cause and stance: the words of the cause, the speaker's side, whom it blames.

Rules say it; where the topic has learnt weights, they choose, with what the rules say among their features.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from spacy.tokens import Doc

from ingest.errors import KnowledgeError
from nlp.claims import blame, cause_text, speaker_side
from nlp.claims.actor import UNKNOWN, Actor
from nlp.claims.candidate import Candidate
from nlp.claims.language import Patterns
from nlp.claims.sides import Sides
from nlp.claims.speech import Voices
from nlp.claims.topic import Topic, Words
from nlp.learnt import MODELS, Reasons, Weights, read_json, weights_of

_REASONS = 4


@dataclass(frozen=True, slots=True)
class Told:
    """A candidate with its cause's words chosen, whose side its speaker is on, and whom it blames; `reasons` are those of
    the learnt weights by field, none where rules chose."""

    candidate: Candidate
    speaker_side: str
    blames: str
    reasons: tuple[tuple[str, Reasons], ...] = ()


@dataclass(frozen=True, slots=True)
class Learnt:
    """A topic's weights: of the sides blamed, of the speakers' sides, of the first and last words of a cause."""

    blames: Weights
    sides: Weights
    opening: Weights
    closing: Weights


@cache
def learnt_for(topic_id: str) -> Learnt | None:
    """The weights for a topic, None where it has none. Raises KnowledgeError where a file can't be used."""
    folder = MODELS / topic_id
    if not (folder / blame.FILE).is_file():
        return None
    blames, sides, text = (read_json(folder / file) for file in (blame.FILE, speaker_side.FILE, cause_text.FILE))
    opening, closing = (_part(text, name) for name in ("opening", "closing"))
    return Learnt(
        weights_of(blames, blame.FILE),
        weights_of(sides, speaker_side.FILE),
        weights_of(opening, cause_text.FILE),
        weights_of(closing, cause_text.FILE),
    )


def _part(content: Any, name: str) -> Any:
    if not isinstance(content, dict) or name not in content:
        raise KnowledgeError(f"{cause_text.FILE}: not a file of weights: it has no {name}")
    return content[name]


def told(
    kept: Sequence[Candidate],
    voices: Sequence[Voices],
    sides: Sides,
    topic: Topic,
    source: str,
    post: bool,
    learnt: Learnt | None,
) -> list[Told]:
    """The candidates of one document with what they tell; `voices` are those of all its sentences, `source` its source's
    name."""
    if learnt is None:
        return by_rule(kept, sides, topic)
    sided = []
    for one in kept:
        side, why = side_of(one, voices, sides, source, learnt.sides)
        sided.append((_on_side(one, side), side, why))
    rules = [blame.ruled(one, sides, topic) for one, _, _ in sided]
    every = [(one.cause, one.stance, rule[0]) for (one, _, _), rule in zip(sided, rules, strict=True)]
    found = []
    for place, (one, side, why) in enumerate(sided):
        others = every[:place] + every[place + 1 :]
        mentions = spoken_in(one, voices)
        choices = blame.rows(one, rules[place], others, mentions, sides, topic, post)
        blamed, because = best(choices, learnt.blames)
        start, end, edges = worded(one, sides.doc, voices, sides.words, sides.patterns, learnt)
        reasons = (("speaker_side", why), ("blames", because), ("cause_text", edges))
        found.append(Told(replace(one, start=start, end=end), side, blamed, reasons))
    return found


def by_rule(kept: Sequence[Candidate], sides: Sides, topic: Topic) -> list[Told]:
    """What the candidates of one document tell by the topic's rules alone."""
    sided = [(one if side == UNKNOWN else _on_side(one, side), side) for one, side in _ruled(kept, sides)]
    blames = [blame.ruled(one, sides, topic)[0] for one, _ in sided]
    shared = blame.shared([one for one, _ in sided], blames, topic)
    return [Told(one, side, blamed) for (one, side), blamed in zip(sided, shared, strict=True)]


def _ruled(kept: Sequence[Candidate], sides: Sides) -> list[tuple[Candidate, str]]:
    return [(one, speaker_side.ruled(one.speaker, sides)) for one in kept]


def side_of(
    one: Candidate, voices: Sequence[Voices], sides: Sides, source: str, weights: Weights
) -> tuple[str, Reasons]:
    """The side of a candidate's speaker: by rule, by the weights where that knows none; UNKNOWN of the document itself."""
    by_rule = speaker_side.ruled(one.speaker, sides)
    if not one.speaker.name or by_rule != UNKNOWN:
        return by_rule, ()
    mentions = speaker_side.mentions_of(one.speaker, voices)
    return best(speaker_side.rows(one.speaker, mentions, one.sentence.index, sides, source), weights)


def spoken_in(one: Candidate, voices: Sequence[Voices]) -> list[Actor]:
    """The speaker as the candidate's sentence names it."""
    here = speaker_side.mentions_of(one.speaker, [voices[one.sentence.index]])
    return [actor for _, actor in here]


def worded(
    one: Candidate, doc: Doc, voices: Sequence[Voices], words: Words, patterns: Patterns, learnt: Learnt
) -> tuple[int, int, Reasons]:
    """Where the words of a candidate's cause begin and end, and why."""
    frames = [(said.start, said.end) for said in voices[one.sentence.index].frames]
    edges = cause_text.edges_of(one, doc, frames, words, patterns)
    return (one.start, one.end, ()) if edges is None else cause_text.chosen(edges, learnt.opening, learnt.closing)


def best(choices: Mapping[str, Mapping[str, float]], weights: Weights) -> tuple[str, Reasons]:
    """The choice with the highest score, the first of equal ones, and what speaks for it and against it."""
    name = max(choices, key=lambda one: weights.score(choices[one]))
    return name, weights.reasons(choices[name], _REASONS)


def _on_side(one: Candidate, side: str) -> Candidate:
    return one if one.speaker.side == side else replace(one, speaker=replace(one.speaker, side=side))
