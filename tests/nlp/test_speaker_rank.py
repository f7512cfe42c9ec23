"""Who says a claim: everybody whom the document names is weighed, and names as such weigh nothing."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from ingest.document import Document
from ingest.errors import KnowledgeError
from nlp.claims.language import patterns_for
from nlp.claims.sentence import Sentence, sentences_of
from nlp.claims.speaker_rank import AHEAD, BACK, Ranking, trees_for
from nlp.claims.speech import Voices, choice_of, voices_of
from nlp.claims.topic import border
from nlp.pipeline import read
from nlp.training.trees import boost
from nlp.trees import json_of, read_trees, trees_of


def ranking_of(lang: str, text: str, title: str = "") -> tuple[list[Sentence], list[Voices], Ranking]:
    document, topic = Document("d", title, text), border()
    (doc,) = read([document], lang)
    patterns = patterns_for(lang, topic)
    sentences = sentences_of(doc, document)
    voices = voices_of(sentences, doc, patterns, topic.words[lang])
    return sentences, voices, Ranking(sentences, voices, doc, patterns, False)


SPOKEN = [
    (
        "ru",
        "Вице-министр транспорта Ерлан Сагатов приехал на границу. «Фуры стоят из-за ремонта моста», — сказал он.",
        "ремонта моста",
        "Ерлан Сагатов",
    ),
    (
        "ru",
        "Очередь на границе растёт. Перевозчики убеждены: всему виной ремонт моста.",
        "ремонт моста",
        "перевозчики",
    ),
    (
        "en",
        "The queue at the border has grown. Drivers say the repairs of the bridge are to blame.",
        "repairs of the bridge",
        "drivers",
    ),
    (
        "en",
        "Trucks wait at the border. The emergency department of Pavlodar region reported that snow had closed the road.",
        "snow had closed the road",
        "emergency department of Pavlodar region",
    ),
    (
        "kk",
        "Шекарада кезек ұзарды. Павлодар облысының көлік басқармасы мұны көпірді жөндеумен түсіндірді.",
        "көпірді жөндеумен",
        "Павлодар облысының көлік басқармасы",
    ),
    ("kk", "Шекарада кезек ұзарды. Жүргізушілердің айтуынша, көпір жөнделіп жатыр.", "көпір жөнделіп", "жүргізушілер"),
]


@pytest.mark.parametrize(("lang", "text", "cause", "speaker"), SPOKEN)
def test_the_likeliest_speaks_and_its_probability_is_told(lang: str, text: str, cause: str, speaker: str) -> None:
    sentences, _, ranking = ranking_of(lang, text)
    sentence = next(one for one in sentences if cause in one.text)
    trees = trees_for("border")
    assert trees is not None
    start = sentence.text.index(cause)
    choice = ranking.choice(trees, sentence.index, start, start + len(cause))
    assert choice.actor.name == speaker
    assert choice.probability is not None
    assert choice.probability >= max(likely for _, likely in choice.others)
    assert choice.probability + sum(likely for _, likely in choice.others) <= 1.02


@pytest.mark.parametrize(
    ("lang", "text", "swaps"),
    [
        (
            "ru",
            "Ерлан Сагатов приехал на границу. «Фуры стоят из-за ремонта моста», — сказал Сагатов.",
            {"Ерлан Сагатов": "Игорь Петрушин", "Сагатов": "Петрушин"},
        ),
        (
            "en",
            "Marat Bekov came to the border. “The repairs hold us up,” said Marat Bekov.",
            {"Marat Bekov": "Ivan Orlov"},
        ),
    ],
)
def test_another_name_changes_no_feature_but_lengths(lang: str, text: str, swaps: dict[str, str]) -> None:
    other = text
    for name, new in swaps.items():
        other = other.replace(name, new)
    found = []
    for one in (text, other):
        sentences, _, ranking = ranking_of(lang, one)
        found.append(ranking.rows(1, 3, 12))
        assert len(sentences) == 2
    lengths = {"length", "gap", "say gap", "frame order", "quote edge", "side", "known"}
    for row, another in zip(*found, strict=True):
        assert {name: value for name, value in row.items() if name not in lengths} == {
            name: value for name, value in another.items() if name not in lengths
        }


def test_without_weights_the_rules_choose() -> None:
    sentences, voices, _ = ranking_of("ru", "Водители говорят, что фуры стоят на границе из-за ремонта моста.")
    assert trees_for("no such topic") is None
    start = sentences[0].text.index("ремонта")
    choice = choice_of(voices[0], start, start + 7)
    assert (choice.actor.name, choice.probability) == ("водители", None)


def test_only_those_near_are_weighed() -> None:
    names = "abcdefghijklmnopqrstuvwxyz"
    text = " ".join(f"Anna {one.upper()}{one}ov{other} said so." for one in names[:10] for other in names[:20])
    sentences, _, ranking = ranking_of("en", text)
    middle = len(sentences) // 2
    assert len(ranking.speakers) > BACK + AHEAD + 20
    assert len(ranking.around(middle)) <= 2 * (BACK + AHEAD + 10)


def test_boosted_trees_learn_which_of_several_is_right(tmp_path: Path) -> None:
    chance = np.random.RandomState(1)
    matrix = chance.random_sample((900, 4))
    group = np.repeat(np.arange(300), 3)
    right = np.zeros(900)
    for n in range(300):
        right[3 * n + int(np.argmax(matrix[3 * n : 3 * n + 3, 2]))] = 1
    trees = boost(matrix, right, group, ("a", "b", "c", "d"), number=40, depth=3, rate=0.3, penalty=1.0)
    chosen = trees.scores(matrix).reshape(300, 3).argmax(1)
    assert (chosen == right.reshape(300, 3).argmax(1)).mean() > 0.95
    path = tmp_path / "trees.json"
    path.write_text(json.dumps(json_of(trees)), encoding="utf-8")
    assert np.array_equal(read_trees(path).scores(matrix), trees.scores(matrix))


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"features": ["a"], "asked": [[0, 1]], "above": [[0.0, 0.0]], "leaves": [[0, 0, 0, 0]]},
        {"features": ["a"], "asked": [[0]], "above": [[0.0]], "leaves": [[0, 0, 0]]},
    ],
)
def test_a_file_that_is_no_trees_is_refused_by_name(content: dict[str, object]) -> None:
    with pytest.raises(KnowledgeError, match=r"speakers\.json"):
        trees_of(content, "speakers.json")
