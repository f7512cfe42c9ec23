"""What a source published in an interval: URLs of articles, or a channel's posts, and what could not be seen.

No input or output of its own: pages come through the `get` that the caller gives. Nothing the web answers raises here; it
becomes a stop reason, a gap and a sentence among the problems.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import urlsplit, urlunsplit

from ingest.archive_page import archive_urls, article_links
from ingest.channel import ChannelInfo, ChannelPage, Post, parse_channel
from ingest.document import Precision
from ingest.errors import PARSER_BUGS, ParseError
from ingest.feed import parse_feed, reach
from ingest.fetch import Fetched
from ingest.fetch_record import Fetch
from ingest.interval import Interval
from ingest.sitemap import Listed, parse_sitemap
from ingest.source import Source

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
]
"""Why discovery ended.

reached start    everything back to the interval's start was seen
no more pages    the channel's oldest page came first; with a gap where older posts must exist (its oldest id is above 1)
page limit       as many pages as allowed were read
no preview       the channel has no public preview
missing channel  nobody has the channel's name
feed too short   feeds and sitemaps begin after the interval's start, and there is no archive page
no dates         what was listed has no dates, so nobody can tell how far back it goes
error            something could not be read; the problems say what
"""


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
    more). An album's members are in `ids`."""

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


async def discover(
    source: Source,
    interval: Interval,
    get: Get,
    *,
    channel_host: str = "t.me",
    max_pages: int = 200,
    max_sitemaps: int = 20,
    before: int | None = None,
) -> Discovery:
    """What `source` published in `interval`.

    A channel is read from its newest post back (or from below the post id `before`, where the caller knows that it is younger
    than the interval) to the first post before the interval, at most `max_pages` pages of `https://<channel_host>/s/<channel>`.
    An outlet's feeds, sitemaps (at most `max_sitemaps`, indexes included) and the archive pages of all local days that the
    interval touches are all read, since each may miss what another has.
    """
    if source.channel:
        return await _discover_channel(source, interval, get, channel_host, max_pages, before)
    return await _discover_outlet(source, interval, get, max_sitemaps)


@dataclass(slots=True)
class _Reading:
    """What was read so far."""

    get: Get
    fetches: list[Fetch] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    async def read(self, url: str) -> tuple[Fetched, bytes | None]:
        """The answer, and its body where it is a success."""
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


async def _discover_channel(
    source: Source, interval: Interval, get: Get, host: str, max_pages: int, before: int | None
) -> Discovery:
    channel = _ChannelReading(source, interval, _Reading(get), host, max_pages)
    oldest: datetime | None = None
    page = await channel.page(before)
    if page:
        page = await channel.seek(page)
    while page and page.posts:
        oldest = min(post.published_at for post in page.posts)
        if oldest < interval.start:
            channel.stop = "reached start"
            break
        if page.before is None:
            channel.stop = "no more pages"
            break
        page = await channel.page(page.before)
    # Where the pager ends, nothing is missing only if the first post of all was on the page, or there never was a post.
    lowest = channel.spans[-1].first_id if channel.spans else 1
    gap_to = min(oldest or interval.end, interval.end)
    whole = channel.stop == "reached start" or (channel.stop == "no more pages" and lowest <= 1)
    whole = whole or gap_to <= interval.start
    return Discovery(
        source_id=source.id,
        interval=interval,
        stop_reason=channel.stop,
        gap_from=None if whole else interval.start,
        gap_to=None if whole else gap_to,
        posts=tuple(channel.posts[post_id] for post_id in sorted(channel.posts)),
        spans=tuple(channel.spans),
        fetches=tuple(channel.reading.fetches),
        problems=tuple(channel.reading.problems),
    )


SEEK_FROM_PAGES = 10
"""So many pages between the newest post and the interval are worth a search instead of reading through them."""


