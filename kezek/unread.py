"""What a run should have read and has not: the reason for its alarm."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Final

from ingest.errors import UnreadError, UnreadForNowError
from ingest.interval import Interval
from ingest.plan import read_plan
from ingest.spool import read_spool
from kezek.settings import Settings
from warehouse import state
from warehouse.connection import open_warehouse

log = logging.getLogger(__name__)

LASTING: Final = frozenset(
    {"feed too short", "no dates", "no more pages", "page limit", "the interval was not over yet"}
)
"""Why a reading may end early though nothing broke: the source shows no more, or not yet. The coverage row keeps the gap,
and the next runs try it; anything else is a fault, and somebody should look."""


def check_read(spool: str, plan: str) -> None:
    """Look into one source's spool whether its interval was read.

    Raises UnreadForNowError where the source broke, but another try may go well (a reset, a timeout, a host that fails);
    UnreadError where it broke for good (a list that is gone, a layout that changed) or in a part that the next night
    reads anyway; InputError and ArchiveError where the files can't be read.
    """
    owed = read_plan(plan)
    done = read_spool(spool)
    if owed.covered:
        return
    own = [row for row in done.coverage if Interval(row.interval_start, row.interval_end) == owed.interval]
    reason = own[-1].stop_reason if own else "nothing was read"
    if own and own[-1].complete or is_lasting(reason):
        return
    if reason in ("error", "list gone") and done.unparsed:
        reason = f"{reason}: {done.unparsed[-1].error.rstrip('.')}"
    error = UnreadForNowError if _may_pass(reason) else UnreadError
    raise error(f"{owed.source_id} on {owed.interval.start.date()} was not read: {reason}.")


def unread(settings: Settings, plans: Sequence[str]) -> list[str]:
    """The sources of these plans that broke before their interval was read, each as `ID on DAY (why)`.

    Gaps of sources that did not break are logged as one warning. Raises InputError on a plan that can't be read.
    """
    broken: list[str] = []
    gaps: list[str] = []
    with open_warehouse(settings.warehouse, read_only=True) as warehouse:
        for plan in map(read_plan, plans):
            if state.is_covered(warehouse, plan.source_id, plan.interval):
                continue
            reason = state.stop_reason(warehouse, plan.source_id, plan.interval) or "nothing was loaded"
            if reason in ("error", "list gone") and (why := state.last_problem(warehouse, plan.source_id)):
                reason = f"{reason}: {why.rstrip('.')}"
            sentence = f"{plan.source_id} on {plan.interval.start.date()} ({reason})"
            (gaps if is_lasting(reason) else broken).append(sentence)
    if gaps:
        log.warning("Not seen whole, for the sources show no more, or not yet: %s.", ", ".join(gaps))
    return broken


def is_lasting(stop_reason: str) -> bool:
    """Whether a reading ended early though nothing broke."""
    return stop_reason in LASTING or stop_reason.startswith("only ")  # more candidates than are ever read


def _may_pass(stop_reason: str) -> bool:
    return stop_reason.startswith(("error", "the host fails"))
