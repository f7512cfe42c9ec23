"""An outlet's sitemaps, read for an interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta, tzinfo

from ingest.address_pattern import is_daily, is_dated, of_days
from ingest.errors import PARSER_BUGS, ParseError
from ingest.feed import Item, reach
from ingest.listed import Lists, Reach
from ingest.sitemap import Listed, parse_sitemap
from ingest.sitemap_index import Needed, needed_sitemaps
from ingest.source import Source

SAME_LASTMOD_FROM = 50
"""So many pages of a sitemap that all changed at one moment did not: the sitemap was made then."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A sitemap to read: its address, the source's pattern that led to it, and what its index says about it (None for the
    source's own)."""

    url: str
    pattern: str
    of_index: Needed | None = None


async def read_sitemaps(lists: Lists) -> list[Reach]:
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
        if sitemap.broken_off:
            reaches.append(lists.breaks_off(one.url))
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


def _add_pages(pages: list[Listed], sitemap: _Waiting, lists: Lists) -> Reach:
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


def _fits_its_date(pages: Sequence[Listed], pattern: str, lists: Lists) -> bool:
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
