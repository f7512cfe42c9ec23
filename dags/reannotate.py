"""Reading again: a new model reads what is in the warehouse, without the network."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.sdk import Param, TriggerRule, dag, task
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from kezek.dag_defaults import CLAIMS, DEFAULTS
from kezek.pools import WAREHOUSE
from kezek.settings import Settings

log = logging.getLogger("kezek.dags")

DOC = """
Reads the documents of the warehouse again that the present model has not read, all or those published in a range of
days, without the network. What the earlier model found and this one does not is superseded, never erased.

`due → annotate (one task a batch) → load_claims → publish → alarm`

* Start it after a new model was deployed: `airflow dags trigger reannotate`, or with
  `--conf '{"since": "2025-10-01", "until": "2025-10-31"}'` for the documents published on these days, both included.
* The nights work off such a backlog too, the newest first, some 20 000 revisions a night: this DAG is for who does not want
  to wait. Both may run at a time: a document that two of them read has the same claims afterwards.
* Running it again reads only what is still due.
"""


@dag(
    dag_id="reannotate",
    schedule=None,
    start_date=datetime(2020, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(days=7),
    default_args=DEFAULTS,
    params={
        name: Param(None, type=["null", "string"], format="date", description=f"{what} UTC day of publication")
        for name, what in (("since", "first"), ("until", "last"))
    },
    doc_md=DOC,
    tags=["kezek"],
)
def reannotate() -> None:
    @task(pool=WAREHOUSE, execution_timeout=timedelta(hours=1))
    def due(params: dict[str, Any] | None = None, run_id: str | None = None) -> list[str]:
        """Ask the warehouse what the present model has not read; gives the batches of revisions to annotate."""
        from kezek.steps import reannotation

        assert params is not None and run_id is not None
        return reannotation(Settings.from_environment(), run_id, params["since"], params["until"])

    @task(
        execution_timeout=timedelta(hours=3),
        doc_md="Read one batch of texts for entities, observations and claims; gives the file of annotations.",
        map_index_template="{{ task.op_kwargs['batch'].rpartition('/')[2].removesuffix('.jsonl') }}",
    )
    def annotate(batch: str) -> str:
        from kezek.steps import annotate_batch

        return annotate_batch(Settings.from_environment(), batch)

    @task(pool=WAREHOUSE, execution_timeout=timedelta(hours=1), trigger_rule=TriggerRule.ALL_DONE, outlets=[CLAIMS])
    def load_claims(batches: list[str] | None, annotations: list[str] | None) -> None:
        """Load the annotations that there are, supersede what this model no longer finds; a batch that failed stays due."""
        from kezek.steps import load_annotations

        if batches is None:
            raise AirflowSkipException("Nothing was asked for.")
        added = load_annotations(Settings.from_environment(), list(annotations or []))
        log.info("Added: %s.", ", ".join(f"{number} {table}" for table, number in added.items() if number) or "nothing")

    @task(pool=WAREHOUSE, execution_timeout=timedelta(hours=1))
    def publish() -> str:
        """Check the warehouse, replace the analysts' file in one move, write the report; gives the report's path."""
        from kezek.steps import publish_now

        return publish_now(Settings.from_environment())

    @task(retries=0, execution_timeout=timedelta(minutes=1), trigger_rule=TriggerRule.ONE_FAILED)
    def alarm() -> None:
        """Fail the run when anything in it failed, even though the rest was published."""
        raise AirflowFailException("Part of this run failed: the failed tasks' logs say why.")

    batches = due()
    annotations = annotate.expand(batch=batches)
    loaded = load_claims(batches, annotations)
    published = publish()
    loaded >> published
    [batches, annotations, loaded, published] >> alarm()


again = reannotate()
