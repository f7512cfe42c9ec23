"""The explorer's questions: claims by filter and search, one claim and what stands around it, and the lists."""

from datetime import date

import pytest

from tests.warehouse.stories import (
    COPY,
    DEAD,
    EDITED,
    ENGLISH_PAGE,
    KAZAKH_PAGE,
    REWORDED,
    RUSSIAN,
    TURNED,
    load_stories,
)
from warehouse import browse
from warehouse.browse import ClaimFilter
from warehouse.connection import Warehouse
from warehouse.search import marks, stems, terms

NAMES = {
    one.document_id: name
    for name, one in {
        "ru": RUSSIAN, "copy": COPY, "en": ENGLISH_PAGE, "kk": KAZAKH_PAGE, "edited": EDITED, "turned": TURNED, "dead": DEAD,
    }.items()
}  # fmt: skip


@pytest.fixture
def world(warehouse: Warehouse) -> Warehouse:
    load_stories(warehouse)
    return warehouse


def pages(world: Warehouse, wanted: ClaimFilter) -> str:
    """The pages of the claims that are asked for, latest first."""
    found = browse.claims(world, wanted, limit=50)
    assert found.claims == len(found.rows)
    return " ".join(NAMES[row["document_id"]] for row in found.rows)


def test_filters_choose_claims(world: Warehouse) -> None:
    (customs,) = browse.speakers(world, search="кеден")
    for wanted, expected in (
        (ClaimFilter(), "dead turned kk en copy ru"),
        (ClaimFilter(since=date(2025, 10, 3), until=date(2025, 10, 4)), "kk en"),
        (ClaimFilter(side="RU"), "en"),
        (ClaimFilter(outlet="RU"), "kk copy"),
        (ClaimFilter(blames="KZ"), "kk"),
        (ClaimFilter(cause="tightened_checks"), "turned copy ru"),
        (ClaimFilter(cause="tightened_checks", stance="denies"), "turned"),
        (ClaimFilter(speaker="mintrans-kz"), "turned copy ru"),
        (ClaimFilter(speaker=customs["speaker_key"]), "kk"),
        (ClaimFilter(crossing="syrym"), "copy ru"),
        (ClaimFilter(lang="en"), "en"),
        (ClaimFilter(source="fura", lang="ru"), "copy"),
        (ClaimFilter(state="gone"), "dead"),
        (ClaimFilter(state="earlier"), "edited ru"),
        (ClaimFilter(state="all"), "dead turned edited kk en copy ru ru"),
        (ClaimFilter(cause="weather"), ""),
        (ClaimFilter(cause="weather", state="all"), "ru"),
    ):
        assert pages(world, wanted) == expected, wanted


def test_search_finds_inflected_words_in_three_languages(world: Warehouse) -> None:
    for search, expected in (
        ("очередями", "dead turned copy ru"),
        ("ОЧЕРЕДЬ фура", "dead turned copy ru"),
        ("очередь жираф", ""),
        ("queue trucks", "en"),
        ("policies", "en"),
        ("waiting", "en"),
        ("кедені", "kk"),
        ("шекараның көлік", "kk"),
        ("«виноваты проверки»", "dead turned copy ru"),
        ('"проверки виноваты"', ""),
        ('"проверки рос"', ""),
        ("рои", ""),
        ("700", "dead turned copy ru"),
        ("70", ""),
        ("ат", ""),
        ("%", "dead turned kk en copy ru"),
    ):
        assert pages(world, ClaimFilter(search=search)) == expected, search
    assert pages(world, ClaimFilter(search="учет 100%_", state="all")) == "edited"
    assert pages(world, ClaimFilter(search="очередь", within="evidence")) == ""
    assert pages(world, ClaimFilter(search="проверка", within="evidence")) == "dead turned copy ru"


def test_a_search_has_an_end() -> None:
    with pytest.raises(ValueError, match="200 characters"):
        terms("a" * 201)
    with pytest.raises(ValueError, match="12 words"):
        terms("a " * 13)


def test_stems_are_the_beginning_of_words() -> None:
    for word, stem in (
        ("таможни", ("таможн", None)),
        ("счёта", ("счёт", None)),
        ("policy", ("polic", None)),
        ("шекарасында", ("шекарасынд", "шекара")),
        ("көліктердің", ("көлік", None)),
        ("260", ("260", None)),
        ("РФ", ("рф", None)),
    ):
        assert stems(word) == stem


def test_words_that_were_searched_can_be_marked() -> None:
    pattern = marks('"из-за проверок" очередь')
    assert pattern is not None
    assert (
        pattern.sub(r"[\g<0>]", "В очередях из–за проверок, переочередь")
        == "В [очередях] [из–за проверок], переочередь"
    )
    assert marks("%") is None


def test_pages_of_claims_have_one_order(world: Warehouse) -> None:
    every = [row["claim_id"] for row in browse.claims(world, ClaimFilter(), limit=50).rows]
    turned = [browse.claims(world, ClaimFilter(), limit=2, offset=n) for n in (0, 2, 4, 6)]
    assert [row["claim_id"] for one in turned for row in one.rows] == every
    assert [(one.claims, one.documents, one.sources) for one in turned] == [(6, 6, 2)] * 4


