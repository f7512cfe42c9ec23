"""The collecting step among faults: each is a row with its name; no neighbour is lost, nothing hangs, all is archived."""

from __future__ import annotations

import gzip
import time
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator

from ingest.archive import NOTES, Archive
from ingest.collect import carry_out
from ingest.fetch import FAULTS, FetchSettings
from ingest.fetch_record import Fetch
from ingest.interval import Interval
from ingest.plan import Plan, Recheck
from ingest.restore import Again
from ingest.source import Source
from ingest.spool import Coverage, Spool, read_spool

from .fault_server import ARTICLE, TEXT, FaultServer, fault_server
from .small_web import Page, article, feed, preview
from .taped import again, tapes

DAY = Interval.of_day(date(2025, 10, 1))
INSIDE = "Wed, 01 Oct 2025 10:00:00 +0000"
EARLIER = "Tue, 30 Sep 2025 10:00:00 +0000"
_numbers = count()


@pytest.fixture(scope="module")
def server() -> Iterator[FaultServer]:
    with fault_server() as running:
        yield running


@pytest.fixture
def host() -> str:
    """A host of its own for every test: the politeness of one host is shared by the whole process."""
    return f"faulty{next(_numbers)}.example"


def settings(server: FaultServer, **changes: Any) -> FetchSettings:
    quick: dict[str, Any] = {
        "host_delay_s": 0,
        "connect_timeout_s": 0.3,
        "read_timeout_s": 0.25,
        "total_timeout_s": 0.4,
        "max_wire_bytes": 300_000,
        "max_body_bytes": 1_000_000,
        "attempts": 2,
        "backoff_initial_s": 0.01,
        "backoff_max_s": 0.02,
        "backoff_jitter_s": 0.01,
        "retry_after_cap_s": 5,
        "robots_timeout_s": 0.3,
        "connect_to": {
            "refusing.example": "127.0.0.1:1",
            "resetting.example": server.resetting_address,
            "*.example": server.address,
        },
    }
    return FetchSettings(**{**quick, **changes})


def outlet(host: str, **fields: Any) -> Source:
    return Source(
        id="outlet", name="Outlet", kind="outlet", side="RU", country="RU", languages=("ru",),
        home=f"https://{host}/", timezone="Europe/Moscow", **{"feeds": (f"https://{host}/rss",), **fields},
    )  # fmt: skip


def read(
    server: FaultServer, source: Source, tmp_path: Path, *recheck: Recheck, channel_host: str = "t.me", **changes: Any
) -> tuple[Spool, Coverage]:
    """What a night's reading leaves. Every row of it is compared with the archive, whatever the test."""
    path = tmp_path / f"spool{next(_numbers)}.jsonl"
    archive_root = tmp_path / f"archive{next(_numbers)}"
    carry_out(
        Plan(source.id, DAY, "nightly/2025-10-01", False, recheck),
        source,
        str(archive_root),
        settings(server, **changes),
        path,
        channel_host=channel_host,
    )
    spool = read_spool(path)
    assert_archived(archive_root, spool.fetches)
    for row in spool.fetches:
        assert row.error is None or row.error.partition(":")[0] in FAULTS
    [tape] = tapes(archive_root)
    assert again(tape, archive_root) == (Again(), spool), "the archive alone gives it again"
    [coverage] = spool.coverage
    return spool, coverage


def assert_archived(root: Path, rows: list[Fetch]) -> None:
    """The archive holds an answer for each row and a row for each answer; what has no answer is there with its error."""
    in_rows: Counter[tuple[Any, ...]] = Counter()
    for row in rows:
        if row.warc_file is None:
            in_rows["no answer", row.final_url, " ".join((row.error or "").split())] += 1
        else:
            in_rows[row.warc_file, row.warc_offset, row.final_url, row.status] += 1
    in_archive: Counter[tuple[Any, ...]] = Counter()
    for path in root.rglob("*.warc.gz"):
        with path.open("rb") as file:
            records = ArchiveIterator(file, check_digests="raise")
            for record in records:
                url = record.rec_headers.get_header("WARC-Target-URI")
                if record.rec_type in ("response", "revisit"):
                    status = int(record.http_headers.get_statuscode())
                    in_archive[path.relative_to(root).as_posix(), records.get_record_offset(), url, status] += 1
                elif record.rec_type == "metadata" and not url.startswith(NOTES):
                    error = record.content_stream().read().decode().removeprefix("fetch-error: ").strip()
                    in_archive["no answer", url, error] += 1
    assert in_archive == in_rows
    archive = Archive(root)
    for row in rows:
        if row.warc_file is not None and row.warc_offset is not None and row.sha256 is not None and row.status != 304:
            archive.read(row.warc_file, row.warc_offset, row.sha256)


