"""Степной Урал, a regional site in windows-1251 whose clocks say no zone."""

from datetime import date

from ingest.outlet import Outlet


class StepnoyUral(Outlet):
    parser_id = "stepnoy_ural"
    hosts = ("stepnoy-ural.example",)
    since = date(2025, 9, 20)

    container = ("div", {"id": "news"})
    title = "h1.news_title"
    lead = "div.news_text > p:first-child:has(> b)"
    published = "div.news_date"
    author = "div.news_author"
    body = "div.news_text"
    paragraphs = "p"
    drop = ("div.news_photo",)
    lang = "ru"
