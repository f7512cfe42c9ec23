"""Proposals to the knowledge base: which names recur, which spellings are one name, and the TOML to paste."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

import nlp.knowledge
from infra.demo.gold import documents
from infra.demo.story import load_world
from ingest.document import Document
from ingest.errors import KnowledgeError
from nlp.annotate import annotate
from nlp.annotation import Label
from nlp.knowledge import knowledge, read_knowledge
from nlp.pipeline import Lang
from nlp.proposals import Sighting, proposals, read_dismissed
from nlp.skeleton import skeleton


def seen(
    name: str, *places: str, label: Label = "PERSON", lang: Lang = "ru", side: str = "UNKNOWN", role: str = ""
) -> list[Sighting]:
    """Sightings of `name` in documents written "source/document"."""
    return [Sighting(name, label, place, place.split("/")[0], lang, side, role=role) for place in places]


@pytest.mark.parametrize(
    "spellings",
    [
        ("Серик Жумангарин", "Серік Жұманғарин", "Serik Zhumangarin", "Serik Jumangarin", "Serık Jūmanğarin"),
        ("Касым-Жомарт Токаев", "Қасым-Жомарт Тоқаев", "Kassym-Jomart Tokayev", "Qasym Jomart Toqaev"),
        ("Андрей Слепнёв", "Андрей Слепнев", "Andrei Slepnev", "Andrey Slepnyov"),
        ("Жана жол", "Жаңа Жол", "Zhana-Zhol", "Jaña jol"),
        ("Щербаков", "Shcherbakov"),
        ("Шаған", "Шаган", "Şağan", "Shaghan"),
        ("«Сырым»", "Syrym"),
        ("Татьяна", "Tatyana", "Tatiana"),
    ],
)
def test_one_skeleton_for_the_spellings_of_a_name(spellings: tuple[str, ...]) -> None:
    assert len({skeleton(one) for one in spellings}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Александр Петров", "Александра Петрова"),
        ("Аксай", "Аксу"),
        ("Пост 5", "Пост 6"),
        ("Сырым", "Сарым"),
        ("Жаныбек", "Шаныбек"),
    ],
)
def test_other_names_have_other_skeletons(one: str, other: str) -> None:
    assert skeleton(one) != skeleton(other)


def test_known_crossings_and_people_have_one_skeleton_each() -> None:
    named = [known for known in knowledge().values() if known.label in {"PERSON", "CHECKPOINT"}]
    alike: dict[tuple[str, str], set[str]] = {}
    for known in named:
        for lang in ("ru", "kk", "en"):
            for name in known.names(lang):
                alike.setdefault((known.label, skeleton(name)), set()).add(known.id)
    assert [ids for ids in alike.values() if len(ids) > 1] == []


def test_a_name_must_recur_over_documents_and_sources() -> None:
    assert proposals(seen("Ерлан Сагатов", "a/1", "a/1", "b/2")) == []  # two documents
    assert proposals(seen("Ерлан Сагатов", "a/1", "a/2", "a/3")) == []  # one source
    (one,) = proposals(seen("Ерлан Сагатов", "a/1", "a/2", "b/3", "b/3"))
    assert (one.id, one.label, one.documents, one.sources) == ("person.sagatov", "PERSON", 3, 2)
    assert one.examples == ("a/1", "a/2", "b/3")
    assert proposals(seen("Ерлан Сагатов", "a/1", "b/2"), min_documents=2) != []


def test_spellings_of_one_name_come_together_and_stay_apart_from_others() -> None:
    rows = [
        *seen("Ерлан Сагатов", "a/1", "b/2"),
        *seen("Yerlan Sagatov", "c/3", lang="en"),
        *seen("Ерлан Сағатов", "c/4", "c/5", lang="kk"),
        *seen("Ерлан Сагатов", "a/1", "b/2", "c/3", label="ORG"),
        *seen("Ерлана Сагатова", "a/1", "b/2", "c/3"),
    ]
    found = {(one.label, one.names[0].name): one for one in proposals(rows)}
    assert set(found) == {("PERSON", "Ерлан Сагатов"), ("ORG", "Ерлан Сагатов"), ("PERSON", "Ерлана Сагатова")}
    one = found["PERSON", "Ерлан Сагатов"]
    assert (one.documents, one.sources) == (5, 3)
    assert [(form.name, form.lang, form.documents) for form in one.names] == [
        ("Ерлан Сагатов", "ru", 2),
        ("Ерлан Сағатов", "kk", 2),
        ("Yerlan Sagatov", "en", 1),
    ]
    assert len({one.id for one in found.values()}) == 3


def test_acronyms_are_alike_only_when_they_are_the_same() -> None:
    rows = seen("ФҚЖ", "a/1", "b/2", label="ORG", lang="kk") + seen("ФКЖ", "c/3", label="ORG")
    assert proposals(rows) == []


def test_what_is_known_or_no_name_is_not_proposed() -> None:
    places = ("a/1", "a/2", "b/3")
    rows = [
        *seen("Серик Жумангарин", *places),
        *seen("Serik Zhumangarin", *places),  # known, though to the pipeline of another language
        *seen("КГД", *places, label="ORG"),
        *seen("СЫРЫМ", *places, label="CHECKPOINT"),
        *seen("Сагатов", *places),  # whose surname is it?
        *seen("Маралды", *places, label="PLACE"),
        *seen("комитет", *places, label="ORG"),
        *seen("12", *places, label="ORG"),
        *seen("Слово " * 20, *places, label="ORG"),
        *[Sighting("Новый Человек", "PERSON", place, place[0], "ru", entity_id="person.tokayev") for place in places],
    ]
    assert proposals(rows) == []


def test_what_the_curator_dismissed_is_not_proposed_in_any_spelling(tmp_path: Path) -> None:
    rows = [*seen("Ерлан Сагатов", "a/1", "b/2", "b/3"), *seen("Ерлан Сагатов", "a/1", "b/2", "b/3", label="ORG")]
    path = tmp_path / "dismissed.csv"
    path.write_text('label,name,why\nPERSON,Yerlan Sagatov,"a namesake, an actor"\n', encoding="utf-8")
    assert [one.label for one in proposals(rows, dismissed=read_dismissed(path))] == ["ORG"]
    assert len(proposals(rows)) == 2


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("label,name\nORG,Союз\n", "line 1: its columns must be label,name,why"),
        ("", "line 1: its columns must be label,name,why"),
        ("label;name;why\nORG;Союз;x\n", "line 1: commas are wanted between the fields, not semicolons"),
        ("label,name,why\nORG;Союз;x, y\n", "line 2: commas are wanted between the fields, not semicolons"),
        (
            "label,name,why\nORG,Союз,no name\n\nFIRM,Союз,x\n",
            "line 4: 'FIRM' is no label; labels are PERSON, ORG, PLACE, CHECKPOINT, LAW",
        ),
        ("label,name,why\nORG, ,x\n", "line 2: the name is empty"),
        ("label,name,why\nORG,Союз\n", "line 2: 2 fields, wanted are 3: label,name,why"),
        (
            "label,name,why\nORG,Союз,x,y\n",
            "line 2: 4 fields, wanted are 3: label,name,why; a name or reason with a comma wants quotes",
        ),
        ("label,name,why\nORG,Союз,x\nPERSON,Союз,x\nORG,СОЮЗ,y\n", "line 4: ORG СОЮЗ stands in line 2 already"),
        ('label,name,why\nORG,"Союз,x\n', "after line 1: a quote is not closed"),
        ('label,name,why\nORG,"Союз "Дорога"",x\n', "after line 1: quotes inside of quotes are written twice"),
    ],
)
def test_a_list_of_the_dismissed_that_does_not_fit_is_named_with_its_line(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "dismissed.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(KnowledgeError, match=rf"^dismissed.csv, {says}\.$"):
        read_dismissed(path)


def test_a_list_of_the_dismissed_as_excel_saves_it(tmp_path: Path) -> None:
    path = tmp_path / "dismissed.csv"
    text = 'label,name,why\r\nORG,"Союз ""Дорога""",x\r\nPLACE,Маралды,is never proposed anyway\r\n'
    path.write_bytes(text.encode("utf-8-sig"))
    assert read_dismissed(path) == [("ORG", 'Союз "Дорога"'), ("PLACE", "Маралды")]
    path.write_bytes(text.encode("cp1251"))
    with pytest.raises(KnowledgeError, match="not UTF-8"):
        read_dismissed(path)


