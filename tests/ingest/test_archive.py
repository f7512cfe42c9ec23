"""Bytes that go into the archive come out of it by offset, and nothing else is passed off as them."""

from __future__ import annotations

import gzip
import hashlib
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from pathlib import Path

import fsspec
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from ingest.archive import Archive, Damaged, Exchange, Location, Record, read_records
from ingest.errors import ArchiveError

AT = datetime(2025, 10, 1, 22, 5, tzinfo=UTC)


def sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def exchange(number: int = 0, body: bytes = b"", **headers: str) -> Exchange:
    return Exchange(
        url=f"https://outlet.example/новость/{number}",
        at=AT,
        status=200,
        reason="OK",
        headers=(("Content-Type", "text/html"), *((k.replace("_", "-"), v) for k, v in headers.items())),
        body=body or f"<p>страница {number}</p>".encode() * 50,
        request_target=f"/{number}",
        request_headers=(("Host", "outlet.example"),),
        address="192.0.2.1",
    )


def test_each_record_comes_back_by_its_offset(tmp_path: Path) -> None:
    with Archive(tmp_path) as archive:
        places = [archive.write(exchange(n), "nightly/2025-10-01", "outlet") for n in range(5)]
        # a reader in the same moment, and later
        for n in (3, 0, 4, 1):
            body = exchange(n).body
            assert archive.read(places[n].warc_file, places[n].warc_offset, sha256(body)) == body
    assert {p.warc_file.rpartition("/")[0] for p in places} == {"nightly/2025-10-01"}
    assert Archive(tmp_path).files() == [places[0].warc_file]


def test_threads_write_at_once_without_harm(tmp_path: Path) -> None:
    def write(number: int) -> Location:
        return archive.write(exchange(number), "run", f"outlet-{number % 2}")

    with Archive(tmp_path) as archive, ThreadPoolExecutor(8) as threads:
        places = list(threads.map(write, range(200)))
        for number, place in enumerate(places):
            body = exchange(number).body
            assert archive.read(place.warc_file, place.warc_offset, sha256(body)) == body
    assert len(archive.files()) == 2


def test_the_hash_is_of_the_decoded_body(tmp_path: Path) -> None:
    page = "<p>Очередь</p>".encode()
    with Archive(tmp_path) as archive:
        at = archive.write(exchange(body=gzip.compress(page), Content_Encoding="gzip"), "run", "outlet")
        assert archive.read(at.warc_file, at.warc_offset, sha256(page)) == page


def test_other_bytes_than_the_hash_names_are_refused(tmp_path: Path) -> None:
    with Archive(tmp_path) as archive:
        at = archive.write(exchange(), "run", "outlet")
        with pytest.raises(ArchiveError, match="not " + "0" * 64):
            archive.read(at.warc_file, at.warc_offset, "0" * 64)


def test_what_cant_be_read_is_an_archive_error(tmp_path: Path) -> None:
    with Archive(tmp_path) as archive:
        first = archive.write(exchange(1), "run", "outlet")
        second = archive.write(exchange(2), "run", "outlet")
        error = archive.write_error("https://outlet.example/", AT, "read_timeout: nothing.", "run", "outlet")
    path = tmp_path / first.warc_file
    whole = path.read_bytes()
    body = sha256(exchange(2).body)
    for name, offset in [("run/none.warc.gz", 0), ("../../etc/passwd", 0), (first.warc_file, second.warc_offset + 1)]:
        with pytest.raises(ArchiveError):
            archive.read(name, offset, body)
    with pytest.raises(ArchiveError, match="no readable response"):
        archive.read(error.warc_file, error.warc_offset, None)
    with pytest.raises(ArchiveError):
        archive.read(first.warc_file, len(whole) + 100, body)
    path.write_bytes(whole[: second.warc_offset + 40])
    with pytest.raises(ArchiveError, match="cut off"):
        archive.read(second.warc_file, second.warc_offset, body)
    broken = bytearray(whole)
    broken[second.warc_offset + 60] ^= 0xFF
    path.write_bytes(broken)
    with pytest.raises(ArchiveError):
        archive.read(second.warc_file, second.warc_offset, body)


