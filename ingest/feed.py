"""A feed's bytes (RSS 0.9x-2.0, RDF, Atom, CDF, JSON Feed, well-formed or not) → its items."""

from __future__ import annotations

import html
import io
import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Any, Final, Literal
from urllib.parse import urldefrag, urljoin

import feedparser

from ingest.characters import clean
from ingest.document import Precision
from ingest.errors import InputError, NotHtmlError
from ingest.host import host_of
from ingest.list_date import parse_list_date
from ingest.xml_text import xml_text

DatedFrom = Literal["published", "updated"]

JUMP: Final = timedelta(days=30)
JUMP_STEPS: Final = 10
"""An item older than its neighbour by more than this, and by more than so many usual steps, does not belong to the list."""


@dataclass(frozen=True, slots=True)
class Item:
    """One item. `url` is absolute and without fragment, None where the item has no http(s) link. `title` is plain text.

    `published_at` is aware; None where the feed gives no date, or one that can't be read, which is then `unread_date`. With
    precision "day" it is the midnight at which that day begins in the feed's zone. `dated_from` "updated" says that the feed
    only gives the last change.
    """

    url: str | None
    title: str
    published_at: datetime | None
    precision: Precision | None = None
    dated_from: DatedFrom | None = None
    unread_date: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """The items in the feed's order. `broken_off`: the feed ends before its end, and had more."""

    items: list[Item]
    broken_off: bool = False


# The lenient parser would make an entity of "AT&T". What stands in CDATA is left as it is.
_BARE_AMPERSAND = re.compile(r"(<!\[CDATA\[(?:.*?\]\]>|.*))|&(?!#?\w{1,31};)", re.DOTALL)


def parse_feed(body: bytes, url: str, content_type: str | None = None, timezone: str = "UTC") -> list[Item]:
    """The items of the feed at `url`: see `feed_of`."""
    return feed_of(body, url, content_type, timezone).items


