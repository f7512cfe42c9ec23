"""An outlet's lists together: what they have of an interval, and from when on they are whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ingest.address_pattern import is_daily, of_days, page
from ingest.archive_list import read_archive
from ingest.discovery import Discovery, Reading, StopReason
from ingest.feed_list import read_feed
from ingest.interval import Interval
from ingest.listed import Failure, Lists, Reach
from ingest.sitemap_list import read_sitemaps
from ingest.source import Source


async def discover_outlet(
    source: Source, interval: Interval, reading: Reading, max_pages: int, max_sitemaps: int
) -> Discovery:
    """What the outlet's lists have of the interval; see `ingest.discover.discover`."""
    lists = Lists(source, interval, reading, max_pages, max_sitemaps)
    feeds = [await read_feed(pattern, lists) for pattern in source.feeds]
    sitemaps = await read_sitemaps(lists)
    # Feeds and sitemaps are two ways to the same articles: the furthest is enough.
    since = min((since for since in (_since_all(feeds), _since_all(sitemaps)) if since), default=None)
    whole = since is not None and since < interval.start
    # Archive pages of a month list thirty times what a day needs: only for what the other lists no longer have.
    patterns = [pattern for pattern in source.archive if is_daily(pattern) or not whole]
    archive = [await read_archive(pattern, lists) for pattern in patterns]
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


def _since_all(reaches: Sequence[Reach]) -> datetime | None:
    """Since when lists are whole together: each may be of one section, so all must go back far enough."""
    known = [one.since for one in reaches if one.since]
    return max(known) if known and len(known) == len(reaches) else None


def _stop_reason(failures: set[Failure | None], since: datetime | None) -> StopReason:
    if "passing" in failures:
        return "error"
    if "lasting" in failures:
        return "list gone"
    if "limit" in failures:
        return "page limit"
    return "no dates" if since is None else "feed too short"
