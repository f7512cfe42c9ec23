"""Sentence boundaries for newsroom text and channel posts, the same rule in all languages.

A newline always ends a sentence. Otherwise one ends after `. ! ? …` (and closing quotes or brackets) where something
follows that can begin one: an upper-case letter, a digit, an opening quote, a dash before an upper-case letter, an
emoji, a hashtag. A full stop of an initial or of an abbreviation (`abbreviations` of the language's word list) ends
none, unless the abbreviation measures a number («в 2024 г. Министр», «11 км. Водители»).
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
_TERMINALS = frozenset(".!?…‥")
_CLOSERS = frozenset("»”\"'’)]›")
_OPENERS = frozenset("«“„\"'‘([‹")
_DASHES = frozenset("—–-―")


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
        return before is not None and before.like_num
    return True


def mark_sentences(doc: Doc) -> Doc:
    """Sets `is_sent_start` of every token of `doc`."""
    abbreviations = frozenset(lexicon(doc.lang_).abbreviations)
    starting = np.zeros(len(doc), dtype="int8")
    pending = True
    broken = False
    length = 0
    for token in doc:
        if token.is_space:
            starting[token.i] = 1 if token.i == 0 else -1
            broken = broken or "\n" in token.text
            length += 1
            continue
        closes = token.text in _CLOSERS and (token.i == 0 or not token.nbor(-1).whitespace_) and not broken
        starts = broken or token.i == 0 or length >= LONGEST or (pending and not closes and _can_start(token))
        if starts and token.i and not broken and length < LONGEST and doc[token.i - 1].is_space and length <= 1:
            starts = False
        starting[token.i] = 1 if starts else -1
        length = 1 if starts else length + 1
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
