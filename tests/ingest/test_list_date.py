"""Dates of feeds and sitemaps, in all their shapes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.errors import InputError
from ingest.list_date import parse_list_date


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("Thu, 02 Oct 25 09:05:00 +0500", "04:05"),
        ("Thu, 2 Oct 2025 9:5:00 GMT", "09:05"),
        ("Thu,02 Oct 2025 09:05:00 +0500", "04:05"),
        ("Thursday, 02-Oct-25 09:05:00 GMT", "09:05"),
        ("Чт, 02 окт 2025 09:05:00 +0500", "04:05"),
        ("Срд, 02 Окт 2025 09:05:00 +0300", "06:05"),
        ("Бс, 2 Қаз 2025 09:05:00 +0500", "04:05"),
        ("Thu, 02 Oct 2025 09:05:00 MSK", "06:05"),
        ("Thu, 02 Oct 2025 09:05:00 ALMT", "04:05"),
        ("Thu, 02 Oct 2025 09:05:00 EKT", "04:05"),
        ("Thu, 02 Oct 2025 09:05:00 UT", "09:05"),
        ("Thu, 02 Oct 2025 09:05:00 -0000", "09:05"),
        ("Thu, 02 Oct 2025 09:05:00 +0500 (ALMT)", "04:05"),
        ("Thu Oct  2 09:05:00 2025", "04:05"),
        ("Thu Oct  2 09:05:00 MSK 2025", "06:05"),
        ("02.10.25 09:05", "04:05"),
        ("2 октября 2025 г. 09:05", "04:05"),
        ("Oct 2, 2025, 9:05 AM", "04:05"),
        ("2025-10-02T09:05:00.123+0500", "04:05"),
        ("20251002T090500Z", "09:05"),
        ("1759395900", "09:05"),
    ],
)
def test_moments(text: str, at: str) -> None:
    moment, precision = parse_list_date(text, "Asia/Almaty")
    assert f"{moment:%Y-%m-%d %H:%M %z}" == f"2025-10-02 {at} +0000"
    assert precision != "day"


def test_a_zone_by_name_is_that_of_its_time() -> None:
    before = parse_list_date("Thu, 02 Oct 2014 09:05:00 ALMT", "UTC")[0]
    assert before == datetime(2014, 10, 2, 3, 5, tzinfo=UTC)


@pytest.mark.parametrize("text", ["Чт, 02 окт 2025", "20251002", "2025-10-02", "02.10.2025"])
def test_days_begin_in_their_zone(text: str) -> None:
    assert parse_list_date(text, "Asia/Almaty") == (datetime(2025, 10, 1, 19, tzinfo=UTC), "day")


@pytest.mark.parametrize(
    "text",
    ["", "скоро", "2025", "2025-10", "31 сентября 2025", "02/10/2025", "0000-00-00 00:00:00", "1970-01-01T00:00:00Z"]
    + [
        "Thu, 02 Oct 0025 09:05:00 GMT",
        "-0001-11-30T00:00:00+00:00",
        "9999999999999",
        "9999-12-31",
        "Thu, 02 Oct 2025 09:05:00 XYZ",
    ],
)
def test_what_is_no_date(text: str) -> None:
    with pytest.raises(InputError):
        parse_list_date(text, "UTC")


@settings(max_examples=200, deadline=None)
@given(st.text("0123456789 :+-.,TZOctокт", max_size=30))
def test_whatever_the_text_only_our_own_error(text: str) -> None:
    try:
        at, _ = parse_list_date(text, "Asia/Almaty")
    except (InputError, OverflowError):
        return
    assert at.tzinfo == UTC
