"""Learnt scores: how likely a sentence asserts or denies a cause, by the weights that a topic has.

`nlp.training.causes` learns them. Three logistic regressions: whether the sentence names the cause, whether it then denies
it, and from both, with what stands elsewhere in the document, how likely the row is right.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from math import exp, log1p
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ingest.errors import KnowledgeError
from nlp.annotation import Stance
from nlp.claims.candidate import OLDER, Candidate, candidate_of
from nlp.claims.hit import Named, clause_around
from nlp.claims.sight import WORD, Looking, Seen, Sight, stance_of
from nlp.claims.topic import Topic
from nlp.learnt import MODELS, Reasons, Weights, read_json, weights_of

STANCES: tuple[Stance, ...] = ("asserts", "denies")
FAINT = -3.5
"""Log-odds of a cause below which its stance is not asked for."""
SCENE = 5
"""Sentences to either side in which a claim's place or what waits there is named."""
_DOUBTFUL = 0.1
"""Probability from which a row that is no claim is still told of."""
_CLIP = 8.0
_REASONS = 5


class Heard(Protocol):
    """What another model makes of a sentence: for each of `codes` the log-odds of the cause, and of its denial."""

    @property
    def codes(self) -> tuple[str, ...]: ...
    @property
    def cause(self) -> NDArray[np.float32]: ...
    @property
    def stance(self) -> NDArray[np.float32]: ...
    def span(self, code: str) -> tuple[int, int]:
        """Start and end of the words that tell most of `code`; (0, 0) where there are none."""


class CauseWeights:
    """Weights of causes, laid out so that a sentence's words are looked up once for all causes.

    A feature counts for every cause by its own name, and for one cause by `code: name`.
    """

    def __init__(self, learnt: Weights, codes: Sequence[str]) -> None:
        self.learnt = learnt
        self.codes = tuple(codes)
        self._of: dict[str, dict[str, float]] = {code: {} for code in codes}
        self._words: dict[str, list[tuple[str, float]]] = {}
        for name, weight in learnt.weights.items():
            code, colon, rest = name.partition(": ")
            if colon and code in self._of:
                if rest.startswith(("word ", "words ")):
                    self._words.setdefault(rest, []).append((code, weight * WORD))
                else:
                    self._of[code][rest] = weight

    def scores(self, sight: Sight) -> dict[str, float]:
        """The log-odds of each cause."""
        shared, found = self.learnt.weights, {}
        for code in self.codes:
            own = self._of[code]
            score = self.learnt.bias + own.get("", 0.0)
            for name, value in sight.of[code].items():
                score += (shared.get(name, 0.0) + own.get(name, 0.0)) * value
            found[code] = score
        for word in sight.words:
            for code, weight in self._words.get(word, ()):
                found[code] += weight
        return found

    def reasons(self, sight: Sight, code: str, n: int) -> Reasons:
        """The `n` features that move the score of `code` most."""
        return self.learnt.reasons(dict(crossed(sight, code)), n)

    def telling(self, sight: Sight, code: str) -> str:
        """The words that speak most for `code`; "" where none does."""
        weighed = [(weight, word) for word in sight.words for one, weight in self._words.get(word, ()) if one == code]
        return max(weighed, default=(0.0, ""))[1]


def crossed(sight: Sight, code: str) -> Iterator[tuple[str, float]]:
    """All features of one cause: each for every cause, and again for this one."""
    yield f"{code}: ", 1.0
    for name, value in sight.of[code].items():
        yield name, value
        yield f"{code}: {name}", value
    for word in sight.words:
        yield f"{code}: {word}", WORD


@dataclass(frozen=True, slots=True)
class Scores:
    """The learnt weights of a topic; rows are judged `together` with what another model hears, or `alone`."""

    cause: CauseWeights
    stance: Weights
    alone: Rows
    together: Rows | None


@dataclass(frozen=True, slots=True)
class Rows:
    """How likely a row is right; the `least` probability of a claim, and that which one row of its document must have."""

    weights: Weights
    least: float
    sure: float


@cache
def scores_of(topic: Topic) -> Scores | None:
    """The learnt scores of a topic, None where it has none. Raises KnowledgeError where its files can't be used."""
    folder = MODELS / topic.id
    return read_scores(folder, tuple(topic.causes)) if (folder / "cause.json").is_file() else None


