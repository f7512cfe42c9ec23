"""The nightly DAG with its real steps on the demo web: a night, the same night again, a night with a broken source, one
with a host where nobody listens, and one with a broken sources file. One process runs all five."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from infra.demo.server import DemoWeb
from kezek.demo import demo_settings
from kezek.nights import NightResult, TaskEvent, run_nights
from kezek.settings import Settings
from warehouse.connection import open_warehouse
from warehouse.state import counts

DAY = date(2025, 10, 2)
SOURCES = ["vestnik", "tenge", "kgd_demo"]
BROKEN = "tenge"


class Episode:
    """Five nights and what each left: the third finds a folder where one source's spool should be, the fourth, of the day
    before, a closed port in place of that source's host, the fifth a sources file that is none."""

    def __init__(self, home: Path) -> None:
        self.results: list[NightResult] = []
        self.rows: list[dict[str, int]] = []
        self.published: list[int] = []
        self.events: list[TaskEvent] = []
        with DemoWeb(port=0) as web:
            settings = demo_settings(Settings.from_environment({"KEZEK_HOME": str(home)}), web.address)
            self.settings = replace(
                settings,
                sources=Path(shutil.copy(settings.sources, home)),
                connect_to={"closed.example": "127.0.0.1:9", **settings.connect_to},
            )
            web.set_clock(datetime(2025, 10, 3, tzinfo=UTC))
            for result in run_nights(self.settings, self.days(), SOURCES, self.events.append, retry_s=0.1):
                self.results.append(result)
                with open_warehouse(self.settings.warehouse, read_only=True) as warehouse:
                    self.rows.append(counts(warehouse))
                self.published.append(self.settings.published.stat().st_mtime_ns)

    def days(self) -> Iterator[date]:
        yield DAY
        yield DAY
        (spool,) = self.settings.spool.rglob(f"spools/{BROKEN}.jsonl")
        spool.unlink()
        spool.mkdir()
        yield DAY
        toml = self.settings.sources.read_text(encoding="utf-8")
        self.settings.sources.write_text(toml.replace("tenge-daily.example", "closed.example"), encoding="utf-8")
        yield DAY - timedelta(days=1)
        self.settings.sources.write_text("[[source]\n", encoding="utf-8")
        yield DAY


@pytest.fixture(scope="module")
def episode(tmp_path_factory: pytest.TempPathFactory) -> Episode:
    return Episode(tmp_path_factory.mktemp("flow"))


def test_a_night_brings_documents_and_claims(episode: Episode) -> None:
    night, rows = episode.results[0], episode.rows[0]
    assert (night.day, night.state, night.failed) == (DAY, "success", ())
    assert rows["documents"] > 0
    assert rows["claims"] > 0
    assert rows["annotations"] == rows["documents"]
    assert episode.settings.report.is_file()


def test_the_work_is_mapped_over_sources_and_batches(episode: Episode) -> None:
    tasks = {(task.task, task.name): task.state for task in episode.results[0].tasks}
    assert {name for task, name in tasks if task.startswith("collect")} == set(SOURCES)
    assert tasks["collect_channels", "kgd_demo"] == "success"
    assert tasks["annotate", "0000"] == "success"
    assert tasks["alarm", ""] == "skipped"


def test_the_interval_is_the_utc_day(episode: Episode) -> None:
    with open_warehouse(episode.settings.warehouse, read_only=True) as warehouse:
        intervals = warehouse.rows("SELECT DISTINCT interval_start, interval_end FROM coverage ORDER BY interval_start")
    assert intervals == [
        {"interval_start": datetime(2025, 10, n, tzinfo=UTC), "interval_end": datetime(2025, 10, n + 1, tzinfo=UTC)}
        for n in (1, 2)
    ]


def test_the_same_night_again_really_runs_and_adds_nothing(episode: Episode) -> None:
    again = episode.results[1]
    assert again.state == "success"
    assert {task.task for task in again.tasks if task.state == "success"} >= {
        "plan",
        "collect_outlets",
        "load",
        "publish",
    }
    assert episode.rows[1] == episode.rows[0]


def test_a_source_that_fails_does_not_stop_the_night_and_is_not_silent(episode: Episode) -> None:
    night = episode.results[2]
    assert night.state == "failed"
    assert [(task.task, task.name) for task in night.failed] == [("collect_outlets", BROKEN)]
    assert night.failed[0].error
    states = {task.task: task.state for task in night.tasks if task.task in ("load", "load_claims", "publish", "alarm")}
    assert states == {"load": "success", "load_claims": "success", "publish": "success", "alarm": "failed"}
    assert episode.published[2] > episode.published[1]
    assert "IsADirectoryError" in night.log.read_text(encoding="utf-8")


def test_what_a_second_try_may_mend_is_tried_again(episode: Episode) -> None:
    tries = [event.state for event in episode.events if event.name == BROKEN and event.state != "success"]
    assert tries[-9:] == ["running", "up_for_retry"] * 3 + ["running", "failed", "running"]


def test_a_host_that_does_not_answer_fails_the_run_after_publishing(episode: Episode) -> None:
    night = episode.results[3]
    assert night.state == "failed"
    (failed,) = night.failed
    assert failed.task == "unread"
    assert str(failed.error).startswith(f"Not read: {BROKEN} on 2025-10-01 (error: https://closed.example/")
    assert "connect_failed" in str(failed.error)
    states = {(task.task, task.name): task.state for task in night.tasks}
    assert states["collect_outlets", BROKEN] == "success"
    assert states["publish", ""] == "success"
    assert states["alarm", ""] == "failed"
    assert [event.state for event in episode.events if event.task == "unread"][-2:] == ["running", "failed"]
    assert episode.published[3] > episode.published[2]
    assert episode.rows[3]["documents"] > episode.rows[2]["documents"]


def test_what_no_retry_can_mend_fails_at_once(episode: Episode) -> None:
    night = episode.results[4]
    assert night.state == "failed"
    assert [(task.task, task.state) for task in night.failed] == [("plan", "failed")]
    assert "sources.toml" in (night.failed[0].error or "")
    assert [event.state for event in episode.events if event.task == "plan"][-2:] == ["running", "failed"]
    states = {task.state for task in night.tasks if task.task in ("load", "load_claims", "publish")}
    assert states <= {"skipped", "upstream_failed"}
    assert episode.rows[4] == episode.rows[3]
