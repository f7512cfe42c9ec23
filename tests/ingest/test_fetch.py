"""Every fault of the web is a row with its name, in bounded time; what came is in the archive."""

from __future__ import annotations

import asyncio
import hashlib
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from ingest.archive import Archive, Exchange, Location, Record
from ingest.errors import InputError
from ingest.fetch import Fetched, Fetcher, FetchSettings, Validators, is_passing, retry_after_s
from ingest.politeness import gate

from .fault_server import PAGE, FaultServer, fault_server

_numbers = count()


@pytest.fixture(scope="module")
def server() -> Iterator[FaultServer]:
    with fault_server() as running:
        yield running


@pytest.fixture
def host() -> str:
    """A host of its own for every test: the politeness of one host is shared by the whole process."""
    return f"site{next(_numbers)}.example"


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive(tmp_path / "archive") as opened:
        yield opened


def settings(server: FaultServer, **changes: Any) -> FetchSettings:
    """Short times, and every *.example on the fault server."""
    quick = FetchSettings(
        contact="https://kezek.example/about",
        host_delay_s=0,
        host_concurrency=4,
        connect_timeout_s=1,
        read_timeout_s=0.5,
        total_timeout_s=1.5,
        max_wire_bytes=300_000,
        max_body_bytes=1_000_000,
        attempts=2,
        backoff_initial_s=0.05,
        backoff_max_s=0.1,
        backoff_jitter_s=0.05,
        retry_after_cap_s=5,
        robots_timeout_s=0.6,
        connect_to={"*.example": server.address},
    )
    return replace(quick, **changes)


def get(archive: Archive, how: FetchSettings, *urls: str, **options: Any) -> list[Fetched]:
    """All of `urls` at once."""

    async def run() -> list[Fetched]:
        async with Fetcher(archive, how, "nightly/2025-10-01") as fetcher:
            return await asyncio.gather(*(fetcher.get(url, "a-source", **options) for url in urls))

    return asyncio.run(run())


def test_a_page_comes_with_its_row_and_its_bytes_in_the_archive(
    server: FaultServer, archive: Archive, host: str
) -> None:
    [fetched] = get(archive, settings(server), f"https://{host}/page?a=1")
    row = fetched.fetch
    assert fetched.ok and fetched.body == PAGE
    assert (row.status, row.error, row.url, row.final_url) == (200, None, f"https://{host}/page?a=1", row.url)
    assert (row.content_type, row.bytes) == ("text/html; charset=utf-8", len(PAGE))
    assert row.sha256 == hashlib.sha256(PAGE).hexdigest()
    assert row.warc_file is not None and row.warc_offset is not None
    assert archive.read(row.warc_file, row.warc_offset, row.sha256) == PAGE
    assert [r.url for r in fetched.trail] == [f"https://{host}/robots.txt", row.url]
    seen = server.headers[host, "/page?a=1"]
    assert seen["host"] == host
    assert seen["user-agent"].startswith("kezek/") and "+https://kezek.example/about" in seen["user-agent"]


@pytest.mark.parametrize("path", ["/gzip", "/chunked"])
def test_codings_are_undone_in_the_body_and_again_from_the_archive(
    path: str, server: FaultServer, archive: Archive, host: str
) -> None:
    [fetched] = get(archive, settings(server), f"http://{host}{path}")
    row = fetched.fetch
    assert fetched.body == PAGE and row.warc_file is not None and row.warc_offset is not None
    assert archive.read(row.warc_file, row.warc_offset, row.sha256) == PAGE


def test_no_listener_no_name_and_no_url(server: FaultServer, archive: Archive, host: str) -> None:
    how = settings(server, connect_to={"dead.example": "127.0.0.1:1"}, attempts=1)
    urls = ("http://dead.example/", "http://name.invalid/", "ftp://a.example/", "http://", "http://a:b/")
    faults = ["connect_failed", "name_not_resolved", "bad_url", "bad_url", "bad_url"]
    assert [fetched.fault for fetched in get(archive, how, *urls)] == faults
    assert [f.fault for f in get(archive, how, *urls, robots_override="to see the fault itself")] == faults


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "localhost", "[::1]", "10.1.2.3", "192.168.0.1", "172.16.0.1", "169.254.169.254", "0.0.0.0",
        "[::ffff:127.0.0.1]", "[fe80::1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "100.64.0.1", "2130706433", "224.0.0.1",
    ],
)  # fmt: skip
def test_a_link_never_reaches_a_private_address(address: str, server: FaultServer, archive: Archive) -> None:
    url = f"http://{address}:{server.port}/private"
    [fetched] = get(archive, settings(server), url, robots_override="the address itself is at stake")
    assert fetched.fault == "address_forbidden", fetched.fetch.error
    assert fetched.fetch.status is None


