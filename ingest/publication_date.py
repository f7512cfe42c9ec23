"""When an article was published, and where on the page that is said."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import htmldate
from lxml import html

from ingest.dates import StatedDate, find_date, parse_date
from ingest.document import Precision
from ingest.errors import InputError
from ingest.html_page import HtmlPage
from ingest.json_ld import as_list
from ingest.page_metadata import PageMetadata, squeezed
from ingest.page_region import by_distance, heading_of, is_elsewhere, near_heading

_log: Final = logging.getLogger(__name__)

META_NAMES: Final = (
    "article:published_time",
    "article:published",
    "og:article:published_time",
    "og:published_time",
    "og:pubdate",
    "og:article:published",
    "rnews:datepublished",
    "datepublished",
    "mediator_published_time",
    "parsely-pub-date",
    "sailthru.date",
    "cxenseparse:recs:publishtime",
    "cxenseparse:publishtime",
    "cxenseparse:recs:articlepublishtime",
    "bt:pubdate",
    "mrf:publishedtime",
    "article:post_date",
    "article:create_time",
    "shareaholic:article_published_time",
    "article_publication_date",
    "published_time",
    "published_at",
    "published-date",
    "published_date",
    "publication_date",
    "publication-date",
    "publicationdate",
    "publish-date",
    "publish_date",
    "publishdate",
    "pubdate",
    "pub_date",
    "release_date",
    "originalpublicationdate",
    "article.published",
    "article_date_original",
    "article.created",
    "citation_publication_date",
    "citation_online_date",
    "citation_date",
    "dc.date.issued",
    "dcterms.issued",
    "dcterms.available",
    "dcterms.created",
    "dc.date.created",
    "dcterms.date",
    "dc.date",
    "dc:date",
    "dc.date.publication",
    "date.issued",
    "displaydate",
    "created",
    "date",
    "ptime",
    "last-publish-date",
    "wt.z_pubdate",
    "pagerender",
)
_PUBLISHED: Final = re.compile(
    r"publish|posted|pubdate|entry-date|article[-_]*date|date[-_]*(?:time|created)|created", re.IGNORECASE
)
_PUBLISHED_WORD: Final = re.compile(
    r"(?:first |originally )?(?:published|posted|created|released)|publication date|дата публикации|опубликован[оа]?|размещен[оа]|"
    r"добавлен[оа]|создан[оа]|опубліковано|дата публікації|жарияла(?:нды|нған|нған күні)|жарияланым|"
    r"veröffentlicht|erschienen|publié|mis en ligne|publicad[oa]|pubblicat[oa]|opublikowan[oae]|data publikacji|dodano|"
    r"yayın(?:lan\w*)?(?: tarihi)?|eklenme|gepubliceerd|publisert|publicerad|oprettet",
    re.IGNORECASE,
)
_CHANGED: Final = re.compile(
    r"updat|modif|changed|edited|revised|reviewed|обновл|измен|оновлен|змінен|жаңарт|өзгерт|aktualis|geändert|mis à jour|"
    r"mise à jour|actuali[sz]|atuali[sz]|aggiornat|zaktualiz|aktualizacj|güncel|bijgewerkt|gewijzigd|oppdatert|uppdaterad|atnaujint|"
    r"crawl|accessed|copyright|©",
    re.IGNORECASE,
)
_DATE_CLASS: Final = re.compile(
    r"(?:^|[\s_-])(?:[a-z]*date|date[a-z]*|[a-z]*time|timestamp|published|posted|pub|dateline|datum|fecha|data|tarih|дата)(?:$|[\s_-])"
    r"|[a-z]Date(?:$|[\s_A-Z-])|published|pubdate|posted-?on",
    re.IGNORECASE,
)
_IN_SCRIPT: Final = re.compile(
    r"(?<!\w)(?:date_?published|(?:article_?|content_?|first_?|page_?|post_?)?publi(?:sh|shed|cation)_?(?:date|time|at|on)(?:_?time)?|"
    r"first_?published(?:_?at)?|pub_?date|post_?date|display_?date|article_?date|setContentCreated)"
    r"\\?[\"']?\s*[:,=]\s*\\?[\"']([^\"'\\<>{}]{8,40})\\?[\"']",
    re.IGNORECASE,
)
_IN_URL: Final = re.compile(
    r"/(?P<year>(?:19|20)\d\d)(?P<dash>[/-]?)(?P<month>0?[1-9]|1[0-2]|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
    r"(?P=dash)(?P<day>0[1-9]|[12]\d|3[01]|[1-9])(?=/|-|_|\.|$)"
    r"|[/_-](?P<day2>0[1-9]|[12]\d|3[01])[-_](?P<month2>0[1-9]|1[0-2])[-_](?P<year2>(?:19|20)\d\d)(?=/|-|_|\.|$)",
    re.IGNORECASE,
)
_MONTHS: Final = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
# Countries that write the month first.
_MONTH_FIRST: Final = re.compile(r"en[-_]us\b|(?:en|es)[-_](?:ph|pr)\b", re.IGNORECASE)
_DAY_FIRST_TLDS: Final = frozenset(
    [
        "uk",
        "au",
        "nz",
        "ie",
        "in",
        "za",
        "ng",
        "ke",
        "gh",
        "pk",
        "bd",
        "lk",
        "sg",
        "my",
        "hk",
        "eu",
        "kz",
        "ru",
        "ua",
        "by",
        "kg",
        "uz",
        "de",
        "fr",
        "it",
        "es",
        "pt",
        "br",
        "pl",
        "tr",
        "nl",
        "at",
        "ch",
        "be",
    ]
)
_EARLIEST: Final = 1990
# Elements between the heading and what is still the article's own date.
_BESIDE: Final = 300


@dataclass(frozen=True, slots=True)
class PublicationDate:
    """`at` is aware where the page states a zone or the caller gave one; `source` is one of "json-ld", "meta", "time",
    "text", "script", "url", "updated" (the page says no more than when it was changed), "htmldate"."""

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

    Ranked: JSON-LD, meta elements, time elements near the heading, what scripts hold, a date in the text about the heading,
    other elements marked as a date, the URL, and htmldate's search. What is only seen must fit the URL's day.
    `timezone` (IANA) is for clocks without a zone; `fetched_at` is what "today" refers to.
    """
    zone = None if timezone is None else ZoneInfo(timezone)
    month_first = _month_first(page, metadata)
    in_url = [day for day in map(_url_day, _IN_URL.finditer(page.url)) if day is not None]
    for source, raw in _declared(page, metadata, title):
        stated = _read(raw, fetched_at, timezone, month_first)
        if stated is None or stated.at.year < _EARLIEST or _is_future(stated.at, fetched_at):
            continue
        # What is only seen on the page may be another date than the publication's; the address says which.
        if source in ("time", "text", "script") and in_url and abs((stated.at.date() - in_url[0]).days) > 1:
            continue
        return PublicationDate(stated.at, stated.precision, source)
    for day in in_url:
        at = datetime(day.year, day.month, day.day, tzinfo=zone)
        if at.year >= _EARLIEST and not _is_future(at, fetched_at):
            return PublicationDate(at, "day", "url")
    for raw in _changes(page):
        stated = _read(raw, fetched_at, timezone, month_first)
        if stated is not None and not _is_future(stated.at, fetched_at):
            return PublicationDate(stated.at, stated.precision, "updated")
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
        if {"schema:datepublished", "dc:date", "dc:created", "dcterms:created", "datepublished"} & set(properties):
            yield "time", element.get("content") or element.get("datetime") or squeezed(element.text_content())
    heading = heading_of(page, title)
    times = _time_elements(page, heading)
    yield from (("time", raw) for near, raw in times if near)
    in_scripts = [match.group(1) for match in _IN_SCRIPT.finditer(page.text)]
    # Several days are those of other articles too.
    if len({re.sub(r"\D", "", raw)[:8] if raw[:4].isdigit() else raw for raw in in_scripts}) == 1:
        yield "script", in_scripts[0]
    yield from (("text", said) for raw in near_heading(page, title) if (said := _published_part(raw)))
    yield from (("text", raw) for raw in _marked(page, heading))
    yield from (("text", raw) for raw in _alone(page, heading))
    yield from (("time", raw) for near, raw in times if not near)


