"""One page as one JSON object: the contract of `kezek parse`."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from ingest.article import article_json
from ingest.channel import parse_channel
from ingest.channel_json import channel_json
from ingest.document import Precision
from ingest.errors import InputError
from ingest.feed import parse_feed
from ingest.page_kind import page_kind
from ingest.parse import parse_article
from ingest.sitemap import parse_sitemap
from kezek.language import document_language
from kezek.settings import Settings


def page_json(body: bytes, url: str, content_type: str | None, settings: Settings) -> dict[str, Any]:
    """What the page says, as a JSON object; its kind is `news`, `channel`, `feed` or `sitemap`.

    Raises InputError where `url` is none, and the ParseErrors of the parsers.
    """
    if not _is_web_address(url):
        raise InputError(f"{url!r} is no URL: kezek wants one like https://example.org/news/1.")
    match page_kind(body, url, settings.channel_host):
        case "channel":
            return channel_json(parse_channel(body, url))
        case "feed":
            items = parse_feed(body, url, content_type)
            return {
                "kind": "feed",
                "items": [
                    {"url": item.url, "title": item.title, "published": _iso(item.published_at, item.precision)}
                    for item in items
                ],
            }
        case "sitemap":
            sitemap = parse_sitemap(body, url, content_type=content_type)
            return {
                "kind": "sitemap",
                "items": [
                    {
                        "url": page.url,
                        "title": page.title,
                        "published": _iso(page.published_at, page.precision),
                        "changed": _iso(page.changed_at, "second"),
                    }
                    for page in sitemap.pages
                ],
                "sitemaps": [
                    {"url": listed.url, "changed": _iso(listed.changed_at, "second")} for listed in sitemap.sitemaps
                ],
            }
        case "article":
            article = parse_article(body, url, content_type)
            return article_json(article) | {"lang": document_language(article.text or article.title, article.lang)}


def _iso(moment: datetime | None, precision: Precision | None) -> str | None:
    if moment is None:
        return None
    return moment.date().isoformat() if precision == "day" else moment.isoformat()


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
