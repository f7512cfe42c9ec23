"""An outlet's sitemaps, read for an interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta, tzinfo

from ingest.address_pattern import is_daily, is_dated, of_days
from ingest.errors import PARSER_BUGS, ParseError
from ingest.feed import Item, reach
from ingest.listed import FAILURES, Lists, Reach
from ingest.sitemap import Listed, parse_sitemap
from ingest.sitemap_index import Needed, days_in_name, needed_sitemaps
from ingest.source import Source

SAME_LASTMOD_FROM = 50
"""So many pages of a sitemap that all changed at one moment did not: the sitemap was made then."""

WITHIN = 0.9
"""This share of a sitemap's pages must be in another one for it to be within that one. (Some addresses differ in a letter.)"""


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A sitemap to read: its address, the source's pattern that led to it, and what its index says about it (None for the
    source's own)."""

    url: str
    pattern: str
    of_index: Needed | None = None


async def read_sitemaps(lists: Lists) -> list[Reach]:
    """The sitemaps that the interval needs; an index's are read in the order in which they are likely to hold it. How far back
    each of the source's own goes, with the sitemaps of its index; without those that list nothing, and without those whose
    pages another one lists as well, and for longer."""
    interval, source, problems = lists.interval, lists.source, lists.reading.problems
    days = interval.days(source.zone)
    waiting = [_Waiting(url, pattern) for pattern in source.sitemaps for url in of_days(pattern, days)]
    trees = {pattern: _Tree() for pattern in source.sitemaps}
    read: dict[str, _Tree] = {}
    without_articles: dict[str, str] = {}
    while waiting:
        one = waiting.pop(0)
        if one.url not in read:
            if len(read) == lists.max_sitemaps:
                problems.append(
                    f"{one.url}: not read, {lists.max_sitemaps} sitemaps are the limit ({len(waiting)} more)"
                )
                trees[one.pattern].reaches.append(Reach(failure="limit"))
                break
            read[one.url], needed = await _read(one, lists, without_articles)
            waiting += [_Waiting(child.url, one.pattern, child) for child in needed]
        # An index may list what is a sitemap of the source's own, too.
        trees[one.pattern].take(read[one.url])
    told = [tree for tree in trees.values() if tree.reaches]
    if without_articles and not told:
        problems += without_articles.values()
        return [Reach(failure="lasting")]
    return [tree.reach for tree in told if not any(tree.is_within(other) for other in told if other is not tree)]


async def _read(one: _Waiting, lists: Lists, without_articles: dict[str, str]) -> tuple[_Tree, list[Needed]]:
    """What one sitemap lists, and which further ones of it the interval needs. One of an index that lists only pages that are
    no articles is a sentence in `without_articles`."""
    source, here = lists.source, _Tree()
    fetched, body = await lists.reading.read(one.url)
    if body is None:
        here.reaches.append(lists.failed(fetched))
        return here, []
    try:
        sitemap = parse_sitemap(body, fetched.fetch.final_url, source.timezone, fetched.fetch.content_type)
    except (ParseError, *PARSER_BUGS) as error:
        here.reaches.append(lists.unreadable(one.url, error))
        return here, []
    pages = [page for page in sitemap.pages if page.url and source.is_article(page.url)]
    if pages:
        here.reaches.append(_add_pages(pages, one, lists))
        here.pages = {page.url: _date_of(page, source) for page in pages}
        here.is_of_date = is_dated(one.pattern) or (one.of_index is not None and days_in_name(one.url) is not None)
    elif sitemap.pages:  # of tags, authors, sections
        sentence = f"{one.url}: none of its {len(sitemap.pages)} pages is an article's"
        if one.of_index is None:
            lists.reading.problems.append(sentence)
            here.reaches.append(Reach(failure="lasting"))
        else:
            without_articles[one.url] = sentence
    if sitemap.broken_off:
        here.reaches.append(lists.breaks_off(one.url))
    return here, needed_sitemaps(sitemap.sitemaps, lists.interval, source.zone)