def _published_part(text: str) -> str:
    """Of a line that may name several dates, what follows "published", else what stands before "updated"."""
    named = _PUBLISHED_WORD.search(text)
    changed = _CHANGED.search(text)
    if named is None:
        return text[: changed.start()] if changed else text
    if changed is None or changed.end() <= named.start():
        return text[named.end() :]
    return text[named.end() : changed.start()] if changed.start() > named.end() else ""


def _time_elements(page: HtmlPage, heading: html.HtmlElement | None) -> list[tuple[bool, str]]:
    """Time elements outside lists of other articles, and whether they are near `heading`: the near ones first, of these
    what is said to be the publication's.

    Of several articles on the page, that of `heading` counts before the others."""
    own = [] if heading is None else list(heading.iterancestors("article"))
    ranked = []
    for element, far in by_distance(page, heading, page.tree.iter("time")).items():
        marks = f"{element.get('class') or ''} {element.get('itemprop') or ''} {element.get('id') or ''}"
        published = element.get("pubdate") is not None or bool(_PUBLISHED.search(marks))
        if is_elsewhere(element) or (_CHANGED.search(marks) and not published):
            continue
        label = _label(element)
        changed = bool(_CHANGED.search(marks)) or (bool(_CHANGED.search(label)) and not _PUBLISHED_WORD.search(label))
        around = list(element.iterancestors("article"))
        other = bool(own and around) and not any(ancestor in own for ancestor in around)
        in_article = any(ancestor.tag in ("article", "main", "header") for ancestor in element.iterancestors())
        raw = element.get("datetime") or squeezed(element.text_content())
        near = far <= _BESIDE and not other
        ranked.append(((not near, changed, other, not published, not in_article, far), near, raw))
    return [(near, raw) for _, near, raw in sorted(ranked, key=lambda row: row[0])]


