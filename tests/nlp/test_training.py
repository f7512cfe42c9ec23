"""The Kazakh training script: how it reads and counts, its mathematics, and that the shipped weights score what their card says."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from spacy.tokens import Span

from ingest.errors import InputError, ModelError
from nlp.languages.kk.network import Floats, Network, Tags, best_tags, padded
from nlp.languages.kk.recogniser import KazakhNames, spans
from nlp.pipeline import load
from nlp.training.crf import gradient
from nlp.training.kk_ner import (
    HELD_OUT,
    OUT,
    Sentence,
    Tally,
    at_words,
    blank_spaced,
    fitted,
    main,
    recogniser,
    score_text,
    sentences,
    train,
    written,
)

TAGS = Tags(("GPE", "PERSON"))


def test_an_iob2_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "x.iob2"
    file.write_text("«\u00a0 O\nНұр B-ORGANISATION\nОтан I-ORGANISATION\n\n\nБір B-CARDINAL\n", encoding="utf-8")
    one, other = sentences(file)
    assert one == Sentence(("«\u00a0", "Нұр", "Отан"), ("O", "B-ORGANISATION", "I-ORGANISATION"))
    assert one.names() == {(1, 3, "ORGANISATION")}
    assert other.names() == set()


def test_a_line_without_a_tag_is_named(tmp_path: Path) -> None:
    file = tmp_path / "x.iob2"
    file.write_text("Астана\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"x\.iob2, line 1"):
        list(sentences(file))


def test_words_are_put_together_as_a_writer_would() -> None:
    words = ["«", "Нұр", "Отан", "»", "-ға", "Астанада", "."]
    for joined, text in ((written, "«Нұр Отан»-ға Астанада."), (blank_spaced, "« Нұр Отан » -ға Астанада .")):
        found, places = joined(words)
        assert found == text
        assert [found[start:end] for start, end in places] == words


def test_a_name_that_ends_inside_a_word_takes_all_of_it() -> None:
    nlp = load("kk", [])
    doc = nlp.make_doc("МКК-нің төрағасы")
    doc.set_ents([Span(doc, 0, 1, "ORGANISATION")])
    assert at_words(doc, [(0, 3), (3, 7), (8, 16)]) == {(0, 2, "ORGANISATION")}
    assert at_words(doc, [(0, 7), (8, 16)]) == {(0, 1, "ORGANISATION")}


def test_an_inside_without_its_beginning_begins_a_name() -> None:
    tags = ["I-GPE", "B-GPE", "I-GPE", "I-PERSON", "O", "B-PERSON"]
    assert list(spans(tags)) == [(0, 1, "GPE"), (1, 3, "GPE"), (3, 4, "PERSON"), (5, 6, "PERSON")]


def test_the_count() -> None:
    tally = Tally()
    tally.add({(0, 1, "GPE"), (3, 5, "PERSON")}, {(0, 1, "GPE"), (3, 4, "PERSON"), (6, 7, "GPE")})
    scores = tally.scores()
    assert (scores["p"], scores["r"], scores["f"]) == (0.3333, 0.5, 0.4)
    assert scores["per_label"]["PERSON"] == {"p": 0.0, "r": 0.0, "f": 0.0}
    assert scores["per_label"]["GPE"] == {"p": 0.5, "r": 1.0, "f": 0.6667}


def _field() -> tuple[list[Floats], Floats, Floats, Floats]:
    draw, size = np.random.default_rng(1), len(TAGS.names)
    rows = [draw.normal(size=(length, size)).astype(np.float32) for length in (4, 1, 3)]
    between, first, last = (draw.normal(size=shape).astype(np.float32) for shape in ((size, size), size, size))
    return rows, between, first, last


def _weight(row: Floats, path: tuple[int, ...], between: Floats, first: Floats, last: Floats) -> float:
    """The weight of a sequence of tags, minus infinity where two may not follow each other: the definition."""
    names = TAGS.names
    marks = ["O", *(names[tag] for tag in path)]
    if any(after[0] == "I" and before[1:] != after[1:] for before, after in zip(marks, marks[1:], strict=False)):
        return -np.inf
    steps = sum(between[a, b] for a, b in zip(path, path[1:], strict=False))
    return float(first[path[0]] + last[path[-1]] + steps + sum(row[i, tag] for i, tag in enumerate(path)))


def test_the_best_sequence_is_the_best_of_all() -> None:
    rows, *field = _field()
    scores, lengths = padded(rows)
    found = best_tags(scores, lengths, TAGS, *field)
    for row, best in zip(rows, found, strict=True):
        every = product(range(len(TAGS.names)), repeat=len(row))
        assert tuple(best[: len(row)]) == max(every, key=lambda path: _weight(row, path, *field))


def test_the_loss_and_its_gradient() -> None:
    rows, *field = _field()
    scores, lengths = padded(rows)
    right = np.array([[1, 2, 0, 3], [0, 0, 0, 0], [3, 4, 4, 0]])
    found = gradient(scores, lengths, right, TAGS, *field)
    loss = 0.0
    for row, best in zip(rows, right, strict=True):
        every = product(range(len(TAGS.names)), repeat=len(row))
        total = np.logaddexp.reduce([_weight(row, path, *field) for path in every])
        loss += total - _weight(row, tuple(best[: len(row)]), *field)
    assert found.loss == pytest.approx(loss, rel=1e-5)
    inputs = [scores, *field]
    for which, by in enumerate((found.scores, found.between, found.first, found.last)):
        place = tuple(np.unravel_index(np.abs(by).argmax(), by.shape))
        for step in (0.01, -0.01):
            moved = [array.copy() for array in inputs]
            moved[which][place] += step
            change = gradient(moved[0], lengths, right, TAGS, *moved[1:]).loss - found.loss
            assert change / step == pytest.approx(by[place], rel=0.05)


def test_weights_survive_their_file(tmp_path: Path) -> None:
    network = Network.blank(TAGS)
    draw = np.random.default_rng(0)
    network.put({name: draw.normal(size=array.shape).astype(np.float32) for name, array in network.arrays().items()})
    network.save(tmp_path / "weights.npz")
    again = Network.restored(tmp_path / "weights.npz")
    assert again.tags == TAGS
    for name, array in again.arrays().items():
        np.testing.assert_allclose(array, network.arrays()[name], atol=0.005)


def test_missing_and_other_weights_are_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="weights are missing"):
        KazakhNames.from_folder(tmp_path)
    np.savez(tmp_path / "weights.npz", labels=np.array(["GPE"]), between=np.zeros((2, 2)))
    with pytest.raises(ModelError, match="another network"):
        KazakhNames.from_folder(tmp_path)
    (tmp_path / "weights.npz").write_bytes((OUT / "weights.npz").read_bytes()[:100_000])
    with pytest.raises(ModelError, match="can't be read"):
        KazakhNames.from_folder(tmp_path)


def test_weights_of_another_shape_are_not_spread_out() -> None:
    network = Network.blank(TAGS)
    with pytest.raises(ValueError, match="between"):
        network.put(network.arrays() | {"between": np.zeros((1, 1), np.float32)})


def test_names_are_found_the_same_in_any_company() -> None:
    nlp = load("kk", ["kazakh_ner"])
    texts = ["Қасым-Жомарт Тоқаев Астанада сөйледі.", "", "Ақтөбе облысы әкімінің орынбасары  келді.\n\nСерік", "…"]
    alone = [[(e.text, e.label_) for e in nlp(text).ents] for text in texts]
    assert [[(e.text, e.label_) for e in doc.ents] for doc in nlp.pipe(texts * 40)] == alone * 40
    assert alone[0] == [("Қасым-Жомарт Тоқаев", "PERSON"), ("Астанада", "GPE")]
    assert alone[2] == [("Ақтөбе облысы әкімінің орынбасары", "POSITION"), ("Серік", "PERSON")]


def test_the_same_doc_may_come_twice() -> None:
    nlp = load("kk", ["kazakh_ner"])
    doc = nlp.make_doc("Марат Астанада тұрады.")
    assert [[e.text for e in one.ents] for one in nlp.pipe([doc, doc])] == [["Марат", "Астанада"]] * 2


def test_a_latin_sentence_has_its_names_too() -> None:
    doc = load("kk", ["kazakh_ner"])("Qasym-Jomart Toqaev Astanada söiledi.")
    assert [(e.text, e.label_) for e in doc.ents] == [("Qasym-Jomart Toqaev", "PERSON"), ("Astanada", "GPE")]


def test_training_learns_and_writes_weights_and_card(tmp_path: Path) -> None:
    lines = ["Марат B-PERSON", "Астанада B-GPE", "тұрады O", "", "Ол O", "Маратты B-PERSON", "көрді O", ""]
    (tmp_path / "valid.iob2").write_text("\n".join(lines * 60), encoding="utf-8")
    (tmp_path / "test_first_half.iob2").write_text("\n".join(lines * 10), encoding="utf-8")
    train(tmp_path, tmp_path / "out", epochs=12, held_out=20)
    card = json.loads((tmp_path / "out" / "card.json").read_text(encoding="utf-8"))
    assert card["sentences"] == {"learnt": 120, "held_out": 20}
    assert card["held_out"]["words"]["f"] == 1.0
    doc = recogniser(tmp_path / "out")("Марат Астанада тұрады")
    assert [(e.text, e.label_) for e in doc.ents] == [("Марат", "PERSON"), ("Астанада", "GPE")]


def test_training_again_gives_the_same_weights() -> None:
    rows = [Sentence(("Марат", "Астанада", "тұрады"), ("B-PERSON", "B-GPE", "O"))] * 40
    one, other = (fitted(rows, epochs=2).arrays() for _ in range(2))
    assert all(np.array_equal(one[name], other[name]) for name in one)
    assert not np.array_equal(one["between"], np.zeros_like(one["between"]))


def test_scoring_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "x.iob2"
    file.write_text("Астанада B-GPE\n. O\n\nАлматыда B-GPE\nжаңбыр B-PERSON\n. O\n", encoding="utf-8")
    main(["--score", str(file)])
    shown = capsys.readouterr().out
    assert shown.count("all five       P 1.0000  R 0.6667  F1 0.8000") == 3


def test_shipped_weights_score_what_the_card_says(shared: Path) -> None:
    card = json.loads((OUT / "card.json").read_text(encoding="utf-8"))
    nlp = load("kk", ["kazakh_ner"])
    rows = list(sentences(shared / "datasets" / "kaznerd" / "test_first_half.iob2"))[-HELD_OUT:]
    found = score_text(nlp, rows)
    assert found["f"] == pytest.approx(card["held_out"]["text"]["f"], abs=0.002)
    assert found["f"] > 0.86
    assert sum(path.stat().st_size for path in OUT.rglob("*") if path.is_file()) < 15_000_000
