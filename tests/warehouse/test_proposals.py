"""The curator's table: what recurs and is unknown stands in it, and leaves it when it is known, dismissed or gone."""

from nlp.annotation import Annotation, Entity, Mention
from tests.warehouse.world import SOURCES, annotation, day, document, fetch
from warehouse.connection import Warehouse
from warehouse.load import load_annotations, load_readings, load_sources
from warehouse.proposals import proposed, refresh_proposals
from warehouse.reading import Reading

NAME = "Ерлан Сагатов"


def say(warehouse: Warehouse, document_name: str, source_id: str, *names: str, near: str | None = None) -> None:
    """Load a document that names these people, and nobody else."""
    text = f"{document_name}: {', '.join(names)} рассказали об очереди."
    page = document(document_name, text, source_id)
    load_readings(
        warehouse,
        fetches=[fetch(document_name, day(1), source_id)],
        readings=[Reading(page, day(1), near_duplicate_of=near)],
    )
    mentions = tuple(
        Mention(name, "PERSON", name, "text", text.index(name), text.index(name) + len(name)) for name in names
    )
    said = Annotation(page.document_id, page.content_sha256, "ru", "m1", mentions=mentions)
    load_annotations(warehouse, [said], day(2))


def test_a_recurring_name_is_proposed_once_and_keeps_its_first_time(warehouse: Warehouse) -> None:
    load_sources(warehouse, SOURCES)
    say(warehouse, "one", "shelk", NAME, "Пётр Случайный")
    say(warehouse, "two", "shelk", NAME)
    assert refresh_proposals(warehouse, day(2)).nothing
    say(warehouse, "three", "fura", NAME)
    assert refresh_proposals(warehouse, day(3)).inserted == {"proposals": 1}
    assert refresh_proposals(warehouse, day(4)).nothing
    say(warehouse, "four", "fura", NAME)
    assert refresh_proposals(warehouse, day(5)).updated == {"proposals": 1}
    (row,) = warehouse.rows("SELECT * FROM proposals")
    assert (row["name"], row["label"], row["documents"], row["sources"]) == (NAME, "PERSON", 4, 2)
    assert row["proposed_at"] == day(3)
    assert 'ru = "Ерлан Сагатов"' in row["toml"]


def test_what_is_no_longer_said_leaves_the_table(warehouse: Warehouse) -> None:
    load_sources(warehouse, SOURCES)
    for name, source_id in (("one", "shelk"), ("two", "shelk"), ("three", "fura")):
        say(warehouse, name, source_id, NAME)
    refresh_proposals(warehouse, day(3))
    page = document("three", f"three: {NAME} рассказали об очереди.", "fura")
    load_annotations(warehouse, [Annotation(page.document_id, page.content_sha256, "ru", "m2")], day(4))
    refresh_proposals(warehouse, day(5))
    assert warehouse.rows("SELECT * FROM proposals") == []


def test_the_role_comes_with_the_name_and_a_source_is_no_agency(warehouse: Warehouse) -> None:
    load_sources(warehouse, SOURCES)
    outlet = SOURCES[0].name
    for name, source_id in (("one", "shelk"), ("two", "shelk"), ("three", "fura")):
        page = document(name, f"{name}: начальник поста {NAME} — {outlet}. {NAME} ждёт.", source_id)
        load_readings(warehouse, fetches=[fetch(name, day(1), source_id)], readings=[Reading(page, day(1))])
        starts = page.text.index(NAME), page.text.rindex(NAME), page.text.index(outlet)
        mentions = (
            Mention(NAME, "PERSON", NAME, "text", starts[0], starts[0] + len(NAME), role="начальник поста"),
            Mention(NAME, "PERSON", NAME, "text", starts[1], starts[1] + len(NAME)),
            Mention(outlet, "ORG", outlet, "text", starts[2], starts[2] + len(outlet)),
        )
        said = Annotation(page.document_id, page.content_sha256, "ru", "m1", mentions=mentions)
        load_annotations(warehouse, [said], day(2))
    (one,) = proposed(warehouse)
    assert (one.names[0].name, one.documents, one.role) == (NAME, 3, "начальник поста")
    assert 'role = "начальник поста"' in one.toml


