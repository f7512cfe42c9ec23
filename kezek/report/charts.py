"""The report's charts as SVG: drawn by Vega-Lite in this process, so that the page needs no script."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any, Final

import altair as alt
import vl_convert

from kezek.report.wording import SIDES, cause, short_day, side, words

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
MOST_DAYS: Final = 60
MOST_CAUSES: Final = 10
MOST_PLACES: Final = 8
_INK: Final = "#22272e"
_FONT: Final = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif"
_PALETTE: Final = ["#0d8f98", "#b8433a", "#d69e19", "#6f559c", "#3d6fb4", "#7d7a4c", "#c76a9b", "#5c6670"]


def narratives_chart(rows: Sequence[Row], until: date | None = None) -> str | None:
    """Stories a day, a row of bars a cause: asserted above the line, denied below, coloured by whom it blames.

    `rows` are those of `narratives_daily`; days after `until` are left out, for pages have wrong dates. None where no row
    is left.
    """
    days = _days((row["day"] for row in rows), until)
    shown = set(days)
    total: Counter[str] = Counter()
    bars: Counter[tuple[str, str, str, str]] = Counter()
    for row in rows:
        if row["day"] in shown:
            total[row["cause"]] += row["stories"]
            bars[short_day(row["day"]), row["cause"], row["blames"], row["stance"]] += row["stories"]
    causes = sorted(total, key=lambda code: (-total[code], code))[:MOST_CAUSES]
    if not causes:
        return None
    values = [
        {
            "day": when,
            "cause": cause(code),
            "rank": causes.index(code),
            "blames": side(blames),
            "stories": stories if stance == "asserts" else -stories,
        }
        for code in causes
        for (when, of, blames, stance), stories in sorted(bars.items())
        if of == code
    ]
    present = [code for code in COLOURS if side(code) in {value["blames"] for value in values}]
    chart = (
        alt.Chart(alt.Data(values=values))  # type: ignore[no-untyped-call]
        .mark_bar()
        .encode(
            x=_day_axis(days),
            y=alt.Y(
                "stories:Q",
                stack="zero",
                title=None,
                axis=alt.Axis(tickCount=3, tickMinStep=1, labelExpr="abs(datum.value)"),
            ),
            color=alt.Color(
                "blames:N",
                title="Blamed",
                scale=alt.Scale(domain=[SIDES[code] for code in present], range=[COLOURS[code] for code in present]),
                legend=alt.Legend(orient="top", columns=4),
            ),
            row=alt.Row(
                "cause:N",
                title=None,
                sort=alt.EncodingSortField(field="rank", op="min"),
                header=alt.Header(
                    labelAngle=0, labelAlign="left", labelAnchor="start", labelOrient="top", labelPadding=2
                ),
            ),
        )
        .properties(width=_width(days), height=42)
    )
    return _svg(chart, "Stories a day, by cause and side blamed")


def queue_chart(rows: Sequence[Row], until: date | None = None) -> str | None:
    """Queue lengths by crossing: a band from the lowest to the highest figure of a day, a row a unit.

    `rows` are those of `queue_timeline`; days after `until` are left out. None where no row that is left names a place.
    """
    placed = [row for row in rows if row["place"]]
    days = _days((row["day"] for row in placed), until)
    shown = set(days)
    figures: dict[tuple[str, str, date], list[float]] = defaultdict(list)
    often: Counter[str] = Counter()
    for row in placed:
        if row["day"] in shown:
            figures[row["metric"], words(row["place"]), row["day"]] += [row["low"], row["high"]]
            often[words(row["place"])] += 1
    places = [place for place, _ in sorted(often.items(), key=lambda item: (-item[1], item[0]))[:MOST_PLACES]]
    values = [
        {"day": short_day(when), "place": place, "metric": metric.capitalize(), "low": min(spread), "high": max(spread)}
        for (metric, place, when), spread in sorted(figures.items())
        if place in places
    ]
    if not values:
        return None
    colour = alt.Color(
        "place:N",
        title=None,
        scale=alt.Scale(domain=places, range=_PALETTE),
        legend=alt.Legend(orient="top", columns=4),
    )
    base = alt.Chart().encode(x=_day_axis(days), color=colour)
    figure = alt.Y("high:Q", title=None, axis=alt.Axis(tickCount=4))
    chart = (
        alt.layer(
            base.mark_line(strokeWidth=1.5, opacity=0.6).encode(y=figure),
            base.mark_rule(strokeWidth=4, opacity=0.45).encode(y=alt.Y("low:Q", title=None), y2="high:Q"),
            base.mark_point(filled=True, size=42, opacity=1).encode(y=figure),
            data=alt.Data(values=values),  # type: ignore[no-untyped-call]
        )
        .properties(width=_width(days), height=120)
        .facet(
            row=alt.Row(
                "metric:N",
                title=None,
                header=alt.Header(
                    labelAngle=0, labelAlign="left", labelAnchor="start", labelOrient="top", labelPadding=2
                ),
            )
        )
        .resolve_scale(y="independent")
    )
    return _svg(chart, "Queue lengths by crossing")


def _days(seen: Iterable[date], until: date | None) -> list[date]:
    """Every day from the first to the last, none after `until`, at most the last MOST_DAYS."""
    found = {day for day in seen if until is None or day <= until}
    if not found:
        return []
    last = max(found)
    first = max(min(found), last - timedelta(days=MOST_DAYS - 1))
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def _width(days: Sequence[date]) -> int:
    """Pixels: few days make no broad bars, many no broad page."""
    return min(max(280, 60 * len(days)), 600)


def _day_axis(days: Sequence[date]) -> alt.X:
    axis = alt.Axis(labelAngle=0, labelOverlap="greedy", ticks=False, domain=True)
    return alt.X("day:O", title=None, scale=alt.Scale(domain=[short_day(one) for one in days]), axis=axis)


def _svg(chart: Any, title: str) -> str:
    styled = (
        chart.configure(background="transparent", font=_FONT).configure_view(stroke=None).configure_facet(spacing=14)
    )
    styled = styled.configure_axis(
        labelColor=_INK, labelFontSize=11, gridColor="#e4e7eb", domainColor="#9aa3ad", tickColor="#9aa3ad"
    )
    styled = styled.configure_header(labelColor=_INK, labelFontSize=12, labelFontWeight="bold")
    styled = styled.configure_legend(labelColor=_INK, titleColor=_INK, labelFontSize=11, titleFontSize=11)
    svg = vl_convert.vegalite_to_svg(
        styled.to_dict(), vl_version=".".join(alt.SCHEMA_VERSION.split(".")[:2]), allowed_base_urls=[]
    )
    # The drawing scales with the page; its size in pixels stays as its shape.
    width, height = re.search(r'width="([\d.]+)" height="([\d.]+)"', svg).groups()  # type: ignore[union-attr]
    label = f'role="img" aria-label="{title}" style="max-width:{float(width):.0f}px"'
    return re.sub(r'^(<svg[^>]*?) width="[\d.]+" height="[\d.]+"', rf"\1 {label}", svg, count=1)
