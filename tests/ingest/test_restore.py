"""A reading that is read again from its WARC file alone: what it gives where the file is whole, damaged, cut or older.

That it gives the very same spool is asserted after every reading of test_collect.py and test_faults.py.
"""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from ingest.archive import Archive, Record
from ingest.collect import carry_out
from ingest.errors import ArchiveError
from ingest.fetch import FetchSettings
from ingest.interval import Interval
from ingest.journal import RunFinished, RunLoaded, RunPlanned, note
from ingest.plan import Plan, Recheck
from ingest.restore import Again, Try, survey, tape_in
from ingest.source import Source
from ingest.spool import Spool, read_spool
from ingest.tape import asked_in

from .small_web import Page, SmallWeb, article, feed, preview
from .taped import again, tapes

DAY = Interval.of_day(date(2025, 10, 1))
INSIDE = "Wed, 01 Oct 2025 10:00:00 +0000"
EARLIER = "Tue, 30 Sep 2025 10:00:00 +0000"
TEXT = (
    "На границе с Казахстаном в районе пункта пропуска Маштаково стоят более 300 грузовиков.\n"
    "Водители ждут по несколько суток. Причину затора в ведомстве связывают с проверкой документов на товары.\n"
    "В комитете государственных доходов это отрицают и говорят о ремонте дороги на сопредельной стороне."
)
_numbers = count()


@pytest.fixture
def web() -> Iterator[SmallWeb]:
    with SmallWeb().running() as running:
        yield running


@pytest.fixture
def host() -> str:
    """A host of its own for every test: the politeness of one host is shared by the whole process."""
    return f"restored{next(_numbers)}.example"


def outlet(host: str) -> Source:
    return Source(
        id="outlet", name="Outlet", kind="outlet", side="RU", country="RU", languages=("ru",),
        home=f"https://{host}/", feeds=(f"https://{host}/rss",), timezone="Europe/Moscow",
    )  # fmt: skip


CHANNEL = Source(
    id="kpp", name="КПП", kind="channel", side="KZ", country="KZ", languages=("kk", "ru"),
    home="https://t.me/kpp_news", channel="kpp_news",
)  # fmt: skip


def night(web: SmallWeb, source: Source, folder: Path, plan: Plan | None = None) -> Spool:
    plan = plan or Plan(source.id, DAY, "nightly/2025-10-01")
    settings = FetchSettings(host_delay_s=0, attempts=1, connect_to={"*": web.address})
    spool = folder / f"spool{next(_numbers)}.jsonl"
    carry_out(plan, source, str(folder / "archive"), settings, spool)
    return read_spool(spool)


def five_articles(web: SmallWeb, host: str) -> list[str]:
    urls = [f"https://{host}/{number}" for number in range(5)]
    web[f"{host}/rss"] = feed([*((url, INSIDE) for url in urls), (f"https://{host}/old", EARLIER)])
    for number, url in enumerate(urls):
        web[url.removeprefix("https://")] = article(f"Очередь {number}", TEXT, "2025-10-01T13:00:00+03:00")
    return urls


def spoil(folder: Path, offset: int) -> None:
    """Overwrite some bytes of the one WARC file, inside the record that begins at `offset`."""
    [path] = (folder / "archive").rglob("*.warc.gz")
    content = bytearray(path.read_bytes())
    content[offset + 30 : offset + 60] = bytes(30)
    path.write_bytes(content)


