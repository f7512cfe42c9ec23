"""One source being read in one run: its rows on their way to the spool, and what is counted on the way."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace

from ingest.archive import Archive
from ingest.characters import clean
from ingest.discovery import Discovery, may_pass
from ingest.document import Document
from ingest.errors import ArchiveError
from ingest.fetch import Fetched, Get, Validators
from ingest.fetch_record import Fetch
from ingest.plan import Plan, Recheck
from ingest.source import Source
from ingest.spool import Gone, SpoolWriter, Unchanged, Unparsed

log = logging.getLogger(__name__)

HOPELESS_AFTER = 5
"""So many faults of the host in a row, retries not counted, and the source is left for this run."""
NOT_ARCHIVED = "not_archived"
DAMAGED = "damaged"
"""Faults of the archive, where it stands in the web's place (ingest.restore): no word against the host."""


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


@dataclass(slots=True)
class Tally:
    """What reading one interval came to; what makes its coverage row."""

    discovered: int = 0
    fetched: int = 0
    parsed: int = 0
    failed: int = 0
    off_layout: int = 0
    off_archive: int = 0
    """Candidates of an archive page that turned out to be of another day."""
    open_for_now: int = 0
    """Candidates that failed for a reason that may pass."""
    legible: int = 0
    """Candidates that were read as documents, of whatever day."""
    illegible: int = 0
    """Candidates that were refused or gave no document, for reasons that do not pass; robots.txt's word is not counted."""
    stopped: str | None = None


@dataclass(slots=True)
class Reading:
    """One source being read: what every part of it needs to write to and count in."""

    source: Source
    plan: Plan
    get: Get
    spool: SpoolWriter
    archive: Archive
    channel_host: str
    done: Collected
    tally: Tally = field(default_factory=Tally)
    lists: dict[str, Fetched] = field(default_factory=dict)
    """The lists and channel pages of this run, by URL: several intervals need the same."""
    channel_pages: list[Fetched] = field(default_factory=list)
    written: dict[str, str] = field(default_factory=dict)
    """The documents that went to the spool, with their titles."""
    told: set[str] = field(default_factory=set)
    """The problems of lists that are rows already: several intervals may need the same list."""
    faults_in_a_row: int = 0
    last_fault: str = ""

    async def read(self, url: str, *, validators: Validators | None = None) -> Fetched:
        """`get`, with every row of it in the spool before anybody reads the body."""
        fetched = await self.get(url, validators=validators)
        for row in fetched.trail:
            self.spool.write(row)
        if may_pass(fetched) and fetched.fault not in (NOT_ARCHIVED, DAMAGED):
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
        fetched = await self.read(url, validators=Validators(stored.etag, stored.last_modified, stored.fetched_at))
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
            if problem in self.told:
                continue
            self.told.add(problem)
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
        self.written[document.document_id] = document.title

    def lose(self, known: Recheck, fetch: Fetch, reason: str) -> None:
        self.spool.write(Gone(known.document_id, self.source.id, known.url, fetch.fetch_id, fetch.fetched_at, reason))
        self.written.setdefault(known.document_id, "")
        self.done.gone += 1

    def keep_unchanged(self, known: Recheck, row: Fetch) -> None:
        self.spool.write(Unchanged(known.document_id, self.source.id, row.fetch_id, row.fetched_at))
        self.written.setdefault(known.document_id, "")
        self.done.unchanged += 1


def _class_of(fetch: Fetch | None) -> str:
    if fetch is None:
        return "ParseError"
    if fetch.error:
        return fetch.error.partition(":")[0]
    return f"HTTP {fetch.status}" if fetch.status and not 200 <= fetch.status < 300 else "ParseError"
