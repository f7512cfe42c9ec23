"""The door: opened safely or not at all, and nothing written where it stays shut."""

import hashlib
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from ingest.errors import NotAWarehouseError, SchemaError, WarehouseError
from warehouse.connection import Warehouse, open_warehouse
from warehouse.schema import migrate, migrations, schema_version

HOLDER = """
import sys, time
from pathlib import Path
from warehouse.connection import open_warehouse
with open_warehouse(Path(sys.argv[1])):
    print("open", flush=True)
    time.sleep(float(sys.argv[2]))
"""


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_new_warehouse_has_every_migration_once(path: Path) -> None:
    with open_warehouse(path) as warehouse:
        assert schema_version(warehouse) == len(migrations()) > 0
        assert migrate(warehouse) == 0
    before = digest(path)
    with open_warehouse(path) as warehouse:
        assert warehouse.value("SELECT count(*) FROM claims") == 0
    assert digest(path) == before


def test_every_table_and_column_has_a_comment(warehouse: Warehouse) -> None:
    relations = warehouse.relations()
    assert {row["kind"] for row in relations} == {"table", "view"}
    bare = [row["name"] for row in relations if not row["comment"]]
    bare += [
        f"{row['name']}.{column['name']}"
        for row in relations
        for column in warehouse.columns(row["name"])
        if not column["comment"]
    ]
    assert bare == []


def test_times_are_utc(warehouse: Warehouse) -> None:
    assert warehouse.value("SELECT current_setting('TimeZone')") == "UTC"


def test_no_file_to_read(path: Path) -> None:
    with pytest.raises(WarehouseError, match="There is no warehouse"):
        open_warehouse(path, read_only=True)
    assert not path.exists()


def test_no_duckdb_file(path: Path) -> None:
    path.write_bytes(b"PK hello, I am an archive\n" * 400)
    before = digest(path)
    for read_only in (True, False):
        with pytest.raises(NotAWarehouseError, match="no DuckDB file"):
            open_warehouse(path, read_only=read_only)
    assert digest(path) == before
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("table", ["sales (id integer)", "schema_migrations (version text)"])
def test_another_schema(path: Path, table: str) -> None:
    with duckdb.connect(str(path)) as other:
        other.execute(f"CREATE TABLE {table}")
    before = digest(path)
    for read_only in (True, False):
        with pytest.raises(NotAWarehouseError):
            open_warehouse(path, read_only=read_only)
    assert digest(path) == before


def test_a_newer_schema(path: Path) -> None:
    with open_warehouse(path) as warehouse:
        warehouse.execute("INSERT INTO schema_migrations VALUES (99, 'future', now())")
    before = digest(path)
    for read_only in (True, False):
        with pytest.raises(SchemaError, match="newer kezek"):
            open_warehouse(path, read_only=read_only)
    assert digest(path) == before


@pytest.mark.parametrize("left", [100, 9000, -300_000])
def test_a_cut_file(path: Path, left: int) -> None:
    with open_warehouse(path):  # what is cut off is more than a block, for the file may end with a free one
        pass
    path.write_bytes(path.read_bytes()[:left])
    before = digest(path)
    for read_only in (True, False):
        with pytest.raises(WarehouseError, match=r"is cut off: .*\.$"):
            open_warehouse(path, read_only=read_only)
    assert digest(path) == before


def test_a_damaged_file(path: Path) -> None:
    with open_warehouse(path):
        pass
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2] + bytes(len(whole) - len(whole) // 2))
    for read_only in (True, False):
        with pytest.raises(WarehouseError, match="is damaged"):
            open_warehouse(path, read_only=read_only)


def test_a_file_of_sqlite(path: Path) -> None:
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE claims (claim_id text)")
    other.close()
    before = digest(path)
    for read_only in (True, False):
        with pytest.raises(NotAWarehouseError, match="no DuckDB file"):
            open_warehouse(path, read_only=read_only)
    assert digest(path) == before


def test_an_empty_file_is_no_warehouse(path: Path) -> None:
    path.touch()
    for read_only in (True, False):
        with pytest.raises(NotAWarehouseError):
            open_warehouse(path, read_only=read_only)
    assert path.read_bytes() == b""


def test_a_folder_that_can_not_be_made(path: Path) -> None:
    path.write_text("a file")
    for below in (path / "kezek.duckdb", path / "sub" / "kezek.duckdb"):
        with pytest.raises(WarehouseError, match="can't be made"):
            open_warehouse(below)


def test_a_folder_is_no_warehouse(tmp_path: Path) -> None:
    with pytest.raises(WarehouseError):
        open_warehouse(tmp_path)


def held(path: Path, seconds: float) -> subprocess.Popen[str]:
    child = subprocess.Popen([sys.executable, "-c", HOLDER, str(path), str(seconds)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "open\n"
    return child


def test_a_lock_is_waited_for(path: Path) -> None:
    with held(path, 0.8):
        started = time.monotonic()
        with open_warehouse(path) as warehouse:
            assert warehouse.value("SELECT count(*) FROM claims") == 0
        assert time.monotonic() - started > 0.3


def test_a_lock_is_not_waited_for_forever(path: Path) -> None:
    child = held(path, 60)
    try:
        with pytest.raises(WarehouseError, match="in use by another process"):
            open_warehouse(path, patience_seconds=0.5)
    finally:
        child.kill()
        child.wait()
        assert child.stdout is not None
        child.stdout.close()


def test_a_reader_can_not_write_or_open_up(path: Path) -> None:
    with open_warehouse(path):
        pass
    with open_warehouse(path, read_only=True) as reader:
        for sql in (
            "DELETE FROM claims",
            "SET enable_external_access = true",
            "COPY claims TO 'x.csv'",
            "INSTALL httpfs",
        ):
            with pytest.raises(WarehouseError):
                reader.execute(sql)


def test_a_transaction_is_all_or_nothing(warehouse: Warehouse) -> None:
    add = "INSERT INTO sources (source_id, name, kind, side) VALUES (?, 'n', 'outlet', 'KZ')"
    with pytest.raises(WarehouseError), warehouse.transaction():
        warehouse.execute(add, ["a"])
        warehouse.execute(add, ["a"])
    assert warehouse.value("SELECT count(*) FROM sources") == 0
