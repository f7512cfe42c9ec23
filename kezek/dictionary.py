"""The data dictionary as a person reads it: tables in a terminal, Markdown everywhere else."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from rich.table import Table
from rich.text import Text

from kezek.console import out
from warehouse.dictionary import Relation, data_dictionary, relation_named, relations, section


def print_schema(name: str | None = None) -> None:
    """Print the whole dictionary, or one table or view. Raises InputError for an unknown name."""
    if not out.is_terminal:
        sys.stdout.write(section(relation_named(name)) if name else data_dictionary())
    elif name:
        _show(relation_named(name))
    else:
        _show_all(relations())


def _show_all(found: Iterable[Relation]) -> None:
    for one in found:
        _show(one)
        out.print()
    out.print("All times are UTC. One of them: kezek schema NAME; as Markdown: kezek schema | less", style="dim")


def _show(relation: Relation) -> None:
    out.print(Text.assemble((relation.name, "bold"), (f"  {relation.kind}", "dim")))
    out.print(Text(relation.meaning))
    if relation.question:
        out.print(Text(relation.question, style="italic green"))
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True, style="cyan")
    grid.add_column(no_wrap=True, style="dim")
    grid.add_column()
    for column in relation.columns:
        grid.add_row(Text(column.name), Text(column.type), Text(column.meaning))
    out.print(grid)
