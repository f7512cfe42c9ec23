"""Discovery against a small web in memory: what is found, where it ends and what is missing."""

from __future__ import annotations

import asyncio
import gzip
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from ingest.discover import Discovery, discover
from ingest.fetch import Fetched
from ingest.interval import Interval
from tests.ingest.memory_web import CHANNEL, DAY, HOME, Web, channel_page, channel_pages, outlet

START = DAY.start


# A post every six hours, the first on September 28: ids 13 to 16 are of October 1.
POSTS = {number: datetime(2025, 9, 28, tzinfo=UTC) + timedelta(hours=6 * (number - 1)) for number in range(1, 25)}


def test_a_channel_is_read_back_to_the_interval_and_no_further() -> None:
    web = Web(channel_pages(POSTS))
    found = web.discover(CHANNEL)
    assert [item.post.id for item in found.posts] == [13, 14, 15, 16]
    assert all(item.post.published_at in DAY for item in found.posts)
    assert (found.stop_reason, found.complete) == ("reached start", True)
    assert web.asked == [f"https://t.me/s/jol_habar{query}" for query in ("", "?before=21", "?before=17", "?before=13")]
    # Posts come from pages: each carries the page's fetch.
    assert {item.fetch.url for item in found.posts} == {"https://t.me/s/jol_habar?before=17"}
    assert [fetch.url for fetch in found.fetches] == web.asked


def test_an_interval_far_back_is_searched_for() -> None:
    many = {number: DAY.end + timedelta(hours=number - 1000) for number in range(1, 10_001) if number % 7}
    web = Web(channel_pages(many, size=20))
    asked_for = web.get

    async def get(url: str) -> Fetched:
        """Any id may be asked for, not only those that pages link to."""
        address, _, before = url.partition("?before=")
        if before:
            shown = [number for number in many if number < int(before)][-20:]
            page = channel_page({number: many[number] for number in shown}, shown[0] if shown[0] > 1 else None)
            web.pages = {**web.pages, url: page}
        return await asked_for(url)

    found = asyncio.run(discover(CHANNEL, DAY, get))
    assert [item.post.id for item in found.posts] == [number for number, at in many.items() if at in DAY]
    assert (found.stop_reason, found.complete) == ("reached start", True)
    assert len(web.asked) < 20, "and not the 450 pages between"
    assert len(set(web.asked)) == len(web.asked)


def test_what_a_page_answers_for() -> None:
    del (posts := dict(POSTS))[15]
    spans = Web(channel_pages(posts)).discover(CHANNEL).spans
    whole = [span for span in spans if span.first_id <= 15 <= span.last_id]
    assert len(whole) == 1
    assert 15 not in whole[0].ids
    covered = [number for span in spans for number in range(span.first_id, span.last_id + 1)]
    assert sorted(covered) == list(range(min(covered), 25)), "no id between two pages is left out"


def test_the_oldest_page_is_the_end_only_if_the_first_post_is_on_it() -> None:
    young = {number: START + timedelta(hours=number) for number in range(1, 6)}
    whole = Web(channel_pages(young)).discover(CHANNEL)
    assert (whole.stop_reason, whole.complete, len(whole.posts)) == ("no more pages", True, 5)
    later = {number + 40: at for number, at in young.items()}
    broken = Web(channel_pages(later)).discover(CHANNEL)
    assert (broken.stop_reason, broken.gap_from, broken.gap_to) == ("no more pages", START, START + timedelta(hours=1))
    assert len(broken.posts) == 5


def test_an_empty_channel_has_no_gap_but_an_early_end_has() -> None:
    address = "https://t.me/s/jol_habar"
    empty = Web({address: channel_page({}, None)}).discover(CHANNEL)
    assert (empty.stop_reason, empty.complete) == ("no more pages", True)
    ended = Web({address: channel_page({50: DAY.end}, 50), f"{address}?before=50": channel_page({}, None)})
    assert ended.discover(CHANNEL).gap_to == DAY.end


def test_a_history_is_empty_only_where_the_page_says_so() -> None:
    address = "https://t.me/s/jol_habar"
    counter = '<div class="tgme_channel_info_counter"><span class="counter_value">{}</span><span class="counter_type">{}</span></div>'
    said = channel_page({}, None)
    for page, complete in (
        (said, True),
        (counter.format("12", "subscribers") + counter.format("0", "photos") + said, True),
        (counter.format("5K", "photos") + said, False),
        (said.replace("tme_no_messages_found", "tgme_other"), False),
    ):
        found = Web({address: page}).discover(CHANNEL)
        assert (found.complete, found.stop_reason) == (complete, "no more pages" if complete else "error")
        assert len(found.problems) == (0 if complete else 1)


