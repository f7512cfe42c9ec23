"""The same night into a file and onto a server: the same rows, and the same ways back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from infra.demo.server import DemoWeb
from kezek import steps
from kezek.dates import day_bounds
from kezek.demo import demo_settings
from kezek.run import table_counts
from kezek.settings import Settings
from kezek.status import print_status
from kezek.trace import trace
from tests.postgres import Server
from warehouse.connection import Row, open_warehouse
from warehouse.query import run_query

DAY = date(2025, 10, 1)
SAME = {
    "documents": "document_id, content_sha256, revision, source_id, title, text, published_at, near_duplicate_of, links",
    "claims": "claim_id, cause, stance, blames, speaker, speaker_entity, evidence, confidence, source_side, said_at, lang",
    "observations": "observation_id, metric, low, high, place, place_entity, as_of",
    "mentions": "mention_id, entity_id, surface, start_offset",
    "entities": "entity_id, name, name_ru, name_kk, name_en, label, side, role, known",
    "coverage": "source_id, interval_start, discovered, parsed, failed, stop_reason, complete",
    "proposals": "proposal_id, names, documents, nearest_name, likeness",
    "narratives_daily": "day, cause, stance, speaker_side, blames, claims, stories, sources, speakers",
    "contested": "cause, blames, asserted, denied, asserted_by, denied_by",
    "carriers": "story_id, cause, stance, carriers, sources, claim_id",
    "queue_timeline": "observation_id, measured_at, place, low",
    "review": "claim_id, doubts",
}
"""What has to be the same, by table or view: all but when and through which response it was read."""


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory, postgres: Server) -> Iterator[tuple[Settings, Settings]]:
    """One night of the demo web in a file and on a server; the annotations are made once."""
    with DemoWeb(port=0) as web:
        base = Settings.from_environment({"KEZEK_HOME": str(tmp_path_factory.mktemp("data"))})
        file = demo_settings(base, web.address)
        server = replace(file, server=postgres.create("night"))
        web.set_clock(day_bounds(DAY)[1])
        start, end = day_bounds(DAY)
        plans = steps.plan_night(file, start, end)
        assert steps.plan_night(server, start, end) == plans
        for plan in plans:
            steps.collect_source(file, plan)
        done = [steps.annotate_batch(file, batch) for batch in steps.load_readings(file, plans)]
        for home in (file, server):
            steps.load_readings(home, plans)
            steps.load_annotations(home, done)
            steps.publish(home, start, end)
        yield file, server


def rows(settings: Settings, name: str) -> list[Row]:
    with open_warehouse(settings.published, read_only=True) as warehouse:
        found = warehouse.rows(f"SELECT {SAME[name]} FROM {name}")
    return sorted(found, key=lambda row: str(list(row.values())))


@pytest.mark.parametrize("name", SAME)
def test_the_rows_are_the_same(homes: tuple[Settings, Settings], name: str) -> None:
    file, server = homes
    found = rows(server, name)
    assert found == rows(file, name)
    assert found or name in ("proposals", "contested", "review")


def test_a_second_load_adds_nothing(homes: tuple[Settings, Settings]) -> None:
    _, server = homes
    before = table_counts(server)
    start, end = day_bounds(DAY)
    assert steps.load_readings(server, steps.plan_night(server, start, end)) == []
    assert table_counts(server) == before


def test_a_claim_of_the_server_leads_back_to_its_bytes(homes: tuple[Settings, Settings]) -> None:
    file, server = homes
    (claim_id,) = run_query(server.published, "SELECT claim_id FROM current_claims ORDER BY claim_id LIMIT 1").rows[0]
    assert trace(server, claim_id).text == trace(file, claim_id).text


def test_what_people_see_names_no_password(
    homes: tuple[Settings, Settings], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    _, server = homes
    print_status(server)
    assert server.server is not None
    secret = server.server.partition("@")[0].rpartition(":")[2]
    said = capsys.readouterr().out + Path(server.report).read_text(encoding="utf-8")
    assert secret not in said
    assert "claims" in said
