"""What is seen of a sentence and a cause, the learnt scores, and how they are learnt."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ingest.document import Document
from ingest.errors import InputError, KnowledgeError
from nlp.claims import extract
from nlp.claims.extract import looking_at
from nlp.claims.score import CauseWeights, asked, crossed, judged, read_scores, rows_of, scores_of
from nlp.claims.sight import Looking, stance_of
from nlp.claims.topic import border
from nlp.learnt import MODELS, Weights
from nlp.pipeline import read
from nlp.training.causes import PLAIN, main, plain_rows, read_rows, texts
from nlp.training.halves import held_back

TEXTS = {
    "ru": "У поста «Сырым» стоят 300 фур. Иван Котов считает, что виноват не ремонт моста, а метель.",
    "en": "Some 300 trucks wait at Syrym. Ivan Kotov blames the blizzard, not the repair of the bridge.",
    "kk": "«Сырым» бекетінде 300 фура тұр. Иван Котов кезекке боран себеп болғанын айтты.",
}


def looking(lang: str, text: str) -> Looking:
    document = Document("d", "", text, lang=lang)
    return looking_at(next(read([document], lang)), document, border())


def seen(lang: str, text: str) -> list[object]:
    one = looking(lang, text)
    return [(one.sight(i), stance_of(one, i, "weather")) for i in range(len(one.scenes))]


@pytest.mark.parametrize("lang", TEXTS)
def test_numbers_quote_marks_and_case_are_not_looked_at(lang: str) -> None:
    text = TEXTS[lang]
    changed = text.replace("300", "47").replace("«", "“").replace("»", "”")
    assert seen(lang, changed) == seen(lang, text)


@pytest.mark.parametrize(
    ("lang", "name", "other"),
    [("ru", "Сырым", "Маштаково"), ("en", "Ivan Kotov", "Pyotr Ilyin"), ("kk", "Сырым", "Таскала")],
)
def test_names_are_not_looked_at(lang: str, name: str, other: str) -> None:
    assert seen(lang, TEXTS[lang].replace(name, other)) == seen(lang, TEXTS[lang])


@pytest.mark.parametrize("lang", TEXTS)
def test_a_paragraph_about_something_else_changes_nothing_that_is_seen(lang: str) -> None:
    unrelated = {"ru": "Вход на выставку свободный.", "en": "Admission is free.", "kk": "Көрмеге кіру тегін."}
    text = TEXTS[lang]
    assert seen(lang, f"{text}\n\n{unrelated[lang]}")[:-1] == seen(lang, text)


@pytest.mark.parametrize("lang", TEXTS)
def test_the_scores_are_those_of_all_features(lang: str) -> None:
    scores = scores_of(border())
    assert scores is not None
    for i, _ in enumerate((one := looking(lang, TEXTS[lang])).scenes):
        sight = one.sight(i)
        for code, score in scores.cause.scores(sight).items():
            assert score == pytest.approx(scores.cause.learnt.score(dict(crossed(sight, code))))


def test_the_reasons_of_a_claim_are_told() -> None:
    document = Document("d", "", TEXTS["en"], lang="en")
    doc = next(read([document], "en"))
    extract(doc, document)
    told = {(one.cause, one.stance): one for one in doc._.claim_decisions if not one.rejected}
    weather = told["weather", "asserts"]
    assert {name.partition(": ")[0] for name, _ in weather.reasons} == {"cause", "asserts"}
    assert any(value > 0 for _, value in weather.reasons)
    assert 0 < weather.confidence < 1


@pytest.mark.parametrize(
    ("lang", "text", "told"),
    [
        ("ru", "Фуры стоят на границе не из-за санкций, а из-за снегопада, сообщили в ФТС.",
         {("sanctions_enforcement", "denies"), ("weather", "asserts")}),
        ("ru", "В Минтрансе опровергли, что фуры стоят на границе из-за забастовки.", {("protest", "denies")}),
        ("en", "The trucks at the border are waiting because of snow, not because of sanctions, the ministry said.",
         {("sanctions_enforcement", "denies"), ("weather", "asserts")}),
        ("en", "The ministry denied that trucks are stuck at the border because of a customs strike.", {("protest", "denies")}),
        ("kk", "Министрлік шекарадағы жүк көліктерінің кезегі ереуілден болды дегенді жоққа шығарды.", {("protest", "denies")}),
        ("en", "Drivers say the queue at the border is caused by Russian migration rules.", {("migration_rules", "asserts")}),
    ],
)  # fmt: skip
def test_what_a_pattern_says_plainly_is_not_turned_round(lang: str, text: str, told: set[tuple[str, str]]) -> None:
    document = Document("d", "", text, lang=lang)
    found = extract(next(read([document], lang)), document)
    assert {(one.cause, one.stance) for one in found} == told


class Ear:
    """A sentence that another model is sure about."""

    codes = ("weather", "protest")

    def __init__(self, cause: list[float], stance: list[float]) -> None:
        self.cause, self.stance = np.array(cause, np.float32), np.array(stance, np.float32)

    def span(self, code: str) -> tuple[int, int]:
        return 0, 4


def test_another_model_is_heard_in_the_sentences_it_has_read() -> None:
    one = looking("en", "Trucks wait at the border. Nobody can say why.")
    causes = [dict.fromkeys(border().causes, -9.0)] * 2
    heard = [Ear([4.0, -9.0], [-4.0, 0.0])]
    assert list(asked(causes)) == []
    assert list(asked(causes, heard)) == [(0, "weather")]
    rows = rows_of(one, causes, {(0, "weather"): 0.0, (1, "weather"): 0.0}, heard)
    by = {(row.i, row.stance): row.seen for row in rows}
    assert (by[0, "asserts"]["heard"], by[0, "asserts"]["heard stance"], by[0, "denies"]["heard stance"]) == (4, 4, -4)
    assert "heard" not in by[1, "asserts"]


def test_a_topic_without_weights_is_read_by_the_rules_alone(tmp_path: Path) -> None:
    nothing_learnt = replace(border(), id="a topic that nothing was learnt for")
    assert scores_of(nothing_learnt) is None
    document = Document("d", "", "Фуры стоят на границе из-за ремонта моста.", lang="ru")
    doc = next(read([document], "ru"))
    (claim,) = extract(doc, document, nothing_learnt)
    assert (claim.cause, claim.pattern) == ("capacity", "cause: из-за")
    assert all(not one.reasons for one in doc._.claim_decisions)


def test_a_claim_is_made_where_trucks_or_a_border_are_near() -> None:
    scores = scores_of(border())
    assert scores is not None
    certain = replace(scores, alone=replace(scores.alone, weights=Weights({}, 9.0)))
    near = judged(looking("en", "Trucks wait because of a strike."), certain)
    assert any(not one.rejected for one in near)
    away = judged(looking("en", "Customers queued outside banks because of a strike."), certain)
    assert away and all("is named near" in one.rejected for one in away)


def test_a_cause_that_no_word_tells_of_has_its_sentence() -> None:
    scores = scores_of(border())
    assert scores is not None
    deaf = replace(
        scores,
        cause=CauseWeights(Weights({}, 9.0), tuple(border().causes)),
        alone=replace(scores.alone, weights=Weights({}, 9.0)),
    )
    for text in ("Trucks wait at the border.", "300 trucks.", "!"):
        one = looking("en", text)
        found = judged(one, deaf)
        assert {candidate.cause for candidate in found} == set(border().causes)
        assert all(0 <= each.start <= each.end <= len(text) for each in found)


@pytest.mark.parametrize("name", ["cause", "stance", "rows"])
def test_other_files_are_refused_by_name(tmp_path: Path, name: str) -> None:
    for file in (MODELS / "border").glob("*.json"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    read_scores(tmp_path, ("weather",))
    for content in ("", "[]", "{}", '{"alone": {}}'):
        (tmp_path / f"{name}.json").write_text(content, encoding="utf-8")
        with pytest.raises(KnowledgeError, match=f"{name}.json"):
            read_scores(tmp_path, ("weather",))


def test_the_files_are_small() -> None:
    assert sum(file.stat().st_size for file in (MODELS / "border").glob("*.json")) < 3_000_000


def test_a_cause_that_the_weights_do_not_know_has_the_score_of_any() -> None:
    sight = looking("en", "Trucks wait at the border because of a strike.").sight(0)
    told = CauseWeights(Weights({"strong": 2.0, "weather: strong": 9.0}, -1.0), ("protest",))
    assert told.scores(sight)["protest"] == pytest.approx(1.0)


# ------------------------------------------------------------------------------------------------------------- learning
def _row(i: int) -> dict[str, Any]:
    cause = ("a strike", "a blizzard", "a holiday rush")[i % 3]
    code = ("protest", "weather", "demand_surge")[i % 3]
    claimed = i % 4 != 3
    text = f"Trucks wait at the border because of {cause}." if claimed else f"The border saw {cause} ten years ago."
    claim = {"cause": code, "stance": "asserts", "evidence": text, "cause_text": cause}
    return {"id": f"row {i}", "lang": "en", "title": "", "text": text, "claims": [claim] if claimed else []}


def test_the_trainer_writes_scores_that_tell_its_texts_apart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "texts.jsonl"
    file.write_text("\n".join(json.dumps(_row(i)) for i in range(40)), encoding="utf-8")
    assert main([str(file), "--out", str(tmp_path / "out")]) == 0
    assert "| en | 30 |" in capsys.readouterr().out
    scores = read_scores(tmp_path / "out", tuple(border().causes))
    scores = replace(scores, together=None)
    for i in (0, 1, 2, 3, 7, 11):
        kept = {one.cause for one in judged(looking("en", _row(i)["text"]), scores) if not one.rejected}
        assert kept == {claim["cause"] for claim in _row(i)["claims"]}
    assert "| en | 30 |" in (tmp_path / "out" / "causes.md").read_text(encoding="utf-8")
    left = [text.document_id for text in texts([file], border(), halves=True)]
    assert left and len(left) < 40 and not any(map(held_back, left))


def test_the_place_of_a_claim_is_the_sentence_with_its_words() -> None:
    row: dict[str, Any] = {
        "id": "x", "lang": "en", "title": "A strike at the border", "text": "Trucks wait at the border. They blame a strike. Snow fell.",
        "claims": [{"cause": "protest", "stance": "denies", "evidence": "Trucks wait at the border. They blame a strike.", "cause_text": "a strike"}],
    }  # fmt: skip
    (text,) = read_rows([row], border())
    assert text.named == {(2, "protest"): True}
    assert text.unsure == {(0, "protest"), (1, "protest")}
    with pytest.raises(InputError, match="no cause 'moon'"):
        read_rows([{**row, "claims": [{**row["claims"][0], "cause": "moon"}]}], border())


def test_plain_sentences_are_written_out_with_their_places() -> None:
    rows = list(plain_rows(PLAIN))
    assert {row["lang"] for row in rows} == {"ru", "en", "kk"}
    for row in rows:
        assert "{" not in row["text"]
        assert all(claim["cause_text"] in row["text"] for claim in row["claims"])


def test_files_that_hold_no_texts_are_refused(tmp_path: Path) -> None:
    for name in ("a.jsonl", "absent.jsonl"):
        if name == "a.jsonl":
            (tmp_path / name).write_text("x", encoding="utf-8")
        with pytest.raises(InputError, match=name):
            texts([tmp_path / name], border())
    with pytest.raises(InputError, match="name files"):
        main(["--out", str(tmp_path)])
    (tmp_path / "a.toml").write_text("ru = 1", encoding="utf-8")
    with pytest.raises(InputError, match="a.toml"):
        list(plain_rows(tmp_path / "a.toml"))
