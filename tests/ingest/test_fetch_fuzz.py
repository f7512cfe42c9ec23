"""Whatever is asked for and whatever is answered: rows, and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import settings as how_many
from hypothesis import strategies as st

from ingest.archive import Archive
from ingest.fetch import FAULTS, Fetched, Fetcher, FetchSettings, Validators
from ingest.spool import SpoolWriter, read_spool

from .fault_server import FaultServer, fault_server

_numbers = count()

# Letters that mean something in a URL or a header, and any other.
LETTERS = st.sampled_from(list("/:@?#[]%.,;=\"' \t\r\n\0\\-_~09aZя℀\u2028\ud800\x7f\x85xn")) | st.characters()
TEXT = st.text(LETTERS, max_size=30)
VALUES = st.text(
    st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"]), max_size=40
) | st.lists(
    st.sampled_from(["gzip", "deflate", "br", ",", ";q=1", "http://", "//", "[", "]", "..", "0", "9" * 400, "-1", "1e9", "Wed, 01 Oct", "GMT", "%", "\x01", "é"]),
    max_size=6,
).map("".join)  # fmt: skip


@pytest.fixture(scope="module")
def server() -> Iterator[FaultServer]:
    with fault_server() as running:
        yield running


@pytest.fixture(scope="module")
def fuzz(server: FaultServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fuzz]:
    with asyncio.Runner() as runner, Archive(tmp_path_factory.mktemp("archive")) as archive:
        yield Fuzz(server, runner, archive, tmp_path_factory.mktemp("spools"))


class Fuzz:
    """A fetcher that is kept from example to example, as in a run, and what must be true of all that it gives."""

    def __init__(self, server: FaultServer, runner: asyncio.Runner, archive: Archive, folder: Path) -> None:
        self.server = server
        self.folder = folder
        self._runner = runner
        quick = FetchSettings(
            host_delay_s=0, connect_timeout_s=0.5, read_timeout_s=0.3, total_timeout_s=0.5, attempts=2, max_redirects=2,
            backoff_initial_s=0, backoff_max_s=0.001, backoff_jitter_s=0, retry_after_cap_s=0, robots_unavailable_s=0,
            connect_to={"*.example": server.address}, max_wire_bytes=100_000,
        )  # fmt: skip
        self.fetcher = Fetcher(archive, quick, "run")

    def get(self, url: str, validators: Validators | None = None) -> Fetched:
        fetched = self._runner.run(self.fetcher.get(url, "s", validators=validators, robots_override="x" * 12))
        assert fetched.trail[-1] == fetched.fetch
        path = self.folder / str(next(_numbers))
        with SpoolWriter(path) as spool:
            for row in fetched.trail:
                spool.write(row)
        assert tuple(read_spool(path).fetches) == fetched.trail
        for row in fetched.trail:
            assert row.error is None or (row.error.partition(":")[0] in FAULTS and "\n" not in row.error)
            if row.warc_file is not None and row.warc_offset is not None and row.sha256 and row.status != 304:
                self.fetcher.archive.read(row.warc_file, row.warc_offset, row.sha256)
        return fetched


@how_many(deadline=None, max_examples=200)
@given(
    st.one_of(
        TEXT, TEXT.map("http://a.example/".__add__), TEXT.map("http://".__add__), TEXT.map("http://127.0.0.1".__add__)
    )
)
@example("http://127.0.0.1:99999/")
@example("http://127.0.0.1:1/\ud800")
@example("http://\udcff.example/")
@example("http://" + "a" * 70 + ".example/")
@example("http://a.example/" + "x" * 70_000)
@example("http://xn--a.example/")
@example("http://[::1%25lo]/")
def test_any_url(fuzz: Fuzz, url: str) -> None:
    fetched = fuzz.get(url)
    assert fetched.ok or fetched.fault or fetched.fetch.status is not None
    assert fetched.fetch.status is None or ".example" in fetched.fetch.final_url


@how_many(deadline=None, max_examples=200)
@given(st.sampled_from(["Location", "Retry-After", "Content-Encoding", "Content-Type", "ETag", "Last-Modified", "Set-Cookie", "Transfer-Encoding", "Content-Length", "Connection", "X"]), VALUES, st.sampled_from([200, 302, 304, 429, 503]))  # fmt: skip
@example("Retry-After", "9" * 5000, 503)
@example("Retry-After", "Mon, 01 Jan 2025 00:00:00 +9999", 429)
@example("Location", "http://[", 302)
@example("Location", "http://a.example:99999/", 302)
@example("Content-Encoding", "gzip," * 5000, 200)
@example("Set-Cookie", "a=я; Domain=[", 302)
def test_any_header(fuzz: Fuzz, name: str, value: str, status: int) -> None:
    host = f"any{next(_numbers)}.example"  # a Retry-After closes it
    fuzz.server.raw = f"HTTP/1.1 {status} OK\r\n{name}: {value}\r\nContent-Length: 2\r\n\r\nok".encode()
    fetched = fuzz.get(f"http://{host}/raw")
    if fetched.ok:
        fuzz.get(f"http://{host}/page", fetched.validators)


@how_many(deadline=None, max_examples=100)
@given(st.binary(max_size=80) | st.binary(max_size=40).map(b"HTTP/1.1 200 OK\r\n".__add__) | st.binary(max_size=40).map(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".__add__))  # fmt: skip
def test_any_bytes(fuzz: Fuzz, raw: bytes) -> None:
    fuzz.server.raw = raw
    fuzz.get("http://raw.example/raw")
    assert fuzz.get("http://raw.example/page").ok, "the neighbour"


@how_many(deadline=None, max_examples=60)
@given(TEXT, TEXT)
@example(" x ", " ")
def test_any_validators(fuzz: Fuzz, etag: str, last_modified: str) -> None:
    assert fuzz.get("http://raw.example/page", Validators(etag, last_modified)).ok


@how_many(deadline=None, max_examples=60)
@given(st.binary(max_size=100), TEXT)
def test_any_robots_txt(fuzz: Fuzz, robots: bytes, path: str) -> None:
    host = f"robots{next(_numbers)}.example"
    fuzz.server.robots[host] = robots

    async def get() -> Fetched:
        return await fuzz.fetcher.get(f"http://{host}/{quote(path, errors='surrogatepass')}", "s")

    fetched = fuzz._runner.run(get())
    assert fetched.ok or fetched.fault in ("robots_forbidden", "protocol_error")
