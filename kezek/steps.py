"""The steps of a night, which the DAGs and the command line call alike.

    plan_night → collect_source (one a source) → load_readings → annotate_batch (one a batch) → load_annotations → publish

Each is idempotent: it takes its work from the warehouse's state and the data interval, hands files to the next, and can
be killed at any instant and run again with nothing lost and nothing doubled.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import TypeAdapter, ValidationError

from ingest import handover
from ingest.collect import carry_out
from ingest.collect_replay import Replayed, collect_replay
from ingest.document import Document
from ingest.errors import ArchiveError
from ingest.fetch import FetchSettings
from ingest.interval import Interval
from ingest.journal import RunFinished, RunLoaded, RunPlanned, note
from ingest.plan import Gap, Plan, read_plan, write_plan
from ingest.source import Source, get_source, load_sources
from ingest.spool import Coverage, Spool, read_spool
from kezek.copies import link_copies
from kezek.dates import FIRST_YEAR, LAST_YEAR, day_bounds, parse_day
from kezek.language import document_language
from kezek.night_summary import summarise
from kezek.settings import Settings
from nlp.annotation import Annotation
from nlp.knowledge import Known, knowledge
from nlp.proposals import read_dismissed
from warehouse import load as warehouse_load
from warehouse import load_annotations as warehouse_annotations
from warehouse import owed, state
from warehouse import publish as warehouse_publish
from warehouse.connection import Warehouse, open_warehouse
from warehouse.load_count import LoadCount
from warehouse.proposals import refresh_proposals
from warehouse.runs import finish_run, start_run

log = logging.getLogger(__name__)

T = TypeVar("T")
MOST_REVISIONS = 20_000
"""Most revisions that one night annotates; each may be a batch of its own, and Airflow maps over no more than the
max_map_length of infra/airflow/airflow.env. After a new model version the backlog is worked off night by night."""
LONGEST_RUN = timedelta(hours=20)
"""The dagrun_timeout of the nightly DAG: a run that was begun earlier and has not ended is none that is still at work."""
Caller = Literal["nightly", "run"]
"""Who runs the steps: the DAG, or a person's `kezek run`."""

_ANNOTATIONS = TypeAdapter(Annotation)
_DOCUMENTS = TypeAdapter(Document)


def plan_night(
    settings: Settings,
    start: datetime,
    end: datetime,
    sources: Sequence[str] | None = None,
    *,
    refetch: bool = False,
    day_only: bool = False,
    caller: Caller = "nightly",
) -> list[str]:
    """What each source owes for the interval: one plan file a source; gives their paths.

    `sources` limits it to these ids. A source whose interval is covered already gets a plan that says so, unless
    `refetch` asks for it again; the gaps that earlier runs left in the last `gap_days` are due in any case, unless
    `day_only` asks for this interval and nothing else: neither gaps, nor a second look at known documents, nor, when all
    is loaded, what other runs have left for the model to read. So runs of many days can be at work side by side. The run is
    `CALLER/INTERVAL`, and its files lie in a folder of that name, so that a run by hand and a night of the same day never
    write into each other's. Raises SourceError for a sources file with an error and for an unknown id, KnowledgeError for
    a curator's file with one; then nothing is written.
    """
    interval = Interval(start, end)
    known = load_sources(settings.sources)
    chosen = [get_source(known, source_id) for source_id in sources] if sources else list(known.values())
    entities = _knowledge()
    run_id = f"{caller}/{interval}"
    now = datetime.now(UTC)
    with open_warehouse(settings.warehouse) as warehouse:
        warehouse_load.load_sources(warehouse, known.values())
        warehouse_load.load_knowledge(warehouse, entities.values())
        plans = [
            replace(_plan(settings, warehouse, source, interval, run_id, refetch, day_only), planned_at=now)
            for source in chosen
        ]
        if not all(plan.idle for plan in plans):
            owing = [plan.source_id for plan in plans if not plan.covered]
            note(settings.archive, RunPlanned(run_id, interval, now, tuple(owing)))
            start_run(warehouse, run_id, interval, now)
            warehouse_load.open_coverage(warehouse, owing, interval, run_id, now)
    folder = _folder(settings, run_id) + "/plans"
    paths = [f"{folder}/{plan.source_id}.json" for plan in plans]
    for plan, path in zip(plans, paths, strict=True):
        handover.remove(_spool(path))  # of an earlier try: what it had is loaded, or is read again now
        write_plan(plan, path)
    return paths


