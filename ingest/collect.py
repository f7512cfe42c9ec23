"""The collecting step: one source's interval → a spool of fetches, documents and what was and was not seen.

    discover → fetch → parse → keep what is of the interval → look again at what is known already

One page that fails never stops a source: it is a row and a count. A host that fails at everything does, and so does a
list that is longer than anybody publishes; the coverage says so, and the interval stays open for the next run.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from ingest.archive import Archive
from ingest.article import to_document as article_document
from ingest.channel import ChannelInfo, ChannelPage, Post, parse_channel
from ingest.channel import to_document as post_document
from ingest.characters import clean
from ingest.discover import Discovery, Found, discover
from ingest.document import Document
from ingest.errors import PARSER_BUGS as PARSER_BUGS
from ingest.errors import InputError, ParseError
from ingest.fetch import Fetched, Fetcher, FetchSettings, Get, Validators, is_passing
from ingest.fetch_record import Fetch
from ingest.interval import Interval
from ingest.parse import parse_article
from ingest.plan import Plan, Recheck
from ingest.source import Source
from ingest.spool import Coverage, Gone, SpoolWriter, Unchanged, Unparsed

log = logging.getLogger(__name__)

MAX_CANDIDATES = 3000
"""Most articles of one source and interval. The largest agencies publish some 1,500 a day."""
HOPELESS_AFTER = 5
"""So many faults of the host in a row, retries not counted, and the source is left for this run."""

PASSING_FAULTS = frozenset(
    {
        "name_not_resolved",
        "connect_failed",
        "connect_timeout",
        "tls_failed",
        "read_timeout",
        "total_timeout",
        "disconnected",
        "robots_unavailable",
        "host_closed",
    }
)
"""Faults that another run may not meet: after one, the interval is not complete."""

ALARM_FROM = 4
"""So many failed pages, where they are more than half of all, say that it is not the pages: layout or access changed."""


@dataclass(slots=True)
class Collected:
    """What collecting came to. Counts; `already_read` says that the interval was covered and nothing was done."""

    source_id: str
    already_read: bool = False
    discovered: int = 0
    fetched: int = 0
    parsed: int = 0
    failed: int = 0
    off_interval: int = 0
    """Articles without a date in the lists that turned out to be of another day: fetched, and dropped."""
    undated: int = 0
    """Documents without a date, kept."""
    rechecked: int = 0
    gone: int = 0
    unchanged: int = 0
    stop_reason: str = "already read"
    complete: bool = True

    def __str__(self) -> str:
        """One line for people."""
        if self.already_read:
            return f"{self.source_id}: already read"
        parts = [f"{self.parsed} documents of {self.discovered} found", f"{self.failed} failed"]
        parts += [f"{count} {name}" for name, count in (("gone", self.gone), ("undated", self.undated)) if count]
        return f"{self.source_id}: {', '.join(parts)}; {self.stop_reason}"


def carry_out(
    plan: Plan,
    source: Source,
    archive_root: str,
    settings: FetchSettings,
    spool_path: Path,
    *,
    channel_host: str = "t.me",
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Collected:
    """Carry out one source's plan over the network and leave its spool at `spool_path`.

    `now` is the clock that fetches are stamped with. Raises ArchiveError where the archive can't be written.
    """

    async def run() -> Collected:
        # The archive is closed before the spool appears: nobody reads of bytes that are not there yet.
        with SpoolWriter(spool_path) as spool, Archive(archive_root) as archive:
            async with Fetcher(archive, settings, plan.run_id, now) as fetcher:
                return await collect(
                    source, plan.interval, plan, source_get(fetcher, source), spool, channel_host=channel_host, now=now
                )

    return asyncio.run(run())


def source_get(fetcher: Fetcher, source: Source) -> Get:
    """The fetcher's `get` with what the source has of its own: its delay, and its reason to override robots.txt."""

    async def get(url: str, *, validators: Validators | None = None) -> Fetched:
        return await fetcher.get(
            url,
            source.id,
            validators=validators,
            robots_override=source.robots_override,
            min_delay_s=source.min_delay,
        )

    return get