def test_a_redirect_is_followed_and_each_hop_is_a_row(server: FaultServer, archive: Archive, host: str) -> None:
    [fetched] = get(archive, settings(server), f"https://{host}/redirect", robots_override="only the hops are counted")
    assert (fetched.fetch.url, fetched.fetch.final_url) == (f"https://{host}/redirect", f"https://{host}/page")
    assert [row.status for row in fetched.trail] == [301, 200]
    assert len({row.fetch_id for row in fetched.trail}) == 2


def test_a_location_in_cyrillic_is_understood(server: FaultServer, archive: Archive, host: str) -> None:
    [fetched] = get(archive, settings(server), f"http://{host}/redirect-cyrillic")
    assert fetched.ok and fetched.fetch.final_url == f"http://{host}/%D1%81%D1%82%D1%80%D0%B0%D0%BD%D0%B8%D1%86%D0%B0"
    assert server.asked[host, "/%D1%81%D1%82%D1%80%D0%B0%D0%BD%D0%B8%D1%86%D0%B0"] == 1


def test_a_robots_override_is_for_the_sources_own_host(server: FaultServer, archive: Archive, host: str) -> None:
    server.robots["neighbour.example"] = ROBOTS
    url = f"http://{host}/to?http://neighbour.example/private/x"
    [fetched] = get(archive, settings(server), url, robots_override="the publisher has agreed")
    assert fetched.fault == "robots_forbidden" and not server.asked["neighbour.example", "/private/x"]


def test_a_retry_after_beyond_the_cap_closes_the_host(server: FaultServer, archive: Archive, host: str) -> None:
    begun = time.monotonic()
    [first] = get(archive, settings(server), f"http://{host}/429-hour")
    [second] = get(archive, settings(server), f"http://{host}/page")
    assert time.monotonic() - begun < 2
    assert (first.fetch.status, first.fetch.error, server.asked[host, "/429-hour"]) == (429, None, 1)
    assert second.fault == "host_closed" and server.asked[host, "/page"] == 0


def test_503_is_tried_again_and_each_answer_is_a_row(server: FaultServer, archive: Archive, host: str) -> None:
    once, always = get(archive, settings(server), f"http://{host}/503-once", f"http://{host}/status?503")
    assert once.ok and [row.status for row in once.trail if "robots" not in row.url] == [503, 200]
    assert (always.ok, always.fetch.status, server.asked[host, "/status?503"]) == (False, 503, 2)


def test_gone_pages_are_rows_with_their_status(server: FaultServer, archive: Archive, host: str) -> None:
    for fetched, status in zip(
        get(archive, settings(server), f"http://{host}/status?404", f"http://{host}/status?410"),
        (404, 410),
        strict=True,
    ):
        assert fetched.gone and not fetched.ok and fetched.fetch.status == status and fetched.fetch.error is None


def test_a_conditional_request_gets_304(server: FaultServer, archive: Archive, host: str) -> None:
    [first] = get(archive, settings(server), f"http://{host}/etag")
    assert first.validators == Validators('"v1"', "Wed, 01 Oct 2025 00:00:00 GMT", first.fetch.fetched_at)
    [second] = get(archive, settings(server), f"http://{host}/etag", validators=first.validators)
    assert second.not_modified and second.fetch.status == 304 and second.fetch.error is None
    assert server.headers[host, "/etag"]["if-modified-since"] == "Wed, 01 Oct 2025 00:00:00 GMT"


ROBOTS = "User-agent: *\nDisallow: /\nUser-agent: kezek\nDisallow: /private\n"


def test_robots_txt_is_obeyed_unless_the_source_says_why_not(server: FaultServer, archive: Archive, host: str) -> None:
    server.robots[host] = ROBOTS
    allowed, forbidden = get(archive, settings(server), f"http://{host}/page", f"http://{host}/private/x")
    assert allowed.ok and forbidden.fault == "robots_forbidden" and server.asked[host, "/private/x"] == 0
    assert server.asked[host, "/robots.txt"] == 1, "asked for once, by both"
    [anyway] = get(archive, settings(server), f"http://{host}/private/x", robots_override="the publisher has agreed")
    assert anyway.ok


