"""Measured delays: numbers, ranges, units, and what is no delay."""

from __future__ import annotations

import tomllib
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.document import Document
from nlp.observations import observations
from nlp.pipeline import load, read
from tests.nlp.test_entities import score_of

SENTENCES = Path(__file__).parent / "observation_sentences.toml"
DELAYS = [
    ("ru", "На «Сырыме» стоят 300 фур, на «Таскале» — 150.", [("vehicles", 300, 300), ("vehicles", 150, 150)]),
    ("ru", "В очереди от двух до пяти тысяч грузовиков.", [("vehicles", 2000, 5000)]),
    ("ru", "Скопилось 1,5–2 тыс. большегрузов.", [("vehicles", 1500, 2000)]),
    ("ru", "В очереди 1 200 машин.", [("vehicles", 1200, 1200)]),
    ("ru", "Снегопад запер на границе полтысячи грузовиков.", [("vehicles", 500, 500)]),
    ("ru", "Почти сутки ждали у шлагбаума.", [("days", 1, 1)]),
    ("ru", "Простояли двое-трое суток.", [("days", 2, 3)]),
    ("ru", "Хвост 11км!!", [("kilometres", 11, 11)]),
    ("ru", "Трёхкилометровая очередь у Сагарчина.", [("kilometres", 3, 3)]),
    ("ru", "Водители ждут до 12 часов.", [("hours", 12, 12)]),
    ("ru", "Стоим четвёртые сутки, воды нет.", [("days", 4, 4)]),
    ("ru", "Проехал наконец. Итого пять суток. Половина стоит без пломб.", [("days", 5, 5)]),
    ("ru", "Число фур на границе достигло 900.", [("vehicles", 900, 900)]),
    ("en", "Russian customs says there is no slowdown. The satellite says 1,900 trucks.", [("vehicles", 1900, 1900)]),
    ("kk", "Кезектегі көлік саны 300-ге жетті.", [("vehicles", 300, 300)]),
    ("en", "Between 2,000 and 3,000 trucks are stuck.", [("vehicles", 2000, 3000)]),
    ("en", "Two to five thousand lorries are waiting.", [("vehicles", 2000, 5000)]),
    ("en", "A three-day wait at Syrym.", [("days", 3, 3)]),
    ("en", "Trucks wait for twenty-five hours.", [("hours", 25, 25)]),
    ("en", "The queue was more than seven kilometres long.", [("kilometres", 7, 7)]),
    ("kk", "Адамдар 6–7 сағат күтеді.", [("hours", 6, 7)]),
    ("kk", "Екі-үш күн күтеді.", [("days", 2, 3)]),
    ("kk", "Үш жүзден астам жүк көлігі кезекте тұр.", [("vehicles", 300, 300)]),
    ("kk", "Сырымда 2-ден 5 мыңға дейін фура тұр.", [("vehicles", 2000, 5000)]),
    ("kk", "Кезек алты шақырымға жуықтады.", [("kilometres", 6, 6)]),
]
NO_DELAYS = [
    ("ru", "Лимит пребывания — 90 дней в год, очередь растёт."),
    ("ru", "За сутки пост пропускает 200 машин, но очередь растёт."),
    ("ru", "Открыто с 8 до 20 часов, фуры стоят."),
    ("ru", "Скопились тысячи фур, очередь вторые сутки."),
    ("ru", "У границы скопилось несколько тысяч фур."),
    ("en", "Several hundred thousand trucks and a few dozen lorries wait at the border."),
    ("kk", "Шекарада бірнеше мың фура тұр."),
    ("ru", "В очереди говорят, что провоз подорожал до 70 тысяч долларов."),
    ("ru", "В 5 км от границы есть кафе."),
    ("ru", "Движение остановлено вторые сутки."),
    ("ru", "Из Актау фуры плывут в Астрахань, оттуда три дня едут до Москвы."),
    ("en", "The crane has been hired for three weeks, operators wait."),
    ("en", "Foreigners may stay 90 days a year, drivers in the queue say."),
    ("en", "Rates rose by 20 percent while trucks wait."),
    ("en", "Trucks parked 40 kilometres from the border."),
    ("kk", "Жылына 90 күн болуға рұқсат, кезек бар."),
    ("kk", "Бекет тәулігіне 200 көлік өткізе алады, кезек бар."),
]


@pytest.mark.parametrize(("lang", "text", "wanted"), DELAYS)
def test_delays(lang: str, text: str, wanted: list[tuple[str, float, float]]) -> None:
    assert [(o.metric, o.low, o.high) for o in observations(load(lang)(text))] == wanted


@pytest.mark.parametrize(("lang", "text"), NO_DELAYS)
def test_what_is_no_delay(lang: str, text: str) -> None:
    assert observations(load(lang)(text)) == []


