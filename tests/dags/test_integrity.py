"""The DAGs parse, cheaply, and say what an operator must know."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kezek.airflow import airflow_environment
from kezek.dag_docs import README
from kezek.pools import host_name, pools, sources_by_host
from kezek.settings import Settings

SETTINGS = Settings.from_environment({})
HOSTS = sources_by_host(SETTINGS)
COLLECTS = {f"collect.{host_name(host)}" for host in HOSTS}
HEAVY = {"spacy", "thinc", "numpy", "duckdb", "psycopg", "trafilatura", "pyarrow", "bs4", "lxml", "nlp", "onnxruntime"}


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
    assert set(parsed["dags"]) == {"nightly", "reannotate"}


def test_parsing_costs_next_to_nothing(parsed: dict[str, Any]) -> None:
    # Airflow parses the folder again and again: a heavy import at the top of a DAG is paid every time.
    assert parsed["parse_seconds"] < 0.3, "CPU seconds on top of Airflow's own imports"
    assert not HEAVY & set(parsed["modules"])


def test_the_night_has_data_intervals_and_runs_alone(nightly: dict[str, Any]) -> None:
    assert nightly["timetable"] == "CronDataIntervalTimetable"
    assert nightly["catchup"] is False
    assert nightly["max_active_runs"] == 1


def test_a_night_that_is_late_is_told(nightly: dict[str, Any]) -> None:
    assert nightly["deadlines"] == ["kezek.callbacks.night_is_late"]


def test_the_dags_and_every_task_are_documented(parsed: dict[str, Any]) -> None:
    assert "data interval" in parsed["dags"]["nightly"]["doc"]
    for dag in parsed["dags"].values():
        assert dag["doc"]
        assert [name for name, task in dag["tasks"].items() if not task["doc"]] == []


def test_every_task_has_a_time_limit_a_policy_and_backs_off(parsed: dict[str, Any]) -> None:
    for dag in parsed["dags"].values():
        for name, task in dag["tasks"].items():
            assert task["timeout"], name
            assert (task["retries"] > 0 and task["backoff"] and task["policy"]) or name == "alarm", name


def test_a_404_is_not_tried_again_and_a_reset_is(parsed: dict[str, Any]) -> None:
    decisions = parsed["decisions"]
    assert decisions["UnreadForNowError"] == "retry"
    for lasting in ("UnreadError", "InputError", "SourceError", "ModelError", "KnowledgeError", "SchemaError"):
        assert decisions[lasting] == "fail"
    for passing in ("ArchiveError", "TransientError", "WarehouseError", "ConnectionResetError"):
        assert decisions[passing] == "default"


def test_every_pool_that_is_used_is_declared_and_a_file_has_one_writer(parsed: dict[str, Any]) -> None:
    used = {task["pool"] for dag in parsed["dags"].values() for task in dag["tasks"].values()}
    declared = pools(SETTINGS)
    assert used - {"default_pool"} == set(declared)
    assert declared["warehouse"]["slots"] == 1
    for name in ("plan", "load", "load_claims", "publish", "summary"):
        assert parsed["dags"]["nightly"]["tasks"][name]["pool"] == "warehouse"


def test_a_server_takes_several_writers() -> None:
    assert (
        pools(Settings.from_environment({"KEZEK_WAREHOUSE": "postgresql://kezek@db/kezek"}))["warehouse"]["slots"] > 1
    )


def test_each_host_has_a_pool_of_one_slot_and_tasks_of_its_own(nightly: dict[str, Any]) -> None:
    assert len({host_name(host) for host in HOSTS}) == len(HOSTS)
    for host, ids in HOSTS.items():
        task = nightly["tasks"][f"collect.{host_name(host)}"]
        assert (task["pool"], task["sources"]) == (f"host-{host_name(host)}", ids)
    slots = {name: pool["slots"] for name, pool in pools(SETTINGS).items() if name.startswith("host-")}
    assert set(slots.values()) == {1}


def test_the_alarm_hears_every_task(parsed: dict[str, Any]) -> None:
    for dag in parsed["dags"].values():
        assert dag["leaves"] == ["alarm"]
        # The group of collects is joined by its members.
        assert set(dag["tasks"]["alarm"]["upstream"]) == set(dag["tasks"]) - {"alarm"}
        assert dag["tasks"]["alarm"]["trigger_rule"] == "one_failed"


def test_sources_and_batches_are_mapped(parsed: dict[str, Any]) -> None:
    mapped = {
        dag_id: {name for name, task in dag["tasks"].items() if task["mapped"]}
        for dag_id, dag in parsed["dags"].items()
    }
    assert mapped == {"nightly": {"annotate", *COLLECTS}, "reannotate": {"annotate"}}


def test_others_can_wait_for_documents_and_claims(parsed: dict[str, Any]) -> None:
    outlets = {
        (dag_id, name): task["outlets"]
        for dag_id, dag in parsed["dags"].items()
        for name, task in dag["tasks"].items()
        if task["outlets"]
    }
    assert outlets == {
        ("nightly", "load"): ["documents"],
        ("nightly", "load_claims"): ["claims"],
        ("reannotate", "load_claims"): ["claims"],
    }


def test_the_readme_of_the_dags_is_up_to_date(parsed: dict[str, Any]) -> None:
    assert README.read_text(encoding="utf-8") == parsed["readme"], "make docs"
