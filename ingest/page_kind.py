"""What a response is, told by its address and the first tag of its bytes: whose reader takes it."""

from __future__ import annotations

import re
from typing import Literal

from ingest.parse import is_channel_url
from ingest.post import CHANNEL_HOSTS

PageKind = Literal["channel", "feed", "sitemap", "article"]

_FEED_ROOTS = (b"rss", b"feed", b"rdf", b"channel")
_SITEMAP_ROOTS = (b"urlset", b"sitemapindex")
_HEAD_BYTES = 4096


def page_kind(body: bytes, url: str, channel_host: str = "t.me") -> PageKind:
    """The kind of the page at `url`. Whatever is nothing else is an article, also what turns out to be none."""
    if is_channel_url(url, hosts=(*CHANNEL_HOSTS, channel_host)):
        return "channel"
    # Comments and a doctype may come before a feed's root; in UTF-16 every other byte is a zero.
    head = body[:_HEAD_BYTES].replace(b"\0", b"")
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") and b"jsonfeed.org/version" in head.replace(b"\\/", b"/"):
        return "feed"
    markup = re.sub(rb"(?s)<!--.*?-->|<\?.*?\?>|<!DOCTYPE[^>\[]*(\[.*?\]\s*)?>", b"", head)
    root = re.match(rb"[^<]*<(?:\w+:)?(\w+)", markup)
    name = root[1].lower() if root else b""
    if name in _SITEMAP_ROOTS:
        return "sitemap"
    return "feed" if name in _FEED_ROOTS else "article"
