"""An outlet's lists (feeds, sitemaps, archive pages), read for an interval: what they list of it, and how far back they go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta, tzinfo
from typing import Literal
from urllib.parse import urlsplit, urlunsplit

from ingest.address_pattern import is_daily, is_dated, is_paged, of_days, page
from ingest.archive_page import article_links, further_page
from ingest.discovery import Discovery, Found, Reading, StopReason, Via, may_pass
from ingest.document import Precision
from ingest.errors import PARSER_BUGS, EmptyBodyError, ParseError
from ingest.feed import Item, parse_feed, reach
from ingest.fetch import Fetched
from ingest.interval import Interval
from ingest.sitemap import Listed, parse_sitemap
from ingest.sitemap_index import Needed, needed_sitemaps
from ingest.source import Source

Failure = Literal["passing", "lasting", "limit"]
"""Why a list could not be read to its end: this time; until somebody corrects the source; it is too long."""

DEAD_AFTER = timedelta(days=30)
"""A feed with nothing from so long before the interval on is no longer written: it can't say that there was nothing."""

SAME_LASTMOD_FROM = 50
"""So many pages of a sitemap that all changed at one moment did not: the sitemap was made then."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How far back a list goes: whole after a time, or not known, because it has no dates or could not be read."""

    since: datetime | None = None
    failure: Failure | None = None


@dataclass(slots=True)
class _Lists:
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
        return Reach(failure="passing" if may_pass(fetched) else "lasting")

    def unreadable(self, url: str, error: Exception) -> Reach:
        self.reading.note(url, error)
        # Nothing at all is what a server in trouble sends; anything else that is no list stays so.
        return Reach(failure="passing" if isinstance(error, EmptyBodyError) else "lasting")


async def discover_outlet(
    source: Source, interval: Interval, reading: Reading, max_pages: int, max_sitemaps: int
) -> Discovery:
    """What the outlet's lists have of the interval; see `ingest.discover.discover`."""
    lists = _Lists(source, interval, reading, max_pages, max_sitemaps)
    feeds = [await _read_feed(pattern, lists) for pattern in source.feeds]
    sitemaps = await _read_sitemaps(lists)
    # Each feed may be of one section, so all must go back far enough; of sitemaps the furthest is enough, where all could
    # be read: the interval may be in the one that could not.
    known = [one.since for one in feeds]
    sinces = [max(since for since in known if since)] if known and None not in known else []
    if not any(one.failure for one in sitemaps):
        sinces += [one.since for one in sitemaps if one.since]
    since = min(sinces, default=None)
    whole = since is not None and since < interval.start
    # Archive pages of a month list thirty times what a day needs: only for what the other lists no longer have.
    patterns = [pattern for pattern in source.archive if is_daily(pattern) or not whole]
    archive = [await _read_archive(pattern, lists) for pattern in patterns]
    # A quiet day is empty too; but not when another list has articles of it, or when there is no other list to tell.
    witnesses = [one for one in (*feeds, *sitemaps) if one.failure is None and one.since]
    denied = not witnesses or any(one.published_at for one in lists.found())
    if archive and not any(archive) and not lists.archive_links and denied:
        first = of_days(patterns[0], interval.days(source.zone))[0]
        but = "although there are articles" if witnesses else "and no other list to say that there was nothing"
        reading.problems.append(f"{page(first, 1)}: no article link on the archive pages, {but}")
        archive = ["lasting"]
    whole = whole or (bool(archive) and not any(archive))
    failures = {one.failure for one in (*feeds, *sitemaps)} | set(archive)
    return Discovery(
        source_id=source.id,
        interval=interval,
        stop_reason="reached start" if whole else _stop_reason(failures, since),
        gap_from=None if whole else interval.start,
        gap_to=None if whole else min(since or interval.end, interval.end),
        found=lists.found(),
        fetches=tuple(reading.fetches),
        problems=tuple(reading.problems),
    )


