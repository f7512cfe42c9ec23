"""Which sitemaps of an index an interval needs, and in which order."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo
from typing import Final
from urllib.parse import urlsplit

from ingest.interval import Interval
from ingest.sitemap import Listed

_DATE: Final = re.compile(
    r"(?<!\d)(?P<year>20\d\d)(?:[-_./]?(?P<month>0[1-9]|1[0-2]))(?:[-_./]?(?P<day>0[1-9]|[12]\d|3[01]))?(?!\d)"
)
_YEAR: Final = re.compile(r"(?<!\d)(?P<year>20\d\d)(?!\d)")


@dataclass(frozen=True, slots=True)
class Needed:
    """A sitemap to read. `reaches_back` says that others of its series (`map-1.xml`, `map-2.xml`) are older than the interval,
    so that those that are needed hold all that the series has of it."""

    url: str
    reaches_back: bool


def needed_sitemaps(children: Sequence[Listed], interval: Interval, zone: tzinfo) -> list[Needed]:
    """What of an index an interval needs, the likeliest first.

    A child that names its year, month or day is left out where the interval touches none of it (a day of slack on either
    side), and one that has not changed since the interval began lists nothing of it. Of the rest those come first that name
    their date, then those that changed soonest after the interval's start. Without either, the ends of the list come first:
    the newest of a numbered series stand at one of them.
    """
    children = [child for child in children if child.url]
    days = interval.days(zone)
    first, last = days[0] - timedelta(days=1), days[-1] + timedelta(days=1)
    all_dated = all(_YEAR.search(_path(child)) or _DATE.search(_path(child)) for child in children)
    named: list[Listed] = []
    changed: list[Listed] = []
    unknown: list[Listed] = []
    older: set[str] = set()
    for child in children:
        span = days_in_name(child.url, year_alone=all_dated)
        if span and span[0] > last:
            continue
        # A lastmod may be a bare date, which stands for any hour of its day in any zone.
        if (span and span[1] < first) or (child.changed_at and child.changed_at < interval.start - timedelta(days=1)):
            older.add(_series(child))
        elif span:
            named.append(child)
        elif child.changed_at:
            changed.append(child)
        else:
            unknown.append(child)
    changed.sort(key=lambda child: child.changed_at or interval.start)
    read = (*named, *changed, *_ends_first(unknown))
    return [Needed(child.url, _series(child) in older) for child in read]


def days_in_name(url: str, *, year_alone: bool = False) -> tuple[date, date] | None:
    """The first and last day of the date that a sitemap's address names; None where it names none. A year alone may be a
    sitemap's number, and counts only with `year_alone`."""
    path = _path_of(url)
    for match in _DATE.finditer(path):
        year, month = int(match["year"]), int(match["month"])
        length = monthrange(year, month)[1]
        if match["day"] is None:
            return date(year, month, 1), date(year, month, length)
        if int(match["day"]) <= length:
            return date(year, month, int(match["day"])), date(year, month, int(match["day"]))
    if year_alone and (alone := _YEAR.search(path)):
        return date(int(alone["year"]), 1, 1), date(int(alone["year"]), 12, 31)
    return None


def _path(child: Listed) -> str:
    return _path_of(child.url)


def _path_of(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return f"{parts.path}?{parts.query}"


def _series(child: Listed) -> str:
    """What the sitemaps of one numbered or dated series have in common: their address without its digits."""
    return re.sub(r"\d+", "#", child.url)


def _ends_first(children: list[Listed]) -> list[Listed]:
    half = (len(children) + 1) // 2
    front, back = children[:half], children[half:][::-1]
    return [child for pair in zip(back, front, strict=False) for child in pair] + front[len(back) :]
