"""When two names mean the same: the rules by which an extracted speaker or entity counts as the annotated one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

T = TypeVar("T")
LEAST_STEM = 5
LONGEST_ENDING = 3
SHARED = 0.5
"""Least share of words that two names of one body have in common."""

_SMALL = frozenset(
    "и в во на по с со из от для о об при the of and for in at on to de мен және үшін".split()  # noqa: SIM905
)
_AFTER_HEAD = frozenset("of in from at on with for to who near by".split())  # noqa: SIM905
_RUSSIAN_ADJECTIVE = re.compile(r"(?:[ыи]е|[ыи]й|ой|[ая]я|[ое]е|[ыи]х)$")
_KAZAKH_LETTER = re.compile(r"[әіңғүұқөһ]")
_KAZAKH_PLURAL = re.compile(r"[лдт][ае]р[ыі]?$")


def words(name: str | None) -> list[str]:
    """The words of a name in small letters, ё as е."""
    return re.findall(r"[^\W_]+", (name or "").casefold().replace("ё", "е"))


def alike(one: str, other: str) -> bool:
    """Whether two words are equal, or forms of one word: a long common beginning, little difference in length."""
    if one == other:
        return True
    common = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return common >= LEAST_STEM and abs(len(one) - len(other)) <= LONGEST_ENDING


def paired(left: Sequence[T], right: Sequence[T], same: Callable[[T, T], bool]) -> dict[int, int]:
    """The largest one-to-one pairing of what is the `same`, as {place in left: place in right}."""
    taken_by: dict[int, int] = {}

    def take(i: int, tried: set[int]) -> bool:
        for j, other in enumerate(right):
            if j in tried or not same(left[i], other):
                continue
            tried.add(j)
            if j not in taken_by or take(taken_by[j], tried):
                taken_by[j] = i
                return True
        return False

    for i in range(len(left)):
        take(i, set())
    return {i: j for j, i in taken_by.items()}


def same_person(one: str | None, other: str | None) -> bool:
    """By the last word, the surname."""
    left, right = words(one), words(other)
    return bool(left and right) and alike(left[-1], right[-1])


def same_body(one: str | None, other: str | None) -> bool:
    """By half of their words, or one is the other's initials."""
    left, right = words(one), words(other)
    if not left or not right:
        return False
    distinct = sorted(set(left)), sorted(set(right))
    common = len(paired(*distinct, alike))
    every = len(distinct[0]) + len(distinct[1]) - common
    return common / every >= SHARED or _initials(left, right) or _initials(right, left)


def same_group(one: str | None, other: str | None) -> bool:
    """By the head word: "drivers" of "Kazakh drivers on the spot"."""
    return alike(head(one), head(other))


def head(name: str | None) -> str:
    """English: the last word before a preposition; Kazakh: the last; Russian: the first that is no adjective."""
    found = words(name)
    if not found:
        return ""
    if re.search(r"[a-z]", found[0]):
        before = next((i for i, word in enumerate(found) if i and word in _AFTER_HEAD), len(found))
        return found[before - 1]
    if _KAZAKH_PLURAL.search(found[-1]) or any(_KAZAKH_LETTER.search(word) for word in found):
        return found[-1]
    return next((word for word in found[:-1] if not _RUSSIAN_ADJECTIVE.search(word)), found[-1])


def _initials(short: Sequence[str], whole: Sequence[str]) -> bool:
    if len(short) != 1 or len(short[0]) < 2 or len(whole) < 2:
        return False
    (letters,), content = short, [word for word in whole if word not in _SMALL]
    runs: Iterable[Sequence[str]] = (whole, content, whole[: len(letters)], content[: len(letters)])
    return any(len(run) > 1 and letters == "".join(word[0] for word in run) for run in runs)
