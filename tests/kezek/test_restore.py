"""The warehouse is deleted, and made again from the archive alone: the same rows, but for the clock of the restore."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import boto3
import fsspec
import pytest
from moto.server import ThreadedMotoServer
from typer.testing import CliRunner

from infra.demo.server import DemoWeb
from ingest.archive import Archive
from ingest.errors import InputError
from ingest.journal import RunLoaded
from ingest.plan import read_plan
from ingest.restore import survey
from kezek import steps
from kezek.cli import app
from kezek.dates import day_bounds
from kezek.demo import demo_settings
from kezek.night_summary import summarise
from kezek.restore import restore
from kezek.run import run_days
from kezek.settings import Settings
from kezek.trace import trace
from tests.postgres import Server
from warehouse.connection import open_warehouse

NIGHTS = (date(2025, 10, 1), date(2025, 10, 2), date(2025, 10, 3))
SOURCES = (
    "vestnik", "stepnoy_ural", "uralsk_inform", "tenge", "eurasia_freight", "eskeldin_demo", "fts_ural_demo"
)  # fmt: skip
TWO = ("tenge", "kgd_demo")
OF_THE_RESTORE = {
    "annotations": {"extracted_at": "when the model read it: it reads everything anew"},
    "claims": {"extracted_at": "when the model read it"},
    "observations": {"extracted_at": "when the model read it"},
    "proposals": {"proposed_at": "when the name was proposed first: the mentions are new"},
    "quality_findings": {"found_at": "when a check met it first: the restore checks once, at its end"},
    "night_summaries": {"written_at": "when it was written"},
}
"""The only columns that are not compared, and why."""
ONLY = {"quality_findings": "resolved_at IS NULL"}
"""What a check found on the way and is mended by now is in no archive."""

Rows = dict[str, list[tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class World:
    """What three nights left: the rows of the warehouse that is deleted now, and the archive."""

    settings: Settings
    rows: Rows


def night(
    settings: Settings, day: date, sources: Sequence[str], *, killed: str | None = None, twice: str | None = None
) -> None:
    """A night of the DAG's steps. The task of `killed` never ends; that of `twice` is tried again after its spool was
    written."""
    start, end = day_bounds(day)
    plans = steps.plan_night(settings, start, end, sources)
    for plan in plans:
        source_id = read_plan(plan).source_id
        if source_id != killed:
            steps.collect_source(settings, plan)
        if source_id == twice:
            steps.collect_source(settings, plan)
    batches = steps.load_readings(settings, plans)
    steps.load_annotations(settings, [steps.annotate_batch(settings, batch) for batch in batches])
    steps.publish(settings, start, end)
    summarise(settings, start, end)


def all_rows(settings: Settings) -> Rows:
    with open_warehouse(settings.warehouse, read_only=True) as warehouse:
        tables = [one["name"] for one in warehouse.relations() if one["kind"] == "table"]
        found = {}
        for table in tables:
            left_out = OF_THE_RESTORE.get(table, {})
            names = sorted(one["name"] for one in warehouse.columns(table) if one["name"] not in left_out)
            only = f" WHERE {ONLY[table]}" if table in ONLY else ""
            rows = warehouse.rows(f"SELECT {', '.join(names)} FROM {table}{only}")
            found[table] = sorted((tuple(map(_plain, row.values())) for row in rows), key=repr)
    del found["schema_migrations"]  # when this warehouse was made
    return found


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def delete_warehouse(settings: Settings) -> None:
    shutil.rmtree(settings.private)
    shutil.rmtree(settings.spool)
    settings.home.joinpath("kezek.duckdb").unlink()
    assert not any(settings.home.rglob("*.duckdb"))


@pytest.fixture(scope="module", autouse=True)
def no_reports() -> Iterator[None]:
    """The page is not asked about here, and costs two seconds a night."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("kezek.report.page.write_report", lambda published, report: report)
        yield


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Three nights with edits, deletions, answers of 304 and refusals by robots.txt as the demo web has them; in the first a
    host is down, in the second a task is killed and another one tried twice, and a person reads the third once more."""
    with DemoWeb(port=0) as web:
        base = Settings.from_environment({"KEZEK_HOME": str(tmp_path_factory.mktemp("data"))})
        settings = demo_settings(base, web.address)
        down = {"stepnoy-ural.example": "127.0.0.1:9", **settings.connect_to}
        web.set_clock(day_bounds(NIGHTS[0])[1])
        night(replace(settings, connect_to=down), NIGHTS[0], SOURCES)
        web.set_clock(day_bounds(NIGHTS[1])[1])
        night(settings, NIGHTS[1], SOURCES, killed="tenge", twice="vestnik")
        web.set_clock(day_bounds(NIGHTS[2])[1])
        night(settings, NIGHTS[2], SOURCES)
        run_days(settings, [NIGHTS[2]], ["vestnik"], refetch=True)
    rows = all_rows(settings)
    delete_warehouse(settings)
    return World(settings, rows)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A night of two sources."""
    with DemoWeb(port=0) as web:
        web.set_clock(day_bounds(NIGHTS[0])[1])
        base = Settings.from_environment({"KEZEK_HOME": str(tmp_path_factory.mktemp("small"))})
        settings = demo_settings(base, web.address)
        night(settings, NIGHTS[0], TWO)
    return World(settings, all_rows(settings))