def with_neighbours(server: FaultServer, host: str, *bad: str) -> list[str]:
    """The URLs of a feed in which `bad` stand between two good articles."""
    for name in ("before", "after"):
        server.pages[host, f"/{name}"] = article(f"Очередь {name}", TEXT, "2025-10-01T13:00:00+03:00")
    urls = [
        f"https://{host}/before",
        *(path if "//" in path[:8] else f"https://{host}{path}" for path in bad),
        f"https://{host}/after",
    ]
    items: list[tuple[str, str | None]] = [(url, INSIDE) for url in urls]
    server.pages[host, "/rss"] = feed([*items, (f"https://{host}/earlier", EARLIER)])
    return urls


PAGES = {
    # path: the row's word, and how often it was asked for
    "/silent": ("read_timeout", 2),
    "/drip": ("total_timeout", 2),
    "/nothing": ("disconnected", 2),
    "/reset": ("disconnected", 2),
    "/reset-at-once": ("disconnected", 2),
    "/length-too-long": ("disconnected", 2),
    "/length-nonsense": ("protocol_error", 2),
    "/length-twice": ("protocol_error", 2),
    "/cut-chunks": ("disconnected", 2),
    "/wrong-chunks": ("protocol_error", 2),
    "/empty": ("EmptyBodyError", 1),
    "/204": ("EmptyBodyError", 1),
    "/garbage": ("protocol_error", 2),
    "/noise": ("protocol_error", 2),
    "/wrong-header": ("protocol_error", 2),
    "/endless-header": ("protocol_error", 2),
    "/endless-headers": ("protocol_error", 2),
    "/endless-headers-slowly": ("total_timeout", 2),
    "/endless-continue": ("total_timeout", 2),
    "/endless-trailers": ("protocol_error", 2),
    "/switch": ("protocol_error", 2),
    "/cut-gzip": ("bad_coding", 1),
    "/coding?br": ("bad_coding", 1),
    "/coding?zstd": ("bad_coding", 1),
    "/coding?gzip": ("bad_coding", 1),
    "/coding?%00": ("protocol_error", 2),
    "/bomb": ("too_large", 1),
    "/bomb-deflate": ("too_large", 1),
    "/bomb-in-bomb": ("too_large", 1),
    "/many-codings": ("bad_coding", 1),
    "/many-members": ("EmptyBodyError", 1),
    "/huge": ("too_large", 1),
    "/200-mb": ("too_large", 1),
    "/endless": ("too_large", 1),
    "/status?503": ("HTTP 503", 2),
    "/status?500": ("HTTP 500", 2),
    "/status?404": ("HTTP 404", 1),
    "/status?403": ("HTTP 403", 1),
    "/status?999": ("HTTP 999", 1),
    "/loop": ("too_many_redirects", 6),
    "/chain": ("too_many_redirects", 1),
    "/nowhere": ("bad_redirect", 1),
    "http://refusing.example/": ("connect_failed", 0),
    "http://resetting.example/": ("connect_failed or robots_unavailable", 0),
    "http://name.invalid/": ("name_not_resolved", 0),
    "http://user:password@other.example/": ("bad_url", 0),
}  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_a_faulty_page_is_a_row_and_its_neighbours_are_read(
    path: str, server: FaultServer, host: str, tmp_path: Path
) -> None:
    word, asked = PAGES[path]
    before, bad, after = with_neighbours(server, host, path)
    begun = time.monotonic()
    spool, coverage = read(server, outlet(host), tmp_path)
    assert time.monotonic() - begun < 4
    assert [document.url for document in spool.documents] == [before, after]
    [row] = spool.unparsed
    assert row.url == bad and row.error_class in word.split(" or ")
    assert row.error_class not in FAULTS or row.error.endswith(".")
    assert len(row.error) < 600 and row.error.isprintable()
    assert server.asked[host, path] == asked
    assert row.fetch_id in {fetch.fetch_id for fetch in spool.fetches}
    passing = ("timeout", "disconnected", "connect_failed", "not_resolved", "protocol_error", "HTTP 5")
    assert coverage.complete is not any(part in word for part in passing), "what may pass is read again by the next run"


