"""Whatever the bytes: every parser of what comes from outside answers, or raises one of the package's own errors, in time.

One table of parsers, each with real documents of its kind. Each gets arbitrary bytes, markup put together at random, its own
documents cut, doubled, spliced and with bytes flipped, and inputs that are known to be the worst of their kind.
"""

from __future__ import annotations

import gzip
import importlib
import inspect
import json
import pkgutil
import re
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import infra.demo
import ingest
from infra.demo import site, telegram_page
from infra.demo.story import load_world
from ingest.archive import NOTES, Archive, Exchange, Note, read_records
from ingest.archive_page import article_links, further_page, named_feeds
from ingest.article import article_json
from ingest.article import to_document as article_document
from ingest.channel import parse_channel
from ingest.channel import to_document as post_document
from ingest.channel_json import channel_json
from ingest.characters import clean
from ingest.charset import decode
from ingest.content_coding import decode as decode_coding
from ingest.dates import find_date, parse_date
from ingest.errors import KezekError
from ingest.feed import feed_of, parse_feed
from ingest.fetch import Get
from ingest.html_page import html_text, read_html
from ingest.interval import Interval
from ingest.journal import RunLoaded, entry_in, note
from ingest.list_date import parse_list_date
from ingest.near_duplicate import signature
from ingest.outlets import layouts
from ingest.page_kind import page_kind
from ingest.parse import parse_article
from ingest.plan import Plan, read_plan, write_plan
from ingest.replay import iter_replay, page_url
from ingest.restore import read_again, survey, tape_in
from ingest.robots import read_robots
from ingest.sitemap import parse_sitemap
from ingest.source import load_sources, parse_sources
from ingest.spool import SpoolWriter, Unparsed, read_spool
from ingest.tape import PLAN, Asked, Recorder, asked_in
from ingest.xml_text import xml_text

MOST_SECONDS = 4.0
"""Most seconds of processor time for any input of `worst`, up to 1 MB each."""
PAGES = Path(__file__).parent / "pages"
SOURCES = Path(infra.demo.__file__).parent / "sources.toml"
NOW = datetime(2025, 10, 3, tzinfo=UTC)
URL = "https://example.org/2025/10/01/news-12.html"
ZONE = "Asia/Almaty"
SOURCE = next(source for source in load_sources(SOURCES).values() if source.archive)


@dataclass(frozen=True, slots=True)
class Parser:
    """A parser as one call on bytes; `reads` are the functions that are tested by it, `documents` what it is made for."""

    run: Callable[[bytes], object]
    reads: tuple[Callable[..., object], ...]
    documents: Callable[[], list[bytes]]


def text(run: Callable[[str], object]) -> Callable[[bytes], object]:
    """A reader of text as one of bytes."""
    return lambda body: run(body.decode("utf-8", "surrogateescape"))


def file(name: str, run: Callable[[Path], object]) -> Callable[[bytes], object]:
    """A reader of a file as one of bytes."""

    def read(body: bytes) -> object:
        with TemporaryDirectory() as folder:
            path = Path(folder) / name
            path.write_bytes(body)
            return run(path)

    return read


def read_article(body: bytes, parser: str | None = None) -> None:
    article = parse_article(body, URL, "text/html", parser, ZONE, fetched_at=NOW)
    json.dumps(article_json(article), ensure_ascii=False).encode()
    article_document(article, SOURCE, None).text.encode()


def read_channel_page(body: bytes) -> None:
    page = parse_channel(body, "https://t.me/s/x")
    json.dumps(channel_json(page), ensure_ascii=False).encode()
    for post in page.posts:
        post_document(post, page.channel, SOURCE, None)


def read_links(body: bytes) -> None:
    article_links(body, SOURCE.home, SOURCE)
    further_page(body, SOURCE.home)
    named_feeds(body, SOURCE.home)


def read_feed(body: bytes) -> None:
    for item in parse_feed(body, URL, None, ZONE):
        item.title.encode()
        assert item.published_at is None or item.published_at.utcoffset() is not None


def read_map(body: bytes) -> None:
    found = parse_sitemap(body, URL, ZONE)
    for listed in (*found.pages, *found.sitemaps):
        f"{listed.url} {listed.title}".encode()


def read_rules(body: bytes) -> None:
    rules = read_robots(200, body, None)
    rules.refusal(URL)
    assert rules.delay_s >= 0


