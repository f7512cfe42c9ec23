"""What `kezek status` says of days that nobody has read."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from kezek.settings import Settings
from kezek.status import print_status
from tests.warehouse.world import DAY, covered
from warehouse.connection import open_warehouse
from warehouse.load import load_readings
from warehouse.schema import migrate


def test_days_not_read_to_their_end_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = Settings.from_environment({"KEZEK_HOME": str(tmp_path)})
    rows = []
    for number, complete in enumerate([True, False, False, True, False, True]):
        start = DAY + timedelta(days=number)
        rows.append(covered(interval_start=start, interval_end=start + timedelta(days=1), complete=complete))
    with open_warehouse(settings.published) as warehouse:
        migrate(warehouse)
        load_readings(warehouse, coverage=rows[:1])
    print_status(settings)
    assert "not read to their end" not in capsys.readouterr().out
    with open_warehouse(settings.published) as warehouse:
        load_readings(warehouse, coverage=rows)
    print_status(settings)
    shown = capsys.readouterr().out
    assert f"shelk: {date(2025, 10, 2)} to {date(2025, 10, 3)}, {date(2025, 10, 5)}\n" in shown
    assert "kezek run --since DAY" in shown
