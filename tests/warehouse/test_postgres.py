"""What only a server can do wrong: not there, wrong password, too many at once, away in the middle; and what it may be asked."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pyarrow as pa
import pytest

from ingest.errors import NoWarehouseError, SchemaError, TransientError, WarehouseError
from kezek.settings import Settings
from tests.postgres import Server, server
from tests.warehouse.world import SOURCES, TEXT, annotation, claim, day, document, fetch
from warehouse.connection import open_warehouse, place
from warehouse.load import load_annotations, load_readings, load_sources
from warehouse.postgres import Postgres
from warehouse.query import run_query
from warehouse.reading import Reading
from warehouse.state import counts


def load(address: str, names: list[str]) -> None:
    pages = [document(name, text=TEXT) for name in names]
    with open_warehouse(address) as warehouse:
        load_sources(warehouse, SOURCES)
        fetches = [fetch(name, day(1)) for name in names]
        load_readings(warehouse, fetches=fetches, readings=[Reading(page, day(1)) for page in pages])
        load_annotations(warehouse, [annotation(page, claim(page)) for page in pages], day(2))


@pytest.fixture(scope="module")
def own() -> Iterator[Server]:
    """A server that may be stopped."""
    with server() as running:
        yield running


def test_a_wrong_password_is_one_sentence_and_is_told_at_once(postgres: Server, database: str) -> None:
    wrong = postgres.address(database.rpartition("/")[2], password="not-this-one")
    started = time.monotonic()
    with pytest.raises(WarehouseError, match="password authentication failed") as told:
        open_warehouse(wrong)
    assert time.monotonic() - started < 5
    assert "not-this-one" not in str(told.value)
    assert "\n" not in str(told.value)


def test_no_such_database_and_no_server(postgres: Server) -> None:
    with pytest.raises(WarehouseError, match="does not exist"):
        open_warehouse(postgres.address("nobody_made_this"))
    with pytest.raises(WarehouseError, match="does not answer: .*refused"):
        open_warehouse("postgresql://kezek@127.0.0.1:1/kezek", patience_seconds=0.3)
    with pytest.raises(WarehouseError, match="does not fit"):
        open_warehouse("postgresql://kezek@127.0.0.1/kezek?nonsense=1")


def test_an_empty_database_is_no_warehouse_yet(postgres: Server) -> None:
    address = postgres.create("empty")
    with pytest.raises(NoWarehouseError):
        open_warehouse(address, read_only=True)
    open_warehouse(address).close()
    with open_warehouse(address, read_only=True) as reader:
        assert set(counts(reader).values()) == {0}


def test_a_schema_newer_than_the_code(database: str) -> None:
    with open_warehouse(database) as warehouse:
        warehouse.execute("INSERT INTO schema_migrations VALUES (99, 'future', now())")
    for read_only in (True, False):
        with pytest.raises(SchemaError, match="newer kezek"):
            open_warehouse(database, read_only=read_only)


def test_a_database_whose_locale_knows_no_cyrillic(postgres: Server) -> None:
    with psycopg.connect(postgres.address("postgres"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE deaf TEMPLATE template0 LOCALE 'C'")
    with pytest.raises(WarehouseError, match="knows no Cyrillic"):
        open_warehouse(postgres.address("deaf"))
    with pytest.raises(NoWarehouseError):
        open_warehouse(postgres.address("deaf"), read_only=True)


def test_writers_that_begin_together_migrate_once(postgres: Server) -> None:
    address = postgres.create("begun_together")
    with ThreadPoolExecutor(6) as pool:
        for opened in pool.map(lambda _: open_warehouse(address), range(6)):
            opened.close()
    with open_warehouse(address) as warehouse:
        numbers = [row["number"] for row in warehouse.rows("SELECT number FROM schema_migrations ORDER BY number")]
    assert numbers == list(range(1, len(numbers) + 1))


def test_no_password_is_ever_told(database: str) -> None:
    shown = place(database)
    assert "@" not in shown
    assert shown.startswith("postgresql://127.0.0.1:")
    with open_warehouse(database) as warehouse:
        assert warehouse.place == shown
    settings = Settings.from_environment({"KEZEK_WAREHOUSE": database})
    assert (settings.warehouse, settings.published) == (database, database)
    assert Settings.from_environment(settings.environment()) == settings


def test_writers_side_by_side_lose_and_double_nothing(database: str) -> None:
    """Eight writers load overlapping batches of the same pages, each in an order of its own."""
    names = [f"page{number}" for number in range(40)]
    orders = [names[shift:] + names[:shift] for shift in range(0, 40, 5)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda order: load(database, order if len(order) % 2 else order[::-1]), orders))
    with open_warehouse(database) as warehouse:
        held = counts(warehouse)
        assert (held["documents"], held["claims"], held["observations"]) == (40, 40, 40)
        assert warehouse.value("SELECT max(revision) FROM documents") == 1


def test_what_is_quoted_or_strange_arrives_as_it_was(database: str) -> None:
    strange = ['a"b', "back\\slash", "new\nline", "tab\t", "comma, {brace}", "", "NULL", "\\N", "\\.", "é🚛 Қ"]
    table = pa.table(
        {
            "words": pa.array([strange, [], None, ["one", None]], pa.list_(pa.string())),
            "text": pa.array(['say "x"', "", None, "\\.\nend"], pa.string()),
            "bytes": pa.array([b"\x00\xff", b"", None, b"x"], pa.binary()),
            "at": pa.array([day(1), day(2), None, day(3)], pa.timestamp("us", "UTC")),
            "yes": pa.array([True, False, None, True]),
            "low": pa.array([0.1, 1e300, None, -0.0]),
            "n": pa.array([2**60, -1, None, 0], pa.int64()),
        }
    )
    with open_warehouse(database) as warehouse, warehouse.staged("strange", table):
        assert warehouse.arrow("SELECT * FROM strange").equals(table)
        with pytest.raises(WarehouseError, match="inside a snapshot"):
            warehouse.batches("SELECT * FROM strange")
        with warehouse.transaction():
            assert warehouse.batches("SELECT * FROM strange", size=2).read_all().equals(table)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_server_that_goes_away_in_the_middle_and_comes_back(own: Server, how: signal.Signals) -> None:
    address = own.create(f"away_{how.name.lower()}")
    with open_warehouse(address) as warehouse:
        load_sources(warehouse, SOURCES)
        page = document()
        own.stop(how)
        back = threading.Timer(1.0, own.start)
        back.start()
        load_readings(warehouse, fetches=[fetch("one", day(1))], readings=[Reading(page, day(1))])
        load_annotations(warehouse, [annotation(page, claim(page))], day(2))
        back.join()
        assert counts(warehouse)["claims"] == 1


def test_a_question_alone_is_asked_again(own: Server) -> None:
    with open_warehouse(own.create("asked_again")) as warehouse:
        own.stop()
        own.start()
        assert warehouse.value("SELECT count(*) FROM claims") == 0
        with pytest.raises(TransientError), warehouse.snapshot():
            own.stop()
            own.start()
            warehouse.rows("SELECT 1 AS one")


def test_a_lost_connection_inside_a_transaction_keeps_nothing_of_it(own: Server) -> None:
    address = own.create("half")
    with open_warehouse(address) as warehouse:
        with pytest.raises(TransientError, match="was lost"), warehouse.transaction():
            warehouse.execute("INSERT INTO sources (source_id, name, kind, side) VALUES ('a', 'n', 'outlet', 'KZ')")
            own.stop()
            own.start()
            warehouse.execute("INSERT INTO sources (source_id, name, kind, side) VALUES ('b', 'n', 'outlet', 'KZ')")
        warehouse.reconnect()
        assert warehouse.value("SELECT count(*) FROM sources") == 0


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM claims",
        "SELECT 1; DELETE FROM claims",
        "SELECT 1) AS x; DELETE FROM claims; --",
        "COMMIT; DELETE FROM claims",
        "WITH gone AS (DELETE FROM claims RETURNING 1) SELECT * FROM gone",
        "EXPLAIN ANALYZE DELETE FROM claims",
        "SELECT set_config('transaction_read_only', 'off', true), lo_create(7)",
        "COPY claims TO PROGRAM 'cat'",
        "SET transaction_read_only = off",
        "SELECT nextval('x')",
        "SELECT pg_read_file('PG_VERSION')",
        "SELECT pg_ls_dir('.')",
        "SELECT lo_export(lo_from_bytea(0, 'x'), 'written-by-a-question')",
        "",
        "-- nothing",
    ],
)
def test_a_question_changes_nothing(database: str, sql: str) -> None:
    load(database, ["one"])
    with pytest.raises(WarehouseError):
        run_query(database, sql)
    assert run_query(database, "SELECT count(*) FROM claims").rows == [(1,)]


def test_a_question_has_a_limit_and_a_time(database: str) -> None:
    many = run_query(database, "SELECT n FROM generate_series(1, 50) AS n ORDER BY n DESC", limit=3)
    assert (many.rows, many.truncated) == ([(50,), (49,), (48,)], True)
    with pytest.raises(WarehouseError, match=r"longer than 0\.2 s"):
        run_query(database, "SELECT pg_sleep(5)", timeout_seconds=0.2)
    with pytest.raises(WarehouseError, match=r"no table claim\. Near are claims.*narratives_daily"):
        run_query(database, "SELECT * FROM claim")
    with pytest.raises(WarehouseError, match=r'"caus" does not exist\. Perhaps you meant .*\.$'):
        run_query(database, "SELECT caus FROM claims")
    assert run_query(database, "SHOW transaction_read_only").rows == [("on",)]
    assert run_query(database, "-- why\n; EXPLAIN SELECT 1;; -- done").rows
    run_query(database, "SELECT lo_from_bytea(4711, 'x')::text")
    assert run_query(database, "SELECT count(*) FROM pg_largeobject_metadata").rows == [(0,)]
    assert run_query(database, "SELECT 1 AS a, 2 AS a -- two of a name").rows == [(1, 2)]


LOADER = """
import sys
from tests.warehouse.test_postgres import load
while True:
    load(sys.argv[1], [f"page{number}" for number in range(30)])
    print("loaded", flush=True)
