"""An outlet's feed, read for an interval, with its further pages."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from ingest.address_pattern import is_paged, page
from ingest.discovery import Reading
from ingest.errors import PARSER_BUGS, ParseError
from ingest.feed import Item, feed_of, reach
from ingest.listed import Failure, Lists, Reach

DEAD_AFTER = timedelta(days=30)
"""A feed with nothing from so long before the interval on is no longer written: it can't say that there was nothing."""


async def read_feed(pattern: str, lists: Lists) -> Reach:
    """One feed, and its further pages as long as they bring something new and the interval's start is not reached."""
    items: list[Item] = []
    known: set[tuple[str | None, str]] = set()
    number = 0
    failure: Failure | None = None
    while True:
        number += 1
        url = page(pattern, number)
        fetched, body = await lists.reading.read(url)
        if body is None and number > 1 and fetched.gone:
            lists.reading.problems.pop()  # behind the last page there is none
            break
        if body is None:
            failure = lists.failed(fetched).failure
            break
        try:
            feed = feed_of(body, fetched.fetch.final_url, fetched.fetch.content_type, lists.source.timezone)
        except (ParseError, *PARSER_BUGS) as error:
            failure = lists.unreadable(url, error).failure
            break
        here = feed.items
        if not here and number == 1:
            lists.reading.problems.append(f"{url}: the feed is empty")
        here = _without_wrong_dates(here, url, fetched.fetch.fetched_at, lists.reading)
        for item in here:
            _add_item(item, lists)
        new = {(item.url, item.title) for item in here} - known
        known |= new
        items += here
        if feed.broken_off:
            return lists.breaks_off(url)
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


def _add_item(item: Item, lists: Lists) -> None:
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
