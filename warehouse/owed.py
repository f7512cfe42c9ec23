"""What a run owes besides its interval: gaps that earlier runs left, documents to look at again, lists that it need not
read again where they have not changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from ingest.errors import WarehouseError
from ingest.interval import Interval
from ingest.plan import Gap, Recheck, StoredList
from warehouse.connection import Warehouse
from warehouse.state import is_covered

RECHECK_AGES = (1, 2, 3, 5, 8, 13, 21, 34, 55, 89)
"""The ages in days at which a document is looked at again: most edits and deletions come soon."""
MOST_RECHECKS = 500
"""Most documents of one source that one run looks at again; at a second a request, that is some eight minutes."""


def recheck_windows(interval: Interval, most_days: int) -> list[Interval]:
    """When the documents were published that a run of `interval` looks at again: its interval moved back by each of
    `RECHECK_AGES` up to `most_days`, so that consecutive runs see each document once at each age. All end before the
    interval starts."""
    windows = []
    for days in (age for age in RECHECK_AGES if age <= most_days):
        age = timedelta(days=days)
        end = min(interval.end - age, interval.start)
        if interval.start - age < end:
            windows.append(Interval(interval.start - age, end))
    return windows


def rechecks(
    warehouse: Warehouse, source_id: str, windows: Sequence[Interval], most: int = MOST_RECHECKS
) -> tuple[Recheck, ...]:
    """The source's documents that were published in one of `windows` (or first seen, where no date is known), with the
    validators of their page's last whole answer, where it could be read. What is gone is among them: it may come back.
    Of more than `most`, those that claims were read from, then the latest.

    A post's number is the last part of its address. Raises WarehouseError for a post whose address has none.
    """
    if not windows:
        return ()
    published = "coalesce(documents.published_at, documents.first_seen_at)"
    inside = " OR ".join(f"({published} >= ? AND {published} < ?)" for _ in windows)
    bounds = [moment for window in windows for moment in (window.start, window.end)]
    rows = warehouse.rows(
        f"""
        WITH answers AS (
            SELECT final_url, etag, last_modified, fetched_at, fetch_id,
                row_number() OVER (PARTITION BY final_url ORDER BY fetched_at DESC, fetch_id) AS recency
            FROM fetches
            WHERE source_id = ? AND status = 200 AND error IS NULL
        ), claimed AS (
            SELECT DISTINCT document_id FROM claims
        ), due AS (
            SELECT
                documents.document_id, documents.kind, documents.url, {published} AS published_at,
                CASE WHEN claimed.document_id IS NULL THEN 1 ELSE 0 END AS rank
            FROM documents JOIN current_revisions USING (document_id, content_sha256)
            LEFT JOIN claimed ON claimed.document_id = documents.document_id
            WHERE documents.source_id = ? AND ({inside})
            ORDER BY rank, {published} DESC, documents.document_id
            LIMIT ?
        )
        SELECT due.document_id, due.kind, due.url, answers.etag, answers.last_modified, answers.fetched_at
        FROM due LEFT JOIN answers ON answers.final_url = due.url AND answers.recency = 1
            AND NOT EXISTS (SELECT 1 FROM unparsed WHERE unparsed.fetch_id = answers.fetch_id AND NOT unparsed.resolved)
        ORDER BY due.published_at, due.document_id
        """,
        [source_id, source_id, *bounds, most],
    )
    return tuple(
        Recheck(row["document_id"], row["url"], post_id=_post_number(row["url"]))
        if row["kind"] == "post"
        else Recheck(
            row["document_id"],
            row["url"],
            etag=row["etag"],
            last_modified=row["last_modified"],
            fetched_at=row["fetched_at"],
        )
        for row in rows
    )


def gaps(
    warehouse: Warehouse, source_id: str, since: datetime, until: datetime, *, at_work_since: datetime
) -> tuple[Gap, ...]:
    """The source's intervals between `since` and `until` that a run has begun and none has read to their end, oldest first,
    with the addresses of the articles that are known of them.

    An interval whose own night was begun after `at_work_since` and has not ended is left to that night.
    """
    rows = warehouse.rows(
        """
        SELECT interval_start, interval_end FROM coverage
        WHERE source_id = ? AND NOT complete AND interval_start >= ? AND interval_end <= ? AND NOT EXISTS (
            SELECT 1 FROM runs
            WHERE runs.interval_start = coverage.interval_start AND runs.interval_end = coverage.interval_end
                AND starts_with(runs.run_id, 'nightly/') AND runs.finished_at IS NULL AND runs.started_at > ?
        )
        ORDER BY interval_start, interval_end
        """,
        [source_id, since, until, at_work_since],
    )
    intervals = [Interval(row["interval_start"], row["interval_end"]) for row in rows]
    return tuple(
        Gap(interval, _known_articles(warehouse, source_id, interval))
        for interval in intervals
        if not is_covered(warehouse, source_id, interval)
    )


def stored_lists(warehouse: Warehouse, source_id: str, urls: Sequence[str]) -> tuple[StoredList, ...]:
    """The last whole answer of each of `urls` that came with a validator, as far as the source has any."""
    rows = warehouse.rows(
        """
        WITH answers AS (
            SELECT url, final_url, etag, last_modified, content_type, sha256, warc_file, warc_offset, fetched_at,
                row_number() OVER (PARTITION BY url ORDER BY fetched_at DESC, fetch_id) AS recency
            FROM fetches
            WHERE source_id = ? AND url IN (SELECT unnest(cast(? AS text[]))) AND status = 200 AND error IS NULL
        )
        SELECT url, final_url, etag, last_modified, content_type, sha256, warc_file, warc_offset, fetched_at
        FROM answers
        WHERE recency = 1 AND sha256 IS NOT NULL AND warc_file IS NOT NULL
            AND (etag IS NOT NULL OR last_modified IS NOT NULL)
        ORDER BY url
        """,
        [source_id, list(urls)],
    )
    return tuple(StoredList(**row) for row in rows)


def _known_articles(warehouse: Warehouse, source_id: str, interval: Interval) -> frozenset[str]:
    rows = warehouse.rows(
        "SELECT url, canonical_url FROM documents WHERE source_id = ? AND published_at >= ? AND published_at < ?",
        [source_id, interval.start, interval.end],
    )
    return frozenset(url for row in rows for url in (row["url"], row["canonical_url"]) if url)


def _post_number(url: str) -> int:
    number = urlsplit(url).path.rstrip("/").rpartition("/")[2]
    if not number.isdecimal():
        raise WarehouseError(f"{url} is the address of a post, but ends in no number.")
    return int(number)
