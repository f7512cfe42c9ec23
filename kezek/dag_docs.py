"""dags/README.md, made from the DAGs' own documentation.

    python -m kezek.dag_docs        writes it

Imported only where Airflow's environment is set (`kezek.airflow.airflow_environment`); run as a program it sees to that.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from datetime import timedelta
from itertools import groupby
from typing import Any

from kezek.airflow import DAGS, airflow_environment
from kezek.settings import Settings

README = DAGS / "README.md"
_HEAD = """# The DAGs

Made from their documentation by `make docs`: change it there. How to run them: [docs/operate.md](../docs/operate.md).
"""


def readme(dags: Iterable[Any]) -> str:
    """The Markdown of all these DAGs, by name: what each does, when it runs, and a row a task; the tasks of a group that do
    the same share one."""
    parts = [_HEAD]
    for dag in sorted(dags, key=lambda one: str(one.dag_id)):
        parts += [f"\n## {dag.dag_id}\n", str(dag.doc_md).strip() + "\n", _terms(dag), _tasks(dag)]
    return "\n".join(parts)


def _terms(dag: Any) -> str:
    cron = getattr(dag.timetable, "expression", None)
    when = f"`{cron}` UTC, with data intervals" if cron else "only when it is triggered"
    limit = f"{dag.dagrun_timeout / timedelta(hours=1):g} hours"
    return f"Runs: {when}; at most {dag.max_active_runs} at a time, {limit} at most.\n"


def _tasks(dag: Any) -> str:
    lines = ["| task | what it does | one for each | pool | makes | at most | tries |", "|---|---|---|---|---|---|---|"]
    ordered = [task for task in dag.topological_sort() if not hasattr(task, "children")]
    order = {task.task_id: n for n, task in enumerate(ordered)}
    tasks = sorted(ordered, key=lambda task: min(order[one.task_id] for one in ordered if _name(one) == _name(task)))
    for _, group in groupby(tasks, key=_name):
        lines.append(_row(list(group)))
    return "\n".join(lines) + "\n"


def _row(tasks: list[Any]) -> str:
    task = tasks[0]
    grouped = task.task_group is not None and task.task_group.group_id
    pool = "one a host" if grouped else "" if task.pool == "default_pool" else task.pool
    cells = (
        f"`{_name(task)}`",
        " ".join(str(task.doc_md).split()),
        "" if not task.is_mapped else "source" if grouped else "batch",
        pool,
        ", ".join(f"`{asset.name}`" for asset in task.outlets),
        _shown(task.execution_timeout),
        str(task.retries + 1),
    )
    return f"| {' | '.join(cells)} |"


def _name(task: Any) -> str:
    """The task's id, or that of its group."""
    return str((task.task_group and task.task_group.group_id) or task.task_id)


def _shown(time: timedelta) -> str:
    minutes = time / timedelta(minutes=1)
    return f"{minutes / 60:g} h" if minutes >= 60 else f"{minutes:g} min"


def _write() -> None:
    from airflow.dag_processing.dagbag import DagBag

    bag = DagBag(dag_folder=str(DAGS))
    if bag.import_errors:
        raise SystemExit(f"The DAGs do not parse: {bag.import_errors}")
    README.write_text(readme(bag.dags.values()), encoding="utf-8")


def main() -> None:
    """Write dags/README.md, in a process that has Airflow's environment."""
    if "AIRFLOW_HOME" in os.environ:
        _write()
        return
    with tempfile.TemporaryDirectory() as home:
        environment = airflow_environment(Settings.from_environment({"KEZEK_HOME": home}))
        subprocess.run([sys.executable, "-m", "kezek.dag_docs"], env=environment, check=True)


if __name__ == "__main__":
    main()
