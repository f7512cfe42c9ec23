"""Which known office an organisation's longer name means: an office with its own country, an office's press service."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from spacy.tokens import Span

from nlp.knowledge import Known, knowledge
from nlp.languages.lexicon import lexicon
from nlp.linker import Match

_COUNTRIES = {"place.kazakhstan": "KZ", "place.russia": "RU", "place.china": "CN"}
_PRESS = re.compile(r"(?:пресс-(?:служб|центр|офис)\w*|press (?:service|office|cent(?:er|re)) of(?: the)?)", re.I)
_OF = frozenset({"of", "the"})


def known_office(span: Span, matches: Sequence[Match]) -> Known | None:
    """The office of the knowledge base that the organisation `span` is, or whose press service it is, or None.

    `matches` are those of its Doc. What stands after the office may only be its own country: «Комитет государственных
    доходов Казахстана», not «… по Актюбинской области» and not another country's; before it the country's adjective.
    """
    inner = [match for match in matches if span.start <= match.start and match.end <= span.end]
    office = next((match for match in inner if match.known.id.startswith("agency.")), None)
    if office is None or any(match.start < office.start for match in inner):
        return None
    doc = span.doc
    after = [match for match in inner if match.start >= office.end]
    side = _COUNTRIES.get(after[0].known.id, "") if len(after) == 1 else ""
    rest = [doc[i] for i in range(office.end, after[0].start if side else span.end)]
    if (after and not side) or any(token.text not in _OF for token in rest) or (side and after[0].end != span.end):
        return None
    before = " ".join(token.text for token in doc[span.start : office.start])
    if before and not _PRESS.fullmatch(before):
        side = side or ("" if " " in before else lexicon(doc.lang_).nationality(before.casefold()))
        if side != office.known.side:
            return None
    if office.known.national:
        return knowledge().get(office.known.national.get(side, ""), None if side else office.known)
    return office.known if side in {"", office.known.side} else None


@cache
def _named(lang: str) -> dict[str, Known]:
    return {name: known for known in knowledge().values() for name in known.names(lang) if known.label == "ORG"}


def namesake_abroad(office: Span, country: Span) -> Known | None:
    """The known office of `country` that has the name of `office`, another country's: Armenia's State Revenue Committee."""
    lang = office.doc.lang_
    whole = f"{office._.name} of {country._.name}" if lang == "en" else f"{country._.name} {office._.name}"
    return _named(lang).get(whole)
