"""What a run owes besides its interval."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import WarehouseError
from ingest.interval import Interval
from ingest.plan import Gap, Recheck, StoredList
from tests.warehouse.world import DAY, annotation, claim, covered, day, document, failure, fetch, gone
from warehouse.connection import Warehouse
from warehouse.load import load_annotations, load_readings, open_coverage
from warehouse.owed import RECHECK_AGES, recheck_windows, rechecks, stored_lists
from warehouse.owed import gaps as gaps_of
from warehouse.reading import Reading
from warehouse.runs import finish_run, start_run

FIRST_DAY = Interval.of_day(DAY.date())


def gaps(warehouse: Warehouse, source_id: str, since: datetime, until: datetime) -> tuple[Gap, ...]:
    """Gaps, with no run at work."""
    return gaps_of(warehouse, source_id, since, until, at_work_since=datetime.now(UTC))


def test_what_to_look_at_again(warehouse: Warehouse) -> None:
    old = document("old", published_at=DAY - timedelta(days=9))
    post = document("post", kind="post", source_id="fura", url="https://t.me/fura163/812")
    dead, page = document("dead"), document("page")
    readings = [Reading(one, day(1)) for one in (old, post, dead, page)]
    load_readings(warehouse, readings=readings, gone=[gone(dead.document_id, day(2))])
    assert {one.url for one in rechecks(warehouse, "shelk", [FIRST_DAY])} == {page.url, dead.url}, (
        "what is gone may be back"
    )
    assert rechecks(warehouse, "fura", [FIRST_DAY]) == (Recheck(post.document_id, post.url, 812),)
    assert rechecks(warehouse, "shelk", []) == ()
    both = [FIRST_DAY, Interval.of_day(date(2025, 9, 22))]
    assert {one.url for one in rechecks(warehouse, "shelk", both)} == {old.url, page.url, dead.url}
    nameless = document("x", kind="post", source_id="fura", url="https://t.me/fura163/about")
    load_readings(warehouse, readings=[Reading(nameless, day(1))])
    with pytest.raises(WarehouseError, match="ends in no number"):
        rechecks(warehouse, "fura", [FIRST_DAY])


def test_a_page_is_asked_for_with_the_validators_of_its_last_whole_answer(warehouse: Warehouse) -> None:
    page = document("one")
    fetches = [
        replace(fetch("one", day(1)), etag='"v1"', last_modified="Wed, 01 Oct 2025 08:00:00 GMT"),
        replace(fetch("two", day(2), url=page.url), etag='"v2"'),
        replace(fetch("three", day(3), url=page.url), status=304, etag='"v3"'),
        replace(fetch("four", day(4), url=page.url), error="disconnected: x.", etag='"v4"'),
        replace(fetch("five", day(5), "fura", page.url), etag='"v5"'),
    ]
    load_readings(warehouse, fetches=fetches, readings=[Reading(page, day(1))])
    assert rechecks(warehouse, "shelk", [FIRST_DAY]) == (
        Recheck(page.document_id, page.url, etag='"v2"', fetched_at=day(2)),
    )


def test_a_copy_that_could_not_be_read_is_no_reason_to_leave_a_page_alone(warehouse: Warehouse) -> None:
    page = document("one")
    wall = replace(fetch("two", day(2), url=page.url), etag='"wall"')
    load_readings(warehouse, fetches=[fetch("one", day(1)), wall], readings=[Reading(page, day(1))])
    load_readings(warehouse, unparsed=[failure(page.url, "f-two")])
    assert rechecks(warehouse, "shelk", [FIRST_DAY]) == (Recheck(page.document_id, page.url),)
    read_all_the_same = replace(failure(page.url, "f-two"), resolved=True)
    load_readings(warehouse, unparsed=[read_all_the_same])
    assert [one.etag for one in rechecks(warehouse, "shelk", [FIRST_DAY])] == ['"wall"']


def test_of_too_many_those_with_claims_and_then_the_latest_are_looked_at(warehouse: Warehouse) -> None:
    pages = [document(f"page{n}", published_at=DAY + timedelta(hours=n)) for n in range(5)]
    load_readings(warehouse, readings=[Reading(page, day(1)) for page in pages])
    load_annotations(warehouse, [annotation(pages[1], claim(pages[1]))], day(2))
    found = rechecks(warehouse, "shelk", [FIRST_DAY], most=3)
    assert [one.url for one in found] == [pages[n].url for n in (1, 3, 4)]


@given(hours=st.integers(1, 72), runs=st.integers(1, 10), most_days=st.integers(0, 100), at=st.integers(0, 2400))
def test_runs_end_to_end_see_a_document_once_at_each_age(hours: int, runs: int, most_days: int, at: int) -> None:
    step = timedelta(hours=hours)
    nights = [Interval(DAY + step * n, DAY + step * (n + 1)) for n in range(runs)]
    ages = [age for age in RECHECK_AGES if age <= most_days]
    published = DAY - timedelta(hours=at)
    seen = [night for night in nights for window in recheck_windows(night, most_days) if published in window]
    due = [age for age in ages if DAY <= published + timedelta(days=age) < nights[-1].end]
    assert len(seen) <= len(due)
    if hours <= 24:
        assert len(seen) == len(due)
    assert all(window.end <= night.start for night in nights for window in recheck_windows(night, most_days))


def test_gaps_are_what_was_tried_and_is_not_whole(warehouse: Warehouse) -> None:
    def seen(number: int, complete: bool = False, source_id: str = "shelk") -> None:
        one = Interval.of_day(date(2025, 10, number))
        row = covered(
            interval_start=one.start, interval_end=one.end, source_id=source_id, complete=complete, finished_at=one.end
        )
        load_readings(warehouse, coverage=[row])

    for number in (1, 2, 4):
        seen(number)
    seen(3, complete=True)
    seen(2, source_id="fura")
    page = document("known", canonical_url="https://delovoy-shelk.example/canonical")
    load_readings(warehouse, readings=[Reading(page, day(1))])
    owed = gaps(warehouse, "shelk", DAY, day(9))
    first = Gap(FIRST_DAY, frozenset({page.url, "https://delovoy-shelk.example/canonical"}))
    assert owed == (first, *(Gap(Interval.of_day(date(2025, 10, n))) for n in (2, 4)))
    assert [gap.interval.start.day for gap in gaps(warehouse, "shelk", day(1), day(3))] == [2]
    two_days = Interval(DAY, DAY + timedelta(days=2))
    load_readings(warehouse, coverage=[covered(interval_start=two_days.start, interval_end=two_days.end)])
    assert [gap.interval.start.day for gap in gaps(warehouse, "shelk", DAY, day(9))] == [4]


def test_a_run_that_was_killed_leaves_a_gap(warehouse: Warehouse) -> None:
    load_readings(warehouse, coverage=[covered(source_id="fura")])
    for _ in range(2):
        open_coverage(warehouse, ["shelk", "fura"], FIRST_DAY, "nightly/2025-10-01", day(1))
    assert gaps(warehouse, "shelk", DAY, day(2)) == (Gap(FIRST_DAY),)
    assert gaps(warehouse, "fura", DAY, day(2)) == ()
    assert warehouse.value("SELECT stop_reason FROM coverage WHERE source_id = 'shelk'") == "not read yet"
    load_readings(warehouse, coverage=[covered(finished_at=day(2))])
    assert gaps(warehouse, "shelk", DAY, day(2)) == ()


@pytest.mark.parametrize("caller", ["nightly", "run"])
def test_a_day_that_its_own_night_is_at_is_no_gap(warehouse: Warehouse, caller: str) -> None:
    run, begun = f"{caller}/2025-10-01", day(2)
    start_run(warehouse, run, FIRST_DAY, begun)
    open_coverage(warehouse, ["shelk"], FIRST_DAY, run, begun)

    def seen(at_work_since: datetime) -> int:
        return len(gaps_of(warehouse, "shelk", DAY, day(9), at_work_since=at_work_since))

    at_work, hung = seen(begun - timedelta(hours=1)), seen(begun + timedelta(hours=1))
    assert (at_work, hung) == ((0, 1) if caller == "nightly" else (1, 1)), (
        "a person's run that was broken off is not waited for"
    )
    finish_run(warehouse, run, day(3))
    assert seen(begun - timedelta(hours=1)) == 1, "it has ended, and did not read the day"


def test_lists_that_can_be_asked_for_conditionally(warehouse: Warehouse) -> None:
    at = "https://delovoy-shelk.example"
    feed = replace(fetch("f2", day(2), url=f"{at}/rss"), etag='"b"', content_type="text/xml")
    fetches = [
        replace(fetch("f1", day(1), url=f"{at}/rss"), etag='"a"'),
        feed,
        replace(fetch("f3", day(3), url=f"{at}/rss"), status=304, sha256=None),
        fetch("s1", day(1), url=f"{at}/sitemap.xml"),
        replace(fetch("o1", day(1), url=f"{at}/other.xml"), etag='"o"'),
    ]
    load_readings(warehouse, fetches=fetches)
    assert stored_lists(warehouse, "shelk", [f"{at}/rss", f"{at}/sitemap.xml"]) == (
        StoredList(
            f"{at}/rss", f"{at}/rss", '"b"', None, "text/xml", "ab" * 32, "2025-10-01/shelk.warc.gz", 77, day(2)
        ),
    )
    assert stored_lists(warehouse, "fura", [f"{at}/rss"]) == ()
