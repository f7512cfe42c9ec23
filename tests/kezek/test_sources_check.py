"""`kezek sources check` on the demo web: the table, the JSON, the exit status, and that nothing is left behind."""

from __future__ import annotations

import io
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from infra.demo.server import DemoWeb
from kezek import cli, source_check
from tests.conftest import REPOSITORY

DEMO = REPOSITORY / "infra" / "demo" / "sources.toml"
BROKEN = """
[[source]]
id = "dead_feed"
name = "x"
kind = "outlet"
side = "KZ"
country = "KZ"
languages = ["ru"]
home = "https://tenge-daily.example/"
feeds = ["https://tenge-daily.example/no-such-feed"]

[[source]]
id = "nobody"
name = "x"
kind = "channel"
side = "KZ"
country = "KZ"
languages = ["ru"]
home = "https://t.me/nobody_has_this"
channel = "nobody_has_this"

[[source]]
id = "down"
name = "x"
kind = "outlet"
side = "KZ"
country = "KZ"
languages = ["ru"]
home = "https://down.example/"
feeds = ["https://down.example/rss"]
"""


@pytest.fixture(scope="module")
def web() -> Iterator[DemoWeb]:
    with DemoWeb(port=0) as web:
        yield web


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, web: DemoWeb) -> Path:
    home = tmp_path / "data"
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    monkeypatch.setenv("KEZEK_HOME", str(home))
    monkeypatch.setenv("KEZEK_SOURCES", str(DEMO))
    monkeypatch.setenv("KEZEK_CONNECT_TO", f"down.example=127.0.0.1:9,*={web.address}")
    monkeypatch.setenv("KEZEK_HOST_DELAY", "0")
    return home


def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit status, stdout and stderr of `kezek sources ARGUMENTS`."""
    monkeypatch.setattr(sys, "argv", ["kezek", "sources", *arguments])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    captured = capsys.readouterr()
    return int(stopped.value.code or 0), captured.out, captured.err


def test_all_demo_sources_work(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], home: Path, tmp_path: Path
) -> None:
    status, out, err = run(monkeypatch, capsys, "check", "--day", "2025-10-03")
    assert status == 0
    assert "17 sources: 17 works, 0 partly, 0 fails" in out
    lines = out.splitlines()
    assert " ".join(lines[0].split()) == "source verdict list status items newest, UTC back to article, letters"
    assert max(map(len, lines)) <= 100
    assert any(line.split()[:5] == ["granica_watch_demo", "works", "channel", "ok", "14"] for line in lines)
    assert "own class, 853" in out
    assert "tenge: works" in err
    assert not home.exists(), "nothing is written"
    assert not list((tmp_path / "tmp").iterdir())


def test_what_fails_is_named_and_the_exit_status_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "sources.toml"
    path.write_text(DEMO.read_text(encoding="utf-8") + BROKEN, encoding="utf-8")
    monkeypatch.setenv("KEZEK_SOURCES", str(path))
    status, out, _ = run(monkeypatch, capsys, "check", "--day", "2025-10-03")
    assert status == 1
    assert "20 sources: 17 works, 0 partly, 3 fails" in out
    wrong = out[out.index("What is wrong") :]
    assert "dead_feed: feed: the server answers with status 404" in wrong
    assert "nobody: channel: there is no such channel" in wrong
    assert "down: feed: no connection to down.example" in wrong
    assert max(len(line) for line in out[: out.index("What is wrong")].splitlines()) <= 100


def test_json_for_machines(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(monkeypatch, capsys, "check", "kgd_demo", "tenge", "--day", "2025-10-03", "--json")
    assert status == 0
    channel, outlet = [json.loads(line) for line in out.splitlines()]
    assert (channel["source_id"], channel["verdict"], channel["article"]) == ("kgd_demo", "works", None)
    assert outlet["article"]["published_at"].startswith("2025-10-03T")
    assert [(one["kind"], one["status"]) for one in outlet["lists"]] == [("feed", "ok"), ("archive", "ok")]


def test_the_responses_are_kept_where_that_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    assert run(monkeypatch, capsys, "check", "tenge", "--day", "2025-10-03", "--keep")[0] == 0
    assert {path.parts[len(home.parts)] for path in home.rglob("*") if path.is_file()} == {"archive"}


def test_a_narrow_terminal_gets_one_source_below_the_other(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    paper = io.StringIO()
    monkeypatch.setattr(source_check, "out", Console(file=paper, width=60, force_terminal=True, color_system=None))
    run(monkeypatch, capsys, "check", "tenge", "--day", "2025-10-03")
    lines = paper.getvalue().splitlines()
    assert max(map(len, lines)) <= 60
    assert lines[1].startswith("  feed    ok 5 items, newest 10-03 12:40, back to 2025-09-27")


def test_the_list_is_as_it_was(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    plain = run(monkeypatch, capsys)
    assert plain[0] == 0
    assert "17 sources in sources.toml" in plain[1]
    assert run(monkeypatch, capsys, "list") == plain
    one = run(monkeypatch, capsys, "tenge")
    assert "Тенге Daily" in one[1]
    assert run(monkeypatch, capsys, "show", "tenge") == one


@pytest.mark.parametrize("arguments", [("check", "nope"), ("nope",), ("check", "--day", "someday")])
def test_bad_input_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    status, out, err = run(monkeypatch, capsys, *arguments)
    assert (status, out) == (2, "")
    assert len(err.strip().splitlines()) == 1


def test_ctrl_c_ends_it_and_leaves_nothing(tmp_path: Path, home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes connections and never answers
        environment = os.environ | {
            "KEZEK_CONNECT_TO": f"*=127.0.0.1:{silent.getsockname()[1]}",
            "TMPDIR": str(tmp_path / "tmp"),
            "PYTHONPATH": str(REPOSITORY),
        }
        child = subprocess.Popen(
            [sys.executable, "-m", "kezek.cli", "sources", "check"],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # A test run in a shell's background ignores Ctrl-C, and its children would too.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler) and None,
        )
        silent.settimeout(30)
        connection, _ = silent.accept()
        time.sleep(0.2)
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=10)
        connection.close()
    assert child.returncode not in (0, 1)
    assert b"Traceback" not in err
    assert out == b""
    assert not list((tmp_path / "tmp").glob("kezek-check-*"))
    assert not home.exists()
