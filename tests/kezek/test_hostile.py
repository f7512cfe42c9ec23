"""The command line under attack: closed and full streams, broken pipes, Ctrl-C, odd settings, odd lines."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from infra.demo.server import DemoWeb
from ingest.errors import InputError
from ingest.spool import read_spool
from kezek import steps
from kezek.dates import day_bounds, parse_day
from kezek.demo import demo_settings
from kezek.jsonl import read_documents
from kezek.run import alone
from kezek.settings import Settings
from kezek.tables import cell, shown
from tests.conftest import REPOSITORY
from warehouse.connection import open_warehouse

KEZEK = [sys.executable, "-m", "kezek.cli"]


def kezek(home: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*KEZEK, *arguments], cwd=REPOSITORY, env=environment(home, **more), capture_output=True, timeout=60
    )


def environment(home: Path, **more: str) -> dict[str, str]:
    return {**os.environ, "KEZEK_HOME": str(home), **more}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A data folder with an empty warehouse."""
    open_warehouse(tmp_path / "kezek.duckdb").close()
    return tmp_path


@pytest.mark.parametrize("redirection", ["<&-", ">&-", "> /dev/full"])
@pytest.mark.parametrize("command", ["annotate", "schema", "status", 'query "select 1" --format csv'])
def test_streams_that_are_closed_or_full(home: Path, command: str, redirection: str) -> None:
    done = subprocess.run(
        ["sh", "-c", f"exec {sys.executable} -m kezek.cli {command} {redirection}"],
        cwd=REPOSITORY,
        env=environment(home),
        input=b"",
        capture_output=True,
    )
    assert b"Traceback" not in done.stderr
    assert b"Exception" not in done.stderr
    if (command == "annotate") == (redirection == "<&-"):
        assert done.returncode == 2
        assert len(done.stderr.splitlines()) == 1


def test_a_reader_that_leaves_early_is_no_fault(home: Path) -> None:
    command = f"{sys.executable} -m kezek.cli query 'select range from range(100000)' --limit 100000 --format csv"
    done = subprocess.run(
        ["sh", "-c", f"{command} | head -1"], cwd=REPOSITORY, env=environment(home), capture_output=True
    )
    assert done.stdout == b"range\n"
    assert done.stderr == b""


