"""An Article: what one page says, as it was read; and the Document made of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ingest.characters import clean
from ingest.document import Document, Precision, document_id
from ingest.source import Source


@dataclass(frozen=True, slots=True)
class Article:
    """One article page, read. `text` is its body, with paragraphs on lines of their own; `lead` the standfirst that stands
    apart from it, "" where there is none.

    `published_at` is aware where the page states a zone or the source's is known, else naive; with precision "day" its
    clock means nothing. `published_from` names where it was read: "json-ld", "meta", "time", "text", "url", "script",
    "htmldate", "updated" (the page says only when it was changed last), or "selector" for an outlet's own. `links` are
    the absolute web addresses that its body links to, `media_urls` those of its pictures and films. `layout_problem`
    says why the outlet's own class could not read the page, where the generic reader stood in for it. Texts are
    `clean`: no control characters, whatever the page holds.
    """

    title: str
    text: str
    published_at: datetime | None
    published_precision: Precision | None
    published_from: str | None
    author: str | None
    lang: str | None
    url: str
    canonical_url: str | None
    extractor: str
    extractor_version: str
    lead: str = ""
    links: tuple[str, ...] = ()
    media_urls: tuple[str, ...] = ()
    layout_problem: str | None = None

    def __post_init__(self) -> None:
        for name in ("title", "text", "lead", "author", "lang", "canonical_url"):
            said: str | None = getattr(self, name)
            if said:
                cleaned = clean(said)
                empty = None if name in ("author", "lang", "canonical_url") else ""
                object.__setattr__(self, name, cleaned or empty)

    @property
    def words(self) -> str:
        """All that the article says below its title: the lead on the first line, then the body. A Document's text."""
        return "\n".join(part for part in (self.lead, self.text) if part)


def article_json(article: Article) -> dict[str, Any]:
    """The JSON that `kezek parse` prints: `published` is ISO 8601, with the page's offset where it has one, and a date
    alone where the page has no more."""
    return {
        "title": article.title,
        "text": article.text,
        "published": _iso(article),
        "author": article.author,
        "lang": article.lang,
        "url": article.url,
        "canonical_url": article.canonical_url,
        "kind": "news",
    }


def to_document(article: Article, source: Source, fetch_id: str | None) -> Document:
    """The document that `article` is for `source`; its id is that of the canonical URL. The standfirst is its first line.

    A clock without a zone (neither the page nor the source names one) can't be placed in time: the day is kept, and
    the precision says so. A day is kept as its midnight in UTC, so that it stays the day that the page names.
    """
    published_at, precision = article.published_at, article.published_precision
    if published_at is not None and (published_at.tzinfo is None or precision == "day"):
        published_at = published_at.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=UTC)
        precision = "day"
    return Document(
        document_id=document_id(source.id, article.canonical_url or article.url),
        title=article.title,
        text=article.words,
        kind="news",
        lang=article.lang,
        source_id=source.id,
        source_name=source.name,
        source_side=source.side,
        url=article.url,
        canonical_url=article.canonical_url,
        author=article.author,
        published_at=published_at,
        published_precision=precision,
        published_from=article.published_from,
        links=article.links,
        media_urls=article.media_urls,
        fetch_id=fetch_id,
        extractor=article.extractor,
        extractor_version=article.extractor_version,
    )


def _iso(article: Article) -> str | None:
    if article.published_at is None:
        return None
    if article.published_precision == "day":
        return article.published_at.date().isoformat()
    return article.published_at.isoformat(timespec="seconds")