@pytest.mark.parametrize(
    ("robots", "fault", "asked"),
    [("/silent", "robots_unavailable", 2), (500, "robots_unavailable", 2), (404, None, 1), ("/503-once", None, 2)],
)
def test_robots_txt_that_cant_be_had(
    robots: str | int, fault: str | None, asked: int, server: FaultServer, archive: Archive, host: str
) -> None:
    server.robots[host] = robots
    begun = time.monotonic()
    first, second = get(archive, settings(server), f"http://{host}/page", f"http://{host}/page2")
    assert (first.fault, second.fault) == (fault, fault)
    assert time.monotonic() - begun < 3 and server.asked[host, "/robots.txt"] == asked


def test_one_host_is_asked_at_its_pace_by_all_together(server: FaultServer, archive: Archive, host: str) -> None:
    server.starts.clear()
    urls = [f"http://{host}/page?{n}" for n in range(4)]
    get(archive, settings(server, host_delay_s=0.2), *urls, robots_override="only the pages are timed")
    gaps = [later - earlier for earlier, later in zip(server.starts, server.starts[1:], strict=False)]
    assert len(gaps) == 3 and min(gaps) > 0.15


def test_a_crawl_delay_and_the_sources_own_delay_are_kept(server: FaultServer, archive: Archive, host: str) -> None:
    server.robots[host] = "User-agent: *\nCrawl-delay: 0.3\n"
    for options in ({}, {"min_delay_s": 0.3, "robots_override": "only the delay is timed"}):
        begun = time.monotonic()
        get(archive, settings(server), f"http://{host}/page?1", f"http://{host}/page?2", **options)
        assert 0.25 < time.monotonic() - begun < 1.5


def test_one_host_is_asked_by_few_at_once_from_all_threads(server: FaultServer, tmp_path: Path, host: str) -> None:
    """Of both schemes and all ports together: it is one machine that answers."""
    server.most_inside = 0

    def read(number: int) -> list[Fetched]:
        urls = [f"http://{host}/pause?{number}", f"https://{host}/pause?{number}", f"http://{host}:8080/pause?{number}"]
        with Archive(tmp_path / str(number)) as archive:
            return get(archive, settings(server, host_concurrency=2), *urls, robots_override="only the pages count")

    with ThreadPoolExecutor(3) as threads:
        found = [fetched for read_by_one in threads.map(read, range(3)) for fetched in read_by_one]
    assert len(found) == 9 and all(fetched.ok for fetched in found) and server.most_inside == 2


def test_one_host_is_asked_at_its_pace_from_all_threads(server: FaultServer, tmp_path: Path, host: str) -> None:
    server.starts.clear()

    def read(number: int) -> None:
        with Archive(tmp_path / str(number)) as archive:
            urls = [f"http://{host}/page?{number}", f"https://{host.upper()}.:8443/page?{number}"]
            get(archive, settings(server, host_delay_s=0.25), *urls, robots_override="only the pages are timed")

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(read, range(2)))
    gaps = [later - earlier for earlier, later in zip(server.starts, server.starts[1:], strict=False)]
    assert len(gaps) == 3 and sum(gaps) > 0.65 and min(gaps) > 0.1


class SlowDisk(Archive):
    """An archive on a disk that takes its time."""

    def write(self, exchange: Exchange, run_id: str, source_id: str) -> Location:
        time.sleep(0.3)
        return super().write(exchange, run_id, source_id)


def test_a_slow_disk_holds_up_nobody_and_what_was_begun_is_written(
    server: FaultServer, tmp_path: Path, host: str
) -> None:
    async def run() -> None:
        async with Fetcher(archive, settings(server), "run") as fetcher:
            fetching = asyncio.create_task(fetcher.get(f"http://{host}/page", "a", robots_override="x" * 12))
            while not (archive_threads() or fetching.done()):
                await asyncio.sleep(0.005)
            assert not fetching.done()
            fetching.cancel()

    def archive_threads() -> list[str]:
        return [thread.name for thread in threading.enumerate() if thread.name.startswith("archive")]

    with SlowDisk(tmp_path) as archive:
        asyncio.run(run())
        assert not archive_threads()
        (name,) = archive.files()
        assert [record.body for record in archive.records(name) if isinstance(record, Record)] == [PAGE]


def test_two_hosts_never_wait_for_each_other(server: FaultServer, archive: Archive, host: str) -> None:
    quick = settings(server, host_concurrency=1, read_timeout_s=1)

    async def run() -> tuple[float, Fetched]:
        async with Fetcher(archive, quick, "run") as fetcher:
            slow = [
                asyncio.create_task(fetcher.get(f"http://{host}/silent?{n}", "a", robots_override="x" * 12))
                for n in range(3)
            ]
            await asyncio.sleep(0.05)
            begun = time.monotonic()
            fetched = await fetcher.get(f"http://other-{host}/page", "a")
            took = time.monotonic() - begun
            for task in slow:
                task.cancel()
            await asyncio.gather(*slow, return_exceptions=True)
        # What was cancelled, inside and in the queue, has left its place.
        async with Fetcher(archive, quick, "run") as fetcher:
            assert (await fetcher.get(f"http://{host}/page", "a")).ok
        return took, fetched

    took, fetched = asyncio.run(run())
    assert fetched.ok and took < 0.5


