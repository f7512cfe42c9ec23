"""Replay: responses that were saved before, read again as if the web had just sent them.

What can be replayed (`iter_replay`):

    a WARC file            *.warc, *.warc.gz, of any tool
    a page or feed         *.html, *.htm, *.xhtml, *.xml, *.rss, *.atom, each also with .gz
    a folder with          manifest.jsonl, one {"file": …, "url": …} a line, or manifest.csv with these columns; `file` is
    a manifest             relative to the folder, `content_type` and `fetched_at` (ISO 8601) may be there too
    any other folder       all WARC files, pages and feeds in it and below, in order of their names

A page without a manifest says itself where it is from: its canonical link or og:url; for a channel preview
`https://t.me/s/<channel>`. What does not say gets a `replay:` URL made of its file name.

What is replayed goes into the archive and gets a Fetch row like any response, so a document leads back to its bytes in
the same way: responses with their headers, saved files as WARC `resource` records. The row's id comes from run, URL and
bytes, so replaying twice gives the same rows. A file that can't be read is a Saved with an `error`; so is a WARC record
that only says that its bytes are in an earlier one (`revisit`), except for a server's own answer of 304.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import logging
import os
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, urljoin, urlsplit

from lxml import etree
from lxml import html as lxml_html

from ingest.archive import Archive, Damaged, Exchange, Location, read_records
from ingest.characters import clean
from ingest.errors import InputError
from ingest.fetch import Fetched, fetch_id
from ingest.fetch_record import Fetch

log = logging.getLogger(__name__)

_WARC = (".warc", ".warc.gz")
_TYPES = {
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "application/xhtml+xml",
    ".xml": "application/xml",
    ".rss": "application/rss+xml",
    ".atom": "application/atom+xml",
}
_CHANNEL_HOST = "https://t.me/"
_NO_TEXT = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Saved:
    """One saved response. `body` is None and `error` a sentence where it can't be read.

    `origin` is the file, and for WARC files the record's offset, relative to what is replayed; `saved_at` is when the
    file was last written, the nearest thing where nothing says when it was fetched. `status` and `headers` are None and
    empty where only the body was saved. `unchanged_since` is, for an answer of 304, when the copy was fetched that it
    refers to, where that is known.
    """

    url: str
    body: bytes | None
    content_type: str | None
    fetched_at: datetime | None
    origin: str
    saved_at: datetime
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    error: str | None = None
    unchanged_since: datetime | None = None


def iter_replay(path: Path) -> Iterator[Saved]:
    """Everything that `path` holds, in a stable order. Raises InputError where it is nothing that can be replayed."""
    if path.is_file():
        if not _is_replayed(path):
            raise InputError(f"{path} can't be replayed: no WARC file, page or feed by its name.")
        yield from _file(path, path.name)
    elif path.is_dir():
        for name in ("manifest.jsonl", "manifest.csv"):
            if (path / name).is_file():
                yield from _manifest(path, path / name)
                return
        files = sorted(file for file in path.rglob("*") if file.is_file())
        for file in files:
            if _is_replayed(file):
                yield from _file(file, file.relative_to(path).as_posix())
            else:
                log.warning("%s is left out of the replay: no WARC file, page or feed by its name.", file)
        if not any(map(_is_replayed, files)):
            raise InputError(f"{path} can't be replayed: it has no WARC file, page, feed or manifest.")
    else:
        raise InputError(f"{path} can't be replayed: it does not exist.")


def put_away(saved: Saved, archive: Archive, run_id: str, source_id: str) -> Fetched:
    """Write a saved response to the archive and give it as the fetcher would have. Raises ArchiveError."""
    at = saved.fetched_at or saved.saved_at
    location: Location | None = None
    if saved.body is None:
        archive.write_error(saved.url, at, saved.error or "not_saved: there is no body.", run_id, source_id)
    elif saved.status is not None:
        # The body is decoded here: under its own name the header would tell readers to decode it again.
        headers = tuple(
            (f"X-Archive-Orig-{name}" if name.lower() in ("content-encoding", "content-length") else name, value)
            for name, value in saved.headers
        )
        exchange = Exchange(saved.url, at, saved.status, "", headers, saved.body, unchanged_since=saved.unchanged_since)
        location = archive.write(exchange, run_id, source_id)
    else:
        kind = saved.content_type or "application/octet-stream"
        location = archive.write_resource(saved.url, at, saved.body, kind, run_id, source_id)
    sha256 = hashlib.sha256(saved.body).hexdigest() if saved.body is not None else None
    url = clean(saved.url)
    row = Fetch(
        fetch_id=fetch_id(run_id, url, sha256 or saved.origin),
        run_id=run_id,
        source_id=source_id,
        url=url,
        final_url=url,
        fetched_at=at,
        status=saved.status if saved.status is not None else 200 if saved.body is not None else None,
        content_type=saved.content_type,
        bytes=len(saved.body or b""),
        sha256=sha256,
        warc_file=location.warc_file if location else None,
        warc_offset=location.warc_offset if location else None,
        error=saved.error,
    )
    return Fetched(fetch=row, body=saved.body if saved.error is None else None, trail=(row,))


def _file(path: Path, origin: str) -> Iterator[Saved]:
    saved_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    if path.name.endswith(_WARC):
        yield from _warc(path, origin, saved_at)
    else:
        yield _page(path, origin, saved_at, url=None, content_type=_type(path), fetched_at=None)


def _warc(path: Path, origin: str, saved_at: datetime) -> Iterator[Saved]:
    with path.open("rb") as file:
        for item in read_records(file):
            place = f"{origin}@{item.offset}"
            if isinstance(item, Damaged):
                error = clean(f"unreadable: the WARC file {origin} is damaged at byte {item.offset}: {item.reason}.")
                yield Saved(_file_url(place), None, None, None, place, saved_at, error=error)
                continue
            not_whole = None
            if item.revisit and item.status != 304:
                not_whole = f"revisit: the archived response has no body, since {item.revisit}."
            elif item.truncated:
                not_whole = f"truncated: the archived response is not whole ({item.truncated})."
            yield Saved(
                url=item.url,
                body=None if item.revisit and not_whole else item.body,
                content_type=item.content_type,
                fetched_at=item.at,
                origin=place,
                saved_at=saved_at,
                status=item.status,
                headers=item.headers,
                error=not_whole,
                unchanged_since=item.revisit.at if item.revisit else None,
            )


def _page(
    path: Path, origin: str, saved_at: datetime, url: str | None, content_type: str | None, fetched_at: datetime | None
) -> Saved:
    try:
        body = path.read_bytes()
        if path.name.lower().endswith(".gz"):
            body = gzip.decompress(body)
    except (OSError, EOFError, zlib.error) as error:
        reason = clean(f"unreadable: the saved file {origin} can't be read: {error}.")
        return Saved(url or _file_url(origin), None, content_type, fetched_at, origin, saved_at, error=reason)
    address = url or page_url(body) or _file_url(origin)
    return Saved(address, body, content_type, fetched_at, origin, saved_at)


def _manifest(folder: Path, manifest: Path) -> Iterator[Saved]:
    for number, row in _manifest_rows(manifest):
        name, url = row.get("file"), row.get("url")
        if not name or not url:
            raise InputError(f"{manifest}, line {number}: a row needs `file` and `url`.")
        for column in ("file", "url", "content_type"):
            if _NO_TEXT.search(row.get(column, "")):
                raise InputError(f"{manifest}, line {number}: {column} has control characters: {ascii(row[column])}.")
        try:
            path = (folder / name).resolve()
            there = path.is_file()
        except OSError as refused:
            what = f"{name[:60]!r}… is no file's name"
            raise InputError(f"{manifest}, line {number}: {what} ({refused.strerror}).") from refused
        if not path.is_relative_to(folder.resolve()):
            raise InputError(f"{manifest}, line {number}: {name!r} lies outside of the folder.")
        if not there:
            now = datetime.fromtimestamp(manifest.stat().st_mtime, UTC)
            error = f"unreadable: the saved file {name} is in the manifest and nowhere else."
            yield Saved(url, None, None, None, name, now, error=error)
            continue
        saved_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        fetched_at = _instant(row.get("fetched_at"), f"{manifest}, line {number}")
        yield _page(path, name, saved_at, url, row.get("content_type") or _type(path), fetched_at)


def _manifest_rows(manifest: Path) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        text = manifest.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{manifest} can't be read: {error}.") from error
    if manifest.suffix == ".csv":
        reader = csv.DictReader(text.splitlines())
        try:
            for fields in reader:
                row = {name: value for name, value in fields.items() if name and isinstance(value, str)}
                yield reader.line_num, row
        except csv.Error as error:
            raise InputError(f"{manifest}, line {reader.line_num}: no CSV ({error}).") from error
        return
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise InputError(f"{manifest}, line {number}: no JSON ({error}).") from error
        if not isinstance(row, dict):
            raise InputError(f"{manifest}, line {number}: a JSON object was expected.")
        yield number, {name: value for name, value in row.items() if isinstance(value, str)}


def page_url(body: bytes) -> str | None:
    """Where an HTML page says that it is from, or None where it does not say (feeds never do)."""
    if re.match(rb"\s*(<\?xml|<rss|<feed|<rdf|<urlset|<sitemapindex)", body[:200].removeprefix(b"\xef\xbb\xbf"), re.I):
        return None
    try:
        tree = lxml_html.document_fromstring(body)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None
    canonical = _values(tree, "//link[translate(@rel,'CANONIL','canonil')='canonical']/@href")
    og = _values(tree, "//meta[@property='og:url' or @name='og:url']/@content")
    posts = _values(tree, "//*[contains(@class,'tgme_widget_message')]/@data-post")
    apps = _values(tree, "//meta[@property='al:ios:url' or @property='al:android:url']/@content")
    is_channel_page = bool(posts) or any(app.startswith("tg://resolve") for app in apps)
    for address in (*canonical, *og):
        if is_channel_page and address.startswith("/s/"):
            return urljoin(_CHANNEL_HOST, address)
        try:
            parts = urlsplit(address)
        except ValueError:
            continue
        if parts.scheme in ("http", "https") and parts.hostname:
            return address
    if posts:
        return f"{_CHANNEL_HOST}s/{posts[0].partition('/')[0]}"
    for app in apps:
        if name := re.match(r"tg://resolve\?domain=(\w+)(?:&post=(\d+))?", app):
            return _CHANNEL_HOST + "/".join(filter(None, name.groups()))
    return None


def _values(tree: lxml_html.HtmlElement, query: str) -> list[str]:
    found = tree.xpath(query)
    # Line breaks and tabs are no part of an address (https://url.spec.whatwg.org/#concept-basic-url-parser).
    return [re.sub(r"[\n\t]", "", clean(str(value))).strip() for value in found] if isinstance(found, list) else []


def _file_url(origin: str) -> str:
    """The URL of what does not say where it is from; a file's name may be of any bytes."""
    return f"replay:{quote(os.fsencode(origin))}"


def _is_replayed(path: Path) -> bool:
    return path.name.endswith(_WARC) or _type(path) is not None


def _type(path: Path) -> str | None:
    return _TYPES.get(Path(path.name.lower().removesuffix(".gz")).suffix)


def _instant(text: str | None, where: str) -> datetime | None:
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise InputError(f"{where}: fetched_at is {text!r}, which is no ISO 8601 time.") from error
