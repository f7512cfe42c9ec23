"""A run's row: begun once, ended once, whatever is run again."""

from ingest.interval import Interval
from tests.warehouse.world import DAY, day
from warehouse.connection import Warehouse
from warehouse.runs import finish_run, start_run
from warehouse.state import last_runs

NIGHT = Interval.of_day(DAY.date())


def test_a_run_begins_and_ends(warehouse: Warehouse) -> None:
    start_run(warehouse, "nightly/x", NIGHT, day(2))
    assert last_runs(warehouse)[0]["finished_at"] is None
    finish_run(warehouse, "nightly/x", day(3))
    assert last_runs(warehouse)[0]["finished_at"] == day(3)


def test_what_is_begun_again_is_open_again_but_keeps_its_first_beginning(warehouse: Warehouse) -> None:
    start_run(warehouse, "nightly/x", NIGHT, day(2))
    finish_run(warehouse, "nightly/x", day(3))
    start_run(warehouse, "nightly/x", NIGHT, day(4))
    (run,) = last_runs(warehouse)
    assert (run["started_at"], run["finished_at"]) == (day(2), None)


def test_what_had_ended_is_left_alone(warehouse: Warehouse) -> None:
    start_run(warehouse, "nightly/x", NIGHT, day(2))
    assert not finish_run(warehouse, "nightly/x", day(3)).nothing
    assert finish_run(warehouse, "nightly/x", day(4)).nothing
    assert finish_run(warehouse, "nightly/unknown", day(4)).nothing
