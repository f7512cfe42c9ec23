"""The words that name a cause: where they begin and end around the term that gave it away, by learnt weights.

Each word near the term may be the first or the last; each has features and a probability, and the stretch is taken whose
words may be expected to be shared most with the right one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc, Token

from nlp.claims.candidate import Candidate
from nlp.claims.language import Patterns
from nlp.claims.sentence import Sentence
from nlp.claims.topic import Words
from nlp.learnt import Reasons, Weights

FILE = "cause_text.json"
FAR = 18
"""Words before the term that may be the first, or after it that may be the last."""
LIKELY = 5
"""Of the likeliest first words and last words so many are weighed together."""
_LEVELS = 5
_MARK = re.compile(r"[,;:—–!?()«»“”„\".…]")
_BLANK = ' ,:—–"«»“”'
_UNSAID = "-"

Places = Sequence[tuple[int, int]]
Phrases = dict[int, list[tuple[int, str]]]


@dataclass(frozen=True, slots=True)
class Edges:
    """The words that may be first and last: their offsets in the sentence, their numbers in it, what is seen of each."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]
    first_start: int
    first_end: int
    opening: tuple[dict[str, float], ...]
    closing: tuple[dict[str, float], ...]


def term_of(candidate: Candidate, words: Words) -> tuple[int, int]:
    """Where the term stands in the sentence that gave a cause away; its first letter where no term begins there."""
    folded = candidate.sentence.folded
    for terms in (words.strong, words.weak):
        for code, pattern in terms:
            match = pattern.match(folded, candidate.core) if code == candidate.cause else None
            if match is not None and match.end() > match.start():
                return match.start(), match.end()
    return candidate.core, min(candidate.core + 1, len(folded))


def edges_of(candidate: Candidate, doc: Doc, frames: Places, words: Words, patterns: Patterns) -> Edges | None:
    """The possible first and last words of a candidate's cause; None where its sentence has no word.

    `frames` are the places of the speech frames in the sentence, the stretch of the rules is the candidate's own.
    """
    sentence = candidate.sentence
    span = doc.char_span(sentence.doc_start, sentence.doc_start + len(sentence.text), alignment_mode="expand")
    tokens = [token for token in span or () if not token.is_punct and any(map(str.isalnum, token.text))]
    if not tokens:
        return None
    start, end = term_of(candidate, words)
    seen = _Seen(candidate, (start, end), tokens, sentence, frames, words, patterns)
    starts = range(max(0, seen.head - FAR), seen.tail + 1)
    ends = range(seen.head, min(len(tokens), seen.tail + FAR + 1))
    return Edges(
        tuple(seen.at[n] for n in starts),
        tuple(seen.to[n] for n in ends),
        starts[0],
        ends[0],
        tuple(seen.opening(n) for n in starts),
        tuple(seen.closing(n) for n in ends),
    )


