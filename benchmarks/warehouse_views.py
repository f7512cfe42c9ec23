"""How long every view takes, whole and counted, on DuckDB as analysts open it, with 10,000 to 1,000,000 rows.

    make bench-warehouse      or: .venv/bin/python benchmarks/warehouse_views.py [ROWS …] [--rounds N]

ROWS claims and ROWS document revisions of `warehouse_rows.py` (without any: 10,000, 100,000 and 1,000,000, which wants
15 GB of disk). Read-only, 2 GB of memory, 2 threads. Wall seconds, the median of the rounds; `*` is `SELECT *` as an
Arrow table, `count` is `SELECT count(*)`.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import duckdb
from race import machine
from warehouse_rows import build

from ingest.errors import WarehouseError
from kezek.console import out
from warehouse.connection import Warehouse
from warehouse.duckdb_file import READ_ONLY, DuckDBFile

SIZES = (10_000, 100_000, 1_000_000)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("rows", type=int, nargs="*", default=SIZES)
    arguments.add_argument("--rounds", type=int, default=3)
    given = arguments.parse_args()
    found: dict[str, list[str]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for size in given.rows:
            path = Path(folder) / f"{size}.duckdb"
            build(path, size)
            connection = duckdb.connect(str(path), read_only=True, config={**READ_ONLY, "threads": "2"})
            with DuckDBFile(path, connection, read_only=True) as warehouse:
                for view in [row["name"] for row in warehouse.relations() if row["kind"] == "view"]:
                    cells = found.setdefault(view, [])
                    cells += [
                        _seconds(warehouse, f"SELECT {what} FROM {view}", given.rounds) for what in ("*", "count(*)")
                    ]
            path.unlink()
    out.print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {machine()}; load {os.getloadavg()[1]:.1f}", soft_wrap=True)
    head = ["view", *(f"{size:,}: {what}" for size in given.rows for what in ("*", "count"))]
    lines = [head, ["---"] * len(head), *([view, *cells] for view, cells in found.items())]
    out.print("\n".join(f"| {' | '.join(line)} |" for line in lines), soft_wrap=True, markup=False, highlight=False)


def _seconds(warehouse: Warehouse, sql: str, rounds: int) -> str:
    times = []
    try:
        for _ in range(rounds):
            began = time.perf_counter()
            warehouse.arrow(sql)
            times.append(time.perf_counter() - began)
    except WarehouseError as error:
        return str(error)[:60]
    return f"{median(times):.2f}"


if __name__ == "__main__":
    main()
