"""Collecting from what was saved: everything that a replay holds → the same spool as a night's reading leaves.

A response is read as what it is: a channel's page by its address, a feed or sitemap by its first tag, else as an
article. Each gives documents, is a list (a feed names articles, it is none), or says in an `unparsed` row why not.

A response of a known source, by its host or channel, belongs to that source. Any other gets a source of its own, with
the id `replay-<host>` with hyphens for dots, `replay-<channel>`, or `replay-file` where no host is known, and the side
UNKNOWN. A name that does not fit (`a-b.example`, `граница.рф`) has a hash of it at its end, so no two share an id.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from ingest.archive import Archive
from ingest.article import to_document as article_document
from ingest.channel import parse_channel
from ingest.channel import to_document as post_document
from ingest.document import Document
from ingest.errors import PARSER_BUGS, InputError, KezekError, LayoutError, ParseError
from ingest.feed import parse_feed
from ingest.fetch_record import Fetch
from ingest.handover import Place
from ingest.page_kind import page_kind
from ingest.parse import is_channel_url, parse_article
from ingest.post import CHANNEL_HOSTS
from ingest.replay import iter_replay, put_away
from ingest.sitemap import parse_sitemap
from ingest.source import Source
from ingest.spool import SpoolWriter, Unparsed

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Replayed:
    """What a replay came to. Counts of responses (`lists` are feeds and sitemaps, `listed` what they list), and of documents."""

    responses: int = 0
    documents: int = 0
    lists: int = 0
    listed: int = 0
    unparsed: int = 0
    undated: int = 0
    sources: tuple[Source, ...] = ()
    """Those that were made for hosts and channels that the sources file does not know."""


def collect_replay(
    path: Path,
    sources: Mapping[str, Source],
    archive_root: str,
    run_id: str,
    spool_path: Place,
    *,
    channel_host: str = "t.me",
) -> Replayed:
    """Read everything that `path` holds (see ingest.replay) into the archive and a spool.

    The rows' run is `run_id`, such as `replay/articles`. Raises InputError where `path` can't be replayed, ArchiveError
    where the archive can't be written; a damaged file or a page that is no document is a row.
    """
    done = Replayed()
    owners = _Owners(sources.values(), channel_host)
    saved_responses = iter_replay(path)
    first = next(saved_responses, None)  # before anything is written: a path that can't be replayed leaves no trace
    if first is None:
        raise InputError(f"{path} can't be replayed: it holds no saved responses.")
    with SpoolWriter(spool_path) as spool, Archive(archive_root) as archive:
        for saved in chain([first], saved_responses):
            source = owners.of(saved.url)
            fetched = put_away(saved, archive, run_id, source.id)
            row = fetched.fetch
            spool.write(row)
            done.responses += 1
            try:
                if _path(saved.url) == "/robots.txt":
                    continue
                if row.error is not None or fetched.body is None:
                    raise _NoPageError(row.error or "There is no body.")
                if not 200 <= (row.status or 0) < 300:
                    raise _NoPageError(f"The server answered with status {row.status}.")
                documents = _read(fetched.body, row, source, channel_host, done, spool)
            except (ParseError, InputError, _NoPageError) as error:
                _fail(spool, row, _class_of(error, row), str(error))
                done.unparsed += 1
                continue
            except PARSER_BUGS as error:
                log.exception("The parser broke on %s (%s)", saved.url, saved.origin)
                _fail(spool, row, type(error).__name__, f"The parser broke: {error}")
                done.unparsed += 1
                continue
            for document in documents:
                spool.write(document)
                done.documents += 1
                done.undated += document.published_at is None
    done.sources = tuple(owners.made.values())
    return done


class _NoPageError(KezekError):
    """There is no page in the response to begin with."""


def _read(
    body: bytes, row: Fetch, source: Source, channel_host: str, done: Replayed, spool: SpoolWriter
) -> list[Document]:
    match page_kind(body, row.url, channel_host):
        case "channel":
            page = parse_channel(body, row.url)
            if not page.posts:
                raise LayoutError(f"{row.url}: a page without posts ({page.condition})")
            documents = (post_document(post, page.channel, source, row.fetch_id) for post in page.posts)
            return [document for document in documents if document is not None]
        case "feed":
            done.listed += len(parse_feed(body, row.url, row.content_type, source.timezone))
            done.lists += 1
            return []
        case "sitemap":
            sitemap = parse_sitemap(body, row.url, source.timezone, row.content_type)
            done.listed += len(sitemap.pages) + len(sitemap.sitemaps)
            done.lists += 1
            return []
        case "article":
            article = parse_article(
                body,
                row.url,
                row.content_type,
                source.parser or None,
                None if source.id.startswith("replay-") else source.timezone,
                fetched_at=row.fetched_at,
            )
            if article.layout_problem:
                spool.write(
                    Unparsed(row.source_id, row.url, row.fetch_id, "LayoutError", article.layout_problem, resolved=True)
                )
            return [article_document(article, source, row.fetch_id)]


class _Owners:
    """Whose a URL is: a source of the file's, or one made for its host."""

    def __init__(self, sources: Iterable[Source], channel_host: str) -> None:
        self._hosts: dict[str, Source] = {}
        self._channels: dict[str, Source] = {}
        self.made: dict[str, Source] = {}
        self._channel_hosts = (*CHANNEL_HOSTS, channel_host)
        for source in sources:
            if source.channel:
                self._channels[source.channel.casefold()] = source
            else:
                self._hosts.setdefault(_host(source.home), source)

    def of(self, url: str) -> Source:
        """The source: a known one, or the one that was made for its host."""
        if is_channel_url(url, hosts=self._channel_hosts):
            parts = [part for part in urlsplit(url).path.split("/") if part and part != "s"]
            channel = parts[0].strip() if parts else ""
            known = self._channels.get(channel.casefold())
            return known or self._make("channel", channel or "channel", url)
        host = _host(url)
        labels = host.split(".")
        for count in range(len(labels) - 1):
            if known := self._hosts.get(".".join(labels[count:])):
                return known
        return self._make("host", host, url)

    def _make(self, kind: Literal["channel", "host"], name: str, url: str) -> Source:
        source_id = f"replay-{_slug(kind, name.casefold()) if name else 'file'}"
        if source_id not in self.made:
            host = _host(url)
            address = f"[{host}]" if ":" in host else host
            self.made[source_id] = Source(
                id=source_id,
                name=_readable(name) or "file",
                kind="outlet",
                side="UNKNOWN",
                country="ZZ",
                languages=("ru",),
                affiliation="unknown: seen in a replay only",
                home=f"https://{address}/" if host else "https://replay.invalid/",
                feeds=("https://replay.invalid/",),
            )
        return self.made[source_id]