def _label(element: html.HtmlElement) -> str:
    """The words right before `element`, and its own where a machine-readable date stands beside them."""
    previous, parent = element.getprevious(), element.getparent()
    before = (parent.text or "") if previous is None and parent is not None else ""
    if previous is not None:
        before = previous.tail or ""
        if not before.strip() and previous.tag not in ("time", "p"):
            before = squeezed(previous.text_content())[-40:]
    return squeezed(before)[-40:] + " " + (squeezed(element.text_content())[:40] if element.get("datetime") else "")


def _marked(page: HtmlPage, heading: html.HtmlElement | None) -> list[str]:
    """Short texts marked as a date by their class, or that begin with "published", the nearest to `heading` first."""
    marked = {}
    for element in page.tree.iter("div", "span", "p", "li", "small", "em", "i", "b", "td", "a", "font", "dd"):
        marks = f"{element.get('class') or ''} {element.get('id') or ''}"
        named = bool(element.text) and bool(_PUBLISHED_WORD.match(element.text.strip()))
        if not named and (not marks.strip() or not _DATE_CLASS.search(marks) or _CHANGED.search(marks)):
            continue
        if len(element) > 12 or is_elsewhere(element):
            continue
        text = squeezed(element.text_content())
        if 6 <= len(text) <= 120 and (said := _published_part(text)) and not _CHANGED.search(_label(element)):
            marked[element] = said
    far = by_distance(page, heading, marked)
    return [marked[element] for element in far if far[element] <= 5 * _BESIDE]


def _alone(page: HtmlPage, heading: html.HtmlElement | None) -> list[str]:
    """Texts that are a date and nothing else: the nearest to `heading`, or one far off where no other day is named."""
    alone = {}
    for element in page.tree.iter("div", "span", "p", "li", "small", "em", "i", "b", "td", "font", "dd", "center"):
        text = squeezed(element.text or "").strip(" |•·")
        if (
            len(element) > 2
            or not 8 <= len(text) <= 40
            or not re.search(r"(?:19|20)\d\d", text)
            or is_elsewhere(element)
        ):
            continue
        try:
            parse_date(text, month_first=True)
        except InputError:
            continue
        if not _CHANGED.search(_label(element)):
            alone[element] = text
    far = by_distance(page, heading, alone)
    nearest = [alone[element] for element in far if far[element] <= _BESIDE]
    return nearest or (list(alone.values()) if len(set(alone.values())) == 1 else [])


