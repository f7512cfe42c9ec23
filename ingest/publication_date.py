"""When an article was published, and where on the page that is said."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

import htmldate

from ingest.dates import StatedDate, find_date, parse_date
from ingest.document import Precision
from ingest.errors import InputError
from ingest.html_page import HtmlPage
from ingest.json_ld import as_list
from ingest.page_metadata import PageMetadata, squeezed
from ingest.page_region import headings_of, is_elsewhere, near_heading, visible_text

_log: Final = logging.getLogger(__name__)

META_NAMES: Final = (
    "article:published_time",
    "og:article:published_time",
    "og:published_time",
    "rnews:datepublished",
    "datepublished",
    "mediator_published_time",
    "parsely-pub-date",
    "sailthru.date",
    "cxenseparse:recs:publishtime",
    "cxenseparse:publishtime",
    "published_time",
    "publication_date",
    "publish-date",
    "publishdate",
    "pubdate",
    "article.published",
    "article_date_original",
    "dc.date.issued",
    "dcterms.created",
    "dcterms.date",
    "dc.date",
    "date",
    "ptime",
    "last-publish-date",
)
_PUBLISHED: Final = re.compile(
    r"publish|posted|pubdate|entry-date|article[-_]*date|date[-_]*(?:time|created)|created", re.IGNORECASE
)
_CHANGED: Final = re.compile(r"updat|modif|changed|обновл|измен", re.IGNORECASE)
_IN_URL: Final = re.compile(
    r"/(?P<year>(?:19|20)\d\d)[/-](?P<month>0?[1-9]|1[0-2])[/-](?P<day>0?[1-9]|[12]\d|3[01])(?:/|-|_|$)"
)
_EARLIEST: Final = 1990


@dataclass(frozen=True, slots=True)
class PublicationDate:
    """`at` is aware where the page states a zone or the caller gave one; `source` is one of "json-ld", "meta", "time",
    "text", "url", "htmldate"."""

    at: datetime
    precision: Precision
    source: str


def publication_date(
    page: HtmlPage,
    metadata: PageMetadata,
    title: str,
    *,
    timezone: str | None = None,
    fetched_at: datetime | None = None,
) -> PublicationDate | None:
    """The earliest-ranking statement of the publication date that can be read, or None.

    Ranked: JSON-LD, meta elements, time elements, a date in the text about the heading, the URL, and htmldate's search.
    `timezone` (IANA) is for clocks without a zone; `fetched_at` is what "today" refers to.
    """
    zone = None if timezone is None else ZoneInfo(timezone)
    for source, raw in _declared(page, metadata, title):
        stated = _read(raw, fetched_at, timezone)
        if stated is not None and stated.at.year >= _EARLIEST and not _is_future(stated.at, fetched_at):
            return PublicationDate(stated.at, stated.precision, source)
    return _searched(page, fetched_at, zone)


def _declared(page: HtmlPage, metadata: PageMetadata, title: str) -> Iterator[tuple[str, str]]:
    for key in ("datePublished", "dateCreated", "uploadDate"):
        for value in as_list(metadata.item.get(key)):
            if isinstance(value, str):
                yield "json-ld", value
    for name in META_NAMES:
        for value in metadata.meta.get(name, ()):
            yield "meta", value
    for element in page.tree.xpath("//*[@itemprop]"):
        properties = (element.get("itemprop") or "").lower().split()
        if "datepublished" in properties and not is_elsewhere(element):
            yield "time", element.get("datetime") or element.get("content") or squeezed(element.text_content())
    for element in page.tree.xpath("//*[@property]"):
        properties = (element.get("property") or "").lower().split()
        if {"schema:datepublished", "dc:date", "dc:created", "datepublished"} & set(properties):
            yield "time", element.get("content") or element.get("datetime") or squeezed(element.text_content())
    yield from (("time", raw) for raw in _time_elements(page, title))
    yield from (("text", raw) for raw in near_heading(page, title) if not _CHANGED.search(raw))
    yield from (("url", f"{m['year']}-{m['month']}-{m['day']}") for m in _IN_URL.finditer(page.url))


def _time_elements(page: HtmlPage, title: str) -> list[str]:
    """Time elements outside lists of other articles: those said to be the publication's first, then in page order.

    Of several articles on the page, that under `title` counts before the others."""
    own = [
        ancestor
        for heading in headings_of(page)
        if visible_text(heading) == title
        for ancestor in heading.iterancestors("article")
    ]
    ranked = []
    for position, element in enumerate(page.tree.iter("time")):
        marks = f"{element.get('class') or ''} {element.get('itemprop') or ''} {element.get('id') or ''}"
        if is_elsewhere(element) or _CHANGED.search(marks):
            continue
        parent = element.getparent()
        before = squeezed((parent.text or "") if parent is not None else "")
        changed = bool(_CHANGED.search(before))
        published = element.get("pubdate") is not None or bool(_PUBLISHED.search(marks))
        around = list(element.iterancestors("article"))
        other = bool(own and around) and not any(ancestor in own for ancestor in around)
        in_article = any(ancestor.tag in ("article", "main", "header") for ancestor in element.iterancestors())
        raw = element.get("datetime") or squeezed(element.text_content())
        ranked.append(((changed, other, not published, not in_article, position), raw))
    return [raw for _, raw in sorted(ranked)]


def _read(raw: str, fetched_at: datetime | None, timezone: str | None) -> StatedDate | None:
    text = raw.strip()
    if re.fullmatch(r"\d{10}|\d{13}", text):
        seconds = int(text) / (1000 if len(text) == 13 else 1)
        return StatedDate(datetime.fromtimestamp(seconds, UTC), "second")
    if match := re.fullmatch(r"(\d{4})(\d\d)(\d\d)(?:T?(\d\d)(\d\d)(\d\d)?Z?)?", text):
        text = "-".join(match.groups()[:3]) + (f" {match[4]}:{match[5]}" if match[4] else "")
    try:
        return parse_date(text, reference=fetched_at, timezone=timezone)
    except InputError:
        return find_date(text, reference=fetched_at, timezone=timezone)


def _is_future(at: datetime, fetched_at: datetime | None) -> bool:
    """Whether `at` is more than a day after the page was read (an event's date, not the publication's)."""
    if fetched_at is None:
        return False
    return (at.replace(tzinfo=None) - fetched_at.replace(tzinfo=None)).total_seconds() > 86_400


def _searched(page: HtmlPage, fetched_at: datetime | None, zone: tzinfo | None) -> PublicationDate | None:
    try:
        found = htmldate.find_date(page.tree, original_date=True, url=page.url, max_date=fetched_at)
    except (ValueError, OverflowError) as error:
        _log.info("htmldate can't read %s: %s", page.url, error)
        return None
    # A lone year ("© 2025") comes back as its first of January.
    if found is None or found.endswith("-01-01"):
        return None
    return PublicationDate(datetime.fromisoformat(found).replace(tzinfo=zone), "day", "htmldate")
