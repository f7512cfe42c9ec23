"""A new model reads again what an earlier one has read: the real DAG in a process of Airflow's own, no network."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from ingest.errors import InputError
from kezek import steps
from kezek.airflow import airflow_environment
from kezek.settings import Settings
from nlp.annotate import model_version
from nlp.claims.topic import topic_named
from tests.kezek.small_warehouse import fill
from tests.warehouse.world import DAY
from warehouse.connection import Row, open_warehouse
from warehouse.state import counts

AIRFLOW = Path(sys.executable).with_name("airflow")
MODEL = model_version(topic_named("border"))


def home(folder: Path) -> Settings:
    """A data folder whose documents an earlier model has read."""
    settings = Settings.from_environment({"KEZEK_HOME": str(folder)})
    settings.private.mkdir(parents=True)
    with open_warehouse(settings.warehouse) as warehouse:
        fill(warehouse)
    return settings


def rows(settings: Settings, sql: str) -> list[Row]:
    with open_warehouse(settings.warehouse, read_only=True) as warehouse:
        return warehouse.rows(sql)


@pytest.fixture(scope="module")
def read_again(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, dict[str, int], list[Row]]:
    """The folder after a run of the DAG; the rows of its tables, and the claims, before it."""
    settings = home(tmp_path_factory.mktemp("again"))
    with open_warehouse(settings.warehouse, read_only=True) as warehouse:
        before = counts(warehouse)
    claims = rows(settings, "SELECT claim_id, model_version FROM claims")
    environment = airflow_environment(settings)
    for command in (["db", "migrate"], ["dags", "test", "reannotate"]):
        done = subprocess.run([AIRFLOW, *command], env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
    return settings, before, claims


def test_every_revision_is_read_by_the_present_model(read_again: tuple[Settings, dict[str, int], list[Row]]) -> None:
    settings, _, _ = read_again
    unread = rows(
        settings,
        "SELECT document_id FROM documents WHERE NOT EXISTS (SELECT 1 FROM annotations WHERE "
        "annotations.document_id = documents.document_id AND annotations.content_sha256 = documents.content_sha256 "
        f"AND annotations.model_version = '{MODEL}')",
    )
    assert unread == []


def test_what_the_earlier_model_found_is_superseded_and_stays(
    read_again: tuple[Settings, dict[str, int], list[Row]],
) -> None:
    settings, _, claims = read_again
    old = rows(settings, f"SELECT claim_id, superseded_by FROM claims WHERE model_version <> '{MODEL}'")
    assert len(claims) > 3
    assert {row["claim_id"] for row in old} <= {row["claim_id"] for row in claims}
    assert {row["superseded_by"] for row in old} == {MODEL}
    known = {row["claim_id"] for row in rows(settings, "SELECT claim_id FROM claims")}
    assert {row["claim_id"] for row in claims} <= known


def test_nothing_is_fetched_and_the_rest_stays_as_it_was(
    read_again: tuple[Settings, dict[str, int], list[Row]],
) -> None:
    settings, before, _ = read_again
    with open_warehouse(settings.published, read_only=True) as warehouse:
        after = counts(warehouse)
    for table in ("documents", "fetches", "coverage", "runs", "unparsed", "sources"):
        assert after[table] == before[table], table
    assert Path(settings.report).is_file()


def test_a_range_of_days_is_of_publication_and_both_ends_are_in_it(tmp_path: Path) -> None:
    settings = home(tmp_path)
    first, last = (DAY.date() + timedelta(days=n) for n in (0, 1))
    (batch,) = steps.reannotation(settings, "some", f"{first}", f"{last}")
    asked = {line.split('"document_id":"')[1].split('"')[0] for line in Path(batch).read_text("utf-8").splitlines()}
    due = rows(
        settings,
        f"SELECT DISTINCT document_id FROM documents WHERE published_at >= '{first}T00:00:00Z' "
        f"AND published_at < '{last + timedelta(days=1)}T00:00:00Z'",
    )
    assert asked == {row["document_id"] for row in due}
    assert len(asked) == 3
    assert steps.reannotation(settings, "none", None, f"{date(2024, 1, 1)}") == []


@pytest.mark.parametrize("day", ["yesterday", "2025-13-01"])
def test_a_day_that_is_none_is_refused(tmp_path: Path, day: str) -> None:
    with pytest.raises(InputError, match=day):
        steps.reannotation(home(tmp_path), "wrong", day, None)
