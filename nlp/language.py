"""Which language a text is in: ru, kk, en, another one by its code, or und where that can't be told.

lingua decides between Russian, Kazakh, English and Ukrainian. What else is written in Cyrillic is told by the letters it
has and those it lacks, what is written in Latin letters by its small words: models of all these languages would cost
half a gigabyte. Kazakh in Latin letters is Kazakh. Links, @names and hashtags say nothing about the language of a post
and are left out, unless there is nothing else.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

from lingua import IsoCode639_1, Language, LanguageDetector, LanguageDetectorBuilder

from nlp.function_words import CYRILLIC, KAZAKH, LATIN, RUSSIAN, english_endings, kazakh_in_latin, other_in_latin
from nlp.runs import LANGS, runs, sentences

LONGEST = 3000
"""Characters that are looked at: enough to tell, and it bounds the time."""
_LINK = re.compile(r"https?://\S+|t\.me/\S+|[@]\w+|\S+@\S+")
_NOISE = re.compile(r"https?://\S+|t\.me/\S+|[@#]\w+|\S+@\S+")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_BINARY = 20
"""A text with one control character in so many is none."""
_ENOUGH = 40
"""Letters after which a Turkic text would have used a letter that only Kazakh has."""
_WORD = re.compile(r"[^\W\d_]+(?:['’ʻ][^\W\d_]+)*")
_KAZAKH_ONLY = frozenset("әғқұі")
_KAZAKH_LETTERS = frozenset("әғқңөұүһі")
_NOT_RUSSIAN = _KAZAKH_LETTERS | set("їєґўјҳҡҙҫҷӣӯ")
_NEITHER_TATAR_NOR_KYRGYZ = frozenset("ғқұі")
_KYRGYZ = frozenset("ңөү")
_UKRAINIAN_ONLY = frozenset("їєґ")
_BOTH = frozenset(("он", "от", "не", "у", "ни"))
"""Small Russian words that are Kazakh ones too: ten, fire, what, poison."""
_SURELY = 4
"""Small Russian words after which no model is asked."""
_FEW_WORDS = 6
"""Words of a text in Latin letters that may all be names, without a small word."""
_SHARE = 12
"""One word of so many, at the least, is a small one."""
_ENDINGS_SHARE = 4
"""One word of so many ends like an English one, in English without small words."""
_SURE = 3
"""Small words or endings in a sentence that is English beyond doubt; for Kazakh, that has letters too, one less."""
_CLEAR, _CLEAR_SHARE = 25, 10
"""Letters of clear sentences, and one letter of so many, for which a text in another language is read."""


@cache
def _detector() -> LanguageDetector:
    languages = (Language.RUSSIAN, Language.KAZAKH, Language.ENGLISH, Language.UKRAINIAN)
    return LanguageDetectorBuilder.from_languages(*languages).build()


def detect(text: str) -> str:
    """The language of most of `text`: "ru", "kk", "en", another by its code ("uk", "ky", "de", "tr", …), or "und" (no letters,
    binary, another script, a language that is not known here).

    In a text that mixes Russian, Kazakh and English the language of the most letters wins, run by run; in one that is in
    none of them, the one that a good deal of its sentences clearly are in.
    """
    text = text[:LONGEST]
    if len(_CONTROL.findall(text)) * _BINARY > len(text):
        return "und"
    plain = _NOISE.sub(" ", text)
    if sum(letter.isalpha() for letter in plain) < 2:
        plain = _LINK.sub(" ", text).replace("#", " ").replace("_", " ")
    whole = _of(plain)
    if whole not in LANGS:
        return _clearly(plain) or whole
    weights: Counter[str] = Counter({whole: 0})
    for run in runs(plain, whole):
        weights[run.lang] += sum(letter.isalpha() for letter in plain[run.start : run.end])
    return weights.most_common(1)[0][0]


def _clearly(text: str) -> str:
    """The one of the three in which the most letters of clear sentences are, where these are many; else ""."""
    weights: Counter[str] = Counter()
    for start, end in sentences(text):
        sentence = text[start:end]
        weights[_sure(sentence)] += sum(letter.isalpha() for letter in sentence)
    every = weights.total()
    del weights[""]
    for lang, letters in weights.most_common(1):
        return lang if letters >= max(_CLEAR, every / _CLEAR_SHARE) else ""
    return ""


def _sure(sentence: str) -> str:
    """The one of the three that `sentence` is in beyond doubt, "" if none."""
    words = _WORD.findall(sentence.casefold())
    seen = set("".join(words))
    latin = [word for word in words if word[0] < "\u0250"]
    if len(latin) * 2 > len(words):
        small = sum(word in LATIN["en"] for word in latin)
        english = small + english_endings(word for word in latin if word not in LATIN["en"])
        return "en" if english >= max(_SURE, len(latin) / 3) and small >= other_in_latin(latin) else ""
    russian = [word for word in words if word in RUSSIAN]
    if russian and not seen & _NOT_RUSSIAN and (seen & set("ыэё") or any(len(word) > 2 for word in russian)):
        return "ru" if _of(sentence) == "ru" else ""
    if sum(word in KAZAKH for word in words) >= _SURE - 1 and seen & _KAZAKH_ONLY:
        return "kk" if _of(sentence) == "kk" else ""
    return ""


def _of(text: str) -> str:
    folded = text.casefold()
    letters = [letter for letter in folded if letter.isalpha()]
    cyrillic = sum("\u0400" <= letter <= "\u052f" for letter in letters)
    latin = sum("a" <= letter <= "z" or "\u00c0" <= letter <= "\u024f" or letter in "əʻ" for letter in letters)
    if len(letters) < 2 or cyrillic + latin < 0.5 * len(letters):
        return "und"
    words = _WORD.findall(folded)
    if latin > cyrillic:
        return _in_latin([word for word in words if not "\u0400" <= word[0] <= "\u052f"])
    return _in_cyrillic(text, letters, words)


def _in_latin(words: list[str]) -> str:
    """The language whose small words are the most of `words`; English for a few names."""
    counts = {lang: sum(word in small for word in words) for lang, small in LATIN.items()}
    plain = all(word.isascii() for word in words)
    kazakh = kazakh_in_latin(words)
    if kazakh > max(1, *counts.values()):
        return "kk"
    best = max(counts, key=lambda lang: (counts[lang], lang == "en"))
    endings = english_endings(words)
    if best == "en" and endings >= max(2, len(words) / _ENDINGS_SHARE):
        return "en"
    if counts[best] and counts[best] * _SHARE < len(words):
        return "und"
    if best == "en" and counts["en"]:
        return "en"
    if counts[best] >= 2 or (counts[best] and not plain):
        return "und" if best == "ru" else best
    if kazakh:
        return "kk"
    return "en" if plain and len(words) < _FEW_WORDS else "und"


def _in_cyrillic(text: str, letters: list[str], words: list[str]) -> str:
    seen = set(letters)
    counts = {lang: sum(word in small for word in words) for lang, small in CYRILLIC.items()}
    other = _other_cyrillic(seen, len(letters), counts)
    if other:
        return other
    if not _KAZAKH_ONLY & seen:
        if counts["ky"] >= 2 or (
            seen & _KYRGYZ and (counts["ky"] or (len(letters) >= _ENOUGH and not KAZAKH & set(words)))
        ):
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
    if seen & set("ыэё") and "і" not in seen and sum(word in RUSSIAN for word in words) >= _SURELY:
        return "ru"
    found = _detector().detect_language_of(text)
    if (
        found == Language.KAZAKH
        and not seen & _KAZAKH_LETTERS
        and _small(words, RUSSIAN - _BOTH) > _small(words, KAZAKH)
    ):
        return "ru"
    if found is None:
        return "und"
    code = found.iso_code_639_1
    return {IsoCode639_1.RU: "ru", IsoCode639_1.KK: "kk", IsoCode639_1.EN: "en", IsoCode639_1.UK: "uk"}[code]


def _small(words: list[str], small: frozenset[str]) -> int:
    return sum(word in small for word in words)


def _other_cyrillic(seen: set[str], letters: int, counts: dict[str, int]) -> str:
    """A language by letters that only it has, or by what a Kazakh or Russian text of this length never lacks; "" if none."""
    kazakh = seen & _NEITHER_TATAR_NOR_KYRGYZ
    long = letters >= _ENOUGH
    if seen & set("ҡҙҫ"):
        return "ba"
    if seen & set("ҷӣӯ"):
        return "tg"
    if "җ" in seen and not kazakh:
        return "tt"
    if seen & set("љњћђџ") or ("ј" in seen and not kazakh):
        return "sr"
    if "ў" in seen:
        return "be" if "і" in seen or not seen & set("қғҳ") else "uz"
    if seen & set("қғ") and not seen & set("ұүіәңө") and max(counts["uz"], counts["tg"]) >= 2:
        return "uz" if counts["uz"] > counts["tg"] else "tg"
    if long and seen & set("әһ") and not kazakh and counts["tt"]:
        return "tt"
    if long and seen & set("өү") and "ң" not in seen and not kazakh and counts["mn"] >= 2:
        return "mn"
    if long and not seen & set("ыэё") and counts["bg"] >= 2:
        return "bg"
    if long and not seen & set("ыэёйщъь") and counts["sr"] >= 2:
        return "sr"
    return ""
