"""The command line: contracts on stdout, bad input as one sentence and status 2, with nothing written."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from kezek import cli
from tests.conftest import REPOSITORY

PAGE = """<!doctype html><html lang="ru"><head><meta charset="utf-8"><title>Очередь на границе — Степь</title>
<meta property="og:title" content="Очередь на границе"><meta property="article:published_time" content="2025-10-02T09:30:00+05:00">
<meta name="author" content="Айгуль Сейтова"><link rel="canonical" href="https://step.example/news/1"></head><body>
<article><h1>Очередь на границе</h1><p>На посту «Сырым» третий день стоят фуры, сообщили в таможне. Водители ждут.</p>
<p>Перевозчики связывают задержку с проверкой санкционных товаров, которую ведёт казахстанская таможня.</p></article></body></html>"""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "data"
    monkeypatch.setenv("KEZEK_HOME", str(home))
    monkeypatch.delenv("KEZEK_SOURCES", raising=False)
    return home


def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str, stdin: bytes = b""
) -> tuple[int, str, str]:
    """Exit status, stdout and stderr of `kezek ARGUMENTS`."""
    monkeypatch.setattr(sys, "argv", ["kezek", *arguments])
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    captured = capsys.readouterr()
    return int(stopped.value.code or 0), captured.out, captured.err


def test_parse_prints_one_json_object_of_an_article(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, _ = run(
        monkeypatch, capsys, "parse", "--url", "https://step.example/news/1?utm=x", stdin=PAGE.encode()
    )
    assert status == 0
    page = json.loads(out)
    assert list(page) == ["title", "text", "published", "author", "lang", "url", "canonical_url", "kind"]
    assert page["title"] == "Очередь на границе"
    assert page["published"] == "2025-10-02T09:30:00+05:00"
    assert page["author"] == "Айгуль Сейтова"
    assert page["lang"] == "ru"
    assert page["canonical_url"] == "https://step.example/news/1"
    assert page["kind"] == "news"
    assert page["text"].splitlines()[1].startswith("Перевозчики связывают")


def test_annotate_keeps_ids_and_order(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    documents = [
        {"id": "b", "text": "Очередь фур на «Сырыме» возникла из-за проверок российских таможенников, сообщил КГД."},
        {"id": "a", "lang": "en", "text": "Carriers blame the queue at Syrym on sanctions checks by Kazakh customs."},
        {"id": "c", "text": ""},
    ]
    stdin = "\n".join(json.dumps(document, ensure_ascii=False) for document in documents).encode()
    status, out, _ = run(monkeypatch, capsys, "annotate", stdin=stdin)
    rows = [json.loads(line) for line in out.splitlines()]
    assert status == 0
    assert [row["id"] for row in rows] == ["b", "a", "c"]
    assert rows[0]["lang"] == "ru"
    assert all({"id", "lang", "claims", "observations", "entities"} <= set(row) for row in rows)
    assert rows[2]["claims"] == []


def test_parse_prints_what_a_feed_and_a_sitemap_list(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    feed = (
        '<?xml version="1.0" encoding="windows-1251"?><rss version="2.0"><channel><link>https://x.example/</link><item>'
        "<title>Очередь &amp; граница</title><link>/1</link><pubDate>Wed, 01 Oct 2025 10:00:00 +0500</pubDate></item>"
        "<item><title>Без даты</title></item></channel></rss>"
    ).encode("cp1251")
    status, out, _ = run(monkeypatch, capsys, "parse", "--url", "https://x.example/rss", stdin=feed)
    assert status == 0 and json.loads(out) == {
        "kind": "feed",
        "items": [
            {"url": "https://x.example/1", "title": "Очередь & граница", "published": "2025-10-01T05:00:00+00:00"},
            {"url": None, "title": "Без даты", "published": None},
        ],
    }
    sitemap = b"<urlset><url><loc>https://x.example/1</loc><lastmod>2025-10-01T10:00:00+05:00</lastmod></url></urlset>"
    status, out, _ = run(monkeypatch, capsys, "parse", "--url", "https://x.example/sitemap.xml", stdin=sitemap)
    assert status == 0 and json.loads(out) == {
        "kind": "sitemap",
        "items": [
            {"url": "https://x.example/1", "title": None, "published": None, "changed": "2025-10-01T05:00:00+00:00"}
        ],
        "sitemaps": [],
    }


def test_entities_check_counts_or_names_the_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, home: Path
) -> None:
    status, out, _ = run(monkeypatch, capsys, "entities", "check")
    assert status == 0
    assert " entities, " in out and len(out.splitlines()) == 1
    (tmp_path / "dismissed.csv").write_text("label,name,why\nFIRM,Союз,x\n", encoding="utf-8")
    monkeypatch.setattr("kezek.entities.FOLDER", tmp_path)
    status, out, err = run(monkeypatch, capsys, "entities", "check")
    assert (status, out) == (2, "")
    assert "dismissed.csv, line 2" in err
    assert not home.exists()


def bad_sources(tmp_path: Path) -> Path:
    path = tmp_path / "sources.toml"
    path.write_text('[[source]]\nid = "x"\nname = "X"\nkind = "newspaper"\n', encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("arguments", "stdin", "words"),
    [
        (["run", "--since", "2025-13-01"], b"", "2025-13-01"),
        (["run", "--since", "2025-10-02", "--until", "2025-10-01"], b"", "before"),
        (["run", "--since", "2099-01-01"], b"", "2099-01-01 has not come yet"),
        (["run", "--since", "2025-10-02", "--until", "2099-01-01"], b"", "2099-01-01 has not come yet"),
        (["run", "--since", "2025-10-01", "--source", "no-such-outlet"], b"", "no-such-outlet"),
        (["run", "--replay", "no/such/folder"], b"", "no/such/folder"),
        (["run", "--replay", str(REPOSITORY / "requirements")], b"", "requirements"),
        (["sources", "no-such-outlet"], b"", "no-such-outlet"),
        (["parse", "--url", "https://x.example/1"], b"%PDF-1.7 \x00\x01\x02", "HTML"),
        (["parse", "--url", "https://x.example/1"], b"", "empty"),
        (["parse", "--url", "x.example/1"], PAGE.encode(), "URL"),
        (["parse", "--url", "https://t.me/s/x"], b"", "empty"),
        (["annotate"], b'{"id": "a", "text": "x"}\n{"id": 5}\n', "line 2"),
        (["annotate"], b"\xff\xfe", "UTF-8"),
        (["query", "select 1"], b"", "kezek.duckdb"),
        (["trace", "c000"], b"", "kezek.duckdb"),
        (["status"], b"", "kezek.duckdb"),
    ],
)
def test_bad_input_is_one_sentence_and_nothing_written(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    home: Path,
    arguments: list[str],
    stdin: bytes,
    words: str,
) -> None:
    status, out, err = run(monkeypatch, capsys, *arguments, stdin=stdin)
    assert status == 2
    assert out == ""
    assert words.casefold() in err.casefold()
    assert len(err.strip().splitlines()) == 1
    assert "Traceback" not in err
    assert not home.exists()


def test_a_sources_file_with_an_error_names_the_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, home: Path
) -> None:
    monkeypatch.setenv("KEZEK_SOURCES", str(bad_sources(tmp_path)))
    status, _, err = run(monkeypatch, capsys, "run", "--since", "2025-10-01")
    assert status == 2
    assert "line 4" in err
    assert not home.exists()


def test_a_warehouse_that_is_none_is_left_as_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    for place in (home / "kezek.duckdb", home / "private" / "kezek.duckdb"):
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(b"this is no database")
    for arguments in (["query", "select 1"], ["status"], ["run", "--since", "2025-10-01"]):
        status, _, err = run(monkeypatch, capsys, *arguments)
        assert status == 2
        assert "DuckDB" in err
    assert {path.name for path in home.rglob("*") if path.is_file()} == {"kezek.duckdb"}
    assert (home / "kezek.duckdb").read_bytes() == b"this is no database"


def test_help_is_quick_and_teaches() -> None:
    shown = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "kezek.cli", "--help"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
    )
    assert shown.returncode == 0
    assert "demo" in shown.stdout
    assert "spacy" not in shown.stderr
    assert "duckdb" not in shown.stderr
