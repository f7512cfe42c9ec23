"""A spool comes back as it was written, and is refused unless it is whole."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.document import Document
from ingest.errors import ArchiveError, InputError
from ingest.fetch_record import Fetch
from ingest.interval import Interval
from ingest.plan import Plan, Recheck, read_plan, write_plan
from ingest.spool import Coverage, Gone, Spool, SpoolWriter, Unchanged, Unparsed, read_spool

AT = datetime(2025, 10, 1, 12, 0, 0, 5, tzinfo=UTC)
FETCH = Fetch("f1", "nightly/2025-10-01", "s", "http://a/", "http://a/", AT, 200, None, 3, "00", "w", 7, None)
DOCUMENT = Document("d1", "Заголовок", "Очередь\nиз фур 🚛", published_at=AT, links=("http://b/",), views=12)
ROWS = (
    FETCH,
    DOCUMENT,
    Gone("d2", "s", "http://c/", "f1", AT, "404"),
    Unchanged("d3", "s", "f1", AT),
    Unparsed("s", "http://d/", "f1", "EmptyBodyError", "http://d/: the body is empty"),
    Coverage("s", AT, AT + timedelta(days=1), 4, 3, 2, 1, "done", None, None, "nightly/2025-10-01", AT, True),
)


def write(path: Path) -> bytes:
    with SpoolWriter(path) as spool:
        for row in ROWS:
            spool.write(row)
        assert not path.exists(), "it appears when it is whole"
    return path.read_bytes()


def test_every_kind_of_row_comes_back(tmp_path: Path) -> None:
    write(tmp_path / "run" / "s.jsonl")
    fetch, document, gone, unchanged, unparsed, coverage = ROWS
    assert read_spool(tmp_path / "run" / "s.jsonl") == Spool(
        [fetch], [document], [gone], [unchanged], [unparsed], [coverage]
    )
    assert [file.name for file in (tmp_path / "run").iterdir()] == ["s.jsonl"]


def test_a_spool_cut_anywhere_is_refused(tmp_path: Path) -> None:
    whole = write(tmp_path / "s.jsonl")
    cut = tmp_path / "cut.jsonl"
    for length in range(0, len(whole), 7):
        cut.write_bytes(whole[:length])
        with pytest.raises(ArchiveError, match="cut off|not whole"):
            read_spool(cut)


def test_a_spool_with_a_line_less_or_a_foreign_line_is_refused(tmp_path: Path) -> None:
    lines = write(tmp_path / "s.jsonl").splitlines(keepends=True)
    other = tmp_path / "other.jsonl"
    other.write_bytes(b"".join(lines[:2] + lines[3:]))
    with pytest.raises(ArchiveError, match="not whole"):
        read_spool(other)
    for line in (b'{"claim": {}}\n', b"nonsense\n", b'{"fetch": {"fetch_id": 7}}\n', b"[]\n"):
        other.write_bytes(lines[0] + line + lines[-1])
        with pytest.raises(InputError, match="line 2"):
            read_spool(other)
    with pytest.raises(InputError):
        read_spool(tmp_path / "none.jsonl")


def test_an_exception_leaves_the_old_spool_and_no_part(tmp_path: Path) -> None:
    before = write(tmp_path / "s.jsonl")
    with pytest.raises(RuntimeError), SpoolWriter(tmp_path / "s.jsonl") as spool:
        spool.write(FETCH)
        raise RuntimeError("killed")
    assert (tmp_path / "s.jsonl").read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["s.jsonl"]


@given(
    text=st.text(),
    at=st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=5))])),
    links=st.lists(st.text()).map(tuple),
)
def test_any_text_and_time_survives(
    tmp_path_factory: pytest.TempPathFactory, text: str, at: datetime, links: tuple[str, ...]
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.jsonl"
    document = Document("d", text, text, published_at=at, links=links)
    with SpoolWriter(path) as spool:
        spool.write(document)
    assert read_spool(path).documents == [document]


def test_a_plan_comes_back(tmp_path: Path) -> None:
    recheck = (Recheck("d1", "https://a.example/1", etag='"v1"'), Recheck("d2", "https://t.me/c/7", post_id=7))
    plan = Plan("a-source", Interval(AT, AT + timedelta(days=1)), "nightly/2025-10-01", recheck=recheck)
    write_plan(plan, tmp_path / "plans" / "a.json")
    assert read_plan(tmp_path / "plans" / "a.json") == plan
    (tmp_path / "bad.json").write_text('{"source_id": "a"}')
    for name in ("bad.json", "none.json"):
        with pytest.raises(InputError):
            read_plan(tmp_path / name)
