"""The sentences of a Doc, as claims are looked for in them: with their place, paragraph and folded text."""

from __future__ import annotations

from dataclasses import dataclass

from spacy.tokens import Doc

from ingest.document import Document
from nlp.annotation import Field
from nlp.claims.fold import fold

OPENING = "«“„"
CLOSING = "»”"


@dataclass(frozen=True, slots=True)
class Sentence:
    """`start` and `end` are offsets in the document's `field`, `doc_start` in the Doc's text."""

    index: int
    field: Field
    start: int
    end: int
    doc_start: int
    paragraph: int
    text: str
    folded: str
    quoted: bool
    """Whether it begins inside a quotation that an earlier sentence opened."""


def sentences_of(doc: Doc, document: Document) -> list[Sentence]:
    """The sentences of title and text, in order, without the space around them.

    A sentence that begins with a small letter belongs to the one before it in the same paragraph: a quotation with its
    "he said", or an abbreviation taken for an end.
    """
    whole = doc.text  # built anew from the tokens each time it is asked for
    shift = len(document.title) + 2 if document.title else 0
    spans: list[tuple[int, int]] = []
    for sent in doc.sents:
        start, end = sent.start_char, sent.end_char
        for piece_start, piece_end in _lines(whole, start, min(end, len(whole))):
            begins = next((letter for letter in whole[piece_start:piece_end] if letter.isalpha()), "")
            joined = (
                spans and begins.islower() and "\n" not in whole[spans[-1][1] : piece_start] and piece_start != shift
            )
            if joined:
                spans[-1] = (spans[-1][0], piece_end)
            else:
                spans.append((piece_start, piece_end))
    found: list[Sentence] = []
    open_quotes = 0
    paragraph = 0
    last_end = 0
    for start, end in spans:
        if "\n" in whole[last_end:start]:
            paragraph += 1
            open_quotes = 0
        text = whole[start:end]
        field: Field = "title" if start < shift else "text"
        offset = 0 if field == "title" else shift
        found.append(
            Sentence(
                len(found), field, start - offset, end - offset, start, paragraph, text, fold(text), open_quotes > 0
            )
        )
        open_quotes = _open_after(text, open_quotes)
        last_end = end
    return found


def _open_after(text: str, open_before: int) -> int:
    """How many quotations are open after a text: “ closes where „ opened, and " where anything is open."""
    now, low = open_before, 0
    for letter in text:
        closes = letter in CLOSING or (letter == "“" and low > 0) or (letter == '"' and now > 0)
        if closes:
            now, low = max(0, now - 1), max(0, low - 1)
        elif letter in OPENING or letter == '"':
            now, low = now + 1, low + (letter == "„")
    return now


def _lines(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The non-empty lines of text[start:end], stripped, as offsets."""
    found = []
    for line in text[start:end].split("\n"):
        stripped = line.strip()
        if stripped:
            begin = start + line.index(stripped)
            found.append((begin, begin + len(stripped)))
        start += len(line) + 1
    return found
