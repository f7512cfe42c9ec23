"""Казахстанская правда, by two readers of 2025. Its authors are not read: no reader names their place."""

from datetime import date

from ingest.outlet import Outlet


class Kazpravda(Outlet):
    parser_id = "kazpravda"
    hosts = ("kazpravda.kz",)
    since = date(2025, 5, 15)

    container = ("body", {})
    title = "h1.article__title"
    published = "time.article__date"
    body = "div.article__body"
    drop = ("figure",)
