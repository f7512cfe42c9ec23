"""Checking sources: read each of their lists once, and one article, and say which of them work today and what they yield.

Nothing is kept but the responses, in the archive that the caller names. Whatever the web answers becomes a sentence.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from ingest.address_pattern import of_days, page
from ingest.archive import Archive
from ingest.archive_page import article_links, named_feeds
from ingest.channel import parse_channel
from ingest.collect import source_get
from ingest.collect_articles import article_of
from ingest.discovery import Get
from ingest.errors import PARSER_BUGS, InputError, ParseError
from ingest.feed import parse_feed, reach
from ingest.fetch import Fetched, Fetcher, FetchSettings
from ingest.interval import Interval
from ingest.sitemap import Listed, parse_sitemap
from ingest.sitemap_index import needed_sitemaps
from ingest.source import Source

log = logging.getLogger(__name__)

Verdict = Literal["works", "partly", "fails"]
ListKind = Literal["feed", "sitemap", "archive", "channel"]

STALE_AFTER = timedelta(days=7)
"""A list without anything newer than this before the day that is asked for is a dead one, most likely."""
FEW_LETTERS = 80
"""An article with fewer letters is most likely a teaser, or a page that hides its text."""
ARTICLES_TRIED = 2
CHILDREN_READ = 3


@dataclass(frozen=True, slots=True)
class ListCheck:
    """One feed, sitemap, archive page or channel. `items` are what it lists, `matching` those whose links fit the source's
    article pattern (for a channel: the posts with words). `newest` and `reaches_back_to` are None where it has no dates.
    `problem` is "" where it works; a list with a problem may still have given something.
    """

    kind: ListKind
    url: str
    status: str
    items: int = 0
    matching: int = 0
    newest: datetime | None = None
    reaches_back_to: datetime | None = None
    problem: str = ""
    articles: tuple[str, ...] = ()
    """Addresses of articles that it lists, the newest first."""

    @property
    def yields(self) -> bool:
        """Whether it gave anything to read."""
        return self.matching > 0


@dataclass(frozen=True, slots=True)
class ArticleCheck:
    """One article of the source, fetched and read. `letters` counts its text; `problem` is "" where all is well."""

    url: str
    reader: str = ""
    title: str = ""
    published_at: datetime | None = None
    letters: int = 0
    problem: str = ""

    @property
    def readable(self) -> bool:
        """Whether there is a text."""
        return self.letters > 0


@dataclass(frozen=True, slots=True)
class SourceCheck:
    """What came of one source.

    works   every list gives what it should, and an article could be read with its title and date
    partly  something can be read, and something is wrong
    fails   nothing can be read

    `reason` says what is wrong, "" where nothing is.
    """

    source_id: str
    verdict: Verdict
    reason: str
    lists: tuple[ListCheck, ...] = ()
    article: ArticleCheck | None = None


def check_sources(
    sources: Iterable[Source],
    archive_root: str,
    settings: FetchSettings,
    run_id: str,
    day: date,
    *,
    channel_host: str = "t.me",
    limit_s: float = 300.0,
    at_once: int = 16,
    told: Callable[[SourceCheck], None] = lambda check: None,
) -> list[SourceCheck]:
    """Check sources over the network, `at_once` of them at a time, politely to each host; `told` hears of each as it is done.

    `day` is the day whose archive pages and sitemaps are asked for. A source that takes longer than `limit_s` seconds is cut
    off, and judged by what came until then. Raises ArchiveError where the archive can't be written; nothing because of the web.
    """

    async def run() -> list[SourceCheck]:
        turn = asyncio.Semaphore(at_once)
        with Archive(archive_root) as archive:
            async with Fetcher(archive, settings, run_id) as fetcher:

                async def one(source: Source) -> SourceCheck:
                    async with turn:
                        get = source_get(fetcher, source)
                        check = await check_source(source, get, day, channel_host=channel_host, limit_s=limit_s)
                    told(check)
                    return check

                try:
                    async with asyncio.TaskGroup() as tasks:
                        running = [tasks.create_task(one(source)) for source in sources]
                except ExceptionGroup as errors:
                    raise errors.exceptions[0] from errors
        return [task.result() for task in running]

    return asyncio.run(run())


async def check_source(
    source: Source, get: Get, day: date, *, channel_host: str = "t.me", limit_s: float = 300.0
) -> SourceCheck:
    """Check one source; see `check_sources`."""
    look = _Look(source, get, day, channel_host)
    late = ""
    try:
        async with asyncio.timeout(limit_s):
            await look.at_all()
    except TimeoutError:
        late = f"not done after {limit_s:g} s"
    return _judged(source, look, late)


@dataclass(slots=True)
class _Look:
    """One source being looked at."""

    source: Source
    get: Get
    day: date
    channel_host: str
    lists: list[ListCheck] = field(default_factory=list)
    article: ArticleCheck | None = None
    hint: str = ""

    async def at_all(self) -> None:
        if self.source.channel:
            self.lists.append(await self.at_channel())
            return
        for pattern in self.source.feeds:
            self.lists.append(await self.at("feed", page(pattern, 1), self.feed))
        for pattern in self.source.sitemaps:
            self.lists.append(await self.at_sitemap(of_days(pattern, [self.day])[0]))
        for pattern in self.source.archive:
            self.lists.append(await self.at("archive", page(of_days(pattern, [self.day])[0], 1), self.archive_page))
        if any(one.kind == "feed" and not one.items for one in self.lists):
            await self.at_home()
        # An article of each list in turn: feeds first, they list the newest.
        candidates = dict.fromkeys(url for one in self.lists for url in one.articles[:ARTICLES_TRIED])
        for url in list(candidates)[:ARTICLES_TRIED]:
            self.article = await self.at_article(url)
            if not self.article.problem:
                return

    async def at(self, kind: ListKind, url: str, read: Callable[[Fetched, bytes], ListCheck]) -> ListCheck:
        """A list, read; or why it can't be."""
        fetched = await self.get(url)
        if not fetched.ok or fetched.body is None:
            return ListCheck(kind, url, _status(fetched), problem=_refusal(fetched))
        try:
            return read(fetched, fetched.body)
        except ParseError as error:
            return ListCheck(kind, url, "unreadable", problem=_sentence(error, url, fetched))
        except PARSER_BUGS as error:
            log.error("The parser broke on %s", url, exc_info=error)
            return ListCheck(kind, url, "unreadable", problem=f"the parser broke: {type(error).__name__}: {error}")

    def feed(self, fetched: Fetched, body: bytes) -> ListCheck:
        row = fetched.fetch
        items = parse_feed(body, row.final_url, row.content_type, self.source.timezone)
        dates = [item.published_at for item in items if item.published_at]
        matching = [item for item in items if item.url and self.source.is_article(item.url)]
        unread = next((item.unread_date for item in items if item.unread_date), "")
        problem = ""
        if not items:
            problem = "the feed is empty"
        elif not matching:
            problem = self._no_match([item.url for item in items if item.url])
        elif not dates:
            problem = f"no item has a date that can be read{f' ({unread!r})' if unread else ''}"
        never = datetime.min.replace(tzinfo=UTC)
        matching.sort(key=lambda item: item.published_at or never, reverse=True)
        return ListCheck(
            "feed",
            row.url,
            "ok",
            len(items),
            len(matching),
            max(dates, default=None),
            reach(items),
            problem or self._stale(max(dates, default=None)),
            tuple(item.url for item in matching if item.url),
        )

    async def at_sitemap(self, url: str) -> ListCheck:
        """The sitemap; of an index also the first few that hold the day."""
        found: list[Listed] = []
        children: list[str] = []

        def read(fetched: Fetched, body: bytes) -> ListCheck:
            row = fetched.fetch
            sitemap = parse_sitemap(body, row.final_url, self.source.timezone, row.content_type)
            found.extend(sitemap.pages)
            needed = needed_sitemaps(sitemap.sitemaps, Interval.of_day(self.day), self.source.zone)
            children.extend(child.url for child in needed)
            return ListCheck("sitemap", url, "ok")

        check = await self.at("sitemap", url, read)
        if check.problem:
            return check
        number, failures = 0, list[str]()
        while children and number < CHILDREN_READ and not any(map(self._is_listed_article, found)):
            child = await self.at("sitemap", children.pop(0), read)
            number += 1
            if child.problem:
                failures.append(f"{child.url}: {child.problem}")
        pages = [listed for listed in found if self._is_listed_article(listed)]
        dates = [date for listed in pages if (date := listed.published_at or listed.changed_at)]
        problem = "; ".join(failures)
        if not problem and not found:
            problem = "the sitemap is empty"
        elif not problem and not pages:
            problem = self._no_match([listed.url for listed in found if listed.url])
        elif not problem and not dates and not self.source.days_in(pages[0].url):
            problem = "its pages have no dates"
        never = datetime.min.replace(tzinfo=UTC)
        pages.sort(key=lambda listed: listed.published_at or listed.changed_at or never, reverse=True)
        newest, oldest = max(dates, default=None), min(dates, default=None)
        articles = tuple(listed.url for listed in pages[:ARTICLES_TRIED])
        stale = problem or self._stale(newest)
        return ListCheck("sitemap", url, "ok", len(found), len(pages), newest, oldest, stale, articles)

    def archive_page(self, fetched: Fetched, body: bytes) -> ListCheck:
        row = fetched.fetch
        links = tuple(article_links(body, row.final_url, self.source, row.content_type))
        own = tuple(link for link in links if _is_of_day(self.source, link, self.day))
        problem = ""
        if row.final_url.rstrip("/") == self.source.home.rstrip("/"):
            problem = "it leads to the home page"
        elif not links:
            problem = "no link on the page fits the article pattern, or it is a day without articles"
        elif not own and all(self.source.days_in(link) for link in links):
            problem = f"by their addresses all articles are of other days ({links[0]})"
        return ListCheck("archive", row.url, "ok", len(links), len(links), problem=problem, articles=own or links)

    async def at_channel(self) -> ListCheck:
        """The channel's newest page, and the one before it: does the way back work?"""
        url = f"https://{self.channel_host}/s/{self.source.channel}"
        older: list[int] = []

        def read(fetched: Fetched, body: bytes) -> ListCheck:
            shown = parse_channel(body, fetched.fetch.url)
            if shown.condition != "posts":
                problem = {"missing channel": "there is no such channel"}.get(
                    shown.condition, "the channel has no public preview"
                )
                return ListCheck("channel", url, shown.condition, problem=problem)
            older.append(shown.before or 0)
            times = [post.published_at for post in shown.posts]
            words = sum(bool(post.text) and not post.service for post in shown.posts)
            problem = shown.problems[0] if shown.problems else "" if words else "no post has words"
            problem = problem or self._stale(max(times))
            return ListCheck("channel", url, "ok", len(times), words, max(times), min(times), problem)

        check = await self.at("channel", url, read)
        if not older or not older[0]:
            return check
        second = await self.at("channel", f"{url}?before={older[0]}", read)
        back = second.reaches_back_to or check.reaches_back_to
        problem = check.problem or (f"the page before is not to be had ({second.problem})" if not second.items else "")
        return ListCheck(
            "channel",
            url,
            "ok",
            check.items + second.items,
            check.matching + second.matching,
            check.newest,
            back,
            problem,
        )

    async def at_home(self) -> None:
        """What feeds the home page names, where one of ours does not work."""
        fetched = await self.get(self.source.home)
        if fetched.body is None or not fetched.ok:
            return
        with suppress(ParseError):  # a hint, no more
            feeds = named_feeds(fetched.body, fetched.fetch.final_url, fetched.fetch.content_type)
            self.hint = f"the home page names {', '.join(feeds[:3])}" if feeds else ""

    async def at_article(self, url: str) -> ArticleCheck:
        fetched = await self.get(url)
        if not fetched.ok or fetched.body is None:
            return ArticleCheck(url, problem=_refusal(fetched))
        try:
            article = article_of(fetched, self.source)
        except (ParseError, InputError) as error:
            return ArticleCheck(url, problem=_sentence(error, url, fetched))
        except PARSER_BUGS as error:
            log.error("The parser broke on %s", url, exc_info=error)
            return ArticleCheck(url, problem=f"the parser broke: {type(error).__name__}: {error}")
        wrong = [
            (article.layout_problem is not None, f"another layout than its class knows ({article.layout_problem})"),
            (not article.title, "no title"),
            (article.published_at is None, "no date"),
            (len(article.words) < FEW_LETTERS, f"only {len(article.words)} letters"),
            ("\ufffd" in article.title + article.words, "broken letters"),
        ]
        return ArticleCheck(
            url,
            article.extractor.removeprefix("ingest.").removeprefix("outlets."),
            article.title,
            article.published_at,
            len(article.words),
            ", ".join(sentence for is_so, sentence in wrong if is_so),
        )

    def _is_listed_article(self, listed: Listed) -> bool:
        return bool(listed.url) and self.source.is_article(listed.url)

    def _no_match(self, urls: Sequence[str]) -> str:
        return f"no link fits the article pattern ({urls[0]})" if urls else "no item has a link"

    def _stale(self, newest: datetime | None) -> str:
        end = datetime.combine(self.day + timedelta(days=1), time(), UTC)
        return f"nothing newer than {newest:%Y-%m-%d}" if newest and newest < end - STALE_AFTER else ""