ELSEWHERE = {
    "http://127.0.0.1/": "address_forbidden",
    "http://localhost/": "address_forbidden",  # a name that resolves to loopback
    "https://10.1.2.3/": "address_forbidden",
    "http://192.168.0.1/": "address_forbidden",
    "http://172.16.0.1/": "address_forbidden",
    "http://169.254.169.254/latest/meta-data/": "address_forbidden",
    "http://0.0.0.0/": "address_forbidden",
    "http://[::1]/": "address_forbidden",
    "http://[::ffff:127.0.0.1]/": "address_forbidden",
    "http://[::127.0.0.1]/": "address_forbidden",
    "http://[fe80::1]/": "address_forbidden",
    "http://[64:ff9b::7f00:1]/": "address_forbidden",
    "http://2130706433/": "address_forbidden",  # 127.0.0.1 as one number
    "http://0177.0.0.1/": "bad_redirect",
    "http://0x7f.0x1/": "address_forbidden",
    "http://127.1/": "address_forbidden",
    "//127.0.0.1/": "address_forbidden",
    "http://user:password@127.0.0.1/": "bad_url",
    "file:///etc/passwd": "bad_url",
    "ftp://127.0.0.1/": "bad_url",
    "gopher://127.0.0.1:70/_x": "bad_url",
    "data:text/html,x": "bad_url",
    "javascript:alert(1)": "bad_url",
    "http://[bad": "bad_redirect",
    "http://a:99999/": "bad_url",
    "http:///": "bad_url",
    "http://name.invalid/": "name_not_resolved",
    "http://refusing.example/": "connect_failed",
}  # fmt: skip


def test_a_redirect_leads_only_where_a_link_may(server: FaultServer, host: str, tmp_path: Path) -> None:
    urls = with_neighbours(server, host, *(f"/to?{target}" for target in ELSEWHERE))
    source = outlet(host, robots_override="what a redirect reaches is at stake")
    spool, _ = read(server, source, tmp_path, attempts=1)
    assert [document.url for document in spool.documents] == [urls[0], urls[-1]]
    assert {row.url.partition("?")[2]: row.error_class for row in spool.unparsed} == ELSEWHERE


@pytest.mark.parametrize(
    "path",
    [
        "/says-utf-8",
        "/says-windows-1251",
        "/says-nothing",
        "/says-nonsense",
        "/length-too-short",
        "/cookie-wall",
        "/redirect-cyrillic",
        "/redirect-in-no-gzip",
        "/redirect-cut",
    ],
)
def test_what_can_be_read_in_spite_of_a_fault_is_read(
    path: str, server: FaultServer, host: str, tmp_path: Path
) -> None:
    with_neighbours(server, host, path)
    spool, coverage = read(server, outlet(host), tmp_path)
    assert len(spool.documents) == 3 and not spool.unparsed and coverage.complete
    assert (spool.documents[1].title, spool.documents[1].text) == ("Очередь на границе", spool.documents[0].text)


