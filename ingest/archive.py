"""The archive: every response as it came, in WARC files that any web-archive tool reads.

A WARC file (ISO 28500:2017, WARC/1.1) is a row of records, each its own gzip member, so that one record can be read by
its byte offset. Each writer (a process, a run, a source) has a file of its own, `<run>/<source>-<unique>.warc.gz`,
which begins with a `warcinfo` record; then, per exchange, a `response` record and its `request` record. Every record
is flushed and synced to the disk before its offset is given out, so a killed process leaves at most one torn record at
the end of its file, and nobody points to that one. (An object store has no such sync: there the file appears when it
is closed, so close the archive before you hand out what it gave.)

What was no response is there too: a `metadata` record with the error, and a `resource` record for bytes that were read
from a saved file without their HTTP headers. An answer of 304 is a `revisit` record: it has no body, and refers to the
copy that is still good. What kezek itself has to say of a reading (`Note`: what was asked, how it ended) is a `metadata`
record of a `urn:kezek:` address, which tools that look for pages pass over.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import threading
import uuid
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from io import BytesIO
from itertools import islice
from pathlib import PurePosixPath
from types import TracebackType
from typing import IO, Any, Literal, Self
from urllib.parse import quote

import fsspec
from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import ChunkedDataReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeaders, StatusAndHeadersParserException
from warcio.warcwriter import WARCWriter

from ingest.content_coding import decode
from ingest.errors import ArchiveError, FetchError
from ingest.handover import make_folder, store_errors
from ingest.version import kezek_version

log = logging.getLogger(__name__)

GZIP_MAGIC = b"\x1f\x8b\x08"
NOTES = "urn:kezek:"
"""What the address of every note begins with."""
_BLOCK = 1 << 16

NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
"""The profile of a revisit record whose server answered 304 (WARC 1.1, 6.7.3)."""

Truncated = Literal["length", "time", "disconnect"]

# In a line of a record's head these would end the line; in a URL no control character and no blank has a place, and a
# lone half of a surrogate pair has no bytes.
_BREAKS = str.maketrans("\r\n\0", "   ")
_NOT_IN_URLS = re.compile("[\x00-\x20\x7f-\xa0\u2028\u2029\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its response, as they were on the wire.

    `body` is the payload with its content coding still on (transfer coding off); `truncated` says why it is not whole.
    `unchanged_since` is, for an answer of 304, when the copy was fetched that is still good, where that is known.
    """

    url: str
    at: datetime
    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    request_target: str = "/"
    request_headers: tuple[tuple[str, str], ...] = ()
    address: str | None = None
    protocol: str = "HTTP/1.1"
    truncated: Truncated | None = None
    unchanged_since: datetime | None = None

    def header(self, name: str) -> str | None:
        """The first header of that name, in any case of letters."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


@dataclass(frozen=True, slots=True)
class Location:
    """Where a record lies: `warc_file` relative to the archive's root, `warc_offset` in bytes."""

    warc_file: str
    warc_offset: int


@dataclass(frozen=True, slots=True)
class Revisit:
    """Why a record has no body: its bytes were in the archive already, in the record of `url` at `at`, where stated.

    `profile` is the URI that says how that was known: by the server's word (NOT_MODIFIED), or by the same digest.
    """

    profile: str
    url: str | None
    at: datetime | None

    def __str__(self) -> str:
        """One clause for people."""
        how = (
            "the server said that it had not changed"
            if self.profile.endswith("modified")
            else "the bytes were the same"
        )
        return f"{how} since {self.at.isoformat() if self.at else 'an earlier visit'}{f' to {self.url}' if self.url else ''}"


@dataclass(frozen=True, slots=True)
class Record:
    """One record of an answer: of type `response` or `resource`, with the body fully decoded, or of type `revisit`, with
    none."""

    offset: int
    url: str
    at: datetime | None
    status: int | None
    content_type: str | None
    body: bytes
    truncated: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    revisit: Revisit | None = None


@dataclass(frozen=True, slots=True)
class Damaged:
    """A place in a WARC file where no record can be read, and why."""

    offset: int
    reason: str


@dataclass(frozen=True, slots=True)
class Note:
    """A `metadata` record of kezek's own, such as `urn:kezek:plan`; the body is JSON."""

    offset: int
    uri: str
    body: bytes


