"""Bytes of an article page → Article: by the outlet's own class where there is one, else by the generic reader."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from ingest.article import Article
from ingest.errors import LayoutError, SourceError
from ingest.generic import read_generic
from ingest.host import host_of
from ingest.html_page import html_text, read_html
from ingest.outlets import layouts, parser_of_host
from ingest.post import CHANNEL_HOSTS

GENERIC: Final = "generic"
"""The parser id that asks for the generic reader whatever the host."""


def parse_article(
    body: bytes,
    url: str,
    content_type: str | None = None,
    parser: str | None = None,
    timezone: str | None = None,
    *,
    fetched_at: datetime | None = None,
) -> Article:
    """The article that the page `body`, read from `url`, is.

    `parser` is the id of an outlet's class (else the one that claims the URL's host, else the generic reader);
    `content_type` the response's header; `timezone` the source's (IANA), for clocks without a zone; `fetched_at` what
    "today" and "yesterday" refer to. Where the outlet's class does not fit the page (a redesign, a special page), the
    generic reader reads it, and the article says so in `layout_problem`. Raises NotHtmlError, EmptyBodyError, LayoutError,
    whatever the bytes; and SourceError where there is no such parser.
    """
    name = parser or parser_of_host(host_of(url)) or GENERIC
    newest: LayoutError | None = None
    if name != GENERIC:
        outlets = layouts().get(name)
        if outlets is None:
            raise SourceError(f"there is no parser {name!r}; there are {', '.join((GENERIC, *sorted(layouts())))}")
        html = html_text(body, url, content_type).text
        for outlet in outlets:
            try:
                return outlet.read(html, url, timezone=timezone, fetched_at=fetched_at)
            except LayoutError as error:
                newest = newest or error
    article = read_generic(read_html(body, url, content_type), timezone=timezone, fetched_at=fetched_at)
    return replace(article, layout_problem=str(newest)) if newest else article


def is_channel_url(url: str, hosts: Collection[str] = CHANNEL_HOSTS) -> bool:
    """Whether `url` is a page of a public channel, which `ingest.channel` reads."""
    return host_of(url) in hosts and urlsplit(url).path.strip("/") != ""
