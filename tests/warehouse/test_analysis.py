"""The analysts' questions, asked of a small story whose answers are known."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from ingest.document import Document
from ingest.interval import Interval
from nlp.annotation import Annotation, Claim
from nlp.knowledge import Known
from tests.warehouse.world import (
    DAY,
    SOURCES,
    TEXT,
    annotation,
    claim,
    covered,
    day,
    document,
    failure,
    fetch,
    gone,
    observation,
)
from warehouse import analysis, marks
from warehouse.connection import Warehouse
from warehouse.load import load_annotations, load_knowledge, load_readings, load_sources
from warehouse.reading import Reading

Told = list[tuple[Document, datetime, str | None, list[Claim]]]


def tell(warehouse: Warehouse, told: Told) -> None:
    """Documents seen at their times, copies named, each with its claims."""
    load_sources(warehouse, SOURCES)
    fetches, readings, annotations = [], [], []
    for page, at, copy_of, claims in told:
        fetches.append(fetch(str(page.fetch_id)[2:], at, page.source_id))
        readings.append(Reading(page, at, near_duplicate_of=copy_of))
        annotations.append(annotation(page, *claims))
    load_readings(warehouse, fetches=fetches, readings=readings)
    load_annotations(warehouse, annotations, day(30))


def page_of(number: int, **changes: object) -> Document:
    made = document(f"p{number}", published_at=day(number), fetch_id=f"f-p{number}")
    return replace(made, **changes)  # type: ignore[arg-type]


@pytest.fixture
def story(warehouse: Warehouse) -> Iterator[Warehouse]:
    one, two, three = page_of(1), page_of(2), page_of(3, source_id="fura", url="https://t.me/fura163/3", kind="post")
    copies = [document(f"copy{n}", published_at=day(1), fetch_id=f"f-copy{n}") for n in range(3)]
    told: Told = [
        (one, day(1), None, [claim(one)]),
        (two, day(2), None, [claim(two, stance="denies")]),
        (
            three,
            day(3),
            None,
            [claim(three, speaker="", speaker_kind="outlet", speaker_side="UNKNOWN", speaker_entity=None)],
        ),
    ]
    # The second copies the first copy, not the original: still one story.
    told += [(copies[0], day(1), one.document_id, [claim(copies[0])])]
    told += [(copies[1], day(2), copies[0].document_id, [claim(copies[1])])]
    told += [(copies[2], day(2), one.document_id, [])]
    tell(warehouse, told)
    yield warehouse


def test_who_blames_whom_for_what(story: Warehouse) -> None:
    rows = analysis.blame_table(story)
    assert [
        (row["side"], row["blames"], row["cause"], row["stance"], row["stories"], row["claims"]) for row in rows
    ] == [
        ("KZ", "RU", "tightened_checks", "asserts", 1, 3),
        ("KZ", "RU", "tightened_checks", "denies", 1, 1),
        ("UNKNOWN", "RU", "tightened_checks", "asserts", 1, 1),
    ]
    assert rows[0]["evidence"] in TEXT
    assert rows[0]["url"].startswith("https://delovoy-shelk.example/")
    by_outlet = analysis.blame_table(story, by="source_side")
    assert {(row["side"], row["claims"]) for row in by_outlet} == {("KZ", 3), ("KZ", 1), ("RU", 1)}
    assert len(analysis.blame_table(story, since=date(2025, 10, 3))) == 1
    with pytest.raises(ValueError, match="by is"):
        analysis.blame_table(story, by="1; DROP TABLE claims")


def test_narratives_by_day(story: Warehouse) -> None:
    rows = analysis.narratives(story, until=date(2025, 10, 2))
    assert [(row["day"].day, row["stance"], row["claims"], row["stories"], row["sources"]) for row in rows] == [
        (1, "asserts", 3, 1, 1),
        (2, "denies", 1, 1, 1),
    ]


def test_contested_causes(story: Warehouse) -> None:
    (row,) = analysis.contested(story)
    assert (row["cause"], row["blames"], row["asserted"], row["denied"]) == ("tightened_checks", "RU", 2, 1)
    assert row["asserted_by"] == "Минтранс Казахстана (KZ); Фура 163 (outlet, RU)"
    assert row["denied_by"] == "Минтранс Казахстана (KZ)"
    assert row["denies_url"] == "https://delovoy-shelk.example/p2"


def test_one_line_many_carriers(story: Warehouse) -> None:
    (row,) = analysis.carriers(story)
    assert (row["carriers"], row["url"], row["sources"]) == (3, "https://delovoy-shelk.example/p1", "Деловой шёлк")


def test_a_story_that_turns(story: Warehouse) -> None:
    (row,) = analysis.position_changes(story)
    assert (row["change"], row["speaker"], row["earlier_day"].day, row["later_day"].day) == (
        "stance", "Минтранс Казахстана", 1, 2,
    )  # fmt: skip
    assert (row["earlier_stance"], row["later_stance"]) == ("asserts", "denies")


@pytest.mark.parametrize(
    ("earlier", "later", "change"),
    [
        ({}, {"blames": "CN"}, ["blames"]),
        ({}, {"cause": "no_delay", "blames": "NONE"}, ["delay"]),
        ({}, {"cause": "weather", "blames": "NONE"}, ["cause"]),
        ({}, {"blames": "NONE"}, []),
        ({}, {}, []),
        ({}, {"cause": "weather", "stance": "denies"}, []),
        ({"speaker_kind": "unnamed"}, {"speaker_kind": "unnamed", "stance": "denies"}, []),
    ],
)
def test_what_counts_as_a_change(
    warehouse: Warehouse, earlier: dict[str, str], later: dict[str, str], change: list[str]
) -> None:
    one, two = page_of(1), page_of(2)
    tell(warehouse, [(one, day(1), None, [claim(one, **earlier)]), (two, day(2), None, [claim(two, **later)])])
    assert [row["change"] for row in analysis.position_changes(warehouse)] == change


def test_a_list_of_causes_is_no_change_while_one_is_kept(warehouse: Warehouse) -> None:
    one, two = page_of(1), page_of(2)
    both = [claim(two), claim(two, cause="weather", blames="NONE")]
    tell(warehouse, [(one, day(1), None, [claim(one)]), (two, day(2), None, both)])
    assert analysis.position_changes(warehouse) == []


def test_an_old_story_still_retold_does_not_hide_the_new_one(warehouse: Warehouse) -> None:
    one, again, two, both = page_of(1), page_of(3), page_of(3, document_id="d-two"), page_of(3, document_id="d-both")
    new = {"cause": "migration_rules"}
    tell(
        warehouse,
        [
            (one, day(1), None, [claim(one)]),
            (again, day(3), None, [claim(again)]),
            (two, day(3), None, [claim(two, **new)]),
            (both, day(3), None, [claim(both), claim(both, **new)]),
        ],
    )
    (row,) = analysis.position_changes(warehouse)
    assert (row["change"], row["earlier_cause"], row["later_cause"]) == ("cause", "tightened_checks", "migration_rules")
    assert (row["earlier_day"].day, row["later_day"].day) == (1, 3)


def test_what_a_person_should_review(warehouse: Warehouse) -> None:
    sure, unsure, torn, double = page_of(1), page_of(2), page_of(3), page_of(4)
    elsewhere = {"cause_start": 0, "cause_end": 7, "cause_text": "Очередь"}
    tell(
        warehouse,
        [
            (sure, day(1), None, [claim(sure, confidence=0.6), claim(sure, cause="weather", **elsewhere)]),
            (unsure, day(2), None, [claim(unsure, confidence=0.59)]),
            (torn, day(3), None, [claim(torn), claim(torn, stance="denies", confidence=0.4)]),
            (double, day(4), None, [claim(double), claim(double, cause="capacity")]),
        ],
    )
    found = {(row["day"].day, row["cause"], row["stance"]): row["doubts"] for row in analysis.review(warehouse)}
    both, other = "asserted and denied by one speaker in one document", "another cause is read in the same words"
    assert found == {
        (2, "tightened_checks", "asserts"): "low confidence",
        (3, "tightened_checks", "asserts"): both,
        (3, "tightened_checks", "denies"): f"low confidence; {both}; one story against others on a contested cause",
        (4, "tightened_checks", "asserts"): other,
        (4, "capacity", "asserts"): other,
    }
    confidences = [row["confidence"] for row in analysis.review(warehouse)]
    assert confidences == sorted(confidences)


def test_one_speaker_has_one_name_in_all_languages(warehouse: Warehouse) -> None:
    one, two = page_of(1), page_of(2)
    said = [(one, claim(one)), (two, claim(two, speaker="Ministry of Transport", stance="denies"))]
    tell(warehouse, [(page, day(n), None, [words]) for n, (page, words) in enumerate(said, 1)])
    known = Known(id="agency.kz-transport", label="ORG", side="KZ", en="Ministry of Transport of Kazakhstan")
    warehouse.execute("UPDATE claims SET speaker_entity = 'agency.kz-transport'")
    load_knowledge(warehouse, [known])
    (row,) = analysis.contested(warehouse)
    assert row["asserted_by"] == row["denied_by"] == "Ministry of Transport of Kazakhstan (KZ)"
    assert [one["change"] for one in analysis.position_changes(warehouse)] == ["stance"]


def test_deleted_documents_stay(story: Warehouse) -> None:
    load_readings(story, gone=[gone(page_of(1).document_id, day(5))])
    rows = story.rows("SELECT url FROM current_claims WHERE gone_at IS NOT NULL")
    assert [row["url"] for row in rows] == ["https://delovoy-shelk.example/p1"]


def test_an_edited_document_speaks_as_it_stands(story: Warehouse) -> None:
    edited = page_of(2, text=TEXT + " Уточнение.")
    load_readings(story, readings=[Reading(edited, day(4))])
    assert story.value("SELECT count(*) FROM current_claims WHERE stance = 'denies'") == 0
    load_annotations(story, [annotation(edited, claim(edited, stance="denies", speaker="Минсельхоз"))], day(31))
    rows = story.rows("SELECT speaker, revision FROM current_claims WHERE stance = 'denies'")
    assert rows == [{"speaker": "Минсельхоз", "revision": 2}]


def test_the_queue_over_time(warehouse: Warehouse) -> None:
    one, two, copy = page_of(1), page_of(2), document("copy", published_at=day(2), fetch_id="f-copy")
    load_readings(
        warehouse,
        readings=[Reading(one, day(1)), Reading(two, day(2)), Reading(copy, day(2), near_duplicate_of=one.document_id)],
    )
    said: list[Annotation] = [annotation(one), annotation(two, observations=(observation(two, 900),)), annotation(copy)]
    load_annotations(warehouse, said, day(3))
    rows = analysis.queue_timeline(warehouse)
    assert [(row["day"].day, row["place"], row["low"]) for row in rows] == [(1, "Сырым", 700), (2, "Сырым", 900)]


def test_what_was_seen_of_each_source(story: Warehouse) -> None:
    broken = covered(
        source_id="fura", complete=False, stop_reason="LayoutError", gap_from=DAY, gap_to=DAY + timedelta(hours=6)
    )
    load_readings(
        story,
        fetches=[replace(fetch("bad", day(1)), status=404)],
        readings=[Reading(page_of(1, text=TEXT + "!"), day(1) + timedelta(hours=1))],
        coverage=[covered(), broken],
        unparsed=[failure("https://delovoy-shelk.example/bad", "f-bad")],
    )  # fmt: skip
    fura, shelk = analysis.source_summary(story, Interval.of_day(DAY.date()))
    assert shelk["gaps"] == ""
    assert fura["gaps"] == "2025-10-01 00:00 – 2025-10-01 06:00: LayoutError"
    assert {key: shelk[key] for key in ("fetched", "failed", "documents", "revisions", "unparsed", "complete")} == {
        "fetched": 3, "failed": 1, "documents": 2, "revisions": 1, "unparsed": 1, "complete": 1,
    }  # fmt: skip


SPAN = marks.span_of(date(2025, 10, 1), date(2025, 10, 3))


def test_the_days_on_which_something_was_told(story: Warehouse) -> None:
    assert marks.told_span(story) == SPAN
    assert marks.told_span(story, until=date(2025, 10, 2)) == marks.span_of(date(2025, 10, 1), date(2025, 10, 2))
    assert marks.told_span(story, since=date(2025, 10, 4)) is None


def test_a_page_of_long_ago_does_not_stretch_the_span(warehouse: Warehouse) -> None:
    pages = [page_of(1, published_at=day(1).replace(year=1999)), *(page_of(2, document_id=f"d{n}") for n in range(150))]
    tell(warehouse, [(page, day(2), None, [claim(page)]) for page in pages])
    span = marks.told_span(warehouse)
    assert span is not None
    assert (span.since, span.left_out) == (date(2025, 10, 2), 2)
    asked = marks.told_span(warehouse, since=date(1999, 1, 1))
    assert asked is not None
    assert asked.bin == "month"


def test_marks_count_stories_and_show_the_best(story: Warehouse) -> None:
    rows = marks.blame_marks(story, SPAN)
    assert [(row["side"], row["blames"], row["bin"].day, row["stories"], row["place"]) for row in rows] == [
        ("KZ", "RU", 1, 1, 1),
        ("UNKNOWN", "RU", 3, 1, 1),
    ]
    assert rows[0]["url"] == "https://delovoy-shelk.example/p1"
    causes = marks.cause_marks(story, SPAN)
    assert [(row["stance"], row["bin"].day, row["rank"]) for row in causes] == [
        ("asserts", 1, 1), ("asserts", 3, 1), ("denies", 2, 1),
    ]  # fmt: skip


def test_weeks_begin_on_monday(story: Warehouse) -> None:
    span = marks.span_of(date(2025, 9, 1), date(2025, 10, 20))
    assert {row["bin"] for row in marks.blame_marks(story, span)} == {date(2025, 9, 29)}
    assert span.days(date(2025, 9, 29)) == (date(2025, 9, 29), date(2025, 10, 5))


def test_contested_causes_come_first(warehouse: Warehouse) -> None:
    one, two, three = page_of(1), page_of(2), page_of(3)
    said = [(one, {"cause": "weather"}), (two, {"cause": "weather"}), (three, {}), (one, {"stance": "denies"})]
    tell(
        warehouse,
        [
            (page, day(3), None, [claim(page, **change) for of, change in said if of is page])
            for page in (one, two, three)
        ],
    )
    rows = marks.cause_marks(warehouse, SPAN, causes=1)
    assert {(row["cause"], row["stance"]) for row in rows} == {
        ("tightened_checks", "asserts"),
        ("tightened_checks", "denies"),
    }


def test_who_says_it_most(story: Warehouse) -> None:
    told = [
        (row["stance"], row["speaker"] or row["source_name"], row["stories"], row["voices"])
        for row in marks.voices(story, SPAN)
    ]
    assert sorted(told) == [
        ("asserts", "Минтранс Казахстана", 1, 2), ("asserts", "Фура 163", 1, 2), ("denies", "Минтранс Казахстана", 1, 1),
    ]  # fmt: skip
    assert {row["voices"] for row in marks.voices(story, SPAN, most=1)} == {1, 2}


def test_queues_by_crossing_and_day(warehouse: Warehouse) -> None:
    one, two = page_of(1), page_of(2)
    load_readings(warehouse, readings=[Reading(one, day(1)), Reading(two, day(2))])
    both = annotation(two, observations=(observation(two, 900), observation(two, 300)))
    load_annotations(warehouse, [annotation(one), both], day(3))
    rows = marks.queue_marks(warehouse, SPAN)
    assert [(row["place"], row["bin"].day, row["lowest"], row["highest"], row["figures"]) for row in rows] == [
        ("Сырым", 1, 700, 700, 1),
        ("Сырым", 2, 300, 900, 2),
    ]
    assert {(row["rank"], row["places"]) for row in rows} == {(1, 1)}


def test_what_was_read_day_by_day(warehouse: Warehouse) -> None:
    load_sources(warehouse, SOURCES)
    assert marks.read_days(warehouse) is None
    two_days = covered(interval_end=DAY + timedelta(days=2))
    part = covered(source_id="fura", complete=False, stop_reason="LayoutError", gap_from=DAY, gap_to=day(1))
    load_readings(warehouse, coverage=[two_days, part])
    assert marks.read_days(warehouse) == (date(2025, 10, 1), date(2025, 10, 2))
    rows = marks.coverage_marks(warehouse, SPAN)
    assert [(row["source_id"], row["bin"].day, row["seen"], row["whole"], row["reason"]) for row in rows] == [
        ("fura", 1, 1, 0, "LayoutError"),
        ("shelk", 1, 1, 1, None),
        ("shelk", 2, 1, 1, None),
    ]
    (gap,) = marks.gaps(warehouse, SPAN)
    assert (gap["stop_reason"], gap["readings"], gap["reasons"]) == ("LayoutError", 1, 1)


def test_only_so_many_rows_and_how_many_there_are(warehouse: Warehouse) -> None:
    pages = [page_of(number) for number in range(1, 6)]
    said = [
        claim(page, stance="denies" if page is pages[-1] else "asserts", cause=f"c{n % 2}")
        for n, page in enumerate(pages)
    ]
    tell(warehouse, [(page, day(n), None, [words]) for n, (page, words) in enumerate(zip(pages, said, strict=True), 1)])
    load_readings(warehouse, gone=[gone(page.document_id, day(9)) for page in pages])
    rows = analysis.taken_down(warehouse, most=2)
    assert (len(rows), rows[0]["total"]) == (2, 5)
    (change,) = analysis.position_changes(warehouse, most=1)
    assert change["total"] == len(analysis.position_changes(warehouse)) > 1
    assert analysis.position_changes(warehouse, until=date(2025, 10, 1)) == []
    overview = analysis.overview(warehouse, since=date(2025, 10, 2), until=date(2025, 10, 3))
    assert (overview["claims"], overview["documents"], overview["gone"]) == (2, 2, 2)


def test_a_span_in_larger_bins() -> None:
    assert [one and one.bin for one in marks.coarser(SPAN)] == ["day", "week", "month"]
    assert marks.coarser(None) == [None]
