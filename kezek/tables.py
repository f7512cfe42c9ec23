"""Rows as people and programs want to see them: a table, CSV or JSON lines."""

from __future__ import annotations

import csv
import json
import math
import re
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

from rich.cells import cell_len
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from ingest.errors import InputError
from kezek.console import out

SHORT = 24
"""Cells up to this many characters stay on one line: an id in two halves can't be copied."""
LEAST_WIDTH = 16
"""A column of longer texts gets at least this many characters, or the rows are shown one below the other."""
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Table:
    """A rich table of plain text: nothing in a cell is taken for markup. Numbers stand right."""
    rows = [tuple(row) for row in rows]
    view = Table(
        title=Text(title, style="bold") if title else None, title_justify="left", header_style="bold", box=None
    )
    for n, column in enumerate(columns):
        numeric = bool(rows) and all(isinstance(row[n], (int, float, type(None))) for row in rows)
        widest = max((cell_len(line) for row in rows for line in cell(row[n]).split("\n")), default=0)
        short = widest <= SHORT
        view.add_column(
            Text(shown(column)),
            justify="right" if numeric else "left",
            overflow="fold",
            no_wrap=short,
            min_width=max(widest, cell_len(column)) if short else LEAST_WIDTH,
        )
    for row in rows:
        view.add_row(*(Text(cell(value)) for value in row))
    return view


def fits(view: Table) -> bool:
    """Whether the table can be printed with no short cell cut and no long one squeezed."""
    return Measurement.get(out, out.options.update(width=10_000), view).minimum <= out.width


def cell(value: object) -> str:
    """One value for a person's eye: nothing for None, whole seconds for times, nothing that steers the terminal."""
    match value:
        case None:
            return ""
        case datetime():
            return f"{value:%Y-%m-%d %H:%M:%S%z}".removesuffix("+0000")
        case float():
            return f"{value:g}"
        case _:
            return shown(str(value))


def shown(text: str) -> str:
    """The text without control characters but for tabs and line ends: what the web said must not steer a terminal."""
    return _CONTROL.sub("\ufffd", text)


def print_rows(columns: Sequence[str], rows: Sequence[Sequence[object]], output: str) -> None:
    """Print rows to stdout as `table`, `csv` (quoted as in RFC 4180, lines end in LF) or `json` (one object a line).

    A table too wide for the terminal is shown one row below the other. Raises InputError where two columns share a name
    that an object can hold only once.
    """
    if output == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
    elif output == "json":
        twice = [name for name, number in Counter(columns).items() if number > 1]
        if twice:
            raise InputError(f"two columns are called {twice[0]!r}: give one another name (… as other) for JSON.")
        for row in rows:
            values = {name: _plain(value) for name, value in zip(columns, row, strict=True)}
            sys.stdout.write(json.dumps(values, ensure_ascii=False, allow_nan=False, default=str) + "\n")
    else:
        view = table("", columns, rows)
        if fits(view):
            out.print(view)
        else:
            _print_one_below_the_other(columns, rows)
        out.print(f"{len(rows)} row{'' if len(rows) == 1 else 's'}", style="dim")


def _print_one_below_the_other(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    if not rows:
        out.print(Text(" ".join(map(shown, columns)), style="bold"))
    for row in rows:
        record = Table.grid(padding=(0, 2))
        record.add_column(style="bold", no_wrap=True)
        record.add_column(overflow="fold")
        for name, value in zip(columns, row, strict=True):
            record.add_row(Text(shown(name)), Text(cell(value)))
        out.print(record)
        out.print()


def _plain(value: object) -> object:
    """A value as JSON has it: no NaN or infinity there, whole decimals are numbers, times are ISO 8601."""
    match value:
        case float():
            return value if math.isfinite(value) else None
        case Decimal():
            return int(value) if value == value.to_integral_value() and value.as_tuple().exponent == 0 else str(value)
        case date():
            return value.isoformat()
        case dict():
            return {str(key): _plain(part) for key, part in value.items()}
        case list() | tuple():
            return [_plain(part) for part in value]
        case _:
            return value
