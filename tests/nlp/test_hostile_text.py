"""Text that nobody would write: a result each, in bounded time, and no document costs its batch."""

from __future__ import annotations

import json
import logging
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spacy.tokens import Doc

import nlp.annotate
from ingest.document import Document
from nlp.annotate import annotate, annotation_json
from nlp.annotation import Annotation
from nlp.numbers import Reader, words_of
from nlp.observations import observations
from nlp.pipeline import LANGUAGES

pytestmark = pytest.mark.filterwarnings("ignore::nlp.reading.TruncatedWarning")

TEXTS = {
    "empty": "",
    "blank": " \n\t\u00a0\n ",
    "circled": "Очередь ① 400 фур, ② 300 trucks wait, ③ 200 көлік кезекте",
    "superscript": "5² фур ждут, 10³ trucks wait, 4² көлік кезекте",
    "fractions": "½ дня очередь, 2½ days of queue, ¼ күн кезек",
    "other digits": "Ⅳ фуры ждут, ٣٤ грузовиков, ৩ trucks wait, 四百 көлік",
    "surrogate": "Очередь \ud83d 400 фур",
    "lone surrogate": "\ud83d",
    "bytes": bytes(range(256)).decode("latin1") * 4,
    "nul": "\x00Очередь\x00 5 км\x00",
    "marks": "\u202e\u200fСырым\u202c \u200b\ufeff\u2066400 фур\u2069 в очереди",
    "separators": "Очередь\u2028\u2029\x85\x0b\x0c5 км",
    "combining": "О\u0301ч\u0301е\u0301редь 5 км " * 40,
    "emoji": "😡🚛👨‍👩‍👧🇰🇿" * 100,
    "Chinese": "卡车在边境排队三天,大约400辆。" * 20,
    "Turkish": "Sınırda 400 TIR'lık kuyruk var, şoförler üç gündür bekliyor. " * 10,
    "Arabic": "تنتظر مئات الشاحنات على الحدود منذ ٣ أيام. " * 10,
    "line breaks": "\n" * 10_000,
    "quotes": "«“" * 300 + "Очередь 5 км" + "”»" * 300,
    "brackets": "(" * 3_000,
    "word": "ю" * 50_000,
    "digits": "1" * 50_000,
    "long figure": "9" * 400 + " км очереди, " + "9" * 400 + " km queue, кезек " + "9" * 400 + " шақырым",
    "multipliers": "сто тысяч тысяч млн hundred thousand мың жүз " * 60,
    "ranges": "1-" * 1_500,
    "full stops": ". " * 2_000,
    "not numbers": "1e400 фур, nan trucks, infinity lorries, 0x10 көлік; очередь, queue, кезек",
}


def annotated(text: str, lang: str | None) -> Annotation:
    (found,) = annotate([Document("d", title="", text=text, lang=lang)])
    return found


@pytest.mark.parametrize("lang", [None, *LANGUAGES])
@pytest.mark.parametrize("name", TEXTS)
def test_a_result_in_bounded_time(name: str, lang: str | None, caplog: pytest.LogCaptureFixture) -> None:
    started = time.monotonic()
    line = json.dumps(annotation_json(annotated(TEXTS[name], lang), "d"), allow_nan=False, ensure_ascii=False)
    assert line.encode()
    assert time.monotonic() - started < 10
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


def test_a_megabyte() -> None:
    text = "Погода ясная, дороги сухие, магазины открыты до вечера, люди гуляют в парке у реки. " * 13_000
    started = time.monotonic()
    assert annotated(text, "en").lang == "en"
    assert time.monotonic() - started < 20


WORDS = st.sampled_from(
    ["очередь", "фур", "400", "trucks", "кезек", "көлік", "из-за", "в 2025 г.", "ст.", "«", "»", "—", "1,5", "тыс.", "до",
     "от", "days", "сутки", "күн", "two", "to", "Сырым", "Zhaisan", "Бекет", "①", "²", "½", "٣", "\ud83d", "\u202e", "😡",
     "\x00", "\n", ".", "?", "-", "+", "км", "hours", "сказал", "said", "деді", "№ 5", "260-ФЗ", "-ФЗ", "5-й", "5th", "11-ші"]
)  # fmt: skip
LINES = st.lists(st.one_of(WORDS, st.text(max_size=4)), max_size=20).map(" ".join)


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(texts=st.lists(LINES, min_size=4, max_size=12), lang=st.sampled_from([None, *LANGUAGES]))
def test_any_words_in_any_order(texts: list[str], lang: str | None) -> None:
    documents = [Document(f"d{i}", title=text[:9], text=text, lang=lang) for i, text in enumerate(texts)]
    found = list(annotate(documents))
    assert [one.document_id for one in found] == [one.document_id for one in documents]
    for one, document in zip(found, documents, strict=True):
        assert one.content_sha256 == document.content_sha256
        assert len(document.text) >= max((mention.end for mention in one.mentions), default=0)


@settings(max_examples=300, deadline=None)
@given(text=st.text(max_size=60), lang=st.sampled_from(LANGUAGES))
def test_every_quantity_is_a_finite_range(text: str, lang: str) -> None:
    words = words_of(text)
    for one in Reader(lang).quantities(words):
        assert 0 <= one.low <= one.high < 1e15
        assert 0 <= one.first < one.last <= len(words)


def test_half_a_surrogate_pair_does_not_move_what_follows() -> None:
    document = Document("d", title="\ud83d", text="\ud83d У «Сырыма» стоят 400 фур.", lang="ru")
    (found,) = annotate([document])
    (one,) = found.observations
    assert (one.low, document.text[one.evidence_start : one.evidence_end]) == (400, document.text)
    assert [document.text[m.start : m.end] for m in found.mentions] == ["Сырыма"]


def test_a_document_that_trips_a_mistake_does_not_cost_its_batch(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    right = observations

    def mistaken(doc: Doc, *more: object) -> object:
        if "бум" in doc.text:
            raise ValueError("a mistake")
        return right(doc, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(nlp.annotate, "observations", mistaken)
    texts = ["У Сырыма 400 фур в очереди.", "бум", "Хвост 5 км."]
    found = list(annotate([Document(f"d{i}", "", text, lang="ru") for i, text in enumerate(texts)]))
    assert [len(one.observations) for one in found] == [1, 0, 1]
    assert "document d1 can't be annotated" in caplog.text
