"""A source that speaks seldom and has fallen silent for longer than it ever does."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from tests.warehouse.test_quality_volumes import MONDAY, give
from tests.warehouse.world import covered
from warehouse.connection import Warehouse
from warehouse.freshness import Stale, patience, stale
from warehouse.load import load_readings
from warehouse.quality import find

EVERY_THIRD = [1, 0, 0] * 10
"""Documents on the days 1, 4, … 28 of September, the last two of the thirty days without."""


@pytest.mark.parametrize(
    ("distances", "days"),
    [([3] * 9, 24), ([1] * 20, 8), ([1, 1, 1, 1, 3] * 4, 11), ([1, 1, 1, 1, 1, 1, 20], 40)],
)
def test_how_long_a_silence_is_waited_for(distances: list[int], days: int) -> None:
    assert patience(distances) == days


def test_nothing_is_usual_without_distances() -> None:
    with pytest.raises(ValueError, match="no distances"):
        patience([])


def test_a_silence_beyond_all_habit_is_told_until_it_ends(warehouse: Warehouse) -> None:
    give(warehouse, EVERY_THIRD + [0] * 22)
    assert stale(warehouse) == []
    give(warehouse, [0], since=MONDAY + timedelta(days=52))
    wanted = "The last document is of 2025-09-28, 25 complete days ago; usually 3 days lie between, at most 3."
    assert stale(warehouse) == [Stale("shelk", wanted)]
    give(warehouse, [0] * 130, since=MONDAY + timedelta(days=53))
    assert [one.source_id for one in stale(warehouse)] == ["shelk"], "it stays told, however long"
    give(warehouse, [1], since=MONDAY + timedelta(days=183))
    assert stale(warehouse) == []


def test_it_is_asked_as_of_a_day(warehouse: Warehouse) -> None:
    give(warehouse, EVERY_THIRD + [0] * 23)
    assert len(stale(warehouse)) == 1
    assert stale(warehouse, MONDAY + timedelta(days=52)) == []
    give(warehouse, [1], since=MONDAY + timedelta(days=53))
    assert stale(warehouse) == []
    assert len(stale(warehouse, MONDAY + timedelta(days=53))) == 1


@pytest.mark.parametrize("counts", [[1, 0, 0] * 7 + [0] * 60, [0] * 90])
def test_too_little_is_known_of_a_new_source(warehouse: Warehouse, counts: Sequence[int]) -> None:
    give(warehouse, counts)
    assert stale(warehouse) == []


def test_days_that_were_not_read_are_no_silence(warehouse: Warehouse) -> None:
    give(warehouse, EVERY_THIRD)
    give(warehouse, [0] * 40, since=MONDAY + timedelta(days=30), complete=False)
    give(warehouse, [0], since=MONDAY + timedelta(days=70))
    assert stale(warehouse) == []


def test_a_document_of_a_day_that_was_not_read_to_its_end_counts(warehouse: Warehouse) -> None:
    give(warehouse, EVERY_THIRD + [0] * 20)
    give(warehouse, [1], since=MONDAY + timedelta(days=50), complete=False)
    give(warehouse, [0] * 10, since=MONDAY + timedelta(days=51))
    assert stale(warehouse) == []


def test_a_source_that_is_no_longer_read_is_not_told_of(warehouse: Warehouse) -> None:
    give(warehouse, EVERY_THIRD + [0] * 40)
    assert len(stale(warehouse)) == 1
    later = MONDAY + timedelta(days=90)
    load_readings(
        warehouse,
        coverage=[covered(source_id="fura", interval_start=later, interval_end=later + timedelta(days=1))],
    )
    assert stale(warehouse) == []


def test_it_is_a_finding_that_stops_nothing(warehouse: Warehouse) -> None:
    give(warehouse, EVERY_THIRD + [0] * 23)
    (found,) = find(warehouse)
    assert (found.check_name, found.table_name, found.row_key, found.blocking) == ("stale", "documents", "shelk", False)


def test_a_silence_that_its_volume_tells_is_told_once(warehouse: Warehouse) -> None:
    give(warehouse, [6] * 20 + [0] * 30)
    assert len(stale(warehouse)) == 1
    assert [found.check_name for found in find(warehouse)] == ["volume"]
