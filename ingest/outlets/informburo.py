"""Informburo.kz, by readers of 2025: the text is in div.article, its first words before it in an excerpt.

Not certain: whether another h1 stands on the page, and where the author is named (none is read).
"""

from datetime import date

from ingest.outlet import Outlet


class Informburo(Outlet):
    parser_id = "informburo"
    hosts = ("informburo.kz",)
    since = date(2025, 8, 15)

    container = ("body", {})
    title = "h1"
    lead = ".article-excerpt"
    published = "div.article-meta time[datetime]"
    body = "div.article"
    drop = (".read-more", "figure")
