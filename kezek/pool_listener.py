"""A listener of Airflow's scheduler: when a night or another run of kezek's begins, the pools that it needs are there.

Airflow never starts a task whose pool does not exist, so a source on a new host would hold up the whole night. Loaded by
infra/airflow/plugins; imported nowhere else, for it imports Airflow.
"""

from __future__ import annotations

import logging
from typing import Any

from airflow.listeners import hookimpl
from airflow.models.pool import Pool
from sqlalchemy import select
from sqlalchemy.orm import object_session

from kezek.pools import pools
from kezek.settings import Settings

log = logging.getLogger(__name__)

DAGS = ("nightly", "reannotate")


@hookimpl
def on_dag_run_running(dag_run: Any, msg: str) -> None:
    """Make the pools that are missing, in the scheduler's own transaction; those that there are stay as they were set."""
    session = object_session(dag_run)
    if dag_run.dag_id not in DAGS or session is None:
        return
    known = set(session.scalars(select(Pool.pool)))
    for name, pool in pools(Settings.from_environment()).items():
        if name not in known:
            log.warning("The pool %s was missing, and is made.", name)
            session.add(Pool(pool=name, **pool))
