"""Names of the knowledge base in a text of another language."""

from __future__ import annotations

import pytest

from nlp.linker import matcher
from nlp.pipeline import load


@pytest.mark.parametrize(
    ("lang", "text", "found"),
    [
        ("ru", "Об этом сообщили в State Revenue Committee и на посту Syrym.",
         [("Комитет государственных доходов", "agency.src"), ("Сырым", "crossing.syrym")]),
        ("ru", "«Мемлекеттік кірістер комитетінің» ответ прочёл Серік Жұманғарин.",
         [("Комитет государственных доходов", "agency.src"), ("Серик Жумангарин", "person.zhumangarin")]),
        ("ru", "Вице-премьер Serik Zhumangarin приедет в Қазақстанға.",
         [("Серик Жумангарин", "person.zhumangarin"), ("Казахстан", "place.kazakhstan")]),
        ("kk", "Бұл туралы КГД мен Серик Жумангарин айтты, Уральск қаласында кезек көп.",
         [("КГД", "agency.src"), ("Серик Жумангарин", "person.zhumangarin"), ("Уральск", "place.oral")]),
        ("kk", "State Revenue Committee мәліметінше, Syrym бекетінде кезек көп.",
         [("Мемлекеттік кірістер комитеті", "agency.src"), ("Сырым", "crossing.syrym")]),
        ("en", "The КГД told Серик Жумангарин that «Сырым» is closed, and so is Құрманғазы.",
         [("State Revenue Committee", "agency.src"), ("Serik Zhumangarin", "person.zhumangarin"), ("Syrym", "crossing.syrym"), ("Kurmangazy", "crossing.kurmangazy")]),
        ("en", "Мемлекеттік кірістер комитеті did not reply.", [("State Revenue Committee", "agency.src")]),
    ],
)  # fmt: skip
def test_a_name_in_another_language(lang: str, text: str, found: list[tuple[str, str]]) -> None:
    nlp = load(lang)
    assert [(match.name, match.known.id) for match in matcher(nlp)(nlp.make_doc(text))] == found


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("ru", "Сауда, Ара и Бас — слова."),
        ("ru", "Форум Astana Hub открыли в Moscow City."),
        ("ru", "мемлекеттік, кірістер, россия, syrym"),
        ("kk", "Хабар келді, хабарды оқы. Орда тігілді. Сары дала."),
        ("kk", "Astana Hub алаңы мен Shymkent City қалашығы"),
        ("en", "Хабар, Тёплое, Горняк and Аул are words too."),
    ],
)
def test_no_name_in_another_language(lang: str, text: str) -> None:
    nlp = load(lang)
    assert [match.name for match in matcher(nlp)(nlp.make_doc(text))] == []