class Archive:
    """A folder of WARC files, local or any that fsspec can open (`s3://…`). Use as a context manager, or `close()`.

    Several threads may write at once.
    """

    def __init__(self, root: str | os.PathLike[str]) -> None:
        self.root = os.fspath(root).rstrip("/")
        self._fs, self._path = fsspec.core.url_to_fs(self.root, use_listings_cache=False)
        self._files: dict[tuple[str, str], _WarcFile] = {}
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the files that this archive writes; they can be read again, and a later write opens new ones."""
        for file in self._files.values():
            file.close()
        self._files.clear()

    def write(self, exchange: Exchange, run_id: str, source_id: str) -> Location:
        """Put response and request away, and give the place of the response. Raises ArchiveError if it can't."""
        return self._file(run_id, source_id).write_exchange(exchange)

    def write_resource(
        self, url: str, at: datetime, body: bytes, content_type: str, run_id: str, source_id: str
    ) -> Location:
        """Put away bytes that have no HTTP headers (a saved page). Raises ArchiveError if it can't."""
        headers = {"WARC-Date": _warc_date(at)}
        return self._file(run_id, source_id).write_record("resource", url, body, content_type, headers)

    def write_error(self, url: str, at: datetime, error: str, run_id: str, source_id: str) -> Location:
        """Put away that `url` gave no response, and why. Raises ArchiveError if it can't."""
        body = f"fetch-error: {' '.join(error.split())}\r\n".encode()
        headers = {"WARC-Date": _warc_date(at)}
        return self._file(run_id, source_id).write_record("metadata", url, body, "application/warc-fields", headers)

    def write_note(self, uri: str, at: datetime, body: bytes, run_id: str, source_id: str) -> Location:
        """Put away a note, whose `uri` begins with NOTES. Raises ArchiveError if it can't."""
        headers = {"WARC-Date": _warc_date(at)}
        return self._file(run_id, source_id).write_record("metadata", uri, body, "application/json", headers)

    def first_note(self, warc_file: str) -> Note | Damaged | None:
        """The note with which the file begins, after its `warcinfo`; None where it begins with anything else, Damaged where
        that can't be told. Raises ArchiveError if the file is missing."""
        damaged: Damaged | None = None
        with self._open(warc_file) as file:
            if not file.read(3).startswith(GZIP_MAGIC[:2]):
                return None
            for offset, data in islice(_members(file), 3):
                if isinstance(data, Damaged):
                    damaged = damaged or data
                elif note := _note(data, offset):
                    return note
        return damaged

    def last_note(self, warc_file: str) -> Note | None:
        """The note with which the file ends; None where it ends with anything else, or in the middle of a record. Raises
        ArchiveError if the file is missing."""
        with self._open(warc_file) as file:
            size = file.seek(0, os.SEEK_END)
            for window in (1 << 16, 1 << 20, 1 << 24, size):
                start = max(0, size - window)
                file.seek(start)
                tail = file.read()
                at = len(tail)
                while (at := tail.rfind(GZIP_MAGIC, 0, at)) >= 0:
                    member = zlib.decompressobj(16 + zlib.MAX_WBITS)
                    try:
                        data = member.decompress(tail[at:])
                    except zlib.error:
                        continue
                    if member.eof:
                        return None if member.unused_data else _note(data, start + at)
                if not start:
                    return None
        return None

    @contextmanager
    def reader(self, warc_file: str) -> Iterator[Callable[[int, str | None], bytes]]:
        """For reading many records of one file: as `read`, by offset and SHA-256. A file of an object store is read once,
        as a whole. Raises ArchiveError if it is missing."""
        with self._open(warc_file, cache_type="all") as file:
            yield lambda offset, sha256: _body(file, warc_file, offset, sha256)

    def read(self, warc_file: str, warc_offset: int, sha256: str | None) -> bytes:
        """The decoded body of the record at that place, whose SHA-256 has to be `sha256` (None: not checked).

        Raises ArchiveError on a missing file, a record that can't be read, one that has no body (an answer of 304), and
        other bytes than the hash names.
        """
        with self._open(warc_file) as file:
            return _body(file, warc_file, warc_offset, sha256)

    def records(self, warc_file: str) -> Iterator[Record | Damaged]:
        """Every body in the file, in order; what can't be read comes as Damaged. Raises ArchiveError if it is missing."""
        with self._open(warc_file) as file:
            yield from read_records(file)

    def files(self) -> list[str]:
        """The names of all WARC files under the root, sorted."""
        if not self._fs.isdir(self._path):
            return []
        names = (PurePosixPath(name).relative_to(self._path).as_posix() for name in self._fs.find(self._path))
        return sorted(name for name in names if name.endswith((".warc.gz", ".warc")))

    def _open(self, warc_file: str, **how: str) -> IO[bytes]:
        if ".." in PurePosixPath(warc_file).parts:
            raise ArchiveError(f"The file {warc_file!r} lies outside of the archive.")
        try:
            file: IO[bytes] = self._fs.open(f"{self._path}/{warc_file}", "rb", **how)
        except store_errors() as error:
            raise ArchiveError(f"The archived file {warc_file} can't be opened: {_why(error)}.") from error
        return file

    def _file(self, run_id: str, source_id: str) -> _WarcFile:
        key = (run_id, source_id)
        with self._lock:
            if key not in self._files:
                folder = "/".join(filter(None, (_name(part) for part in run_id.split("/")))) or "run"
                unique = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
                name = f"{folder}/{_name(source_id) or 'nobody'}-{unique}.warc.gz"
                try:
                    make_folder(self._fs, f"{self._path}/{folder}")
                    out = self._fs.open(f"{self._path}/{name}", "wb")
                except store_errors() as error:
                    raise ArchiveError(f"The archive file {name} can't be made: {_why(error)}.") from error
                self._files[key] = _WarcFile(name, out, run_id, source_id)
            return self._files[key]


