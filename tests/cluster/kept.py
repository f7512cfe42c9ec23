"""A process that is started again when it dies, as `restart: unless-stopped` does with a container."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

FIRST_WAIT_S, LONGEST_WAIT_S, SETTLED_S = 0.1, 60.0, 10.0
"""Docker's own: the wait before a restart is doubled each time, and forgotten once the process has run this long."""


class Kept:
    """One command in a session of its own, its output in a file; `restarts` counts how often it was started again."""

    def __init__(
        self, name: str, command: Sequence[str | Path], environment: Mapping[str, str], log: Path, once: bool = False
    ) -> None:
        self.name = name
        self.command = [str(part) for part in command]
        self.environment = dict(environment)
        self.log = log
        self.once = once
        self.restarts = 0
        self.process: subprocess.Popen[bytes] | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._keep, name=name, daemon=True)

    def start(self) -> Kept:
        """Start it; from now on it is kept until `stop`."""
        self._spawn()
        self._thread.start()
        return self

    def alive(self) -> bool:
        """Whether the process runs now."""
        return self.process is not None and self.process.poll() is None

    def tree(self) -> list[psutil.Process]:
        """The process and all that came of it, as far as they run."""
        if self.process is None:
            return []
        try:
            main = psutil.Process(self.process.pid)
            return [main, *main.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def kill(self) -> int:
        """SIGKILL for the process and all its descendants; gives how many there were. It is started again."""
        victims = self.tree()
        for victim in victims:
            _signal(victim.pid, signal.SIGKILL)
        return len(victims)

    def stop(self, patience_s: float = 30.0) -> None:
        """End it for good: SIGTERM, and after `patience_s` SIGKILL, with all that came of it."""
        self._stop.set()
        if self.process is None:
            return
        tree = self.tree()
        if self.alive():
            self.process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(patience_s)
        for left in tree:
            _signal(left.pid, signal.SIGKILL)
        self.process.wait(30)
        if self._thread.is_alive():
            self._thread.join(30)

    def _spawn(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                env=self.environment,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _keep(self) -> None:
        wait = FIRST_WAIT_S
        while not self._stop.is_set():
            assert self.process is not None
            begun = time.monotonic()
            while self.process.poll() is None:
                if self._stop.wait(0.2):
                    return
            if time.monotonic() - begun > SETTLED_S:
                wait = FIRST_WAIT_S
            if self.once or self._stop.wait(wait):
                return
            wait = min(2 * wait, LONGEST_WAIT_S)
            self.restarts += 1
            self._spawn()


def _signal(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)
