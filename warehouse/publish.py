"""The analysts' file: checked, copied whole, and put in place in one move."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ingest.errors import WarehouseError
from warehouse.connection import Warehouse
from warehouse.quality import Finding, find, record


@dataclass(frozen=True, slots=True)
class Published:
    """The file that analysts read, its size in bytes, and what was odd but no reason to stop."""

    path: Path
    bytes: int
    warnings: tuple[Finding, ...]


def publish(warehouse: Warehouse, target: Path, *, checked_at: datetime | None = None) -> Published:
    """Replace the analysts' file `target` by a copy of the warehouse, if that passes its checks.

    Findings are kept in `quality_findings`, at `checked_at` (default: now). Whoever has the old file open goes on reading
    it. Raises WarehouseError, and leaves the old file, where a finding is blocking or the copy can't be written.
    """
    findings = find(warehouse)
    record(warehouse, findings, checked_at)
    blocking = [finding for finding in findings if finding.blocking]
    if blocking:
        first = blocking[0]
        raise WarehouseError(
            f"Not published: {len(blocking)} findings in quality_findings, the first in {first.table_name} "
            f"{first.row_key}: {first.message}"
        )
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
            part.unlink(missing_ok=True)
    except OSError as error:
        raise WarehouseError(f"{target} can't be replaced: {error.strerror or error}.") from error
    return Published(target, size, tuple(findings))


def _copy(warehouse: Warehouse, part: Path) -> None:
    place = str(part).replace("'", "''")
    name = str(warehouse.value("SELECT current_database()")).replace('"', '""')
    warehouse.execute(f"ATTACH '{place}' AS published")
    try:
        warehouse.execute(f'COPY FROM DATABASE "{name}" TO published')
    finally:
        warehouse.execute("DETACH published")
    with part.open("rb") as written:
        os.fsync(written.fileno())