class _HttpHead(StatusAndHeaders):  # type: ignore[misc]
    """A message's head in UTF-8: warcio's own writes anything else than ASCII as percent signs, or not at all."""

    def compute_headers_buffer(self, header_filter: Any = None) -> None:
        self.headers_buff = self.to_bytes(header_filter, "utf-8")


class _WarcFile:
    """One open WARC file: appends records, and gives where each begins."""

    def __init__(self, name: str, out: Any, run_id: str, source_id: str) -> None:
        self.name = name
        self._out = out
        self._offset = 0
        self._lock = threading.Lock()
        self._builder = WARCWriter(BytesIO(), gzip=True, warc_version="WARC/1.1")
        info = {
            "software": f"kezek/{kezek_version()} warcio/{version('warcio')}",
            "format": "WARC File Format 1.1",
            "conformsTo": "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
            "isPartOf": run_id,
            "description": f"source {source_id}",
        }
        self._append([self._builder.create_warcinfo_record(PurePosixPath(name).name, info)])

    def write_exchange(self, exchange: Exchange) -> Location:
        warc = {"WARC-Date": _warc_date(exchange.at)}
        if exchange.address:
            warc["WARC-IP-Address"] = exchange.address
        if exchange.truncated:
            warc["WARC-Truncated"] = exchange.truncated
        if exchange.protocol == "HTTP/2":
            warc["WARC-Protocol"] = "h2"
        # The transfer coding is off by now; under its own name the header would tell readers to take it off again.
        headers = [
            ("X-Archive-Orig-Transfer-Encoding" if key.lower() == "transfer-encoding" else key, value)
            for key, value in _lines(exchange.headers)
        ]
        url = _uri(exchange.url)
        is_revisit = exchange.status == 304 and not exchange.body
        if is_revisit:
            warc |= {"WARC-Profile": NOT_MODIFIED, "WARC-Refers-To-Target-URI": url}
            if exchange.unchanged_since:
                warc["WARC-Refers-To-Date"] = _warc_date(exchange.unchanged_since)
        response = self._builder.create_warc_record(
            url,
            "revisit" if is_revisit else "response",
            payload=BytesIO(exchange.body),
            length=len(exchange.body),
            warc_headers_dict=warc,
            http_headers=_HttpHead(
                f"{exchange.status} {exchange.reason.translate(_BREAKS)}", headers, protocol="HTTP/1.1"
            ),
        )
        request = self._builder.create_warc_record(
            url,
            "request",
            warc_headers_dict={
                "WARC-Date": warc["WARC-Date"],
                "WARC-Concurrent-To": response.rec_headers.get_header("WARC-Record-ID"),
            },
            http_headers=_HttpHead(
                f"GET {_uri(exchange.request_target)} HTTP/1.1", _lines(exchange.request_headers), is_http_request=True
            ),
        )
        return self._append([response, request])

    def write_record(self, kind: str, url: str, body: bytes, content_type: str, headers: dict[str, str]) -> Location:
        record = self._builder.create_warc_record(
            _uri(url),
            kind,
            payload=BytesIO(body),
            length=len(body),
            warc_content_type=content_type.translate(_BREAKS),
            warc_headers_dict=headers,
        )
        return self._append([record])

    def close(self) -> None:
        try:
            self._out.close()
        except store_errors() as error:
            raise ArchiveError(f"The archive file {self.name} can't be written: {_why(error)}.") from error

    def _append(self, records: list[Any]) -> Location:
        with self._lock:
            location = Location(self.name, self._offset)
            try:
                for record in records:
                    buffer = BytesIO()
                    self._builder.out = buffer
                    self._builder.write_record(record)
                    self._out.write(buffer.getvalue())
                    self._offset += buffer.tell()
                self._out.flush()
                _sync(self._out)
            except store_errors() as error:
                raise ArchiveError(f"The archive file {self.name} can't be written: {_why(error)}.") from error
            return location


