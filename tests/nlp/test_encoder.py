"""The encoder of causes: how it cuts words, what it gives for a sentence, and that nothing around or beside the matter changes it."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from ingest.document import Document
from ingest.errors import ModelError
from nlp.claims.encoder import (
    MOST_SENTENCES,
    PERSON,
    PLACE,
    Encoded,
    Encoder,
    encoded,
    encoder,
    names_in,
    read_encoder,
)
from nlp.claims.fold import fold
from nlp.claims.pieces import LONGEST, UNKNOWN, Word, pieces_of, words_of
from nlp.claims.sentence import sentences_of
from nlp.learnt import MODELS
from nlp.pipeline import read

TOLD = [
    ("weather", "Очередь на границе выросла из-за метели и гололёда."),
    ("weather", "Trucks are queueing at the border because of a blizzard."),
    ("weather", "Шекарадағы кезек боранның кесірінен ұзарды."),
    ("it_failure", "Очередь возникла из-за сбоя в информационной системе таможни."),
    ("it_failure", "The queue was caused by a failure of the customs computer system."),
    ("it_failure", "Кезек кедендегі ақпараттық жүйенің істен шығуынан пайда болды."),
    ("protest", "Движение встало из-за забастовки водителей, перекрывших дорогу."),
    ("protest", "The crossing is blocked by striking truckers."),
]
DENIED = [
    ("sanctions_enforcement", "Очередь на границе {}связана с проверкой санкционных товаров.", "не "),
    ("sanctions_enforcement", "The queue at the border is {}linked to the checks of sanctioned goods.", "not "),
]


@pytest.fixture(scope="module")
def model() -> Encoder:
    found = encoder("border")
    assert found is not None
    return found


def _same(one: Encoded, other: Encoded) -> bool:
    return bool((one.cause == other.cause).all() and (one.stance == other.stance).all())


@pytest.mark.parametrize(("code", "text"), TOLD)
def test_a_sentence_names_its_cause_above_all_others(model: Encoder, code: str, text: str) -> None:
    found = model.encode(fold(text))
    assert found.codes[int(found.cause.argmax())] == code
    start, end = found.span(code)
    assert 0 <= start < end <= len(text)


@pytest.mark.parametrize(("code", "text", "no"), DENIED)
def test_a_denial_has_greater_odds_of_one(model: Encoder, code: str, text: str, no: str) -> None:
    says, denies = (model.encode(fold(text.format(word))) for word in ("", no))
    at = says.codes.index(code)
    assert denies.stance[at] > says.stance[at] + 1


def test_the_words_that_told_are_the_cause(model: Encoder) -> None:
    text = fold("По словам перевозчиков, очередь на границе выросла из-за сильной метели, движение закрыто.")
    start, end = model.encode(text).span("weather")
    assert "метели" in text[start:end]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Из-за «усиленных» проверок ещё стоят 400 фур.", 'ИЗ-ЗА "УСИЛЕННЫХ" ПРОВЕРОК ЕЩЕ СТОЯТ 1 250 ФУР.'),
        ("The queue, 7.5 km long, is due to “checks”.", 'the queue, 120 km long, is due to "checks".'),
        ("Кезек 12:30-да «тексеру» салдарынан ұзарды.", 'КЕЗЕК 9-да "тексеру" салдарынан ұзарды.'),
    ],
)
def test_case_quotes_and_figures_change_nothing(model: Encoder, one: str, other: str) -> None:
    assert _same(model.encode(fold(one)), model.encode(fold(other)))


def test_names_change_nothing(model: Encoder) -> None:
    found = []
    for name, place in (("Иван Петров", "Озинки"), ("Талгат Сулейменов", "Маштаково")):
        text = f"{name} заявил, что очередь у пункта {place} вызвана досмотром."
        at = text.index(place)
        found.append(model.encode(fold(text), [(0, len(name), PERSON), (at, at + len(place), PLACE)]))
    assert _same(*found)


def test_the_names_of_a_document_are_masked_and_its_sentences_are_read_one_by_one(model: Encoder) -> None:
    text = "Очередь у Озинок выросла из-за досмотра. Об этом сообщил Иван Петров."
    more = f"{text}\n\nВ городе открылась выставка собак."
    found = []
    for body in (text, more):
        document = Document("a", title="", text=body, lang="ru")
        doc = next(iter(read([document], "ru")))
        sentences = sentences_of(doc, document)
        made = encoded(doc, sentences, "border")
        assert made is not None and len(made) == len(sentences)
        found.append(made)
        assert [mask for _, _, mask in names_in(sentences[1], doc)] == [PERSON]
    assert all(_same(one, other) for one, other in zip(found[0], found[1], strict=False))
    assert [word.text for word in found[0][1].words] == ["об", "этом", "сообщил", "x", "."]


def test_a_topic_without_an_encoder_has_none() -> None:
    document = Document("a", title="", text="Очередь выросла.", lang="ru")
    doc = next(iter(read([document], "ru")))
    assert encoded(doc, sentences_of(doc, document), "no such topic") is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "a" * 50_000,
        "я" * 50_000,
        "1 " * 5_000,
        "1a" * 5_000,
        "\ufffd",
        "𝕏🚚 \u200d\u0301",
        "!" * 3_000,
        "漢字" * 700,
    ],
)
def test_any_text_is_read_in_bounded_time(model: Encoder, text: str) -> None:
    began = time.process_time()
    found = model.encode(fold(text))
    assert time.process_time() - began < 2
    assert np.isfinite(found.cause).all() and np.isfinite(found.stance).all()
    assert all(0 <= start <= end <= max(1, len(text)) for start, end in map(found.span, found.codes))


def test_of_a_long_text_only_so_many_sentences_are_read() -> None:
    document = Document("a", title="", text="Ждем. " * (MOST_SENTENCES + 50), lang="ru")
    doc = next(iter(read([document], "ru")))
    made = encoded(doc, sentences_of(doc, document), "border")
    assert made is not None and len(made) == MOST_SENTENCES


def test_a_word_is_cut_the_likeliest_way() -> None:
    listed = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("\u2581", -3.0)]
    listed += [("\u2581не", -4.0), ("проверк", -6.0), ("про", -4.0), ("верка", -5.0), ("а", -2.5)]
    pieces = pieces_of(listed)
    assert pieces.of(Word("непроверка", 0, 10, True)) == (5, 6, 9)
    assert pieces.of(Word("а", 0, 1, False)) == (9,)
    assert pieces.of(Word("q", 0, 1, False)) == (UNKNOWN,)
    assert len(pieces.of(Word("q" * 1000, 0, 1000, False))) == LONGEST


def test_words_stand_where_they_are_read() -> None:
    text = "у озинок 1 250,5 фур."
    words = words_of(text, [(2, 8, PLACE)])
    assert [one.text for one in words] == ["у", PLACE, "0", "фур", "."]
    assert [text[one.start : one.end] for one in words] == ["у", "озинок", "1 250,5", "фур", "."]
    assert [one.spaced for one in words] == [True, True, True, True, False]


def test_files_that_are_no_encoder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError):
        read_encoder(tmp_path)
    for file in (MODELS / "border" / "encoder").iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    for file in sorted(tmp_path.iterdir()):
        whole = file.read_bytes()
        for part in (b"", b"no such file", whole[: len(whole) // 2]):
            if file.suffix != ".md":
                file.write_bytes(part)
                with pytest.raises(ModelError):
                    read_encoder(tmp_path)
        file.write_bytes(whole)
