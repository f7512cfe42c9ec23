"""The checks, as a list: what each asks of which table, and the query that gives the keys of the rows that fail.

A check is blocking where a failing row is the warehouse contradicting itself, so that no number on it could be relied
upon. What the web says of itself (odd dates), and what a killed load may leave (a link to a document that never came), is
told and stops nothing. Every check is one pass over its tables: they run on the whole warehouse before each publishing.
"""

from __future__ import annotations

from dataclasses import dataclass

from warehouse.attribution import ATTRIBUTION, ATTRIBUTION_COLUMNS


@dataclass(frozen=True, slots=True)
class Check:
    """`sql` gives the keys of the rows of `table` that fail, as `row_key`; `message` is what is wrong, one sentence."""

    name: str
    table: str
    message: str
    sql: str
    blocking: bool = True


_KEYS = {"claims": "claim_id", "observations": "observation_id", "mentions": "mention_id"}
_FOUND = tuple(_KEYS)
"""What a model finds in a revision."""
_SIDES = "('KZ', 'RU', 'CN', 'OTHER', 'UNKNOWN')"
_LABELS = "('PERSON', 'ORG', 'PLACE', 'CHECKPOINT', 'LAW')"
_MOMENT = "coalesce(documents.published_at, documents.first_seen_at)"
_EARLIEST = "cast('2000-01-01 00:00:00+00' AS timestamptz)"
_MOST_STEPS = 20
"""As many steps as the view `stories` follows from a copy to its original."""


def _failing(table: str, condition: str, key: str = "") -> str:
    """Rows of one table that meet the condition."""
    return f"SELECT {key or _KEYS[table]} AS row_key FROM {table} WHERE {condition}"


def _alone(table: str, partner: str, condition: str, key: str = "", where: str = "true") -> str:
    """Rows for which no row of `partner` (a table, with an alias where it is the same) meets the condition."""
    return _failing(table, f"{where} AND NOT EXISTS (SELECT 1 FROM {partner} WHERE {condition})", key)


def _not_hex(column: str, length: int) -> str:
    return f"(length({column}) <> {length} OR trim({column}, '0123456789abcdef') <> '')"


def _of_revision(table: str, of: str) -> str:
    return f"{of}.document_id = {table}.document_id AND {of}.content_sha256 = {table}.content_sha256"


def _quoted(table: str, words: str, field: str, start: str, end: str) -> str:
    """Rows with words that are not what stands at their offsets."""
    words, field, start, end = (f"{table}.{column}" for column in (words, field, start, end))
    whole = f"CASE {field} WHEN 'title' THEN documents.title ELSE documents.text END"
    # One CASE, because substr with offsets that are no offsets is an error in PostgreSQL.
    return f"""
        SELECT {table}.{_KEYS[table]} AS row_key
        FROM {table} JOIN documents ON {_of_revision(table, "documents")}
        WHERE {table}.superseded_at IS NULL AND CASE
            WHEN {field} NOT IN ('title', 'text') OR {start} < 0 OR {end} <= {start} OR length({words}) <> {end} - {start}
            THEN true ELSE substr({whole}, {start} + 1, {end} - {start}) <> {words} END
    """


def _counted(wrong: str, *, only_in_force: bool = False) -> str:
    """Readings whose number of rows is `wrong`: an expression with {found} rows and {told} in the annotation.

    `only_in_force` leaves out those that another model has read since, or at the same instant: they have no rows of theirs.
    """
    joins = " ".join(
        f"LEFT JOIN (SELECT document_id, content_sha256, model_version, count(*) AS found FROM {table} "
        "WHERE superseded_at IS NULL GROUP BY document_id, content_sha256, model_version"
        f") AS {table}_found ON {_of_revision('annotations', f'{table}_found')} "
        f"AND {table}_found.model_version = annotations.model_version"
        for table in _FOUND
    )
    conditions = " OR ".join(
        wrong.format(found=f"coalesce({table}_found.found, 0)", told=f"annotations.{table}") for table in _FOUND
    )
    others = f"""
        AND NOT EXISTS (
            SELECT 1 FROM annotations AS other
            WHERE {_of_revision("other", "annotations")}
                AND other.model_version <> annotations.model_version AND other.extracted_at >= annotations.extracted_at
        )
    """
    return (
        f"SELECT annotations.document_id AS row_key FROM annotations {joins} WHERE ({conditions})"
        f"{others if only_in_force else ''}"
    )


