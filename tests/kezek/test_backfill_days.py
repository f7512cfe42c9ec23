"""A backfill gives what the nights would have given, to the last row: in whatever order its days are read, and side by side.

The demo web stands still at its end, so that all look at the same; each way of reading it has a home of its own.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from infra.demo.server import DemoWeb
from ingest import handover
from kezek import steps
from kezek.dates import day_bounds
from kezek.demo import demo_settings
from kezek.settings import Settings
from tests.postgres import Server
from tests.same_rows import Rows, differences, rows
from warehouse.connection import open_warehouse
from warehouse.runs import finish_run

LAST = date(2025, 10, 3)
DAYS = [LAST - timedelta(days=n) for n in reversed(range(4))]
SOURCES = ["vestnik", "stepnoy_ural", "tenge", "chorsu", "fura_demo", "kgd_demo"]
ORDER = random.Random(7)

Annotations = dict[tuple[str, str], bytes]


@dataclass
class Days:
    """Runs of the nightly DAG's steps, a day each, that can be carried on one after another or in any order.

    `known` are annotations that the model has made already, in another home: it is not asked for the same again.
    """

    settings: Settings
    day_only: bool = True
    known: Annotations = field(default_factory=dict)
    plans: dict[date, list[str]] = field(default_factory=dict)
    batches: dict[date, list[str]] = field(default_factory=dict)
    annotations: dict[date, list[str]] = field(default_factory=dict)

    def plan(self, day: date) -> None:
        self.plans[day] = steps.plan_night(self.settings, *day_bounds(day), SOURCES, day_only=self.day_only)

    def collect(self, day: date) -> None:
        for plan in self.plans[day]:
            steps.collect_source(self.settings, plan)

    def load(self, day: date) -> None:
        self.batches[day] = steps.load_readings(self.settings, self.plans[day])

    def annotate(self, day: date) -> None:
        self.annotations[day] = [self._annotated(batch) for batch in self.batches[day]]

    def load_claims(self, day: date) -> None:
        steps.load_annotations(self.settings, self.annotations[day])

    def finish(self, day: date) -> None:
        with open_warehouse(self.settings.warehouse) as warehouse:
            finish_run(warehouse, f"nightly/{day}", datetime.now(UTC))

    def run(self, day: date) -> None:
        for step in (self.plan, self.collect, self.load, self.annotate, self.load_claims, self.finish):
            step(day)

    def rows(self) -> Rows:
        """What is left when it is published."""
        steps.publish_now(self.settings)
        with open_warehouse(self.settings.warehouse, read_only=True) as warehouse:
            return rows(warehouse)

    def made(self) -> Annotations:
        lines = [
            line for paths in self.annotations.values() for path in paths for line in handover.read(path).splitlines()
        ]
        return {_revision(json.loads(line)): line for line in lines}

    def _annotated(self, batch: str) -> str:
        found = json.loads(b"[" + b",".join(handover.read(batch).splitlines()) + b"]")
        with open_warehouse(self.settings.warehouse, read_only=True) as warehouse:
            shas = {
                (row["document_id"], row["title"], row["text"]): row["content_sha256"]
                for row in warehouse.rows("SELECT document_id, content_sha256, title, text FROM documents")
            }
        wanted = [(one["document_id"], shas[one["document_id"], one["title"], one["text"]]) for one in found]
        if not self.known.keys() >= set(wanted):
            return steps.annotate_batch(self.settings, batch)
        target = batch.replace("/batches/", "/annotations/")
        handover.write(target, b"\n".join(self.known[one] for one in wanted))
        return target


def _revision(annotation: dict[str, str]) -> tuple[str, str]:
    return annotation["document_id"], annotation["content_sha256"]


@pytest.fixture(scope="module")
def web() -> Iterator[DemoWeb]:
    with DemoWeb(port=0) as web:
        web.set_clock(day_bounds(LAST)[1])
        yield web


@pytest.fixture
def home(web: DemoWeb, tmp_path: Path) -> Settings:
    return demo_settings(Settings.from_environment({"KEZEK_HOME": str(tmp_path)}), web.address)


@pytest.fixture(scope="module")
def nights(web: DemoWeb, tmp_path_factory: pytest.TempPathFactory) -> tuple[Rows, Annotations]:
    """What the nights leave, one after another, and what the model said meanwhile."""
    base = Settings.from_environment({"KEZEK_HOME": str(tmp_path_factory.mktemp("nights"))})
    nights = Days(demo_settings(base, web.address), day_only=False)
    for day in DAYS:
        nights.run(day)
    return nights.rows(), nights.made()


def shuffled(days: list[date]) -> list[date]:
    return ORDER.sample(days, len(days))


def test_the_nights_left_something_to_compare(nights: tuple[Rows, Annotations]) -> None:
    found = nights[0]
    assert len(found["coverage"]) == len(DAYS) * len(SOURCES)
    assert min(len(found[table]) for table in ("documents", "claims", "observations", "mentions", "entities")) > 20
    assert len(found["runs"]) == len(DAYS) and len(found["proposals"]) > 0


def test_backwards_and_then_the_same_once_more(home: Settings, nights: tuple[Rows, Annotations]) -> None:
    days = Days(home, known=nights[1])
    for day in reversed(DAYS):
        days.run(day)
    assert differences(nights[0], days.rows()) == []
    for day in DAYS:
        days.run(day)
    assert differences(nights[0], days.rows()) == []


def test_side_by_side(home: Settings, nights: tuple[Rows, Annotations]) -> None:
    """All are planned before any has read; then each step is in another order. The model reads them again, in its batches."""
    days = Days(replace(home, batch_chars=3000))
    for step in (days.plan, days.collect, days.load, days.annotate, days.load_claims, days.finish):
        for day in shuffled(DAYS):
            step(day)
    assert differences(nights[0], days.rows()) == []


def test_killed_at_each_step_and_taken_up_again(home: Settings, nights: tuple[Rows, Annotations]) -> None:
    days = Days(home, known=nights[1])
    steps_of_a_run: list[Callable[[date], None]] = [
        days.plan, days.collect, days.load, days.annotate, days.load_claims,
    ]  # fmt: skip
    for day, done in zip(shuffled(DAYS), (1, 3, 2, 4), strict=True):
        for step in steps_of_a_run[:done]:
            step(day)
    for day in shuffled(DAYS):
        days.run(day)
    assert differences(nights[0], days.rows()) == []


def test_side_by_side_on_a_server(home: Settings, nights: tuple[Rows, Annotations], postgres: Server) -> None:
    days = Days(replace(home, server=postgres.create("backfill_days")), known=nights[1])
    open_warehouse(days.settings.warehouse).close()
    with ThreadPoolExecutor(2) as two:
        for step in (days.plan, days.collect, days.load, days.annotate, days.load_claims, days.finish):
            list(two.map(step, shuffled(DAYS)))
    assert differences(nights[0], days.rows()) == []
