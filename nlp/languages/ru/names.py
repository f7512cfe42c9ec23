"""Russian names: the forms in which one may stand in a text, and back to the nominative."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from spacy.tokens import Span, Token

from nlp.languages.ru.morphology import CASES, parses

_VOWELS = frozenset("аеёиоуыэюя")
_NAME_MARKS = ("Name", "Surn", "Patr")
_GENDERS = {"Masc": "masc", "Fem": "femn", "Neut": "neut"}
MENS = ("ов", "ев", "ёв", "ин", "ын")
"""Ends of men's surnames in the nominative, in which no other case of one ends."""
QUOTES = frozenset("«»“”„\"'")


def fold(word: str) -> str:
    """Lower case, ё as е."""
    return word.casefold().replace("ё", "е")


def _declined(word: str) -> set[str]:
    """Case forms of a foreign-looking name by its last letters, for names that no dictionary has (singular)."""
    stem, last = word[:-1], word[-1:]
    if word.endswith(("ое", "ее")):
        return {word[:-2] + ending for ending in ("ого", "ему", "ому", "ым", "им", "ом", "ем")}
    if word.endswith(("ый", "ий", "ой")):
        return {word[:-2] + ending for ending in ("ого", "его", "ому", "ему", "ым", "им", "ом", "ем")} | {
            stem + ending for ending in ("я", "ю", "ем", "и")
        }
    if word.endswith("ая"):
        return {word[:-2] + ending for ending in ("ой", "ую")}
    if last == "а":
        return {stem + ending for ending in ("ы", "и", "е", "у", "ой", "ей")}
    if last == "я":
        return {stem + ending for ending in ("и", "е", "ю", "ей")}
    if last == "о":
        return {stem + ending for ending in ("а", "у", "ом", "е")}
    if last in "иы":
        return {stem + ending for ending in ("ов", "ам", "ами", "ах")}
    if last in "йь":
        return {stem + ending for ending in ("я", "ю", "ем", "е", "и", "ью")}
    if last and last not in _VOWELS:
        endings = ("а", "у", "ым", "ом", "ем", "е", "ы") if word.endswith(MENS) else ("а", "у", "ом", "ем", "е", "ы")
        return {word + ending for ending in endings}
    return set()


@lru_cache(maxsize=20_000)
def alias_keys(word: str) -> frozenset[str]:
    """Every folded form in which the alias word `word` may stand; an acronym or a figure stands as it is."""
    folded = fold(word)
    if not folded.isalpha() and "-" not in folded or (word.isupper() and len(word) > 1) or len(folded) < 3:
        return frozenset({folded})
    forms = {folded} | _declined(folded)
    for reading in parses(folded):
        if reading.tag.case == "nomn" or "Fixd" in reading.tag:
            forms |= {fold(form.word) for form in reading.lexeme}
    return frozenset(forms)


def token_keys(word: str) -> frozenset[str]:
    """What a token of a text is looked up by."""
    return frozenset({fold(word)})


def _cased_like(word: str, model: str) -> str:
    if model.isupper() and len(model) > 1:
        return word.upper()
    parts, models = word.split("-"), model.split("-")
    if len(parts) == len(models):
        return "-".join(
            part[:1].upper() + part[1:] if example[:1].isupper() else part
            for part, example in zip(parts, models, strict=True)
        )
    return word[:1].upper() + word[1:] if model[:1].isupper() else word


def _case(token: Token) -> str:
    return CASES.get(next(iter(token.morph.get("Case", [])), ""), "")


def _gender(token: Token) -> str:
    return _GENDERS.get(next(iter(token.morph.get("Gender", [])), ""), "")


def _inflected(reading: Any, marks: set[str], word: str) -> str:
    form = reading.inflect(marks) or reading.inflect({"nomn"})
    return _cased_like(form.word, word) if form else word


def _fixed(word: str) -> bool:
    return not word.replace("-", "").isalpha() or word.isupper() or not ("а" <= word[-1].casefold() <= "я")


def person_name(span: Span) -> str:
    """The nominative of a person's name: first the case and gender that explain all its words best, then that."""
    words = [token for token in span if (token.text not in QUOTES or _glued_in(token, span)) and not token.is_space]
    movable = [token for token in words if not _fixed(token.text)]
    best, best_score = ("nomn", "masc"), -1.0
    for case in ("nomn", "gent", "datv", "ablt", "accs", "loct"):
        for gender in ("masc", "femn"):
            score = 0.0
            for token in movable:
                fitting = _person_readings(token, case, gender)
                score += (2.0 if fitting and _is_name(fitting[0]) else 1.0 if fitting else 0.0) + (
                    fitting[0].score * 0.3 if fitting else 0.0
                )
                score += 1.5 * (not fitting and (case, gender) == ("nomn", "masc") and fold(token.text).endswith(MENS))
                score += 0.7 * (_case(token) == case) + 0.5 * (_gender(token) == gender)
            if score > best_score + 1e-9:
                best, best_score = (case, gender), score
    out = []
    for token in words:
        fitting = [] if token not in movable else _person_readings(token, *best)
        if best[0] == "nomn" or token not in movable:
            out.append(token.text)
        elif not fitting:
            out.append(_foreign_nominative(token.text, best) if token is words[-1] and len(words) > 1 else token.text)
        else:
            out.append(_inflected(fitting[0], {"nomn", "sing"}, token.text))
    return _glued(words, out)


