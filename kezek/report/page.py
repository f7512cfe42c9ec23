"""Writes the report: the warehouse's answers into one HTML page."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from ingest.errors import WarehouseError
from ingest.interval import Interval
from kezek.report import wording
from kezek.report.charts import narratives_chart, queue_chart
from warehouse import analysis
from warehouse.connection import Address, Warehouse, open_warehouse

Row = dict[str, Any]

MOST_ROWS: Final = 60
"""Rows of a table at most; the page says how many there are."""
MOST_COVERAGE_DAYS: Final = 21
_SHAPES: Final = frozenset({"svg", "g", "path", "line", "rect", "text", "tspan", "defs", "clipPath"})
_SIDES: Final = ("KZ", "RU", "CN", "OTHER", "UNKNOWN")
_BLAMED: Final = ("KZ", "RU", "CN", "BOTH", "TRADE", "OTHER", "NONE")


def write_report(warehouse: Address, target: Path) -> Path:
    """Write the report on the analysts' file `warehouse` to `target`, replacing it in one move; gives `target`.

    The same warehouse gives the same bytes. Raises WarehouseError where the file can't be read, or the report can't be
    written.
    """
    with open_warehouse(warehouse, read_only=True) as opened:
        html = report_html(opened)
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            part.write_text(html, encoding="utf-8")
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise WarehouseError(f"The report {target} can't be written: {error.strerror or error}.") from error
    return target


def report_html(warehouse: Warehouse) -> str:
    """The report as HTML: no script, and nothing that a browser would fetch."""
    blame = analysis.blame_table(warehouse)
    coverage = analysis.coverage(warehouse)
    overview = analysis.overview(warehouse)
    # The interval's end is not in it. A page dated later is dated wrongly: no day of it was read.
    until = overview["seen_until"] and (overview["seen_until"] - timedelta(microseconds=1)).date()
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            overview=overview,
            narratives=_chart(narratives_chart(analysis.narratives(warehouse), until)),
            queues=_chart(queue_chart(analysis.queue_timeline(warehouse), until)),
            matrix=_matrix(blame),
            blame=blame,
            contested=analysis.contested(warehouse),
            changes=analysis.position_changes(warehouse),
            carriers=analysis.carriers(warehouse),
            taken_down=analysis.taken_down(warehouse),
            reworded=analysis.reworded(warehouse),
            calendar=_calendar(coverage),
            sources=_sources(warehouse, coverage),
            most=MOST_ROWS,
        )
    )


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("kezek.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "cause": wording.cause,
        "side": wording.side,
        "change": wording.change,
        "day": wording.day,
        "short_day": wording.short_day,
        "words": wording.words,
        "link": wording.link,
    }
    return environment


def _chart(svg: str | None) -> Markup | None:
    """The drawing as it is. Vega has escaped the words in it; raises WarehouseError if more than shapes came out."""
    if svg is None:
        return None
    for element in ElementTree.fromstring(svg).iter():
        name = element.tag.rpartition("}")[2]
        if name not in _SHAPES or any(one.startswith("on") or one.endswith("href") for one in element.attrib):
            raise WarehouseError(f"A chart of the report has a <{name}> in it that does not belong there.")
    return Markup(svg)


def _matrix(blame: Sequence[Row]) -> Row:
    """How many stories each side's speakers assert that put the blame on each side, and the largest of these numbers."""
    stories: Counter[tuple[str, str]] = Counter()
    for row in blame:
        if row["stance"] == "asserts":
            stories[row["side"], row["blames"]] += row["stories"]
    return {
        "sides": [side for side in _SIDES if any(stories[side, blamed] for blamed in _BLAMED)],
        "blamed": [blamed for blamed in _BLAMED if any(stories[side, blamed] for side in _SIDES)],
        "stories": stories,
        "most": max(stories.values(), default=0),
    }


def _calendar(coverage: Sequence[Row]) -> Row:
    """Source by source, what was seen of each UTC day: `whole`, `part` or `none`; the last MOST_COVERAGE_DAYS days."""
    seen: dict[str, dict[date, str]] = defaultdict(dict)
    names: dict[str, str] = {}
    for row in coverage:
        names[row["source_id"]] = row["name"]
        first = row["interval_start"].astimezone(UTC).date()
        last = (row["interval_end"].astimezone(UTC) - timedelta(microseconds=1)).date()
        for number in range((last - first).days + 1):
            day = first + timedelta(days=number)
            whole = row["complete"] and row["gap_from"] is None
            if whole or seen[row["source_id"]].get(day) != "whole":
                seen[row["source_id"]][day] = "whole" if whole else "part"
    days = sorted({day for of_source in seen.values() for day in of_source})
    if days:
        first = max(days[0], days[-1] - timedelta(days=MOST_COVERAGE_DAYS - 1))
        days = [first + timedelta(days=number) for number in range((days[-1] - first).days + 1)]
    return {"days": days, "names": names, "seen": seen}


def _sources(warehouse: Warehouse, coverage: Sequence[Row]) -> list[Row]:
    if not coverage:
        return []
    ever = Interval(datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
    read = {row["source_id"] for row in coverage}
    return [row for row in analysis.source_summary(warehouse, ever) if row["source_id"] in read]