def read_records(file: IO[bytes]) -> Iterator[Record | Damaged]:
    """Every body in an open WARC file, gzipped or not; what can't be read comes as Damaged, and reading goes on.

    After a damaged gzip member the next one is looked for, so one bad block costs one record. A plain (not gzipped)
    file is read up to its first damage.
    """
    file.seek(0)
    if not file.read(3).startswith(GZIP_MAGIC[:2]):
        file.seek(0)
        yield from _parse(file.read(), None)
        return
    for offset, data in _members(file):
        if isinstance(data, Damaged):
            yield data
        else:
            yield from _parse(data, offset)


def _members(file: IO[bytes]) -> Iterator[tuple[int, bytes | Damaged]]:
    """Every gzip member with its offset, unpacked; after a damaged one the next is looked for."""
    offset = 0
    while True:
        file.seek(offset)
        try:
            data = _member(file, offset)
        except (zlib.error, EOFError) as error:
            yield offset, Damaged(offset, str(error))
            following = _next_magic(file, offset + 1)
            if following is None:
                return
            offset = following
            continue
        if data is None:
            return
        following = file.tell()
        yield offset, data
        offset = following


def _body(file: IO[bytes], warc_file: str, warc_offset: int, sha256: str | None) -> bytes:
    """As `Archive.read`, from the open file."""
    where = f"{warc_file} at {warc_offset}"
    try:
        file.seek(warc_offset)
        data = _member(file, warc_offset)
    except (zlib.error, EOFError) as error:
        raise ArchiveError(f"The record in {where} can't be read: {error}.") from error
    records = [item for item in _parse(data, warc_offset) if isinstance(item, Record)]
    if not records:
        raise ArchiveError(f"There is no readable response in {where}.")
    if records[0].revisit:
        raise ArchiveError(f"There is no body in {where}: {records[0].revisit}.")
    body = records[0].body
    found = hashlib.sha256(body).hexdigest()
    if sha256 is not None and found != sha256:
        raise ArchiveError(f"The bytes in {where} have the SHA-256 {found}, not {sha256} as when they were fetched.")
    return body


def _note(data: bytes, offset: int) -> Note | None:
    """The note in an unpacked record; None where it is any other record, or none."""
    if not data.startswith(b"WARC/"):
        return None
    try:
        record = next(ArchiveIterator(BytesIO(data)), None)
    except (ArchiveLoadFailed, StatusAndHeadersParserException, EOFError, ValueError, AttributeError):
        return None
    uri = record.rec_headers.get_header("WARC-Target-URI") or "" if record is not None else ""
    if record is None or record.rec_type != "metadata" or not uri.startswith(NOTES):
        return None
    return Note(offset, uri, record.raw_stream.read())