_ENDINGS = {"gent": ("а",), "accs": ("а",), "datv": ("у",), "ablt": ("ом",), "loct": ("е",)}


def _foreign_nominative(word: str, case: tuple[str, str]) -> str:
    """A man's surname that no dictionary has, without the ending of `case`: Дойла → Дойл."""
    for ending in _ENDINGS[case[0]] if case[1] == "masc" else ():
        stem = word.removesuffix(ending)
        if stem != word and len(stem) > 2 and stem[-1] not in _VOWELS and stem[-1] not in "ьъй":
            return stem
    return word


def _glued_in(token: Token, span: Span) -> bool:
    """An apostrophe inside a name: О'Хара."""
    inside = span.start < token.i < span.end - 1
    return inside and token.text in {"'", "’"} and not token.whitespace_ and not token.nbor(-1).whitespace_


def _is_name(reading: Any) -> bool:
    return any(mark in reading.tag for mark in _NAME_MARKS)


def _person_readings(token: Token, case: str, gender: str) -> list[Any]:
    fitting = [
        reading
        for reading in parses(token.text.casefold())
        if reading.tag.POS in {"NOUN", "ADJF"}
        and reading.tag.case == case
        and reading.tag.number == "sing"
        and (reading.tag.gender == gender or "ms-f" in reading.tag)
    ]
    return sorted(fitting, key=lambda reading: (not _is_name(reading), -reading.score))


def _glued(tokens: list[Token], words: list[str]) -> str:
    """`words` with the spacing that `tokens` have."""
    out = ""
    for token, word in zip(tokens, words, strict=True):
        out += word + (" " if token.whitespace_ or token is not tokens[-1] and token.nbor().is_space else "")
    return " ".join(out.split())


def head_of(span: Span) -> Token:
    """The noun of a phrase that its case hangs on: the first noun that is not inside quotes."""
    quoted = False
    for token in span:
        if token.text in QUOTES:
            quoted = not quoted
        elif not quoted and token.pos_ in {"NOUN", "PROPN"}:
            return token
    return span.root


def phrase_name(span: Span) -> str:
    """The nominative of a name that is a phrase: its head noun and the adjectives that agree with it are turned.

    What follows the head stays: Федеральной таможенной службы → Федеральная таможенная служба, управления МВД России →
    управление МВД России.
    """
    tokens = [token for token in span if not token.is_space]
    head = head_of(span)
    words = [token.text for token in tokens]
    if head not in tokens or _case(head) in {"", "nomn"}:
        return _glued(tokens, words)
    place = tokens.index(head)
    reading = _noun_reading(head)
    if reading is not None:
        number = reading.tag.number or "sing"
        words[place] = _inflected(reading, {"nomn", number}, head.text)
        for i in range(place):
            words[i] = agreeing(tokens[i], reading.tag.gender or "masc", number)
    return _glued(tokens, words)


def _noun_reading(token: Token) -> Any | None:
    if _fixed(token.text):
        return None
    case, number = _case(token), {"Sing": "sing", "Plur": "plur"}.get(next(iter(token.morph.get("Number", [])), ""))
    readings = [reading for reading in parses(token.text.casefold()) if reading.tag.POS == "NOUN"]
    exact = [r for r in readings if r.tag.case == case and (number is None or r.tag.number == number)]
    geographic = [r for r in exact if "Geox" in r.tag or "Orgn" in r.tag]
    return next(iter([*geographic, *exact]), None)


def agreeing(token: Token, gender: str, number: str) -> str:
    """An adjective before its noun in the nominative, of the noun's gender and number; other words as they are."""
    for reading in parses(token.text.casefold()):
        if reading.tag.POS in {"ADJF", "PRTF"} and not _fixed(token.text):
            marks = {"nomn", "plur"} if number == "plur" else {"nomn", "sing", gender}
            return _inflected(reading, marks, token.text)
    return token.text


def dictionary_form(span: Span) -> str:
    """The nominative of the entity `span`."""
    return person_name(span) if span.label_ == "PERSON" else phrase_name(span)