def read_date(raw: str) -> None:
    # Pages hand it short texts: it takes some 20 µs a character.
    find_date(raw[:500], reference=NOW, timezone=ZONE)
    parse_date(raw, reference=NOW, timezone=ZONE)


def read_saved(path: Path) -> None:
    for saved in iter_replay(path):
        saved.url.encode()


def read_manifest(name: str, path: Path) -> None:
    path.rename(path.with_name(name))
    (path.parent / "a.html").write_bytes(b"<p>x")
    read_saved(path.parent)


@cache
def outlet_pages() -> list[bytes]:
    return [path.read_bytes() for path in sorted(PAGES.glob("*.html"))]


@cache
def feeds() -> list[bytes]:
    outlets = load_world().outlets
    answers = [site.feed(outlet, spec, NOW) for outlet in outlets for spec in outlet.feeds]
    return [answer.body.encode(answer.charset, "xmlcharrefreplace") for answer in answers]


@cache
def sitemaps() -> list[bytes]:
    outlet = next(outlet for outlet in load_world().outlets if outlet.sitemap_index)
    bodies = [
        answer(outlet).body.encode()
        for answer in (
            partial(site.news_sitemap, clock=NOW),
            partial(site.sitemap_index, clock=NOW),
            partial(site.month_sitemap, month="2025-10", clock=NOW),
        )
    ]
    return [*bodies, gzip.compress(bodies[2])]


@cache
def listings() -> list[bytes]:
    return [site.front_page(outlet, NOW).body.encode() for outlet in load_world().outlets]


@cache
def channel_pages() -> list[bytes]:
    channels = load_world().channels
    return [telegram_page.preview_page(channel, NOW, None).encode() for channel in channels if channel.has_preview]


def rules() -> list[bytes]:
    return [
        b"User-agent: *\nDisallow: /premium/\nCrawl-delay: 2\nAllow: /*.html$\nSitemap: https://example.org/s.xml\n"
    ]


def dates() -> list[bytes]:
    stated = (
        *(
            "2025-10-01T14:30:05.000+05:00",
            "Wed, 01 Oct 2025 14:30:00 +0500",
            "сегодня, 12:40",
            "14:30, 1 октября 2025 года",
        ),
        *(
            "2025 жылғы 12 қыркүйек, 14:30",
            "01.10.2025 14:30 по московскому времени",
            "October 1, 2025 2:30 PM",
            "5 минут назад",
        ),
    )
    return [date.encode() for date in stated]


@cache
def spools() -> list[bytes]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "x.jsonl"
        with SpoolWriter(path) as spool:
            spool.write(Unparsed("x", URL, "f1", "LayoutError", "no title"))
        return [path.read_bytes()]


@cache
def plans() -> list[bytes]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "x.json"
        write_plan(Plan("x", Interval.of_day(NOW.date()), "run/2025-10-03"), path)
        return [path.read_bytes()]


@cache
def warcs() -> list[bytes]:
    with TemporaryDirectory() as folder:
        with Archive(folder) as archive:
            headers = (("Content-Type", "text/html"), ("Content-Encoding", "gzip"))
            archive.write(Exchange(URL, NOW, 200, "OK", headers, gzip.compress(b"<p>x" * 99)), "run", "x")
            archive.write_resource(URL, NOW, b"<p>x", "text/html", "run", "x")
        (path,) = Path(folder).rglob("*.warc.gz")
        packed = path.read_bytes()
    return [packed, zlib.decompressobj(31).decompress(packed)]


@cache
def notes() -> list[bytes]:
    """A WARC file of a reading, then what its notes and the journal's say."""
    source = next(iter(load_sources(SOURCES).values()))
    interval = Interval.of_day(NOW.date())
    with TemporaryDirectory() as folder:
        with Archive(folder) as archive:
            asked = Asked(Plan(source.id, interval, "run/2025-10-03"), source, "t.me")
            tape = Recorder(archive, asked, ask=cast(Get, None), clock=lambda: NOW)
            tape.start()
            archive.write_error(URL, NOW, "read_timeout: nothing came", "run/2025-10-03", source.id)
            tape.now()
            tape.finish({"coverage": 1})
        note(folder, RunLoaded("run/2025-10-03", interval, NOW, NOW, (source.id,)))
        files = [Path(folder, name).read_bytes() for name in archive.files()]
        found = [archive.first_note(name) for name in archive.files()]
        ends = [archive.last_note(name) for name in archive.files()]
    return [*files, *{one.body for one in (*found, *ends) if isinstance(one, Note)}]


