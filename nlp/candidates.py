"""A candidate name of a Doc, and what all languages share in finding one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from spacy.tokens import Doc, Span, Token

from nlp.annotation import Label
from nlp.knowledge import Known

_OPENING = {"«": "»", "“": "”", "„": "“", '"': '"', "‘": "’"}
_LONGEST = 8


@dataclass(frozen=True, slots=True)
class Candidate:
    """A span that may be a name. Of two that overlap the higher `rank` wins, then the longer.

    Ranks: 1 a lone word by its neighbour, 2 the model of the language, 3 a phrase by grammar, 4 quotes with a head
    word, 5 the knowledge base, 6 a numbered act.
    """

    span: Span
    label: Label
    rank: int
    name: str = ""
    known: Known | None = None


_BOUNDS = "kezek_sentence_bounds"
_WORDS = "kezek_words"
_TEXT = "kezek_text"


def words_in(doc: Doc) -> list[str]:
    """The text of each token, made once a Doc: many rules look at all of them."""
    found: list[str] | None = doc.user_data.get(_WORDS)
    if found is None:
        found = doc.user_data[_WORDS] = [token.text for token in doc]
    return found


def text_in(doc: Doc) -> str:
    """The text of `doc`, made once: spaCy joins it from the tokens each time."""
    found: str | None = doc.user_data.get(_TEXT)
    if found is None:
        found = doc.user_data[_TEXT] = doc.text
    return found


def _bounds(doc: Doc) -> tuple[list[int], list[int]]:
    """First token and end of each token's sentence, looked up once a Doc: `Token.sent` searches the Doc each time."""
    found: tuple[list[int], list[int]] | None = doc.user_data.get(_BOUNDS)
    if found is None:
        found = ([], [])
        for sentence in doc.sents:
            found[0].extend([sentence.start] * len(sentence))
            found[1].extend([sentence.end] * len(sentence))
        doc.user_data[_BOUNDS] = found
    return found


def first_of(token: Token) -> int:
    """The index of the first token of the sentence of `token`."""
    return _bounds(token.doc)[0][token.i]


def end_of(token: Token) -> int:
    """The index after the last token of the sentence of `token`."""
    return _bounds(token.doc)[1][token.i]


def inside_quotes(doc: Doc) -> Iterator[tuple[int, int]]:
    """(start, end) of the tokens inside each short pair of quotes whose first word has a capital."""
    words = words_in(doc)
    for i, word in enumerate(words):
        closing = _OPENING.get(word)
        if closing is not None:
            end = next((j for j in range(i + 1, min(i + 2 + _LONGEST, len(words))) if words[j] == closing), None)
            if end is not None and end > i + 1 and words[i + 1][0].isupper():
                yield i + 1, end


@cache
def _expressions(patterns: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for pattern in patterns)


def laws(doc: Doc, patterns: tuple[str, ...]) -> Iterator[Candidate]:
    """Named or numbered acts by the regular expressions of the language."""
    text = text_in(doc)
    for pattern in _expressions(patterns):
        for found in pattern.finditer(text):
            span = doc.char_span(found.start(), found.end(), alignment_mode="expand")
            if span is not None:
                yield Candidate(span, "LAW", rank=6)


def settled(candidates: list[Candidate]) -> list[Candidate]:
    """The candidates that stay where they overlap: higher rank first, then the longer, then the earlier."""
    taken: set[int] = set()
    kept = []
    for one in sorted(candidates, key=lambda c: (-c.rank, -(c.span.end - c.span.start), c.span.start)):
        places = range(one.span.start, one.span.end)
        if not taken.intersection(places):
            taken.update(places)
            kept.append(one)
    return sorted(kept, key=lambda c: c.span.start)
