"""`kezek query` answers in the form that was asked for, whole or not at all."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table

from ingest.errors import InputError
from kezek.forms import Format, form_of
from kezek.query import show, sql_of
from kezek.tables import fitting
from tests.conftest import REPOSITORY
from warehouse.connection import open_warehouse
from warehouse.query import QueryResult, run_query

NARRATIVES = ["day", "cause", "stance", "speaker_side", "blames", "claims", "stories", "sources", "speakers"]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with an empty warehouse."""
    folder = tmp_path_factory.mktemp("home")
    open_warehouse(folder / "kezek.duckdb").close()
    return folder


def kezek(home: Path, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "kezek.cli", *arguments],
        cwd=REPOSITORY,
        env={**os.environ, "KEZEK_HOME": str(home)},
        input=stdin,
        capture_output=True,
        timeout=60,
    )


def result(**columns: list[object]) -> QueryResult:
    return QueryResult(pa.table(columns), False)


def test_the_question_comes_from_an_argument_a_file_or_stdin(tmp_path: Path) -> None:
    file = tmp_path / "question.sql"
    file.write_bytes("\ufeffselect 'Сырым'".encode())
    assert sql_of("select 1", None, str) == "select 1"
    assert sql_of(None, file, str) == "select 'Сырым'"
    assert sql_of("-", None, lambda: "select 2") == "select 2"
    for argument, path in ((None, None), ("select 1", file)):
        with pytest.raises(InputError, match="one question"):
            sql_of(argument, path, str)
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="not UTF-8"):
        sql_of(None, file, str)


def test_the_end_of_a_name_says_the_form() -> None:
    assert form_of(None, None) is Format.table
    assert form_of(None, Path("a.PARQUET")) is Format.parquet
    assert form_of(Format.csv, Path("a.parquet")) is Format.csv
    with pytest.raises(InputError, match="--format"):
        form_of(None, Path("a.xlsx"))


def test_parquet_keeps_the_types(home: Path, tmp_path: Path) -> None:
    sql = "select 1::integer n, date '2025-10-01' as day, ['a'] words, 0.5 as half, null::bigint empty"
    done = kezek(home, "query", "-", "--format", "parquet", stdin=sql.encode())
    assert (done.returncode, done.stderr) == (0, b"")
    table = pq.read_table(io.BytesIO(done.stdout))
    assert [str(kind) for kind in table.schema.types][:2] == ["int32", "date32[day]"]
    assert table.to_pylist()[0]["words"] == ["a"]
    assert table.equals(run_query(home / "kezek.duckdb", sql).table)


def test_a_file_is_whole_or_not_there(home: Path, tmp_path: Path) -> None:
    target = tmp_path / "answer.csv"
    target.write_text("earlier")
    assert kezek(home, "query", "select 1 n, 'а' as word", "--out", str(target)).returncode == 0
    assert target.read_text(encoding="utf-8") == "n,word\n1,а\n"
    for sql in ("select 1 a, 2 a", "select interval '1 month' span"):
        done = kezek(home, "query", sql, "--out", str(target.with_suffix(".parquet")))
        assert done.returncode == 2
        assert len(done.stderr.splitlines()) == 1
    for place in (tmp_path / "none" / "a.csv", tmp_path):
        done = kezek(home, "query", "select 1", "--out", str(place), "--format", "csv")
        assert done.returncode == 2
        assert b"can't be written" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["answer.csv"]


def test_json_and_tables_go_to_files_too(tmp_path: Path) -> None:
    answer = result(word=["Сырым", None], n=[1, 2])
    show(answer, Format.json, tmp_path / "a.json", safe=True)
    assert [json.loads(line) for line in (tmp_path / "a.json").read_text(encoding="utf-8").splitlines()] == [
        {"word": "Сырым", "n": 1},
        {"word": None, "n": 2},
    ]
    show(answer, Format.table, tmp_path / "a.txt", safe=True)
    assert (tmp_path / "a.txt").read_text(encoding="utf-8").splitlines()[1].split() == ["Сырым", "1"]


def test_csv_is_safe_for_spreadsheets_unless_asked_to_be_verbatim(home: Path) -> None:
    sql = "select '=1+1' as \"@name\", -5 as n, 'a\"b;' || chr(10) || '+1' as text, ['=x'] as list, true as yes"
    safe = list(csv.reader(io.StringIO(kezek(home, "query", sql, "--format", "csv").stdout.decode())))
    assert safe == [["'@name", "n", "text", "list", "yes"], ["'=1+1", "-5", "a\"b;\n'+1", '["=x"]', "true"]]
    verbatim = list(csv.reader(io.StringIO(kezek(home, "query", sql, "--format", "csv", "--verbatim").stdout.decode())))
    assert verbatim[1] == ["=1+1", "-5", 'a"b;\n+1', '["=x"]', "true"]


def test_a_misspelt_table_is_answered_with_the_views(home: Path) -> None:
    done = kezek(home, "query", "select * from nope")
    assert done.returncode == 2
    assert b"narratives_daily" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def printed_at(width: int, view: Table) -> str:
    file = io.StringIO()
    Console(file=file, width=width).print(view)
    return file.getvalue()


def rows_of_narratives() -> list[tuple[object, ...]]:
    causes = ["sanctions_enforcement", "no_delay", "migration_rules", "tightened_checks"]
    return [("2025-10-01", cause, "asserts", "UNKNOWN", "TRADE", 11, 8, 10, 1) for cause in causes]


@pytest.mark.parametrize(("width", "lines"), [(120, 5), (98, 5), (80, 9)])
def test_a_table_is_folded_before_it_is_turned(width: int, lines: int) -> None:
    view = fitting(NARRATIVES, rows_of_narratives(), width)
    assert view is not None
    printed = printed_at(width, view).splitlines()
    assert max(map(cell_len, printed)) <= width
    assert len(printed) <= lines
    assert {"UNKNOWN", "2025-10-01", "asserts", "TRADE"} <= set(" ".join(printed).split())


def test_a_table_that_no_folding_makes_fit_is_turned() -> None:
    assert fitting([f"column{n}" for n in range(20)], [tuple("word" for _ in range(20))], 80) is None
    assert fitting(["id"], [["c8619b08be9d7bf6"]], 15) is None


@pytest.mark.parametrize("width", range(30, 100, 3))
def test_folding_loses_no_letter(width: int) -> None:
    rows = [("2025-10-01", "sanctions_enforcement", "Комитет государственных", "日本語 日本語", None, 5.25)]
    names = ["day", "the_cause_of_it", "who", "wide", "nothing_at_all", "n"]
    view = fitting(names, rows, width)
    if view is None:
        assert width < 70
        return
    printed = "".join(printed_at(width, view).split())
    for letters in ("2025-10-01", "enforcement", "sanctions_", "государственных", "日本語", "5.25"):
        assert letters in printed
