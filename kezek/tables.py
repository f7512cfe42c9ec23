"""Rows as people and programs want to see them: a table, CSV or JSON lines."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from rich.table import Table
from rich.text import Text

from kezek.console import out

SHORT = 24
"""Cells up to this many characters stay on one line: an id in two halves can't be copied."""


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Table:
    """A rich table of plain text: nothing in a cell is taken for markup. Numbers stand right."""
    rows = [tuple(row) for row in rows]
    view = Table(
        title=Text(title, style="bold") if title else None, title_justify="left", header_style="bold", box=None
    )
    for n, column in enumerate(columns):
        numeric = bool(rows) and all(isinstance(row[n], (int, float, type(None))) for row in rows)
        short = all(len(cell(row[n])) <= SHORT for row in rows)
        view.add_column(column, justify="right" if numeric else "left", overflow="fold", no_wrap=short)
    for row in rows:
        view.add_row(*(Text(cell(value)) for value in row))
    return view


def cell(value: object) -> str:
    """One value for a person's eye: nothing for None, whole seconds for times."""
    match value:
        case None:
            return ""
        case datetime():
            return f"{value:%Y-%m-%d %H:%M:%S%z}".removesuffix("+0000")
        case float():
            return f"{value:g}"
        case _:
            return str(value)


def print_rows(columns: Sequence[str], rows: Sequence[Sequence[object]], output: str) -> None:
    """Print rows to stdout as `table`, `csv` (RFC 4180) or `json` (one object a line)."""
    if output == "csv":
        writer = csv.writer(sys.stdout)
        writer.writerow(columns)
        writer.writerows(rows)
    elif output == "json":
        for row in rows:
            sys.stdout.write(
                json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False, default=_plain) + "\n"
            )
    else:
        out.print(table("", columns, rows))
        out.print(f"{len(rows)} row{'' if len(rows) == 1 else 's'}", style="dim")


def _plain(value: object) -> str:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return str(value)
