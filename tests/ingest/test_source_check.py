"""Checking sources against a small web: those that work, and each way in which one does not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from ingest.errors import ArchiveError
from ingest.fetch import FetchSettings
from ingest.source import Source
from ingest.source_check import SourceCheck, check_sources
from tests.ingest.small_web import Page, SmallWeb, article, feed, preview

DAY = date(2025, 10, 2)
TEXT = """На посту «Сырым» третий день стоят фуры, сообщили в таможне. Водители ждут очереди.
Перевозчики связывают задержку с проверкой товаров, которую ведёт казахстанская таможня."""
RSS = "Thu, 02 Oct 2025 09:30:00 +0500"


@pytest.fixture
def web() -> Iterator[SmallWeb]:
    with SmallWeb().running() as web:
        yield web


def _source(name: str, **more: Any) -> Source:
    fields: dict[str, Any] = {
        "id": name,
        "name": name,
        "kind": "outlet",
        "side": "KZ",
        "country": "KZ",
        "languages": ("ru",),
        "home": f"https://{name}.example/",
        "timezone": "Asia/Almaty",
        "feeds": (f"https://{name}.example/rss",),
        "article": "/news/[0-9]+$",
    }
    return Source(**fields | more)


def _channel(name: str) -> Source:
    home = f"https://t.me/{name}"
    return _source(name, kind="channel", channel=name, feeds=(), article=None, home=home)


def _fill(web: SmallWeb, name: str) -> None:
    """An outlet of which everything works."""
    host = f"{name}.example"
    web[f"{host}/rss"] = feed([(f"https://{host}/news/1", RSS), (f"https://{host}/about", RSS)])
    web[f"{host}/news/1"] = article("Очередь на границе", TEXT, "2025-10-02T09:30:00+05:00")
    web[f"{host}/2025/10/02/"] = Page('<a href="/news/1">1</a><a href="/news/2">2</a>')
    web[f"{host}/map.xml"] = Page("<sitemapindex><sitemap><loc>/map-1.xml</loc></sitemap></sitemapindex>")
    web[f"{host}/map-1.xml"] = Page(
        "<urlset><url><loc>/news/1</loc><lastmod>2025-10-02</lastmod></url><url><loc>/tag/1</loc></url></urlset>"
    )


def _check(web: SmallWeb, tmp_path: Path, *sources: Source, **more: Any) -> list[SourceCheck]:
    settings = FetchSettings(
        host_delay_s=0,
        attempts=1,
        read_timeout_s=2,
        connect_to={"down.example": "127.0.0.1:9", "*": web.address},
    )
    return check_sources(sources, str(tmp_path / "archive"), settings, "check", DAY, **more)


def test_a_source_that_works(web: SmallWeb, tmp_path: Path) -> None:
    _fill(web, "delo")
    source = _source("delo", sitemaps=("https://delo.example/map.xml",), archive=("https://delo.example/%Y/%m/%d/",))
    (check,) = _check(web, tmp_path, source)
    assert (check.verdict, check.reason) == ("works", "")
    assert [(one.kind, one.status, one.items, one.matching) for one in check.lists] == [
        ("feed", "ok", 2, 1),
        ("sitemap", "ok", 2, 1),
        ("archive", "ok", 2, 2),
    ]
    assert check.lists[0].newest is not None
    assert f"{check.lists[0].newest:%Y-%m-%d %H:%M}" == "2025-10-02 04:30"
    assert check.article is not None
    assert (check.article.url, check.article.title) == ("https://delo.example/news/1", "Очередь на границе")
    assert check.article.letters == len(TEXT)
    assert web.asked["delo.example/robots.txt"] == 1
    assert list((tmp_path / "archive").rglob("*.warc.gz"))


FEED_OF_OTHERS = feed([("https://broken.example/video/1", RSS)])


@pytest.mark.parametrize(
    ("pages", "verdict", "reason"),
    [
        ({"/rss": Page("gone", 404)}, "fails", "feed: the server answers with status 404"),
        ({"/rss": Page("<html><p>hello</p></html>")}, "fails", "feed: no feed"),
        ({"/rss": Page("")}, "fails", "feed: the body is empty"),
        ({"/rss": feed([])}, "fails", "feed: the feed is empty"),
        ({"/rss": FEED_OF_OTHERS}, "fails", "no link fits the article pattern (https://broken.example/video/1)"),
        ({"/robots.txt": Page("User-agent: *\nDisallow: /\n")}, "fails", "feed: "),
        (
            {"/news/1": Page("gone", 410)},
            "fails",
            "article https://broken.example/news/1: the server answers with status 410",
        ),
        ({"/news/1": article("Очередь", TEXT, None)}, "partly", "no date"),
        (
            {"/rss": feed([("https://broken.example/news/1", None)])},
            "partly",
            "feed: no item has a date that can be read",
        ),
        (
            {"/rss": feed([("https://broken.example/news/1", "Mon, 01 Sep 2025 09:30:00 +0500")])},
            "partly",
            "feed: nothing newer than 2025-09-01",
        ),
    ],
)
def test_what_is_wrong_is_said(
    web: SmallWeb, tmp_path: Path, pages: dict[str, Page], verdict: str, reason: str
) -> None:
    _fill(web, "broken")
    _fill(web, "delo")
    web |= {f"broken.example{path}": page for path, page in pages.items()}
    broken, good = _check(web, tmp_path, _source("broken"), _source("delo"))
    assert broken.verdict == verdict
    assert reason in broken.reason
    assert good.verdict == "works", "its neighbour"


def test_a_host_that_is_down(web: SmallWeb, tmp_path: Path) -> None:
    (check,) = _check(web, tmp_path, _source("down"))
    assert check.verdict == "fails"
    assert check.lists[0].status == "connect failed"


def test_one_dead_list_among_others_is_partly(web: SmallWeb, tmp_path: Path) -> None:
    _fill(web, "delo")
    source = _source("delo", feeds=("https://delo.example/rss", "https://delo.example/kk/rss"))
    (check,) = _check(web, tmp_path, source)
    assert check.verdict == "partly"
    assert "feed https://delo.example/kk/rss: the server answers with status 404" in check.reason


def test_the_feeds_that_the_home_page_names_are_a_hint(web: SmallWeb, tmp_path: Path) -> None:
    web["delo.example/"] = Page('<link rel="alternate" type="application/rss+xml" href="/feed/">')
    (check,) = _check(web, tmp_path, _source("delo"))
    assert check.verdict == "fails"
    assert "the home page names https://delo.example/feed/" in check.reason


def test_a_page_that_its_class_no_longer_knows_is_told(web: SmallWeb, tmp_path: Path) -> None:
    _fill(web, "delo")
    (check,) = _check(web, tmp_path, _source("delo", parser="tenge"))
    assert check.verdict == "partly"
    assert "another layout than its class knows" in check.reason
    assert check.article is not None
    assert check.article.reader == "generic"


@pytest.mark.parametrize(
    ("page", "verdict", "reason"),
    [
        (preview("kpp", [(1, "2025-10-02T04:00:00+00:00", "Очередь растёт")]), "works", ""),
        (preview("kpp", [(9, "2025-10-02T04:00:00+00:00", "Очередь")], before=9), "partly", "the page before"),
        (preview("kpp", [(1, "2025-09-02T04:00:00+00:00", "Очередь")]), "partly", "nothing newer than 2025-09-02"),
        (Page('<div class="tgme_page_title">Жол</div>'), "fails", "the channel has no public preview"),
        (Page('<div class="tgme_page_description">contact @kpp right away</div>'), "fails", "there is no such channel"),
        (Page("<h1>It works!</h1>"), "fails", "channel: "),
        (Page("", 503), "fails", "the server answers with status 503"),
    ],
)
def test_channels(web: SmallWeb, tmp_path: Path, page: Page, verdict: str, reason: str) -> None:
    web["t.me/s/kpp_news"] = page
    if isinstance(page.body, str):
        page.body = page.body.replace('"kpp/', '"kpp_news/').replace("/kpp/", "/kpp_news/")
    (check,) = _check(web, tmp_path, _channel("kpp_news"))
    assert (check.verdict, check.article) == (verdict, None)
    assert reason in check.reason
    assert bool(check.reason) == bool(reason)


def test_a_channel_is_read_back_one_page(web: SmallWeb, tmp_path: Path) -> None:
    web["mirror.example/s/kpp_news"] = preview("kpp_news", [(9, "2025-10-02T04:00:00+00:00", "Очередь")], before=9)
    web["mirror.example/s/kpp_news?before=9"] = preview("kpp_news", [(8, "2025-08-02T04:00:00+00:00", "Фуры")])
    (check,) = _check(web, tmp_path, _channel("kpp_news"), channel_host="mirror.example")
    assert (check.verdict, check.lists[0].items) == ("works", 2)
    assert check.lists[0].reaches_back_to is not None
    assert check.lists[0].reaches_back_to.month == 8


def test_a_source_that_takes_too_long_is_cut_off(web: SmallWeb, tmp_path: Path) -> None:
    _fill(web, "delo")
    slow = _source("slow", min_delay=30, feeds=("https://slow.example/rss", "https://slow.example/rss2"))
    _fill(web, "slow")
    slow_check, good = _check(web, tmp_path, slow, _source("delo"), limit_s=1.0)
    assert "not done after 1 s" in slow_check.reason
    assert slow_check.verdict != "works"
    assert good.verdict == "works"


def test_each_is_told_as_it_is_done(web: SmallWeb, tmp_path: Path) -> None:
    names = [f"delo{number}" for number in range(5)]
    for name in names:
        _fill(web, name)
    told: list[SourceCheck] = []
    checks = _check(web, tmp_path, *map(_source, names), at_once=2, told=told.append)
    assert [check.source_id for check in checks] == names
    assert sorted(check.source_id for check in told) == names


def test_an_archive_that_cant_be_written_is_an_error(web: SmallWeb, tmp_path: Path) -> None:
    (tmp_path / "archive").write_text("a file")
    with pytest.raises(ArchiveError):
        _check(web, tmp_path, _source("delo"))


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        (Page('<a href="/2025/09/02/kezek">x</a>'), "archive: by their addresses all articles are of other days"),
        (Page("<p>nothing</p>"), "archive: no link on the page fits the article pattern"),
        (Page("", 302, headers={"Location": "/"}), "archive: it leads to the home page"),
    ],
)
def test_an_archive_page_that_is_none_of_its_day(web: SmallWeb, tmp_path: Path, page: Page, reason: str) -> None:
    dated = r"/(?P<year>[0-9]{4})/(?P<month>[0-9]{2})/(?P<day>[0-9]{2})/"
    web["delo.example/rss"] = feed([("https://delo.example/2025/10/02/kezek", RSS)])
    web["delo.example/2025/10/02/kezek"] = article("Очередь", TEXT, "2025-10-02T09:30:00+05:00")
    web["delo.example/"] = Page('<a href="/2025/10/02/kezek">x</a>')
    web["delo.example/day/2025/10/02"] = page
    (check,) = _check(web, tmp_path, _source("delo", article=dated, archive=("https://delo.example/day/%Y/%m/%d",)))
    assert check.verdict == "partly"
    assert reason in check.reason


def test_dated_addresses_need_no_dates_in_the_sitemap(web: SmallWeb, tmp_path: Path) -> None:
    yesterday = DAY - timedelta(days=1)
    web["delo.example/map-2025-10.xml"] = Page(
        f"<urlset><url><loc>/2025/10/02/kezek</loc></url><url><loc>/{yesterday:%Y/%m/%d}/kezek</loc></url></urlset>"
    )
    web["delo.example/2025/10/02/kezek"] = article("Очередь", TEXT, "2025-10-02T09:30:00+05:00")
    source = _source(
        "delo",
        feeds=(),
        sitemaps=("https://delo.example/map-%Y-%m.xml",),
        article=r"/(?P<year>[0-9]{4})/(?P<month>[0-9]{2})/(?P<day>[0-9]{2})/",
    )
    (check,) = _check(web, tmp_path, source)
    assert (check.verdict, check.reason) == ("works", "")
