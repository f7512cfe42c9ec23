"""Kazakh noun endings: a stem to compare names by, and the dictionary form of a name.

Kazakh piles endings up in a fixed order: stem, plural, possessive, case, predicate. The tables below list the
harmonised and assimilated variants of each slot; stripping goes from the right, slot by slot, and never leaves fewer
than two letters with a vowel. The grammar is that of any school grammar of Kazakh (септік, тәуелдік, көптік жалғау).
"""

from __future__ import annotations

from functools import lru_cache

VOWELS = frozenset("аәеёиоөуұүыіэюя")
_AFTER_POSSESSIVE = {
    "ының": "ы", "інің": "і", "сының": "сы", "сінің": "сі",
    "ында": "ы", "інде": "і", "сында": "сы", "сінде": "сі",
    "ынан": "ы", "інен": "і", "сынан": "сы", "сінен": "сі",
    "ына": "ы", "іне": "і", "сына": "сы", "сіне": "сі",
    "ындағы": "ы", "індегі": "і", "сындағы": "сы", "сіндегі": "сі",
    "ымен": "ы", "імен": "і", "сымен": "сы", "сімен": "сі",
    "ын": "ы", "ін": "і", "сын": "сы", "сін": "сі",
}  # fmt: skip
"""Case on top of a third-person possessive → the possessive alone: министрлігінің → министрлігі."""
_AFTER_NOUN = frozenset(
    ("ның", "нің", "дың", "дің", "тың", "тің", "дан", "ден", "тан", "тен", "нан", "нен", "да", "де", "та", "те",
     "ға", "ге", "қа", "ке", "ды", "ді", "ты", "ті", "ны", "ні", "мен", "бен", "пен", "дағы", "дегі", "тағы", "тегі",
     "дай", "дей", "тай", "тей", "дық", "дік")
)  # fmt: skip
_SIZES = range(max(map(len, (*_AFTER_POSSESSIVE, *_AFTER_NOUN))), 1, -1)
"""Letters of an ending, longest first."""
_VOICELESS = frozenset("кқпстфхцчшщһ")


def _keeps_stem(stem: str) -> bool:
    return len(stem) >= 2 and any(letter in VOWELS for letter in stem)


def _fits(stem: str, ending: str) -> bool:
    """Whether Kazakh consonant assimilation lets `ending` stand after `stem` (vowel harmony is left to names)."""
    last, first = stem[-1], ending[0]
    if first in "тқп" or ending[:2] in {"ке"}:
        return last in _VOICELESS or last in "бвгд"
    if first == "н":
        return last in VOWELS or last in "мнң"
    if first in "дғгб":
        return last not in _VOICELESS
    if ending[:3] == "мен":
        return last not in _VOICELESS and last not in "жз"
    return True


@lru_cache(maxsize=100_000)
def strip_case(word: str) -> str:
    """`word` without its case ending, possessive kept: Қазақстанның → Қазақстан, министрлігінің → министрлігі.

    A word that carries no ending the tables know comes back as it is. Letters keep their case.
    """
    folded = word.casefold()
    for size in _SIZES:
        ending = folded[-size:]
        possessive = _AFTER_POSSESSIVE.get(ending)
        if possessive is not None and len(folded) - len(ending) >= 3 and _keeps_stem(folded[: -len(ending)]):
            return word[: len(word) - len(ending) + len(possessive)]
    for size in _SIZES:
        ending = folded[-size:]
        if ending in _AFTER_NOUN:
            stem = folded[: -len(ending)]
            if len(stem) >= 3 and _keeps_stem(stem) and _fits(stem, ending):
                return word[: -len(ending)]
    return word


_PLURAL = ("лар", "лер", "дар", "дер", "тар", "тер")
_POSSESSIVE = ("сы", "сі", "ы", "і")


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """A lower-case stem to compare by: case, possessive and plural gone, final к/қ/п voiced alike.

    министрлігінің, министрлігі, министрлік → the same stem. It is no dictionary form.
    """
    text = strip_case(word.casefold())
    for ending in _POSSESSIVE:
        after_vowel = ending[0] == "с"
        if text.endswith(ending) and len(text) - len(ending) >= 3 and (text[-len(ending) - 1] in VOWELS) == after_vowel:
            text = text[: -len(ending)]
            break
    for ending in _PLURAL:
        if text.endswith(ending) and len(text) - len(ending) >= 3:
            text = text[: -len(ending)]
            break
    voiced = {"г": "к", "ғ": "қ", "б": "п"}
    return text[:-1] + voiced.get(text[-1], text[-1]) if text else text


def like_number(text: str) -> bool:
    """Whether `text` is a figure with or without an ending: 280, 280-ге, 2-3."""
    head = text.split("-", 1)[0].replace(",", "").replace(".", "")
    return head.isdecimal()