def _said(table: str, column: str) -> str:
    """Rows whose time lies more than a day after their document, or over a year before it."""
    return f"""
        SELECT {table}.{_KEYS[table]} AS row_key
        FROM {table} JOIN documents ON {_of_revision(table, "documents")}
        WHERE {table}.superseded_at IS NULL AND (
            {table}.{column} > {_MOMENT} + INTERVAL '1 day' OR {table}.{column} < {_MOMENT} - INTERVAL '366 days'
        )
    """


_LOOPS = f"""
    WITH RECURSIVE parents AS (
        SELECT document_id, min(near_duplicate_of) AS parent
        FROM documents WHERE near_duplicate_of IS NOT NULL GROUP BY document_id
    ),
    chain AS (
        SELECT document_id, parent, 1 AS steps FROM parents
        UNION ALL
        SELECT chain.document_id, parents.parent, chain.steps + 1
        FROM chain JOIN parents ON parents.document_id = chain.parent
        WHERE chain.steps < {_MOST_STEPS} AND chain.parent <> chain.document_id
    )
    SELECT document_id AS row_key FROM chain WHERE steps = {_MOST_STEPS} OR parent = document_id
"""
_CAUSE_TEXT = _failing(
    "claims",
    """
    superseded_at IS NULL AND CASE
        WHEN cause_start < evidence_start OR cause_end > evidence_end OR cause_end <= cause_start
            OR length(cause_text) <> cause_end - cause_start
        THEN true ELSE substr(evidence, cause_start - evidence_start + 1, cause_end - cause_start) <> cause_text END
    """,
)
_ATTRIBUTED = f"""
    SELECT claims.claim_id AS row_key
    FROM claims JOIN {ATTRIBUTION} AS origin ON {_of_revision("claims", "origin")}
    WHERE {" OR ".join(f"claims.{column} IS DISTINCT FROM origin.{column}" for column in ATTRIBUTION_COLUMNS)}
"""
_REVISIONS = """
    SELECT document_id AS row_key FROM documents GROUP BY document_id
    HAVING min(revision) <> 1 OR max(revision) <> count(*) OR count(DISTINCT revision) <> count(*)
"""
_CHANGED_IDENTITY = """
    SELECT document_id AS row_key FROM documents GROUP BY document_id
    HAVING count(DISTINCT source_id) > 1
"""


def _each(name: str, message: str, sql: dict[str, str], *, blocking: bool = True) -> tuple[Check, ...]:
    """The same check of several tables."""
    return tuple(Check(name, table, message, query, blocking) for table, query in sql.items())


