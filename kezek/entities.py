"""Names that the knowledge base lacks, as its curator wants to see them: behind `kezek entities propose`."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

from kezek.console import out
from kezek.settings import Settings
from kezek.tables import shown, table
from nlp.proposals import Proposal
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
            sys.stdout.write(json.dumps(asdict(one), ensure_ascii=False) + "\n")
    elif output == "toml":
        sys.stdout.write("\n".join(shown(one.toml) for one in found))
    else:
        out.print(table("Names that recur and are not in the knowledge base", _COLUMNS, map(_row, found)))
        out.print(f"{len(found)} name{'' if len(found) == 1 else 's'}; as TOML to paste: --format toml", style="dim")


def _row(one: Proposal) -> tuple[object, ...]:
    near = one.nearest
    spellings = " · ".join(dict.fromkeys(form.name for form in one.names))
    known = (near.name, near.likeness) if near else (None, None)
    return spellings, one.label, one.documents, one.sources, one.side, *known
