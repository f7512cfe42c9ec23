"""Which language a text is in: ru, kk, en, uk, ky, or und where that can't be told.

lingua decides between Russian, Kazakh, English and Ukrainian. It has no Kyrgyz: a Turkic text in Cyrillic that uses none
of the letters only Kazakh has (ә ғ қ ұ і) is Kyrgyz. Links, @names and hashtags say nothing about the language of a
post and are left out, unless there is nothing else.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

from lingua import IsoCode639_1, Language, LanguageDetector, LanguageDetectorBuilder

LONGEST = 3000
"""Characters that are looked at: enough to tell, and it bounds the time."""
_LINK = re.compile(r"https?://\S+|t\.me/\S+|[@]\w+|\S+@\S+")
_NOISE = re.compile(r"https?://\S+|t\.me/\S+|[@#]\w+|\S+@\S+")
_ENOUGH = 40
"""Letters after which a Turkic text would have used a letter that only Kazakh has."""
_PIECE = re.compile(r"[^\n.!?…]+[.!?…]*")
_KAZAKH_ONLY = frozenset("әғқұі")
_KYRGYZ = frozenset("ңөү")
_UKRAINIAN_ONLY = frozenset("їєґ")
_KYRGYZ_WORDS = frozenset(
    [
        "жана",
        "менен",
        "үчүн",
        "болуп",
        "болгон",
        "эмес",
        "айтты",
        "унаа",
        "чек",
        "ара",
        "кыргыз",
        "кыргызстан",
        "катары",
        "кийин",
        "жок",
        "эле",
        "башка",
        "ушул",
        "аркылуу",
        "боюнча",
        "тууралуу",
        "ташуучу",
        "мурда",
        "азыр",
        "турат",
        "турган",
    ]
)
_ENGLISH_WORDS = frozenset(
    [
        "the",
        "of",
        "to",
        "and",
        "in",
        "a",
        "is",
        "for",
        "on",
        "at",
        "with",
        "are",
        "was",
        "it",
        "that",
        "by",
        "from",
        "as",
        "have",
        "has",
        "not",
        "be",
        "or",
        "an",
        "this",
        "no",
        "after",
        "over",
        "up",
    ]
)


@cache
def _detector() -> LanguageDetector:
    languages = (Language.RUSSIAN, Language.KAZAKH, Language.ENGLISH, Language.UKRAINIAN)
    return LanguageDetectorBuilder.from_languages(*languages).build()


def detect(text: str) -> str:
    """The language of most of `text`: "ru", "kk", "en", "uk", "ky", or "und" (no letters, another script or language).

    In a text that mixes Russian and Kazakh the language of the most letters wins, sentence by sentence.
    """
    text = text[:LONGEST]
    plain = _NOISE.sub(" ", text)
    if sum(letter.isalpha() for letter in plain) < 2:
        plain = _LINK.sub(" ", text).replace("#", " ").replace("_", " ")
    whole = _of(plain)
    if whole not in {"ru", "kk"} or not _KAZAKH_ONLY & set(plain.casefold()):
        return whole
    weights: Counter[str] = Counter()
    for piece in _PIECE.findall(plain):
        letters = sum(letter.isalpha() for letter in piece)
        if letters:
            weights[_of(piece)] += letters
    return max(("kk", "ru"), key=lambda lang: weights[lang]) if weights["kk"] or weights["ru"] else whole


def detect_sentences(text: str) -> list[tuple[int, int, str]]:
    """(start, end, language) of each sentence-like piece of `text`, for posts that mix languages."""
    return [(piece.start(), piece.end(), _of(_NOISE.sub(" ", piece.group()))) for piece in _PIECE.finditer(text)]


def _of(text: str) -> str:
    folded = text.casefold()
    letters = [letter for letter in folded if letter.isalpha()]
    cyrillic = sum("\u0400" <= letter <= "\u052f" for letter in letters)
    latin = sum("a" <= letter <= "z" or "\u00c0" <= letter <= "\u024f" for letter in letters)
    if len(letters) < 2 or cyrillic + latin < 0.5 * len(letters):
        return "und"
    if latin > cyrillic:
        words = re.findall(r"[a-z']+", folded)
        return "en" if len(words) < 6 or _ENGLISH_WORDS & set(words) else "und"
    seen = set(letters)
    words = re.findall(r"[^\W\d_]+", folded)
    kazakh = sum(letter in _KAZAKH_ONLY for letter in letters)
    if kazakh == 0:
        kyrgyz = len(_KYRGYZ_WORDS & set(words))
        if kyrgyz >= 2 or (seen & _KYRGYZ and (kyrgyz or len(letters) >= _ENOUGH)):
            return "ky"
        if seen & _KYRGYZ:
            return "kk"
    if seen & (_KAZAKH_ONLY - {"і"}):
        others = [word for word in words if not _KAZAKH_ONLY & set(word)]
        russian = (
            len(others) > len(words) * 2 / 3 and _detector().detect_language_of(" ".join(others)) == Language.RUSSIAN
        )
        return "ru" if russian else "kk"
    if seen & _UKRAINIAN_ONLY:
        return "uk"
    found = _detector().detect_language_of(text)
    if found is None:
        return "und"
    code = found.iso_code_639_1
    return {IsoCode639_1.RU: "ru", IsoCode639_1.KK: "kk", IsoCode639_1.EN: "en", IsoCode639_1.UK: "uk"}[code]
