"""Rows in: nothing doubled, nothing half, revisions and tombstones as the design says."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.errors import WarehouseError
from ingest.spool import Spool, Unchanged
from nlp.annotation import Entity
from nlp.knowledge import Known
from tests.warehouse.world import (
    SOURCES,
    TEXT,
    annotation,
    claim,
    covered,
    day,
    document,
    failure,
    fetch,
    gone,
    observation,
)
from warehouse.connection import Warehouse, open_warehouse
from warehouse.load import load_annotations, load_knowledge, load_readings, load_sources, load_spool
from warehouse.load_count import LoadCount
from warehouse.reading import Reading
from warehouse.state import counts

OTHER = TEXT.replace("700", "900")


def load_one(warehouse: Warehouse) -> LoadCount:
    page = document()
    count = load_sources(warehouse, SOURCES)
    count += load_readings(
        warehouse,
        fetches=[fetch("one", day(1)), fetch("bad", day(1))],
        readings=[Reading(page, day(1), b"sig")],
        coverage=[covered()],
        gone=[gone("never-seen", day(1))],
        unparsed=[failure("https://delovoy-shelk.example/bad", "f-bad")],
    )
    return count + load_annotations(warehouse, [annotation(page, claim(page))], day(2))


def revisions(warehouse: Warehouse) -> list[tuple[object, ...]]:
    rows = warehouse.rows("SELECT revision, first_seen_at, last_seen_at, gone_at FROM documents ORDER BY revision")
    return [tuple(row.values()) for row in rows]


def test_a_second_load_adds_nothing(warehouse: Warehouse) -> None:
    first = load_one(warehouse)
    assert first.inserted == {
        "sources": 2, "fetches": 2, "documents": 1, "coverage": 1, "unparsed": 1, "annotations": 1,
        "entities": 2, "mentions": 1, "observations": 1, "claims": 1,
    }  # fmt: skip
    assert first.updated == {}
    assert first.skipped == {"gone, but never seen": 1}
    before = counts(warehouse)
    again = load_one(warehouse)
    assert again.nothing
    assert counts(warehouse) == before


def test_the_claim_leads_back_to_the_archive(warehouse: Warehouse) -> None:
    load_one(warehouse)
    (row,) = warehouse.rows("SELECT * FROM claims")
    assert row["claim_id"].startswith("c")
    assert len(row["claim_id"]) == 16
    assert (row["source"], row["source_name"], row["source_side"]) == ("shelk", "Деловой шёлк", "KZ")
    assert (row["body_sha256"], row["warc_file"], row["warc_offset"]) == ("ab" * 32, "2025-10-01/shelk.warc.gz", 77)
    assert (row["fetched_at"], row["extracted_at"]) == (day(1), day(2))
    assert row["evidence"] == TEXT[row["evidence_start"] : row["evidence_end"]]


def test_ids_are_the_same_everywhere(tmp_path: Path) -> None:
    ids = []
    for name in ("a", "b"):
        with open_warehouse(tmp_path / f"{name}.duckdb") as warehouse:
            load_one(warehouse)
            ids.append(
                warehouse.rows("SELECT claim_id, observation_id, mention_id FROM claims, observations, mentions")
            )
    assert ids[0] == ids[1]


def test_seen_again_moves_last_seen_only(warehouse: Warehouse) -> None:
    load_readings(warehouse, readings=[Reading(document(views=10), day(2))])
    count = load_readings(warehouse, readings=[Reading(document(views=30), day(4), near_duplicate_of="d1")])
    assert (count.inserted, count.updated) == ({}, {"documents": 1})
    assert revisions(warehouse) == [(1, day(2), day(4), None)]
    late = load_readings(warehouse, readings=[Reading(document(views=5), day(1), b"sig")])
    assert late.updated == {"documents": 1}
    assert revisions(warehouse) == [(1, day(1), day(4), None)]
    assert warehouse.rows("SELECT views, signature, near_duplicate_of FROM documents") == [
        {"views": 30, "signature": b"sig", "near_duplicate_of": None}
    ]


@pytest.mark.parametrize("at_once", [True, False])
def test_an_edit_and_its_undoing(warehouse: Warehouse, at_once: bool) -> None:
    seen = [Reading(document(), day(1)), Reading(document(text=OTHER), day(2)), Reading(document(), day(3))]
    for batch in [seen] if at_once else [[one] for one in seen]:
        load_readings(warehouse, readings=batch)
    assert revisions(warehouse) == [(1, day(1), day(3), None), (2, day(2), day(2), None)]
    assert warehouse.value("SELECT revision FROM current_revisions") == 1
    assert load_readings(warehouse, readings=seen).nothing


def test_the_first_sight_says_whose_copy_it_is(warehouse: Warehouse) -> None:
    original, copy = document("original"), document("copy")
    load_readings(
        warehouse,
        readings=[
            Reading(original, day(1)),
            Reading(copy, day(1), near_duplicate_of=original.document_id),
            Reading(original, day(2), near_duplicate_of=copy.document_id),
        ],
    )
    edited = document("original", text=OTHER)
    load_readings(warehouse, readings=[Reading(edited, day(3), near_duplicate_of=copy.document_id)])
    rows = warehouse.rows("SELECT document_id, near_duplicate_of FROM documents ORDER BY near_duplicate_of, revision")
    assert [row["near_duplicate_of"] for row in rows] == [original.document_id, None, None]
    assert warehouse.value("SELECT count(DISTINCT story_id) FROM stories") == 1


def test_the_knowledge_base_names_its_entities(warehouse: Warehouse) -> None:
    page = document()
    syrym = Known(
        id="crossing.syrym", label="CHECKPOINT", side="KZ", ru="Сырым", kk="Сырым", en="Syrym", pair="crossing.m"
    )
    load_readings(warehouse, readings=[Reading(page, day(1))])
    seen = replace(observation(page), place_entity="crossing.syrym")
    said = replace(
        annotation(page, observations=(seen,)), entities=(Entity("Сырым", "CHECKPOINT", "crossing.syrym"),), mentions=()
    )
    load_annotations(warehouse, [said], day(2))
    assert warehouse.rows("SELECT name, name_ru, name_en, side FROM entities") == [
        {"name": "Сырым", "name_ru": "Сырым", "name_en": None, "side": "UNKNOWN"}
    ]
    assert load_knowledge(warehouse, [syrym]).updated == {"entities": 1}
    assert load_knowledge(warehouse, [syrym]).nothing
    assert load_annotations(warehouse, [said], day(2)).nothing
    assert warehouse.value("SELECT place FROM queue_timeline") == "Syrym"


def test_revisions_are_numbered_in_the_order_in_which_they_were_seen(warehouse: Warehouse) -> None:
    load_readings(warehouse, readings=[Reading(document(), day(2))])
    third = document(text=TEXT + "!")
    load_readings(
        warehouse, readings=[Reading(third, day(4)), Reading(document(), day(3)), Reading(document(text=OTHER), day(1))]
    )
    rows = warehouse.rows("SELECT content_sha256, revision FROM documents ORDER BY revision")
    assert [row["content_sha256"] for row in rows] == [
        document(text=OTHER).content_sha256, document().content_sha256, third.content_sha256,
    ]  # fmt: skip
    assert [row["revision"] for row in rows] == [1, 2, 3]


def test_gone_and_back(warehouse: Warehouse) -> None:
    page = document()
    tombstone = gone(page.document_id, day(3))
    load_readings(warehouse, readings=[Reading(page, day(1)), Reading(document(text=OTHER), day(2))], gone=[tombstone])
    assert revisions(warehouse) == [(1, day(1), day(1), None), (2, day(2), day(2), day(3))]
    later = gone(page.document_id, day(4))
    assert load_readings(warehouse, gone=[tombstone, later]).nothing
    assert load_readings(warehouse, readings=[Reading(document(text=OTHER), day(2))]).nothing
    load_readings(warehouse, readings=[Reading(page, day(5))])
    assert revisions(warehouse) == [(1, day(1), day(5), None), (2, day(2), day(2), None)]
    assert load_readings(warehouse, gone=[tombstone, later]).nothing


def test_unchanged_is_seen(warehouse: Warehouse) -> None:
    page = document()
    load_readings(warehouse, readings=[Reading(page, day(1))], gone=[gone(page.document_id, day(2))])
    sight = Unchanged(page.document_id, "shelk", "f-304", day(3))
    load_readings(warehouse, unchanged=[sight])
    assert revisions(warehouse) == [(1, day(1), day(3), None)]
    load_readings(warehouse, readings=[Reading(document(text=OTHER), day(4))])
    assert load_readings(warehouse, unchanged=[sight]).nothing
    stranger = Unchanged("d0", "shelk", "f-304", day(3))
    assert load_readings(warehouse, unchanged=[stranger]).skipped == {"unchanged, but never seen": 1}


def test_a_spool_says_when_its_documents_were_seen(warehouse: Warehouse) -> None:
    page = document()
    spool = Spool([fetch("one", day(1))], [page], [], [], [], [covered()])
    count = load_spool(warehouse, spool)
    assert count.inserted == {"fetches": 1, "documents": 1, "coverage": 1}
    assert warehouse.rows("SELECT first_seen_at, signature, near_duplicate_of, gone_reason FROM documents") == [
        {"first_seen_at": day(1), "signature": None, "near_duplicate_of": None, "gone_reason": None}
    ]
    assert load_spool(warehouse, Spool([], [page])).nothing
    with pytest.raises(WarehouseError, match="names no known fetch"):
        load_spool(warehouse, Spool([], [document("two")]))


def test_coverage_is_not_undone(warehouse: Warehouse) -> None:
    load_readings(warehouse, coverage=[covered(complete=False, parsed=1)])
    load_readings(warehouse, coverage=[covered(finished_at=day(3))])
    broken = covered(complete=False, parsed=0, finished_at=day(4))
    assert load_readings(warehouse, coverage=[broken]).nothing
    assert warehouse.rows("SELECT parsed, complete FROM coverage") == [{"parsed": 2, "complete": True}]


def test_what_could_not_be_read_is_resolved_when_it_can(warehouse: Warehouse) -> None:
    load_readings(warehouse, fetches=[fetch("one", day(1))], unparsed=[failure(document().url, "f-one")])
    assert warehouse.rows("SELECT source_id, found_at, resolved FROM unparsed") == [
        {"source_id": "shelk", "found_at": day(1), "resolved": False}
    ]
    load_readings(warehouse, readings=[Reading(document(), day(1))])
    assert warehouse.value("SELECT resolved FROM unparsed") is True
    assert load_readings(warehouse, unparsed=[failure(document().url, "f-one")]).nothing


def test_a_newer_model_supersedes(warehouse: Warehouse) -> None:
    page = document()
    old, kept = claim(page), claim(page, cause="capacity")
    load_readings(warehouse, fetches=[fetch("one", day(1))], readings=[Reading(page, day(1))])
    load_annotations(warehouse, [annotation(page, old, kept)], day(2))
    newer = annotation(
        page, claim(page, cause="capacity", confidence=0.9), model="m2", observations=(observation(page, 800),)
    )
    load_annotations(warehouse, [newer], day(3))
    rows = warehouse.rows(
        "SELECT cause, model_version, confidence, superseded_at, superseded_by FROM claims ORDER BY cause"
    )
    assert [tuple(row.values()) for row in rows] == [
        ("capacity", "m2", 0.9, None, None),
        ("tightened_checks", "m1", 0.8, day(3), "m2"),
    ]
    assert [row["low"] for row in warehouse.rows("SELECT low FROM queue_timeline")] == [800]
    assert [row["cause"] for row in warehouse.rows("SELECT cause FROM current_claims")] == ["capacity"]
    assert load_annotations(warehouse, [newer], day(3)).nothing
    stale = load_annotations(warehouse, [annotation(page, old, kept)], day(2))
    assert stale.nothing
    assert stale.skipped == {"older than another model's": 1}
    back = load_annotations(warehouse, [annotation(page, old)], day(4))
    assert back.updated["claims"] == 2
    assert [row["cause"] for row in warehouse.rows("SELECT cause FROM current_claims")] == ["tightened_checks"]


def test_a_reading_without_claims_is_remembered(warehouse: Warehouse) -> None:
    page = document()
    load_readings(warehouse, readings=[Reading(page, day(1))])
    count = load_annotations(warehouse, [annotation(page, observations=())], day(2))
    assert count.inserted["annotations"] == 1
    assert "claims" not in count.inserted


def test_doubled_claims_are_one_row_the_surer(warehouse: Warehouse) -> None:
    page = document()
    load_readings(warehouse, readings=[Reading(page, day(1))])
    count = load_annotations(
        warehouse, [annotation(page, claim(page), claim(page, speaker="МИНТРАНС Казахстана", confidence=0.95))], day(2)
    )
    assert count.skipped == {"doubled in one document": 1}
    assert warehouse.rows("SELECT confidence FROM claims") == [{"confidence": 0.95}]


def test_a_changed_source_reaches_its_claims(warehouse: Warehouse) -> None:
    load_one(warehouse)
    renamed = SOURCES[0].model_copy(update={"name": "Шёлк", "side": "OTHER"})
    assert load_sources(warehouse, [renamed, SOURCES[1]]).updated == {"sources": 1, "claims": 1}
    assert warehouse.rows("SELECT source_name, source_side FROM claims") == [
        {"source_name": "Шёлк", "source_side": "OTHER"}
    ]


def test_what_does_not_fit_leaves_nothing(warehouse: Warehouse) -> None:
    page = document()
    with pytest.raises(WarehouseError, match="without a zone"):
        load_readings(warehouse, readings=[Reading(page, day(1)), Reading(page, day(1).replace(tzinfo=None))])
    with pytest.raises(WarehouseError, match="does not fit"):
        load_readings(warehouse, fetches=[fetch("x", day(1))], readings=[Reading(document(author="\ud800"), day(1))])
    with pytest.raises(WarehouseError, match="revisions that the warehouse does not have"):
        load_annotations(warehouse, [annotation(page, claim(page))], day(2))
    assert set(counts(warehouse).values()) == {0}


def test_an_error_in_the_middle_rolls_back(warehouse: Warehouse) -> None:
    broken = covered(stop_reason=None)
    with pytest.raises(WarehouseError, match="(?i)not.null"):
        load_readings(
            warehouse, fetches=[fetch("one", day(1))], readings=[Reading(document(), day(1))], coverage=[broken]
        )
    assert set(counts(warehouse).values()) == {0}


KILLED = """
import sys
from pathlib import Path
from tests.warehouse.world import annotation, claim, day, document, fetch
from warehouse.connection import open_warehouse
from warehouse.load import load_annotations, load_readings
from warehouse.reading import Reading

with open_warehouse(Path(sys.argv[1])) as warehouse:
    for batch in range(1000):
        pages = [document(f"{batch}-{n}") for n in range(50)]
        fetches = [fetch(f"{batch}-{n}", day(1)) for n in range(50)]
        load_readings(warehouse, fetches=fetches, readings=[Reading(page, day(1)) for page in pages])
        load_annotations(warehouse, [annotation(page, claim(page)) for page in pages], day(2))
        print(batch, flush=True)
"""


def test_kill_9_leaves_no_half_batch(path: Path) -> None:
    loaded = 0
    for attempt in range(4):
        child = subprocess.Popen([sys.executable, "-c", KILLED, str(path)], stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        for _ in range(attempt + 1):
            assert child.stdout.readline()
        time.sleep(0.013 * (attempt + 1))
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        child.stdout.close()
        with open_warehouse(path) as warehouse:
            rows = counts(warehouse)
        assert rows["fetches"] == rows["documents"]
        assert rows["claims"] == rows["annotations"] == rows["observations"] == rows["mentions"]
        assert rows["documents"] % 50 == rows["claims"] % 50 == 0
        assert rows["documents"] >= rows["claims"] >= loaded
        loaded = rows["claims"]
    assert loaded >= 200
