"""Proof that the cluster does what one process does: nights by the scheduler and by backfill, on 1, 2 and 4 workers.

    make cluster-test

Starts the services of infra/compose.yaml as processes with nothing in common but PostgreSQL and a bucket
(tests/cluster), backfills the fourteen nights of the demo web and compares every row with fourteen nights in sequence in
one process; then, on another cluster, the one night that the scheduler begins by itself (CRON=1: only this). WORKERS=1,2,4
repeats the backfill with so many workers, each with one task at a time, and tells the seconds. Takes some minutes; ends with
status 1 where a check fails. KEEP=DIR keeps the logs.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from kezek.demo import LAST_NIGHT, demo_settings
from kezek.nights import run_nights
from kezek.settings import Settings
from tests import postgres
from tests.cluster.cluster import Cluster
from tests.same_rows import Rows, differences, rows
from warehouse.connection import open_warehouse

NIGHTS = int(os.environ.get("NIGHTS", "14"))
ACTIVE = int(os.environ.get("ACTIVE", "4"))
DAYS = [LAST_NIGHT - timedelta(days=n) for n in reversed(range(NIGHTS))]


def in_sequence(cluster: Cluster, days: list[date], home: Path, state: str = "success") -> tuple[Rows, float]:
    """The rows of the nightly DAG run day after day in one process, on another database of the same kind of server; and
    the seconds. The web stands where it stands for the cluster. Raises SystemExit where a run does not end in `state`."""
    with postgres.server() as server:
        address = server.create("sequence")
        settings = demo_settings(Settings.from_environment({"KEZEK_HOME": str(home)}), cluster.web.address)
        settings = replace(settings, server=address)
        begun = time.monotonic()
        for night in run_nights(settings, days, on_event=lambda event: None):
            if night.state != state:
                raise SystemExit(f"The night of {night.day} in sequence: {night.state}, {night.failed}; {night.log}")
        seconds = time.monotonic() - begun
        return held(address), seconds


def by_cron() -> None:
    """One night that the scheduler begins by itself: yesterday's. The demo web ends in 2025, so most of its sources cannot
    be read up to that day: the night fails, here and in sequence, and the rows are those of coverage and of what was fetched.
    Raises SystemExit where state, interval or rows differ."""
    with tempfile.TemporaryDirectory() as home, Cluster(workers=1, scheduled=True) as cluster:
        state, begin, end = cluster.night_by_cron()
        if end - begin != timedelta(days=1) or end > datetime.now(UTC):
            raise SystemExit(f"The night by its cron is of {begin} to {end}: not one whole day that has ended.")
        expected, _ = in_sequence(cluster, [begin.date()], Path(home), state)
        check_same("a night by its cron", expected, held(cluster.writer()), "coverage")
        told = f"a night by its cron, {begin:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M}, {state} as in one process"
        cluster.say(f"{told}: the same {expected['coverage'].total()} rows of coverage, and all others")


def held(address: str) -> Rows:
    """All rows there, as they are compared."""
    with open_warehouse(address, read_only=True) as warehouse:
        return rows(warehouse)


def check_same(told: str, first: Rows, second: Rows, of: str = "claims") -> None:
    """Raises SystemExit where the two differ, or where the table `of` is empty."""
    if not first[of]:
        raise SystemExit(f"{told}: the table {of} has no row to compare.")
    if different := differences(first, second):
        raise SystemExit("\n".join([f"{told}: not the same rows.", *different]))


def by_backfill() -> None:
    """Fourteen nights with each number of workers. Raises SystemExit where a check fails."""
    counts = [int(count) for count in os.environ.get("WORKERS", "2").split(",")]
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as home, Cluster(workers=counts[0], keep=os.environ.get("KEEP")) as cluster:
        kind = "mount namespaces of their own" if cluster.apart else "homes of their own"
        cluster.say(
            f"Up: {len(cluster.services)} processes with {kind}; the load was {load:.1f} of {os.cpu_count()} cores"
        )
        expected, seconds = in_sequence(cluster, DAYS, Path(home))
        sizes = {table: len(expected[table]) for table in ("documents", "claims", "observations", "coverage")}
        cluster.say(f"{NIGHTS} nights in sequence, one process: {seconds:.0f} s; {sizes}")
        table = []
        for count in counts:
            cluster.scale(count)
            cluster.new_warehouse()
            took = cluster.backfill(DAYS[0].isoformat(), DAYS[-1].isoformat(), ACTIVE)
            found = held(cluster.writer())
            check_same(f"{count} workers", expected, found)
            usual = len(table) + 1  # a run that is done again goes on counting
            tried = [task for _, task, _, _, number in cluster.troubles() if number > usual]
            line = f"{NIGHTS} nights by backfill, {ACTIVE} at a time, {count} workers: {took:.0f} s; the same rows; "
            cluster.say(f"{line}tried again: {len(tried)}; load {os.getloadavg()[0]:.1f}")
            table.append((count, took))
        if shared := cluster.shared_files():
            raise SystemExit("\n".join(["Not only in the bucket:", *shared]))
        cluster.say("no home holds a file of the archive, of the spool or of another home")
        if any(kept.restarts for kept in cluster.services.values()):
            restarts = {name: kept.restarts for name, kept in cluster.services.items()}
            raise SystemExit(f"A process died: {restarts}")
        for count, took in table:
            sys.stdout.write(f"| {count} | {took:.0f} s | {table[0][1] / took:.2f} |\n")


def main() -> None:
    if not os.environ.get("CRON"):
        by_backfill()
    by_cron()


if __name__ == "__main__":
    main()