"""


def test_a_killed_loader_leaves_no_half(database: str) -> None:
    for moment in (0.0, 0.03):
        child = subprocess.Popen([sys.executable, "-c", LOADER, database], stdout=subprocess.PIPE)
        assert child.stdout is not None
        assert child.stdout.readline() == b"loaded\n"
        time.sleep(moment)
        child.kill()
        child.wait()
        child.stdout.close()
    load(database, [f"page{number}" for number in range(30)])
    with open_warehouse(database) as warehouse:
        assert (counts(warehouse)["documents"], counts(warehouse)["claims"]) == (30, 30)


def test_the_direct_way_and_the_staged_way_give_the_same(postgres: Server, template: str) -> None:
    """From 500 new rows on they are copied straight into their table; with one known among them, they are not."""
    names = [f"page{number}" for number in range(600)]
    straight, staged = postgres.create("straight", template), postgres.create("staged", template)
    load(straight, names)
    load(staged, names[:1])
    load(staged, names)
    columns = "document_id, source_id, url, title, text, first_seen_at, links, revision, signature"
    asked = f"SELECT {columns} FROM documents ORDER BY document_id"
    with open_warehouse(straight) as one, open_warehouse(staged) as other:
        assert one.rows(asked) == other.rows(asked)
        assert counts(one) == counts(other)
        assert isinstance(one, Postgres)


def test_an_old_server_is_refused(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("warehouse.postgres_connect.LEAST_VERSION", 990000)
    with pytest.raises(WarehouseError, match="kezek wants 99"):
        open_warehouse(database)


def test_other_peoples_tables_are_left_alone(postgres: Server) -> None:
    address = postgres.create("shared_with_others")
    with psycopg.connect(address, autocommit=True) as other:
        other.execute("CREATE TABLE claims (id integer)")
    load(address, ["one"])
    with psycopg.connect(address) as other:
        assert other.execute("SELECT count(*) FROM public.claims").fetchone() == (0,)
        assert other.execute("SELECT count(*) FROM kezek.claims").fetchone() == (1,)


@pytest.mark.parametrize("password", ["se#cret", "se?cret", "se/cret", "se[cret", "top%secret", "se cret", "a@secret"])
def test_no_password_however_strange_is_told(password: str) -> None:
    address = f"postgresql://kezek:{password}@127.0.0.1:1/db"
    assert "cret" not in place(address)
    with pytest.raises(WarehouseError) as told:
        open_warehouse(address, read_only=True, patience_seconds=0.2)
    assert "cret" not in str(told.value)


def test_a_transaction_in_another_is_refused_and_a_failed_one_is_not_committed(database: str) -> None:
    add = "INSERT INTO sources (source_id, name, kind, side) VALUES (?, 'n', 'outlet', 'KZ')"
    with open_warehouse(database) as warehouse:
        with pytest.raises(WarehouseError, match="inside another"), warehouse.transaction():
            warehouse.execute(add, ["a"])
            with warehouse.transaction():
                warehouse.execute(add, ["b"])
        with pytest.raises(WarehouseError, match="nothing to commit"), warehouse.transaction():
            warehouse.execute(add, ["c"])
            with pytest.raises(WarehouseError):
                warehouse.execute(add, ["c"])
        assert warehouse.value("SELECT count(*) FROM sources") == 0


def test_a_reader_outlives_a_migration(database: str) -> None:
    with open_warehouse(database) as writer, open_warehouse(database, read_only=True) as reader:
        for _ in range(8):
            reader.rows("SELECT * FROM sources")
        writer.execute("ALTER TABLE sources ADD COLUMN later text")
        assert "later" in reader.arrow("SELECT * FROM sources").column_names


def test_numbers_without_an_end_and_sums(database: str) -> None:
    asked = "SELECT 'Infinity'::numeric AS much, sum(n) AS whole, avg(n) AS half FROM generate_series(1, 4) AS n"
    (row,) = run_query(database, asked).rows
    assert row == (float("inf"), 10, 2.5)
    with pytest.raises(WarehouseError, match="not UTF-8"):
        run_query(database, "SELECT '\udcff'")


def test_paths_and_addresses(tmp_path: Path) -> None:
    assert place(tmp_path / "kezek.duckdb") == str(tmp_path / "kezek.duckdb")
    assert place("postgresql://me:secret@one.example,two.example:5433/db?sslmode=require") == (
        "postgresql://one.example,two.example:5433/db"
    )
