"""A sitemap's bytes (list of pages, news sitemap, index of sitemaps or plain text; packed or not) → what it lists."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urldefrag, urljoin

from lxml import etree

from ingest.characters import clean
from ingest.document import Precision
from ingest.errors import InputError, LayoutError, NotHtmlError
from ingest.list_date import parse_list_date
from ingest.xml_text import xml_text


@dataclass(frozen=True, slots=True)
class Listed:
    """One page or one further sitemap; `url` is absolute, empty where there is none that can be read. Other languages' editions
    of a page (xhtml:link) are entries of their own, where the site lists them.

    `published_at` comes from news:publication_date, `changed_at` from lastmod; aware (UTC where they state no zone), None where
    absent or unreadable; `precision` is that of `published_at`.
    """

    url: str
    title: str | None = None
    published_at: datetime | None = None
    precision: Precision | None = None
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Sitemap:
    """What the sitemap lists, in its order: pages, and further sitemaps. `broken_off`: it ends before its end, and listed
    more."""

    pages: tuple[Listed, ...]
    sitemaps: tuple[Listed, ...]
    broken_off: bool = False


def parse_sitemap(body: bytes, url: str, timezone: str = "UTC", content_type: str | None = None) -> Sitemap:
    """What the sitemap at `url` lists; `timezone` (IANA) is that of dates which state none.

    Raises EmptyBodyError, NotHtmlError (no sitemap) or LayoutError (it declares entities, or unpacks to more than
    50 MB); nothing else, whatever the bytes.
    """
    read = xml_text(body, url, content_type)
    text = read.text
    if re.match(r"\s*https?://", text):  # a text file of one address a line
        lines = (line.strip() for line in text.splitlines())
        addresses = (_address(line, url) for line in lines if line.startswith("http"))
        return Sitemap(tuple(map(Listed, addresses)), (), read.cut_off)
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, load_dtd=False, remove_pis=True, encoding="utf-8"
    )
    try:
        root = etree.fromstring(text.lstrip().encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise NotHtmlError(f"{url}: no sitemap ({error})") from error
    if root is None:
        raise NotHtmlError(f"{url}: no sitemap")
    dtd: Any = root.getroottree().docinfo.internalDTD
    if dtd is not None and any(True for _ in dtd.iterentities()):
        raise LayoutError(f"{url}: the sitemap declares entities, which no sitemap needs")
    if _name(root) not in ("urlset", "sitemapindex"):
        raise NotHtmlError(f"{url}: no sitemap, its root is <{_name(root)}>")
    return Sitemap(
        pages=tuple(_listed(element, url, timezone) for element in root if _name(element) == "url"),
        sitemaps=tuple(_listed(element, url, timezone) for element in root if _name(element) == "sitemap"),
        broken_off=read.lacks_end(_name(root)),
    )


def _name(element: etree._Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _namespace(element: etree._Element) -> str:
    return element.tag.rpartition("}")[0] if isinstance(element.tag, str) else ""


def _listed(element: etree._Element, base: str, timezone: str) -> Listed:
    texts: dict[str, str] = {}
    for child in element.iterdescendants():
        # Images and videos in a sitemap have titles and dates of their own.
        if child.getparent() is element or "news" in _namespace(child):
            texts.setdefault(_name(child), _text(child))
    published, precision = _date(texts.get("publication_date"), timezone)
    changed, _ = _date(texts.get("lastmod"), timezone)
    title = clean(texts["title"]) if texts.get("title") else None
    return Listed(_address(texts.get("loc") or "", base), title, published, precision, changed)


def _text(element: etree._Element) -> str:
    try:
        return " ".join("".join(map(str, element.itertext())).split())
    except UnicodeDecodeError:
        return ""  # a reference to half a surrogate pair, which lxml takes in and can't give out


def _address(link: str, base: str) -> str:
    try:
        address = urldefrag(urljoin(base, link)).url if link else ""
    except ValueError:
        return ""
    return address if re.match(r"https?://[^/\s]", address) else ""


def _date(text: str | None, timezone: str) -> tuple[datetime | None, Precision | None]:
    try:
        return parse_list_date(text or "", timezone)
    except (InputError, OverflowError):
        return None, None
