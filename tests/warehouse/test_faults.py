"""What breaks while a warehouse is at work: each fault is one clear sentence, and nothing is lost."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path
from threading import Thread

import psycopg
import pytest

from ingest.errors import WarehouseError
from kezek.settings import Settings
from tests.conftest import REPOSITORY
from tests.postgres import Server
from tests.warehouse.world import SOURCES, annotation, claim, day, document, fetch
from warehouse.connection import Address, Row, Warehouse, open_warehouse
from warehouse.load import load_annotations, load_readings, load_sources
from warehouse.postgres import Postgres
from warehouse.publish import publish
from warehouse.quality import check, find
from warehouse.reading import Reading


def load(warehouse: Warehouse, name: str = "one") -> None:
    page = document(name)
    load_sources(warehouse, SOURCES)
    load_readings(warehouse, fetches=[fetch(name, day(1))], readings=[Reading(page, day(1))])
    load_annotations(warehouse, [annotation(page, claim(page))], day(2))


def test_a_reading_that_was_overtaken_brings_nothing_back(database: str) -> None:
    """Another writer loads the same reading, and a later model's, while the first one is about to load its own."""
    page = document()
    early, late = claim(page), replace(claim(page), cause="infrastructure")
    with open_warehouse(database) as slow, open_warehouse(database) as quick:
        load_sources(slow, SOURCES)
        load_readings(slow, fetches=[fetch("one", day(1))], readings=[Reading(page, day(1))])
        transaction = slow.transaction

        @contextmanager
        def overtaken() -> Iterator[None]:
            setattr(slow, "transaction", transaction)  # noqa: B010
            load_annotations(quick, [annotation(page, early, late)], day(2))
            load_annotations(quick, [annotation(page, early, model="m2")], day(3))
            with transaction():
                yield

        setattr(slow, "transaction", overtaken)  # noqa: B010
        load_annotations(slow, [annotation(page, early, late)], day(2))
        assert [finding for finding in find(slow) if finding.blocking] == []
        assert quick.value("SELECT count(*) FROM claims WHERE superseded_at IS NULL") == 1


def test_two_wordings_that_are_loaded_at_once_are_two_revisions(database: str) -> None:
    """The second writer begins while the first, which has read which revisions there are, has not committed yet."""
    first, second = document(), document(text="Очередь прошла. На Сырыме стоят 7 фур.")
    with open_warehouse(database) as slow, open_warehouse(database) as quick:
        load_sources(slow, SOURCES)

        def load_second() -> None:
            load_readings(quick, fetches=[fetch("two", day(2))], readings=[Reading(second, day(2))])

        transaction, other = slow.transaction, Thread(target=load_second)

        @contextmanager
        def overtaken() -> Iterator[None]:
            with transaction():
                yield
                other.start()
                other.join(0.3)

        setattr(slow, "transaction", overtaken)  # noqa: B010
        load_readings(slow, fetches=[fetch("one", day(1))], readings=[Reading(first, day(1))])
        other.join()
        assert slow.rows("SELECT revision FROM documents ORDER BY first_seen_at") == [{"revision": 1}, {"revision": 2}]


