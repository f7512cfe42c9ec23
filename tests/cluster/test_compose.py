"""The environment that the cluster's processes get is the one of infra/compose.yaml, and Airflow and Celery take it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from kezek.airflow import shipped_settings
from tests.cluster.compose import airflow_service, interpolate, plain_environment
from tests.conftest import REPOSITORY

SHELL = {"KEZEK_CONTACT": "you@example.org", "KEZEK_ARCHIVE": "s3://kezek/archive"}
ASK = """
import json
from airflow.configuration import conf
from airflow.executors.executor_loader import ExecutorLoader
from airflow.providers.celery.executors.celery_executor import app
from airflow import settings

(executor,) = ExecutorLoader.init_executors()
print(json.dumps({
    "executor": type(executor).__name__,
    "parallelism": executor.parallelism,
    "heartbeat": conf.getint("scheduler", "task_instance_heartbeat_timeout"),
    "async": settings.SQL_ALCHEMY_CONN_ASYNC,
    "celery": {
        name: app.conf[name]
        for name in ("broker_url", "broker_transport_options", "result_backend", "task_acks_late", "imports",
                     "worker_prefetch_multiplier", "worker_concurrency")
    },
}))
"""


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("$$HOME and $${HOME}", "$HOME and ${HOME}"),
        ("${ONE}", "1"),
        ("a ${ONE:-2} ${NONE:-2}", "a 1 2"),
        ("${NONE:-}", ""),
        ("${ONE:+/there} ${NONE:+/there}", "/there "),
        ("${ONE:?wanted}", "1"),
    ],
)
def test_variables_are_read_as_compose_reads_them(text: str, read: str) -> None:
    assert interpolate(text, {"ONE": "1"}) == read


@pytest.mark.parametrize("text", ["${NONE}", "${NONE:?wanted}"])
def test_what_is_not_set_and_has_to_be_is_an_error(text: str) -> None:
    with pytest.raises(KeyError, match="NONE"):
        interpolate(text, {})


def test_a_service_has_all_that_is_shipped_and_its_places() -> None:
    environment = airflow_service(SHELL, {"redis:6379": "127.0.0.1:1"})
    assert shipped_settings().keys() <= environment.keys()
    assert "127.0.0.1:1" in environment["AIRFLOW__CELERY__BROKER_URL_CMD"]
    assert environment["KEZEK_ARCHIVE"] == "s3://kezek/archive"


def test_airflow_and_celery_take_it(tmp_path: Path) -> None:
    """The provider loads with this Celery, and what keeps a cluster going has arrived where it is read."""
    for secret in ("redis_password", "jwt_secret", "api_secret_key", "fernet_key"):
        (tmp_path / secret).write_text("word", encoding="ascii")
    environment = {
        **plain_environment(),
        **airflow_service(SHELL, {"/run/secrets": str(tmp_path)}),
        "AIRFLOW_HOME": str(tmp_path),
        "PYTHONPATH": str(REPOSITORY),
    }
    done = subprocess.run([sys.executable, "-c", ASK], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    celery = told.pop("celery")
    assert told == {
        "executor": "CeleryExecutor",
        "parallelism": int(environment["AIRFLOW__CORE__PARALLELISM"]),
        "heartbeat": 300,  # as Airflow ships it
        "async": "postgresql+psycopg://airflow@metadata:5432/airflow",
    }
    assert celery == {
        "broker_url": "redis://:word@redis:6379/0",
        "broker_transport_options": {"visibility_timeout": 14400},
        "result_backend": "db+postgresql+psycopg://airflow@metadata:5432/airflow",
        "task_acks_late": True,
        "imports": ["kezek.steps"],
        "worker_prefetch_multiplier": 1,
        "worker_concurrency": 2,
    }
