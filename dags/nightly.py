"""The night: one run reads one UTC day of every source and leaves its claims in the warehouse."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from airflow.sdk import CronDataIntervalTimetable, Param, TriggerRule, dag, task
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

DOC = """
### nightly

Reads one UTC day of every source (news sites, public channels), finds the claims about why trucks wait at the border,
and loads them, each with the archived bytes that it was read from.

`plan → outlets, channels → collect (one task a source) → load → annotate (one task a batch) → load_claims → publish →
unread → alarm`

* The work is keyed by the **data interval** alone, never by the clock: a backfill of last month does what that month's
  nights would have done. A source whose day is covered already is not read again, so running a night twice adds
  nothing; any task can be killed and run again.
* A source that cannot be read does not stop the night: the rest is loaded and published, and then `unread` fails and
  names it (web faults are rows, they fail no `collect`), and `alarm` fails the run, so that somebody looks. A gap that no
  other try would close, such as a feed that is too short for the day, is only logged there and kept in `coverage`.
* Pools: `warehouse` (one slot, for the warehouse has one writer), `web` (how many outlets are read at a time),
  `channels` (one slot, for all channels are on one host, and politeness is kept within a process).
* Only file paths travel between the tasks.
* To read a few sources only, trigger it with `{"sources": ["source-id", …]}`.

