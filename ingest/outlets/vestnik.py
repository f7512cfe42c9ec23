"""Вестник, a news agency."""

from datetime import date

from ingest.outlet import Outlet


class Vestnik(Outlet):
    parser_id = "vestnik"
    hosts = ("vestnik-agency.example",)
    since = date(2025, 9, 20)

    container = ("div", {"class": "news-page"})
    title = "h1.news-header__title"
    lead = "div.news-header__lead"
    published = 'meta[property="article:published_time"] @content'
    body = "div.text-block"
    paragraphs = "p"