def read_file_of_notes(path: Path) -> None:
    archive = Archive(path.parent)
    for tries in survey(archive).tries.values():
        read_again(tape_in(archive, tries[0].warc_file), str(path.parent), path.with_name("spool.jsonl"))


def read_notes(raw: bytes) -> None:
    for uri in (PLAN, f"{NOTES}run-planned", f"{NOTES}run-loaded", f"{NOTES}run-finished"):
        with suppress(KezekError):
            asked_in(Note(0, uri, raw), "x.warc.gz")
            entry_in(Note(0, uri, raw), "x.warc.gz")


def manifests() -> list[bytes]:
    return [b'{"file": "a.html", "url": "https://example.org/1", "fetched_at": "2025-10-01T00:00:00Z"}\n']


def manifest_tables() -> list[bytes]:
    return [b"file,url,content_type\na.html,https://example.org/1,text/html\n"]


PARSERS = {
    "feed": Parser(read_feed, (parse_feed, feed_of), feeds),
    "sitemap": Parser(read_map, (parse_sitemap,), sitemaps),
    "xml_text": Parser(partial(xml_text, url=URL), (xml_text,), feeds),
    "archive page": Parser(read_links, (article_links, further_page, named_feeds), listings),
    "channel": Parser(read_channel_page, (parse_channel,), channel_pages),
    "article": Parser(read_article, (parse_article, read_html, html_text), outlet_pages),
    "page kind": Parser(partial(page_kind, url=URL), (page_kind,), feeds),
    "page url": Parser(page_url, (page_url,), channel_pages),
    "robots": Parser(read_rules, (read_robots,), rules),
    "charset": Parser(partial(decode, content_type="text/html; charset=koi8-r"), (decode,), outlet_pages),
    "gzip": Parser(partial(decode_coding, coding="gzip", limit=10**7), (decode_coding,), lambda: [sitemaps()[-1]]),
    "deflate": Parser(partial(decode_coding, coding="deflate"), (decode_coding,), lambda: [zlib.compress(b"x" * 999)]),
    "date": Parser(text(read_date), (parse_date, find_date), dates),
    "date of a list": Parser(text(partial(parse_list_date, timezone=ZONE)), (parse_list_date,), lambda: dates()[:2]),
    "clean": Parser(text(lambda raw: clean(raw).encode()), (clean,), dates),
    "signature": Parser(text(signature), (signature,), dates),
    "spool": Parser(file("x.jsonl", read_spool), (read_spool,), spools),
    "plan": Parser(file("x.json", read_plan), (read_plan,), plans),
    "records": Parser(lambda body: list(read_records(BytesIO(body))), (read_records,), warcs),
    "tape": Parser(file("x.warc.gz", read_file_of_notes), (read_again,), notes),
    "notes": Parser(read_notes, (), notes),
    "saved WARC": Parser(file("x.warc.gz", read_saved), (iter_replay,), warcs),
    "saved page": Parser(file("x.html", read_saved), (iter_replay,), outlet_pages),
    "manifest": Parser(file("m", partial(read_manifest, "manifest.jsonl")), (iter_replay,), manifests),
    "manifest table": Parser(file("m", partial(read_manifest, "manifest.csv")), (iter_replay,), manifest_tables),
    "sources": Parser(file("x.toml", load_sources), (load_sources, parse_sources), lambda: [SOURCES.read_bytes()]),
}
OUTLETS = {
    name: Parser(
        partial(read_article, parser=name),
        (),
        partial(lambda name: [p.read_bytes() for p in sorted(PAGES.glob(f"{name}*.html"))], name),
    )
    for name in layouts()
}
ALL = {**PARSERS, **{f"outlet {name}": parser for name, parser in OUTLETS.items()}}

