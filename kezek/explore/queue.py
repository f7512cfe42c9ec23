"""The queue at one crossing as little drawings: for each metric a bar a day, from the lowest figure to the highest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final

LEAST_DAYS: Final = 14
MOST_DAYS: Final = 366
HEIGHT: Final = 80
METRICS: Final = ("vehicles", "kilometres", "hours", "days")


def drawings(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """For each metric in `rows` (metric, day, low, high, figures): metric, first and last day, the largest figure, how
    many days there are and how many have room, the height, and `bars` of x, y, height, day, low, high. Of more days than MOST_DAYS the last."""
    return [
        _drawing(metric, [row for row in rows if row["metric"] == metric]) for metric in METRICS if _has(rows, metric)
    ]


def _has(rows: Sequence[dict[str, Any]], metric: str) -> bool:
    return any(row["metric"] == metric for row in rows)


def _drawing(metric: str, rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    last: date = rows[-1]["day"]
    first = max(rows[0]["day"], last - timedelta(days=MOST_DAYS - 1))
    shown = [row for row in rows if row["day"] >= first]
    most = max(row["high"] for row in shown) or 1.0
    days = (last - first).days + 1
    bars = []
    for row in shown:
        top, bottom = HEIGHT * (1 - row["high"] / most), HEIGHT * (1 - row["low"] / most)
        tall = max(bottom - top, 3.0)
        bars.append(
            {**row, "x": (row["day"] - first).days, "y": round(min(top, HEIGHT - tall), 2), "tall": round(tall, 2)}
        )
    return {
        "metric": metric,
        "first": first,
        "last": last,
        "most": most,
        "days": days,
        "width": max(days, LEAST_DAYS),
        "height": HEIGHT,
        "bars": bars,
    }
