"""Whatever a list looks like: an interval yields its items and no others, and consecutive intervals share nothing and lose
nothing."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.discover import Discovery
from ingest.interval import Interval
from ingest.source import Source
from tests.ingest.memory_web import CHANNEL, HOME, Web, channel_pages, outlet

FIRST = datetime(2025, 9, 29, tzinfo=UTC)
LAST = datetime(2025, 10, 3, tzinfo=UTC)
MINUTES = int((LAST - FIRST).total_seconds()) // 60


@dataclass(frozen=True)
class Story:
    """When an article appears, how precisely a list says so, and after how many hours it is changed."""

    minute: int
    stated: str
    changed_after: int

    @property
    def at(self) -> datetime:
        return FIRST + timedelta(minutes=self.minute)

    @property
    def changed_at(self) -> datetime:
        return self.at + timedelta(hours=self.changed_after)


# Near the ends of days, UTC and local, is where things go wrong.
minutes = st.integers(0, MINUTES - 1) | st.builds(
    lambda day, zone, off: min(max(0, day * 1440 - zone * 60 + off), MINUTES - 1),
    st.integers(0, 4),
    st.sampled_from([0, 5, 3]),
    st.integers(-1, 1),
)
stories = st.lists(
    st.builds(Story, minutes, st.sampled_from(["second", "second", "day", "nothing"]), st.integers(0, 40)), max_size=12
)
cuts = st.lists(st.integers(1, MINUTES // 60 - 1), max_size=6, unique=True).map(sorted)
zones = st.sampled_from(["UTC", "Asia/Almaty", "Europe/Moscow", "America/New_York"])


def _date(story: Story, source: Source) -> str:
    """ISO 8601, as precise as the list is."""
    if story.stated == "nothing":
        return ""
    return f"{story.at.astimezone(source.zone):%Y-%m-%d}" if story.stated == "day" else story.at.isoformat()


def _url(number: int) -> str:
    return f"{HOME}/news/{number}"


def _rss(told: list[Story], source: Source) -> dict[str, str]:
    entries = "".join(
        f"<item><title>x</title><link>{_url(number)}</link><pubDate>"
        f"{format_datetime(story.at) if story.stated == 'second' else _date(story, source)}</pubDate></item>"
        for number, story in enumerate(told)
    )
    return {f"{HOME}/list": f'<rss version="2.0"><channel>{entries}</channel></rss>'}


def _atom(told: list[Story], source: Source) -> dict[str, str]:
    entries = "".join(
        f'<entry><title>x</title><link href="{_url(number)}"/>'
        + (f"<published>{date}</published>" if (date := _date(story, source)) else "")
        + f"<updated>{story.changed_at.isoformat()}</updated></entry>"
        for number, story in enumerate(told)
    )
    return {f"{HOME}/list": f'<feed xmlns="http://www.w3.org/2005/Atom">{entries}</feed>'}


def _rdf(told: list[Story], source: Source) -> dict[str, str]:
    entries = "".join(
        f"<item><title>x</title><link>{_url(number)}</link><dc:date>{_date(story, source)}</dc:date></item>"
        for number, story in enumerate(told)
    )
    rdf = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
    return {f"{HOME}/list": f'<rdf:RDF {rdf} xmlns:dc="http://purl.org/dc/elements/1.1/">{entries}</rdf:RDF>'}


def _json(told: list[Story], source: Source) -> dict[str, str]:
    items = [{"id": _url(number), "date_published": _date(story, source)} for number, story in enumerate(told)]
    return {f"{HOME}/list": json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items})}


def _news_sitemap(told: list[Story], source: Source) -> dict[str, str]:
    entries = "".join(
        f"<url><loc>{_url(number)}</loc><lastmod>{story.changed_at.isoformat()}</lastmod><n:news>"
        + (f"<n:publication_date>{date}</n:publication_date>" if (date := _date(story, source)) else "")
        + "</n:news></url>"
        for number, story in enumerate(told)
    )
    return {f"{HOME}/map": f'<urlset xmlns:n="http://www.google.com/schemas/sitemap-news/0.9">{entries}</urlset>'}


def _sitemap(told: list[Story], source: Source) -> dict[str, str]:
    entries = "".join(
        f"<url><loc>{_url(number)}</loc><lastmod>{story.changed_at.isoformat()}</lastmod></url>"
        for number, story in enumerate(told)
    )
    return {f"{HOME}/map": f"<urlset>{entries}</urlset>"}


def _archive(told: list[Story], source: Source) -> dict[str, str]:
    """A page for each local day, two links at a time, each page with a popular story in its margin."""
    pages = {}
    for count in range(-2, 8):
        day = (FIRST + timedelta(days=count)).date()
        links = [_url(number) for number, story in enumerate(told) if story.at.astimezone(source.zone).date() == day]
        for page in range(len(links) // 2 + 1):
            shown = [*links[2 * page : 2 * page + 2], *([_url(0)] if told else [])]
            body = "".join(f'<a href="{link}">x</a>' for link in shown)
            pages[f"{HOME}/{day}/{f'{page + 1}/' if page else ''}"] = f"<html><p>{day}</p>{body}</html>"
    return pages


LISTS = {
    "RSS": (_rss, {"feeds": (f"{HOME}/list",)}),
    "Atom": (_atom, {"feeds": (f"{HOME}/list",)}),
    "RDF": (_rdf, {"feeds": (f"{HOME}/list",)}),
    "JSON Feed": (_json, {"feeds": (f"{HOME}/list",)}),
    "news sitemap": (_news_sitemap, {"sitemaps": (f"{HOME}/map",)}),
    "sitemap": (_sitemap, {"sitemaps": (f"{HOME}/map",)}),
    "archive": (_archive, {"archive": (f"{HOME}/%Y-%m-%d/[{{page}}/]",)}),
}


def _intervals(at: list[int]) -> list[Interval]:
    bounds = [FIRST, *(FIRST + timedelta(hours=hour) for hour in at), LAST]
    return [Interval(start, end) for start, end in pairwise(bounds)]


def _kept(discovery: Discovery, told: list[Story]) -> list[int]:
    """The stories that a collector keeps: where the list does not say when, the article does."""
    numbers = [int(found.url.rpartition("/")[2]) for found in discovery.found]
    assert len(set(numbers)) == len(numbers), "listed twice"
    kept = []
    for number, found in zip(numbers, discovery.found, strict=True):
        if found.published_at is None:
            kept += [number] if told[number].at in discovery.interval else []
        else:
            assert found.published_at == told[number].at
            assert found.published_at in discovery.interval, "of another interval"
            kept.append(number)
    return kept


@pytest.mark.parametrize("name", LISTS)
@settings(max_examples=40, deadline=None)
@given(told=stories, at=cuts, zone=zones, newest_first=st.booleans())
def test_consecutive_intervals_share_and_lose_nothing(
    name: str, told: list[Story], at: list[int], zone: str, newest_first: bool
) -> None:
    pages_of, lists = LISTS[name]
    told = sorted(told, key=lambda story: story.minute, reverse=newest_first)
    source = outlet(timezone=zone, **lists)
    pages: dict[str, str | bytes | int] = dict(pages_of(told, source))
    kept: Counter[int] = Counter()
    for interval in _intervals(at):
        discovery = Web(pages).discover(source, interval)
        here = _kept(discovery, told)
        missing = {number for number, story in enumerate(told) if story.at in interval} - set(here)
        # Sitemaps are no place for pages without any date.
        assert not missing or all(told[number].stated == "nothing" for number in missing), discovery
        kept.update(here)
    assert all(count == 1 for count in kept.values())


@settings(max_examples=60, deadline=None)
@given(
    gaps=st.lists(st.tuples(st.integers(1, 40), st.integers(0, 300)), max_size=60),
    size=st.integers(1, 20),
    at=cuts,
)
def test_a_channels_posts_are_each_of_one_interval(gaps: list[tuple[int, int]], size: int, at: list[int]) -> None:
    posts: dict[int, datetime] = {}
    number, minute = 0, 0
    for ids, wait in gaps:
        number, minute = (number + ids, minute + wait) if posts else (1, 0)
        posts[number] = FIRST + timedelta(minutes=minute)
    pages = channel_pages(posts, size)
    kept: Counter[int] = Counter()
    for interval in _intervals(at):
        discovery = Web(pages).discover(CHANNEL, interval)
        assert discovery.complete
        shown = [found.post.id for found in discovery.posts]
        assert shown == [number for number, at in sorted(posts.items()) if at in interval]
        kept.update(shown)
    assert kept == Counter(number for number, at in posts.items() if at < LAST)


@settings(max_examples=60, deadline=None)
@given(told=st.lists(minutes, min_size=1, max_size=12), at=cuts, shown=st.integers(1, 12))
def test_what_a_short_feed_no_longer_has_is_a_gap(told: list[int], at: list[int], shown: int) -> None:
    """Whatever is missing of an interval lies in the gap that discovery names."""
    stories = [Story(minute, "second", 0) for minute in sorted(told, reverse=True)]
    source = outlet(feeds=(f"{HOME}/list",))
    pages: dict[str, str | bytes | int] = dict(_rss(stories[:shown], source))
    for interval in _intervals(at):
        discovery = Web(pages).discover(source, interval)
        here = set(_kept(discovery, stories))
        for number, story in enumerate(stories):
            if story.at in interval and number not in here:
                assert discovery.gap_from is not None
                assert discovery.gap_to is not None
                assert discovery.gap_from <= story.at <= discovery.gap_to
