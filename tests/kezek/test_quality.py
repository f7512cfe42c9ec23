"""`kezek quality`: what is open, since when, and whether it stops the publishing; `--check` looks now."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.errors import InputError, WarehouseError
from kezek.quality import print_findings
from kezek.settings import Settings
from tests.conftest import REPOSITORY
from warehouse.connection import open_warehouse
from warehouse.quality import Finding, record

SINCE = datetime(2025, 10, 3, 4, 30, tzinfo=UTC)
ODD = Finding("date", "documents", "d1", "It was published [bold]before 2000[/].", False)
WRONG = Finding("codes", "claims", "c1", "The stance is not known.", True)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.from_environment({"KEZEK_HOME": str(tmp_path)})


def keep(settings: Settings, *findings: Finding) -> None:
    with open_warehouse(settings.warehouse) as warehouse:
        record(warehouse, list(findings), SINCE)


def test_what_stops_the_publishing_stands_first(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    keep(settings, ODD, WRONG)
    assert not print_findings(settings, check_now=False, limit=10)
    said = capsys.readouterr().out
    assert said.index("c1") < said.index("d1")
    assert "2025-10-03 04:30:00" in said
    assert "[bold]before" in said
    assert "2 open findings in" in said
    assert "1 of them stops the publishing." in said


def test_a_cut_is_told(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    keep(settings, ODD, WRONG)
    assert not print_findings(settings, check_now=False, limit=1)
    streams = capsys.readouterr()
    assert "d1" not in streams.out
    assert "Cut after 1 findings" in streams.err


def test_checking_now_resolves_what_is_gone(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    keep(settings, WRONG)
    assert print_findings(settings, check_now=True, limit=10)
    assert "No open findings in" in capsys.readouterr().out
    assert not Path(settings.published).exists()
    with open_warehouse(settings.warehouse) as warehouse:
        assert warehouse.value("SELECT count(*) FROM quality_findings WHERE resolved_at IS NOT NULL") == 1


def test_an_analyst_has_only_the_published_file(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    with open_warehouse(Path(settings.published)) as warehouse:
        record(warehouse, [ODD], SINCE)
    assert print_findings(settings, check_now=False, limit=10)
    assert "none stops the publishing" in capsys.readouterr().out
    with pytest.raises(InputError, match="that could be checked"):
        print_findings(settings, check_now=True, limit=10)
    assert not Path(settings.warehouse).exists()


def test_without_a_warehouse_nothing_is_made(settings: Settings) -> None:
    with pytest.raises(WarehouseError):
        print_findings(settings, check_now=False, limit=10)
    assert not settings.private.exists()


def test_the_exit_status_says_whether_publishing_is_stopped(settings: Settings) -> None:
    keep(settings, WRONG)
    command = [sys.executable, "-m", "kezek.cli", "quality"]
    environment = {"KEZEK_HOME": str(settings.home), "COLUMNS": "200"}
    told = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True)
    assert (told.returncode, told.stderr) == (1, "")
    assert "c1" in told.stdout
    checked = subprocess.run([*command, "--check"], cwd=REPOSITORY, env=environment, capture_output=True, text=True)
    assert (checked.returncode, checked.stderr) == (0, "")
