"""The collecting step: one source's interval → a spool of fetches, documents and what was and was not seen.

    discover → fetch → parse → keep what is of the interval → look again at what is known already

Gaps that earlier runs left are read first, by the same steps; a list that several intervals need is read once. One page that fails never stops a source: it is a row and a count. A host that fails at everything does, and so does a
list that is longer than anybody publishes; the coverage says so, and the interval stays open for the next run.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
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
from ingest.errors import ArchiveError, InputError, ParseError
from ingest.fetch import Fetched, Fetcher, FetchSettings, Get, Validators, is_passing
from ingest.fetch_record import Fetch
from ingest.interval import Interval
from ingest.parse import parse_article
from ingest.plan import Gap, Plan, Recheck
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
    """What collecting came to. Counts, over all intervals; `already_read` says that nothing was owed and nothing done.

    `stop_reason` is that of the plan's own interval, `gaps_closed` how many of the `gaps` are whole now.
    """

    source_id: str
    already_read: bool = False
    discovered: int = 0
    fetched: int = 0
    parsed: int = 0
    failed: int = 0
    off_interval: int = 0
    """Articles without a date in the lists that turned out to be of another day: fetched, and dropped."""
    off_layout: int = 0
    """Documents whose page no longer fits the outlet's own parser; the generic one read them."""
    undated: int = 0
    """Documents without a date, kept."""
    gaps: int = 0
    gaps_closed: int = 0
    rechecked: int = 0
    gone: int = 0
    unchanged: int = 0
    stop_reason: str = "already read"

    def __str__(self) -> str:
        """One line for people."""
        if self.already_read:
            return f"{self.source_id}: already read"
        parts = [f"{self.parsed} documents of {self.discovered} found", f"{self.failed} failed"]
        rest = (
            ("gone", self.gone),
            ("unchanged", self.unchanged),
            ("undated", self.undated),
            ("off their layout", self.off_layout),
        )
        parts += [f"{count} {name}" for name, count in rest if count]
        if self.gaps:
            parts.append(f"{self.gaps_closed} of {self.gaps} gaps closed")
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
                get = source_get(fetcher, source)
                return await collect(source, plan, get, spool, archive, channel_host=channel_host, now=now)

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
    plan: Plan,
    get: Get,
    spool: SpoolWriter,
    archive: Archive,
    *,
    channel_host: str = "t.me",
    max_candidates: int = MAX_CANDIDATES,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Collected:
    """Read what `source` owes by `plan`: its gaps, its interval, and `plan.recheck` again; all of it goes to `spool`.

    Of an idle plan nothing is read, and nothing written. Raises InputError where the plan is of another source, and what
    `get` raises (ArchiveError); nothing because of the web.
    """
    if plan.source_id != source.id:
        raise InputError(f"The plan is of {plan.source_id}, not of {source.id}.")
    if plan.idle:
        return Collected(source.id, already_read=True)
    reading = _Reading(source, plan, get, spool, archive, channel_host, max_candidates, Collected(source.id))
    for owed in plan.intervals:
        spool.write(await reading.read_interval(owed, now))
    await reading.look_again()
    return reading.done


@dataclass(slots=True)
class _Tally:
    """What reading one interval came to; what makes its coverage row."""

    discovered: int = 0
    fetched: int = 0
    parsed: int = 0
    failed: int = 0
    off_layout: int = 0
    open_for_now: int = 0
    """Candidates that failed for a reason that may pass."""
    legible: int = 0
    """Candidates that were read as documents, of whatever day."""
    illegible: int = 0
    """Candidates that were refused or gave no document, for reasons that do not pass; robots.txt's word is not counted."""
    stopped: str | None = None


