"""What a warehouse may hold while nights are loaded into it: its states, and the processes that load and read."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from threading import Thread

import pyarrow as pa
import pyarrow.compute as pc
from load_nights import NIGHTS, UNITS, night, units
from read_along import look, told

from warehouse.connection import Address, Warehouse, open_warehouse

SCRIPTS = Path(__file__).resolve().parent

State = Mapping[str, str]
"""The hash of every table's rows."""


@dataclass(slots=True)
class Undisturbed:
    """What the tables hold after each transaction of a load that nobody disturbs, what a reader then sees, and how long a
    loader takes from opening the warehouse to its first unit and for each night (seconds)."""

    states: list[State] = field(default_factory=list)
    looks: list[str] = field(default_factory=list)
    open_s: float = 0.0
    night_s: list[float] = field(default_factory=list)


class Child:
    """A script of this folder at work; `marks` are the lines that it has told, each with the time when it was read."""

    def __init__(self, script: str, *arguments: object, log: Path) -> None:
        command = [sys.executable, str(SCRIPTS / script), *map(str, arguments)]
        with log.open("ab") as file:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=file)
        self.log = log
        self.marks: list[tuple[float, str]] = []
        self._listener = Thread(target=self._listen, daemon=True)
        self._listener.start()

    @property
    def told(self) -> list[str]:
        """The lines so far; `starting` before the first."""
        return ["starting", *(line for _, line in self.marks)]

    def until(self, wanted: str) -> None:
        """Wait until it has told this. Raises SystemExit where it ends before."""
        while wanted not in self.told:
            if not self._listener.is_alive() and wanted not in self.told:
                self._fail()
            time.sleep(0.002)

    def ended(self) -> None:
        """Let it end by itself. Raises SystemExit where that is with an error."""
        if self.process.wait():
            self._fail()
        self._listener.join()

    def kill(self) -> str:
        """Kill it; gives the last line that it told, "" where that was `done`."""
        self.process.kill()
        self.process.wait()
        self._listener.join()
        return "" if self.told[-1] == "done" else self.told[-1]

    def _listen(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            for line in lines:
                self.marks.append((time.monotonic(), line.decode().strip()))

    def _fail(self) -> None:
        said = self.log.read_text(encoding="utf-8")[-3000:]
        raise SystemExit(f"A process that should have gone on ended with status {self.process.wait()}: {said}")


def state(warehouse: Warehouse) -> State:
    """A hash of each table's rows, all columns; when the schema was made is no matter."""
    tables = [row["name"] for row in warehouse.relations() if row["kind"] == "table"]
    with warehouse.snapshot():
        return {name: _hash(warehouse, name) for name in tables if name != "schema_migrations"}


def _hash(warehouse: Warehouse, name: str) -> str:
    columns = ", ".join(row["name"] for row in warehouse.columns(name))
    rows = sorted(repr(list(row.values())) for row in _plain(warehouse.arrow(f"SELECT {columns} FROM {name}")))
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def _plain(table: pa.Table) -> list[dict[str, object]]:
    """The rows, times as microseconds: the same on both engines."""
    for place, one in enumerate(table.schema):
        if pa.types.is_timestamp(one.type):
            table = table.set_column(place, one.name, pc.cast(table[one.name], pa.int64()))
    return table.to_pylist()


def doubled(warehouse: Warehouse) -> list[str]:
    """Tables in which a key stands twice."""
    keys = {"claims": "claim_id", "observations": "observation_id", "mentions": "mention_id", "fetches": "fetch_id"}
    keys |= {"entities": "entity_id", "documents": "document_id || ' ' || content_sha256"}
    keys |= {"annotations": "document_id || content_sha256 || model_version", "unparsed": "unparsed_id"}
    asked = "SELECT count(*) - count(DISTINCT {}) FROM {}"
    return [f"{name} has a key twice" for name, key in keys.items() if warehouse.value(asked.format(key, name))]


def undisturbed(home: Path, address: Address, other: Address) -> Undisturbed:
    """Load all nights in this process and keep the states; then in a loader, and keep its times."""
    found = Undisturbed()
    published = home / "states.duckdb"
    with open_warehouse(address) as warehouse:
        found.states.append(state(warehouse))
        found.looks.append(told(look(warehouse)))
        for number in range(1, NIGHTS + 1):
            for _, work in units(night(number), published):
                work(warehouse)
                found.states.append(state(warehouse))
                found.looks.append(told(look(warehouse)))
    loader = Child("load_nights.py", other, home / "times.duckdb", 1, NIGHTS, log=home / "undisturbed.log")
    loader.ended()
    with open_warehouse(other) as warehouse:
        if state(warehouse) != found.states[-1]:
            raise SystemExit("Two undisturbed loads differ.")
    begun = {line: at for at, line in loader.marks}
    starts = [begun[f"{number} {UNITS[0]} start"] for number in range(1, NIGHTS + 1)]
    found.open_s = starts[0] - begun["ready"]
    found.night_s = [after - before for before, after in pairwise([*starts, begun["done"]])]
    return found
