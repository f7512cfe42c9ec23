"""A source that could not be read is named and fails its run; a gap that no second try can close is said, no more."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from infra.demo.server import DemoWeb
from ingest.errors import NightError
from kezek import steps
from kezek.dates import day_bounds
from kezek.demo import demo_settings
from kezek.run import run_days
from kezek.settings import Settings
from kezek.unread import unread
from tests.warehouse.world import covered
from warehouse.connection import open_warehouse
from warehouse.load import load_readings

DAY = date(2025, 10, 2)
CLOSED = "127.0.0.1:9"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Settings]:
    """The demo's settings, but nobody listens at tenge-daily.example."""
    with DemoWeb(port=0) as web:
        web.set_clock(day_bounds(DAY)[1])
        settings = demo_settings(Settings.from_environment({"KEZEK_HOME": str(tmp_path)}), web.address)
        yield replace(settings, connect_to={"tenge-daily.example": CLOSED, **settings.connect_to})


def test_a_run_that_could_not_read_a_source_lands_the_rest_and_fails(here: Settings) -> None:
    with pytest.raises(
        NightError, match=r"tenge on 2025-10-02 \(error: https://tenge-daily\.example/\S+: connect_failed: .*\)"
    ):
        run_days(here, [DAY], ["vestnik", "tenge"])
    with open_warehouse(here.published, read_only=True) as warehouse:
        read = {row["source_id"]: row["complete"] for row in warehouse.rows("SELECT source_id, complete FROM coverage")}
    assert read == {"vestnik": True, "tenge": False}
    assert Path(here.report).is_file()


def test_only_the_sources_of_the_run_are_asked_about(here: Settings) -> None:
    plans = steps.plan_night(here, *day_bounds(DAY), ["vestnik", "tenge"])
    assert unread(here, plans) == [
        "vestnik on 2025-10-02 (not read yet)",
        "tenge on 2025-10-02 (not read yet)",
    ]
    steps.collect_source(here, plans[0])
    steps.load_readings(here, plans)
    assert unread(here, plans) == ["tenge on 2025-10-02 (the source's task failed)"]
    assert unread(here, plans[:1]) == []


@pytest.mark.parametrize(
    ("reason", "fails"),
    [
        ("error", True),
        ("the host fails: connect_failed", True),
        ("2 pages failed for now", True),
        ("missing channel", True),
        ("feed too short", False),
        ("no more pages", False),
        ("only 3000 of 3001 candidates were read", False),
        ("the interval was not over yet", False),
    ],
)
def test_a_lasting_gap_is_said_and_fails_nothing(
    here: Settings, reason: str, fails: bool, caplog: pytest.LogCaptureFixture
) -> None:
    plans = steps.plan_night(here, *day_bounds(DAY), ["vestnik"])
    start, end = day_bounds(DAY)
    seen = covered(source_id="vestnik", interval_start=start, interval_end=end, complete=False, stop_reason=reason)
    with open_warehouse(here.warehouse) as warehouse:
        load_readings(warehouse, coverage=[replace(seen, finished_at=datetime.now(UTC) + timedelta(days=1))])
    sentence = f"vestnik on 2025-10-02 ({reason})"
    with caplog.at_level(logging.WARNING):
        assert unread(here, plans) == ([sentence] if fails else [])
    assert (sentence in caplog.text) is not fails