def read_scores(folder: Path, codes: Sequence[str]) -> Scores:
    """The scores that `nlp.training.causes` wrote into `folder`. Raises KnowledgeError where a file can't be used."""
    cause, stance, rows = (read_json(folder / f"{name}.json") for name in ("cause", "stance", "rows"))
    try:
        made = {name: rows_by(rows[name]) for name in rows}
        return Scores(
            CauseWeights(weights_of(cause, "cause.json"), codes),
            weights_of(stance, "stance.json"),
            made["alone"],
            made.get("together"),
        )
    except (TypeError, KeyError, ValueError) as error:
        raise KnowledgeError(f"rows.json: not a file of weights: {error!r}") from error


def rows_by(content: Any) -> Rows:
    """What judges rows, from its object in `rows.json`."""
    return Rows(weights_of(content, "rows.json"), float(content["least"]), float(content["sure"]))


@dataclass(frozen=True, slots=True)
class Row:
    """One sentence, one cause and one stance, with what is seen of it."""

    i: int
    code: str
    stance: Stance
    seen: Seen


def rows_of(
    looking: Looking,
    causes: Sequence[Mapping[str, float]],
    denials: Mapping[tuple[int, str], float],
    heard: Sequence[Heard] | None = None,
) -> list[Row]:
    """The rows of a document: `causes` are the log-odds by sentence and code, `denials` those of a denial where asked for."""
    made = []
    for (i, code), denial in denials.items():
        here = causes[i]
        rival = max((score for other, score in here.items() if other != code), default=-_CLIP)
        again = max(
            (one[code] for j, one in enumerate(causes) if j != i and looking.scenes[j].sentence.field == "text"),
            default=-_CLIP,
        )
        own = looking.hits[i].get(code, [])
        state = "strong" if any(hit.strong for hit in own) else "weak" if own else "none"
        for stance in STANCES:
            sign = 1.0 if stance == "denies" else -1.0
            agreed = {one.stance for one in looking.rules.get((i, code), ()) if not one.rejected}
            seen = {
                state: 1.0,
                stance: 1.0,
                "cause": _clipped(here[code]),
                f"cause {state}": _clipped(here[code]),
                "cause unsure": -log1p(exp(-_clipped(here[code]))),
                "stance": _clipped(sign * denial),
                "stance unsure": -log1p(exp(-_clipped(sign * denial))),
                "rival": min(0.0, _clipped(here[code] - rival)),
                "again": max(0.0, _clipped(again - here[code])),
                "title": 1.0 if looking.scenes[i].sentence.field == "title" else 0.0,
            }
            if stance in agreed:
                seen["rule agrees"] = 1.0
            elif agreed:
                seen["rule disagrees"] = 1.0
            odds = heard_of(heard, i, code)
            if odds is not None:
                seen["heard"] = seen[f"heard {state}"] = _clipped(odds[0])
                seen["heard unsure"] = -log1p(exp(-_clipped(odds[0])))
                seen["heard stance"] = _clipped(sign * odds[1])
                seen["heard stance unsure"] = -log1p(exp(-_clipped(sign * odds[1])))
            made.append(Row(i, code, stance, seen))
    return made


def joined(seen: Seen, alone: Weights) -> Seen:
    """What joins the score that a row has alone with what the other model heard."""
    return {name: value for name, value in seen.items() if name.startswith("heard")} | {"alone": alone.score(seen)}


def _clipped(score: float) -> float:
    return max(-_CLIP, min(_CLIP, score))


def asked(causes: Sequence[Mapping[str, float]], heard: Sequence[Heard] | None = None) -> Iterator[tuple[int, str]]:
    """The places whose stance is worth asking for."""
    for i, scores in enumerate(causes):
        for code, score in scores.items():
            odds = heard_of(heard, i, code)
            if score >= FAINT or (odds is not None and odds[0] >= FAINT):
                yield i, code


def heard_of(heard: Sequence[Heard] | None, i: int, code: str) -> tuple[float, float] | None:
    """(log-odds of the cause, of its denial) that another model heard in a sentence; None where it did not listen."""
    if heard is None or i >= len(heard) or code not in heard[i].codes:
        return None
    k = heard[i].codes.index(code)
    return float(heard[i].cause[k]), float(heard[i].stance[k])


