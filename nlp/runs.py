"""The runs of one language in a text: a Kazakh block and its Russian translation, an English quote, a Kazakh sentence.

A text is cut at line breaks, at sentence ends and where the script changes for some words. Each piece speaks for a language
by its small words, its letters and its endings; the runs are the cheapest reading of all pieces, where each change of language
has its price: little between paragraphs, more inside of one. So a short or unsure piece goes with its neighbours. A text
that shows no sign of another language is one run, and costs one look at its letters.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from nlp.function_words import KAZAKH, LATIN, RUSSIAN, english_endings, kazakh_in_latin, other_in_latin

LANGS = ("ru", "kk", "en")
_KAZAKH = "әғқңөұүһіӘҒҚҢӨҰҮҺІ"
_LATIN_STRETCH = re.compile(r"(?<!\w)(?:[A-Za-z\u00c0-\u024f]{2,40}[^\w\n]{1,3}){2}[A-Za-z\u00c0-\u024f]{2}")
_FOREIGN: Mapping[str, tuple[re.Pattern[str], ...]] = {
    "ru": (re.compile(f"[{_KAZAKH}]"), _LATIN_STRETCH),
    "kk": (re.compile(rf"[^{_KAZAKH}]{{40}}"), re.compile(r"(?<!\w)(?:в|на|по|из|для|и)(?!\w)", re.IGNORECASE)),
    "en": (
        re.compile(r"[\u0400-\u052f]{2}[^\w\n]{1,3}[\u0400-\u052f]{2}"),
        re.compile("[\u011f\u0131\u016b\u00f1\u015f]"),
    ),
}
"""Language of a document → what it must have before another language is looked for."""
_PIECE = re.compile(r"(?:[^\n.!?…]|[.!?…](?=[\w,;:–—-]))+[.!?…]*[»”\"')\]]*[ \t\u00a0]*\n*|[^\w\n]+\n*|\n+")
"""A line, or as much of it as ends like a sentence, with the space behind it."""
_INSIDE = re.compile(
    r"[A-Za-z\u00c0-\u024f][^\u0400-\u052f\n]*[A-Za-z\u00c0-\u024f.!?…]|«[^«»\n]+»|“[^“”\n]+”|\"[^\"\n]+\""
)
"""What may be a piece of its own inside of a sentence: words in Latin letters on end, a quotation."""
_FEWEST = 4
"""Words that it has at least."""
_LINK = re.compile(r"https?://\S+|[@#]\w+|(?<!\w)\w{1,40}(?:\.\w{1,40})+(?:/\S*)?")
_WORD = re.compile(r"[^\W\d_]+")
_ENDING = re.compile(
    "(?:ого|его|ому|ему|ыми|ими|ых|ых|ый|ий|ая|яя|ое|ее|ые|ие|ой|ую|тся|ться|ать|ить|ять|еть|ает|яет|ают|яют|ует|уют|ила|али|или|ение"
    "|ения|ений|ость|ости|ство|ства|ами|ями|ах|ях|ов|ев)$"
)
_KAZAKH_ENDING = re.compile(
    "(?:лар|лер|лары|лері|лардың|лердің|дарды|ларды|лерді|ында|інде|нда|нде|ынан|інен|дағы|дегі|ады|еді)$"
)
_KAZAKH_LETTER = re.compile(f"[{_KAZAKH}]")
_BLANK_LINE, _LINE, _SENTENCE, _MIDDLE, _FIRST = 0.8, 1.2, 1.5, 1.5, 1.6
"""What a change of language costs after an empty line, after a line, between sentences, inside of one, and to begin in another."""


_WRONG_SCRIPT = 0.7
"""How much a word that is no name speaks against a language that is not written so."""
_NAME_IN_LATIN = 0.2
"""How much a word of a piece that has no Cyrillic one, and may be a name, speaks against Russian and Kazakh."""


@dataclass(frozen=True, slots=True)
class Run:
    """`text[start:end]` is in `lang`; the runs of a text follow each other without a gap."""

    start: int
    end: int
    lang: str


def runs(text: str, lang: str) -> list[Run]:
    """The runs of `text`, which is mostly in `lang` ("ru", "kk" or "en"), in their order; one where nothing says more."""
    whole = [Run(0, len(text), lang)]
    if not any(sign.search(text) for sign in _FOREIGN[lang]):
        return whole
    pieces = [piece for start, end in sentences(text) for piece in _by_quotation(text, start, end)]
    if not pieces:
        return whole
    found: list[Run] = []
    for (start, end), one in zip(pieces, _cheapest(text, pieces, lang), strict=True):
        if found and found[-1].lang == one:
            found[-1] = Run(found[-1].start, end, one)
        else:
            found.append(Run(start, end, one))
    return found


def sentences(text: str) -> list[tuple[int, int]]:
    """(start, end) of each line of `text`, or of as much of it as ends like a sentence."""
    return [piece.span() for piece in _PIECE.finditer(text)]


def _by_quotation(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The piece cut around quotations and stretches of Latin letters; a figure that begins it stays with what it counts."""
    edges = [start]
    for inside in _INSIDE.finditer(text, start, end):
        if len(_WORD.findall(inside.group())) >= _FEWEST:
            figure = len(edges) == 1 and not _WORD.search(text, start, inside.start())
            edges += [inside.end()] if figure else [inside.start(), inside.end()]
    edges.append(end)
    return [(one, other) for one, other in pairwise(edges) if one < other]


