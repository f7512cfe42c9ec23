"""The nightly DAG with its real steps on the demo web: a night, the same night again, a night with a feed that is gone, one
with a host where nobody listens, and one with a broken sources file. One process runs all five."""

from __future__ import annotations

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
TENGE = "collect.tenge-daily-example"


def some_sources(sources: Path, home: Path) -> Path:
    """The sources file with those that the nights read, and one that they are not asked for."""
    blocks = sources.read_text(encoding="utf-8").split("[[source]]")
    kept = [block for block in blocks if any(f'id = "{one}"' in block for one in (*SOURCES, "qazaq_tilshi"))]
    target = home / sources.name
    target.write_text("".join(f"[[source]]{block}" for block in kept), encoding="utf-8")
    return target


class Episode:
    """Five nights and what each left: the third, of the day before, finds a 404 in place of a source's feed, the fourth, of
    the day before that, a closed port in place of its host, the fifth a sources file that is none."""

    def __init__(self, home: Path) -> None:
        self.results: list[NightResult] = []
        self.rows: list[dict[str, int]] = []
        self.published: list[int] = []
        self.events: list[list[TaskEvent]] = []
        with DemoWeb(port=0) as web:
            settings = demo_settings(Settings.from_environment({"KEZEK_HOME": str(home)}), web.address)
            self.settings = replace(
                settings,
                sources=some_sources(settings.sources, home),
                connect_to={"closed.example": "127.0.0.1:9", **settings.connect_to},
            )
            web.set_clock(datetime(2025, 10, 3, tzinfo=UTC))
            for result in run_nights(
                self.settings, self.days(), SOURCES, lambda event: self.events[-1].append(event), retry_s=0.01
            ):
                self.results.append(result)
                with open_warehouse(self.settings.warehouse, read_only=True) as warehouse:
                    self.rows.append(counts(warehouse))
                self.published.append(self.settings.published.stat().st_mtime_ns)

    def days(self) -> Iterator[date]:
        self.events.append([])
        yield DAY
        self.events.append([])
        yield DAY
        self.events.append([])
        toml = self.settings.sources.read_text(encoding="utf-8")
        self.settings.sources.write_text(
            toml.replace("/atom.xml", "/gone.xml").replace("/archive/%Y-%m-%d", "/gone/%Y"), encoding="utf-8"
        )
        yield DAY - timedelta(days=1)
        self.events.append([])
        self.settings.sources.write_text(toml.replace("tenge-daily.example", "closed.example"), encoding="utf-8")
        yield DAY - timedelta(days=2)
        self.events.append([])
        self.settings.sources.write_text("[[source]\n", encoding="utf-8")
        yield DAY

    def tries(self, night: int) -> list[str]:
        """The states that the broken source's task went through in that night."""
        return [event.state for event in self.events[night] if event.name == BROKEN or event.task == TENGE]


@pytest.fixture(scope="module")
def episode(tmp_path_factory: pytest.TempPathFactory) -> Episode:
    return Episode(tmp_path_factory.mktemp("flow"))


def test_a_night_brings_documents_and_claims(episode: Episode) -> None:
    night, rows = episode.results[0], episode.rows[0]
    assert (night.day, night.state, night.failed) == (DAY, "success", ())
    assert rows["documents"] > 0
    assert rows["claims"] > 0
    assert rows["annotations"] == rows["documents"]
    assert Path(episode.settings.report).is_file()


def test_the_work_is_mapped_over_sources_and_batches(episode: Episode) -> None:
    tasks = {(task.task, task.name): task.state for task in episode.results[0].tasks}
    collects = {name: state for (task, name), state in tasks.items() if task.startswith("collect.")}
    assert {name for name, state in collects.items() if state == "success"} == set(SOURCES)
    assert {state for name, state in collects.items() if name not in SOURCES} == {"skipped"}
    assert tasks["collect.t-me", "kgd_demo"] == "success"
    assert tasks["annotate", "0000"] == "success"
    assert tasks["alarm", ""] == "skipped"