More: `docs/operate.md`.
"""

RETRIES = {
    "retries": 3,
    # Doubled at each retry. Shorter where a person waits: kezek.nights sets it to a second.
    "retry_delay": timedelta(seconds=float(os.environ.get("KEZEK_RETRY_SECONDS", "30"))),
    "retry_exponential_backoff": 2,
    "max_retry_delay": timedelta(minutes=15),
}


@contextmanager
def lasting_errors_fail() -> Iterator[None]:
    """Fail at once, without a retry, on what a second try cannot mend: a wrong setting, a broken sources file."""
    from ingest.errors import InputError, KnowledgeError, ModelError, NotAWarehouseError, SchemaError, SourceError

    try:
        yield
    except (InputError, SourceError, ModelError, KnowledgeError, NotAWarehouseError, SchemaError) as error:
        raise AirflowFailException(str(error)) from error


def plain(moment: datetime | None) -> datetime:
    """The same instant as a plain UTC datetime: Airflow 3.3's own loses its zone when a timedelta is taken from it.

    Fails the task where the run has no data interval, as one that was triggered without a logical date.
    """
    if moment is None:
        raise AirflowFailException("This run has no data interval: trigger it with a logical date.")
    return datetime.fromtimestamp(moment.timestamp(), UTC)


@dag(
    dag_id="nightly",
    schedule=CronDataIntervalTimetable("0 0 * * *", timezone="UTC"),
    start_date=datetime(2025, 9, 20, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(hours=20),
    default_args=RETRIES,
    params={
        "sources": Param(
            None, type=["null", "array"], items={"type": "string"}, description="read these sources only (default: all)"
        )
    },
    doc_md=DOC,
    tags=["kezek"],
)
def nightly() -> None:
    # A docstring becomes a task's documentation; only mapped tasks (Airflow 3.3) want it as doc_md.
    @task(pool="warehouse", execution_timeout=timedelta(minutes=15))
    def plan(
        params: dict[str, Any] | None = None,
        data_interval_start: datetime | None = None,
        data_interval_end: datetime | None = None,
    ) -> list[str]:
        """Ask the warehouse what each source still owes for this day; gives one plan file a source."""
        from kezek.settings import Settings
        from kezek.steps import plan_night

        start, end = plain(data_interval_start), plain(data_interval_end)
        with lasting_errors_fail():
            return plan_night(Settings.from_environment(), start, end, params and params["sources"])

    @task(execution_timeout=timedelta(minutes=5))
    def of_kind(plans: list[str], kind: Literal["outlet", "channel"]) -> list[str]:
        """Pick the plans of one kind of source: outlets are read side by side, channels one after another."""
        from kezek.settings import Settings
        from kezek.turns import plans_of_kind

        with lasting_errors_fail():
            return plans_of_kind(Settings.from_environment(), plans, kind)

    @task(
        execution_timeout=timedelta(hours=3),
        doc_md="Discover, fetch into the archive and parse one source's day; gives its spool file.",
        map_index_template="{{ task.op_kwargs['plan'].rpartition('/')[2].removesuffix('.json') }}",
    )
    def collect(plan: str) -> str:
        from kezek.settings import Settings
        from kezek.steps import collect_source

        with lasting_errors_fail():
            return collect_source(Settings.from_environment(), plan)

    @task(pool="warehouse", execution_timeout=timedelta(hours=1), trigger_rule=TriggerRule.ALL_DONE)
    def load(plans: list[str] | None, from_outlets: list[str] | None, from_channels: list[str] | None) -> list[str]:
        """Load what was collected, in one transaction a source; gives the batches of revisions to annotate."""
        from kezek.settings import Settings
        from kezek.steps import load_readings

        if plans is None:
            raise AirflowSkipException("There is no plan.")
        with lasting_errors_fail():
            return load_readings(
                Settings.from_environment(), list(plans), [*(from_outlets or []), *(from_channels or [])]
            )

    @task(
        execution_timeout=timedelta(hours=3),
        doc_md="Read one batch of texts for entities, observations and claims; gives the file of annotations.",
        map_index_template="{{ task.op_kwargs['batch'].rpartition('/')[2].removesuffix('.jsonl') }}",
    )
    def annotate(batch: str) -> str:
        from kezek.settings import Settings
        from kezek.steps import annotate_batch

        with lasting_errors_fail():
            return annotate_batch(Settings.from_environment(), batch)

    @task(pool="warehouse", execution_timeout=timedelta(hours=1), trigger_rule=TriggerRule.ALL_DONE)
    def load_claims(batches: list[str] | None, annotations: list[str] | None) -> dict[str, int]:
        """Load the annotations that there are; a batch that failed stays due and is annotated the next night."""
        from kezek.settings import Settings
        from kezek.steps import load_annotations

        if batches is None:
            raise AirflowSkipException("Nothing was loaded.")
        with lasting_errors_fail():
            return load_annotations(Settings.from_environment(), list(annotations or []))

    @task(pool="warehouse", execution_timeout=timedelta(hours=1))
    def publish(data_interval_start: datetime | None = None, data_interval_end: datetime | None = None) -> str:
        """Check the warehouse, replace the analysts' file in one move, write the report; gives the report's path."""
        from kezek.settings import Settings
        from kezek.steps import publish as publish_night

        start, end = plain(data_interval_start), plain(data_interval_end)
        with lasting_errors_fail():
            return publish_night(Settings.from_environment(), start, end)

    @task(pool="warehouse", execution_timeout=timedelta(minutes=15))
    def unread(plans: list[str]) -> None:
        """Fail, once all is published, where a source broke before its day was read; the error names them."""
        from kezek.settings import Settings
        from kezek.unread import unread as unread_sources

        with lasting_errors_fail():
            if sources := unread_sources(Settings.from_environment(), list(plans)):
                raise AirflowFailException(f"Not read: {', '.join(sources)}.")

    @task(retries=0, execution_timeout=timedelta(minutes=1), trigger_rule=TriggerRule.ONE_FAILED)
    def alarm() -> None:
        """Fail the run when anything in it failed, even though the rest was published."""
        raise AirflowFailException("Part of this night failed: the failed tasks' logs say why.")

    plans = plan()
    outlet_plans = of_kind.override(task_id="outlets")(plans, "outlet")
    channel_plans = of_kind.override(task_id="channels")(plans, "channel")
    outlets = collect.override(task_id="collect_outlets", pool="web").expand(plan=outlet_plans)
    channels = collect.override(task_id="collect_channels", pool="channels").expand(plan=channel_plans)
    batches = load(plans, outlets, channels)
    annotations = annotate.expand(batch=batches)
    loaded = load_claims(batches, annotations)
    published = publish()
    read = unread(plans)
    loaded >> published >> read
    [plans, outlet_plans, channel_plans, outlets, channels, batches, annotations, loaded, published, read] >> alarm()


night = nightly()
