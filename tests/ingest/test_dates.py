"""Dates as pages write them."""

import contextlib
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.dates import StatedDate, find_date, parse_date
from ingest.errors import InputError

READ = datetime(2025, 10, 2, 0, 30, tzinfo=UTC)
ALMATY = ZoneInfo("Asia/Almaty")
iso = datetime.fromisoformat


@pytest.mark.parametrize(
    ("text", "at", "precision"),
    [
        ("1 октября 2025, 14:30", iso("2025-10-01 14:30"), "minute"),
        ("1 октября 2025 года", iso("2025-10-01"), "day"),
        ("1 октября 2025 г., 14:30", iso("2025-10-01 14:30"), "minute"),
        ("14:30, 1 октября 2025", iso("2025-10-01 14:30"), "minute"),
        ("среда, 1 октября 2025 в 14:30", iso("2025-10-01 14:30"), "minute"),
        ("3 мая 2025", iso("2025-05-03"), "day"),
        ("7 марта 2025", iso("2025-03-07"), "day"),
        ("12 сент. 2025", iso("2025-09-12"), "day"),
        ("01.10.2025 14:30:59", iso("2025-10-01 14:30:59"), "second"),
        ("14:30 01.10.2025", iso("2025-10-01 14:30"), "minute"),
        ("2025 жылғы 12 қыркүйек", iso("2025-09-12"), "day"),
        ("2025 жылдың 12 қыркүйегі, 09:05", iso("2025-09-12 09:05"), "minute"),
        ("12 қыркүйек 2025, 14:30", iso("2025-09-12 14:30"), "minute"),
        ("2025 ж. 1 қазан", iso("2025-10-01"), "day"),
        ("Сәрсенбі, 1 қазан 2025", iso("2025-10-01"), "day"),
        ("30 мамыр 2025", iso("2025-05-30"), "day"),
        ("October 1, 2025", iso("2025-10-01"), "day"),
        ("Oct. 1, 2025 2:30 PM", iso("2025-10-01 14:30"), "minute"),
        ("1 October 2025", iso("2025-10-01"), "day"),
        ("May 3, 2025 at 12:05 a.m.", iso("2025-05-03 00:05"), "minute"),
        ("2025-10-01", iso("2025-10-01"), "day"),
        ("2025-10-01 24:00", iso("2025-10-02"), "minute"),
        ("25/02/2025", iso("2025-02-25"), "day"),
        ("2025 жылғы 12 қыркүйек, сағат 14:30", iso("2025-09-12 14:30"), "minute"),
        ("12 қыр. 2025", iso("2025-09-12"), "day"),
        ("12 сен 2025 14:30", iso("2025-09-12 14:30"), "minute"),
        ("12 қырк. 2025 ж. 14:30", iso("2025-09-12 14:30"), "minute"),
        ("01.10.25, 14:30", iso("2025-10-01 14:30"), "minute"),
        ("01-10-2025", iso("2025-10-01"), "day"),
        ("12 вересня 2025, 14:30", iso("2025-09-12 14:30"), "minute"),
        ("1. Oktober 2025, 14.30 Uhr", iso("2025-10-01 14:30"), "minute"),
        ("Mittwoch, 1. Okt. 2025 um 14:30 Uhr", iso("2025-10-01 14:30"), "minute"),
        ("1er octobre 2025 à 14h30", iso("2025-10-01 14:30"), "minute"),
        ("1 de octubre de 2025", iso("2025-10-01"), "day"),
        ("1 de outubro de 2025 às 14h30", iso("2025-10-01 14:30"), "minute"),
        ("1 ottobre 2025", iso("2025-10-01"), "day"),
        ("1 października 2025", iso("2025-10-01"), "day"),
        ("1 Ekim 2025 14:30", iso("2025-10-01 14:30"), "minute"),
        ("1-oktyabr 2025", iso("2025-10-01"), "day"),
        ("2025 m. spalio 1 d.", iso("2025-10-01"), "day"),
        ("2:30 PM, October 1, 2025", iso("2025-10-01 14:30"), "minute"),
    ],
)
def test_a_date_without_a_zone_stays_without_one(text: str, at: datetime, precision: str) -> None:
    stated = parse_date(text)
    assert stated.at == at
    assert stated.at.tzinfo is None
    assert stated.precision == precision


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2025-10-01T14:30:05+05:00", datetime(2025, 10, 1, 14, 30, 5, tzinfo=timezone(timedelta(hours=5)))),
        ("2025-10-01T14:30:05.123+0500", datetime(2025, 10, 1, 14, 30, 5, tzinfo=timezone(timedelta(hours=5)))),
        ("2025-10-01T14:30:05Z", datetime(2025, 10, 1, 14, 30, 5, tzinfo=UTC)),
        ("Wed, 01 Oct 2025 14:30:00 +0300", datetime(2025, 10, 1, 14, 30, tzinfo=timezone(timedelta(hours=3)))),
        ("Wed, 01 Oct 2025 14:30:00 GMT", datetime(2025, 10, 1, 14, 30, tzinfo=UTC)),
        ("01.10.2025, 14:30 (МСК)", datetime(2025, 10, 1, 14, 30, tzinfo=timezone(timedelta(hours=3)))),
        ("01.10.2025 14:30 (GMT+5)", datetime(2025, 10, 1, 14, 30, tzinfo=timezone(timedelta(hours=5)))),
        (
            "1 октября 2025, 14:30 по московскому времени",
            datetime(2025, 10, 1, 14, 30, tzinfo=ZoneInfo("Europe/Moscow")),
        ),
        ("1 октября 2025, 14:30 по времени Астаны", datetime(2025, 10, 1, 14, 30, tzinfo=ALMATY)),
        ("01.10.2025 14:30 (МСК+2)", datetime(2025, 10, 1, 14, 30, tzinfo=timezone(timedelta(hours=5)))),
        ("1 қазан 2025, 14:30 (Астана уақытымен)", datetime(2025, 10, 1, 14, 30, tzinfo=ALMATY)),
        ("01.10.2025 14:30 ALMT", datetime(2025, 10, 1, 14, 30, tzinfo=ALMATY)),
        ("01.10.2025 14:30 MSK", datetime(2025, 10, 1, 14, 30, tzinfo=timezone(timedelta(hours=3)))),
        ("Oct 1, 2025 2:30 p.m. ET", datetime(2025, 10, 1, 14, 30, tzinfo=ZoneInfo("America/New_York"))),
        ("Oct 1, 2025 2:30 PM EDT", datetime(2025, 10, 1, 14, 30, tzinfo=timezone(timedelta(hours=-4)))),
    ],
)
def test_a_stated_zone_is_kept_and_beats_the_source_s(text: str, at: datetime) -> None:
    stated = parse_date(text, timezone="Asia/Tokyo").at
    assert stated == at
    assert stated.utcoffset() == at.utcoffset()


