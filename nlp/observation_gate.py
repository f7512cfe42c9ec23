"""Whether a figure measures a delay: a logistic regression over the words around it, learnt from annotated texts.

`nlp.training.observations` learns the weights; they lie in `models/observations` with their model card.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from spacy.tokens import Span, Token

from ingest.errors import KnowledgeError
from nlp.learnt import Weights, read_json, weights_of
from nlp.queue_figures import AT_THE_BORDER, LINE, OTHER_UNITS, Figure, Page, figures, passing, says, waiting

WEIGHTS = Path(__file__).parent / "models" / "observations" / "weights.json"

Features = dict[str, float]
Decided = tuple[Figure, bool]
"""A figure and whether it is a delay."""

_WORD = re.compile(r"[^\W\d_]+|\d+|[^\w\s]")
_KINDS = {"vehicles": "v", "kilometres": "k", "hours": "t", "days": "t"}
_STEM = 5
_LEMMA = 7
_WINDOW = 8
"""Words to either side that are looked at one by one."""
_CLAUSE = 200
"""Characters to either side in which the clause ends."""
_CLOSE = 6
"""Words, or characters to a place's name, within which two things stand together."""
_SHORT = 9
"""Words of a sentence that says little."""
_LATEST = 31
"""No hour or day of a month is more."""
_HIGHEST = 6
"""Steps from a figure's unit up the tree of its sentence to a verb."""


@dataclass(frozen=True, slots=True)
class Gate:
    """What tells delays from other figures: the learnt weights and the least probability of a delay."""

    learnt: Weights
    least: float

    def delays(self, page: Page, sentence: Span, carried: str | None = None) -> list[Figure]:
        """The delays of `sentence`, left to right; `carried` is the metric of the last one in the sentence before."""
        groups = figures(page, sentence, carried)
        if not groups:
            return []
        around = Around(page, sentence)
        decided: list[Decided] = []
        for group in groups:
            likely = [(self.learnt.probability(around.features(one, decided)), one) for one in group]
            best, one = max(likely, key=lambda pair: pair[0])
            decided.append((one, best >= self.least))
        return [one for one, delay in decided if delay]


@cache
def gate() -> Gate:
    """The gate that the project has learnt."""
    return read_gate(WEIGHTS)


def read_gate(path: Path) -> Gate:
    """The gate in a file that `nlp.training.observations` wrote. Raises `KnowledgeError` where the file is none."""
    content = read_json(path)
    try:
        return Gate(weights_of(content, path.name), float(content["least"]))
    except (ValueError, KeyError, TypeError) as error:
        raise KnowledgeError(f"{path.name}: not the weights of observations: {error!r}") from error


