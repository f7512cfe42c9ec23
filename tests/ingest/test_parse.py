"""The one door: which reader takes a page, and that nothing but the package's errors comes out."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import outlets, parse
from ingest.article import Article
from ingest.errors import ParseError, SourceError
from ingest.outlet import Outlet
from ingest.parse import is_channel_url, parse_article

PAGE = b"<html><body><main><h1>T</h1><div class='v2'><p>Text of the article.</p></div><time datetime='2025-10-01'></time></main></body></html>"


class Old(Outlet):
    parser_id = "moved"
    hosts = ("moved.example",)
    since = date(2020, 1, 1)
    container = ("main", {})
    title = "h1"
    published = "time @datetime"
    version = "1"
    body = "div.v1"


class New(Old):
    since = date(2025, 1, 1)
    version = "2"
    body = "div.v2"


@pytest.fixture
def moved(monkeypatch: pytest.MonkeyPatch) -> None:
    """An outlet with two layouts, known as if it had a module."""
    known = {"moved": (New(), Old())}
    monkeypatch.setattr(parse, "layouts", lambda: known)
    monkeypatch.setattr(parse, "parser_of_host", lambda host: "moved" if host == "moved.example" else None)


@pytest.mark.usefixtures("moved")
def test_the_newest_layout_that_fits_is_used() -> None:
    assert parse_article(PAGE, "https://www.moved.example/1").extractor_version == "2"
    assert parse_article(PAGE.replace(b"v2", b"v1"), "https://moved.example/1").extractor_version == "1"
    assert parse_article(PAGE, "https://moved.example/1").layout_problem is None


@pytest.mark.usefixtures("moved")
def test_a_page_that_fits_no_layout_is_read_by_the_generic_reader_and_says_so() -> None:
    article = parse_article(PAGE.replace(b"v2", b"v3"), "https://moved.example/1")
    assert article.extractor == "generic" and article.text
    assert article.layout_problem is not None and "div.v2" in article.layout_problem
    with pytest.raises(ParseError):
        parse_article(b"<p>Checking your browser</p>", "https://moved.example/1")


def test_the_parser_asked_for_beats_the_host() -> None:
    assert parse_article(PAGE, "https://vestnik-agency.example/1", parser="generic").extractor == "generic"
    assert "vestnik: " in str(parse_article(PAGE, "https://vestnik-agency.example/1").layout_problem)
    with pytest.raises(SourceError, match="no parser 'vestnk'"):
        parse_article(PAGE, "https://example.org/1", parser="vestnk")


@pytest.mark.parametrize(
    ("url", "channel"),
    [
        ("https://t.me/s/fura_demo", True),
        ("https://t.me/s/fura_demo?before=40", True),
        ("https://telegram.me/fura_demo/12", True),
        ("https://www.t.me/s/fura_demo", True),
        ("https://t.me/", False),
        ("https://example.org/t.me/s/x", False),
        ("http://[", False),
    ],
)
def test_channel_urls(url: str, channel: bool) -> None:
    assert is_channel_url(url) is channel


def _reads_or_refuses(body: bytes, parser: str | None = None, content_type: str | None = None) -> None:
    try:
        article = parse_article(
            body, "https://example.org/2025/10/01/x", content_type, parser=parser, timezone="Asia/Almaty"
        )
    except ParseError:
        return
    assert isinstance(article, Article)
    assert article.text


TAGS = st.sampled_from(
    ["<html>", "<body>", "<p>", "</p>", "<div class='text'>", "</div>", "<table><tr><td>", "<blockquote>", "<h1>", "</h1>",
     "<time datetime='", "2025-13-45", "'>", "<script type='application/ld+json'>", '{"@type": "Article", "author": [[{"name": 5}]],',
     '"datePublished": {"x": 1}, "headline": null}', "</script>", "<meta property='og:url' content='http://[", "<article>", "<br>",
     "<link rel=canonical href=' '>", "<svg><title>", "<!-- ", "-->", "<![CDATA[", "&#0;", "&#xD800;", "Очередь у поста. ", "\x00", "🚛",
     "<main class='article'>", "<h1 class='article__title'>", "<div class='article__text'>"]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=600), st.one_of(st.none(), st.text(max_size=30)))
def test_any_bytes_are_an_article_or_a_parse_error(body: bytes, content_type: str | None) -> None:
    _reads_or_refuses(body, content_type=content_type)
    _reads_or_refuses(b"<html><body><p>" + body)


@settings(max_examples=150, deadline=None)
@given(st.lists(TAGS, max_size=40), st.sampled_from([None, "delovoy_shelk", "chorsu", "uralsk_inform"]))
def test_any_markup_is_an_article_or_a_parse_error(parts: list[str], parser: str | None) -> None:
    _reads_or_refuses("".join(parts).encode("utf-8", "replace"), parser)


def test_deep_markup_is_an_article_or_a_parse_error() -> None:
    _reads_or_refuses(b"<div>" * 5000 + b"text")
    _reads_or_refuses(b"<blockquote>" * 3000 + b"text", "vestnik")
    _reads_or_refuses(b"<html><script type='application/ld+json'>" + b"[" * 100_000)


def test_no_two_modules_hold_the_same_layout() -> None:
    found = [(outlet.parser_id, outlet.since) for known in outlets.layouts().values() for outlet in known]
    assert len(found) == len(set(found))
