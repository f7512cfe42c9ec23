"""`kezek backfill` asks Airflow for whole UTC days, wherever Airflow's clock stands."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest

from ingest.errors import InputError, NightError, SourceError
from kezek import cli
from kezek.airflow import airflow_environment
from kezek.backfill import Backfill, run_backfill, today, whole_days
from kezek.settings import Settings

FIRST, LAST = date(2025, 10, 1), date(2025, 10, 3)


def test_both_days_are_included() -> None:
    assert whole_days(FIRST, LAST, date(2025, 10, 4)) == [FIRST, date(2025, 10, 2), LAST]
    assert whole_days(FIRST, FIRST, date(2025, 10, 4)) == [FIRST]


@pytest.mark.parametrize(
    ("since", "until", "says"),
    [
        (LAST, FIRST, "--until 2025-10-01 lies before --since 2025-10-03."),
        (FIRST, LAST, "2025-10-03 is not over yet (in UTC)"),
    ],
)
def test_what_is_no_range_of_whole_days_is_refused(since: date, until: date, says: str) -> None:
    with pytest.raises(InputError) as refused:
        whole_days(since, until, LAST)
    assert str(refused.value).startswith(says)


def test_what_airflow_is_asked() -> None:
    asked = " ".join(Backfill(whole_days(FIRST, LAST, today()), ["vestnik"], 2, again=True).arguments)
    assert "--from-date 2025-10-01T00:00:00+00:00 --to-date 2025-10-03T00:00:00+00:00 --max-active-runs 2" in asked
    assert asked.endswith('--reprocess-behavior completed --dag-run-conf {"sources": ["vestnik"]}')
    assert Backfill([FIRST]).arguments[-2:] == ["--reprocess-behavior", "failed"]


PREPARE = """
from airflow.cli.cli_parser import get_parser
for command in (["db", "migrate"], ["dags", "reserialize"]):
    arguments = get_parser().parse_args(command)
    arguments.func(arguments)
"""


def test_airflow_makes_a_run_of_each_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In a zone where Airflow's own dates would lose the last day."""
    monkeypatch.setenv("AIRFLOW__CORE__DEFAULT_TIMEZONE", "Asia/Almaty")
    monkeypatch.setenv("KEZEK_HOME", str(tmp_path))
    settings = Settings.from_environment()
    environment = airflow_environment(settings, operator=True)
    subprocess.run([sys.executable, "-c", PREPARE], env=environment, capture_output=True, check=True)
    asked = ["kezek", "backfill", "--since", str(FIRST), "--until", str(LAST), "--parallel", "2"]
    monkeypatch.setattr(sys, "argv", asked)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("Runs of the DAG nightly: 2025-10-01 to 2025-10-03; 2 at a time.\n")
    with closing(sqlite3.connect(tmp_path / "airflow" / "airflow.db")) as metadata:
        made = metadata.execute("SELECT run_type, data_interval_start FROM dag_run ORDER BY logical_date").fetchall()
        assert metadata.execute("SELECT max_active_runs FROM backfill").fetchall() == [(2,)]
    assert made == [("backfill", f"2025-10-0{n} 00:00:00.000000") for n in (1, 2, 3)]
    with pytest.raises(NightError, match="only one running backfill"):
        run_backfill(settings, Backfill([LAST, LAST + timedelta(days=1)]))
    assert capsys.readouterr().err == "Left alone: 2025-10-03; they have been run, or a run is at work there.\n"


def test_an_unknown_source_is_told_before_airflow_is_asked(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="nobody"):
        run_backfill(Settings.from_environment({"KEZEK_HOME": str(tmp_path)}), Backfill([FIRST], ["nobody"]))
