"""Starts every service of infra/compose.yaml as a process, waits until its own health check says so, kills it and waits
until the check says that: `make compose-proof`, or `python -m benchmarks.compose`. Minutes.

Each process has the command and the environment that compose.yaml gives its container. Replaced are the names of hosts
(by loopback and free ports) and the folders of the image (by this checkout and temporary ones). The two PostgreSQL servers
are this machine's; their databases, roles and passwords are made by the files that compose.yaml mounts, where it mounts
some. What only an engine does (images, users, mounts, networks) is not shown here.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import psycopg
from psycopg import sql

from tests.conftest import REPOSITORY
from tests.infra.composed import INFRA, Service, services
from tests.postgres import USER, Server, server

STARTS_WITHIN_S = 240
DIES_WITHIN_S = 240
PASSWORD = "only-for-this-proof"
ORDER = ("redis", "init", "api-server", "scheduler", "dag-processor", "triggerer", "worker", "explorer")


def free_ports(count: int) -> list[int]:
    """Ports of loopback that nobody listens on now."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in sockets]


def say(sentence: str) -> None:
    """A line of the report."""
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


def make_databases(metadata: Server, warehouse: Server, secrets: Path) -> None:
    """What the images' entries do at the first start, from the same files."""
    password = (secrets / "metadata_password").read_text("ascii")
    with psycopg.connect(metadata.address("postgres"), autocommit=True) as connection:
        role = sql.SQL("CREATE ROLE airflow LOGIN PASSWORD {}").format(sql.Literal(password))
        connection.execute(role)
        connection.execute("CREATE DATABASE airflow OWNER airflow")
    warehouse.create("kezek")
    environment = {
        "PATH": f"{warehouse.programs}:{os.environ['PATH']}",
        "PGHOST": "127.0.0.1",
        "PGPORT": str(warehouse.port),
        "PGPASSWORD": warehouse.password,
        "POSTGRES_USER": USER,
        "POSTGRES_DB": "kezek",
        "SECRETS": str(secrets),
    }
    roles = INFRA / "postgres" / "roles.sql"
    psql = ["psql", "--quiet", "--no-psqlrc", f"--username={USER}", "--dbname=kezek", f"--file={roles}"]
    subprocess.run(psql, env=environment, check=True)
    subprocess.run(["sh", INFRA / "postgres" / "passwords.sh"], env=environment, check=True)


def log_in(environment: dict[str, str], url: str) -> str:
    """Make a user as the runbook does, and ask the API for the DAGs as that user; gives a line of the report."""
    user = ["--username", "proof", "--firstname", "A", "--lastname", "Person", "--email", "proof@kezek.example"]
    command = ["airflow", "users", "create", "--role", "Admin", *user, "--password", PASSWORD]
    subprocess.run(command, env=environment, check=True, capture_output=True)
    asked = Request(f"{url}/auth/token", method="POST", headers={"Content-Type": "application/json"})
    with urlopen(asked, json.dumps({"username": "proof", "password": PASSWORD}).encode(), timeout=60) as answer:
        token = json.load(answer)["access_token"]
    with urlopen(Request(f"{url}/api/v2/dags", headers={"Authorization": f"Bearer {token}"}), timeout=60) as answer:
        dags = sorted(dag["dag_id"] for dag in json.load(answer)["dags"])
    try:
        urlopen(f"{url}/api/v2/dags", timeout=60).close()
    except HTTPError as refused:
        return f"Logged in: sees {', '.join(dags)}; who is not logged in gets {refused.code}."
    raise RuntimeError("The API shows its DAGs to anybody.")


