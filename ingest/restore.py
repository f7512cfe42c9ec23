"""Reading again what was read, from the archive alone: the tape of a reading → the same spool as it left then.

The same steps run as on the night (`ingest.collect`), with the archived answers in place of the web, so documents,
deletions and coverage are found anew in the archived bytes, while every row of a fetch is the one that it was. Today's
parsers may ask for what was not asked for then: that has no answer, and is told (`Again.missing`). And they may not ask for
what was: its rows are kept all the same, and its articles and posts of the plan's intervals (`Again.left`). A record whose
bytes can't be read any more is a page that failed, with the error `damaged`; its neighbours are read.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from ingest.archive import Archive
from ingest.article import to_document as article_document
from ingest.channel import parse_channel
from ingest.channel import to_document as post_document
from ingest.characters import clean
from ingest.collect import collect
from ingest.collect_articles import article_of, is_of_interval
from ingest.document import Document
from ingest.errors import PARSER_BUGS, ArchiveError, InputError, ParseError
from ingest.fetch import Fetched, Validators, fetch_id
from ingest.fetch_record import Fetch
from ingest.handover import Place
from ingest.journal import Entry, RunLoaded, entry_in
from ingest.page_kind import page_kind
from ingest.plan import Recheck
from ingest.reading import DAMAGED, NOT_ARCHIVED
from ingest.source import Source
from ingest.spool import Gone, SpoolWriter, Unchanged
from ingest.tape import Look, Tape, asked_in, tape_of

log = logging.getLogger(__name__)

Body = Callable[[int, str | None], bytes]


@dataclass(frozen=True, slots=True)
class Try:
    """A whole reading: its file, and when it ended."""

    warc_file: str
    ended_at: datetime


@dataclass(slots=True)
class Survey:
    """What lies in an archive.

    `journal` is in the order of time; `tries` are by run, time of planning and source, in the order in which they ended;
    `sources` are as they were last. `killed` are files of readings that have no end, `older` files that say nothing of a
    reading, `unreadable` sentences about files that can't be read.
    """

    files: int = 0
    journal: list[Entry] = field(default_factory=list)
    tries: dict[tuple[str, datetime | None, str], list[Try]] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    killed: list[str] = field(default_factory=list)
    older: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)

    def reading(self, loaded: RunLoaded, source_id: str) -> Try | None:
        """What the load took in of a source: the last try that had ended by then. None where it is not there."""
        tries = self.tries.get((loaded.run_id, loaded.planned_at, source_id), [])
        # Where another machine's clock is behind, its only try ends after the load.
        return next((one for one in reversed(tries) if one.ended_at <= loaded.at), tries[0] if tries else None)


def survey(archive: Archive) -> Survey:
    """Look through all files of the archive; of each only its beginning and its end are read."""
    found = Survey()
    latest: dict[str, datetime] = {}
    for name in archive.files():
        found.files += 1
        try:
            first = archive.first_note(name)
            if first is None:
                found.older.append(name)
            elif asked := asked_in(first, name):
                key = (asked.plan.run_id, asked.plan.planned_at, asked.source.id)
                tape = tape_of(archive, name, asked)
                if tape is None:
                    found.killed.append(name)
                    continue
                found.tries.setdefault(key, []).append(Try(name, tape.end.ended_at))
                if tape.end.ended_at >= latest.setdefault(asked.source.id, tape.end.ended_at):
                    latest[asked.source.id] = tape.end.ended_at
                    found.sources[asked.source.id] = asked.source
            elif entry := entry_in(first, name):
                found.journal.append(entry)
            else:
                found.older.append(name)
        except ArchiveError as error:
            found.unreadable.append(str(error))
    found.journal.sort(key=lambda entry: entry.at)
    for tries in found.tries.values():
        tries.sort(key=lambda one: one.ended_at)
    return found


def tape_in(archive: Archive, warc_file: str) -> Tape:
    """The tape of a whole reading. Raises ArchiveError where there is none in the file."""
    first = archive.first_note(warc_file)
    asked = asked_in(first, warc_file) if first else None
    tape = tape_of(archive, warc_file, asked) if asked else None
    if tape is None:
        raise ArchiveError(f"{warc_file} holds no whole reading.")
    return tape


@dataclass(frozen=True, slots=True)
class Again:
    """What reading a tape again came to.

    `damaged` says which records can't be read, a sentence each; `missing` counts questions that were not asked then, `left`
    answers that were not asked for now; `otherwise` is true where the spool has other counts of rows than it had then.
    """

    damaged: tuple[str, ...] = ()
    missing: int = 0
    left: int = 0
    otherwise: bool = False


def read_again(tape: Tape, archive_root: str, spool_path: Place) -> Again:
    """Read the tape again, and leave its spool at `spool_path`. Raises ArchiveError where the tape's file is not there."""
    asked, clock = tape.asked, deque(tape.end.clock)

    def now() -> datetime:
        # A plan has as many intervals as it had then, and each takes one time.
        return clock.popleft() if clock else tape.end.ended_at

    with SpoolWriter(spool_path) as spool, Archive(archive_root) as archive:
        with archive.reader(tape.warc_file) as body:
            answers = _Answers(tape, body)
            asyncio.run(
                collect(
                    asked.source,
                    asked.plan,
                    answers.get,
                    spool,
                    archive,
                    channel_host=asked.channel_host,
                    now=now,
                )
            )
            left = answers.left()
            for fetched in left:
                _keep(tape, fetched, spool)
        return Again(tuple(answers.damaged), answers.missing, len(left), dict(spool.counts) != tape.end.spool)


