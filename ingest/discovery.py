"""What discovery gives: what a source lists of an interval, why the reading ended, and what may be missing."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from ingest.channel import ChannelInfo, Post
from ingest.errors import ParseError
from ingest.fetch import Fetched, is_passing
from ingest.fetch_record import Fetch
from ingest.interval import Interval

log = logging.getLogger(__name__)

Get = Callable[[str], Awaitable[Fetched]]
Via = Literal["feed", "sitemap", "archive"]
StopReason = Literal[
    "reached start",
    "no more pages",
    "page limit",
    "no preview",
    "missing channel",
    "feed too short",
    "no dates",
    "error",
    "list gone",
]
"""Why discovery ended.

reached start    everything back to the interval's start was seen
no more pages    the channel's oldest page came first; with a gap where older posts must exist (its oldest id is above 1)
page limit       as many pages (of a channel, a feed, an archive) or sitemaps as allowed were read
no preview       the channel has no public preview
missing channel  nobody has the channel's name
feed too short   feeds and sitemaps begin after the interval's start, and there is no archive page
no dates         what was listed has no dates, or only those of its last changes, so nobody can tell how far back it goes
error            something could not be read this time (a timeout, a 503, an unknown page, one that breaks off); the problems
                 say what. Another try may end otherwise, so this goes before all other reasons
list gone        a list is not there or no list any more (404, forbidden, no feed): it needs somebody who corrects the source
"""

LASTING_FAULTS = frozenset(
    {
        "bad_url",
        "address_forbidden",
        "too_large",
        "bad_coding",
        "too_many_redirects",
        "bad_redirect",
        "robots_forbidden",
    }
)
"""Faults of a fetch that another run would meet again."""


@dataclass(frozen=True, slots=True)
class Found:
    """An article's URL. `published_at` None: the list does not say, the article itself must."""

    url: str
    published_at: datetime | None
    via: Via
    title: str = ""


@dataclass(frozen=True, slots=True)
class FoundPost:
    """A post with the page that it was read from: posts have no fetch of their own."""

    post: Post
    channel: ChannelInfo
    fetch: Fetch


@dataclass(frozen=True, slots=True)
class Span:
    """The post ids that one page answers for: an id from `first_id` to `last_id` that is not in `ids` is not there (any
    more). An album's members are in `ids`, and posts that are there but can't be read."""

    channel: str
    fetch_id: str
    first_id: int
    last_id: int
    ids: frozenset[int]


@dataclass(frozen=True, slots=True)
class Discovery:
    """What was found of the interval, and only of it; and from when to when something may be missing (None: nothing)."""

    source_id: str
    interval: Interval
    stop_reason: StopReason
    gap_from: datetime | None = None
    gap_to: datetime | None = None
    found: tuple[Found, ...] = ()
    posts: tuple[FoundPost, ...] = ()
    spans: tuple[Span, ...] = ()
    fetches: tuple[Fetch, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """True where the whole interval was seen."""
        return self.gap_from is None


@dataclass(slots=True)
class Reading:
    """What was read so far, and what was wrong with it."""

    get: Get
    fetches: list[Fetch] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    async def read(self, url: str) -> tuple[Fetched, bytes | None]:
        """The answer, and its body where it is a success; else it is a problem."""
        fetched = await self.get(url)
        self.fetches.extend(fetched.trail or (fetched.fetch,))
        if fetched.ok:
            return fetched, fetched.body
        self.problems.append(f"{url}: {fetched.fetch.error or f'HTTP status {fetched.fetch.status}'}")
        return fetched, None

    def note(self, url: str, error: Exception) -> None:
        """A page that could not be read, for its own fault (a ParseError's sentence) or for the parser's."""
        if isinstance(error, ParseError):
            self.problems.append(str(error))
        else:
            log.error("The parser broke on %s", url, exc_info=error)
            self.problems.append(f"{url}: The parser broke: {type(error).__name__}: {error}")


def may_pass(fetched: Fetched) -> bool:
    """Whether another try may have another outcome."""
    return fetched.fault not in LASTING_FAULTS if fetched.fault else is_passing(fetched.fetch.status)