def test_the_shipped_list_of_the_dismissed_is_readable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    read_dismissed()
    path = tmp_path / "dismissed.csv"
    path.write_text("label,name,why\nORG,Союз,x\n", encoding="utf-8")
    monkeypatch.setattr("nlp.proposals.DISMISSED", path)
    assert read_dismissed() == [("ORG", "Союз")]


def test_the_nearest_known_entry_is_named_and_nothing_is_merged() -> None:
    places = ("a/1", "a/2", "b/3")
    (one,) = proposals(seen("Serik Zhumanğarin", *places, lang="en"))
    assert one.nearest is not None
    assert (one.nearest.entity_id, one.nearest.likeness) == ("person.zhumangarin", 1.0)
    assert "person.zhumangarin" in one.toml
    assert 'aliases.en = ["Serik Zhumanğarin"]' in one.toml
    (one,) = proposals(seen("Сырымбет", *places, label="CHECKPOINT"))
    assert one.nearest is not None
    assert one.nearest.entity_id == "crossing.syrym"
    assert 0.75 < one.nearest.likeness < 1
    for name, label in (("Вэй Щюй", "PERSON"), ("Керуен", "ORG")):  # Kremlin is no nearer than .62
        (one,) = proposals(seen(name, *places, label=label))
        assert one.nearest is None


def test_the_side_is_what_the_texts_agree_on() -> None:
    rows = seen("Ерлан Сагатов", "a/1", "b/2", side="KZ") + seen("Ерлан Сагатов", "a/3")
    assert proposals(rows)[0].side == "KZ"
    assert proposals(rows + seen("Ерлан Сагатов", "a/4", side="RU"))[0].side == "UNKNOWN"


