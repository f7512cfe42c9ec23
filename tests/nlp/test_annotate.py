"""Documents to annotations: order, languages, offsets, the file format, bad input."""

from __future__ import annotations

import logging
import time
from pathlib import Path

import pytest

from ingest.document import Document
from nlp.annotate import MODEL_VERSION, annotate, annotation_json, digest

DOCUMENTS = [
    Document(
        "d1",
        title="Сырым стоит",
        text="Очередь из 400 фур у «Сырыма» возникла из-за ремонта, сообщили в КГД.",
        lang="ru",
    ),
    Document("d2", title="", text="Some 300 trucks are stuck at Syrym because of a snowstorm, the ministry said."),
    Document("d3", title="", text="Черги на кордоні з Польщею не зменшуються.", kind="post"),
    Document("d4", title="", text="«Сырым» бекетінде 200 жүк көлігі кезекте тұр."),
    Document("d5", title="", text="Хвост у Караузека 5 км.", kind="post"),
    Document("d6", title="", text=""),
]


def test_in_order_with_language_and_version() -> None:
    found = list(annotate(iter(DOCUMENTS), batch_size=4))
    assert [(one.document_id, one.lang) for one in found] == [
        ("d1", "ru"), ("d2", "en"), ("d3", "uk"), ("d4", "kk"), ("d5", "ru"), ("d6", "und"),
    ]  # fmt: skip
    assert {one.model_version for one in found} == {MODEL_VERSION}
    assert [one.content_sha256 for one in found] == [one.content_sha256 for one in DOCUMENTS]
    assert [len(one.observations) for one in found] == [1, 1, 0, 1, 1, 0]


def test_an_observation_has_the_speaker_of_its_sentence() -> None:
    text = (
        "У «Сырыма» стоят 400 фур, сообщили в КГД.\n\nВодители говорят, что очередь 7 километров. У Маштакова 90 фур."
    )
    (found,) = annotate([Document("d", title="", text=text, lang="ru")])
    assert [one.speaker for one in found.observations] == ["КГД", "водители", "водители"]


def test_unread_languages_are_counted_aloud(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger="nlp.annotate"):
        found = list(annotate([DOCUMENTS[2]]))
    assert "1 in uk" in caplog.text
    assert not (found[0].claims or found[0].entities or found[0].mentions)


def test_the_warning_names_five_unread_documents_and_no_empty_one(caplog: pytest.LogCaptureFixture) -> None:
    unread = [Document(f"u{i}", title="", text="Черги на кордоні з Польщею не зменшуються.") for i in range(4)]
    unread += [Document(f"g{i}", title="", text="Stau an der Grenze") for i in range(2)]
    with caplog.at_level(logging.WARNING, logger="nlp.annotate"):
        list(annotate([DOCUMENTS[5], Document("e", title=" ", text="\n"), *unread], batch_size=3))
    assert [one.getMessage() for one in caplog.records] == [
        "not read, for want of a pipeline: 4 in uk, 2 in de (u0, u1, u2, u3, g0, …)"
    ]
    caplog.clear()
    list(annotate([DOCUMENTS[5]]))
    assert not caplog.records


def test_mentions_quote_the_document() -> None:
    document = DOCUMENTS[0]
    (found,) = annotate([document])
    assert {one.field for one in found.mentions} == {"title", "text"}
    for one in found.mentions:
        field = document.title if one.field == "title" else document.text
        assert field[one.start : one.end] == one.surface
    assert {(one.name, one.entity_id, one.side) for one in found.entities} == {
        ("Сырым", "crossing.syrym", "KZ"),
        ("КГД", "agency.src", "KZ"),
    }


def test_line_of_the_file_format() -> None:
    line = annotation_json(next(annotate([DOCUMENTS[0]])), "x1")
    assert line["id"] == "x1"
    assert set(line) == {"id", "lang", "claims", "observations", "entities"}
    assert {"metric": "vehicles", "low": 400, "high": 400, "place": "Сырым"}.items() <= line["observations"][0].items()
    for claim in line["claims"]:
        field = getattr(DOCUMENTS[0], claim["evidence_field"])
        assert field[claim["evidence_start"] : claim["evidence_end"]] == claim["evidence"]
        assert field[claim["cause_start"] : claim["cause_end"]] == claim["cause_text"]


@pytest.mark.filterwarnings("ignore::nlp.reading.TruncatedWarning")
@pytest.mark.parametrize("lang", ["ru", "en", "kk"])
@pytest.mark.parametrize(
    "text",
    ["ю" * 50_000, "\u202e\u200fСырым\u202c\u200b", "\x00\x01", "1 " * 3000],
    ids=["word", "bidi", "nul", "figures"],
)
def test_bad_input_is_annotated_in_bounded_time(lang: str, text: str) -> None:
    started = time.monotonic()
    assert len(list(annotate([Document("d", title="", text=text, lang=lang)]))) == 1
    assert time.monotonic() - started < 20


def test_the_version_is_that_of_the_files_wherever_they_are(tmp_path: Path) -> None:
    versions = []
    for place in ("here", "training", "models"):
        package = tmp_path / place / "nlp"
        package.mkdir(parents=True)
        (package / "rules.py").write_text("one")
        (package / "notes.txt").write_text(place)
        versions.append(digest(package))
    assert len(set(versions)) == 1
    (package / "rules.py").write_text("two")
    assert digest(package) != versions[0]
