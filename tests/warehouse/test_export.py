"""What is exported is what analysts read, of one moment, with where it comes from; on both engines."""

import pytest

from ingest.errors import InputError
from tests.kezek.small_warehouse import fill
from warehouse.connection import Warehouse, open_warehouse
from warehouse.export import batches, exported, provenance


def test_every_view_and_table_that_people_read(warehouse: Warehouse) -> None:
    relations = {relation.name: relation for relation in exported(warehouse)}
    assert {"claims", "current_claims", "documents", "coverage", "review"} <= set(relations)
    assert "schema_migrations" not in relations
    assert {relations["claims"].kind, relations["contested"].kind} == {"table", "view"}
    assert relations["documents"].left_out == ("signature",)
    assert all(relation.comment for relation in relations.values())
    assert all(column.comment and column.type for relation in relations.values() for column in relation.columns)


def test_without_texts_the_evidence_stays(warehouse: Warehouse) -> None:
    documents, claims = exported(warehouse, ["documents", "current_claims"], texts=False)[::-1]
    assert documents.left_out == ("text", "signature")
    assert "evidence" in [column.name for column in claims.columns]
    assert claims.left_out == ()


def test_an_unknown_name_is_answered_with_the_near_ones(warehouse: Warehouse) -> None:
    for name in ("curent_claims", "schema_migrations", "", 'x"; DROP TABLE claims'):
        with pytest.raises(InputError, match="The views are carriers"):
            exported(warehouse, ["claims", name])


def test_all_rows_come_in_batches(warehouse: Warehouse) -> None:
    fill(warehouse)
    with warehouse.snapshot():
        for relation in exported(warehouse):
            reader = batches(warehouse, relation)
            assert reader.schema.names == [column.name for column in relation.columns]
            rows = sum(batch.num_rows for batch in reader)
            assert rows == warehouse.value(f"SELECT count(*) FROM {relation.name}")


def test_the_rows_are_of_one_moment(database: str) -> None:
    """A DuckDB file that is published is never written to; a server's tables are, all the time."""
    with open_warehouse(database) as warehouse:
        fill(warehouse)
        _read_while_another_writes(warehouse, database)


def _read_while_another_writes(warehouse: Warehouse, address: str) -> None:
    with open_warehouse(address, read_only=True) as reading, reading.snapshot():
        before = reading.value("SELECT count(*) FROM current_claims")
        warehouse.execute("UPDATE claims SET superseded_at = extracted_at")
        warehouse.execute("INSERT INTO sources (source_id, name, kind, side) VALUES ('late', 'n', 'outlet', 'KZ')")
        (relation,) = exported(reading, ["current_claims"])
        assert sum(batch.num_rows for batch in batches(reading, relation)) == before
        assert [source["source_id"] for source in provenance(reading)["sources"]] == ["fura", "shelk"]


def test_where_the_rows_come_from(warehouse: Warehouse) -> None:
    empty = provenance(warehouse)
    assert (empty["days"]["first_day"], empty["models"], empty["sources"]) == (None, [], [])
    fill(warehouse)
    whole = provenance(warehouse)
    assert whole["schema_version"] == empty["schema_version"] > 0
    assert whole["days"] == {
        "first_day": "2025-10-01",
        "last_day": "2025-10-02",
        "readings": 3,
        "with_a_gap": 1,
        "incomplete": 1,
    }
    assert [(model["model_version"], model["documents"]) for model in whole["models"]] == [("m1", 6)]
    assert [(one["source_id"], one["documents"], one["revisions"], one["fetches"]) for one in whole["sources"]] == [
        ("fura", 0, 0, 0),
        ("shelk", 5, 6, 5),
    ]