def test_a_damaged_page_is_named_and_its_neighbours_are_restored(web: SmallWeb, host: str, tmp_path: Path) -> None:
    urls = five_articles(web, host)
    before = night(web, outlet(host), tmp_path)
    broken = next(row for row in before.fetches if row.url == urls[2])
    assert broken.warc_offset is not None
    spoil(tmp_path, broken.warc_offset)
    [tape] = tapes(tmp_path / "archive")
    result, after = again(tape, tmp_path / "archive")
    [told] = result.damaged
    assert told.startswith(f"{urls[2]}: The record in {broken.warc_file} at {broken.warc_offset} can't be read")
    assert (result.missing, result.left, result.otherwise) == (0, 0, True)
    assert after.fetches == before.fetches
    assert after.documents == [one for one in before.documents if one.url != urls[2]]
    [unparsed] = after.unparsed
    assert (unparsed.fetch_id, unparsed.error_class) == (broken.fetch_id, "damaged")
    [coverage] = after.coverage
    assert not coverage.complete and coverage.stop_reason == "1 pages failed for now", "so it is owed again"
    assert coverage.finished_at == before.coverage[0].finished_at


def test_behind_a_damaged_list_the_articles_are_restored_all_the_same(web: SmallWeb, host: str, tmp_path: Path) -> None:
    five_articles(web, host)
    before = night(web, outlet(host), tmp_path)
    rss = next(row for row in before.fetches if row.url.endswith("/rss"))
    assert rss.warc_offset is not None
    spoil(tmp_path, rss.warc_offset)
    [tape] = tapes(tmp_path / "archive")
    result, after = again(tape, tmp_path / "archive")
    assert (len(result.damaged), result.missing, result.left) == (1, 0, 5)
    assert after.documents == before.documents and after.fetches == before.fetches
    assert not after.coverage[0].complete and after.coverage[0].gap_from is not None


def test_behind_a_damaged_channel_page_the_older_pages_are_restored(web: SmallWeb, tmp_path: Path) -> None:
    new = [(9, "2025-10-02T01:00:00+00:00", TEXT)]
    old = [(8, "2025-10-01T09:00:00+00:00", TEXT), (7, "2025-09-30T09:00:00+00:00", TEXT)]
    web["t.me/s/kpp_news"] = preview("kpp_news", new, before=9)
    web["t.me/s/kpp_news?before=9"] = preview("kpp_news", sorted(old))
    before = night(web, CHANNEL, tmp_path)
    assert [one.url for one in before.documents] == ["https://t.me/kpp_news/8"]
    first = next(row for row in before.fetches if row.url.endswith("/s/kpp_news"))
    assert first.warc_offset is not None
    spoil(tmp_path, first.warc_offset)
    [tape] = tapes(tmp_path / "archive")
    result, after = again(tape, tmp_path / "archive")
    assert after.documents == before.documents and result.left == 1
    assert not after.coverage[0].complete


def test_what_became_of_known_pages_is_told_behind_a_damaged_list_too(web: SmallWeb, host: str, tmp_path: Path) -> None:
    urls = five_articles(web, host)
    first = night(web, outlet(host), tmp_path / "first")
    known = {one.url: one.document_id for one in first.documents}
    web[urls[0].removeprefix("https://")] = Page("<p>gone</p>", 410)
    web[urls[1].removeprefix("https://")].etag = '"1"'
    rechecks = tuple(Recheck(known[url], url, etag='"1"') for url in urls[:3])
    before = night(web, outlet(host), tmp_path, Plan("outlet", DAY, "nightly/2025-10-02", recheck=rechecks))
    rss = next(row for row in before.fetches if row.url.endswith("/rss"))
    assert rss.warc_offset is not None and before.gone and before.unchanged
    [path] = (tmp_path / "archive").rglob("*.warc.gz")
    content = bytearray(path.read_bytes())
    content[rss.warc_offset + 30 : rss.warc_offset + 60] = bytes(30)
    path.write_bytes(content)
    [tape] = tapes(tmp_path / "archive")
    # Not asked for by the plan any more, either: an older plan's answers speak all the same.
    _, after = again(tape, tmp_path / "archive")
    assert (after.gone, after.unchanged) == (before.gone, before.unchanged)


