"""The entities of a Doc: what the model, the grammar and the knowledge base find, settled into one list of five labels.

Precedence where finds overlap: a numbered act, then the knowledge base (and an office's whole phrase around one of its
names), quotes beside a head word, a phrase by grammar, the model of the language (`nlp.candidates.Candidate.rank`).

A surname that stands alone takes the full name that the document gives elsewhere; other places where the surname of a
found person stands become mentions too.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise
from types import ModuleType

from spacy.language import Language
from spacy.tokens import Doc, Span

from nlp.candidates import Candidate, end_of, first_of, laws, settled, words_in
from nlp.coref import resolve_office, sex_of
from nlp.finds import PHRASES, finds, with_initials
from nlp.knowledge import Known, knowledge
from nlp.languages.kk.stemmer import strip_case
from nlp.languages.lexicon import lexicon
from nlp.languages.ru.names import MENS, fold
from nlp.linker import NAMES, Match, Matcher, matcher, stands_for_a_crossing
from nlp.namesakes import as_a_crossing, namesake, of_a_queue, on_a_street
from nlp.offices import known_office, namesake_abroad
from nlp.roles import role_of

_NAMED = frozenset({"PLACE", "GPE", "LOC", "ORG", "FAC"})
_GENITIVE = ("ның", "нің", "дың", "дің", "тың", "тің")
_PATRONYMIC = re.compile(r"\w+(?:вич|вна|ична|ұлы|қызы|vich|vna)")
_POSSESSIVES = frozenset({"'s", "’s"})
_TO_A_TOWN = frozenset({"в", "во", "до", "из", "к", "под", "от", "in", "from", "of"})


class Entities:
    """spaCy component: `doc.ents` in our labels, each with name, entity_id, side and role."""

    def __init__(self, nlp: Language) -> None:
        self._lang = nlp.lang
        self._matcher: Matcher = matcher(nlp)

    def __call__(self, doc: Doc) -> Doc:
        matches = self._matcher.all(doc)
        kept = settled(_candidates(doc, matches))
        spans = [_entity(doc, one) for one in kept]
        doc.set_ents(spans)
        _longest_names(doc)
        _known_offices(doc, matches)
        _spelt_out(doc)
        _abroad(doc)
        _full_names(doc)
        for span in doc.ents:
            if span.label_ == "PERSON":
                span._.role = role_of(span)
        _spread_roles(doc)
        _sides(doc)
        return doc


def _candidates(doc: Doc, matches: list[Match]) -> list[Candidate]:
    lang = doc.lang_
    rules = PHRASES[lang]
    model = [one for one in finds(doc) if not on_a_street(one.span)]
    base = [_from_match(doc, match) for match in matches if not match.weak or _borne_out(doc, match, matches)]
    base = [part for one in base for part in _without_possessor(one)]
    if lang == "kk":
        model = [part for one in model for part in _cut(one, base)]
    base = [
        settled_one
        for one in base
        if not _part_of_a_person(one, model, base) and (settled_one := _town_or_crossing(doc, one, base)) is not None
    ]
    base = _by_the_document(base, matches)
    people = {i for one in model if one.label == "PERSON" for i in range(one.span.start, one.span.end)}
    people -= {i for one in base if one.label != "PERSON" for i in range(one.span.start, one.span.end)}
    named = {i for one in (*base, *model) if one.label != "PERSON" for i in range(one.span.start, one.span.end)}
    phrases = [
        *rules.organisations(doc, named, people),
        *rules.places(doc),
        *rules.quoted_names(doc),
        *rules.crossings(doc),
    ]
    posts = {(one.span.start, one.span.end) for one in phrases if one.label == "CHECKPOINT" and one.rank > 1}
    base = [one for one in base if one.label != "ORG" or (one.span.start, one.span.end) not in posts]
    lifted = [_lifted(_with_the_whole_place(one, base), base) for one in phrases]
    places = [one for one in base if one.label == "PLACE"]
    offices = {i for one in base if one.label == "ORG" for i in range(one.span.start, one.span.end)}
    model = [
        _lifted(one, places)
        if _with_a_country(one) and offices.isdisjoint(range(one.span.start, one.span.end))
        else one
        for one in model
    ]
    crossings = {one.span.text.casefold() for one in (*base, *lifted, *model) if one.label == "CHECKPOINT"}
    model = [replace(one, label="CHECKPOINT") if one.span.text.casefold() in crossings else one for one in model]
    return [*laws(doc, lexicon(lang).law_patterns), *base, *lifted, *model]


def _with_a_country(one: Candidate) -> bool:
    """A Russian office of the model's of three words or more: Организация по безопасности и сотрудничеству в Европе."""
    return one.label == "ORG" and one.span.doc.lang_ == "ru" and len(one.span) > 2


