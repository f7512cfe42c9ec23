"""What of a model's finds is a name, and where it begins and ends."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from types import ModuleType

from spacy.tokens import Doc, Span, Token

import nlp.languages.en.phrases as en_phrases
import nlp.languages.kk.phrases as kk_phrases
import nlp.languages.ru.phrases as ru_phrases
from nlp.candidates import Candidate, first_of, words_in
from nlp.languages.lexicon import lexicon
from nlp.languages.ru.morphology import is_common, parses
from nlp.languages.ru.names import fold
from nlp.namesakes import of_a_queue
from nlp.roles import is_role

PHRASES: dict[str, ModuleType] = {"ru": ru_phrases, "en": en_phrases, "kk": kk_phrases}
"""The grammar of names in each language."""
LABELS = {
    "PERSON": "PERSON",
    "ORG": "ORG",
    "ORGANISATION": "ORG",
    "GPE": "PLACE",
    "LOC": "PLACE",
    "LOCATION": "PLACE",
    "PLACE": "PLACE",
    "LAW": "LAW",
}
"""A model's label → ours; names with another label are left out."""
_INITIAL = re.compile(r"[^\W\d_]\.?")
_ACT = re.compile(
    "Law|Act|Code|Decree|Order|Regulation|Directive|Resolution|Constitution|Agreement|Treaty|Convention|Protocol"
)
_CAPITALS_INSIDE = re.compile("[a-z][A-Z](?:[A-Z]|[a-z]+[A-Z])")
"""What no surname has: KazTAG, QazAvtoZhol."""
_IN = frozenset({"in", "near", "outside", "from", "towards", "toward", "via", "around"})
_TOWNS = ("sk", "grad", "abad", "pol", "gorod", "burg")
_KAZAKH = re.compile("[әғқңөұүһі]", re.I)


def finds(doc: Doc) -> list[Candidate]:
    """The entities that the model of the language set on `doc`, as names in our labels."""
    shouted = {sentence.start for sentence in doc.sents if _shouted(sentence)}
    found = [
        one for span in _whole_people(doc) if first_of(span[0]) not in shouted and (one := _find(span)) is not None
    ]
    people = {
        i for one in found if one.label == "PERSON" and len(one.span) > 2 for i in range(one.span.start, one.span.end)
    }
    named = [one for one in _first_names(doc) if first_of(one.span[0]) not in shouted and one.span.start not in people]
    return [*found, *_datelines(doc), *named]


def _first_names(doc: Doc) -> Iterator[Candidate]:
    """A first name with a surname after it, whatever the model took them for."""
    words = lexicon(doc.lang_)
    for i, (word, after) in enumerate(pairwise(words_in(doc))):
        if not (word.istitle() and after.istitle() and after.isalpha() and len(after) > 1):
            continue
        if after.casefold() in (*words.outlet_names, *words.organisation_heads) or is_role(doc[i + 1]):
            continue
        if is_first_name(doc[i]):
            yield Candidate(doc[i : i + 2], "PERSON", rank=3)


def is_first_name(token: Token) -> bool:
    """Whether `token` is a first name: by the list of the language, in Kazakh also by the Russian dictionary."""
    lang = token.doc.lang_
    if token.text.casefold() in lexicon(lang).first_names:
        return True
    readings = parses(token.text.casefold()) if lang == "kk" and not _KAZAKH.search(token.text) else ()
    return any("Name" in one.tag and one.tag.case == "nomn" and one.is_known for one in readings)


def _datelines(doc: Doc) -> Iterator[Candidate]:
    """The town in capitals at the beginning of a text: TALLINN — When Finland …"""
    body = next((token.i for token in doc if token.idx >= doc._.title_length and not token.is_space), None)
    if body is None:
        return
    end = body
    while end < min(body + 3, len(doc)) and doc[end].text.isupper() and doc[end].text.replace("-", "").isalpha():
        end += 1
    if end == body or end >= len(doc) or len(doc[body]) < 4:
        return
    dashed = doc[end].text in {"—", "–"}
    dated = doc[end].text == "," and end + 1 < len(doc) and (doc[end + 1].is_digit or doc[end + 1].text.istitle())
    if dashed or dated:
        yield Candidate(doc[body:end], "PLACE", rank=2, name=doc[body:end].text.title())


