"""The views said anew give the rows that they gave before, on both engines; and each says which question it answers."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from tests.postgres import Server
from tests.warehouse.world import DAY
from warehouse.connection import Address, Warehouse, open_warehouse
from warehouse.quality import find
from warehouse.schema import FOLDER

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
SIZE = 1000
NEW_COLUMNS = {"lang", "measured_from"}
ALONE = "one story against others on a contested cause"


@pytest.fixture(scope="module", params=["duckdb", "postgres"])
def crowd(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """A generated warehouse in which speakers repeat, contradict and overlap themselves."""
    address: Address = tmp_path_factory.mktemp("crowd") / "crowd.duckdb"
    server: Server | None = None
    if request.param == "postgres":
        server = request.getfixturevalue("postgres")
        address = server.create("crowd", request.getfixturevalue("template"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "path", [*sys.path, str(BENCHMARKS)])
        from warehouse_rows import build

        build(address, SIZE)
    with open_warehouse(address) as warehouse:
        assert find(warehouse) == []
        _second_thoughts(warehouse)
        warehouse.execute("ANALYZE")
        yield warehouse
    if server is not None:
        server.drop("crowd")


def _second_thoughts(warehouse: Warehouse) -> None:
    """Twins of some claims: another cause in the same words, beside them, in the title; and the contrary."""
    columns = warehouse.arrow("SELECT * FROM claims LIMIT 0").column_names
    twins = {
        "o": {"cause": "'twin'", "cause_start": "cause_end - 1", "cause_end": "cause_end + 5"},
        "b": {"cause": "'twin'", "cause_start": "cause_end", "cause_end": "cause_end + 5"},
        "t": {"cause": "'twin'", "evidence_field": "'title'"},
        "s": {"stance": "CASE stance WHEN 'asserts' THEN 'denies' ELSE 'asserts' END", "speaker": "upper(speaker)"},
        "p": {"stance": "CASE stance WHEN 'asserts' THEN 'denies' ELSE 'asserts' END", "superseded_at": "extracted_at"},
    }
    for number, (letter, changed) in enumerate(twins.items()):
        values = {**changed, "claim_id": f"'{letter}' || substr(claim_id, 2)"}
        chosen = ", ".join(values.get(column, column) for column in columns)
        warehouse.execute(
            f"INSERT INTO claims ({', '.join(columns)}) SELECT {chosen} FROM claims "
            f"WHERE substr(claim_id, 1, 1) = 'c' AND substr(claim_id, 5, 1) = '{number}'"
        )


def _as_it_was(warehouse: Warehouse, view: str) -> str:
    """Make the view as the first migration that has it said it, under another name; gives that name."""
    for path in sorted(FOLDER.glob("*.sql")):
        found = re.search(
            rf"^CREATE VIEW {view} AS\n(.*?);$", path.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
        )
        if found:
            warehouse.execute(f"CREATE OR REPLACE VIEW {view}_was AS {found[1]}")
            return f"{view}_was"
    raise AssertionError(f"No migration makes {view}.")


def _without_new_doubts(view: str) -> str:
    """`review` has a doubt that it had not; its rows without that one have to be the old ones."""
    if view != "review":
        return view
    columns = (
        "claim_id, {doubts} AS doubts, confidence, day, cause, stance, blames, speaker, speaker_kind, speaker_side, "
        "evidence, cause_text, pattern, document_id, source, source_name, lang, title, url"
    )
    doubts = f"replace(replace(doubts, '; {ALONE}', ''), '{ALONE}', '')"
    return f"(SELECT {columns.format(doubts=doubts)} FROM review WHERE doubts <> '{ALONE}') AS old"


@pytest.mark.parametrize(
    ("view", "key"),
    [
        ("carriers", "claim_id"),
        ("review", "claim_id"),
        ("queue_timeline", "observation_id"),
        ("current_revisions", "document_id"),
        ("stories", "document_id"),
        ("current_claims", "claim_id"),
        ("position_changes", "change, earlier_claim_id, later_claim_id"),
    ],
)
def test_the_rows_are_those_of_the_first_definition(crowd: Warehouse, view: str, key: str) -> None:
    before = crowd.arrow(f"SELECT * FROM {_as_it_was(crowd, view)} ORDER BY {key}")
    now = crowd.arrow(f"SELECT * FROM {_without_new_doubts(view)} ORDER BY {key}")

    added = [name for name in now.column_names if name not in before.column_names]

    assert now.drop_columns(added).cast(before.schema) == before
    assert set(added) == (NEW_COLUMNS if view == "queue_timeline" else set())
    assert before.num_rows > 100


def test_every_doubt_is_among_the_rows_that_were_compared(crowd: Warehouse) -> None:
    doubts = crowd.rows("SELECT doubts, count(*) AS claims FROM review GROUP BY doubts")

    said = {doubt for row in doubts for doubt in row["doubts"].split("; ")}

    assert said == {
        "low confidence",
        "asserted and denied by one speaker in one document",
        "another cause is read in the same words",
        ALONE,
    }


def test_a_figure_says_which_time_it_is_for(crowd: Warehouse) -> None:
    times = crowd.rows(
        """
        SELECT measured_from, count(*) AS figures, count(CASE WHEN measured_at = told THEN 1 END) AS true_ones
        FROM (
            SELECT queue_timeline.*, CASE measured_from
                WHEN 'as_of' THEN observations.as_of
                WHEN 'published_at' THEN documents.published_at
                ELSE documents.first_seen_at END AS told
            FROM queue_timeline
            JOIN observations ON observations.observation_id = queue_timeline.observation_id
            JOIN documents ON documents.document_id = observations.document_id
                AND documents.content_sha256 = observations.content_sha256
        ) AS compared
        GROUP BY measured_from
        """
    )

    assert {row["measured_from"] for row in times} == {"as_of", "published_at", "first_seen_at"}
    assert all(row["figures"] == row["true_ones"] for row in times)


def test_one_voice_that_never_stops_has_no_more_changes_than_positions_allow(crowd: Warehouse) -> None:
    with pytest.raises(_UndoneError), crowd.transaction():
        crowd.execute("UPDATE claims SET speaker = 'One Voice', speaker_entity = NULL, speaker_kind = 'person'")
        claims = crowd.value("SELECT count(*) FROM current_claims")
        changes = crowd.value("SELECT count(*) FROM position_changes")
        raise _UndoneError

    causes, positions = 15, 2 * 7
    assert claims > 800
    assert 0 < changes <= causes * positions * positions / 2


class _UndoneError(Exception):
    """Leaves the transaction, so that nothing of it stays."""


def test_each_view_is_said_in_one_line_with_the_question_that_it_answers(crowd: Warehouse) -> None:
    views = {
        row["name"]: row["comment"]
        for row in crowd.relations()
        if row["kind"] == "view" and not row["name"].endswith("_was")
    }

    assert len(views) >= 9
    assert [name for name, comment in views.items() if not re.fullmatch(r"[^\n]+\. Question: [^\n]+\?", comment)] == []
    assert [(name, column["name"]) for name in views for column in crowd.columns(name) if not column["comment"]] == []


def test_generated_rows_are_the_same_every_time() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "path", [*sys.path, str(BENCHMARKS)])
        from warehouse_rows import tables

        one, other = tables(200), tables(200)

    assert all(one[name].equals(other[name]) for name in one)
    assert (one["claims"].num_rows, one["documents"].num_rows) == (200, 200)
    assert pa.compute.min(one["documents"]["published_at"]).as_py() < DAY
