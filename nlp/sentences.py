"""Sentence boundaries for newsroom text and channel posts, the same rule in all languages.

A newline always ends a sentence. Otherwise one ends after `. ! ? …` (and closing quotes or brackets) where something
follows that can begin one: an upper-case letter, a digit, an opening quote, a dash before an upper-case letter, an
emoji, a hashtag. A full stop of an initial or of an abbreviation (`abbreviations` of the language's word list) ends
none, unless the abbreviation measures a number («в 2024 г. Министр», «11 км. Водители») or closes a list («и т. п.»).
A picture ends one where an upper-case word follows.
"""

from __future__ import annotations

import unicodedata

import numpy as np
from spacy.attrs import SENT_START  # type: ignore[import-not-found]
from spacy.language import Language
from spacy.tokens import Doc, Token

from nlp.languages.lexicon import lexicon

LONGEST = 300
"""Tokens after which a sentence is cut: bounds the time of whatever reads sentence by sentence."""
_FEWEST_WORDS = 2
"""Words before a picture that may end a sentence."""
_TERMINALS = frozenset(".!?…‥")
_CLOSERS = frozenset("»”\"'’)]›")
_OPENERS = frozenset("«“„\"'‘([‹")
_DASHES = frozenset("—–-―")
_FIGURES_FOLLOW = frozenset(
    ("янв", "фев", "февр", "мар", "апр", "авг", "сен", "сент", "окт", "ноя", "нояб", "дек", "ч", "час", "г", "гг",
     "ж", "жж", "қаң", "ақп", "нау", "сәу", "мам", "мау", "шіл", "там", "қыр", "қаз", "қар", "жел",
     "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sept", "sep", "oct", "nov", "dec")
)  # fmt: skip
"""Abbreviations after which a figure goes on with the date or the time: «1 окт. 2025 г.», «15 ч. 30 мин.»."""
_MULTIPLIERS = frozenset(("тыс", "млн", "млрд", "мың"))
_MONEY = frozenset(("долл", "руб", "тг"))
_WHOSE_MONEY = frozenset(("США", "РФ", "РК", "КНР"))
_LIST_ENDS = frozenset(("др", "проч", "т.д", "т.п", "т.б", "т.с.с", "etc"))
_STATES = frozenset(("u.s", "u.k", "u.n"))
_CLOCK = frozenset(("a.m", "p.m"))
_OPENING_WORDS = frozenset(
    ("The", "A", "An", "It", "Its", "He", "She", "They", "We", "I", "But", "And", "In", "On", "At", "As", "This", "That",
     "There", "These", "For", "No", "If", "After", "When", "Since", "While", "However", "According", "By", "His", "Their")
)  # fmt: skip
_DAYS_AND_MONTHS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul",
                    "Aug", "Sep", "Oct", "Nov", "Dec")  # fmt: skip


def _can_start(token: Token) -> bool:
    first = token.text[0]
    if first in _DASHES:
        following = token.nbor() if token.i + 1 < len(token.doc) else None
        return following is not None and following.text[0].isupper()
    if first in _OPENERS or first == "#" or first.isdigit() or first.isupper():
        return True
    return unicodedata.category(first) in {"So", "Lo"} or first in "•▪➡"


def _ends(token: Token, abbreviations: frozenset[str]) -> bool:
    """Whether a sentence may end after `token`, a terminal or a word with its full stop."""
    text = token.text
    if not set(text) <= _TERMINALS:
        if not text.endswith(".") or len(text) < 3 and token.i and not token.nbor(-1).like_num:
            return False
        word, before = text[:-1].casefold(), token.nbor(-1) if token.i else None
    elif text != ".":
        return True
    elif token.i == 0:
        return False
    else:
        previous = token.nbor(-1)
        if previous.whitespace_ or previous.is_space:
            return True
        word, before = previous.text.casefold(), previous.nbor(-1) if previous.i else None
        if len(previous.text) == 1 and previous.text.isupper():
            return False
    if word in abbreviations or "." in word:
        return _abbreviation_ends(token, word, before)
    return True


def _abbreviation_ends(token: Token, word: str, before: Token | None) -> bool:
    """Whether the abbreviation `word`, whose full stop is (in) `token`, ends a sentence. `before` it stands a figure?"""
    following = token.nbor() if token.i + 1 < len(token.doc) else None
    after = following.text if following is not None else ""
    if word in _STATES:
        return after in _OPENING_WORDS
    if word in _CLOCK and after.startswith(_DAYS_AND_MONTHS):
        return False
    if word in _LIST_ENDS or (word in {"д", "п"} and _follows_t(token)):
        return after[:1].isupper()
    while before is not None and before.i and before.text.rstrip(".").casefold() in _MULTIPLIERS | {""}:
        before = before.nbor(-1)
    if before is None or not (before.like_num or before.text[-1].isdecimal()):
        return False
    if word in _FIGURES_FOLLOW and after[:1].isdecimal():
        return False
    return not (word in _MONEY and after in _WHOSE_MONEY)


def _follows_t(token: Token) -> bool:
    """Whether the letter before the full stop `token` goes on after «т.»: «и т. п.», «и т. д.»."""
    return "".join(one.text for one in token.doc[max(0, token.i - 3) : token.i]).casefold().startswith("т.")


def _emoji(token: Token) -> bool:
    """Whether `token` is a picture, flags aside: they stand beside names."""
    first = token.text[0]
    return unicodedata.category(first) == "So" and not "\U0001f1e6" <= first <= "\U0001f1ff"


def mark_sentences(doc: Doc) -> Doc:
    """Sets `is_sent_start` of every token of `doc`."""
    abbreviations = frozenset(lexicon(doc.lang_).abbreviations)
    starting = np.zeros(len(doc), dtype="int8")
    pending = True
    broken = False
    length = 0
    words = 0
    pictured = False
    for token in doc:
        if token.is_space:
            starting[token.i] = 1 if token.i == 0 else -1
            broken = broken or "\n" in token.text
            length += 1
            continue
        closes = token.text in _CLOSERS and (token.i == 0 or not token.nbor(-1).whitespace_) and not broken
        starts = broken or token.i == 0 or length >= LONGEST or (pending and not closes and _can_start(token))
        starts = starts or (pictured and token.text[0].isupper())
        if starts and token.i and not broken and length < LONGEST and doc[token.i - 1].is_space and length <= 1:
            starts = False
        starting[token.i] = 1 if starts else -1
        length = 1 if starts else length + 1
        words = token.is_alpha + (0 if starts else words)
        pictured = words >= _FEWEST_WORDS and _emoji(token)
        broken = False
        if not (pending and closes):
            pending = _ends(token, abbreviations)
    # one array: setting a token's is_sent_start looks through the whole Doc each time
    doc.from_array([SENT_START], starting.astype("uint64").reshape(-1, 1))  # type: ignore[arg-type]
    return doc


@Language.factory("kezek_sentences")
def make_sentences(nlp: Language, name: str) -> SentenceMarker:
    """The spaCy factory."""
    return SentenceMarker()


class SentenceMarker:
    """spaCy component over `mark_sentences`."""

    def __call__(self, doc: Doc) -> Doc:
        return mark_sentences(doc)
