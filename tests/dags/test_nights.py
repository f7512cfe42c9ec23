"""When Airflow's process dies, it is said which log tells why."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from ingest.errors import NightError
from kezek.nights import run_nights
from kezek.settings import Settings


def children() -> set[int]:
    """The processes that this one has started and that run kezek.dag_run."""
    listed = subprocess.run(["ps", "-o", "pid=,args=", "--ppid", str(os.getpid())], capture_output=True, text=True)
    return {int(line.split()[0]) for line in listed.stdout.splitlines() if "kezek.dag_run" in line}


def test_a_child_that_died_between_two_nights_names_its_log(tmp_path: Path) -> None:
    def days() -> Iterator[date]:
        (child,) = children()
        os.kill(child, signal.SIGKILL)
        os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
        yield date(2025, 10, 1)

    with pytest.raises(NightError, match=r"status -9.*/nights/setup\.log"):
        list(run_nights(Settings.from_environment({"KEZEK_HOME": str(tmp_path)}), days()))
