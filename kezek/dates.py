"""Days and intervals as people type them: whole UTC days, both ends included."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from ingest.errors import InputError

FIRST_YEAR, LAST_YEAR = 1990, 2100


def parse_day(text: str) -> date:
    """`2025-10-01` as a date. Raises InputError on anything else, and on years that no news is of."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise InputError(f"{text!r} is no date: kezek wants one like 2025-10-01.") from None
    if day.isoformat() != text or not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise InputError(f"{text!r} is no date of {FIRST_YEAR} to {LAST_YEAR}: kezek wants one like 2025-10-01.")
    return day


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """Start and end of a UTC day, the end not included."""
    start = datetime.combine(day, time(), UTC)
    return start, start + timedelta(days=1)


def days_between(since: date, until: date) -> list[date]:
    """All days from `since` to `until`, both included. Raises InputError where the order is wrong, or for a day to come."""
    if until < since:
        raise InputError(f"--until {until} lies before --since {since}.")
    if until > datetime.now(UTC).date():
        raise InputError(f"{until} has not come yet.")
    return [since + timedelta(days=n) for n in range((until - since).days + 1)]