def _shouted(sentence: Span) -> bool:
    """Whether a sentence is written in capitals throughout: these say nothing about names then."""
    words = [word for word in words_in(sentence.doc)[sentence.start : sentence.end] if len(word) > 1 and word.isalpha()]
    return len(words) > 3 and all(word.isupper() for word in words)


def _whole_people(doc: Doc) -> Iterator[Span]:
    """The model's entities; a person cut at an initial (Темирлан Ә. Бейсенов) is one."""
    spans = list(doc.ents)
    i = 0
    while i < len(spans):
        span = spans[i]
        while i + 1 < len(spans) and _goes_on(span, spans[i + 1]):
            span = Span(doc, span.start, spans[i + 1].end, label=span.label_)
            i += 1
        yield span
        i += 1


def _goes_on(span: Span, after: Span) -> bool:
    if not LABELS.get(span.label_) == LABELS.get(after.label_) == "PERSON":
        return False
    between = [token.text for token in span.doc[span.end : after.start]]
    cut = between == ["."] and len(span[-1].text) == 1 or between == [] and span[-1].text.endswith(".")
    return cut and len(span) > 1 and len(after) == 1


def _find(span: Span) -> Candidate | None:
    label = LABELS.get(span.label_)
    if label is None:
        return None
    bare = _trimmed(PHRASES[span.doc.lang_].quotes_off(span))
    if label == "PERSON":
        bare = with_initials(_title_off(bare))
    if not any(letter.isupper() or letter.isdecimal() for token in bare for letter in token.text[:8]):
        return None
    if not any(letter.isalpha() for letter in bare.text) or "\n" in bare.text.strip():
        return None
    if label == "LAW" and span.doc.lang_ == "en" and _ACT.search(bare.text) is None:
        return None
    if _no_name(bare, label) or (label == "ORG" and _before_a_title(bare)):
        return None
    return Candidate(bare, _label(bare, label), rank=2)  # type: ignore[arg-type]


def _trimmed(span: Span) -> Span:
    """`span` without the pictures, bullets and line ends around it."""
    start, end = span.start, span.end
    while end - start > 1 and not any(letter.isalnum() for letter in span.doc[start].text):
        start += 1
    while end - start > 1 and span.doc[end - 1].is_space:
        end -= 1
    return span.doc[start:end]


def _title_off(person: Span) -> Span:
    """A person's name without the job title that the model took for its beginning: Дальнобойщик Серёга."""
    start = person.start
    while start < person.end - 1 and (is_role(person.doc[start]) or _of_a_place(person.doc[start])):
        start += 1
    return person.doc[start : person.end]


def _of_a_place(token: Token) -> bool:
    """A Kazakh word for who comes from a place: Ақтөбелік."""
    return (
        token.doc.lang_ == "kk" and token.text.endswith(("лық", "лік", "дық", "дік", "тық", "тік")) and len(token) > 6
    )


def with_initials(person: Span) -> Span:
    """A person's name with the initials before it, or after: А. Н. Бородавкин, Бейсенов Т. А."""
    doc, start, end = person.doc, person.start, person.end
    while start > 0 and (width := _initial_before(doc, start)):
        start -= width
    if len(person) == 1 and start == person.start:
        while width := _initial_at(doc, end):
            end += width
    return doc[start:end]


def _initial_before(doc: Doc, end: int) -> int:
    if end >= 1 and len(doc[end - 1].text) == 2 and _initial_at(doc, end - 1):
        return 1
    return 2 if end >= 2 and doc[end - 1].text == "." and _initial_at(doc, end - 2) == 2 else 0


def _initial_at(doc: Doc, i: int) -> int:
    """How many tokens the initial at `i` takes, its full stop included; 0 where none stands there."""
    if i >= len(doc) or not doc[i].text[0].isupper() or not _INITIAL.fullmatch(doc[i].text):
        return 0
    if doc[i].text.endswith("."):
        return 1
    return 2 if i + 1 < len(doc) and doc[i + 1].text == "." else 0