@dataclass(slots=True)
class _Answers:
    """The answers on a tape, by URL, each given once and in the order in which they came."""

    tape: Tape
    body: Body
    damaged: list[str] = field(default_factory=list)
    missing: int = 0
    _looks: dict[str, deque[Look]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for look in self.tape.end.looks:
            self._looks.setdefault(look.url, deque()).append(look)

    async def get(self, url: str, *, validators: Validators | None = None) -> Fetched:
        """As the web answered then. What it was not asked has no rows, and the error NOT_ARCHIVED."""
        looks = self._looks.get(clean(url))
        if looks:
            return self._answer(looks.popleft())
        self.missing += 1
        return Fetched(self._no_fetch(clean(url)), None, ())

    def left(self) -> list[Fetched]:
        """What nobody asked for, in the order in which it came."""
        left = [look for looks in self._looks.values() for look in looks]
        self._looks.clear()
        return [self._answer(look) for look in sorted(left, key=lambda look: look.rows[-1].fetched_at)]

    def _answer(self, look: Look) -> Fetched:
        row = look.rows[-1]
        validators = Validators(row.etag, row.last_modified, row.fetched_at)
        if row.error is not None:
            return Fetched(row, None, look.rows, validators)
        if row.sha256 is None or row.warc_offset is None:  # an answer of 304
            return Fetched(row, b"", look.rows, validators)
        try:
            return Fetched(row, self.body(row.warc_offset, row.sha256), look.rows, validators)
        except ArchiveError as error:
            self.damaged.append(f"{row.url}: {error}")
            return Fetched(replace(row, error=f"{DAMAGED}: {error}"), None, look.rows, validators)

    def _no_fetch(self, url: str) -> Fetch:
        plan = self.tape.asked.plan
        return Fetch(
            fetch_id=fetch_id(plan.run_id, url, NOT_ARCHIVED),
            run_id=plan.run_id,
            source_id=plan.source_id,
            url=url,
            final_url=url,
            fetched_at=self.tape.end.ended_at,
            status=None,
            content_type=None,
            bytes=0,
            sha256=None,
            warc_file=None,
            warc_offset=None,
            error=f"{NOT_ARCHIVED}: it was not asked for on the night, and the archive has no answer.",
        )


def _keep(tape: Tape, fetched: Fetched, spool: SpoolWriter) -> None:
    """What can be said of an answer that nobody asks for any more: its rows; was its document gone, or as it was; else
    what it shows of the plan's intervals, and of what the plan looks at again."""
    for row in fetched.trail:
        spool.write(row)
    plan, row = tape.asked.plan, fetched.fetch
    known = {clean(one.url): one for one in plan.recheck if one.post_id is None}.get(row.url)
    if known and fetched.gone:
        reason = f"The server answered with status {row.status}."
        spool.write(Gone(known.document_id, plan.source_id, known.url, row.fetch_id, row.fetched_at, reason))
    elif known and fetched.not_modified:
        spool.write(Unchanged(known.document_id, plan.source_id, row.fetch_id, row.fetched_at))
    elif fetched.ok:
        for document in _documents(tape, fetched):
            if _is_wanted(tape, document, known):
                spool.write(document)


def _documents(tape: Tape, fetched: Fetched) -> Iterator[Document]:
    source, row = tape.asked.source, fetched.fetch
    assert fetched.body is not None
    try:
        match page_kind(fetched.body, row.url, tape.asked.channel_host):
            case "channel":
                page = parse_channel(fetched.body, row.url)
                posts = (post_document(post, page.channel, source, row.fetch_id) for post in page.posts)
                yield from (document for document in posts if document is not None)
            case "article":
                yield article_document(article_of(fetched, source), source, row.fetch_id)
    except (ParseError, InputError) as error:
        log.info("%s is no document: %s", row.url, error)
    except PARSER_BUGS:
        log.exception("The parser broke on %s", row.url)


def _is_wanted(tape: Tape, document: Document, known: Recheck | None) -> bool:
    plan = tape.asked.plan
    if known or any(document.document_id == one.document_id for one in plan.recheck):
        return True
    return any(is_of_interval(document, owed.interval, tape.asked.source) for owed in plan.intervals)
