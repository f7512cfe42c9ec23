"""From a Document to the text that the pipelines read, language by language, and from its offsets back to its fields."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass, replace
from typing import Literal

from ingest.document import Document
from nlp.runs import LANGS, runs

LONGEST = 30_000
"""Characters of a document that are read: no news article is longer, and it bounds the time of bad input."""


class TruncatedWarning(UserWarning):
    """A document is longer than `LONGEST`; its rest is not read."""


_SURROGATE = re.compile("[\ud800-\udfff]")


def readable(document: Document) -> Document:
    """`document` with U+FFFD for every half of a surrogate pair, which is no character and has no UTF-8."""
    if not (_SURROGATE.search(document.title) or _SURROGATE.search(document.text)):
        return document
    title, text = (_SURROGATE.sub("\ufffd", field) for field in (document.title, document.text))
    return replace(document, title=title, text=text)


def reading(document: Document) -> tuple[str, int]:
    """(text, title_length): title, an empty line and the text; just the text, and 0, where the title is empty."""
    document = readable(document)
    text = f"{document.title}\n\n{document.text}" if document.title else document.text
    if len(text) > LONGEST:
        warnings.warn(
            f"document {document.document_id} has {len(text)} characters: only the first {LONGEST} are read",
            TruncatedWarning,
            stacklevel=2,
        )
        text = text[:LONGEST]
    return text, min(len(document.title), len(text))


_LETTERS = re.compile(r"[^\n]")
_QUOTATION = re.compile(r"([«“\"]).*([»”\"])")


def _blank(text: str) -> str:
    """Spaces in place of `text`; the marks of a quotation stay, for the sentences around it."""
    quotation = _QUOTATION.fullmatch(text)
    if quotation:
        return quotation[1] + " " * (len(text) - 2) + quotation[2]
    return _LETTERS.sub(" ", text)


@dataclass(frozen=True, slots=True)
class Part:
    """What `whole` says in `lang`: `shown` has spaces in place of the rest, and the same offsets; `others` are the other parts
    as (language, shown)."""

    lang: str
    shown: Document
    whole: Document
    others: tuple[tuple[str, Document], ...] = ()


def parts(document: Document, lang: str) -> list[Part]:
    """What `document` says in each of its languages, that of most of it, `lang`, first.

    Line breaks and the marks of a quotation stay where another language is blank. A document in one language is its own
    only part, and so is one in a language that has no pipeline.
    """
    if lang not in LANGS:
        return [Part(lang, document, document)]
    plain = readable(document)
    read = f"{plain.title}\n\n{plain.text}"[: LONGEST + (0 if plain.title else 2)]
    found = runs(read, lang)
    langs = {run.lang for run in found}
    if len(langs) == 1:
        return [Part(found[0].lang, document, document)]
    first = len(plain.title) + 2
    shown: dict[str, Document] = {}
    for one in sorted(langs, key=lambda one: (one != lang, LANGS.index(one))):
        text = "".join(
            read[run.start : run.end] if run.lang == one else _blank(read[run.start : run.end]) for run in found
        )
        rest = "" if shown else plain.text[max(len(text) - first, 0) :]
        shown[one] = replace(plain, title=text[: first - 2], text=text[first:] + rest)
    return [
        Part(one, own, document, tuple((other, text) for other, text in shown.items() if other != one))
        for one, own in shown.items()
    ]


def place_in(title_length: int, start: int, end: int) -> tuple[Literal["text", "title"], int, int]:
    """(field, start, end) of the Document for offsets of the text that `reading` gave.

    A span over the border between title and text belongs to the field where it starts, and is cut there.
    """
    if title_length and start < title_length:
        return "title", start, min(end, title_length)
    shift = title_length + 2 if title_length else 0
    return "text", max(start - shift, 0), max(end - shift, 0)
