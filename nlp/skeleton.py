"""One key for the spellings of a name in Cyrillic and Latin: Жұманғарин, Жумангарин, Zhumangarin, Jumangarin.

The key is no transliteration to read: it drops what spellings differ in (ё and е, қ and к, zh and j, y and i, doubled
letters, soft signs, diacritics) and keeps what tells names apart.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_CYRILLIC = dict(
    zip("абвгдеёжзийклмнопрстуфхцчшщъыьэәғқңөұүһі", "abvgdeejziiklmnoprstufhcČŠŠ_i_eagknouuhi", strict=True)
) | {"ю": "iu", "я": "ia"}
_LATIN = (
    ("shch", "Š"), ("sch", "Š"), ("sh", "Š"), ("ch", "Č"), ("zh", "j"), ("kh", "h"), ("gh", "g"), ("ts", "c"),
    ("yo", "e"), ("ye", "e"), ("ya", "ia"), ("yu", "iu"), ("x", "ks"), ("q", "k"), ("w", "v"), ("y", "i"), ("ı", "i"),
)  # fmt: skip
_WORD = re.compile(r"[^\W_]+")
_DOUBLED = re.compile(r"([^\W\d_])\1+")


@lru_cache(maxsize=50_000)
def skeleton(name: str) -> str:
    """The key of `name`, word by word; words are apart at anything that is no letter or digit."""
    plain = re.sub(r"['’ʻʼ`]", "", name.casefold())
    return " ".join(found for word in _WORD.findall(plain) if (found := _word(word)))


def _word(word: str) -> str:
    if any("\u0400" <= letter <= "\u052f" for letter in word):
        coded = "".join(_CYRILLIC.get(letter, letter) for letter in word).replace("_", "")
    else:
        bare = unicodedata.normalize("NFKD", word.replace("ş", "sh").replace("š", "sh").replace("č", "ch"))
        coded = "".join(letter for letter in bare if not unicodedata.combining(letter))
        for spelling, code in _LATIN:
            coded = coded.replace(spelling, code)
    return _DOUBLED.sub(r"\1", coded)
