"""The tape of a reading: what it was asked, and every answer that it got, so that it can be run again without the web.

A reading (`ingest.collect`) is made of its plan, its source as the sources file had it, the answers to what it asked for,
and the times that it took from the clock. The first note of its WARC file (`urn:kezek:plan`) holds what it was asked; the
last (`urn:kezek:end`), which is written when nothing more is asked for, the clock's times and, per question, the rows of
all that was asked on the way. The bytes are not in it: they are in the records that the rows point to. A file without the
end is of a try that was killed, and nobody has had anything of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError

from ingest.archive import NOTES, Archive, Damaged, Note
from ingest.characters import clean
from ingest.errors import ArchiveError, InputError
from ingest.fetch import Fetched, Get, Validators
from ingest.fetch_record import Fetch
from ingest.plan import Plan
from ingest.source import Source

PLAN = f"{NOTES}plan"
END = f"{NOTES}end"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the reading was asked: the plan, the source as it was then, the host of channel previews."""

    plan: Plan
    source: Source
    channel_host: str


@dataclass(frozen=True, slots=True)
class Look:
    """One question and the rows of all that was asked for its answer, in order; the last is the answer's own.

    `url` is as it was asked for, but for characters that can't be stored.
    """

    url: str
    rows: tuple[Fetch, ...]


@dataclass(frozen=True, slots=True)
class End:
    """How the reading ended: when, what the clock said each time that it was asked, each look, and how many rows of
    each kind went to the spool."""

    ended_at: datetime
    clock: tuple[datetime, ...]
    looks: tuple[Look, ...]
    spool: dict[str, int]


@dataclass(frozen=True, slots=True)
class Tape:
    """A whole reading in its WARC file."""

    warc_file: str
    asked: Asked
    end: End


@dataclass(slots=True)
class Recorder:
    """Stands between a reading and the web, and keeps what it is told. `start` and `finish` write to the WARC file."""

    archive: Archive
    asked: Asked
    ask: Get
    clock: Callable[[], datetime]
    _looks: list[Look] = field(default_factory=list)
    _times: list[datetime] = field(default_factory=list)

    def start(self) -> None:
        """Put away what is asked. Raises ArchiveError if it can't."""
        self._note(PLAN, _ASKED.dump_json(self.asked))

    async def get(self, url: str, *, validators: Validators | None = None) -> Fetched:
        """What came of it."""
        fetched = await self.ask(url, validators=validators)
        self._looks.append(Look(clean(url), fetched.trail))
        return fetched

    def now(self) -> datetime:
        """The clock's time."""
        at = self.clock()
        self._times.append(at)
        return at

    def finish(self, spool: dict[str, int]) -> None:
        """Put away how it ended; `spool` counts what it found, by kind. Raises ArchiveError if it can't."""
        end = End(datetime.now(UTC), tuple(self._times), tuple(self._looks), spool)
        self._note(END, _END.dump_json(end))

    def _note(self, uri: str, body: bytes) -> None:
        plan = self.asked.plan
        self.archive.write_note(uri, datetime.now(UTC), body, plan.run_id, plan.source_id)


def asked_in(first: Note | Damaged, warc_file: str) -> Asked | None:
    """What the reading was asked whose file begins with this note; None for a file of anything else.

    Raises ArchiveError where the note can't be read.
    """
    if isinstance(first, Damaged):
        raise ArchiveError(f"{warc_file} can't be read at byte {first.offset}: {first.reason}.")
    if first.uri != PLAN:
        return None
    asked: Asked = _read(_ASKED, first.body, warc_file, "plan")
    return asked


def tape_of(archive: Archive, warc_file: str, asked: Asked) -> Tape | None:
    """The whole reading; None where the file has no end. Raises ArchiveError where its end can't be understood."""
    note = archive.last_note(warc_file)
    if note is None or note.uri != END:
        return None
    return Tape(warc_file, asked, _read(_END, note.body, warc_file, "end"))


_ASKED = TypeAdapter(Asked)
_END = TypeAdapter(End)


def _read(adapter: TypeAdapter[Any], body: bytes, warc_file: str, what: str) -> Any:
    try:
        return adapter.validate_json(body)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise ArchiveError(f"The {what} in {warc_file} can't be read: {where}: {first['msg']}.") from error
    except InputError as error:  # an interval that is none
        raise ArchiveError(f"The {what} in {warc_file} can't be read: {error}.") from error