def test_many_damaged_pages_in_a_row_do_not_end_the_reading(web: SmallWeb, host: str, tmp_path: Path) -> None:
    urls = [f"https://{host}/{number}" for number in range(9)]
    web[f"{host}/rss"] = feed([*((url, INSIDE) for url in urls), (f"https://{host}/old", EARLIER)])
    for number, url in enumerate(urls):
        web[url.removeprefix("https://")] = article(f"Очередь {number}", TEXT, "2025-10-01T13:00:00+03:00")
    before = night(web, outlet(host), tmp_path)
    for row in before.fetches:
        if row.url in urls[:7]:
            assert row.warc_offset is not None
            spoil(tmp_path, row.warc_offset)
    [tape] = tapes(tmp_path / "archive")
    result, after = again(tape, tmp_path / "archive")
    assert (len(result.damaged), result.left) == (7, 0)
    assert [one.url for one in after.documents] == urls[7:]


def test_what_todays_parsers_ask_for_and_nobody_asked_then_is_counted(web: SmallWeb, host: str, tmp_path: Path) -> None:
    urls = five_articles(web, host)
    before = night(web, outlet(host), tmp_path)
    [tape] = tapes(tmp_path / "archive")
    looks = tuple(look for look in tape.end.looks if look.url != urls[0])
    result, after = again(replace(tape, end=replace(tape.end, looks=looks)), tmp_path / "archive")
    assert result == Again(missing=1, otherwise=True)
    assert after.documents == before.documents[1:]
    assert after.fetches == [row for row in before.fetches if row.url != urls[0]], "no look is made up"
    assert [row.error_class for row in after.unparsed] == ["not_archived"]


def test_a_try_that_was_killed_has_a_plan_and_no_end(web: SmallWeb, host: str, tmp_path: Path) -> None:
    five_articles(web, host)
    plan = Plan("outlet", DAY, "nightly/2025-10-01", planned_at=datetime(2025, 10, 2, 1, tzinfo=UTC))
    night(web, outlet(host), tmp_path, plan)
    [tape] = tapes(tmp_path / "archive")
    archive = Archive(tmp_path / "archive")
    end = archive.last_note(tape.warc_file)
    assert end is not None
    path = tmp_path / "archive" / tape.warc_file
    whole = path.read_bytes()
    for cut in (end.offset, end.offset + 1, end.offset + 20, len(whole) - 9, len(whole) - 1):
        path.write_bytes(whole[:cut])
        first = archive.first_note(tape.warc_file)
        asked = asked_in(first, tape.warc_file) if first else None
        assert asked is not None and asked.plan == plan and asked.source == outlet(host)
        found = survey(archive)
        assert (found.tries, found.killed, found.unreadable) == ({}, [tape.warc_file], [])
    path.write_bytes(whole)
    assert tape_in(archive, tape.warc_file) == tape


def test_a_file_whose_beginning_is_damaged_is_named(web: SmallWeb, host: str, tmp_path: Path) -> None:
    five_articles(web, host)
    night(web, outlet(host), tmp_path)
    [tape] = tapes(tmp_path / "archive")
    archive = Archive(tmp_path / "archive")
    first = archive.first_note(tape.warc_file)
    spoil(tmp_path, 0)
    assert archive.first_note(tape.warc_file) == first, "a broken warcinfo costs nothing"
    spoil(tmp_path, first.offset)  # type: ignore[union-attr]
    found = survey(archive)
    assert not found.tries and not found.killed
    assert [tape.warc_file in sentence for sentence in found.unreadable] == [True]
    with pytest.raises(ArchiveError, match=tape.warc_file):
        tape_in(archive, tape.warc_file)


def test_files_of_other_tools_have_no_plan(tmp_path: Path) -> None:
    (tmp_path / "other.warc").write_bytes(b"WARC/1.0\r\nWARC-Type: warcinfo\r\nContent-Length: 0\r\n\r\n\r\n\r\n")
    (tmp_path / "empty.warc.gz").write_bytes(b"")
    with Archive(tmp_path) as archive:
        archive.write_error("https://a.example/", datetime.now(UTC), "read_timeout: nothing came", "run", "older")
        assert [archive.last_note(name) for name in archive.files()] == [None, None, None]
        found = survey(archive)
    assert (found.files, found.older, found.unreadable) == (3, archive.files(), [])


