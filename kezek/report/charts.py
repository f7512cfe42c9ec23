"""The report's charts as SVG: drawn by Vega-Lite in this process, so that the page needs no script.

Every mark is a link to the place in the page where its evidence stands, and says in words what it shows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from xml.etree import ElementTree

import altair as alt
import vl_convert

from ingest.errors import WarehouseError
from kezek.report.evidence import Mark
from kezek.report.wording import SIDES, bin_label, cause, change, cut, side, words
from warehouse.marks import Span

Row = dict[str, Any]

COLOURS: Final = {
    "KZ": "#0d8f98",
    "RU": "#b8433a",
    "CN": "#d69e19",
    "BOTH": "#6f559c",
    "TRADE": "#7d7a4c",
    "OTHER": "#8b95a1",
    "NONE": "#c4c8ce",
}
_INK: Final = "#22272e"
_ASSERTED, _DENIED = "#0d6b72", "#b8433a"
_FONT: Final = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif"
_LONGEST_LABEL: Final = 34
_SHAPES: Final = frozenset({"svg", "g", "a", "title", "path", "line", "rect", "text"})
_SVG: Final = "{http://www.w3.org/2000/svg}"
_XLINK: Final = "{http://www.w3.org/1999/xlink}href"
_FRAGMENT: Final = re.compile(r"#[a-z]+[0-9]+[a-z]?")
_DECIMALS: Final = re.compile(r"(\d\.\d)\d+")
_FOR_MACHINES: Final = ("class", "role", "aria-roledescription", "aria-label", "pointer-events", "stroke-miterlimit")
# Vega measures words with another font than the reader's: long ones stick out on the left.
_ROOM: Final = {"left": 60, "top": 5, "right": 5, "bottom": 5}
_AXIS: Final = {"day": "Day (UTC)", "week": "Week, by its first day", "month": "Month"}


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing for the page, `width` pixels broad, and what it is called."""

    title: str
    svg: str
    width: int


def blame_chart(marks: Sequence[Mark], span: Span) -> Chart | None:
    """Stories by bin that put the delay down to somebody: a row of bars a speakers' side, coloured by the side blamed."""
    sides = [code for code in ("KZ", "RU", "CN", "OTHER", "UNKNOWN") if any(mark.row["side"] == code for mark in marks)]
    sides += sorted({mark.row["side"] for mark in marks} - set(sides))
    blamed = [code for code in COLOURS if any(mark.row["blames"] == code for mark in marks)]

    def value(mark: Mark) -> Row:
        return {
            "facet": f"Speakers of: {_label(side(mark.row['side']))}",
            "rank": sides.index(mark.row["side"]),
            "colour": side(mark.row["blames"]),
            "order": blamed.index(mark.row["blames"]) if mark.row["blames"] in blamed else len(blamed),
            "stories": mark.row["stories"],
        }

    return _bars(
        "Who blames whom, over time",
        marks,
        span,
        value,
        "Blamed",
        [(SIDES[code], COLOURS[code]) for code in blamed],
        70,
    )


def cause_chart(marks: Sequence[Mark], span: Span) -> Chart | None:
    """Stories by bin that name a cause, a row a cause: asserted above the line, denied below it."""

    def value(mark: Mark) -> Row:
        denied = mark.row["stance"] == "denies"
        return {
            "facet": _label(cause(mark.row["cause"])),
            "rank": mark.row["rank"],
            "colour": "denied" if denied else "asserted",
            "order": int(denied),
            "stories": -mark.row["stories"] if denied else mark.row["stories"],
        }

    colours = [("asserted", _ASSERTED), ("denied", _DENIED)]
    return _bars("Causes asserted and denied, over time", marks, span, value, None, colours, 46)


def _bars(
    title: str,
    marks: Sequence[Mark],
    span: Span,
    value: Callable[[Mark], Row],
    legend: str | None,
    colours: Sequence[tuple[str, str]],
    height: int,
) -> Chart | None:
    if not marks:
        return None
    # A side that says little has its own scale: its bars can be seen and clicked.
    scale = "independent" if legend else "shared"
    values = [{**_common(mark, span), **value(mark)} for mark in marks]
    chart = (
        alt.Chart(_data(values))
        .mark_bar(stroke="#fff", strokeWidth=0.5)
        .encode(
            x=_bin_axis(span),
            y=alt.Y(
                "stories:Q",
                stack="zero",
                title="Stories",
                axis=alt.Axis(tickCount=3, tickMinStep=1, titlePadding=10, labelExpr="format(abs(datum.value), ',')"),
            ),
            color=alt.Color(
                "colour:N",
                title=legend,
                scale=alt.Scale(domain=[name for name, _ in colours], range=[colour for _, colour in colours]),
                legend=alt.Legend(orient="top", columns=_columns(span)),
            ),
            order=alt.Order("order:Q"),
            row=_rows(),
            href="href:N",
            description="words:N",
        )
        .properties(width=_width(span), height=height)
        .resolve_scale(y=scale)
    )
    return _drawn(chart, title)


