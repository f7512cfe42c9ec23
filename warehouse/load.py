"""Rows in from the web: sources, fetches, document revisions, coverage. One transaction a call, by key: a load that is
killed leaves nothing half, and the same load again adds nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import asdict
from datetime import datetime

from ingest.document import Document
from ingest.errors import WarehouseError
from ingest.fetch_record import Fetch
from ingest.interval import Interval
from ingest.source import Source
from ingest.spool import Coverage, Gone, Spool, Unchanged, Unparsed
from nlp.knowledge import Known
from warehouse.attribution import refresh_attribution
from warehouse.batch import one_batch
from warehouse.engine import Row, Warehouse
from warehouse.keys import unparsed_id
from warehouse.load_annotations import load_annotations
from warehouse.load_count import LoadCount, counted
from warehouse.reading import Reading
from warehouse.upsert import columns_of, replaced, staging, upsert, without

__all__ = ["load_annotations", "load_knowledge", "load_readings", "load_sources", "load_spool", "open_coverage"]

# Words of the page that the latest reading of a revision decides; its first fetch stays the proof.
_DESCRIPTIVE = (
    "source_id",
    "kind",
    "lang",
    "url",
    "canonical_url",
    "author",
    "published_at",
    "published_precision",
    "published_from",
    "forwarded_from",
    "forwarded_url",
    "reply_to_url",
    "views",
    "views_granularity",
    "edited",
    "links",
    "media",
    "media_urls",
    "extractor",
    "extractor_version",
)


@one_batch
def load_sources(warehouse: Warehouse, sources: Iterable[Source]) -> LoadCount:
    """The sources file into `sources`; claims take over a changed name or side. Sources that left the file stay."""
    rows = [
        {
            "source_id": source.id,
            "name": source.name,
            "kind": source.kind,
            "side": source.side,
            "country": source.country,
            "languages": " ".join(source.languages),
            "affiliation": source.affiliation,
            "home": source.home,
        }
        for source in sources
    ]
    with staging(warehouse, "staged_sources", "sources", rows), warehouse.transaction():
        columns = [column for column in rows[0] if column != "source_id"] if rows else []
        count = (
            upsert(warehouse, "sources", ["source_id"], "staged_sources", replaced(columns)) if rows else LoadCount()
        )
        if not count.nothing:
            named = "(SELECT document_id FROM documents JOIN staged_sources USING (source_id))"
            warehouse.take_turns(named)
            count += refresh_attribution(warehouse, named)
    return count


@one_batch
def load_knowledge(warehouse: Warehouse, knowledge: Iterable[Known]) -> LoadCount:
    """The knowledge base into `entities`: names in three languages, sides, roles, pairs of crossings."""
    rows: list[Row] = [
        {
            "entity_id": known.id,
            "name": known.en or known.ru or known.kk,
            "name_ru": known.ru or None,
            "name_kk": known.kk or None,
            "name_en": known.en or None,
            "label": known.label,
            "side": known.side,
            "role": known.role or None,
            "pair": known.pair,
            "wikidata": known.wikidata,
            "known": True,
        }
        for known in knowledge
    ]
    with staging(warehouse, "staged_knowledge", "entities", rows), warehouse.transaction():
        columns = [column for column in rows[0] if column != "entity_id"] if rows else ["name"]
        return upsert(warehouse, "entities", ["entity_id"], "staged_knowledge", replaced(columns))


def load_spool(warehouse: Warehouse, spool: Spool) -> LoadCount:
    """A whole spool, in one transaction, as `load_readings` does.

    Raises WarehouseError where a document names no fetch that the spool or the warehouse has: then nobody could say when
    it was seen.
    """
    seen_at = {fetch.fetch_id: fetch.fetched_at for fetch in spool.fetches}
    named = {document.fetch_id for document in spool.documents if document.fetch_id is not None}
    older = sorted(named - seen_at.keys())
    seen_at |= {
        row["fetch_id"]: row["fetched_at"]
        for row in warehouse.rows(
            "SELECT fetch_id, fetched_at FROM fetches WHERE fetch_id IN (SELECT unnest(cast(? AS text[])))", [older]
        )
    }
    readings = []
    for document in spool.documents:
        if document.fetch_id not in seen_at:
            raise WarehouseError(f"Document {document.document_id} ({document.url}) names no known fetch.")
        readings.append(Reading(document, seen_at[document.fetch_id]))
    return load_readings(
        warehouse,
        fetches=spool.fetches,
        readings=readings,
        unchanged=spool.unchanged,
        coverage=spool.coverage,
        gone=spool.gone,
        unparsed=spool.unparsed,
    )


@one_batch
def load_readings(
    warehouse: Warehouse,
    *,
    fetches: Iterable[Fetch] = (),
    readings: Iterable[Reading] = (),
    unchanged: Iterable[Unchanged] = (),
    coverage: Iterable[Coverage] = (),
    gone: Iterable[Gone] = (),
    unparsed: Iterable[Unparsed] = (),
) -> LoadCount:
    """What one reading of the web brought, in one transaction.

    A known content hash moves `last_seen_at`, and so does an unchanged page; a new hash is a new revision. A document that
    is gone keeps its rows and gets `gone_at`, which a later sight of it clears. Raises WarehouseError where a row does
    not fit; then nothing of the call is kept.
    """
    rows = {
        "fetches": list({fetch.fetch_id: asdict(fetch) for fetch in fetches}.values()),
        "revisions": _revisions(readings),
        "unchanged": _unchanged(unchanged),
        "gone": _gone(gone),
        "coverage": _coverage(coverage),
        "unparsed": _unparsed(unparsed),
    }
    count = LoadCount()
    with ExitStack() as stack:
        for name, found in rows.items():
            if found:
                stack.enter_context(staging(warehouse, f"staged_{name}", _shape(warehouse, name), found))
        stack.enter_context(warehouse.transaction())
        loaded = [f"SELECT document_id FROM staged_{name}" for name in ("revisions", "unchanged", "gone") if rows[name]]
        if loaded:
            warehouse.take_turns(f"({' UNION '.join(loaded)})")
        for name, load in _LOADS:
            if rows[name]:
                count += load(warehouse)
        if rows["revisions"] or rows["unchanged"]:
            count += _reopen(warehouse)
    return count


def _shape(warehouse: Warehouse, name: str) -> str:
    """The table, or query in brackets, whose columns the staged rows have."""
    match name:
        case "revisions":
            return without(warehouse, "documents", "revision", "gone_at", "gone_reason")
        case "unchanged":
            return "(SELECT document_id, last_seen_at FROM documents)"
        case "gone":
            return "(SELECT document_id, gone_at, gone_reason FROM documents)"
        case "unparsed":
            return without(warehouse, "unparsed", "found_at")
        case _:
            return name


def _load_fetches(warehouse: Warehouse) -> LoadCount:
    return upsert(warehouse, "fetches", ["fetch_id"], "staged_fetches", {})


def _revisions(readings: Iterable[Reading]) -> list[Row]:
    """One row a revision: described by its last reading, proved by its first."""
    seen: dict[tuple[str, str], list[Reading]] = {}
    for reading in readings:
        if reading.fetched_at.tzinfo is None:
            raise WarehouseError(f"{reading.document.url} was fetched at a time without a zone: {reading.fetched_at}.")
        seen.setdefault((reading.document.document_id, reading.document.content_sha256), []).append(reading)
    rows = []
    copies: dict[str, str | None] = {}
    for (document_id, content_sha256), group in seen.items():
        # The first sight decides: a later one would find the copies that were made of it.
        copy_of = copies.setdefault(document_id, group[0].near_duplicate_of)
        group.sort(key=lambda reading: reading.fetched_at)
        first, last = group[0], group[-1]
        rows.append(
            {
                **_document_row(last.document),
                "content_sha256": content_sha256,
                "fetch_id": first.document.fetch_id,
                "first_seen_at": first.fetched_at,
                "last_seen_at": last.fetched_at,
                "signature": next((reading.signature for reading in group if reading.signature), None),
                "near_duplicate_of": copy_of,
            }
        )
    return rows


def _document_row(document: Document) -> Row:
    row = asdict(document)
    del row["source_name"], row["source_side"]
    return {
        **row,
        "links": list(document.links),
        "media": list(document.media),
        "media_urls": list(document.media_urls),
    }


def _load_revisions(warehouse: Warehouse) -> LoadCount:
    # New revisions follow the document's last; where one was seen before others that are known, they are counted anew.
    computed = ("revision", "gone_at", "gone_reason", "near_duplicate_of")
    read = ", ".join(f"staged_revisions.{name}" for name in columns_of(warehouse, "documents") if name not in computed)
    numbered = f"""(
        SELECT
            {read},
            CASE WHEN last_revision.document_id IS NULL THEN staged_revisions.near_duplicate_of
                ELSE last_revision.near_duplicate_of END AS near_duplicate_of,
            cast(NULL AS timestamptz) AS gone_at, cast(NULL AS text) AS gone_reason,
            cast(coalesce(last_revision.revision, 0) + sum(CASE WHEN known.revision IS NULL THEN 1 ELSE 0 END) OVER (
                PARTITION BY staged_revisions.document_id
                ORDER BY staged_revisions.first_seen_at, staged_revisions.content_sha256
            ) AS integer) AS revision
        FROM staged_revisions
        LEFT JOIN documents AS known
            ON known.document_id = staged_revisions.document_id
            AND known.content_sha256 = staged_revisions.content_sha256
        LEFT JOIN (
            SELECT document_id, max(revision) AS revision, min(near_duplicate_of) AS near_duplicate_of
            FROM documents WHERE document_id IN (SELECT document_id FROM staged_revisions) GROUP BY document_id
        ) AS last_revision ON last_revision.document_id = staged_revisions.document_id
    )"""
    later = "excluded.last_seen_at >= documents.last_seen_at"
    update = {
        column: f"CASE WHEN {later} THEN excluded.{column} ELSE documents.{column} END" for column in _DESCRIPTIVE
    }
    update |= {
        "fetch_id": "CASE WHEN excluded.first_seen_at < documents.first_seen_at THEN excluded.fetch_id "
        "ELSE documents.fetch_id END",
        "first_seen_at": "least(documents.first_seen_at, excluded.first_seen_at)",
        "last_seen_at": "greatest(documents.last_seen_at, excluded.last_seen_at)",
        # Whose copy it is hangs on when it was published, and on which revision was the first: then it is asked anew.
        "signature": f"CASE WHEN ({later} AND excluded.published_at IS DISTINCT FROM documents.published_at) "
        "OR excluded.first_seen_at < documents.first_seen_at THEN excluded.signature "
        "ELSE coalesce(excluded.signature, documents.signature) END",
    }
    count = upsert(warehouse, "documents", ["document_id", "content_sha256"], numbered, update)
    count += _number_by_sight(warehouse)
    resolved = warehouse.change(
        """
        UPDATE unparsed SET resolved = true
        WHERE NOT resolved AND EXISTS (
            SELECT 1 FROM staged_revisions AS read
            WHERE read.fetch_id = unparsed.fetch_id AND unparsed.url IN (read.url, read.canonical_url)
        )
        """
    )
    count += counted("unparsed", 0, resolved)
    if "documents" in count.updated:
        count += refresh_attribution(warehouse, "(SELECT document_id FROM staged_revisions)")
    return count


def _number_by_sight(warehouse: Warehouse) -> LoadCount:
    """Revisions are numbered in the order in which they were seen, also where a later one was loaded before."""
    numbered = warehouse.change(
        """
        UPDATE documents SET revision = seen.place
        FROM (
            SELECT document_id, content_sha256, cast(row_number() OVER (
                PARTITION BY document_id ORDER BY first_seen_at, content_sha256
            ) AS integer) AS place
            FROM documents WHERE document_id IN (SELECT document_id FROM staged_revisions)
        ) AS seen
        WHERE seen.document_id = documents.document_id AND seen.content_sha256 = documents.content_sha256
            AND seen.place <> documents.revision
        """
    )
    return counted("documents", 0, numbered)


def _unchanged(unchanged: Iterable[Unchanged]) -> list[Row]:
    last: dict[str, datetime] = {}
    for sight in unchanged:
        last[sight.document_id] = max(last.get(sight.document_id, sight.seen_at), sight.seen_at)
    return [{"document_id": document_id, "last_seen_at": seen_at} for document_id, seen_at in last.items()]


def _load_unchanged(warehouse: Warehouse) -> LoadCount:
    touched = warehouse.change(
        f"""
        UPDATE documents SET last_seen_at = staged_unchanged.last_seen_at
        FROM staged_unchanged
        WHERE documents.document_id = staged_unchanged.document_id AND {_IS_CURRENT}
            AND staged_unchanged.last_seen_at > documents.last_seen_at
        """
    )
    return counted("documents", 0, touched) + _never_seen(warehouse, "unchanged")


def _gone(gone: Iterable[Gone]) -> list[Row]:
    first: dict[str, Gone] = {}
    for tombstone in gone:
        known = first.setdefault(tombstone.document_id, tombstone)
        if tombstone.gone_at < known.gone_at:
            first[tombstone.document_id] = tombstone
    return [
        {"document_id": one.document_id, "gone_at": one.gone_at, "gone_reason": one.reason} for one in first.values()
    ]


def _load_gone(warehouse: Warehouse) -> LoadCount:
    touched = warehouse.change(
        f"""
        UPDATE documents SET gone_at = staged_gone.gone_at, gone_reason = staged_gone.gone_reason
        FROM staged_gone
        WHERE documents.document_id = staged_gone.document_id AND {_IS_CURRENT}
            AND staged_gone.gone_at >= documents.last_seen_at
            AND (documents.gone_at IS NULL OR staged_gone.gone_at < documents.gone_at)
        """
    )
    return counted("documents", 0, touched) + _never_seen(warehouse, "gone")


def _reopen(warehouse: Warehouse) -> LoadCount:
    back = warehouse.change(
        """
        UPDATE documents SET gone_at = NULL, gone_reason = NULL
        FROM (
            SELECT document_id, max(last_seen_at) AS last_seen_at FROM documents
            WHERE document_id IN (SELECT document_id FROM documents WHERE gone_at IS NOT NULL)
            GROUP BY document_id
        ) AS seen
        WHERE seen.document_id = documents.document_id AND seen.last_seen_at > documents.gone_at
        """
    )
    return counted("documents", 0, back)


def _never_seen(warehouse: Warehouse, what: str) -> LoadCount:
    unknown = warehouse.value(
        f"SELECT count(*) FROM staged_{what} "
        f"WHERE NOT EXISTS (SELECT 1 FROM documents WHERE documents.document_id = staged_{what}.document_id)"
    )
    return LoadCount(skipped={f"{what}, but never seen": unknown} if unknown else {})


def _coverage(coverage: Iterable[Coverage]) -> list[Row]:
    rows = {}
    for seen in sorted(coverage, key=lambda seen: (seen.complete, seen.finished_at)):
        rows[seen.source_id, seen.interval_start, seen.interval_end] = asdict(seen)
    return list(rows.values())


def _load_coverage(warehouse: Warehouse) -> LoadCount:
    # A complete reading is not undone by a later one that broke off.
    better = "(excluded.complete OR NOT coverage.complete) AND excluded.finished_at >= coverage.finished_at"
    columns = (
        "discovered",
        "fetched",
        "parsed",
        "failed",
        "stop_reason",
        "gap_from",
        "gap_to",
        "complete",
        "off_layout",
    )
    update = {
        column: f"CASE WHEN {better} THEN excluded.{column} ELSE coverage.{column} END"
        for column in (*columns, "run_id", "finished_at")
    }
    return upsert(warehouse, "coverage", ["source_id", "interval_start", "interval_end"], "staged_coverage", update)


@one_batch
def open_coverage(
    warehouse: Warehouse, source_ids: Iterable[str], interval: Interval, run_id: str, at: datetime
) -> LoadCount:
    """Rows for what a run is about to read and no run has tried: so that a run which is killed leaves a gap, and no hole."""
    rows = [
        asdict(
            Coverage(
                source_id=source_id,
                interval_start=interval.start,
                interval_end=interval.end,
                discovered=0,
                fetched=0,
                parsed=0,
                failed=0,
                stop_reason="not read yet",
                gap_from=interval.start,
                gap_to=interval.end,
                run_id=run_id,
                finished_at=at,
                complete=False,
            )
        )
        for source_id in dict.fromkeys(source_ids)
    ]
    if not rows:
        return LoadCount()
    with staging(warehouse, "staged_coverage", "coverage", rows), warehouse.transaction():
        return upsert(warehouse, "coverage", ["source_id", "interval_start", "interval_end"], "staged_coverage", {})


def _unparsed(unparsed: Iterable[Unparsed]) -> list[Row]:
    rows = {}
    for failure in unparsed:
        key = unparsed_id(failure.fetch_id, failure.url)
        rows[key] = {
            "unparsed_id": key,
            "fetch_id": failure.fetch_id,
            "url": failure.url,
            "source_id": failure.source_id,
            "error": failure.error_class,
            "message": failure.error,
            "resolved": failure.resolved,
        }
    return list(rows.values())


def _load_unparsed(warehouse: Warehouse) -> LoadCount:
    found = """(
        SELECT
            staged_unparsed.unparsed_id, staged_unparsed.fetch_id, staged_unparsed.source_id, staged_unparsed.url,
            staged_unparsed.error, staged_unparsed.message, fetches.fetched_at AS found_at,
            staged_unparsed.resolved OR EXISTS (
                SELECT 1 FROM documents AS read
                WHERE read.fetch_id = staged_unparsed.fetch_id
                    AND staged_unparsed.url IN (read.url, read.canonical_url)
            ) AS resolved
        FROM staged_unparsed LEFT JOIN fetches ON fetches.fetch_id = staged_unparsed.fetch_id
    )"""
    return upsert(warehouse, "unparsed", ["unparsed_id"], found, replaced(["error", "message", "resolved"]))


# The view current_revisions says the same of all documents; here it is asked of a few.
_IS_CURRENT = """NOT EXISTS (
            SELECT 1 FROM documents AS later
            WHERE later.document_id = documents.document_id AND (
                later.last_seen_at > documents.last_seen_at
                OR (later.last_seen_at = documents.last_seen_at AND later.revision > documents.revision)
            )
        )"""

# In the order in which they build on each other.
_LOADS: tuple[tuple[str, Callable[[Warehouse], LoadCount]], ...] = (
    ("fetches", _load_fetches),
    ("revisions", _load_revisions),
    ("unchanged", _load_unchanged),
    ("gone", _load_gone),
    ("coverage", _load_coverage),
    ("unparsed", _load_unparsed),
)
