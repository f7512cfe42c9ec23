"""`kezek explain`: what decided, for a person and for a machine."""

from __future__ import annotations

import json

import pytest

from ingest.document import Document
from ingest.errors import InputError
from kezek.explain import explanation_json, show
from kezek.jsonl import read_document
from nlp.annotate import annotate, annotation_json, explain
from nlp.claims.topic import border

TWO_SIDES = Document(
    "two-sides",
    title="Очередь на границе",
    text=(
        "На границе с Россией стоят 600 фур. Перевозчики связывают очередь с усиленными проверками санкционных товаров.\n"
        "В КГД опровергли, что задержка вызвана забастовкой: в прошлом году забастовка действительно парализовала границу."
    ),
    lang="ru",
)
MIXED = Document("mixed", "", "Кезек Сырымда қатаң тексеруге байланысты.\nOff topic: a chess tournament opens today.")


def test_the_same_claims_as_annotate_gives() -> None:
    for document in (TWO_SIDES, MIXED):
        (annotation,) = annotate([document])
        assert explain(document).annotation == annotation


def test_every_claim_has_its_decision_and_every_candidate_its_verdict() -> None:
    told = explanation_json(explain(TWO_SIDES), border())
    assert told["topic"] == "border"
    assert {"очередь", "задержка"} <= set(told["named"]["delay"])
    accepted = {(one["cause"], one["stance"]) for one in told["decisions"] if not one["rejected"]}
    assert {(one["cause"], one["stance"]) for one in told["claims"]} == accepted
    assert ("sanctions_enforcement", "asserts") in accepted
    assert all(one["sentence"] and one["pattern"] for one in told["decisions"])
    assert any(one["rejected"] for one in told["decisions"])


def test_what_a_person_sees(capsys: pytest.CaptureFixture[str]) -> None:
    show(explain(TWO_SIDES), TWO_SIDES, border())
    seen = capsys.readouterr().out
    for words in (
        "two-sides · ru · news · topic border",
        "asserts sanctions_enforcement",
        "перевозчики",
        "rejected",
        "the delay: ",
    ):
        assert words in seen


def test_a_document_off_the_topic_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    document = Document("chess", "", "В парке открылся шахматный турнир.", lang="ru")
    show(explain(document), document, border())
    seen = " ".join(capsys.readouterr().out.split())
    assert "the delay: –" in seen
    assert "0 claims" in seen
    assert "No sentence was a candidate" in seen


def test_a_language_without_words_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    document = Document("uk", "", "Черга вантажівок на кордоні.", lang="uk")
    show(explain(document), document, border())
    assert "the topic has no words in the language uk" in " ".join(capsys.readouterr().out.split())


def test_the_json_tells_what_chose_blames_and_words() -> None:
    claimed = [one for one in explanation_json(explain(TWO_SIDES), border())["decisions"] if not one["rejected"]]
    assert claimed and all(one["told_by"]["blames"] and one["told_by"]["cause_text"] for one in claimed)


def test_a_page_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    document = Document(
        "\x1b]0;x", "", "Очередь на границе из-за забастовки\x1b[2J, говорят [bold]водители[/bold].", lang="ru"
    )
    show(explain(document), document, border())
    seen = capsys.readouterr().out
    assert "\x1b" not in seen
    assert "[bold]водители[/bold]" in seen


def test_one_document_on_one_line_or_many() -> None:
    row = {"id": "1", "text": "Очередь.", "lang": "ru-RU"}
    whole = read_document("\ufeff" + json.dumps(row, indent=2, ensure_ascii=False))
    assert whole == read_document(json.dumps(row) + "\n")
    assert (whole.document_id, whole.lang) == ("1", "ru")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "the input is empty"),
        ('{"id": "1", "text": "a"}\n{"id": "2", "text": "b"}\n', "the input has 2 documents"),
        ("{", "line 1"),
        ('{"id": "1"}', "text"),
    ],
)
def test_what_is_no_document(text: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        read_document(text)


def test_the_line_is_that_of_annotate_and_more() -> None:
    found = explain(TWO_SIDES)
    line = explanation_json(found, border())
    assert annotation_json(found.annotation, "two-sides").items() <= line.items()
