"""What the words beside a crossing's name say that it names instead: a village, a river, a street, a person."""

from __future__ import annotations

import re
from functools import cache
from typing import Literal

from spacy.tokens import Doc, Span, Token

from nlp.candidates import end_of, first_of
from nlp.languages.lexicon import lexicon

Namesake = Literal["PLACE", "STREET", "PERSON"]
_SURNAMES = re.compile(
    r"\w+(?:[оеё]в|[иы]н|ский)(?:а|у|ым|е|ой)?|\w+(?:[ұу]лы|[қк]ызы)\w{0,4}|\w+(?:[oe]v|in)a?|\w+(?:uly|qyzy|kyzy)"
)


@cache
def _pattern(lang: str, kind: str) -> re.Pattern[str] | None:
    words = lexicon(lang).beside_names.get(kind, ())
    return re.compile("|".join(words)) if words else None


def _says(doc: Doc, i: int, step: int, kind: str) -> bool:
    """Whether the word at `i` (past full stops and quotes) is one of the list `kind`; "village of" is read as village."""
    pattern = _pattern(doc.lang_, kind)
    if pattern is None:
        return False
    while 0 <= i < len(doc) and (
        doc[i].text in {".", "«", "»", '"', "“", "”"} or doc[i].text in {"of", "after", "named"}
    ):
        i += step
    if not 0 <= i < len(doc) or pattern.fullmatch(doc[i].text.casefold()) is None:
        return False
    return len(doc[i].text) > 1 or doc[i].nbor().text == "."


def on_a_street(span: Span) -> bool:
    """Whether `span` is, or is a part of, the name of a street: улица Сырыма Датова, Сырым Датұлы көшесі."""
    doc, start, end = span.doc, span.start, span.end
    if _says(doc, start - 1, -1, "street_before") or _says(doc, end, 1, "street_after"):
        return True
    return end < len(doc) and doc[end].text[:1].isupper() and _says(doc, end + 1, 1, "street_after")


def as_a_crossing(span: Span) -> bool:
    """Whether the word right before or after a name that is also a town's speaks of a crossing: at Troitsk."""
    return _says(span.doc, span.start - 1, -1, "crossing_before") or _says(span.doc, span.end, 1, "crossing_after")


@cache
def _waiting(lang: str) -> re.Pattern[str]:
    return re.compile("|".join(lexicon(lang).measures["waiting"]), re.I)


def of_a_queue(token: Token) -> bool:
    """Whether the sentence of `token` speaks of a queue."""
    text = token.doc[first_of(token) : end_of(token)].text
    return _waiting(token.doc.lang_).search(text) is not None


def namesake(span: Span) -> Namesake | None:
    """What a crossing's name in `span` names here instead, by the word right before or after it."""
    doc, start, end = span.doc, span.start, span.end
    if on_a_street(span):
        return "STREET"
    if _says(doc, start - 1, -1, "place_before") or _says(doc, end, 1, "place_after"):
        return "PLACE"
    if end < len(doc) and _SURNAMES.fullmatch(doc[end].text.casefold()) and doc[end].text.istitle():
        case, other = (token.morph.get("Case", []) for token in (doc[end - 1], doc[end]))
        if doc.lang_ != "ru" or case == other or (other == ["Nom"] and start == first_of(doc[start])):
            return "PERSON"
    return None
