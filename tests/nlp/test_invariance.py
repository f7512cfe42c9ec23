"""What a claim's cause and stance must not depend on: names, places, figures, marks, letters' case, a stray paragraph."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.document import Document
from nlp.annotate import annotate
from tests.gold.parts import FOLDER, held_back, rows

LANGUAGES = ("ru", "en", "kk")
Change = Callable[[str, str, Random], str]
OF_ONE_KIND = {
    "ru": [("Сырым", "Жайсан"), ("Маштаков", "Сагарчин"), ("Петухов", "Бугристо")],
    "en": [("Syrym", "Zhaisan"), ("Mashtakovo", "Sagarchin"), ("Petukhovo", "Ozinki")],
    "kk": [("Сырым", "Жайсаң"), ("Маштаково", "Сагарчин"), ("Петухово", "Озинки")],
}
"""Crossings of one side, as far as their endings are the same."""
SURNAMES = {
    "ru": re.compile(r"(?<=[^.!?…\n] )[А-ЯЁ][а-яё]{2,}(?=(?:ов|ев|ин)(?:а|у|ым|е|ой)?\b)"),
    "kk": re.compile(
        r"(?<=[^.!?…\n] )[А-ЯЁӘҒҚҢӨҰҮҺІ][а-яёәғқңөұүһі]{2,}(?=(?:ов|ев|ин)(?:а|тың|тің|ның|нің|қа|ке)?\b)"
    ),
    "en": re.compile(r"(?<=[^.!?…\n] )[A-Z][a-z]{2,}(?=(?:ov|ev|in)\b)"),
}
"""Names inside a sentence: at its start stand words with the same endings («Отказов»)."""
STEMS = {
    "ru": ["Тажибек", "Громык", "Еслям"],
    "kk": ["Тәжібек", "Ерлан", "Есләм"],
    "en": ["Tazhibek", "Gromyk", "Yeslam"],
}
ELSEWHERE = {
    "ru": "В субботу в городском парке пройдёт шахматный турнир среди школьников. Победителю вручат велосипед.",
    "en": "A chess tournament for schoolchildren opens in the city park on Saturday. The winner gets a bicycle.",
    "kk": "Сенбі күні қалалық саябақта оқушылар арасында шахмат турнирі өтеді. Жеңімпазға велосипед беріледі.",
}
MEANT = re.compile(r"(?<![\d/.,:-])(?!(?:90|100|180|365|24)(?!\d))\d{2,3}(?![\d/.:-])(?!,\d)")
"""Figures that measure: no year, date, hour, and none that stands for a rule (90 days, 100 % inspections)."""


def places(text: str, lang: str, random: Random) -> str:
    for one, other in OF_ONE_KIND[lang]:
        text = text.replace(one, "\0").replace(other, one).replace("\0", other)
    return text


def surnames(text: str, lang: str, random: Random) -> str:
    stem = random.choice(STEMS[lang])
    crossings = [one for pair in OF_ONE_KIND[lang] for one in pair]
    found = {match.group() for match in SURNAMES[lang].finditer(text)}
    for old in sorted(one for one in found if not any(crossing.startswith(one) for crossing in crossings))[:1]:
        text = re.sub(rf"\b{old}(?=ов|ев|ин|ov|ev|in)", stem, text)
    return text


def figures(text: str, lang: str, random: Random) -> str:
    return MEANT.sub(
        lambda match: str(random.randint(11, 89)) if len(match[0]) == 2 else str(random.randint(201, 899)), text
    )


def quote_marks(text: str, lang: str, random: Random) -> str:
    marks = random.choice(["“”", '""', "„“"])
    return re.sub("[«»“”]", lambda match: marks[match[0] in "»”"], text)


def yo(text: str, lang: str, random: Random) -> str:
    return text.replace("ё", "е").replace("Ё", "Е")


def capitals(text: str, lang: str, random: Random) -> str:
    return text.upper()


def paragraph_after(text: str, lang: str, random: Random) -> str:
    return f"{text}\n\n{ELSEWHERE[lang]}"


def paragraph_before(text: str, lang: str, random: Random) -> str:
    return f"{ELSEWHERE[lang]}\n\n{text}"


CHANGES = [places, surnames, figures, quote_marks, yo, paragraph_after, paragraph_before]


def told(document: Document) -> set[tuple[str, str]]:
    (found,) = annotate([document])
    return {(claim.cause, claim.stance) for claim in found.claims}


@cache
def documents(lang: str) -> list[tuple[Document, set[tuple[str, str]]]]:
    """Documents of our own that may be read, each with what kezek says of it."""
    texts = [row for row in rows([FOLDER / f"{lang}.jsonl"]) if not held_back(row) and row["claims"]]
    made = [Document(row["id"], row["title"] or "", row["text"], kind=row["kind"], lang=lang) for row in texts]
    return [(document, told(document)) for document in made]


def changed(document: Document, change: Change, random: Random) -> Document:
    title = (
        document.title
        if change in (paragraph_after, paragraph_before)
        else change(document.title, document.lang or "", random)
    )
    return replace(document, title=title, text=change(document.text, document.lang or "", random))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
@settings(max_examples=12, deadline=None)
@given(st.data())
def test_cause_and_stance_stay(change: Change, lang: str, data: st.DataObject) -> None:
    document, before = data.draw(st.sampled_from(documents(lang)))
    other = changed(document, change, data.draw(st.randoms(use_true_random=False)))
    assert told(other) == before, other.text


def test_capitals_change_hardly_anything() -> None:
    """Names are not seen as such in capitals, and one claim in a hundred may lie that near to the threshold."""
    read = [one for lang in LANGUAGES for one in documents(lang)]
    changed_by = [
        document.document_id for document, before in read if told(changed(document, capitals, Random(1))) != before
    ]
    assert len(changed_by) <= len(read) / 25
