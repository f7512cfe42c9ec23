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


def seconds(value: Any) -> float | None:
    return None if value is None else value.total_seconds()


dags = {
    dag.dag_id: {
        "doc": dag.doc_md,
        "catchup": dag.catchup,
        "max_active_runs": dag.max_active_runs,
        "timetable": type(dag.timetable).__name__,
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
            }
            for task in dag.tasks
        },
    }
    for dag in bag.dags.values()
}
json.dump(
    {
        "errors": bag.import_errors,
        "parse_seconds": parsed - imported,
        "modules": sorted({name.partition(".")[0] for name in set(sys.modules) - before}),
        "dags": dags,
    },
    sys.stdout,
)
