"""The child process of `kezek.nights`: runs the nightly DAG in itself, one night for each line on standard input.

    python -m kezek.dag_run EVENTS_FD

A line of input is `{"day": "2025-10-01", "sources": null, "log": "/…/2025-10-01.log"}`. What happens is told as JSON
lines on the file descriptor EVENTS_FD: `{"ready": true}`, then task events, then `{"night": {…}}` a night. Everything
that is printed or logged meanwhile goes to the night's log. Import it nowhere: it imports Airflow, which wants its
environment (`kezek.airflow.airflow_environment`) set before.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import IO, Any

import airflow
from airflow.cli.cli_parser import get_parser
from airflow.listeners import hookimpl
from airflow.sdk import DAG
from airflow.sdk.listener import get_listener_manager

from kezek.airflow import DAGS, write_pools
from kezek.settings import Settings


def prepare() -> None:
    """Migrate the metadata database and set the pools, unless this Airflow has done both here already."""
    home = Path(os.environ["AIRFLOW_HOME"])
    path = write_pools(Settings.from_environment())
    pools = hashlib.sha256(path.read_bytes()).hexdigest()
    done = f"{airflow.__version__} {os.environ['AIRFLOW__DATABASE__SQL_ALCHEMY_CONN']} {pools}\n"
    stamp = home / "prepared"
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == done:
        return
    for command in (["db", "migrate"], ["pools", "import", str(path)]):
        arguments = get_parser().parse_args(command)
        arguments.func(arguments)
    stamp.write_text(done, encoding="utf-8")


def nightly_dag() -> DAG:
    """The DAG of dags/nightly.py."""
    spec = importlib.util.spec_from_file_location("nightly", DAGS / "nightly.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    dag = module.night
    assert isinstance(dag, DAG)
    # Nobody here would tell that a night is late; and Airflow 3.3.2 breaks on it in the second run of a test.
    dag.deadline = None
    return dag


class Teller:
    """A listener (Airflow's plug-in interface for state changes) that tells each task's states as events."""

    def __init__(self, events: IO[str]) -> None:
        self.events = events
        self.started: dict[tuple[str, int], float] = {}
        self.last: dict[tuple[str, int], dict[str, Any]] = {}

    def tell(self, task_instance: Any, state: str, error: object = None) -> None:
        key = (task_instance.task_id, task_instance.map_index)
        seconds = round(time.monotonic() - self.started[key], 3) if key in self.started else None
        event = {
            "task": task_instance.task_id,
            "name": getattr(task_instance, "rendered_map_index", None) or "",
            "state": state,
            "seconds": seconds,
            "error": None if error is None else str(error) or type(error).__name__,
        }
        self.last[key] = event
        say(self.events, event)

    @hookimpl
    def on_task_instance_running(self, previous_state: object, task_instance: Any) -> None:
        self.started.pop((task_instance.task_id, task_instance.map_index), None)
        self.tell(task_instance, "running")
        self.started[task_instance.task_id, task_instance.map_index] = time.monotonic()

    @hookimpl
    def on_task_instance_success(self, previous_state: object, task_instance: Any) -> None:
        self.tell(task_instance, "success")

    @hookimpl
    def on_task_instance_skipped(self, previous_state: object, task_instance: Any) -> None:
        self.tell(task_instance, "skipped")

    @hookimpl
    def on_task_instance_failed(self, previous_state: object, task_instance: Any, error: object) -> None:
        self.tell(task_instance, task_instance.state.value, error)


def say(events: IO[str], message: dict[str, Any]) -> None:
    """One message to the parent."""
    events.write(json.dumps(message, ensure_ascii=False) + "\n")
    events.flush()


def run(dag: DAG, teller: Teller, day: date, sources: list[str] | None) -> dict[str, Any]:
    """One night: the DAG over [day 00:00, next day 00:00) UTC. A run that is there already is replaced."""
    begun = time.monotonic()
    teller.started.clear()
    teller.last.clear()
    # A manual run of a timetable with data intervals takes the last whole interval before its date: so the morning
    # after stands for the day, as it does when the scheduler starts the night.
    morning = datetime.combine(day, datetime.min.time(), UTC) + timedelta(days=1)
    dag_run = dag.test(logical_date=morning, run_conf={"sources": sources} if sources else None)
    interval = (dag_run.data_interval_start, dag_run.data_interval_end)
    if interval != (morning - timedelta(days=1), morning):
        raise AssertionError(f"the run of {day} was given the interval {interval}")
    tasks = []
    for instance in dag_run.get_task_instances():
        told = teller.last.get((instance.task_id, instance.map_index), {})
        tasks.append(
            {
                "task": instance.task_id,
                "name": instance.rendered_map_index or "",
                "state": str(instance.state),
                "seconds": told.get("seconds"),
                "error": told.get("error"),
            }
        )
    return {"state": str(dag_run.state), "seconds": round(time.monotonic() - begun, 3), "tasks": tasks}


def main() -> None:
    events = os.fdopen(int(sys.argv[1]), "w", encoding="utf-8")
    prepare()
    dag = nightly_dag()
    teller = Teller(events)
    get_listener_manager().add_listener(teller)  # type: ignore[no-untyped-call]
    say(events, {"ready": True})
    for line in sys.stdin:
        request = json.loads(line)
        log = os.open(request["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        os.dup2(log, 1)
        os.dup2(log, 2)
        os.close(log)
        say(events, {"night": run(dag, teller, date.fromisoformat(request["day"]), request["sources"])})


if __name__ == "__main__":
    main()
