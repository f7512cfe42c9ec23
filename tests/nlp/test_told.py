"""Whom a claim blames, its speaker's side and its cause's words: learnt weights, and rules where a topic has none."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.document import Document
from ingest.errors import KnowledgeError
from nlp.annotation import Claim
from nlp.claims import extract, told
from nlp.claims.language import patterns_for
from nlp.claims.sentence import sentences_of
from nlp.claims.sides import Sides
from nlp.claims.topic import border
from nlp.learnt import MODELS
from nlp.pipeline import read
from nlp.training.choice import fit_choice

UNLEARNT = replace(border(), id="a copy of border")


def claims_of(lang: str, text: str, title: str = "", kind: str = "news", learnt: bool = True) -> list[Claim]:
    document = Document("d", title, text, lang=lang, kind=kind)  # type: ignore[arg-type]
    return extract(next(read([document], lang)), document, border() if learnt else UNLEARNT)


# ------------------------------------------------------------------------------------------------------------ by rule
def test_the_crossing_named_before_is_blamed_for_its_own_lanes() -> None:
    for crossing, side in (("Сырым", "KZ"), ("Маштаково", "RU")):
        text = f"Третий день стоим у поста «{crossing}». Из восьми окон открыто одно."
        (claim,) = claims_of("ru", text, kind="post", learnt=False)
        assert (claim.cause, claim.blames) == ("capacity", side)


# ---------------------------------------------------------------------------------------------------------- by weights
def test_what_a_crossing_lacks_is_the_doing_of_the_speaker_who_runs_it() -> None:
    text = "Грузовики стоят на границе из-за нехватки инспекторов, признали в казахстанской таможне."
    (claim,) = claims_of("ru", text)
    assert claim.blames == "KZ"


def test_no_side_is_blamed_that_nothing_points_at() -> None:
    (claim,) = claims_of("en", "Trucks wait at the border because every vehicle is inspected.")
    assert claim.blames == "NONE"


@pytest.mark.parametrize(
    ("lang", "text", "words"),
    [
        ("ru", "Фуры стоят на границе из-за забастовки таможенников, сообщил портал.", "забастовки таможенников"),
        ("en", "Trucks wait at the border because scanners broke down, carriers say.", "scanners broke down"),
    ],
)
def test_the_words_of_a_cause_end_where_the_speaker_begins(lang: str, text: str, words: str) -> None:
    (claim,) = claims_of(lang, text)
    assert claim.cause_text == words
    assert text[claim.cause_start : claim.cause_end] == words


def test_each_field_tells_what_chose_it() -> None:
    document = Document(
        "d", "", "Казахстанские чиновники винят в очереди на границе российских таможенников: досмотр ужесточён."
    )
    doc = next(read([document], "ru"))
    assert extract(doc, document)
    (decision,) = [one for one in doc._.claim_decisions if not one.rejected]
    assert [field for field, _ in decision.told_by] == ["speaker_side", "blames", "cause_text"]
    assert all(reasons for field, reasons in decision.told_by if field != "speaker_side" or decision.speaker == "")


def test_rules_give_no_reasons() -> None:
    document = Document("d", "", "Фуры стоят на границе из-за забастовки.")
    doc = next(read([document], "ru"))
    assert extract(doc, document, UNLEARNT)
    assert {one.told_by for one in doc._.claim_decisions} == {()}


@pytest.mark.parametrize(
    ("before", "after"),
    [("Сагатов", "Громыкин"), ("Ерлан", "Тимур"), ("«", '"'), ("»", '"'), ("е", "ё")],
)
def test_a_name_or_a_mark_changes_nothing_that_is_told(before: str, after: str) -> None:
    text = (
        "Очереди на границе возникли из-за того, что российские инспекторы дольше проверяют фуры, заявил вице-министр "
        "транспорта Казахстана Ерлан Сагатов. «Каждую машину держат по сорок минут», — сказал Ерлан Сагатов."
    )
    swapped = text.replace("дольше", "дольше").replace(before, after) if before != "е" else text.replace("её", "ее")

    def fields(text: str) -> list[tuple[str, str, str]]:
        return [(one.cause, one.blames, one.speaker_side) for one in claims_of("ru", text)]

    assert fields(text) == fields(swapped)


# -------------------------------------------------------------------------------------------------- where sides stand
def named(text: str) -> set[tuple[str, str, bool]]:
    document = Document("d", "", text)
    doc = next(read([document], "en"))
    found = Sides(sentences_of(doc, document), doc, border().words["en"], patterns_for("en", border()))
    return {(one.side, one.how, one.idle) for one in found.named(0)}


def test_a_direction_and_another_noun_s_adjective_are_idle() -> None:
    assert ("RU", "names", True) in named("Trucks bound for Russia wait.")
    assert ("RU", "acts", True) in named("Russian goods wait.")
    assert ("RU", "acts", False) in named("Russian customs inspect them.")


def test_who_is_paid_back_is_idle() -> None:
    found = named("It is retaliation against Russia.")
    assert ("KZ", "acts", False) in found
    assert {idle for side, _, idle in found if side == "RU"} == {True}


# ------------------------------------------------------------------------------------------------------------- weights
def test_a_choice_is_learnt_from_what_its_right_ones_share() -> None:
    groups = [[{"near": 1.0}, {"far": 1.0}, {"far": 1.0, "loud": 1.0}]] * 6
    weights = fit_choice(groups, [[1.0, 0.0, 0.0]] * 6, strength=1.0, rare=2, small=0.01)
    assert weights.score({"near": 1.0}) > weights.score({}) > weights.score({"far": 1.0})
    unheard = fit_choice(groups, [[1.0, 0.0, 0.0]] * 6, strength=1.0, rare=7, small=0.01)
    assert not unheard.weights


def test_a_group_counts_as_much_as_it_is_heeded() -> None:
    groups = [[{"a": 1.0}, {"b": 1.0}]] * 2
    right = [[1.0, 0.0], [0.0, 1.0]]
    assert fit_choice(groups, right, strength=1.0, rare=1, small=0.0, heeded=[3.0, 1.0]).weights["a"] > 0
    assert fit_choice(groups, right, strength=1.0, rare=1, small=0.0, heeded=[1.0, 3.0]).weights["a"] < 0


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    for file in (MODELS / "border").glob("*.json"):
        (tmp_path / "border").mkdir(exist_ok=True)
        (tmp_path / "border" / file.name).write_bytes(file.read_bytes())
    monkeypatch.setattr(told, "MODELS", tmp_path)
    told.learnt_for.cache_clear()
    yield tmp_path / "border"
    told.learnt_for.cache_clear()


def test_a_topic_without_weights_has_none(folder: Path) -> None:
    assert told.learnt_for("border") is not None
    assert told.learnt_for("rail") is None


@pytest.mark.parametrize(("file", "written"), [("cause_text.json", {"opening": {}}), ("sides.json", {"bias": 0})])
def test_a_broken_file_of_weights_is_named(folder: Path, file: str, written: dict[str, object]) -> None:
    (folder / file).write_text(json.dumps(written), encoding="utf-8")
    with pytest.raises(KnowledgeError, match=file):
        told.learnt_for("border")
