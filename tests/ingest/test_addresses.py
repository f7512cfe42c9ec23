"""Addresses of real articles, as the sites form them, against the patterns of ingest/sources.toml."""

from datetime import date
from pathlib import Path

import pytest

import ingest
from ingest.address_pattern import of_days, page
from ingest.outlets import layouts
from ingest.source import load_sources

SOURCES = load_sources(Path(ingest.__file__).parent / "sources.toml")
DAY = date(2025, 10, 2)


@pytest.mark.parametrize(
    ("source", "address", "day"),
    [
        ("ria", "https://ria.ru/20251002/ochered-2048112233.html", DAY),
        ("lenta", "https://lenta.ru/news/2025/10/02/ochered/", DAY),
        ("lenta", "https://lenta.ru/articles/2025/10/02/granitsa/", DAY),
        ("tass", "https://tass.ru/ekonomika/25371234", None),
        ("interfax", "https://www.interfax.ru/russia/1052233", None),
        ("kommersant", "https://www.kommersant.ru/doc/8123456", None),
        ("rbc", "https://www.rbc.ru/business/02/10/2025/68f4a0b29a79470c1d2e3f45", DAY),
        ("rbc", "https://www.rbc.ru/rbcfreenews/68f4a0b29a79470c1d2e3f45", None),
        ("vedomosti", "https://www.vedomosti.ru/business/articles/2025/10/02/1147733-kazahstan", DAY),
        ("rg", "https://rg.ru/2025/10/02/reg-sibfo/stoianka.html", DAY),
        ("izvestia", "https://iz.ru/1973311/2025-10-02/ekspert-obiasnil-zator", DAY),
        ("izvestia", "https://iz.ru/2168791/pravitelstvo-vydelit-sredstva-izi", None),
        ("izvestia", "https://iz.ru/2168791/ivan-petrov/dolgaia-doroga", None),
        ("gazeta-ru", "https://www.gazeta.ru/social/news/2025/10/02/26988776.shtml", DAY),
        ("gazeta-ru", "https://www.gazeta.ru/business/2025/10/02_a_21720469.shtml", DAY),
        ("ura-news", "https://ura.news/news/1053011223", None),
        ("mk", "https://www.mk.ru/economics/2025/10/02/sem-sutok.html", DAY),
        ("mk-orenburg", "https://oren.mk.ru/social/2025/10/02/sem-sutok.html", DAY),
        ("56-ru", "https://56.ru/text/transport/2025/10/02/76073300/", DAY),
    ],
)
def test_articles_are_known_by_their_addresses(source: str, address: str, day: date | None) -> None:
    assert SOURCES[source].is_article(address)
    assert SOURCES[source].days_in(address) == ((day, day) if day else None)


@pytest.mark.parametrize(
    ("source", "address"),
    [
        ("ria", "https://ria.ru/20251002/"),
        ("lenta", "https://lenta.ru/rubrics/economics/"),
        ("interfax", "https://www.interfax.ru/news/2025/10/02"),
        ("kommersant", "https://www.kommersant.ru/archive/news/day/2025-10-02"),
        ("rbc", "https://www.rbc.ru/business/"),
        ("vedomosti", "https://www.vedomosti.ru/archive/2025/10/02"),
        ("izvestia", "https://iz.ru/2168791/video/ochered"),
        ("gazeta-ru", "https://www.gazeta.ru/news/"),
        ("mk", "https://www.mk.ru/news/2025/10/02/"),
        ("56-ru", "https://56.ru/text/transport/"),
    ],
)
def test_lists_are_not_articles(source: str, address: str) -> None:
    assert not SOURCES[source].is_article(address)


def test_pages_of_a_day() -> None:
    lenta, interfax, city = (SOURCES[name].archive[0] for name in ("lenta", "interfax", "56-ru"))
    assert [page(of_days(lenta, [DAY])[0], number) for number in (1, 2)] == [
        "https://lenta.ru/2025/10/02/",
        "https://lenta.ru/2025/10/02/page/2/",
    ]
    assert page(of_days(interfax, [DAY])[0], 3) == "https://www.interfax.ru/news/2025/10/02/page_3"
    assert page(of_days(city, [DAY])[0], 1) == "https://56.ru/text/?dateFrom=2.10.2025&dateTo=2.10.2025&page=1"
    assert of_days(SOURCES["rg"].sitemaps[0], [DAY]) == [
        "https://rg.ru/sitemaps/index.xml?date_start=1759312800&date_end=1759492800"
    ]
    assert of_days(SOURCES["ria"].sitemaps[0], [DAY]) == [
        "https://ria.ru/sitemap_article.xml?date_start=20251002&date_end=20251002"
    ]


def test_a_named_parser_exists() -> None:
    assert {source.parser for source in SOURCES.values() if source.parser} <= set(layouts())
