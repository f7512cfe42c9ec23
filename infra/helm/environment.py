"""Copies infra/airflow/airflow.env into infra/helm/values.yaml, for a chart's values can't name a file:

    python -m infra.helm.environment

What lies between the two marks is replaced; tests/infra/test_helm.py fails while it is not what it would be.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

INFRA: Final = Path(__file__).resolve().parent.parent
SETTINGS: Final = INFRA / "airflow" / "airflow.env"
VALUES: Final = INFRA / "helm" / "values.yaml"
BEGIN: Final = "      # <airflow.env>\n"
END: Final = "      # </airflow.env>\n"
OF_ONE_MACHINE: Final = (
    "AIRFLOW__CORE__EXECUTOR",
    "AIRFLOW__CORE__PARALLELISM",
    "AIRFLOW__API__HOST",
    "AIRFLOW__API__WORKERS",
)
"""Settings of one machine: where there are several, compose.yaml and values.yaml each say their own."""
OF_THE_QUEUE: Final = "AIRFLOW__CELERY"
"""How the settings of the CeleryExecutor begin; a cluster that starts a pod a task has none."""


def shared_settings() -> dict[str, str]:
    """The settings of airflow.env that hold in a Kubernetes cluster too, by name."""
    lines = SETTINGS.read_text(encoding="utf-8").splitlines()
    settings = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    return {
        name: value
        for name, value in settings.items()
        if name not in OF_ONE_MACHINE and not name.startswith(OF_THE_QUEUE)
    }


def with_settings(values: str) -> str:
    """The text of values.yaml with the settings of today between its marks. Raises ValueError where a mark is missing."""
    before, begin, rest = values.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError("values.yaml has lost the marks between which airflow.env is copied.")
    lines = [f"      {name}: {_quoted(value)}\n" for name, value in shared_settings().items()]
    return f"{before}{BEGIN}{''.join(lines)}{END}{after}"


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


if __name__ == "__main__":
    VALUES.write_text(with_settings(VALUES.read_text(encoding="utf-8")), encoding="utf-8")
