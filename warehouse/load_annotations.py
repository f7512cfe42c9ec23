"""Rows in from nlp: claims, observations, entities and mentions of document revisions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from ingest.errors import WarehouseError
from nlp.annotation import Annotation
from warehouse.annotation_rows import AnnotationRows, annotation_rows
from warehouse.attribution import ATTRIBUTION, ATTRIBUTION_COLUMNS
from warehouse.batch import one_batch
from warehouse.connection import Row, Warehouse
from warehouse.load_count import LoadCount, counted
from warehouse.upsert import columns_of, replaced, staging, upsert, without

_REVISION = ("document_id", "content_sha256")

# What the knowledge base knows, it alone names. Of the rest the least stands, in the order of the letters: what an entity is
# called does not hang on which day was loaded first.
_ENTITY_UPDATE = {
    name: f"CASE WHEN entities.known THEN entities.{name} ELSE {merged} END"
    for name, merged in {
        **{
            name: f'least(entities.{name} COLLATE "C", excluded.{name})'
            for name in ("name", "name_ru", "name_kk", "name_en", "role")
        },
        "side": "CASE WHEN entities.side = 'UNKNOWN' THEN excluded.side WHEN excluded.side = 'UNKNOWN' THEN entities.side "
        'ELSE least(entities.side COLLATE "C", excluded.side) END',
    }.items()
}


@one_batch
def load_annotations(warehouse: Warehouse, annotations: Iterable[Annotation], extracted_at: datetime) -> LoadCount:
    """What nlp says about document revisions, in one transaction; `extracted_at` is when it read them.

    An annotation is all that its model says about its revision: what an earlier reading found and this one does not is
    marked superseded, never deleted. One that is older than another model's is recorded, but changes no claim. Raises
    WarehouseError where a revision is unknown; then nothing of the call is kept.
    """
    latest = {(one.document_id, one.content_sha256): one for one in annotations}
    if not latest:
        return LoadCount()
    revisions: list[Row] = [dict(zip(_REVISION, key, strict=True)) for key in latest]
    shape = "(SELECT document_id, content_sha256 FROM documents)"
    with staging(warehouse, "staged_keys", shape, revisions), warehouse.transaction():
        # Which reading is in force must still be so when the rows are written.
        warehouse.take_turns("staged_keys")
        _check_known(warehouse)
        in_force, extraction = _in_force(warehouse, latest.values(), extracted_at)
        rows = annotation_rows(latest.values(), in_force, extraction)
        skipped = {"older than another model's": len(latest) - len(in_force), "doubled in one document": rows.doubled}
        return _load(warehouse, rows) + LoadCount(skipped=skipped)


def _load(warehouse: Warehouse, rows: AnnotationRows) -> LoadCount:
    claim_shape = without(warehouse, "claims", *ATTRIBUTION_COLUMNS)
    annotation_columns = ("lang", "claims", "observations", "mentions", "extracted_at")
    with (
        staging(warehouse, "staged_annotations", "annotations", rows.annotations),
        staging(warehouse, "staged_in_force", "annotations", rows.in_force),
        staging(warehouse, "staged_entities", "entities", rows.entities),
        staging(warehouse, "staged_mentions", "mentions", rows.mentions),
        staging(warehouse, "staged_observations", "observations", rows.observations),
        staging(warehouse, "staged_claims", claim_shape, rows.claims),
    ):
        count = upsert(
            warehouse, "annotations", [*_REVISION, "model_version"], "staged_annotations", replaced(annotation_columns)
        )
        count += upsert(warehouse, "entities", ["entity_id"], "staged_entities", _ENTITY_UPDATE)
        count += _load_found(warehouse, "mentions", "mention_id", "staged_mentions")
        count += _load_found(warehouse, "observations", "observation_id", "staged_observations")
        origin = ", ".join(f"origin.{column}" for column in ATTRIBUTION_COLUMNS)
        attributed = (
            f"(SELECT staged_claims.*, {origin} FROM staged_claims JOIN {ATTRIBUTION} AS origin "
            "ON origin.document_id = staged_claims.document_id "
            "AND origin.content_sha256 = staged_claims.content_sha256)"
        )
        count += _load_found(warehouse, "claims", "claim_id", attributed)
    return count


def _load_found(warehouse: Warehouse, table: str, key: str, source: str) -> LoadCount:
    """Upsert what was found, then supersede what the revisions' readings in force no longer find."""
    fixed = {key, "extracted_at", *_REVISION}
    columns = columns_of(warehouse, table)
    also = "extracted_at = excluded.extracted_at" if "extracted_at" in columns else ""
    update = replaced([column for column in columns if column not in fixed])
    count = upsert(warehouse, table, [key], source, update, also=also)
    superseded = warehouse.change(
        f"""
        UPDATE {table} SET superseded_at = reading.extracted_at, superseded_by = reading.model_version
        FROM staged_in_force AS reading
        WHERE reading.document_id = {table}.document_id AND reading.content_sha256 = {table}.content_sha256
            AND {table}.superseded_at IS NULL
            AND {table}.{key} NOT IN (SELECT {key} FROM staged_{table})
        """
    )
    return count + counted(table, 0, superseded)


def _check_known(warehouse: Warehouse) -> None:
    unknown = warehouse.rows(
        "SELECT document_id FROM staged_keys LEFT JOIN documents USING (document_id, content_sha256) "
        "WHERE documents.revision IS NULL ORDER BY document_id"
    )
    if unknown:
        raise WarehouseError(
            f"{len(unknown)} annotations are of revisions that the warehouse does not have, "
            f"the first of document {unknown[0]['document_id']}."
        )


def _in_force(
    warehouse: Warehouse, annotations: Iterable[Annotation], extracted_at: datetime
) -> tuple[set[tuple[str, str]], dict[tuple[str, str], datetime]]:
    """Which of these annotations are the latest word on their revision, and when each was (first) made."""
    known: dict[tuple[str, str], dict[str, datetime]] = {}
    for row in warehouse.rows(
        "SELECT document_id, content_sha256, model_version, extracted_at "
        "FROM annotations JOIN staged_keys USING (document_id, content_sha256)"
    ):
        revision = (row["document_id"], row["content_sha256"])
        known.setdefault(revision, {})[row["model_version"]] = row["extracted_at"]
    in_force, extraction = set(), {}
    for one in annotations:
        revision = (one.document_id, one.content_sha256)
        readings = dict(known.get(revision, {}))
        mine = readings.pop(one.model_version, None)
        others = max(readings.values(), default=None)
        again = mine is not None and (others is None or mine > others)
        extraction[revision] = mine if mine is not None and (again or mine >= extracted_at) else extracted_at
        if again or others is None or (mine is None and extracted_at >= others) or extracted_at > others:
            in_force.add(revision)
    return in_force, extraction
