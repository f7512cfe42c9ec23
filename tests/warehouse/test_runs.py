"""The row of a run: open while it runs, closed when it is done, one however often it is run."""

from ingest.interval import Interval
from tests.warehouse.world import DAY, day
from warehouse.connection import Warehouse
from warehouse.runs import finish_run, start_run
from warehouse.state import last_runs

NIGHT = Interval.of_day(DAY.date())


def test_a_run_opens_and_closes(warehouse: Warehouse) -> None:
    assert start_run(warehouse, "nightly/2025-10-01", NIGHT, day(2)).inserted == {"runs": 1}
    assert start_run(warehouse, "nightly/2025-10-01", NIGHT, day(3)).nothing
    (open_run,) = last_runs(warehouse)
    assert (open_run["started_at"], open_run["finished_at"]) == (day(2), None)
    assert finish_run(warehouse, "nightly/2025-10-01", day(4)).updated == {"runs": 1}
    assert finish_run(warehouse, "nightly/2025-10-01", day(5)).nothing
    (closed,) = last_runs(warehouse)
    assert (closed["interval_start"], closed["interval_end"], closed["finished_at"]) == (NIGHT.start, NIGHT.end, day(4))
    assert start_run(warehouse, "nightly/2025-10-01", NIGHT, day(6)).updated == {"runs": 1}
    assert finish_run(warehouse, "unknown", day(6)).nothing