PIECES = [
    *(
        "<",
        ">",
        "</",
        "<!",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<?xml ?>",
        "<?php",
        "&",
        "&amp;",
        "&#0;",
        "&#xD800;",
        "&#99999999;",
    ),
    *(
        "&#x1F;",
        "&nbsp;",
        "&bogus;",
        '"',
        "'",
        "=",
        "\0",
        "\x0b",
        "\ufffe",
        "\u2028",
        "\ud83d",
        "\x1b[31m",
        "\r",
        "\n",
        " ",
        "\u200b",
    ),
    *(
        "<!DOCTYPE html>",
        "<!DOCTYPE x [<!ENTITY a '&#38;#60;'>]>",
        "<html lang=kk>",
        "<head>",
        "<body>",
        "<title>",
        "</title>",
    ),
    *(
        "<meta charset=ibm866>",
        "<meta charset=utf-16>",
        "<meta http-equiv=content-type content='text/html; charset=no-such'>",
    ),
    *("<base href='//['>", "<link rel=canonical href='http://['>", "<meta property=og:url content='http://a\u2100b/'>"),
    *(
        "<meta property='article:published_time' content='99999-13-45T99:99'>",
        "<time datetime='0000-00-00'>",
        "<time>9999999999</time>",
    ),
    *(
        "<script type='application/ld+json'>",
        "</script>",
        '{"@type":"NewsArticle","headline":["x",null],',
        '"author":[[{"name":5}]],',
    ),
    *(
        '"datePublished":1e999,',
        '"articleBody":"\\ud800"}',
        "{}",
        "[]",
        "[[",
        "}",
        '"@graph":',
        "null",
        "NaN",
        "-0",
        "1e999",
        '\\ud800"',
    ),
    *(
        "<article>",
        "</article>",
        "<h1>",
        "</h1>",
        "<p>",
        "<div class='author'>",
        "<table><tr><td>",
        "<blockquote>",
        "<svg><title>",
        "<a href='",
    ),
    *(
        "<a href='http://[::1'>",
        "<img src='data:,'>",
        "<br>",
        "<p>Слова о границе. ",
        "қыркүйек",
        "1 октября 2025",
        "31.02.2025 25:61",
        "сегодня",
    ),
    *(
        "<rss version='2.0'><channel>",
        "<item>",
        "</item>",
        "<pubDate>",
        "<feed xmlns='http://www.w3.org/2005/Atom'>",
        "<entry>",
        "<link>",
    ),
    *(
        "<rdf:RDF>",
        "<urlset>",
        "<url>",
        "<loc>http://[</loc>",
        "<lastmod>0000-00-00</lastmod>",
        "<sitemapindex>",
        "<news:publication_date>",
    ),
    *(
        "<div class='tgme_widget_message' data-post='x/1'>",
        "<div class='tgme_widget_message_text js-message_text'>",
        "data-before='²'>",
    ),
    *(
        "<a class='tgme_widget_message_date' href='//['><time datetime='2025-10-01T00:00:00+00:00'></time></a>",
        "<span class='tgme_widget_message_views'>9.9K",
    ),
    *(
        "User-agent: *\n",
        "Disallow: /*a*$\n",
        "Crawl-delay: 1e999\n",
        "Crawl-delay: nan\n",
        "[[source]]\n",
        "id = 1\n",
        "'''",
        "\\u0000",
    ),
    *(
        "WARC/1.1\r\n",
        "WARC-Type: response\r\n",
        "Content-Length: -1\r\n",
        "Content-Length: ٣\r\n",
        "HTTP/1.1 ² OK\r\n",
        "\r\n\r\n",
        "\x1f\x8b\x08",
    ),
]
FRAGMENTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=25).map(
    lambda pieces: "".join(pieces).encode("utf-8", "surrogatepass")
)


@st.composite
def mutated(draw: st.DrawFn, documents: list[bytes]) -> bytes:
    """One of `documents`, cut, doubled, spliced with another or with a piece of markup, or with some bytes changed."""
    body = draw(st.sampled_from(documents))
    for _ in range(draw(st.integers(1, 3))):
        at, to = sorted(draw(st.tuples(*[st.integers(0, len(body))] * 2)))
        middle = draw(st.sampled_from(["", "twice", "other"]) | FRAGMENTS | st.binary(max_size=3))
        if middle == "twice":
            middle = body[at:to][:5000] * 2
        elif middle == "other":
            middle = draw(st.sampled_from(documents))[at:to]
        elif middle == "":
            middle = b""
        assert isinstance(middle, bytes)
        body = body[:at] + middle + body[to if draw(st.booleans()) else at :]
    return body


