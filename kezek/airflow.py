"""Airflow's environment, set in one place; and the `airflow` command with it.

    python -m kezek.airflow dags list

Airflow must be told where it lives before it is imported, so kezek never imports it in its own process: it starts
Airflow's processes with this environment.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
from pathlib import Path
from typing import NoReturn

from ingest import handover
from ingest.errors import KezekError
from kezek.console import err
from kezek.pools import pools
from kezek.settings import Settings

REPOSITORY = Path(__file__).resolve().parent.parent
AIRFLOW_SETTINGS = REPOSITORY / "infra" / "airflow" / "airflow.env"
PLUGINS = REPOSITORY / "infra" / "airflow" / "plugins"
DAGS = REPOSITORY / "dags"


OPERATORS = ("AIRFLOW__", "AIRFLOW_CONN_", "AIRFLOW_VAR_")
"""The variables with which an operator configures Airflow: settings, connections, variables."""


def airflow_environment(settings: Settings, *, operator: bool = False) -> dict[str, str]:
    """The whole environment of any Airflow process of kezek: the one place where Airflow is configured.

    With `operator`, what the caller's own AIRFLOW__*, AIRFLOW_CONN_* and AIRFLOW_VAR_* variables say goes before what kezek
    ships. Without, they are left out, lest another Airflow on the machine mixes in; only
    AIRFLOW__DATABASE__SQL_ALCHEMY_CONN is taken over, for a metadata database other than SQLite.
    """
    home = settings.home / "airflow"
    own = {name: value for name, value in os.environ.items() if name.startswith("AIRFLOW")}
    inherited = {name: value for name, value in os.environ.items() if name not in own}
    kept = OPERATORS if operator else ("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN",)
    return {
        **inherited,
        **settings.environment(),
        **shipped_settings(),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home / 'airflow.db'}",
        "AIRFLOW__LOGGING__BASE_LOG_FOLDER": str(home / "logs"),
        "AIRFLOW__API_AUTH__JWT_SECRET": _secret(home / "jwt_secret"),
        **{name: value for name, value in own.items() if value and name.startswith(kept)},
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(DAGS),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(PLUGINS),
        # `airflow standalone` and the executor look for `airflow` on the PATH.
        "PATH": os.pathsep.join(filter(None, [str(Path(sys.executable).parent), os.environ.get("PATH")])),
        "PYTHONPATH": os.pathsep.join(filter(None, [str(REPOSITORY), os.environ.get("PYTHONPATH")])),
    }


def shipped_settings() -> dict[str, str]:
    """Airflow's settings that are the same wherever kezek runs: those of infra/airflow/airflow.env."""
    lines = AIRFLOW_SETTINGS.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def write_pools(settings: Settings) -> Path:
    """Write the pools as a file for `airflow pools import`; gives its path. Raises SourceError for a sources file with an
    error."""
    path = settings.home / "airflow" / "pools.json"
    handover.write(path, json.dumps(pools(settings), indent=1).encode())
    return path


def run_airflow(settings: Settings, arguments: list[str]) -> NoReturn:
    """Become the `airflow` command with kezek's environment: `backfill create …`, `standalone`, `dags list`, …

    `pools sync` is `pools import` of the pools that the settings and the sources ask for.
    """
    if arguments == ["pools", "sync"]:
        arguments = ["pools", "import", str(write_pools(settings))]
    program = Path(sys.executable).with_name("airflow")
    os.execve(program, [str(program), *arguments], airflow_environment(settings, operator=True))


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
    try:
        run_airflow(Settings.from_environment(), sys.argv[1:])
    except KezekError as error:
        err.print(str(error), markup=False, soft_wrap=True)
        sys.exit(2)
