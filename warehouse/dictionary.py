"""The data dictionary: what every table, view and column means, from the database's own comments."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from ingest.errors import InputError
from warehouse.connection import Warehouse, open_in_memory

_QUESTION = " Question: "
_HEAD = """# The warehouse, table by table

Generated from the comments that the schema itself carries (`warehouse/migrations/`); a test keeps the two the same. All
times are UTC. Analysts read the views first: `current_claims`, `narratives_daily`, `contested`, `position_changes`,
`carriers`, `queue_timeline`, `review`.
"""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its type as both engines call it, and what it means."""

    name: str
    type: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Relation:
    """A table or view: what it holds, in a line, and the question that it answers (None where its comment has none)."""

    kind: Literal["table", "view"]
    name: str
    meaning: str
    question: str | None
    columns: tuple[Column, ...]


def relations_of(warehouse: Warehouse) -> tuple[Relation, ...]:
    """Every table and view of a warehouse by name, views first."""
    found = []
    for row in sorted(warehouse.relations(), key=lambda row: (row["kind"] != "view", row["name"])):
        meaning, _, question = (row["comment"] or "").partition(_QUESTION)
        columns = (
            Column(one["name"], one["type"].replace("timestamp with time zone", "timestamptz"), one["comment"] or "")
            for one in warehouse.columns(row["name"])
        )
        found.append(Relation(row["kind"], row["name"], meaning, question or None, tuple(columns)))
    return tuple(found)


def relations() -> tuple[Relation, ...]:
    """Every table and view of the schema that this kezek writes, by name, views first."""
    with open_in_memory() as warehouse:
        return relations_of(warehouse)


def relation_named(name: str) -> Relation:
    """The table or view of that name, in small or capital letters. Raises InputError that names the nearest one."""
    known = {one.name: one for one in relations()}
    asked = name.strip().casefold()
    if asked in known:
        return known[asked]
    near = [*get_close_matches(asked, known, 1, 0.0)[:1], *[one for one in known if asked and asked in one]][-1]
    raise InputError(f"there is no table or view {name!r}; the nearest is {near} (all of them: kezek schema).")


def data_dictionary() -> str:
    """Markdown: one section a view, then one a table, each with its columns."""
    return markdown(relations())


def markdown(found: tuple[Relation, ...]) -> str:
    """The whole dictionary as Markdown."""
    parts = [_HEAD]
    for kind, heading in (("view", "Views"), ("table", "Tables")):
        parts.append(f"## {heading}\n")
        parts += [section(one) for one in found if one.kind == kind]
    return "\n".join(parts)


def section(relation: Relation) -> str:
    """One table or view as Markdown: meaning, question on a line of its own, columns."""
    question = [f"Question: *{relation.question}*\n"] if relation.question else []
    lines = [
        f"### `{relation.name}`\n",
        f"{relation.meaning}\n",
        *question,
        "| column | type | meaning |",
        "|---|---|---|",
    ]
    for column in relation.columns:
        meaning = column.meaning.replace("|", "\\|")
        lines.append(f"| `{column.name}` | {column.type} | {meaning} |")
    return "\n".join(lines) + "\n"