def _judged(source: Source, look: _Look, late: str) -> SourceCheck:
    problems = [f"{_name_of(one, look.lists)}: {one.problem}" for one in look.lists if one.problem]
    if look.hint:
        problems.append(look.hint)
    article = look.article
    if article and article.problem:
        problems.append(f"article {article.url}: {article.problem}")
    if late:
        problems.append(late)
    readable = any(one.yields for one in look.lists) and (bool(source.channel) or bool(article and article.readable))
    if not source.channel and article is None and any(one.yields for one in look.lists):
        problems.append("no article was read")
    verdict: Verdict = "fails" if not readable else "partly" if problems else "works"
    return SourceCheck(source.id, verdict, "; ".join(problems), tuple(look.lists), article)


def _name_of(check: ListCheck, lists: Sequence[ListCheck]) -> str:
    """The kind, with the address where the source has several of the kind."""
    return check.kind if sum(one.kind == check.kind for one in lists) == 1 else f"{check.kind} {check.url}"


def _status(fetched: Fetched) -> str:
    return (fetched.fault or "").replace("_", " ") or f"HTTP {fetched.fetch.status}"


def _refusal(fetched: Fetched) -> str:
    error = fetched.fetch.error
    return error.partition(": ")[2].rstrip(".") if error else f"the server answers with status {fetched.fetch.status}"


def _sentence(error: Exception, url: str, fetched: Fetched) -> str:
    """The error's sentence without the address that it begins with."""
    text = str(error)
    for address in (url, fetched.fetch.final_url):
        text = text.removeprefix(f"{address}: ")
    return text


def _is_of_day(source: Source, url: str, day: date) -> bool:
    named = source.days_in(url)
    return named is not None and named[0] <= day <= named[1]
