"""`kezek sources check`: which sources work today, as a table for people or as JSON lines."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from tempfile import TemporaryDirectory

from rich.cells import cell_len
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from ingest.fetch import FetchSettings
from ingest.source import Source, get_source, load_sources
from ingest.source_check import ListCheck, SourceCheck, check_sources
from kezek.console import err, out
from kezek.settings import Settings
from kezek.steps import fetch_settings
from kezek.tables import shown

STYLES = {"works": "green", "partly": "yellow", "fails": "red"}
PLAIN_WIDTH = 100
"""Columns of the table where nobody says how wide the paper is: in a pipe or a file."""


def check(
    settings: Settings,
    source_ids: Sequence[str],
    *,
    day: date | None = None,
    keep: bool = False,
    as_json: bool = False,
    limit_s: float = 300.0,
) -> bool:
    """Check the sources with these ids (default: all) and print what came of it; True where none fails.

    `day` (default: yesterday, UTC) is the one whose archive pages are read. The responses go to a temporary archive, or with
    `keep` to that of the settings; the warehouse is not touched. Raises SourceError for an unknown id, ArchiveError where the
    archive can't be written.
    """
    known = load_sources(settings.sources)
    sources = [get_source(known, source_id) for source_id in dict.fromkeys(source_ids)] or list(known.values())
    now = datetime.now(UTC)
    day = day or now.date() - timedelta(days=1)
    run_id = f"check-{now:%Y%m%dT%H%M%S}"
    # A look, not a night: a host that does not answer twice is told, not waited for.
    polite = replace(fetch_settings(settings), attempts=2, retry_after_cap_s=20.0)
    if keep:
        checks = _run(sources, settings.archive, polite, run_id, day, settings.channel_host, limit_s)
    else:
        with TemporaryDirectory(prefix="kezek-check-") as folder:
            checks = _run(sources, folder, polite, run_id, day, settings.channel_host, limit_s)
    if as_json:
        for one in checks:
            sys.stdout.write(json.dumps(check_json(one), ensure_ascii=False) + "\n")
    else:
        _print(checks)
    return all(one.verdict != "fails" for one in checks)


def check_json(one: SourceCheck) -> dict[str, object]:
    """One source's check as plain JSON values; times are ISO 8601."""
    row: dict[str, object] = json.loads(json.dumps(asdict(one), default=lambda value: value.isoformat()))
    return row


def _run(
    sources: Sequence[Source],
    archive: str,
    polite: FetchSettings,
    run_id: str,
    day: date,
    channel_host: str,
    limit_s: float,
) -> list[SourceCheck]:
    columns = (
        TextColumn("Checking"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[last]}"),
    )
    with Progress(*columns, console=err, transient=True) as progress:
        bar = progress.add_task("", total=len(sources), last="")

        def told(one: SourceCheck) -> None:
            progress.update(bar, advance=1, last=f"{one.source_id} {one.verdict}")
            if not err.is_terminal:
                err.print(f"{one.source_id}: {one.verdict}", markup=False)

        return check_sources(
            sources, archive, polite, run_id, day, channel_host=channel_host, limit_s=limit_s, told=told
        )


def _print(checks: Sequence[SourceCheck]) -> None:
    # In a pipe or a file nobody says how wide the paper is.
    width = out.width if out.is_terminal else PLAIN_WIDTH
    rows, needed = _rows(checks)
    if needed <= width or not out.is_terminal:
        Console(highlight=False, width=max(width, needed)).print(_table(rows, max(width - needed, 0)))
    else:
        for one in checks:
            out.print(_below_each_other(one))
    reasons = [one for one in checks if one.reason]
    if reasons:
        out.print()
        out.print("What is wrong", style="bold")
    for one in reasons:
        out.print(Text.assemble("  ", (one.source_id, STYLES[one.verdict]), f": {shown(one.reason)}"), soft_wrap=True)
    out.print()
    counts = [f"{sum(one.verdict == verdict for one in checks)} {verdict}" for verdict in STYLES]
    out.print(f"{len(checks)} source{'s' if len(checks) != 1 else ''}: {', '.join(counts)}")


COLUMNS = ("source", "verdict", "list", "status", "items", "newest, UTC", "back to", "article, letters")
LEAST_ARTICLE = 18
"""Columns of the terminal that the article's reader and first words need."""


def _rows(checks: Sequence[SourceCheck]) -> tuple[list[list[list[str]]], int]:
    """For each source, for each of COLUMNS, its lines; and how wide all that must at least be."""
    rows: list[list[list[str]]] = []
    for one in checks:
        lists = [_cells(listed) for listed in one.lists]
        by_column = [[line[number] for line in lists] for number in range(len(COLUMNS) - 3)]
        rows.append([[one.source_id], [one.verdict], *by_column, _article(one)])
    widest = [
        max(cell_len(line) for line in (name, *(line for row in rows for line in row[n])))
        for n, name in enumerate(COLUMNS)
    ]
    return rows, sum(widest[:-1]) + len(widest) - 1 + LEAST_ARTICLE


def _table(rows: Sequence[Sequence[Sequence[str]]], spare: int) -> Table:
    """One row a source, in it one line a list. Items are `of them articles by their address/all`, where these differ."""
    view = Table(header_style="bold", box=None, pad_edge=False, padding=(0, 1, 0, 0))
    for name in COLUMNS:
        view.add_column(name, no_wrap=True, justify="right" if name == "items" else "left")
    for row in rows:
        cells = [Text("\n".join(lines)) for lines in row]
        cells[1].stylize(STYLES[row[1][0]])
        article = [Text(line) for line in row[-1]]
        for line in article:
            line.truncate(LEAST_ARTICLE + spare, overflow="ellipsis")
        view.add_row(*cells[:-1], Text("\n").join(article))
    return view


def _cells(listed: ListCheck) -> tuple[str, ...]:
    """One line of the table: what stands in COLUMNS from the list on, without the article."""
    items = str(listed.items) if listed.items == listed.matching else f"{listed.matching}/{listed.items}"
    return (
        listed.kind,
        cut(shown(listed.status), 14),
        items if listed.status == "ok" else "",
        f"{listed.newest:%m-%d %H:%M}" if listed.newest else "",
        f"{listed.reaches_back_to:%Y-%m-%d}" if listed.reaches_back_to else "",
    )


def cut(text: str, most: int) -> str:
    """The text, or so much of it that it has at most so many characters."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _article(one: SourceCheck) -> list[str]:
    """What one article gave: who read it and how many letters; its day and the first words of its title."""
    if one.article is None:
        return []
    if not one.article.readable:
        return ["not read"]
    day = f"{one.article.published_at:%Y-%m-%d}" if one.article.published_at else "no date"
    reader = "generic" if one.article.reader == "generic" else "own class"
    return [f"{reader}, {one.article.letters}", f"{day} {shown(one.article.title)}"]


def _below_each_other(one: SourceCheck) -> Table:
    view = Table.grid(padding=(0, 1))
    view.add_row(Text(one.source_id, style="bold"), Text(one.verdict, style=STYLES[one.verdict]))
    for listed in one.lists:
        kind, status, items, newest, back = _cells(listed)
        counts = f"{items} items, newest {newest or 'unknown'}, back to {back or 'unknown'}" if items else ""
        view.add_row(Text(f"  {kind}"), Text(f"{status} {counts}".strip()))
    if one.article:
        view.add_row(Text("  article"), Text(": ".join(_article(one))))
    return view