def _label(span: Span, label: str) -> str:
    """The model's label, or the one that the words of the name or before it show: Steppe Herald is no person."""
    words = lexicon(span.doc.lang_)
    last = span[-1].text.casefold()
    if label in {"PERSON", "PLACE"} and len(span) > 1 and last in words.outlet_names:
        return "ORG"
    if label == "PERSON" and len(span) == 1 and _CAPITALS_INSIDE.search(span.text):
        return "ORG"
    before = span.doc[span.start - 1] if span.start else None
    noun = span.doc[span.start - 2] if span.start > 1 and before is not None and before.text == "," else before
    if label in {"PERSON", "PLACE"} and noun is not None and noun.text.casefold() in words.org_nouns:
        return "ORG"
    if before is None or span.doc.lang_ != "en":
        return label
    after = span.doc[span.end] if span.end < len(span.doc) else None
    alone = after is None or after.pos_ not in {"NOUN", "PROPN", "ADJ", "PART"}
    if len(span) == 1 and before.text == "at" and not span.text.isupper() and alone and of_a_queue(before):
        return "CHECKPOINT"
    acronym = any(letter.isupper() for letter in span.text[1:])
    if before.text == "told" and len(span) == 1 and alone:
        return "ORG"
    if label == "PLACE":
        return label
    if (
        len(span) == 1
        and (before.text.casefold() in _IN or span.doc[max(0, span.start - 2) : span.start].text == "out of")
        and not acronym
    ):
        return "PLACE"
    if len(span) == 1 and span.text.endswith(_TOWNS) and not acronym:
        return "PLACE"
    if label == "ORG" and len(span) == 2 and is_role(before) and span.text.istitle():
        return "PERSON"
    return label


def _no_name(span: Span, label: str) -> bool:
    """A people's name, a job title or a word for an outlet that the model took for a name."""
    words = lexicon(span.doc.lang_)
    first = span[0].text.casefold()
    if span.doc.lang_ == "kk" and label == "ORG" and is_role(span[-1]):
        return True
    if len(span) == 1:
        if label == "ORG" and first in words.checkpoint_heads:
            return True
        if any(first.startswith(stem) and (len(stem) > 4 or first == stem) for stem in words.no_names) or (
            label != "ORG" and _of_a_place(span[0])
        ):
            return True
        if is_role(span[0]) or words.nationality(first):
            return True
        return (label == "ORG" and first.startswith(words.outlet_heads)) or _ordinary(span[0]) or _stressed(span[0])
    if label == "PLACE" and is_role(span[0]):
        return True
    if label != "ORG" or len(span) != 2 or span.doc.lang_ != "ru" or not span[1].text.islower():
        return False
    begins = span.start == first_of(span[0]) and span[0].pos_ == "ADJ"
    return bool(words.nationality(first)) or (begins and not fold(span[1].lemma_).startswith(words.organisation_heads))


def _stressed(token: Token) -> bool:
    """A Russian word in capitals for stress: снимает ОДНА бригада."""
    if token.doc.lang_ != "ru" or not token.text.isupper() or len(token.text) < 3:
        return False
    return is_common(token.text) and not any(one.tag.POS == "NOUN" for one in parses(token.text.casefold()))


def _ordinary(token: Token) -> bool:
    """A lone word that only begins its sentence with a capital: a dictionary's common noun, or no proper noun at all."""
    if token.text.isupper() or any(
        not one.is_punct and one.text.isalnum() for one in token.doc[first_of(token) : token.i]
    ):
        return False
    if token.doc.lang_ == "ru":
        return is_common(token.text) or token.text.endswith("ость") or "Plur" in token.morph.get("Number", [])
    return token.doc.lang_ == "en" and (token.tag_ not in {"NNP", "NNPS"} or token.text.endswith("ing"))


def _before_a_title(span: Span) -> bool:
    """Whether the model's office is the beginning of a job title: Deputy Trade Minister."""
    return span.doc.lang_ == "en" and span.end < len(span.doc) and is_role(span.doc[span.end]) and len(span) < 3
