"""The data dictionary: what every table, view and column means, from the database's own comments."""

from __future__ import annotations

from warehouse.connection import Row, Warehouse, open_in_memory

_HEAD = """# The warehouse, table by table

Generated from the comments that the schema itself carries (`warehouse/migrations/`); a test keeps the two the same. All
times are UTC. Analysts read the views first: `current_claims`, `narratives_daily`, `contested`, `position_changes`,
`carriers`, `queue_timeline`, `review`.
"""


def data_dictionary() -> str:
    """Markdown: one section a view, then one a table, each with its columns."""
    with open_in_memory() as warehouse:
        return _dictionary(warehouse)


def _dictionary(warehouse: Warehouse) -> str:
    parts = [_HEAD]
    for kind, heading in (("view", "Views"), ("table", "Tables")):
        parts.append(f"## {heading}\n")
        for relation in warehouse.rows(
            f"SELECT {kind}_name AS name, comment FROM duckdb_{kind}s() WHERE NOT internal ORDER BY {kind}_name"
        ):
            parts.append(_section(relation, _columns(warehouse, relation["name"])))
    return "\n".join(parts)


def _columns(warehouse: Warehouse, name: str) -> list[Row]:
    return warehouse.rows(
        "SELECT column_name, lower(data_type) AS data_type, is_nullable, comment "
        "FROM duckdb_columns() WHERE NOT internal AND table_name = ? ORDER BY column_index",
        [name],
    )


def _section(relation: Row, columns: list[Row]) -> str:
    lines = [f"### `{relation['name']}`\n", f"{relation['comment']}\n", "| column | type | meaning |", "|---|---|---|"]
    for column in columns:
        kind = column["data_type"].replace("timestamp with time zone", "timestamptz").replace("varchar", "text")
        comment = column["comment"].replace("|", "\\|")
        lines.append(f"| `{column['column_name']}` | {kind} | {comment} |")
    return "\n".join(lines) + "\n"
