"""A night that could not be read is read by the next one, first."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from infra.demo.server import DemoWeb
from kezek import steps
from kezek.dates import day_bounds
from kezek.demo import demo_settings
from kezek.settings import Settings
from kezek.unread import unread
from warehouse.connection import Row, open_warehouse
from warehouse.runs import finish_run

SOURCE = "stepnoy_ural"
NIGHTS = (date(2025, 10, 1), date(2025, 10, 2), date(2025, 10, 3))


@pytest.fixture
def web() -> Iterator[DemoWeb]:
    with DemoWeb(port=0) as web:
        yield web


def night(settings: Settings, web: DemoWeb, day: date) -> list[str]:
    """What the night could not read."""
    start, end = day_bounds(day)
    web.set_clock(end)
    plans = steps.plan_night(settings, start, end, [SOURCE])
    for plan in plans:
        steps.collect_source(settings, plan)
    steps.load_readings(settings, plans)
    with open_warehouse(settings.warehouse) as warehouse:
        finish_run(warehouse, f"nightly/{day}", datetime.now(UTC))
    return unread(settings, plans)


def rows(settings: Settings, sql: str) -> list[Row]:
    with open_warehouse(settings.warehouse, read_only=True) as warehouse:
        return warehouse.rows(sql)


DOCUMENTS = "SELECT document_id, content_sha256, revision, published_at FROM documents ORDER BY ALL"


def test_the_next_night_reads_what_the_last_one_could_not(web: DemoWeb, tmp_path: Path) -> None:
    settings = demo_settings(Settings.from_environment({"KEZEK_HOME": str(tmp_path / "broken")}), web.address)
    down = replace(settings, connect_to={"*": "127.0.0.1:9"})
    assert len(night(down, web, NIGHTS[0])) == 1
    [row] = rows(settings, "SELECT complete, gap_from FROM coverage")
    assert (row["complete"], row["gap_from"] is None) == (False, False)
    assert night(settings, web, NIGHTS[1]) == [] and night(settings, web, NIGHTS[2]) == []
    assert [row["complete"] for row in rows(settings, "SELECT complete FROM coverage")] == [True, True, True]
    undisturbed = demo_settings(Settings.from_environment({"KEZEK_HOME": str(tmp_path / "whole")}), web.address)
    for day in NIGHTS:
        assert night(undisturbed, web, day) == []
    assert rows(settings, DOCUMENTS) == rows(undisturbed, DOCUMENTS)
    before = rows(settings, "SELECT count(*) FROM fetches")
    assert night(settings, web, NIGHTS[2]) == [] and rows(settings, "SELECT count(*) FROM fetches") == before


def test_a_night_that_was_killed_before_it_loaded_is_read_by_the_next(web: DemoWeb, tmp_path: Path) -> None:
    settings = demo_settings(Settings.from_environment({"KEZEK_HOME": str(tmp_path)}), web.address)
    start, end = day_bounds(NIGHTS[0])
    web.set_clock(end)
    for plan in steps.plan_night(settings, start, end, [SOURCE]):
        steps.collect_source(settings, plan)
    with open_warehouse(settings.warehouse) as warehouse:  # the next night starts a day later
        warehouse.execute("UPDATE runs SET started_at = started_at - INTERVAL '1 day'")
    assert night(settings, web, NIGHTS[1]) == []
    assert [row["complete"] for row in rows(settings, "SELECT complete FROM coverage")] == [True, True]
    assert rows(settings, "SELECT count(*) AS n FROM documents WHERE published_at < '2025-10-02T00:00:00Z'")[0]["n"] > 0


def test_an_unchanged_page_costs_a_304(web: DemoWeb, tmp_path: Path) -> None:
    settings = demo_settings(Settings.from_environment({"KEZEK_HOME": str(tmp_path)}), web.address)
    for day in NIGHTS:
        night(settings, web, day)
    [seen] = rows(
        settings,
        "SELECT count(*) AS unchanged, sum(bytes) AS bytes FROM fetches JOIN documents USING (url) WHERE status = 304",
    )
    assert seen["unchanged"] >= 3 and seen["bytes"] == 0
    [later] = rows(settings, "SELECT count(*) AS documents FROM documents WHERE last_seen_at > first_seen_at")
    assert later["documents"] >= 3
