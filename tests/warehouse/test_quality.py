"""The checks: a sound warehouse passes all of them, and each has a damage that it alone is there to find."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.warehouse.world import DAY, MODEL, SOURCES, annotation, claim, covered, day, document, fetch, gone
from warehouse.connection import Address, Warehouse, open_warehouse
from warehouse.load import load_annotations, load_readings, load_sources
from warehouse.quality import Finding, check, count_open, failing, find, open_findings, record
from warehouse.quality_checks import CHECKS
from warehouse.reading import Reading

PAGE = document("one")
REWORDED = replace(PAGE, text="🚛 " + PAGE.text)
COPY = document("two")
REREAD = "m2"


def fill(warehouse: Warehouse) -> None:
    """An article with two wordings, the first read by two models, and a copy of it that is gone."""
    load_sources(warehouse, SOURCES)
    load_readings(
        warehouse,
        fetches=[fetch("one", day(1)), fetch("two", day(1)), replace(fetch("one", day(2)), fetch_id="f-again")],
        readings=[
            Reading(PAGE, day(1)),
            Reading(COPY, day(1), near_duplicate_of=PAGE.document_id),
            Reading(replace(REWORDED, fetch_id="f-again"), day(2)),
        ],
        coverage=[covered()],
    )
    load_readings(warehouse, gone=[gone(COPY.document_id, day(2))])
    pages = (PAGE, REWORDED, COPY)
    load_annotations(warehouse, [annotation(page, claim(page)) for page in pages], day(2))
    load_annotations(warehouse, [annotation(PAGE, claim(PAGE), model=REREAD, observations=())], day(3))


@pytest.fixture(scope="module", params=["duckdb", "postgres"])
def sound(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """A warehouse that nobody changes for good."""
    address: Address
    if request.param == "duckdb":
        address = tmp_path_factory.mktemp("quality") / "kezek.duckdb"
    else:
        address = request.getfixturevalue("postgres").create("quality", request.getfixturevalue("template"))
    with open_warehouse(address) as warehouse:
        fill(warehouse)
        yield warehouse


class Undo(Exception):
    """Leaves a transaction without keeping anything of it."""


def damaged(warehouse: Warehouse, damage: str, name: str, table: str) -> list[Finding]:
    """What the check finds after the damage, which is undone."""
    found: list[Finding] = []
    (one,) = (one for one in CHECKS if (one.name, one.table) == (name, table))
    try:
        with warehouse.transaction():
            warehouse.execute(damage)
            found = failing(warehouse, one)
            raise Undo
    except Undo:
        return found


def test_a_sound_warehouse_has_no_findings(sound: Warehouse) -> None:
    superseded = sound.rows("SELECT superseded_by FROM observations WHERE superseded_at IS NOT NULL")
    assert superseded == [{"superseded_by": REREAD}]
    assert find(sound) == []


def test_an_empty_warehouse_has_no_findings(warehouse: Warehouse) -> None:
    assert find(warehouse) == []


def test_no_two_checks_share_a_name_and_table() -> None:
    assert len({(one.name, one.table) for one in CHECKS}) == len(CHECKS)


OF_COPY = f"document_id = '{COPY.document_id}'"
OF_PAGE = f"document_id = '{PAGE.document_id}'"

CONTRADICTIONS = [
    ("UPDATE claims SET claim_id = 'C' || substr(claim_id, 2)", "key", "claims"),
    ("UPDATE observations SET observation_id = observation_id || '0'", "key", "observations"),
    ("UPDATE mentions SET mention_id = 'm' || mention_id", "key", "mentions"),
    ("UPDATE claims SET content_sha256 = 'x'", "document", "claims"),
    ("UPDATE observations SET content_sha256 = 'x'", "document", "observations"),
    ("UPDATE mentions SET document_id = 'x'", "document", "mentions"),
    (f"DELETE FROM documents WHERE {OF_COPY}", "document", "annotations"),
    ("UPDATE claims SET source = 'nobody'", "source", "claims"),
    ("DELETE FROM sources", "source", "documents"),
    ("UPDATE fetches SET source_id = 'nobody'", "source", "fetches"),
    ("UPDATE coverage SET source_id = 'nobody'", "source", "coverage"),
    ("UPDATE documents SET fetch_id = NULL", "fetch", "documents"),
    ("DELETE FROM fetches", "fetch", "documents"),
    ("UPDATE mentions SET entity_id = 'nobody'", "entity", "mentions"),
    ("UPDATE claims SET body_sha256 = NULL", "archive", "claims"),
    ("UPDATE claims SET warc_offset = NULL", "archive", "claims"),
    ("UPDATE fetches SET warc_offset = NULL", "archive", "fetches"),
    ("UPDATE fetches SET warc_offset = -1", "archive", "fetches"),
    ("UPDATE fetches SET sha256 = upper(sha256)", "hash", "fetches"),
    ("UPDATE fetches SET sha256 = ''", "hash", "fetches"),
    ("UPDATE fetches SET sha256 = substr(sha256, 1, 31) || 'g' || substr(sha256, 33)", "hash", "fetches"),
    ("UPDATE fetches SET warc_file = NULL, warc_offset = NULL", "hash", "fetches"),
    ("UPDATE documents SET content_sha256 = substr(content_sha256, 2)", "hash", "documents"),
    ("UPDATE fetches SET status = NULL", "answer", "fetches"),
    ("UPDATE fetches SET bytes = -1", "answer", "fetches"),
    ("UPDATE claims SET title = 'Another'", "attribution", "claims"),
    ("UPDATE claims SET published_at = NULL", "attribution", "claims"),
    ("UPDATE fetches SET warc_offset = 78", "attribution", "claims"),
    ("UPDATE sources SET side = 'RU'", "attribution", "claims"),
    ("UPDATE claims SET stance = 'doubts'", "codes", "claims"),
    ("UPDATE claims SET confidence = 1.1", "codes", "claims"),
    ("UPDATE claims SET cause = ''", "codes", "claims"),
    ("UPDATE sources SET kind = 'newspaper'", "codes", "sources"),
    ("UPDATE documents SET published_precision = 'year'", "codes", "documents"),
    ("UPDATE entities SET side = 'kz'", "codes", "entities"),
    ("UPDATE mentions SET label = 'THING'", "codes", "mentions"),
    ("UPDATE observations SET metric = 'miles'", "codes", "observations"),
    ("UPDATE claims SET evidence_end = 9999", "evidence", "claims"),
    ("UPDATE claims SET evidence_start = -1", "evidence", "claims"),
    ("UPDATE claims SET evidence_start = evidence_end + 5", "evidence", "claims"),
    ("UPDATE claims SET evidence = evidence || ' '", "evidence", "claims"),
    ("UPDATE claims SET cause_start = cause_start + 1", "cause_text", "claims"),
    (
        "UPDATE claims SET cause_start = 0, cause_end = 1, cause_text = (SELECT substr(text, 1, 1) FROM documents"
        " WHERE documents.content_sha256 = claims.content_sha256 AND documents.document_id = claims.document_id)",
        "cause_text",
        "claims",
    ),
    ("UPDATE observations SET evidence_field = 'body' WHERE superseded_at IS NULL", "evidence", "observations"),
    ("UPDATE mentions SET end_offset = start_offset", "surface", "mentions"),
    ("UPDATE observations SET high = low - 1", "figures", "observations"),
    (f"UPDATE documents SET revision = 1 WHERE {OF_PAGE}", "revisions", "documents"),
    (f"UPDATE documents SET revision = revision + 1 WHERE {OF_PAGE}", "revisions", "documents"),
    (f"UPDATE documents SET source_id = 'fura' WHERE {OF_PAGE} AND revision = 2", "identity", "documents"),
    (f"UPDATE documents SET near_duplicate_of = '{COPY.document_id}' WHERE {OF_PAGE}", "story", "documents"),
    (f"UPDATE documents SET near_duplicate_of = document_id WHERE {OF_PAGE}", "story", "documents"),
    ("UPDATE documents SET last_seen_at = first_seen_at - INTERVAL '1 second'", "seen", "documents"),
    ("UPDATE documents SET gone_at = last_seen_at - INTERVAL '1 second'", "gone", "documents"),
    ("UPDATE documents SET gone_reason = NULL", "gone", "documents"),
    (f"DELETE FROM annotations WHERE model_version = '{REREAD}'", "reading", "observations"),
    (f"DELETE FROM annotations WHERE {OF_COPY}", "reading", "claims"),
    ("UPDATE mentions SET model_version = 'm0'", "reading", "mentions"),
    ("UPDATE observations SET superseded_by = NULL", "superseded", "observations"),
    ("UPDATE observations SET superseded_at = extracted_at - INTERVAL '1 second'", "superseded", "observations"),
    (f"UPDATE claims SET superseded_by = '{MODEL}'", "superseded", "claims"),
    (f"UPDATE mentions SET superseded_by = '{MODEL}'", "superseded", "mentions"),
    ("UPDATE observations SET superseded_at = NULL, superseded_by = NULL", "in_force", "observations"),
    (f"UPDATE claims SET model_version = '{MODEL}'", "in_force", "claims"),
    (f"UPDATE mentions SET model_version = '{MODEL}'", "in_force", "mentions"),
    ("DELETE FROM claims", "lost", "annotations"),
    (f"DELETE FROM mentions WHERE {OF_COPY}", "lost", "annotations"),
    ("UPDATE annotations SET observations = 0", "counts", "annotations"),
    ("UPDATE coverage SET interval_end = interval_start", "interval", "coverage"),
    ("UPDATE coverage SET gap_from = interval_end, gap_to = interval_start", "interval", "coverage"),
    ("UPDATE coverage SET failed = -1", "counts", "coverage"),
]  # fmt: skip

ODDITIES = [
    ("UPDATE claims SET speaker_entity = 'nobody'", "entity", "claims"),
    ("UPDATE observations SET place_entity = 'nowhere'", "entity", "observations"),
    ("UPDATE entities SET pair = 'nowhere'", "entity", "entities"),
    (f"UPDATE documents SET near_duplicate_of = 'd0' WHERE {OF_COPY}", "copy", "documents"),
    ("UPDATE annotations SET claims = 2", "doubled", "annotations"),
    ("UPDATE documents SET published_at = first_seen_at + INTERVAL '2 days'", "date", "documents"),
    ("UPDATE documents SET published_at = cast('1970-01-01 00:00:00+00' AS timestamptz)", "date", "documents"),
    ("UPDATE fetches SET fetched_at = current_timestamp + INTERVAL '2 days'", "date", "fetches"),
    ("UPDATE claims SET said_at = published_at + INTERVAL '2 days'", "date", "claims"),
    ("UPDATE observations SET as_of = extracted_at - INTERVAL '500 days'", "date", "observations"),
]


@pytest.mark.parametrize(("damage", "name", "table"), CONTRADICTIONS)
def test_a_contradiction_is_found_and_blocks(sound: Warehouse, damage: str, name: str, table: str) -> None:
    found = damaged(sound, damage, name, table)
    assert found
    assert all(one.blocking and (one.check_name, one.table_name) == (name, table) for one in found)


@pytest.mark.parametrize(("damage", "name", "table"), ODDITIES)
def test_an_oddity_is_found_and_blocks_nothing(sound: Warehouse, damage: str, name: str, table: str) -> None:
    found = damaged(sound, damage, name, table)
    assert found
    assert not any(one.blocking for one in found)


def test_every_check_has_a_damage() -> None:
    shown = {(name, table) for _, name, table in CONTRADICTIONS + ODDITIES}
    assert {(one.name, one.table) for one in CHECKS} - shown == {("interval", "runs")}


def test_a_run_that_ends_before_it_starts(sound: Warehouse) -> None:
    begun = f"TIMESTAMPTZ '{DAY.isoformat()}'"
    values = f"'r', {begun}, {begun}, {begun}"
    damage = f"INSERT INTO runs (run_id, interval_start, interval_end, started_at) VALUES ({values})"
    (found,) = damaged(sound, damage, "interval", "runs")
    assert found.row_key == "r"


def test_what_a_superseded_row_says_is_left_alone(sound: Warehouse) -> None:
    damage = "UPDATE observations SET evidence = 'x' WHERE superseded_at IS NOT NULL"
    assert damaged(sound, damage, "evidence", "observations") == []


def test_a_story_of_many_copies_in_a_row_is_no_loop(sound: Warehouse) -> None:
    """A copy of a copy of a copy: found one after the other, each the copy of the one before."""
    names = [PAGE.document_id, COPY.document_id, *(f"d{n:015}" for n in range(10))]
    rows = ", ".join(f"('{name}', '{before}')" for before, name in zip(names[1:], names[2:], strict=False))
    damage = f"""
        INSERT INTO documents (
            document_id, content_sha256, revision, source_id, kind, url, title, text, edited, links, media,
            first_seen_at, last_seen_at, extractor, extractor_version, near_duplicate_of
        )
        SELECT
            name, content_sha256, 1, source_id, kind, url, title, text, edited, links, media,
            first_seen_at, last_seen_at, extractor, extractor_version, earlier
        FROM documents, (VALUES {rows}) AS made (name, earlier) WHERE {OF_COPY}
    """
    assert damaged(sound, damage, "story", "documents") == []


ODD = Finding("date", "documents", "d1", "It is odd.", False)
WRONG = Finding("codes", "claims", "c1", "It is wrong.", True)


def test_findings_stay_open_until_they_are_gone(warehouse: Warehouse) -> None:
    record(warehouse, [ODD], day(1))
    record(warehouse, [ODD, WRONG], day(2))
    assert [(row["check_name"], row["found_at"]) for row in open_findings(warehouse)] == [
        ("codes", day(2)),
        ("date", day(1)),
    ]
    assert [row["row_key"] for row in open_findings(warehouse, limit=1)] == ["c1"]
    assert count_open(warehouse) == (1, 2)
    record(warehouse, [], day(3))
    assert open_findings(warehouse) == []
    assert count_open(warehouse) == (0, 0)
    assert [row["resolved_at"] for row in warehouse.rows("SELECT resolved_at FROM quality_findings")] == [day(3)] * 2


def test_what_is_found_again_is_open_since_then(warehouse: Warehouse) -> None:
    for found, at in (([ODD], 1), ([], 2), ([replace(ODD, message="It is odd again.")], 5), ([ODD], 6)):
        record(warehouse, found, day(at))
    (row,) = open_findings(warehouse)
    assert (row["found_at"], row["message"]) == (day(5), "It is odd.")


def test_checking_writes_findings_and_publishes_nothing(warehouse: Warehouse) -> None:
    fill(warehouse)
    warehouse.execute("UPDATE observations SET low = -1 WHERE superseded_at IS NULL")
    found = check(warehouse, day(4))
    assert {one.check_name for one in found} == {"figures"}
    assert count_open(warehouse) == (len(found), len(found))
    assert {row["found_at"] - DAY for row in open_findings(warehouse)} == {timedelta(days=3, hours=12)}
