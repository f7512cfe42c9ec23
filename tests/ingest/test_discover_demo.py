"""Discovery against the demo web, through the real fetcher: each night finds what the stories say was published."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pytest

import infra.demo
from infra.demo.server import DemoWeb
from ingest.archive import Archive
from ingest.discover import Discovery, discover
from ingest.fetch import Fetcher, FetchSettings
from ingest.interval import Interval
from ingest.source import load_sources

SOURCES = load_sources(Path(infra.demo.__file__).parent / "sources.toml")
FIRST = date(2025, 9, 20)


async def _discover_all(web: DemoWeb, interval: Interval, folder: Path) -> dict[str, Discovery]:
    settings = FetchSettings(host_delay_s=0, connect_to={"*": web.address})
    with Archive(folder) as archive:
        async with Fetcher(archive, settings, "test", now=lambda: web.clock) as fetcher:
            return {
                source.id: await discover(source, interval, partial(fetcher.get, source_id=source.id))
                for source in SOURCES.values()
            }


@pytest.mark.parametrize(("night", "looking_back"), [(0, False), (13, False), (0, True), (11, True)])
def test_a_night_finds_what_was_published(night: int, looking_back: bool, tmp_path: Path) -> None:
    interval = Interval.of_day(FIRST + timedelta(days=night))
    with DemoWeb() as web:
        if not looking_back:
            web.set_clock(interval.end)
        found = asyncio.run(_discover_all(web, interval, tmp_path))
        for outlet in web.world.outlets:
            published = {
                outlet.url(article): article.published_at
                for article, _ in outlet.visible(web.clock)
                if article.published_at in interval
            }
            discovery = found[outlet.id]
            urls = {item.url for item in discovery.found}
            assert published.keys() <= urls or not discovery.complete, outlet.id
            assert {item.url for item in discovery.found if item.published_at} <= published.keys(), outlet.id
        by_channel = {source.channel: found[source.id] for source in SOURCES.values() if source.channel}
        for channel in web.world.channels:
            discovery = by_channel[channel.name]
            standing = {post.id for post in channel.visible(web.clock) if post.at in interval}
            assert {item.post.id for item in discovery.posts} == standing, channel.name
            # A channel that shows no older posts, although its oldest id says that there were some, has a gap.
            ids = [post.id for post in channel.visible(web.clock)]
            cut = discovery.stop_reason == "no more pages" and min(ids, default=1) > 1
            assert discovery.complete == (channel.has_preview and not cut), channel.name
