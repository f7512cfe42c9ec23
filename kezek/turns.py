"""Who may be read at the same time: outlets each have a host of their own, all channels share one."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from ingest.plan import read_plan
from ingest.source import load_sources
from kezek.settings import Settings


def plans_of_kind(settings: Settings, plans: Iterable[str], kind: Literal["outlet", "channel"]) -> list[str]:
    """Those of the plan files whose source is of this kind, in their order.

    Politeness is kept within a process, so sources that share a host must not be read by two processes at a time. Raises
    InputError on a plan that can't be read, SourceError on a sources file that can't.
    """
    sources = load_sources(settings.sources)
    return [plan for plan in plans if sources[read_plan(Path(plan)).source_id].kind == kind]
