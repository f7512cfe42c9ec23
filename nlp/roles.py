"""The job title beside a person's name, in dictionary form: вице-министр транспорта, association's chairman."""

from __future__ import annotations

import re
from calendar import month_name
from functools import cache

from spacy.tokens import Doc, Span, Token

from nlp.candidates import end_of, first_of
from nlp.knowledge import knowledge
from nlp.languages.kk.stemmer import strip_case
from nlp.languages.lexicon import lexicon
from nlp.languages.ru.morphology import parses
from nlp.languages.ru.names import agreeing, fold, phrase_name

_LONGEST = 14
_MONTHS = frozenset(month_name)
_FORMER = re.compile("^(?:экс|ex)-")
_ACTING = frozenset({"acting", "outgoing", "исполняющий", "исполняющая"})
_RANKS = frozenset({"first", "deputy", "vice", "acting", "former", "prime", "senior", "assistant"})
_RELATIVE = frozenset({"who", "that", "which", "whom", "whose"})
_CLOSING = {",": ",", "—": "—", "–": "–", "(": ")"}
_CASES = {"nomn": "Nom", "gent": "Gen", "datv": "Dat", "accs": "Acc", "ablt": "Ins", "loct": "Loc"}
_QUOTES = frozenset('«»“”„"')


@cache
def role_words(lang: str) -> frozenset[str]:
    """The head words of job titles: of each title its first noun (ru), its last word (en, kk), folded."""
    forms = (form.split() for role, others in lexicon(lang).roles.items() for form in (role, *others))
    if lang == "ru":
        return frozenset(fold(next(word for word in words if not _is_adjective(word))) for words in forms)
    return frozenset(fold(words[-1]) for words in forms)


def _is_adjective(word: str) -> bool:
    kinds = {one.tag.POS for one in parses(fold(word))}
    return "ADJF" in kinds and "NOUN" not in kinds


def is_role(token: Token) -> bool:
    """Whether `token` is the head word of a job title."""
    heads = role_words(token.doc.lang_)
    if token.doc.lang_ == "kk":
        word = token.text.casefold()
        return word in heads or strip_case(word) in heads or strip_case(word).rstrip("ыі") in heads
    return any(word in heads or _FORMER.sub("", word) in heads for word in (fold(token.lemma_), fold(token.text)))


def role_of(person: Span) -> str:
    """The job title before or after `person` in its sentence, or "" ."""
    found = {"ru": _russian, "en": _english, "kk": _kazakh}[person.doc.lang_](person)
    role = " ".join(found.split()).strip(" ,–—-")
    if role.count("«") != role.count("»"):
        role = role.strip("«»")
    return role[0].lower() + role[1:] if _capital_of_a_sentence(role, person) else role


def _capital_of_a_sentence(role: str, person: Span) -> bool:
    """Whether `role` has its capital from its place, first in the sentence; a Russian title never has one of its own.

    Russian driver, Minister of Trade and a Kazakh minister with the name of the ministry keep theirs.
    """
    doc, lang = person.doc, person.doc.lang_
    if not role or not role[0].isupper() or role[:2].isupper():
        return False
    first = next(token for token in doc[first_of(person[0]) :] if token.text[0].isalnum())
    if lang == "ru" or not role.startswith(first.text) or first.ent_type_:
        return lang == "ru"
    if lang == "kk":
        return not any(_ministry_before(doc, i) == i - first.i > 0 for i in range(first.i, person.start))
    after = doc[first.i + 2] if doc[first.i + 1].text == "of" else doc[first.i + 1]
    own = first.tag_ not in {"NN", "NNS"} and not is_role(first) and first.text.casefold() not in _RANKS
    return not own and (after.i >= person.start or not after.text[0].isupper() or bool(after.ent_type_))


def _russian(person: Span) -> str:
    doc, start = person.doc, person.start
    first = _russian_head(person)
    if first is not None:
        before = doc[first_of(person[0]) : first].text
        for words, pattern in lexicon("ru").acting.items():
            if re.search(rf"(?<!\w)(?:{pattern})$", before, re.I):
                return f"{words} {doc[first:start].text}"
        while first > first_of(person[0]) and _title_adjective(doc[first - 1]):
            first -= 1
        return _nominative(doc[first:start])
    return _after(person, 3) or _before_comma(person)


