"""The writers' and readers' door to the warehouse: opened safely or not at all."""

from __future__ import annotations

from pathlib import Path

from ingest.retries import tell_retries
from warehouse.address import Address, is_postgres, place
from warehouse.duckdb_file import open_file, open_memory
from warehouse.engine import Row, Warehouse, first_line
from warehouse.postgres import open_server
from warehouse.schema import check_schema, migrate

__all__ = ["Address", "Row", "Warehouse", "first_line", "open_in_memory", "open_warehouse", "place"]

READERS_PATIENCE_SECONDS = 5.0


def open_warehouse(address: Address, *, read_only: bool = False, patience_seconds: float = 30.0) -> Warehouse:
    """Open the warehouse at `address`, a DuckDB file or a `postgresql://` address; a writer makes the schema if there is
    none and brings an older one up to date.

    While another process holds a file, or a server does not answer, tries again for `patience_seconds` with growing
    waits. Raises NotAWarehouseError (no DuckDB file, or another schema), SchemaError (written by a newer kezek),
    WarehouseError (not there, not permitted, still locked). Nothing is written where it raises.
    """
    tell_retries()
    warehouse: Warehouse
    if is_postgres(address):
        # A person who asks is not kept waiting for a server that is not there.
        patience = min(patience_seconds, READERS_PATIENCE_SECONDS) if read_only else patience_seconds
        warehouse = open_server(address, read_only=read_only, patience_seconds=patience)
    else:
        warehouse = open_file(Path(address), read_only=read_only, patience_seconds=patience_seconds)
    try:
        check_schema(warehouse)
        if not read_only:
            migrate(warehouse)
    except BaseException:
        warehouse.close()
        raise
    return warehouse


def open_in_memory() -> Warehouse:
    """An empty warehouse that is gone when it is closed."""
    warehouse = open_memory()
    migrate(warehouse)
    return warehouse
