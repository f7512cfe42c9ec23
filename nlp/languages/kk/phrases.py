"""Names that Kazakh word order shows: the head word ends a name, «X» бекеті, Қаржы министрлігі."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from functools import lru_cache

from spacy.tokens import Doc, Span, Token

from nlp.candidates import Candidate, first_of, inside_quotes, words_in
from nlp.languages.kk.names import QUOTES
from nlp.languages.lexicon import lexicon

_WORDS = lexicon("kk")
_GENITIVE = ("ның", "нің", "дың", "дің", "тың", "тің")
_CASED = (
    *_GENITIVE,
    "да",
    "де",
    "та",
    "те",
    "дан",
    "ден",
    "тан",
    "тен",
    "нан",
    "нен",
    "ға",
    "ге",
    "қа",
    "ке",
    "мен",
    "бен",
    "пен",
    "ды",
    "ді",
    "ты",
    "ті",
)
_OF_SOMETHING = re.compile(
    "(?:кедені|соты|елшілігі|альянсы|академиясы|полициясы|бірлестігі|кеңсесі|әкімшілігі|бюросы|университеті|орталығы)"
    "(?:н|нің|ның|на|не|нда|нде|нан|нен|мен)?"
)
"""Head words that end a name where they belong to somebody, «Самара кедені», and are common words where they don't."""
_LEVELS = frozenset(("облыстық", "аудандық", "қалалық"))
_COUNTRIES = frozenset(
    ("Қазақстан", "Ресей", "Қытай", "Өзбекстан", "Қырғызстан", "Тәжікстан", "Түрікменстан", "Моңғолия", "Беларусь", "АҚШ",
     "Грузия", "Әзербайжан", "Армения", "Түркия", "Польша", "Литва", "Латвия", "Украина", "Иран", "РФ", "ҚР", "ҚХР")
)  # fmt: skip
_COMMON = frozenset(
    ("бекет", "аудан", "облыс", "қала", "компания", "жол", "әуежай", "порт", "байланыс", "кәсіпорын", "мекеме", "ведомство",
     "аймақтық", "фирма", "одақ", "палата", "қоғам")
)  # fmt: skip
"""Words that begin no name of an office at the beginning of a sentence: «Аудан әкімдігі»."""
_BELONGING = re.compile("[ыі](?:н|нің|ның|на|не|нда|нде|нан|нен|мен)?$")
_FUND = re.compile("(?:қоры|партиясы)(?:н|ның|нің|на|нда|нан|мен)?")
_IN_A_PLACE = ("дағы", "дегі", "тағы", "тегі")
_ORGANISATION = (
    *_WORDS.outlet_heads,
    "компани",
    "қауымдаст",
    "серіктест",
    "одағ",
    "ассоциаци",
    "платформ",
    "фирма",
    "партия",
    "палата",
    "жшс",
    "ақ",
    "жк",
    "кәсіпор",
    "холдинг",
    "бағдарлама",
    "директор",
    "басшы",
    "төраға",
    "иесі",
    "талдаушы",
    "сарапшы",
    "құрылтай",
    "тілші",
)


def _is(word: str, heads: tuple[str, ...]) -> bool:
    return word.casefold().startswith(heads)


@lru_cache(maxsize=50_000)
def _is_firm(word: str) -> bool:
    return _is(word, _ORGANISATION)


@lru_cache(maxsize=50_000)
def _is_place(word: str) -> bool:
    return _is(word, _WORDS.place_heads)


@lru_cache(maxsize=50_000)
def _is_office(word: str) -> bool:
    """Whether `word` is the head word of an office; of «қор» (fund) and «партия» (also: a batch) only some forms are."""
    folded = word.casefold()
    if folded.startswith(("қор", "партия")):
        return _FUND.fullmatch(folded) is not None
    if folded == "орталық":
        return False
    if _OF_SOMETHING.fullmatch(folded):
        return True
    return _is(folded, _WORDS.organisation_heads)


@lru_cache(maxsize=50_000)
def _is_crossing(word: str) -> bool:
    return _is(word, ("бекет", "өткел"))


def _where(doc: Doc, wanted: Callable[[str], bool]) -> list[Token]:
    return [doc[i] for i, word in enumerate(words_in(doc)) if wanted(word)]


def organisations(doc: Doc, named: Collection[int], people: Collection[int]) -> Iterator[Candidate]:
    """From the head word back to the word with a capital, over words that carry no case: Мемлекеттік кірістер комитеті."""
    for token in _where(doc, _is_office):
        first = first_of(token)
        start = token.i
        for i in range(token.i - 1, max(token.i - 6, first - 1), -1):
            before = doc[i]
            word = before.text.casefold()
            if word in _LEVELS and i > first and doc[i - 1].text[0].isupper():
                continue
            if (
                before.is_punct
                or i in people
                or word in _WORDS.not_in_names
                or word == "бойынша"
                or word.endswith(_IN_A_PLACE)
                or word.endswith(_GENITIVE)
                and i not in named
            ):
                break
            if before.text[0].isupper():
                start = i
                if not (i > first and doc[i - 1].text[0].isupper()) or doc[i - 1].text.casefold().endswith(_GENITIVE):
                    break
            elif word.endswith(_CASED) and word not in {"және", "мен", "бен", "пен"}:
                break
        if _is(token.text, ("үкімет",)) and token.i - start == 1 and start in named:
            continue
        if start == first and start not in named and doc[start].is_stop:
            start += 1
        if doc[start].text in _COUNTRIES and token.i - start > 1 and doc[start + 1].text[0].isupper():
            start += 1
        if doc[start].text in _COUNTRIES and _is(token.text, ("кеден",)):
            continue
        belongs = (
            _BELONGING.search(token.text) is not None
            and doc[start].text[0].isupper()
            and doc[start].text.casefold() not in _COMMON
        )
        if start < token.i and (start > first or start in named or belongs):
            yield Candidate(doc[start : token.i + 1], "ORG", rank=3)
    yield from _latin_names(doc)