def _russian_head(person: Span) -> int | None:
    """Where the title before `person` begins: the first job word in the case of the name, else the first.

    Of another person before the name only one in the genitive can be a part of it: пресс-секретарь министра Олега
    Сидорова Анна Петрова.
    """
    doc, start, case = person.doc, person.start, person[0].morph.get("Case", [])
    if start and _is_conjunction(doc[start - 1]):
        return None
    agreeing_head = any_head = None
    over_another = False
    for i in range(start - 1, max(start - _LONGEST, first_of(person[0])) - 1, -1):
        token = doc[i]
        if (
            token.pos_ in {"VERB", "AUX", "PRON", "ADV", "SCONJ", "DET"}
            or (token.is_punct and token.text not in _QUOTES)
            or token.is_space
        ):
            break
        if token.pos_ == "ADP" and token.text.casefold() not in {"по", "при", "в"}:
            break
        if token.ent_type_ == "PERSON":
            if case == ["Gen"] or token.morph.get("Case", []) != ["Gen"]:
                break
            over_another = True
        elif is_role(token) and token.pos_ in {"NOUN", "PROPN", "ADJ"}:
            if token.morph.get("Case", []) == case:
                agreeing_head = i
            if not over_another:
                any_head = i
    return any_head if agreeing_head is None else agreeing_head


def _is_conjunction(token: Token) -> bool:
    return token.text.casefold() in lexicon(token.doc.lang_).conjunctions


def _nominative(title: Span) -> str:
    """A Russian job title in the nominative: its head word and the adjectives before it, the rest as it stands."""
    tokens = [token for token in title if not token.is_space]
    heads = [i for i, token in enumerate(tokens) if is_role(token)]
    head = next((i for i in heads if tokens[i].pos_ in {"NOUN", "PROPN"}), next(iter(heads), None))
    if head is None:
        return phrase_name(title)
    reading = next((one for one in parses(tokens[head].text.casefold()) if one.tag.POS == "NOUN"), None)
    words = [token.text for token in tokens]
    if reading is not None and not words[head].isupper():
        words[head] = str(reading.normal_form)
        words[:head] = [agreeing(token, reading.tag.gender or "masc", "sing") for token in tokens[:head]]
    return "".join(word + (" " if token.whitespace_ else "") for word, token in zip(words, tokens, strict=True))


def _title_adjective(token: Token) -> bool:
    return token.pos_ == "ADJ" and fold(token.text).startswith(lexicon("ru").title_adjectives)


def _after(person: Span, within: int) -> str:
    """An apposition after the name, between commas, dashes or in brackets: «, head of the carrier X,»."""
    doc, end = person.doc, end_of(person[0])
    i = person.end
    closing = _CLOSING.get(doc[i].text) if i < end else None
    if closing is None or (i + 1 < end and (doc[i + 1].pos_ == "ADP" or _is_conjunction(doc[i + 1]))):
        return ""
    start, stop = i + 1, i + 1
    while stop < min(end, start + _LONGEST) and not _ends_apposition(doc[stop], closing):
        stop += 1
    heads = [j for j in range(start, min(start + within, stop)) if is_role(doc[j])]
    if not heads or stop >= end or not _is_apposition(person, doc[heads[0]], doc[stop]):
        return ""
    return _title(doc, start, stop - (doc[stop - 1].text.casefold() in _RELATIVE))


def _is_apposition(person: Span, head: Token, end: Token) -> bool:
    """Whether the words from `head` to `end` say who `person` is: they agree with the name and are no clause.

    «По словам Мукашева, водители ждут»; in Kazakh a title is the last word of its phrase.
    """
    doc = person.doc
    relative = doc[end.i - 1].text.casefold() in _RELATIVE
    if doc.lang_ == "kk":
        return is_role(doc[end.i - 1])
    clause = end.pos_ in {"VERB", "AUX"} and not (
        doc.lang_ == "en" and (relative or "Fin" not in end.morph.get("VerbForm", []))
    )
    if clause or _is_plural(head):
        return False
    if doc.lang_ == "en":
        return not (head.dep_.startswith("nsubj") and person[-1].dep_ == "pobj")
    cases = {case for token in person for case in token.morph.get("Case", [])}
    own = {_CASES[one.tag.case] for one in parses(fold(head.text)) if one.tag.case in _CASES and "sing" in one.tag}
    if person.text == person._.name:
        cases.add("Nom")
    return doc[person.end].text != "," or not cases or not own or not cases.isdisjoint(own)


def _is_plural(head: Token) -> bool:
    """Whether a title's head word is a plural, which is nobody's title: drivers; in drivers' union leader it is none."""
    if "Plur" not in head.morph.get("Number", []):
        return False
    return head.doc.lang_ == "ru" or head.doc[head.i + 1].tag_ not in {"POS", "NN", "NNP"}


