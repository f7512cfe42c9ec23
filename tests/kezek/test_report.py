"""The report: one page that is safe to open, whatever was scraped, and says what the warehouse says."""

import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import html as lxml_html

from ingest.document import Document
from ingest.errors import WarehouseError
from kezek.names import Names
from kezek.report.charts import blame_chart, cause_chart, change_chart, queue_charts
from kezek.report.evidence import cause_marks
from kezek.report.page import write_report
from kezek.report.wording import link, words
from tests.warehouse.world import (
    DAY,
    SOURCES,
    TEXT,
    annotation,
    claim,
    covered,
    day,
    document,
    fetch,
    gone,
    observation,
)
from warehouse.connection import open_warehouse
from warehouse.load import load_annotations, load_readings, load_sources
from warehouse.marks import Span, span_of
from warehouse.publish import publish
from warehouse.reading import Reading

HOSTILE = (
    "\"><script>alert(1)</script><img src=x onerror=alert(2)> href='javascript:alert(3)' ]]> {{ 7*7 }} & \u202eevil"
)


def page_of(number: int, **changes: object) -> Document:
    made = document(f"p{number}", published_at=day(number), fetch_id=f"f-p{number}")
    return replace(made, **changes)  # type: ignore[arg-type]


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """A warehouse with a contested cause, a turned story, a copy, an edit, a deletion and a gap."""
    one, two, copy = page_of(1), page_of(2), document("copy", published_at=day(1), fetch_id="f-copy")
    edited, dead = page_of(3), page_of(4)
    later = page_of(3, text=TEXT.replace("заявил", "сообщил"))
    pages = [one, two, copy, edited, dead]
    with open_warehouse(tmp_path / "private.duckdb") as warehouse:
        load_sources(warehouse, SOURCES)
        load_readings(
            warehouse,
            fetches=[fetch(str(page.fetch_id)[2:], day(1)) for page in pages],
            readings=[
                *(Reading(page, day(4), None, one.document_id if page is copy else None) for page in pages),
                Reading(later, day(5)),
            ],
            coverage=[
                covered(interval_end=DAY + timedelta(days=4)),
                covered(source_id="fura", complete=False, stop_reason="LayoutError", gap_from=DAY, gap_to=day(1)),
            ],
            gone=[gone(dead.document_id, day(6))],
        )
        said = [
            annotation(one, claim(one)),
            annotation(two, claim(two, stance="denies"), observations=(observation(two, 900),)),
            annotation(copy, claim(copy)),
            annotation(edited, claim(edited, cause="weather", blames="NONE", speaker="метеослужба")),
            annotation(later),
            annotation(dead, claim(dead, cause="politics", speaker="дипломат", speaker_kind="unnamed")),
        ]
        load_annotations(warehouse, said, day(7))
        publish(warehouse, tmp_path / "kezek.duckdb")
    return tmp_path / "kezek.duckdb"


def page_at(report: Path) -> Any:
    return lxml_html.fromstring(report.read_text(encoding="utf-8"))


def sections(report: Path) -> dict[str, str]:
    page = page_at(report)
    return {one.get("id"): re.sub(r"\s+", " ", one.text_content()) for one in page.iter("section")}


def test_it_says_what_the_warehouse_says(published: Path, tmp_path: Path) -> None:
    report = write_report(published, tmp_path / "public" / "report.html")
    said = sections(report)
    assert "Tightened checks asserted, 1 Oct 2025: 1 story" in said["evidence"]
    assert "Kazakhstan blames Russia, 1 Oct 2025: 1 story" in said["evidence"]
    assert "виноваты проверки России" in said["blame"]
    assert "Mintrans Kazakhstana (KZ)" in said["contested"]
    assert "turned round" in said["changes"]
    assert re.search(r"2\s+Tightened checks", said["carriers"])
    assert "meteosluzhba" in said["edited"]
    assert "edited away, seen 5 Oct 2025" in said["edited"]
    assert "taken down, seen 6 Oct 2025. 404" in said["edited"]
    assert "Syrym" in said["queues"]
    assert "Syrym, 2 Oct 2025: 900 vehicles (1 figure)" in said["evidence"]
    assert "2025-10-01 00:00 – 2025-10-01 12:00: LayoutError" in said["coverage"]
    assert "◐" in said["coverage"]
    assert [one.name for one in report.parent.iterdir()] == ["report.html"]


