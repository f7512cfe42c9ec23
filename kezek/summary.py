"""What a run leaves on the terminal: what was read, who blames whom for what, and where it all lies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from rich.padding import Padding
from rich.text import Text

from ingest.interval import Interval
from kezek.console import out
from kezek.settings import Settings
from kezek.tables import shown, table
from warehouse.analysis import blame_table, source_summary
from warehouse.connection import open_warehouse, place
from warehouse.state import counts

ADDED = ("fetches", "documents", "claims", "observations", "mentions", "entities", "unparsed")
"""The tables whose growth a person wants to hear of, in the order of the flow."""


MOST_ROWS = 20
_LINE = "{:<8} {:<8} {:<7} {:<22} {:>7}"
_INDENT = (0, 0, 0, 4)


def print_summary(settings: Settings, before: Mapping[str, int]) -> None:
    """Print the night's three answers: what was read per source, who blames whom for what, what was added and where."""
    with open_warehouse(settings.published, read_only=True) as warehouse:
        ever = Interval(datetime(1970, 1, 1, tzinfo=UTC), datetime.now(UTC))
        print_sources_read(source_summary(warehouse, ever))
        print_blame_table(blame_table(warehouse))
        after = counts(warehouse)
    print_added(before, after)
    out.print(Text(f"warehouse  {place(settings.published)}"), soft_wrap=True)
    out.print(Text(f"report     {settings.report}"), soft_wrap=True)


def print_sources_read(rows: Sequence[Mapping[str, Any]]) -> None:
    """What was read, one line a source."""
    columns = ("source", "side", "fetched", "documents", "revised", "gone", "unparsed", "gaps")
    keys = ("name", "side", "fetched", "documents", "revisions", "gone", "unparsed", "gaps")
    values = (tuple(row[key] for key in keys) for row in rows)
    out.print()
    out.print(table("Read per source", columns, values))


def print_blame_table(rows: Sequence[Mapping[str, Any]], most: int = MOST_ROWS) -> None:
    """Who blames whom for what, the most told first, each with one verbatim evidence and its link."""
    out.print()
    out.print("Who blames whom for what", style="bold")
    out.print(_LINE.format("side", "", "blames", "for", "stories"), style="bold")
    for row in rows[:most]:
        verb = "denies" if row["stance"] == "denies" else "asserts"
        line = _LINE.format(row["side"], verb, row["blames"], row["cause"], row["stories"])
        out.print(Text(shown(line), style="magenta" if verb == "denies" else "green"))
        who = row["speaker"] or "the outlet itself"
        out.print(Padding(Text(f"“{shown(' '.join(row['evidence'].split()))}”"), _INDENT))
        out.print(Padding(Text(shown(f"— {who}; {row['source_name']}, {row['day']}"), style="dim"), _INDENT))
        out.print(Text(f"    {shown(row['url'])}", style="cyan"), soft_wrap=True)
    if len(rows) > most:
        out.print(f"… and {len(rows) - most} more, told less often: the report has them all.", style="dim")


def print_added(before: Mapping[str, int], after: Mapping[str, int]) -> None:
    """How the tables grew; says so where nothing was added."""
    grown = {name: after.get(name, 0) - before.get(name, 0) for name in ADDED}
    out.print()
    if any(grown.values()):
        out.print("Added: " + ", ".join(f"{number} {name}" for name, number in grown.items() if number) + ".")
    else:
        held = ", ".join(f"{after.get(name, 0)} {name}" for name in ("documents", "claims", "observations"))
        out.print(f"Nothing was added: all of it had been read before. Still {held}.")