def hear_ctrl_c() -> None:
    """A shell starts what it puts in the background deaf to Ctrl-C, and its children inherit that: tests run so too."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_ctrl_c_ends_a_question_at_once(home: Path) -> None:
    sql = "select count(*) from range(100000000000) a, range(100000) b"
    asked = subprocess.Popen(
        [*KEZEK, "query", sql],
        cwd=REPOSITORY,
        env=environment(home),
        stderr=subprocess.PIPE,
        preexec_fn=hear_ctrl_c,
    )
    time.sleep(3)
    asked.send_signal(signal.SIGINT)
    _, err = asked.communicate(timeout=10)
    assert asked.returncode == 130
    assert b"Traceback" not in err


@pytest.mark.parametrize("encoding", ["ascii", "cp1251"])
def test_whatever_the_terminal_writes_json_is_utf8(home: Path, encoding: str) -> None:
    sql = "select 'кезек 🙃' as word"
    for output in ("json", "csv", "table"):
        done = kezek(home, "query", sql, "--format", output, PYTHONIOENCODING=encoding)
        assert done.returncode == 0
        assert "кезек 🙃" in done.stdout.decode("utf-8")
    assert b"Traceback" not in kezek(home, "sources", "нет 🙃", PYTHONIOENCODING=encoding).stderr


@pytest.mark.parametrize("sql", ["select '0001-01-01'::date, 'infinity'::timestamp", "select '294000-01-01'::date"])
def test_times_that_python_has_not_are_refused_in_a_sentence(home: Path, sql: str) -> None:
    done = kezek(home, "query", sql)
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr


def test_two_columns_of_one_name_are_no_json_object(home: Path) -> None:
    assert kezek(home, "query", "select 1 a, 2 a", "--format", "json").returncode == 2


def test_json_holds_no_nan(home: Path) -> None:
    done = kezek(
        home, "query", "select 'nan'::double n, 'inf'::double i, 9999999999999999999::hugeint h", "--format", "json"
    )
    assert json.loads(done.stdout, parse_constant=pytest.fail) == {"n": None, "i": None, "h": 9999999999999999999}


def test_a_narrow_table_shows_its_rows_one_below_the_other(home: Path) -> None:
    done = kezek(home, "query", "select table_name as name, * from information_schema.tables limit 2", COLUMNS="80")
    lines = done.stdout.decode().splitlines()
    assert [line for line in lines if line.startswith("table_schema ")]
    assert not [line for line in lines if len(line) > 80]


def test_no_word_is_cut_off_at_the_edge(home: Path) -> None:
    sql = "select 'c8619b08be9d7bf6' id, 'sanctions_enforcement' cause, 'Марат Ескельдин' speaker, "
    sql += "'Это неправда: Казахстан не проверяет машины ради санкций.' evidence"
    for width in range(60, 120, 7):
        lines = kezek(home, "query", sql, COLUMNS=str(width)).stdout.decode().splitlines()
        words = " ".join(lines).split()
        assert {"Марат", "Ескельдин", "c8619b08be9d7bf6", "проверяет", "санкций."} <= set(words)


def test_a_cell_never_steers_the_terminal() -> None:
    assert "\x1b" not in cell("\x1b[31mred\x07")
    assert shown("a\tb\nc") == "a\tb\nc"


def test_a_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.write_bytes(b"x")
    for command in (["demo", "run"], ["run", "--since", "2025-10-01"], ["query", "select 1"], ["status"]):
        done = kezek(plain / "data", *command)
        assert done.returncode == 2
        assert b"plain" in done.stderr
        assert b"Traceback" not in done.stderr
    assert kezek(tmp_path / ("x" * 300), "status").returncode == 2


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KEZEK_HOST_DELAY", "nan"),
        ("KEZEK_HOST_DELAY", "inf"),
        ("KEZEK_HOST_DELAY", "-1"),
        ("KEZEK_RECHECK_DAYS", "99999999999"),
        ("KEZEK_BATCH_CHARS", "0"),
        ("KEZEK_CONNECT_TO", "a=b"),
        ("KEZEK_CONNECT_TO", "a=b:x"),
        ("KEZEK_CONNECT_TO", "a=b:99999"),
        ("KEZEK_CONNECT_TO", "a=:80"),
        ("KEZEK_ARCHIVE", "nosuch://bucket"),
    ],
)
def test_settings_that_do_not_fit_are_named(name: str, value: str) -> None:
    with pytest.raises(InputError, match=name):
        Settings.from_environment({name: value})


def test_days_at_the_end_of_time_are_refused() -> None:
    for text in ("9999-12-31", "0001-01-01", "2025-W40-1", "20251001"):
        with pytest.raises(InputError):
            day_bounds(parse_day(text))


@pytest.mark.parametrize("url", ["https://", "https://[::1/x", "https://x.example:99999/", "ftp://x.example/"])
def test_what_is_no_url_is_refused(url: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [*KEZEK, "parse", "--url", url],
        cwd=REPOSITORY,
        env=environment(tmp_path),
        input=b"<p>word",
        capture_output=True,
    )
    assert done.returncode == 2
    assert b"URL" in done.stderr


def test_a_mark_of_byte_order_and_nulls_and_old_line_ends_are_harmless() -> None:
    lines = ['\ufeff{"id": "a", "text": "x", "title": null, "source": null, "lang": ""}\r', ""]
    (document,) = read_documents(lines)
    assert (document.title, document.source_name, document.lang) == ("", "", None)


def test_a_language_is_named_as_bcp_47_allows() -> None:
    for name in ("RU", "ru-RU", "ru_RU", " ru "):
        (document,) = read_documents([json.dumps({"id": "a", "text": "x", "lang": name})])
        assert document.lang == "ru"


def test_one_run_at_a_time_and_the_refused_one_leaves_nothing(tmp_path: Path) -> None:
    settings = Settings.from_environment({"KEZEK_HOME": str(tmp_path / "data")})
    saved = tmp_path / "page.html"
    saved.write_text("<p>word")
    with alone(settings):
        for arguments in (["--since", "2025-10-01", "--source", "tengrinews"], ["--replay", str(saved)]):
            done = kezek(settings.home, "run", *arguments, KEZEK_CONNECT_TO="*=127.0.0.1:9")
            assert done.returncode == 2
            assert b"another kezek run" in done.stderr
    assert [path.name for path in settings.home.rglob("*")] == ["private"]


def test_a_run_by_hand_and_a_night_share_no_files(tmp_path: Path) -> None:
    settings = Settings.from_environment({"KEZEK_HOME": str(tmp_path)})
    bounds = day_bounds(parse_day("2025-10-01"))
    (by_night,) = steps.plan_night(settings, *bounds, ["tengrinews"])
    (by_hand,) = steps.plan_night(settings, *bounds, ["tengrinews"], caller="run")
    assert Path(by_night).parent.parent != Path(by_hand).parent.parent
    steps.publish(settings, *bounds, caller="run")
    with open_warehouse(settings.warehouse, read_only=True) as warehouse:
        runs = warehouse.rows("SELECT run_id, finished_at IS NULL AS open FROM runs ORDER BY run_id")
    assert [(row["run_id"].partition("/")[0], row["open"]) for row in runs] == [("nightly", True), ("run", False)]


def test_a_day_that_is_not_over_is_read_again(tmp_path: Path) -> None:
    today = datetime.now(UTC).date()
    settings = Settings.from_environment({"KEZEK_HOME": str(tmp_path)})
    with DemoWeb(port=0) as web:
        here = replace(demo_settings(settings, web.address), home=tmp_path, archive=str(tmp_path / "archive"))
        (plan,) = steps.plan_night(here, *day_bounds(today), ["vestnik"])
        (coverage,) = read_spool(Path(steps.collect_source(here, plan))).coverage
    assert not coverage.complete
    assert coverage.gap_to == day_bounds(today)[1]