def test_the_same_warehouse_gives_the_same_bytes(published: Path, tmp_path: Path) -> None:
    first = write_report(published, tmp_path / "a.html").read_bytes()
    assert write_report(published, tmp_path / "b.html").read_bytes() == first
    assert len(first) < 3_000_000


def hrefs(page: Any) -> list[str]:
    return [value for _, attribute, value, _ in page.iterlinks() if not value.startswith("#")]


def test_it_asks_the_network_for_nothing(published: Path, tmp_path: Path) -> None:
    page = page_at(write_report(published, tmp_path / "r.html"))
    assert {element.tag for element in page.iter() if isinstance(element.tag, str)}.isdisjoint(
        {"script", "link", "img", "iframe", "object", "embed", "base", "form", "video", "audio", "source"}
    )
    (style,) = page.iter("style")
    assert "url(" not in style.text_content()
    assert "@import" not in style.text_content()
    assert "default-src 'none'" in page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    assert set(hrefs(page)) == {f"https://delovoy-shelk.example/{name}" for name in ("", "p1", "p2", "p3", "p4")} | {
        "https://t.me/s/fura163"
    }


def test_what_was_scraped_stays_words(tmp_path: Path) -> None:
    text = f"Очередь. {HOSTILE.replace('. ', ' ')}, виноваты проверки России. На Сырыме стоят 700 фур. Минтранс."
    page = page_of(1, text=text, title=HOSTILE, url="javascript:alert(4)")
    hostile = claim(page, speaker=HOSTILE, cause=HOSTILE, speaker_role=HOSTILE, relayed_by=HOSTILE)
    denied = claim(page, speaker='=HYPERLINK("https://evil.example")', cause=HOSTILE, stance="denies")
    seen = replace(observation(page), place=HOSTILE, place_entity=None)
    sources = [SOURCES[0].model_copy(update={"name": HOSTILE})]
    with open_warehouse(tmp_path / "private.duckdb") as warehouse:
        load_sources(warehouse, sources)
        load_readings(
            warehouse,
            fetches=[fetch("p1", day(1))],
            readings=[Reading(page, day(1))],
            coverage=[covered(stop_reason=HOSTILE, complete=False)],
        )
        load_annotations(
            warehouse, [replace(annotation(page, hostile, denied, observations=(seen,)), mentions=())], day(2)
        )
        publish(warehouse, tmp_path / "kezek.duckdb")
    source = write_report(tmp_path / "kezek.duckdb", tmp_path / "r.html").read_text(encoding="utf-8")
    assert "\u202e" not in source
    assert "49" not in re.findall(r"\{\{ (.*?) \}\}", source)
    page_read: Any = lxml_html.fromstring(source)
    assert not list(page_read.iter("script", "img"))
    for element in page_read.iter():
        assert not any(str(name).startswith("on") for name in element.attrib)
    assert hrefs(page_read) == ["https://delovoy-shelk.example/"]
    assert "<script>alert(1)</script>" in page_read.text_content()
    for cell in page_read.iter("td", "div", "bdi", "q", "h3"):
        assert not (cell.text or "").strip().startswith("=")


def test_an_empty_warehouse_has_a_report(tmp_path: Path) -> None:
    with open_warehouse(tmp_path / "kezek.duckdb"):
        pass
    said = sections(write_report(tmp_path / "kezek.duckdb", tmp_path / "r.html"))
    assert "No claims yet." in said["blame"]
    assert "No claims yet." in said["evidence"]
    assert "Nothing has been read yet." in said["coverage"]


def test_a_large_warehouse_has_a_small_report(tmp_path: Path) -> None:
    pages = [page_of(1 + n % 9, document_id=f"d{n:015}", text=f"{TEXT} {n}") for n in range(3000)]
    with open_warehouse(tmp_path / "kezek.duckdb") as warehouse:
        load_sources(warehouse, SOURCES)
        load_readings(warehouse, readings=[Reading(page, day(9) + timedelta(hours=1)) for page in pages])
        causes = [f"cause_{n}" for n in range(100)]
        said = [annotation(page, claim(page, cause=causes[n % 100])) for n, page in enumerate(pages)]
        load_annotations(warehouse, said, day(10))
    report = write_report(tmp_path / "kezek.duckdb", tmp_path / "r.html")
    assert report.stat().st_size < 3_000_000
    assert "The first 60 of 100" in sections(report)["blame"]


