"""What a source published in an interval: URLs of articles, or a channel's posts, and what could not be seen.

No input or output of its own: pages come through the `get` that the caller gives. Nothing the web answers raises here; it
becomes a stop reason, a gap and a sentence among the problems.
"""

from __future__ import annotations

from ingest.channel_history import discover_channel
from ingest.discovery import Discovery as Discovery
from ingest.discovery import Get, Reading
from ingest.interval import Interval
from ingest.outlet_lists import discover_outlet
from ingest.source import Source


async def discover(
    source: Source,
    interval: Interval,
    get: Get,
    *,
    channel_host: str = "t.me",
    max_pages: int = 200,
    max_list_pages: int = 40,
    max_sitemaps: int = 20,
) -> Discovery:
    """What `source` published in `interval`.

    A channel is read from its newest post back to the first posts before the interval, at most `max_pages` pages of
    `https://<channel_host>/s/<channel>`.
    Of an outlet all lists are read, since each may miss what another has: its feeds, its sitemaps (at most `max_sitemaps`,
    indexes included) and the archive pages of all local days that the interval touches; of a feed or an archive page that
    goes on, at most `max_list_pages` pages. Archive pages of whole months are read only where feeds and sitemaps do not go
    back to the interval's start.
    """
    reading = Reading(get)
    if source.channel:
        return await discover_channel(source, interval, reading, channel_host, max_pages)
    return await discover_outlet(source, interval, reading, max_list_pages, max_sitemaps)