def test_one_claim_says_what_became_of_it(world: Warehouse) -> None:
    states = {}
    for row in browse.claims(world, ClaimFilter(state="all"), limit=50).rows:
        one = browse.claim(world, row["claim_id"])
        assert one == row
        states[NAMES[row["document_id"]], row["cause"]] = row["state"]
    assert states["ru", "tightened_checks"] == "current"
    assert states["ru", "weather"] == "superseded"
    assert states["edited", "tightened_checks"] == "edited"
    assert states["dead", "politics"] == "gone"
    assert browse.claim(world, "no such") is None


def test_a_document_with_its_revisions_and_copies(world: Warehouse) -> None:
    first, second = browse.revisions(world, EDITED.document_id)
    assert (first["revision"], first["current"], first["claims"]) == (1, False, 1)
    assert (second["revision"], second["current"], second["claims"]) == (2, True, 0)
    assert second["text"] == REWORDED.text
    assert (first["warc_file"], first["warc_offset"], first["source_name"]) == (
        "2025-10-01/shelk.warc.gz",
        77,
        "Деловой шёлк",
    )
    (dead,) = browse.revisions(world, DEAD.document_id)
    assert dead["gone_reason"] == "404"
    assert browse.revisions(world, "no such") == []
    read = browse.document_claims(world, RUSSIAN.document_id, RUSSIAN.content_sha256)
    assert [row["state"] for row in read] == ["current", "superseded"]
    (copy,) = browse.same_story(world, RUSSIAN.document_id)
    assert (copy["document_id"], copy["original"], copy["source_side"]) == (COPY.document_id, False, "RU")
    (original,) = browse.same_story(world, COPY.document_id)
    assert (original["document_id"], original["original"]) == (RUSSIAN.document_id, True)
    assert browse.same_story(world, KAZAKH_PAGE.document_id) == []


def test_speakers_and_their_changes(world: Warehouse) -> None:
    every = browse.speakers(world)
    assert [(row["speaker_key"], row["claims"], row["denials"]) for row in every][0] == ("mintrans-kz", 3, 1)
    assert len(every) == browse.count_speakers(world) == 4
    assert [row["speaker"] for row in browse.speakers(world, search="кеденнің")] == ["Кеден қызметі"]
    assert [row["speaker"] for row in browse.speakers(world, side="RU")] == ["Federal Customs Service"]
    assert browse.speakers(world, side="%") == []
    assert browse.count_speakers(world, search="nobody") == 0
    one = browse.speaker(world, "mintrans-kz")
    assert one is not None
    assert one["last_day"] == date(2025, 10, 6)
    assert browse.speaker(world, "nobody") is None
    (turned,) = browse.change_rows(world, browse.position_changes(world))
    assert (turned["change"], turned["speaker_key"]) == ("stance", "mintrans-kz")
    assert [turned[end]["day"] for end in ("earlier", "later")] == [date(2025, 10, 1), date(2025, 10, 6)]
    assert browse.change_rows(world, []) == []


def test_crossings_have_their_figures(world: Warehouse) -> None:
    (syrym,) = browse.crossings(world)
    assert (syrym["entity_id"], syrym["documents"], syrym["figures"]) == ("syrym", 2, 3)
    days = browse.crossing_days(world, "syrym")
    assert [(row["metric"], row["day"], row["low"], row["high"]) for row in days] == [
        ("vehicles", date(2025, 10, 1), 700, 700),
        ("vehicles", date(2025, 10, 2), 700, 700),
        ("vehicles", date(2025, 10, 6), 900, 900),
    ]
    figures = browse.crossing_figures(world, "syrym", limit=1)
    assert [(row["high"], row["revision"]) for row in figures] == [(900, 1)]
    assert browse.crossing_figures(world, "none", limit=9) == []


def test_what_is_doubtful_and_what_was_not_seen(world: Warehouse) -> None:
    (doubtful,) = browse.review(world)
    assert doubtful["doubts"] == "low confidence"
    assert [row["cause"] for row in browse.by_id(world, [doubtful["claim_id"]])] == ["capacity"]
    (contested,) = browse.contested(world)
    assert (contested["asserted"], contested["denied"], contested["denies"]["day"]) == (1, 1, date(2025, 10, 6))
    assert [(row["source_id"], row["documents"], row["claims"], row["gaps"]) for row in browse.sources(world)] == [
        ("shelk", 5, 5, 0),
        ("fura", 2, 2, 1),
    ]
    (gap,) = browse.gaps(world, limit=9)
    assert (gap["name"], gap["stop_reason"]) == ("Фура 163", "LayoutError")
    assert browse.gaps(world, source="shelk", limit=9) == []
    assert browse.count_gaps(world, source="fura") == 1


def test_what_there_is_to_choose_from(world: Warehouse) -> None:
    choices = browse.choices(world)
    assert choices.causes[0] == "tightened_checks"
    assert set(choices.langs) == {"ru", "en", "kk"}
    assert choices.sources == (("shelk", "Деловой шёлк"), ("fura", "Фура 163"))
    assert [row["entity_id"] for row in choices.crossings] == ["syrym"]
    assert (choices.first_day, choices.last_day) == (date(2025, 10, 1), date(2025, 10, 7))


def test_an_empty_warehouse_has_no_claims(warehouse: Warehouse) -> None:
    found = browse.claims(warehouse, ClaimFilter(search="очередь", crossing="syrym"), limit=5)
    assert (found.rows, found.claims) == ((), 0)
    assert browse.choices(warehouse).causes == ()
    assert browse.crossings(warehouse) == browse.speakers(warehouse) == browse.sources(warehouse) == []
