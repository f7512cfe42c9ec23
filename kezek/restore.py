"""The warehouse made again from the archive alone: what was read is read again from its WARC files, and the journal says
in which order a warehouse took it in. Nothing is fetched, and nothing is written to the archive.

The model of today reads all texts anew. What no archive holds can't come back: what older models had found, which checks
had failed once, and what a curator's or the sources file said earlier than now.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import get_args

from rich.progress import Progress, TaskID

from ingest.archive import Archive
from ingest.errors import ArchiveError, InputError
from ingest.journal import RunFinished, RunLoaded, RunPlanned
from ingest.restore import Again, Survey, read_again, survey, tape_in
from ingest.source import load_sources
from ingest.spool import Spool, read_spool
from kezek import steps
from kezek.console import err, out
from kezek.ctrl_c import ctrl_c
from kezek.night_summary import summarise
from kezek.run import alone, annotate_batches, progress_bar, table_counts
from kezek.settings import Settings
from kezek.summary import print_added
from nlp.knowledge import knowledge
from warehouse import load as warehouse_load
from warehouse.connection import open_warehouse, place
from warehouse.runs import finish_run, start_run

MOST_TOLD = 20
"""Most sentences of one kind about what could not be restored."""
_HALF_DONE = "restoring"


@dataclass(slots=True)
class Restored:
    """What a restore came to. `lost` are sentences about what the archive should hold and does not, or not readably."""

    runs: set[str] = field(default_factory=set)
    readings: int = 0
    taken: set[str] = field(default_factory=set)
    """The WARC files of these readings."""
    otherwise: int = 0
    missing: int = 0
    left: int = 0
    lost: list[str] = field(default_factory=list)


def restore(settings: Settings) -> bool:
    """Make the warehouse from the archive, publish it, and print what was found and what is not to be had; whether all of
    it was.

    Raises InputError where the warehouse holds documents already (unless a restore that was killed has left them) or the
    archive holds no reading; SourceError and KnowledgeError for a curator's file with an error. Then nothing is written.
    """
    half_done = settings.private / _HALF_DONE
    with alone(settings), ctrl_c() as check, Archive(settings.archive) as archive:
        _check_empty(settings, half_done)
        with progress_bar() as progress:
            task = progress.add_task("look through the archive", total=None)
            found = survey(archive)
            progress.remove_task(task)
            if not found.tries or not found.journal:
                raise InputError(_nothing_in(settings, found))
            sources, entities = load_sources(settings.sources), knowledge()
            half_done.write_text(f"{place(settings.warehouse)}\n", encoding="utf-8")
            with open_warehouse(settings.warehouse) as warehouse:
                left_the_file = [one for source_id, one in sorted(found.sources.items()) if source_id not in sources]
                warehouse_load.load_sources(warehouse, [*left_the_file, *sources.values()])
                warehouse_load.load_knowledge(warehouse, entities.values())
            done = _journal_again(settings, archive, found, progress, check)
        _tell(settings, found, done)
        steps.publish_now(settings)
        half_done.unlink()
    return not done.lost


def _journal_again(
    settings: Settings, archive: Archive, found: Survey, progress: Progress, check: Callable[[], None]
) -> Restored:
    """Do what the journal says, in its order."""
    done = Restored(lost=list(found.unreadable))
    total = sum(len(entry.sources) for entry in found.journal if isinstance(entry, RunLoaded))
    bar = progress.add_task("read again", total=total)
    with tempfile.TemporaryDirectory(prefix="kezek-restore-") as folder:
        here = replace(settings, spool=folder)
        for entry in found.journal:
            check()
            match entry:
                case RunPlanned():
                    _plan(here, entry)
                case RunLoaded():
                    if not err.is_terminal:
                        err.print(f"{entry.run_id}  {len(entry.sources)} sources", highlight=False)
                    _load(here, archive, found, entry, done, progress, bar, check)
                case RunFinished():
                    _finish(here, found, entry)
    return done


def _check_empty(settings: Settings, half_done: Path) -> None:
    documents = table_counts(settings).get("documents", 0)
    where = place(settings.warehouse)
    if documents and not (half_done.is_file() and half_done.read_text(encoding="utf-8").strip() == where):
        raise InputError(
            f"the warehouse {where} holds {documents:,} documents: a restore wants an empty one, so move it away first."
        )


def _nothing_in(settings: Settings, found: Survey) -> str:
    if not found.files:
        return f"the archive {settings.archive} holds no WARC files: there is nothing to restore."
    broken = f", and {len(found.unreadable)} can't be read" if found.unreadable else ""
    return (
        f"none of the {found.files} WARC files in {settings.archive} says what was read and loaded{broken}: what they hold "
        f"can be read by `kezek run --replay`."
    )


def _plan(settings: Settings, entry: RunPlanned) -> None:
    with open_warehouse(settings.warehouse) as warehouse:
        start_run(warehouse, entry.run_id, entry.interval, entry.at)
        warehouse_load.open_coverage(warehouse, entry.owing, entry.interval, entry.run_id, entry.at)


def _load(
    settings: Settings,
    archive: Archive,
    found: Survey,
    entry: RunLoaded,
    done: Restored,
    progress: Progress,
    bar: TaskID,
    check: Callable[[], None],
) -> None:
    spools = []
    for source_id in entry.sources:
        check()
        spool = _spool_again(settings, archive, found, entry, source_id, done)
        spools += [spool] if spool else []
        progress.advance(bar)
    with open_warehouse(settings.warehouse) as warehouse:
        steps.load_spools(warehouse, spools)
        if failed := steps.failed_readings(entry):
            warehouse_load.load_readings(warehouse, coverage=failed)
    done.runs.add(entry.run_id)
    batches = steps.write_batches(settings, entry.run_id, most=None)
    annotate_batches(settings, batches, progress, entry.run_id, check)


def _spool_again(
    settings: Settings, archive: Archive, found: Survey, entry: RunLoaded, source_id: str, done: Restored
) -> Spool | None:
    taken = found.reading(entry, source_id)
    if taken is None:
        done.lost.append(f"{source_id} in {entry.run_id}: no whole reading is there, its days stay gaps.")
        return None
    path = Path(settings.spool, "again.jsonl")
    try:
        again = read_again(tape_in(archive, taken.warc_file), settings.archive, path)
    except ArchiveError as error:  # it was there when the archive was looked through
        done.lost.append(f"{source_id} in {entry.run_id}: {error}")
        return None
    done.readings += 1
    done.taken.add(taken.warc_file)
    _count(again, done)
    return read_spool(path)


def _count(again: Again, done: Restored) -> None:
    done.lost += again.damaged
    if not again.damaged:
        done.otherwise += again.otherwise
        done.missing += again.missing
        done.left += again.left


def _finish(settings: Settings, found: Survey, entry: RunFinished) -> None:
    with open_warehouse(settings.warehouse) as warehouse:
        finish_run(warehouse, entry.run_id, entry.at)
    planned = [one for one in found.journal if isinstance(one, RunPlanned) and one.run_id == entry.run_id]
    caller = next((one for one in get_args(steps.Caller) if entry.run_id.startswith(f"{one}/")), None)
    if planned and caller:
        interval = planned[-1].interval
        summarise(settings, interval.start, interval.end, caller=caller, checked=False)


def _tell(settings: Settings, found: Survey, done: Restored) -> None:
    out.print(
        f"{found.files:,} WARC files: {done.readings:,} readings of {len(done.runs):,} runs were read again.",
        soft_wrap=True,
    )
    print_added({}, table_counts(settings))
    unused = [one.warc_file for tries in found.tries.values() for one in tries if one.warc_file not in done.taken]
    for sentence in _left_out(found, done, unused):
        err.print(sentence, style="yellow", markup=False, soft_wrap=True)
    for sentence in done.lost[:MOST_TOLD]:
        err.print(f"Lost: {sentence}", style="red", markup=False, soft_wrap=True)
    if len(done.lost) > MOST_TOLD:
        err.print(f"… and {len(done.lost) - MOST_TOLD} more.", style="red")


def _left_out(found: Survey, done: Restored, unused: list[str]) -> list[str]:
    told = []
    if found.killed:
        told.append(f"{_files(found.killed)} of tries that were killed: nobody had anything of them.")
    if unused:
        told.append(f"{_files(unused)} of readings that no load took in: a later try took their place.")
    if found.older:
        told.append(
            f"{_files(found.older)} without a plan, of an older version, another tool, a check or a replay: what they hold "
            "is read by `kezek run --replay`."
        )
    if done.otherwise:
        told.append(
            f"{done.otherwise} readings came out otherwise than then (the parsers are others now, or a list is damaged that they "
            f"lean on): {done.missing} pages were not asked for then, {done.left} answers are not asked for any more, and "
            "were read all the same."
        )
    return told


def _files(names: list[str]) -> str:
    one = len(names) == 1
    return f"Left out: {len(names):,} file{'' if one else 's'} ({names[0]}{'' if one else ' …'})"
