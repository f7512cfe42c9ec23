"""A Fetch: the record of one look at the web, whether it worked or not, and where its bytes lie."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Fetch:
    """One request and what came of it. `status` is None and `error` a sentence where no response came.

    `sha256` is that of the decoded body (after any content encoding), `bytes` its length; `warc_file` is relative to
    the archive's root and `warc_offset` the byte offset of the response record in it, so the bytes can be read again.
    `etag` and `last_modified` are the response's own, word for word: they make the next request for it conditional.
    `run_id` names the run and its interval, e.g. `nightly/2025-10-01`.
    """

    fetch_id: str
    run_id: str
    source_id: str
    url: str
    final_url: str
    fetched_at: datetime
    status: int | None
    content_type: str | None
    bytes: int
    sha256: str | None
    warc_file: str | None
    warc_offset: int | None
    error: str | None
    etag: str | None = None
    last_modified: str | None = None
