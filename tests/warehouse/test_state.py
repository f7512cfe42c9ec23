"""What the next night asks."""

from dataclasses import replace
from datetime import date, timedelta

from ingest.interval import Interval
from ingest.spool import Coverage
from tests.warehouse.world import DAY, SOURCES, annotation, covered, day, document
from warehouse.connection import Warehouse
from warehouse.load import load_annotations, load_readings, load_sources
from warehouse.reading import Reading
from warehouse.state import count_unannotated, days_not_covered, is_covered, unannotated

FIRST_DAY = Interval.of_day(DAY.date())


def days(first: int, last: int) -> Interval:
    return Interval(DAY + timedelta(days=first - 1), DAY + timedelta(days=last))


def test_a_document_comes_back_as_it_went_in(warehouse: Warehouse) -> None:
    page = document(author="А. Б.", views=3, edited=True, media=("https://example.org/m.jpg",), forwarded_from="Mash")
    load_sources(warehouse, SOURCES)
    load_readings(warehouse, readings=[Reading(page, day(1))])
    assert unannotated(warehouse, "m1") == [replace(page, source_name="Деловой шёлк", source_side="KZ")]


def test_what_a_model_has_not_read(warehouse: Warehouse) -> None:
    one, two = document("one", published_at=day(2)), document("two", published_at=None)
    load_readings(warehouse, readings=[Reading(two, day(1)), Reading(one, day(2))])
    assert [page.url for page in unannotated(warehouse, "m1")] == [two.url, one.url]
    assert [page.url for page in unannotated(warehouse, "m1", limit=1)] == [one.url]
    assert count_unannotated(warehouse, "m1") == 2
    assert [page.url for page in unannotated(warehouse, "m1", published=days(2, 2))] == [one.url]
    assert [page.url for page in unannotated(warehouse, "m1", published=days(1, 1))] == [two.url]
    load_annotations(warehouse, [annotation(two, observations=())], day(2))
    assert [page.url for page in unannotated(warehouse, "m1")] == [one.url]
    assert len(unannotated(warehouse, "m2")) == 2
    edited = document("two", text=two.text + "!")
    load_readings(warehouse, readings=[Reading(edited, day(3))])
    assert [page.text for page in unannotated(warehouse, "m1")] == [one.text, edited.text]


def test_covered_is_the_whole_interval(warehouse: Warehouse) -> None:
    assert not is_covered(warehouse, "shelk", days(1, 1))
    first, third = days(1, 1), days(3, 3)
    seen = [covered(interval_start=one.start, interval_end=one.end) for one in (first, third)]
    load_readings(warehouse, coverage=seen)
    assert is_covered(warehouse, "shelk", first)
    assert not is_covered(warehouse, "shelk", days(1, 3))
    assert not is_covered(warehouse, "fura", first)
    second = days(2, 2)
    load_readings(warehouse, coverage=[covered(interval_start=second.start, interval_end=second.end, complete=False)])
    assert not is_covered(warehouse, "shelk", days(1, 3))
    load_readings(warehouse, coverage=[covered(interval_start=second.start, interval_end=second.end)])
    assert is_covered(warehouse, "shelk", days(1, 3))
    assert not is_covered(warehouse, "shelk", days(1, 4))


def test_days_that_are_owed_between_the_first_and_the_last(warehouse: Warehouse) -> None:
    def seen(number: int, source_id: str = "shelk", complete: bool = True) -> Coverage:
        one = days(number, number)
        return covered(interval_start=one.start, interval_end=one.end, source_id=source_id, complete=complete)

    assert days_not_covered(warehouse) == {}
    load_readings(warehouse, coverage=[seen(1), seen(2, complete=False), seen(5), seen(6, complete=False)])
    load_readings(warehouse, coverage=[seen(3, "fura"), seen(4, "fura")])
    assert days_not_covered(warehouse) == {"shelk": [date(2025, 10, n) for n in (2, 3, 4, 6)]}
    longer = days(2, 4)
    load_readings(warehouse, coverage=[covered(interval_start=longer.start, interval_end=longer.end)])
    assert days_not_covered(warehouse) == {"shelk": [date(2025, 10, 6)]}
