"""A run without Airflow: the steps of the night, one after another in this process, with progress for a person."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from ingest.errors import InputError, NightError, NoWarehouseError
from ingest.replay import iter_replay
from ingest.source import get_source, load_sources
from kezek import steps
from kezek.console import err, out
from kezek.ctrl_c import ctrl_c
from kezek.dates import day_bounds
from kezek.settings import Settings
from kezek.summary import print_added, print_summary
from kezek.unread import unread
from warehouse.connection import open_warehouse
from warehouse.state import counts


def run_days(settings: Settings, days: Iterable[date], sources: Sequence[str] | None, *, refetch: bool = False) -> None:
    """Read, understand and land each UTC day; then print what was found.

    Raises the errors of the steps: a sources file with an error, an unknown source id, an archive that can't be written;
    and, when all is landed and printed, NightError that names the sources that could not be read.
    """
    known = load_sources(settings.sources)
    for source_id in sources or ():
        get_source(known, source_id)
    not_read: list[str] = []
    with alone(settings), ctrl_c() as check, progress_bar() as progress:
        before = table_counts(settings)
        for day in days:
            start, end = day_bounds(day)
            plans = steps.plan_night(settings, start, end, sources, refetch=refetch, caller="run")
            for plan in progress.track(plans, description=f"{day} read sources"):
                check()
                if not err.is_terminal:
                    err.print(f"{day}  {Path(plan).stem}", highlight=False)
                steps.collect_source(settings, plan)
            batches = steps.load_readings(settings, plans)
            annotate_batches(settings, batches, progress, str(day), check)
            steps.publish(settings, start, end, caller="run")
            not_read += unread(settings, plans)
            check()
    print_summary(settings, before)
    if not_read:
        raise NightError(f"not read: {', '.join(not_read)}; the rest is landed, the same command tries these again.")


def run_replay(settings: Settings, path: Path) -> None:
    """Read saved responses in place of the network, and print what came of each.

    Raises InputError where `path` can't be replayed.
    """
    if next(iter_replay(path), None) is None:
        raise InputError(f"{path} can't be replayed: it holds no saved responses.")
    with alone(settings), ctrl_c() as check, progress_bar() as progress:
        before = table_counts(settings)
        task = progress.add_task("read what was saved", total=None)
        done, batches = steps.replay(settings, path)
        progress.update(task, total=done.responses, completed=done.responses)
        annotate_batches(settings, batches, progress, "replay", check)
        steps.publish_now(settings)
    out.print(
        f"{done.responses} responses: {done.documents} documents, {done.lists} feeds and sitemaps that list "
        f"{done.listed} pages, {done.unparsed} that gave no document."
    )
    if done.unparsed:
        err.print('Why not: kezek query "select url, error, message from unparsed"', style="dim", markup=False)
    print_added(before, table_counts(settings))


@contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """Hold the data folder, and make it first if need be: one `kezek run` at a time. The system lets go of it however the
    process ends.

    Raises InputError where another run holds it.
    """
    folder = settings.private
    folder.mkdir(parents=True, exist_ok=True)
    lock = os.open(folder, os.O_RDONLY)  # the folder itself: a refused run leaves no file behind
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InputError(f"another kezek run is at work in {settings.home}: wait until it has ended.") from None
        yield
    finally:
        os.close(lock)


def table_counts(settings: Settings) -> dict[str, int]:
    """Rows of every table of the writers' warehouse; empty where there is none yet."""
    try:
        with open_warehouse(settings.warehouse, read_only=True) as warehouse:
            return counts(warehouse)
    except NoWarehouseError:
        return {}


def annotate_batches(
    settings: Settings, batches: Sequence[str], progress: Progress, label: str, check: Callable[[], None]
) -> None:
    """Annotate the batches and load what was found; `check` is called before each, `label` stands before the bar."""
    done = []
    for batch in progress.track(batches, description=f"{label} annotate"):
        check()
        done.append(steps.annotate_batch(settings, batch))
    steps.load_annotations(settings, done)


def progress_bar() -> Progress:
    """A bar on stderr for a person; none where stderr is no terminal."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=err,
        transient=True,
        disable=not err.is_terminal,
    )