def test_a_host_that_asks_to_wait_gets_its_time(server: FaultServer, host: str, tmp_path: Path) -> None:
    """Four hosts at once, each in a thread of its own."""

    def read_one(path: str) -> None:
        its_host = f"{path[1:]}-{host}"
        with_neighbours(server, its_host, path)
        begun = time.monotonic()
        spool, coverage = read(server, outlet(its_host), tmp_path / path[1:])
        assert (time.monotonic() - begun >= 1) == (path != "/503-once")
        assert len(spool.documents) == 3 and not spool.unparsed and coverage.complete
        assert [row.status for row in spool.fetches if row.url.endswith(path)] == [int(path[1:4]), 200]

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(read_one, ["/429-seconds", "/429-date", "/503-seconds", "/503-once"]))


def test_a_host_that_asks_for_an_hour_is_left_and_its_articles_stay_owed(
    server: FaultServer, host: str, tmp_path: Path
) -> None:
    before, bad, after = with_neighbours(server, host, "/429-hour")
    spool, coverage = read(server, outlet(host), tmp_path)
    assert {row.url: row.error_class for row in spool.unparsed} == {bad: "HTTP 429", after: "host_closed"}
    assert [document.url for document in spool.documents] == [before] and not coverage.complete


def test_of_200_mb_little_is_read_and_less_is_kept(server: FaultServer, host: str, tmp_path: Path) -> None:
    server.sent.clear()
    with_neighbours(server, host, "/200-mb", "/huge", "/bomb", "/bomb-in-bomb")
    source = outlet(host)
    tracemalloc.start()
    try:
        spool, _ = read(server, source, tmp_path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert [row.error_class for row in spool.unparsed] == ["too_large"] * 4 and len(spool.documents) == 2
    assert server.sent["/200-mb"] < 15_000_000 and server.sent["/huge"] < 15_000_000, "the sockets' buffers"
    assert peak < 15_000_000
    assert sum(path.stat().st_size for path in tmp_path.rglob("*.warc.gz")) < 1_000_000


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
ENTITIES = {
    "laughs": f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]>' + "<x>&l9;</x>",
    "quadratic": f'<!DOCTYPE x [<!ENTITY a "{"a" * 50_000}">]>' + f"<x>{'&a;' * 50_000}</x>",
    "file": '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
    "address": '<!DOCTYPE x [<!ENTITY e SYSTEM "http://HOST/stolen">]><x>&e;</x>',
    "parameter": '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://HOST/stolen"> %p;]><x>&e;</x>',
    "outer": '<!DOCTYPE x SYSTEM "http://HOST/stolen"><x>&e;</x>',
}


def xml(kind: str, root: str, item: str) -> str:
    """A list with the entity in the title of one item, and an item without."""
    doctype, _, entity = ENTITIES[kind].partition("<x>")
    entity = entity.removesuffix("</x>")
    return f'<?xml version="1.0"?>{doctype.replace("DOCTYPE x", f"DOCTYPE {root}")}' + item.replace("TITLE", entity)


@pytest.mark.parametrize("kind", ENTITIES)
def test_entities_of_a_list_are_not_expanded_and_other_lists_are_read(
    kind: str, server: FaultServer, host: str, tmp_path: Path
) -> None:
    with_neighbours(server, host)
    rss = f"<rss version='2.0'><channel><title>TITLE</title><item><title>TITLE</title><link>https://{host}/entity</link><pubDate>{INSIDE}</pubDate></item></channel></rss>"
    page = f"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url><loc>https://{host}/entity</loc><lastmod>2025-10-01</lastmod><title>TITLE</title></url></urlset>"
    server.pages[host, "/bad-rss"] = Page(xml(kind, "rss", rss).replace("HOST", host), content_type="application/xml")
    server.pages[host, "/bad-sitemap"] = Page(xml(kind, "urlset", page).replace("HOST", host), content_type="text/xml")
    source = outlet(
        host, feeds=(f"https://{host}/bad-rss", f"https://{host}/rss"), sitemaps=(f"https://{host}/bad-sitemap",)
    )
    begun = time.monotonic()
    spool, _ = read(server, source, tmp_path)
    assert time.monotonic() - begun < 2
    assert {f"https://{host}/before", f"https://{host}/after"} <= {document.url for document in spool.documents}
    assert server.asked[host, "/stolen"] == 0
    rows = [row for row in spool.fetches if row.url.endswith(("/bad-rss", "/bad-sitemap"))]
    assert [row.status for row in rows] == [200, 200]
    assert kind == "outer" or any(row.url.endswith("/bad-sitemap") for row in spool.unparsed), "it declares entities"


