"""The outlets: pages, feeds, sitemaps, archives, robots.txt, and what happens between the nights."""

import json
import re
import tomllib
from datetime import UTC, datetime, timedelta

import feedparser
import pytest
from bs4 import BeautifulSoup

from infra.demo.server import LAST_INSTANT, DemoWeb
from infra.demo.story import HERE, World, load_world
from tests.infra.conftest import Get

WORLD = load_world()
SOURCES = tomllib.loads((HERE / "sources.toml").read_text(encoding="utf-8"))["source"]
NIGHT = {day: datetime(2025, 10, day, tzinfo=UTC) + timedelta(days=1) for day in (1, 2, 3)}


def test_the_world_is_as_large_as_promised() -> None:
    assert len(WORLD.outlets) >= 8
    assert len(WORLD.channels) >= 6
    sides = {source["side"] for source in SOURCES if source["kind"] == "outlet"}
    assert sides == {"KZ", "RU", "OTHER"}
    assert {outlet.language(a) for outlet in WORLD.outlets for a in outlet.article} == {"ru", "kk", "en"}


def test_every_one_of_the_fourteen_nights_has_something() -> None:
    moments = [a.published_at for o in WORLD.outlets for a in o.article] + [
        p.at for c in WORLD.channels for p in c.post
    ]
    days = {moment.astimezone(UTC).date().isoformat() for moment in moments}
    start = datetime(2025, 9, 20, tzinfo=UTC)
    assert {(start + timedelta(days=n)).date().isoformat() for n in range(14)} <= days


def test_the_sources_file_fits_the_stories() -> None:
    by_id = {source["id"]: source for source in SOURCES}
    assert {o.id for o in WORLD.outlets} | {c.name for c in WORLD.channels} == set(by_id)
    for outlet in WORLD.outlets:
        source = by_id[outlet.id]
        assert source["home"] == outlet.home
        assert source["timezone"] == outlet.timezone
        assert source["feeds"] == [f"https://{outlet.host}{feed.path}" for feed in outlet.feeds]
        assert source.get("archive") == (f"https://{outlet.host}{outlet.archive}" if outlet.archive else None)
        for article in outlet.article:
            assert re.search(source["article"], outlet.url(article))
        assert not re.search(source["article"], outlet.home)


@pytest.mark.parametrize("outlet", WORLD.outlets, ids=lambda outlet: outlet.id)
def test_every_article_page_shows_its_whole_text(get: Get, outlet) -> None:  # type: ignore[no-untyped-def]
    for article, version in outlet.visible(LAST_INSTANT):
        reply = get(outlet.url(article))
        page = " ".join(BeautifulSoup(reply.body.decode(outlet.charset), "lxml").get_text(" ").split())
        squeezed = page.replace(" ", "")
        for line in [version.title, *version.text.split("\n")]:
            assert line.replace(" ", "") in squeezed, line
        if article.byline:
            assert article.byline in page


def test_the_regional_site_speaks_windows_1251_and_says_so_only_in_the_page(get: Get) -> None:
    reply = get("https://stepnoy-ural.example/news/748502/")
    assert reply.headers["Content-Type"] == "text/html"
    with pytest.raises(UnicodeDecodeError):
        reply.body.decode("utf-8")
    assert "замедлилось" in reply.body.decode("windows-1251")
    assert b"charset=windows-1251" in reply.body
    feed = feedparser.parse(get("https://stepnoy-ural.example/rss.php").body)
    assert feed.encoding == "windows-1251"
    assert any("Оренбуржцы" in entry.title for entry in feed.entries)


def test_json_ld_is_json_where_there_is_any(get: Get) -> None:
    found = 0
    for outlet in WORLD.outlets:
        article = outlet.visible(LAST_INSTANT)[0][0]
        soup = BeautifulSoup(get(outlet.url(article)).body, "lxml")
        for script in soup.select('script[type="application/ld+json"]'):
            assert "headline" in json.dumps(json.loads(script.string or ""))
            found += 1
    assert 3 <= found < len(WORLD.outlets)


def test_feeds_parse_and_hold_only_the_newest(get: Get) -> None:
    kinds = set()
    for outlet in WORLD.outlets:
        for spec in outlet.feeds:
            feed = feedparser.parse(get(f"https://{outlet.host}{spec.path}").body)
            assert not feed.bozo, feed.get("bozo_exception")
            kinds.add(feed.version)
            newest = outlet.visible(LAST_INSTANT, spec.lang)[: spec.limit]
            links = [entry.link.removeprefix(f"https://{outlet.host}") for entry in feed.entries]
            assert links == [article.path for article, _ in newest]
            for entry, (article, _) in zip(feed.entries, newest, strict=True):
                assert datetime(*entry.published_parsed[:6], tzinfo=UTC) == article.published_at.astimezone(UTC)
    assert kinds == {"rss20", "atom10"}


