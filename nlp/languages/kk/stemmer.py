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
_NASAL = frozenset("мнң")
_VOICELESS = frozenset("кқпстфхцчшщһбвгд")
"""Letters that are spoken without voice at a word's end: «Тоқаевтың», «клубта»."""
_GLIDES = frozenset("уию")
"""Vowels that count as consonants after another one: «Атыраудың»."""
_VOICED = frozenset("рлйзжмнң") | _GLIDES
_AFTER_NOUN: dict[str, frozenset[str]] = {
    ending: letters
    for endings, letters in (
        (("ның", "нің"), VOWELS | _NASAL),
        (("дың", "дің"), _VOICED - _NASAL),
        (
            ("тың", "тің", "ты", "ті", "та", "те", "тан", "тен", "тағы", "тегі", "қа", "ке", "пен", "тай", "тей"),
            _VOICELESS,
        ),
        (("ны", "ні"), VOWELS),
        (("ды", "ді"), _VOICED),
        (("да", "де", "дағы", "дегі", "ға", "ге", "дай", "дей"), VOWELS | _VOICED),
        (("дан", "ден"), (VOWELS | _VOICED) - _NASAL),
        (("нан", "нен"), _NASAL),
        (("мен",), (VOWELS | _VOICED) - frozenset("зж")),
        (("бен",), frozenset("зж")),
        (("дық", "дік"), _VOICED),
    )
    for ending in endings
}
"""Case (or «like», or «of») → the letters it may stand after: Kazakh endings take after the sound before them.

Vowel harmony is left out: names from elsewhere keep to none.
"""
_NO_CASE = frozenset(("дай", "дей", "тай", "тей", "дық", "дік"))
_SIZES = range(max(map(len, (*_AFTER_POSSESSIVE, *_AFTER_NOUN))), 1, -1)
"""Letters of an ending, longest first."""
_WHOLE = frozenset(
    ("қарағанды", "өскемен", "айдын", "алтын", "қордай", "мекке", "канада", "руанда", "уганда", "фарида", "надежда", "саида",
     "рашида", "достық", "апта", "нүкте", "мәжілісмен",
     "кедені", "ауданы", "мекені", "орны", "құны", "органы", "вагоны", "салоны")
)  # fmt: skip
"""Names and words that end like a case and stand in none."""


def _keeps_stem(stem: str) -> bool:
    return len(stem) >= 2 and any(letter in VOWELS for letter in stem)


def _fits(stem: str, ending: str) -> bool:
    """Whether `ending` may stand after `stem`; -стан is a land, not a case."""
    return (stem.rstrip("ьъ") or stem)[-1] in _AFTER_NOUN[ending] and not (ending == "тан" and stem[-1] == "с")


@lru_cache(maxsize=100_000)
def strip_case(word: str) -> str:
    """`word` without its case ending, possessive kept: Қазақстанның → Қазақстан, министрлігінің → министрлігі.

    A word that carries no ending the tables know comes back as it is. Letters keep their case.
    """
    folded = word.casefold()
    if folded in _WHOLE:
        return word
    name = word[:1].isupper()
    for size in _SIZES:
        ending = folded[-size:]
        possessive = _AFTER_POSSESSIVE.get(ending)
        if possessive is not None and len(folded) - len(ending) >= 3 and _keeps_stem(folded[: -len(ending)]):
            return word[: len(word) - len(ending) + len(possessive)]
    for size in _SIZES:
        ending = folded[-size:]
        if ending in _AFTER_NOUN and not (name and ending in _NO_CASE):
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
