"""The collecting step: one source's interval → a spool of fetches, documents and what was and was not seen.

    discover → fetch → parse → keep what is of the interval → look again at what is known already

Gaps that earlier runs left are read first, by the same steps; a list that several intervals need is read once. One page
that fails never stops a source: it is a row and a count. A host that fails at everything does, and so does a list that is
longer than anybody publishes; the coverage says so, and the interval stays open for the next run.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime

from ingest.archive import Archive
from ingest.collect_articles import read_articles, recheck_articles
from ingest.collect_posts import keep_posts, recheck_posts
from ingest.discover import Discovery, discover
from ingest.errors import InputError
from ingest.fetch import Fetched, Fetcher, FetchSettings, Get, Validators
from ingest.handover import Place
from ingest.interval import Interval
from ingest.plan import Gap, Plan
from ingest.reading import Collected, Reading, Tally
from ingest.source import Source
from ingest.spool import Coverage, SpoolWriter
from ingest.tape import Asked, Recorder

log = logging.getLogger(__name__)

ALARM_FROM = 4
"""So many failed pages, where they are more than half of all, say that it is not the pages: layout or access changed."""


def carry_out(
    plan: Plan,
    source: Source,
    archive_root: str,
    settings: FetchSettings,
    spool_path: Place,
    *,
    channel_host: str = "t.me",
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Collected:
    """Carry out one source's plan over the network and leave its spool at `spool_path`; the archive keeps the tape of it.

    `now` is the clock that fetches are stamped with. Raises ArchiveError where the archive can't be written.
    """

    async def run() -> Collected:
        # The archive is closed before the spool appears: nobody reads of bytes that are not there yet.
        with SpoolWriter(spool_path) as spool, Archive(archive_root) as archive:
            async with Fetcher(archive, settings, plan.run_id, now) as fetcher:
                recorder = Recorder(archive, Asked(plan, source, channel_host), source_get(fetcher, source), now)
                if not plan.idle:
                    recorder.start()
                done = await collect(
                    source, plan, recorder.get, spool, archive, channel_host=channel_host, now=recorder.now
                )
            if not plan.idle:
                recorder.finish(dict(spool.counts))
            return done

    _check(plan, source)
    return asyncio.run(run())


def source_get(fetcher: Fetcher, source: Source) -> Get:
    """The fetcher's `get` with what the source has of its own: its delay, and its reason to override robots.txt."""

    async def get(url: str, *, validators: Validators | None = None) -> Fetched:
        return await fetcher.get(
            url,
            source.id,
            validators=validators,
            robots_override=source.robots_override if source.is_own(url) else None,
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
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Collected:
    """Read what `source` owes by `plan`: its gaps, its interval, and `plan.recheck` again; all of it goes to `spool`.

    Of an idle plan nothing is read, and nothing written. Raises InputError where the plan is of another source, and what
    `get` raises (ArchiveError); nothing because of the web.
    """
    _check(plan, source)
    if plan.idle:
        return Collected(source.id, already_read=True)
    reading = Reading(source, plan, get, spool, archive, channel_host, Collected(source.id))
    for owed in plan.intervals:
        spool.write(await _read_interval(reading, owed, now))
    await _look_again(reading)
    return reading.done


def _check(plan: Plan, source: Source) -> None:
    if plan.source_id != source.id:
        raise InputError(f"The plan is of {plan.source_id}, not of {source.id}.")


async def _read_interval(reading: Reading, owed: Gap, now: Callable[[], datetime]) -> Coverage:
    """Read one interval, and say what was seen of it."""
    reading.tally = tally = Tally()
    discovery = await discover(reading.source, owed.interval, reading.read_list, channel_host=reading.channel_host)
    reading.note_problems(discovery)
    if reading.source.channel:
        keep_posts(reading, discovery)
    else:
        await read_articles(reading, discovery, owed)
    row = _coverage(reading, discovery, owed.interval, now())
    reading.done.discovered += tally.discovered
    reading.done.fetched += tally.fetched
    reading.done.parsed += tally.parsed
    reading.done.failed += tally.failed
    reading.done.off_layout += tally.off_layout
    if owed.interval == reading.plan.interval:
        reading.done.stop_reason = row.stop_reason
    else:
        reading.done.gaps += 1
        reading.done.gaps_closed += row.complete
    reading.tally = Tally()
    return row


async def _look_again(reading: Reading) -> None:
    """Look at the plan's documents again: edited, taken down, or as they were? What is left when the host fails is
    logged, and comes up again when it is older."""
    if reading.source.channel:
        left = await recheck_posts(reading)
    else:
        left = await recheck_articles(reading)
    if left:
        log.warning("%s: %d documents were not looked at again: %s", reading.source.id, left, reading.last_fault)


def _coverage(reading: Reading, discovery: Discovery, interval: Interval, finished_at: datetime) -> Coverage:
    tally = reading.tally
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
        what = "posts" if reading.source.channel else "pages"
        stop_reason = f"{tally.illegible} of {tried} {what} failed: the layout or the access changed?"
        gap_from, gap_to = interval.start, interval.end
    if tally.off_archive >= ALARM_FROM and not tally.parsed:
        complete = False
        stop_reason = f"the archive pages list other days: {tally.off_archive} articles of them, none of this one"
        gap_from, gap_to = interval.start, interval.end
    if interval.end > finished_at:
        stop_reason, complete = "the interval was not over yet", False
        gap_from, gap_to = gap_from or max(interval.start, finished_at), interval.end
    if tally.stopped:
        stop_reason, complete = tally.stopped, False
        gap_from, gap_to = interval.start, interval.end
    return Coverage(
        source_id=reading.source.id,
        interval_start=interval.start,
        interval_end=interval.end,
        discovered=tally.discovered,
        fetched=tally.fetched,
        parsed=tally.parsed,
        failed=tally.failed,
        stop_reason=stop_reason,
        gap_from=gap_from,
        gap_to=gap_to,
        run_id=reading.plan.run_id,
        finished_at=finished_at,
        complete=complete,
        off_layout=tally.off_layout,
    )