def _with_the_whole_place(one: Candidate, base: list[Candidate]) -> Candidate:
    """An office's phrase that ends amid a place's name goes on to its end: … доходов Республики Казахстан."""
    span = one.span
    ends = (other.span.end for other in base if other.label == "PLACE" and other.span.start < span.end < other.span.end)
    end = next(ends, span.end)
    return replace(one, span=span.doc[span.start : end]) if one.label == "ORG" and end != span.end else one


def _lifted(one: Candidate, base: list[Candidate]) -> Candidate:
    """A phrase around a name of the knowledge base stands as high as that."""
    around = [
        inner
        for inner in base
        if one.span.start <= inner.span.start and inner.span.end <= one.span.end and len(inner.span) < len(one.span)
    ]
    if not around or (one.label == "ORG" and one.rank < 4 and any(_no_part_of_an_office(inner) for inner in around)):
        return one
    offices = [inner for inner in around if inner.label == "ORG"]
    if len(offices) > 1 and any(inner.span.start == one.span.start for inner in offices):
        return one
    return replace(one, rank=max(one.rank, 5))


def _borne_out(doc: Doc, match: Match, matches: list[Match]) -> bool:
    """Whether a crossing's name that is also an ordinary word stands in a row of crossings, or the document has it in
    quotes or beside a head word too."""
    listed = doc[match.end].text in {"–", "—", "-", ",", ":", ";"} if match.end < len(doc) else True
    if match.start == first_of(doc[match.start]) and not listed:
        return False
    sure = [other for other in matches if not other.weak and other.known.label == "CHECKPOINT"]
    if any(other.known.id == match.known.id for other in sure) or (doc.lang_ == "en" and _at(doc, match, matches)):
        return True
    if doc[match.start].ent_type_ in _NAMED and of_a_queue(doc[match.start]):
        return True
    near = [abs(other.start - match.start) for other in sure if other.known.id != match.known.id]
    if any(distance <= 3 for distance in near):
        return True
    return any(distance <= 12 for distance in near) and (listed or as_a_crossing(doc[match.start : match.end]))


def _at(doc: Doc, match: Match, matches: list[Match]) -> bool:
    """Whether an English document has this crossing after "at" somewhere."""
    same = (other for other in matches if other.known.id == match.known.id)
    return any(as_a_crossing(doc[other.start : other.end]) for other in same)


def _without_possessor(one: Candidate) -> list[Candidate]:
    """Russia's Federal Customs Service: the country and the office; Border Service of Kazakhstan's …: likewise."""
    span, places = one.span, _places_by_name(one.span.doc.lang_)
    if one.label != "ORG" or span.doc.lang_ == "ru" or len(span) < 3:
        return [one]
    if span.doc.lang_ == "kk":
        country, rest = span[0:1], span[1:]
        beside = span[0].text.endswith(_GENITIVE) or span[1].text[0].isupper()
        place = places.get(strip_case(span[0].text)) if beside else None
    elif span[1].text in _POSSESSIVES and (place := places.get(span[0].text)):
        country, rest = span[0:1], span[2:]
    elif span.end < len(span.doc) and span.doc[span.end].text in _POSSESSIVES and span[-2].text == "of":
        country, rest, place = span[-1:], span[:-2], places.get(span[-1].text)
    else:
        return [one]
    if place is None:
        return [one]
    return [
        Candidate(country, "PLACE", rank=5, name=next(place.names(span.doc.lang_)), known=place),
        replace(one, span=rest, name=""),
    ]


def _cut(one: Candidate, base: list[Candidate]) -> list[Candidate]:
    """A Kazakh person without the place or outlet that the model took for their last name: Игорь Чулков Интерфакске."""
    last = one.span[-1:]
    if one.label != "PERSON" or len(one.span) < 2:
        return [one]
    if all(other.label == "PERSON" or other.span.start != last.start for other in base):
        return [one]
    return [replace(one, span=one.span[:-1])] if len(one.span) > 2 else [one]