def test_a_connection_cut_while_findings_are_kept(database: str) -> None:
    with open_warehouse(database) as warehouse:
        load(warehouse)
        warehouse.execute("UPDATE claims SET evidence_start = evidence_start + 1")
        transaction = warehouse.transaction

        @contextmanager
        def cut() -> Iterator[None]:
            setattr(warehouse, "transaction", transaction)  # noqa: B010
            pid = warehouse.value("SELECT pg_backend_pid()")
            with transaction(), psycopg.connect(database, autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(%s)", [pid])
                yield

        setattr(warehouse, "transaction", cut)  # noqa: B010
        found = check(warehouse)
        assert found
        assert warehouse.value("SELECT count(*) FROM quality_findings WHERE resolved_at IS NULL") == len(found)


def test_a_connection_cut_while_rows_are_counted_anew_for_publishing(database: str, tmp_path: Path) -> None:
    with open_warehouse(database) as warehouse:
        load(warehouse)
        relations = warehouse.relations

        def cut() -> list[Row]:
            found = relations()
            setattr(warehouse, "relations", relations)  # noqa: B010
            with psycopg.connect(database, autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(%s)", [warehouse.value("SELECT pg_backend_pid()")])
            return found

        setattr(warehouse, "relations", cut)  # noqa: B010
        assert publish(warehouse, database).warnings == ()


def test_a_connection_cut_while_the_schema_is_made(postgres: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    address = postgres.create("cut_while_made")
    lock = Postgres.lock_schema

    def cut(warehouse: Postgres) -> None:
        lock(warehouse)
        monkeypatch.setattr(Postgres, "lock_schema", lock)
        with psycopg.connect(address, autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s)", [warehouse.value("SELECT pg_backend_pid()")])

    monkeypatch.setattr(Postgres, "lock_schema", cut)
    with open_warehouse(address) as warehouse:
        load(warehouse)
    assert claims(address) == 1


COMMAND = """
import os, resource, signal, sys
most, humble = int(sys.argv.pop(1)), int(sys.argv.pop(1))
from kezek import cli, query, status
from kezek.settings import Settings
from warehouse import query as asked
from warehouse.connection import open_warehouse
from warehouse.publish import publish
if "run" in sys.argv:
    from kezek import run, steps
    steps._knowledge()
def publish_now():
    settings = Settings.from_environment()
    with open_warehouse(settings.warehouse) as warehouse:
        publish(warehouse, settings.published)
cli.app.command("publish-now")(publish_now)
if most:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
if humble and os.getuid() == 0:
    os.setegid(65534)
    os.seteuid(65534)
cli.main()
"""
"""The command line, and a way to publish, in a process that can write no file longer than the first argument says (a disk
that is full for it, which needs no disk), and, with the second one, as nobody: permissions do not bind root."""


def kezek(home: Path, *arguments: str, most_bytes: int = 0, humble: bool = False, **more: str) -> tuple[int, str]:
    """Exit status and stderr of `kezek ARGUMENTS`."""
    command = [sys.executable, "-c", COMMAND, str(most_bytes), str(int(humble)), *arguments]
    environment = {**os.environ, **more, "KEZEK_HOME": str(home), "PYTHONPATH": str(REPOSITORY), "COLUMNS": "500"}
    done = subprocess.run(command, cwd=home, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stderr


def one_sentence(outcome: tuple[int, str], *words: str) -> None:
    """Exit status 2 and one line that has these words."""
    status, said = outcome
    assert status == 2, said
    assert len(said.strip().splitlines()) == 1, said
    assert said.startswith("kezek: ")
    for word in words:
        assert word in said


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A data folder with a loaded and published warehouse."""
    settings = Settings.from_environment({"KEZEK_HOME": str(tmp_path)})
    with open_warehouse(settings.warehouse) as warehouse:
        load(warehouse)
        publish(warehouse, settings.published)
    return tmp_path


def claims(address: Address) -> int:
    with open_warehouse(address, read_only=True) as warehouse:
        return int(warehouse.value("SELECT count(*) FROM claims"))


def test_a_disk_that_is_full_when_a_night_begins(home: Path) -> None:
    settings = Settings.from_environment({"KEZEK_HOME": str(home)})
    before = {path: path.stat().st_size for path in home.rglob("*.duckdb")}
    one_sentence(kezek(home, "run", "--since", "2025-10-01", most_bytes=4096), "could not be written", "private")
    assert {path: path.stat().st_size for path in home.rglob("*.duckdb")} == before
    assert claims(settings.warehouse) == 1


def test_a_disk_that_is_full_at_publish(home: Path) -> None:
    """The old published file stays, and nothing unfinished lies beside it."""
    settings = Settings.from_environment({"KEZEK_HOME": str(home)})
    published = home / "kezek.duckdb"
    before = published.read_bytes()
    outcome = kezek(home, "publish-now", most_bytes=200_000)
    one_sentence(outcome, "could not be written")
    assert published.read_bytes() == before
    assert [path.name for path in home.iterdir() if ".part" in path.name] == []
    assert claims(settings.warehouse) == 1
    with open_warehouse(settings.warehouse) as warehouse:
        publish(warehouse, settings.published)


def test_a_disk_that_is_full_inside_a_batch(path: Path) -> None:
    with open_warehouse(path) as warehouse:
        load(warehouse)
    script = (
        "import resource, signal, sys\nfrom pathlib import Path\nfrom ingest.errors import WarehouseError\n"
        "from tests.warehouse.test_faults import fill\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000,) * 2)\n"
        "try:\n    fill(Path(sys.argv[1]))\nexcept WarehouseError as error:\n    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True, cwd=REPOSITORY)
    assert "could not be written: File too large." in done.stdout, done.stderr
    with open_warehouse(path) as warehouse:
        found = warehouse.value("SELECT count(*) FROM documents WHERE document_id <> ?", [document().document_id])
        assert found % BATCH == 0  # whole batches, or none
        assert [finding for finding in find(warehouse) if finding.blocking] == []
        load(warehouse, "two")
    assert claims(path) == 2


BATCH = 100


def fill(path: Path) -> None:
    """Load batches for ever."""
    with open_warehouse(path) as warehouse:
        for number in count():
            pages = [document(f"{number}-{index}", text=f"{number} {index} " * 500) for index in range(BATCH)]
            fetches = [fetch(f"{number}-{index}", day(1)) for index in range(BATCH)]
            load_readings(warehouse, fetches=fetches, readings=[Reading(page, day(1)) for page in pages])


def test_a_disk_that_is_full_when_the_warehouse_is_made(tmp_path: Path) -> None:
    """No empty file is left, which nothing could open."""
    one_sentence(kezek(tmp_path, "publish-now", most_bytes=1), "kezek.duckdb could not be written")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_server_whose_disk_is_full(database: str, tmp_path: Path) -> None:
    """The server says so in the middle of a batch: the same state and words as a real one, raised by a trigger."""
    page = document("two")
    with open_warehouse(database) as warehouse:
        load(warehouse)
        warehouse.execute(
            "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE disk_full USING MESSAGE = "
            """'could not extend file "base/5/16384": No space left on device'; END $$"""
        )
        warehouse.execute(
            "CREATE TRIGGER full_disk BEFORE INSERT ON documents FOR EACH ROW EXECUTE FUNCTION full_disk()"
        )
        with pytest.raises(WarehouseError, match=r"^The disk of postgresql://127\.0\.0\.1:\d+/\w+ is full: [^\n]*\.$"):
            load_readings(warehouse, fetches=[fetch("two", day(1))], readings=[Reading(page, day(1))])
        assert warehouse.value("SELECT count(*) FROM fetches") == 1
        warehouse.execute("DROP TRIGGER full_disk ON documents")
        load(warehouse, "two")
    assert claims(database) == 2


@pytest.fixture
def shown_home() -> Iterator[Path]:
    """A loaded data folder that others may read, and nobody may write."""
    folder = Path(tempfile.mkdtemp(prefix="kezek-faults-"))
    settings = Settings.from_environment({"KEZEK_HOME": str(folder)})
    with open_warehouse(settings.warehouse) as warehouse:
        load(warehouse)
        publish(warehouse, settings.published)
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    yield folder
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755)
    shutil.rmtree(folder)


def test_a_folder_that_may_only_be_read(shown_home: Path) -> None:
    """Reading goes on; whoever would write is told where, and all stays as it was."""
    before = {path: path.stat().st_mtime_ns for path in shown_home.rglob("*")}
    one_sentence(
        kezek(shown_home, "run", "--since", "2025-10-01", humble=True),
        "private/kezek.duckdb can't be opened: Permission denied.",
    )
    one_sentence(kezek(shown_home, "publish-now", humble=True), "can't be opened: Permission denied.")
    assert kezek(shown_home, "query", "select count(*) from claims", humble=True)[0] == 0
    assert {path: path.stat().st_mtime_ns for path in shown_home.rglob("*")} == before


def test_a_wrong_password_and_a_newer_schema(postgres: Server, database: str, tmp_path: Path) -> None:
    name = database.rpartition("/")[2]
    wrong = postgres.address(name, password="not-this-one")
    outcome = kezek(tmp_path, "status", KEZEK_WAREHOUSE=wrong)
    one_sentence(outcome, "password authentication failed")
    assert "not-this-one" not in outcome[1]
    with open_warehouse(database) as warehouse:
        load(warehouse)
        warehouse.execute("INSERT INTO schema_migrations VALUES (99, 'future', now())")
    one_sentence(kezek(tmp_path, "publish-now", KEZEK_WAREHOUSE=database), "schema 99", "use a newer kezek")