def test_the_role_is_what_the_texts_agree_on() -> None:
    rows = [
        *seen("Ерлан Сагатов", "a/1", "b/2", role="начальник поста"),
        *seen("Ерлан Сагатов", "a/3", role="Начальник поста"),
        *seen("Ерлан Сагатов", "a/4"),
        *seen("Yerlan Sagatov", "c/5", lang="en", role="head of the post"),
    ]
    (one,) = proposals(rows)
    assert one.role == "начальник поста"
    assert 'role = "начальник поста"\n' in one.toml
    (one,) = proposals([*rows, *seen("Ерлан Сагатов", "a/6", role="водитель")])
    assert one.role == ""
    assert "role" not in one.toml
    (one,) = proposals([*seen("Ерлан Сагатов", "a/1", "b/2", "b/3"), *rows[-1:]])
    assert one.role == "head of the post"
    assert "role" not in proposals(seen("Союз «Дорога»", "a/1", "b/2", "b/3", label="ORG", role="x"))[0].toml


def test_the_names_of_the_sources_are_not_proposed() -> None:
    places = ("a/1", "a/2", "b/3")
    names = ("Лада", "URA.RU", "Ura.ru", "ТАСС", "«Жаңа газет»", "Союз")
    rows = [row for name in names for row in seen(name, *places, label="ORG")] + seen("Жана Газет", *places)
    found = proposals(rows, sources=["Лада (Актау)", "URA.RU", "ТАСС", "Жаңа газет"])
    assert [(one.label, one.names[0].name) for one in found] == [("PERSON", "Жана Газет"), ("ORG", "Союз")]


def test_order_is_by_weight_and_the_same_for_any_order_of_rows() -> None:
    rows = [
        *seen("Ерлан Сагатов", "a/1", "a/2", "b/3"),
        *seen("Yerlan Sagatov", "b/4", lang="en"),
        *seen("Союз «Дорога»", "a/1", "a/2", "b/3", "c/4", "c/5", label="ORG"),
        *seen("Сагат Сагатов", "a/1", "a/2", "b/3"),
    ]
    found = proposals(rows)
    assert [one.id for one in found] == ["agency.soyuz-doroga", "person.sagatov", "person.sagat-sagatov"]
    shuffled = rows[:]
    random.Random(7).shuffle(shuffled)
    assert proposals(shuffled) == found


def test_the_toml_can_be_pasted(tmp_path: Path) -> None:
    places = ("a/1", "a/2", "b/3")
    rows = [
        *seen("Ерлан Сагатов", *places, side="KZ", role="глава «Пост-5»"),
        *seen("Yerlan Sagatov", "c/4", lang="en"),
        *seen("Ерлан Сағатов", "c/5", lang="kk"),
        *seen("Erlan Sagatov", "c/6", lang="en"),
        *seen('Союз "Дорога\\Жол"', *places, label="ORG"),
        *seen("Маралды", *places, label="CHECKPOINT"),
        *seen("Иван Токаев", *places),
    ]
    found = proposals(rows)
    assert {one.id for one in found} == {
        "person.sagatov",
        "agency.soyuz-doroga-zhol",
        "crossing.maraldy",
        "person.ivan-tokayev",
    }
    folder = tmp_path / "knowledge"
    shutil.copytree(Path(nlp.knowledge.__file__).parent, folder)
    (folder / "new.toml").write_text("\n".join(one.toml for one in found), encoding="utf-8")
    base = read_knowledge(folder)
    one = base["person.sagatov"]
    assert (one.ru, one.kk, one.en, one.side) == ("Ерлан Сагатов", "Ерлан Сағатов", "Erlan Sagatov", "KZ")
    assert one.aliases == {"en": ["Yerlan Sagatov"]}
    assert one.common_surname
    assert one.role == "глава «Пост-5»"
    assert base["agency.soyuz-doroga-zhol"].ru == 'Союз "Дорога\\Жол"'


def test_names_of_the_demo_web_are_proposed_and_load(tmp_path: Path) -> None:
    rows = [row for row in documents(load_world()) if row["lang"] == "ru"][:12]
    source = {row["id"]: row["source"] for row in rows}
    read = annotate(Document(row["id"], row["title"] or "", row["text"], lang=row["lang"]) for row in rows)
    sightings = [
        Sighting(one.name, one.label, made.document_id, source[made.document_id], made.lang, entity_id=one.entity_id)  # type: ignore[arg-type]
        for made in read
        for one in made.mentions
    ]
    found = proposals(sightings, min_documents=2)
    assert found
    known = {name for one in knowledge().values() for lang in ("ru", "kk", "en") for name in one.names(lang)}
    for one in found:
        assert one.documents >= 2 <= one.sources
        assert not known.intersection(form.name for form in one.names)
    folder = tmp_path / "knowledge"
    shutil.copytree(Path(nlp.knowledge.__file__).parent, folder)
    (folder / "new.toml").write_text("\n".join(one.toml for one in found), encoding="utf-8")
    assert len(read_knowledge(folder)) == len(knowledge()) + len(found)