def test_other_tools_read_it(tmp_path: Path) -> None:
    with Archive(tmp_path) as archive:
        at = archive.write(exchange(1, Transfer_Encoding="chunked"), "nightly/2025-10-01", "outlet")
        archive.write_error(
            "https://outlet.example/dead", AT, "connect_failed: nobody\nlistens.", "nightly/2025-10-01", "outlet"
        )
        archive.write_resource("replay:feed.xml", AT, b"<rss/>", "application/xml", "nightly/2025-10-01", "outlet")
    seen = []
    with (tmp_path / at.warc_file).open("rb") as file:
        for record in ArchiveIterator(file, check_digests="raise"):
            body = record.content_stream().read()
            seen.append((record.rec_type, record.rec_headers.get_header("WARC-Target-URI"), len(body)))
            assert record.rec_headers.protocol == "WARC/1.1"
            if record.rec_type == "response":
                assert record.rec_headers.get_header("WARC-Date") == "2025-10-01T22:05:00.000000Z"
                assert record.rec_headers.get_header("WARC-Payload-Digest").startswith("sha1:")
                assert record.rec_headers.get_header("WARC-IP-Address") == "192.0.2.1"
                concurrent = record.rec_headers.get_header("WARC-Record-ID")
            if record.rec_type == "request":
                assert record.rec_headers.get_header("WARC-Concurrent-To") == concurrent
    assert [kind for kind, _, _ in seen] == ["warcinfo", "response", "request", "metadata", "resource"]
    assert seen[1][2] == len(exchange(1).body) and seen[4][1] == "replay:feed.xml"


def test_an_answer_of_304_is_a_revisit_that_says_what_it_refers_to(tmp_path: Path) -> None:
    before = datetime(2025, 9, 30, 1, 2, 3, 456789, tzinfo=UTC)
    answer = replace(exchange(1), status=304, reason="Not Modified", body=b"", unchanged_since=before)
    with Archive(tmp_path) as archive:
        known = archive.write(answer, "run", "outlet")
        unknown = archive.write(replace(answer, unchanged_since=None), "run", "outlet")
    with (tmp_path / known.warc_file).open("rb") as file:
        records = [(r.rec_type, r.rec_headers, r.content_stream().read()) for r in ArchiveIterator(file)]
    assert [kind for kind, _, _ in records] == ["warcinfo", "revisit", "request", "revisit", "request"]
    _, head, body = records[1]
    assert head.get_header("WARC-Profile") == "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
    assert head.get_header("WARC-Refers-To-Date") == "2025-09-30T01:02:03.456789Z"
    assert head.get_header("WARC-Refers-To-Target-URI") == head.get_header("WARC-Target-URI") == answer.url
    assert head.get_header("WARC-Payload-Digest") is None and body == b""
    assert records[3][1].get_header("WARC-Refers-To-Date") is None
    first, second = archive.records(known.warc_file)
    assert isinstance(first, Record) and isinstance(second, Record) and first.revisit and second.revisit
    assert (first.status, first.body, first.revisit.at, first.revisit.url) == (304, b"", before, answer.url)
    assert second.revisit.at is None
    for place in (known, unknown):
        with pytest.raises(ArchiveError, match="no body .* had not changed since"):
            archive.read(place.warc_file, place.warc_offset, None)


def test_no_url_and_no_header_ends_its_line(tmp_path: Path) -> None:
    odd = "https://a.example/\r\nWARC-Type: warcinfo\r\n\r\n\ud83d b"
    headers = (("X-One\r\nX-Two", "1\r\n\r\nbody\0"),)
    with Archive(tmp_path) as archive:
        archive.write(replace(exchange(), url=odd, request_target=odd, headers=headers, request_headers=headers, reason="O\r\nK"), "run", "a")  # fmt: skip
        archive.write_error(odd, AT, "bad_url: \r\nno.", "run", "a")
        archive.write_resource(odd, AT, b"x", "text/html\r\nX: y", "run", "a")
    first, second = archive.records(archive.files()[0])
    assert isinstance(first, Record) and isinstance(second, Record)
    assert first.url == second.url == "https://a.example/%0D%0AWARC-Type:%20warcinfo%0D%0A%0D%0A%ED%A0%BD%20b"
    assert (first.body, second.body) == (exchange().body, b"x")