def test_a_sitemap_that_is_a_bomb_and_one_that_is_cut(server: FaultServer, host: str, tmp_path: Path) -> None:
    with_neighbours(server, host)
    bomb = gzip.compress(b"<urlset>" + bytes(60_000_000))
    packed = gzip.compress(f"<urlset><url><loc>https://{host}/x</loc></url></urlset>".encode())
    for name, body in (("bomb", bomb), ("cut", packed[:-12]), ("noise", b"\x1f\x8b" + bytes(range(200)))):
        server.pages[host, f"/{name}.xml.gz"] = Page(body, content_type="application/gzip")
    source = outlet(host, sitemaps=tuple(f"https://{host}/{name}.xml.gz" for name in ("bomb", "cut", "noise")))
    spool, _ = read(server, source, tmp_path)
    assert len(spool.documents) == 2
    assert {f"https://{host}/bomb.xml.gz", f"https://{host}/noise.xml.gz"} <= {row.url for row in spool.unparsed}


@pytest.mark.parametrize(
    "path", ["/silent", "/reset", "/garbage", "/endless", "/drip", "/status?503", "/bomb", "/loop"]
)
def test_a_list_that_fails_leaves_the_other_lists(path: str, server: FaultServer, host: str, tmp_path: Path) -> None:
    with_neighbours(server, host)
    source = outlet(host, feeds=(f"https://{host}{path}", f"https://{host}/rss"))
    spool, coverage = read(server, source, tmp_path, attempts=1)
    assert len(spool.documents) == 2 and not coverage.complete
    assert [row.url for row in spool.unparsed] == [f"https://{host}{path}"]


@pytest.mark.parametrize(
    ("path", "word"),
    [
        ("/silent", "read_timeout"),
        ("/reset", "disconnected"),
        ("/garbage", "protocol_error"),
        ("/bomb", "too_large"),
        ("/loop", "too_many_redirects"),
        ("/status?503", "HTTP 503"),
        ("/status?404", "HTTP 404"),
        ("/empty", "ParseError"),
        ("/page", "ParseError"),
    ],
)
def test_a_faulty_page_of_a_channel_is_a_row_and_a_gap(
    path: str, word: str, server: FaultServer, host: str, tmp_path: Path
) -> None:
    server.pages[host, "/s/kpp_news"] = preview("kpp_news", [(9, "2025-10-01T20:00:00+00:00", TEXT)], before=9)
    server.faults[host, "/s/kpp_news?before=9"] = path
    channel = Source(
        id="kpp", name="КПП", kind="channel", side="KZ", country="KZ", languages=("ru",),
        home="https://t.me/kpp_news", channel="kpp_news",
    )  # fmt: skip
    spool, coverage = read(server, channel, tmp_path, attempts=1, channel_host=host)
    assert [document.url for document in spool.documents] == ["https://t.me/kpp_news/9"]
    rows = {(row.url, row.error_class) for row in spool.unparsed}
    assert (f"https://{host}/s/kpp_news?before=9", word) in rows, rows
    assert not coverage.complete and coverage.gap_to == datetime(2025, 10, 1, 20, tzinfo=UTC)