def test_what_can_not_be_read_or_written(published: Path, tmp_path: Path) -> None:
    with pytest.raises(WarehouseError, match="There is no warehouse"):
        write_report(tmp_path / "none.duckdb", tmp_path / "r.html")
    assert not (tmp_path / "r.html").exists()
    (tmp_path / "folder").mkdir()
    with pytest.raises(WarehouseError, match="can't be written"):
        write_report(published, tmp_path / "folder")


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://example.org/a?b=1&c=2", True),
        ("http://example.org", True),
        ("HTTPS://example.org/", True),
        ("javascript:alert(1)", False),
        (" javascript:alert(1)", False),
        ("java\nscript:alert(1)", False),
        ("data:text/html,<script>", False),
        ("//example.org/a", False),
        ("https:///a", False),
        ("https://[bad", False),
        ("file:///etc/passwd", False),
        ("", False),
        (None, False),
    ],
)
def test_only_the_web_is_linked(url: str | None, safe: bool) -> None:
    assert (link(url) is not None) is safe


def test_words_hide_nothing() -> None:
    assert words("a\u202eb\u0000c") == "abc"
    assert words("=1+1") == "\u2060=1+1"
    assert words("ә–ё") == "ә–ё"


def cause_row(cause: str, on: date, stories: int = 1, rank: int = 1, stance: str = "asserts") -> dict[str, Any]:
    return {"cause": cause, "stance": stance, "bin": on, "rank": rank, "stories": stories}


def days_from(first: date, number: int) -> Span:
    return span_of(first, first + timedelta(days=number - 1))


def test_the_chart_starts_with_what_is_said_most() -> None:
    span = days_from(DAY.date(), 2)
    rows = [
        cause_row(cause, DAY.date(), 1, rank) for rank, cause in enumerate(("capacity", "it_failure", "weather"), 1)
    ]
    chart = cause_chart(cause_marks(rows, span), span)
    assert chart is not None
    assert re.findall(r">(Weather|Capacity|IT failure)<", chart.svg) == ["Capacity", "IT failure", "Weather"]
    assert re.findall(r'<a href="(#c[0-9]+)"><title>', chart.svg) == ["#c1", "#c2", "#c3"]


def test_without_marks_there_is_no_chart() -> None:
    span = days_from(DAY.date(), 1)
    assert blame_chart([], span) is cause_chart([], span) is change_chart([], str) is None
    assert queue_charts([], span, str) == []


def test_a_date_in_the_future_does_not_empty_the_charts(tmp_path: Path) -> None:
    now, future = page_of(1), page_of(2, published_at=day(1).replace(year=2099))
    with open_warehouse(tmp_path / "kezek.duckdb") as warehouse:
        load_sources(warehouse, SOURCES)
        load_readings(
            warehouse,
            fetches=[fetch("p1", day(1)), fetch("p2", day(1))],
            readings=[Reading(now, day(1)), Reading(future, day(1))],
            coverage=[covered()],
        )
        load_annotations(warehouse, [annotation(page, claim(page)) for page in (now, future)], day(2))
    source = write_report(tmp_path / "kezek.duckdb", tmp_path / "r.html").read_text(encoding="utf-8")
    for title in ("Who blames whom, over time", "Queues in vehicles, by crossing"):
        chart = source.partition(f'role="group" aria-label="{title}"')[2].partition("</svg>")[0]
        assert set(re.findall(r">(\d+ [A-Z][a-z]{2})<", chart)) == {"1 Oct"}


@pytest.mark.parametrize(
    ("days", "unit", "bins"), [(1, "day", 1), (31, "day", 31), (32, "week", 5), (200, "week", 29), (400, "month", 15)]
)
def test_the_bins_fit_the_span(days: int, unit: str, bins: int) -> None:
    span = days_from(date(2025, 9, 29), days)
    assert (span.bin, len(span.bins)) == (unit, bins)
    assert span.days(span.bins[0])[0] == span.since
    assert span.days(span.bins[-1])[1] == span.until


