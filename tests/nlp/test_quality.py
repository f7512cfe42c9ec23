"""Floors, which may only rise, on annotated documents: those beside the repository, our own, and the demo web's."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from infra.demo.gold import documents
from infra.demo.story import load_world
from kezek.jsonl import read_documents
from nlp.annotate import annotate, annotation_json
from tests.gold.parts import FOLDER, held_back, rows

Score = dict[str, Any]


@pytest.fixture(scope="module")
def scorer(shared: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("claims_scorer", shared / "eval" / "claims.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def scored(scorer: ModuleType, gold: list[dict[str, Any]]) -> Score:
    """The scorer's table of what `kezek annotate` makes of the documents."""
    read = annotate(read_documents(json.dumps(row) for row in gold))
    score: Score = scorer.score(gold, [annotation_json(one, one.document_id) for one in read])
    return score


@pytest.fixture(scope="module")
def open_half(scorer: ModuleType, shared: Path) -> Score:
    return scored(scorer, [row for row in rows([shared / "claims" / "dev.jsonl"]) if not held_back(row)])


@pytest.fixture(scope="module")
def held_half(scorer: ModuleType, shared: Path) -> Score:
    return scored(scorer, [row for row in rows([shared / "claims" / "dev.jsonl"]) if held_back(row)])


@pytest.fixture(scope="module")
def own(scorer: ModuleType) -> Score:
    return scored(scorer, [row for row in rows(FOLDER.glob("*.jsonl")) if held_back(row)])


@pytest.fixture(scope="module")
def quantities(scorer: ModuleType) -> Score:
    figures = rows(FOLDER.glob("quantities/*.jsonl"))
    return scored(scorer, [{**row, "claims": [], "entities": []} for row in figures if held_back(row)])


@pytest.fixture(scope="module")
def demo(scorer: ModuleType) -> Score:
    return scored(scorer, [{**row, "id": f"{row['id']}#{row['revision']}"} for row in documents(load_world())])


LANGUAGES = ("ru", "en", "kk")


def test_entities(open_half: Score, held_half: Score, own: Score) -> None:
    for lang in LANGUAGES:
        assert open_half[lang]["g_entities"]["f1"] >= 0.95, lang
        assert held_half[lang]["g_entities"]["f1"] >= 0.90, lang
        assert own[lang]["g_entities"]["f1"] >= 0.85, lang


def test_observations(open_half: Score, held_half: Score, own: Score, quantities: Score) -> None:
    assert open_half["all"]["f_observations"]["f1"] >= 0.95
    assert held_half["all"]["f_observations"]["f1"] >= 0.80
    assert own["all"]["f_observations"]["f1"] >= 0.83
    assert quantities["all"]["f_observations"]["f1"] >= 0.76


def test_claims(open_half: Score, held_half: Score) -> None:
    assert open_half["all"]["a_cause_stance"]["f1"] >= 0.94
    assert open_half["all"]["b_cause_stance_speaker"]["f1"] >= 0.89
    assert open_half["all"]["c_denials"]["f1"] >= 0.94
    assert open_half["all"]["h_false_alarms"]["value"] == 0
    assert held_half["all"]["a_cause_stance"]["f1"] >= 0.69
    assert held_half["all"]["b_cause_stance_speaker"]["f1"] >= 0.47
    assert held_half["all"]["c_denials"]["f1"] >= 0.65


def test_demo_documents(demo: Score) -> None:
    assert demo["all"]["a_cause_stance"]["f1"] >= 0.94
    assert demo["all"]["b_cause_stance_speaker"]["f1"] >= 0.88
    assert demo["all"]["c_denials"]["f1"] >= 0.88
    assert demo["all"]["d_blames_accuracy"]["value"] >= 0.91
    assert demo["all"]["d_speaker_side_accuracy"]["value"] >= 0.92
    assert demo["all"]["h_false_alarms"]["value"] == 0
