"""The benchmarks' own contenders still run, and what they count is right: on a few pages, without the peers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}
PAGES = 30


def command(script: str, *arguments: object) -> list[str]:
    return [sys.executable, str(ROOT / "benchmarks" / script), *map(str, arguments)]


def outcome(script: str, *arguments: object) -> dict[str, object]:
    """The JSON on the last line of what the script prints."""
    done = subprocess.run(command(script, *arguments), env=ENVIRONMENT, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    subprocess.run(command("pages.py", folder, PAGES), env=ENVIRONMENT, check=True)
    return folder


@pytest.fixture(scope="module")
def wanted(pages: Path) -> Iterator[Path]:
    with subprocess.Popen(command("page_server.py", pages), stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        places = json.loads(server.stdout.readline())
        rows = [json.loads(line) for line in (pages / "pages.jsonl").read_text(encoding="utf-8").splitlines()]
        (pages / "wanted.jsonl").write_text(
            "\n".join(
                json.dumps({"url": f"http://{places[row['host']]}{row['path']}", "source": row["host"]})
                for row in rows
                if "url" in row
            )
        )
        yield pages / "wanted.jsonl"
        server.terminate()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the loopback has one address")
def test_kezek_fetches_every_page(wanted: Path, tmp_path: Path) -> None:
    assert outcome("fetch_kezek.py", wanted, tmp_path, 4, 2)["pages"] == PAGES
    assert len(list(tmp_path.glob("benchmark/*.warc.gz"))) == 10


def test_the_outlets_classes_read_every_page_to_the_last_word(pages: Path) -> None:
    assert outcome("parse_kezek.py", pages, "outlet")["notes"] == {"title": 1, "day": 1, "author": 1, "text": 1}


def test_every_pipeline_is_timed_beside_its_bare_model(tmp_path: Path) -> None:
    texts = {"ru": "На посту «Сырым» стоят 300 фур.", "en": "300 trucks wait at Syrym.", "kk": "Сырымда 300 көлік тұр."}
    rows = [{"lang": lang, "title": "", "text": text} for lang, text in texts.items()]
    (tmp_path / "texts.jsonl").write_text("\n".join(map(json.dumps, rows)))
    arguments = (tmp_path / "texts.jsonl", "--rounds", 1, "--words", 10, "--no-start")
    done = subprocess.run(
        command("nlp_speed.py", *arguments), env=ENVIRONMENT, check=True, stdout=subprocess.PIPE, text=True
    )
    told = [tuple(cell.strip() for cell in line.split("|")[1:3]) for line in done.stdout.splitlines() if "|" in line]
    assert {(lang, name) for lang in texts for name in ("bare", "read", "annotate")} <= set(told)