def _member(file: IO[bytes], offset: int) -> bytes | None:
    """The gzip member that begins at the file's position, unpacked; None at the end. Leaves the file behind it."""
    member = zlib.decompressobj(16 + zlib.MAX_WBITS)
    out = bytearray()
    read = 0
    while block := file.read(_BLOCK):
        read += len(block)
        out += member.decompress(block)
        if member.eof:
            file.seek(offset + read - len(member.unused_data))
            return bytes(out)
    if not read:
        return None
    raise EOFError(f"the record is cut off after {read} bytes")


def _next_magic(file: IO[bytes], offset: int) -> int | None:
    file.seek(offset)
    position = offset
    tail = b""
    while block := file.read(_BLOCK):
        found = (tail + block).find(GZIP_MAGIC)
        if found >= 0:
            return position - len(tail) + found
        position += len(block)
        tail = block[-2:]
    return None


def _parse(data: bytes | None, offset: int | None) -> Iterator[Record | Damaged]:
    """The bodies among the records in `data`, unpacked bytes of one or more records; `offset` is where they lie."""
    if data is None:
        return
    at = offset or 0
    if data and data.lstrip(b"\r\n")[:5] != b"WARC/":
        # warcio would look for a line's end in it, block by block, in quadratic time
        yield Damaged(at, "no WARC record: it does not begin with WARC/")
        return
    records = ArchiveIterator(BytesIO(data))
    try:
        for record in records:
            at = records.offset if offset is None else offset
            if record.rec_type not in ("response", "resource", "revisit"):
                continue
            try:
                yield _record(record, at)
            except FetchError as error:
                yield Damaged(at, str(error))
    except (ArchiveLoadFailed, StatusAndHeadersParserException, EOFError, ValueError) as error:
        yield Damaged(at, f"no WARC record: {error}")
    except AttributeError as error:  # warcio's, for a response without a WARC-Target-URI
        yield Damaged(at, f"no WARC record, one of its fields is missing ({error})")


def _record(record: Any, offset: int) -> Record:
    http = record.http_headers
    raw = record.raw_stream
    if http is not None and "chunked" in (http.get_header("Transfer-Encoding") or "").lower():
        raw = ChunkedDataReader(raw)
    payload: bytes = raw.read()
    truncated = record.rec_headers.get_header("WARC-Truncated")
    declared = record.payload_length
    if raw is record.raw_stream and declared >= 0 and len(payload) != declared:
        raise FetchError(f"the record has {len(payload)} bytes of the {declared} that it declares")
    coding = http.get_header("Content-Encoding") if http is not None else None
    status = http.get_statuscode() if http is not None else ""
    return Record(
        offset=offset,
        url=record.rec_headers.get_header("WARC-Target-URI") or "",
        at=_date(record.rec_headers.get_header("WARC-Date")),
        status=int(status) if status.isdigit() else None,
        content_type=http.get_header("Content-Type") if http is not None else record.content_type,
        body=payload if truncated else decode(payload, coding),
        truncated=truncated,
        headers=tuple(http.headers) if http is not None else (),
        revisit=_revisit(record) if record.rec_type == "revisit" else None,
    )


def _revisit(record: Any) -> Revisit:
    field = record.rec_headers.get_header
    return Revisit(field("WARC-Profile") or "", field("WARC-Refers-To-Target-URI"), _date(field("WARC-Refers-To-Date")))


def _uri(url: str) -> str:
    """`url` as it can stand in a line: what has no place in a URL is percent-encoded."""
    return _NOT_IN_URLS.sub(lambda found: quote(found[0], errors="surrogatepass"), url)


def _lines(headers: tuple[tuple[str, str], ...]) -> list[tuple[str, str]]:
    return [(name.translate(_BREAKS), value.translate(_BREAKS)) for name, value in headers]


def _warc_date(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _date(text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        date = datetime.fromisoformat(text)
        return date.astimezone(UTC) if date.tzinfo else date.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        log.warning("A WARC record has the date %r, which is none.", text)
        return None


def _name(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip("-.")


def _why(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def _sync(out: Any) -> None:
    try:
        number = out.fileno()
    except (AttributeError, OSError):
        return  # an object store's buffer has no file: see the module's docstring
    os.fsync(number)
