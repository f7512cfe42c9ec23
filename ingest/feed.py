"""A feed's bytes (RSS 0.9x-2.0, RDF, Atom, well-formed or not) → its items."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from urllib.parse import urldefrag, urljoin

import feedparser

from ingest.charset import decode
from ingest.dates import parse_date
from ingest.document import Precision
from ingest.errors import EmptyBodyError, InputError, NotHtmlError


@dataclass(frozen=True, slots=True)
class Item:
    """One item. `url` is absolute and without fragment, None where the item has no http(s) link.

    `published_at` is aware; None where the feed gives no date, or one that can't be read. With precision "day" it is the
    midnight at which that day begins in the feed's zone. `dated_from` "updated" says that the feed only gives the last change.
    """

    url: str | None
    title: str
    published_at: datetime | None
    precision: Precision | None = None
    dated_from: Literal["published", "updated"] | None = None


def parse_feed(body: bytes, url: str, content_type: str | None = None, timezone: str = "UTC") -> list[Item]:
    """The items of the feed at `url`, in the feed's order; `timezone` (IANA) is that of dates which state none.

    Raises EmptyBodyError (no bytes) or NotHtmlError (no feed); nothing else, whatever the bytes. External entities are never
    loaded and declared ones never expanded.
    """
    if not body.strip():
        raise EmptyBodyError(f"{url}: the body is empty")
    text = decode(body, content_type).text
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url}
    try:
        # The parser would take bare bytes for a file name.
        parsed = feedparser.parse(
            io.BytesIO(text.encode("utf-8", "replace")),
            response_headers=headers,
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except (AssertionError, ValueError, LookupError, TypeError, AttributeError, OverflowError) as error:
        # How feedparser's lenient parser answers to some markup that is no feed's.
        raise NotHtmlError(f"{url}: no feed ({error})") from error
    if not parsed.version and not parsed.entries:
        raise NotHtmlError(f"{url}: no feed")
    return [_item(entry, url, timezone) for entry in parsed.entries]


def _item(entry: Any, feed_url: str, timezone: str) -> Item:
    dated_from: Literal["published", "updated"] = "published"
    raw, parsed = entry.get("published"), entry.get("published_parsed")
    if not raw and "updated" in entry:
        dated_from = "updated"
        raw, parsed = entry.get("updated"), entry.get("updated_parsed")
    published, precision = _date(str(raw or ""), parsed, timezone)
    return Item(
        url=_absolute(str(entry.get("link") or ""), feed_url),
        title=" ".join(str(entry.get("title") or "").split()),
        published_at=published,
        precision=precision,
        dated_from=dated_from if published else None,
    )


def _absolute(link: str, base: str) -> str | None:
    try:
        absolute = urldefrag(urljoin(base, link.strip())).url
    except ValueError:
        return None
    return absolute if link and re.match(r"https?://[^/\s]", absolute) else None


def _date(raw: str, parsed: Any, timezone: str) -> tuple[datetime | None, Precision | None]:
    try:
        stated = parse_date(raw, timezone=timezone)
        if stated.at.utcoffset() is not None:
            return stated.at.astimezone(UTC), stated.precision
    except (InputError, OverflowError):
        pass
    if parsed is None:
        return None, None
    try:
        year, month, day, hour, minute, second = parsed[:6]
        return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC), "second"
    except (ValueError, OverflowError, TypeError):
        return None, None


def reach(items: list[Item]) -> datetime | None:
    """Since when the feed is whole: the date of the oldest item that stands where its date says; None without dates.

    A feed goes from new to old (or the other way round). An old item among newer ones is pinned, and says nothing about how
    far back the feed goes.
    """
    dates = [item.published_at for item in items if item.published_at is not None]
    falls = sum(later < earlier for earlier, later in zip(dates, dates[1:], strict=False))
    rises = sum(later > earlier for earlier, later in zip(dates, dates[1:], strict=False))
    if rises > falls:
        dates.reverse()
    oldest: datetime | None = None
    newest_after: datetime | None = None
    for date in reversed(dates):
        # Editors' clocks disagree by some minutes; an hour is no pin.
        if newest_after is None or date >= newest_after - timedelta(hours=1):
            oldest = date if oldest is None else min(oldest, date)
        newest_after = date if newest_after is None else max(newest_after, date)
    return oldest
