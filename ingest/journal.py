"""The journal of a warehouse: what was done with its runs and when, as notes in the archive.

What the readings found is on their tapes (`ingest.tape`); which of them a warehouse took in, in which order, and what it
knew of its runs besides, is not. Each note is a small WARC file in the folder of its run. With both, the archive alone is
enough to make the warehouse again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pydantic import TypeAdapter, ValidationError

from ingest.archive import NOTES, Archive, Damaged, Note
from ingest.errors import ArchiveError, InputError
from ingest.interval import Interval


@dataclass(frozen=True, slots=True)
class RunPlanned:
    """A run of the interval was planned `at` this time, in which `owing` are the sources that had it still to read."""

    run_id: str
    interval: Interval
    at: datetime
    owing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RunLoaded:
    """The warehouse took in what these sources had found by the plans of `planned_at`; of `failed` there was nothing.

    It is noted before it is done: a load that is killed is made again.
    """

    run_id: str
    interval: Interval
    planned_at: datetime | None
    at: datetime
    sources: tuple[str, ...]
    failed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RunFinished:
    """The run was closed."""

    run_id: str
    at: datetime


Entry = RunPlanned | RunLoaded | RunFinished

JOURNAL: Final = "run"
"""What stands in the place of a source in the names of the journal's files."""
_KINDS: Final[dict[type[Entry], str]] = {
    RunPlanned: f"{NOTES}run-planned",
    RunLoaded: f"{NOTES}run-loaded",
    RunFinished: f"{NOTES}run-finished",
}
_ADAPTERS: Final = {uri: TypeAdapter(kind) for kind, uri in _KINDS.items()}


def note(archive_root: str, entry: Entry) -> None:
    """Put the entry into the archive. Raises ArchiveError if it can't."""
    uri = _KINDS[type(entry)]
    with Archive(archive_root) as archive:
        archive.write_note(uri, entry.at, _ADAPTERS[uri].dump_json(entry), entry.run_id, JOURNAL)


def entry_in(first: Note | Damaged, warc_file: str) -> Entry | None:
    """The entry in the note with which a file begins; None where it is none. Raises ArchiveError where it can't be read."""
    if isinstance(first, Damaged):
        raise ArchiveError(f"{warc_file} can't be read at byte {first.offset}: {first.reason}.")
    if first.uri not in _ADAPTERS:
        return None
    try:
        entry: Entry = _ADAPTERS[first.uri].validate_json(first.body)
    except ValidationError as error:
        raise ArchiveError(f"The note in {warc_file} can't be read: {error.errors()[0]['msg']}.") from error
    except InputError as error:  # an interval that is none
        raise ArchiveError(f"The note in {warc_file} can't be read: {error}.") from error
    return entry