CHECKS: tuple[Check, ...] = (
    # Keys, and rows that lead to rows.
    *_each(
        "key",
        "The key is none that kezek makes.",
        {
            table: _failing(table, f"substr({key}, 1, 1) <> '{letter}' OR {_not_hex(f'substr({key}, 2)', 15)}")
            for letter, (table, key) in zip("com", _KEYS.items(), strict=True)
        },
    ),
    *_each(
        "document",
        "The document revision is not in the warehouse.",
        {
            table: _alone(table, "documents", _of_revision(table, "documents"), key)
            for table, key in (*_KEYS.items(), ("annotations", "document_id"))
        },
    ),
    *_each(
        "source",
        "The source is not in the table of sources.",
        {
            table: _alone(table, "sources", f"sources.source_id = {table}.{column}", key)
            for table, column, key in (
                ("claims", "source", "claim_id"),
                ("documents", "source_id", "document_id"),
                ("fetches", "source_id", "fetch_id"),
                ("coverage", "source_id", "source_id"),
            )
        },
    ),
    Check(
        "fetch",
        "documents",
        "The fetch is not in the warehouse.",
        _alone("documents", "fetches", "fetches.fetch_id = documents.fetch_id", "document_id"),
    ),
    Check(
        "entity",
        "mentions",
        "The entity is not in the warehouse.",
        _alone("mentions", "entities", "entities.entity_id = mentions.entity_id"),
    ),
    *_each(
        "entity",
        "The entity is not in the warehouse.",
        {
            table: _alone(
                table, "entities", f"entities.entity_id = {table}.{column}", where=f"{table}.{column} IS NOT NULL"
            )
            for table, column in (("claims", "speaker_entity"), ("observations", "place_entity"))
        },
        # The knowledge base is loaded when a night is planned: one that was renewed meanwhile comes with the next.
        blocking=False,
    ),
    Check(
        "entity",
        "entities",
        "The crossing across the border is not in the warehouse.",
        _alone(
            "entities", "entities AS other", "other.entity_id = entities.pair", "entity_id", "entities.pair IS NOT NULL"
        ),
        blocking=False,
    ),
    # The way back to the bytes.
    Check(
        "archive",
        "claims",
        "The row does not lead back to archived bytes.",
        _failing("claims", "body_sha256 IS NULL OR warc_file IS NULL OR warc_offset IS NULL"),
    ),
    Check(
        "archive",
        "fetches",
        "It has a WARC file without a place in it, or a place without a file, or the place is negative.",
        _failing("fetches", "(warc_file IS NULL) <> (warc_offset IS NULL) OR warc_offset < 0", "fetch_id"),
    ),
    Check(
        "hash",
        "fetches",
        "The hash is no hex SHA-256, or bytes without a place in the archive have one.",
        _failing("fetches", f"{_not_hex('sha256', 64)} OR (sha256 IS NOT NULL AND warc_file IS NULL)", "fetch_id"),
    ),
    Check(
        "hash",
        "documents",
        "The hash of title and text is no hex SHA-256.",
        _failing("documents", _not_hex("content_sha256", 64), "document_id"),
    ),
    Check(
        "answer",
        "fetches",
        "It has neither a status nor an error, or a negative length.",
        _failing("fetches", "(status IS NULL AND error IS NULL) OR bytes < 0", "fetch_id"),
    ),
    Check(
        "attribution",
        "claims",
        "The row says another thing of its document, fetch or source than their own rows do.",
        _ATTRIBUTED,
    ),
    # Codes.
    Check(
        "codes",
        "claims",
        "Stance, blames, a side, speaker_kind, cause or confidence has a value that the claim guide does not know.",
        _failing(
            "claims",
            f"""
            stance NOT IN ('asserts', 'denies')
            OR blames NOT IN ('KZ', 'RU', 'CN', 'BOTH', 'TRADE', 'OTHER', 'NONE')
            OR speaker_side NOT IN {_SIDES} OR source_side NOT IN {_SIDES}
            OR speaker_kind NOT IN ('person', 'organisation', 'unnamed', 'outlet')
            OR cause = '' OR NOT confidence BETWEEN 0 AND 1
            """,
        ),
    ),
    Check(
        "codes",
        "sources",
        "Kind or side has a value that kezek does not know.",
        _failing("sources", f"kind NOT IN ('outlet', 'channel') OR side NOT IN {_SIDES}", "source_id"),
    ),
    Check(
        "codes",
        "documents",
        "Kind or published_precision has a value that kezek does not know.",
        _failing(
            "documents",
            "kind NOT IN ('news', 'post') OR published_precision NOT IN ('second', 'minute', 'day')",
            "document_id",
        ),
    ),
    Check(
        "codes",
        "entities",
        "Label or side has a value that kezek does not know.",
        _failing("entities", f"label NOT IN {_LABELS} OR side NOT IN {_SIDES}", "entity_id"),
    ),
    Check(
        "codes",
        "mentions",
        "The label has a value that kezek does not know.",
        _failing("mentions", f"label NOT IN {_LABELS}"),
    ),
    Check(
        "codes",
        "observations",
        "The metric has a value that kezek does not know.",
        _failing("observations", "metric NOT IN ('vehicles', 'kilometres', 'hours', 'days')"),
    ),
    # Words and figures.
    Check(
        "evidence",
        "claims",
        "The evidence is not what stands at its offsets.",
        _quoted("claims", "evidence", "evidence_field", "evidence_start", "evidence_end"),
    ),
    Check(
        "cause_text",
        "claims",
        "The words of the cause are not what stands at their offsets, or stand outside the evidence.",
        _CAUSE_TEXT,
    ),
    Check(
        "evidence",
        "observations",
        "The evidence is not what stands at its offsets.",
        _quoted("observations", "evidence", "evidence_field", "evidence_start", "evidence_end"),
    ),
    Check(
        "surface",
        "mentions",
        "The words are not what stands at their offsets.",
        _quoted("mentions", "surface", "field", "start_offset", "end_offset"),
    ),
    Check(
        "figures",
        "observations",
        "The figures are negative or the lower is the higher.",
        _failing("observations", "low < 0 OR high < low"),
    ),
    # Revisions, copies and what was gone.
    Check("revisions", "documents", "Its revisions are not numbered 1, 2, 3 and so on.", _REVISIONS),
    Check(
        "identity",
        "documents",
        "Its revisions are of different sources.",
        _CHANGED_IDENTITY,
    ),
    Check(
        "copy",
        "documents",
        "The document that it copies is not in the warehouse.",
        _alone(
            "documents",
            "documents AS original",
            "original.document_id = documents.near_duplicate_of",
            "document_id",
            "documents.near_duplicate_of IS NOT NULL",
        ),
        # A night that is killed between two sources leaves the copy without its original.
        blocking=False,
    ),
    Check("story", "documents", "It is a copy of a copy that leads back to itself.", _LOOPS),
    Check(
        "seen",
        "documents",
        "It was last seen before it was first seen.",
        _failing("documents", "last_seen_at < first_seen_at", "document_id"),
    ),
    Check(
        "gone",
        "documents",
        "It was seen after it was found deleted, or is deleted without a reason.",
        _failing("documents", "gone_at < last_seen_at OR (gone_at IS NULL) <> (gone_reason IS NULL)", "document_id"),
    ),
    # Readings by models.
    *_each(
        "reading",
        "The model that found it, or the one that no longer found it, has not read its revision.",
        {
            table: f"""
                SELECT {table}.{key} AS row_key FROM {table}
                LEFT JOIN annotations AS finder
                    ON {_of_revision(table, "finder")} AND finder.model_version = {table}.model_version
                LEFT JOIN annotations AS successor
                    ON {_of_revision(table, "successor")} AND successor.model_version = {table}.superseded_by
                WHERE finder.document_id IS NULL OR ({table}.superseded_by IS NOT NULL AND successor.document_id IS NULL)
            """
            for table, key in _KEYS.items()
        },
    ),
    *_each(
        "superseded",
        "It is superseded by no model, or by one at no time, or before it was found.",
        {
            table: _failing(
                table,
                "(superseded_at IS NULL) <> (superseded_by IS NULL)"
                + ("" if table == "mentions" else " OR superseded_at < extracted_at"),
            )
            for table in _FOUND
        },
    ),
    *_each(
        "in_force",
        "A later model has read its revision, and it is neither that model's nor superseded.",
        {
            table: f"""
                SELECT {table}.{key} AS row_key FROM {table}
                JOIN (
                    SELECT DISTINCT own.document_id, own.content_sha256, own.model_version
                    FROM annotations AS own JOIN annotations AS later
                        ON {_of_revision("own", "later")} AND later.extracted_at > own.extracted_at
                ) AS outdated
                    ON {_of_revision(table, "outdated")} AND outdated.model_version = {table}.model_version
                WHERE {table}.superseded_at IS NULL
            """
            for table, key in _KEYS.items()
        },
    ),
    Check(
        "counts",
        "annotations",
        "The warehouse has more rows of a reading than it found.",
        _counted("{found} > {told}"),
    ),
    Check(
        "lost",
        "annotations",
        "The reading in force found rows, and the warehouse has none of them.",
        _counted("({found} = 0 AND {told} > 0)", only_in_force=True),
    ),
    Check(
        "doubled",
        "annotations",
        "The warehouse has fewer rows of a reading than it found: some had one key, or are lost.",
        _counted("({found} > 0 AND {found} < {told})"),
        blocking=False,
    ),
    # Times.
    Check(
        "interval",
        "coverage",
        "The interval or the gap ends before it starts.",
        _failing(
            "coverage",
            "interval_end <= interval_start OR gap_to < gap_from",
            "source_id || ' ' || cast(interval_start AS text)",
        ),
    ),
    Check(
        "counts",
        "coverage",
        "One of its counts is negative.",
        _failing(
            "coverage",
            "discovered < 0 OR fetched < 0 OR parsed < 0 OR failed < 0 OR off_layout < 0",
            "source_id || ' ' || cast(interval_start AS text)",
        ),
    ),
    Check(
        "interval",
        "runs",
        "Its interval ends before it starts.",
        _failing("runs", "interval_end <= interval_start", "run_id"),
    ),
    # What a page says of itself is the page's business: odd dates are shown, but do not stop the night.
    Check(
        "date",
        "documents",
        "It was published before 2000, or more than a day after it was fetched.",
        _failing(
            "documents",
            f"published_at < {_EARLIEST} OR published_at > first_seen_at + INTERVAL '1 day'",
            "document_id",
        ),
        blocking=False,
    ),
    Check(
        "date",
        "fetches",
        "It was fetched before 2000, or more than a day after now: a clock was wrong.",
        _failing(
            "fetches", f"fetched_at < {_EARLIEST} OR fetched_at > current_timestamp + INTERVAL '1 day'", "fetch_id"
        ),
        blocking=False,
    ),
    Check(
        "date",
        "claims",
        "It was said more than a day after the document was published, or over a year before.",
        _said("claims", "said_at"),
        blocking=False,
    ),
    Check(
        "date",
        "observations",
        "It is for a time more than a day after the document was published, or over a year before.",
        _said("observations", "as_of"),
        blocking=False,
    ),
)
