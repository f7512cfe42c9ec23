"""The knowledge base: it loads, its mistakes are named, its names are found in any case in three languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.errors import KnowledgeError
from nlp.knowledge import knowledge, read_knowledge
from nlp.languages.kk.stemmer import stem, strip_case
from nlp.linker import matcher
from nlp.pipeline import load

GOOD = '[[entity]]\nid = "crossing.a"\nlabel = "CHECKPOINT"\nside = "KZ"\nru = "Сырым"\n'


def test_shipped_base_loads_with_crossings_of_both_sides() -> None:
    base = knowledge()
    crossings = [known for known in base.values() if known.label == "CHECKPOINT"]
    assert len(crossings) > 80
    assert base["crossing.syrym"].pair == "crossing.mashtakovo"
    assert all(base[one.pair].pair == one.id for one in crossings if one.pair and base[one.pair].pair)
    assert all(known.kk and known.en for known in base.values() if known.id.startswith(("crossing", "person")))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (GOOD.replace("KZ", "USA"), r"bad\.toml, entry 1 \(crossing\.a\): side"),
        (GOOD + 'colour = "red"\n', r"entry 1 .*colour"),
        (GOOD + GOOD, "stands twice"),
        (GOOD + GOOD.replace("crossing.a", "crossing.b"), r"entry 2 \(crossing\.b\): the ru name 'Сырым' is also"),
        (GOOD + 'pair = "crossing.z"\n', r"crossing\.z is not"),
        (GOOD.replace('ru = "Сырым"\n', ""), "no name"),
        ("[[entity]\n", r"bad\.toml is no TOML"),
        ("[other]\nx = 1\n", "only"),
    ],
)
def test_a_mistake_names_file_and_entry(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "bad.toml").write_text(text, encoding="utf-8")
    with pytest.raises(KnowledgeError, match=says):
        read_knowledge(tmp_path)


@pytest.mark.parametrize(
    ("lang", "text", "ids"),
    [
        ("ru", "Серику Жумангарину доложили о «Сырыме» и Караузеке.", ["person.zhumangarin", "crossing.syrym", "crossing.karauzek"]),
        ("ru", "В КГД и Федеральной таможенной службе России", ["agency.src", "agency.fts"]),
        ("ru", "За Бугристым, в Маштакове, под Озинками", ["crossing.bugristoye", "crossing.mashtakovo", "crossing.ozinki"]),
        ("kk", "Серік Жұманғариннің айтуынша, «Сырымдағы» кезек", ["person.zhumangarin", "crossing.syrym"]),
        ("kk", "Мемлекеттік кірістер комитетінің ресми өкілі Құрманғазыдан Ресейге", ["agency.src", "crossing.kurmangazy", "place.russia"]),
        ("en", "Serik Zhumangarin and the State Revenue Committee at Syrym", ["person.zhumangarin", "agency.src", "crossing.syrym"]),
        ("ru", "сырым днём аул спит, а тёплое молоко стынет", []),
        ("en", "an oral exam", []),
    ],
)  # fmt: skip
def test_names_in_every_case(lang: str, text: str, ids: list[str]) -> None:
    nlp = load(lang)
    assert [match.known.id for match in matcher(nlp)(nlp.make_doc(text))] == ids


def test_ordinary_words_want_context() -> None:
    nlp = load("ru")
    find = matcher(nlp)
    assert [m.name for m in find(nlp.make_doc("На пункте пропуска Аул пусто."))] == ["Аул"]
    assert [m.name for m in find(nlp.make_doc("За постом «Тёплое» пусто."))] == ["Тёплое"]
    assert find(nlp.make_doc("Теплое утро. Пограничный контроль. Горняк устал.")) == []


@pytest.mark.parametrize(
    ("word", "bare"),
    [
        ("Қазақстанның", "Қазақстан"),
        ("министрлігінің", "министрлігі"),
        ("Ресейден", "Ресей"),
        ("облысындағы", "облысы"),
        ("Жұманғаринге", "Жұманғарин"),
        ("Тоқаев", "Тоқаев"),
        ("Алматы", "Алматы"),
    ],
)
def test_kazakh_endings(word: str, bare: str) -> None:
    assert strip_case(word) == bare


def test_kazakh_stem_is_one_for_all_forms() -> None:
    assert len({stem(word) for word in ("комитет", "комитеті", "комитетінің", "комитетіне", "комитеттер")}) == 1
    assert len({stem(word) for word in ("министрлік", "министрлігі", "министрлігінің")}) == 1
