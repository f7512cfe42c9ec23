"""Деловой Шёлк, a business daily."""

from datetime import date

from ingest.outlet import Outlet


class DelovoyShelk(Outlet):
    parser_id = "delovoy_shelk"
    hosts = ("delovoy-shelk.example",)
    since = date(2025, 9, 20)

    container = ("main", {"class": "article"})
    title = "h1.article__title"
    lead = "p.article__subtitle"
    published = "time.article__date @datetime"
    author = "span.article__author"
    body = "div.article__text"
    paragraphs = "p.article__paragraph, blockquote.article__quote"
    drop = ("figure.article__inset", "aside.read-also")