def survives(parser: Parser, body: bytes) -> None:
    """The parser answers, or raises one of the package's own errors."""
    try:
        parser.run(body)
    except KezekError as error:
        assert str(error)


@pytest.mark.parametrize("name", PARSERS)
@settings(max_examples=60, deadline=None)
@given(body=st.binary(max_size=300) | FRAGMENTS)
def test_any_bytes_and_any_markup(name: str, body: bytes) -> None:
    survives(PARSERS[name], body)


@settings(max_examples=60, deadline=None)
@given(name=st.sampled_from(sorted(OUTLETS)), body=st.binary(max_size=300) | FRAGMENTS)
def test_any_bytes_and_any_markup_for_an_outlet(name: str, body: bytes) -> None:
    survives(OUTLETS[name], body)


@pytest.mark.parametrize("name", PARSERS)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_real_documents_mutated(name: str, data: st.DataObject) -> None:
    survives(PARSERS[name], data.draw(mutated(PARSERS[name].documents())))


@settings(max_examples=60, deadline=None)
@given(name=st.sampled_from(sorted(OUTLETS)), data=st.data())
def test_pages_of_outlets_mutated(name: str, data: st.DataObject) -> None:
    survives(OUTLETS[name], data.draw(mutated(OUTLETS[name].documents())))


@pytest.mark.parametrize("name", ALL)
def test_real_documents_are_read(name: str) -> None:
    """The table is right: what each parser is made for, it reads without a complaint."""
    documents = ALL[name].documents()
    assert documents
    for document in documents:
        ALL[name].run(document)


def page_with(body: str = "", head: str = "", title: str = "Очередь на границе") -> bytes:
    """An article's page with something odd in it."""
    words = "Грузовики стоят в очереди на границе. " * 20
    return (
        f"<!doctype html><html lang=ru><head><meta charset=utf-8><title>{title}</title>{head}</head>"
        f"<body><article><h1>{title}</h1><p>{words}</p>{body}</article></body></html>"
    ).encode("utf-8", "surrogatepass")


def ld(block: str) -> bytes:
    return page_with(head=f'<script type="application/ld+json">{block}</script>')


def post_with(text: str, date: str = "2025-10-01T00:00:00+00:00", link: str = "https://t.me/x/1") -> str:
    return (
        f"<div class='tgme_widget_message' data-post='x/1'><div class='tgme_widget_message_text js-message_text'>{text}</div>"
        f"<a class='tgme_widget_message_date' href='{link}'><time datetime='{date}'></time></a></div>"
    )


def lists_with(text: str, date: str, link: str) -> Iterator[bytes]:
    """A feed of each kind and a sitemap that say these."""
    item = f"<title>{text}</title><link>{link}</link><pubDate>{date}</pubDate>"
    entry = f"<title>{text}</title><link href='{link}'/><published>{date}</published>"
    place = f"<loc>{link}</loc><lastmod>{date}</lastmod><news:news><news:title>{text}</news:title></news:news>"
    yield f"<rss version='2.0'><channel><item>{item}</item></channel></rss>".encode()
    yield f"<feed xmlns='http://www.w3.org/2005/Atom'><entry>{entry}</entry></feed>".encode()
    yield f"<urlset xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'><url>{place}</url></urlset>".encode()