def _knowledge() -> dict[str, Known]:
    """The knowledge base; the list of the dismissed is read too, for `publish` wants it when all the work is done."""
    read_dismissed()
    return knowledge()


def _plan(
    settings: Settings,
    warehouse: Warehouse,
    source: Source,
    interval: Interval,
    run_id: str,
    refetch: bool,
    day_only: bool,
) -> Plan:
    most_days = settings.recheck_days if source.recheck_days is None else source.recheck_days
    covered = not refetch and state.is_covered(warehouse, source.id, interval)
    windows = [] if covered or day_only else owed.recheck_windows(interval, most_days)
    return Plan(
        source.id,
        interval,
        run_id,
        covered=covered,
        recheck=owed.rechecks(warehouse, source.id, windows),
        gaps=() if day_only else _gaps(settings, warehouse, source, interval),
        lists=owed.stored_lists(warehouse, source.id, (*source.feeds, *source.sitemaps)),
        day_only=day_only,
    )


def _gaps(settings: Settings, warehouse: Warehouse, source: Source, interval: Interval) -> tuple[Gap, ...]:
    since = interval.start - timedelta(days=settings.gap_days)
    return owed.gaps(warehouse, source.id, since, interval.start, at_work_since=datetime.now(UTC) - LONGEST_RUN)


def collect_source(settings: Settings, plan: str) -> str:
    """Discover, fetch into the archive, and parse what one plan asks for; gives the path of the spool.

    Raises ArchiveError where the archive or the spool can't be written. What the web does wrong is a row, never an
    exception: `kezek.unread.check_read` is for who wants one.
    """
    owing = read_plan(plan)
    source = get_source(load_sources(settings.sources), owing.source_id)
    spool = _spool(plan)
    collected = carry_out(
        owing, source, settings.archive, fetch_settings(settings), spool, channel_host=settings.channel_host
    )
    log.info("%s", collected)
    return spool


def load_readings(settings: Settings, plans: Sequence[str]) -> list[str]:
    """Load what was collected of these plans; gives the paths of the batches of revisions that the model has not read: all
    that there are, or, of a plan for its day only, those that its own run has brought.

    A plan without a spool is a source that failed: it gets a coverage row that says so. One transaction
    a source.
    """
    owing = {path: read_plan(path) for path in plans}
    spools = {path: read_spool(_spool(path)) for path in owing if handover.exists(_spool(path))}
    entry = _what_is_loaded(owing, spools.keys())
    if entry:
        note(settings.archive, entry)
    with open_warehouse(settings.warehouse) as warehouse:
        load_spools(warehouse, spools.values())
        failed = failed_readings(entry) if entry else []
        if failed:
            warehouse_load.load_readings(warehouse, coverage=failed)
    if not owing:
        return []
    plan = next(iter(owing.values()))
    return write_batches(settings, plan.run_id, own=plan.day_only)


def load_spools(warehouse: Warehouse, spools: Iterable[Spool]) -> LoadCount:
    """Spools into the warehouse, one transaction each: languages told; then agency copies are linked to the earliest, in
    one more."""
    count = LoadCount()
    for spool in spools:
        told = replace(spool, documents=[_with_language(document) for document in spool.documents])
        count += warehouse_load.load_spool(warehouse, told)
    count += link_copies(warehouse)
    _tell_skipped(count)
    return count


