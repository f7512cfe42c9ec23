"""A night whose every task has a folder of its own, as on a machine of its own: it shares nothing with the others but
PostgreSQL and an archive on S3."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import count
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer
from s3fs import S3FileSystem

from infra.demo.server import DemoWeb
from ingest import handover
from ingest.archive import Archive
from ingest.errors import ArchiveError
from kezek import steps
from kezek.dates import day_bounds
from kezek.demo import demo_settings
from kezek.settings import Settings
from kezek.trace import trace
from tests.postgres import Server
from tests.same_rows import rows
from warehouse.connection import open_warehouse

DAY = date(2025, 10, 1)
SOURCES = ["vestnik", "tenge", "kgd_demo"]


@dataclass
class Machines:
    """Settings that agree but for the home: `here()` is a new and empty machine."""

    settings: Settings
    root: Path
    numbers: Iterator[int]

    def here(self) -> Settings:
        home = self.root / f"machine-{next(self.numbers)}"
        home.mkdir()
        return replace(self.settings, home=home)


@pytest.fixture(scope="module")
def store() -> Iterator[str]:
    """An S3 server of one's own with an empty bucket; gives the URL of a folder in it."""
    server = ThreadedMotoServer("127.0.0.1", port=0)
    server.start()
    _, port = server.get_host_and_port()
    address = {
        "AWS_ENDPOINT_URL_S3": f"http://127.0.0.1:{port}",
        "AWS_ACCESS_KEY_ID": "k",
        "AWS_SECRET_ACCESS_KEY": "s",
    }
    with pytest.MonkeyPatch.context() as environment:
        for name, value in {**address, "AWS_DEFAULT_REGION": "us-east-1"}.items():
            environment.setenv(name, value)
        boto3.client("s3").create_bucket(Bucket="kezek")
        S3FileSystem.clear_instance_cache()  # one that another test has left knows another server
        yield "s3://kezek/archive"
        S3FileSystem.clear_instance_cache()
    server.stop()


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory, postgres: Server, store: str) -> Iterator[Machines]:
    """One night, each of its steps on another machine."""
    with DemoWeb(port=0) as web:
        web.set_clock(day_bounds(DAY)[1])
        place = Settings.from_environment({"KEZEK_ARCHIVE": store, "KEZEK_WAREHOUSE": postgres.create("apart")})
        settings = replace(
            demo_settings(place, web.address),
            archive=place.archive,
            spool=place.spool,
            report=place.report,
            server=place.server,
        )
        apart = Machines(settings, tmp_path_factory.mktemp("machines"), count(1))
        start, end = day_bounds(DAY)
        plans = steps.plan_night(apart.here(), start, end, SOURCES)
        for plan in plans:
            steps.collect_source(apart.here(), plan)
        batches = steps.load_readings(apart.here(), plans)
        steps.load_annotations(apart.here(), [steps.annotate_batch(apart.here(), batch) for batch in batches])
        steps.publish(apart.here(), start, end)
        yield apart


def test_no_machine_holds_anything(machines: Machines) -> None:
    assert [path for path in machines.root.rglob("*") if path.is_file()] == []
    assert len(list(machines.root.iterdir())) >= 7


def test_the_rows_are_those_of_a_night_in_one_folder(machines: Machines, tmp_path: Path) -> None:
    here = replace(
        demo_settings(Settings.from_environment({"KEZEK_HOME": str(tmp_path)}), "127.0.0.1:9"),
        connect_to=machines.settings.connect_to,
    )
    start, end = day_bounds(DAY)
    plans = steps.plan_night(here, start, end, SOURCES)
    for plan in plans:
        steps.collect_source(here, plan)
    batches = steps.load_readings(here, plans)
    steps.load_annotations(here, [steps.annotate_batch(here, batch) for batch in batches])
    steps.publish(here, start, end)
    with (
        open_warehouse(machines.settings.warehouse, read_only=True) as apart,
        open_warehouse(here.warehouse, read_only=True) as together,
    ):
        assert rows(apart) == rows(together)
        assert apart.value("SELECT count(*) FROM claims") > 0


def test_a_claim_leads_back_to_its_bytes_in_the_store(machines: Machines) -> None:
    with open_warehouse(machines.settings.warehouse, read_only=True) as warehouse:
        (row,) = warehouse.rows("SELECT claim_id FROM claims ORDER BY claim_id LIMIT 1")
    trace(machines.here(), row["claim_id"])


def test_the_report_lies_beside_the_archive(machines: Machines) -> None:
    assert machines.settings.report == "s3://kezek/archive/report.html"
    assert handover.read(machines.settings.report).startswith(b"<!doctype html>")


def test_every_file_of_the_store_is_whole(machines: Machines) -> None:
    with Archive(machines.settings.archive) as archive:
        names = archive.files()
        assert len(names) >= len(SOURCES)
        for name in names:
            assert gzip.decompress(handover.read(f"{machines.settings.archive}/{name}")).startswith(b"WARC/1.1")


def test_a_bucket_that_is_not_there_is_one_clear_sentence_and_is_not_made(machines: Machines) -> None:
    lost = replace(machines.here(), archive="s3://mistyped/archive", spool="s3://mistyped/spool")
    with pytest.raises(ArchiveError, match="bucket does not exist"):
        steps.plan_night(lost, *day_bounds(DAY), ["vestnik"], refetch=True)
    assert "mistyped" not in [bucket["Name"] for bucket in boto3.client("s3").list_buckets()["Buckets"]]


def test_a_store_that_does_not_answer_is_one_clear_sentence(
    machines: Machines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    S3FileSystem.clear_instance_cache()
    with pytest.raises(ArchiveError, match="127.0.0.1:9"):
        steps.plan_night(machines.here(), *day_bounds(DAY), ["vestnik"], refetch=True)
    S3FileSystem.clear_instance_cache()
