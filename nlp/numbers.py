"""Figures and number words of the three languages, with ranges: 2 500, «полторы тысячи», «алты-жеті», "two to five
thousand"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from nlp.languages.kk.stemmer import strip_case
from nlp.languages.lexicon import Lexicon, lexicon

_WORD = re.compile(r"\d{1,3}(?:[ \u00a0\u202f\u2009,]\d{3})+(?!\d)|\d+(?:[.,]\d+)?|[^\W\d_]+|\S", re.UNICODE)
_LONGEST_FIGURE = 12
"""Characters of a figure: a longer one is a code or noise."""
_DASHES = frozenset("-–—‑")
_VAGUE = frozenset(
    ("few", "several", "many", "несколько", "нескольких", "несколькими", "нескольким", "бірнеше", "талай")
)
"""Words that make what follows no figure: «несколько тысяч», "a few dozen"."""
_BESIDE_ONE = frozenset(("около", "до", "свыше", "более", "больше", "порядка", "менее", "меньше", "почти", "из"))
_FROM = ("нан", "нен", "дан", "ден", "тан", "тен")
"""Endings of the Kazakh ablative: what it ends begins a range."""
_CASE_ENDINGS = frozenset(
    [
        "ге",
        "ға",
        "ке",
        "қа",
        "не",
        "на",
        "ден",
        "дан",
        "тен",
        "тан",
        "нан",
        "нен",
        "де",
        "да",
        "те",
        "та",
        "нің",
        "ның",
        "дің",
        "дың",
        "тің",
        "тың",
        "ді",
        "ды",
        "ті",
        "ты",
        "ні",
        "ны",
        "мен",
        "бен",
        "пен",
        "дей",
        "дай",
        "тей",
        "тай",
        "ти",
        "х",
        "ми",
        "мя",
    ]  # the Russian ones: 2-х, 5-ти; not those of ordinals, 5-й
)


class Word(NamedTuple):
    """A word, figure or sign of a text with its offsets."""

    text: str
    start: int
    end: int

    @property
    def folded(self) -> str:
        """Lower case, ё as е."""
        return self.text.casefold().replace("ё", "е")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A figure or a range; words `first` to `last` (exclusive) state it."""

    low: float
    high: float
    first: int
    last: int


def words_of(text: str) -> list[Word]:
    """The words, figures and signs of `text`."""
    return [Word(found.group(), found.start(), found.end()) for found in _WORD.finditer(text)]


