"""The plan: what one source owes one run. Made from the warehouse's state, carried out by `ingest.collect`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter, ValidationError

from ingest import handover
from ingest.errors import ArchiveError, InputError
from ingest.interval import Interval


@dataclass(frozen=True, slots=True)
class Recheck:
    """A document that is known already, to be looked at again: has it been edited, or taken down?

    `post_id` is the post's number for a channel's post, None for an article. `etag`, `last_modified` and `fetched_at` are
    those of the last response, where known; then an unchanged page costs no body.
    """

    document_id: str
    url: str
    post_id: int | None = None
    etag: str | None = None
    last_modified: str | None = None
    fetched_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """An earlier interval that was not read to its end. `known` are the addresses of the articles that were: they are not
    fetched again."""

    interval: Interval
    known: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class StoredList:
    """The last whole answer of a feed or sitemap: what asks for it again only if it changed, and where its bytes lie."""

    url: str
    final_url: str
    etag: str | None
    last_modified: str | None
    content_type: str | None
    sha256: str
    warc_file: str
    warc_offset: int
    fetched_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What one source owes one run: gaps of earlier runs first, oldest first; then its interval, unless that is `covered`
    already, and what to look at again. `lists` are the feeds and sitemaps that earlier runs have had. `planned_at` tells the
    plans of one run apart, where it was planned anew. `day_only` says that the run is one of a backfill, and leaves to the
    nights whatever is not its own interval's."""

    source_id: str
    interval: Interval
    run_id: str
    covered: bool = False
    recheck: tuple[Recheck, ...] = ()
    gaps: tuple[Gap, ...] = ()
    lists: tuple[StoredList, ...] = ()
    planned_at: datetime | None = None
    day_only: bool = False

    @property
    def idle(self) -> bool:
        """True where nothing is owed."""
        return self.covered and not self.gaps

    @property
    def intervals(self) -> tuple[Gap, ...]:
        """What is to be read, in order."""
        return self.gaps if self.covered else (*self.gaps, Gap(self.interval))


_PLAN = TypeAdapter(Plan)


def write_plan(plan: Plan, path: handover.Place) -> None:
    """Write the plan as JSON, in place of any other there. Raises ArchiveError where the place can't be written."""
    try:
        handover.write(path, _PLAN.dump_json(plan, indent=1))
    except OSError as error:
        raise ArchiveError(f"The plan {path} can't be written: {error.strerror or error}.") from error


def read_plan(path: handover.Place) -> Plan:
    """The plan in the file. Raises InputError where it is missing or no plan."""
    try:
        return _PLAN.validate_json(handover.read(path))
    except OSError as error:
        raise InputError(f"{path} can't be read: {error.strerror or error}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise InputError(f"{path} is no plan: {where + ': ' if where else ''}{first['msg']}.") from error
