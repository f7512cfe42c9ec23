"""A channel's pages, read from the newest back to an interval: its posts, what each page answers for, why reading ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ingest.channel import ChannelPage, Post, parse_channel
from ingest.discovery import Discovery, FoundPost, Reading, Span, StopReason, may_pass
from ingest.errors import PARSER_BUGS, ParseError
from ingest.interval import Interval
from ingest.source import Source

SEEK_FROM_PAGES = 10
"""So many pages between the newest post and the interval are worth a search instead of reading through them."""


async def discover_channel(
    source: Source, interval: Interval, reading: Reading, host: str, max_pages: int
) -> Discovery:
    """The channel's posts of the interval, from at most `max_pages` pages; see `ingest.discover.discover`."""
    channel = _History(source, interval, reading, host, max_pages)
    back_to = interval.end
    page = await channel.page(None)
    if page:
        page = await channel.seek(page)
    while page and page.posts:
        times = _times_in_order(page.posts)
        back_to = min((time for time in times if interval.start < time < back_to), default=back_to)
        # One post with a wrong time is no reason to stop; the next page shows whether it was one.
        if sum(time < interval.start for time in times) >= min(2, len(times)):
            channel.stop = "reached start"
            break
        if page.before is None:
            channel.stop = "no more pages"
            break
        page = await channel.page(page.before)
    # Where the pager ends, nothing is missing only if the first post of all was on the page, or there never was a post.
    lowest = channel.spans[-1].first_id if channel.spans else 1
    whole = channel.stop == "reached start" or (channel.stop == "no more pages" and lowest <= 1)
    return Discovery(
        source_id=source.id,
        interval=interval,
        stop_reason=channel.stop,
        gap_from=None if whole else interval.start,
        gap_to=None if whole else back_to,
        posts=tuple(channel.posts[post_id] for post_id in sorted(channel.posts)),
        spans=tuple(channel.spans),
        fetches=tuple(reading.fetches),
        problems=tuple(reading.problems),
    )


@dataclass(slots=True)
class _History:
    """What was read so far, and why the reading ended."""

    source: Source
    interval: Interval
    reading: Reading
    host: str
    pages_left: int
    posts: dict[int, FoundPost] = field(default_factory=dict)
    spans: list[Span] = field(default_factory=list)
    stop: StopReason = "page limit"

    async def page(self, before: int | None) -> ChannelPage | None:
        """The page of the posts below `before` (None: the newest); None where the reading ends, and `stop` says why.

        A page without posts is given too: there are none below `before`.
        """
        if self.pages_left == 0:
            self.stop = "page limit"
            return None
        self.pages_left -= 1
        url = f"https://{self.host}/s/{self.source.channel}" + (f"?before={before}" if before else "")
        fetched, body = await self.reading.read(url)
        self.stop = "error" if body is not None or may_pass(fetched) else "list gone"
        if body is None:
            return None
        try:
            page = parse_channel(body, url)
        except (ParseError, *PARSER_BUGS) as error:
            self.reading.note(url, error)
            return None
        self.reading.problems += (f"{url}: {problem.removeprefix(f'{url}: ')}" for problem in page.problems)
        if refusal := _refusal(page, self.source, before):
            self.stop, sentence = refusal
            self.reading.problems.append(f"{url}: {sentence}")
            return None
        if not page.posts and before is None and not page.says_empty:
            self.stop = "error"
            self.reading.problems.append(f"{url}: the page shows no posts, but does not say that there are none")
            return None
        if page.posts:
            self.spans.append(_span(page, fetched.fetch.fetch_id, before))
        for post in page.posts:
            if post.published_at in self.interval:
                self.posts[post.id] = FoundPost(post, page.channel, fetched.fetch)
        if page.broken_off:  # the newest posts, which stand last, may be lost
            self.stop = "error"
            return None
        self.stop = "no more pages"
        return page

    async def seek(self, newest: ChannelPage) -> ChannelPage | None:
        """The page from which to read on: `newest` itself, unless the interval lies far below it.

        Ids grow with time, so halving finds the place: every post above the page is younger than the interval. However
        large the holes between the ids, each step halves what is left.
        """
        if not newest.posts or newest.before is None:
            return newest
        times = _times_in_order(newest.posts)
        if min(times) - self.interval.end <= SEEK_FROM_PAGES * (max(times) - min(times)):
            return newest
        low, high = 1, newest.before
        while high - low > SEEK_FROM_PAGES * len(times):
            middle = (low + high) // 2
            page = await self.page(middle)
            if page is None:
                break
            here = _times_in_order(page.posts)
            if not here or max(here) < self.interval.end:
                low = middle
            elif min(here) < self.interval.end:
                return page
            else:
                high = page.before or min(post.id for post in page.posts)
        return await self.page(high)


def _times_in_order(posts: Sequence[Post]) -> list[datetime]:
    """The times of the posts by id, without those that stand far before the time of an older post: such a time is wrong."""
    times: list[datetime] = []
    for post in sorted(posts, key=lambda post: post.id):
        if not times or post.published_at >= max(times) - timedelta(hours=1):
            times.append(post.published_at)
    return times


def _refusal(page: ChannelPage, source: Source, before: int | None) -> tuple[StopReason, str] | None:
    """Why the page can't be used, if it can't: a stop reason and a sentence."""
    if page.condition in ("no preview", "landing"):
        return "no preview", "the channel has no public preview"
    if page.condition == "missing channel":
        return "missing channel", "there is no such channel"
    if page.condition not in ("posts", "no posts"):
        return "error", f"a {page.condition} was answered, not a preview page"
    shown = {post.channel for post in page.posts}
    if strangers := {name for name in shown if name.casefold() != (source.channel or "").casefold()}:
        return "error", f"the page shows posts of {', '.join(sorted(strangers))}"
    if before is not None and any(post.id >= before for post in page.posts):
        return "error", f"posts before {before} were asked for, newer ones were answered"
    if before is not None and page.before is not None and page.before >= before:
        return "error", "the pager leads back to the same page"
    return None


def _span(page: ChannelPage, fetch_id: str, before: int | None) -> Span:
    return Span(
        channel=page.posts[0].channel.casefold(),
        fetch_id=fetch_id,
        first_id=min(page.ids),
        last_id=before - 1 if before and not page.broken_off else max(page.ids),
        ids=page.ids,
    )