def test_the_interval_is_the_utc_day(episode: Episode) -> None:
    with open_warehouse(episode.settings.warehouse, read_only=True) as warehouse:
        intervals = warehouse.rows("SELECT DISTINCT interval_start, interval_end FROM coverage ORDER BY interval_start")
    first = datetime(2025, 9, 30, tzinfo=UTC)
    assert [(row["interval_start"], row["interval_end"]) for row in intervals] == [
        (first + timedelta(days=n), first + timedelta(days=n + 1)) for n in range(3)
    ]


def test_the_same_night_again_really_runs_and_adds_nothing(episode: Episode) -> None:
    again = episode.results[1]
    assert again.state == "success"
    assert {task.task for task in again.tasks if task.state == "success"} >= {
        "plan",
        TENGE,
        "load",
        "publish",
        "summary",
    }
    assert episode.rows[1] == episode.rows[0]


def test_what_a_night_brought_is_told(episode: Episode) -> None:
    (first, *_) = [result.log.read_text(encoding="utf-8") for result in episode.results]
    assert "Night of 2025-10-02" in first


def test_a_list_that_is_gone_fails_its_task_at_once_and_the_rest_is_published(episode: Episode) -> None:
    night = episode.results[2]
    assert night.state == "failed"
    assert [(task.task, task.name) for task in night.failed] == [(TENGE, BROKEN)]
    assert str(night.failed[0].error).startswith(f"{BROKEN} on 2025-10-01 was not read: list gone: https://tenge-daily")
    assert episode.tries(2) == ["running", "failed"]
    assert told(night) == {
        "load": "success",
        "load_claims": "success",
        "publish": "success",
        "summary": "success",
        "alarm": "failed",
    }
    assert episode.published[2] > episode.published[1]
    assert episode.rows[2]["documents"] > episode.rows[1]["documents"]


def test_a_host_that_does_not_answer_is_tried_again_and_the_rest_is_published(episode: Episode) -> None:
    night = episode.results[3]
    assert night.state == "failed"
    (failed,) = night.failed
    assert (failed.task, failed.name) == (TENGE, BROKEN)
    assert str(failed.error).startswith(f"{BROKEN} on 2025-09-30 was not read: error: https://closed.example/")
    assert "connect_failed" in str(failed.error)
    assert episode.tries(3) == ["running", "up_for_retry"] * 3 + ["running", "failed"]
    assert told(night)["publish"] == "success"
    assert told(night)["alarm"] == "failed"
    assert episode.published[3] > episode.published[2]


def test_a_source_that_was_not_read_is_a_row_of_coverage(episode: Episode) -> None:
    with open_warehouse(episode.settings.warehouse, read_only=True) as warehouse:
        rows = warehouse.rows(
            "SELECT complete, stop_reason FROM coverage WHERE source_id = 'tenge' ORDER BY interval_start"
        )
    assert [(row["complete"], row["stop_reason"]) for row in rows] == [
        (False, "error"),
        (False, "list gone"),
        (True, "reached start"),
    ]


def test_what_no_retry_can_mend_fails_at_once(episode: Episode) -> None:
    night = episode.results[4]
    assert night.state == "failed"
    assert ("plan", "failed") in [(task.task, task.state) for task in night.failed]
    assert "sources.toml" in str(next(task.error for task in night.failed if task.task == "plan"))
    assert [event.state for event in episode.events[4] if event.task == "plan"] == ["running", "failed"]
    assert {told(night)[task] for task in ("load", "load_claims", "publish")} <= {"skipped", "upstream_failed"}
    assert episode.rows[4] == episode.rows[3]


def told(night: NightResult) -> dict[str, str]:
    """The last state of each task behind the collects."""
    names = ("load", "load_claims", "publish", "summary", "alarm")
    return {task.task: task.state for task in night.tasks if task.task in names}