SIZE = 10_000
RUNS = {
    "blanks": " ",
    "tabs": "\t",
    "lines": "\n",
    "zeros": "\u200b",
    "hard blanks": "\xa0",
    "escapes": "\x1b[",
    "returns": "\r",
    "angles": "&lt;",
    "letters": "a",
    "digits": "1",
    "dots": ".",
    "colons": "1:",
    "bars": " | ",
    "tags": "<br ",
    "ends": "</",
    "comments": "<!--",
    "declarations": "<!DOCTYPE [",
    "days": "01.10.",
    "words": "и ",
    "names": "by А. ",
    "signs": "a@",
    "ands": "&amp;",
    "combining": "и\u0306",
    "months": "янв. ",
    "dates": "1 октября ",
    "brackets": "[",
    "braces": "{",
    "commas": ", ",
    "slashes": "/",
}
ODD_DATES = (
    *(
        "0000-00-00",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "99999-01-01",
        "2025-13-45",
        "9999999999",
        "9999999999999",
    ),
    *(
        "31.02.2025",
        "29 февраля 2025",
        "2025-10-01T25:61:61",
        "2025-10-01T10:00:00+99:99",
        "٢٠٢٥-١٠-٠١",
        "²⁰²⁵",
        "٩٩٩٩٩٩٩٩٩٩",
        "20251399",
    ),
)
ODD_LINKS = (
    "http://[",
    "http://[::1",
    "//",
    "http://a:99999999/",
    "http://a\u2100b/",
    "http://%zz",
    "javascript:x",
    "?" * 5000,
)
ODD_CHARACTERS = (
    "&#0;",
    "&#xD800;",
    "&#55296;",
    "&#99999999;",
    "&#xFFFE;",
    "&#1;",
    "&#;",
    "&bogus;",
    "\0",
    "\ufffe",
    "\x0b",
    "\u2028",
)
BLOCKS = (
    *(
        "[" * 5000 + "]" * 5000,
        "[" * 100_000,
        '{"@graph":' * 3000 + "1" + "}" * 3000,
        '{"@type":"NewsArticle","datePublished":NaN}',
    ),
    '{"@type":"NewsArticle","headline":"\\ud800","datePublished":"2025-10-01","author":{"name":"\\udfff"},"url":"\\ud800"}',
    '[{"@type":["Article",1,null],"@id":5,"url":[1],"headline":["x"],"datePublished":[1,null,{}],"author":[[["x"]],{"name":{"a":1}},5]}]',
    f'{{"@type":"NewsArticle","datePublished":{"9" * 5000}}}',
)


@cache
def worst() -> dict[str, bytes]:
    """Inputs that broke some parser of the kind somewhere, or would."""
    bodies: dict[str, bytes] = {}
    for name, piece in RUNS.items():
        run = (piece * SIZE)[:SIZE]
        value = run.replace("'", "")
        bodies[f"{name}"] = run.encode()
        bodies[f"{name} in a title"] = page_with(title=run)
        bodies[f"{name} in a page"] = page_with(
            f"<p>{run}</p><time datetime='{value}'>x</time><div class='author {value}'>{run}</div><a href='{value}'>x</a>",
            f"<meta name=author content='{value}'><meta name=pubdate content='{value}'><link rel=canonical href='/{value}'>",
        )
        quoted = run.replace('"', "").replace("\\", "")
        bodies[f"{name} in JSON-LD"] = ld(
            f'{{"@type":"NewsArticle","headline":"{quoted}","datePublished":"{quoted}","articleBody":"{quoted}"}}'
        )
        bodies[f"{name} for JSON-LD"] = ld(run)
        bodies[f"{name} in a post"] = post_with(run, link=value).encode()
        bodies |= {f"{name} in list {number}": body for number, body in enumerate(lists_with(run, run, value))}
    for tag in ("div", "p", "b", "a", "table><tr><td", "blockquote", "svg"):
        bodies[f"<{tag}> deep"] = page_with(f"<{tag}>" * (50_000 if tag == "div" else 3_000))
        bodies[f"<{tag}> 5,000 times"] = page_with(f"<{tag} class=author>слово</{tag.split('>')[0]}>" * 5_000)
        bodies[f"<{tag}> deep in a post"] = post_with(f"<{tag}>x" * 2_000).encode()
    bodies["many breaks"] = post_with("<br>" * 3_000).encode()
    bodies["many posts"] = (post_with("слово") * 500).encode()
    bodies["many links"] = post_with("<a href='http://a/'>x</a>" * 3_000).encode()
    for number, block in enumerate(BLOCKS):
        bodies[f"JSON-LD {number}"] = ld(block)
        bodies[f"JSON {number}"] = f"{block}\n".encode()
    for odd in (*ODD_DATES, *ODD_LINKS, *ODD_CHARACTERS):
        head = f"<meta name=pubdate content='{odd}'><link rel=canonical href='{odd}'><meta name=author content='{odd}'>"
        bodies[f"{odd[:20]!r} in a page"] = page_with(
            f"<time datetime='{odd}'>{odd}</time><a href='{odd}'>{odd}</a>",
            f"{head}<base href='{odd}'>",
            title=f"{odd} x",
        )
        bodies[f"{odd[:20]!r} in JSON-LD"] = ld(f'{{"@type":"NewsArticle","datePublished":"{odd}","author":"{odd}"}}')
        bodies[f"{odd[:20]!r} in a post"] = post_with(odd, odd, odd).encode()
        bodies[f"{odd[:20]!r} in a post's link"] = post_with(f"<a href='{odd}'>x</a>", link=odd).encode()
        bodies[f"{odd[:20]!r}"] = odd.encode()
        bodies |= {f"{odd[:20]!r} in list {n}": body for n, body in enumerate(lists_with(f"{odd} x", odd, odd))}
    bodies["an attribute of 1 MB"] = page_with(f"<div class='{'author ' * 150_000}'>x</div>")
    bodies["a title of 1 MB"] = page_with(title="Слово " * 90_000)
    bodies["half letters"] = b"\xd0" * SIZE
    bodies["high bytes"] = bytes(range(128, 256)) * 1_000
    bodies["UTF-16 cut off"] = b"\xff\xfe" + page_with().decode().encode("utf-16-le") + b"\0"
    bodies["UTF-32 cut off"] = b"\xff\xfe\0\0" + b"\x12" * 1001
    bodies["a bomb"] = gzip.compress(bytes(60_000_000))
    bodies["entities"] = (
        b"<!DOCTYPE l [<!ENTITY a0 'xxxx'>"
        + b"".join(b"<!ENTITY a%d '%s'>" % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 12))
        + b"]><rss version='2.0'><channel><item><title>&a11;</title></item></channel></rss>"
    )
    bodies["a manifest's long name"] = b'{"file": "%s", "url": "x"}\n' % (b"a/" * 3000)
    bodies["a manifest's odd year"] = b'{"file": "a.html", "url": "x", "fetched_at": "9999-12-31T23:59:59-12:00"}\n'
    bodies["a manifest's long field"] = b"file,url\n" + b"a" * 200_000 + b",x\n"
    bodies["a record's odd year"] = (
        b"WARC/1.1\r\nWARC-Type: resource\r\nWARC-Record-ID: <x>\r\nWARC-Target-URI: http://a/\r\n"
        b"WARC-Date: 0001-01-01T00:00:00+14:00\r\nContent-Length: 1\r\n\r\nx\r\n\r\n"
    )
    return bodies


