"""When an article was published, and where the page says so."""

from datetime import UTC, datetime

import pytest

from ingest.html_page import read_html
from ingest.page_metadata import page_metadata
from ingest.publication_date import PublicationDate, publication_date

READ = datetime(2025, 10, 2, tzinfo=UTC)


def _date(head: str, body: str, url: str = "https://example.org/1") -> PublicationDate | None:
    page = read_html(f"<html><head>{head}</head><body><h1>T</h1>{body}<p>x</p></body></html>".encode(), url)
    return publication_date(page, page_metadata(page), "T", timezone="Asia/Almaty", fetched_at=READ)


JSON_LD = (
    '<script type="application/ld+json">{"@type": "Article", "datePublished": "2025-10-01T14:30:00+05:00"}</script>'
)


@pytest.mark.parametrize(
    ("head", "body", "at", "precision", "source"),
    [
        (JSON_LD + '<meta property="article:published_time" content="2025-09-01">', "", "2025-10-01T14:30:00+05:00", "second", "json-ld"),
        ('<meta property="article:published_time" content="2025-10-01T14:30:00Z">', "", "2025-10-01T14:30:00+00:00", "second", "meta"),
        ('<meta name="date" content="2025-10-01 14:30">', "", "2025-10-01T14:30:00+05:00", "minute", "meta"),
        ('<meta name="pubdate" content="1759311000">', "", "2025-10-01T09:30:00+00:00", "second", "meta"),
        ("", '<time datetime="2025-09-30T10:00+05:00" class="updated">x</time><time datetime="2025-10-01T14:30+05:00">x</time>', "2025-10-01T14:30:00+05:00", "minute", "time"),
        ("", '<aside><time datetime="2020-01-01">x</time></aside><time>1 октября 2025</time>', "2025-10-01T00:00:00+05:00", "day", "time"),
        ("", "<div><span>Обновлено 2 октября 2025</span><span>Вчера, 14:30</span></div>", "2025-10-01T14:30:00+05:00", "minute", "text"),
        ("", "<div>2025 жылғы 1 қазан, 14:30</div>", "2025-10-01T14:30:00+05:00", "minute", "text"),
        ("", "<div>Опубликовано: 1 октября 2025, 14:30 | Обновлено: 2 октября 2025, 01:00</div>", "2025-10-01T14:30:00+05:00", "minute", "text"),
        ("", "<div>Updated October 2, 2025. Published October 1, 2025</div>", "2025-10-01T00:00:00+05:00", "day", "text"),
        ("", "<div><span>Жаңартылды: </span><time datetime='2025-10-02T01:00'>x</time> <span>Жарияланды</span> <time datetime='2025-10-01T14:30'>x</time></div>", "2025-10-01T14:30:00+05:00", "minute", "time"),
        ("", "<div>12 қыркүйек, 14:30</div>", "2025-09-12T14:30:00+05:00", "minute", "text"),
        ("", "<p>x</p>" * 20 + "<div class='item__date'>1 октября 2025</div>", "2025-10-01T00:00:00+05:00", "day", "text"),
        ("", "<p>x</p>" * 20 + "<div>Veröffentlicht am 1. Oktober 2025 um 14:30 Uhr</div>", "2025-10-01T14:30:00+05:00", "minute", "text"),
        ("", "<p>x</p>" * 20 + "<div><span>Oct. 1, 2025</span></div>", "2025-10-01T00:00:00+05:00", "day", "text"),
        ("", '<script>window.data = {"publishedAt": "2025-10-01T14:30:00+05:00"}</script>', "2025-10-01T14:30:00+05:00", "second", "script"),
        ("", "<p>x</p>" * 20 + "<p>Last updated: October 1, 2025</p>", "2025-10-01T00:00:00+05:00", "day", "updated"),
        ("", "<ul>" + "<li><time datetime='2025-09-30'>x</time></li>" * 200 + "</ul>", "2025-09-30T00:00:00+05:00", "day", "time"),
        ('<meta name="date" content="2031-01-01">', "<div>01.10.2025</div>", "2025-10-01T00:00:00+05:00", "day", "text"),
    ],
)  # fmt: skip
def test_ranking(head: str, body: str, at: str, precision: str, source: str) -> None:
    assert _date(head, body) == PublicationDate(datetime.fromisoformat(at), precision, source)  # type: ignore[arg-type]


def test_the_address_is_a_witness() -> None:
    found = _date("", "", "https://example.org/2025/10/01/fury-vstali")
    assert found is not None
    assert (found.at.date().isoformat(), found.precision, found.source) == ("2025-10-01", "day", "url")


def test_of_several_articles_the_one_under_the_title_counts() -> None:
    body = (
        '<article><h2>Другая</h2><time datetime="2020-01-01" pubdate>x</time></article>'
        '<article><h1>T</h1><time datetime="2025-10-01">x</time></article>'
    )
    page = read_html(f"<html><body>{body}</body></html>".encode(), "https://example.org/1")
    found = publication_date(page, page_metadata(page), "T")
    assert found is not None
    assert found.at.date().isoformat() == "2025-10-01"


def test_a_page_without_a_date_has_none() -> None:
    assert _date("", "") is None


def test_a_copyright_year_is_no_date() -> None:
    assert _date("", "<footer>© 2025 Вестник</footer>") is None


def test_a_dateline_is_found_at_last() -> None:
    found = _date(
        "",
        "<div><div><div><div><div><div><p>text</p></div></div></div></div></div></div><p>Posted on 2025-09-12 in News</p>",
    )
    assert found is not None
    assert found.at.date().isoformat() == "2025-09-12"


def test_several_days_in_scripts_are_other_articles_too() -> None:
    assert _date("", '<script>[{"publishedAt": "2025-09-01"}, {"publishedAt": "2025-09-02"}]</script>') is None


@pytest.mark.parametrize(
    "path", ["2025/10/01/fury", "2025/oct/1/fury", "20251001/fury", "news/fury-01-10-2025.html", "fury_2025-10-01"]
)
def test_what_is_only_seen_must_fit_the_day_of_the_address(path: str) -> None:
    found = _date("", "<div>12.09.2025 14:30</div>", f"https://example.org/{path}")
    if path == "fury_2025-10-01":  # no path of its own: a number in the name
        assert found is not None and found.source == "text"
        return
    assert found is not None
    assert (found.at.date().isoformat(), found.source) == ("2025-10-01", "url")


@pytest.mark.parametrize(
    ("head", "url", "day"),
    [
        ('<html lang="en-US">', "https://example.org/1", "2025-01-02"),
        ('<html lang="en-GB">', "https://example.org/1", "2025-02-01"),
        ('<html lang="ru">', "https://example.org/1", "2025-02-01"),
        ('<html lang="en">', "https://example.co.uk/1", "2025-02-01"),
    ],
)
def test_the_order_of_day_and_month_is_the_country_s(head: str, url: str, day: str) -> None:
    page = read_html(f"{head}<body><h1>T</h1><p>01/02/2025</p></body></html>".encode(), url)
    found = publication_date(page, page_metadata(page), "T")
    assert found is not None
    assert found.at.date().isoformat() == day
