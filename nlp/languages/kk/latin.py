"""Kazakh in Latin letters: the alphabet of 2021, the ones before it (acutes, apostrophes, digraphs) and plain ASCII.

The spellings are many and mixed («Жұманғарин» is Jumanğarin, Jumangarin, Zhumangarin, Zhu'mang'arin), so names are
compared by a coarse `skeleton` that is the same for all of them and for the Cyrillic word. `cyrillic` is a best guess at
the Cyrillic spelling, for whatever was made for Cyrillic words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

_SAME = {
    "а": "a", "б": "b", "в": "v", "г": "g", "ғ": "g", "д": "d", "е": "e", "э": "e", "ё": "io", "ж": "j", "з": "z",
    "и": "i", "й": "i", "і": "i", "ы": "i", "к": "k", "қ": "k", "л": "l", "м": "m", "н": "n", "ң": "n", "о": "o",
    "ө": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ұ": "u", "ү": "u", "ф": "f", "х": "h", "һ": "h",
    "ц": "c", "ч": "c", "ш": "x", "щ": "x", "ъ": "", "ь": "", "ю": "iu", "я": "ia", "ә": "a",
}  # fmt: skip
"""Cyrillic letter → skeleton; «ш» is x, «ч» and «ц» are c there."""
_MARKED = {"ş": "x", "š": "x", "ç": "c", "č": "c", "ž": "j", "ı": "i", "ŋ": "n", "ə": "a", "ý": "u", "ɵ": "o"}
_APOSTROPHES = "'’ʼ‘`´"
_DIGRAPHS = (
    *((letter + mark, folded) for mark in _APOSTROPHES for letter, folded in (("s", "x"), ("c", "c"), ("y", "u"))),
    ("shch", "x"), ("sh", "x"), ("ch", "c"), ("zh", "j"), ("kh", "h"), ("gh", "g"), ("ts", "c"), ("tc", "c"),
)  # fmt: skip
_MERGED = re.compile(r"(?<=[aou])e|(?<=n)g+|(.)(?=\1)")
"""What one spelling writes and another does not: «ae» for ә, «ng» for ң and нғ, «ye» for е after a vowel, a doubled letter."""
CASES = frozenset(
    ("nin", "din", "tin", "dan", "den", "tan", "ten", "nan", "nen", "da", "de", "ta", "te", "ga", "ge", "ka", "ke", "di",
     "ti", "ni", "men", "ben", "pen", "dagi", "degi", "tagi", "tegi")
)  # fmt: skip
"""The case endings' skeletons."""
_AFTER_POSSESSIVE = frozenset(("nin", "nda", "nde", "nan", "nen", "na", "ne", "n", "men", "ndagi", "ndegi"))

_LETTERS = {
    "a": "а", "ä": "ә", "á": "ә", "ə": "ә", "b": "б", "c": "ц", "ç": "ч", "č": "ч", "d": "д", "e": "е", "f": "ф",
    "g": "г", "ğ": "ғ", "ǵ": "ғ", "h": "х", "i": "і", "ı": "и", "ï": "и", "í": "и", "j": "ж", "ž": "ж", "k": "к",
    "l": "л", "m": "м", "n": "н", "ñ": "ң", "ń": "ң", "ŋ": "ң", "o": "о", "ö": "ө", "ó": "ө", "p": "п", "q": "қ",
    "r": "р", "s": "с", "ş": "ш", "š": "ш", "t": "т", "u": "у", "ū": "ұ", "ü": "ү", "ú": "ү", "v": "в", "w": "у",
    "x": "х", "y": "ы", "ý": "у", "z": "з",
}  # fmt: skip
_PAIRS = {"sh": "ш", "ch": "ч", "zh": "ж", "kh": "х", "gh": "ғ", "ya": "я", "yu": "ю", "ts": "ц"} | {
    letter + mark: other
    for mark in _APOSTROPHES
    for letter, other in (("a", "ә"), ("g", "ғ"), ("n", "ң"), ("s", "ш"), ("c", "ч"), ("o", "ө"), ("u", "ү"), ("i", "и"), ("y", "у"))
}  # fmt: skip
_VOWELS = frozenset("aäáəeoöóuūüúiıïíy")


def is_latin(words: Iterable[str]) -> bool:
    """Whether three quarters of `words` that begin with a letter begin with a Latin one."""
    latin = other = 0
    for word in words:
        if word[0].isalpha():
            if word[0] < "\u0370":
                latin += 1
            else:
                other += 1
    return latin > 3 * other


@lru_cache(maxsize=50_000)
def skeleton(word: str) -> str:
    """What all spellings of `word` have in common, whichever script it stands in; "" for signs."""
    text = "".join(_SAME.get(letter, letter) for letter in unicodedata.normalize("NFC", word).casefold())
    for pair, folded in _DIGRAPHS:
        if pair in text:
            text = text.replace(pair, folded)
    text = "".join(_MARKED.get(letter, letter) for letter in text)
    text = "".join(letter for letter in unicodedata.normalize("NFD", text) if letter.isalnum())
    text = text.translate(str.maketrans("yqw", "iku"))
    return _MERGED.sub("", text.replace("ie", "e"))


@lru_cache(maxsize=50_000)
def skeletons(word: str) -> frozenset[str]:
    """The skeleton of `word` as it is and without each case ending that it may have."""
    whole = skeleton(word)
    found = {whole}
    for size in range(1, 6):
        head, ending = whole[:-size], whole[-size:]
        if len(head) >= 3 and (
            ending in CASES
            or (ending in _AFTER_POSSESSIVE and head[-1] == "i")
            or head[-1] + ending in CASES
            or (head[-1] == "n" and "g" + ending in CASES)
        ):
            found.add(head)
    return frozenset(found)


@lru_cache(maxsize=50_000)
def cyrillic(word: str) -> str:
    """`word` with its Latin Kazakh letters in Cyrillic, a best guess; other letters and signs stay. Capitals stay capitals."""
    out, folded, i = "", unicodedata.normalize("NFC", word).lower(), 0
    if len(folded) != len(word):
        return word
    while i < len(folded):
        size, letter = 1, _LETTERS.get(folded[i], folded[i])
        if folded[i : i + 2] in _PAIRS:
            size, letter = 2, _PAIRS[folded[i : i + 2]]
        elif folded[i] in "yiı" and i and folded[i - 1] in _VOWELS and folded[i - 1] not in "yiı":
            letter = "" if folded[i] == "y" and folded[i + 1 : i + 2] == "e" else "й"
        out += letter.upper() if word[i].isupper() else letter
        i += size
    return out


@lru_cache(maxsize=50_000)
def without_case(word: str, bare: str) -> str:
    """The beginning of `word` that reads as `bare` in Cyrillic, or `word` where none does."""
    return next((word[:end] for end in range(len(word), 0, -1) if cyrillic(word[:end]) == bare), word)
