"""Proof that a night on the cluster ends by itself whatever dies: kill -9 in the middle of it, then compare every row.

    make kill-cluster-proof

One undisturbed night of the demo web on two workers (tests/cluster), then one night for each of: a Celery worker while it
annotates and while it collects, the scheduler, the metadata's PostgreSQL, the warehouse's PostgreSQL while a load has
changed rows and not committed them (each server with all its children), Redis, and Redis with all that it has on disk. What was killed is started again, as Compose would; nobody else
helps. `task_instance_heartbeat_timeout` is as Airflow ships it. VICTIMS=redis,scheduler takes these only. Takes half an
hour; ends with status 1 where a check fails. KEEP=DIR keeps the logs.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass

import psutil

from benchmarks.cluster import check_same, held
from kezek.demo import LAST_NIGHT
from tests.cluster.cluster import Cluster

DAY = LAST_NIGHT.isoformat()
COLLECT, ANNOTATE, LOAD = "collect.%", "annotate", "load%"


@dataclass(frozen=True, slots=True)
class Victim:
    """Who dies, while which task runs; `kill` does it, given the process id of that task, and says what it did."""

    name: str
    during: str
    kill: Callable[[Cluster, int], str]


def worker(cluster: Cluster, pid: int) -> str:
    found = cluster.worker_of(pid)
    if found is None:
        raise LookupError("the task was done before its worker was found")
    return f"{found.name}: {found.kill()} processes, the task's own among them"


def scheduler(cluster: Cluster, pid: int) -> str:
    return f"{cluster.services['scheduler'].kill()} processes"


def metadata(cluster: Cluster, pid: int) -> str:
    return f"{cluster.kill_server(cluster.metadata)} processes"


def warehouse(cluster: Cluster, pid: int) -> str:
    while not cluster.writes():
        if not psutil.pid_exists(pid):
            raise LookupError("the load was done before its transaction was seen")
    return f"{cluster.kill_server(cluster.warehouse)} processes, in a transaction that had changed rows"


def redis(cluster: Cluster, pid: int) -> str:
    return f"{cluster.services['redis'].kill()} process"


def redis_with_its_disk(cluster: Cluster, pid: int) -> str:
    """What it has on disk goes first: it is started again within a tenth of a second."""
    shutil.rmtree(cluster.base / "redis" / "appendonlydir")
    return f"{cluster.services['redis'].kill()} process and its append-only file"


VICTIMS = (
    Victim("worker that annotates", ANNOTATE, worker),
    Victim("worker that collects", COLLECT, worker),
    Victim("scheduler", COLLECT, scheduler),
    Victim("metadata", COLLECT, metadata),
    Victim("warehouse", LOAD, warehouse),
    Victim("redis", COLLECT, redis),
    Victim("redis and its disk", COLLECT, redis_with_its_disk),
)


def strike(cluster: Cluster, victim: Victim, backfill: int) -> str:
    """Wait until such a task runs, and kill. Raises RuntimeError where the night has ended before."""
    while True:
        running = cluster.until(
            f"{victim.during} runs",
            lambda: (
                cluster.running(victim.during)
                or any(state in ("success", "failed") for state, _, _ in cluster.runs(backfill).values())
            ),
            every_s=0.1,
        )
        if running is True or not isinstance(running, list):
            raise RuntimeError(f"the night ended before {victim.name} could be killed")
        task, index, pid = running[0]
        try:
            return f"while {task} [{index}] runs: {victim.kill(cluster, pid)}"
        except LookupError:
            continue


def main() -> None:
    asked = set(filter(None, os.environ.get("VICTIMS", "").split(",")))
    victims = [victim for victim in VICTIMS if not asked or victim.name in asked]
    with Cluster(workers=2, keep=os.environ.get("KEEP")) as cluster:
        cluster.say(f"Up: {len(cluster.services)} processes and two PostgreSQL servers")
        shipped = cluster.airflow("config", "get-value", "scheduler", "task_instance_heartbeat_timeout").split()[-1]
        if shipped != "300":
            raise SystemExit(f"task_instance_heartbeat_timeout is {shipped}, and Airflow ships 300.")
        undisturbed = cluster.backfill(DAY, DAY)
        expected = held(cluster.writer())
        cluster.say(f"the night of {DAY} undisturbed: {undisturbed:.0f} s, {expected['claims'].total()} claims")
        table = []
        tries = cluster.tries()  # a run that is done again goes on counting
        for victim in victims:
            cluster.new_warehouse()
            backfill = cluster.start_backfill(DAY, DAY)
            cluster.say(f"{victim.name}: {strike(cluster, victim, backfill)}")
            took = cluster.finish_backfill(backfill)
            check_same(victim.name, expected, held(cluster.writer()))
            before, tries = tries, cluster.tries()
            again = [f"{task}[{index}]" for (task, index), n in tries.items() if n > before.get((task, index), 0) + 1]
            cluster.say(f"{victim.name}: the night took {took:.0f} s, the same rows; tried again: {again or 'none'}")
            table.append((victim.name, took))
        for name, took in [("nobody", undisturbed), *table]:
            sys.stdout.write(f"| {name} | {took:.0f} s | {took / 60:.1f} min |\n")


if __name__ == "__main__":
    main()