def _changes(page: HtmlPage) -> Iterator[str]:
    """What follows "updated" in the page's short texts."""
    for element in page.tree.iter("div", "span", "p", "li", "small", "em", "i", "td", "dd"):
        if element.text and len(element) <= 4 and (found := _CHANGED.search(element.text[:40])):
            text = squeezed(element.text_content())
            if (
                len(text) <= 100
                and not is_elsewhere(element)
                and not re.match("copy|©|access|crawl", found.group(), re.I)
            ):
                yield text[len(squeezed(element.text[: found.end()])) :]


def _url_day(found: re.Match[str]) -> date | None:
    parts = {name.rstrip("2"): value for name, value in found.groupdict().items() if value is not None}
    month = parts["month"].lower()
    number = _MONTHS.index(month) + 1 if month in _MONTHS else int(month)
    if parts.get("dash") == "" and len(parts["month"] + parts["day"]) != 4:
        return None
    try:
        return date(int(parts["year"]), number, int(parts["day"]))
    except ValueError:
        return None


def _month_first(page: HtmlPage, metadata: PageMetadata) -> bool | None:
    """How the page's language and country write 01/02/2025: the month first, the day first, or not known."""
    declared = " ".join((page.tree.get("lang") or "", *metadata.meta.get("og:locale", ())[:1]))
    if _MONTH_FIRST.search(declared):
        return True
    try:
        country = (urlsplit(page.url).hostname or "").rpartition(".")[2]
    except ValueError:
        country = ""
    if country in ("us", "gov", "mil", "edu"):
        return True
    if metadata.lang not in (None, "en") or country in _DAY_FIRST_TLDS or re.search(r"en[-_][a-z]{2}", declared, re.I):
        return False
    return True if metadata.lang == "en" else None


def _read(raw: str, fetched_at: datetime | None, timezone: str | None, month_first: bool | None) -> StatedDate | None:
    text = raw.strip()
    if re.fullmatch(r"\d{10}|\d{13}", text):
        seconds = int(text) / (1000 if len(text) == 13 else 1)
        return StatedDate(datetime.fromtimestamp(seconds, UTC), "second")
    if match := re.fullmatch(r"(\d{4})(\d\d)(\d\d)(?:T?(\d\d)(\d\d)(\d\d)?Z?)?", text):
        text = "-".join(match.groups()[:3]) + (f" {match[4]}:{match[5]}" if match[4] else "")
    try:
        return parse_date(text, reference=fetched_at, timezone=timezone, month_first=month_first)
    except InputError:
        return find_date(text, reference=fetched_at, timezone=timezone, month_first=month_first)


def _is_future(at: datetime, fetched_at: datetime | None) -> bool:
    """Whether `at` is more than a day after the page was read (an event's date, not the publication's)."""
    if fetched_at is None:
        return False
    return (at.replace(tzinfo=None) - fetched_at.replace(tzinfo=None)).total_seconds() > 86_400


def _searched(page: HtmlPage, fetched_at: datetime | None, zone: tzinfo | None) -> PublicationDate | None:
    try:
        # Its extensive search sets up 200 languages first, which takes seconds, and finds little that is true.
        found = htmldate.find_date(
            page.tree, original_date=True, url=page.url, max_date=fetched_at, extensive_search=False
        )
    except (ValueError, OverflowError) as error:
        _log.info("htmldate can't read %s: %s", page.url, error)
        return None
    # A lone year ("© 2025") comes back as its first of January.
    if found is None or found.endswith("-01-01"):
        return None
    return PublicationDate(datetime.fromisoformat(found).replace(tzinfo=zone), "day", "htmldate")