@dataclass(slots=True)
class _Tree:
    """What one sitemap of the source's own lists, with all that its index names: how far back each part goes, and its pages
    with their dates. `is_of_date`: a part names its day or month, and is all that there is of it."""

    reaches: list[Reach] = field(default_factory=list)
    pages: dict[str, datetime | None] = field(default_factory=dict)
    is_of_date: bool = False

    def take(self, part: _Tree) -> None:
        """Add what a part lists."""
        self.reaches += part.reaches
        self.pages |= part.pages
        self.is_of_date = self.is_of_date or part.is_of_date

    @property
    def reach(self) -> Reach:
        """As far as the furthest part: the parts of an index are one list. Not known where a part failed, or holds back
        pages that may be of the interval."""
        failures = {one.failure for one in self.reaches}
        failure = next((one for one in FAILURES if one in failures), None)
        if failure or any(one.holds_back for one in self.reaches):
            return Reach(None, failure, holds_back=not failure)
        return Reach(min((one.since for one in self.reaches if one.since), default=None))

    def is_within(self, other: _Tree) -> bool:
        """Whether what this one has, the other has too, and goes further back: a news sitemap is within the full one, and the
        sitemap of a section is not."""
        mine, its = self.reach, other.reach
        if mine.failure or its.since is None or (mine.since is not None and mine.since <= its.since):
            return False
        if other.is_of_date and not self.is_of_date:  # two of dates may be two editions
            return True
        newest = max((date for date in other.pages.values() if date), default=its.since)
        # What is newer than the other's newest page comes when that one is made again.
        common = [url for url, date in self.pages.items() if date is None or date <= newest]
        return len(common) > 0 and sum(url in other.pages for url in common) >= WITHIN * len(common)


def _add_pages(pages: list[Listed], sitemap: _Waiting, lists: Lists) -> Reach:
    """Articles of one sitemap. One that only says when it last changed is a candidate if that was in the interval or up to two
    days after it (any time after it, in a sitemap of the interval's own day or month); one that changed later may be of the
    interval all the same, so the sitemap can't say that it is whole. One that says nothing is none, unless its address or the
    sitemap's names the day."""
    interval, zone = lists.interval, lists.source.zone
    moments = {page.changed_at for page in pages}
    if len(pages) >= SAME_LASTMOD_FROM and len(moments) == 1 and not _is_midnight(moments.pop(), zone):
        pages = [replace(page, changed_at=None) for page in pages]
    latest = None if is_dated(sitemap.pattern) else interval.end + timedelta(days=2)
    undated = changed_later = 0
    for listed in pages:
        named = lists.source.days_in(listed.url)
        if listed.published_at is not None:
            lists.add(listed.url, listed.published_at, "sitemap", listed.title or "", listed.precision)
        elif (named and named[0] == named[1]) or (listed.changed_at is None and is_daily(sitemap.pattern)):
            lists.add(listed.url, None, "sitemap", listed.title or "")
        elif listed.changed_at is None:
            undated += 1
        # A lastmod may be a bare date, which stands for any hour of its day in any zone.
        elif listed.changed_at >= interval.start - timedelta(days=1):
            if latest is None or listed.changed_at < latest:
                lists.add(listed.url, None, "sitemap", listed.title or "")
            elif lists.may_be_of(listed.url):
                changed_later += 1
    if undated:
        lists.reading.problems.append(f"{sitemap.url}: {undated} of {len(pages)} pages have no date and are not read")
    if is_dated(sitemap.pattern) and not _fits_its_date(pages, sitemap.pattern, lists):
        lists.reading.problems.append(f"{sitemap.url}: none of its {len(pages)} pages is of the date in its address")
        return Reach(failure="lasting")
    if changed_later:
        lists.reading.problems.append(
            f"{sitemap.url}: {changed_later} of {len(pages)} pages changed long after the interval and are not read,"
            " though they may be of it"
        )
        return Reach(holds_back=True)
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
    dates = [date for page in pages if (date := _date_of(page, source))]
    steps = [later < earlier for earlier, later in zip(dates, dates[1:], strict=False) if later != earlier]
    if steps and 0.1 <= sum(steps) / len(steps) <= 0.9:
        return min(dates)
    return reach([Item(None, "", date) for date in dates])


def _date_of(page: Listed, source: Source) -> datetime | None:
    return page.published_at or page.changed_at or _named_day(page.url, source)


def _named_day(url: str, source: Source) -> datetime | None:
    named = source.days_in(url)
    return datetime(named[1].year, named[1].month, named[1].day, tzinfo=source.zone) if named else None