class Started:
    """A service as a process of its own session, with a home and Airflow's home of its own."""

    def __init__(self, service: Service, folder: Path, replaced: dict[str, str], more: dict[str, str]) -> None:
        self.service, self.folder, self.replaced = service, folder, replaced
        for part in ("airflow", "kezek"):
            (folder / part).mkdir(parents=True)
        self.environment = {
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "PYTHONPATH": str(REPOSITORY),
            "AIRFLOW_HOME": str(folder / "airflow"),
            "AIRFLOW__CORE__DAGS_FOLDER": str(REPOSITORY / "dags"),
            "AIRFLOW__CORE__PLUGINS_FOLDER": str(INFRA / "airflow" / "plugins"),
            **{name: self._here(value) for name, value in service.environment.items()},
            **more,
        }
        entry = service.said.get("entrypoint", [])
        self.log = (folder / "log").open("wb")
        self.process = subprocess.Popen(
            [self._here(part) for part in [*entry, *service.said["command"]]],
            env=self.environment,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def _here(self, text: str) -> str:
        for old, new in {"/opt/airflow": f"{self.folder}/airflow", "/srv/kezek": f"{self.folder}/kezek"}.items():
            text = text.replace(old, new)
        for old, new in self.replaced.items():
            text = text.replace(old, new)
        return text

    def check(self) -> tuple[bool, str, float]:
        """What its health check says: whether it is well, its last line, and the seconds that it took."""
        health = self.service.said["healthcheck"]
        kind, *command = (self._here(part) for part in health["test"])
        argv = ["sh", "-c", *command] if kind == "CMD-SHELL" else command
        limit = {"s": 1.0, "m": 60.0}[health["timeout"][-1]] * float(health["timeout"][:-1])
        begun = time.monotonic()
        try:
            done = subprocess.run(
                argv, env=self.environment, cwd=self.folder, capture_output=True, text=True, timeout=limit
            )
        except subprocess.TimeoutExpired:
            return False, f"no answer within {limit:g} s", limit
        lines = (done.stdout + done.stderr).strip().splitlines()
        return done.returncode == 0, lines[-1] if lines else "", time.monotonic() - begun

    def wait(self, well: bool, seconds: float) -> float:
        """Ask until the check says so; gives how long it took. Raises RuntimeError where it never does."""
        begun = time.monotonic()
        while True:
            found, said, took = self.check()
            passed = time.monotonic() - begun
            if found is well:
                word = "healthy" if well else "unhealthy"
                say(f"  {self.service.name:14} {word} after {passed:5.1f} s, asked in {took:4.1f} s: {said[:90]}")
                return passed
            if well and self.process.poll() is not None or passed > seconds:
                log = (self.folder / "log").read_text(encoding="utf-8", errors="replace")
                raise RuntimeError(f"{self.service.name}: {said}\n{log[-4000:]}")
            time.sleep(1)

    def end(self, how: signal.Signals) -> None:
        """Send the signal to all of its processes."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, how)
        self.process.wait(timeout=60)
        self.log.close()


@contextmanager
def folder_of_the_proof(keep: bool) -> Iterator[Path]:
    """A temporary folder; it stays, and is named, where it is asked to or something failed."""
    folder = Path(tempfile.mkdtemp(prefix="kezek-compose-"))
    try:
        yield folder
    except BaseException:
        say(f"Everything lies in {folder}.")
        raise
    if keep:
        say(f"Everything lies in {folder}.")
    else:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    """Run the proof."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", action="store_true", help="leave the temporary folder, with every log")
    keep = parser.parse_args().keep
    with ExitStack() as stack:
        folder = stack.enter_context(folder_of_the_proof(keep))
        metadata, warehouse = stack.enter_context(server()), stack.enter_context(server())
        redis, api, scheduler, explorer, worker_logs, trigger_logs = free_ports(6)
        secrets = folder / "secrets"
        secrets.mkdir()
        shutil.copy(INFRA / "secrets" / "make.sh", secrets)
        subprocess.run(["sh", secrets / "make.sh"], check=True)
        make_databases(metadata, warehouse, secrets)
        hosts = {
            "metadata:5432": f"127.0.0.1:{metadata.port}",
            "warehouse:5432": f"127.0.0.1:{warehouse.port}",
        }
        for name in ("pgpass", "pgpass_reader"):
            text = (secrets / name).read_text("ascii")
            for old, new in hosts.items():
                text = text.replace(old, new)
            (secrets / name).write_text(text, encoding="ascii")
        (folder / "redis").mkdir()
        replaced = hosts | {
            "redis:6379": f"127.0.0.1:{redis}",
            "port 6379": f"port {redis}",
            "-p 6379": f"-p {redis}",
            "bind 0.0.0.0": "bind 127.0.0.1",
            "dir /data": f"dir {folder / 'redis'}",
            "api-server:8080": f"127.0.0.1:{api}",
            "127.0.0.1:8080": f"127.0.0.1:{api}",
            "127.0.0.1:8974": f"127.0.0.1:{scheduler}",
            "127.0.0.1:8766": f"127.0.0.1:{explorer}",
            "0.0.0.0": "127.0.0.1",
            "/run/secrets": str(secrets),
            "/opt/kezek": str(REPOSITORY),
            "/srv/archive": str(folder / "archive"),
        }
        # One machine stands for several: what listens at the same port in each container gets a port of its own.
        more = {
            "AIRFLOW__API__PORT": str(api),
            "AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_SERVER_PORT": str(scheduler),
            "AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": str(worker_logs),
            "AIRFLOW__LOGGING__TRIGGER_LOG_SERVER_PORT": str(trigger_logs),
        }
        composed = services({"KEZEK_CONTACT": "proof@kezek.example"})
        running: dict[str, Started] = {}

        def end_all() -> None:
            for one in running.values():
                if one.process.poll() is None:
                    one.end(signal.SIGKILL)

        stack.callback(end_all)
        say("Started, in the order of depends_on:")
        for name in ORDER:
            service = composed[name]
            if name == "explorer":
                command = [str(explorer) if part == "8766" else part for part in service.said["command"]]
                service = Service(name, {**service.said, "command": command}, service.environment)
            one = Started(service, folder / name, replaced, more if service.runs_airflow else {})
            running[name] = one
            if name == "init":
                begun = time.monotonic()
                status = one.process.wait(timeout=STARTS_WITHIN_S)
                if status:
                    raise RuntimeError((folder / name / "log").read_text(encoding="utf-8", errors="replace")[-4000:])
                say(f"  {name:14} done    after {time.monotonic() - begun:5.1f} s")
            else:
                one.wait(True, STARTS_WITHIN_S)
        pools = subprocess.run(
            ["airflow", "pools", "list", "--output", "plain"],
            env=running["scheduler"].environment,
            capture_output=True,
            text=True,
            check=True,
        )
        say(
            f"Pools: {len([line for line in pools.stdout.splitlines() if line.startswith('host-')])} of hosts, warehouse "
            f"{next(line.split()[1] for line in pools.stdout.splitlines() if line.startswith('warehouse'))}."
        )
        errors = subprocess.run(
            ["airflow", "dags", "list-import-errors"],
            env=running["scheduler"].environment,
            capture_output=True,
            text=True,
        )
        say(f"Import errors: {errors.stdout.strip().splitlines()[-1]}")
        say(log_in(running["api-server"].environment, f"http://127.0.0.1:{api}"))
        say("Killed, one after another:")
        for name in ("explorer", "worker", "triggerer", "dag-processor", "scheduler", "api-server", "redis"):
            running[name].end(signal.SIGKILL)
            running[name].wait(False, DIES_WITHIN_S)


if __name__ == "__main__":
    main()
