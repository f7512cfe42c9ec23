"""The schema as numbered SQL files: which of them a warehouse has had, and the ones it still lacks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.errors import NotAWarehouseError, SchemaError, WarehouseError

if TYPE_CHECKING:
    from warehouse.connection import Warehouse

FOLDER = Path(__file__).resolve().parent / "migrations"


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered step of the schema."""

    number: int
    name: str
    sql: str


@cache
def migrations() -> tuple[Migration, ...]:
    """All steps in order. Raises WarehouseError where a number is missing or doubled."""
    found = []
    for path in sorted(FOLDER.glob("*.sql")):
        match = re.fullmatch(r"(\d{4})_(\w+)\.sql", path.name)
        if match is None:
            raise WarehouseError(f"{path.name} is no name of a migration: it wants 0001_what_it_does.sql.")
        found.append(Migration(int(match[1]), match[2], path.read_text(encoding="utf-8")))
    if [step.number for step in found] != list(range(1, len(found) + 1)):
        raise WarehouseError("The numbers of the migrations do not run from 1 without a gap.")
    return tuple(found)


def schema_version(warehouse: Warehouse) -> int:
    """The number of the last step that this warehouse has had; 0 for an empty file.

    Raises NotAWarehouseError where tables stand in the file that are not kezek's.
    """
    tables = {row["table_name"] for row in warehouse.rows(_TABLES)}
    if not tables:
        return 0
    if "schema_migrations" not in tables:
        raise NotAWarehouseError(f"{warehouse.path} is a DuckDB file, but holds another schema than kezek's.")
    columns = {row["column_name"] for row in warehouse.rows(_COLUMNS)}
    if columns != {"number", "name", "applied_at"}:
        raise NotAWarehouseError(f"{warehouse.path} has migrations of another program.")
    names = {row["number"]: row["name"] for row in warehouse.rows("SELECT number, name FROM schema_migrations")}
    for step in migrations():
        if names.get(step.number, step.name) != step.name:
            raise NotAWarehouseError(f"{warehouse.path} has migrations of another program.")
    return max(names, default=0)


def check_schema(warehouse: Warehouse) -> None:
    """Raises SchemaError where the warehouse is newer than this kezek, or older and can't be changed from here."""
    version, known = schema_version(warehouse), len(migrations())
    if version > known:
        raise SchemaError(f"{warehouse.path} has schema {version}; this kezek knows {known}: use a newer kezek.")
    if warehouse.read_only and version == 0:
        raise NotAWarehouseError(f"{warehouse.path} is empty.")
    if warehouse.read_only and version < known:
        raise SchemaError(f"{warehouse.path} has schema {version}; this kezek wants {known}: publish it again.")


def migrate(warehouse: Warehouse) -> int:
    """Apply the steps that are missing, all in one transaction; how many there were."""
    missing = migrations()[schema_version(warehouse) :]
    if missing:
        with warehouse.transaction():
            for step in missing:
                warehouse.execute(step.sql)
                warehouse.execute(
                    "INSERT INTO schema_migrations (number, name, applied_at) VALUES (?, ?, ?)",
                    [step.number, step.name, datetime.now(UTC)],
                )
    return len(missing)


_TABLES = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'main'"
_COLUMNS = "SELECT column_name FROM information_schema.columns WHERE table_name = 'schema_migrations'"
