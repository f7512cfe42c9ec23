"""A web in memory, for discovery: bodies by URL, and the pages of a channel and an outlet to fill it with."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from ingest.discover import Discovery, discover
from ingest.fetch import Fetched
from ingest.fetch_record import Fetch
from ingest.interval import Interval
from ingest.source import Source

DAY = Interval.of_day(date(2025, 10, 1))


HOME = "https://delo.example"


class Web:
    """Bodies by URL; anything else is a 404. `asked` are the URLs in the order of asking, `leads_to` where redirects end."""

    def __init__(self, pages: Mapping[str, str | bytes | int]) -> None:
        self.pages = pages
        self.asked: list[str] = []
        self.leads_to: dict[str, str] = {}

    async def get(self, url: str) -> Fetched:
        self.asked.append(url)
        page = self.pages.get(url, 404)
        status = page if isinstance(page, int) else 200
        body = page.encode() if isinstance(page, str) else page if isinstance(page, bytes) else b"<html>no</html>"
        fetch = Fetch(
            fetch_id=f"f{len(self.asked)}",
            run_id="test",
            source_id="s",
            url=url,
            final_url=self.leads_to.get(url, url),
            fetched_at=datetime(2025, 10, 4, tzinfo=UTC),
            status=status or None,
            content_type="text/html",
            bytes=len(body),
            sha256=None,
            warc_file=None,
            warc_offset=None,
            error=None if status else "read_timeout: nothing came.",
        )
        return Fetched(fetch, body if status else None, (fetch,))

    def discover(self, source: Source, interval: Interval = DAY, **settings: Any) -> Discovery:
        return asyncio.run(discover(source, interval, self.get, **settings))


CHANNEL = Source(
    id="jol",
    name="Жол",
    kind="channel",
    side="KZ",
    country="KZ",
    languages=("kk",),
    home="https://t.me/jol_habar",
    channel="jol_habar",
)


def channel_page(posts: dict[int, datetime], before: int | None, name: str = "Jol_Habar") -> str:
    wraps = "".join(
        f'<div class="tgme_widget_message" data-post="{name}/{number}"><div class="tgme_widget_message_text '
        f'js-message_text">пост {number}</div><a class="tgme_widget_message_date" href="https://t.me/{name}/{number}">'
        f'<time datetime="{at.isoformat()}">12:00</time></a></div>'
        for number, at in sorted(posts.items())
    )
    pager = f'<a class="tme_messages_more" data-before="{before}"></a>' if before else ""
    empty = "" if wraps else '<div class="tme_no_messages_found">No posts found</div>'
    return f'<section class="tgme_channel_history">{pager}{wraps}{empty}</section>'


def channel_pages(posts: dict[int, datetime], size: int = 4) -> dict[str, str | bytes | int]:
    """All pages of a channel that goes back to its oldest post."""
    ids = sorted(posts)
    pages: dict[str, str | bytes | int] = {}
    url = "https://t.me/s/jol_habar"
    while True:
        shown, ids = ids[-size:], ids[:-size]
        before = shown[0] if ids else None
        pages[url] = channel_page({number: posts[number] for number in shown}, before)
        if before is None:
            return pages
        url = f"https://t.me/s/jol_habar?before={before}"


def outlet(**more: Any) -> Source:
    fields: dict[str, Any] = {
        "id": "delo",
        "name": "Дело",
        "kind": "outlet",
        "side": "KZ",
        "country": "KZ",
        "languages": ("ru",),
        "home": f"{HOME}/",
        "timezone": "Asia/Almaty",
        "article": r"/news/[0-9]+$",
    }
    return Source(**fields | more)
