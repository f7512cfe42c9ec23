"""Which sitemaps of an index are read for an interval."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from ingest.interval import Interval
from ingest.sitemap import Listed
from ingest.sitemap_index import days_in_name, needed_sitemaps

DAY = Interval.of_day(date(2025, 10, 1))
ZONE = ZoneInfo("Asia/Almaty")


def _needed(*children: tuple[str, datetime | None], interval: Interval = DAY) -> list[tuple[str, bool]]:
    listed = [Listed(f"https://delo.example/{name}.xml", changed_at=at) for name, at in children]
    needed = needed_sitemaps(listed, interval, ZONE)
    return [(one.url.removeprefix("https://delo.example/").removesuffix(".xml"), one.reaches_back) for one in needed]


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("sitemap-2025-10", "2025-10-01", "2025-10-31"),
        ("sitemap_2024_02.xml.gz", "2024-02-01", "2024-02-29"),
        ("sitemap-posttype-post.202510", "2025-10-01", "2025-10-31"),
        ("sitemap/2025/10/03", "2025-10-03", "2025-10-03"),
        ("news-20251003", "2025-10-03", "2025-10-03"),
        ("map?yyyy=2025&date=2025-10-03", "2025-10-03", "2025-10-03"),
    ],
)
def test_dates_in_names(name: str, first: str, last: str) -> None:
    named = days_in_name(f"https://delo.example/{name}")
    assert named == (date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize("name", ["sitemap-2025", "sitemap-12", "sitemap-120251003", "sitemap-2025-13", "news"])
def test_numbers_are_no_dates(name: str) -> None:
    assert days_in_name(f"https://delo.example/{name}.xml") is None


def test_months_that_the_interval_touches() -> None:
    months = [(f"map-2025-{month:02d}", None) for month in range(1, 13)]
    # The first of October is the last of September elsewhere.
    assert _needed(*months) == [("map-2025-09", True), ("map-2025-10", True)]


def test_years_are_years_where_all_have_one() -> None:
    years = [(f"map-{year}", None) for year in range(2019, 2027)]
    assert _needed(*years) == [("map-2025", True)]
    assert len(_needed(*years, ("map-1", None))) == 9


def test_what_has_not_changed_since_is_left_out_and_the_soonest_changed_comes_first() -> None:
    series = [(f"map-{number}", DAY.end + timedelta(days=10 * (number - 290))) for number in range(300)]
    needed = _needed(*series)
    assert len(needed) == 10
    assert needed[0] == ("map-290", True)
    assert _needed(("pages", DAY.start - timedelta(days=9)), ("news", DAY.end)) == [("news", False)]
    # A bare date may stand for any hour of its day.
    assert _needed(("news", datetime(2025, 9, 30, tzinfo=UTC))) == [("news", False)]


def test_without_any_date_the_ends_come_first() -> None:
    names = [name for name, _ in _needed(*((f"map-{number}", None) for number in range(1, 8)))]
    assert names[:4] == ["map-7", "map-1", "map-6", "map-2"]
    assert sorted(names) == [f"map-{number}" for number in range(1, 8)]