@dataclass(slots=True)
class _Reading:
    """One source being read: what every part of it needs to write to and count in."""

    source: Source
    plan: Plan
    get: Get
    spool: SpoolWriter
    archive: Archive
    channel_host: str
    max_candidates: int
    done: Collected
    tally: _Tally = field(default_factory=_Tally)
    lists: dict[str, Fetched] = field(default_factory=dict)
    """The lists and channel pages of this run, by URL: several intervals need the same."""
    channel_pages: list[Fetched] = field(default_factory=list)
    written: set[str] = field(default_factory=set)
    faults_in_a_row: int = 0
    last_fault: str = ""

    async def read_interval(self, owed: Gap, now: Callable[[], datetime]) -> Coverage:
        """Read one interval, and say what was seen of it."""
        self.tally = tally = _Tally()
        discovery = await discover(self.source, owed.interval, self.read_list, channel_host=self.channel_host)
        self.note_problems(discovery)
        if self.source.channel:
            self.keep_posts(discovery)
        else:
            await self.read_articles(discovery, owed)
        row = self.coverage(discovery, owed.interval, now())
        for name in ("discovered", "fetched", "parsed", "failed", "off_layout"):
            setattr(self.done, name, getattr(self.done, name) + getattr(tally, name))
        if owed.interval == self.plan.interval:
            self.done.stop_reason = row.stop_reason
        else:
            self.done.gaps += 1
            self.done.gaps_closed += row.complete
        self.tally = _Tally()
        return row

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
        return fetched

    async def read_list(self, url: str) -> Fetched:
        """A feed, a sitemap, an archive page or a channel's page: read once a run, and from the archive where the server
        says that it has not changed."""
        if url not in self.lists:
            self.lists[url] = fetched = await self._changed_list(url)
            if self.source.channel and fetched.ok:
                self.channel_pages.append(fetched)
        return self.lists[url]

    async def _changed_list(self, url: str) -> Fetched:
        stored = next((one for one in self.plan.lists if one.url == url), None)
        if stored is None:
            return await self.read(url)
        fetched = await self.read(url, validators=Validators(stored.etag, stored.last_modified))
        if not fetched.not_modified:
            return fetched
        try:
            body = self.archive.read(stored.warc_file, stored.warc_offset, stored.sha256)
        except ArchiveError as error:
            log.warning("%s has not changed, but its last copy can't be had, so it is read again: %s", url, error)
            return await self.read(url)
        row = replace(fetched.fetch, status=200, content_type=stored.content_type, final_url=stored.final_url)
        return Fetched(row, body, (row,))

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
        self.tally.failed += 1

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

    async def read_articles(self, discovery: Discovery, owed: Gap) -> None:
        known = {recheck.url: recheck for recheck in self.plan.recheck}
        found = [one for one in discovery.found if one.url not in owed.known]
        self.tally.discovered = len(discovery.found)
        self.tally.parsed = self.tally.fetched = self.tally.legible = len(discovery.found) - len(found)
        if len(found) > self.max_candidates:
            self.tally.stopped = f"only {self.max_candidates} of {len(found)} candidates were read"
            found = found[: self.max_candidates]
        for candidate in found:
            if self.hopeless:
                self.tally.stopped = f"the host fails: {self.last_fault}"
                return
            await self.read_candidate(candidate, owed.interval, known.get(candidate.url))

    async def read_candidate(self, found: Found, interval: Interval, known: Recheck | None) -> None:
        tally = self.tally
        fetched = await self.read(found.url, validators=_validators(known))
        if fetched.gone and known:
            self.lose(known, fetched.fetch, f"The server answered with status {fetched.fetch.status}.")
            return
        if fetched.not_modified and known:
            self.keep_unchanged(known, fetched.fetch)
            tally.fetched += 1
            tally.legible += 1
            return
        if not fetched.ok:
            self.fail_fetch(fetched)
            passing = _may_pass(fetched)
            tally.open_for_now += passing
            tally.illegible += not passing and fetched.fault != "robots_forbidden"
            return
        tally.fetched += 1
        document = self.parse(fetched)
        if document is None:
            tally.illegible += 1
            return
        tally.legible += 1
        if document.published_at is None:
            self.done.undated += 1
        elif found.published_at is None and not known and not is_of_interval(document, interval, self.source):
            self.done.off_interval += 1
            return
        if document.document_id not in self.written:
            self.keep(document)
            tally.parsed += 1

    async def recheck_article(self, known: Recheck) -> None:
        fetched = await self.read(known.url, validators=_validators(known))
        row = fetched.fetch
        if fetched.gone:
            self.lose(known, row, f"The server answered with status {row.status}.")
        elif fetched.not_modified:
            self.keep_unchanged(known, row)
        elif not fetched.ok:
            self.fail_fetch(fetched)
        elif (document := self.parse(fetched)) is not None:
            if document.document_id == known.document_id:
                self.keep(document)
            else:
                error = f"{row.final_url} is not the document that was known under {known.url}."
                self.fail(row.url, row.fetch_id, "OtherDocument", error)

    def keep_unchanged(self, known: Recheck, row: Fetch) -> None:
        self.spool.write(Unchanged(known.document_id, self.source.id, row.fetch_id, row.fetched_at))
        self.written.add(known.document_id)
        self.done.unchanged += 1

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
            if article.layout_problem:  # nothing is lost, but somebody should look
                self.spool.write(
                    Unparsed(self.source.id, clean(row.url), row.fetch_id, "LayoutError", clean(article.layout_problem))
                )
                self.tally.off_layout += 1
            return article_document(article, self.source, row.fetch_id)
        except (ParseError, InputError) as error:
            self.fail(row.url, row.fetch_id, type(error).__name__, str(error))
        except PARSER_BUGS as error:
            log.exception("The article parser broke on %s", row.url)
            self.fail(row.url, row.fetch_id, type(error).__name__, f"The parser broke: {error}")
        return None

    # Posts

    def keep_posts(self, discovery: Discovery) -> None:
        self.tally.discovered = len(discovery.posts)
        self.tally.fetched = len(discovery.spans)
        for found in discovery.posts:
            document = self.post(found.post, found.channel, found.fetch)
            if document is not None:
                self.keep(document)
                self.tally.parsed += 1

    # What is known already

    async def look_again(self) -> None:
        """Look at the plan's documents again: edited, taken down, or as they were? What is left when the host fails is
        logged, and comes up again when it is older."""
        if self.source.channel:
            left = await self.recheck_channel()
        else:
            left = await self.recheck_articles()
        if left:
            log.warning("%s: %d documents were not looked at again: %s", self.source.id, left, self.last_fault)

    async def recheck_articles(self) -> int:
        due = [known for known in self.plan.recheck if known.document_id not in self.written]
        for number, known in enumerate(due):
            if self.hopeless:
                return len(due) - number
            self.done.rechecked += 1
            if known.document_id not in self.written:
                await self.recheck_article(known)
        return 0

    async def recheck_channel(self) -> int:
        # Every page says which posts between its first and its last are there: the pages of discovery first.
        due = {known.post_id: known for known in self.plan.recheck if known.post_id is not None}
        self.done.rechecked = len(due)
        for fetched in self.channel_pages:
            self.recheck_posts(fetched, due)
        while due and not self.hopeless:
            newest = max(due)
            url = f"https://{self.channel_host}/s/{self.source.channel}?before={newest + 1}"
            fetched = await self.read(url)
            if not fetched.ok:
                self.fail_fetch(fetched)
                break
            self.recheck_posts(fetched, due)
            if newest in due:
                error = f"{url} shows no posts of the channel below {newest + 1}."
                self.fail(url, fetched.fetch.fetch_id, "LayoutError", error)
                break
        return len(due)

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

    def coverage(self, discovery: Discovery, interval: Interval, finished_at: datetime) -> Coverage:
        tally = self.tally
        gap_from, gap_to = discovery.gap_from, discovery.gap_to
        stop_reason: str = discovery.stop_reason
        complete = discovery.complete
        if tally.open_for_now:
            complete = False
            if discovery.complete:
                stop_reason = f"{tally.open_for_now} pages failed for now"
        tried = tally.legible + tally.illegible + tally.open_for_now
        if tally.illegible and (not tally.legible or (tally.illegible >= ALARM_FROM and tally.illegible > tried / 2)):
            complete = False
            stop_reason = f"{tally.illegible} of {tried} pages failed: the layout or the access changed?"
            gap_from, gap_to = interval.start, interval.end
        if interval.end > finished_at:
            stop_reason, complete = "the interval was not over yet", False
            gap_from, gap_to = gap_from or max(interval.start, finished_at), interval.end
        if tally.stopped:
            stop_reason, complete = tally.stopped, False
            gap_from, gap_to = interval.start, interval.end
        return Coverage(
            source_id=self.source.id,
            interval_start=interval.start,
            interval_end=interval.end,
            discovered=tally.discovered,
            fetched=tally.fetched,
            parsed=tally.parsed,
            failed=tally.failed,
            stop_reason=stop_reason,
            gap_from=gap_from,
            gap_to=gap_to,
            run_id=self.plan.run_id,
            finished_at=finished_at,
            complete=complete,
            off_layout=tally.off_layout,
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


def _validators(known: Recheck | None) -> Validators | None:
    return Validators(known.etag, known.last_modified) if known else None


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
