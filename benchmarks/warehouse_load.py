"""Rows a second into the warehouse, beside the bare engine's own bulk load of the same Arrow table, and beside dlt.

    make bench-warehouse      or: .venv/bin/python benchmarks/warehouse_load.py [ROWS] [--rounds N]

ROWS claims and ROWS documents of `warehouse_rows.py`, on DuckDB and on a PostgreSQL server of its own (fsync off, as the
tests start it). In a round the contenders load the same tables in turn, each into a new place; every other round goes
backwards. A ratio is that of one round; the table has the medians.

- ours: `warehouse.upsert.upsert` of the staged table in a transaction, by key, as every load does it; `again` is the same
  table once more: nothing may be inserted or updated.
- bare: the same columns and the same primary key, and nothing else. DuckDB: `INSERT INTO … SELECT` from the Arrow table.
  PostgreSQL: `COPY … FROM STDIN`, of bytes encoded before the clock starts (`bytes`), and with the encoding (`bare`).
- dlt: merge on the key, its usual settings, in a process of its own; `again` likewise.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import duckdb
import psycopg
import pyarrow as pa
from race import HERE, PEERS, machine
from warehouse_rows import tables

from kezek.console import out
from tests.postgres import Server, server
from warehouse.connection import Address, open_warehouse
from warehouse.postgres_copy import copy_text, create_columns
from warehouse.upsert import replaced, upsert

KEYS = {"claims": ("claim_id",), "documents": ("document_id", "content_sha256")}

Seconds = dict[str, float]
"""By what was done: the contender's name, with ` again` for a second load."""


@dataclass(slots=True)
class _Course:
    """One table and one engine: the rounds so far."""

    engine: str
    table: str
    rows: pa.Table
    rounds: list[Seconds] = field(default_factory=list)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("rows", type=int, nargs="?", default=100_000)
    arguments.add_argument("--rounds", type=int, default=3)
    given = arguments.parse_args()
    made = tables(given.rows)
    courses = [_Course(engine, name, made[name]) for engine in ("duckdb", "postgres") for name in KEYS]
    with server() as running, tempfile.TemporaryDirectory() as folder:
        files = {name: _written(made[name], Path(folder) / f"{name}.arrow") for name in KEYS}
        for number in range(given.rounds):
            for course in courses:
                course.rounds.append(
                    _round(course, running, files[course.table], Path(folder), backwards=number % 2 == 1)
                )
    out.print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {machine()}; load {os.getloadavg()[1]:.1f}", soft_wrap=True)
    out.print("\n".join(_report(courses)), soft_wrap=True, markup=False, highlight=False)


def _written(table: pa.Table, path: Path) -> Path:
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    return path


def _round(course: _Course, running: Server, file: Path, folder: Path, *, backwards: bool) -> Seconds:
    key = KEYS[course.table]
    contenders: dict[str, Callable[[Address], Seconds]] = {
        "ours": lambda place: _ours(place, course.table, key, course.rows),
        "bare": lambda place: (_bare_duckdb if course.engine == "duckdb" else _bare_postgres)(
            place, course.table, key, course.rows
        ),
        "dlt": lambda place: _dlt(course.engine, place, course.table, key, file),
    }
    found: Seconds = {}
    for name in sorted(contenders, reverse=backwards):
        place = folder / f"{name}.duckdb" if course.engine == "duckdb" else running.create(name)
        try:
            found |= contenders[name](place)
        finally:
            if isinstance(place, Path):
                place.unlink(missing_ok=True)
            else:
                running.drop(name)
    return found


def _ours(place: Address, table: str, key: tuple[str, ...], rows: pa.Table) -> Seconds:
    found: Seconds = {}
    with open_warehouse(place) as warehouse:
        update = replaced([column for column in rows.column_names if column not in key])
        for name, inserted in (("ours", rows.num_rows), ("ours again", 0)):
            began = time.perf_counter()
            with warehouse.staged("incoming_rows", rows), warehouse.transaction():
                count = upsert(warehouse, table, key, "incoming_rows", update)
            found[name] = time.perf_counter() - began
            if count.inserted.get(table, 0) != inserted or count.updated:
                raise RuntimeError(f"{name}: {count}")
    return found


def _bare_duckdb(place: Address, table: str, key: tuple[str, ...], rows: pa.Table) -> Seconds:
    with duckdb.connect(str(place)) as connection:
        connection.register("incoming_rows", rows)
        connection.execute("CREATE TABLE shape AS SELECT * FROM incoming_rows LIMIT 0")
        shape = connection.execute("SELECT column_name, column_type FROM (DESCRIBE shape)").fetchall()
        columns = ", ".join(f"{name} {kind}" for name, kind in shape)
        connection.execute(f"CREATE TABLE {table} ({columns}, PRIMARY KEY ({', '.join(key)}))")
        began = time.perf_counter()
        connection.execute(f"INSERT INTO {table} SELECT * FROM incoming_rows")
        return {"bare": time.perf_counter() - began}


def _bare_postgres(place: Address, table: str, key: tuple[str, ...], rows: pa.Table) -> Seconds:
    found: Seconds = {}
    copy = f"COPY {table} ({', '.join(rows.column_names)}) FROM STDIN (FORMAT csv)"
    with psycopg.connect(str(place), autocommit=True) as connection:
        for name in ("bytes", "bare"):
            connection.execute(f"DROP TABLE IF EXISTS {table}")
            connection.execute(f"CREATE TABLE {table} ({create_columns(rows.schema)}, PRIMARY KEY ({', '.join(key)}))")
            ready = list(copy_text(rows)) if name == "bytes" else None
            began = time.perf_counter()
            with connection.cursor() as cursor, cursor.copy(copy) as into:
                for part in copy_text(rows) if ready is None else ready:
                    into.write(part)
            found[name] = time.perf_counter() - began
    return found


def _dlt(engine: str, place: Address, table: str, key: tuple[str, ...], file: Path) -> Seconds:
    command = [PEERS, HERE / "warehouse_load_dlt.py", engine, str(place), table, ",".join(key), file, file]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    first, again = json.loads(done.stdout.splitlines()[-1])
    return {"dlt": first, "dlt again": again}


def _report(courses: list[_Course]) -> list[str]:
    lines = [
        "| engine | table | load | rows/s, median (least–most) | seconds | times bare |",
        "|---|---|---|---|---|---|",
    ]
    for course in courses:
        for name in course.rounds[0]:
            speeds = sorted(course.rows.num_rows / done[name] for done in course.rounds)
            lines.append(
                f"| {course.engine} | {course.table} | {name} | {median(speeds):,.0f} ({speeds[0]:,.0f}–{speeds[-1]:,.0f}) "
                f"| {median(done[name] for done in course.rounds):.2f} | {_ratio(course.rounds, name):.2f} |"
            )
    return lines


def _ratio(rounds: list[Seconds], name: str) -> float:
    return median(done[name] / done["bare"] for done in rounds)


if __name__ == "__main__":
    main()