def test_twenty_years_are_the_last_three() -> None:
    span = span_of(date(2005, 1, 1), date(2025, 6, 15))
    assert (span.bin, span.since, len(span.bins)) == ("month", date(2022, 7, 1), 36)


def test_every_mark_leads_to_its_evidence(published: Path, tmp_path: Path) -> None:
    page = page_at(write_report(published, tmp_path / "r.html"))
    ids = [element.get("id") for element in page.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    assert {target.removeprefix("#") for target in page.xpath("//@href") if target.startswith("#")} <= set(ids)
    marks = page.xpath("//svg//a")
    told = page.xpath("//*[@class='mark']")
    assert len(marks) == len(told) + 2 * len(page.xpath("//*[@id='change-cards']/div")) > 8
    for mark in marks:
        (place,) = page.xpath(f"//*[@id='{mark.get('href')[1:]}']")
        assert place.xpath(".//q")
        assert place.xpath(".//a[starts-with(@href, 'https://delovoy-shelk.example/')]")
        assert place.xpath(".//code")
        assert mark.xpath("./title")[0].text


def test_a_changed_story_leads_to_both_statements(published: Path, tmp_path: Path) -> None:
    page = page_at(write_report(published, tmp_path / "r.html"))
    dots = page.xpath("//svg[@aria-label='Position changes, over time']//a/@href")
    assert dots == ["#p1a", "#p1b"]
    first, second = (page.xpath(f"//*[@id='{dot[1:]}']")[0].text_content() for dot in dots)
    assert "1 Oct 2025" in first
    assert "asserts" in first
    assert "2 Oct 2025" in second
    assert "denies" in second


def test_a_cell_of_the_calendar_says_why(published: Path, tmp_path: Path) -> None:
    page = page_at(write_report(published, tmp_path / "r.html"))
    (cell,) = page.xpath("//td[contains(@class, 'part')]/a")
    assert cell.get("title") == "1 Oct 2025: 0 of 1 day read whole; LayoutError"
    (row,) = page.xpath(f"//tr[@id='{cell.get('href')[1:]}']")
    assert "2025-10-01 00:00 – 2025-10-01 12:00: LayoutError" in row.text_content()


@pytest.mark.parametrize(
    ("names", "place", "speaker"), [("en", "Syrym", "Mintrans Kazakhstana"), ("ru", "Сырым", "Минтранс Казахстана")]
)
def test_names_in_the_readers_script(published: Path, tmp_path: Path, names: Names, place: str, speaker: str) -> None:
    said = sections(write_report(published, tmp_path / "r.html", names=names))
    assert place in said["queues"]
    assert speaker in said["changes"]


def test_only_the_days_that_are_asked_for(published: Path, tmp_path: Path) -> None:
    said = sections(write_report(published, tmp_path / "r.html", since=date(2025, 10, 2)))
    assert "blames Russia, 1 Oct 2025" not in said["evidence"]
    assert "Tightened checks denied, 2 Oct 2025: 1 story" not in said["blame"]
    none = sections(write_report(published, tmp_path / "n.html", until=date(2020, 1, 1)))
    assert "No claims yet." in none["blame"]


def test_an_empty_span_of_time_has_no_marks(published: Path, tmp_path: Path) -> None:
    page = page_at(write_report(published, tmp_path / "r.html", since=date(2026, 1, 1)))
    assert page.xpath("//svg") == []


def test_the_page_does_not_grow_with_the_claims(tmp_path: Path) -> None:
    sizes = []
    for many in (400, 1600):
        pages = [page_of(1 + n % 9, document_id=f"d{n:015}", text=f"{TEXT} {n}") for n in range(many)]
        with open_warehouse(tmp_path / f"{many}.duckdb") as warehouse:
            load_sources(warehouse, SOURCES)
            load_readings(warehouse, readings=[Reading(page, day(9) + timedelta(hours=1)) for page in pages])
            load_annotations(warehouse, [annotation(page, claim(page)) for page in pages], day(10))
        sizes.append(write_report(tmp_path / f"{many}.duckdb", tmp_path / "r.html").stat().st_size)
    assert sizes[1] < 1.05 * sizes[0]