def test_a_page_that_breaks_off_leaves_a_gap_and_no_post_is_gone() -> None:
    """The posts stand from old to new: the newest are what is lost, though the page reaches back to the start."""
    posts = {number: START + timedelta(hours=number - 10) for number in range(5, 25)}
    page = f"<html><body>{channel_page(posts, 5)}</body></html>"
    address = "https://t.me/s/jol_habar"
    assert Web({address: page}).discover(CHANNEL).complete
    cut = page[: len(page) // 2]
    found = Web({address: cut}).discover(CHANNEL)
    assert 0 < len(found.posts) < 10
    assert (found.stop_reason, found.gap_from, found.gap_to) == ("error", START, DAY.end)
    newer = channel_page({30: DAY.end - timedelta(hours=1), 31: DAY.end}, 25)
    further = Web({address: newer, f"{address}?before=25": cut}).discover(CHANNEL)
    assert (further.stop_reason, further.gap_to) == ("error", DAY.end - timedelta(hours=1))
    assert further.spans[-1].last_id == max(further.spans[-1].ids) < 24, "it does not answer for what it lost"


def test_one_post_before_the_start_may_have_a_wrong_time() -> None:
    address = "https://t.me/s/jol_habar"
    posts = {100: START - timedelta(hours=2)} | {100 + hour: START + timedelta(hours=10 * hour) for hour in (1, 2)}
    found = Web({address: channel_page(posts, 100), f"{address}?before=100": 503}).discover(CHANNEL)
    assert (found.stop_reason, found.gap_from, found.gap_to) == ("error", START, START + timedelta(hours=10))


def test_the_page_limit_leaves_a_gap() -> None:
    found = Web(channel_pages(POSTS)).discover(CHANNEL, max_pages=3)
    assert [item.post.id for item in found.posts] == [13, 14, 15, 16]
    # The oldest post stands at the very start: at that moment, there may have been more.
    assert (found.stop_reason, found.gap_from, found.gap_to) == ("page limit", START, POSTS[14])
    few = Web(channel_pages(POSTS)).discover(CHANNEL, max_pages=2)
    assert (few.gap_from, few.gap_to, few.posts) == (START, DAY.end, ())


@pytest.mark.parametrize(
    ("page", "stop"),
    [
        ('<div class="tgme_page_title">Жол</div>', "no preview"),
        ('<div class="tgme_page_description">contact @jol_habar right away</div>', "missing channel"),
        ("<html><h1>It works!</h1></html>", "error"),
        ("", "error"),
        (503, "error"),
        (0, "error"),
        (channel_page({1: START}, None, name="someone_else"), "error"),
    ],
)
def test_a_channel_that_cant_be_read_is_named_and_a_gap(page: str | int, stop: str) -> None:
    found = Web({"https://t.me/s/jol_habar": page}).discover(CHANNEL)
    assert found.stop_reason == stop
    assert (found.gap_from, found.gap_to, found.posts) == (DAY.start, DAY.end, ())
    assert len(found.problems) == 1


def test_an_error_half_way_keeps_what_was_read() -> None:
    pages = channel_pages(POSTS)
    pages["https://t.me/s/jol_habar?before=13"] = 502
    found = Web(pages).discover(CHANNEL)
    assert (found.stop_reason, [item.post.id for item in found.posts]) == ("error", [13, 14, 15, 16])
    assert (found.gap_from, found.gap_to) == (START, POSTS[14])
    pages["https://t.me/s/jol_habar?before=17"] = 502
    found = Web(pages).discover(CHANNEL)
    assert (found.stop_reason, found.posts, found.gap_to) == ("error", (), DAY.end)


def test_a_pager_that_goes_in_circles_ends() -> None:
    address = "https://t.me/s/jol_habar"
    page = channel_page({number: POSTS[number] for number in (21, 22, 23, 24)}, 21)
    web = Web({address: page, f"{address}?before=21": page})
    assert web.discover(CHANNEL).stop_reason == "error"
    assert len(web.asked) == 2


def test_one_post_with_a_wrong_time_does_not_end_the_reading() -> None:
    posts = dict(POSTS)
    posts[20] = START - timedelta(days=400)
    posts[17] = START - timedelta(days=3)
    found = Web(channel_pages(posts)).discover(CHANNEL)
    assert [item.post.id for item in found.posts] == [13, 14, 15, 16]
    assert (found.stop_reason, found.complete) == ("reached start", True)


def test_holes_between_ids_do_not_end_a_search() -> None:
    """A channel whose ids jump from hundreds to millions, twice."""
    ids = [*range(1, 200), *range(5_000_000, 5_000_400), *range(90_000_000, 90_000_900)]
    times = {number: DAY.end + timedelta(hours=place - 300) for place, number in enumerate(ids)}
    web = Web({})

    async def get(url: str) -> Fetched:
        before = int(url.partition("?before=")[2] or 10**9)
        shown = [number for number in ids if number < before][-20:]
        web.pages = {url: channel_page({number: times[number] for number in shown}, shown[0] if shown else None)}
        return await Web.get(web, url)

    found = asyncio.run(discover(CHANNEL, DAY, get))
    assert [item.post.id for item in found.posts] == [number for number, at in times.items() if at in DAY]
    assert found.complete
    assert len(web.asked) < 40


def test_what_is_wrong_with_a_page_is_told_and_its_posts_are_not_gone() -> None:
    pages = channel_pages(POSTS)
    address = "https://t.me/s/jol_habar?before=17"
    pages[address] = str(pages[address]).replace(POSTS[14].isoformat(), "whenever")
    found = Web(pages).discover(CHANNEL)
    assert [item.post.id for item in found.posts] == [13, 15, 16]
    assert len(found.problems) == 1
    assert found.problems[0].startswith(address)
    assert any(14 in span.ids for span in found.spans)


@pytest.mark.parametrize(("status", "stop"), [(404, "list gone"), (403, "list gone"), (429, "error"), (502, "error")])
def test_a_channel_host_that_refuses(status: int, stop: str) -> None:
    assert Web({"https://t.me/s/jol_habar": status}).discover(CHANNEL).stop_reason == stop


def test_another_host_for_channels() -> None:
    pages = {url.replace("t.me/s", "mirror.example/s"): page for url, page in channel_pages(POSTS).items()}
    assert len(Web(pages).discover(CHANNEL, channel_host="mirror.example").posts) == 4


def _feed(*items: tuple[str, datetime | str]) -> str:
    entries = "".join(
        f"<item><title>{url}</title><link>{url}</link><pubDate>"
        f"{format_datetime(at) if isinstance(at, datetime) else at}</pubDate></item>"
        for url, at in items
    )
    return f'<rss version="2.0"><channel><title>Дело</title>{entries}</channel></rss>'


FEED = outlet(feeds=(f"{HOME}/rss",))


def _urls(discovery: Discovery) -> list[str]:
    return sorted(found.url.removeprefix(HOME) for found in discovery.found)


def test_a_feed_gives_the_intervals_items_and_those_without_a_date() -> None:
    feed = _feed(
        ("/news/5", START + timedelta(days=1)),
        ("/news/4?utm_source=rss", START + timedelta(hours=23)),
        ("/news/3", "скоро"),
        ("/news/2", START),
        ("/news/1", START - timedelta(seconds=1)),
    )
    found = Web({f"{HOME}/rss": feed}).discover(FEED)
    assert _urls(found) == ["/news/2", "/news/3", "/news/4"]
    assert {item.url[-1]: item.published_at for item in found.found}["3"] is None
    assert (found.stop_reason, found.complete) == ("reached start", True)


def test_the_same_feed_for_a_past_interval_gives_that_intervals_items_only() -> None:
    times = {f"/news/{number}": START + timedelta(hours=12 - 24 * number) for number in range(5)}
    web = Web({f"{HOME}/rss": _feed(*times.items())})
    for number in range(4):
        day = Interval.of_day(date(2025, 10, 1) - timedelta(days=number))
        assert _urls(web.discover(FEED, day)) == [f"/news/{number}"]


def test_a_feed_that_begins_too_late_leaves_a_gap() -> None:
    oldest = START + timedelta(hours=9)
    pinned = ("/news/1", START - timedelta(days=300))
    web = Web({f"{HOME}/rss": _feed(pinned, ("/news/3", oldest + timedelta(hours=1)), ("/news/2", oldest))})
    found = web.discover(FEED)
    assert (found.stop_reason, found.gap_from, found.gap_to) == ("feed too short", START, oldest)
    assert _urls(found) == ["/news/2", "/news/3"]


def test_each_of_several_feeds_must_go_back_far_enough() -> None:
    source = outlet(feeds=(f"{HOME}/ru", f"{HOME}/kk"))
    long = _feed(("/news/1", START + timedelta(hours=2)), ("/news/2", START - timedelta(hours=2)))
    short = _feed(("/news/3", START + timedelta(hours=3)))
    found = Web({f"{HOME}/ru": long, f"{HOME}/kk": short}).discover(source)
    assert (found.gap_to, _urls(found)) == (START + timedelta(hours=3), ["/news/1", "/news/3"])


def test_a_date_that_has_not_come_yet_is_no_date() -> None:
    web = Web({f"{HOME}/rss": _feed(("/news/1", datetime(2099, 1, 1, tzinfo=UTC)), ("/news/2", START))})
    assert _urls(web.discover(FEED)) == ["/news/1", "/news/2"]


def test_a_list_that_breaks_off_leaves_the_interval_open() -> None:
    """What is there is kept. Feeds that go from old to new lose the newest."""
    ascending = [(f"/news/{number}", START + timedelta(hours=number - 2)) for number in range(10)]
    feed, pages = _feed(*ascending), _sitemap(*((url, "news", at) for url, at in ascending))
    named = outlet(sitemaps=(f"{HOME}/map-%Y-%m-%d.xml",), timezone="UTC")
    for source, url, body in (
        (FEED, f"{HOME}/rss", feed.encode()),
        (named, f"{HOME}/map-2025-10-01.xml", pages.encode()),
        (named, f"{HOME}/map-2025-10-01.xml", gzip.compress(pages.encode())),
    ):
        assert Web({url: body}).discover(source).complete
        found = Web({url: body[: len(body) * 4 // 5]}).discover(source)
        assert found.found
        assert (found.stop_reason, found.gap_from, found.gap_to) == ("error", START, DAY.end)
        assert found.problems[-1] == f"{url}: breaks off"


def test_an_entry_that_only_says_when_it_changed_may_be_of_the_interval() -> None:
    entries = "".join(
        f'<entry><title>x</title><link href="/news/{number}"/><updated>{at.isoformat()}</updated></entry>'
        for number, at in ((3, DAY.end), (2, START), (1, START - timedelta(hours=1)))
    )
    web = Web({f"{HOME}/rss": f'<feed xmlns="http://www.w3.org/2005/Atom">{entries}</feed>'})
    assert _urls(web.discover(FEED)) == ["/news/2", "/news/3"]


@pytest.mark.parametrize(
    ("page", "stop"),
    [(500, "error"), (0, "error"), ("", "error"), (404, "list gone"), ("<html>login</html>", "list gone")]
    + [(_feed(("/news/1", "")), "no dates"), (_feed(), "no dates")],
)
def test_a_feed_that_tells_nothing_leaves_the_whole_interval_open(page: str | int, stop: str) -> None:
    found = Web({f"{HOME}/rss": page}).discover(FEED)
    assert (found.stop_reason, found.gap_from, found.gap_to) == (stop, DAY.start, DAY.end)


ARCHIVE = outlet(feeds=(f"{HOME}/rss",), archive=f"{HOME}/archive/%Y-%m-%d")


def _archive(*links: str) -> str:
    return "<html>" + "".join(f'<a href="{link}">{link}</a>' for link in links) + "</html>"


def test_archive_pages_of_all_local_days_close_the_gap() -> None:
    web = Web(
        {
            f"{HOME}/rss": _feed(("/news/9", DAY.end - timedelta(hours=1)), ("/news/8", DAY.end - timedelta(hours=2))),
            f"{HOME}/archive/2025-10-01": _archive("/news/5", "/news/6", "/about"),
            f"{HOME}/archive/2025-10-02": _archive("/news/8", "/news/9", "/news/10"),
        }
    )
    found = web.discover(ARCHIVE)
    assert _urls(found) == ["/news/10", "/news/5", "/news/6", "/news/8", "/news/9"]
    assert found.complete
    by_url = {item.url[-1]: item for item in found.found}
    assert (by_url["9"].via, by_url["5"].via, by_url["5"].published_at) == ("feed", "archive", None)


def test_a_date_in_the_feed_stands_for_the_archive_too() -> None:
    web = Web(
        {
            f"{HOME}/rss": _feed(("/news/9", DAY.end + timedelta(hours=1)), ("/news/5", START - timedelta(hours=1))),
            f"{HOME}/archive/2025-10-01": _archive("/news/5", "/news/6"),
            f"{HOME}/archive/2025-10-02": _archive("/news/9"),
        }
    )
    assert _urls(web.discover(ARCHIVE)) == ["/news/6"]


def test_a_missing_archive_page_closes_nothing() -> None:
    feed = _feed(("/news/9", DAY.end - timedelta(hours=1)))
    found = Web({f"{HOME}/rss": feed, f"{HOME}/archive/2025-10-01": _archive("/news/5")}).discover(ARCHIVE)
    assert (found.stop_reason, found.gap_to) == ("list gone", DAY.end - timedelta(hours=1))
    assert found.problems == (f"{HOME}/archive/2025-10-02: HTTP status 404",)


def test_an_archive_that_lost_its_links_is_an_alarm_and_a_quiet_day_is_none() -> None:
    empty: dict[str, str | bytes | int] = {f"{HOME}/archive/2025-10-0{day}": _archive("/about") for day in (1, 2)}
    busy = Web(empty | {f"{HOME}/rss": _feed(("/news/9", START + timedelta(hours=1)))}).discover(ARCHIVE)
    assert not busy.complete
    assert "no article link" in busy.problems[0]
    quiet = Web(empty | {f"{HOME}/rss": _feed(("/news/9", DAY.end + timedelta(hours=1)))}).discover(ARCHIVE)
    assert (quiet.complete, quiet.problems) == (True, ())
    for feed in (503, 404):
        alone = Web(empty | {f"{HOME}/rss": feed}).discover(ARCHIVE)
        assert not alone.complete
        assert "no other list" in alone.problems[1]


SITEMAP = outlet(feeds=(f"{HOME}/rss",), sitemaps=(f"{HOME}/sitemap.xml",))


def _sitemap(*pages: tuple[str, str, datetime | None]) -> str:
    body = "".join(
        f"<url><loc>{url}</loc>"
        + (f"<{tag}>{at.isoformat()}</{tag}>" if at and tag == "lastmod" else "")
        + (
            f"<n:news><n:publication_date>{at.isoformat()}</n:publication_date></n:news>"
            if at and tag == "news"
            else ""
        )
        + "</url>"
        for url, tag, at in pages
    )
    return f'<urlset xmlns:n="http://www.google.com/schemas/sitemap-news/0.9">{body}</urlset>'


def test_a_news_sitemap_closes_the_gap_of_a_short_feed() -> None:
    pages = _sitemap(
        ("/news/3", "news", DAY.end),
        ("/news/2", "news", START + timedelta(hours=1)),
        ("/news/1", "news", START - timedelta(hours=1)),
        ("/tag/2", "news", START + timedelta(hours=1)),
    )
    feed = _feed(("/news/3", DAY.end))
    found = Web({f"{HOME}/rss": feed, f"{HOME}/sitemap.xml": pages}).discover(SITEMAP)
    assert _urls(found) == ["/news/2"]
    assert found.complete


def test_an_index_is_followed_to_what_can_be_of_the_interval() -> None:
    index = "".join(
        f"<sitemap><loc>/sitemap-{name}.xml</loc>{f'<lastmod>{at.isoformat()}</lastmod>' if at else ''}</sitemap>"
        for name, at in (("old", START - timedelta(days=30)), ("new", DAY.end), ("undated", None))
    )
    changed = _sitemap(
        ("/news/1", "lastmod", START + timedelta(hours=1)),
        ("/news/2", "lastmod", DAY.end + timedelta(days=30)),
        ("/news/3", "lastmod", START - timedelta(days=9)),
        ("/news/4", "lastmod", None),
    )
    web = Web(
        {
            f"{HOME}/sitemap.xml": f"<sitemapindex>{index}</sitemapindex>",
            f"{HOME}/sitemap-new.xml": changed,
            f"{HOME}/sitemap-undated.xml": _sitemap(("/news/7", "news", START)),
            f"{HOME}/rss": _feed(),
        }
    )
    found = web.discover(SITEMAP)
    assert f"{HOME}/sitemap-old.xml" not in web.asked
    assert _urls(found) == ["/news/1", "/news/7"]
    assert f"{HOME}/sitemap-new.xml: 1 of 4 pages have no date and are not read" in found.problems


def test_one_unreadable_sitemap_of_an_index_leaves_the_interval_open() -> None:
    index = "<sitemapindex><sitemap><loc>/a.xml</loc></sitemap><sitemap><loc>/b.xml</loc></sitemap></sitemapindex>"
    long = _sitemap(("/news/1", "news", START + timedelta(hours=1)), ("/news/0", "news", START - timedelta(days=9)))
    pages: dict[str, str | bytes | int] = {f"{HOME}/sitemap.xml": index, f"{HOME}/a.xml": long}
    short = {f"{HOME}/rss": _feed(("/news/9", START + timedelta(hours=9)))}
    found = Web(pages | short | {f"{HOME}/b.xml": 503}).discover(SITEMAP)
    assert (found.stop_reason, found.gap_from, found.gap_to) == ("error", START, START + timedelta(hours=9))
    assert _urls(found) == ["/news/1", "/news/9"]
    broken = Web(pages | short | {f"{HOME}/b.xml": "<html>login</html>"}).discover(SITEMAP)
    assert (broken.stop_reason, broken.complete) == ("list gone", False)
    assert Web(pages | short | {f"{HOME}/b.xml": _sitemap()}).discover(SITEMAP).complete
    far = {f"{HOME}/rss": _feed(("/news/9", START), ("/news/8", START - timedelta(hours=1)))}
    assert Web(pages | far | {f"{HOME}/b.xml": 503}).discover(SITEMAP).complete, "the feed is enough"


@pytest.mark.parametrize(
    ("link", "read"),
    [
        ("/news/1?q=%F1%F2%EE&amp;utm_source=rss", "/news/1?q=%F1%F2%EE"),
        ("/news/1?utm_source=rss&amp;a=1%2B1&amp;b&amp;utm_medium=x", "/news/1?a=1%2B1&b"),
        ("/news/1?utm_source=rss", "/news/1"),
        ("/news/1?utm_source=rss#top", "/news/1"),
        ("/news/1?a=b+c", "/news/1?a=b+c"),
    ],
)
def test_tracking_is_cut_off_and_the_rest_of_the_query_stays_as_it_is(link: str, read: str) -> None:
    found = Web({f"{HOME}/rss": _feed((link, START))}).discover(FEED)
    assert _urls(found) == [read]


def test_sitemaps_that_name_each_other_end() -> None:
    index = (
        "<sitemapindex>" + "".join(f"<sitemap><loc>/s{n}.xml</loc></sitemap>" for n in range(50)) + "</sitemapindex>"
    )
    pages: dict[str, str | bytes | int] = {f"{HOME}/s{n}.xml": index for n in range(50)}
    web = Web(pages | {f"{HOME}/sitemap.xml": index, f"{HOME}/rss": _feed(("/news/9", DAY.end))})
    found = web.discover(SITEMAP, max_sitemaps=7)
    assert len(web.asked) == 1 + 7
    assert (found.stop_reason, found.complete) == ("page limit", False)
    assert any("7 sitemaps are the limit" in problem for problem in found.problems)


@pytest.mark.parametrize(
    ("status", "stop"), [(503, "error"), (429, "error"), (0, "error"), (404, "list gone"), (403, "list gone")]
)
def test_a_list_that_fails_beside_one_that_is_too_short_is_not_hidden_by_it(status: int, stop: str) -> None:
    source = outlet(feeds=(f"{HOME}/rss", f"{HOME}/kk"), sitemaps=(f"{HOME}/sitemap.xml",))
    short = _feed(("/news/9", START + timedelta(hours=9)))
    for failing in (f"{HOME}/kk", f"{HOME}/sitemap.xml"):
        pages: dict[str, str | bytes | int] = {
            f"{HOME}/rss": short,
            f"{HOME}/kk": short,
            f"{HOME}/sitemap.xml": _sitemap(),
        }
        found = Web(pages | {failing: status}).discover(source)
        assert (found.stop_reason, found.complete) == (stop, False), failing


def test_what_items_lack_is_told_once_a_feed() -> None:
    feed = _feed(
        ("/news/1", START),
        ("", START),
        ("mailto:desk@delo.example", START),
        ("/news/2", "31 сентября 2025"),
        ("/news/3", datetime(2099, 1, 1, tzinfo=UTC)),
    )
    found = Web({f"{HOME}/rss": feed}).discover(FEED)
    assert [problem.removeprefix(f"{HOME}/rss: ") for problem in found.problems] == [
        "2 of 5 items have no link ('')",
        "1 of 5 items has a date that can't be read ('31 сентября 2025')",
        "1 of 5 items has a date that has not come yet ('2099-01-01T00:00:00+00:00')",
    ]
    assert _urls(found) == ["/news/1", "/news/2", "/news/3"]


def test_a_feed_that_nobody_writes_any_more_does_not_say_that_there_was_nothing() -> None:
    dead = Web({f"{HOME}/rss": _feed(("/news/1", START - timedelta(days=40)), ("/news/0", START - timedelta(days=50)))})
    found = dead.discover(FEED)
    assert (found.stop_reason, found.gap_from, found.gap_to) == ("list gone", DAY.start, DAY.end)
    assert "nothing newer than 2025-08-22" in found.problems[0]
    slow = Web({f"{HOME}/rss": _feed(("/news/1", START - timedelta(days=20)))})
    assert slow.discover(FEED).complete


def test_a_feed_with_pages_is_read_back_to_the_interval() -> None:
    source = outlet(feeds=(f"{HOME}/feed/[?paged={{page}}]",))
    hours = [DAY.end + timedelta(hours=20 - number) for number in range(60)]
    pages: dict[str, str | bytes | int] = {
        f"{HOME}/feed/{f'?paged={number + 1}' if number else ''}": _feed(
            *((f"/news/{one}", hours[one]) for one in range(10 * number, 10 * number + 10))
        )
        for number in range(6)
    }
    web = Web(pages)
    found = web.discover(source)
    assert _urls(found) == sorted(f"/news/{one}" for one, at in enumerate(hours) if at in DAY)
    assert (found.stop_reason, found.complete, len(web.asked)) == ("reached start", True, 5)
    limited = Web(pages).discover(source, max_list_pages=3)
    assert (limited.stop_reason, limited.gap_to) == ("page limit", hours[29])
    ended = Web({url: page for url, page in pages.items() if url[-1] not in "456"}).discover(source)
    assert (ended.stop_reason, ended.gap_to, ended.problems) == ("feed too short", hours[29], ())
    failed = Web(pages | {f"{HOME}/feed/?paged=4": 503}).discover(source)
    assert (failed.stop_reason, failed.gap_to) == ("error", hours[29])
    same = dict.fromkeys(pages, pages[f"{HOME}/feed/"])
    assert Web(same).discover(source).stop_reason == "feed too short", "a site that ignores the number"


def test_sitemaps_of_a_month_are_read_only_where_the_interval_touches_it() -> None:
    source = outlet(sitemaps=(f"{HOME}/map-%Y-%m.xml",))
    web = Web(
        {
            f"{HOME}/map-2025-10.xml": _sitemap(
                ("/news/1", "lastmod", START - timedelta(hours=1)),
                ("/news/2", "lastmod", START + timedelta(hours=1)),
                ("/news/3", "lastmod", START + timedelta(days=20)),
            )
        }
    )
    found = web.discover(source)
    assert web.asked == [f"{HOME}/map-2025-10.xml"]
    # An article of the month that was changed later may be of any of its earlier days.
    assert _urls(found) == ["/news/1", "/news/2", "/news/3"]
    assert (found.stop_reason, found.complete) == ("reached start", True)
    edge = Interval(START - timedelta(hours=12), START)
    assert web.discover(source, edge).stop_reason == "list gone"
    assert web.asked[1:] == [f"{HOME}/map-2025-09.xml", f"{HOME}/map-2025-10.xml"]


def test_a_sitemap_that_ignores_the_date_it_is_asked_for_covers_nothing() -> None:
    source = outlet(sitemaps=(f"{HOME}/map?from=%Y%m%d",))
    latest = _sitemap(
        ("/news/8", "news", DAY.end + timedelta(days=40)), ("/news/9", "news", DAY.end + timedelta(days=41))
    )
    pages: dict[str, str | bytes | int] = {f"{HOME}/map?from=2025100{day}": latest for day in (1, 2)}
    found = Web(pages).discover(source)
    assert (found.found, found.stop_reason, found.complete) == ((), "list gone", False)
    assert "none of its 2 pages is of the date in its address" in found.problems[0]
    right = _sitemap(("/news/1", "news", START + timedelta(hours=4)))
    assert Web(dict.fromkeys(pages, right)).discover(source).complete


def test_a_sitemap_of_a_day_lists_that_day_even_without_dates() -> None:
    source = outlet(sitemaps=(f"{HOME}/map-%Y%m%d.xml",))
    pages: dict[str, str | bytes | int] = {
        f"{HOME}/map-2025100{day}.xml": _sitemap((f"/news/{day}", "lastmod", None)) for day in (1, 2)
    }
    found = Web(pages).discover(source)
    assert (_urls(found), found.complete) == (["/news/1", "/news/2"], True)


def test_a_series_whose_older_sitemaps_are_left_out_holds_the_interval() -> None:
    def index(*children: tuple[str, datetime]) -> str:
        entries = "".join(
            f"<sitemap><loc>/{name}.xml</loc><lastmod>{at.isoformat()}</lastmod></sitemap>" for name, at in children
        )
        return f"<sitemapindex>{entries}</sitemapindex>"

    source = outlet(sitemaps=(f"{HOME}/sitemap.xml",))
    old, now = START - timedelta(days=3), DAY.end
    young = {f"{HOME}/news-2.xml": _sitemap(("/news/2", "news", START + timedelta(hours=5)))}
    series = Web({**young, f"{HOME}/sitemap.xml": index(("news-1", old), ("news-2", now))}).discover(source)
    assert (_urls(series), series.complete) == (["/news/2"], True)
    others = Web({**young, f"{HOME}/sitemap.xml": index(("pages", old), ("news-2", now))}).discover(source)
    assert (others.stop_reason, others.gap_to) == ("feed too short", START + timedelta(hours=5))


def test_a_page_that_changed_long_after_the_interval_may_be_of_it() -> None:
    def found(**more: Any) -> Discovery:
        changed = (("/news/2", -9.0), ("/news/1", 9.0), ("/news/3", 1.0))
        pages = _sitemap(*((url, "lastmod", DAY.end + timedelta(days=days)) for url, days in changed))
        return Web({f"{HOME}/posts.xml": pages}).discover(outlet(sitemaps=(f"{HOME}/posts.xml",), **more))

    open_end = found()
    assert (_urls(open_end), open_end.stop_reason, open_end.complete) == (["/news/3"], "no dates", False)
    assert "1 of 3 pages changed long after the interval" in open_end.problems[0]
    named = _sitemap(("/2025/11/20/1", "lastmod", DAY.end + timedelta(days=50)), ("/2025/09/01/1", "lastmod", START))
    months = DATED.replace("(?P<day>[0-9]{2})", "[0-9]{2}")
    whole = Web({f"{HOME}/posts.xml": named}).discover(outlet(sitemaps=(f"{HOME}/posts.xml",), article=months))
    assert (whole.problems, whole.stop_reason) == ((), "feed too short"), "its address says that it is of another month"
    # Beside it, what an index names can't be whole either.
    index = (
        "<sitemapindex><sitemap><loc>/posts.xml</loc></sitemap><sitemap><loc>/old.xml</loc></sitemap></sitemapindex>"
    )
    web = Web(
        {
            f"{HOME}/sitemap.xml": index,
            f"{HOME}/posts.xml": _sitemap(("/news/1", "lastmod", DAY.end + timedelta(days=9))),
            f"{HOME}/old.xml": _sitemap(("/news/901", "lastmod", START - timedelta(days=900))),
        }
    )
    assert not web.discover(outlet(sitemaps=(f"{HOME}/sitemap.xml",))).complete


NEWS = [(f"/news/{number}", "news", DAY.end + timedelta(days=20, hours=-number)) for number in range(48)]


def test_a_sitemap_of_one_section_does_not_speak_for_the_others() -> None:
    source = outlet(sitemaps=(f"{HOME}/news.xml", f"{HOME}/other.xml"))

    def found(other: str, interval: Interval = DAY, **more: str) -> Discovery:
        pages = {f"{HOME}/news.xml": _sitemap(*NEWS), f"{HOME}/other.xml": other}
        return Web(pages | {f"{HOME}/{name}.xml": page for name, page in more.items()}).discover(source, interval)

    old = [(f"/news/{900 + number}", "lastmod", START - timedelta(days=2000 + number)) for number in range(9)]
    short = found(_sitemap(*old))
    assert (short.stop_reason, short.gap_from, short.gap_to) == ("feed too short", START, DAY.end)
    lately = Interval(DAY.end + timedelta(days=19), DAY.end + timedelta(days=20))
    assert found(_sitemap(*old), lately).complete
    # Some of the news may be in a section that is still written.
    section = [
        *NEWS[10:20],
        *((f"/news/{100 + number}", "news", START - timedelta(days=number)) for number in range(9)),
    ]
    assert not found(_sitemap(*section)).complete
    # The full sitemap, which was last made some hours ago, has all that the news sitemap has.
    full = [*NEWS[5:], *((f"/news/{100 + day}", "news", DAY.end + timedelta(days=19 - day)) for day in range(40))]
    whole = found(_sitemap(*full))
    assert (_urls(whole), whole.stop_reason, whole.complete) == (["/news/120"], "reached start", True)
    index = (
        "<sitemapindex><sitemap><loc>/news.xml</loc></sitemap><sitemap><loc>/full.xml</loc></sitemap></sitemapindex>"
    )
    assert found(index, full=_sitemap(*full[43:])).complete, "the index lists the news sitemap as well"


def test_a_news_sitemap_beside_sitemaps_of_months() -> None:
    source = outlet(sitemaps=(f"{HOME}/news.xml", f"{HOME}/map-%Y-%m.xml"))
    pages: dict[str, str | bytes | int] = {f"{HOME}/news.xml": _sitemap(*NEWS)}
    month = _sitemap(*((f"/news/{100 + day}", "news", START + timedelta(days=day, hours=1)) for day in range(20)))
    found = Web(pages | {f"{HOME}/map-2025-10.xml": month}).discover(source)
    assert (_urls(found), found.complete) == (["/news/100"], True)
    failed = Web(pages | {f"{HOME}/map-2025-10.xml": 503}).discover(source)
    assert (failed.stop_reason, failed.complete) == ("error", False)
    # Two editions: neither speaks for the other.
    two = outlet(sitemaps=(f"{HOME}/ru-%Y-%m.xml", f"{HOME}/kk-%Y-%m.xml"))
    undated = _sitemap(*((f"/news/{number}", "lastmod", None) for number in range(5)))
    editions = Web({f"{HOME}/ru-2025-10.xml": month, f"{HOME}/kk-2025-10.xml": undated}).discover(two)
    assert not editions.complete


def test_sitemaps_of_tags_do_not_matter_unless_there_is_nothing_else() -> None:
    index = (
        "<sitemapindex><sitemap><loc>/tags.xml</loc></sitemap><sitemap><loc>/news.xml</loc></sitemap></sitemapindex>"
    )
    source = outlet(sitemaps=(f"{HOME}/sitemap.xml",))
    tags = _sitemap(("/tag/1", "lastmod", START), ("/tag/2", "lastmod", START))
    news = _sitemap(("/news/1", "news", START), ("/news/0", "news", START - timedelta(days=1)))
    pages: dict[str, str | bytes | int] = {f"{HOME}/sitemap.xml": index, f"{HOME}/tags.xml": tags}
    assert Web(pages | {f"{HOME}/news.xml": news}).discover(source).complete
    found = Web(pages | {f"{HOME}/news.xml": tags}).discover(source)
    assert found.stop_reason == "list gone"
    assert found.problems[0] == f"{HOME}/news.xml: none of its 2 pages is an article's"


def test_a_sitemap_made_at_one_moment_says_nothing_of_its_pages() -> None:
    source = outlet(sitemaps=(f"{HOME}/sitemap.xml",))
    made = START + timedelta(hours=3, minutes=1)
    found = Web({f"{HOME}/sitemap.xml": _sitemap(*((f"/news/{n}", "lastmod", made) for n in range(60)))}).discover(
        source
    )
    assert (found.found, found.stop_reason) == ((), "no dates")
    assert "60 of 60 pages have no date" in found.problems[0]


DATED = r"/(?P<year>[0-9]{4})/(?P<month>[0-9]{2})/(?P<day>[0-9]{2})/[0-9]+$"


def test_links_whose_address_names_another_day_are_left_alone() -> None:
    source = outlet(feeds=(f"{HOME}/rss",), archive=(f"{HOME}/news/%Y/%m/%d",), article=DATED)
    web = Web(
        {
            f"{HOME}/rss": _feed(("/2025/09/30/7", START), ("/2025/10/09/8", "")),
            f"{HOME}/news/2025/10/01": _archive("/2025/10/01/1", "/2025/09/30/2", "/2025/10/02/3"),
            f"{HOME}/news/2025/10/02": _archive("/2025/10/02/4", "/2019/01/01/5"),
        }
    )
    # The feed's own date counts more than the address; the popular stories in the margin are of other days.
    assert _urls(web.discover(source)) == ["/2025/09/30/7", "/2025/10/01/1", "/2025/10/02/3", "/2025/10/02/4"]


def test_todays_page_for_another_days_address_is_no_archive() -> None:
    """The links are of today: by their addresses, or because every day shows the same ones."""
    today = _archive("/2025/11/20/1", "/2025/11/20/2")
    source = outlet(feeds=(f"{HOME}/rss",), archive=(f"{HOME}/news/%Y/%m/%d",), article=DATED)
    pages: dict[str, str | bytes | int] = {f"{HOME}/rss": _feed(("/2025/10/04/9", DAY.end + timedelta(days=1)))}
    found = Web(pages | {f"{HOME}/news/2025/10/0{day}": today for day in (1, 2)}).discover(source)
    assert (found.found, found.stop_reason, found.complete) == ((), "list gone", False)
    assert "the same 2 articles" in found.problems[0]
    varied = {f"{HOME}/news/2025/10/01": today, f"{HOME}/news/2025/10/02": _archive("/2025/11/20/1")}
    found = Web(pages | varied).discover(source)
    assert (found.found, found.complete) == ((), False)
    assert "by their addresses all of other days" in found.problems[0]
    home = outlet(archive=(f"{HOME}/news/%Y/%m/%d",))
    sent_home = Web({f"{HOME}/news/2025/10/0{day}": _archive(f"/news/{day}") for day in (1, 2)})
    sent_home.leads_to[f"{HOME}/news/2025/10/01"] = f"{HOME}/"
    assert sent_home.discover(home).problems == (f"{HOME}/news/2025/10/01: leads to the home page",)
    undated = outlet(feeds=(f"{HOME}/rss",), archive=(f"{HOME}/news/%Y/%m/%d",))
    same = _archive("/news/1", "/news/2")
    found = Web(pages | {f"{HOME}/news/2025/10/0{day}": same for day in (1, 2)}).discover(undated)
    assert (found.stop_reason, found.complete) == ("list gone", False)


def test_an_archive_with_pages_is_read_while_it_brings_something_new() -> None:
    source = outlet(archive=(f"{HOME}/kk/%Y-%m-%d/[{{page}}/]", f"{HOME}/ru/%Y-%m-%d/"))
    pages: dict[str, str | bytes | int] = {
        f"{HOME}/kk/2025-10-01/": _archive("/news/1", "/news/2"),
        f"{HOME}/kk/2025-10-01/2/": _archive("/news/2", "/news/3"),
        f"{HOME}/kk/2025-10-01/3/": _archive("/news/3"),
        f"{HOME}/kk/2025-10-02/": _archive("/news/4"),
        f"{HOME}/ru/2025-10-01/": _archive("/news/5") + '<link rel="next" href="/ru/2025-10-02/">',
        f"{HOME}/ru/2025-10-02/": _archive("/news/6") + '<a rel="next" href="?page=2">',
        f"{HOME}/ru/2025-10-02/?page=2": _archive("/news/7"),
    }
    web = Web(pages)
    found = web.discover(source)
    assert _urls(found) == [f"/news/{number}" for number in range(1, 8)]
    assert (found.stop_reason, found.problems) == ("reached start", ())
    assert [url.removeprefix(HOME) for url in web.asked] == [
        "/kk/2025-10-01/",
        "/kk/2025-10-01/2/",
        "/kk/2025-10-01/3/",
        "/kk/2025-10-02/",
        "/kk/2025-10-02/2/",
        "/ru/2025-10-01/",
        "/ru/2025-10-02/",
        "/ru/2025-10-02/?page=2",
    ]
    assert Web(pages).discover(source, max_list_pages=2).stop_reason == "page limit"
    assert Web(pages | {f"{HOME}/kk/2025-10-01/2/": 503}).discover(source).stop_reason == "error"


@pytest.mark.parametrize(
    ("answer", "stop"),
    [
        (404, "reached start"),
        (410, "reached start"),
        (401, "list gone"),
        (403, "list gone"),
        (429, "error"),
        (0, "error"),
    ],
)
def test_only_a_page_that_is_not_there_is_the_end_of_a_list(answer: int, stop: str) -> None:
    """A page that is refused may hold the most of the day."""
    paged, linked = f"{HOME}/day/%Y-%m-%d/[{{page}}/]", f"{HOME}/day/%Y-%m-%d/"
    first = _archive("/news/1", "/news/2") + '<link rel="next" href="/day/2025-10-01/2/">'
    pages: dict[str, str | bytes | int] = {f"{HOME}/day/2025-10-01/": first, f"{HOME}/day/2025-10-01/2/": answer}
    for pattern in (paged, linked):
        found = Web(pages).discover(outlet(archive=(pattern,), timezone="UTC"))
        assert (found.stop_reason, found.complete) == (stop, stop == "reached start")
        assert len(found.problems) == (0 if found.complete else 1)
    feed = _feed(("/news/2", START + timedelta(hours=5)), ("/news/1", START + timedelta(hours=4)))
    found = Web({f"{HOME}/rss": feed, f"{HOME}/rss?page=2": answer}).discover(
        outlet(feeds=(f"{HOME}/rss[?page={{page}}]",))
    )
    assert found.stop_reason == {"reached start": "feed too short"}.get(stop, stop)
    assert found.gap_to == START + timedelta(hours=4)


def test_archives_of_months_are_read_only_for_what_the_feeds_no_longer_have() -> None:
    source = outlet(feeds=(f"{HOME}/rss",), archive=(f"{HOME}/%Y/%m/",))
    pages: dict[str, str | bytes | int] = {f"{HOME}/2025/10/": _archive("/news/3", "/news/4")}
    items = [("/news/2", START + timedelta(hours=1)), ("/news/1", START), ("/news/0", START - timedelta(seconds=1))]
    web = Web(pages | {f"{HOME}/rss": _feed(*items)})
    assert (_urls(web.discover(source)), len(web.asked)) == (["/news/1", "/news/2"], 1)
    # Of the very moment of the oldest item there may have been more.
    assert not Web({f"{HOME}/rss": _feed(*items[:2])}).discover(FEED).complete
    short = Web(pages | {f"{HOME}/rss": _feed(("/news/2", START + timedelta(hours=1)))})
    found = short.discover(source)
    assert (_urls(found), found.complete, found.stop_reason) == (
        ["/news/2", "/news/3", "/news/4"],
        True,
        "reached start",
    )