def test_one_damaged_record_costs_one_record(tmp_path: Path) -> None:
    with Archive(tmp_path) as archive:
        places = [archive.write(exchange(n), "run", "outlet") for n in range(4)]
    path = tmp_path / places[0].warc_file
    data = bytearray(path.read_bytes())
    data[places[1].warc_offset + 30 : places[1].warc_offset + 50] = bytes(20)
    path.write_bytes(data)
    items = list(archive.records(places[0].warc_file))
    assert [item.offset for item in items if isinstance(item, Record)] == [places[n].warc_offset for n in (0, 2, 3)]
    assert any(isinstance(item, Damaged) and item.offset == places[1].warc_offset for item in items)


def test_every_run_and_source_has_files_of_its_own(tmp_path: Path) -> None:
    with Archive(tmp_path) as one, Archive(tmp_path) as other:
        files = {
            place.warc_file
            for archive in (one, other)
            for run in ("nightly/2025-10-01", "../../up and/out")
            for source in ("a", "b")
            for place in [archive.write(exchange(), run, source)]
        }
    assert len(files) == 8 and set(one.files()) == files
    assert all((tmp_path / name).resolve().is_relative_to(tmp_path) for name in files)


def test_any_filesystem_that_fsspec_opens(tmp_path: Path) -> None:
    with Archive("memory://kezek-test-archive") as archive:
        at = archive.write(exchange(7), "run", "outlet")
    assert archive.read(at.warc_file, at.warc_offset, sha256(exchange(7).body)) == exchange(7).body
    assert archive.files() == [at.warc_file]
    fsspec.filesystem("memory").rm("/kezek-test-archive", recursive=True)


WRITER = """
import sys
from tests.ingest.test_archive import Archive, exchange, sha256
archive = Archive(sys.argv[1])
for n in range(100_000):
    at = archive.write(exchange(n), "run", "outlet")
    print(at.warc_file, at.warc_offset, sha256(exchange(n).body), flush=True)
"""


def test_a_killed_writer_leaves_everything_that_it_promised(tmp_path: Path) -> None:
    root = Path(__file__).resolve().parent.parent.parent
    out = tmp_path / "promised"
    with out.open("wb") as promised:
        writer = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path / "archive")], stdout=promised, cwd=root)
        deadline = time.monotonic() + 20
        while out.stat().st_size < 20_000 and time.monotonic() < deadline:
            time.sleep(0.02)
        os.kill(writer.pid, signal.SIGKILL)
        writer.wait(10)
    lines = out.read_text().split("\n")[:-1]
    assert len(lines) > 50
    archive = Archive(tmp_path / "archive")
    for line in lines:
        name, offset, digest = line.split()
        archive.read(name, int(offset), digest)
    items = list(archive.records(archive.files()[0]))
    damaged = [item for item in items if isinstance(item, Damaged)]
    assert len(items) - len(damaged) >= len(lines)
    assert len(damaged) <= 1 and (not damaged or items[-1] is damaged[0])
    # cut inside the last record on purpose: a kill may well have fallen between two
    path = tmp_path / "archive" / archive.files()[0]
    path.write_bytes(path.read_bytes()[:-7])
    assert isinstance(list(archive.records(archive.files()[0]))[-1], Damaged)


