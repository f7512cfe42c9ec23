"""Airflow's services and workers as infra/compose.yaml has them, on free ports of loopback, each with a home of its own.

    with Cluster(workers=2) as cluster:
        cluster.backfill("2025-09-20", "2025-10-03", active=4)

Two PostgreSQL servers (metadata, warehouse), Redis, an S3 server and the demo web are what the processes share; nothing
else. Where the system lets us (root on Linux), each process has a mount namespace of its own: it sees its own home and its
own /tmp, of the others an empty folder, and the checkout read-only, as an image would be.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Final, TypeVar

import fsspec
import psutil
import psycopg

from infra.demo.server import LAST_INSTANT, DemoWeb
from kezek.airflow import DAGS, PLUGINS
from kezek.demo import DEMO_FOLDER
from tests import postgres
from tests.cluster.compose import airflow_service, folder, plain_environment
from tests.cluster.kept import Kept
from tests.conftest import REPOSITORY

T = TypeVar("T")
BUCKET: Final = "kezek"
SERVICES: Final = ("api-server", "scheduler", "dag-processor", "triggerer")
PATIENCE_S: Final = 1800.0
PROGRAMS: Final = Path(sys.executable).parent
CONNECTIONS: Final = ("fsync=on", "max_connections=200")

# $1 its home, $2 where it sees it, $3 all homes, $4 the checkout; then the command.
_ALONE: Final = """set -e
mount --bind "$1" "$2"
mount -t tmpfs -o size=64k,mode=755 none "$3"
mount --bind "$4" "$4" && mount -o remount,bind,ro "$4"
mount --bind "$2/tmp" /tmp
shift 4
exec "$@"
"""


class Cluster:
    """All of it, started by `with` and ended, every process by its id, at the end of the block.

    `workers` Celery workers with `concurrency` tasks at a time each. `keep` names a folder that stays. With `scheduled` the
    scheduler begins nights by their cron; otherwise none but those asked for run: the demo web's last is of 2025. From here
    on SIGTERM ends the process as Ctrl-C does, so that nothing is left behind.
    """

    def __init__(
        self,
        workers: int = 2,
        concurrency: int = 1,
        keep: str | None = None,
        clock: datetime = LAST_INSTANT,
        host_delay: str = "0",
        scheduled: bool = False,
    ) -> None:
        self.workers = workers
        self.concurrency = concurrency
        self.clock = clock
        self.keep = keep
        self.host_delay = host_delay
        self.scheduled = scheduled
        self.apart = _may_be_apart()
        self.services: dict[str, Kept] = {}
        self.begun = time.monotonic()
        self.archive = 0
        self._stack = ExitStack()

    def __enter__(self) -> Cluster:
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        with ExitStack() as stack:
            self._enter(stack)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def _enter(self, stack: ExitStack) -> None:
        if self.keep:
            self.base = folder(Path(self.keep).resolve())
        else:
            self.base = Path(tempfile.mkdtemp(prefix="kezek-cluster-", dir="/var/tmp"))  # each has its own /tmp
            stack.callback(shutil.rmtree, self.base, ignore_errors=True)
        for name in ("homes", "home", "logs", "redis"):
            folder(self.base / name)
        self.web = stack.enter_context(DemoWeb(port=0))
        self.web.set_clock(self.clock)
        self.metadata = stack.enter_context(postgres.server(*CONNECTIONS))
        self.warehouse = stack.enter_context(postgres.server(*CONNECTIONS))
        for server in (self.metadata, self.warehouse):
            stack.enter_context(_kept_server(server))
        self.ports = {name: _free_port() for name in ("redis", "s3", "api-server")}
        self.secrets = {
            "redis_password": secrets.token_hex(16),
            "jwt_secret": secrets.token_hex(64),
            "api_secret_key": secrets.token_hex(32),
            "fernet_key": _fernet_key(),
            "s3_credentials": "[default]\naws_access_key_id = kezek\naws_secret_access_key = kezek\n",
        }
        self._roles()
        self._add("redis", self._redis(), plain_environment())
        self._add("s3", [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.ports["s3"])], {})
        stack.callback(self._stop)
        self.until("S3 answers", lambda: _listens(self.ports["s3"]))
        self.until("Redis answers", lambda: _listens(self.ports["redis"]))
        self.bucket().mkdir(BUCKET)
        self.new_warehouse()
        for name in SERVICES:
            self._airflow(name, name)
        for number in range(1, self.workers + 1):
            self._worker(number)
        self.until("the API server answers", lambda: _listens(self.ports["api-server"]))
        self.until("the DAG is known", lambda: bool(self.ask("SELECT 1 FROM dag WHERE dag_id = 'nightly'")))
        self.airflow("dags", "unpause", "nightly")
        self.scale(self.workers)

    # What it is told and asked.

    def say(self, what: str) -> None:
        """One line with the seconds since the start."""
        sys.stdout.write(f"{time.monotonic() - self.begun:7.1f} s  {what}\n")
        sys.stdout.flush()

    def airflow(self, *arguments: str) -> str:
        """The output of one `airflow` command, given from a home of its own. Raises RuntimeError with what it said."""
        command, environment = self._place("operator", [PROGRAMS / "airflow", *arguments])
        done = subprocess.run(command, env=environment, capture_output=True, text=True, cwd="/")
        if done.returncode:
            raise RuntimeError(f"airflow {' '.join(arguments)}: {done.stdout}{done.stderr}")
        return done.stdout

    def ask(self, question: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of the metadata; none while its server is away."""
        try:
            with psycopg.connect(self.metadata.address("airflow"), connect_timeout=5) as connection:
                return connection.execute(question.encode(), values or None).fetchall()
        except psycopg.OperationalError:
            return []

    def until(self, what: str, there: Callable[[], T], patience_s: float = PATIENCE_S, every_s: float = 1.0) -> T:
        """Wait until `there()` gives something true, and give it. Raises TimeoutError after `patience_s`."""
        deadline = time.monotonic() + patience_s
        while not (found := there()):
            if time.monotonic() > deadline:
                raise TimeoutError(f"After {patience_s:.0f} s, not yet: {what}. Logs: {self.base / 'logs'}")
            time.sleep(every_s)
        return found

    def start_backfill(self, first: str, last: str, active: int = 1) -> int:
        """Ask for the nightly runs of the days from `first` to `last`, done ones too; gives the backfill's id."""
        self.until("no other backfill runs", lambda: not self.ask("SELECT 1 FROM backfill WHERE completed_at IS NULL"))
        self.airflow(
            *("backfill", "create", "--dag-id", "nightly", "--from-date", first, "--to-date", last),
            *("--max-active-runs", str(active), "--reprocess-behavior", "completed"),
        )
        return int(self.ask("SELECT max(id) FROM backfill")[0][0])

    def runs(self, backfill: int) -> dict[str, tuple[str, datetime | None, datetime | None]]:
        """State, start and end of each run of the backfill, by day."""
        question = """
            SELECT to_char(r.data_interval_start, 'YYYY-MM-DD'), r.state, r.start_date, r.end_date
            FROM backfill_dag_run AS b JOIN dag_run AS r ON r.id = b.dag_run_id WHERE b.backfill_id = %s
        """
        return {day: (state, start, end) for day, state, start, end in self.ask(question, backfill)}

    def finish_backfill(self, backfill: int, patience_s: float = 3 * PATIENCE_S) -> float:
        """Wait until all its runs have ended; gives the seconds from the first start to the last end.

        Raises RuntimeError where one did not succeed.
        """

        def ended() -> dict[str, tuple[str, datetime | None, datetime | None]]:
            runs = self.runs(backfill)
            return runs if runs and all(run[0] in ("success", "failed") for run in runs.values()) else {}

        runs = self.until("the backfill has ended", ended, patience_s)
        if bad := {day: run[0] for day, run in runs.items() if run[0] != "success"}:
            raise RuntimeError(f"{bad}; {self.troubles()}")
        starts, ends = [run[1] for run in runs.values() if run[1]], [run[2] for run in runs.values() if run[2]]
        return (max(ends) - min(starts)).total_seconds()

    def night_by_cron(self) -> tuple[str, datetime, datetime]:
        """Wait for the end of the run that the scheduler begins by itself; gives its state and its data interval.

        Raises TimeoutError where none begins and ends.
        """
        question = (
            "SELECT state, data_interval_start, data_interval_end FROM dag_run"
            " WHERE run_type = 'scheduled' AND state IN ('success', 'failed')"
        )
        ((state, begin, end),) = self.until("a night by its cron has ended", lambda: self.ask(question))
        return state, begin, end

    def backfill(self, first: str, last: str, active: int = 1) -> float:
        """Both; gives the seconds."""
        return self.finish_backfill(self.start_backfill(first, last, active))

    def troubles(self) -> list[tuple[Any, ...]]:
        """Day, task, state and number of tries of all tasks that did not succeed at once."""
        return self.ask(
            "SELECT run_id, task_id, map_index, state, try_number FROM task_instance"
            " WHERE (state NOT IN ('success', 'skipped') OR try_number > 1) AND state IS NOT NULL ORDER BY 1, 2, 3"
        )

    def tries(self) -> dict[tuple[str, int], int]:
        """How often each task was tried, by id and map index: of the metadata's only run."""
        rows = self.ask("SELECT task_id, map_index, try_number FROM task_instance")
        return {(task, index): number for task, index, number in rows}

    def running(self, *like: str) -> list[tuple[str, int, int]]:
        """Task, map index and process id of the tasks that run now, of those whose ids are like one of `like`."""
        found = self.ask(
            "SELECT task_id, map_index, pid FROM task_instance"
            " WHERE state = 'running' AND pid IS NOT NULL AND task_id LIKE ANY(%s)",
            list(like),
        )
        return [(task, index, pid) for task, index, pid in found if psutil.pid_exists(pid)]

    def worker_of(self, pid: int) -> Kept | None:
        """The worker of which the process came, while both run."""
        for name, kept in self.services.items():
            if name.startswith("worker") and pid in {process.pid for process in kept.tree()}:
                return kept
        return None

    # What it is made of.

    def scale(self, workers: int) -> None:
        """So many workers, as `docker compose up --scale worker=…` would; returns when all listen."""
        names = [f"worker-{number}" for number in range(1, workers + 1)]
        for name in [name for name in self.services if name.startswith("worker") and name not in names]:
            self.services.pop(name).stop()
        for number, name in enumerate(names, start=1):
            if name not in self.services:
                self._worker(number)
        self.workers = workers
        self.until(
            "all workers listen", lambda: all(b"ready." in self.services[name].log.read_bytes() for name in names)
        )

    def new_warehouse(self) -> None:
        """An empty warehouse and another archive prefix for all that begins from now; makes the metadata and pools where
        they are not there yet, as the service `init` does."""
        self.warehouse.drop("kezek")
        address = self.warehouse.create("kezek")
        roles = (REPOSITORY / "infra" / "postgres" / "roles.sql").read_bytes()
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(roles)
            for role in ("kezek_writer", "kezek_reader"):
                connection.execute(f"ALTER ROLE {role} PASSWORD '{self.passwords[role]}'".encode())
        store = self.bucket()
        if store.exists(f"{BUCKET}/archive"):
            store.rm(f"{BUCKET}/archive", recursive=True)
        command, environment = self._place("init", ["sh", REPOSITORY / "infra" / "init.sh"])
        done = subprocess.run(command, env=environment, capture_output=True, text=True, cwd="/")
        if done.returncode:
            raise RuntimeError(f"init: {done.stdout}{done.stderr}")

    def writer(self) -> str:
        """The warehouse's address for who may write, with its password."""
        return self.warehouse.address("kezek", user="kezek_writer", password=self.passwords["kezek_writer"])

    def shell(self) -> dict[str, str]:
        """What the caller of `docker compose` has to say: the demo web, the bucket, the address of the web interface."""
        return {
            "KEZEK_ARCHIVE": f"s3://{BUCKET}/archive",
            "KEZEK_SOURCES": str(DEMO_FOLDER / "sources.toml"),
            "KEZEK_CONTACT": "the cluster proof of kezek",
            "KEZEK_CONNECT_TO": f"*.example={self.web.address},t.me={self.web.address}",
            "KEZEK_HOST_DELAY": self.host_delay,
            "AWS_ENDPOINT_URL_S3": f"http://127.0.0.1:{self.ports['s3']}",
            "AIRFLOW_URL": f"http://127.0.0.1:{self.ports['api-server']}",
        }

    def bucket(self) -> Any:
        """The S3 server, as a file system."""
        address = f"http://127.0.0.1:{self.ports['s3']}"
        return fsspec.filesystem("s3", key="kezek", secret="kezek", endpoint_url=address, skip_instance_cache=True)

    def writes(self) -> bool:
        """Whether a transaction that has changed rows is open in the warehouse, at this moment."""
        question = "SELECT 1 FROM pg_stat_activity WHERE usename = 'kezek_writer' AND backend_xid IS NOT NULL"
        try:
            with psycopg.connect(self.warehouse.address("postgres"), connect_timeout=5) as connection:
                return bool(connection.execute(question).fetchall())
        except psycopg.OperationalError:
            return False

    def kill_server(self, server: postgres.Server) -> int:
        """SIGKILL for the postmaster and all its children; it is started again. Gives how many there were."""
        assert server.process is not None
        main = psutil.Process(server.process.pid)
        victims = [main, *main.children(recursive=True)]
        for victim in victims:
            with suppress(psutil.NoSuchProcess):
                victim.kill()
        return len(victims)

    def shared_files(self) -> list[str]:
        """What lies in a home and is not its own process's: files that name another home, or archive, spool and report,
        which belong into the bucket. Empty where the homes share nothing."""
        found = []
        for home in sorted((self.base / "homes").iterdir()):
            kezek = home / "kezek"
            found += [str(path) for path in kezek.rglob("*") if path.is_file() and "airflow" not in path.parts]
            others = [other.name for other in (self.base / "homes").iterdir() if other != home]
            for path in home.rglob("*"):
                if path.is_file() and path.stat().st_size < 10_000_000:
                    text = path.read_bytes()
                    found += [f"{path} names {other}" for other in others if f"/homes/{other}/".encode() in text]
        return found

    # How it is put up.

    def _add(self, name: str, command: list[Path | str], environment: Mapping[str, str]) -> None:
        self.services[name] = Kept(name, command, environment, self.base / "logs" / f"{name}.log").start()

    def _airflow(self, name: str, *arguments: str) -> None:
        command, environment = self._place(name, [PROGRAMS / "airflow", *arguments])
        self._add(name, command, environment)

    def _worker(self, number: int) -> None:
        name = f"worker-{number}"
        (self.base / "logs" / f"{name}.log").unlink(missing_ok=True)
        self._airflow(name, "celery", "worker", "--celery-hostname", name)

    def _stop(self) -> None:
        """Workers first, then what they talk to."""
        order = sorted(self.services, key=lambda name: (name in ("redis", "s3"), not name.startswith("worker")))
        ending = [threading.Thread(target=self.services[name].stop) for name in order if name not in ("redis", "s3")]
        for thread in ending:
            thread.start()
        for thread in ending:
            thread.join()
        for name in ("redis", "s3"):
            self.services[name].stop()

    def _place(self, name: str, command: list[Path | str]) -> tuple[list[str], dict[str, str]]:
        """The command in the place of the service `name`, and its environment: infra/compose.yaml's own."""
        home = folder(self.base / "homes" / name)
        home.chmod(0o700)
        seen = self.base / "home" if self.apart else home
        for part in ("airflow", "kezek", "tmp", "secrets"):
            folder(home / part)
        for secret, text in {**self.secrets, "pgpass": self._pgpass()}.items():
            path = home / "secrets" / secret
            path.touch(mode=0o600)
            path.write_text(text, encoding="ascii")
        places = {
            "/srv/kezek": str(seen / "kezek"),
            "/etc/kezek/sources.toml": str(DEMO_FOLDER / "sources.toml"),
            "/run/secrets": str(seen / "secrets"),
            "metadata:5432": f"127.0.0.1:{self.metadata.port}",
            "warehouse:5432": f"127.0.0.1:{self.warehouse.port}",
            "redis:6379": f"127.0.0.1:{self.ports['redis']}",
            "api-server:8080": f"127.0.0.1:{self.ports['api-server']}",
        }
        environment = {
            **plain_environment(),
            **airflow_service(self.shell(), places),
            # The image's own: where things lie in it.
            "AIRFLOW_HOME": str(seen / "airflow"),
            "AIRFLOW__CORE__DAGS_FOLDER": str(DAGS),
            "AIRFLOW__CORE__PLUGINS_FOLDER": str(PLUGINS),
            "PYTHONPATH": str(REPOSITORY),
            "PATH": os.pathsep.join([str(PROGRAMS), os.environ["PATH"]]),
            "HOME": str(seen),
            "TMPDIR": str(seen / "tmp"),
            "USER": "kezek",
            # One machine: each on a port of its own, none on 0.0.0.0, and no more tasks than the workers have room for.
            "AIRFLOW__API__HOST": "127.0.0.1",
            "AIRFLOW__API__PORT": str(self.ports["api-server"]),
            "AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_SERVER_PORT": str(_free_port()),
            "AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": str(_free_port()),
            "AIRFLOW__LOGGING__TRIGGER_LOG_SERVER_PORT": str(_free_port()),
            "AIRFLOW__CELERY__WORKER_CONCURRENCY": str(self.concurrency),
            "AIRFLOW__SCHEDULER__USE_JOB_SCHEDULE": str(self.scheduled),
        }
        if not self.apart:
            return [str(part) for part in command], environment
        alone = ["unshare", "--mount", "--propagation", "private", "sh", "-c", _ALONE, name]
        alone += [str(home), str(seen), str(self.base / "homes"), str(REPOSITORY)]
        return [*alone, *(str(part) for part in command)], environment

    def _roles(self) -> None:
        """Airflow's role and database on the one server; kezek's roles are made with each warehouse on the other."""
        self.passwords = {name: secrets.token_hex(16) for name in ("airflow", "kezek_writer", "kezek_reader")}
        with psycopg.connect(self.metadata.address("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE ROLE airflow LOGIN PASSWORD '{self.passwords['airflow']}'".encode())
            connection.execute("CREATE DATABASE airflow OWNER airflow")

    def _pgpass(self) -> str:
        lines = [f"127.0.0.1:{self.metadata.port}:airflow:airflow:{self.passwords['airflow']}"]
        for role in ("kezek_writer", "kezek_reader"):
            lines.append(f"127.0.0.1:{self.warehouse.port}:kezek:{role}:{self.passwords[role]}")
        return "\n".join(lines) + "\n"

    def _redis(self) -> list[Path | str]:
        """As the service `redis` is started there, but for the place."""
        file = self.base / "redis" / "redis.conf"
        lines = [
            f"requirepass {self.secrets['redis_password']}",
            f"port {self.ports['redis']}",
            "bind 127.0.0.1",
            f"dir {self.base / 'redis'}",
            "appendonly yes",
            "maxmemory-policy noeviction",
        ]
        file.touch(mode=0o600)
        file.write_text("\n".join(lines) + "\n", encoding="ascii")
        return ["redis-server", file]


@contextmanager
def _kept_server(server: postgres.Server) -> Iterator[None]:
    """Start it again whenever it dies, until the end of the block."""
    over = threading.Event()

    def keep() -> None:
        while not over.wait(0.2):
            if server.process is not None and server.process.poll() is not None:
                try:
                    server.start()
                except RuntimeError as error:  # what is left of it still holds its memory
                    sys.stderr.write(f"PostgreSQL did not start again yet: {str(error)[-200:]}\n")
                    over.wait(1)

    thread = threading.Thread(target=keep, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(90)


def _may_be_apart() -> bool:
    """Whether processes here may have mount namespaces of their own."""
    if os.getuid() != 0 or shutil.which("unshare") is None:
        return False
    asked = ["unshare", "--mount", "--propagation", "private", "mount", "-t", "tmpfs", "none", "/mnt"]
    return subprocess.run(asked, capture_output=True).returncode == 0


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _fernet_key() -> str:
    from cryptography.fernet import Fernet

    return Fernet.generate_key().decode()


if __name__ == "__main__":  # a cluster by hand: python -m tests.cluster.cluster
    with Cluster(keep=os.environ.get("KEEP")) as running:
        running.say(
            json.dumps(
                {"web": running.web.address, "airflow": running.ports["api-server"], "utc": str(datetime.now(UTC))}
            )
        )
        signal.sigwait({signal.SIGINT, signal.SIGTERM})
