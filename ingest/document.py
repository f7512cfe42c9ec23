"""A Document: one revision of one article or channel post, as it was read from archived bytes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Kind = Literal["news", "post"]
Precision = Literal["second", "minute", "day"]


@dataclass(frozen=True, slots=True)
class Document:
    """One revision. Texts are Unicode with paragraphs on lines of their own; times are aware.

    `document_id` stays over revisions; `content_sha256` tells revisions apart. What the page does not say is None (or
    empty for `title` and `text`), never a guess. `media` are the kinds of media in it ("photo", "video"), `media_urls` their
    addresses: they are kept, never downloaded. `views` is rounded by the site to `views_granularity` (37200 to the nearest
    100, where it shows 37.2K).
    """

    document_id: str
    title: str
    text: str
    kind: Kind = "news"
    lang: str | None = None
    source_id: str = ""
    source_name: str = ""
    source_side: str = "UNKNOWN"
    url: str = ""
    canonical_url: str | None = None
    author: str | None = None
    published_at: datetime | None = None
    published_precision: Precision | None = None
    published_from: str | None = None
    forwarded_from: str | None = None
    forwarded_url: str | None = None
    reply_to_url: str | None = None
    views: int | None = None
    views_granularity: int | None = None
    edited: bool = False
    links: tuple[str, ...] = ()
    media: tuple[str, ...] = ()
    media_urls: tuple[str, ...] = ()
    fetch_id: str | None = None
    extractor: str = ""
    extractor_version: str = ""

    @property
    def content_sha256(self) -> str:
        """Hex SHA-256 of title and text: two readings with the same hash are the same revision."""
        return hashlib.sha256(f"{self.title}\n\n{self.text}".encode(errors="surrogatepass")).hexdigest()


def document_id(source_id: str, key: str) -> str:
    """A stable id: `key` is what the source itself identifies the document by (canonical URL, or channel/post id)."""
    return "d" + hashlib.sha256(f"{source_id}\n{key}".encode()).hexdigest()[:15]
