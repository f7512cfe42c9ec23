"""Rows as people and programs want to see them: a table, CSV or JSON lines."""

from __future__ import annotations

import csv
import json
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import TextIO

from rich.cells import cell_len
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from ingest.errors import InputError
from kezek.console import out
from kezek.spreadsheet import harmless

SHORT = 24
"""Cells up to this many characters stay on one line: an id in two halves can't be copied."""
LEAST_WIDTH = 16
"""A column of longer texts gets at least this many characters, or the rows are shown one below the other."""
_AFTER_UNDERSCORE = re.compile(r"(?<=_)(?=[^_])")
# What a terminal obeys, and what turns the order of the letters after it round.
_STEERING = "\\x7f-\\x9f\\u202a-\\u202e\\u2066-\\u2069"
_CONTROL = re.compile(rf"[\x00-\x08\x0b-\x1f{_STEERING}]")
_BEYOND_JSON = re.compile(f"[{_STEERING}]")


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Table:
    """A rich table of plain text: nothing in a cell is taken for markup. Numbers stand right."""
    return _view(title, [_column(column, values) for column, values in _by_column(columns, rows)])


def fitting(columns: Sequence[str], rows: Iterable[Sequence[object]], width: int) -> Table | None:
    """The table without a title, as narrow as it must be for `width` characters; None if no way of folding suffices.

    Headers and short cells are broken between words and after underscores, the columns that gain most first. No word is
    ever cut, so that an id can be copied.
    """
    made = [_column(column, values) for column, values in _by_column(columns, rows)]
    if _least(view := _view("", made)) <= width:
        return view
    folded = [column.folded() for column in made]
    by_gain = sorted(range(len(made)), key=lambda n: folded[n].least - made[n].least)
    for n in (None, *by_gain):
        if n is not None:
            made[n] = folded[n]
        if _least(view := _view("", made, tight=True)) <= width:
            return view
    return None


@dataclass(frozen=True, slots=True)
class _Column:
    header: str
    cells: tuple[str, ...]
    numeric: bool

    @property
    def widest(self) -> int:
        return max((cell_len(line) for text in self.cells for line in text.split("\n")), default=0)

    @property
    def short(self) -> bool:
        return self.widest <= SHORT

    @property
    def least(self) -> int:
        """The fewest characters that this column takes."""
        header = max(map(cell_len, self.header.split("\n")))
        return max(self.widest, header) if self.short else max(LEAST_WIDTH, header)

    def folded(self) -> _Column:
        texts = (self.header, *self.cells) if self.short else (self.header,)
        width = max(cell_len(part) for text in texts for part in _parts(text))
        if self.short:
            return replace(
                self, header=_fold(self.header, width), cells=tuple(_fold(text, width) for text in self.cells)
            )
        return replace(self, header=_fold(self.header, max(width, LEAST_WIDTH)))


