"""The DAGs parse, cheaply, and say what an operator must know."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kezek.airflow import POOLS as POOLS_FILE
from kezek.airflow import airflow_environment
from kezek.settings import Settings

POOLS = json.loads(POOLS_FILE.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def parsed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    home = tmp_path_factory.mktemp("parse")
    settings = Settings.from_environment({"KEZEK_HOME": str(home)})
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("parse_dags.py"))],
        env=airflow_environment(settings),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout[done.stdout.index('{"errors"') :])
    return result


@pytest.fixture(scope="module")
def nightly(parsed: dict[str, Any]) -> dict[str, Any]:
    dag: dict[str, Any] = parsed["dags"]["nightly"]
    return dag


def test_every_file_of_the_folder_parses(parsed: dict[str, Any]) -> None:
    assert parsed["errors"] == {}
    assert set(parsed["dags"]) == {"nightly"}


def test_parsing_costs_next_to_nothing(parsed: dict[str, Any]) -> None:
    # Airflow parses the folder again and again: a heavy import at the top of a DAG is paid every time.
    assert parsed["parse_seconds"] < 0.3, "CPU seconds on top of Airflow's own imports"
    assert not {"spacy", "duckdb", "trafilatura", "pyarrow", "ingest", "nlp", "warehouse"} & set(parsed["modules"])


def test_the_night_has_data_intervals_and_runs_alone(nightly: dict[str, Any]) -> None:
    assert nightly["timetable"] == "CronDataIntervalTimetable"
    assert nightly["catchup"] is False
    assert nightly["max_active_runs"] == 1


def test_the_dag_and_every_task_are_documented(nightly: dict[str, Any]) -> None:
    assert "data interval" in nightly["doc"]
    assert [name for name, task in nightly["tasks"].items() if not task["doc"]] == []


def test_every_task_has_a_time_limit_and_backs_off(nightly: dict[str, Any]) -> None:
    for name, task in nightly["tasks"].items():
        assert task["timeout"], name
        assert (task["retries"] > 0 and task["backoff"]) or name == "alarm", name


def test_every_pool_is_declared_and_the_warehouse_has_one_writer(nightly: dict[str, Any]) -> None:
    assert {task["pool"] for task in nightly["tasks"].values()} - {"default_pool"} == set(POOLS)
    assert POOLS["warehouse"]["slots"] == 1
    for name in ("plan", "load", "load_claims", "publish", "unread"):
        assert nightly["tasks"][name]["pool"] == "warehouse"


def test_channels_take_turns_for_they_share_a_host(nightly: dict[str, Any]) -> None:
    assert nightly["tasks"]["collect_channels"]["pool"] == "channels"
    assert nightly["tasks"]["collect_outlets"]["pool"] == "web"
    assert POOLS["channels"]["slots"] == 1


def test_the_alarm_hears_every_task(nightly: dict[str, Any]) -> None:
    assert nightly["leaves"] == ["alarm"]
    assert nightly["tasks"]["alarm"]["upstream"] == sorted(set(nightly["tasks"]) - {"alarm"})
    assert nightly["tasks"]["alarm"]["trigger_rule"] == "one_failed"


def test_sources_and_batches_are_mapped(nightly: dict[str, Any]) -> None:
    assert [name for name, task in sorted(nightly["tasks"].items()) if task["mapped"]] == [
        "annotate",
        "collect_channels",
        "collect_outlets",
    ]
