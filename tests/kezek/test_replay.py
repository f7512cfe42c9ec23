"""Saved responses in place of the network: pages that nobody here wrote land in the warehouse, or say why not."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from ingest.archive import Archive
from kezek.run import run_replay
from kezek.settings import Settings
from warehouse.connection import Row, open_warehouse


@pytest.fixture(scope="module")
def articles(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A third of the saved articles; tests/ingest/test_collect_replay.py reads them all."""
    saved = shared / "real" / "articles"
    folder = tmp_path_factory.mktemp("saved") / "articles"
    folder.mkdir()
    rows = [json.loads(line) for line in (saved / "manifest.jsonl").read_text("utf-8").splitlines()]
    chosen = [row for number, row in enumerate(rows) if number % 3 == 0 or "//tass.ru/" in row["url"]]
    for row in chosen:
        (folder / row["file"]).parent.mkdir(exist_ok=True)
        shutil.copy(saved / row["file"], folder / row["file"])
    (folder / "manifest.jsonl").write_text("".join(json.dumps(row) + "\n" for row in chosen), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def landed(articles: Path, shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = Settings.from_environment({"KEZEK_HOME": str(tmp_path_factory.mktemp("data"))})
    for folder in (articles, shared / "real" / "telegram" / "pages", shared / "real" / "feeds"):
        run_replay(settings, folder)
    return settings


def rows(settings: Settings, sql: str) -> list[Row]:
    with open_warehouse(settings.published, read_only=True) as warehouse:
        return warehouse.rows(sql)


def test_every_response_is_a_fetch_with_its_bytes(landed: Settings, articles: Path) -> None:
    fetches = rows(landed, "SELECT run_id, warc_file, warc_offset, sha256 FROM fetches ORDER BY fetch_id")
    assert len(fetches) == _count(articles) + 8 + 36
    archive = Archive(landed.archive)
    for row in fetches[::20]:
        assert archive.read(row["warc_file"], row["warc_offset"], row["sha256"])


def _count(articles: Path) -> int:
    return len((articles / "manifest.jsonl").read_text("utf-8").splitlines())


def test_every_article_is_a_document_or_says_why_not(landed: Settings, articles: Path) -> None:
    (read,) = rows(
        landed,
        "SELECT count(DISTINCT fetch_id) AS fetches FROM fetches WHERE run_id = 'replay/articles' "
        "AND fetch_id IN (SELECT fetch_id FROM documents UNION ALL SELECT fetch_id FROM unparsed)",
    )
    assert read["fetches"] == _count(articles) > 40
    assert all(row["message"] for row in rows(landed, "SELECT message FROM unparsed"))
    (documents,) = rows(landed, "SELECT count(*) AS n FROM documents WHERE kind = 'news'")
    assert documents["n"] >= _count(articles) - 2


def test_hosts_that_nobody_listed_have_a_source_of_unknown_side(landed: Settings) -> None:
    assert rows(landed, "SELECT count(*) AS n FROM documents WHERE kind = 'post'") == [{"n": 34}]
    made = "SELECT DISTINCT side FROM documents JOIN sources USING (source_id) WHERE source_id LIKE 'replay-%'"
    assert rows(landed, made) == [{"side": "UNKNOWN"}]
    known = "SELECT DISTINCT source_id FROM documents WHERE url LIKE 'https://tass.ru/%'"
    assert rows(landed, known) == [{"source_id": "tass"}]


def test_off_topic_pages_yield_no_claims(landed: Settings) -> None:
    assert rows(landed, "SELECT source, cause, stance, evidence FROM claims") == []


def test_the_same_replay_adds_nothing(landed: Settings, shared: Path) -> None:
    before = rows(landed, "SELECT count(*) AS n FROM documents")
    run_replay(landed, shared / "real" / "telegram" / "pages")
    assert rows(landed, "SELECT count(*) AS n FROM documents") == before