def write_batches(
    settings: Settings,
    run_id: str,
    *,
    most: int | None = MOST_REVISIONS,
    published: Interval | None = None,
    own: bool = False,
) -> list[str]:
    """Write the revisions that the model version has not read, at most the latest `most`, only those published in
    `published` if one is given, and only those that this run was the first to see if it is `own` ones that are asked for,
    as batches of about `batch_chars` characters. How many are left is logged."""
    from nlp.annotate import model_version
    from nlp.claims.topic import topic_named

    version = model_version(topic_named(settings.topic))
    with open_warehouse(settings.warehouse, read_only=True) as warehouse:
        brought_by = run_id if own else None
        documents = state.unannotated(warehouse, version, published=published, brought_by=brought_by, limit=most)
        left = 0 if published or own else state.count_unannotated(warehouse, version) - len(documents)
    if left:
        log.warning("%d revisions are annotated now; %d more stay due for the next night.", len(documents), left)
    folder = _folder(settings, run_id) + "/batches"
    paths = []
    for number, batch in enumerate(_batches(documents, settings.batch_chars)):
        path = f"{folder}/{number:04}.jsonl"
        _write_lines(path, (_DOCUMENTS.dump_json(document) for document in batch))
        paths.append(path)
    return paths


def reannotation(settings: Settings, run_id: str, since: str | None, until: str | None) -> list[str]:
    """The batches of all revisions that the model version has not read, or of those published from the UTC day `since` to
    `until`, both included, where either is given. Raises InputError for a day that is none."""
    first = day_bounds(parse_day(since))[0] if since else datetime(FIRST_YEAR, 1, 1, tzinfo=UTC)
    last = day_bounds(parse_day(until))[1] if until else datetime(LAST_YEAR + 1, 1, 1, tzinfo=UTC)
    published = Interval(first, last) if since or until else None
    return write_batches(settings, f"reannotate/{run_id}", most=None, published=published)


def annotate_batch(settings: Settings, batch: str) -> str:
    """Read one batch for entities, observations and claims; gives the path of the annotations.

    Raises ModelError where a model is missing, ArchiveError where the batch is not readable.
    """
    from nlp.annotate import annotate
    from nlp.claims.topic import topic_named

    documents = _read_lines(batch, _DOCUMENTS)
    found = annotate(documents, topic=topic_named(settings.topic))
    folder, _, name = batch.rpartition("/batches/")
    target = f"{folder}/annotations/{name}"
    _write_lines(target, (_ANNOTATIONS.dump_json(annotation) for annotation in found))
    return target


def load_annotations(settings: Settings, batches: Sequence[str]) -> dict[str, int]:
    """Load annotations by key, one transaction a batch; gives the rows inserted, by table."""
    total = LoadCount()
    if batches:
        with open_warehouse(settings.warehouse) as warehouse:
            for path in batches:
                annotations = _read_lines(path, _ANNOTATIONS)
                total += warehouse_annotations.load_annotations(warehouse, annotations, datetime.now(UTC))
    _tell_skipped(total)
    return dict(total.inserted)


def publish(settings: Settings, start: datetime, end: datetime, *, caller: Caller = "nightly") -> str:
    """Close the night's run: check, replace the analysts' file in one move, write the report; gives the report's path.

    Raises WarehouseError, and leaves the published file as it was, where a check fails.
    """
    interval = Interval(start, end)
    run_id, now = f"{caller}/{interval}", datetime.now(UTC)
    with open_warehouse(settings.warehouse) as warehouse:
        closed = finish_run(warehouse, run_id, now)
    if not closed.nothing:
        note(settings.archive, RunFinished(run_id, now))
    summarise(settings, start, end, caller=caller, checked=False)  # before, so that its row is published too
    return publish_now(settings)


def publish_now(settings: Settings) -> str:
    """As `publish`, for whatever the warehouse holds."""
    from kezek.report.page import write_report

    with open_warehouse(settings.warehouse) as warehouse:
        link_copies(warehouse)  # of a load that was killed
        refresh_proposals(warehouse, datetime.now(UTC))
        warehouse_publish.publish(warehouse, settings.published)
    return str(write_report(settings.published, settings.report))


