"""Dated archive pages: the articles that one links to, and where it goes on."""

from __future__ import annotations

from urllib.parse import urldefrag, urljoin

from bs4 import BeautifulSoup, SoupStrainer
from bs4.exceptions import ParserRejectedMarkup

from ingest.charset import decode
from ingest.errors import EmptyBodyError, NotHtmlError
from ingest.source import Source


def article_links(body: bytes, url: str, source: Source, content_type: str | None = None) -> list[str]:
    """The links of the page at `url` that are articles of `source`, absolute, without fragments, each once.

    Only links to the source's own host (and hosts below it) count. Raises EmptyBodyError or NotHtmlError; nothing else,
    whatever the bytes.
    """
    soup = _links(body, url, content_type)
    base = soup.select_one("base[href]")
    start = _joined(url, str(base["href"])) if base else url
    links = (_joined(start, str(link["href"])) for link in soup.select("a[href]"))
    return [link for link in dict.fromkeys(links) if source.is_own(link) and source.is_article(link)]


def further_page(body: bytes, first: str, content_type: str | None = None) -> str | None:
    """Where the page's rel=next link leads, if that is a further page of the same list: the address of its `first` page with
    something behind it. (Elsewhere rel=next is the next day.) Raises as `article_links`."""
    for link in _links(body, first, content_type).select('[rel~="next"][href]'):
        following = _joined(first, str(link["href"]))
        if following.startswith(first.rstrip("/")) and following.rstrip("/") != first.rstrip("/"):
            return following
    return None


def named_feeds(body: bytes, url: str, content_type: str | None = None) -> list[str]:
    """The feeds that the page at `url` names as its own. Raises as `article_links`."""
    kinds = ('link[type="application/rss+xml"][href]', 'link[type="application/atom+xml"][href]')
    links = _links(body, url, content_type).select(", ".join(kinds))
    return [feed for feed in dict.fromkeys(_joined(url, str(link["href"])) for link in links) if feed]


def _links(body: bytes, url: str, content_type: str | None) -> BeautifulSoup:
    if not body.strip():
        raise EmptyBodyError(f"{url}: the body is empty")
    text = decode(body, content_type).text.replace("\0", "").replace("<?", "&lt;?")
    if "<" not in text:
        raise NotHtmlError(f"{url}: the body is no HTML")
    try:
        return BeautifulSoup(text, "lxml", parse_only=SoupStrainer(["a", "base", "link"]))
    except ParserRejectedMarkup as error:
        raise NotHtmlError(f"{url}: the HTML can't be parsed: {error}") from error


def _joined(base: str, link: str) -> str:
    try:
        return urldefrag(urljoin(base, link.strip())).url
    except ValueError:
        return ""