@cache
def _places_by_name(lang: str) -> dict[str, Known]:
    return {name: known for known in knowledge().values() if known.label == "PLACE" for name in known.names(lang)}


def _from_match(doc: Doc, match: Match) -> Candidate:
    span = doc[match.start : match.end]
    if match.surname and len(whole := with_initials(span)) > 1:
        return Candidate(whole, "PERSON", rank=3, known=match.known)
    return Candidate(span, match.known.label, rank=2 if match.surname else 5, name=match.name, known=match.known)


def _no_part_of_an_office(one: Candidate) -> bool:
    """A person or a crossing; a crossing named like its town may be the town: Troitsk customs."""
    return one.label == "PERSON" or (one.label == "CHECKPOINT" and not (one.known is not None and one.known.town))


def _town_or_crossing(doc: Doc, one: Candidate, base: list[Candidate]) -> Candidate | None:
    """A crossing's name where it is the town's, a river's or a village's, or begins a person's; None where it is a
    street's."""
    if one.label != "CHECKPOINT" or one.known is None:
        return one
    instead = namesake(one.span)
    if instead == "PLACE":
        return replace(one, label="PLACE", known=None)
    if instead == "PERSON":
        return Candidate(doc[one.span.start : one.span.end + 1], "PERSON", rank=3)
    if instead is not None:
        return None
    if not one.known.town:
        return one
    beside = any(
        other.label == "CHECKPOINT" and other is not one and 0 < abs(other.span.start - one.span.start) <= 3
        for other in base
    )
    if _as_a_town(one.span):
        return replace(one, label="PLACE", known=None)
    if beside or as_a_crossing(one.span) or stands_for_a_crossing(doc, one.span.start, one.span.end):
        return one
    if not one.span.text.isupper() and of_a_queue(one.span[0]):
        return one
    return replace(one, label="PLACE", known=None)


def _by_the_document(base: list[Candidate], matches: list[Match]) -> list[Candidate]:
    """A town's name that the document has as a crossing's too is the crossing's wherever no word makes it the town."""
    known = {match.start: match.known for match in matches}
    crossings = {one.known.id for one in base if one.label == "CHECKPOINT" and one.known is not None}
    settled_base = []
    for one in base:
        also = known.get(one.span.start)
        if (
            also is not None
            and one.known is None
            and one.label == "PLACE"
            and also.id in crossings
            and not _as_a_town(one.span)
        ):
            one = replace(one, label="CHECKPOINT", known=also)
        settled_base.append(one)
    return settled_base


def _as_a_town(span: Span) -> bool:
    before = span.doc[span.start - 1].text.casefold() if span.start else ""
    return before in _TO_A_TOWN or span.text.isupper() or namesake(span) is not None


def _part_of_a_person(one: Candidate, model: list[Candidate], base: list[Candidate]) -> bool:
    """Whether a place's name is a part of somebody's: Сырым Датов; two places side by side are nobody."""
    if one.label not in {"CHECKPOINT", "PLACE"} and one.rank != 2:
        return False
    return any(
        other.label == "PERSON"
        and len(other.span) > len(one.span)
        and other.span.start == one.span.start
        and not any(far is not one and far.span.start in range(one.span.end, other.span.end) for far in base)
        for other in model
    )


def _entity(doc: Doc, one: Candidate) -> Span:
    span = Span(doc, one.span.start, one.span.end, label=one.label)
    span._.name = one.name or NAMES[doc.lang_].dictionary_form(span)
    span._.entity_id = one.known.id if one.known else None
    span._.side = one.known.side if one.known else "UNKNOWN"
    return span


def _longest_names(doc: Doc) -> None:
    """A crossing or an office of the knowledge base that a document names in full and in part has the full name."""
    names: dict[str, set[str]] = defaultdict(set)
    for span in doc.ents:
        if span.label_ in {"CHECKPOINT", "ORG"} and span._.entity_id:
            names[span._.entity_id].add(span._.name)
    for span in doc.ents:
        words = set(span._.name.split())
        longer = [name for name in names.get(span._.entity_id or "", ()) if words < set(name.split())]
        span._.name = max(longer, key=len, default=span._.name)