ROBOTS: dict[str, tuple[str | int | bytes, str | None]] = {
    "silent": ("/silent", "robots_unavailable"),
    "endless": ("/endless", "robots_unavailable"),
    "drip": ("/drip", "robots_unavailable"),
    "reset": ("/reset", "robots_unavailable"),
    "garbage": ("/garbage", "robots_unavailable"),
    "bomb": ("/bomb", "robots_unavailable"),
    "loop": ("/loop", "robots_unavailable"),
    "nowhere": ("/nowhere", "robots_unavailable"),
    "elsewhere": ("/to?http://127.0.0.1/", "robots_unavailable"),
    "to no port": ("/to?http://1.1.1.1:99999/", "robots_unavailable"),
    "to a file": ("/to?file:///etc/passwd", "robots_unavailable"),
    "429 for an hour": ("/429-hour", "robots_unavailable"),
    "500": (500, "robots_unavailable"),
    "404": (404, None),
    "401": (401, None),
    "binary": (b"\x89PNG\r\n\x1a\n\0\0" + bytes(range(256)) * 20, None),
    "utf-16": ("User-agent: *\nDisallow: /nothing".encode("utf-16"), None),
    "a page": (ARTICLE, None),
    "many rules": ("User-agent: *\n" + "Disallow: /x*y*z*$\n" * 15_000, None),
    "many robots": ("".join(f"User-agent: a{n}\n" for n in range(8000)) + "Disallow: /x\n" * 10_000, None),
}


@pytest.mark.parametrize("name", ROBOTS)
def test_a_faulty_robots_txt_is_a_row_and_costs_its_own_host_only(
    name: str, server: FaultServer, host: str, tmp_path: Path
) -> None:
    server.robots[host], word = ROBOTS[name]
    other = f"other-{host}"
    urls = with_neighbours(server, host, f"https://{other}/page")
    server.pages[other, "/rss"] = Page(str(server.pages[host, "/rss"].body))
    begun = time.monotonic()
    spool, coverage = read(server, outlet(host), tmp_path, attempts=1)
    assert time.monotonic() - begun < 4
    assert any(row.url == f"https://{host}/robots.txt" for row in spool.fetches)
    if word is None:
        assert [document.url for document in spool.documents] == urls and coverage.complete
    else:
        assert not spool.documents and not coverage.complete and coverage.gap_from
        assert {row.error_class for row in spool.unparsed} <= {word, "host_closed"}
        beside = outlet(host, feeds=(f"https://{host}/rss", f"https://{other}/rss"))
        spool, _ = read(server, beside, tmp_path, attempts=1)
        assert [document.url for document in spool.documents] == [f"https://{other}/page"]


def test_a_row_is_in_the_spool_and_its_bytes_in_the_archive_before_anybody_parses_them(
    server: FaultServer, host: str, tmp_path: Path
) -> None:
    with_neighbours(server, host, "/redirect", "/503-once", "/status?404", "/reset", "/to?http://127.0.0.1/")
    known = Recheck("d1", f"https://{host}/etag", etag='"v1"')
    spool, _ = read(server, outlet(host), tmp_path, known)
    statuses = Counter(row.status for row in spool.fetches)
    assert statuses == {404: 2, 200: 7, 301: 1, 302: 1, 503: 1, 304: 1, None: 2}
    [path] = tmp_path.glob("spool*.jsonl")
    seen: set[str] = set()
    for line in path.read_text().splitlines():
        row = line.partition('"fetch_id":"')[2].partition('"')[0]
        if line.startswith('{"fetch":'):
            seen.add(row)
        elif row:
            assert row in seen


def test_what_came_before_the_fault_is_kept_and_marked_as_truncated(
    server: FaultServer, host: str, tmp_path: Path
) -> None:
    with_neighbours(server, host, "/length-too-long")
    read(server, outlet(host), tmp_path)
    [root] = tmp_path.glob("archive*")
    archive = Archive(root)
    kept = [item for name in archive.files() for item in archive.records(name) if getattr(item, "truncated", None)]
    assert [(item.body, item.truncated) for item in kept] == [(b"only this", "disconnect")] * 2  # type: ignore[union-attr]


def test_the_clock_of_the_rows_is_that_of_the_run(server: FaultServer, host: str, tmp_path: Path) -> None:
    with_neighbours(server, host, "/reset")
    at = datetime(2025, 10, 2, 3, tzinfo=UTC)
    path = tmp_path / "spool.jsonl"
    plan = Plan("outlet", DAY, "nightly/2025-10-01")
    carry_out(plan, outlet(host), str(tmp_path / "archive"), settings(server), path, now=lambda: at)
    assert {row.fetched_at for row in read_spool(path).fetches} == {at}
