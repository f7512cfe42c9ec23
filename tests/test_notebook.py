"""The analysts' notebook runs from end to end on a small warehouse, on both engines, and says what stands there."""

from __future__ import annotations

import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import REPOSITORY
from tests.kezek.small_warehouse import fill
from tests.postgres import Server
from warehouse.connection import open_warehouse

QUESTIONS = ("blame", "denials", "turns", "queues", "seen")


@pytest.fixture(params=["duckdb", "postgres"])
def answers(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[dict[str, Any]]:
    """All names that the notebook's cells made."""
    monkeypatch.setenv("KEZEK_HOME", str(tmp_path))
    address: Path | str = tmp_path / "kezek.duckdb"
    if request.param == "postgres":
        server: Server = request.getfixturevalue("postgres")
        address = server.create("notebook")
        monkeypatch.setenv("KEZEK_WAREHOUSE", address)
    with open_warehouse(address) as warehouse:
        fill(warehouse)
    _, names = runpy.run_path(str(REPOSITORY / "docs" / "questions.py"))["app"].run()
    yield dict(names)
    if request.param == "postgres":
        server.drop("notebook")


def test_each_question_has_rows_and_a_chart(answers: dict[str, Any]) -> None:
    for question in QUESTIONS:
        assert answers[question].num_rows > 0, question
        assert answers[f"{question}_chart"].to_dict()["$schema"].startswith("https://vega.github.io/schema/vega-lite/")
    (blamed, *_) = answers["blame"].to_pylist()
    assert (blamed["speaker_side"], blamed["blames"], blamed["stories"]) == ("KZ", "RU", 1)
    (denial,) = answers["denials"].to_pylist()
    assert (denial["denied_by"], denial["asserted_on"] < denial["denied_on"]) == ("Минтранс Казахстана", True)
    assert denial["assertion"].startswith("Минтранс")
    (turn,) = answers["turns"].to_pylist()
    assert (turn["change"], turn["earlier_stance"], turn["later_stance"]) == ("stance", "asserts", "denies")
    assert {row["high"] for row in answers["queues"].to_pylist()} == {700, 900}
    assert {(row["source"], row["seen"]) for row in answers["seen"].to_pylist()} == {
        ("fura", "not all seen"),
        ("shelk", "some failed"),
    }