def _spelt_out(doc: Doc) -> None:
    """An acronym that the document spells out is what it says: the National Security Council (NSC) of another country."""
    meant: dict[str, Span] = {}
    for office, short in pairwise(doc.ents):
        beside = doc[office.end : short.end + 1].text == f"({short.text})"
        initials = "".join(token.text[0] for token in office if token.text[0].isupper())
        if beside and initials == short.text and short._.entity_id not in {None, office._.entity_id}:
            meant[short.text] = office
    for span in doc.ents:
        if span.text in meant:
            _copy(meant[span.text], span)


def _known_offices(doc: Doc, matches: Sequence[Match]) -> None:
    """An organisation of a longer name that is a known office's has the id of that one."""
    for span in doc.ents:
        if span.label_ == "ORG" and span._.entity_id is None and len(span) > 1:
            known = known_office(span, matches)
            if known is not None:
                span._.entity_id, span._.side = known.id, known.side


def _abroad(doc: Doc) -> None:
    """An office right behind another country's name is that country's: РФ Көлік министрлігі, Armenia's State Revenue
    Committee."""
    if doc.lang_ == "ru":
        return
    for country, office in pairwise(doc.ents):
        side = country._.side
        if country.label_ != "PLACE" or office.label_ != "ORG" or side in {office._.side, "UNKNOWN"}:
            continue
        possessed = _possessed(doc, country, office)
        if not possessed and (doc.lang_ != "kk" or country.end != office.start):
            continue
        namesakes = next((one for one in _national() if office._.entity_id in one.values()), None)
        if namesakes is not None:
            office._.entity_id, office._.side = namesakes.get(side), side
        elif possessed and office._.side != "UNKNOWN":
            known = namesake_abroad(office, country)
            office._.entity_id, office._.side = known.id if known else None, side


def _possessed(doc: Doc, country: Span, office: Span) -> bool:
    """Whether `office` stands right behind `country` in the genitive: Armenia's, Арменияның."""
    if doc.lang_ == "kk":
        return country.end == office.start and country[-1].text.endswith(_GENITIVE)
    return country.end + 1 == office.start and doc[country.end].text in _POSSESSIVES


@cache
def _national() -> list[Mapping[str, str]]:
    """Offices that countries have by one name: side → id."""
    return [known.national for known in knowledge().values() if known.national]


def _full_names(doc: Doc) -> None:
    """Bare surnames take the full name; the surname's other places become mentions."""
    names = NAMES[doc.lang_]
    people = [span for span in doc.ents if span.label_ == "PERSON"]
    surnames: dict[str, list[Span]] = defaultdict(list)
    for span in people:
        words = span._.name.split()
        if len(words) > 1 and len(words[-1]) > 2:
            for key in names.alias_keys(words[-1]):
                surnames[key].append(span)
    for span in people:
        words = span._.name.split()
        if len(words) == 2 and _PATRONYMIC.fullmatch(words[1]):
            same = {
                other._.name: other for other in people if other is not span and other._.name.split()[0] == words[0]
            }
            if len(same) == 1 and len(next(iter(same)).split()) > 1:
                _copy(next(iter(same.values())), span)
    kept, taken = list(doc.ents), set[int]()
    for span in doc.ents:
        full = (
            _named_like(doc, span.start, surnames, names)
            if len(span) == 1 and (span._.entity_id is None or span.label_ == "PERSON")
            else None
        )
        if full is not None and full != span and span.label_ != "CHECKPOINT":
            kept.remove(span)
        else:
            taken.update(range(span.start, span.end))
    for i, word in enumerate(words_in(doc) if surnames else ()):
        if i in taken or not word[0].isupper() or not word.isalpha():
            continue
        full = _named_like(doc, i, surnames, names)
        if full is not None:
            span = Span(doc, i, i + 1, label="PERSON")
            _copy(full, span)
            kept.append(span)
    doc.set_ents(sorted(kept, key=lambda span: span.start))


