"""Airflow's environment, set in one place; and the `airflow` command with it.

    python -m kezek.airflow dags list

Airflow must be told where it lives before it is imported, so kezek never imports it in its own process: it starts
Airflow's processes with this environment.
"""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path
from typing import NoReturn

from kezek.settings import Settings

REPOSITORY = Path(__file__).resolve().parent.parent
AIRFLOW_SETTINGS = REPOSITORY / "infra" / "airflow" / "airflow.env"
POOLS = REPOSITORY / "infra" / "airflow" / "pools.json"
DAGS = REPOSITORY / "dags"


def airflow_environment(settings: Settings) -> dict[str, str]:
    """The whole environment of any Airflow process of kezek: the one place where Airflow is configured.

    AIRFLOW_* variables of the caller's own are left out, lest another Airflow on the machine mixes in; only its
    AIRFLOW__DATABASE__SQL_ALCHEMY_CONN is taken over, for a metadata database other than SQLite.
    """
    home = settings.home / "airflow"
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW")}
    lines = AIRFLOW_SETTINGS.read_text(encoding="utf-8").splitlines()
    fixed = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    database = os.environ.get("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN") or f"sqlite:///{home / 'airflow.db'}"
    return {
        **inherited,
        **settings.environment(),
        **fixed,
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(DAGS),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": database,
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(home / "logs"),
        "AIRFLOW__API_AUTH__JWT_SECRET": _secret(home / "jwt_secret"),
        # `airflow standalone` and the executor look for `airflow` on the PATH.
        "PATH": os.pathsep.join(filter(None, [str(Path(sys.executable).parent), os.environ.get("PATH")])),
        "PYTHONPATH": os.pathsep.join(filter(None, [str(REPOSITORY), os.environ.get("PYTHONPATH")])),
    }


def run_airflow(settings: Settings, arguments: list[str]) -> NoReturn:
    """Become the `airflow` command with kezek's environment: `backfill create …`, `standalone`, `dags list`, …"""
    program = Path(sys.executable).with_name("airflow")
    os.execve(program, [str(program), *arguments], airflow_environment(settings))


def _secret(path: Path) -> str:
    """The key with which the scheduler signs the tasks' passes to the API server; without a common one, each process
    would make up its own and no task could start."""
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_hex(64), encoding="ascii")
        draft.replace(path)
    return path.read_text(encoding="ascii")


if __name__ == "__main__":
    run_airflow(Settings.from_environment(), sys.argv[1:])
