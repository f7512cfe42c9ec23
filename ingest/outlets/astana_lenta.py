"""Astana Lenta, an agency in Russian and Kazakh whose clocks say no zone."""

from datetime import date

from ingest.outlet import Outlet


class AstanaLenta(Outlet):
    parser_id = "astana_lenta"
    hosts = ("astana-lenta.example",)
    since = date(2025, 9, 20)

    container = ("div", {"class": "news-detail"})
    title = "div.news-detail__title h1"
    lead = "p.intro"
    published = 'meta[name="date"] @content'
    author = "div.news-detail__author"
    author_prefix = r"(?:Автор|Авторы):"
    body = "div.news-detail__content"
    paragraphs = "p"
