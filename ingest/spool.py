"""The spool: what one source's reading found, as JSON lines, handed from `collect` to the loader.

Each line is an object of one key, which names the kind of its row: `fetch`, `document`, `gone`, `unchanged`, `unparsed`,
`coverage`; the last is `{"end": {"fetch": 12, …}}` with the counts. A spool appears under its name when it is whole, in
one move; a file without its end, or with other counts, is refused.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from pydantic import TypeAdapter, ValidationError

from ingest import handover
from ingest.document import Document
from ingest.errors import ArchiveError, InputError
from ingest.fetch_record import Fetch


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was seen of one source's interval, so that "nobody said it" and "we did not see it" stay apart.

    Counts are of candidates (URLs, or channel pages): found, answered with success, read as documents of the interval,
    failed. `gap_from` and `gap_to` bound the time that could not be seen; None where there is no gap. `complete` says
    that the interval need not be read again. `stop_reason` is a word or a sentence. `off_layout` counts the pages that no
    longer fitted the outlet's own parser, and were read by the generic one.
    """

    source_id: str
    interval_start: datetime
    interval_end: datetime
    discovered: int
    fetched: int
    parsed: int
    failed: int
    stop_reason: str
    gap_from: datetime | None
    gap_to: datetime | None
    run_id: str
    finished_at: datetime
    complete: bool
    off_layout: int = 0


@dataclass(frozen=True, slots=True)
class Gone:
    """A known document that is no longer there: the page answers 404 or 410, or its channel page skips the post."""

    document_id: str
    source_id: str
    url: str
    fetch_id: str
    gone_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A known document whose page the server says is as it was (304): nothing to read, but it was seen."""

    document_id: str
    source_id: str
    fetch_id: str
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Unparsed:
    """A response that gave no document, and why: the error's class (an ingest error, or a fault) and its sentence.

    `resolved` says that it gave one all the same: the outlet's own parser failed, and the general one read it.
    """

    source_id: str
    url: str
    fetch_id: str
    error_class: str
    error: str
    resolved: bool = False


Row = Fetch | Document | Gone | Unchanged | Unparsed | Coverage

_KINDS: dict[type[Any], str] = {
    Fetch: "fetch",
    Document: "document",
    Gone: "gone",
    Unchanged: "unchanged",
    Unparsed: "unparsed",
    Coverage: "coverage",
}
_ADAPTERS: dict[str, TypeAdapter[Any]] = {kind: TypeAdapter(row) for row, kind in _KINDS.items()}


@dataclass(frozen=True, slots=True)
class Spool:
    """A whole spool, by kind, each in the order of writing. An empty one is what a covered source leaves."""

    fetches: list[Fetch] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    gone: list[Gone] = field(default_factory=list)
    unchanged: list[Unchanged] = field(default_factory=list)
    unparsed: list[Unparsed] = field(default_factory=list)
    coverage: list[Coverage] = field(default_factory=list)


class SpoolWriter:
    """Writes a spool; a context manager. The file appears at the end; after an exception there is none."""

    def __init__(self, path: handover.Place) -> None:
        self.path = path
        self.counts: Counter[str] = Counter()
        self._part = handover.part_of(path)
        self._out = self._part.open("wb")

    def __enter__(self) -> Self:
        return self

    def write(self, row: Row) -> None:
        """Append a row."""
        kind = _KINDS[type(row)]
        self._out.write(b'{"%s":%s}\n' % (kind.encode(), _ADAPTERS[kind].dump_json(row)))
        self._out.flush()
        self.counts[kind] += 1

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if kind is None:
            self._out.write(json.dumps({"end": self.counts}).encode() + b"\n")
            self._out.flush()
            os.fsync(self._out.fileno())
        self._out.close()
        if kind is None:
            handover.move(self._part, self.path)
        else:
            self._part.unlink()


def read_spool(path: handover.Place) -> Spool:
    """The spool in the file.

    Raises InputError where there is no such file or a line is no row, ArchiveError where the file is not whole.
    """
    spool = Spool()
    lists: dict[str, list[Any]] = {
        "fetch": spool.fetches,
        "document": spool.documents,
        "gone": spool.gone,
        "unchanged": spool.unchanged,
        "unparsed": spool.unparsed,
        "coverage": spool.coverage,
    }
    try:
        lines = handover.read(path).split(b"\n")
    except OSError as error:
        raise InputError(f"{path} can't be read: {error.strerror or error}.") from error
    end: dict[str, int] | None = None
    if lines.pop() != b"":
        raise ArchiveError(f"{path} is cut off in the middle of line {len(lines) + 1}.")
    for number, line in enumerate(lines, start=1):
        if end is not None:
            raise InputError(f"{path}, line {number}: there are rows behind the end.")
        try:
            [(kind, row)] = json.loads(line).items()
            if kind == "end":
                end = row
            else:
                lists[kind].append(_ADAPTERS[kind].validate_python(row))
        except (ValidationError, ValueError, KeyError, AttributeError, RecursionError) as error:
            raise InputError(f"{path}, line {number}: no row of a spool ({_first(error)}).") from error
    found = {kind: len(rows) for kind, rows in lists.items() if rows}
    if end is None:
        raise ArchiveError(f"{path} is cut off: it has no end after {len(lines)} lines.")
    if found != end:
        raise ArchiveError(f"{path} is not whole: it has {found}, and its end says {end}.")
    return spool


def _first(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    return f"{type(error).__name__}: {error}"
