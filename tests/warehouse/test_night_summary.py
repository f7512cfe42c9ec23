"""What a run brought: the same numbers when it is run again, and in whatever order the nights were run."""

from dataclasses import replace
from datetime import datetime, timedelta

from ingest.document import Document
from ingest.interval import Interval
from nlp.annotation import Annotation, Claim
from tests.warehouse.world import DAY, SOURCES, TEXT, annotation, claim, covered, document, failure, fetch, observation
from warehouse.connection import Warehouse
from warehouse.load import load_annotations, load_readings, load_sources
from warehouse.night_summary import (
    contradictions_by_run,
    coverage_of,
    gaps_closed,
    new_contests,
    new_positions,
    numbers,
    queues,
    read_summary,
    write_summary,
)
from warehouse.reading import Reading
from warehouse.runs import start_run

ROW = {
    "run_id": "nightly/2025-10-01",
    "interval_start": DAY,
    "interval_end": DAY + timedelta(days=1),
    "state": "whole",
    **dict.fromkeys(
        (
            *(
                "sources",
                "gaps",
                "sources_failed",
                "gaps_closed",
                "off_layout",
                "stale",
                "odd_volumes",
                "documents_new",
            ),
            *("revisions_new", "unparsed", "unannotated", "claims_new", "denials_new", "contested_new"),
            *("positions_changed", "contradictions_new", "queue_figures"),
        ),
        0,
    ),
    **{
        f"{metric}_{what}": None
        for metric in ("vehicles", "kilometres", "hours", "days")
        for what in ("most", "place", "at", "url")
    },
    "headline": "Night of 2025-10-01",
    "trouble": "",
    "text": "Night of 2025-10-01",
}


def interval(number: int) -> Interval:
    return Interval.of_day((DAY + timedelta(days=number - 1)).date())


def run_id(number: int) -> str:
    return f"nightly/{interval(number)}"


def page(name: str, number: int, text: str = TEXT) -> Document:
    """A document of the nth day."""
    return document(name, text, published_at=interval(number).start + timedelta(hours=8))


def night(
    warehouse: Warehouse, number: int, *readings: tuple[Document, Annotation | None], at: datetime | None = None
) -> None:
    """The nth night reads these documents, each with what a model found in it; `at` is when that is done."""
    moment = at or interval(number).end + timedelta(hours=1)
    load_sources(warehouse, SOURCES)
    start_run(warehouse, run_id(number), interval(number), moment)
    documents = [replace(found, fetch_id=f"{found.fetch_id}-{number}") for found, _ in readings]
    load_readings(
        warehouse,
        fetches=[
            replace(fetch(str(found.fetch_id)[2:], moment, found.source_id, found.url), run_id=run_id(number))
            for found in documents
        ],
        readings=[Reading(found, moment) for found in documents],
        coverage=[
            covered(interval_start=interval(number).start, interval_end=interval(number).end, run_id=run_id(number))
        ],
    )
    load_annotations(warehouse, [said for _, said in readings if said], moment)


def told(of: Document, *claims: Claim) -> tuple[Document, Annotation]:
    return of, annotation(of, *claims, observations=())


def denied(of: Document, **changes: object) -> Claim:
    """Another ministry's denial of what `claim` asserts."""
    other = {"speaker": "ФТС России", "speaker_side": "RU", "speaker_entity": None}
    return claim(of, **{"stance": "denies", **other, **changes})


def test_what_a_run_brought_is_counted_once(warehouse: Warehouse) -> None:
    one, two, three = page("one", 1), page("two", 1), page("three", 2)
    night(warehouse, 1, told(one, claim(one)), told(two, denied(two)))
    night(warehouse, 2, told(three, claim(three)), (one, None), (replace(two, text=f"{TEXT} Обновлено."), None))
    wanted = {"documents_new": 2, "revisions_new": 0, "claims_new": 2, "denials_new": 1, "unannotated": 0}
    assert numbers(warehouse, run_id(1)) == {**wanted, "unparsed": 0}
    wanted = {"documents_new": 1, "revisions_new": 1, "claims_new": 1, "denials_new": 0, "unannotated": 1}
    assert numbers(warehouse, run_id(2)) == {**wanted, "unparsed": 0}
    before = numbers(warehouse, run_id(1))
    later = DAY + timedelta(days=40)
    night(warehouse, 1, told(one, claim(one)), at=later)
    assert numbers(warehouse, run_id(1)) == before, "a second run finds what is there"
    assert numbers(warehouse, "nightly/2025-12-24") == dict.fromkeys(before, 0)


