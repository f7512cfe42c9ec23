"""Proof that `airflow backfill create` works on the nightly DAG: real scheduler, DAG processor and API server.

    make backfill-proof

Serves the demo web on loopback, starts the three processes that Airflow needs (its metadata in SQLite, tasks in
processes of their own by LocalExecutor), switches the DAG on, backfills three days, then backfills the same days
again, and checks that every run succeeded and that the second time added no document and no claim. Takes some
minutes; ends with status 1 where a check fails. The data folder is temporary; KEEP=DIR keeps it.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from infra.demo.server import DemoWeb
from kezek.airflow import airflow_environment
from kezek.console import out
from kezek.demo import demo_settings
from kezek.nights import prepare
from kezek.settings import Settings
from warehouse.connection import open_warehouse
from warehouse.state import counts

DAYS = ("2025-10-01", "2025-10-02", "2025-10-03")
SOURCES = ["vestnik", "tenge", "kgd_demo", "shekara_demo"]
SERVICES = ("api-server", "dag-processor", "scheduler")
PATIENCE_S = 900
# Not fetches: a source whose feed no longer reaches back to the day keeps a gap, and is asked again.
COUNTED = ("documents", "annotations", "claims", "observations", "mentions")
AIRFLOW = Path(sys.executable).with_name("airflow")


class CommandFailed(Exception):
    """An `airflow` command ended with an error."""


class Proof:
    """The Airflow of one temporary data folder, and the clock since the start."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.started = time.monotonic()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.environment = {
            **airflow_environment(settings),
            "AIRFLOW__API__PORT": str(port),
            "AIRFLOW__API__BASE_URL": f"http://127.0.0.1:{port}",
            "KEZEK_RETRY_SECONDS": "5",
        }

    def say(self, what: str) -> None:
        """One line with the seconds since the start."""
        out.print(f"{time.monotonic() - self.started:6.1f} s  {what}", markup=False)

    def airflow(self, *arguments: str) -> str:
        """The output of one `airflow` command. Raises CommandFailed with what it said."""
        done = subprocess.run([AIRFLOW, *arguments], env=self.environment, capture_output=True, text=True)
        if done.returncode:
            raise CommandFailed(f"airflow {' '.join(arguments)}: {done.stdout}{done.stderr}")
        return done.stdout

    @contextmanager
    def service(self, name: str) -> Iterator[None]:
        """One of Airflow's processes, ended at the end; its output is in `<data folder>/<name>.log`."""
        with (
            (self.settings.home / f"{name}.log").open("wb") as log,
            subprocess.Popen([AIRFLOW, name], env=self.environment, stdout=log, stderr=subprocess.STDOUT) as process,
        ):
            try:
                yield
            finally:
                process.terminate()

    def wait_for_dag(self) -> None:
        """Until the DAG processor has brought the DAG into the metadata."""
        while True:
            try:
                self.airflow("dags", "details", "nightly")
            except CommandFailed:
                if time.monotonic() - self.started > PATIENCE_S:
                    raise
                time.sleep(2)
            else:
                return

    def backfill(self, *more: str) -> None:
        """Backfill the days and wait until all their runs have ended. Raises SystemExit where one did not succeed."""
        begun = datetime.now(UTC)
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                self.airflow(
                    *("backfill", "create", "--dag-id", "nightly", "--from-date", DAYS[0], "--to-date", DAYS[-1]),
                    *("--max-active-runs", "1", "--dag-run-conf", json.dumps({"sources": SOURCES}), *more),
                )
                break
            except CommandFailed as failed:
                # The scheduler closes a finished backfill only after a while, and SQLite has one writer.
                passing = ("AlreadyRunningBackfill", "database is locked")
                if not any(words in str(failed) for words in passing) or time.monotonic() > deadline:
                    raise
                time.sleep(5)
        while True:
            listing = self.airflow("dags", "list-runs", "nightly", "-o", "json")
            runs = json.loads(listing[listing.index("[{") :])
            ours = {run["logical_date"][:10]: run for run in runs if run["run_id"].startswith("backfill__")}
            ended = {
                day: run["state"]
                for day, run in ours.items()
                if run["state"] in ("success", "failed") and datetime.fromisoformat(run["end_date"]) > begun
            }
            if len(ended) == len(DAYS):
                break
            if time.monotonic() > deadline:
                raise SystemExit(f"After {PATIENCE_S} s: {ended}")
            time.sleep(5)
        self.say(f"backfill {' '.join(more)}: {ended}")
        if set(ended.values()) != {"success"} or set(ended) != set(DAYS):
            raise SystemExit("A run did not succeed.")

    def rows(self) -> dict[str, int]:
        """What the analysts' file holds."""
        with open_warehouse(self.settings.published, read_only=True) as warehouse:
            held = counts(warehouse)
        return {name: held[name] for name in COUNTED}


def main() -> None:
    with ExitStack() as stack:
        home = os.environ.get("KEEP") or stack.enter_context(tempfile.TemporaryDirectory())
        web = stack.enter_context(DemoWeb(port=0))
        web.set_clock(datetime(2025, 10, 4, tzinfo=UTC))
        proof = Proof(demo_settings(Settings.from_environment({"KEZEK_HOME": home}), web.address))
        prepare(proof.settings)
        proof.say("metadata and pools are there")
        for name in SERVICES:
            stack.enter_context(proof.service(name))
        proof.wait_for_dag()
        proof.airflow("dags", "unpause", "nightly")
        proof.say("the DAG is known and switched on")
        proof.backfill()
        first = proof.rows()
        proof.say(f"holds {first}")
        proof.backfill("--reprocess-behavior", "completed")
        second = proof.rows()
        if first != second or not first["claims"]:
            raise SystemExit(f"The second time changed the rows: {second}")
        proof.say("the second time added no row of these")


if __name__ == "__main__":
    main()
