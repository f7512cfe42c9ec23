"""How much a night gives the model to read: bounded, the newest first, and the rest is left for the next night."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.spool import Spool
from kezek import steps
from kezek.airflow import airflow_environment
from kezek.settings import Settings
from tests.warehouse.world import annotation, day, document, gone
from warehouse.connection import open_warehouse
from warehouse.load import load_annotations, load_readings
from warehouse.reading import Reading
from warehouse.schema import migrate


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Five revisions that nobody has read, of five days; one text makes a batch."""
    settings = Settings.from_environment({"KEZEK_HOME": str(tmp_path), "KEZEK_BATCH_CHARS": "1"})
    with open_warehouse(settings.warehouse) as warehouse:
        migrate(warehouse)
        load_readings(warehouse, readings=[Reading(document(f"p{n}"), day(n)) for n in range(1, 6)])
    return settings


def test_a_night_reads_the_newest_and_the_rest_stays_due(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert len(steps.write_batches(settings, "nightly/x", most=5)) == 5
        assert caplog.text == ""
        batches = steps.write_batches(settings, "nightly/x", most=2)
    assert [Path(path).name for path in batches] == ["0000.jsonl", "0001.jsonl"]
    assert "/p4" in Path(batches[0]).read_text(encoding="utf-8")
    assert "/p5" in Path(batches[1]).read_text(encoding="utf-8")
    assert "3 more" in caplog.text
    steps.load_annotations(settings, [steps.annotate_batch(settings, batch) for batch in batches])
    (left,) = steps.write_batches(replace(settings, batch_chars=10_000), "nightly/x", most=10)
    assert [f"/p{n}" in Path(left).read_text(encoding="utf-8") for n in range(1, 6)] == [True] * 3 + [False] * 2


def test_airflow_maps_over_as_many_batches_as_a_night_may_have(settings: Settings) -> None:
    assert int(airflow_environment(settings)["AIRFLOW__CORE__MAX_MAP_LENGTH"]) >= steps.MOST_REVISIONS


def test_what_a_load_leaves_out_is_said_once(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    page = document("p1")
    with open_warehouse(settings.warehouse) as warehouse:
        load_annotations(warehouse, [annotation(page, model="m2")], day(9).replace(year=2100))
    batch, *_ = steps.write_batches(settings, "nightly/x")
    with caplog.at_level(logging.WARNING):
        steps.load_annotations(settings, [steps.annotate_batch(settings, batch)])
    assert [record.message for record in caplog.records] == ["Left out of the load: 1 older than another model's."]
    caplog.clear()
    stranger = gone("d-nobody", day(1))
    with open_warehouse(settings.warehouse) as warehouse, caplog.at_level(logging.WARNING):
        steps.load_spools(warehouse, [Spool(gone=[stranger]), Spool(gone=[replace(stranger, url="x")])])
    assert [record.message for record in caplog.records] == ["Left out of the load: 2 gone, but never seen."]