def test_an_edit_that_keeps_its_claims_brings_none(warehouse: Warehouse) -> None:
    first = page("one", 1)
    edited = replace(first, text=f"{TEXT} Обновлено.")
    night(warehouse, 1, told(first, claim(first)))
    night(warehouse, 2, told(edited, claim(edited), denied(edited)))
    found = numbers(warehouse, run_id(2))
    assert (found["documents_new"], found["revisions_new"], found["claims_new"], found["denials_new"]) == (0, 1, 1, 1)


def test_another_reading_supersedes_the_claims_that_are_counted(warehouse: Warehouse) -> None:
    one = page("one", 1)
    night(warehouse, 1, told(one, claim(one), denied(one)))
    load_annotations(warehouse, [annotation(one, claim(one), model="m2")], DAY + timedelta(days=9))
    assert numbers(warehouse, run_id(1))["claims_new"] == 1


def test_answers_without_a_document_are_counted_until_they_are_read(warehouse: Warehouse) -> None:
    night(warehouse, 1)
    bad = replace(fetch("bad", DAY, url="https://delovoy-shelk.example/bad"), run_id=run_id(1))
    load_readings(warehouse, fetches=[bad], unparsed=[failure(bad.url, bad.fetch_id)])
    assert numbers(warehouse, run_id(1))["unparsed"] == 1
    load_readings(warehouse, unparsed=[replace(failure(bad.url, bad.fetch_id), resolved=True)])
    assert numbers(warehouse, run_id(1))["unparsed"] == 0


def test_the_night_that_denies_makes_a_cause_contested(warehouse: Warehouse) -> None:
    one, two, three = page("one", 1), page("two", 2), page("three", 3)
    night(warehouse, 1, told(one, claim(one)))
    assert contradictions_by_run(warehouse) == {}
    night(warehouse, 2, told(two, denied(two)))
    night(warehouse, 3, told(three, denied(three), claim(three)))
    assert contradictions_by_run(warehouse) == {run_id(2): (1, 0)}
    (found,) = new_contests(warehouse, run_id(2))
    assert (found["cause"], found["blames"]) == ("tightened_checks", "RU")
    assert (found["asserts_who"], found["denies_who"]) == ("Минтранс Казахстана (KZ)", "ФТС России (RU)")
    assert (found["asserts_url"], found["denies_url"]) == (one.url, two.url)
    assert found["asserts_evidence"] in TEXT
    assert (found["asserts_source"], found["denies_source"]) == ("Деловой шёлк", "Деловой шёлк")
    assert new_contests(warehouse, run_id(3)) == []


def test_both_sides_of_one_night_are_one_contradiction(warehouse: Warehouse) -> None:
    one, two = page("one", 1), page("two", 1)
    night(warehouse, 1, told(one, claim(one)), told(two, denied(two), denied(two, cause="weather", blames="NONE")))
    assert contradictions_by_run(warehouse) == {run_id(1): (1, 0)}


def test_the_words_shown_are_those_known_on_that_night(warehouse: Warehouse) -> None:
    sure, unsure, later = page("sure", 3), page("unsure", 1), page("later", 2)
    night(warehouse, 1, told(unsure, claim(unsure, confidence=0.6)))
    night(warehouse, 2, told(later, denied(later)))
    night(warehouse, 3, told(sure, claim(sure, confidence=0.99)))
    assert new_contests(warehouse, run_id(2))[0]["asserts_url"] == unsure.url


def test_nights_in_any_order_tell_the_same(warehouse: Warehouse) -> None:
    """As a backfill runs them: side by side, the later one first."""
    one, two, three = page("one", 1), page("two", 2), page("three", 3)
    night(warehouse, 3, told(three, denied(three)), at=DAY + timedelta(days=50))
    assert contradictions_by_run(warehouse) == {}
    night(warehouse, 1, told(one, claim(one)), at=DAY + timedelta(days=51))
    assert contradictions_by_run(warehouse) == {run_id(3): (1, 0)}
    night(warehouse, 2, told(two, denied(two)), at=DAY + timedelta(days=52))
    assert contradictions_by_run(warehouse) == {run_id(2): (1, 0)}
    assert new_contests(warehouse, run_id(3)) == []


def test_what_no_run_brought_is_known_since_it_was_fetched(warehouse: Warehouse) -> None:
    """A replay of saved pages has fetches, and no run."""
    load_sources(warehouse, SOURCES)
    old, two = page("old", 1), page("two", 2)
    load_readings(
        warehouse,
        fetches=[replace(fetch("old", DAY), run_id="replay/saved-pages")],
        readings=[Reading(old, DAY)],
    )
    load_annotations(warehouse, [annotation(old, claim(old))], DAY)
    night(warehouse, 2, told(two, denied(two)))
    assert contradictions_by_run(warehouse) == {run_id(2): (1, 0)}


