"""Ведомости, a business daily.

From public scrapers of 2022 to 2026. The author's block mixes names with other words and is left alone. Not certain:
what the boxes other than paragraphs are called; their letters raise.
"""

from datetime import date

from ingest.outlet import Outlet


class Vedomosti(Outlet):
    parser_id = "vedomosti"
    hosts = ("vedomosti.ru",)
    since = date(2022, 1, 1)

    container = ("body", {})
    title = "h1.article-headline__title"
    lead = ".article-headline__subtitle"
    published = "time.article-meta__date @datetime"
    body = "div.article-boxes-list"
    paragraphs = "p.box-paragraph__text, .box-paragraph__subtitle, li, blockquote"
    drop = (".box-inset-link", ".box-inset-media", "figure")
