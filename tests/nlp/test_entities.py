"""Entities of a Doc: dictionary forms, sides, roles and who is meant."""

from __future__ import annotations

from pathlib import Path

import pytest
from spacy.tokens import Doc

from nlp.coref import resolve_office, resolve_pronoun, resolve_role, resolve_surname
from nlp.pipeline import load


def names(doc: Doc) -> set[tuple[str, str]]:
    return {(span._.name, span.label_) for span in doc.ents}


RU = (
    "Вице-министру транспорта Ерлану Сагатову доложили о заторе у «Таскалы». В пограничном управлении ФСБ по Саратовской "
    "и Самарской областям молчат. Сагатова спросили снова. «Мы работаем», — сказал он. Министр промолчал."
)
EN = (
    "Kazakhstan's Trade Ministry blamed Russia. Marat Bekov, the association's chairman, spoke at Zhaisan. "
    "Bekov cited Federal Law No. 260-FZ. He left. Deputy Trade Minister Kairat Torebayev agreed."
)
KK = (
    "Қаржы министрлігінің Мемлекеттік кірістер комитеті «Құрманғазы» бекетінде кезек барын айтты. "
    "Бөлім басшысы Сәуле Ерменқызының айтуынша, Ресейге жол ашық. Ерменқызы кетті."
)


@pytest.fixture(scope="module")
def ru() -> Doc:
    return load("ru")(RU)


@pytest.fixture(scope="module")
def en() -> Doc:
    return load("en")(EN)


@pytest.fixture(scope="module")
def kk() -> Doc:
    return load("kk")(KK)


def test_russian_names_are_nominative(ru: Doc) -> None:
    assert names(ru) == {
        ("Ерлан Сагатов", "PERSON"),
        ("Таскала", "CHECKPOINT"),
        ("пограничное управление ФСБ по Саратовской и Самарской областям", "ORG"),
    }


def test_russian_sides_and_roles(ru: Doc) -> None:
    by_name = {span._.name: span for span in ru.ents}
    assert by_name["Ерлан Сагатов"]._.role == "вице-министр транспорта"
    assert by_name["Ерлан Сагатов"]._.side == "KZ"
    assert by_name["Таскала"]._.entity_id == "crossing.taskala"
    assert by_name["пограничное управление ФСБ по Саратовской и Самарской областям"]._.side == "RU"


def test_english_names(en: Doc) -> None:
    assert names(en) == {
        ("Trade Ministry", "ORG"),
        ("Kazakhstan", "PLACE"),
        ("Russia", "PLACE"),
        ("Marat Bekov", "PERSON"),
        ("Zhaisan", "CHECKPOINT"),
        ("Federal Law No. 260-FZ", "LAW"),
        ("Kairat Torebayev", "PERSON"),
    }
    roles = {span._.name: span._.role for span in en.ents if span._.role}
    assert roles == {"Marat Bekov": "association's chairman", "Kairat Torebayev": "Deputy Trade Minister"}
    assert {span._.side for span in en.ents if span._.name == "Trade Ministry"} == {"KZ"}


def test_kazakh_names_lose_their_case(kk: Doc) -> None:
    assert names(kk) == {
        ("Қаржы министрлігі", "ORG"),
        ("Мемлекеттік кірістер комитеті", "ORG"),
        ("Құрманғазы", "CHECKPOINT"),
        ("Сәуле Ерменқызы", "PERSON"),
        ("Ресей", "PLACE"),
    }


def test_one_entity_in_three_languages() -> None:
    texts = {
        "ru": "Серик Жумангарин приехал на «Сырым». В КГД рады.",
        "kk": "Серік Жұманғариннің айтуынша, Мемлекеттік кірістер комитеті «Сырым» бекетінде.",
        "en": "Serik Zhumangarin came to Syrym. The State Revenue Committee agreed.",
    }
    found = [{span._.entity_id for span in load(lang)(text).ents} for lang, text in texts.items()]
    assert found[0] == found[1] == found[2] == {"person.zhumangarin", "crossing.syrym", "agency.src"}


def token(doc: Doc, text: str, nth: int = 0) -> object:
    return [one for one in doc if one.text == text][nth]


