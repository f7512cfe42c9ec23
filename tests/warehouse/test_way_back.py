"""From any id to its chain."""

from dataclasses import replace

import pytest

from nlp.knowledge import FOLDER, read_knowledge
from tests.warehouse.world import DAY, SOURCES, annotation, claim, day, document, failure, fetch, observation
from warehouse.connection import Warehouse
from warehouse.load import load_annotations, load_knowledge, load_readings, load_sources
from warehouse.reading import Reading
from warehouse.way_back import (
    Named,
    claims_of,
    entity,
    finding,
    latest_figures,
    latest_mentions,
    latest_statements,
    named,
    observations_of,
    read_from,
    revisions,
    story,
    unparsed,
    unread_from,
)
from warehouse.way_back import fetch as fetch_row


@pytest.fixture
def told(warehouse: Warehouse) -> Warehouse:
    """One page in two wordings, the first of them claiming something, and a copy of it."""
    first, copied = document("one"), document("two", source_id="fura")
    second = replace(first, text=first.text.replace("700", "900"), fetch_id="f-later")
    load_sources(warehouse, SOURCES)
    load_knowledge(warehouse, read_knowledge(FOLDER).values())
    load_readings(
        warehouse,
        fetches=[fetch("one", day(1)), fetch("later", day(2)), fetch("two", day(2), "fura")],
        readings=[
            Reading(first, day(1)),
            Reading(second, day(2)),
            Reading(copied, day(2), near_duplicate_of=first.document_id),
        ],
        unparsed=[failure("https://delovoy-shelk.example/three", "f-later")],
    )
    load_annotations(warehouse, [annotation(first, claim(first))], DAY)
    load_annotations(
        warehouse,
        [annotation(second, claim(second), observations=(observation(replace(second, text=first.text), 900),))],
        DAY,
    )
    return warehouse


def test_an_id_says_what_it_names(told: Warehouse) -> None:
    (row,) = told.rows("SELECT claim_id, document_id FROM claims WHERE revision = 1")
    assert named(told, row["claim_id"]) == [Named("claim", row["claim_id"])]
    assert named(told, row["document_id"]) == [Named("document", row["document_id"])], "two revisions are one document"
    assert named(told, "f-one") == [Named("fetch", "f-one")]
    assert named(told, row["claim_id"][:9]) == [Named("claim", row["claim_id"])], "enough letters to tell it"
    assert named(told, "f-") == [Named("fetch", f"f-{name}") for name in ("later", "one", "two")]
    assert named(told, "crossing.syrym") == [Named("entity", "crossing.syrym")]
    assert named(told, "маштаково") == named(told, "Mashtakovo") == [Named("entity", "crossing.mashtakovo")]
    assert len(named(told, "Сырым")) == 2, "the world has one of its own"
    (unread,) = unread_from(told, "f-later")
    assert named(told, unread["unparsed_id"]) == [Named("unparsed", unread["unparsed_id"])]
    for wild in ("%", "_", "", "!", "'", "c0"):
        assert all(one.id.startswith(wild) for one in named(told, wild)), wild
    assert named(told, "%") == named(told, "c000") == []


def test_revisions_come_by_number_with_their_source(told: Warehouse) -> None:
    one = document("one")
    rows = revisions(told, one.document_id)
    assert [(row["revision"], row["is_current"]) for row in rows] == [(1, False), (2, True)]
    assert rows[0]["text"] == one.text
    assert (rows[0]["source_name"], rows[0]["source_kind"], rows[0]["source_side"]) == ("Деловой шёлк", "outlet", "KZ")
    assert [row["fetch_id"] for row in rows] == ["f-one", "f-later"]
    assert revisions(told, "d0") == []
    assert [row["revision"] for row in claims_of(told, one.document_id)] == [1, 2]
    assert {row["low"] for row in observations_of(told, one.document_id)} == {700, 900}


def test_findings_come_whole(told: Warehouse) -> None:
    for kind, table in (("claim", "claims"), ("observation", "observations"), ("mention", "mentions")):
        key = told.value(f"SELECT min({kind}_id) FROM {table}")
        row = finding(told, kind, key)  # type: ignore[arg-type]
        assert row is not None and row[f"{kind}_id"] == key and "content_sha256" in row
        assert finding(told, kind, "x") is None  # type: ignore[arg-type]


def test_a_fetch_says_what_was_read_from_it(told: Warehouse) -> None:
    row = fetch_row(told, "f-later")
    assert row is not None and row["warc_file"] == "2025-10-01/shelk.warc.gz" and row["source_side"] == "KZ"
    assert [(one["revision"], one["url"]) for one in read_from(told, "f-later")] == [(2, document("one").url)]
    (unread,) = unread_from(told, "f-later")
    assert unparsed(told, unread["unparsed_id"]) == unread
    assert fetch_row(told, "f0") is None
    assert unparsed(told, "u0") is None


def test_a_story_has_its_first_document_first(told: Warehouse) -> None:
    one, two = document("one"), document("two", source_id="fura")
    rows = story(told, two.document_id)
    assert [(row["document_id"], row["is_first"]) for row in rows] == [
        (one.document_id, True),
        (two.document_id, False),
    ]
    assert story(told, one.document_id) == rows


def test_an_entity_is_counted_in_what_is_current(told: Warehouse) -> None:
    syrym = entity(told, "crossing.syrym")
    assert syrym is not None
    assert (syrym["name_ru"], syrym["side"], syrym["figures"]) == ("Сырым", "KZ", 0), "world calls it syrym"
    row = entity(told, "syrym")
    assert row is not None and (row["figures"], row["statements"], row["mentions"]) == (1, 0, 0)
    assert [one["low"] for one in latest_figures(told, "syrym", 10)] == [900], "the older wording's figure is no more"
    ministry = entity(told, "mintrans-kz")
    assert ministry is not None
    assert (ministry["statements"], ministry["mentions"], ministry["mentioned_in"]) == (1, 1, 1)
    (said,) = latest_statements(told, "mintrans-kz", 10)
    assert (said["cause"], said["source_name"]) == ("tightened_checks", "Деловой шёлк")
    (place,) = latest_mentions(told, "mintrans-kz", 10)
    assert place["surface"] == "Минтранс Казахстана"
    assert latest_statements(told, "mintrans-kz", 0) == []
    assert entity(told, "e0") is None
