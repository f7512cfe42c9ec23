"""What the warehouse holds, and which sources are read: the tables behind `kezek status` and `kezek sources`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from rich.table import Table
from rich.text import Text

from ingest.source import Source, get_source, load_sources
from kezek.console import out
from kezek.settings import Settings
from kezek.tables import table
from warehouse.connection import Row, open_warehouse
from warehouse.quality import count_open
from warehouse.state import counts, coverage_by_source, days_not_covered, last_runs, off_layout


def print_status(settings: Settings) -> None:
    """Rows of every table, the latest runs, and the coverage of every source. Raises WarehouseError if there is none."""
    with open_warehouse(settings.published, read_only=True) as warehouse:
        out.print(table("Rows", ("table", "rows"), counts(warehouse).items()))
        runs = last_runs(warehouse)
        out.print()
        out.print(
            table(
                "Latest runs",
                ("run", "started (UTC)", "finished (UTC)"),
                ((run["run_id"], run["started_at"], run["finished_at"] or "not finished") for run in runs),
            )
        )
        out.print()
        columns = ("source", "from", "to", "days", "done", "gaps", "stopped")
        rows = coverage_by_source(warehouse)
        out.print(table("Coverage", columns, (tuple(row.values()) for row in rows)))
        out.print("days: nights asked for; done: of these, read to their end; stopped: why the last reading ended.")
        print_owed(days_not_covered(warehouse))
        print_off_layout(off_layout(warehouse))
        _, odd = count_open(warehouse)
        if odd:
            out.print()
            out.print(f"{odd} oddities that the checks found: kezek quality", style="yellow")


def print_owed(owed: Mapping[str, Sequence[date]]) -> None:
    """The days of each source that were never read to their end; nothing where there are none."""
    if not owed:
        return
    out.print()
    out.print("Days not read to their end", style="bold")
    for source_id, days in owed.items():
        out.print(f"  {source_id}: {', '.join(_stretches(days))}", markup=False, highlight=False, soft_wrap=True)
    out.print(
        "The next run reads those first that were begun in the last KEZEK_GAP_DAYS; the others: kezek run --since DAY --source ID",
        style="dim",
    )


def print_off_layout(rows: Sequence[Row]) -> None:
    """The outlets whose pages no longer fit their own parser; nothing where there are none."""
    if not rows:
        return
    out.print()
    out.print("Pages that no longer fit their outlet's own parser (the general one read them)", style="bold")
    for row in rows:
        line = f"  {row['source_id']}: {row['off_layout']} of {row['fetched']} on {row['day']}"
        out.print(line, markup=False, highlight=False, soft_wrap=True)
    out.print("Why: kezek query \"select url, message from unparsed where error = 'LayoutError'\"", style="dim")


def _stretches(days: Sequence[date]) -> list[str]:
    """Sorted days as people say them: `2025-10-01`, `2025-10-03 to 2025-10-05`."""
    ends: list[tuple[date, date]] = []
    for day in days:
        if ends and day - ends[-1][1] == timedelta(days=1):
            ends[-1] = (ends[-1][0], day)
        else:
            ends.append((day, day))
    return [f"{first}" if first == last else f"{first} to {last}" for first, last in ends]


def print_sources(settings: Settings) -> None:
    """The sources file as a table; what was verified of a source stands in its own view."""
    known = load_sources(settings.sources)
    columns = ("id", "kind", "side", "read in", "home")
    rows = ((one.id, one.kind, one.side, " ".join(one.languages), _host(one)) for one in known.values())
    out.print(table(f"{len(known)} sources in {settings.sources.name}", columns, rows))
    out.print("One in full: kezek sources ID", style="dim")


def _host(source: Source) -> str:
    return source.home.partition("://")[2].removeprefix("www.").rstrip("/")


def print_source(settings: Settings, source_id: str) -> None:
    """One source in full. Raises SourceError for an unknown id."""
    source = get_source(load_sources(settings.sources), source_id)
    view = Table.grid(padding=(0, 2))
    view.add_column(style="bold")
    view.add_column(overflow="fold")
    for name, value in source.model_dump().items():
        shown = " ".join(value) if isinstance(value, tuple) else value
        if shown not in (None, ""):
            view.add_row(name, Text(str(shown)))
    out.print(view)