def test_the_warehouse_comes_back_from_the_archive_alone(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    settings = world.settings
    files = Archive(settings.archive).files()
    assert restore(replace(settings, connect_to={"*": "127.0.0.1:9"}))
    told = capsys.readouterr()
    rows = all_rows(settings)
    assert rows.keys() == world.rows.keys()
    for table in rows:
        assert rows[table] == world.rows[table], table
    assert Archive(settings.archive).files() == files, "nothing is copied"
    assert "readings of 4 runs were read again" in told.out
    assert "Left out: 1 file (nightly/" in told.err and "a later try took their place" in told.err
    assert "Lost" not in told.err and "otherwise" not in told.err


def test_the_nights_had_what_is_compared(world: World) -> None:
    """Edits, deletions, answers of 304, refusals, a closed gap, two lost sources: none of it is compared as nothing."""
    assert all(world.rows[table] for table in world.rows if table not in ("quality_findings", "proposals"))
    with open_warehouse(world.settings.warehouse, read_only=True) as warehouse:

        def count(what: str) -> int:
            return int(warehouse.value(f"SELECT count(*) FROM {what}"))

        assert count("documents WHERE gone_at IS NOT NULL") == 2
        assert count("documents WHERE revision > 1") == 2
        assert count("documents WHERE near_duplicate_of IS NOT NULL") >= 2
        assert count("fetches WHERE status = 304") > 3
        assert count("fetches WHERE warc_file IS NULL") > 3, "the host that was down, and what robots.txt forbids"
        assert count("unparsed WHERE error = 'robots_forbidden'") == 1
        assert count("runs WHERE finished_at IS NOT NULL") == 4
        assert count("coverage WHERE NOT complete") == 0
        assert count("claims") > 30
        assert count("night_summaries WHERE gaps > 0") == 2
        assert count("fetches WHERE run_id LIKE 'run/%'") > 3
    loaded = [one for one in survey(Archive(world.settings.archive)).journal if isinstance(one, RunLoaded)]
    assert [one.failed for one in loaded] == [(), ("tenge",), (), ()]


def test_every_claim_leads_back_to_its_bytes(world: World) -> None:
    with open_warehouse(world.settings.published, read_only=True) as warehouse:
        claims = warehouse.rows("SELECT claim_id FROM claims ORDER BY claim_id LIMIT 10")
    assert claims and all(trace(world.settings, row["claim_id"]).proof.broken is None for row in claims)


def test_a_warehouse_that_holds_documents_is_left_alone(world: World) -> None:
    before = all_rows(world.settings)
    with pytest.raises(InputError, match=r"kezek.duckdb holds [\d,]+ documents: a restore wants an empty one"):
        restore(world.settings)
    assert all_rows(world.settings) == before


def test_what_is_damaged_is_named_and_the_rest_is_restored(small: World, tmp_path: Path) -> None:
    here = _elsewhere(small, tmp_path)
    column = _columns(small, "fetches")
    of_a_document = {row[_columns(small, "documents")["fetch_id"]] for row in small.rows["documents"]}
    broken = next(
        row
        for row in small.rows["fetches"]
        if row[column["source_id"]] == "tenge" and row[column["fetch_id"]] in of_a_document
    )
    path = Path(here.archive, broken[column["warc_file"]])
    content = bytearray(path.read_bytes())
    place = broken[column["warc_offset"]]
    content[place + 30 : place + 60] = bytes(30)
    path.write_bytes(content)
    [lost] = Path(here.archive).rglob("kgd_demo-*.warc.gz")
    lost.write_bytes(lost.read_bytes()[:-40])
    done = CliRunner().invoke(app, ["restore"], env=here.environment())
    assert done.exit_code == 1, done.output
    complaints = [line for line in done.stderr.splitlines() if line.startswith("Lost: ")]
    assert len(complaints) == 2
    assert any(broken[column["url"]] in line and f"at {place}" in line for line in complaints)
    assert any(
        line.startswith("Lost: kgd_demo in nightly/") and "no whole reading is there" in line for line in complaints
    )
    assert "of tries that were killed" in done.stderr
    with open_warehouse(here.warehouse, read_only=True) as warehouse:
        [page] = warehouse.rows(f"SELECT error, resolved FROM unparsed WHERE fetch_id = '{broken[column['fetch_id']]}'")
        assert (page["error"], page["resolved"]) == ("damaged", False)
        open_days = warehouse.rows("SELECT source_id, stop_reason FROM coverage WHERE NOT complete ORDER BY source_id")
        documents = warehouse.value("SELECT count(*) FROM documents WHERE source_id = 'tenge'")
    assert ("kgd_demo", "not read yet") in [tuple(row.values()) for row in open_days], "so the nights read it again"
    everything = [row for row in small.rows["documents"] if "tenge" in row]
    assert documents == len(everything) - 1


def test_an_archive_in_a_store_is_restored_alike(small: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = ThreadedMotoServer("127.0.0.1", port=0)
    server.start()
    try:
        _, port = server.get_host_and_port()
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", f"http://127.0.0.1:{port}")
        for name, value in (("ACCESS_KEY_ID", "k"), ("SECRET_ACCESS_KEY", "s"), ("DEFAULT_REGION", "us-east-1")):
            monkeypatch.setenv(f"AWS_{name}", value)
        boto3.client("s3").create_bucket(Bucket="restored")
        store, _ = fsspec.core.url_to_fs("s3://restored", skip_instance_cache=True)
        store.put(f"{small.settings.archive}/", "restored/archive/", recursive=True)
        here = replace(_elsewhere(small, tmp_path), archive="s3://restored/archive")
        assert restore(here)
        assert all_rows(here) == small.rows
    finally:
        server.stop()


def test_an_archive_that_holds_nothing_is_said_to(world: World, tmp_path: Path) -> None:
    here = replace(world.settings, home=tmp_path, archive=str(tmp_path / "archive"), spool=str(tmp_path / "spool"))
    done = CliRunner().invoke(app, ["restore"], env=here.environment())
    with pytest.raises(InputError, match="holds no WARC files: there is nothing to restore"):
        restore(here)
    with Archive(here.archive) as archive:
        archive.write_error("https://a.example/", day_bounds(NIGHTS[0])[0], "read_timeout: nothing", "old", "older")
    with pytest.raises(InputError, match="none of the 1 WARC files .* `kezek run --replay`"):
        restore(here)
    assert done.exit_code != 0
    assert not list(tmp_path.rglob("*.duckdb")), "nothing is written"


def test_a_server_gets_the_same_rows_though_the_restore_is_killed_and_a_source_left_the_file(
    world: World, tmp_path: Path, postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources = tmp_path / "sources.toml"
    first, *others = world.settings.sources.read_text(encoding="utf-8").split("[[source]]")
    kept = [one for one in others if 'id = "fts_ural_demo"' not in one]
    assert len(kept) == len(others) - 1
    sources.write_text("[[source]]".join([first, *kept]), encoding="utf-8")
    server = postgres.create("restored")
    here = replace(world.settings, home=tmp_path, report=str(tmp_path / "r.html"), sources=sources, server=server)
    loads = steps.load_spools

    def power_cut(*arguments: Any) -> Any:
        loads(*arguments)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(steps, "load_spools", power_cut)
        restore(here)
    assert restore(here), "it goes on where half a restore was"
    rows = all_rows(here)
    for table in rows:
        assert rows[table] == world.rows[table], table
    with pytest.raises(InputError, match="a restore wants an empty one"):
        restore(here)


def _elsewhere(world: World, folder: Path) -> Settings:
    """A home without a warehouse, and a copy of the archive."""
    archive = shutil.copytree(world.settings.archive, folder / "archive")
    return replace(
        world.settings,
        home=folder,
        archive=str(archive),
        spool=str(folder / "spool"),
        report=str(folder / "report.html"),
    )


def _columns(world: World, table: str) -> dict[str, int]:
    """Where each column stands in the rows of `all_rows`."""
    with open_warehouse(world.settings.warehouse, read_only=True) as warehouse:
        names = sorted(one["name"] for one in warehouse.columns(table))
    return {name: number for number, name in enumerate(names)}