def feed_of(body: bytes, url: str, content_type: str | None = None, timezone: str = "UTC") -> Feed:
    """The feed at `url`; `timezone` (IANA) is that of dates which state none.

    Raises EmptyBodyError (no bytes), NotHtmlError (no feed) or LayoutError (a gzip bomb); nothing else, whatever the bytes.
    External entities are never loaded and declared ones never expanded.
    """
    read = xml_text(body, url, content_type)
    text = read.text
    if text.lstrip().startswith("{"):
        return Feed(_json_items(text, url, timezone), read.cut_off)
    text = _unwrapped(text)
    try:
        # The parser would take bare bytes for a file name.
        parsed = feedparser.parse(
            io.BytesIO(_BARE_AMPERSAND.sub(lambda match: match[1] or "&amp;", text).encode("utf-8", "replace")),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except (AssertionError, ValueError, LookupError, TypeError, AttributeError, OverflowError) as error:
        # How feedparser's lenient parser answers to some markup that is no feed's.
        raise NotHtmlError(f"{url}: no feed ({error})") from error
    if not parsed.version and not parsed.entries:
        raise NotHtmlError(f"{url}: no feed")
    base = url
    if str(parsed.version).startswith("rss"):
        # Only Atom says what a relative link is relative to; writers of RSS mean their site.
        base = _site(str(parsed.feed.get("link") or ""), url)
    # dc:date is a publication's date, but the parser files it under the changes.
    changes = str(parsed.version).startswith("atom") or re.search(
        r"<[\w.]*:?(?:updated|modified)[\s>]|\blastmod\s*=", text, re.IGNORECASE
    )
    items = [_item(entry, base, timezone, dc_date=not changes) for entry in parsed.entries]
    # In RDF the items stand behind the channel.
    ends = ("RDF",) if re.search(r"<(?:\w+:)?RDF[\s>]", text) else ("rss", "channel", "feed")
    return Feed(items, read.lacks_end(*ends))


def _unwrapped(text: str) -> str:
    """The feed alone, where warnings of the site's software or a page stand around it."""
    root = re.search(r"<(?:rss|feed|rdf:RDF)[\s>]", text)
    return text[root.start() :] if root and re.search(r"<[a-zA-Z]", text[: root.start()]) else text


def _site(link: str, feed_url: str) -> str:
    site = _absolute(link, feed_url)
    if site is None:
        return feed_url
    if feed_url.startswith("https:") and host_of(site) == host_of(feed_url):
        return re.sub("^http:", "https:", site)
    return site


def _item(entry: Any, base: str, timezone: str, *, dc_date: bool) -> Item:
    dates: list[tuple[Any, DatedFrom]] = [
        (entry[name], "published") for name in ("published", "created") if name in entry
    ]
    if "updated" in entry:
        dates.append((entry["updated"], "published" if dc_date else "updated"))
    link = entry.get("feedburner_origlink") or entry.get("link") or ""
    return _dated(_absolute(str(link), base), str(entry.get("title") or ""), dates, timezone)


def _dated(url: str | None, title: str, dates: list[tuple[Any, DatedFrom]], timezone: str) -> Item:
    """The item, with the first of its dates that can be read."""
    unread = ""
    for said, dated_from in dates:
        text = str(said or "").strip()
        try:
            published, precision = parse_list_date(text, timezone)
            return Item(url, _plain(title), published, precision, dated_from)
        except (InputError, OverflowError):
            unread = unread or clean(text)[:80]
    return Item(url, _plain(title), None, unread_date=unread)


def _json_items(text: str, url: str, timezone: str) -> list[Item]:
    """JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/)."""
    try:
        feed = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotHtmlError(f"{url}: no feed ({error})") from error
    entries = feed.get("items")
    if "jsonfeed.org" not in str(feed.get("version")) or not isinstance(entries, list):
        raise NotHtmlError(f"{url}: no feed")
    items = []
    for entry in entries:
        if not isinstance(entry, dict):
            raise NotHtmlError(f"{url}: an item of the feed is no object")
        link = str(entry.get("url") or entry.get("external_url") or "")
        if not link and re.match("https?://", str(entry.get("id"))):
            link = str(entry["id"])
        dates: list[tuple[Any, DatedFrom]] = [
            (entry.get("date_published"), "published"),
            (entry.get("date_modified"), "updated"),
        ]
        items.append(_dated(_absolute(link, url), str(entry.get("title") or ""), dates, timezone))
    return items


_TAG = re.compile(
    r"</?(?:a|abbr|b|big|br|div|em|font|i|nobr|p|s|small|span|strong|sub|sup|u|wbr)\b[^<>]*>", re.IGNORECASE
)


def _plain(title: str) -> str:
    """A title without markup. Many feeds escape twice what they should escape once."""
    for _ in range(2):
        title = re.sub(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|\w{2,31});", lambda match: html.unescape(match[0]), title)
    return " ".join(
        clean(_TAG.sub(" ", title) if re.search("<br", title, re.IGNORECASE) else _TAG.sub("", title)).split()
    )


def _absolute(link: str, base: str) -> str | None:
    link = "".join(link.split("\n")).strip().replace("&amp;", "&")  # escaped twice
    if not link:
        return None
    if re.match(r"[\w.-]+\.\w+(?:/|$)", link) and host_of(f"//{link}") == host_of(base):
        link = f"//{link}"  # www.delo.example/news/1, without a scheme
    try:
        absolute = urldefrag(urljoin(base, link)).url
    except ValueError:
        return None
    return absolute if re.match(r"https?://[^/\s]", absolute) else None


def reach(items: list[Item]) -> datetime | None:
    """After which moment the feed is whole: the date of the oldest item that stands where its date says (the end of its day,
    where that is all it says); None without dates. At that very moment there may have been more.

    A feed goes from new to old (or the other way round). An old item among newer ones is pinned, and says nothing about how
    far back the feed goes; nor does one at its end, where the feed would jump from days to years.
    """
    dates = [item.published_at for item in items if item.published_at is not None]
    falls = sum(later < earlier for earlier, later in pairwise(dates))
    rises = sum(later > earlier for earlier, later in pairwise(dates))
    if rises > falls:
        dates.reverse()
    if _jumps(dates):
        dates.pop()
    oldest: datetime | None = None
    newest_after: datetime | None = None
    for date in reversed(dates):
        # Editors' clocks disagree by some minutes; an hour is no pin.
        if newest_after is None or date >= newest_after - timedelta(hours=1):
            oldest = date if oldest is None else min(oldest, date)
        newest_after = date if newest_after is None else max(newest_after, date)
    if any(item.published_at == oldest and item.precision == "day" for item in items):
        return oldest + timedelta(days=1) if oldest else None  # of that day there may have been more
    return oldest


def _jumps(dates: list[datetime]) -> bool:
    """Whether the last of these dates, from new to old, lies far before the others."""
    steps = [(earlier - later).total_seconds() for earlier, later in pairwise(dates)]
    return len(steps) > 2 and steps[-1] > max(JUMP.total_seconds(), JUMP_STEPS * median(steps[:-1]))
