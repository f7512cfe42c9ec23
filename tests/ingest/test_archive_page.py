"""Dated archive pages: which, and which of their links are articles."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ingest
from ingest.archive_page import article_links, further_page, named_feeds
from ingest.errors import EmptyBodyError, NotHtmlError, ParseError
from ingest.source import Source, load_sources

SOURCE = Source(
    id="delo",
    name="Дело",
    kind="outlet",
    side="KZ",
    country="KZ",
    languages=("ru",),
    home="https://www.delo.example/",
    timezone="Asia/Almaty",
    archive=("https://delo.example/archive/%Y/%m/%d/",),
    article=r"/news/[0-9]+(-[a-z-]+)?$",
)


def test_links_that_are_articles() -> None:
    body = b"""<html><head><base href="/archive/"></head><body><a href="/news/12">12</a><a href="/news/12#c">12</a>
<a href="../news/13-kezek">13</a><a href="https://kz.delo.example/news/14">14</a><a href="https://elsewhere.example/news/15">
</a><a href="/tag/news">tag</a><a href="http://[x/news/16">bad</a><a>no</a></body></html>"""
    assert article_links(body, "https://delo.example/archive/2025/10/01/", SOURCE) == [
        "https://delo.example/news/12",
        "https://delo.example/news/13-kezek",
        "https://kz.delo.example/news/14",
    ]


@pytest.mark.parametrize(
    ("link", "following"),
    [
        ('<a rel="next" href="/a/2025/10/01/page/2/">', "https://delo.example/a/2025/10/01/page/2/"),
        ('<link rel="nofollow next" href="?page=2">', "https://delo.example/a/2025/10/01/?page=2"),
        ('<link rel="next" href="/a/2025/10/02/">', None),
        ('<link rel="next" href="/a/2025/10/01/">', None),
        ('<link rel="next" href="http://[x">', None),
        ('<a rel="prev" href="/a/2025/10/01/2">', None),
    ],
)
def test_where_a_list_goes_on(link: str, following: str | None) -> None:
    assert further_page(link.encode(), "https://delo.example/a/2025/10/01/") == following


def test_feeds_that_a_page_names() -> None:
    body = b"""<link rel="alternate" type="application/rss+xml" href="/rss"><link type="text/css" href="/x.css">
<link rel="alternate" type="application/atom+xml" href="https://feeds.example/a"><link type="application/rss+xml" href="http://[x">"""
    assert named_feeds(body, "https://delo.example/kk/") == ["https://delo.example/rss", "https://feeds.example/a"]


@pytest.mark.parametrize(("body", "error"), [(b" ", EmptyBodyError), (b"{}", NotHtmlError)])
def test_what_is_no_page(body: bytes, error: type[ParseError]) -> None:
    with pytest.raises(error):
        article_links(body, "https://delo.example/", SOURCE)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from([b'<a href="', b'<base href="', b'//[">', b"/news/1", b"<?xml ", b"<!--"])
        | st.binary(max_size=9)
    ).map(b"".join)
)
def test_whatever_the_bytes_only_our_own_errors(body: bytes) -> None:
    try:
        links = article_links(body, "https://delo.example/", SOURCE)
    except ParseError:
        return
    assert all(link.startswith("http") for link in links)


def test_a_real_listing_page(shared: Path) -> None:
    sources = load_sources(Path(ingest.__file__).parent / "sources.toml")
    body = (shared / "real" / "listings" / "tengrinews_KaraKala1427.html").read_bytes()
    links = article_links(body, "https://tengrinews.kz/news/", sources["tengrinews"])
    assert len(links) == 23
    assert (
        "https://tengrinews.kz/kazakhstan_news/prezidentyi-kazahstana-turkmenistana-sdelali-sovmestnoe-550642/" in links
    )
    assert not any("/tag/" in link or "/page/" in link for link in links)
