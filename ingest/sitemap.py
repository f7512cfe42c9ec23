"""A sitemap's bytes (list of pages, news sitemap or index of sitemaps; plain or gzip) → what it lists."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urldefrag, urljoin

from lxml import etree

from ingest.dates import parse_date
from ingest.document import Precision
from ingest.errors import EmptyBodyError, InputError, LayoutError, NotHtmlError

LIMIT_BYTES = 52_428_800
"""The largest sitemap once unpacked, in bytes (https://www.sitemaps.org/protocol.html: 50 MB)."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One page or one further sitemap; `url` is absolute, empty where there is none that can be read.

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
    """What the sitemap lists, in its order: pages, and further sitemaps."""

    pages: tuple[Listed, ...]
    sitemaps: tuple[Listed, ...]


def parse_sitemap(body: bytes, url: str, timezone: str = "UTC") -> Sitemap:
    """What the sitemap at `url` lists; `timezone` (IANA) is that of dates which state none.

    Raises EmptyBodyError, NotHtmlError (no sitemap) or LayoutError (it declares entities, or unpacks to more than
    LIMIT_BYTES); nothing else, whatever the bytes.
    """
    if not body.strip():
        raise EmptyBodyError(f"{url}: the body is empty")
    xml = _unpacked(body, url)
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False, remove_pis=True)
    try:
        root = etree.fromstring(xml.lstrip(), parser)
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
    )


def _unpacked(body: bytes, url: str) -> bytes:
    if not body.startswith(b"\x1f\x8b"):
        return body
    packed = zlib.decompressobj(wbits=31)
    try:
        unpacked = packed.decompress(body, LIMIT_BYTES)
    except zlib.error as error:
        raise NotHtmlError(f"{url}: the gzip is broken ({error})") from error
    if packed.unconsumed_tail:
        raise LayoutError(f"{url}: the sitemap unpacks to more than {LIMIT_BYTES} bytes")
    return unpacked


def _name(element: etree._Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _namespace(element: etree._Element) -> str:
    return element.tag.rpartition("}")[0] if isinstance(element.tag, str) else ""


def _listed(element: etree._Element, base: str, timezone: str) -> Listed:
    texts: dict[str, str] = {}
    for child in element.iterdescendants():
        # Images and videos in a sitemap have titles and dates of their own.
        if child.getparent() is element or "news" in _namespace(child):
            texts.setdefault(_name(child), " ".join("".join(map(str, child.itertext())).split()))
    published, precision = _date(texts.get("publication_date"), timezone)
    changed, _ = _date(texts.get("lastmod"), timezone)
    try:
        url = urldefrag(urljoin(base, texts["loc"])).url if texts.get("loc") else ""
    except ValueError:
        url = ""
    return Listed(url if re.match(r"https?://", url) else "", texts.get("title"), published, precision, changed)


def _date(text: str | None, timezone: str) -> tuple[datetime | None, Precision | None]:
    if not text:
        return None, None
    try:
        stated = parse_date(text, timezone=timezone)
        return stated.at.astimezone(UTC), stated.precision
    except (InputError, OverflowError):
        return None, None
