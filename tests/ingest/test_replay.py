"""What was saved is replayed as it was, leads back to its bytes, and says so where it is damaged."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from ingest.archive import Archive, Exchange
from ingest.characters import clean
from ingest.errors import InputError
from ingest.replay import iter_replay, page_url, put_away
from ingest.spool import SpoolWriter, read_spool

AT = datetime(2025, 10, 1, 22, 5, tzinfo=UTC)
BEFORE = datetime(2025, 9, 30, 1, 2, 3, 456789, tzinfo=UTC)
PAGE = '<html><head><link rel="canonical" href="https://outlet.example/1"></head><p>Очередь</p></html>'.encode()


def test_articles_with_a_manifest(shared: Path) -> None:
    folder = shared / "real" / "articles"
    saved = list(iter_replay(folder))
    assert len(saved) == 139
    assert all(item.error is None and item.url.startswith("http") for item in saved)
    stated = [json.loads(line)["sha256"] for line in (folder / "manifest.jsonl").read_text("utf-8").splitlines()]
    assert [hashlib.sha256(item.body or b"").hexdigest() for item in saved] == stated


def test_channel_pages_say_where_they_are_from(shared: Path) -> None:
    urls = {item.origin: item.url for item in iter_replay(shared / "real" / "telegram" / "pages")}
    assert urls == {
        "any2feed__full.html": "https://t.me/s/topwar_official?before=71009",
        "ducksrating__live_snapshot.html": "https://t.me/s/DUCKS_POKER?before=304",
        "feedjam__page_example.html": "https://t.me/s/feedjam?before=8",
        "feedjam__telegram-web.html": "https://t.me/redakciya_channel/27463",
        "gnupinguin__invalid_channel.html": "https://t.me/nexta_live1432",
        "infoscape__page.html": "https://t.me/s/infoscape_test?before=8",
        "sherlock-telegram__tme_channel.html": "https://t.me/durov",
        "sherlock-telegram__tme_free.html": "https://t.me/zzq9x7v2knot44",
    }


def test_feeds_are_named_by_their_files(shared: Path) -> None:
    saved = list(iter_replay(shared / "real" / "feeds"))
    assert len(saved) == 36 and all(item.url == f"replay:{item.origin}" for item in saved)
    assert all(item.body and not item.body.startswith(b"\x1f\x8b") for item in saved)


def test_everything_shared_leads_back_to_its_bytes(shared: Path, tmp_path: Path) -> None:
    with Archive(tmp_path) as archive:
        rows = [
            (saved, put_away(saved, archive, "replay/shared", "a").fetch)
            for name in ("articles", "telegram/pages", "feeds")
            for saved in iter_replay(shared / "real" / name)
        ]
    assert len({row.fetch_id for _, row in rows}) == len(rows) == 139 + 8 + 36
    for saved, row in rows:
        assert row.warc_file is not None and row.warc_offset is not None
        assert archive.read(row.warc_file, row.warc_offset, row.sha256) == saved.body


def test_a_warc_is_replayed_with_status_type_and_time(tmp_path: Path) -> None:
    with Archive(tmp_path / "first") as first:
        headers = (("Content-Type", "text/html; charset=utf-8"), ("Content-Encoding", "gzip"))
        first.write(Exchange("https://outlet.example/1", AT, 200, "OK", headers, gzip.compress(PAGE)), "run", "a")
        first.write(Exchange("https://outlet.example/2", AT, 404, "Not Found", (), b"no"), "run", "a")
        first.write_error("https://outlet.example/3", AT, "read_timeout: nothing.", "run", "a")
    one, two = iter_replay(tmp_path / "first")
    assert (one.url, one.body, one.content_type, one.fetched_at, one.status) == (
        "https://outlet.example/1", PAGE, "text/html; charset=utf-8", AT, 200,
    )  # fmt: skip
    assert (two.status, two.body) == (404, b"no")
    with Archive(tmp_path / "second") as second:
        fetched = put_away(one, second, "replay/x", "a")
    row = fetched.fetch
    assert fetched.ok and row.fetched_at == AT and row.warc_file is not None and row.warc_offset is not None
    assert second.read(row.warc_file, row.warc_offset, row.sha256) == PAGE
    [again] = iter_replay(tmp_path / "second")
    assert (again.body, again.content_type, again.fetched_at) == (one.body, one.content_type, AT)


def test_a_damaged_file_is_a_row_that_says_so(tmp_path: Path) -> None:
    folder = tmp_path / "saved"
    folder.mkdir()
    (folder / "cut.html.gz").write_bytes(gzip.compress(PAGE * 100)[:-20])
    (folder / "no.html.gz").write_bytes(PAGE)
    (folder / "good.html").write_bytes(PAGE)
    (folder / "empty.html").write_bytes(b"")
    (folder / "noise.html").write_bytes(bytes(range(256)))
    with Archive(folder) as archive:
        at = archive.write(Exchange("https://outlet.example/2", AT, 200, "OK", (), PAGE), "run", "a")
    warc = folder / at.warc_file
    warc.write_bytes(warc.read_bytes()[:-300])
    found = {item.origin.partition("@")[0]: item for item in iter_replay(folder)}
    assert len(found) == 6
    damaged = {name for name, item in found.items() if item.error}
    assert damaged == {"cut.html.gz", "no.html.gz", at.warc_file}
    assert found["good.html"].url == "https://outlet.example/1"
    assert found["noise.html"].url == "replay:noise.html" and found["empty.html"].body == b""
    with Archive(tmp_path / "archive") as archive:
        row = put_away(found["cut.html.gz"], archive, "replay/saved", "").fetch
    assert row.error and row.error.startswith("unreadable: ") and row.status is None and row.sha256 is None


def test_manifests_of_both_kinds(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(PAGE)
    row = {"file": "a.html", "url": "https://outlet.example/a", "fetched_at": "2025-10-01T22:05:00+00:00"}
    (tmp_path / "manifest.jsonl").write_text(json.dumps(row) + "\n\n")
    [from_lines] = iter_replay(tmp_path)
    (tmp_path / "manifest.jsonl").unlink()
    (tmp_path / "manifest.csv").write_text("file,url,fetched_at\na.html,https://outlet.example/a,2025-10-01T22:05Z\n")
    [from_table] = iter_replay(tmp_path)
    assert from_lines == from_table and from_lines.fetched_at == AT and from_lines.url == "https://outlet.example/a"
    (tmp_path / "manifest.csv").write_text("file,url\nmissing.html,https://outlet.example/b\n")
    [missing] = iter_replay(tmp_path)
    assert missing.error and missing.url == "https://outlet.example/b"
    for text in (
        "file\na.html\n",
        "file,url\n../../etc/passwd,https://outlet.example/\n",
        "file,url\na.html,https://outlet.example/\x01\n",
    ):
        (tmp_path / "manifest.csv").write_text(text)
        with pytest.raises(InputError, match="line 2"):
            list(iter_replay(tmp_path))


@pytest.mark.parametrize("url", ["https://outlet.example/\ud83d", "https://outlet.example/\r\nWARC-Type: response"])
def test_a_manifest_with_a_url_that_cant_be_stored_is_an_input_error(url: str, tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes(PAGE)
    (tmp_path / "manifest.jsonl").write_text(json.dumps({"file": "a.html", "url": url}))
    with pytest.raises(InputError, match="line 1: url has control characters"):
        list(iter_replay(tmp_path))


def test_files_of_any_name_and_with_any_address_are_put_away(tmp_path: Path) -> None:
    folder = tmp_path / "saved"
    folder.mkdir()
    (folder / os.fsdecode(b"\xff\x01.html")).write_bytes(b"<p>x</p>")
    (folder / os.fsdecode(b"\xfe.html.gz")).write_bytes(b"no gzip")
    (folder / "A.HTML.GZ").write_bytes(gzip.compress(b"<p>packed</p>"))
    for number, address in enumerate(
        ("http://[bad", "http://a.example/\n b", "http://a.example/&#xD83D;", "http://a℀b.example/")
    ):
        page = f'<link rel="canonical" href="{address}"><p>x</p>'
        (folder / f"{number}.html").write_text(page)
    with Archive(tmp_path / "archive") as archive:
        rows = [put_away(saved, archive, "replay/x", "a").fetch for saved in iter_replay(folder)]
    spool = tmp_path / "spool"
    with SpoolWriter(spool) as out:
        for row in rows:
            out.write(row)
    assert len(read_spool(spool).fetches) == 7
    urls = {row.url for row in rows}
    assert {"replay:%FF%01.html", "replay:%FE.html.gz", "replay:0.html", "http://a.example/ b"} <= urls
    assert len(list(archive.records(archive.files()[0]))) == 6 and sum(row.error is not None for row in rows) == 1


@given(
    st.binary(max_size=200)
    | st.text(max_size=80).map(lambda url: f'<link rel=canonical href="{url}">x'.encode("utf-8", "surrogatepass"))
)
def test_any_page_says_where_it_is_from_or_nothing(body: bytes) -> None:
    url = page_url(body)
    assert url is None or (url.startswith("http") and clean(url) == url)


def test_an_answer_of_304_is_replayed_as_such(tmp_path: Path) -> None:
    with Archive(tmp_path / "first") as first:
        first.write(Exchange("https://outlet.example/1", AT, 304, "Not Modified", (("ETag", '"v1"'),), b"", unchanged_since=BEFORE), "r", "a")  # fmt: skip
    [saved] = iter_replay(tmp_path / "first")
    assert (saved.status, saved.error, saved.unchanged_since) == (304, None, BEFORE)
    with Archive(tmp_path / "second") as second:
        fetched = put_away(saved, second, "replay/x", "a")
    assert fetched.not_modified and not fetched.ok
    [again] = iter_replay(tmp_path / "second")
    assert (again.status, again.unchanged_since, again.headers) == (304, BEFORE, (("ETag", '"v1"'),))


def test_a_revisit_for_the_same_digest_is_a_row_that_says_where_the_bytes_are(tmp_path: Path) -> None:
    with (tmp_path / "other.warc.gz").open("wb") as file:
        writer = WARCWriter(file, gzip=True, warc_version="WARC/1.1")
        http = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
        record = writer.create_revisit_record(
            "https://outlet.example/1",
            "sha1:AAAA",
            "https://outlet.example/0",
            "2025-09-30T00:00:00Z",
            http_headers=http,
        )
        writer.write_record(record)
    [saved] = iter_replay(tmp_path)
    assert saved.body is None and saved.error and saved.error.startswith("revisit: ")
    assert "https://outlet.example/0" in saved.error and "2025-09-30" in saved.error


def test_what_holds_nothing_is_an_input_error(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("nothing")
    for path in (tmp_path, tmp_path / "notes.txt", tmp_path / "none"):
        with pytest.raises(InputError):
            list(iter_replay(path))


def test_an_outlets_own_data_post_makes_no_channel() -> None:
    assert page_url(b'<div data-post="12">x</div>') is None
    assert page_url(b'<div class="tgme_widget_message" data-post="kpp/12">x</div>') == "https://t.me/s/kpp"
