"""Sitemaps: pages, news, indexes, gzip, and what is refused."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.errors import EmptyBodyError, LayoutError, NotHtmlError, ParseError
from ingest.sitemap import parse_sitemap

URL = "https://delo.example/sitemap.xml"
XMLNS = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
)


@pytest.mark.parametrize(
    ("name", "pages", "sitemaps"),
    [("sitemap-hreflang.xml", 3, 1), ("sitemap.xml", 84, 0), ("sitemap.xml.gz", 84, 0), ("sitemap2.xml", 0, 2)],
)
def test_real_sitemaps(shared: Path, name: str, pages: int, sitemaps: int) -> None:
    found = parse_sitemap((shared / "real" / "feeds" / f"trafilatura__resources__{name}").read_bytes(), URL)
    assert (len(found.pages), len(found.sitemaps)) == (pages, sitemaps)
    assert all(listed.url.startswith("http") for listed in (*found.pages, *found.sitemaps))


def test_an_index_in_cdata(shared: Path) -> None:
    body = (shared / "real" / "feeds" / "trafilatura__resources__sitemap2.xml").read_bytes()
    first, second = parse_sitemap(body, URL).sitemaps
    assert first.changed_at == datetime(2004, 10, 1, 18, 23, 17, tzinfo=UTC)
    assert second.url == "http://www.example.com/sitemap2.xml.gz"


def test_a_news_sitemap() -> None:
    body = f"""<urlset {XMLNS} xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"><url>
<image:image><image:loc>https://delo.example/a.jpg</image:loc><image:title>Фото</image:title></image:image>
<loc>/n/1#x</loc><lastmod>2025-10-02</lastmod><news:news><news:publication_date>2025-10-01T09:05+05:00
</news:publication_date><news:title>Кезек</news:title></news:news></url><url></url></urlset>""".encode()
    first, second = parse_sitemap(body, URL).pages
    assert (first.url, first.title) == ("https://delo.example/n/1", "Кезек")
    assert first.published_at == datetime(2025, 10, 1, 4, 5, tzinfo=UTC)
    assert first.changed_at == datetime(2025, 10, 2, tzinfo=UTC)
    assert (second.url, second.published_at) == ("", None)


def test_a_text_file_of_addresses() -> None:
    body = "\ufeffhttps://delo.example/n/1\r\nhttps://delo.example/n/2\n\nnot an address\n".encode()
    for sent in (body, gzip.compress(body)):
        found = parse_sitemap(sent, "https://delo.example/sitemap.txt")
        assert [page.url for page in found.pages] == ["https://delo.example/n/1", "https://delo.example/n/2"]
        assert all(page.changed_at is None for page in found.pages)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1251"])
@pytest.mark.parametrize("declared", ["utf-8", "windows-1251"])
def test_titles_keep_their_letters_whatever_is_declared(encoding: str, declared: str) -> None:
    news = "<news:news><news:title>Очередь на границе растёт</news:title></news:news>"
    xml = f'<?xml version="1.0" encoding="{declared}"?>\n<urlset {XMLNS}><url><loc>/n/1</loc>{news}</url></urlset>'
    (page,) = parse_sitemap(xml.encode(encoding), URL).pages
    assert page.title == "Очередь на границе растёт"


def test_other_editions_of_a_page_do_not_double_it() -> None:
    link = '<x:link rel="alternate" hreflang="kk" href="https://delo.example/kk/n/1"/>'
    body = f'<urlset {XMLNS} xmlns:x="http://www.w3.org/1999/xhtml"><url><loc>/n/1</loc>{link}</url></urlset>'
    assert [page.url for page in parse_sitemap(body.encode(), URL).pages] == ["https://delo.example/n/1"]


def test_a_packed_sitemap_that_is_cut_off_gives_what_is_there() -> None:
    pages = "".join(f"<url><loc>/n/{number * 7919}</loc></url>" for number in range(2000))
    whole = gzip.compress(f"<urlset {XMLNS}>{pages}</urlset>".encode())
    found = parse_sitemap(whole[: len(whole) // 2], URL)
    assert 500 < len(found.pages) < 1500
    assert found.broken_off
    assert not parse_sitemap(whole, URL).broken_off
    lines = gzip.compress("".join(f"https://delo.example/n/{number * 7919}\n" for number in range(2000)).encode())
    assert parse_sitemap(lines[: len(lines) // 2], URL).broken_off
    assert not parse_sitemap(lines, URL).broken_off


@pytest.mark.parametrize("root", ["urlset", "sitemapindex", "s:urlset"])
def test_a_sitemap_whose_root_never_ends_breaks_off(root: str) -> None:
    whole = f'<{root} xmlns:s="x"><url><loc>/n/1</loc></url><url><loc>/n/2</loc></url></{root}>\n'
    assert not parse_sitemap(whole.encode(), URL).broken_off
    assert not parse_sitemap(f'<{root} xmlns:s="x"/>'.encode(), URL).broken_off
    for length in range(len(root) + 20, len(whole) - 2):
        assert parse_sitemap(whole[:length].encode(), URL).broken_off, length


BOMB = b'<!DOCTYPE urlset [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", EmptyBodyError),
        (b"User-agent: *", NotHtmlError),
        (b"<html><body>404</body></html>", NotHtmlError),
        (b"<rss><channel/></rss>", NotHtmlError),
        (b"\x1f\x8b\x08broken", NotHtmlError),
        (BOMB + b"<urlset><url><loc>https://delo.example/&b;</loc></url></urlset>", LayoutError),
        ((BOMB + b"<urlset/>").decode().encode("utf-16"), LayoutError),
        (gzip.compress(b" " * 60_000_000), LayoutError),
    ],
)
def test_what_is_refused(body: bytes, error: type[ParseError]) -> None:
    with pytest.raises(error):
        parse_sitemap(body, URL)


def test_external_entities_are_not_loaded(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret words")
    with pytest.raises(LayoutError):
        parse_sitemap(f'<!DOCTYPE u [<!ENTITY e SYSTEM "file://{secret}">]><urlset>&e;</urlset>'.encode(), URL)


PIECES = st.sampled_from(
    [b"<urlset>", b"<url>", b"<loc>http://[x</loc>", b"<lastmod>0001-01-01T00:00:00+23:59</lastmod>", b"<a:b c:d='e'>"]
    + [b"</url>", b"<sitemapindex xmlns='x y'>", b"<!DOCTYPE u [", b"<!ENTITY % p SYSTEM 'x'>", b"]>", b"\x1f\x8b\x08"]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES | st.binary(max_size=15), max_size=10).map(b"".join))
def test_whatever_the_bytes_only_our_own_errors(body: bytes) -> None:
    try:
        found = parse_sitemap(body, URL)
    except ParseError:
        return
    assert all(isinstance(listed.url, str) for listed in found.pages)
