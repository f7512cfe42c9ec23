"""Days named in the three languages, told from the day of publication."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime

import pytest

from nlp.dates import dates_in

WEDNESDAY = datetime(2025, 9, 24, 15, tzinfo=UTC)
NAMED = [
    ("ru", "К 25 сентября скопилось 300 фур.", "2025-09-25"),  # a day after: the slack
    ("ru", "По состоянию на утро 24 сентября стоят 300 фур.", "2025-09-24"),
    ("ru", "На 22.09 в очереди 300 фур.", "2025-09-22"),
    ("ru", "На 22.09.2024 в очереди 300 фур.", "2024-09-22"),
    ("ru", "22.09.24 стояли 300 фур.", "2024-09-22"),
    ("ru", "В декабре, 30 дек. 2024 года, стояли 300 фур.", "2024-12-30"),
    ("ru", "3 октября прошлого сезона", "2024-10-03"),
    ("ru", "Вчера стояли 300 фур.", "2025-09-23"),
    ("ru", "Позавчера стояли 300 фур.", "2025-09-22"),
    ("ru", "Сегодня стоят 300 фур.", "2025-09-24"),
    ("ru", "В среду стояли 300 фур.", "2025-09-24"),
    ("ru", "В прошлую среду стояли 300 фур.", "2025-09-17"),
    ("ru", "На утро пятницы стояли 300 фур.", "2025-09-19"),
    ("ru", "К вечеру воскресенья стояли 300 фур.", "2025-09-21"),
    ("ru", "Два дня назад стояли 300 фур.", "2025-09-22"),
    ("ru", "29 февраля стояли 300 фур.", "2024-02-29"),
    ("ru", "Данные на 2025-09-20: 300 фур.", "2025-09-20"),
    ("en", "As of Tuesday, 300 trucks wait.", "2025-09-23"),
    ("en", "On Sept. 25 300 trucks waited.", "2025-09-25"),
    ("en", "On September 2nd, 2024, 300 trucks waited.", "2024-09-02"),
    ("en", "On 12 May 300 trucks waited.", "2025-05-12"),
    ("en", "the 3rd of October 2023", "2023-10-03"),
    ("en", "Yesterday 300 trucks waited.", "2025-09-23"),
    ("en", "300 trucks waited three days ago.", "2025-09-21"),
    ("en", "By Friday morning there were 300 trucks.", "2025-09-19"),
    ("en", "Last Wednesday there were 300 trucks.", "2025-09-17"),
    ("en", "This morning there were 300 trucks.", "2025-09-24"),
    ("kk", "25 қыркүйекте 300 фура тұрды.", "2025-09-25"),
    ("kk", "2024 жылғы 4 қарашада 280 жүк көлігі жиналды.", "2024-11-04"),
    ("kk", "2024 жылдың 20 қыркүйегінде 280 көлік тұрды.", "2024-09-20"),
    ("kk", "Қыркүйектің 22-сі күні 300 фура тұрды.", "2025-09-22"),
    ("kk", "Қазанның 5-інде 300 фура тұрды.", "2024-10-05"),
    ("kk", "23-қарашада 300 фура тұрды.", "2024-11-23"),
    ("kk", "Кеше 300 фура тұрды.", "2025-09-23"),
    ("kk", "Бүгін таңертең 300 фура тұр.", "2025-09-24"),
    ("kk", "Дүйсенбіде 300 фура тұрды.", "2025-09-22"),
    ("kk", "Сенбі күні 300 фура тұрды.", "2025-09-20"),
    ("kk", "Өткен жұмада 300 фура тұрды.", "2025-09-19"),
    ("kk", "Екі күн бұрын 300 фура тұрды.", "2025-09-22"),
]
NO_DAY = [
    ("ru", "На прошлой неделе, в сентябре 2025 года, стояли 300 фур."),
    ("ru", "С 22 по 24 сентября, 22–24 сентября пост закрыт."),
    ("ru", "По средам и в следующую среду пост закрыт."),
    ("ru", "Очередь 12.10 км, в 12.10 открыли, статья 11.22.33."),
    ("ru", "31 февраля, 45 мая и 99.99."),
    ("ru", "Средний простой — два дня, средняя длина — 5 км."),
    ("en", "Trucks may wait 25 hours, 12 may wait more; next Tuesday, every Friday, Sept. 22-24, in May, they sat."),
    ("en", "The queue was 4.5 km, M-32, no. 5."),
    ("kk", "Өткен аптада, қыркүйекте, келесі дүйсенбіде пост жабық, 22–24 қыркүйек."),
]


@pytest.mark.parametrize(("lang", "text", "wanted"), NAMED)
def test_a_day_is_read(lang: str, text: str, wanted: str) -> None:
    assert [one.day for one in dates_in(text, lang, WEDNESDAY)] == [date.fromisoformat(wanted)]


@pytest.mark.parametrize(("lang", "text"), NO_DAY)
def test_what_names_no_day(lang: str, text: str) -> None:
    assert dates_in(text, lang, WEDNESDAY) == []


def test_offsets_and_order() -> None:
    text = "Вчера стояли 300 фур, 20 сентября — 200, 1 мая 2024 года — 100."
    found = dates_in(text, "ru", WEDNESDAY)
    assert [text[one.start : one.end] for one in found] == ["Вчера", "20 сентября", "1 мая 2024"]


def test_without_a_publication_only_days_with_a_year_are_found() -> None:
    text = "Вчера, в среду и 20 сентября — 200, 1 мая 2024 года — 100."
    assert [one.day for one in dates_in(text, "ru")] == [date(2024, 5, 1)]


@pytest.mark.parametrize(
    "noise", ["1" * 50_000, "1." * 25_000, "25 " * 15_000, "в " * 25_000, "а" * 50_000, "2 жыл " * 8_000]
)
@pytest.mark.parametrize("lang", ["ru", "en", "kk"])
def test_noise_is_read_in_bounded_time(lang: str, noise: str) -> None:
    start = time.process_time()
    dates_in(noise, lang, WEDNESDAY)
    assert time.process_time() - start < 2
