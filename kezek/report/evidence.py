"""What the marks of the charts lead to: a numbered place in the page with the words behind the mark."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from kezek.names import Names, display_name
from kezek.report.wording import bin_name, cause, figure, side, words
from warehouse.marks import Span

Row = dict[str, Any]

MOST_QUOTES: Final = 600
"""Pieces of evidence behind one chart, as far as its marks have more than one each."""
_PLAIN: Final = re.compile(r"[\w.][\w. -]*")


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark of a chart: where in the page its evidence stands, what it says in words, its row and its evidence.

    `number` is how many stories or figures it counts; `sql` asks for all of them, None where no such question can be put.
    """

    anchor: str
    title: str
    row: Row
    quotes: tuple[Row, ...]
    number: int
    sql: str | None

    @property
    def more(self) -> int:
        """Stories or figures of the mark that are not in the page."""
        return self.number - len(self.quotes)


def blame_marks(rows: Sequence[Row], span: Span) -> list[Mark]:
    """The marks of who blames whom, from rows of `warehouse.marks.blame_marks`."""

    def title(row: Row) -> str:
        told = figure(row["stories"], "story", "stories")
        return f"{side(row['side'])} blames {side(row['blames'])}, {bin_name(row['bin'], span)}: {told}"

    def question(row: Row) -> str | None:
        which = {"stance": "asserts", "speaker_side": row["side"], "blames": row["blames"]}
        return _sql("current_claims", span.days(row["bin"]), which)

    return _marks("b", rows, ("bin", "side", "blames"), title, question, "stories")


def cause_marks(rows: Sequence[Row], span: Span) -> list[Mark]:
    """The marks of what is asserted and denied, from rows of `warehouse.marks.cause_marks`."""

    def title(row: Row) -> str:
        verb = "denied" if row["stance"] == "denies" else "asserted"
        told = figure(row["stories"], "story", "stories")
        return f"{cause(row['cause'])} {verb}, {bin_name(row['bin'], span)}: {told}"

    def question(row: Row) -> str | None:
        which = {"cause": row["cause"], "stance": row["stance"]}
        return _sql("current_claims", span.days(row["bin"]), which)

    return _marks("c", rows, ("rank", "bin", "stance"), title, question, "stories")


def queue_marks(rows: Sequence[Row], span: Span, names: Names) -> list[Mark]:
    """The marks of the queues, from rows of `warehouse.marks.queue_marks`."""

    def title(row: Row) -> str:
        spread = f"{row['lowest']:g}" if row["lowest"] == row["highest"] else f"{row['lowest']:g} to {row['highest']:g}"
        told = figure(row["figures"], "figure", "figures")
        return f"{place_name(row, names)}, {bin_name(row['bin'], span)}: {spread} {words(row['metric'])} ({told})"

    def question(row: Row) -> str | None:
        column = "place_entity" if row["place_entity"] else "place"
        return _sql("queue_timeline", span.days(row["bin"]), {"metric": row["metric"], column: row[column]})

    return _marks("q", rows, ("metric", "rank", "bin"), title, question, "figures")


def place_name(row: Row, names: Names) -> str:
    """The crossing of a row of `queue_marks`, by the name that the reader wants."""
    known = {lang: row[f"place_{lang}"] for lang in ("en", "ru", "kk")}
    return words(display_name(row["place"], **known, choice=names))


def quotes_a_mark(marks: int) -> int:
    """How many pieces of evidence each of so many marks gets: 1 to 3, few where there are many."""
    return min(max(MOST_QUOTES // max(marks, 1), 1), 3)


def _marks(
    letter: str,
    rows: Sequence[Row],
    by: Sequence[str],
    title: Callable[[Row], str],
    question: Callable[[Row], str | None],
    counted: str,
) -> list[Mark]:
    together: dict[tuple[object, ...], list[Row]] = {}
    for row in rows:
        together.setdefault(tuple(row[column] for column in by), []).append(row)
    most = quotes_a_mark(len(together))
    return [
        Mark(f"{letter}{number}", title(one[0]), one[0], tuple(one[:most]), one[0][counted], question(one[0]))
        for number, (_, one) in enumerate(sorted(together.items()), 1)
    ]


def _sql(view: str, days: tuple[date, date], which: Mapping[str, str]) -> str | None:
    """The question for all behind a mark. None where a value has more than letters: it may be pasted into a shell."""
    if not all(_PLAIN.fullmatch(value) for value in which.values()):
        return None
    first, last = days
    when = f"day = '{first}'" if first == last else f"day between '{first}' and '{last}'"
    return f"select * from {view} where {' and '.join([when, *(f'{column} = {value!r}' for column, value in which.items())])}"