def test_a_speaker_who_turns_round_is_a_contradiction_of_that_night(warehouse: Warehouse) -> None:
    one, two, three = page("one", 1), page("two", 2), page("three", 3)
    mild = claim(three, cause="weather", blames="NONE")
    night(warehouse, 1, told(one, claim(one)))
    night(warehouse, 2, told(two, claim(two, stance="denies")))
    night(warehouse, 3, told(three, mild))
    assert {row["change"] for row in warehouse.rows("SELECT change FROM position_changes")} == {"stance", "cause"}
    assert contradictions_by_run(warehouse) == {run_id(2): (1, 1)}, "another cause does not contradict the first"
    (found,) = new_positions(warehouse, run_id(2))
    assert (found["change"], found["earlier_url"], found["later_url"]) == ("stance", one.url, two.url)
    assert new_positions(warehouse, run_id(1)) == new_positions(warehouse, run_id(3)) == []


def test_the_earlier_words_may_come_with_a_later_run(warehouse: Warehouse) -> None:
    """A run that closes a gap brings what was said before."""
    one, two = page("one", 1), page("two", 2)
    night(warehouse, 2, told(two, claim(two, stance="denies")))
    night(warehouse, 3, told(one, claim(one)))
    assert contradictions_by_run(warehouse) == {run_id(3): (1, 1)}
    assert len(new_positions(warehouse, run_id(3))) == 1


def test_the_longest_queues_with_place_time_and_link(warehouse: Warehouse) -> None:
    one, two, old = page("one", 1), page("two", 1), page("old", 1)
    long_ago = replace(observation(old, 5000), as_of=DAY - timedelta(days=300))
    night(
        warehouse,
        1,
        (one, annotation(one, observations=(observation(one, 700), replace(observation(one, 3), metric="days")))),
        (two, annotation(two, observations=(observation(two, 900),))),
        (old, annotation(old, observations=(long_ago,))),
    )
    found = queues(warehouse, run_id(1), interval(1))
    assert [(row["metric"], row["high"], row["figures"]) for row in found] == [("vehicles", 900, 3), ("days", 3, 3)]
    (vehicles, _) = found
    assert (vehicles["place"], vehicles["url"]) == ("Сырым", two.url)
    assert (vehicles["measured_at"], vehicles["evidence"]) == (two.published_at, "На Сырыме стоят 700 фур.")
    assert queues(warehouse, run_id(2), interval(2)) == []


def test_the_sources_of_the_interval_and_the_gaps_that_were_closed(warehouse: Warehouse) -> None:
    night(warehouse, 1)
    load_readings(
        warehouse,
        coverage=[
            covered(source_id="fura", complete=False, stop_reason="error", gap_from=DAY, gap_to=DAY, off_layout=2),
            covered(interval_start=DAY - timedelta(days=3), interval_end=DAY - timedelta(days=2)),
        ],
    )
    assert [
        (row["source_id"], row["name"], row["complete"], row["stop_reason"], row["off_layout"])
        for row in coverage_of(warehouse, interval(1))
    ] == [("fura", "Фура 163", False, "error", 2), ("shelk", "Деловой шёлк", True, "start of interval", 0)]
    assert gaps_closed(warehouse, run_id(1), interval(1)) == 1
    assert gaps_closed(warehouse, run_id(2), interval(2)) == 0


def test_a_row_is_kept_by_its_run_and_changes_only_where_it_differs(warehouse: Warehouse) -> None:
    write_summary(warehouse, ROW, DAY)
    write_summary(warehouse, ROW, DAY + timedelta(hours=1))
    assert warehouse.rows("SELECT * FROM night_summaries") == [{**ROW, "written_at": DAY}]
    more = {**ROW, "documents_new": 3, "vehicles_most": 700.0, "vehicles_at": DAY}
    write_summary(warehouse, more, DAY + timedelta(hours=2))
    assert warehouse.rows("SELECT * FROM night_summaries") == [{**more, "written_at": DAY + timedelta(hours=2)}]


def test_the_latest_is_that_of_the_latest_day(warehouse: Warehouse) -> None:
    assert read_summary(warehouse, None) is None
    write_summary(warehouse, {**ROW, "run_id": "nightly/2025-10-02", **bounds(2)}, DAY)
    write_summary(warehouse, ROW, DAY + timedelta(days=20))
    write_summary(warehouse, {**ROW, "run_id": "run/2025-10-01"}, DAY + timedelta(days=21))
    found = [read_summary(warehouse, day) for day in (None, DAY.date(), (DAY - timedelta(days=1)).date())]
    assert [row and row["run_id"] for row in found] == ["nightly/2025-10-02", "run/2025-10-01", None]


def bounds(number: int) -> dict[str, datetime]:
    return {"interval_start": interval(number).start, "interval_end": interval(number).end}
