"""Where sentences end: abbreviations that measure, dates and times, lists, states, pictures."""

from __future__ import annotations

import pytest

from nlp.pipeline import load

CASES = [
    ("ru", ["Это было 1 окт. 2025 г.", "Министр уехал."]),
    ("ru", ["В 15 ч. 30 мин. вечера открыли.", "Стоим."]),
    ("ru", ["Груз на 1,5 тыс. долл. США застрял.", "Ушло 300 млн. руб.", "Перевозчики ждут."]),
    ("ru", ["Ждать 10-12 ч.", "Фуры ждут.", "Скопилось 5 тыс.", "Водители ждут."]),
    ("ru", ["Вода, еда и т. д. и т. п.", "Всё дорого."]),
    ("ru", ["Его видели в г. Уральск, п. Озинки и д. Ивановка, т. е. везде."]),
    ("ru", ["Стоим 5 дней 😡", "Воды нет 🚛🚛", "Кто виноват?"]),
    ("ru", ["🚛 Сырым стоит 😡", "Еда кончилась на границе 🇰🇿 Казахстана."]),
    ("en", ["Goods came from the U.S.", "The queue grew."]),
    ("en", ["The U.S. Treasury spoke at 5 p.m. Friday in Oral.", "He left at 6 p.m.", "The queue grew."]),
    ("en", ["We wait 5 days 😡", "No water 🚛", "Who is to blame?"]),
    ("kk", ["Бұл 2025 ж. 1 қаз. болды.", "Министр кетті."]),
    ("kk", ["5 күн тұрмыз 😡", "Су жоқ 🚛", "Кім кінәлі?"]),
]


@pytest.mark.parametrize(("lang", "wanted"), CASES)
def test_sentences(lang: str, wanted: list[str]) -> None:
    doc = load(lang, ["kezek_sentences"])(" ".join(wanted))
    assert [sentence.text.strip() for sentence in doc.sents] == wanted