class Around:
    """What the gate sees of a sentence, read once for all of its figures."""

    def __init__(self, page: Page, sentence: Span) -> None:
        self.page, self.sentence = page, sentence
        self.text, self.lang = page.said(sentence), page.doc.lang_
        self._found: dict[tuple[int, int, int], bool] = {}
        self.words = [(found.start(), _stem(found.group())) for found in _WORD.finditer(self.text)]
        self.starts = [start for start, _ in self.words]
        self.before = page.doc[sentence.start - 1].sent.text if sentence.start else ""
        self.places = [
            (one.start_char - sentence.start_char, one.end_char - sentence.start_char)
            for one in page.inside(sentence, "CHECKPOINT", "PLACE")
        ]
        self.crossings = bool(page.inside(sentence, "CHECKPOINT"))
        self.border = bool(AT_THE_BORDER.search(self.text))
        self.line = LINE.match(self.text)
        self.tokens = [token for token in sentence if not token.is_space]
        self.token_starts = [token.idx - sentence.start_char for token in self.tokens]

    def between(self, start: int, end: int) -> list[str]:
        """The stems of the words that begin from `start` to before `end`."""
        return [stem for _, stem in self.words[bisect_left(self.starts, start) : bisect_left(self.starts, end)]]

    def features(self, figure: Figure, decided: Sequence[Decided]) -> Features:
        """What is seen of `figure`, by name; `decided` are the figures before it in the sentence."""
        kind = _KINDS[figure.metric]
        loose = figure.source == "loose"
        seen = _Seen(kind, kind + "L" if loose else kind)
        self._figure(seen, figure)
        self._words(seen, figure)
        self._cues(seen, figure)
        self._neighbours(seen, figure, decided)
        if loose:
            self._borrowed(seen, figure, decided)
        self._grammar(seen, figure)
        return seen.features

    def _figure(self, seen: _Seen, figure: Figure) -> None:
        metric, high, source = figure.metric, figure.high, figure.source
        seen.add(f"metric {metric}", f"metric {metric} {self.lang}", f"by {source}", f"by {source} {seen.kind}")
        seen.add(f"digits {metric} {source} {len(str(int(high)))}")
        digits = self.text[figure.start].isdigit()
        named = {
            f"one {metric}": high < 2,
            f"few {metric}": high < 5,
            f"some {seen.told}": high < 20,
            "range": figure.low != figure.high,
            f"like a year {seen.told}": 1990 <= high <= 2035 and figure.low == high,
            f"fraction {seen.kind}": not high.is_integer(),
            f"in digits {seen.told}": digits,
            f"in words {seen.told}": not digits,
            "short": len(self.words) < _SHORT,
            "title": self.sentence.start_char < self.page.doc._.title_length,
            "question": "?" in self.text,
        }
        seen.add(*(name for name, holds in named.items() if holds))

    def _words(self, seen: _Seen, figure: Figure) -> None:
        left, right = bisect_left(self.starts, figure.start), bisect_left(self.starts, figure.end)
        before = [stem for _, stem in self.words[max(0, left - _WINDOW) : left]][::-1]
        after = [stem for _, stem in self.words[right : right + _WINDOW]]
        for side, stems in (("<", before), (">", after)):
            for i, stem in enumerate(stems):
                seen.add(f"{side}{stem}", f"{side}{stem} {seen.told}", value=1 / (1 + 0.3 * i))
            if not stems:
                seen.add(f"{side} nothing {seen.told}")
        seen.add(*(f"in {stem}" for stem in self.between(figure.start, figure.end)))

    def _clause(self, figure: Figure) -> tuple[int, int]:
        head = max(0, figure.start - _CLAUSE)
        tail = min(len(self.text), figure.end + _CLAUSE)
        left = max(self.text.rfind(sign, head, figure.start) for sign in ",;:—.(!?\n") + 1
        ends = (self.text.find(sign, figure.end, tail) for sign in ",;:—.)!?\n")
        return max(left, head), min((at for at in ends if at >= 0), default=tail)

    def _has(self, pattern: re.Pattern[str], start: int, end: int) -> bool:
        """Whether `pattern` is found there; asked again for each metric that a figure may have, and each figure of a clause."""
        key = id(pattern), start, end  # the patterns are kept, and slow to hash
        if key not in self._found:
            self._found[key] = pattern.search(self.text, start, end) is not None
        return self._found[key]

    def _said_before(self, pattern: re.Pattern[str]) -> bool:
        """Whether `pattern` is found in the end of the sentence before."""
        key = id(pattern), -1, -1
        if key not in self._found:
            self._found[key] = pattern.search(self.before[-2 * _CLAUSE :]) is not None
        return self._found[key]

    def _cues(self, seen: _Seen, figure: Figure) -> None:
        told, wait, passes = says(self.lang, figure.metric), waiting(self.lang), passing(self.lang)
        left, right = self._clause(figure)
        start, end = max(0, left - _CLAUSE), right + _CLAUSE
        wait_near, wait_far = self._has(wait, left, right), self._has(wait, start, end)
        cues = {
            "tells": self._has(told, start, end),
            "waits": wait_far,
            "passes": self._has(passes, start, end),
            "tells in clause": self._has(told, left, right),
            "waits in clause": wait_near,
            "passes in clause": self._has(passes, left, right),
            "page of a queue": self.page.of_a_queue,
            "page of a border": self.page.at_a_border,
            "page of a list": self.page.of_a_list,
            "border": self.border,
            "crossing": self.crossings,
        }
        for name, holds in cues.items():
            seen.add(*((name, f"{name} {seen.told}") if holds else (f"not {name} {seen.told}",)))
        if wait_far and not wait_near:
            seen.add(f"waits elsewhere {seen.told}")
        for name, pattern in (("waits before", wait), ("tells before", told)):
            if self.before and self._said_before(pattern):
                seen.add(name, f"{name} {seen.told}")
                if len(self.words) < _SHORT:
                    seen.add(f"{name} short {seen.told}")

    def _neighbours(self, seen: _Seen, figure: Figure, decided: Sequence[Decided]) -> None:
        source = figure.source
        if not decided:
            seen.add(f"first {source}")
            return
        last, delay = decided[-1]
        same = last.metric == figure.metric
        was = f"{'delay' if delay else 'else'} {'same' if same else 'other'}"
        seen.add(
            f"after {was[:5]} {source}", f"after {was} {source}", f"after {was[:5]} {_KINDS[last.metric]} {seen.told}"
        )
        words = self.between(last.end, figure.start)
        if len(words) <= _CLOSE:
            seen.add(f"right after {was} {source}")
            for stem in words:
                seen.add(f"{was}… {stem}", value=0.7)
        alike = next((verdict for one, verdict in reversed(decided[-_WINDOW:]) if one.metric == figure.metric), None)
        if alike is not None:
            seen.add(f"same metric {alike} {source}")
        if any(verdict for _, verdict in decided[-_WINDOW:]):
            seen.add(f"delays before {source} {seen.kind}")

    def _borrowed(self, seen: _Seen, figure: Figure, decided: Sequence[Decided]) -> None:
        for way in (*figure.ways, "+".join(figure.ways)):
            seen.add(f"way {way}", f"way {way} {seen.kind}")
        if any(0 <= figure.start - end <= _CLOSE for _, end in self.places):
            seen.add(f"place before {seen.kind}")
        if any(0 <= start - figure.end <= _CLOSE + 2 for start, _ in self.places):
            seen.add(f"place after {seen.kind}")
        if self.line is not None and self.line.end() == figure.start:
            seen.add("line", f"line {self.page.of_a_list}")
        following = self.tokens[(at := bisect_left(self.token_starts, figure.end)) : at + 1]
        seen.add(f"then {_part(following[0]) if following else 'nothing'}")
        if figure.unit is not None:
            start, end = figure.unit
            words = self.between(end, figure.start) if start < figure.start else self.between(figure.end, start)
            way = figure.ways[0]
            seen.add(
                f"{min(len(words), 8)} words from unit {way}", f"{min(len(words) // 3, 4)} parts from unit {seen.kind}"
            )
            if any(sign in ".;" for sign in words):
                seen.add("unit beyond a stop")
            owner = next(
                (verdict for one, verdict in reversed(decided[-_WINDOW:]) if one.start <= start < one.end), None
            )
            seen.add(f"unit of {owner}", f"unit of {owner} {seen.kind}")
        if figure.high <= _LATEST:
            seen.add(f"like an hour {seen.kind}")
        if OTHER_UNITS.match(self.text[figure.end : figure.end + 20].lstrip()):
            seen.add("another unit")

    def _grammar(self, seen: _Seen, figure: Figure) -> None:
        """What governs the unit, where the language's model has a tree."""
        at = bisect_left(self.token_starts, figure.end) - 1
        if self.lang == "kk" or at < 0:
            return
        token = self.tokens[at]
        seen.add(f"as {token.dep_}", f"as {token.dep_} {seen.told}")
        for step in range(1, _HIGHEST + 1):
            if token.head is token or token.head.sent.start != self.sentence.start:
                return
            token = token.head
            if token.pos_ in {"VERB", "AUX", "NOUN", "PROPN"}:
                lemma = token.lemma_.casefold()[:_LEMMA]
                seen.add(f"of {lemma}", f"of {lemma} {seen.kind}", value=1 / math.sqrt(step))
            if token.pos_ in {"VERB", "AUX"}:
                for name in ("Tense", "Mood", "VerbForm", "Aspect"):
                    seen.add(*(f"{name} {value} {seen.kind}" for value in token.morph.get(name, [])[:1]))
                return


class _Seen:
    """Features of a figure; `kind` is its metric's kind, `told` also says whether the unit is told."""

    def __init__(self, kind: str, told: str) -> None:
        self.kind, self.told = kind, told
        self.features: Features = {}

    def add(self, *names: str, value: float = 1.0) -> None:
        """Features with `value`; the greatest stays."""
        for name in names:
            if value > self.features.get(name, 0.0):
                self.features[name] = value


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    return "#" if word[0].isdigit() else word.casefold().replace("ё", "е")[:_STEM]


def _part(token: Token) -> str:
    if token.lang_ == "kk":
        return "a word" if token.is_alpha else "a sign"
    return token.pos_
