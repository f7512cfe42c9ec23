"""The report: one page that is safe to open, whatever was scraped, and says what the warehouse says."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import html as lxml_html

from ingest.document import Document
from ingest.errors import WarehouseError
from kezek.report import write_report
from kezek.report.charts import narratives_chart, queue_chart
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
                covered(),
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
    assert "Tightened checks" in said["narratives"]
    assert "виноваты проверки России" in said["blame"]
    assert "Минтранс Казахстана (KZ)" in said["contested"]
    assert "turned round" in said["changes"]
    assert re.search(r"2\s+Tightened checks", said["carriers"])
    assert "метеослужба" in said["edited"]
    assert "edited away, seen 5 Oct 2025" in said["edited"]
    assert "taken down, seen 6 Oct 2025. 404" in said["edited"]
    assert "Сырым" in said["queues"]
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
    assert set(hrefs(page)) == {f"https://delovoy-shelk.example/{name}" for name in ("p1", "p2", "p3", "p4")}


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
    assert hrefs(page_read) == []
    assert "<script>alert(1)</script>" in page_read.text_content()
    for cell in page_read.iter("td", "div", "bdi", "q", "h3"):
        assert not (cell.text or "").strip().startswith("=")


def test_an_empty_warehouse_has_a_report(tmp_path: Path) -> None:
    with open_warehouse(tmp_path / "kezek.duckdb"):
        pass
    said = sections(write_report(tmp_path / "kezek.duckdb", tmp_path / "r.html"))
    assert "No claims yet." in said["narratives"]
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


def test_the_chart_starts_with_what_is_said_most() -> None:
    said = {"weather": 1, "capacity": 5, "it_failure": 3}
    rows = [
        {"day": DAY.date(), "cause": cause, "stance": "asserts", "blames": "KZ", "stories": stories}
        for cause, stories in said.items()
    ]
    svg = narratives_chart(rows)
    assert svg is not None
    assert re.findall(r">(Weather|Capacity|IT failure)<", svg) == ["Capacity", "IT failure", "Weather"]
    assert narratives_chart([]) is None
    assert queue_chart([]) is None


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
    for title in ("Stories a day, by cause and side blamed", "Queue lengths by crossing"):
        chart = source.partition(f'aria-label="{title}"')[2].partition("</svg>")[0]
        assert re.findall(r">(\d+ [A-Z][a-z]{2})<", chart) == ["1 Oct"]


def test_without_coverage_the_charts_show_all_days() -> None:
    rows = [
        {"day": DAY.date() + timedelta(days=n), "cause": "weather", "stance": "asserts", "blames": "KZ", "stories": 1}
        for n in range(3)
    ]
    svg, cut = narratives_chart(rows), narratives_chart(rows, until=DAY.date() + timedelta(days=1))
    assert svg is not None
    assert cut is not None
    assert "3 Oct" in svg
    assert "2 Oct" in cut
    assert "3 Oct" not in cut
    assert narratives_chart(rows, until=DAY.date() - timedelta(days=1)) is None