def _slug(kind: Literal["channel", "host"], name: str) -> str:
    """`name` in the letters of an id. Hosts of plain labels have a hyphen and channels none: no two names are alike."""
    if kind == "host" and re.fullmatch(r"[a-z0-9]+(\.[a-z0-9]+)+", name):
        return name.replace(".", "-")
    if kind == "channel" and re.fullmatch(r"[a-z0-9][a-z0-9_]*", name) and name != "file":
        return name
    told_apart = hashlib.sha256(f"{kind}:{name}".encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{re.sub(r'[^a-z0-9]+', '-', name).strip('-') or kind}-{told_apart}"


def _host(url: str) -> str:
    """The host in lower case, as in the DNS (`xn--…`), without "www."; "" where there is none that could be one."""
    try:
        host = (urlsplit(url).hostname or "").rstrip(".").removeprefix("www.").encode("idna").decode("ascii")
    except ValueError:
        return ""
    return host if re.fullmatch(r"[a-z0-9._:-]+", host) else ""


def _readable(host: str) -> str:
    try:
        return host.encode("ascii").decode("idna")
    except UnicodeError:
        return host


def _path(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:
        return ""


def _fail(spool: SpoolWriter, row: Fetch, error_class: str, error: str) -> None:
    spool.write(Unparsed(row.source_id, row.url, row.fetch_id, error_class, error))


def _class_of(error: KezekError, row: Fetch) -> str:
    if not isinstance(error, _NoPageError):
        return type(error).__name__
    return row.error.partition(":")[0] if row.error else f"HTTP {row.status}"