def test_the_notes_are_found_without_reading_what_lies_between(tmp_path: Path) -> None:
    with Archive(tmp_path) as archive:
        place = archive.write_note("urn:kezek:plan", datetime.now(UTC), b"{}", "run", "a")
        archive.write_note("urn:kezek:between", datetime.now(UTC), bytes(range(256)) * 9000, "run", "a")
        archive.write_note("urn:kezek:end", datetime.now(UTC), json.dumps("я" * 300_000).encode(), "run", "a")
    first, last = archive.first_note(place.warc_file), archive.last_note(place.warc_file)
    assert first and first.uri == "urn:kezek:plan" and first.body == b"{}"  # type: ignore[union-attr]
    assert last and last.uri == "urn:kezek:end" and json.loads(last.body) == "я" * 300_000


def test_other_tools_read_the_file_and_a_replay_passes_the_notes_over(web: SmallWeb, host: str, tmp_path: Path) -> None:
    five_articles(web, host)
    night(web, outlet(host), tmp_path)
    [tape] = tapes(tmp_path / "archive")
    path = tmp_path / "archive" / tape.warc_file
    warcio = [sys.executable, "-m", "warcio.cli", "check", "-v", str(path)]
    checked = subprocess.run(warcio, capture_output=True, text=True, check=False, timeout=60)
    assert checked.returncode == 0 and "digest failed" not in checked.stdout, checked.stdout
    assert gzip.decompress(path.read_bytes()).count(b"urn:kezek:") == 2
    records = list(Archive(tmp_path / "archive").records(tape.warc_file))
    assert all(isinstance(item, Record) and item.url.startswith("https://") for item in records)


def test_the_journal_comes_back_as_it_was_written(tmp_path: Path) -> None:
    at = datetime(2025, 10, 2, 1, 2, 3, 456789, tzinfo=UTC)
    entries = [
        RunPlanned("nightly/2025-10-01", DAY, at, ("a", "b")),
        RunLoaded("nightly/2025-10-01", DAY, at, at, ("a",), ("b",)),
        RunFinished("nightly/2025-10-01", at),
    ]
    for entry in entries:
        note(str(tmp_path), entry)
    archive = Archive(tmp_path)
    found = survey(archive)
    assert sorted(found.journal, key=str) == sorted(entries, key=str)
    assert (found.files, found.tries, found.older) == (3, {}, [])


def test_of_several_tries_a_load_took_in_the_last_that_had_ended(web: SmallWeb, host: str, tmp_path: Path) -> None:
    five_articles(web, host)
    planned = datetime(2025, 10, 2, 1, tzinfo=UTC)
    plan = Plan("outlet", DAY, "nightly/2025-10-01", planned_at=planned)
    for _ in range(3):
        night(web, outlet(host), tmp_path, plan)
    night(web, outlet(host), tmp_path, replace(plan, planned_at=planned + timedelta(hours=5)))
    found = survey(Archive(tmp_path / "archive"))
    [tries, [other]] = found.tries.values()
    assert len(tries) == 3 and other not in tries

    def taken(at: datetime, source_id: str = "outlet") -> Try | None:
        return found.reading(RunLoaded(plan.run_id, DAY, planned, at, (source_id,)), source_id)

    assert [taken(one.ended_at) for one in tries] == tries
    assert taken(tries[1].ended_at + timedelta(microseconds=1)) == tries[1]
    assert taken(tries[0].ended_at - timedelta(seconds=1)) == tries[0], "the clock of another machine"
    assert taken(tries[2].ended_at, "another") is None
