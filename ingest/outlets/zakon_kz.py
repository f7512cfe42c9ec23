"""Zakon.kz, by a reader of January 2022; one of August 2025 names the same lead and text.

The clock stands before the day: "13:32 31.01.2022", in lists of 2025 "13:51, 15 августа 2025".
"""

from datetime import date

from ingest.outlet import Outlet


class ZakonKz(Outlet):
    parser_id = "zakon_kz"
    hosts = ("zakon.kz", "kaz.zakon.kz")
    since = date(2022, 1, 31)

    container = ("div", {"class": "articleBlock"})
    title = "h1"
    lead = "div.description"
    published = "div.info div.date"
    author = "div.author a"
    several_authors = True
    body = "div.content"
    paragraphs = "p, blockquote, quote, h2, h3, h4, li"
    drop = ("figure",)
