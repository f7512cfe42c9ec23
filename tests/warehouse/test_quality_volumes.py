"""Row counts per source against their usual range: told when a source falls silent or runs wild, quiet otherwise."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.warehouse.world import SOURCES, annotation, claim, covered, document, fetch
from warehouse.connection import Warehouse
from warehouse.load import load_annotations, load_readings, load_sources
from warehouse.quality import find
from warehouse.reading import Reading
from warehouse.volumes import Unusual, unusual, usual_range

MONDAY = datetime(2025, 9, 1, tzinfo=UTC)


def give(
    warehouse: Warehouse, counts: Sequence[int], *, since: datetime = MONDAY, complete: bool = True, read: bool = False
) -> None:
    """So many documents, one day after the other, each day read to its end; the documents read by a model if `read`."""
    days = [since + timedelta(days=number) for number in range(len(counts))]
    pages = [
        replace(document(f"{day:%m%d}-{number}"), published_at=day + timedelta(hours=9), fetch_id="f-one")
        for day, count in zip(days, counts, strict=True)
        for number in range(count)
    ]
    load_sources(warehouse, SOURCES)
    load_readings(
        warehouse,
        fetches=[fetch("one", since)],
        readings=[Reading(page, since + timedelta(days=len(counts))) for page in pages],
        coverage=[covered(interval_start=day, interval_end=day + timedelta(days=1), complete=complete) for day in days],
    )
    if read:
        load_annotations(warehouse, [annotation(page, claim(page)) for page in pages], since + timedelta(days=99))


@pytest.mark.parametrize(
    ("counts", "usual"),
    [
        ([20] * 20, (7, 41)),
        ([5] * 7, (1, 17)),
        ([4] * 7, (0, 16)),
        ([0] * 28, (0, 4)),
        ([5, 6, 7, 5, 0, 6, 7], (1, 19)),
        ([10, 40, 5, 60, 20, 0, 35], (0, 238)),
        ([10, 40, 5, 60, 20, 3, 35], (1, 238)),
        ([400] * 28, (324, 484)),
    ],
)
def test_what_is_usual(counts: list[int], usual: tuple[int, int]) -> None:
    assert usual_range(counts) == usual


def test_nothing_is_usual_of_nothing() -> None:
    with pytest.raises(ValueError, match="no counts"):
        usual_range([])


def test_a_sudden_silence_is_told_and_stays_told(warehouse: Warehouse) -> None:
    give(warehouse, [6, 5, 7, 6, 6, 0, 0, 6, 5, 7])
    assert unusual(warehouse) == []
    give(warehouse, [0], since=MONDAY + timedelta(days=10))
    wanted = "No documents on 2025-09-11; usual are 1 to 19 a day."
    assert unusual(warehouse) == [Unusual("shelk", "documents", wanted)]
    give(warehouse, [0] * 40, since=MONDAY + timedelta(days=11))
    wanted = "No documents on 41 complete days, the last 2025-10-21; usual are 1 to 19 a day."
    assert unusual(warehouse) == [Unusual("shelk", "documents", wanted)]
    give(warehouse, [4], since=MONDAY + timedelta(days=51))
    assert unusual(warehouse) == []


def test_a_flood_is_told(warehouse: Warehouse) -> None:
    give(warehouse, [6, 5, 7, 6, 6, 1, 0, 6, 5, 7, 40])
    wanted = "40 documents on 2025-09-11; usual are 1 to 19, by the 8 days from Monday to Friday before."
    assert unusual(warehouse) == [Unusual("shelk", "documents", wanted)]


def test_few_days_say_nothing(warehouse: Warehouse) -> None:
    give(warehouse, [6, 5, 7, 6, 6, 6, 6, 6, 0])
    assert unusual(warehouse) == []


def test_a_weekend_is_compared_with_weekends(warehouse: Warehouse) -> None:
    week = [30, 30, 30, 30, 30, 4, 3]
    give(warehouse, week * 5)
    assert unusual(warehouse) == []
    give(warehouse, [30, 30, 30, 30, 30, 30], since=MONDAY + timedelta(days=35))
    (found,) = unusual(warehouse)
    assert found.message.startswith("30 documents on 2025-10-11; usual are 0 to ")
    assert found.message.endswith("by the 8 weekend days before.")


def test_days_that_were_not_read_to_their_end_do_not_count(warehouse: Warehouse) -> None:
    give(warehouse, [6] * 12)
    give(warehouse, [0], since=MONDAY + timedelta(days=14), complete=False)
    assert unusual(warehouse) == []


def test_a_source_that_is_no_longer_read_is_not_told_of(warehouse: Warehouse) -> None:
    give(warehouse, [6] * 9 + [0])
    assert len(unusual(warehouse)) == 1
    later = MONDAY + timedelta(days=30)
    load_readings(
        warehouse,
        coverage=[covered(source_id="fura", interval_start=later, interval_end=later + timedelta(days=1))],
    )
    assert unusual(warehouse) == []


def test_an_edit_is_no_second_document(warehouse: Warehouse) -> None:
    give(warehouse, [6] * 10)
    page = replace(document("0910-0"), published_at=MONDAY + timedelta(days=9, hours=9), fetch_id="f-one")
    edits = [Reading(replace(page, text=f"{page.text} {n}"), MONDAY + timedelta(days=11 + n)) for n in range(30)]
    load_readings(warehouse, readings=edits)
    assert unusual(warehouse) == []


def test_claims_have_their_own_range(warehouse: Warehouse) -> None:
    give(warehouse, [6] * 10, read=True)
    assert unusual(warehouse) == []
    give(warehouse, [6], since=MONDAY + timedelta(days=10))
    assert unusual(warehouse) == []  # not read yet, so nobody knows
    last = [replace(document(f"0911-{n}"), published_at=MONDAY + timedelta(days=10, hours=9)) for n in range(6)]
    silent = [annotation(page, observations=()) for page in last]
    load_annotations(warehouse, silent, MONDAY + timedelta(days=99))
    wanted = "No claims on 2025-09-11; usual are 1 to 19, by the 8 days from Monday to Friday before."
    assert unusual(warehouse) == [Unusual("shelk", "claims", wanted)]


def test_an_unusual_day_is_a_finding_that_stops_nothing(warehouse: Warehouse) -> None:
    give(warehouse, [6] * 10 + [0])
    (found,) = find(warehouse)
    assert (found.check_name, found.table_name, found.row_key, found.blocking) == (
        "volume",
        "documents",
        "shelk",
        False,
    )


def test_it_is_asked_as_of_a_day(warehouse: Warehouse) -> None:
    give(warehouse, [6] * 10 + [0] + [6] * 5)
    assert unusual(warehouse) == []
    (found,) = unusual(warehouse, MONDAY + timedelta(days=11))
    assert found.message == "No documents on 2025-09-11; usual are 1 to 19 a day."
    assert unusual(warehouse, MONDAY + timedelta(days=10)) == []