def _stop_reason(failures: set[Failure | None], since: datetime | None) -> StopReason:
    if "passing" in failures:
        return "error"
    if "lasting" in failures:
        return "list gone"
    if "limit" in failures:
        return "page limit"
    return "no dates" if since is None else "feed too short"


# Feeds


async def _read_feed(pattern: str, lists: _Lists) -> Reach:
    """One feed, and its further pages as long as they bring something new and the interval's start is not reached."""
    items: list[Item] = []
    known: set[tuple[str | None, str]] = set()
    number = 0
    failure: Failure | None = None
    while True:
        number += 1
        url = page(pattern, number)
        fetched, body = await lists.reading.read(url)
        if body is None and number > 1 and not may_pass(fetched):
            lists.reading.problems.pop()  # behind the last page there is none
            break
        if body is None:
            failure = lists.failed(fetched).failure
            break
        try:
            here = parse_feed(body, fetched.fetch.final_url, fetched.fetch.content_type, lists.source.timezone)
        except (ParseError, *PARSER_BUGS) as error:
            failure = lists.unreadable(url, error).failure
            break
        if not here and number == 1:
            lists.reading.problems.append(f"{url}: the feed is empty")
        here = _without_wrong_dates(here, url, fetched.fetch.fetched_at, lists.reading)
        for item in here:
            _add_item(item, lists)
        new = {(item.url, item.title) for item in here} - known
        known |= new
        items += here
        since = reach(items)
        if not is_paged(pattern) or not new or (since is not None and since < lists.interval.start):
            break
        if number == lists.max_pages:
            lists.reading.problems.append(f"{url}: {number} pages of a feed are the limit")
            failure = "limit"
            break
    newest = max((item.published_at for item in items if item.published_at), default=None)
    if newest is not None and newest < lists.interval.start - DEAD_AFTER:
        lists.reading.problems.append(f"{page(pattern, 1)}: nothing newer than {newest:%Y-%m-%d}, the feed is dead")
        return Reach(failure="lasting")
    return Reach(reach(items), failure)


def _add_item(item: Item, lists: _Lists) -> None:
    if item.url is None:
        return
    if item.dated_from == "updated" and item.published_at and item.published_at >= lists.interval.start:
        # When it was published is not said: at some time before its last change.
        lists.add(item.url, None, "feed", item.title)
    else:
        lists.add(item.url, item.published_at, "feed", item.title, item.precision)


def _without_wrong_dates(items: list[Item], url: str, fetched_at: datetime, reading: Reading) -> list[Item]:
    """The items; a date that has not come yet is none. What an item lacks is among the problems."""
    latest = fetched_at + timedelta(days=1)
    faults = {
        "no link": [item.title for item in items if item.url is None],
        "a date that can't be read": [item.unread_date for item in items if item.unread_date],
        "a date that has not come yet": [
            item.published_at.isoformat() for item in items if item.published_at and item.published_at > latest
        ],
    }
    for fault, examples in faults.items():
        if examples:
            reading.problems.append(
                f"{url}: {len(examples)} of {len(items)} items {'has' if len(examples) == 1 else 'have'} {fault}"
                f" ({examples[0][:80]!r})"
            )
    return [replace(item, published_at=None) if (item.published_at or latest) > latest else item for item in items]


# Sitemaps


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A sitemap to read: its address, the source's pattern that led to it, and what its index says about it (None for the
    source's own)."""

    url: str
    pattern: str
    of_index: Needed | None = None


