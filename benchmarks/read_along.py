"""A reader who looks while others write: what `kill_load.py` starts beside a loader.

    python benchmarks/read_along.py ADDRESS SECONDS [--hold]

Opens the warehouse, counts, closes, and again, until the time is over; with --hold it stays open, and on a server in one
transaction. Each look is a line of JSON on stdout: the counts. Any failure ends it with a trace and status 1.
"""

from __future__ import annotations

import json
import sys
import time
from contextlib import nullcontext

from load_nights import as_address

from warehouse.connection import Warehouse, open_warehouse
from warehouse.engine import Engine
from warehouse.state import counts

FIGURES = {
    "later wordings": "SELECT count(*) FROM documents WHERE revision > 1",
    "gone": "SELECT count(*) FROM documents WHERE gone_at IS NOT NULL",
    "superseded": "SELECT count(*) FROM claims WHERE superseded_at IS NOT NULL",
    "current": "SELECT count(*) FROM current_claims",
    "surer": "SELECT count(*) FROM claims WHERE confidence > 0.8",
    "latest": "SELECT cast(max(extracted_at) AS text) FROM annotations",
}
"""What changes with every unit of a night, beside the number of rows."""


def look(warehouse: Warehouse) -> dict[str, object]:
    """What is in the warehouse, by a dozen questions."""
    return {**counts(warehouse), **{name: warehouse.value(sql) for name, sql in FIGURES.items()}}


def told(seen: dict[str, object]) -> str:
    """A look as one line."""
    return json.dumps(seen, sort_keys=True)


def whole(warehouse: Warehouse) -> str:
    """One look at one moment. A file never changes under its reader; on a server, the reader asks for a snapshot."""
    engine: Engine = warehouse.engine
    with warehouse.snapshot() if engine == "postgres" else nullcontext():
        return told(look(warehouse))


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    address, ends = as_address(sys.argv[1]), time.monotonic() + float(sys.argv[2])
    while "--hold" not in sys.argv and time.monotonic() < ends:
        with open_warehouse(address, read_only=True) as warehouse:
            say(whole(warehouse))
    with open_warehouse(address, read_only=True) as warehouse, warehouse.snapshot():
        while time.monotonic() < ends:
            say(told(look(warehouse)))
            time.sleep(0.2)


if __name__ == "__main__":
    main()
