"""The schema as numbered SQL files: which of them a warehouse has had, and the ones it still lacks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.errors import NotAWarehouseError, NoWarehouseError, SchemaError, WarehouseError
from warehouse.batch import one_batch

if TYPE_CHECKING:
    from warehouse.engine import Engine, Warehouse

FOLDER = Path(__file__).resolve().parent / "migrations"
_POSTGRES = ".postgres.sql"


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered step of the schema; `postgres` is what only PostgreSQL runs after it."""

    number: int
    name: str
    sql: str
    postgres: str = ""

    def script(self, engine: Engine) -> str:
        """The step's statements for one engine."""
        return f"{self.sql}\n{self.postgres}" if engine == "postgres" else self.sql


@cache
def migrations() -> tuple[Migration, ...]:
    """All steps in order. Raises WarehouseError where a number is missing or doubled."""
    found = []
    for path in sorted(FOLDER.glob("*.sql")):
        if path.name.endswith(_POSTGRES):
            continue
        match = re.fullmatch(r"(\d{4})_(\w+)\.sql", path.name)
        if match is None:
            raise WarehouseError(f"{path.name} is no name of a migration: it wants 0001_what_it_does.sql.")
        beside = path.with_name(path.stem + _POSTGRES)
        postgres = beside.read_text(encoding="utf-8") if beside.exists() else ""
        found.append(Migration(int(match[1]), match[2], path.read_text(encoding="utf-8"), postgres))
    if [step.number for step in found] != list(range(1, len(found) + 1)):
        raise WarehouseError("The numbers of the migrations do not run from 1 without a gap.")
    return tuple(found)


def schema_version(warehouse: Warehouse) -> int:
    """The number of the last step that this warehouse has had; 0 for an empty one.

    Raises NotAWarehouseError where tables stand in it that are not kezek's.
    """
    tables = {row["table_name"] for row in warehouse.rows(_TABLES)}
    if not tables:
        return 0
    if "schema_migrations" not in tables:
        raise NotAWarehouseError(f"{warehouse.place} holds another schema than kezek's.")
    columns = {row["column_name"] for row in warehouse.rows(_COLUMNS)}
    if columns != {"number", "name", "applied_at"}:
        raise NotAWarehouseError(f"{warehouse.place} has migrations of another program.")
    names = {row["number"]: row["name"] for row in warehouse.rows("SELECT number, name FROM schema_migrations")}
    for step in migrations():
        if names.get(step.number, step.name) != step.name:
            raise NotAWarehouseError(f"{warehouse.place} has migrations of another program.")
    return max(names, default=0)


def check_schema(warehouse: Warehouse) -> None:
    """Raises SchemaError where the warehouse is newer than this kezek, or older and can't be changed from here."""
    version, known = schema_version(warehouse), len(migrations())
    if version > known:
        raise SchemaError(f"{warehouse.place} has schema {version}; this kezek knows {known}: use a newer kezek.")
    if warehouse.read_only and version == 0:
        if warehouse.engine == "postgres":
            raise NoWarehouseError(f"There is no warehouse at {warehouse.place} yet: it has no tables.")
        raise NotAWarehouseError(f"{warehouse.place} is empty.")
    if warehouse.read_only and version < known:
        raise SchemaError(
            f"{warehouse.place} has schema {version}; this kezek wants {known}: {_renewed_by(warehouse)}."
        )


def _renewed_by(warehouse: Warehouse) -> str:
    return "publish it again" if warehouse.engine == "duckdb" else "the next run with it brings it up to date"


@one_batch
def migrate(warehouse: Warehouse) -> int:
    """Apply the steps that are missing, all in one transaction; how many there were."""
    if schema_version(warehouse) == len(migrations()):
        return 0
    with warehouse.transaction():
        warehouse.lock_schema()
        missing = migrations()[schema_version(warehouse) :]
        for step in missing:
            warehouse.execute(step.script(warehouse.engine))
            warehouse.execute(
                "INSERT INTO schema_migrations (number, name, applied_at) VALUES (?, ?, ?)",
                [step.number, step.name, datetime.now(UTC)],
            )
    return len(missing)


_TABLES = "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()"
_COLUMNS = (
    "SELECT column_name FROM information_schema.columns "
    "WHERE table_schema = current_schema() AND table_name = 'schema_migrations'"
)