async def _read_sitemaps(lists: _Lists) -> list[Reach]:
    """The sitemaps that the interval needs; an index's are read in the order in which they are likely to hold it."""
    interval, source, problems = lists.interval, lists.source, lists.reading.problems
    days = interval.days(source.zone)
    waiting = [_Waiting(url, pattern) for pattern in source.sitemaps for url in of_days(pattern, days)]
    seen: set[str] = set()
    reaches: list[Reach] = []
    without_articles: list[str] = []
    while waiting:
        one = waiting.pop(0)
        if one.url in seen:
            continue
        if len(seen) == lists.max_sitemaps:
            problems.append(f"{one.url}: not read, {lists.max_sitemaps} sitemaps are the limit ({len(waiting)} more)")
            reaches.append(Reach(failure="limit"))
            break
        seen.add(one.url)
        fetched, body = await lists.reading.read(one.url)
        if body is None:
            reaches.append(lists.failed(fetched))
            continue
        try:
            sitemap = parse_sitemap(body, fetched.fetch.final_url, source.timezone, fetched.fetch.content_type)
        except (ParseError, *PARSER_BUGS) as error:
            reaches.append(lists.unreadable(one.url, error))
            continue
        needed = needed_sitemaps(sitemap.sitemaps, interval, source.zone)
        waiting += [_Waiting(child.url, one.pattern, child) for child in needed]
        pages = [page for page in sitemap.pages if page.url and source.is_article(page.url)]
        if pages:
            reaches.append(_add_pages(pages, one, lists))
        elif sitemap.pages:  # of tags, authors, sections
            without_articles.append(f"{one.url}: none of its {len(sitemap.pages)} pages is an article's")
            if one.of_index is None:
                problems.append(without_articles.pop())
                reaches.append(Reach(failure="lasting"))
    if without_articles and not reaches:
        problems += without_articles
        reaches.append(Reach(failure="lasting"))
    return reaches


def _add_pages(pages: list[Listed], sitemap: _Waiting, lists: _Lists) -> Reach:
    """Articles of one sitemap. One that only says when it last changed is a candidate if that was in the interval or up to two
    days after it (any time after it, in a sitemap of the interval's own day or month); one that says nothing is none, unless
    its address or the sitemap's names the day."""
    interval, zone = lists.interval, lists.source.zone
    moments = {page.changed_at for page in pages}
    if len(pages) >= SAME_LASTMOD_FROM and len(moments) == 1 and not _is_midnight(moments.pop(), zone):
        pages = [replace(page, changed_at=None) for page in pages]
    latest = None if is_dated(sitemap.pattern) else interval.end + timedelta(days=2)
    undated = 0
    for listed in pages:
        named = lists.source.days_in(listed.url)
        if listed.published_at is not None:
            lists.add(listed.url, listed.published_at, "sitemap", listed.title or "", listed.precision)
        elif (named and named[0] == named[1]) or (listed.changed_at is None and is_daily(sitemap.pattern)):
            lists.add(listed.url, None, "sitemap", listed.title or "")
        elif listed.changed_at is None:
            undated += 1
        # A lastmod may be a bare date, which stands for any hour of its day in any zone.
        elif listed.changed_at >= interval.start - timedelta(days=1) and (latest is None or listed.changed_at < latest):
            lists.add(listed.url, None, "sitemap", listed.title or "")
    if undated:
        lists.reading.problems.append(f"{sitemap.url}: {undated} of {len(pages)} pages have no date and are not read")
    if is_dated(sitemap.pattern) and not _fits_its_date(pages, sitemap.pattern, lists):
        lists.reading.problems.append(f"{sitemap.url}: none of its {len(pages)} pages is of the date in its address")
        return Reach(failure="lasting")
    since = _since(pages, lists.source)
    covers = is_dated(sitemap.pattern) or (sitemap.of_index is not None and sitemap.of_index.reaches_back)
    if covers and not undated:
        before = interval.start - timedelta(seconds=1)
        since = min(since or before, before)
    return Reach(since)


def _fits_its_date(pages: Sequence[Listed], pattern: str, lists: _Lists) -> bool:
    """False where all pages say their day, and for none of these days (or the day before or after) the sitemap's address would
    be one of the interval's: a site that ignores the date that it is asked for."""
    zone = lists.source.zone
    asked = set(of_days(pattern, lists.interval.days(zone)))
    for listed in pages:
        days = lists.source.days_in(listed.url)
        if listed.published_at is not None:
            days = (listed.published_at.astimezone(zone).date(),) * 2
        if days is None:
            return True
        around = (days[0] - timedelta(days=1), *days, days[1] + timedelta(days=1))
        if not asked.isdisjoint(of_days(pattern, around)):
            return True
    return False


