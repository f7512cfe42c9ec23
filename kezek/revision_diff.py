"""What changed between two wordings of a text: paragraphs first, in them sentences, in these words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Literal

Part = tuple[Literal["same", "gone", "new"], str]

_PARAGRAPH_ENDS = re.compile(r"(?<=\n)(?=.)", re.DOTALL)
_SENTENCE_ENDS = re.compile(r"(?<=[.!?…]\s)(?=\S)")
_WORD_ENDS = re.compile(r"\b|(?<=\W)(?=\W)")
_LEVELS = (_PARAGRAPH_ENDS, _SENTENCE_ENDS, _WORD_ENDS)
_MOST_WORK = 30_000_000
"""At most so many comparisons, under a second; difflib alone is cubic where the same few words come again and again."""
_LEAST_KEPT = 0.35
"""A sentence that keeps less of its shorter wording's words is another sentence, not one that was patched."""


def revision_diff(before: str, after: str) -> list[Part]:
    """The parts of both texts in order: `same` in both, `gone` only in `before`, `new` only in `after`.

    The parts without `new` are `before`, those without `gone` are `after`, to the letter. No two neighbours are of one
    kind, and `gone` stands before `new`. Texts in which too much repeats to be compared are one `gone` and one `new`.
    """
    parts: list[Part] = []
    gone: list[str] = []
    new: list[str] = []

    def put(kind: Literal["gone", "new"], texts: list[str]) -> None:
        if text := "".join(texts):
            parts.append((kind, text))
        texts.clear()

    for kind, text in _parts(before, after, 0):
        if kind == "gone":
            gone.append(text)
        elif kind == "new":
            new.append(text)
        elif text:
            put("gone", gone)
            put("new", new)
            if parts and parts[-1][0] == "same":
                parts[-1] = ("same", parts[-1][1] + text)
            else:
                parts.append(("same", text))
    put("gone", gone)
    put("new", new)
    return parts


def _parts(before: str, after: str, level: int) -> Iterator[Part]:
    """As `revision_diff`, but that pieces can be empty and neighbours of one kind; `level` is the unit to begin with."""
    if before == after:
        yield "same", before
        return
    if not before or not after or level == len(_LEVELS):
        yield "gone", before
        yield "new", after
        return
    old, fresh = _LEVELS[level].split(before), _LEVELS[level].split(after)
    start = _common(old, fresh)
    end = _common(old[start:][::-1], fresh[start:][::-1])
    found: list[Part] = [
        ("same", "".join(old[:start])),
        *_middle(old[start : len(old) - end], fresh[start : len(fresh) - end], level),
        ("same", "".join(old[len(old) - end :])),
    ]
    kept = sum(_letters(text) for kind, text in found if kind == "same")
    if _LEVELS[level] is _WORD_ENDS and kept < _LEAST_KEPT * min(_letters(before), _letters(after)):
        found = [("gone", before), ("new", after)]
    yield from found


def _middle(old: list[str], fresh: list[str], level: int) -> Iterator[Part]:
    words = _LEVELS[level] is _WORD_ENDS
    if _work(old, fresh, words) > _MOST_WORK:
        yield from _parts("".join(old), "".join(fresh), level + 1)
        return
    # Blanks and punctuation hold no words together by themselves; `autojunk` would drop the common words too.
    matcher = SequenceMatcher(_no_word if words else None, old, fresh, autojunk=False)
    for step, i, i_end, j, j_end in matcher.get_opcodes():
        if step == "equal":
            yield "same", "".join(old[i:i_end])
        else:
            yield from _parts("".join(old[i:i_end]), "".join(fresh[j:j_end]), level + 1)


def _work(old: Sequence[str], fresh: Sequence[str], words: bool) -> int:
    """At most how many comparisons difflib makes: all pairs of equal units, for each block that it finds."""
    one, other = Counter(old), Counter(fresh)
    pairs = sum(number * other[unit] for unit, number in one.items() if not (words and _no_word(unit)))
    return (pairs + len(old)) * min(pairs + 1, len(old), len(fresh))


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """How many units at the start are the same."""
    length = min(len(one), len(other))
    return next((n for n in range(length) if one[n] != other[n]), length)


def _no_word(unit: str) -> bool:
    return not any(map(str.isalnum, unit))


def _letters(text: str) -> int:
    return sum(map(str.isalnum, text))


def around(parts: Sequence[Part], start: int, end: int, margin: int = 160) -> list[Part]:
    """The parts that lie within `margin` code points of `start` to `end`, which count in the text before.

    What is the same is cut between words, with … where it was; what is gone or new and begins in there is left whole.
    """
    first, last = start - margin, end + margin
    near: list[Part] = []
    place = 0
    for kind, text in parts:
        begins, place = place, place + (len(text) if kind != "new" else 0)
        if place < first or begins > last:
            continue
        if kind == "same":
            text = _cut(text, max(0, first - begins), min(len(text), last - begins))
        near.append((kind, text))
    return near


def _cut(text: str, start: int, end: int) -> str:
    if start > 0:
        start = text.find(" ", start) + 1 or start
    if end < len(text):
        end = max(text.rfind(" ", 0, end), start)
    return f"{'…' if start > 0 else ''}{text[start:end]}{'…' if end < len(text) else ''}"
