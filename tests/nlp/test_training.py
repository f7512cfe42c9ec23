"""The Kazakh training script: how it reads the corpus, and that the shipped weights score what their card says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ingest.errors import InputError
from nlp.pipeline import load
from nlp.training.kk_ner import HELD_OUT, OUT, example, score, sentences


def test_sentences_are_put_together_as_a_writer_would(tmp_path: Path) -> None:
    file = tmp_path / "x.iob2"
    file.write_text(
        "« O\nНұр B-ORGANISATION\nОтан I-ORGANISATION\n» O\n-ға O\nАстанада B-GPE\n. O\n\nБір B-CARDINAL\n",
        encoding="utf-8",
    )
    (text, spans), (other, none) = list(sentences(file))
    assert text == "«Нұр Отан»-ға Астанада."
    assert [(text[start:end], label) for start, end, label in spans] == [("Нұр Отан", "ORG"), ("Астанада", "PLACE")]
    assert (other, none) == ("Бір", [])


def test_a_line_without_a_tag_is_named(tmp_path: Path) -> None:
    file = tmp_path / "x.iob2"
    file.write_text("Астана\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"x\.iob2, line 1"):
        list(sentences(file))


def test_shipped_weights_score_what_the_card_says(shared: Path) -> None:
    card = json.loads((OUT / "card.json").read_text(encoding="utf-8"))
    nlp = load("kk", ["kazakh_ner"])
    rows = list(sentences(shared / "datasets" / "kaznerd" / "test_first_half.iob2"))[-HELD_OUT:]
    found = score(nlp, [example(nlp, *row) for row in rows])
    assert found["f"] == pytest.approx(card["held_out"]["f"], abs=0.002)
    assert found["f"] > 0.82
    assert sum(path.stat().st_size for path in OUT.rglob("*") if path.is_file()) < 15_000_000
