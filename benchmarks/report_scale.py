"""How long the report takes, and how large it is, from a warehouse of any size.

    python benchmarks/report_scale.py [N] [FILE]      N documents and claims (default 100000); FILE: one that is there

Generates the warehouse by `warehouse_rows.py` where FILE is not named, then writes the report once in a fresh process, as
`kezek report` does, and prints one line: seconds (wall and processor), bytes, rows. The bar: 100,000 claims under 20 s and
3 MB.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
_WRITE = """
import sys, time
from pathlib import Path
started = time.perf_counter()
from kezek.report.page import write_report
from warehouse.connection import open_warehouse
write_report(Path(sys.argv[1]), Path(sys.argv[2]))
seconds, processor = time.perf_counter() - started, time.process_time()
with open_warehouse(Path(sys.argv[1]), read_only=True) as warehouse:
    rows = {name: warehouse.value(f"SELECT count(*) AS n FROM {name}") for name in ("documents", "claims", "observations")}
told = ", ".join(f"{number:,} {name}" for name, number in rows.items())
print(f"{seconds:.1f} s ({processor:.1f} s of processor), {Path(sys.argv[2]).stat().st_size:,} bytes, from {told}")
"""


def main() -> None:
    """Measure once and print it."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        warehouse = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(folder) / "kezek.duckdb"
        if not warehouse.exists():
            subprocess.run([sys.executable, str(HERE / "warehouse_rows.py"), str(number), str(warehouse)], check=True)
        subprocess.run(
            [sys.executable, "-c", _WRITE, str(warehouse), str(Path(folder) / "r.html")], check=True, cwd=HERE.parent
        )


if __name__ == "__main__":
    main()
