"""The night: one run reads one UTC day of every source and leaves its claims in the warehouse."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.sdk import (
    AsyncCallback,
    CronDataIntervalTimetable,
    DeadlineAlert,
    DeadlineReference,
    Param,
    TaskGroup,
    TriggerRule,
    dag,
    get_current_context,
    task,
)
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from kezek.dag_defaults import CLAIMS, DEFAULTS, DOCUMENTS, plain
from kezek.pools import WAREHOUSE, host_name, host_pool, sources_by_host
from kezek.settings import Settings

log = logging.getLogger("kezek.dags")

DOC = """
Reads one UTC day of every source (news sites, public channels), finds the claims about why trucks wait at the border,
and loads them, each with the archived bytes that it was read from.

`plan → collect (one task a source) → load → annotate (one task a batch) → load_claims → publish → summary → alarm`

* The work is keyed by the **data interval** alone, never by the clock: a backfill of last month does what that month's
  nights would have done. A source whose day is covered already is not read again, so running a night twice adds
  nothing; any task can be killed and run again.
* A source that cannot be read does not stop the night: its `collect` task fails (after three more tries where the fault may
  pass), its day is a gap in `coverage` that the next night reads first, and the summary names it. All the rest is loaded
  and published; then `alarm` fails the run, so that somebody looks.
* A backfill's run reads its own day and nothing else: no gaps of other days, no second look at known documents.
* Pools: `warehouse` (one slot on DuckDB, which has one writer; several on PostgreSQL) and one pool a host with one slot, for
  politeness is kept within a process. So nights and backfills may run side by side.
* Only the paths of files travel between the tasks.
* Others may wait for the assets `documents` and `claims`.
* To read a few sources only, trigger it with `{"sources": ["source-id", …]}`.

More: `docs/operate.md`.
"""


@dag(
    dag_id="nightly",
    schedule=CronDataIntervalTimetable("0 0 * * *", timezone="UTC"),
    start_date=datetime(2020, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(hours=20),
    deadline=DeadlineAlert(
        reference=DeadlineReference.DAGRUN_QUEUED_AT,
        interval=timedelta(hours=8),
        callback=AsyncCallback("kezek.callbacks.night_is_late"),
    ),
    default_args=DEFAULTS,
    params={
        "sources": Param(
            None, type=["null", "array"], items={"type": "string"}, description="read these sources only (default: all)"
        )
    },
    doc_md=DOC,
    tags=["kezek"],
)
def nightly() -> None:
    hosts = sources_by_host(Settings.from_environment())

    # A docstring becomes a task's documentation; only mapped tasks (Airflow 3.3) want it as doc_md.
    @task(pool=WAREHOUSE, execution_timeout=timedelta(minutes=15))
    def plan(
        params: dict[str, Any] | None = None,
        dag_run: Any = None,
        data_interval_start: datetime | None = None,
        data_interval_end: datetime | None = None,
    ) -> list[str]:
        """Ask the warehouse what each source still owes for this day; gives one plan file a source."""
        from kezek.steps import plan_night

        start, end = plain(data_interval_start), plain(data_interval_end)
        return plan_night(
            Settings.from_environment(),
            start,
            end,
            params and params["sources"],
            day_only=dag_run.run_type == "backfill",
        )

    @task(
        execution_timeout=timedelta(hours=3),
        doc_md="Discover, fetch into the archive and parse one source's day; gives its spool file. Fails, with the spool "
        "written, where the source broke before its day was read.",
        map_index_template="{{ task.op_kwargs['source'] }}",
    )
    def collect(source: str, plans: list[str]) -> str:
        from kezek.steps import collect_source
        from kezek.unread import check_read

        own = [path for path in plans if path.endswith(f"/{source}.json")]
        if not own:
            raise AirflowSkipException(f"{source} is not read in this run.")
        spool = collect_source(Settings.from_environment(), own[0])
        check_read(spool, own[0])
        return spool

    @task(
        pool=WAREHOUSE,
        execution_timeout=timedelta(hours=1),
        trigger_rule=TriggerRule.ALL_DONE,
        outlets=[DOCUMENTS],
    )
    def load(plans: list[str] | None) -> list[str]:
        """Load what was collected, in one transaction a source; gives the batches of revisions to annotate."""
        from kezek.steps import load_readings

        if plans is None:
            raise AirflowSkipException("There is no plan.")
        return load_readings(Settings.from_environment(), list(plans))

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
        """Load the annotations that there are; a batch that failed stays due and is annotated the next night."""
        from kezek.steps import load_annotations

        if batches is None:
            raise AirflowSkipException("Nothing was loaded.")
        added = load_annotations(Settings.from_environment(), list(annotations or []))
        log.info("Added: %s.", ", ".join(f"{number} {table}" for table, number in added.items() if number) or "nothing")

    @task(pool=WAREHOUSE, execution_timeout=timedelta(hours=1))
    def publish(data_interval_start: datetime | None = None, data_interval_end: datetime | None = None) -> str:
        """Check the warehouse, replace the analysts' file in one move, write the report; gives the report's path."""
        from kezek.steps import publish as publish_night

        start, end = plain(data_interval_start), plain(data_interval_end)
        return publish_night(Settings.from_environment(), start, end)

    @task(pool=WAREHOUSE, execution_timeout=timedelta(minutes=15), trigger_rule=TriggerRule.ALL_DONE)
    def summary(
        dag_run: Any = None, data_interval_start: datetime | None = None, data_interval_end: datetime | None = None
    ) -> None:
        """Tell what the night brought, what was not read and what contradicts: in the log, and to the notifiers that
        the operator has named. A backfill tells the log alone."""
        from kezek.night_summary import summarise
        from kezek.notifiers import notify

        settings = Settings.from_environment()
        notice = summarise(settings, plain(data_interval_start), plain(data_interval_end))
        log.info("%s", notice.text)
        if dag_run.run_type != "backfill":
            notify(settings.notifiers, notice, get_current_context())

    @task(retries=0, execution_timeout=timedelta(minutes=1), trigger_rule=TriggerRule.ONE_FAILED)
    def alarm() -> None:
        """Fail the run when anything in it failed, even though the rest was published."""
        raise AirflowFailException("Part of this night failed: the summary and the failed tasks' logs say why.")

    plans = plan()
    with TaskGroup("collect", prefix_group_id=True, tooltip="One task a source, one pool a host.") as collected:
        for host, ids in hosts.items():
            collect.override(task_id=host_name(host), pool=host_pool(host)).partial(plans=plans).expand(source=ids)
    batches = load(plans)
    annotations = annotate.expand(batch=batches)
    loaded = load_claims(batches, annotations)
    published = publish()
    told = summary()
    collected >> batches
    loaded >> published >> told
    [plans, collected, batches, annotations, loaded, published, told] >> alarm()


night = nightly()
