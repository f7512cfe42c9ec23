"""Nights without a scheduler: the real nightly DAG, run for one UTC day after another in a child process of its own.

`airflow dags test` would do it too, but starts anew for every night (13 s on the machine of benchmarks/RESULTS.md);
one child that stays (`kezek.dag_run`) pays for the imports and the models once and then takes 2.5 s a night on top of
the work itself. Airflow must be told where it lives before it is imported, so it never runs in this process.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO, Any, Literal

from ingest.errors import NightError
from kezek.airflow import airflow_environment
from kezek.console import err
from kezek.settings import Settings

State = Literal["running", "success", "failed", "up_for_retry", "skipped", "upstream_failed", "removed"]


@dataclass(frozen=True, slots=True)
class TaskEvent:
    """A task changed its state. `name` tells mapped tasks apart (the source, the batch); empty for the others."""

    task: str
    name: str
    state: State
    seconds: float | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class NightResult:
    """How one night went: every task's last state, and where the full log lies."""

    day: date
    state: Literal["success", "failed"]
    seconds: float
    tasks: tuple[TaskEvent, ...]
    log: Path

    @property
    def failed(self) -> tuple[TaskEvent, ...]:
        """The tasks that failed by themselves: neither those that waited for them, nor the alarm that tells of them."""
        return tuple(task for task in self.tasks if task.state == "failed" and task.task != "alarm")


def show_event(event: TaskEvent) -> None:
    """One line on stderr for a task that has ended; what runs is not shown, for lines can't be taken back."""
    label = f"{event.task} {event.name}".strip()
    seconds = "" if event.seconds is None else f"{event.seconds:6.1f} s"
    if event.state == "success":
        err.print(f"  [green]done[/green]    {label:<44} {seconds}")
    elif event.state in ("failed", "up_for_retry"):
        word = "failed" if event.state == "failed" else "retries"
        err.print(f"  [red]{word:<7}[/red] {label:<44} {seconds}")
        if event.error:
            err.print(f"          {event.error}", markup=False)


def prepare(settings: Settings) -> None:
    """Create or migrate Airflow's metadata database and set the pools; quick when it has been done already."""
    for _ in run_nights(settings, []):
        raise AssertionError("no day was asked for")


def run_nights(
    settings: Settings,
    days: Iterable[date],
    sources: list[str] | None = None,
    on_event: Callable[[TaskEvent], None] = show_event,
    retry_s: float = 1.0,
) -> Iterator[NightResult]:
    """Run the nightly DAG for each UTC day (interval 00:00 to 00:00), one after the other; gives each night's result.

    A day is taken from `days` only when its night begins, and the next night begins only when the next result is asked
    for, so the caller can act in between. `sources` limits the nights to these source ids. A task that fails is
    tried again after `retry_s` seconds, then twice as many, and so on. The output of Airflow and of
    the tasks goes to one log file a day, `HOME/airflow/logs/nights/DAY.log`. Raises NightError when Airflow itself
    breaks.
    """
    environment = {**airflow_environment(settings), "KEZEK_RETRY_SECONDS": str(retry_s)}
    logs = Path(environment["AIRFLOW__LOGGING__BASE_LOG_FOLDER"]) / "nights"
    logs.mkdir(parents=True, exist_ok=True)
    setup_log = logs / "setup.log"
    events_out, events_in = os.pipe()
    with setup_log.open("ab") as output:
        child = subprocess.Popen(
            [sys.executable, "-m", "kezek.dag_run", str(events_in)],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            pass_fds=[events_in],
            bufsize=0,  # a request that the child can't take must not come up again when its stdin is closed
        )
    os.close(events_in)
    assert child.stdin is not None
    with child, os.fdopen(events_out, encoding="utf-8") as events:
        try:
            _message(child, events, "ready", setup_log)
            log = setup_log
            for day in days:
                before, log = log, logs / f"{day}.log"
                request = {"day": day.isoformat(), "sources": sources, "log": str(log)}
                try:
                    child.stdin.write(json.dumps(request).encode() + b"\n")
                except BrokenPipeError:
                    raise NightError(
                        f"Airflow stopped with status {child.wait()} before the night of {day}; its log: {before}"
                    ) from None
                yield _night(child, events, day, log, on_event)
            child.stdin.close()
            if child.wait() != 0:
                raise NightError(f"Airflow stopped with status {child.returncode}; its log: {log}")
        finally:
            if child.poll() is None:
                child.terminate()


def _night(
    child: subprocess.Popen[bytes], events: IO[str], day: date, log: Path, on_event: Callable[[TaskEvent], None]
) -> NightResult:
    while True:
        message = _message(child, events, None, log)
        if "night" in message:
            night = message["night"]
            tasks = tuple(TaskEvent(**task) for task in night["tasks"])
            return NightResult(day, night["state"], night["seconds"], tasks, log)
        on_event(TaskEvent(**message))


def _message(child: subprocess.Popen[bytes], events: IO[str], wanted: str | None, log: Path) -> dict[str, Any]:
    line = events.readline()
    if not line:
        raise NightError(f"Airflow stopped with status {child.wait()} in the middle of a night; its log: {log}")
    message: dict[str, Any] = json.loads(line)
    if wanted is not None and wanted not in message:
        raise NightError(f"Airflow's child process said {line.strip()!r} where {wanted!r} was due.")
    return message
