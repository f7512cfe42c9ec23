"""`airflow backfill create` for people: whole UTC days, the first and the last of them included.

Airflow's own dates are instants, midnight in its default time zone where no hour is given, and are compared with the start of
each night's interval: `--to-date 2025-10-03` reads 3 October if that zone is UTC, and stops at the 2nd where the zone lies
east of it. A day that is not over is left out without a word. So the dates are given here with hour and zone.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from ingest.errors import InputError, NightError
from ingest.source import get_source, load_sources
from kezek.airflow import airflow_environment
from kezek.console import err, out
from kezek.dates import day_bounds, days_between
from kezek.settings import Settings

PARALLEL: Final = 4
"""Days that are read side by side, where nothing else is asked for; each host is asked by one of them at a time."""
_RUN: Final = re.compile(r"^\| (\d{4}-\d{2}-\d{2}) 00:00:00\+00:00 ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Backfill:
    """Days to be read, oldest first, of some sources (none: all), so many side by side; `again`: those too that went well."""

    days: Sequence[date]
    sources: Sequence[str] = ()
    parallel: int = PARALLEL
    again: bool = False

    @property
    def arguments(self) -> list[str]:
        """What the `airflow` command wants."""
        conf = ["--dag-run-conf", json.dumps({"sources": list(self.sources)})] if self.sources else []
        return [
            "backfill", "create", "--dag-id", "nightly",
            "--from-date", day_bounds(self.days[0])[0].isoformat(),
            "--to-date", day_bounds(self.days[-1])[0].isoformat(),
            "--max-active-runs", str(self.parallel),
            "--reprocess-behavior", "completed" if self.again else "failed",
            *conf,
        ]  # fmt: skip


def whole_days(since: date, until: date, today: date) -> list[date]:
    """The days from `since` to `until`, both included. Raises InputError where the order is wrong, and for a day that is not
    over."""
    days = days_between(since, until)
    if until >= today:
        raise InputError(
            f"{until} is not over yet (in UTC): a backfill reads whole days, the last one now is the day before {today}."
        )
    return days


def run_backfill(settings: Settings, backfill: Backfill, *, dry_run: bool = False) -> None:
    """Have Airflow make the runs of these days, and print which, how they are watched, and how they are taken up again; or,
    for a `dry_run`, only which.

    Raises SourceError for an unknown source, NightError with Airflow's own words where it refuses.
    """
    known = load_sources(settings.sources)
    for source_id in backfill.sources:
        get_source(known, source_id)
    days = [date.fromisoformat(day) for day in _RUN.findall(_airflow(settings, [*backfill.arguments, "--dry-run"]))]
    if left := [day for day in backfill.days if day not in days]:
        why = "a run is at work there" if backfill.again else "they have been run, or a run is at work there"
        err.print(f"Left alone: {_told(left)}; {why}.", style="dim", soft_wrap=True)
    if not days:
        out.print("Nothing to run." + ("" if backfill.again else " --again runs the days anew."))
        return
    if dry_run:
        out.print(f"Would run: {_told(days)}.", soft_wrap=True)
        return
    _airflow(settings, backfill.arguments)
    out.print(f"Runs of the DAG nightly: {_told(days)}; {backfill.parallel} at a time.", soft_wrap=True)
    out.print(
        "They start when the scheduler is up and the DAG is switched on: kezek-airflow dags unpause nightly\n"
        "Watch them:    kezek-airflow dags list-runs nightly, or the web interface; kezek status says what is read\n"
        "Take them up again, should any fail: the same command; what went well is left alone",
        soft_wrap=True,
    )


def _airflow(settings: Settings, arguments: Sequence[str]) -> str:
    program = Path(sys.executable).with_name("airflow")
    environment = {**airflow_environment(settings, operator=True), "COLUMNS": "200"}
    done = subprocess.run([program, *arguments], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        said = [line.strip() for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        raise NightError(f"Airflow makes no backfill: {said[-1] if said else f'status {done.returncode}'}")
    return done.stdout


def _told(days: Sequence[date]) -> str:
    """The days as ranges: 2025-10-01 to 2025-10-03, 2025-10-05."""
    ranges: list[list[date]] = []
    for day in days:
        if ranges and (day - ranges[-1][-1]).days == 1:
            ranges[-1].append(day)
        else:
            ranges.append([day])
    return ", ".join(str(one[0]) if len(one) == 1 else f"{one[0]} to {one[-1]}" for one in ranges)


def today() -> date:
    """The UTC day."""
    return datetime.now(UTC).date()