def test_a_place_is_not_given_to_a_thread_that_is_gone(host: str) -> None:
    door = gate(host, 1)

    async def wait_in_vain() -> None:
        await asyncio.wait_for(pass_through(), 0.05)

    async def pass_through() -> None:
        async with door.turn(0):
            pass

    async def hold() -> None:
        async with door.turn(0):
            with ThreadPoolExecutor(1) as thread, pytest.raises(TimeoutError):
                await asyncio.get_running_loop().run_in_executor(thread, lambda: asyncio.run(wait_in_vain()))
        await asyncio.wait_for(pass_through(), 1)

    asyncio.run(hold())


def test_of_a_redirects_target_only_the_etag_is_asked(server: FaultServer, archive: Archive, host: str) -> None:
    """A page that is older than the copy's date was always there: it says nothing of the page that was moved away."""
    known = Validators('"v1"', "Wed, 01 Oct 2025 00:00:00 GMT")
    old, same = get(archive, settings(server), f"http://{host}/to?/old", f"http://{host}/to?/etag", validators=known)
    assert old.ok and old.body == PAGE
    assert same.not_modified and [row.status for row in same.trail][-2:] == [302, 304]


@pytest.mark.parametrize("etag", ['"версия"', "a\r\nX-Evil: 1", "\ud800", "", "\0"])
def test_a_validator_that_no_header_can_hold_costs_nothing(
    etag: str, server: FaultServer, archive: Archive, host: str
) -> None:
    [fetched] = get(archive, settings(server), f"http://{host}/odd-etag", validators=Validators(etag, etag))
    assert fetched.ok and "x-evil" not in server.headers[host, "/odd-etag"]
    assert (fetched.fetch.etag, fetched.fetch.last_modified) == ('"версия"', "вчера")
    [again] = get(archive, settings(server), f"http://{host}/odd-etag", validators=fetched.validators)
    assert again.ok


def test_cookies_are_for_one_get(server: FaultServer, archive: Archive, host: str) -> None:
    for _ in range(2):
        [fetched] = get(archive, settings(server), f"http://{host}/cookie-wall")
        assert fetched.ok and [row.status for row in fetched.trail][-2:] == [302, 200]


def test_a_fragment_is_for_readers_only(server: FaultServer, archive: Archive, host: str) -> None:
    [fetched] = get(archive, settings(server), f"http://{host}/page#part")
    assert (fetched.fetch.url, fetched.fetch.final_url) == (f"http://{host}/page#part", f"http://{host}/page")


def test_connect_to_wants_an_address_and_a_port(archive: Archive) -> None:
    with pytest.raises(InputError, match="ADDRESS:PORT"):
        Fetcher(archive, FetchSettings(connect_to={"a.example": "127.0.0.1"}), "run")


def test_a_contact_that_fits_no_header_is_an_input_error(archive: Archive) -> None:
    with pytest.raises(InputError, match="contact"):
        Fetcher(archive, FetchSettings(contact="a@b.example\r\nX-Evil: 1"), "run")


def test_retry_after_in_seconds_as_a_date_and_as_nonsense() -> None:
    now = datetime(2025, 10, 1, tzinfo=UTC)
    assert retry_after_s("120", now) == 120
    assert retry_after_s("Wed, 01 Oct 2025 00:02:00 GMT", now) == 120
    assert retry_after_s("Tue, 30 Sep 2025 00:02:00 GMT", now) == 0
    assert retry_after_s("soon", now) is None and retry_after_s(None, now) is None


@pytest.mark.parametrize("value", ["²", "٣٠", "-5", "1.5", "Mon, 01 Jan 2025 00:00:00 +99999999999999", "Mon, 01 Jan"])
def test_a_retry_after_that_is_no_number_and_no_date_is_none(value: str) -> None:
    assert retry_after_s(value, datetime(2025, 10, 1, tzinfo=UTC)) is None


@pytest.mark.parametrize(
    ("status", "passing"), [(408, 1), (425, 1), (429, 1), (500, 1), (501, 1), (524, 1), (404, 0), (600, 0)]
)
def test_which_statuses_may_pass(status: int, passing: int) -> None:
    assert is_passing(status) is bool(passing) and not is_passing(None)
