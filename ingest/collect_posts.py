"""A channel's interval: its posts, and what became of the known ones."""

from __future__ import annotations

import logging
from urllib.parse import urlsplit

from ingest.channel import ChannelInfo, ChannelPage, Post, parse_channel, to_document
from ingest.discovery import Discovery
from ingest.document import Document
from ingest.errors import PARSER_BUGS, ParseError
from ingest.fetch import Fetched
from ingest.fetch_record import Fetch
from ingest.plan import Recheck
from ingest.reading import Reading

log = logging.getLogger(__name__)


def keep_posts(reading: Reading, discovery: Discovery) -> None:
    """Keep the posts that `discovery` found of the interval."""
    reading.tally.discovered = len(discovery.posts)
    reading.tally.fetched = len(discovery.spans)
    if discovery.problems:
        read_for_this = {span.fetch_id for span in discovery.spans}
        for fetched in reading.channel_pages:
            if fetched.fetch.fetch_id in read_for_this and (page := _page(reading, fetched)):
                reading.tally.legible += len(page.posts)
                reading.tally.illegible += len(page.unread_ids)
    for found in discovery.posts:
        document = _document(reading, found.post, found.channel, found.fetch)
        if document is not None:
            reading.keep(document)
            reading.tally.parsed += 1


async def recheck_posts(reading: Reading) -> int:
    """Look at the plan's posts again; how many were left because the channel could not be read."""
    # Every page says which posts between its first and its last are there: the pages of discovery first.
    due = {known.post_id: known for known in reading.plan.recheck if known.post_id is not None}
    reading.done.rechecked = len(due)
    for fetched in reading.channel_pages:
        if due and (page := _page(reading, fetched)):
            _recheck_page(reading, page, fetched.fetch, due)
    while due and not reading.hopeless:
        newest = max(due)
        url = f"https://{reading.channel_host}/s/{reading.source.channel}?before={newest + 1}"
        fetched = await reading.read(url)
        if not fetched.ok:
            reading.fail_fetch(fetched)
            break
        if page := _page(reading, fetched, tell=True):
            _recheck_page(reading, page, fetched.fetch, due)
        if newest in due:
            error = f"{url} shows no posts of the channel below {newest + 1}."
            reading.fail(url, fetched.fetch.fetch_id, "LayoutError", error)
            break
    return len(due)


def _recheck_page(reading: Reading, page: ChannelPage, row: Fetch, due: dict[int, Recheck]) -> None:
    """Take from `due` what the page answers for: there (read anew), or gone."""
    ids = page.ids
    by_id: dict[int, Post] = {post.id: post for post in page.posts}
    asked_before = _before(row.url)
    for post_id in [post_id for post_id in due if min(ids) <= post_id <= (asked_before or max(ids) + 1) - 1]:
        known = due.pop(post_id)
        if known.document_id in reading.written:
            continue
        if post_id not in ids:
            if page.problems:  # a post that could not be read may be this one
                continue
            reason = f"The page shows posts {min(ids)} to {max(ids)}, and {post_id} is not among them."
            reading.lose(known, row, reason)
        elif post_id in by_id:
            document = _document(reading, by_id[post_id], page.channel, row)
            if document is not None:
                reading.keep(document)


def _document(reading: Reading, post: Post, channel: ChannelInfo, fetch: Fetch) -> Document | None:
    """The post's document; None where it has no words, or its reader breaks."""
    try:
        return to_document(post, channel, reading.source, fetch.fetch_id)
    except PARSER_BUGS as error:
        log.exception("The post reader broke on %s", post.url)
        reading.fail(post.url, fetch.fetch_id, type(error).__name__, f"The parser broke: {error}")
    return None


def _page(reading: Reading, fetched: Fetched, *, tell: bool = False) -> ChannelPage | None:
    """The page, where it shows the channel's posts; `tell` makes a row of what is wrong with it (discovery's pages have
    theirs)."""
    row = fetched.fetch
    assert fetched.body is not None
    try:
        page = parse_channel(fetched.body, row.url)
    except (ParseError, *PARSER_BUGS) as error:
        if tell:
            reading.fail(row.url, row.fetch_id, type(error).__name__, str(error))
        return None
    name = str(reading.source.channel).casefold()
    return page if page.posts and all(post.channel.casefold() == name for post in page.posts) else None


def _before(url: str) -> int | None:
    name, _, value = urlsplit(url).query.partition("=")
    return int(value) if name == "before" and value.isdigit() else None
