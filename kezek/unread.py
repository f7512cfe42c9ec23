"""What a run should have read and has not: the reason for its alarm."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

from ingest.plan import read_plan
from kezek.settings import Settings
from warehouse import state
from warehouse.connection import open_warehouse

log = logging.getLogger(__name__)

LASTING = frozenset({"feed too short", "no dates", "no more pages", "page limit", "the interval was not over yet"})
"""Why a reading may end early though nothing broke: the source shows no more, or not yet. The coverage row keeps the gap,
and the next runs try it; anything else is a fault, and somebody should look."""


def unread(settings: Settings, plans: Sequence[str]) -> list[str]:
    """The sources of these plans that broke before their interval was read, each as `ID on DAY (why)`.

    Gaps of sources that did not break are logged as one warning. Raises InputError on a plan that can't be read.
    """
    broken: list[str] = []
    gaps: list[str] = []
    with open_warehouse(settings.warehouse, read_only=True) as warehouse:
        for plan in map(read_plan, map(Path, plans)):
            if state.is_covered(warehouse, plan.source_id, plan.interval):
                continue
            reason = state.stop_reason(warehouse, plan.source_id, plan.interval) or "nothing was loaded"
            if reason in ("error", "list gone") and (why := state.last_problem(warehouse, plan.source_id)):
                reason = f"{reason}: {why.rstrip('.')}"
            sentence = f"{plan.source_id} on {plan.interval.start.date()} ({reason})"
            (gaps if _lasts(reason) else broken).append(sentence)
    if gaps:
        log.warning("Not seen whole, for the sources show no more, or not yet: %s.", ", ".join(gaps))
    return broken


def _lasts(reason: str) -> bool:
    return reason in LASTING or reason.startswith("only ")  # more candidates than are ever read
