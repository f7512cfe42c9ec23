"""The analysts' file: whole or untouched, and never of a warehouse that contradicts itself."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.errors import WarehouseError
from tests.warehouse.world import DAY, SOURCES, TEXT, annotation, claim, day, document, fetch
from warehouse.connection import Warehouse, open_warehouse
from warehouse.load import load_annotations, load_readings, load_sources
from warehouse.publish import publish
from warehouse.query import run_query
from warehouse.reading import Reading
from warehouse.state import counts

EMOJI = "🚛🚛 " + TEXT


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "public" / "kezek.duckdb"


@pytest.fixture
def file(path: Path) -> Iterator[Warehouse]:
    """A warehouse that is a file, for what is about files."""
    with open_warehouse(path) as opened:
        yield opened


def load(warehouse: Warehouse, name: str = "one", text: str = EMOJI) -> None:
    page = document(name, text=text)
    load_sources(warehouse, SOURCES)
    load_readings(warehouse, fetches=[fetch(name, day(1))], readings=[Reading(page, day(1))])
    load_annotations(warehouse, [annotation(page, claim(page))], day(2))


def test_the_copy_is_whole(file: Warehouse, target: Path) -> None:
    load(file)
    published = publish(file, target)
    assert (published.address, published.warnings) == (target, ())
    assert published.bytes == target.stat().st_size
    assert list(target.parent.iterdir()) == [target]
    with open_warehouse(target, read_only=True) as copy:
        assert counts(copy) == counts(file)
        assert copy.rows("SELECT * FROM current_claims") == file.rows("SELECT * FROM current_claims")
        comments = "SELECT table_name, column_name, comment FROM duckdb_columns() WHERE NOT internal ORDER BY ALL"
        assert copy.rows(comments) == file.rows(comments)


READER = """
import sys
from pathlib import Path
from warehouse.connection import open_warehouse
with open_warehouse(Path(sys.argv[1]), read_only=True) as warehouse:
    for _ in sys.stdin:
        print(warehouse.value("SELECT count(*) FROM current_claims"), flush=True)
"""


def ask(reader: subprocess.Popen[str]) -> int:
    """How many claims the reader sees in the file that it opened."""
    assert reader.stdin is not None
    assert reader.stdout is not None
    reader.stdin.write("?\n")
    reader.stdin.flush()
    return int(reader.stdout.readline())


def test_an_open_reader_keeps_its_snapshot(file: Warehouse, target: Path) -> None:
    load(file)
    publish(file, target)
    command = [sys.executable, "-c", READER, str(target)]
    with subprocess.Popen(command, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as reader:
        assert ask(reader) == 1
        load(file, "two")
        publish(file, target)
        assert run_query(target, "SELECT count(*) FROM current_claims").rows == [(2,)]
        assert ask(reader) == 1


PUBLISHER = """
import sys
from pathlib import Path
from warehouse.connection import open_warehouse
from warehouse.publish import publish
with open_warehouse(Path(sys.argv[1])) as warehouse:
    while True:
        publish(warehouse, Path(sys.argv[2]))
        print("published", flush=True)
"""


def test_killed_in_the_middle_leaves_a_whole_file(path: Path, target: Path) -> None:
    with open_warehouse(path) as warehouse:
        load(warehouse)
    for _ in range(3):
        child = subprocess.Popen([sys.executable, "-c", PUBLISHER, str(path), str(target)], stdout=subprocess.PIPE)
        assert child.stdout is not None
        assert child.stdout.readline()
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        child.stdout.close()
        assert run_query(target, "SELECT count(*) FROM current_claims").rows == [(1,)]
    with open_warehouse(path) as warehouse:
        publish(warehouse, target)
    assert list(target.parent.iterdir()) == [target]


@pytest.mark.parametrize(
    ("damage", "check"),
    [
        ("UPDATE claims SET evidence_start = evidence_start + 1", "evidence"),
        ("UPDATE claims SET evidence_end = 9999", "evidence"),
        ("UPDATE claims SET evidence_field = 'title'", "evidence"),
        ("UPDATE claims SET cause_text = 'дождь'", "cause_text"),
        ("UPDATE claims SET cause_start = 3, cause_end = 10, cause_text = substr((SELECT text FROM documents), 4, 7)", "cause_text"),
        ("UPDATE claims SET stance = 'doubts'", "codes"),
        ("UPDATE claims SET warc_file = NULL", "archive"),
        ("UPDATE claims SET claim_id = 'x'", "key"),
        ("DELETE FROM sources", "source"),
        ("DELETE FROM documents", "document"),
        ("DELETE FROM fetches", "fetch"),
        ("UPDATE mentions SET surface = 'x'", "surface"),
        ("UPDATE observations SET low = 800", "figures"),
        ("UPDATE documents SET last_seen_at = first_seen_at - INTERVAL '1 day'", "seen"),
    ],
)  # fmt: skip
def test_a_contradiction_is_not_published(warehouse: Warehouse, target: Path, damage: str, check: str) -> None:
    load(warehouse)
    publish(warehouse, target)
    before = target.read_bytes() if target.exists() else None  # a server has no file
    warehouse.execute(damage)
    with pytest.raises(WarehouseError, match="Not published"):
        publish(warehouse, target)
    assert (target.read_bytes() if target.exists() else None) == before
    assert check in {
        row["check_name"] for row in warehouse.rows("SELECT check_name FROM quality_findings WHERE blocking")
    }


def test_findings_are_kept_and_resolved(warehouse: Warehouse, target: Path) -> None:
    load(warehouse)
    warehouse.execute("UPDATE claims SET stance = 'doubts'")
    for moment in (day(2), day(3)):
        with pytest.raises(WarehouseError):
            publish(warehouse, target, checked_at=moment)
    assert not target.exists()
    warehouse.execute("UPDATE claims SET stance = 'denies'")
    publish(warehouse, target, checked_at=day(4))
    assert warehouse.rows("SELECT check_name, found_at, resolved_at FROM quality_findings") == [
        {"check_name": "codes", "found_at": day(2), "resolved_at": day(4)}
    ]


def test_an_odd_date_is_shown_but_stops_nothing(warehouse: Warehouse, target: Path) -> None:
    load(warehouse)
    page = document("odd", published_at=DAY.replace(year=2099))
    load_readings(warehouse, fetches=[fetch("odd", day(1))], readings=[Reading(page, day(1))])
    (warning,) = publish(warehouse, target).warnings
    assert (warning.check_name, warning.table_name, warning.row_key) == ("date", "documents", page.document_id)


def test_what_can_not_be_written(file: Warehouse, tmp_path: Path) -> None:
    load(file)
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(WarehouseError):
        publish(file, tmp_path / "file" / "kezek.duckdb")
    (tmp_path / "folder" / "kezek.duckdb").mkdir(parents=True)
    with pytest.raises(WarehouseError, match="can't be replaced"):
        publish(file, tmp_path / "folder" / "kezek.duckdb")
    assert [one.name for one in (tmp_path / "folder").iterdir()] == ["kezek.duckdb"]
