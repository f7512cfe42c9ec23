"""Whatever the web answers, discovery ends, with a reason and no exception."""

from __future__ import annotations

import asyncio
import gzip

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.fetch import Fetched
from ingest.source_check import check_source
from tests.ingest.memory_web import CHANNEL, DAY, HOME, Web, outlet

DATES = st.sampled_from(
    [
        "",
        "soon",
        "2025-10-01",
        "2025-10-01T12:00:00Z",
        "9999-12-31",
        "0001-01-01",
        "Wed, 01 Oct 2025 12:00:00 +2359",
        "2100-12-31",
    ]
)
LINKS = st.sampled_from(
    [
        "/news/1",
        "/news/2",
        "http://[x",
        "//",
        "",
        "/2025/10/01/1",
        "/0001/01/01/1",
        "/9999/12/31/9",
        "/map2.xml",
        "mailto:x",
    ]
)
WORDS = st.builds(
    lambda link, date: (
        f"<item><link>{link}</link><pubDate>{date}</pubDate></item><url><loc>{link}</loc><lastmod>{date}</lastmod></url>"
        f"<sitemap><loc>{link}</loc><lastmod>{date}</lastmod></sitemap><a href='{link}' rel='next'>x</a>"
        f"<div class='tgme_widget_message' data-post='jol_habar/{len(date)}'><time datetime='{date}'></time></div>"
        f"<a class='tme_messages_more' data-before='{len(link)}'></a>"
    ).encode(),
    LINKS,
    DATES,
)
ROOTS = st.sampled_from(
    [b"<rss version='2.0'><channel>", b"<urlset>", b"<sitemapindex>", b"<html>", b"", b"<feed>", b"{", b"https://x\n"]
)
BODIES = st.builds(
    lambda root, words, end: root + b"".join(words) + end, ROOTS, st.lists(WORDS, max_size=5), st.binary(max_size=9)
)
ANSWERS: st.SearchStrategy[bytes | int] = BODIES | BODIES.map(gzip.compress) | st.sampled_from([0, 404, 503, 302])


class Fickle(Web):
    """Answers anything to anything, in turn."""

    def __init__(self, answers: list[bytes | int]) -> None:
        super().__init__({})
        self.answers = answers

    async def get(self, url: str) -> Fetched:
        self.pages = {url: self.answers[len(self.asked) % len(self.answers)]}
        return await super().get(url)


SOURCE = outlet(
    feeds=(f"{HOME}/rss[?page={{page}}]",),
    sitemaps=(f"{HOME}/map.xml", f"{HOME}/map-%Y-%m.xml"),
    archive=(f"{HOME}/day/%Y/%m/%d", f"{HOME}/month/%Y/%m/[{{page}}]"),
    article=r"/news/[0-9]|/(?P<year>[0-9]{4})/(?P<month>[0-9]{2})/(?P<day>[0-9]{2})/",
)


@settings(max_examples=150, deadline=None)
@given(st.lists(ANSWERS, min_size=1, max_size=8), st.booleans())
def test_discovery_ends_with_a_reason(answers: list[bytes | int], channel: bool) -> None:
    web = Fickle(answers)
    found = web.discover(CHANNEL if channel else SOURCE, max_pages=9, max_list_pages=4, max_sitemaps=5)
    assert len(web.asked) < 40
    assert found.complete == (found.gap_from is None) == (found.gap_to is None)
    assert found.complete or found.stop_reason != "reached start"
    assert all(item.published_at is None or item.published_at in DAY for item in found.found)
    assert len({item.url for item in found.found}) == len(found.found)


@settings(max_examples=100, deadline=None)
@given(st.lists(ANSWERS, min_size=1, max_size=8), st.booleans())
def test_a_check_ends_with_a_verdict(answers: list[bytes | int], channel: bool) -> None:
    web = Fickle(answers)
    check = asyncio.run(check_source(CHANNEL if channel else SOURCE, web.get, DAY.start.date()))
    assert check.verdict in ("works", "partly", "fails")
    assert bool(check.reason) == (check.verdict != "works")
    assert len(web.asked) < 20
