"""The Kazakh spaCy language: tokenizer rules, stop words, numbers. spaCy has none of its own."""

from __future__ import annotations

from spacy.attrs import LIKE_NUM  # type: ignore[import-not-found]
from spacy.lang.char_classes import ALPHA, ALPHA_LOWER, ALPHA_UPPER, CONCAT_QUOTES, LIST_ELLIPSES, LIST_ICONS
from spacy.language import BaseDefaults, Language
from spacy.symbols import ORTH  # type: ignore[import-not-found]
from spacy.util import registry

from nlp.languages.kk.numerals import like_number
from nlp.languages.lexicon import lexicon

_WORDS = lexicon("kk")

_QUOTES = "".join(letter for letter in CONCAT_QUOTES if letter not in "'’‘`´")
"""Not the apostrophes: an older Latin alphabet writes letters with them, «s'ekara»."""
_COUNTRIES = ("Қазақстан", "Ресей", "Қытай", "Өзбекстан", "Қырғызстан", "Моңғолия", "Грузия", "Беларусь")
"""A hyphen after one is a dash: «Қазақстан-Ресей шекарасы»."""
_INFIXES = [
    *LIST_ELLIPSES,
    *LIST_ICONS,
    rf"(?<=[{ALPHA_LOWER}])\.(?=[{ALPHA_UPPER}])",
    rf"(?<=[{ALPHA}])[,!?/()]+(?=[{ALPHA}])",
    rf"(?<=[{ALPHA}])([{_QUOTES}\)\]\(\[])(?=[\-{ALPHA}])",
    rf"(?<=[{ALPHA}0-9])[–—](?=[{ALPHA}0-9])",
    rf"(?:{'|'.join(f'(?<={country})' for country in _COUNTRIES)})-(?=[{ALPHA_UPPER}])",
    rf"(?<=[{ALPHA}{_QUOTES}])[:<>=](?=[{ALPHA}])",
]


class KazakhDefaults(BaseDefaults):
    """A number keeps its ending: 280-ге is one token."""

    tokenizer_exceptions = {f"{word}.": [{ORTH: f"{word}."}] for word in _WORDS.abbreviations if len(word) > 1}
    infixes = _INFIXES
    stop_words = set(_WORDS.stop_words)
    lex_attr_getters = {
        LIKE_NUM: like_number,
    }


@registry.languages("kk")
class Kazakh(Language):  # type: ignore[no-untyped-call]
    """Kazakh, in Cyrillic or Latin letters."""

    lang = "kk"
    Defaults = KazakhDefaults
