"""The job title beside a person's name, in dictionary form: вице-министр транспорта, association's chairman."""

from __future__ import annotations

from calendar import month_name
from functools import cache

from spacy.tokens import Doc, Span, Token

from nlp.languages.kk.stemmer import strip_case
from nlp.languages.lexicon import lexicon
from nlp.languages.ru.morphology import parses
from nlp.languages.ru.names import agreeing, fold, phrase_name

_LONGEST = 14
_MONTHS = frozenset(month_name)
_QUOTES = frozenset('«»“”„"')


@cache
def role_words(lang: str) -> frozenset[str]:
    """The head words of job titles: of each title its first word (ru), its last (en, kk), folded."""
    heads = set()
    for role, others in lexicon(lang).roles.items():
        for form in (role, *others):
            words = form.split()
            heads.add(fold(words[0] if lang == "ru" else words[-1]))
            if lang == "ru":
                heads.update(
                    fold(word) for word in words[:2] if len(words) == 2 and word.endswith(("тель", "тор", "ник"))
                )
    return frozenset(heads)


def is_role(token: Token) -> bool:
    """Whether `token` is the head word of a job title."""
    heads = role_words(token.doc.lang_)
    if token.doc.lang_ == "kk":
        word = token.text.casefold()
        return word in heads or strip_case(word) in heads or strip_case(word).rstrip("ыі") in heads
    return fold(token.lemma_) in heads or fold(token.text) in heads


def role_of(person: Span) -> str:
    """The job title before or after `person` in its sentence, or "" ."""
    found = {"ru": _russian, "en": _english, "kk": _kazakh}[person.doc.lang_](person)
    return " ".join(found.split()).strip(" ,–—-«»")


def _russian(person: Span) -> str:
    doc, start = person.doc, person.start
    first = None
    for i in range(start - 1, max(start - _LONGEST, person.sent.start) - 1, -1):
        token = doc[i]
        if (
            token.pos_ in {"VERB", "AUX", "PRON", "ADV", "SCONJ", "DET"}
            or (token.is_punct and token.text not in _QUOTES)
            or token.is_space
        ):
            break
        if token.pos_ == "ADP" and token.text.casefold() not in {"по", "при", "в"}:
            break
        if is_role(token) and token.pos_ in {"NOUN", "PROPN", "ADJ"}:
            first = i
    if first is not None:
        while first > person.sent.start and _title_adjective(doc[first - 1]):
            first -= 1
        name = _nominative(doc[first:start])
        return name if name[:2].isupper() else name[0].lower() + name[1:]
    return _after(person, 3)


def _nominative(title: Span) -> str:
    """A Russian job title in the nominative: its head word and the adjectives before it, the rest as it stands."""
    tokens = [token for token in title if not token.is_space]
    head = next((i for i, token in enumerate(tokens) if is_role(token)), None)
    if head is None:
        return phrase_name(title)
    reading = next((one for one in parses(tokens[head].text.casefold()) if one.tag.POS == "NOUN"), None)
    words = [token.text for token in tokens]
    if reading is not None and not words[head].isupper():
        words[head] = str(reading.normal_form)
        words[:head] = [agreeing(token, reading.tag.gender or "masc", "sing") for token in tokens[:head]]
    return "".join(word + (" " if token.whitespace_ else "") for word, token in zip(words, tokens, strict=True))


def _title_adjective(token: Token) -> bool:
    stems = tuple(stem for row in lexicon("ru").nationalities.values() for stem in row)
    return (
        token.pos_ == "ADJ"
        and not fold(token.text).startswith(stems)
        and fold(token.text).startswith(
            (
                "генеральн",
                "коммерческ",
                "исполнительн",
                "официальн",
                "перв",
                "старш",
                "финансов",
                "главн",
                "чрезвычайн",
                "управляющ",
            )
        )
    )


def _after(person: Span, within: int) -> str:
    """An apposition after the name: «, head of the carrier X,»."""
    doc, end = person.doc, person.sent.end
    i = person.end
    if i >= end or doc[i].text != ",":
        return ""
    start, stop = i + 1, i + 1
    while (
        stop < min(end, start + _LONGEST)
        and doc[stop].text not in {",", ".", ";", ":", "—", "–", ")", "”"}
        and doc[stop].pos_ not in {"VERB", "AUX"}
    ):
        stop += 1
    heads = [j for j in range(start, min(start + within, stop)) if is_role(doc[j])]
    if not heads or stop >= end:
        return ""
    while start < stop and (doc[start].text.casefold() in {"the", "a", "an", "its"} or doc[start].is_space):
        start += 1
    return _nominative(doc[start:stop]) if doc.lang_ == "ru" else str(doc[start:stop].text)


def _english(person: Span) -> str:
    doc, start = person.doc, person.start
    i = start - 1
    if i >= person.sent.start and is_role(doc[i]) and not doc[i].is_punct:
        while (
            i > person.sent.start
            and doc[i - 1].pos_ in {"NOUN", "PROPN", "ADJ", "ADV"}
            and not doc[i - 1].is_punct
            and not doc[i - 1].is_stop
        ):
            if (
                doc[i - 1].text in _MONTHS
                or doc[i - 1].ent_type_ in {"PERSON", "PLACE"}
                or not i <= doc[i - 1].head.i < person.end
            ):
                break
            i -= 1
        return str(doc[i:start].text)
    return _after(person, 5)


def _kazakh(person: Span) -> str:
    doc, start = person.doc, person.start
    i = start - 1
    if i < person.sent.start or not is_role(doc[i]):
        return _after(person, 5)
    while i > person.sent.start and start - i < 8 and not doc[i - 1].is_punct and not doc[i - 1].is_space:
        if not _kazakh_attribute(doc, i - 1):
            break
        i -= 1
    return str(doc[i:start].text)


def _kazakh_attribute(doc: Doc, i: int) -> bool:
    word = doc[i].text.casefold()
    if word.endswith(("ның", "нің", "дың", "дің", "тың", "тің", "лық", "лік", "дық", "дік", "тық", "тік")):
        return True
    return doc[i].ent_type_ in {"ORG", "PLACE"} or word in {
        "бас",
        "бірінші",
        "ресми",
        "баспасөз",
        "бөлім",
        "басқарма",
        "кеден",
        "вице",
    }
