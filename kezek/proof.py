"""The proof of a revision: each link from its row to the archived bytes and back to its words, whole or broken."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ingest.archive import Archive
from ingest.channel import parse_channel
from ingest.errors import ArchiveError, ParseError
from ingest.parse import parse_article
from ingest.source import Source
from kezek.tables import cell
from warehouse.connection import Row


@dataclass(frozen=True, slots=True)
class Link:
    """One link of a chain: its name, what is known of it, and whether it holds (None: it was not reached, or not asked)."""

    name: str
    says: str
    whole: bool | None


@dataclass(frozen=True, slots=True)
class Words:
    """What the archived bytes say when they are read today."""

    title: str
    text: str

    @property
    def sha256(self) -> str:
        """As `Document.content_sha256`: hex SHA-256 of title and text."""
        return hashlib.sha256(f"{self.title}\n\n{self.text}".encode(errors="surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Proof:
    """The links in their order, up to the first that is broken and those not reached behind it; the words where all hold."""

    links: tuple[Link, ...]
    words: Words | None = None

    @property
    def broken(self) -> Link | None:
        """The first link that does not hold."""
        return next((link for link in self.links if link.whole is False), None)


def source_link(row: Row) -> Link:
    """Whose page it is; broken where the warehouse does not know the source."""
    if row["source_kind"] is None:
        return Link("source", f"{row['source_id']}: the warehouse knows no such source", False)
    return Link(
        "source", f"{row['source_name']} ({row['source_id']}, {row['source_kind']}, side {row['source_side']})", True
    )


def revision_link(revision: Row, of: int) -> Link:
    """Which wording it is, of how many; broken where its words are not those that its hash names."""
    says = f"{revision['revision']} of {of} of document {revision['document_id']}, {_seen(revision)}"
    if Words(revision["title"], revision["text"]).sha256 != revision["content_sha256"]:
        return Link("revision", f"{says}: its words in the warehouse are not those that its hash names", False)
    return Link("revision", says, True)


def fetch_link(fetch: Row | None, fetch_id: str | None) -> Link:
    """The look at the web that brought the bytes."""
    if fetch is None:
        return Link("fetch", f"{fetch_id}: the warehouse has no such fetch" if fetch_id else "none is named", False)
    status = f"status {fetch['status']}" if fetch["status"] is not None else "no answer"
    parts = (f"{fetch['fetch_id']} of {utc(fetch['fetched_at'])}", status, fetch["content_type"], fetch["final_url"])
    return Link("fetch", ", ".join(part for part in parts if part), True)


def read_record(archive: Archive, fetch: Row) -> tuple[tuple[Link, ...], bytes | None]:
    """The links `record` and `hash` of a fetch, and its decoded body where both hold."""
    if fetch["warc_file"] is None:
        return (Link("record", "there are no archived bytes", False), _not_reached("hash")), None
    where = f"{fetch['warc_file']} at byte {fetch['warc_offset']}"
    try:
        body = archive.read(fetch["warc_file"], fetch["warc_offset"], None)
    except ArchiveError as error:
        return (Link("record", str(error).rstrip("."), False), _not_reached("hash")), None
    record = Link("record", f"{where}, {len(body)} bytes unpacked", True)
    found = hashlib.sha256(body).hexdigest()
    if found != fetch["sha256"]:
        says = f"the bytes have the SHA-256 {found}, not {fetch['sha256']} as when they were fetched"
        return (record, Link("hash", says, False)), None
    return (record, Link("hash", found, True)), body


def prove(
    archive: Archive, sources: Mapping[str, Source], revision: Row, fetch: Row | None, *, of: int, as_kept: bool = True
) -> Proof:
    """Go from a revision (a row of `way_back.revisions`, one of `of`) to its bytes, check them and read them again.

    They are parsed as they were: as a post or an article, by the parser and in the time zone of the source, where the
    sources file knows it. With `as_kept` the last link, `words`, holds only if the words are those that the warehouse
    keeps; else it says whether they are.
    """
    links = [source_link(revision), revision_link(revision, of), fetch_link(fetch, revision["fetch_id"])]
    body: bytes | None = None
    if fetch is not None:
        found, body = read_record(archive, fetch)
        links += found
    else:
        links += [_not_reached("record"), _not_reached("hash")]
    if body is None or fetch is None:
        return Proof((*links, _not_reached("words")))
    try:
        words = _read_again(body, revision, fetch, sources.get(revision["source_id"]))
    except (ArchiveError, ParseError) as error:
        return Proof((*links, Link("words", f"the bytes no longer read as they did: {str(error).rstrip('.')}", False)))
    count = f"{len(words.title) + len(words.text)} characters, read again"
    if words.sha256 == revision["content_sha256"]:
        links.append(Link("words", f"{count}: the same as the warehouse keeps", True))
    elif as_kept:
        links.append(Link("words", f"{count}: they no longer read as the warehouse keeps them", False))
    else:
        links.append(Link("words", f"{count}: elsewhere they no longer read as the warehouse keeps them", True))
    proof = Proof(tuple(links), words)
    return proof if proof.broken is None else Proof(proof.links)


def utc(moment: datetime | None) -> str:
    """A moment for people: whole seconds, UTC."""
    return f"{cell(moment)} UTC" if moment else "not known"


def _not_reached(name: str) -> Link:
    return Link(name, "not reached", None)


def _seen(revision: Row) -> str:
    first, last = utc(revision["first_seen_at"]), utc(revision["last_seen_at"])
    return f"seen {first}" if first == last else f"seen from {first} to {last}"


def _read_again(body: bytes, revision: Row, fetch: Row, source: Source | None) -> Words:
    if revision["kind"] != "post":
        article = parse_article(
            body,
            fetch["final_url"],
            fetch["content_type"],
            source.parser or None if source else None,
            source.timezone if source else None,
            fetched_at=fetch["fetched_at"],
        )
        return Words(article.title, article.words)
    for post in parse_channel(body, fetch["final_url"]).posts:
        if post.url.casefold() == revision["url"].casefold():
            return Words("", post.text or "")
    raise ArchiveError(f"the archived channel page no longer shows {revision['url']}.")
