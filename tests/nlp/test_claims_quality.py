"""Floors, which may only rise, on the annotated documents beside the repository and on the demo web's own gold."""

from __future__ import annotations

import importlib.util
import json
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from infra.demo.gold import documents
from infra.demo.story import load_world
from ingest.document import Document
from nlp.claims import extract
from nlp.pipeline import read

FIELDS = ("cause", "stance", "blames", "speaker", "speaker_kind", "speaker_side", "cause_text")


@pytest.fixture(scope="module")
def scorer(shared: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("claims_scorer", shared / "eval" / "claims.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def predicted(gold: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found = []
    for lang in ("ru", "en", "kk"):
        rows = [row for row in gold if row["lang"] == lang]
        made = [_document(row) for row in rows]
        for row, document, doc in zip(rows, made, read(made, lang), strict=True):
            claims = [{field: getattr(claim, field) for field in FIELDS} for claim in extract(doc, document)]
            found.append({"id": row["id"], "claims": claims})
    return found


def _document(row: dict[str, Any]) -> Document:
    day = (row.get("published_at") or "")[:10]
    published = datetime.fromisoformat(day).replace(tzinfo=UTC) if day else None
    return Document(row["id"], row["title"] or "", row["text"], kind=row["kind"], published_at=published)


def test_annotated_documents(shared: Path, scorer: ModuleType) -> None:
    lines = (shared / "claims" / "dev.jsonl").read_text(encoding="utf-8").splitlines()
    gold = [json.loads(line) for line in lines if line.strip()]
    result = scorer.score(gold, predicted(gold))
    assert result["all"]["a_cause_stance"]["f1"] >= 0.80
    assert result["all"]["b_cause_stance_speaker"]["f1"] >= 0.69
    assert result["all"]["c_denials"]["f1"] >= 0.80
    assert result["all"]["h_false_alarms"]["value"] <= 0.17
    for lang in ("ru", "en", "kk"):
        assert result[lang]["a_cause_stance"]["f1"] >= 0.75, lang


def test_demo_documents(scorer: ModuleType) -> None:
    gold = [{**row, "id": f"{row['id']}#{row['revision']}"} for row in documents(load_world())]
    result = scorer.score(gold, predicted(gold))
    assert result["all"]["a_cause_stance"]["f1"] >= 0.94
    assert result["all"]["b_cause_stance_speaker"]["f1"] >= 0.88
    assert result["all"]["c_denials"]["f1"] >= 0.88
    assert result["all"]["d_blames_accuracy"]["value"] >= 0.91
    assert result["all"]["d_speaker_side_accuracy"]["value"] >= 0.92
    assert result["all"]["h_false_alarms"]["value"] == 0
