"""Run in a process of its own, with Airflow's environment set: parses the DAGs and prints what they are as JSON."""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import airflow.sdk  # noqa: F401  what Airflow itself costs is not the DAGs' fault

before = set(sys.modules)
started = time.process_time()
from airflow.dag_processing.dagbag import DagBag  # noqa: E402

imported = time.process_time()
folder = Path(os.environ["AIRFLOW__CORE__DAGS_FOLDER"])
bag = DagBag(dag_folder=str(folder))
parsed = time.process_time()


import ingest.errors  # noqa: E402
from kezek.dag_defaults import RETRY_POLICY  # noqa: E402
from kezek.dag_docs import readme  # noqa: E402


def seconds(value: Any) -> float | None:
    return None if value is None else value.total_seconds()


def sources(task: Any) -> list[str] | None:
    """The literal sources that a task is mapped over."""
    value = getattr(getattr(task, "op_kwargs_expand_input", None), "value", {})
    return value.get("source") if isinstance(value, dict) else None


def decision(error: type[Exception]) -> str:
    """What the retry policy says to a first failure."""
    return str(RETRY_POLICY.evaluate(error("no"), 1, 3).action.value)


ERRORS = [one for one in vars(ingest.errors).values() if isinstance(one, type) and issubclass(one, Exception)]
dags = {
    dag.dag_id: {
        "doc": dag.doc_md,
        "catchup": dag.catchup,
        "max_active_runs": dag.max_active_runs,
        "timetable": type(dag.timetable).__name__,
        "deadlines": [alert.callback.path for alert in dag.deadline or []],
        "leaves": sorted(task.task_id for task in dag.leaves),
        "tasks": {
            task.task_id: {
                "doc": task.doc_md,
                "pool": task.pool,
                "retries": task.retries,
                "backoff": task.retry_exponential_backoff,
                "timeout": seconds(task.execution_timeout),
                "trigger_rule": str(task.trigger_rule.value),
                "upstream": sorted(task.upstream_task_ids),
                "mapped": bool(task.is_mapped),
                "policy": task.retry_policy is not None,
                "outlets": [asset.name for asset in task.outlets],
                "sources": sources(task),
            }
            for task in dag.tasks
        },
    }
    for dag in bag.dags.values()
}
json.dump(
    {
        "errors": bag.import_errors,
        "readme": readme(bag.dags.values()),
        "decisions": {one.__name__: decision(one) for one in (*ERRORS, ConnectionResetError)},
        "parse_seconds": parsed - imported,
        "modules": sorted({name.partition(".")[0] for name in set(sys.modules) - before}),
        "dags": dags,
    },
    sys.stdout,
)
