"""Learnt weights: applied, explained, read, and fitted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ingest.errors import KnowledgeError
from nlp.learnt import Weights, json_of, read_weights
from nlp.training.logistic import fit

TOLD = Weights({"rain": 2.0, "sun": -3.0, "wind": 0.5}, -1.0)


def test_a_score_is_the_bias_and_what_each_feature_adds() -> None:
    assert TOLD.score({}) == -1
    assert TOLD.score({"rain": 0.5, "wind": 2.0, "a name nobody learnt": 9.0}) == 1


def test_reasons_name_what_moves_the_score_most() -> None:
    seen = {"rain": 1.0, "sun": 1.0, "wind": 1.0, "snow": 1.0}
    assert TOLD.reasons(seen, 2) == (("sun", -3.0), ("rain", 2.0))
    assert sum(value for _, value in TOLD.reasons(seen, 9)) + TOLD.bias == TOLD.score(seen)


def test_a_probability_stays_one_however_sure() -> None:
    told = Weights({"a": 1e9}, 0.0)
    assert told.probability({"a": 1.0}) == pytest.approx(1.0)
    assert told.probability({"a": -1.0}) == pytest.approx(0.0)
    assert told.probability({"b": 1.0}) == 0.5


def test_weights_are_read_back(tmp_path: Path) -> None:
    path = tmp_path / "weights.json"
    path.write_text(json.dumps(json_of(TOLD)), encoding="utf-8")
    assert read_weights(path) == TOLD


@pytest.mark.parametrize("content", [None, "", "[]", "{}", '{"weights": [], "bias": 0}', '{"weights": {"a": "b"}}'])
def test_other_files_are_no_weights(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "weights.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(KnowledgeError, match="weights.json"):
        read_weights(path)


def _fit(strength: float = 1.0, rare: int = 2, small: float = 0.01, heeded: list[float] | None = None) -> Weights:
    rows = [{"waits": 1.0, "now": 1.0}, {"passes": 1.0, "now": 1.0}] * 10 + [{"once": 1.0}]
    right = [True, False] * 10 + [True]
    return fit(rows, right, strength=strength, rare=rare, small=small, heeded=heeded)


def test_fitting_separates_and_is_the_same_each_time() -> None:
    told = _fit()
    assert told.probability({"waits": 1.0, "now": 1.0}) > 0.7 > 0.3 > told.probability({"passes": 1.0, "now": 1.0})
    assert _fit() == told


def test_a_stronger_penalty_gives_smaller_weights_and_small_ones_are_left_out() -> None:
    assert 0 < _fit(strength=0.1).weights["waits"] < _fit(strength=10.0).weights["waits"]
    assert "now" not in _fit(small=0.5).weights


def test_a_rare_feature_is_not_learnt() -> None:
    assert "once" not in _fit().weights
    assert _fit(rare=1).weights["once"] > 0


def test_rows_count_as_much_as_they_are_heeded() -> None:
    only_the_waiting = [1.0, 0.0] * 10 + [1.0]
    assert _fit(heeded=only_the_waiting).probability({"passes": 1.0, "now": 1.0}) > 0.5


def test_the_weights_are_those_of_the_least_loss() -> None:
    told = fit([{"a": 1.0}] * 4, [True, True, True, False], strength=1e6, rare=1, small=0.0)
    assert told.probability({"a": 1.0}) == pytest.approx(0.75, abs=1e-3)