async def collect(
    source: Source,
    interval: Interval,
    plan: Plan,
    get: Get,
    spool: SpoolWriter,
    *,
    channel_host: str = "t.me",
    max_candidates: int = MAX_CANDIDATES,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Collected:
    """Read what `source` published in `interval` and look again at `plan.recheck`; all of it goes to `spool`.

    Of a covered plan nothing is read, and nothing written. Raises InputError where plan, source and interval are not of
    one another, and what `get` raises (ArchiveError); nothing because of the web.
    """
    if plan.source_id != source.id or plan.interval != interval:
        raise InputError(f"The plan is of {plan.source_id} and {plan.interval}, not of {source.id} and {interval}.")
    if plan.covered:
        return Collected(source.id, already_read=True)
    reading = _Reading(source, interval, plan, get, spool, max_candidates, Collected(source.id))
    discovery = await discover(source, interval, reading.read, channel_host=channel_host)
    reading.note_problems(discovery)
    if source.channel:
        await reading.posts(discovery, channel_host)
    else:
        await reading.articles(discovery)
    spool.write(reading.coverage(discovery, now()))
    return reading.done


@dataclass(slots=True)
class _Reading:
    """One source being read: what every part of it needs to write to and count in."""

    source: Source
    interval: Interval
    plan: Plan
    get: Get
    spool: SpoolWriter
    max_candidates: int
    done: Collected
    channel_pages: list[Fetched] = field(default_factory=list)
    written: set[str] = field(default_factory=set)
    open_for_now: int = 0
    legible: int = 0
    """Candidates that were read as documents, of whatever day."""
    illegible: int = 0
    """Candidates that were refused or gave no document, for reasons that do not pass; robots.txt's word is not counted."""
    faults_in_a_row: int = 0
    last_fault: str = ""
    stopped: str | None = None

    async def read(self, url: str, *, validators: Validators | None = None) -> Fetched:
        """`get`, with every row of it in the spool before anybody reads the body."""
        fetched = await self.get(url, validators=validators)
        for row in fetched.trail:
            self.spool.write(row)
        if _may_pass(fetched):
            self.faults_in_a_row += 1
            self.last_fault = fetched.fetch.error or f"HTTP status {fetched.fetch.status}"
        else:
            self.faults_in_a_row = 0
        if self.source.channel and fetched.ok:
            self.channel_pages.append(fetched)
        return fetched

    @property
    def hopeless(self) -> bool:
        return self.faults_in_a_row >= HOPELESS_AFTER

    def note_problems(self, discovery: Discovery) -> None:
        """Lists and pages that discovery could not use, as rows."""
        for problem in discovery.problems:
            fetch = next((row for row in reversed(discovery.fetches) if problem.startswith(row.url)), None)
            self.fail(fetch.url if fetch else "", fetch.fetch_id if fetch else "", _class_of(fetch), problem)

    def fail(self, url: str, fetch_id: str, error_class: str, error: str) -> None:
        self.spool.write(Unparsed(self.source.id, clean(url), fetch_id, error_class, clean(error)))
        self.done.failed += 1

    def fail_fetch(self, fetched: Fetched) -> None:
        row = fetched.fetch
        self.fail(row.url, row.fetch_id, _class_of(row), row.error or f"The server answered with status {row.status}.")

    def keep(self, document: Document) -> None:
        self.spool.write(document)
        self.written.add(document.document_id)

    def lose(self, known: Recheck, fetch: Fetch, reason: str) -> None:
        self.spool.write(Gone(known.document_id, self.source.id, known.url, fetch.fetch_id, fetch.fetched_at, reason))
        self.written.add(known.document_id)
        self.done.gone += 1

    # Articles

    async def articles(self, discovery: Discovery) -> None:
        known = {recheck.url: recheck for recheck in self.plan.recheck}
        found = discovery.found
        self.done.discovered = len(found)
        if len(found) > self.max_candidates:
            self.stopped = f"only {self.max_candidates} of {len(found)} candidates were read"
            found = found[: self.max_candidates]
        for candidate in found:
            if self.hopeless:
                self.stopped = f"the host fails: {self.last_fault}"
                return
            await self.candidate(candidate, known.get(candidate.url))
        for recheck in self.plan.recheck:
            if self.hopeless:
                return
            if recheck.document_id not in self.written:
                await self.recheck_article(recheck)

    async def candidate(self, found: Found, known: Recheck | None) -> None:
        fetched = await self.read(found.url)
        if fetched.gone and known:
            self.lose(known, fetched.fetch, f"The server answered with status {fetched.fetch.status}.")
            return
        if not fetched.ok:
            self.fail_fetch(fetched)
            passing = _may_pass(fetched)
            self.open_for_now += passing
            self.illegible += not passing and fetched.fault != "robots_forbidden"
            return
        self.done.fetched += 1
        document = self.parse(fetched)
        if document is None:
            self.illegible += 1
            return
        self.legible += 1
        if document.published_at is None:
            self.done.undated += 1
        elif found.published_at is None and not known and not is_of_interval(document, self.interval, self.source):
            self.done.off_interval += 1
            return
        if document.document_id not in self.written:
            self.keep(document)
            self.done.parsed += 1

    async def recheck_article(self, known: Recheck) -> None:
        self.done.rechecked += 1
        fetched = await self.read(known.url, validators=Validators(known.etag, known.last_modified))
        if fetched.gone:
            self.lose(known, fetched.fetch, f"The server answered with status {fetched.fetch.status}.")
        elif fetched.not_modified:
            row = fetched.fetch
            self.spool.write(Unchanged(known.document_id, self.source.id, row.fetch_id, row.fetched_at))
            self.done.unchanged += 1
        elif not fetched.ok:
            self.fail_fetch(fetched)
        elif (document := self.parse(fetched)) is not None:
            if document.document_id == known.document_id:
                self.keep(document)
            else:
                row = fetched.fetch
                error = f"{row.final_url} is not the document that was known under {known.url}."
                self.fail(row.url, row.fetch_id, "OtherDocument", error)

    def parse(self, fetched: Fetched) -> Document | None:
        row = fetched.fetch
        assert fetched.body is not None
        try:
            article = parse_article(
                fetched.body,
                row.final_url,
                row.content_type,
                self.source.parser or None,
                self.source.timezone,
                fetched_at=row.fetched_at,
            )
            return article_document(article, self.source, row.fetch_id)
        except (ParseError, InputError) as error:
            self.fail(row.url, row.fetch_id, type(error).__name__, str(error))
        except PARSER_BUGS as error:
            log.exception("The article parser broke on %s", row.url)
            self.fail(row.url, row.fetch_id, type(error).__name__, f"The parser broke: {error}")
        return None

    # Posts

    async def posts(self, discovery: Discovery, channel_host: str) -> None:
        self.done.discovered = len(discovery.posts)
        self.done.fetched = len(discovery.spans)
        for found in discovery.posts:
            document = self.post(found.post, found.channel, found.fetch)
            if document is not None:
                self.keep(document)
                self.done.parsed += 1
        # Every page says which posts between its first and its last are there: the pages of discovery first.
        due = {known.post_id: known for known in self.plan.recheck if known.post_id is not None}
        self.done.rechecked = len(due)
        for fetched in self.channel_pages:
            self.recheck_posts(fetched, due)
        while due and not self.hopeless:
            newest = max(due)
            url = f"https://{channel_host}/s/{self.source.channel}?before={newest + 1}"
            fetched = await self.read(url)
            if not fetched.ok:
                self.fail_fetch(fetched)
                return
            self.recheck_posts(fetched, due)
            if newest in due:
                error = f"{url} shows no posts of the channel below {newest + 1}."
                self.fail(url, fetched.fetch.fetch_id, "LayoutError", error)
                return

    def recheck_posts(self, fetched: Fetched, due: dict[int, Recheck]) -> None:
        """Take from `due` what the page answers for: there (read anew), or gone."""
        row = fetched.fetch
        page = self.channel_page(fetched)
        if page is None or not page.posts:
            return
        ids = {post.id for post in page.posts} | {member for post in page.posts for member in post.album_ids}
        by_id: dict[int, Post] = {post.id: post for post in page.posts}
        asked_before = _before(row.url)
        for post_id in [post_id for post_id in due if min(ids) <= post_id <= (asked_before or max(ids) + 1) - 1]:
            known = due.pop(post_id)
            if known.document_id in self.written:
                continue
            if post_id not in ids:
                reason = f"The page shows posts {min(ids)} to {max(ids)}, and {post_id} is not among them."
                self.lose(known, row, reason)
            elif post_id in by_id:
                document = self.post(by_id[post_id], page.channel, row)
                if document is not None:
                    self.keep(document)

    def post(self, post: Post, channel: ChannelInfo, fetch: Fetch) -> Document | None:
        """The post's document; None where it has no words, or its reader breaks."""
        try:
            return post_document(post, channel, self.source, fetch.fetch_id)
        except PARSER_BUGS as error:
            log.exception("The post reader broke on %s", post.url)
            self.fail(post.url, fetch.fetch_id, type(error).__name__, f"The parser broke: {error}")
        return None

    def channel_page(self, fetched: Fetched) -> ChannelPage | None:
        row = fetched.fetch
        assert fetched.body is not None
        try:
            page = parse_channel(fetched.body, row.url)
        except (ParseError, InputError) as error:
            self.fail(row.url, row.fetch_id, type(error).__name__, str(error))
            return None
        except PARSER_BUGS as error:
            log.exception("The channel parser broke on %s", row.url)
            self.fail(row.url, row.fetch_id, type(error).__name__, f"The parser broke: {error}")
            return None
        strangers = {
            post.channel for post in page.posts if post.channel.casefold() != str(self.source.channel).casefold()
        }
        return None if strangers else page

    def coverage(self, discovery: Discovery, finished_at: datetime) -> Coverage:
        done = self.done
        gap_from, gap_to = discovery.gap_from, discovery.gap_to
        done.stop_reason = discovery.stop_reason
        done.complete = discovery.complete
        if self.open_for_now:
            done.complete = False
            if discovery.complete:
                done.stop_reason = f"{self.open_for_now} pages failed for now"
        tried = self.legible + self.illegible + self.open_for_now
        if self.illegible and (not self.legible or (self.illegible >= ALARM_FROM and self.illegible > tried / 2)):
            done.complete = False
            done.stop_reason = f"{self.illegible} of {tried} pages failed: the layout or the access changed?"
            gap_from, gap_to = self.interval.start, self.interval.end
        if self.interval.end > finished_at:
            done.stop_reason, done.complete = "the interval was not over yet", False
            gap_from, gap_to = gap_from or max(self.interval.start, finished_at), self.interval.end
        if self.stopped:
            done.stop_reason, done.complete = self.stopped, False
            gap_from, gap_to = self.interval.start, self.interval.end
        return Coverage(
            source_id=self.source.id,
            interval_start=self.interval.start,
            interval_end=self.interval.end,
            discovered=done.discovered,
            fetched=done.fetched,
            parsed=done.parsed,
            failed=done.failed,
            stop_reason=done.stop_reason,
            gap_from=gap_from,
            gap_to=gap_to,
            run_id=self.plan.run_id,
            finished_at=finished_at,
            complete=done.complete,
        )


def is_of_interval(document: Document, interval: Interval, source: Source) -> bool:
    """Whether the document was published in the interval; one that states only its day, if any of that day is inside."""
    published = document.published_at
    if published is None:
        return False
    if document.published_precision == "day":
        day = published.date()
        start = datetime(day.year, day.month, day.day, tzinfo=source.zone)
        return start < interval.end and start + timedelta(days=1) > interval.start
    return published in interval


def _may_pass(fetched: Fetched) -> bool:
    return fetched.fault in PASSING_FAULTS or is_passing(fetched.fetch.status)


def _class_of(fetch: Fetch | None) -> str:
    if fetch is None:
        return "ParseError"
    if fetch.error:
        return fetch.error.partition(":")[0]
    return f"HTTP {fetch.status}" if fetch.status and not 200 <= fetch.status < 300 else "ParseError"


def _before(url: str) -> int | None:
    name, _, value = urlsplit(url).query.partition("=")
    return int(value) if name == "before" and value.isdigit() else None
