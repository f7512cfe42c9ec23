"""Names in the reader's choice of language, and so of script: English, Russian or Kazakh."""

from __future__ import annotations

import re
import unicodedata
from typing import Final, Literal, get_args

Names = Literal["en", "ru", "kk"]

NAMES: Final[tuple[Names, ...]] = get_args(Names)
# As BGN/PCGN has it for Russian and Kazakh, in plain letters: without its accents and its signs for ъ and ь.
_LETTERS: Final = {
    **dict(zip("абвгдезийклмнопрстуфыэәқөұүһіїґў", "abvgdeziyklmnoprstufyeaqouuhiigu", strict=True)),
    "ё": "yo", "ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ь": "", "ю": "yu", "я": "ya",
    "ғ": "gh", "ң": "ng", "є": "ye",
}  # fmt: skip
_CYRILLIC: Final = re.compile(r"[\u0400-\u052f]+")
_SOFT: Final = frozenset("аеёиоуыэюяәіөұүєїйъь")
_HUSHING: Final = frozenset("жчшщ")


def display_name(name: str, *, en: str | None, ru: str | None, kk: str | None, choice: Names) -> str:
    """A name as the reader wants it: by its name in that language where the knowledge base has one (`en`, `ru`, `kk`; None
    or empty where not). Else English has a Cyrillic `name` in Latin letters, the other two `name` as it is.
    """
    known = {"en": en, "ru": ru, "kk": kk}[choice]
    if known:
        return known
    return in_latin(name) if choice == "en" else name


def in_latin(name: str) -> str:
    """Cyrillic letters of Russian, Kazakh and their neighbours in Latin ones; everything else as it is."""
    return _CYRILLIC.sub(lambda found: _word(found[0]), unicodedata.normalize("NFC", name))


def _word(word: str) -> str:
    shouted = len(word) > 1 and word.isupper()
    latin = []
    before = ""
    for letter in word:
        small = letter.lower()
        if small == "е" and (not before or before in _SOFT):
            spelt = "ye"
        elif small == "ё" and before in _HUSHING:
            spelt = "e"
        else:
            spelt = _LETTERS.get(small, small)
        latin.append(spelt if letter == small else spelt.upper() if shouted else spelt.capitalize())
        before = small
    return "".join(latin)