def test_places_and_offsets() -> None:
    document = Document(
        "d1", title="Пробка", text="Караузек открыт. На «Сырыме» стоят 300 фур, на «Таскале» — 150.\nЖдать 5 часов."
    )
    (doc,) = read([document], "ru")
    found = observations(doc)
    assert [(o.place, o.place_entity) for o in found] == [
        ("Сырым", "crossing.syrym"),
        ("Таскала", "crossing.taskala"),
        ("Таскала", "crossing.taskala"),
    ]
    for one in found:
        assert one.evidence_field == "text"
        assert document.text[one.evidence_start : one.evidence_end] == one.evidence


def test_the_headline_counts_where_the_body_does_not_say_the_same() -> None:
    (doc,) = read([Document("d1", title="300 фур стоят у границы", text="На Сырыме застряли 300 фур.")], "ru")
    assert [(o.low, o.evidence_field) for o in observations(doc)] == [(300, "text")]
    (doc,) = read([Document("d2", title="300 фур стоят у границы", text="На Сырыме очередь.")], "ru")
    assert [(o.low, o.evidence_field) for o in observations(doc)] == [(300, "title")]


@pytest.mark.parametrize(
    ("part", "least"),
    [
        ("tune", 0.93),
        ("test", 0.85),
        ("blind1", 0.95),
        ("blind2", 0.8),
        ("blind3", 0.85),
        ("blind4", 0.9),
        ("lists", 0.95),
    ],
)
def test_texts_written_by_the_guide(part: str, least: float) -> None:
    """F1 over metric, low and high of the texts in `observation_sentences.toml`, all languages together."""
    rows = [row for row in tomllib.loads(SENTENCES.read_text(encoding="utf-8"))["sentence"] if row["part"] == part]
    right = wanted = found = 0
    for lang in ("ru", "en", "kk"):
        ours_of = [row for row in rows if row["lang"] == lang]
        for row, doc in zip(ours_of, load(lang).pipe(row["text"] for row in ours_of), strict=True):
            gold = Counter((metric, float(low), float(high)) for metric, low, high in row["delays"])
            ours = Counter((one.metric, one.low, one.high) for one in observations(doc))
            right, wanted, found = right + (gold & ours).total(), wanted + gold.total(), found + ours.total()
    assert wanted > 50
    assert 2 * right / (wanted + found) >= least


def test_dev_set(shared: Path) -> None:
    assert score_of(shared, "f_observations") >= 0.85


@pytest.mark.parametrize(
    ("lang", "text", "wanted"),
    [
        ("ru", "К утру 22 сентября на «Сырыме» стояли 300 фур.", ["2025-09-22"]),
        ("ru", "Вчера стояли 300 фур, а сегодня стоят 500.", ["2025-09-23", "2025-09-24"]),
        ("ru", "С 3 сентября на «Сырыме» стоят 300 фур.", [None]),
        ("ru", "Данные на вторник. На «Сырыме» стоят 300 фур.", ["2025-09-23"]),
        ("ru", "Пост осмотрели во вторник. На прошлой неделе на «Сырыме» стояли 300 фур.", [None]),
        ("ru", "На «Сырыме» стоят 300 фур.", [None]),
        ("en", "As of Tuesday 300 trucks were waiting at Syrym.", ["2025-09-23"]),
        ("en", "Since Friday 300 trucks have been waiting at Syrym.", [None]),
        ("kk", "Сейсенбіде Сырымда 300 фура кезекте тұрды.", ["2025-09-23"]),
        ("kk", "Сейсенбіден бері Сырымда 300 фура кезекте тұр.", [None]),
    ],
)
def test_the_day_of_a_figure(lang: str, text: str, wanted: list[str | None]) -> None:
    found = observations(load(lang)(text), published_at=datetime(2025, 9, 24, 15, tzinfo=UTC))
    assert [one.as_of and one.as_of.date().isoformat() for one in found] == wanted
    assert all(one.as_of is None for one in observations(load(lang)(text)))


@pytest.mark.parametrize(
    ("lang", "text", "wanted"),
    [
        (
            "en",
            "In the yards there were: Syrym, 61 trucks; Taskala, 118; Kurmangazy, 44.",
            ["Syrym", "Taskala", "Kurmangazy"],
        ),
        ("en", "Syrym is closed. Drivers from Tallinn said the wait was 30 hours.", ["Syrym"]),
        ("en", "Some 300 trucks are stuck near Uralsk.", ["Uralsk"]),
        ("ru", "Под Уральском стоят 300 фур.", ["Уральск"]),
        ("ru", "«Сырым» встал. Товары из Москвы ждут 5 дней.", ["Сырым"]),
        ("ru", "Стоят 300 фур. Причина — ремонт на «Сырыме».", ["Сырым"]),
        ("ru", "На границе России и Казахстана стоят 300 фур.", [""]),
        ("kk", "«Жайсаң» – «Сагарчин» бекетінде кезек бар. Жүргізушілер 6 сағат күтеді.", ["Жайсаң – Сагарчин"]),
        ("kk", "Орал маңында 300 фура тұр.", ["Орал"]),
    ],
)
def test_the_place_of_a_figure(lang: str, text: str, wanted: list[str]) -> None:
    assert [one.place for one in observations(load(lang)(text))] == wanted