def _latin_names(doc: Doc) -> Iterator[Candidate]:
    """Words in Latin letters, or an address, before what they are: KazTransBridge компаниясы, 74.ru порталы."""
    for token in _where(doc, _is_firm):
        first = first_of(token)
        start = token.i
        while start > first and _LATIN_NAME.fullmatch(doc[start - 1].text):
            start -= 1
        if start < token.i and token.text[0] > "\u0370":
            yield Candidate(doc[start : token.i], "ORG", rank=4)


_LATIN_NAME = re.compile(r"[A-Z][\w.&-]*|[A-Za-z0-9]+\.[a-z]{2,4}")


def quoted_names(doc: Doc) -> Iterator[Candidate]:
    """«X» before a word that says what it is."""
    quoted = list(inside_quotes(doc))
    for start, end in quoted:
        after = doc[end + 1].text if end + 1 < len(doc) else ""
        far = doc[end + 2].text if end + 2 < len(doc) else ""
        if (
            _is(after, ("бекет", "өткел", "өткізу"))
            or _is(after, ("шекара", "автомобиль", "кеден"))
            and _is(far, ("бекет", "өткізу"))
        ):
            for one, other in _ends(doc, start, end):
                yield Candidate(doc[one:other], "CHECKPOINT", rank=2, name=doc[one:other].text)
            yield from (Candidate(doc[one:other], "CHECKPOINT", rank=2) for one, other in _in_a_row(doc, start, quoted))
        elif _is(after, (*_ORGANISATION, "жаз", "хабарла", "деп жаз")):
            yield Candidate(doc[start:end], "ORG", rank=4)


def _in_a_row(doc: Doc, start: int, quoted: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The quoted names right before the one at `start`: «Жібек жолы», «Атамекен» және «Қонысбаева» бекеттері."""
    for one, other in reversed(quoted):
        if other < start and all(token.text in _BETWEEN for token in doc[other + 1 : start - 1]) and start - other < 5:
            yield one, other
            start = one


def _ends(doc: Doc, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The names of the two sides of a crossing, «Сырым – Маштаково», or the one."""
    for i in range(start, end):
        if doc[i].text in {"–", "—"} and i > start:
            yield start, i
            start = i + 1
    if start < end:
        yield start, end


_BETWEEN = frozenset((",", "және", "мен", "бен", "пен", "не", "немесе", "–", "—"))


def crossings(doc: Doc) -> Iterator[Candidate]:
    """A word with a capital right before бекеті or өткелі, and the one across a dash before it."""
    for token in _where(doc, _is_crossing):
        first = first_of(token)
        if token.i > first:
            i = token.i - 1
            if doc[i].text.casefold() in {"шекара", "өткізу", "кеден"} and i > first:
                i -= 1
            if _may_be_a_crossing(doc, i) and i > first:
                yield Candidate(doc[i : i + 1], "CHECKPOINT", rank=1)
                if i - 2 >= first and doc[i - 1].text in {"–", "—"} and _may_be_a_crossing(doc, i - 2):
                    yield Candidate(doc[i : i + 1], "CHECKPOINT", rank=3)
                    yield Candidate(doc[i - 2 : i - 1], "CHECKPOINT", rank=3)


def _may_be_a_crossing(doc: Doc, i: int) -> bool:
    word = doc[i].text
    return word[0].isupper() and word.replace("-", "").isalpha() and not word.casefold().endswith(_CASED)


def places(doc: Doc) -> Iterator[Candidate]:
    """Words with a capital before облысы, ауданы, ауылы."""
    for token in _where(doc, _is_place):
        first = first_of(token)
        if token.i == first or token.text.casefold() in _LEVELS:
            continue
        start = token.i
        while (
            start > first
            and doc[start - 1].text[0].isupper()
            and not doc[start - 1].text.casefold().endswith(_GENITIVE)
            and doc[start - 1].ent_type_ != "PERSON"
        ):
            start -= 1
        if _is(token.text, ("облыстар", "аудандар")):
            yield from _row(doc, start, token.i)
            continue
        if start < token.i and (start > first or doc[start].ent_type_ == "PLACE"):
            yield Candidate(doc[start : token.i + 1], "PLACE", rank=3)


def _row(doc: Doc, start: int, head: int) -> Iterator[Candidate]:
    """Each region of a row: Астрахань мен Саратов облыстары."""
    one = "облысы" if _is(doc[head].text, ("облыс",)) else "ауданы"
    yield Candidate(doc[start : head + 1], "PLACE", rank=6, name=f"{doc[start:head].text} {one}")
    i = start - 1
    while i > first_of(doc[head]) - 1 and (
        doc[i].text in {",", "мен", "бен", "пен", "және"} or doc[i].text[0].isupper()
    ):
        if doc[i].text[0].isupper():
            yield Candidate(doc[i : i + 1], "PLACE", rank=6, name=f"{doc[i].text} {one}")
        i -= 1


def quotes_off(span: Span) -> Span:
    """The name without the quotes around it."""
    start, end = span.start, span.end
    while start < end - 1 and span.doc[start].text in QUOTES:
        start += 1
    while end - 1 > start and span.doc[end - 1].text in QUOTES:
        end -= 1
    return span.doc[start:end]