def _named_like(doc: Doc, i: int, surnames: dict[str, list[Span]], names: ModuleType) -> Span | None:
    """The first person of the document whose surname `doc[i]` is, in whatever case; of men and women the one it fits."""
    word = words_in(doc)[i]
    people = next((surnames[key] for key in names.token_keys(word) if key in surnames), [])
    if people and fold(word).endswith(MENS):
        people = [one for one in people if sex_of(one) != "f"]
    if len({one._.name for one in people}) > 1:
        wanted = {"Masc": "m", "Fem": "f"}.get("".join(doc[i].morph.get("Gender", [])), "")
        people = [one for one in people if sex_of(one) == wanted] or people
    return people[0] if people else None


def _spread_roles(doc: Doc) -> None:
    """A mention without a job title takes the one that the document gives the same person."""
    people = [span for span in doc.ents if span.label_ == "PERSON"]
    roles: dict[str, str] = {}
    for span in people:
        if span._.role:
            roles.setdefault(span._.name, span._.role)
    for span in people:
        span._.role = span._.role or roles.get(span._.name, "")


def _copy(source: Span, target: Span) -> None:
    target._.name, target._.entity_id, target._.side = source._.name, source._.entity_id, source._.side


def _sides(doc: Doc) -> None:
    """Sides that the document shows: of a ministry that both countries have, of an office and of a person."""
    known: dict[str, Known] = knowledge()
    entities = doc.ents
    ids = {span._.entity_id for span in entities}
    for place, span in enumerate(entities):
        if span._.side != "UNKNOWN" or span.label_ not in {"ORG", "PERSON"}:
            continue
        side = _shown_side(doc, span, entities[max(0, place - 12) : place + 13])
        if span._.entity_id in known and (national := known[span._.entity_id].national):
            told = [one for one in national if national[one] in ids]
            side = told[0] if side == "UNKNOWN" and len(told) == 1 else side
            span._.entity_id = national.get(side, span._.entity_id)
        span._.side = side
    by_name: dict[str, set[str]] = defaultdict(set)
    for span in entities:
        if span._.side != "UNKNOWN":
            by_name[span._.name].add(span._.side)
    for span in entities:
        if span._.side == "UNKNOWN" and len(by_name[span._.name]) == 1:
            (span._.side,) = by_name[span._.name]


def _shown_side(doc: Doc, span: Span, neighbours: Sequence[Span]) -> str:
    """The side that the words in and right around `span` name: «российский экспедитор», Kazakhstan's Trade Ministry."""
    first, last = first_of(span[0]), end_of(span[0])
    if span.label_ == "PERSON":
        text = span._.role or " ".join(token.text for token in doc[max(first, span.start - 2) : span.start])
        start, end = (
            max(first, span.start - len(text.split()) - 2),
            min(last, span.end + 12 * bool(span._.role)),
        )
    else:
        text = span.text
        start, end = max(first, span.start - 2), span.end
    for other in neighbours:
        near = start <= other.start and other.end <= end and other.start != span.start
        if (
            near
            and other.label_ in {"PLACE", "ORG"}
            and other._.side != "UNKNOWN"
            and other.text in doc[start:end].text
        ):
            if span.label_ == "PERSON" and other._.name.split()[0][:5].casefold() not in text.casefold():
                continue
            return str(other._.side)
    if span.label_ == "PERSON" and span._.role:
        title = span._.role.casefold()
        for acting in lexicon(doc.lang_).acting:
            title = title.removeprefix(f"{acting} ")
        for side, titles in lexicon(doc.lang_).role_sides.items():
            if title.startswith(titles):
                return side
        for token in doc[start:end]:
            if span.start <= token.i < span.end or token.text.casefold()[:5] not in span._.role.casefold():
                continue
            office = resolve_office(token)
            if office is not None and office._.side != "UNKNOWN":
                return str(office._.side)
    words = f"{doc[start : span.start].text} {text}".casefold().replace("ё", "е").split()
    for side, stems in lexicon(doc.lang_).nationalities.items():
        if any(word.startswith(stems) for word in words):
            return side
    inner = {token.text.casefold() for token in span}
    if inner & {"рф", "фсб", "россии", "фтс", "фққ"}:
        return "RU"
    if inner & {"рк", "кнб", "казахстана", "ұқк", "қр"}:
        return "KZ"
    return "UNKNOWN"


@Language.factory("kezek_entities")
def make_entities(nlp: Language, name: str) -> Entities:
    """The spaCy factory."""
    return Entities(nlp)