def test_a_bare_surname_is_the_full_name(ru: Doc, en: Doc, kk: Doc) -> None:
    assert resolve_surname(token(ru, "Сагатова"))._.name == "Ерлан Сагатов"  # type: ignore[arg-type,union-attr]
    assert [span._.name for span in en.ents if span.text == "Bekov"] == ["Marat Bekov"]
    assert [span._.name for span in kk.ents if span.text == "Ерменқызы"] == ["Сәуле Ерменқызы"]


def test_pronouns_roles_and_offices(ru: Doc, en: Doc, kk: Doc) -> None:
    assert resolve_pronoun(token(ru, "он"))._.name == "Ерлан Сагатов"  # type: ignore[arg-type,union-attr]
    assert resolve_pronoun(token(en, "He"))._.name == "Marat Bekov"  # type: ignore[arg-type,union-attr]
    assert resolve_pronoun(token(ru, "Мы")) is None  # type: ignore[arg-type]
    doc = load("ru")("Министр торговли Асет Кудайберген ответил. Сенатор Иван Петров спорит. «Нет», — отметил министр. Ведомство МВД молчит.")  # fmt: skip
    assert resolve_role(token(doc, "министр"))._.name == "Асет Кудайберген"  # type: ignore[arg-type,union-attr]
    doc = load("en")("The State Revenue Committee denied it. The committee said so.")
    assert resolve_office(token(doc, "committee"))._.entity_id == "agency.src"  # type: ignore[arg-type,union-attr]
    doc = load("kk")("Мемлекеттік кірістер комитеті айтты. Комитеттің есебінше, кезек бар.")
    assert resolve_office(token(doc, "Комитеттің"))._.entity_id == "agency.src"  # type: ignore[arg-type,union-attr]


def test_a_crossing_named_like_its_town() -> None:
    nlp = load("ru")
    assert names(nlp("В Орске выпал снег.")) == {("Орск", "PLACE")}
    assert names(nlp("На пункте пропуска «Орск» пусто.")) == {("Орск", "CHECKPOINT")}
    assert names(nlp("Очереди нет на постах Орск и Маштаково.")) == {
        ("Орск", "CHECKPOINT"),
        ("Маштаково", "CHECKPOINT"),
    }


def test_a_known_surname_alone_and_somebody_else_of_that_name() -> None:
    nlp = load("ru")
    found = {(span._.name, span._.entity_id) for span in nlp("Жумангарин назвал причину.").ents}
    assert found == {("Жумангарин", "person.zhumangarin")}
    doc = nlp("Водитель Иван Никитин ждёт. Никитина держат сутки.")
    assert {(span._.name, span._.entity_id) for span in doc.ents} == {("Иван Никитин", None)}


def test_regions_in_a_row() -> None:
    doc = load("ru")("Паводок накрыл пункты Самарской и Саратовской областей.")
    assert names(doc) == {("Самарская область", "PLACE"), ("Саратовская область", "PLACE")}


def test_nothing_before_is_nobody() -> None:
    doc = load("ru")("Он сказал. Министр Иван Петров пришёл.")
    assert resolve_pronoun(doc[0]) is None


def test_dev_set(shared: Path) -> None:
    """The floor of issue 2 on the annotated documents: names and labels, F1."""
    assert score_of(shared, "g_entities") >= 0.93


def score_of(shared: Path, row: str) -> float:
    import importlib.util
    import json

    from ingest.document import Document
    from nlp.observations import observations
    from nlp.pipeline import read

    spec = importlib.util.spec_from_file_location("claims_score", shared / "eval" / "claims.py")
    assert spec is not None and spec.loader is not None
    scorer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scorer)
    gold = [json.loads(line) for line in (shared / "claims" / "dev.jsonl").read_text(encoding="utf-8").splitlines()]
    predicted = []
    for lang in ("ru", "en", "kk"):
        rows = [one for one in gold if one["lang"] == lang]
        for one, doc in zip(rows, read([Document(d["id"], d["title"], d["text"]) for d in rows], lang), strict=True):
            predicted.append(
                {
                    "id": one["id"],
                    "entities": [{"name": span._.name, "label": span.label_} for span in doc.ents],
                    "observations": [{"metric": o.metric, "low": o.low, "high": o.high} for o in observations(doc)],
                }
            )
    return float(scorer.score(gold, predicted)["all"][row]["f1"])