def test_the_source_s_zone_is_that_of_the_day() -> None:
    # Kazakhstan moved its clocks on 1 March 2024.
    assert parse_date("01.02.2024 12:00", timezone="Asia/Almaty").at.utcoffset() == timedelta(hours=6)
    assert parse_date("01.04.2024 12:00", timezone="Asia/Almaty").at.utcoffset() == timedelta(hours=5)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("сегодня, 04:40", datetime(2025, 10, 2, 4, 40, tzinfo=ALMATY)),
        ("вчера в 09:15", datetime(2025, 10, 1, 9, 15, tzinfo=ALMATY)),
        ("бүгін 01:15", datetime(2025, 10, 2, 1, 15, tzinfo=ALMATY)),
        ("кеше, 23:59", datetime(2025, 10, 1, 23, 59, tzinfo=ALMATY)),
        ("Today, 01:00", datetime(2025, 10, 2, 1, 0, tzinfo=ALMATY)),
        ("1 октября, 14:30", datetime(2025, 10, 1, 14, 30, tzinfo=ALMATY)),
        ("31 декабря, 14:30", datetime(2024, 12, 31, 14, 30, tzinfo=ALMATY)),
        ("Бүгін, 04:30", datetime(2025, 10, 2, 4, 30, tzinfo=ALMATY)),
        ("Кеше", datetime(2025, 10, 1, tzinfo=ALMATY)),
        ("Вчера 13:16", datetime(2025, 10, 1, 13, 16, tzinfo=ALMATY)),
        ("позавчера, 13:16", datetime(2025, 9, 30, 13, 16, tzinfo=ALMATY)),
        ("12 қыркүйек, 14:30", datetime(2025, 9, 12, 14, 30, tzinfo=ALMATY)),
        ("3 часа назад", datetime(2025, 10, 2, tzinfo=ALMATY)),
        ("2 күн бұрын", datetime(2025, 9, 30, tzinfo=ALMATY)),
        ("an hour ago", datetime(2025, 10, 2, tzinfo=ALMATY)),
        ("5 минут назад", datetime(2025, 10, 2, 0, 25, tzinfo=UTC)),
    ],
)
def test_relative_dates_need_and_use_their_reference(text: str, at: datetime) -> None:
    assert parse_date(text, reference=READ, timezone="Asia/Almaty").at == at
    with pytest.raises(InputError, match="relative"):
        parse_date(text, timezone="Asia/Almaty")