def test_one_agency_has_relative_feed_links(get: Get) -> None:
    feed = feedparser.parse(get("https://astana-lenta.example/ru/rss/").body)
    assert all(entry.link.startswith("/ru/news/") for entry in feed.entries)


def test_archive_pages_list_every_local_day(get: Get) -> None:
    with_archives = [outlet for outlet in WORLD.outlets if outlet.archive]
    assert len(with_archives) >= 5
    for outlet in with_archives:
        for article, _ in outlet.visible(LAST_INSTANT):
            assert outlet.archive is not None
            local = article.published_at.astimezone(outlet.zone)
            body = get(f"https://{outlet.host}{local.strftime(outlet.archive)}").body.decode(outlet.charset)
            assert article.path in body
        assert get(f"https://{outlet.host}{datetime(2025, 12, 1).strftime(outlet.archive or '')}").status == 404  # noqa: DTZ001


def test_sitemaps_lead_from_the_index_to_the_articles(get: Get) -> None:
    index = BeautifulSoup(get("https://delovoy-shelk.example/sitemap.xml").body, "xml")
    places = [loc.get_text() for loc in index.select("sitemap > loc")]
    assert "https://delovoy-shelk.example/sitemap-news.xml" in places
    articles: set[str] = set()
    for place in places:
        articles |= {loc.get_text() for loc in BeautifulSoup(get(place).body, "xml").select("url > loc")}
    outlet = WORLD.outlet("delovoy-shelk.example")
    assert outlet is not None
    assert articles == {outlet.url(article) for article, _ in outlet.visible(LAST_INSTANT)}
    news = BeautifulSoup(get("https://vestnik-agency.example/sitemap_news.xml").body, "xml")
    assert len(news.find_all("publication_date")) == len(news.find_all("url")) > 0


def test_robots_files_differ(get: Get) -> None:
    assert get("https://astana-lenta.example/robots.txt").status == 404
    assert "Crawl-delay: 0.05" in get("https://vestnik-agency.example/robots.txt").text
    assert "Disallow: /premium/" in get("https://eurasia-freight.example/robots.txt").text
    assert b"/premium/border-wait-index-week-40" in get("https://eurasia-freight.example/news/rss").body


def test_the_silent_rewrite_says_nothing_and_the_noted_one_does(web: DemoWeb, get: Get) -> None:
    silent = "https://uralsk-inform.example/2025/10/voditeli-vinyat-post-syrym/"
    noted = "https://caravan-monitor.example/2025/10/kazakhstan-russia-sanctions-checks"
    web.set_clock(NIGHT[1])
    before = get(silent).text
    assert "смена работает вполсилы" in before
    assert get(noted).status == 404
    web.set_clock(NIGHT[2])
    after = get(silent).text
    assert "смена работает вполсилы" not in after
    assert "осеннего сезона" in after
    assert "Обновлено" not in after
    assert "updated on October 2, 2025" in get(noted).text


def test_one_agency_line_is_in_four_outlets_on_one_day() -> None:
    line = "Оформление грузов на российско-казахстанской границе не замедлилось, дополнительных проверок"
    carriers = {
        outlet.id
        for outlet in WORLD.outlets
        for article, version in outlet.visible(LAST_INSTANT)
        if line in version.text and article.published_at.astimezone(UTC).date().isoformat() == "2025-10-01"
    }
    assert carriers == {"vestnik", "stepnoy_ural", "tenge", "chorsu"}


def test_the_amp_twin_names_its_original(get: Get) -> None:
    path = "/articles/2025/10/02/karavan-vstal-perevozchiki-o-proverkah"
    soup = BeautifulSoup(get(f"https://delovoy-shelk.example{path}").body, "lxml")
    twin = soup.select_one('link[rel="amphtml"]')
    assert twin is not None
    amp = BeautifulSoup(get(str(twin["href"])).body, "lxml").select_one('link[rel="canonical"]')
    assert amp is not None
    assert amp["href"] == f"https://delovoy-shelk.example{path}"


def test_paths_and_post_ids_are_unique() -> None:
    def unique(world: World) -> None:
        for outlet in world.outlets:
            paths = [article.path for article in outlet.article]
            assert len(paths) == len(set(paths))
        for channel in world.channels:
            ids = [message_id for post in channel.post for message_id in post.ids]
            assert len(ids) == len(set(ids))
            assert [p.at for p in channel.post] == sorted(p.at for p in channel.post)

    unique(WORLD)


def test_feeds_hold_each_of_the_last_nights_but_not_the_first_ones() -> None:
    short = 0
    for outlet in WORLD.outlets:
        for spec in outlet.feeds:
            for night in NIGHT.values():
                items = outlet.visible(night, spec.lang)
                of_the_day = [a for a, _ in items if a.published_at >= night - timedelta(days=1)]
                assert len(of_the_day) < spec.limit
            short += len(outlet.visible(LAST_INSTANT, spec.lang)) > spec.limit
    assert short >= 8
