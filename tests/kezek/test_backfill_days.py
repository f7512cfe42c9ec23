"""A backfill gives what the nights would have given, to the last row: in whatever order its days are read, and side by side.

The demo web stands still at its end, so that all look at the same; each way of reading it has a home of its own.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from infra.demo.server import DemoWeb
from ingest import handover
from ingest.interval import Interval
from ingest.source import load_sources
from kezek import steps
from kezek.copies import link_copies
from kezek.dates import day_bounds
from kezek.demo import demo_settings
from kezek.settings import Settings
from tests.postgres import Server
from tests.same_rows import Rows, differences, rows
from warehouse.connection import open_warehouse
from warehouse.proposals import refresh_proposals
from warehouse.publish import publish
from warehouse.runs import finish_run

LAST = date(2025, 10, 3)
CUTS = ("09-30T00:00", "10-01T00:00", "10-01T09:30", "10-01T10:05", "10-02T00:00", "10-03T00:00")
DAYS = [Interval(*(datetime.fromisoformat(f"2025-{at}:00Z") for at in cut)) for cut in pairwise(CUTS)]
"""1 October is cut in three, between an agency line and its copies: so a copy can be loaded before its original."""
SOURCES = ["vestnik", "stepnoy_ural", "tenge", "fura_demo", "granica_watch_demo"]
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
    plans: dict[Interval, list[str]] = field(default_factory=dict)
    batches: dict[Interval, list[str]] = field(default_factory=dict)
    annotations: dict[Interval, list[str]] = field(default_factory=dict)

    def plan(self, day: Interval) -> None:
        self.plans[day] = steps.plan_night(self.settings, day.start, day.end, SOURCES, day_only=self.day_only)

    def collect(self, day: Interval) -> None:
        for plan in self.plans[day]:
            steps.collect_source(self.settings, plan)

    def load(self, day: Interval) -> None:
        self.batches[day] = steps.load_readings(self.settings, self.plans[day])

    def annotate(self, day: Interval) -> None:
        self.annotations[day] = [self._annotated(batch) for batch in self.batches[day]]

    def load_claims(self, day: Interval) -> None:
        steps.load_annotations(self.settings, self.annotations[day])

    def finish(self, day: Interval) -> None:
        with open_warehouse(self.settings.warehouse) as warehouse:
            finish_run(warehouse, f"nightly/{day}", datetime.now(UTC))

    def run(self, day: Interval) -> None:
        for step in (self.plan, self.collect, self.load, self.annotate, self.load_claims, self.finish):
            step(day)

    def rows(self) -> Rows:
        """What is left when it is published; the report, which only reads, is not written."""
        with open_warehouse(self.settings.warehouse) as warehouse:
            link_copies(warehouse)
            refresh_proposals(warehouse, datetime.now(UTC))
            publish(warehouse, self.settings.published)
            return rows(warehouse)

    def copies_over_a_cut(self) -> int:
        """How many copies another run has read than their originals."""
        with open_warehouse(self.settings.warehouse, read_only=True) as warehouse:
            pairs = warehouse.rows(
                "SELECT copy.published_at AS copied, original.published_at AS said FROM documents AS copy "
                "JOIN documents AS original ON original.document_id = copy.near_duplicate_of"
            )
        return sum(not any(pair["copied"] in day and pair["said"] in day for day in DAYS) for pair in pairs)

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


def shuffled(days: list[Interval]) -> list[Interval]:
    return ORDER.sample(days, len(days))


def test_the_nights_left_something_to_compare(nights: tuple[Rows, Annotations]) -> None:
    found = nights[0]
    assert len(found["coverage"]) == len(DAYS) * len(SOURCES)
    assert min(len(found[table]) for table in ("documents", "claims", "observations", "mentions", "entities")) >= 10
    assert len(found["runs"]) == len(DAYS)


def test_a_past_day_is_read_from_what_is_dated_and_never_from_the_front_page(web: DemoWeb, home: Settings) -> None:
    for plan in (plans := steps.plan_night(home, DAYS[0].start, DAYS[0].end, day_only=True)):
        steps.collect_source(home, plan)
    steps.load_readings(home, plans)
    with open_warehouse(home.warehouse, read_only=True) as warehouse:
        asked = {row["url"] for row in warehouse.rows("SELECT url FROM fetches UNION SELECT final_url FROM fetches")}
        published = {row["day"] for row in warehouse.rows("SELECT cast(published_at AS date) AS day FROM documents")}
    fronts = {source.home.rstrip("/") for source in load_sources(home.sources).values() if not source.channel}
    today = {
        outlet.url(article)
        for outlet in web.world.outlets
        for article, _ in outlet.visible(web.clock)
        if article.published_at >= day_bounds(LAST)[0]
    }
    assert len(fronts) == 10 and len(today) > 10 and len(asked) > 50
    assert asked.isdisjoint(today) and {url.rstrip("/") for url in asked}.isdisjoint(fronts)
    assert published == {DAYS[0].start.date()}


def test_backwards_and_then_the_same_once_more(home: Settings, nights: tuple[Rows, Annotations]) -> None:
    days = Days(home, known=nights[1])
    for day in reversed(DAYS):
        days.run(day)
    assert differences(nights[0], days.rows()) == []
    assert days.copies_over_a_cut() >= 2
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
    steps_of_a_run: list[Callable[[Interval], None]] = [
        days.plan, days.collect, days.load, days.annotate, days.load_claims,
    ]  # fmt: skip
    for day, done in zip(shuffled(DAYS), (1, 3, 2, 4, 5), strict=True):
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
