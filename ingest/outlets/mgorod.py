"""Мой город, the news site of Уральск, by a reader of early 2024.

Not certain: the form of the date (a Russian one), and what stands in the text beside paragraphs. The articles' addresses
have changed since (/nitem/ then, /news/ in 2025), and with them perhaps the layout.
"""

from datetime import date

from ingest.outlet import Outlet


class Mgorod(Outlet):
    parser_id = "mgorod"
    hosts = ("mgorod.kz",)
    since = date(2024, 3, 1)

    container = ("body", {})
    title = "h1.news-title"
    published = "div.news-time"
    body = "div.news-single-content"
    drop = ("figure",)
