"""infra/compose.yaml as its processes see it: the environment of a service, with containers' names and places replaced."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

import yaml

from kezek.airflow import shipped_settings
from tests.conftest import REPOSITORY

COMPOSE = REPOSITORY / "infra" / "compose.yaml"
_VARIABLE = re.compile(r"\$(?:(?P<escaped>\$)|\{(?P<name>[A-Z0-9_]+)(?::(?P<sign>[-?+])(?P<other>[^}]*))?\})")


def airflow_service(shell: Mapping[str, str], places: Mapping[str, str]) -> dict[str, str]:
    """The environment that every Airflow container gets: infra/airflow/airflow.env, then the file's own.

    `shell` is what `docker compose` would take from its caller's environment; each key of `places` (a container's
    `host:port`, a folder) is replaced by its value. Raises KeyError for a variable that has to be set and is not.
    """
    file = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))
    own = {name: interpolate(str(value), shell) for name, value in file["x-airflow"]["environment"].items()}
    for before, after in places.items():
        own = {name: value.replace(before, after) for name, value in own.items()}
    return {**shipped_settings(), **own}


def interpolate(text: str, shell: Mapping[str, str]) -> str:
    """The text as Compose reads it: `${NAME}`, `${NAME:-otherwise}`, `${NAME:+where it is set}`, `${NAME:?why it is needed}`,
    `$$` for a dollar."""

    def value(found: re.Match[str]) -> str:
        if found["escaped"]:
            return "$"
        given, other = shell.get(found["name"], ""), found["other"] or ""
        if found["sign"] == "+":
            return other if given else ""
        if given:
            return given
        if found["sign"] == "-":
            return other
        raise KeyError(f"{found['name']}: {other or 'is not set'}")

    return _VARIABLE.sub(value, text)


def plain_environment() -> dict[str, str]:
    """What a container has of a system: no variable of Airflow's, kezek's or of S3 of the caller's own."""
    return {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "TZ") if name in os.environ}


def folder(path: Path) -> Path:
    """The folder, made."""
    path.mkdir(parents=True, exist_ok=True)
    return path