def queue_charts(marks: Sequence[Mark], span: Span, place: Callable[[Row], str]) -> list[Chart]:
    """Queue figures, a chart a metric and in it a row a crossing: from the lowest to the highest figure of each bin."""
    return [
        chart
        for metric in sorted({mark.row["metric"] for mark in marks})
        if (chart := _queue_chart([mark for mark in marks if mark.row["metric"] == metric], span, place))
    ]


def _queue_chart(marks: Sequence[Mark], span: Span, place: Callable[[Row], str]) -> Chart | None:
    metric = words(marks[0].row["metric"])
    values = [
        {
            **_common(mark, span),
            "facet": _label(place(mark.row)),
            "rank": mark.row["rank"],
            "low": mark.row["lowest"],
            "high": mark.row["highest"],
        }
        for mark in marks
    ]
    figures = alt.Axis(tickCount=3, format=",~f", titlePadding=8)
    base = alt.Chart().encode(x=_bin_axis(span))
    linked = base.encode(href="href:N", description="words:N")
    high = alt.Y("high:Q", title=_label(metric.capitalize()), axis=figures, scale=alt.Scale(zero=True))
    layers = alt.layer(
        base.mark_line(strokeWidth=1.2, opacity=0.5, color=_ASSERTED).encode(y=high),
        base.mark_rule(strokeWidth=5, opacity=0.4, color=_ASSERTED).encode(y=alt.Y("low:Q"), y2="high:Q"),
        linked.mark_point(filled=True, size=70, opacity=1, color=_ASSERTED).encode(y=high),
        data=_data(values),
    ).properties(width=_width(span), height=54)
    return _drawn(layers.facet(row=_rows()), f"Queues in {metric}, by crossing")


def change_chart(changes: Sequence[Row], speaker: Callable[[Row], str]) -> Chart | None:
    """Position changes as a timeline: a line a change, its dots linked to the two statements.

    `changes` are rows of `position_changes`, each with its `anchor`.
    """
    if not changes:
        return None
    values, lines, order = [], [], []
    for number, row in enumerate(sorted(changes, key=lambda row: (speaker(row), row["earlier_day"], row["later_day"]))):
        line = f"{number}|{_label(speaker(row))}"
        order.append(line)
        kind = change(row["change"])
        lines.append({"line": line, "from": str(row["earlier_day"]), "to": str(row["later_day"])})
        for which, letter in (("earlier", "a"), ("later", "b")):
            said = f"{cause(row[f'{which}_cause'])}, {row[f'{which}_stance']}, blames {side(row[f'{which}_blames'])}"
            values.append(
                {
                    "line": line,
                    "day": str(row[f"{which}_day"]),
                    "told": which,
                    "href": f"#{row['anchor']}{letter}",
                    "words": f"{words(speaker(row))}, {row[f'{which}_day']}, the {which} of two statements ({kind}): {said}",
                }
            )
    days = sorted({value["day"] for value in values})
    axis = alt.Axis(
        format="%-d %b %Y" if days[0][:4] != days[-1][:4] else "%-d %b",
        tickCount=min(len(_all_days(days)), 8),
        grid=True,
        labelOverlap="greedy",
    )
    # A day of room on both sides: the dots of the first and last day stand whole.
    x_scale = alt.Scale(type="utc", domain=_wider(days))
    y = alt.Y(
        "line:N",
        title=None,
        sort=order,
        axis=alt.Axis(labelExpr="split(datum.value, '|')[1]", labelLimit=240, ticks=False, domain=False, grid=True),
    )
    rules = (
        alt.Chart(_data(lines))
        .mark_rule(color="#9aa3ad", strokeWidth=1.5)
        .encode(x=alt.X("from:T", scale=x_scale, title="Day (UTC)", axis=axis), x2="to:T", y=y)
    )
    dots = (
        alt.Chart(_data(values))
        .mark_point(filled=True, size=95, opacity=1, stroke=_ASSERTED, strokeWidth=1.5)
        .encode(
            x=alt.X("day:T", scale=x_scale),
            y=y,
            fill=alt.Fill(
                "told:N",
                title="Statement",
                scale=alt.Scale(domain=["earlier", "later"], range=["#ffffff", _ASSERTED]),
                legend=alt.Legend(orient="top"),
            ),
            href="href:N",
            description="words:N",
        )
    )
    chart = alt.layer(rules, dots).properties(width=430, height=alt.Step(22), padding=_ROOM)
    return _drawn(chart, "Position changes, over time")


def _common(mark: Mark, span: Span) -> Row:
    return {"when": bin_label(mark.row["bin"], span), "href": f"#{mark.anchor}", "words": mark.title}


def _label(text: str) -> str:
    return cut(words(text), _LONGEST_LABEL)


def _data(values: Sequence[Row]) -> Any:
    return alt.Data(values=list(values))  # type: ignore[no-untyped-call]


