"""The pieces of words that the encoder knows: a word is cut the likeliest way (the unigram model of SentencePiece)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

START, END, UNKNOWN = 0, 2, 3
"""What the pretrained vocabulary calls <s>, </s> and <unk>; the encoder's own begins with the same four."""
LONGEST = 40
"""Letters of a word that are looked at: no word of a news text has more."""
_SPACE = "\u2581"
_KEPT = 50_000
_WORD = re.compile(r"[^\W\d_]+|\d+|[^\w\s]|_")
_FIGURE = re.compile(r"\d+(?:[\s.,:/-]?\d+)*")


@dataclass(frozen=True, slots=True)
class Word:
    """`text` as the encoder reads it, which stands for start:end of a sentence; `spaced` where a blank is before it."""

    text: str
    start: int
    end: int
    spaced: bool


@dataclass(frozen=True, slots=True)
class Pieces:
    """Each piece's number and log probability, and how long the longest is."""

    numbers: Mapping[str, tuple[int, float]]
    longest: int
    rare: float
    """The log probability of a letter that is no piece."""
    _cut: dict[tuple[str, bool], tuple[int, ...]] = field(default_factory=dict)

    def of(self, word: Word) -> tuple[int, ...]:
        """The numbers of the pieces that make up `word`, at least one."""
        key = word.text[:LONGEST], word.spaced
        found = self._cut.get(key)
        if found is None:
            if len(self._cut) >= _KEPT:
                self._cut.clear()
            found = self._cut[key] = self._likeliest((_SPACE if key[1] else "") + unicodedata.normalize("NFKC", key[0]))
        return found

    def _likeliest(self, text: str) -> tuple[int, ...]:
        best: list[tuple[float, int, int]] = [
            (0.0, 0, UNKNOWN)
        ]  # log probability, where the last piece begins, its number
        for end in range(1, len(text) + 1):
            found = (best[end - 1][0] + self.rare, end - 1, UNKNOWN)
            for start in range(max(0, end - self.longest), end):
                piece = self.numbers.get(text[start:end])
                if piece is not None and best[start][0] + piece[1] > found[0]:
                    found = (best[start][0] + piece[1], start, piece[0])
            best.append(found)
        cut, end = [], len(text)
        while end:
            _, start, number = best[end]
            cut.append(number)
            end = start
        return tuple(reversed(cut))


def pieces_of(listed: Sequence[tuple[str, float]]) -> Pieces:
    """The pieces with these texts and log probabilities, by number; the first four are the special ones."""
    numbers = {text: (i, score) for i, (text, score) in enumerate(listed) if i > UNKNOWN}
    return Pieces(numbers, max(map(len, numbers)), min(score for _, score in numbers.values()) - 10)


def words_of(folded: str, names: Sequence[tuple[int, int, str]] = ()) -> list[Word]:
    """The words and signs of a folded sentence. Each figure becomes 0, and each of `names` (start, end, what for it) is
    one word: a name or number must not change what is said of it."""
    masks: list[tuple[int, int, str]] = []
    for start, end, text in [*sorted(names), *((one.start(), one.end(), "0") for one in _FIGURE.finditer(folded))]:
        if start < end and all(end <= other_start or other_end <= start for other_start, other_end, _ in masks):
            masks.append((start, end, text))
    found: list[Word] = []
    begin = 0
    for start, end, text in [*sorted(masks), (len(folded), len(folded), "")]:
        found += [
            Word(one.group(), one.start(), one.end(), _spaced(folded, one.start()))
            for one in _WORD.finditer(folded, begin, start)
        ]
        if text:
            found.append(Word(text, start, end, _spaced(folded, start)))
        begin = end
    return found


def _spaced(folded: str, start: int) -> bool:
    return start == 0 or folded[start - 1].isspace()
