"""What a run leaves on the terminal: what was read, who blames whom for what, and where it all lies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from rich.markup import escape
from rich.table import Table
from rich.text import Text

from ingest.interval import Interval
from kezek.console import out
from kezek.settings import Settings
from kezek.tables import table
from warehouse.analysis import blame_table, source_summary
from warehouse.connection import open_warehouse
from warehouse.state import counts

ADDED = ("fetches", "documents", "claims", "observations", "mentions", "entities", "unparsed")
"""The tables whose growth a person wants to hear of, in the order of the flow."""


def print_summary(settings: Settings, before: Mapping[str, int]) -> None:
    """Print the night's three answers: what was read per source, who blames whom for what, what was added and where."""
    with open_warehouse(settings.published, read_only=True) as warehouse:
        ever = Interval(datetime(1970, 1, 1, tzinfo=UTC), datetime.now(UTC))
        print_sources_read(source_summary(warehouse, ever))
        print_blame_table(blame_table(warehouse))
        after = counts(warehouse)
    print_added(before, after)
    out.print(f"warehouse  {escape(str(settings.published))}")
    out.print(f"report     {escape(str(settings.report))}")


def print_sources_read(rows: Sequence[Mapping[str, Any]]) -> None:
    """What was read, one line a source."""
    columns = ("source", "side", "fetched", "documents", "revisions", "gone", "unparsed", "gaps")
    values = ((row["name"], row["side"], *(row[column] for column in columns[2:-1]), row["gaps"] or "") for row in rows)
    out.print()
    out.print(table("Read per source", columns, values))


def print_blame_table(rows: Sequence[Mapping[str, Any]]) -> None:
    """Who blames whom for what, each with one verbatim evidence and its link."""
    view = Table(
        title=Text("Who blames whom for what", style="bold"), title_justify="left", header_style="bold", box=None
    )
    for column in ("side", "says", "blames", "in the words of"):
        view.add_column(column, overflow="fold")
    for row in rows:
        verb = "denies" if row["stance"] == "denies" else "asserts"
        words = Text(f"«{' '.join(row['evidence'].split())}»")
        who = row["speaker"] or "the outlet itself"
        stories = f", {row['stories']} stories" if row["stories"] > 1 else ""
        words.append(f"\n{who}, {row['source_name']}, {row['day']}{stories}", style="dim")
        words.append(f"\n{row['url']}", style="cyan")
        view.add_row(row["side"], Text(f"{verb}\n{row['cause']}"), row["blames"], words)
    out.print()
    out.print(view)


def print_added(before: Mapping[str, int], after: Mapping[str, int]) -> None:
    """How the tables grew; says so where nothing was added."""
    grown = {name: after.get(name, 0) - before.get(name, 0) for name in ADDED}
    out.print()
    if any(grown.values()):
        out.print("Added: " + ", ".join(f"{number} {name}" for name, number in grown.items() if number) + ".")
    else:
        held = ", ".join(f"{after.get(name, 0)} {name}" for name in ("documents", "claims", "observations"))
        out.print(f"Nothing was added: every source had been read for these nights. Still {held}.")
