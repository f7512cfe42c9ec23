"""Writes the report: the warehouse's answers into one HTML page."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from ingest import handover
from ingest.errors import WarehouseError
from ingest.handover import Place
from ingest.interval import Interval
from kezek.names import Names, display_name
from kezek.report import charts, evidence, wording
from kezek.report.evidence import Mark
from warehouse import analysis, marks
from warehouse.connection import Address, Warehouse, open_warehouse
from warehouse.marks import Span

Row = dict[str, Any]

MOST_BYTES: Final = 3_000_000
MOST_ROWS: Final = 60
"""Rows of a table at most; the page says how many there are."""
MOST_CHANGES: Final = 40
MOST_CAUSES: Final = 10
MOST_PLACES: Final = 10
MOST_SOURCES: Final = 120
_LONGEST_QUOTE: Final = (400, 240, 120)
"""Letters of a quotation: the fewer the more there are, so that the page stays below MOST_BYTES."""
_SIDES: Final = ("KZ", "RU", "CN", "OTHER", "UNKNOWN")
_BLAMED: Final = ("KZ", "RU", "CN", "BOTH", "TRADE", "OTHER", "NONE")


def write_report(
    warehouse: Address,
    target: Place,
    *,
    since: date | None = None,
    until: date | None = None,
    names: Names = "en",
) -> Place:
    """Write the report on the analysts' file `warehouse` to `target`, a file or a URL, in place of any other; gives `target`.

    It tells of what was said from `since` to `until`, both included, by default of all; people and crossings have their
    `names` in that language. The same warehouse gives the same bytes. Raises WarehouseError where the file can't be read,
    or the report can't be written.
    """
    with open_warehouse(warehouse, read_only=True) as opened:
        html = report_html(opened, since=since, until=until, names=names)
    try:
        handover.write(target, html.encode())
    except OSError as error:
        raise WarehouseError(f"The report {target} can't be written: {error.strerror or error}.") from error
    return target


def report_html(
    warehouse: Warehouse, *, since: date | None = None, until: date | None = None, names: Names = "en"
) -> str:
    """The report as HTML: no script, and nothing that a browser would fetch. Its marks lead to evidence in the page."""
    overview = analysis.overview(warehouse, since, until)
    # The interval's end is not in it. A page dated later is dated wrongly: no day of it was read.
    read_until = overview["seen_until"] and (overview["seen_until"] - timedelta(microseconds=1)).date()
    last = min(filter(None, (until, read_until)), default=None)
    told = marks.told_span(warehouse, since, last)
    tables = {**_changes(warehouse, told, names, since, until), **_tables(warehouse, since, until)}
    template = _environment(names).get_template("report.html.j2")
    for span in marks.coarser(told):
        answers: dict[str, Any] = {
            "overview": overview,
            "since": since,
            "until": until,
            "span": span,
            **_charts(warehouse, span, names),
            **tables,
            **_coverage(warehouse, span, since, last),
            "most": MOST_ROWS,
        }
        for longest in _LONGEST_QUOTE:
            html = template.render(**answers, longest=longest)
            if len(html.encode()) < MOST_BYTES:
                return html
    return html


def _environment(names: Names) -> Environment:
    environment = Environment(
        loader=PackageLoader("kezek.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

    def speaker(row: Row) -> str:
        return wording.cut(wording.words(_speaker(row, names)), 120)

    def source(name: str, longest: int = 80) -> str:
        return wording.cut(wording.words(display_name(name, en=None, ru=None, kk=None, choice=names)), longest)

    environment.filters |= {
        "cause": wording.cause,
        "side": wording.side,
        "change": wording.change,
        "day": wording.day,
        "short_day": wording.short_day,
        "words": wording.words,
        "link": wording.link,
        "cut": wording.cut,
        "figure": wording.figure,
        "speaker": speaker,
        "source": source,
    }
    return environment


def _speaker(row: Row, names: Names) -> str:
    if not row["speaker"]:
        return ""
    return display_name(row["speaker"], en=row["name_en"], ru=row["name_ru"], kk=row["name_kk"], choice=names)


def _charts(warehouse: Warehouse, span: Span | None, names: Names) -> Row:
    """The charts over time, and the evidence that their marks lead to."""
    if span is None:
        return {"drawn": {"blame": None, "causes": None}, "queues": [], "evidence": [], "places": 0}
    blame = evidence.blame_marks(marks.blame_marks(warehouse, span), span)
    causes = evidence.cause_marks(marks.cause_marks(warehouse, span, MOST_CAUSES), span)
    figures = evidence.queue_marks(marks.queue_marks(warehouse, span, MOST_PLACES), span, names)
    drawn = {"blame": charts.blame_chart(blame, span), "causes": charts.cause_chart(causes, span)}
    queues = charts.queue_charts(figures, span, lambda row: evidence.place_name(row, names))
    behind: list[tuple[str, str, str, list[Mark]]] = [
        ("blame", "Who blames whom", "stories", blame),
        ("contested", "Causes asserted and denied", "stories", causes),
        ("queues", "Queues", "figures", figures),
    ]
    return {
        "drawn": {name: chart and replace(chart, svg=Markup(chart.svg)) for name, chart in drawn.items()},
        "queues": [replace(chart, svg=Markup(chart.svg)) for chart in queues],
        "evidence": behind,
        "places": figures[0].row["places"] if figures else 0,
    }


def _changes(warehouse: Warehouse, span: Span | None, names: Names, since: date | None, until: date | None) -> Row:
    """The position changes, and a timeline of those whose days were read."""
    changes = analysis.position_changes(warehouse, since, until, MOST_CHANGES)
    for number, row in enumerate(changes, 1):
        row["anchor"] = f"p{number}"
    dated = [row for row in changes if span and row["later_day"] <= span.until]
    chart = charts.change_chart(dated, lambda row: _speaker(row, names))
    return {"changes": changes, "timeline": chart and replace(chart, svg=Markup(chart.svg))}


def _contested(warehouse: Warehouse, since: date | None, until: date | None) -> list[Row]:
    """Causes that some assert and others deny of the same side, most told first, with the best words and the voices."""
    span = Span(since or date.min, until or date.max, "day")
    pairs: dict[tuple[str, str], Row] = defaultdict(dict)
    for row in marks.contested_marks(warehouse, span):
        pairs[row["cause"], row["blames"]][row["stance"]] = row
    found = [pair for pair in pairs.values() if len(pair) == 2]
    found.sort(key=lambda pair: (-sum(one["stories"] for one in pair.values()), pair["asserts"]["cause"]))
    if not found:
        return []
    told: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for voice in marks.voices(warehouse, span):
        told[voice["cause"], voice["blames"], voice["stance"]].append(voice)
    for pair in found:
        for stance, row in pair.items():
            row["voices"] = told[row["cause"], row["blames"], stance]
    return found


def _tables(warehouse: Warehouse, since: date | None, until: date | None) -> Row:
    blame = analysis.blame_table(warehouse, since=since, until=until)
    matrix = _matrix(blame)
    # Every cell of the matrix leads to a row: the one that is told most comes first, whatever is cut.
    best = {(row["side"], row["blames"]): row for row in reversed(blame) if row["stance"] == "asserts"}
    firsts = [row for row in blame if best.get((row["side"], row["blames"])) is row]
    others = [row for row in blame if best.get((row["side"], row["blames"])) is not row]
    shown = {id(row) for row in [*firsts, *others[: max(MOST_ROWS - len(firsts), 0)]]}
    for number, row in enumerate(firsts):
        row["anchor"] = matrix["anchors"][row["side"], row["blames"]] = f"m{number}"
    return {
        "matrix": matrix,
        "contested": _contested(warehouse, since, until),
        "blame": [row for row in blame if id(row) in shown],
        "blame_total": len(blame),
        "carriers": analysis.carriers(warehouse, since=since, until=until, most=MOST_ROWS),
        "taken_down": analysis.taken_down(warehouse, since, until, MOST_ROWS),
        "reworded": analysis.reworded(warehouse, since, until, MOST_ROWS),
    }


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
        "anchors": {},
    }


def _coverage(warehouse: Warehouse, told: Span | None, since: date | None, until: date | None) -> Row:
    """What was read of each source: a calendar whose cells say why, and a table of what came of it and what is missing."""
    span = _read_span(warehouse, told, since, until)
    if span is None:
        return {"calendar": None, "sources": []}
    seen = marks.coverage_marks(warehouse, span)
    cells: dict[str, dict[date, Row]] = defaultdict(dict)
    names: dict[str, str] = {}
    for row in seen:
        first, last = span.days(row["bin"])
        days = (last - first).days + 1
        state = "whole" if row["whole"] >= days else "part"
        said = {"whole": "read whole", "part": f"{row['whole']} of {wording.figure(days, 'day', 'days')} read whole"}[
            state
        ]
        if row["reason"]:
            said += f"; {wording.cut(wording.words(row['reason']), 80)}"
        elif state == "part" and row["seen"] < days:
            said += f"; {wording.figure(days - row['seen'], 'day', 'days')} not read"
        cells[row["source_id"]][row["bin"]] = {"state": state, "said": said}
        names[row["source_id"]] = row["name"]
    missing: dict[str, list[Row]] = defaultdict(list)
    for row in marks.gaps(warehouse, span):
        missing[row["source_id"]].append(row)
    start = datetime.combine(span.since, datetime.min.time(), UTC) if since else datetime.min.replace(tzinfo=UTC)
    end = datetime.max.replace(tzinfo=UTC)
    sources = [row for row in analysis.source_summary(warehouse, Interval(start, end)) if row["source_id"] in names]
    for number, row in enumerate(sources[:MOST_SOURCES], 1):
        row |= {"anchor": f"s{number}", "cells": cells[row["source_id"]], "missing": missing[row["source_id"]]}
    bins = [(first, wording.bin_label(first, span), wording.bin_name(first, span)) for first in span.bins]
    return {"calendar": {"bins": bins, "bin": span.bin}, "sources": sources[:MOST_SOURCES], "all_sources": len(sources)}


def _read_span(warehouse: Warehouse, told: Span | None, since: date | None, until: date | None) -> Span | None:
    """The days that were read, as far as they are asked for: at least those of the charts."""
    read = marks.read_days(warehouse)
    if read is None:
        return None
    first = since or (min(told.since, read[0]) if told else read[0])
    last = min(until or read[1], read[1])
    return marks.span_of(first, last) if first <= last else None