def test_today_is_the_source_s_day_not_that_of_utc() -> None:
    late = datetime(2025, 10, 1, 20, 0, tzinfo=UTC)  # already 2 October in Almaty
    assert parse_date("сегодня, 00:40", reference=late, timezone="Asia/Almaty").at.date().isoformat() == "2025-10-02"


@pytest.mark.parametrize(
    "text",
    ["", "Лента новостей", "31.02.2025", "2025-13-01", "12:40", "мая", "32 октября 2025", "1 октября 2025, 25:10", "20251001",
     "1 октября 2025, 14:30 и ещё слова", "2025-10-01T14:30+99:00", "13:30 PM, 1 October 2025"],
)  # fmt: skip
def test_nonsense_raises(text: str) -> None:
    with pytest.raises(InputError):
        parse_date(text, reference=READ)


def test_an_order_of_day_and_month_is_not_guessed() -> None:
    with pytest.raises(InputError, match="two days"):
        parse_date("01/02/2025")
    assert parse_date("01/02/2025", month_first=True).at == iso("2025-01-02")
    assert parse_date("01/02/2025", month_first=False).at == iso("2025-02-01")


def test_an_unknown_zone_name_raises() -> None:
    with pytest.raises(InputError, match="no time zone"):
        parse_date("01.10.2025", timezone="Asia/Nowhere")


def test_find_date_takes_the_first_and_longest() -> None:
    found = find_date("Опубликовано: 1 октября 2025, 14:30 | обновлено 2 октября 2025")
    assert found == StatedDate(iso("2025-10-01 14:30"), "minute")
    assert find_date("Очередь растёт: 300 машин, 12 полос") is None
    assert find_date("What to know today: погода на сегодня", reference=READ) is None
    assert find_date("выиграл 3 set и 5 ara", reference=READ) is None


@given(st.datetimes(min_value=iso("1990-01-01"), max_value=iso("2090-01-01")))
def test_what_is_written_in_iso_is_read_back(at: datetime) -> None:
    at = at.replace(microsecond=0)
    assert parse_date(at.isoformat()).at == at


@given(st.text(max_size=60))
def test_any_text_is_a_date_or_an_input_error(text: str) -> None:
    with contextlib.suppress(InputError):
        parse_date(text, reference=READ)
    find_date(text, reference=READ)