def _is_midnight(moment: datetime | None, zone: tzinfo) -> bool:
    return moment is not None and time() in (moment.time(), moment.astimezone(zone).time())


def _since(pages: Sequence[Listed], source: Source) -> datetime | None:
    """Since when the sitemap is whole. One that goes from new to old (or the other way round) may have an old page among
    newer ones that says nothing; in one without order the oldest date counts."""
    dates = [date for page in pages if (date := page.published_at or page.changed_at or _named_day(page.url, source))]
    steps = [later < earlier for earlier, later in zip(dates, dates[1:], strict=False) if later != earlier]
    if steps and 0.1 <= sum(steps) / len(steps) <= 0.9:
        return min(dates)
    return reach([Item(None, "", date) for date in dates])


def _named_day(url: str, source: Source) -> datetime | None:
    named = source.days_in(url)
    return datetime(named[1].year, named[1].month, named[1].day, tzinfo=source.zone) if named else None


# Archive pages


async def _read_archive(pattern: str, lists: _Lists) -> Failure | None:
    """The archive pages of every local day that the interval touches, with their further pages; why they could not all be
    read, if they could not. Pages that are not of their day (a site that shows today's whatever it is asked) are none."""
    addresses = of_days(pattern, lists.interval.days(lists.source.zone))
    by_day: list[set[str]] = []
    failures: list[Failure | None] = []
    for address in addresses:
        links: set[str] = set()
        failures.append(await _read_archive_of(address, links, lists))
        by_day.append(links)
    worst = next((failure for failure in ("passing", "lasting", "limit") if failure in failures), None)
    listed = set[str]().union(*by_day)
    lists.archive_links += len(listed)
    if worst or not listed:
        return worst
    wrong = ""
    if len(by_day) > 1 and all(links == listed for links in by_day):
        wrong = f"the same {len(listed)} articles as on {page(addresses[-1], 1)}"
    elif not any(map(lists.may_be_of, listed)):
        wrong = f"{len(listed)} articles, but by their addresses all of other days"
    if wrong:
        lists.reading.problems.append(f"{page(addresses[0], 1)}: {wrong}")
    return "lasting" if wrong else None


async def _read_archive_of(pattern: str, links: set[str], lists: _Lists) -> Failure | None:
    """The pages of one address; their articles go to `links`."""
    first = url = page(pattern, 1)
    for number in range(1, lists.max_pages + 1):
        fetched, body = await lists.reading.read(url)
        if body is None and number > 1 and not may_pass(fetched):
            lists.reading.problems.pop()  # behind the last page there is none
            return None
        if body is None:
            return lists.failed(fetched).failure
        if fetched.fetch.final_url.rstrip("/") == lists.source.home.rstrip("/"):
            lists.reading.problems.append(f"{url}: leads to the home page")
            return "lasting"
        try:
            here = article_links(body, fetched.fetch.final_url, lists.source, fetched.fetch.content_type)
            following = further_page(body, first, fetched.fetch.content_type)
        except (ParseError, *PARSER_BUGS) as error:
            return lists.unreadable(url, error).failure
        for link in here:
            lists.add(link, None, "archive")
        nothing_new = links.issuperset(here)
        links.update(here)
        following = page(pattern, number + 1) if is_paged(pattern) else following
        if nothing_new or following in (None, url) or all(map(lists.is_before, here)):
            return None
        url = str(following)
    lists.reading.problems.append(f"{url}: not read, {lists.max_pages} pages of an archive are the limit")
    return "limit"


def _without_tracking(url: str) -> str:
    """The URL without utm_ parameters, which tell the list that it was found in."""
    if "utm_" not in url:
        return url
    parts = urlsplit(url)
    # Not decoded: a query may be of any encoding, and must stay the bytes that the site wrote.
    kept = [part for part in parts.query.split("&") if not part.startswith("utm_")]
    return urlunsplit(parts._replace(query="&".join(kept)))