@dataclass(slots=True)
class _ChannelReading:
    """A channel's pages as they are read: the interval's posts, what each page answers for, and why the reading ended."""

    source: Source
    interval: Interval
    reading: _Reading
    host: str
    pages_left: int
    posts: dict[int, FoundPost] = field(default_factory=dict)
    spans: list[Span] = field(default_factory=list)
    stop: StopReason = "page limit"

    async def page(self, before: int | None) -> ChannelPage | None:
        """The page of the posts below `before` (None: the newest); None where the reading ends, and `stop` says why.

        A page without posts is given too: there are none below `before`.
        """
        if self.pages_left == 0:
            self.stop = "page limit"
            return None
        self.pages_left -= 1
        url = f"https://{self.host}/s/{self.source.channel}" + (f"?before={before}" if before else "")
        fetched, body = await self.reading.read(url)
        self.stop = "error"
        if body is None:
            return None
        try:
            page = parse_channel(body, url)
        except (ParseError, *PARSER_BUGS) as error:
            self.reading.note(url, error)
            return None
        if refusal := _refusal(page, self.source, before):
            self.stop, sentence = refusal
            self.reading.problems.append(f"{url}: {sentence}")
            return None
        self.stop = "no more pages"
        if page.posts:
            self.spans.append(_span(page, fetched.fetch.fetch_id, before))
        for post in page.posts:
            if post.published_at in self.interval:
                self.posts[post.id] = FoundPost(post, page.channel, fetched.fetch)
        return page

    async def seek(self, newest: ChannelPage) -> ChannelPage | None:
        """The page from which to read on: `newest` itself, unless the interval lies far below it.

        Ids grow with time, so halving finds the place: every post above the page is younger than the interval.
        """
        times = [post.published_at for post in newest.posts]
        if not times or newest.before is None:
            return newest
        if min(times) - self.interval.end <= SEEK_FROM_PAGES * (max(times) - min(times)):
            return newest
        low, high = 1, newest.before
        while high - low > SEEK_FROM_PAGES * len(times):
            page = await self.page((low + high) // 2)
            if page is None:
                break
            here = [post.published_at for post in page.posts]
            if not here or max(here) < self.interval.end:
                low = (low + high) // 2
            elif min(here) < self.interval.end:
                return page
            else:
                high = page.before or min(post.id for post in page.posts)
        return await self.page(high)


def _refusal(page: ChannelPage, source: Source, before: int | None) -> tuple[StopReason, str] | None:
    """Why the page can't be used, if it can't: a stop reason and a sentence."""
    if page.condition in ("no preview", "landing"):
        return "no preview", "the channel has no public preview"
    if page.condition == "missing channel":
        return "missing channel", "there is no such channel"
    if page.condition not in ("posts", "no posts"):
        return "error", f"a {page.condition} was answered, not a preview page"
    shown = {post.channel for post in page.posts}
    if strangers := {name for name in shown if name.casefold() != (source.channel or "").casefold()}:
        return "error", f"the page shows posts of {', '.join(sorted(strangers))}"
    if before is not None and any(post.id >= before for post in page.posts):
        return "error", f"posts before {before} were asked for, newer ones were answered"
    if before is not None and page.before is not None and page.before >= before:
        return "error", "the pager leads back to the same page"
    return None


def _span(page: ChannelPage, fetch_id: str, before: int | None) -> Span:
    ids = {post.id for post in page.posts} | {member for post in page.posts for member in post.album_ids}
    return Span(
        channel=page.posts[0].channel.casefold(),
        fetch_id=fetch_id,
        first_id=min(ids),
        last_id=before - 1 if before else max(ids),
        ids=frozenset(ids),
    )


@dataclass(slots=True)
class _Listing:
    """What feeds, sitemaps and archive pages list."""

    interval: Interval
    dated: dict[str, Found] = field(default_factory=dict)
    undated: dict[str, Found] = field(default_factory=dict)

    def add(
        self, url: str, published: datetime | None, via: Via, title: str = "", precision: Precision | None = None
    ) -> None:
        url = _without_tracking(url)
        if published is not None and precision == "day":
            # Some hour of that day: where the day touches the interval, the article itself must say.
            if published < self.interval.end and published + timedelta(days=1) > self.interval.start:
                self.undated.setdefault(url, Found(url, None, via, title))
        elif published is not None:
            self.dated.setdefault(url, Found(url, published, via, title))
        else:
            self.undated.setdefault(url, Found(url, None, via, title))

    def found(self) -> tuple[Found, ...]:
        """What may be of the interval; where one list gives a date, it stands for the lists that give none."""
        inside = [found for found in self.dated.values() if found.published_at and found.published_at in self.interval]
        return (*inside, *(found for url, found in self.undated.items() if url not in self.dated))


@dataclass(frozen=True, slots=True)
class _Reach:
    """How far back one list goes: whole since a time; or not known, because it has no dates or could not be read."""

    since: datetime | None
    readable: bool


async def _discover_outlet(source: Source, interval: Interval, get: Get, max_sitemaps: int) -> Discovery:
    reading = _Reading(get)
    listing = _Listing(interval)
    feeds = [await _read_feed(url, source, reading, listing) for url in source.feeds]
    sitemaps = await _read_sitemaps(source, reading, listing, max_sitemaps)
    archived = await _read_archive(source, interval, reading, listing)
    # Each feed may be of one section, so all must go back far enough; of sitemaps the furthest is enough, where all could
    # be read: the interval may be in the one that could not.
    known = [reach.since for reach in feeds]
    sinces = [max(since for since in known if since)] if known and None not in known else []
    if all(reach.readable for reach in sitemaps):
        sinces += [reach.since for reach in sitemaps if reach.since]
    since = min(sinces, default=None)
    whole = archived or (since is not None and since <= interval.start)
    stop: StopReason = "reached start"
    if not whole:
        unreadable = not all(reach.readable for reach in (*feeds, *sitemaps)) or archived is False
        stop = "error" if unreadable else "no dates" if since is None else "feed too short"
    return Discovery(
        source_id=source.id,
        interval=interval,
        stop_reason=stop,
        gap_from=None if whole else interval.start,
        gap_to=None if whole else min(since or interval.end, interval.end),
        found=listing.found(),
        fetches=tuple(reading.fetches),
        problems=tuple(reading.problems),
    )


async def _read_feed(url: str, source: Source, reading: _Reading, listing: _Listing) -> _Reach:
    fetched, body = await reading.read(url)
    if body is None:
        return _Reach(None, readable=False)
    try:
        items = parse_feed(body, fetched.fetch.final_url, fetched.fetch.content_type, source.timezone)
    except (ParseError, *PARSER_BUGS) as error:
        reading.note(url, error)
        return _Reach(None, readable=False)
    if not items:
        reading.problems.append(f"{url}: the feed is empty")
    # A date that has not come yet is wrong, whatever it says.
    latest = fetched.fetch.fetched_at + timedelta(days=1)
    items = [replace(item, published_at=None) if (item.published_at or latest) > latest else item for item in items]
    for item in items:
        if item.url is None:
            reading.problems.append(f"{url}: an item has no link ({item.title[:80]!r})")
        elif item.dated_from == "updated" and item.published_at and item.published_at >= listing.interval.start:
            # When it was published is not said: at some time before its last change.
            listing.add(item.url, None, "feed", item.title)
        else:
            listing.add(item.url, item.published_at, "feed", item.title, item.precision)
    return _Reach(reach(items), readable=True)


async def _read_sitemaps(source: Source, reading: _Reading, listing: _Listing, most: int) -> list[_Reach]:
    waiting = list(source.sitemaps)
    seen: set[str] = set()
    reaches: list[_Reach] = []
    while waiting:
        url = waiting.pop(0)
        if url in seen:
            continue
        if len(seen) == most:
            reading.problems.append(f"{url}: not read, {most} sitemaps are the limit ({len(waiting)} more)")
            reaches.append(_Reach(None, readable=False))
            break
        seen.add(url)
        fetched, body = await reading.read(url)
        if body is None:
            reaches.append(_Reach(None, readable=False))
            continue
        try:
            sitemap = parse_sitemap(body, fetched.fetch.final_url, source.timezone)
        except (ParseError, *PARSER_BUGS) as error:
            reading.note(url, error)
            reaches.append(_Reach(None, readable=False))
            continue
        # A sitemap that has not changed since the interval began lists nothing of it.
        waiting += [
            child.url
            for child in sitemap.sitemaps
            if child.url and (child.changed_at is None or child.changed_at >= _day_before(listing.interval.start))
        ]
        pages = [page for page in sitemap.pages if page.url and source.is_article(page.url)]
        if pages:
            reaches.append(_add_pages(pages, url, reading, listing))
    return reaches


def _add_pages(pages: list[Listed], url: str, reading: _Reading, listing: _Listing) -> _Reach:
    """Pages of one sitemap. One that only says when it last changed is a candidate if that was in the interval or up to two
    days after it; one that says nothing is none."""
    undated = 0
    for page in pages:
        if page.published_at is not None:
            listing.add(page.url, page.published_at, "sitemap", page.title or "", page.precision)
        elif page.changed_at is None:
            undated += 1
        elif _day_before(listing.interval.start) <= page.changed_at < listing.interval.end + timedelta(days=2):
            listing.add(page.url, None, "sitemap", page.title or "")
    if undated:
        reading.problems.append(f"{url}: {undated} of {len(pages)} pages have no date and are not read")
    dates = [date for page in pages if (date := page.published_at or page.changed_at)]
    return _Reach(min(dates, default=None), readable=True)


def _day_before(moment: datetime) -> datetime:
    """A lastmod may be a bare date, which stands for any hour of its day in any zone."""
    return moment - timedelta(days=1)


async def _read_archive(source: Source, interval: Interval, reading: _Reading, listing: _Listing) -> bool | None:
    """Whether the archive pages of the interval could all be read; None where the source has none."""
    urls = archive_urls(source, interval)
    read_all = True
    listed = 0
    for url in urls:
        fetched, body = await reading.read(url)
        if body is None:
            read_all = False
            continue
        try:
            links = article_links(body, fetched.fetch.final_url, source, fetched.fetch.content_type)
        except (ParseError, *PARSER_BUGS) as error:
            reading.note(url, error)
            read_all = False
            continue
        listed += len(links)
        for link in links:
            listing.add(link, None, "archive")
    if urls and read_all and not listed and any(found.published_at for found in listing.found()):
        # A quiet day is empty too; but not when the feed has articles of it.
        reading.problems.append(f"{urls[0]}: no article link on the archive pages, although there are articles")
        return False
    return read_all if urls else None


def _without_tracking(url: str) -> str:
    """The URL without utm_ parameters, which tell the list that it was found in."""
    if "utm_" not in url:
        return url
    parts = urlsplit(url)
    # Not decoded: a query may be of any encoding, and must stay the bytes that the site wrote.
    kept = [part for part in parts.query.split("&") if not part.startswith("utm_")]
    return urlunsplit(parts._replace(query="&".join(kept)))
