"""The knowledge base's curator: the names that it lacks, and whether its files are in order."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path

from kezek.console import out
from kezek.settings import Settings
from kezek.tables import json_line, shown, table
from nlp.knowledge import FOLDER, read_knowledge
from nlp.proposals import DISMISSED, Proposal, read_dismissed
from warehouse.connection import open_warehouse
from warehouse.proposals import proposed

_COLUMNS = ("name", "label", "documents", "sources", "side", "nearest known", "likeness")


def print_proposals(settings: Settings, output: str, *, min_documents: int, min_sources: int) -> None:
    """Print what the published warehouse proposes as `table`, `toml` or `json` (one object a line).

    Raises WarehouseError if there is none.
    """
    with open_warehouse(settings.published, read_only=True) as warehouse:
        found = proposed(warehouse, min_documents=min_documents, min_sources=min_sources)
    if output == "json":
        for one in found:
            sys.stdout.write(json_line(asdict(one)))
    elif output == "toml":
        sys.stdout.write("\n".join(shown(one.toml) for one in found))
    else:
        out.print(table("Names that recur and are not in the knowledge base", _COLUMNS, map(_row, found)))
        out.print(f"{len(found)} name{'' if len(found) == 1 else 's'}; as TOML to paste: --format toml", style="dim")


def check(folder: Path | None = None) -> None:
    """Read the knowledge base and the list of the dismissed in `folder` (the shipped one), and print how much they hold.

    Raises KnowledgeError naming file and line.
    """
    folder = folder or FOLDER
    base, dismissed = read_knowledge(folder), read_dismissed(folder / DISMISSED.name)
    entities = f"{len(base)} entit{'y' if len(base) == 1 else 'ies'}"
    names = f"{len(dismissed)} name{'' if len(dismissed) == 1 else 's'}"
    sys.stdout.write(f"The knowledge base has {entities}, the list of the dismissed {names}.\n")


def _row(one: Proposal) -> tuple[object, ...]:
    near = one.nearest
    spellings = " · ".join(dict.fromkeys(form.name for form in one.names))
    known = (near.name, near.likeness) if near else (None, None)
    return spellings, one.label, one.documents, one.sources, one.side, *known
