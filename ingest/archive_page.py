"""Dated archive pages: which ones an interval needs, and the articles that one links to."""

from __future__ import annotations

from urllib.parse import urldefrag, urljoin, urlsplit

from bs4 import BeautifulSoup, SoupStrainer
from bs4.exceptions import ParserRejectedMarkup

from ingest.address_pattern import of_days
from ingest.charset import decode
from ingest.errors import EmptyBodyError, NotHtmlError
from ingest.interval import Interval
from ingest.source import Source


def archive_urls(source: Source, interval: Interval) -> list[str]:
    """The archive pages (patterns still, where they are paged) of every local day that the interval touches, oldest first
    for each pattern; empty where the source has none."""
    days = interval.days(source.zone)
    return list(dict.fromkeys(address for pattern in source.archive for address in of_days(pattern, days)))


def article_links(body: bytes, url: str, source: Source, content_type: str | None = None) -> list[str]:
    """The links of the page at `url` that are articles of `source`, absolute, without fragments, each once.

    Only links to the source's own host (and hosts below it) count. Raises EmptyBodyError or NotHtmlError; nothing else,
    whatever the bytes.
    """
    if not body.strip():
        raise EmptyBodyError(f"{url}: the body is empty")
    text = decode(body, content_type).text.replace("\0", "").replace("<?", "&lt;?")
    if "<" not in text:
        raise NotHtmlError(f"{url}: the body is no HTML")
    try:
        soup = BeautifulSoup(text, "lxml", parse_only=SoupStrainer(["a", "base"]))
    except ParserRejectedMarkup as error:
        raise NotHtmlError(f"{url}: the HTML can't be parsed: {error}") from error
    home = _host(source.home)
    base = soup.select_one("base[href]")
    start = _joined(url, str(base["href"])) if base else url
    links = (_joined(start, str(link["href"])) for link in soup.select("a[href]"))
    return [link for link in dict.fromkeys(links) if _is_own(link, home) and source.is_article(link)]


def _joined(base: str, link: str) -> str:
    try:
        return urldefrag(urljoin(base, link.strip())).url
    except ValueError:
        return ""


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _is_own(link: str, home: str) -> bool:
    host = _host(link)
    return link.startswith(("http://", "https://")) and (host == home or host.endswith(f".{home}"))