def _ends_apposition(token: Token, closing: str) -> bool:
    verb = token.pos_ in {"VERB", "AUX"} and token.text.casefold() not in _ACTING
    return token.text in {closing, ",", ".", ";", ":", "—", "–", "(", ")", "”"} or verb


def _before_comma(person: Span) -> str:
    """A title before the name, a comma between: The deputy head of the committee, Zhaslan Almagambetov, said."""
    doc, first = person.doc, first_of(person[0])
    comma = person.start - 1
    if comma <= first or doc[comma].text != "," or person.end >= len(doc) or doc[person.end].text not in {",", "."}:
        return ""
    start = comma
    while start > max(first, comma - _LONGEST) and not _ends_apposition(doc[start - 1], ","):
        start -= 1
    while start < comma and (doc[start].is_space or doc[start].text in {'"', "“", "«"} or _is_conjunction(doc[start])):
        start += 1
    head = next((token for token in doc[start : min(start + 5, comma)] if is_role(token)), None)
    if head is None or (doc.lang_ != "kk" and _is_plural(head)):
        return ""
    return _title(doc, start, comma)


def _title(doc: Doc, start: int, stop: int) -> str:
    while start < stop and (doc[start].text.casefold() in {"the", "a", "an", "its", "their"} or doc[start].is_space):
        start += 1
    return _nominative(doc[start:stop]) if doc.lang_ == "ru" else str(doc[start:stop].text)


def _english(person: Span) -> str:
    doc, start = person.doc, person.start
    i = start - 1
    if i >= first_of(person[0]) and is_role(doc[i]) and not doc[i].is_punct:
        while (
            i > first_of(person[0])
            and doc[i - 1].pos_ in {"NOUN", "PROPN", "ADJ", "ADV"}
            and not doc[i - 1].is_punct
            and (not doc[i - 1].is_stop or doc[i - 1].text.casefold() in _RANKS)
        ):
            if (
                doc[i - 1].text in _MONTHS
                or doc[i - 1].ent_type_ in {"PERSON", "PLACE"}
                or not i <= doc[i - 1].head.i < person.end
            ):
                break
            i -= 1
        return str(doc[i:start].text)
    return _of_an_office(person) or _after(person, 5) or _before_comma(person)


def _of_an_office(person: Span) -> str:
    """A title with its office right before the name: Vice Minister of Trade Aidarbek Saparov."""
    doc, start = person.doc, person.start
    for i in range(start - 3, max(start - 8, first_of(person[0]) - 1), -1):
        between = doc[i + 2 : start]
        if is_role(doc[i]) and doc[i + 1].text in {"of", "for"} and between[0].text[0].isupper():
            if _is_conjunction(between[-1]) or any(
                token.is_punct or token.pos_ in {"VERB", "AUX"} or token.ent_type_ == "PERSON" for token in between
            ):
                return ""
            while i > first_of(person[0]) and doc[i - 1].text.casefold() in _RANKS:
                i -= 1
            return str(doc[i:start].text)
    return ""


def _kazakh(person: Span) -> str:
    doc, start = person.doc, person.start
    i = start - 1
    if i < first_of(person[0]) or not is_role(doc[i]):
        return _after(person, 5)
    while i > first_of(person[0]) and start - i < 8 and not doc[i - 1].is_punct and not doc[i - 1].is_space:
        if width := _ministry_before(doc, i):
            i -= width
        elif not _kazakh_attribute(doc, i - 1):
            break
        else:
            i -= 1
    return str(doc[i:start].text)


@cache
def _ministries() -> frozenset[tuple[str, ...]]:
    """What stands before «министрі»: Сыртқы істер, Ұлттық экономика, Көлік."""
    names = (name for known in knowledge().values() for name in known.names("kk") if name.endswith(" министрлігі"))
    words = (tuple(name.casefold().split()[:-1]) for name in names)
    return frozenset(one[1:] if one[0] in {"қр", "қазақстан", "ресей"} else one for one in words)


def _ministry_before(doc: Doc, i: int) -> int:
    """How many words right before `doc[i]`, a minister, name the ministry."""
    if not doc[i].text.casefold().startswith("министр"):
        return 0
    for width in range(min(6, i), 0, -1):
        if tuple(token.text.casefold() for token in doc[i - width : i]) in _ministries():
            return width
    return 0


def _kazakh_attribute(doc: Doc, i: int) -> bool:
    word = doc[i].text.casefold()
    if doc[i].ent_type_ == "PERSON" or word in lexicon("kk").pronouns["person"]:
        return False
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