def chosen(edges: Edges, opening: Weights, closing: Weights) -> tuple[int, int, Reasons]:
    """(start, end) in the sentence of the stretch to take, and what speaks for its edges."""
    starts, begins = _likeliest([opening.score(one) for one in edges.opening])
    ends, stops = _likeliest([closing.score(one) for one in edges.closing])
    likely = (begins[:, None] * stops[None, :]).ravel()
    left = np.repeat(starts + edges.first_start, len(ends))
    right = np.tile(ends + edges.first_end, len(starts))
    length = right - left + 1
    shared = np.minimum(right[:, None], right[None, :]) - np.maximum(left[:, None], left[None, :]) + 1
    likeness = 2 * np.maximum(shared, 0) / np.maximum(length[:, None] + length[None, :], 1)
    likeness[length < 1, :] = -1
    likeness[:, length < 1] = 0
    best = int(np.argmax(likeness @ likely))
    first, last = int(starts[best // len(ends)]), int(ends[best % len(ends)])
    reasons = (*opening.reasons(edges.opening[first], 2), *closing.reasons(edges.closing[last], 2))
    return edges.starts[first], edges.ends[last], reasons


def _likeliest(scores: Sequence[float]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    every = np.array(scores)
    order = np.argsort(-every, kind="stable")[:LIKELY]
    grown = np.exp(every[order] - every[order[0]])
    return order, grown / grown.sum()


class _Seen:
    """What is seen of the words of one sentence, as edges of the words around one term."""

    def __init__(
        self,
        candidate: Candidate,
        term: tuple[int, int],
        tokens: list[Token],
        sentence: Sentence,
        frames: Places,
        words: Words,
        patterns: Patterns,
    ) -> None:
        folded = sentence.folded
        self.folded, self.tokens, self.term, self.patterns = folded, tokens, term, patterns
        self.at = [token.idx - sentence.doc_start for token in tokens]
        self.to = [start + len(token.text) for start, token in zip(self.at, tokens, strict=True)]
        self.head = next((n for n, end in enumerate(self.to) if end > term[0]), len(tokens) - 1)
        self.tail = max((n for n, start in enumerate(self.at) if start < term[1]), default=self.head)
        self.tail = max(self.head, self.tail)
        self.gaps = [
            "".join(_MARK.findall(folded, self.to[n], self.at[n + 1]))[:2] or "no" for n in range(len(tokens) - 1)
        ]
        self.marks = [0]
        for gap in self.gaps:
            self.marks.append(self.marks[-1] + (gap != "no"))
        doc = tokens[0].doc
        self.parsed = doc.has_annotation("DEP")
        self.style = "" if self.parsed else "flat "
        self.lefts, self.rights = _phrases(doc, sentence, term) if self.parsed else ({}, {})
        self.rule = (candidate.start, candidate.end)
        self.by = candidate.pattern.partition(":")[0]
        kinds: dict[str, Places] = {
            "say": [one.span() for one in patterns.say.finditer(folded)],
            "delay": [one.span() for one in words.delay.finditer(folded)],
            "contrast": [one.span() for one in patterns.contrast.finditer(folded)],
            "tail": [one.span() for one in patterns.tails.finditer(folded)],
            "list": [one.span() for one in patterns.lists.finditer(folded)],
            "negation": [one.span() for one in patterns.negations.finditer(folded)],
            "frame": frames,
        }
        self.kinds = {kind: places for kind, places in kinds.items() if places}
        # the last that ends before the term, and the first that begins after it, of each kind
        self.before = {
            kind: max((first for first, last in places if last <= term[0]), default=-1)
            for kind, places in self.kinds.items()
        }
        self.after = {
            kind: min((first for first, _ in places if first >= term[1]), default=len(folded) + 1)
            for kind, places in self.kinds.items()
        }

    def opening(self, n: int) -> dict[str, float]:
        """What is seen of a word as the first."""
        token, place = self.tokens[n], self.at[n]
        beyond = self.tokens[n - 1] if n else None
        found = self._edge(self.head - n, self.gaps[n - 1] if n else "^", self.marks[self.head] - self.marks[n])
        self._grammar(found, token, beyond, beyond is not None and beyond.head.i >= token.i)
        if self.at[n] <= self.rule[0] < self.to[n]:
            self._by_rule(found, "rule")
        elif place < self.rule[0]:
            self._by_rule(found, "beyond the rule")
        self._phrase(found, self.lefts.get(place, ()))
        for kind, places in self.kinds.items():
            if place <= self.before[kind]:
                found[f"over {kind}"] = 1.0
            for first, last in places:
                if last <= place and (n == 0 or last > self.at[n - 1]) and not self.folded[last:place].strip(_BLANK):
                    found[f"beside {kind}"] = 1.0
                elif first <= place < last:
                    found[f"in {kind}"] = 1.0
        if self.patterns.trim.match(self.folded[place : place + 40]):
            found["small"] = 1.0
        return found

    def closing(self, n: int) -> dict[str, float]:
        """What is seen of a word as the last."""
        token, place = self.tokens[n], self.to[n]
        last_word = n + 1 == len(self.tokens)
        beyond = None if last_word else self.tokens[n + 1]
        found = self._edge(n - self.tail, "$" if last_word else self.gaps[n], self.marks[n] - self.marks[self.tail])
        self._grammar(found, token, beyond, beyond is not None and beyond.head.i <= token.i)
        if self.at[n] < self.rule[1] <= self.to[n]:
            self._by_rule(found, "rule")
        elif place > self.rule[1]:
            self._by_rule(found, "beyond the rule")
        self._phrase(found, self.rights.get(place, ()))
        for kind, places in self.kinds.items():
            if place > self.after[kind]:
                found[f"over {kind}"] = 1.0
            for first, last in places:
                if first >= place and (last_word or first <= self.at[n + 1]):
                    if not self.folded[place:first].strip(_BLANK):
                        found[f"beside {kind}"] = 1.0
                elif first < place <= last:
                    found[f"in {kind}"] = 1.0
        if self.patterns.trim.match(self.folded[self.at[n] : place]):
            found["small"] = 1.0
        return found

    def _edge(self, distance: int, mark: str, crossed: int) -> dict[str, float]:
        return {
            f"{self.style}distance {_binned(distance)}": 1.0,
            f"{self.style}words": float(distance),
            f"mark {mark}": 1.0,
            f"{self.style}{'mark' if mark != 'no' else 'no mark'}": 1.0,
            f"{self.style}crossed {min(max(crossed, 0), 3)}": 1.0,
        }

    def _grammar(self, found: dict[str, float], token: Token, beyond: Token | None, hangs: bool) -> None:
        found[f"is {token.pos_}"] = found[f"beyond {beyond.pos_ if beyond is not None else _UNSAID}"] = 1.0
        if self.parsed:
            found[f"is {token.dep_}"] = 1.0
            if beyond is not None:
                found[f"beyond {beyond.dep_}"] = 1.0
                found["beyond hangs on it" if hangs else "beyond hangs elsewhere"] = 1.0

    def _by_rule(self, found: dict[str, float], name: str) -> None:
        found[name] = found[f"{name} {self.by}"] = found[f"{self.style}{name}"] = 1.0

    @staticmethod
    def _phrase(found: dict[str, float], phrases: Sequence[tuple[int, str]]) -> None:
        for level, name in phrases:
            found["edge"] = found[f"edge {level}"] = found[f"edge {name}"] = 1.0


def _binned(distance: int) -> str:
    if distance <= 0:
        return "0" if distance == 0 else "inside"
    return str(distance) if distance < 4 else "4-6" if distance < 7 else "7-10" if distance < 11 else "11-"


def _phrases(doc: Doc, sentence: Sentence, term: tuple[int, int]) -> tuple[Phrases, Phrases]:
    """By offset: the phrases above the term that begin, and that end there: how far above, and what they are."""
    lefts: Phrases = {}
    rights: Phrases = {}
    span = doc.char_span(sentence.doc_start + term[0], sentence.doc_start + term[1], alignment_mode="expand")
    if span is None or not len(span):
        return lefts, rights
    token = span.root
    for level in range(_LEVELS):
        left, right = token.left_edge, token.right_edge
        while right.is_punct and right.i > left.i:
            right = doc[right.i - 1]
        while left.is_punct and left.i < right.i:
            left = doc[left.i + 1]
        lefts.setdefault(left.idx - sentence.doc_start, []).append((level, token.dep_))
        rights.setdefault(right.idx + len(right.text) - sentence.doc_start, []).append((level, token.dep_))
        if token.head is token:
            break
        token = token.head
    return lefts, rights
