"""infra/compose.yaml as Docker Compose reads it: merged, its variables filled in, each service with its whole environment.

There is no engine here, so the tests and the proof of benchmarks/compose.py read the file themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.cluster.compose import interpolate
from tests.conftest import REPOSITORY

INFRA = REPOSITORY / "infra"
COMPOSE = INFRA / "compose.yaml"


@dataclass(frozen=True)
class Service:
    """One service; `environment` holds the lines of its env_files too, and what `environment` says goes before them."""

    name: str
    said: Mapping[str, Any]
    environment: Mapping[str, str]

    @property
    def runs_kezek(self) -> bool:
        return str(self.said["image"]).startswith("kezek:")

    @property
    def runs_airflow(self) -> bool:
        return "env_file" in self.said


def env_file(path: Path) -> dict[str, str]:
    """The settings of a file of NAME=value lines."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def composed(variables: Mapping[str, str], replaced: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The whole file; `variables` are those of the caller and of infra/.env. Raises KeyError for one that has to be there
    and is not. `replaced` are texts that stand for others, such as an address of loopback for a host's name."""
    text = COMPOSE.read_text(encoding="utf-8")
    for old, new in (replaced or {}).items():
        text = text.replace(old, new)
    whole = _walk(yaml.safe_load(text), variables)
    assert isinstance(whole, dict)
    return whole


def services(variables: Mapping[str, str], replaced: Mapping[str, str] | None = None) -> dict[str, Service]:
    """Its services by name."""
    found = {}
    for name, said in composed(variables, replaced)["services"].items():
        environment: dict[str, str] = {}
        for path in said.get("env_file", ()):
            environment |= env_file(INFRA / path)
        found[name] = Service(name, said, environment | said.get("environment", {}))
    return found


def _walk(part: Any, variables: Mapping[str, str]) -> Any:
    if isinstance(part, str):
        return interpolate(part, variables)
    if isinstance(part, list):
        return [_walk(item, variables) for item in part]
    if isinstance(part, dict):
        return {key: _walk(value, variables) for key, value in part.items()}
    return part
