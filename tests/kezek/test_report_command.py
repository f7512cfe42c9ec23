"""`kezek report`: where it writes, what it says, and what it does not take."""

import sys
from pathlib import Path

import pytest

from kezek import cli
from tests.kezek.small_warehouse import fill
from warehouse.connection import open_warehouse


def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str
) -> tuple[object, str, str]:
    monkeypatch.setattr(sys, "argv", ["kezek", "report", *arguments])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    captured = capsys.readouterr()
    return stopped.value.code or 0, captured.out, captured.err


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KEZEK_HOME", str(tmp_path))
    with open_warehouse(tmp_path / "kezek.duckdb") as warehouse:
        fill(warehouse)
    return tmp_path


def test_it_prints_path_and_size(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = run(monkeypatch, capsys)
    assert (status, err) == (0, "")
    assert out == f"{home / 'report.html'}  {(home / 'report.html').stat().st_size / 1e6:.1f} MB\n"


def test_days_and_names_are_taken(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    target = home / "other" / "r.html"
    assert run(monkeypatch, capsys, str(target), "--since", "2025-10-02", "--names", "ru")[0] == 0
    html = target.read_text(encoding="utf-8")
    assert "from 2 Oct 2025" in html
    assert "Минтранс Казахстана" in html
    assert not (home / "report.html").exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--names", "de"], "--names is 'de', but wants one of en, ru, kk."),
        (["--since", "october"], "'october' is no date: kezek wants one like 2025-10-01."),
        (["--since", "2025-10-02", "--until", "2025-10-01"], "--until 2025-10-01 lies before --since 2025-10-02."),
    ],
)
def test_what_does_not_fit_is_one_sentence(
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    sentence: str,
) -> None:
    status, out, err = run(monkeypatch, capsys, *arguments)
    assert (status, out, err) == (2, "", f"kezek: {sentence}\n")
    assert not (home / "report.html").exists()
