"""A warehouse small enough to look at: a contested cause, a turned story, a copy, an edit, a deletion, a gap, a formula."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from ingest.document import Document
from tests.warehouse.world import (
    DAY,
    SOURCES,
    TEXT,
    annotation,
    claim,
    covered,
    day,
    document,
    fetch,
    gone,
    observation,
)
from warehouse.connection import Warehouse
from warehouse.load import load_annotations, load_readings, load_sources
from warehouse.reading import Reading

FORMULA = "=HYPERLINK(\"https://evil.example\",\"Приговор\")"  # fmt: skip


def fill(warehouse: Warehouse) -> None:
    """Load it: six documents of two sources, five claims, three figures, coverage with a gap."""
    one, two, copy = _page(1), _page(2), document("copy", published_at=day(1), fetch_id="f-copy")
    edited, dead = _page(3), replace(_page(4), title=FORMULA)
    later = _page(3, text=TEXT.replace("заявил", "сообщил"))
    pages = [one, two, copy, edited, dead]
    load_sources(warehouse, SOURCES)
    load_readings(
        warehouse,
        fetches=[fetch(str(page.fetch_id)[2:], day(1)) for page in pages],
        readings=[
            *(Reading(page, day(4), None, one.document_id if page is copy else None) for page in pages),
            Reading(later, day(5)),
        ],
        coverage=[
            covered(),
            covered(interval_start=DAY + timedelta(days=1), interval_end=DAY + timedelta(days=2)),
            covered(source_id="fura", complete=False, stop_reason="LayoutError", gap_from=DAY, gap_to=day(1)),
        ],
        gone=[gone(dead.document_id, day(6))],
    )
    said = [
        annotation(one, claim(one)),
        annotation(two, claim(two, stance="denies"), observations=(observation(two, 900),)),
        annotation(copy, claim(copy)),
        annotation(edited, claim(edited, cause="weather", blames="NONE", speaker="метеослужба")),
        annotation(later),
        annotation(dead, claim(dead, cause="politics", speaker="дипломат", speaker_kind="unnamed")),
    ]
    load_annotations(warehouse, said, day(7))


def _page(number: int, **changes: object) -> Document:
    made = document(f"p{number}", published_at=day(number), fetch_id=f"f-p{number}")
    return replace(made, **changes)  # type: ignore[arg-type]
