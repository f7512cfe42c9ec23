"""Checks before publishing: does the warehouse contradict itself, or its sources the calendar?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from warehouse.connection import Row, Warehouse
from warehouse.keys import finding_id
from warehouse.upsert import replaced, staging, upsert


@dataclass(frozen=True, slots=True)
class Finding:
    """One row that failed one check; `blocking` ones keep the analysts' file from being replaced."""

    check_name: str
    table_name: str
    row_key: str
    message: str
    blocking: bool


@dataclass(frozen=True, slots=True)
class _Check:
    """`sql` gives the keys of the rows that fail, as `row_key`."""

    name: str
    table: str
    message: str
    sql: str
    blocking: bool = True


def find(warehouse: Warehouse) -> list[Finding]:
    """Every row that fails a check, in the order of the checks and keys; writes nothing."""
    return [
        Finding(check.name, check.table, str(row["row_key"]), check.message, check.blocking)
        for check in CHECKS
        for row in warehouse.rows(f"SELECT DISTINCT row_key FROM ({check.sql}) AS failed ORDER BY row_key")
    ]


def record(warehouse: Warehouse, findings: list[Finding], found_at: datetime | None = None) -> None:
    """Keep the findings as rows, and mark as resolved the open ones that are not among them."""
    moment = found_at or datetime.now(UTC)
    rows: list[Row] = [
        {
            "finding_id": finding_id(one.check_name, one.table_name, one.row_key),
            "check_name": one.check_name,
            "table_name": one.table_name,
            "row_key": one.row_key,
            "message": one.message,
            "blocking": one.blocking,
            "found_at": moment,
            "resolved_at": None,
        }
        for one in findings
    ]
    with staging(warehouse, "staged_findings", "quality_findings", rows), warehouse.transaction():
        update = replaced(["message", "blocking", "resolved_at"])
        upsert(warehouse, "quality_findings", ["finding_id"], "staged_findings", update)
        warehouse.change(
            "UPDATE quality_findings SET resolved_at = ? "
            "WHERE resolved_at IS NULL AND finding_id NOT IN (SELECT finding_id FROM staged_findings)",
            [moment],
        )


def _quoted(table: str, key: str, words: str, field: str, start: str, end: str) -> str:
    """Rows whose `words` are not what stands at their offsets."""
    place = f"CASE {table}.{field} WHEN 'title' THEN documents.title ELSE documents.text END"
    return f"""
        SELECT {table}.{key} AS row_key
        FROM {table} JOIN documents
            ON documents.document_id = {table}.document_id AND documents.content_sha256 = {table}.content_sha256
        WHERE {table}.superseded_at IS NULL AND (
            {table}.{field} NOT IN ('title', 'text')
            OR {table}.{start} < 0 OR {table}.{end} <= {table}.{start} OR {table}.{end} > length({place})
            OR substr({place}, {table}.{start} + 1, {table}.{end} - {table}.{start}) <> {table}.{words}
        )
    """


def _orphans(table: str, key: str) -> str:
    """Rows of a document revision that is not there."""
    return f"""
        SELECT {table}.{key} AS row_key FROM {table} LEFT JOIN documents
            ON documents.document_id = {table}.document_id AND documents.content_sha256 = {table}.content_sha256
        WHERE documents.document_id IS NULL
    """


_SIDES = "('KZ', 'RU', 'CN', 'OTHER', 'UNKNOWN')"
_MOMENT = "coalesce(documents.published_at, documents.first_seen_at)"