def test_copies_of_one_text_are_one_document(warehouse: Warehouse) -> None:
    load_sources(warehouse, SOURCES)
    say(warehouse, "one", "shelk", NAME)
    original = document("one", f"one: {NAME} рассказали об очереди.").document_id
    say(warehouse, "two", "shelk", NAME)
    say(warehouse, "three", "fura", NAME, near=original)
    assert proposed(warehouse, min_sources=1) == []
    assert [one.documents for one in proposed(warehouse, min_documents=2)] == [2]


def test_what_the_knowledge_base_has_is_not_proposed(warehouse: Warehouse) -> None:
    load_sources(warehouse, SOURCES)
    for name, source_id in (("one", "shelk"), ("two", "shelk"), ("three", "fura")):
        say(warehouse, name, source_id, "Серик Жумангарин")
    assert proposed(warehouse) == []


def test_rows_say_the_language_of_their_passage(warehouse: Warehouse) -> None:
    load_sources(warehouse, SOURCES)
    page = document()
    load_readings(warehouse, fetches=[fetch("one", day(1))], readings=[Reading(page, day(1))])
    load_annotations(warehouse, [annotation(page)], day(2))
    assert warehouse.rows("SELECT DISTINCT lang FROM mentions") == [{"lang": "ru"}]
    assert warehouse.rows("SELECT DISTINCT lang FROM observations") == [{"lang": "ru"}]


def test_the_office_of_the_unknown_is_the_first_that_is_told(warehouse: Warehouse) -> None:
    load_sources(warehouse, SOURCES)
    page = document()
    load_readings(warehouse, fetches=[fetch("one", day(1))], readings=[Reading(page, day(1))])
    start = page.text.index("Минтранс")
    named = Mention("Пётр Новый", "PERSON", "Минтранс", "text", start, start + 8, role="начальник поста")
    people = (
        Entity("Пётр Новый", "PERSON", role="начальник поста"),
        Entity("Серик Жумангарин", "PERSON", "person.zhumangarin", role="вице-премьер"),
    )
    said = Annotation(page.document_id, page.content_sha256, "ru", "m1", entities=people, mentions=(named,))
    load_annotations(warehouse, [said], day(2))
    assert warehouse.rows("SELECT name, role FROM entities ORDER BY name") == [
        {"name": "Пётр Новый", "role": "начальник поста"},
        {"name": "Серик Жумангарин", "role": None},
    ]
    assert warehouse.value("SELECT role FROM mentions") == "начальник поста"
    assert load_annotations(warehouse, [said], day(3)).nothing


def test_a_name_is_in_the_language_that_spells_it(warehouse: Warehouse) -> None:
    """A Russian document that quotes English: one person is named in both, another in the quotation only."""
    load_sources(warehouse, SOURCES)
    text = "Ерлан Сагатов стоит в очереди. Yerlan Sagatov and Bolat Nurseitov wait."
    spelt = (
        ("Ерлан Сагатов", NAME, "ru"),
        ("Yerlan Sagatov", NAME, "en"),
        ("Bolat Nurseitov", "Bolat Nurseitov", "en"),
    )
    for name, source_id in (("one", "shelk"), ("two", "shelk"), ("three", "fura")):
        page = document(name, f"{name}: {text}", source_id)
        load_readings(warehouse, fetches=[fetch(name, day(1), source_id)], readings=[Reading(page, day(1))])
        mentions = []
        for surface, called, lang in spelt:
            start = page.text.index(surface)
            mentions.append(Mention(called, "PERSON", surface, "text", start, start + len(surface), lang=lang))
        people = (Entity(NAME, "PERSON"), Entity("Bolat Nurseitov", "PERSON"))
        said = Annotation(page.document_id, page.content_sha256, "ru", "m1", entities=people, mentions=tuple(mentions))
        load_annotations(warehouse, [said], day(2))
    assert warehouse.rows("SELECT name_ru, name_en FROM entities WHERE NOT known ORDER BY name") == [
        {"name_ru": None, "name_en": "Bolat Nurseitov"},
        {"name_ru": NAME, "name_en": None},
    ]
    forms = {(form.name, form.lang) for one in proposed(warehouse) for form in one.names}
    assert forms == {(NAME, "ru"), ("Bolat Nurseitov", "en")}
