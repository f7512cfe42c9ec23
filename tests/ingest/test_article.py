"""From an article to the JSON that people see and the document that is kept."""

from dataclasses import replace
from datetime import datetime

from ingest.article import Article, article_json, to_document
from ingest.document import document_id
from ingest.source import Source

SOURCE = Source(id="vestnik", name="Вестник", kind="outlet", side="RU", country="RU", languages=("ru",),
                home="https://vestnik.example/", timezone="Europe/Moscow", feeds=("https://vestnik.example/rss",))  # fmt: skip
ARTICLE = Article(
    title="Фуры встали",
    text="Очередь растёт.\n«Проверяют всех», — сказал водитель.",
    published_at=datetime.fromisoformat("2025-10-01T14:30:00+03:00"),
    published_precision="minute",
    published_from="time",
    author="Анна Ким",
    lang="ru",
    url="https://vestnik.example/1?utm=x",
    canonical_url="https://vestnik.example/1",
    extractor="vestnik",
    extractor_version="1",
)


def test_json_says_the_body_and_the_offset() -> None:
    assert article_json(ARTICLE) == {
        "title": "Фуры встали",
        "text": "Очередь растёт.\n«Проверяют всех», — сказал водитель.",
        "published": "2025-10-01T14:30:00+03:00",
        "author": "Анна Ким",
        "lang": "ru",
        "url": "https://vestnik.example/1?utm=x",
        "canonical_url": "https://vestnik.example/1",
        "kind": "news",
    }


def test_json_has_a_bare_date_or_no_offset_where_the_page_has_no_more() -> None:
    assert article_json(replace(ARTICLE, published_precision="day"))["published"] == "2025-10-01"
    naive = datetime.fromisoformat("2025-10-01T14:30:00")
    assert article_json(replace(ARTICLE, published_at=naive))["published"] == "2025-10-01T14:30:00"
    assert article_json(replace(ARTICLE, published_at=None))["published"] is None


def test_the_document_is_the_canonical_page_with_its_standfirst() -> None:
    document = to_document(replace(ARTICLE, lead="Кто виноват?"), SOURCE, "f1")
    assert document.document_id == document_id("vestnik", "https://vestnik.example/1")
    assert document.text == "Кто виноват?\nОчередь растёт.\n«Проверяют всех», — сказал водитель."
    assert (document.source_side, document.fetch_id, document.published_from) == ("RU", "f1", "time")
    assert document.published_at == ARTICLE.published_at


def test_characters_that_no_text_needs_are_left_out() -> None:
    article = replace(
        ARTICLE, title="\x1b[1mФуры\x1b[0m", text="a\r\nb\ud83d", lead="л\x00", author="\x07", lang="r\x00u",
        canonical_url="https://vestnik.example/\x9b1",
    )  # fmt: skip
    assert (article.title, article.text, article.lead) == ("Фуры", "a\nb\ufffd", "л")
    assert (article.author, article.lang, article.canonical_url) == (None, "ru", "https://vestnik.example/1")


def test_a_clock_without_a_zone_keeps_its_day_only() -> None:
    document = to_document(replace(ARTICLE, published_at=datetime.fromisoformat("2025-10-01T01:30:00")), SOURCE, None)
    assert document.published_at == datetime.fromisoformat("2025-10-01T00:00:00+00:00")
    assert document.published_precision == "day"


def test_a_day_stays_the_day_that_the_page_names() -> None:
    moscow_midnight = datetime.fromisoformat("2025-10-01T00:00:00+03:00")
    document = to_document(replace(ARTICLE, published_at=moscow_midnight, published_precision="day"), SOURCE, None)
    assert document.published_at == datetime.fromisoformat("2025-10-01T00:00:00+00:00")
    assert document.published_precision == "day"
