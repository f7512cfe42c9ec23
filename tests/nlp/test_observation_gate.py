"""Figures proposed, what tells delays from others, and how it is learnt."""

from __future__ import annotations

import json
import math
import time
from pathlib import Path

import pytest

from ingest.errors import InputError, KnowledgeError
from nlp.observation_gate import WEIGHTS, gate, read_gate
from nlp.observations import observations
from nlp.pipeline import load
from nlp.queue_figures import MOST_FIGURES, figures, page_of
from nlp.training.halves import held_back
from nlp.training.observations import learn, main, scores, texts

PAIRS = [
    ("ru", "У границы стоят 400 фур.", "За сутки границу прошли 400 фур."),
    ("ru", "Очередь растянулась на 7 км.", "До поста осталось проехать 7 км по трассе."),
    ("ru", "Водители ждут 30 часов.", "Разрешение действует 30 часов, водители довольны."),
    ("en", "Some 400 trucks are queueing at the border.", "The post clears 400 trucks a day."),
    ("en", "The line of lorries is 7 km long.", "The village lies 7 km from the border."),
    ("en", "Drivers wait 30 hours to cross.", "Foreign drivers may stay for 30 days a year."),
    ("kk", "Шекарада 400 фура кезекте тұр.", "Бекет тәулігіне 400 көлік өткізеді."),
    ("kk", "Кезек 7 шақырымға созылды.", "Ауыл шекарадан 7 шақырым жерде."),
    ("kk", "Жүргізушілер 30 сағат күтеді.", "Шағымға 30 күнде жауап береді."),
]


@pytest.mark.parametrize(("lang", "delay", "other"), PAIRS)
def test_the_same_figure_is_a_delay_or_not(lang: str, delay: str, other: str) -> None:
    assert len(observations(load(lang)(delay))) == 1
    assert observations(load(lang)(other)) == []


@pytest.mark.parametrize(
    ("lang", "text", "wanted"),
    [
        ("en", "The wait fell from 57 to 19 hours.", {("hours", 57, 57), ("hours", 19, 19)}),
        ("ru", "Стоят 300 фур, вчера — 120.", {("vehicles", 300, 300), ("vehicles", 120, 120)}),
        ("ru", "Фур в очереди стало 900.", {("vehicles", 900, 900)}),
        ("ru", "Трёхкилометровая очередь, стоим вторые сутки.", {("kilometres", 3, 3), ("days", 2, 2)}),
        ("kk", "Кезек 3,5 шақырым, 46 фура.", {("kilometres", 3.5, 3.5), ("vehicles", 46, 46)}),
    ],
)
def test_figures_are_proposed(lang: str, text: str, wanted: set[tuple[str, float, float]]) -> None:
    doc = load(lang)(text)
    (sentence,) = doc.sents
    found = {(one.metric, one.low, one.high) for group in figures(page_of(doc), sentence) for one in group}
    assert wanted <= found


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("ru", "В 2024 фуры стояли, в 10:30 их пустили за $500 и 15%."),
        ("en", "In 2024 trucks queued on the M5 until 10:30 for $500 or 15%."),
        ("en", "A truck waits; 4,000,000 trucks and 900 kilometres are beyond what a queue measures."),
    ],
)
def test_years_times_money_and_what_is_too_much_are_not_proposed(lang: str, text: str) -> None:
    doc = load(lang)(text)
    assert [figures(page_of(doc), sentence) for sentence in doc.sents if figures(page_of(doc), sentence)] == []


@pytest.mark.parametrize(
    "text", ["300 " * 7000, "стоят 300 фур, " * 1800, "фур " * 7000 + "5", "İ 300 фур İ " * 2000, "1-2-" * 7000]
)
def test_bad_text_is_read_in_bounded_time(text: str) -> None:
    doc = load("ru", [])(text[:28_000])
    for token in doc:
        token.is_sent_start = token.i == 0
    page = page_of(doc)
    began = time.process_time()
    (sentence,) = doc.sents
    assert len(figures(page, sentence)) <= MOST_FIGURES
    found = gate().delays(page, sentence)
    assert time.process_time() - began < 5
    assert all(0 < one.low <= one.high for one in found)


def test_the_weights_load() -> None:
    told = gate()
    assert len(told.learnt.weights) > 1000 and all(math.isfinite(value) for value in told.learnt.weights.values())
    assert 0 < told.least < 1
    assert WEIGHTS.stat().st_size < 300_000


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"weights": [], "bias": 0, "least": 0}', '{"weights": {"a": "b"}}']
)
def test_other_files_are_no_weights(tmp_path: Path, content: str) -> None:
    path = tmp_path / "weights.json"
    with pytest.raises(KnowledgeError, match="weights.json"):
        read_gate(path)
    path.write_text(content, encoding="utf-8")
    with pytest.raises(KnowledgeError, match="weights.json"):
        read_gate(path)


def test_learning_separates_and_is_the_same_each_time() -> None:
    rows = [({"waits": 1.0, "now": 1.0}, True), ({"passes": 1.0, "now": 1.0}, False)] * 20
    told = learn(rows).learnt
    assert told.probability({"waits": 1.0, "now": 1.0}) > 0.7 > 0.3 > told.probability({"passes": 1.0, "now": 1.0})
    assert learn(rows).learnt == told


def _row(number: int, delay: bool) -> dict[str, object]:
    text = f"{number} trucks are queueing." if delay else f"The post clears {number} trucks a day."
    found = [{"metric": "vehicles", "low": number, "high": number}] if delay else []
    return {"id": f"row {number}", "lang": "en", "title": "", "text": text, "observations": found}


def test_the_trainer_writes_weights_that_tell_its_texts_apart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "texts.jsonl"
    file.write_text("\n".join(json.dumps(_row(100 + i, i % 2 == 0)) for i in range(40)), encoding="utf-8")
    assert main([str(file), "--out", str(tmp_path / "out")]) == 0
    assert "| en | 20 |" in capsys.readouterr().out
    assert scores(texts([file]), [read_gate(tmp_path / "out" / "weights.json")])["en"].f1 == 1
    assert "| en | 20 |" in (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    left = [text.document_id for text in texts([file], halves=True)]
    assert left and len(left) < 40 and not any(map(held_back, left))


def test_files_that_hold_no_texts_are_refused(tmp_path: Path) -> None:
    for name in ("a.toml", "a.jsonl", "absent.jsonl"):
        if name != "absent.jsonl":
            (tmp_path / name).write_text("x", encoding="utf-8")
        with pytest.raises(InputError, match=name):
            texts([tmp_path / name])
    with pytest.raises(InputError, match="name files"):
        main(["--out", str(tmp_path)])


def test_a_long_text_of_something_else_has_no_observations() -> None:
    page = (
        "The photographer (1908–2004) was born in a small town and came to the capital in 1951. "
        "He stood for three days in the rain, they say, until the old house had the right light, and he threw away forty rolls of "
        "film. The museum that keeps his prints is open from ten to six, costs 12 euros and had 300 visitors a day last summer. "
        "Some of the prints were made over nearly eight hours. Two rooms show letters to his friends."
    )
    assert observations(load("en")(page)) == []
