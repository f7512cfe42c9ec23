"""What the lists of one outlet have of an interval, as they are being read; and how far back one list goes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal
from urllib.parse import urlsplit, urlunsplit

from ingest.discovery import Found, Reading, Via, may_pass
from ingest.document import Precision
from ingest.errors import EmptyBodyError
from ingest.fetch import Fetched
from ingest.interval import Interval
from ingest.source import Source

Failure = Literal["passing", "lasting", "limit"]
"""Why a list could not be read to its end: this time; until somebody corrects the source; it is too long."""

FAILURES: Final[tuple[Failure, ...]] = ("passing", "lasting", "limit")
"""From the one that goes before the others, because another try may end otherwise."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How far back a list goes: whole after a time, or not known, because it has no dates or could not be read.
    `holds_back`: it lists pages that may be of the interval and are not read."""

    since: datetime | None = None
    failure: Failure | None = None
    holds_back: bool = False


@dataclass(slots=True)
class Lists:
    """What is being read for whom, and what was listed so far."""

    source: Source
    interval: Interval
    reading: Reading
    max_pages: int
    max_sitemaps: int
    dated: dict[str, Found] = field(default_factory=dict)
    undated: dict[str, Found] = field(default_factory=dict)
    archive_links: int = 0

    def add(
        self, url: str, published: datetime | None, via: Via, title: str = "", precision: Precision | None = None
    ) -> None:
        """What a list says of one article: kept where it may be of the interval."""
        url = _without_tracking(url)
        if published is not None and precision == "day":
            # Some hour of that day: where the day touches the interval, the article itself must say.
            if published < self.interval.end and published + timedelta(days=1) > self.interval.start:
                self.undated.setdefault(url, Found(url, None, via, title))
        elif published is not None:
            self.dated.setdefault(url, Found(url, published, via, title))
        elif self.may_be_of(url):
            self.undated.setdefault(url, Found(url, None, via, title))

    def may_be_of(self, url: str) -> bool:
        """False where the day or month that the address names is none of the interval's."""
        named = self.source.days_in(url)
        days = self.interval.days(self.source.zone)
        return named is None or (named[0] <= days[-1] and named[1] >= days[0])

    def is_before(self, url: str) -> bool:
        """Whether the address names a day before the interval."""
        named = self.source.days_in(url)
        return named is not None and named[1] < self.interval.days(self.source.zone)[0]

    def found(self) -> tuple[Found, ...]:
        """What may be of the interval; where one list gives a date, it stands for the lists that give none."""
        inside = [found for found in self.dated.values() if found.published_at and found.published_at in self.interval]
        return (*inside, *(found for url, found in self.undated.items() if url not in self.dated))

    def failed(self, fetched: Fetched) -> Reach:
        """A list that could not be had: for now, or for good."""
        return Reach(failure="passing" if may_pass(fetched) else "lasting")

    def breaks_off(self, url: str) -> Reach:
        """A list that ends before its end: what it lost may be of any time."""
        self.reading.problems.append(f"{url}: breaks off")
        return Reach(failure="passing")

    def unreadable(self, url: str, error: Exception) -> Reach:
        """A list that could not be parsed; the error becomes a problem."""
        self.reading.note(url, error)
        # Nothing at all is what a server in trouble sends; anything else that is no list stays so.
        return Reach(failure="passing" if isinstance(error, EmptyBodyError) else "lasting")


def _without_tracking(url: str) -> str:
    """The URL without utm_ parameters, which tell the list that it was found in."""
    if "utm_" not in url:
        return url
    parts = urlsplit(url)
    # Not decoded: a query may be of any encoding, and must stay the bytes that the site wrote.
    kept = [part for part in parts.query.split("&") if not part.startswith("utm_")]
    return urlunsplit(parts._replace(query="&".join(kept)))
