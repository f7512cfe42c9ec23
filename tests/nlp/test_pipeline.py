"""The three pipelines: what a Doc carries, and what bad input costs."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from spacy.language import Language

from ingest.document import Document
from ingest.errors import InputError, ModelError
from nlp.pipeline import LANGUAGES, load, place_in, reading

LABELS = {"PERSON", "ORG", "PLACE", "CHECKPOINT", "LAW"}


@pytest.fixture(scope="module", params=LANGUAGES)
def nlp(request: pytest.FixtureRequest) -> Language:
    return load(request.param)


SENTENCES = {
    "ru": [
        "Причина, т. е. повод, ясна в г. Уральск А. Б. Иванову из-за снега.",
        "Хвост 11 км.",
        "«Люди на местах, — сказал генерал.",
        "— Ролик снят в 2024 г.",
        "Министр ушёл!!",
        "🚛 стоит",
        "#граница #КПП",
    ],
    "en": [
        "Mr. Bekov of the U.S. office cites Law No. 260-FZ.",
        "“But snow melts,” he said.",
        "“It does not.”",
        "Five km.",
    ],
    "kk": ["«Мұнда саясат жоқ», – деді ол.", "Кеше 280-ге жуық көлік тұрды.", "А. Б. Иванов айтты."],
}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_sentences_of_news_and_posts(lang: str) -> None:
    wanted = SENTENCES[lang]
    doc = load(lang, ["kezek_sentences"])(" ".join(wanted[:-1]) + "\n" + wanted[-1])
    assert [sentence.text.strip() for sentence in doc.sents] == wanted


def test_a_newline_always_ends_a_sentence(nlp: Language) -> None:
    doc = nlp("- один два\n- три четыре, \nпять")
    assert [sentence.text.strip() for sentence in doc.sents] == ["- один два", "- три четыре,", "пять"]


def test_russian_keeps_compound_prepositions_and_every_character() -> None:
    text = "Стоят  из-за\tснега…\n\nа/м — 5-7 ч\u00a0 "
    doc = load("ru")(text)
    assert doc.text == text
    assert "из-за" in [token.text for token in doc]


def test_russian_syntax_and_lemmas() -> None:
    doc = load("ru")("Министр торговли объяснил задержки новыми правилами.")
    by_text = {token.text: token for token in doc}
    assert by_text["Министр"].dep_ == "nsubj"
    assert by_text["Министр"].head.text == "объяснил"
    assert by_text["правилами"].lemma_ == "правило"
    assert by_text["правилами"].morph.get("Case") == ["Ins"]


def test_kazakh_lemma_loses_its_case() -> None:
    doc = load("kk")("Бұл Қазақстанның министрлігінің шешімі.")
    assert [token.lemma_ for token in doc][1:3] == ["қазақстан", "министрлігі"]


def test_only_our_labels(nlp: Language) -> None:
    doc = nlp("On Monday 5 Kazakh drivers paid $100 in Astana. Бес жүргізуші Астанада 100 доллар төледі. Россия и МИД.")
    assert doc.ents
    assert {span.label_ for span in doc.ents} <= LABELS


def test_loaded_once(nlp: Language) -> None:
    assert load(nlp.lang) is nlp


def test_unknown_language_or_part() -> None:
    with pytest.raises(InputError, match="'uk'"):
        load("uk")
    with pytest.raises(InputError, match="nonsense"):
        load("en", ["nonsense"])


def test_offsets_lead_back_to_the_fields() -> None:
    document = Document("d1", title="Сырым стоит", text="Очередь 5 км.")
    text, title_length = reading(document)
    start = text.index("5 км")
    assert place_in(title_length, start, start + 4) == ("text", 8, 12)
    assert place_in(title_length, 0, 5) == ("title", 0, 5)
    assert reading(Document("d2", title="", text="Очередь")) == ("Очередь", 0)
    assert place_in(0, 2, 5) == ("text", 2, 5)


@pytest.mark.parametrize(
    "text",
    ["", " \n\n ", "ю" * 50_000, "a." * 25_000, "«" * 20_000, "\u202e\u200fСырым\u202c \u200bстоит", "🚛" * 5000],
    ids=["empty", "blank", "word", "dots", "quotes", "bidi", "emoji"],
)
def test_bad_input_is_read_in_bounded_time(nlp: Language, text: str) -> None:
    started = time.monotonic()
    assert nlp(text).text == text
    assert time.monotonic() - started < 20


def test_missing_weights_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import nlp.languages.kk.recogniser as kk
    from nlp.languages.ru.weights import data_file

    monkeypatch.setattr("nlp.pipeline._loaded", {})
    monkeypatch.setattr(kk, "SHIPPED", tmp_path)
    with pytest.raises(ModelError, match="Kazakh weights are missing"):
        load("kk", ["kazakh_ner"])
    with pytest.raises(ModelError, match=r"Russian weights are missing.*nothing\.tar"):
        data_file("nothing.tar")


def test_natasha_is_never_imported() -> None:
    load("ru")("Министр торговли Асет Кудайберген ответил.")
    assert "natasha" not in sys.modules


def test_heads_that_make_no_tree_are_mended() -> None:
    from nlp.languages.ru.components import tree

    assert tree([2, 0, 2]) == [1, 1, 1]
    assert tree([2, 1, 0, 0]) == [2, 0, 2, 2]
    for heads in ([2, 3, 1], [0, 0, 0], [5, 5, 5]):
        fixed = tree(heads)
        roots = [i for i, head in enumerate(fixed) if head == i]
        assert len(roots) == 1
        for i in range(len(fixed)):
            node, steps = i, 0
            while node != roots[0]:
                node, steps = fixed[node], steps + 1
                assert steps <= len(fixed)


@pytest.mark.parametrize("name", ["nlp.languages.kk.network", "nlp.annotate"])
def test_training_code_is_not_needed_at_run_time(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", f"import sys, {name}; sys.exit('nlp.training.kk_ner' in sys.modules)"], check=False
    )
    assert done.returncode == 0