def _all_days(days: Sequence[str]) -> range:
    return range((date.fromisoformat(days[-1]) - date.fromisoformat(days[0])).days + 1)


def _wider(days: Sequence[str]) -> list[dict[str, int]]:
    room = timedelta(days=max(1, len(_all_days(days)) // 40))
    ends = date.fromisoformat(days[0]) - room, date.fromisoformat(days[-1]) + room
    return [{"year": end.year, "month": end.month, "date": end.day, "utc": True} for end in ends]


def _width(span: Span) -> int:
    """Pixels: few bins make no broad bars, many no broad page."""
    return min(max(300, 96 * len(span.bins)), 860)


def _columns(span: Span) -> int:
    return 3 if _width(span) < 420 else 7


def _bin_axis(span: Span) -> alt.X:
    years = sorted({span.since.year, span.until.year})
    title = _AXIS[span.bin] + ("" if span.bin == "month" else ", " + "–".join(str(year) for year in years))
    axis = alt.Axis(labelAngle=0, labelOverlap="greedy", ticks=False, domain=True, labelSeparation=6)
    return alt.X(
        "when:O", title=title, scale=alt.Scale(domain=[bin_label(first, span) for first in span.bins]), axis=axis
    )


def _rows() -> alt.Row:
    return alt.Row(
        "facet:N",
        title=None,
        sort=alt.EncodingSortField(field="rank", op="min"),
        header=alt.Header(labelAngle=0, labelAlign="left", labelAnchor="start", labelOrient="top", labelPadding=2),
    )


def _drawn(chart: Any, title: str) -> Chart:
    styled = (
        chart.configure(background="transparent", font=_FONT).configure_view(stroke=None).configure_facet(spacing=14)
    )
    styled = styled.configure_axis(
        labelColor=_INK,
        labelFontSize=11,
        titleColor=_INK,
        titleFontSize=11,
        titleFontWeight="normal",
        gridColor="#e4e7eb",
        domainColor="#9aa3ad",
        tickColor="#9aa3ad",
    )
    styled = styled.configure_header(labelColor=_INK, labelFontSize=12, labelFontWeight="bold")
    styled = styled.configure_legend(labelColor=_INK, titleColor=_INK, labelFontSize=11, titleFontSize=11)
    svg = vl_convert.vegalite_to_svg(
        styled.to_dict(validate=False), vl_version=".".join(alt.SCHEMA_VERSION.split(".")[:2]), allowed_base_urls=[]
    )
    return _tidy(svg, title)


def _tidy(svg: str, title: str) -> Chart:
    """The drawing with what the page needs: links inside the page with their words, and nothing that machines made.

    Raises WarehouseError if more than shapes, words and links within the page came out.
    """
    ElementTree.register_namespace("", _SVG[1:-1])
    root = ElementTree.fromstring(svg)
    width = float(root.get("width", "0"))
    _drop_empty(root)
    for element in root.iter():
        name = element.tag.removeprefix(_SVG)
        if name == "a":
            _link(element)
        for attribute in _FOR_MACHINES:
            element.attrib.pop(attribute, None)
        for attribute in ("d", "transform"):
            if attribute in element.attrib:
                element.set(attribute, _DECIMALS.sub(r"\1", element.attrib[attribute]))
        if name not in _SHAPES or not all(_fits(name, *pair) for pair in element.attrib.items()):
            raise WarehouseError(f"A chart of the report has a <{name}> in it that does not belong there.")
    for attribute in ("width", "height", "version"):
        root.attrib.pop(attribute, None)
    # The drawing shrinks with the page; its size in pixels stays as its shape.
    style = f"width:{width:.0f}px;min-width:{min(width * 0.85, 620):.0f}px"
    root.attrib |= {"role": "group", "aria-label": title, "style": style}
    return Chart(title, ElementTree.tostring(root, encoding="unicode"), round(width))


def _link(element: ElementTree.Element) -> None:
    """Vega puts a base before what it takes for a relative address, and leaves the words on the shape."""
    _, _, fragment = element.attrib.pop(_XLINK).rpartition("#")
    shape = element[0]
    element.set("href", f"#{fragment}")
    said = ElementTree.Element(f"{_SVG}title")
    said.text = shape.get("aria-label")
    element.insert(0, said)


def _fits(name: str, attribute: str, value: str) -> bool:
    if attribute == "href":
        return name == "a" and _FRAGMENT.fullmatch(value) is not None
    return not attribute.startswith("on") and not attribute.endswith(("href", "id")) and "url(" not in value


def _drop_empty(element: ElementTree.Element) -> None:
    """Take out the frames that have no size and the shapes that are not shown."""
    for child in list(element):
        path = child.get("d")
        frame = child.get("class") in ("background", "foreground") and child.get("stroke") is None
        if child.get("display") == "none" or frame or path == "":
            element.remove(child)
        else:
            _drop_empty(child)