class Reader:
    """Reads quantities from the words of one language."""

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self.words: Lexicon = lexicon(lang)
        self._numbers = {key.replace("ё", "е"): value for key, value in self.words.numbers.items()}
        self._multipliers = {key.replace("ё", "е"): value for key, value in self.words.multipliers.items()}
        self._measures = self.words.measures
        self._last: tuple[list[Word], list[Quantity]] = ([], [])
        self._begins = lru_cache(maxsize=50_000)(self._may_begin)

    def _look(self, table: Mapping[str, float], word: str) -> float | None:
        if word in table:
            return table[word]
        if self.lang == "kk" and strip_case(word) in table:
            return table[strip_case(word)]
        return None

    def quantities(self, text: list[Word]) -> list[Quantity]:
        """The quantities in `text`, left to right, a range as one."""
        if text is not self._last[0]:  # several rules ask for those of the same sentence
            self._last = (text, self._found(text))
        return self._last[1]

    def _found(self, text: list[Word]) -> list[Quantity]:
        found: list[Quantity] = []
        i = 0
        while i < len(text):
            one = self._quantity(text, i) if self._begins(text[i].text) else None
            if one is None:
                i += 1
            else:
                found.append(one)
                i = one.last
        return found

    def _may_begin(self, word: str) -> bool:
        """Whether a number may begin with `word`: few do, and all words of a text are asked about."""
        one = word.casefold().replace("ё", "е")
        return (
            one[0].isdecimal()
            or one in _DASHES
            or (self.lang == "en" and one in {"a", "half"})
            or self._look(self._numbers, one) is not None
            or self._look(self._multipliers, one) is not None
        )

    def _quantity(self, text: list[Word], i: int) -> Quantity | None:
        first = self._number(text, i)
        if first is None or self._vague(text, i):
            return None
        low, end, low_scaled = first
        second = self._second(text, i, end)
        if second is None:
            return Quantity(low, low, i, end)
        high, last, high_scale = second
        if high_scale > 1 and not low_scaled and low < high / high_scale * 1.0001 + high_scale:
            low = low * high_scale if low * high_scale <= high else low
        if low > high:
            return Quantity(low, low, i, end)
        return Quantity(low, high, i, last)

    def _vague(self, text: list[Word], i: int) -> bool:
        """Whether the number at word `i` is one of «несколько тысяч», "several hundred thousand"."""
        while i and self._look(self._multipliers, text[i - 1].folded):
            i -= 1
        return i > 0 and text[i - 1].folded in _VAGUE

    def _second(self, text: list[Word], start: int, end: int) -> tuple[float, int, float] | None:
        """The upper end of a range whose lower end is words `start` to `end`: (value, last word, its multiplier)."""
        if end >= len(text):
            return None
        before = text[start - 1].folded if start else ""
        joint = text[end].folded
        dash = joint in _DASHES
        allowed = (
            dash
            or (joint in self._measures["range_to"] and (before in self._measures["range_from"] or self.lang == "en"))
            or (
                joint in self._measures["range_and"]
                and (before in self._measures["range_between"] or joint in {"или", "or", "немесе", "либо"})
            )
        )
        if not allowed and not (self.lang == "kk" and text[end - 1].folded.endswith(_FROM)):
            return None
        at = end + 1 if allowed else end
        number = self._number(text, at)
        if number is None:
            return None
        value, last, scaled = number
        scale = max((self._look(self._multipliers, word.folded) or 1.0) for word in text[at:last]) if scaled else 1.0
        return value, last, scale

    def _number(self, text: list[Word], i: int) -> tuple[float, int, bool] | None:
        """(value, next word, whether a multiplier took part) of the number that starts at word `i`."""
        total, part, start, scaled = 0.0, None, i, False
        smallest = float("inf")
        while i < len(text):
            word = text[i].folded
            if word[0].isdecimal():
                if part is not None or len(word) > _LONGEST_FIGURE or _figure(word) >= smallest:
                    break
                part = _figure(word)
                i += 1
                if i + 1 < len(text) and text[i].text in _DASHES and text[i + 1].folded in _CASE_ENDINGS:
                    i += 2
                elif self.lang == "ru" and i < len(text) and text[i].folded == "к" and text[i].start == text[i - 1].end:
                    total, part, scaled, i = total + part * 1000, None, True, i + 1
                continue
            if word == "a" and self.lang == "en" and i == start and i + 1 < len(text):
                if text[i + 1].folded in self._multipliers or text[i + 1].folded == "dozen":
                    part, i = 1.0, i + 1
                    if text[i].folded == "dozen":
                        part, i = 12.0, i + 1
                    continue
                break
            if self.lang == "en" and word == "half" and [one.folded for one in text[i + 1 : i + 2]] == ["a"]:
                scale = self._multipliers.get(text[i + 2].folded) if i + 2 < len(text) else None
                if scale is not None and i == start:
                    return scale / 2, i + 3, True
                break
            value = self._look(self._numbers, word)
            scale = self._look(self._multipliers, word)
            if scale is not None and (part is not None or value is None):
                if part is None and total == 0 and self.lang != "kk" and not self._one_of(text, i):
                    break
                total, part, scaled = total + (part if part is not None else 1.0) * scale, None, True
                smallest = scale
                if self.lang == "kk" and word.endswith(_FROM):
                    i += 1
                    break
            elif value is not None:
                if part is not None and (value >= part or part % 10):
                    break
                if self.lang == "en" and part is not None and part < 20 and value < 10:
                    break
                part = (part or 0.0) + value
            elif word == "с" and i + 1 < len(text) and text[i + 1].folded == "половиной" and part is not None:
                part += 0.5
                i += 1
            elif word == "с" and part is not None and self._and_more(text, i):
                i += 1
            elif word == "жарым" and self.lang == "kk" and (part is not None or scaled):
                total, part = (total, part + 0.5) if part is not None else (total * 1.5, None)
            elif part is not None and [one.folded for one in text[i : i + 3]] == ["and", "a", "half"]:
                part += 0.5
                i += 2
            elif (
                word == "and"
                and self.lang == "en"
                and scaled
                and i + 1 < len(text)
                and self._look(self._numbers, text[i + 1].folded)
                or word in _DASHES
                and self._tens_and_units(text, i)
            ):
                pass
            else:
                break
            i += 1
            if i < len(text) and text[i].text == "." and text[i - 1].folded in {"тыс", "млн"}:
                i += 1
        if i == start or (part is None and not scaled):
            return None
        return total + (part or 0.0), i, scaled

    def _one_of(self, text: list[Word], i: int) -> bool:
        """Whether the multiplier at `i` is one of it, and not several: «около тысячи», «до сотни»."""
        return (
            self.lang == "ru" and i > 0 and text[i].folded in {"тысячи", "сотни"} and text[i - 1].folded in _BESIDE_ONE
        )

    def _and_more(self, text: list[Word], i: int) -> bool:
        """Whether «с лишним» and a multiplier stand at `i`: «две с лишним сотни»."""
        return (
            i + 2 < len(text)
            and text[i + 1].folded in {"лишним", "небольшим"}
            and self._look(self._multipliers, text[i + 2].folded) is not None
        )

    def _tens_and_units(self, text: list[Word], i: int) -> bool:
        """Whether the dash at `i` joins twenty-five (and not two-three)."""
        if self.lang != "en" or not 0 < i < len(text) - 1:
            return False
        tens, units = self._numbers.get(text[i - 1].folded, 0), self._numbers.get(text[i + 1].folded, 0)
        return tens >= 20 and tens % 10 == 0 and 0 < units < 10


def _figure(word: str) -> float:
    grouped = re.fullmatch(r"\d{1,3}(?:[ \u00a0\u202f\u2009,]\d{3})+", word)
    return float(re.sub(r"\D", "", word) if grouped else word.replace(",", "."))