def judged(looking: Looking, scores: Scores, heard: Sequence[Heard] | None = None) -> list[Candidate]:
    """The candidates of a document by their learnt scores: those that are likely enough, and the doubtful, rejected."""
    sights = [looking.sight(i) for i in range(len(looking.scenes))]
    causes = [scores.cause.scores(sight) for sight in sights]
    seen = {place: stance_of(looking, *place) for place in asked(causes, heard)}
    denials = {place: scores.stance.score(one) for place, one in seen.items()}
    by = scores.together if heard is not None and scores.together is not None else scores.alone
    best: dict[tuple[int, str], tuple[float, Row]] = {}
    for row in rows_of(looking, causes, denials, heard if by is scores.together else None):
        if row.stance == "denies" and not _may_deny(seen[row.i, row.code]):
            continue
        likely = by.weights.probability(row.seen if by is scores.alone else joined(row.seen, scores.alone.weights))
        plain = _said_plainly(looking, row.i, row.code)
        if row.stance not in plain:
            row = replace(row, stance=next(iter(plain)))
        if likely > best.get((row.i, row.code), (0.0, row))[0]:
            best[row.i, row.code] = likely, row
    sure = any(likely >= by.sure or (likely >= by.least and _pointed_at(looking, row)) for likely, row in best.values())
    found = []
    for (i, code), (likely, row) in best.items():
        rules = looking.rules.get((i, code), [])
        if likely < _DOUBTFUL and not rules:
            continue
        telling = scores.cause.telling(sights[i], code)
        listened = heard is not None and heard_of(heard, i, code) is not None
        made = _candidate(looking, row, likely, heard[i].span(code) if heard is not None and listened else telling)
        told = [(f"cause: {name}", value) for name, value in scores.cause.reasons(sights[i], code, _REASONS)]
        sign = 1.0 if row.stance == "denies" else -1.0
        told += [
            (f"{row.stance}: {name}", sign * value) for name, value in scores.stance.reasons(seen[i, code], _REASONS)
        ]
        least = by.least * (SPARED if _pointed_at(looking, row) else 1.0)
        rejected = "too doubtful" if likely < least else "" if sure else "nothing sure in the document"
        if rules and all(one.rejected == OLDER for one in rules):
            rejected = rejected or OLDER
        if not _at_the_scene(looking, i):
            rejected = rejected or "neither the place nor what waits is named near it"
        found.append(replace(made, confidence=likely, rejected=rejected, reasons=tuple(told)))
    return found


def _may_deny(seen: Seen) -> bool:
    """Whether anything in the sentence or beside it denies: words alone make no denial."""
    here = not {"no denial", "no negation", "no refusal"} <= seen.keys()
    return here or any(f"{kind} {which}" in seen for kind in ("denial", "refusal") for which in ("before", "after"))


def _said_plainly(looking: Looking, i: int, code: str) -> set[Stance]:
    """The stances that patterns point at beyond doubt; both where they don't."""
    plain = {one.stance for one in looking.rules.get((i, code), ()) if not one.rejected and one.confidence >= PLAIN}
    return plain or set(STANCES)


PLAIN = 0.75
"""Confidence from which a pattern's stance is taken as it is: a denial or a cause beside strong words."""
SPARED = 0.7
"""What a row that a pattern points at needs of the probability that others need."""
POINTED = 0.7
"""Confidence from which a rule's candidate is more than a guess: a pattern points at words that name the cause."""


def _pointed_at(looking: Looking, row: Row) -> bool:
    """Whether a rule says the row, and by more than words alone."""
    return any(
        not one.rejected and one.stance == row.stance and one.confidence >= POINTED
        for one in looking.rules.get((row.i, row.code), [])
    )


def _at_the_scene(looking: Looking, i: int) -> bool:
    """Whether the place or what waits there is named within a few sentences."""
    return any(
        one.at.place or one.at.crossing or one.at.vehicles for one in looking.scenes[max(0, i - SCENE) : i + SCENE + 1]
    )


def _candidate(looking: Looking, row: Row, likely: float, telling: str | tuple[int, int]) -> Candidate:
    """The row as a candidate: its words are those that a rule points at, else the clause of what names the cause.

    `telling` is the feature of the words that tell most of it, or their place.
    """
    scene, rules = looking.scenes[row.i], looking.rules.get((row.i, row.code), [])
    pointed = [one for one in rules if one.end > one.start]
    if pointed:
        best = max(pointed, key=lambda one: (not one.rejected, one.stance == row.stance, one.confidence))
        return replace(best, stance=row.stance)
    folded = scene.sentence.folded
    own = looking.hits[row.i].get(row.code, [])
    place = looking.place(row.i, row.code)
    if place is None and isinstance(telling, str) and telling:
        place = next(((at, at + 1) for at in looking.stems[row.i].places(telling)), None)
    elif place is None and not isinstance(telling, str) and telling != (0, 0):
        place = telling
    start, end = clause_around(folded, *place) if place is not None else (0, len(folded))
    strong = any(hit.strong for hit in own)
    named = Named(row.code, start, end, strong, row.stance == "denies", tuple(own))
    return candidate_of(scene, row.stance, named, "score", likely, looking.patterns)