CHECKS = (
    _Check(
        "key",
        "claims",
        "The key is no claim id.",
        "SELECT claim_id AS row_key FROM claims WHERE length(claim_id) <> 16 OR substr(claim_id, 1, 1) <> 'c'",
    ),
    _Check("document", "claims", "The document revision is not in the warehouse.", _orphans("claims", "claim_id")),
    _Check(
        "document",
        "observations",
        "The document revision is not in the warehouse.",
        _orphans("observations", "observation_id"),
    ),
    _Check(
        "document", "mentions", "The document revision is not in the warehouse.", _orphans("mentions", "mention_id")
    ),
    _Check(
        "source",
        "claims",
        "The source is not in the sources file.",
        "SELECT claim_id AS row_key FROM claims WHERE source NOT IN (SELECT source_id FROM sources)",
    ),
    _Check(
        "archive",
        "claims",
        "The row does not lead back to archived bytes.",
        "SELECT claim_id AS row_key FROM claims WHERE body_sha256 IS NULL OR warc_file IS NULL OR warc_offset IS NULL",
    ),
    _Check(
        "codes",
        "claims",
        "Stance, side, speaker_kind or confidence has a value that the claim guide does not know.",
        f"""
        SELECT claim_id AS row_key FROM claims
        WHERE stance NOT IN ('asserts', 'denies')
            OR blames NOT IN ('KZ', 'RU', 'CN', 'BOTH', 'TRADE', 'OTHER', 'NONE')
            OR speaker_side NOT IN {_SIDES} OR source_side NOT IN {_SIDES}
            OR speaker_kind NOT IN ('person', 'organisation', 'unnamed', 'outlet')
            OR cause = '' OR NOT confidence BETWEEN 0 AND 1
        """,
    ),
    _Check(
        "evidence",
        "claims",
        "The evidence is not what stands at its offsets.",
        _quoted("claims", "claim_id", "evidence", "evidence_field", "evidence_start", "evidence_end"),
    ),
    _Check(
        "cause_text",
        "claims",
        "The words of the cause are not what stands at their offsets, or stand outside the evidence.",
        _quoted("claims", "claim_id", "cause_text", "evidence_field", "cause_start", "cause_end")
        + " UNION SELECT claim_id FROM claims WHERE superseded_at IS NULL "
        "AND (cause_start < evidence_start OR cause_end > evidence_end)",
    ),
    _Check(
        "evidence",
        "observations",
        "The evidence is not what stands at its offsets.",
        _quoted("observations", "observation_id", "evidence", "evidence_field", "evidence_start", "evidence_end"),
    ),
    _Check(
        "figures",
        "observations",
        "The figures are negative or the lower is the higher.",
        "SELECT observation_id AS row_key FROM observations WHERE low < 0 OR high < low",
    ),
    _Check(
        "surface",
        "mentions",
        "The words are not what stands at their offsets.",
        _quoted("mentions", "mention_id", "surface", "field", "start_offset", "end_offset"),
    ),
    _Check(
        "fetch",
        "documents",
        "The fetch is not in the warehouse.",
        "SELECT document_id AS row_key FROM documents "
        "WHERE fetch_id IS NULL OR fetch_id NOT IN (SELECT fetch_id FROM fetches)",
    ),
    _Check(
        "seen",
        "documents",
        "It was last seen before it was first seen.",
        "SELECT document_id AS row_key FROM documents WHERE last_seen_at < first_seen_at",
    ),
    _Check(
        "interval",
        "coverage",
        "The interval or the gap ends before it starts.",
        "SELECT source_id AS row_key FROM coverage WHERE interval_end <= interval_start OR gap_to < gap_from",
    ),
    # What a page says of itself is the page's business: odd dates are shown, but do not stop the night.
    _Check(
        "date",
        "documents",
        "It was published before 2000, or more than a day after it was fetched.",
        "SELECT document_id AS row_key FROM documents WHERE published_at < cast('2000-01-01 00:00:00+00' AS timestamptz) "
        "OR published_at > first_seen_at + INTERVAL '1 day'",
        blocking=False,
    ),
    _Check(
        "date",
        "claims",
        "It was said more than a day after the document was published, or over a year before.",
        f"""
        SELECT claims.claim_id AS row_key
        FROM claims JOIN documents
            ON documents.document_id = claims.document_id AND documents.content_sha256 = claims.content_sha256
        WHERE claims.superseded_at IS NULL
            AND (claims.said_at > {_MOMENT} + INTERVAL '1 day' OR claims.said_at < {_MOMENT} - INTERVAL '366 days')
        """,
        blocking=False,
    ),
)
