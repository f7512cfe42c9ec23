"""Everything that was saved gives documents, or a list, or a row that says why not; and leads back to its bytes."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from pathlib import Path

import pytest

from ingest.archive import Archive
from ingest.collect_replay import Replayed, collect_replay
from ingest.source import Source
from ingest.spool import Spool, read_spool

from .small_web import article, preview

TEXT = "На границе стоят более 300 грузовиков, водители ждут по несколько суток.\n" * 4


def replay(path: Path, tmp_path: Path, *sources: Source) -> tuple[Replayed, Spool]:
    out = tmp_path / "spool.jsonl"
    known = {source.id: source for source in sources}
    done = collect_replay(path, known, str(tmp_path / "archive"), f"replay/{path.name}", out)
    return done, read_spool(out)


def test_the_shared_articles(shared: Path, tmp_path: Path) -> None:
    done, spool = replay(shared / "real" / "articles", tmp_path)
    assert done.responses == len(spool.fetches) == 139
    read = {document.fetch_id for document in spool.documents}
    off_layout = [row for row in spool.unparsed if row.fetch_id in read]
    assert {row.error_class for row in off_layout} <= {"LayoutError"}
    assert len(spool.documents) + len(spool.unparsed) - len(off_layout) == 139 and len(spool.documents) >= 137
    assert {document.source_side for document in spool.documents} == {"UNKNOWN"}
    assert {document.source_id for document in spool.documents if document.url.startswith("https://tass.ru")} == {
        "replay-tass-ru"
    }
    archive = Archive(tmp_path / "archive")
    fetches = {fetch.fetch_id: fetch for fetch in spool.fetches}
    for document in spool.documents[::10]:
        fetch = fetches[document.fetch_id or ""]
        assert fetch.warc_file is not None and fetch.warc_offset is not None
        assert archive.read(fetch.warc_file, fetch.warc_offset, fetch.sha256)


def test_the_shared_channel_pages(shared: Path, tmp_path: Path) -> None:
    done, spool = replay(shared / "real" / "telegram" / "pages", tmp_path)
    assert done.responses == 8
    channels = Counter(document.source_id for document in spool.documents)
    assert set(channels) == {"replay-topwar_official", "replay-ducks_poker", "replay-feedjam", "replay-infoscape_test"}
    assert len(spool.documents) == 34
    # two pages of nobody's channel, a landing page and the wrapper of an embedded post
    assert sorted(row.error_class for row in spool.unparsed) == ["LayoutError"] * 4


def test_the_shared_feeds(shared: Path, tmp_path: Path) -> None:
    done, spool = replay(shared / "real" / "feeds", tmp_path)
    assert (done.responses, done.lists, len(spool.unparsed), len(spool.documents)) == (36, 35, 1, 0)
    assert spool.unparsed[0].url == "replay:feedparser__illformed__rss_empty_document.xml"
    assert done.listed > 600


def test_twice_gives_the_same_rows(shared: Path, tmp_path: Path) -> None:
    pages = shared / "real" / "telegram" / "pages"
    _, first = replay(pages, tmp_path)
    _, second = replay(pages, tmp_path)
    assert first.documents == second.documents
    assert [fetch.fetch_id for fetch in first.fetches] == [fetch.fetch_id for fetch in second.fetches]


def test_a_known_source_owns_its_pages(tmp_path: Path) -> None:
    folder = tmp_path / "saved"
    folder.mkdir()
    page = article("Очередь", TEXT, "2025-10-01T10:00:00", "https://www.outlet.example/1")
    assert isinstance(page.body, str)
    (folder / "a.html").write_text(page.body)
    post = preview("KPP_news", [(1, "2025-10-01T10:00:00+00:00", "Очередь стоит")]).body
    assert isinstance(post, str)
    (folder / "b.html").write_text(post)
    (folder / "c.html.gz").write_bytes(gzip.compress(b"x" * 100)[:-4])
    outlet = Source(
        id="outlet", name="Outlet", kind="outlet", side="RU", country="RU", languages=("ru",),
        home="https://outlet.example/", feeds=("https://outlet.example/rss",), timezone="Europe/Moscow",
    )  # fmt: skip
    channel = Source(
        id="kpp", name="КПП", kind="channel", side="KZ", country="KZ", languages=("ru",),
        home="https://t.me/kpp_news", channel="kpp_news",
    )  # fmt: skip
    done, spool = replay(folder, tmp_path, outlet, channel)
    assert [(d.source_id, d.source_side) for d in spool.documents] == [("outlet", "RU"), ("kpp", "KZ")]
    published = spool.documents[0].published_at
    assert published is not None and published.isoformat() == "2025-10-01T10:00:00+03:00", "in the source's zone"
    assert [row.error_class for row in spool.unparsed] == ["unreadable"]
    assert (done.responses, done.documents, done.unparsed) == (3, 2, 1)


def manifest(folder: Path, *urls: str) -> Path:
    """A folder whose manifest gives one saved article these addresses."""
    folder.mkdir()
    page = article("Очередь", TEXT, "2025-10-01T10:00:00+05:00").body
    assert isinstance(page, str)
    (folder / "a.html").write_text(page)
    lines = (json.dumps({"file": "a.html", "url": url, "content_type": "text/html"}) + "\n" for url in urls)
    (folder / "manifest.jsonl").write_text("".join(lines))
    return folder


@pytest.mark.parametrize(
    "url",
    [
        "https://news.example/a b?x=1",
        "https://news.example:99999/a",
        "https://[::1/a",
        "https:///a",
        "https://t.me/s/%20",
        "https://a b.example/",
        "ftp://news.example/a",
        "https://" + "a" * 300 + ".example/",
        "https://..example../",
    ],
)
def test_an_odd_address_is_a_document_or_a_row(tmp_path: Path, url: str) -> None:
    good = "https://good.example/1"
    done, spool = replay(manifest(tmp_path / "saved", url, good), tmp_path)
    assert done.responses == 2
    assert done.documents + done.unparsed == 2
    assert "replay-good-example" in {document.source_id for document in spool.documents}
    owners = [
        *(fetch.source_id for fetch in spool.fetches),
        *(document.source_id for document in spool.documents),
        *(row.source_id for row in spool.unparsed),
    ]
    assert set(owners) == {source.id for source in done.sources}


def test_different_hosts_are_different_sources(tmp_path: Path) -> None:
    hosts = ("a.b.example", "a-b.example", "граница.рф", "очередь.рф", "[::1]", "a_b.example", "localhost")
    done, spool = replay(manifest(tmp_path / "saved", *(f"https://{host}/1" for host in hosts)), tmp_path)
    ids = [fetch.source_id for fetch in spool.fetches]
    assert len(set(ids)) == len(ids) == len(done.sources)
    assert ids[0] == "replay-a-b-example"
    assert {source.name for source in done.sources} >= {"граница.рф", "очередь.рф"}


def test_one_host_is_one_source(tmp_path: Path) -> None:
    urls = (
        "https://граница.рф/1",
        "https://www.граница.рф/2",
        "https://xn--80aahvyq9b.xn--p1ai/3",
        "http://ГРАНИЦА.рф/4",
    )
    _, spool = replay(manifest(tmp_path / "saved", *urls), tmp_path)
    assert len({fetch.source_id for fetch in spool.fetches}) == 1


def test_a_host_and_a_channel_of_one_name_are_two_sources(tmp_path: Path) -> None:
    urls = ("https://kpp_news/1", "https://t.me/s/kpp_news", "https://kpp-news/1")
    _, spool = replay(manifest(tmp_path / "saved", *urls), tmp_path)
    assert len({fetch.source_id for fetch in spool.fetches}) == 3
