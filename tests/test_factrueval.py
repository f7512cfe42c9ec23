"""benchmarks/factrueval.py counts right: a text of our own in the set's format, and the shared devset."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).resolve().parent.parent / "benchmarks" / "factrueval.py"
TEXT = "Министерство торговли Грузии ответило Ивану Петрову."


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    spec = importlib.util.spec_from_file_location("factrueval_benchmark", SCRIPT)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = [
        (1, "org_descr", "Министерство"),
        (2, "org_name", "торговли"),
        (3, "loc_name", "Грузии"),
        (4, "name", "Ивану"),
        (5, "surname", "Петрову"),
    ]
    spans = "".join(f"{i} {kind} {TEXT.index(word)} {len(word)} 0 1  # 0 {word}\n" for i, kind, word in rows)
    (tmp_path / "book_1.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "book_1.spans").write_text(spans, encoding="utf-8")
    (tmp_path / "book_1.objects").write_text("10 Org 1 2 3 # x\n11 LocOrg 3 # x\n12 Person 4 5 # x\n", encoding="utf-8")
    return tmp_path


def test_the_names_of_a_text(bench: ModuleType, folder: Path) -> None:
    (text,) = bench.texts(folder)
    names = {(name.label, TEXT[name.start : name.end]) for name in text.names}
    assert names == {("ORG", "торговли"), ("LOC", "Грузии"), ("PER", "Ивану Петрову")}


def test_each_measure(bench: ModuleType, folder: Path) -> None:
    wanted = list(bench.texts(folder))
    end = TEXT.index(" ответило")
    office = bench.Found("ORG", 0, end)
    person = bench.Found("PER", TEXT.index("Ивану"), len(TEXT) - 1)
    found = [[office, person]]
    assert bench.tokens(wanted, found).f1(["PER"]) == 1
    assert bench.tokens(wanted, found).f1(["ORG"]) == pytest.approx(2 * 1 / (3 + 1))
    assert bench.exact(wanted, found).f1(["ORG"]) == 0
    assert bench.objects(wanted, found).f1(["ORG"]) == 1
    assert bench.objects(wanted, found).wanted["LOC"] == 0  # inside an office that was found
    assert bench.objects(wanted, [[person]]).wanted["LOC"] == 1


def test_within_a_point_of_slovnet(bench: ModuleType, shared: Path) -> None:
    """The first twenty texts of the devset: enough to see a rule that drops names."""
    wanted = list(bench.texts(shared / "datasets" / "factrueval" / "devset"))[:20]
    alone, ours = (bench.tokens(wanted, find(wanted)) for find in (bench.by_slovnet, bench.by_kezek))
    for label in bench.LABELS:
        assert ours.f1([label]) >= alone.f1([label]) - 0.02
    assert ours.f1(bench.LABELS) >= alone.f1(bench.LABELS) - 0.01
