"""Intervals: half-open, in UTC, and the local days they touch."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from ingest.errors import InputError
from ingest.interval import Interval


def test_a_day_begins_in_it_and_ends_outside() -> None:
    day = Interval.of_day(date(2025, 10, 1))
    assert day.start in day
    assert day.end not in day
    assert day.end - timedelta(microseconds=1) in day
    assert str(day) == "2025-10-01"


def test_times_are_kept_in_utc() -> None:
    almaty = timezone(timedelta(hours=5))
    interval = Interval(datetime(2025, 10, 1, tzinfo=almaty), datetime(2025, 10, 2, tzinfo=almaty))
    assert interval.start.tzinfo is UTC
    assert str(interval) == "2025-09-30T19:00:00+00:00/2025-10-01T19:00:00+00:00"


def test_every_local_day_that_is_touched() -> None:
    day = Interval.of_day(date(2025, 10, 1))
    assert day.days(UTC) == [date(2025, 10, 1)]
    assert day.days(ZoneInfo("Asia/Almaty")) == [date(2025, 10, 1), date(2025, 10, 2)]
    assert day.days(ZoneInfo("America/New_York")) == [date(2025, 9, 30), date(2025, 10, 1)]


def test_what_is_no_interval() -> None:
    start = datetime(2025, 10, 1, tzinfo=UTC)
    with pytest.raises(InputError, match="no time zone"):
        Interval(start.replace(tzinfo=None), start)
    with pytest.raises(InputError, match="before it starts"):
        Interval(start, start)