def _cheapest(text: str, pieces: list[tuple[int, int]], lang: str) -> list[str]:
    """The language of each piece, so that what the pieces say and what the changes cost is best in sum."""
    best = {one: 0.0 if one == lang else -_FIRST for one in LANGS}
    back: list[dict[str, str]] = []
    for place, (start, end) in enumerate(pieces):
        cost = _cost(text, pieces[place - 1][1]) if place else _FIRST
        leader = max(LANGS, key=lambda one: (best[one], one == lang))
        come = {one: one if one == leader or best[one] > best[leader] - cost else leader for one in LANGS}
        says = _says(text[start:end])
        best = {one: (best[one] if come[one] == one else best[leader] - cost) + says.get(one, 0.0) for one in LANGS}
        back.append(come)
    one = max(LANGS, key=lambda one: (best[one], one == lang))
    found = []
    for come in reversed(back):
        found.append(one)
        one = come[one]
    return found[::-1]


def _cost(text: str, end: int) -> float:
    gap = text[max(0, end - 3) : end]
    if "\n" in gap:
        return _BLANK_LINE if gap.count("\n") > 1 else _LINE
    return _SENTENCE if gap.strip()[-1:] in set(".!?…»”\"')]") else _MIDDLE


def _says(piece: str) -> dict[str, float]:
    """How much the words of a piece speak for each language. A word with a capital may be a name, and says little."""
    points = dict.fromkeys(LANGS, 0.0)
    latin: list[str] = []
    plain: list[str] = []
    for place, word in enumerate(_WORD.findall(_LINK.sub(" ", piece))):
        if word[0] < "\u0250":
            latin.append(word.casefold())
            plain += [word] if word[0].islower() else []
            continue
        lang, weight = _word_says(word.casefold())
        if word[0].islower():
            points[lang] += weight
            points["en"] -= _WRONG_SCRIPT
        else:
            points[lang] += weight / (4 if place else 1)
    if latin:
        kazakh, small = kazakh_in_latin(latin), sum(word in LATIN["en"] for word in latin)
        content = [word for word in plain if word not in LATIN["en"]]
        english = small + english_endings(content)
        if not content or english <= max(1, kazakh, other_in_latin(latin) - small):
            english = 0
        lang = "kk" if kazakh > max(1, small) else "en" if english else ""
        if lang:
            points[lang] += kazakh + max(small, english) + 0.3 * len(plain)
            against = _WRONG_SCRIPT * len(plain)
        else:
            against = 0.0 if any(points.values()) else _NAME_IN_LATIN * len(latin)
        for one in {"ru", "kk"} - {lang or ("kk" if kazakh else "")}:
            points[one] -= against
    return points


@lru_cache(maxsize=50_000)
def _word_says(word: str) -> tuple[str, float]:
    """The language that a Cyrillic word in lower case speaks for, and how much."""
    if word in KAZAKH:
        return "kk", 1.0
    if _KAZAKH_LETTER.search(word):
        return "kk", 1.0
    if word in RUSSIAN:
        return "ru", 1.0
    if len(word) > 3 and _ENDING.search(word):
        return "ru", 0.7
    if len(word) > 4 and _KAZAKH_ENDING.search(word):
        return "kk", 0.7
    return "ru", 0.3