def _by_column(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> list[tuple[str, list[object]]]:
    rows = list(rows)
    return [(column, [row[n] for row in rows]) for n, column in enumerate(columns)]


def _column(header: str, values: Sequence[object]) -> _Column:
    numeric = bool(values) and all(isinstance(value, (int, float, type(None))) for value in values)
    return _Column(shown(header), tuple(map(cell, values)), numeric)


def _view(title: str, columns: Sequence[_Column], *, tight: bool = False) -> Table:
    view = Table(
        title=Text(title, style="bold") if title else None,
        title_justify="left",
        header_style="bold",
        box=None,
        collapse_padding=tight,
        pad_edge=not tight,
    )
    for column in columns:
        view.add_column(
            Text(column.header),
            justify="right" if column.numeric else "left",
            overflow="fold",
            no_wrap=column.short,
            min_width=column.least,
        )
    for row in zip(*(column.cells for column in columns), strict=True):
        view.add_row(*map(Text, row))
    return view


def _least(view: Table) -> int:
    """The fewest characters in which the table can be printed with no short cell cut and no long one squeezed."""
    return Measurement.get(out, out.options.update(width=10_000), view).minimum


def _parts(text: str) -> list[str]:
    """What must stay on one line: words, without the space after them, and codes up to each underscore."""
    return [part for word in text.split() for part in _AFTER_UNDERSCORE.split(word)] or [""]


def _fold(text: str, width: int) -> str:
    """`text` with line ends between its parts, so that no line is wider than `width`."""
    lines = []
    for given in text.split("\n"):
        line = ""
        for word in given.split():
            for n, part in enumerate(_AFTER_UNDERSCORE.split(word)):
                joined = f"{line} {part}" if n == 0 and line else line + part
                if line and cell_len(joined) > width:
                    lines.append(line)
                    joined = part
                line = joined
        lines.append(line)
    return "\n".join(lines)


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
    """The text without control characters but for tabs and line ends, and without those that reorder others: what the web
    said must not steer a terminal."""
    return _CONTROL.sub("\ufffd", text)


def print_table(columns: Sequence[str], rows: Sequence[Sequence[object]], to: Console = out) -> None:
    """Print rows as a table, or one row below the other where no table fits into the width; then their number."""
    view = fitting(columns, rows, to.width)
    if view is not None:
        to.print(view)
    else:
        _print_one_below_the_other(columns, rows, to)
    to.print(f"{len(rows)} row{'' if len(rows) == 1 else 's'}", style="dim")


def write_csv(columns: Sequence[str], rows: Iterable[Sequence[object]], to: TextIO, *, safe: bool) -> int:
    """Write rows as CSV, quoted as in RFC 4180 with LF at the line ends; how many rows there were.

    With `safe`, text that a spreadsheet would take for a formula gets an apostrophe (see `kezek.spreadsheet`).
    """
    writer = csv.writer(_WithLF(to))
    guard = harmless if safe else str
    writer.writerow(map(guard, columns))
    written = 0
    for row in rows:
        writer.writerow([csv_cell(value, guard) for value in row])
        written += 1
    return written


class _WithLF:
    """csv.writer quotes a lone carriage return, as a reader wants it, only if lines end with one: this takes it off."""

    def __init__(self, to: TextIO) -> None:
        self._to = to

    def write(self, line: str) -> None:
        """One whole line."""
        self._to.write(line.removesuffix("\r\n") + "\n")


def csv_cell(value: object, guard: Callable[[str], str]) -> str:
    """One value as CSV has it; text goes through `guard`, for numbers and times can't be formulas."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int() | float() | date() | Decimal():
            return str(value)
        case bytes():
            return value.hex()
        case list() | tuple() | dict():
            return guard(json.dumps(_plain(value), ensure_ascii=False, default=str))
        case _:
            return guard(str(value))


def write_json(columns: Sequence[str], rows: Iterable[Sequence[object]], to: TextIO) -> None:
    """Write rows as JSON, one object a line. Raises InputError where an object could not hold all columns."""
    refuse_doubles(columns, "JSON")
    for row in rows:
        values = {name: _plain(value) for name, value in zip(columns, row, strict=True)}
        to.write(json_line(values))


def json_line(value: object) -> str:
    """A value as one line of JSON; the letters as they are, what would steer a terminal escaped."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, default=str)
    return _BEYOND_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n"


def refuse_doubles(columns: Sequence[str], what: str) -> None:
    """Raises InputError where two columns share a name, for `what` can hold one of them only."""
    twice = [name for name, number in Counter(columns).items() if number > 1]
    if twice:
        raise InputError(f"two columns are called {twice[0]!r}: give one another name (… as other) for {what}.")


def _print_one_below_the_other(columns: Sequence[str], rows: Sequence[Sequence[object]], to: Console) -> None:
    if not rows:
        to.print(Text(" ".join(map(shown, columns)), style="bold"))
    for row in rows:
        record = Table.grid(padding=(0, 2))
        record.add_column(style="bold", no_wrap=True)
        record.add_column(overflow="fold")
        for name, value in zip(columns, row, strict=True):
            record.add_row(Text(shown(name)), Text(cell(value)))
        to.print(record)
        to.print()


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
        case bytes():
            return value.hex()
        case list() | tuple():
            return [_plain(part) for part in value]
        case _:
            return value