@settings(deadline=None)
@given(
    body=st.binary(max_size=300),
    value=st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    path=st.text(st.characters(), max_size=40),
    status=st.integers(100, 599),
)
def test_any_body_under_any_headers_comes_back(
    tmp_path_factory: pytest.TempPathFactory, body: bytes, value: str, path: str, status: int
) -> None:
    assume(body or status != 304)
    root = tmp_path_factory.getbasetemp() / "any"
    headers = (("Content-Type", value), ("X-Odd", value), ("Transfer-Encoding", "chunked"))
    with Archive(root) as archive:
        at = archive.write(
            Exchange(f"https://a.example/{path}", AT, status, value, headers, body, f"/{path}"), "r", "s"
        )
        assert archive.read(at.warc_file, at.warc_offset, sha256(body)) == body


@pytest.mark.parametrize("how", ["plain", "one member", "per record"])
def test_files_of_other_tools_are_read(how: str, tmp_path: Path) -> None:
    page = "<p>Очередь</p>".encode()
    chunked = f"{len(page):x}\r\n".encode() + page + b"\r\n0\r\n\r\n"
    path = tmp_path / ("foreign.warc" if how == "plain" else "foreign.warc.gz")
    with path.open("wb") as out, gzip.open(path, "wb") if how == "one member" else out as file:
        writer = WARCWriter(file, gzip=how == "per record")
        writer.write_record(writer.create_warcinfo_record("foreign", {"software": "another"}))
        for number in range(3):
            http = StatusAndHeaders(
                "200 OK", [("Transfer-Encoding", "chunked"), ("Content-Type", "text/html")], protocol="HTTP/1.1"
            )
            url = f"https://outlet.example/{number}"
            writer.write_record(writer.create_warc_record(url, "response", BytesIO(chunked), http_headers=http))
    records = list(Archive(tmp_path).records(path.name))
    assert [(r.url, r.status, r.body) for r in records if isinstance(r, Record)] == [
        (f"https://outlet.example/{number}", 200, page) for number in range(3)
    ]
    assert len(records) == 3


PIECES = [
    b"", b"\r\n", b"\n", b":", b"\xff", b"-1", b"99999999999", b"Transfer-Encoding: chunked\r\n", b"Content-Encoding: gzip\r\n",
    b"Content-Length: x\r\n", b"WARC/1.1\r\n", b"WARC-Truncated: length\r\n", b"WARC-Type: revisit\r\n", b"WARC-Date: no\r\n",
]  # fmt: skip


@settings(deadline=None, max_examples=300)
@given(
    st.lists(st.tuples(st.integers(0, 9000), st.integers(0, 40), st.sampled_from(PIECES) | st.binary(max_size=3))),
    st.sampled_from(["plain", "one member", "per record"]),
)
def test_of_a_broken_file_every_record_is_read_or_damaged(
    tmp_path_factory: pytest.TempPathFactory, edits: list[tuple[int, int, bytes]], how: str
) -> None:
    whole = _a_whole_file(tmp_path_factory.getbasetemp() / "whole")
    broken = bytearray(whole if how == "per record" else gzip.decompress(whole).replace(b"X-Archive-Orig-", b""))
    for place, length, piece in edits:
        broken[place : place + length] = piece
    file = BytesIO(gzip.compress(broken) if how == "one member" else bytes(broken))
    for item in read_records(file):
        assert isinstance(item, Record) or (isinstance(item, Damaged) and item.reason)


@cache
def _a_whole_file(root: Path) -> bytes:
    with Archive(root) as archive:
        packed = exchange(1, gzip.compress(b"x" * 100), Content_Encoding="gzip", Transfer_Encoding="chunked")
        for one in (exchange(0), packed, replace(exchange(2), status=304, body=b"")):
            archive.write(one, "run", "outlet")
        archive.write_error("https://outlet.example/", AT, "read_timeout: nothing.", "run", "outlet")
        at = archive.write_resource("https://outlet.example/", AT, b"<p>x</p>", "text/html", "run", "outlet")
    return (root / at.warc_file).read_bytes()


def test_a_response_without_an_address_is_damage(tmp_path: Path) -> None:
    whole = gzip.decompress(_a_whole_file(tmp_path)).replace(b"WARC-Target-URI", b"WARC-Target-XYZ", 1)
    [item] = read_records(BytesIO(whole))
    assert isinstance(item, Damaged) and "missing" in item.reason
