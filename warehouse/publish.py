"""What the analysts read: checked, then, where it is a file, copied whole and put in place in one move."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ingest.errors import WarehouseError
from warehouse.batch import one_batch
from warehouse.connection import Address, Warehouse
from warehouse.duckdb_file import DuckDBFile
from warehouse.quality import Finding, check


@dataclass(frozen=True, slots=True)
class Published:
    """Where analysts read, the size of their file in bytes (None for a server), and what was odd but no reason to stop."""

    address: Address
    bytes: int | None
    warnings: tuple[Finding, ...]


@one_batch
def publish(warehouse: Warehouse, target: Address, *, checked_at: datetime | None = None) -> Published:
    """Check the warehouse; if it is a file and passes, replace the analysts' file `target` by a copy of it.

    Findings are kept in `quality_findings`, at `checked_at` (default: now). Whoever has the old file open goes on reading
    it. A server has nothing to copy: its readers never wait for its writers. Raises WarehouseError where a finding is
    blocking (an old file stays), or the copy can't be written.
    """
    warehouse.gather_statistics()
    findings = check(warehouse, checked_at)
    blocking = [finding for finding in findings if finding.blocking]
    if blocking:
        first = blocking[0]
        raise WarehouseError(
            f"Not published: {len(blocking)} blocking finding{'' if len(blocking) == 1 else 's'} (kezek quality), the first "
            f"in {first.table_name} {first.row_key}: {first.message}"
        )
    size = _replace(warehouse, Path(target)) if isinstance(warehouse, DuckDBFile) else None
    return Published(target, size, tuple(findings))


def _replace(warehouse: DuckDBFile, target: Path) -> int:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        # The warehouse has one writer, so what lies here is what a killed publish left.
        for stale in target.parent.glob(f".{target.name}.*.part*"):
            stale.unlink()
        part = target.with_name(f".{target.name}.{os.getpid()}.part")
        try:
            _copy(warehouse, part)
            size = part.stat().st_size
            part.replace(target)
        finally:
            for left in (part, part.with_name(f"{part.name}.wal")):
                left.unlink(missing_ok=True)
    except OSError as error:
        raise WarehouseError(f"{target} can't be replaced: {error.strerror or error}.") from error
    return size


def _copy(warehouse: DuckDBFile, part: Path) -> None:
    place = str(part).replace("'", "''")
    name = str(warehouse.value("SELECT current_database()")).replace('"', '""')
    warehouse.execute(f"ATTACH '{place}' AS published")
    try:
        warehouse.execute(f'COPY FROM DATABASE "{name}" TO published')
    finally:
        warehouse.execute("DETACH published")
    with part.open("rb") as written:
        os.fsync(written.fileno())