def replay(settings: Settings, path: Path) -> tuple[Replayed, list[str]]:
    """Read a folder or WARC of saved responses in place of the network and load them; gives the batches to annotate.

    Raises InputError where `path` can't be replayed, KnowledgeError for a curator's file with an error.
    """
    entities = _knowledge()
    run_id = f"replay/{path.resolve().name}"
    spool = _folder(settings, run_id) + "/spools/replay.jsonl"
    known = load_sources(settings.sources)
    done = collect_replay(path, known, settings.archive, run_id, spool, channel_host=settings.channel_host)
    with open_warehouse(settings.warehouse) as warehouse:
        warehouse_load.load_sources(warehouse, [*known.values(), *done.sources])
        warehouse_load.load_knowledge(warehouse, entities.values())
        load_spools(warehouse, [read_spool(spool)])
    return done, write_batches(settings, run_id, most=None)


def fetch_settings(settings: Settings) -> FetchSettings:
    """How politely the web is read, out of the settings."""
    return FetchSettings(
        contact=settings.contact, host_delay_s=settings.host_delay, connect_to=dict(settings.connect_to)
    )


def _with_language(document: Document) -> Document:
    return replace(document, lang=document_language(document.text or document.title, document.lang))


def _tell_skipped(count: LoadCount) -> None:
    if count.skipped:
        reasons = ", ".join(f"{number} {reason}" for reason, number in sorted(count.skipped.items()))
        log.warning("Left out of the load: %s.", reasons)


def _what_is_loaded(plans: Mapping[str, Plan], collected: Collection[str]) -> RunLoaded | None:
    """The journal's entry for a load of these plans, by path; None where nothing was owed."""
    owing = {path: plan for path, plan in plans.items() if not plan.idle}
    if not owing:
        return None
    one = next(iter(owing.values()))
    return RunLoaded(
        one.run_id,
        one.interval,
        one.planned_at,
        datetime.now(UTC),
        tuple(plan.source_id for path, plan in owing.items() if path in collected),
        tuple(plan.source_id for path, plan in owing.items() if path not in collected and not plan.covered),
    )


def failed_readings(loaded: RunLoaded) -> list[Coverage]:
    """What a load says of the sources of which it found nothing: that their interval was not read."""
    return [
        Coverage(
            source_id=source_id,
            interval_start=loaded.interval.start,
            interval_end=loaded.interval.end,
            discovered=0,
            fetched=0,
            parsed=0,
            failed=1,
            stop_reason="the source's task failed",
            gap_from=loaded.interval.start,
            gap_to=loaded.interval.end,
            run_id=loaded.run_id,
            finished_at=loaded.at,
            complete=False,
        )
        for source_id in loaded.failed
    ]


def _batches(documents: Iterable[Document], size: int) -> Iterable[list[Document]]:
    """Consecutive documents, at least one, up to `size` characters of text together."""
    batch: list[Document] = []
    length = 0
    for document in documents:
        if batch and length + len(document.text) > size:
            yield batch
            batch, length = [], 0
        batch.append(document)
        length += len(document.text)
    if batch:
        yield batch


def _folder(settings: Settings, run_id: str) -> str:
    return f"{settings.spool}/{run_id.replace(':', '')}"


def _spool(plan: str) -> str:
    """Where the spool of the plan file lies."""
    folder, _, name = plan.rpartition("/plans/")
    return f"{folder}/spools/{name.removesuffix('.json')}.jsonl"


def _write_lines(path: str, lines: Iterable[bytes]) -> None:
    try:
        handover.write(path, b"".join(line + b"\n" for line in lines))
    except OSError as error:
        raise ArchiveError(f"{path} can't be written: {error.strerror or error}.") from error


def _read_lines(path: str, adapter: TypeAdapter[T]) -> list[T]:
    try:
        return [adapter.validate_json(line) for line in handover.read(path).splitlines() if line]
    except (OSError, ValidationError) as error:
        raise ArchiveError(f"{path} is not readable: {error}") from error
