"""One page as one JSON object: the contract of `kezek parse`."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from ingest.article import article_json
from ingest.channel import parse_channel
from ingest.channel_json import channel_json
from ingest.errors import InputError
from ingest.parse import is_channel_url, parse_article
from kezek.language import document_language
from kezek.settings import Settings


def page_json(body: bytes, url: str, content_type: str | None, settings: Settings) -> dict[str, Any]:
    """What the page says, as a JSON object; its kind is `news` or `channel`.

    Raises InputError where `url` is none, and the ParseErrors of the parsers.
    """
    if not _is_web_address(url):
        raise InputError(f"{url!r} is no URL: kezek wants one like https://example.org/news/1.")
    if is_channel_url(url, hosts=("t.me", "telegram.me", settings.channel_host)):
        return channel_json(parse_channel(body, url))
    article = parse_article(body, url, content_type)
    return article_json(article) | {"lang": document_language(article.text or article.title, article.lang)}


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
