"""A question in SQL reads the analysts' file and can do nothing else."""

import threading
from pathlib import Path

import pytest

from ingest.errors import NotAWarehouseError, WarehouseError
from warehouse.connection import open_warehouse
from warehouse.query import run_query


@pytest.fixture
def published(path: Path) -> Path:
    with open_warehouse(path) as warehouse:
        for number in range(5):
            warehouse.execute(
                "INSERT INTO sources (source_id, name, kind, side) VALUES (?, 'n', 'outlet', 'KZ')", [f"s{number}"]
            )
    return path


def test_rows_and_the_limit(published: Path) -> None:
    sql = "SELECT source_id, side AS side FROM sources ORDER BY source_id"
    whole = run_query(published, sql, limit=5)
    assert (whole.columns, whole.truncated, len(whole.rows)) == (("source_id", "side"), False, 5)
    cut = run_query(published, sql, limit=2)
    assert (cut.rows, cut.truncated) == ([("s0", "KZ"), ("s1", "KZ")], True)
    assert run_query(published, "SELECT 1 AS a, 2 AS a").rows == [(1, 2)]
    assert run_query(published, "SELECT source_id FROM sources WHERE false").rows == []
    assert run_query(published, "DESCRIBE claims").rows[0][0] == "claim_id"
    with pytest.raises(ValueError, match="limit"):
        run_query(published, sql, limit=0)


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM sources",
        "INSERT INTO sources (source_id) VALUES ('x')",
        "DROP VIEW contested",
        "CREATE TABLE t (i integer)",
        "EXPLAIN ANALYZE DELETE FROM sources",
        "SET enable_external_access = true",
        "ATTACH 'other.duckdb'",
        "COPY sources TO '{folder}/out.csv'",
        "EXPORT DATABASE '{folder}/out'",
        "SELECT * FROM read_text('{folder}/secret.txt')",
        "SELECT * FROM read_csv('{folder}/secret.txt')",
        "SELECT * FROM read_parquet('{folder}/*.parquet')",
        "SELECT * FROM '{folder}/secret.csv'",
        "SELECT * FROM glob('{folder}/*')",
        "SELECT * FROM read_csv('https://example.org/x.csv')",
        "SELECT * FROM read_csv('s3://bucket/x.csv')",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SELECT * FROM secret_frame",
        "SELECT 1; SELECT 2",
        "SELEC 1",
        "SELECT * FROM nowhere",
        "SELECT 1 / 'x'",
        "",
        "-- nothing",
        "SELECT '\x00",
    ],
)
def test_it_refuses(published: Path, sql: str) -> None:
    secret_frame = [{"a": 1}]
    assert secret_frame
    for name in ("secret.txt", "secret.csv"):
        (published.parent / name).write_text("a,b\n1,2\n")
    before = published.read_bytes(), sorted(published.parent.iterdir())
    with pytest.raises(WarehouseError):
        run_query(published, sql.format(folder=published.parent))
    assert (published.read_bytes(), sorted(published.parent.iterdir())) == before


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELECT * FROM nope", "There is no table nope. The views are carriers, contested, current_claims"),
        ("SELECT * FROM curent_claims", "There is no table curent_claims. Near are current_claims"),
        ("SELECT speeker FROM claims", "There is no column speeker; near are speaker, speaker_"),
        ("SELECT c.speeker FROM claims AS c", "There is no column speeker; near are speaker, speaker_"),
        ("SELECT lenght(text) FROM documents", 'lenght does not exist! Did you mean "length"?'),
        ("SELEC 1", "syntax error"),
    ],
)
def test_a_mistake_is_one_sentence_that_helps(published: Path, sql: str, said: str) -> None:
    with pytest.raises(WarehouseError) as caught:
        run_query(published, sql)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_types_are_kept(published: Path) -> None:
    sql = "SELECT 1::bigint AS n, DATE '2025-10-01' AS day, ['a'] AS words, TIMESTAMPTZ '2025-10-01 12:00:00+00' AS at"
    table = run_query(published, sql).table
    assert [str(field.type) for field in table.schema] == [
        "int64", "date32[day]", "list<l: string>", "timestamp[us, tz=UTC]"
    ]  # fmt: skip
    assert table.num_rows == 1


def test_the_limit_holds_across_batches(published: Path) -> None:
    whole = run_query(published, "SELECT range FROM range(30000)", limit=25_000)
    assert (whole.table.num_rows, whole.truncated, whole.rows[-1]) == (25_000, True, (24_999,))


def test_values_that_python_has_not_are_refused_when_shown(published: Path) -> None:
    result = run_query(published, "SELECT 'infinity'::timestamp AS at")
    with pytest.raises(WarehouseError, match="cast them to text"):
        _ = result.rows


def test_it_gives_up(published: Path) -> None:
    threads = threading.active_count()
    with pytest.raises(WarehouseError, match=r"longer than 0\.3 s"):
        run_query(published, "SELECT count(*) FROM range(10000000) a, range(10000000) b", timeout_seconds=0.3)
    run_query(published, "SELECT 1", timeout_seconds=60)
    assert threading.active_count() == threads


def test_a_file_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(WarehouseError, match="There is no warehouse"):
        run_query(tmp_path / "none.duckdb", "SELECT 1")
    (tmp_path / "text.duckdb").write_text("hello" * 4000)
    with pytest.raises(NotAWarehouseError):
        run_query(tmp_path / "text.duckdb", "SELECT 1")
