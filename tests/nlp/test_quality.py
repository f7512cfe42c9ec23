"""Floors, which may only rise, on annotated documents: those beside the repository, our own, and the demo web's."""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.gold import evaluate
from tests.gold.score import Row, Tally, miscalibration, reliability, scored

SETS = evaluate.sets()
THEIR_NAMES = {
    "cause_stance": "a_cause_stance",
    "speaker": "b_cause_stance_speaker",
    "denials": "c_denials",
    "blames": "d_blames_accuracy",
    "side": "d_speaker_side_accuracy",
    "cause_text": "e_cause_text_f1",
    "observations": "f_observations",
    "entities": "g_entities",
    "false_alarms": "h_false_alarms",
}


@cache
def found(name: str) -> list[Row]:
    """What kezek says of a set."""
    return evaluate.read(SETS[name])


@pytest.mark.parametrize("name", SETS)
def test_no_measure_lies_below_its_floor(name: str) -> None:
    assert evaluate.below(name, scored(SETS[name], found(name)), evaluate.floors()) == []


def test_every_set_has_floors() -> None:
    assert set(evaluate.floors()) == {"all", "held", "press", "own", "quantities", "demo"}
    assert set(SETS) <= set(evaluate.floors())


def test_floors_only_rise() -> None:
    tallies = {"all": Tally()}
    tallies["all"].count("denials", 8, 10, 10)
    tallies["all"].ask("false_alarms", 0)
    pinned = {"own": {"denials": {"all": 0.5}, "false_alarms": {"all": 0.4}}}
    assert evaluate.raised("own", tallies, pinned) == {"denials": {"all": 0.78}, "false_alarms": {"all": 0.02}}
    pinned = {"own": {"denials": {"all": 0.9}, "false_alarms": {"all": 0.0}}}
    assert evaluate.raised("own", tallies, pinned) == pinned["own"]
    assert evaluate.below("own", tallies, pinned) == ["own: denials all is 0.800, below its floor 0.9"]


def test_reliability_of_confidence() -> None:
    gold = [{"id": "d", "claims": [{"cause": "weather", "stance": "asserts"}]}]
    claims = [
        {"cause": "weather", "stance": "asserts", "confidence": 0.95},
        {"cause": "weather", "stance": "denies", "confidence": 0.65},
        {"cause": "capacity", "stance": "asserts", "confidence": 0.6},
    ]
    bins = reliability(gold, [{"id": "d", "claims": claims}, {"id": "unknown", "claims": claims}])
    assert [(one.low, one.claims, one.right) for one in bins] == [(0.6, 2, 0.0), (0.9, 1, 1.0)]
    assert miscalibration(bins) == pytest.approx((0.65 + 0.6 + 0.05) / 3)
    assert miscalibration([]) == 0


@pytest.mark.parametrize("name", ["all", "demo"])
def test_the_shared_scorer_counts_the_same(name: str, shared: Path) -> None:
    theirs: dict[str, Any] = _shared_scorer(shared).score(SETS[name], found(name))
    for column, tally in scored(SETS[name], found(name)).items():
        for measure, their_name in THEIR_NAMES.items():
            cell = theirs[column][their_name]
            assert tally.value(measure) == pytest.approx(cell["f1"] if "f1" in cell else cell["value"]), (
                column,
                measure,
            )


def _shared_scorer(shared: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("claims_scorer", shared / "eval" / "claims.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