@pytest.mark.parametrize("name", PARSERS)
def test_the_worst_is_survived_in_time(name: str) -> None:
    slow = {}
    for title, body in worst().items():
        if name == "article" and not re.search("in a page|in JSON-LD|JSON-LD [0-9]|deep$|times$|1 MB", title):
            continue  # an article's page costs the most, and is none of the others
        started = time.thread_time()
        try:
            survives(ALL[name], body)
        except Exception as error:
            raise AssertionError(f"{name} breaks on {title}") from error
        if (seconds := time.thread_time() - started) > MOST_SECONDS:
            slow[title] = seconds
    assert not slow


INNER = {
    "ingest.archive_list.read_archive": "asks for lists that article_links reads",
    "ingest.collect_articles.read_articles": "asks for pages that parse_article reads",
    "ingest.feed_list.read_feed": "asks for lists that feed_of reads",
    "ingest.sitemap_list.read_sitemaps": "asks for lists that parse_sitemap reads",
    "ingest.handover.write": "takes bytes to where they go",
    "ingest.generic.read_generic": "reads the tree that parse_article hands it",
    "ingest.post.read_post": "reads the tree that parse_channel hands it",
    "ingest.near_duplicate.signatures": "puts signatures of our own side by side",
    "ingest.near_duplicate.similarity": "compares signatures of our own",
}
"""Functions that look like parsers and have no row in the table, and why."""


def test_every_parser_is_in_the_table() -> None:
    """A new public function that takes bytes, or is named like a reader, belongs into PARSERS."""
    tested = {f"{read.__module__}.{read.__name__}" for parser in PARSERS.values() for read in parser.reads}
    found = set()
    for module in pkgutil.walk_packages(ingest.__path__, "ingest."):
        for name, value in vars(importlib.import_module(module.name)).items():
            if name.startswith("_") or not inspect.isfunction(value) or value.__module__ != module.name:
                continue
            takes = [str(parameter.annotation) for parameter in inspect.signature(value).parameters.values()]
            if any("bytes" in kind for kind in takes) or name.startswith(("parse_", "read_", "find_", "load_")):
                found.add(f"{module.name}.{name}")
    assert sorted(found - tested) == sorted(INNER)
