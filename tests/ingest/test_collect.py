"""One source's interval, over real sockets: what is found is kept, what fails is a row, what is gone is told."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path

import pytest

from ingest import channel_history as discovering
from ingest import collect_posts as collecting
from ingest.archive import Archive, Damaged
from ingest.channel import ChannelInfo, ChannelPage, Post, to_document
from ingest.collect import carry_out
from ingest.document import Document, document_id
from ingest.errors import InputError
from ingest.fetch import FetchSettings
from ingest.fetch_record import Fetch
from ingest.interval import Interval
from ingest.plan import Gap, Plan, Recheck, StoredList, write_plan
from ingest.reading import HOPELESS_AFTER, Collected
from ingest.restore import Again
from ingest.source import Source
from ingest.spool import Coverage, Spool, read_spool

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
def outlet() -> Source:
    """A host of its own for every test: the politeness of one host is shared by the whole process."""
    host = f"https://outlet{next(_numbers)}.example"
    return Source(
        id="outlet", name="Outlet", kind="outlet", side="RU", country="RU", languages=("ru",),
        home=f"{host}/", feeds=(f"{host}/rss",), timezone="Europe/Moscow",
    )  # fmt: skip


CHANNEL = Source(
    id="kpp", name="КПП", kind="channel", side="KZ", country="KZ", languages=("kk", "ru"),
    home="https://t.me/kpp_news", channel="kpp_news",
)  # fmt: skip


def plan(source: Source, *recheck: Recheck, covered: bool = False) -> Plan:
    return Plan(source.id, DAY, "nightly/2025-10-01", covered, recheck)


def fetch_of(spool: Spool, url: str) -> Fetch:
    return next(fetch for fetch in spool.fetches if fetch.url == url)


def stored(fetch: Fetch) -> StoredList:
    assert fetch.sha256 and fetch.warc_file and fetch.warc_offset is not None
    return StoredList(
        fetch.url, fetch.final_url, fetch.etag, fetch.last_modified, fetch.content_type, fetch.sha256,
        fetch.warc_file, fetch.warc_offset, fetch.fetched_at,
    )  # fmt: skip


def run(web: SmallWeb, source: Source, how: Plan, tmp_path: Path, host: str = "t.me") -> tuple[Collected, Spool]:
    settings = FetchSettings(
        host_delay_s=0, attempts=1, read_timeout_s=1, total_timeout_s=2, connect_to={"*": web.address}
    )
    spool = tmp_path / f"spool{next(_numbers)}.jsonl"
    done = carry_out(how, source, str(tmp_path / "archive"), settings, spool, channel_host=host)
    left = read_spool(spool)
    if not how.idle:  # whatever is read, the archive alone gives it again
        assert again(tapes(tmp_path / "archive")[-1], tmp_path / "archive") == (Again(), left)
    return done, left


def base(source: Source) -> str:
    return source.home.removeprefix("https://").rstrip("/")


def coverage(spool: Spool) -> Coverage:
    [row] = spool.coverage
    return row


def test_an_outlets_day(web: SmallWeb, outlet: Source, tmp_path: Path) -> None:
    at = base(outlet)
    web[f"{at}/rss"] = feed(
        [
            (f"https://{at}/in", INSIDE),
            (f"https://{at}/dateless-in", None),
            (f"https://{at}/dateless-out", None),
            (f"https://{at}/dateless-never", None),
            (f"https://{at}/missing", INSIDE),
            (f"https://{at}/empty", INSIDE),
            (f"https://{at}/picture", INSIDE),
            (f"https://{at}/out", EARLIER),
        ]
    )
    web[f"{at}/in"] = article("Очередь", TEXT, "2025-10-01T13:00:00+03:00")
    web[f"{at}/dateless-in"] = article("Очередь растёт", TEXT, "2025-10-01T14:00:00+03:00")
    web[f"{at}/dateless-out"] = article("Очередь была", TEXT, "2025-09-12T14:00:00+03:00")
    web[f"{at}/dateless-never"] = article("Очередь когда-то", TEXT, None)
    web[f"{at}/empty"] = Page("")
    web[f"{at}/picture"] = Page(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", content_type="image/png")
    done, spool = run(web, outlet, plan(outlet), tmp_path)
    assert {document.title for document in spool.documents} == {"Очередь", "Очередь растёт", "Очередь когда-то"}
    assert {(row.url.rpartition("/")[2], row.error_class) for row in spool.unparsed} == {
        ("missing", "HTTP 404"), ("empty", "EmptyBodyError"), ("picture", "NotHtmlError"),
    }  # fmt: skip
    row = coverage(spool)
    assert (row.discovered, row.fetched, row.parsed, row.failed) == (7, 6, 3, 3)
    assert (row.complete, row.gap_from, row.stop_reason) == (True, None, "reached start")
    assert (done.off_interval, done.undated, web.asked[f"{at}/out"]) == (1, 1, 0)
    urls = [fetch.url for fetch in spool.fetches]
    assert urls[:2] == [f"https://{at}/robots.txt", f"https://{at}/rss"] and len(urls) == 9
    # from the document to the very bytes
    document = next(document for document in spool.documents if document.title == "Очередь")
    fetch = next(fetch for fetch in spool.fetches if fetch.fetch_id == document.fetch_id)
    assert fetch.warc_file is not None and fetch.warc_offset is not None
    body = Archive(tmp_path / "archive").read(fetch.warc_file, fetch.warc_offset, fetch.sha256)
    assert body.decode() == web[f"{at}/in"].body


def test_a_covered_day_is_not_read(web: SmallWeb, outlet: Source, tmp_path: Path) -> None:
    done, spool = run(web, outlet, plan(outlet, covered=True), tmp_path)
    assert done.already_read and spool == Spool() and not web.asked
    assert str(done) == "outlet: already read"


DAY_BEFORE = Interval.of_day(date(2025, 9, 30))


def test_gaps_are_read_first_and_what_is_known_of_them_is_not_read_again(
    web: SmallWeb, outlet: Source, tmp_path: Path
) -> None:
    at = base(outlet)
    names = {"new": INSIDE, "missed": EARLIER, "known": EARLIER, "older": "Mon, 29 Sep 2025 10:00:00 +0000"}
    web[f"{at}/rss"] = feed([(f"https://{at}/{name}", date) for name, date in names.items()])
    web[f"{at}/new"] = article("Новое", TEXT, "2025-10-01T13:00:00+03:00")
    web[f"{at}/missed"] = article("Упущенное", TEXT, "2025-09-30T13:00:00+03:00")
    gap = Gap(DAY_BEFORE, frozenset({f"https://{at}/known"}))
    done, spool = run(web, outlet, replace(plan(outlet), gaps=(gap,)), tmp_path)
    assert [document.title for document in spool.documents] == ["Упущенное", "Новое"]
    assert [(row.interval_start, row.discovered, row.parsed, row.complete) for row in spool.coverage] == [
        (DAY_BEFORE.start, 2, 2, True), (DAY.start, 1, 1, True),
    ]  # fmt: skip
    assert (web.asked[f"{at}/rss"], web.asked[f"{at}/known"]) == (1, 0)
    assert (done.gaps, done.gaps_closed, done.parsed) == (1, 1, 3)
    done, spool = run(web, outlet, replace(plan(outlet, covered=True), gaps=(gap,)), tmp_path)
    assert [row.interval_start for row in spool.coverage] == [DAY_BEFORE.start], "a covered day is not read for its gap"


def test_a_gap_that_can_not_be_closed_stays_one(web: SmallWeb, outlet: Source, tmp_path: Path) -> None:
    at = base(outlet)
    web[f"{at}/rss"] = feed([(f"https://{at}/new", INSIDE), (f"https://{at}/noon", EARLIER)])
    web[f"{at}/new"] = article("Новое", TEXT, "2025-10-01T13:00:00+03:00")
    web[f"{at}/noon"] = article("Вчера", TEXT, "2025-09-30T13:00:00+03:00")
    done, spool = run(web, outlet, replace(plan(outlet), gaps=(Gap(DAY_BEFORE),)), tmp_path)
    earlier, today = spool.coverage
    assert (earlier.complete, earlier.stop_reason, earlier.gap_from) == (False, "feed too short", DAY_BEFORE.start)
    assert today.complete and (done.gaps, done.gaps_closed) == (1, 0)


def test_a_gap_of_a_channel_costs_only_the_pages_further_back(web: SmallWeb, tmp_path: Path) -> None:
    host = f"preview{next(_numbers)}.example"
    web[f"{host}/s/kpp_news"] = preview("kpp_news", [OLD[7], *POSTS[8:12]], before=8)
    web[f"{host}/s/kpp_news?before=8"] = preview("kpp_news", OLD[:7])
    gap = Gap(Interval.of_day(date(2025, 9, 29)))
    _, spool = run(web, CHANNEL, replace(plan(CHANNEL), gaps=(gap,)), tmp_path, host)
    assert [(row.interval_start.day, row.parsed, row.complete) for row in spool.coverage] == [
        (29, 8, True),
        (1, 4, True),
    ]
    assert [web.asked[f"{host}/s/kpp_news{query}"] for query in ("", "?before=8")] == [1, 1]


def test_an_archive_page_that_lists_other_days_is_a_gap(web: SmallWeb, outlet: Source, tmp_path: Path) -> None:
    at = base(outlet)
    source = outlet.model_copy(update={"feeds": (), "archive": (f"https://{at}/news/%Y/%m/%d",), "article": "/[0-9]+$"})
    links = "".join(f'<a href="/{number}">{number}</a>' for number in range(5))
    web[f"{at}/news/2025/10/01"] = Page(f"<html><body>{links}</body></html>")
    web[f"{at}/news/2025/10/02"] = Page('<html><body><a href="/5">5</a></body></html>')  # in Moscow the UTC day is two
    for number in range(6):
        web[f"{at}/{number}"] = article(f"Сегодня {number}", TEXT, "2026-11-20T13:00:00+03:00")
    row = coverage(run(web, source, plan(source), tmp_path)[1])
    assert (row.complete, row.parsed, row.gap_from, row.gap_to) == (False, 0, DAY.start, DAY.end)
    assert row.stop_reason == "the archive pages list other days: 6 articles of them, none of this one"
    web[f"{at}/3"] = article("Тот день", TEXT, "2025-10-01T13:00:00+03:00")
    row = coverage(run(web, source, plan(source), tmp_path)[1])
    assert (row.complete, row.parsed) == (True, 1)


def test_a_list_that_has_not_changed_is_read_from_the_archive(web: SmallWeb, outlet: Source, tmp_path: Path) -> None:
    at = base(outlet)
    web[f"{at}/rss"] = replace(feed([(f"https://{at}/new", INSIDE), (f"https://{at}/old", EARLIER)]), etag='"7"')
    web[f"{at}/new"] = article("Новое", TEXT, "2025-10-01T13:00:00+03:00")
    _, first = run(web, outlet, plan(outlet), tmp_path)
    had = stored(fetch_of(first, f"https://{at}/rss"))
    _, again = run(web, outlet, replace(plan(outlet), lists=(had,)), tmp_path)
    assert fetch_of(again, f"https://{at}/rss").status == 304
    assert again.documents[0].title == "Новое" and coverage(again).complete
    lost = replace(had, warc_file="gone.warc.gz")
    _, without = run(web, outlet, replace(plan(outlet), lists=(lost,)), tmp_path)
    asked = [fetch.status for fetch in without.fetches if fetch.url == f"https://{at}/rss"]
    assert asked == [304, 200] and coverage(without).complete
    web[f"{at}/rss"] = replace(feed([(f"https://{at}/old", EARLIER)]), etag='"8"')
    _, changed = run(web, outlet, replace(plan(outlet), lists=(had,)), tmp_path)
    assert fetch_of(changed, f"https://{at}/rss").status == 200 and not changed.documents


def test_known_articles_are_looked_at_again(web: SmallWeb, outlet: Source, tmp_path: Path) -> None:
    at = base(outlet)
    web[f"{at}/rss"] = feed([(f"https://{at}/new", INSIDE), (f"https://{at}/old", EARLIER)])
    web[f"{at}/new"] = article("Новое", TEXT, "2025-10-01T13:00:00+03:00")
    web[f"{at}/edited"] = article("Исправлено", TEXT, "2025-09-30T13:00:00+03:00")
    web[f"{at}/same"] = replace(article("То же", TEXT, "2025-09-30T13:00:00+03:00"), etag='"1"')
    web[f"{at}/removed"] = Page("gone", status=410)
    web[f"{at}/home"] = Page("", status=302, headers={"Location": "/other"})
    web[f"{at}/other"] = article("Другое", TEXT, "2025-09-30T13:00:00+03:00")
    known = [
        Recheck(document_id(outlet.id, f"https://{at}/{name}"), f"https://{at}/{name}", etag='"1"')
        for name in ("new", "edited", "same", "removed", "home", "never")
    ]
    done, spool = run(web, outlet, plan(outlet, *known), tmp_path)
    assert [document.title for document in spool.documents] == ["Новое", "Исправлено"]
    assert spool.documents[1].document_id == known[1].document_id
    assert [row.document_id for row in spool.unchanged] == [known[2].document_id]
    assert [row.document_id for row in spool.gone] == [known[3].document_id, known[5].document_id]
    assert [row.error_class for row in spool.unparsed] == ["OtherDocument"]
    assert web.asked[f"{at}/new"] == 1 and coverage(spool).parsed == 1 and coverage(spool).complete


def test_an_author_with_half_a_letter_costs_nobody_the_source(web: SmallWeb, outlet: Source, tmp_path: Path) -> None:
    at = base(outlet)
    web[f"{at}/rss"] = feed([(f"https://{at}/a", INSIDE), (f"https://{at}/b", INSIDE), (f"https://{at}/c", EARLIER)])
    web[f"{at}/a"] = article("Очередь", TEXT, "2025-10-01T13:00:00+03:00")
    said = json.dumps(
        {
            "@type": "NewsArticle",
            "headline": "\x1b[31mСрочно\x1b[0m: очередь",
            "author": {"name": "Иван \ud83d X"},
            "articleBody": TEXT.replace("грузовиков", "грузовиков \udc00\x9b"),
        }
    )
    paragraphs = "".join(f"<p>{line}</p>" for line in TEXT.split("\n"))
    web[f"{at}/b"] = Page(
        f'<html><head><script type="application/ld+json">{said}</script></head><body>{paragraphs}</body></html>'
    )
    _, spool = run(web, outlet, plan(outlet), tmp_path)
    assert [(row.title, row.author) for row in spool.documents] == [
        ("Очередь", None), ("Срочно: очередь", "Иван \ufffd X"),
    ]  # fmt: skip
    assert coverage(spool).complete


def test_a_page_that_fails_for_now_leaves_the_day_open(web: SmallWeb, outlet: Source, tmp_path: Path) -> None:
    at = base(outlet)
    web[f"{at}/rss"] = feed([(f"https://{at}/a", INSIDE), (f"https://{at}/b", INSIDE), (f"https://{at}/c", EARLIER)])
    web[f"{at}/a"] = Page("busy", status=503)
    web[f"{at}/b"] = article("Очередь", TEXT, "2025-10-01T13:00:00+03:00")
    _, spool = run(web, outlet, plan(outlet), tmp_path)
    row = coverage(spool)
    assert (row.complete, row.failed, row.parsed, row.stop_reason) == (False, 1, 1, "1 pages failed for now")
    web[f"{at}/a"] = article("Очередь вторая", TEXT, "2025-10-01T13:00:00+03:00")
    _, spool = run(web, outlet, plan(outlet), tmp_path)
    assert coverage(spool).complete and len(spool.documents) == 2


def test_a_host_that_fails_at_everything_is_left(web: SmallWeb, outlet: Source, tmp_path: Path) -> None:
    at = base(outlet)
    urls = [f"https://{at}/{number}" for number in range(40)]
    web[f"{at}/rss"] = feed([*((url, INSIDE) for url in urls), (f"https://{at}/old", EARLIER)])
    for url in urls:
        web[url.removeprefix("https://")] = Page("down", status=502)
    _, spool = run(web, outlet, plan(outlet), tmp_path)
    row = coverage(spool)
    assert sum(web.asked[url.removeprefix("https://")] for url in urls) == HOPELESS_AFTER
    assert not row.complete and row.stop_reason.startswith("the host fails: HTTP status 502")
    assert (row.gap_from, row.gap_to) == (DAY.start, DAY.end)


def test_a_day_whose_pages_all_fail_is_a_gap(web: SmallWeb, outlet: Source, tmp_path: Path) -> None:
    at = base(outlet)
    urls = [f"https://{at}/{number}" for number in range(30)]
    web[f"{at}/rss"] = feed([*((url, INSIDE) for url in urls), (f"https://{at}/old", EARLIER)])
    for url in urls:
        web[url.removeprefix("https://")] = Page("<h1>Forbidden</h1>", status=403)
    row = coverage(run(web, outlet, plan(outlet), tmp_path)[1])
    assert (row.complete, row.gap_from, row.gap_to) == (False, DAY.start, DAY.end)
    assert row.stop_reason == "30 of 30 pages failed: the layout or the access changed?"
    moved = outlet.model_copy(update={"parser": "vestnik"})
    for url in urls:
        web[url.removeprefix("https://")] = article("Очередь", TEXT, "2025-10-01T13:00:00+03:00")
    _, spool = run(web, moved, plan(moved), tmp_path)
    assert len(spool.documents) == 30 and {document.extractor for document in spool.documents} == {"generic"}
    assert {row.error_class for row in spool.unparsed} == {"LayoutError"}
    row = coverage(spool)
    assert (row.complete, row.off_layout, row.failed, row.parsed) == (True, 30, 0, 30)


@pytest.mark.parametrize(
    ("good", "bad", "forbidden", "complete"),
    [(0, 1, 0, False), (1, 3, 0, True), (4, 4, 0, True), (3, 4, 0, False), (0, 0, 2, True), (1, 0, 5, True)],
)
def test_how_many_pages_may_fail(
    good: int, bad: int, forbidden: int, complete: bool, web: SmallWeb, outlet: Source, tmp_path: Path
) -> None:
    at = base(outlet)
    paths = [*(f"good/{n}" for n in range(good)), *(f"bad/{n}" for n in range(bad))]
    paths += [f"closed/{n}" for n in range(forbidden)]
    web[f"{at}/robots.txt"] = Page("User-agent: *\nDisallow: /closed/", content_type="text/plain")
    web[f"{at}/rss"] = feed([*((f"https://{at}/{path}", INSIDE) for path in paths), (f"https://{at}/old", EARLIER)])
    for n in range(good):
        web[f"{at}/good/{n}"] = article(f"Очередь {n}", TEXT, "2025-10-01T13:00:00+03:00")
    for n in range(bad):
        web[f"{at}/bad/{n}"] = Page("<html><body></body></html>")
    done, spool = run(web, outlet, plan(outlet), tmp_path)
    assert (done.parsed, done.failed, coverage(spool).complete) == (good, bad + forbidden, complete)
    assert (coverage(spool).gap_from is None) is complete


@pytest.mark.parametrize("status", [408, 425, 500, 501, 507, 520, 524, 599])
def test_every_server_fault_and_every_too_early_may_pass(
    status: int, web: SmallWeb, outlet: Source, tmp_path: Path
) -> None:
    at = base(outlet)
    web[f"{at}/rss"] = feed([(f"https://{at}/a", INSIDE), (f"https://{at}/b", INSIDE), (f"https://{at}/c", EARLIER)])
    web[f"{at}/a"] = Page("busy", status=status)
    web[f"{at}/b"] = article("Очередь", TEXT, "2025-10-01T13:00:00+03:00")
    row = coverage(run(web, outlet, plan(outlet), tmp_path)[1])
    assert (row.complete, row.stop_reason) == (False, "1 pages failed for now")


def test_a_feed_that_is_not_there_is_a_gap(web: SmallWeb, outlet: Source, tmp_path: Path) -> None:
    _, spool = run(web, outlet, plan(outlet), tmp_path)
    row = coverage(spool)
    assert (row.complete, row.gap_from, row.gap_to, row.failed) == (False, DAY.start, DAY.end, 1)
    assert [row.error_class for row in spool.unparsed] == ["HTTP 404"]


POSTS = [(number, f"2025-10-01T{number:02}:00:00+00:00", f"Пост {number}: очередь стоит") for number in range(1, 24)]
OLD = [(number, f"2025-09-29T{number:02}:30:00+00:00", f"Пост {number}") for number in range(1, 10)]


def known_post(number: int) -> Recheck:
    return Recheck(document_id("kpp", f"kpp_news/{number}"), f"https://t.me/kpp_news/{number}", post_id=number)


def test_a_channels_day_and_what_became_of_its_older_posts(web: SmallWeb, tmp_path: Path) -> None:
    host = f"preview{next(_numbers)}.example"
    new = [post for post in POSTS if post[0] in range(11, 20)]
    web[f"{host}/s/kpp_news"] = preview("kpp_news", new[3:], before=14)
    web[f"{host}/s/kpp_news?before=14"] = preview("kpp_news", [OLD[7], OLD[8], *new[:3]], before=8)
    changed = [OLD[2], (5, "2025-09-29T05:30:00+00:00", "Пост 5 исправлен"), OLD[5]]
    web[f"{host}/s/kpp_news?before=8"] = preview("kpp_news", changed, before=3)
    rechecks = [known_post(number) for number in (4, 5, 7, 8, 10, 12)]
    done, spool = run(web, CHANNEL, plan(CHANNEL, *rechecks), tmp_path, host)
    texts = [document.text for document in spool.documents]
    assert texts[:9] == [text for _, _, text in new], "the day's posts"
    assert texts[9:] == ["Пост 8", "Пост 5 исправлен"], "and the known ones, as they are now"
    assert [row.url for row in spool.gone] == [known_post(number).url for number in (10, 4, 7)]
    assert done.gone == 3 and not spool.unparsed
    row = coverage(spool)
    assert (row.discovered, row.parsed, row.failed, row.complete, row.stop_reason) == (9, 9, 0, True, "reached start")
    assert [web.asked[f"{host}/s/kpp_news{query}"] for query in ("", "?before=14", "?before=8")] == [1, 1, 1]


def test_a_post_that_breaks_its_reader_is_a_row(web: SmallWeb, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks_at_11(post: Post, info: ChannelInfo, source: Source, fetch_id: str | None) -> Document | None:
        if post.id in (5, 11):
            raise IndexError("list index out of range")
        return to_document(post, info, source, fetch_id)

    monkeypatch.setattr(collecting, "to_document", breaks_at_11)
    host = f"preview{next(_numbers)}.example"
    web[f"{host}/s/kpp_news"] = preview("kpp_news", [OLD[4], OLD[7], *POSTS[8:12]], before=5)
    _, spool = run(web, CHANNEL, plan(CHANNEL, known_post(5), known_post(8)), tmp_path, host)
    assert [row.url.rpartition("/")[2] for row in spool.documents] == ["9", "10", "12", "8"]
    assert [(row.url, row.error_class) for row in spool.unparsed] == [
        ("https://t.me/kpp_news/11", "IndexError"), ("https://t.me/kpp_news/5", "IndexError"),
    ]  # fmt: skip
    assert coverage(spool).failed == 1 and not spool.gone


def test_a_channel_page_that_breaks_its_reader_is_a_row(
    web: SmallWeb, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(body: bytes, url: str) -> ChannelPage:
        raise KeyError("href")

    host = f"preview{next(_numbers)}.example"
    web[f"{host}/s/kpp_news"] = preview("kpp_news", POSTS[8:12], before=9)
    monkeypatch.setattr(discovering, "parse_channel", breaks)
    monkeypatch.setattr(collecting, "parse_channel", breaks)
    _, spool = run(web, CHANNEL, plan(CHANNEL), tmp_path, host)
    assert (coverage(spool).complete, coverage(spool).gap_from, coverage(spool).stop_reason) == (
        False, DAY.start, "error",
    )  # fmt: skip
    assert "The parser broke" in spool.unparsed[0].error


def test_a_post_that_can_not_be_read_costs_no_neighbour_and_is_not_gone(web: SmallWeb, tmp_path: Path) -> None:
    host = f"preview{next(_numbers)}.example"
    page = preview("kpp_news", [OLD[4], OLD[7], *POSTS[8:12]], before=5)
    assert isinstance(page.body, str)
    web[f"{host}/s/kpp_news"] = replace(page, body=page.body.replace("2025-10-01T11:00:00+00:00", "at eleven"))
    rechecks = [known_post(number) for number in (5, 6, 8, 11)]
    _, spool = run(web, CHANNEL, plan(CHANNEL, *rechecks), tmp_path, host)
    assert [row.url.rpartition("/")[2] for row in spool.documents] == ["9", "10", "12", "5", "8"]
    assert len(spool.unparsed) == 1 and "kpp_news/11" in spool.unparsed[0].error and not spool.gone


def test_a_day_of_posts_that_can_not_be_read_is_a_gap(web: SmallWeb, tmp_path: Path) -> None:
    host = f"preview{next(_numbers)}.example"
    page = preview("kpp_news", [OLD[7], *POSTS[8:18]], before=8)
    assert isinstance(page.body, str)
    web[f"{host}/s/kpp_news"] = replace(
        page, body=page.body.replace('datetime="2025-10-01T', 'datetime="on 2025-10-01T')
    )
    row = coverage(run(web, CHANNEL, plan(CHANNEL), tmp_path, host)[1])
    assert (row.complete, row.parsed, row.gap_from) == (False, 0, DAY.start)
    assert row.stop_reason == "10 of 11 posts failed: the layout or the access changed?"


def test_two_articles_of_one_address_are_told(web: SmallWeb, outlet: Source, tmp_path: Path) -> None:
    at = base(outlet)
    web[f"{at}/rss"] = feed([*((f"https://{at}/{name}", INSIDE) for name in "ab"), (f"https://{at}/old", EARLIER)])
    for name in "ab":
        web[f"{at}/{name}"] = article(
            f"Очередь {name}", TEXT, "2025-10-01T13:00:00+03:00", f"https://{at}/one/and/only"
        )
    _, spool = run(web, outlet, plan(outlet), tmp_path)
    assert [document.title for document in spool.documents] == ["Очередь a"]
    assert [(row.url, row.error_class) for row in spool.unparsed] == [(f"https://{at}/b", "OtherDocument")]


def test_the_newest_post_deleted(web: SmallWeb, tmp_path: Path) -> None:
    host = f"preview{next(_numbers)}.example"
    page = preview("kpp_news", [OLD[7], *POSTS[8:12]], before=8)
    web[f"{host}/s/kpp_news"] = web[f"{host}/s/kpp_news?before=31"] = page
    _, spool = run(web, CHANNEL, plan(CHANNEL, known_post(30)), tmp_path, host)
    assert [row.url for row in spool.gone] == [known_post(30).url]


def test_a_channel_without_a_preview_is_no_silence(web: SmallWeb, tmp_path: Path) -> None:
    host = f"preview{next(_numbers)}.example"
    shell = (
        '<div class="tgme_page"><div class="tgme_page_description">If you have Telegram, you can contact</div></div>'
    )
    web[f"{host}/s/kpp_news"] = Page(shell)
    _, spool = run(web, CHANNEL, plan(CHANNEL, known_post(3)), tmp_path, host)
    row = coverage(spool)
    assert (row.complete, row.stop_reason, row.gap_from) == (False, "missing channel", DAY.start)
    assert not spool.gone and len(spool.unparsed) >= 1


def test_the_rows_have_the_clock_that_was_given(web: SmallWeb, outlet: Source, tmp_path: Path) -> None:
    clock = datetime(2025, 10, 2, tzinfo=UTC)
    web[f"{base(outlet)}/rss"] = feed([(f"https://{base(outlet)}/a", EARLIER)])
    settings = FetchSettings(host_delay_s=0, connect_to={"*.example": web.address})
    path = tmp_path / "s.jsonl"
    carry_out(plan(outlet), outlet, str(tmp_path / "archive"), settings, path, now=lambda: clock)
    spool = read_spool(path)
    assert {fetch.fetched_at for fetch in spool.fetches} == {clock} == {coverage(spool).finished_at}
    assert len({fetch.fetch_id for fetch in spool.fetches}) == len(spool.fetches)


COLLECTOR = """
import sys
from pathlib import Path
from ingest.collect import carry_out
from ingest.fetch import FetchSettings
from ingest.plan import read_plan
from ingest.source import parse_sources
source = parse_sources(Path(sys.argv[1], "sources.toml").read_text(), "sources.toml")["outlet"]
settings = FetchSettings(host_delay_s=0.05, connect_to={"*": sys.argv[2]})
carry_out(read_plan(Path(sys.argv[1], "plan.json")), source, sys.argv[1] + "/archive", settings, Path(sys.argv[1], "spool.jsonl"))
"""


def test_a_killed_collector_leaves_no_spool_and_is_simply_run_again(
    web: SmallWeb, outlet: Source, tmp_path: Path
) -> None:
    at = base(outlet)
    urls = [f"https://{at}/{number}" for number in range(60)]
    web[f"{at}/rss"] = feed([*((url, INSIDE) for url in urls), (f"https://{at}/old", EARLIER)])
    for url in urls:
        web[url.removeprefix("https://")] = article(f"Очередь {url[-2:]}", TEXT, "2025-10-01T13:00:00+03:00")
    (tmp_path / "sources.toml").write_text(
        '[[source]]\nid = "outlet"\nname = "Outlet"\nkind = "outlet"\nside = "RU"\ncountry = "RU"\nlanguages = ["ru"]\n'
        f'home = "{outlet.home}"\nfeeds = ["{outlet.feeds[0]}"]\n'
    )
    write_plan(plan(outlet), tmp_path / "plan.json")
    root = Path(__file__).resolve().parent.parent.parent
    command = [sys.executable, "-c", COLLECTOR, str(tmp_path), web.address]
    process = subprocess.Popen(command, cwd=root)
    deadline = time.monotonic() + 30
    while sum(web.asked.values()) < 20 and time.monotonic() < deadline:
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    process.wait(10)
    assert 20 <= sum(web.asked.values()) < 60 and not (tmp_path / "spool.jsonl").exists()
    assert subprocess.run(command, cwd=root, check=False, timeout=60).returncode == 0
    spool = read_spool(tmp_path / "spool.jsonl")
    assert len(spool.documents) == 60 and coverage(spool).complete
    archive = Archive(tmp_path / "archive")
    assert len(archive.files()) == 2, "the killed one's, and this one's"
    for fetch in spool.fetches:
        assert fetch.warc_file is not None and fetch.warc_offset is not None
        archive.read(fetch.warc_file, fetch.warc_offset, fetch.sha256)
    for name in archive.files():
        assert sum(isinstance(item, Damaged) for item in archive.records(name)) <= 1


def test_a_plan_of_another_source_is_refused(web: SmallWeb, outlet: Source, tmp_path: Path) -> None:
    with pytest.raises(InputError):
        run(web, outlet, replace(plan(outlet), source_id="another"), tmp_path)
    assert not list(tmp_path.glob("spool*"))
