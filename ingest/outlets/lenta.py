"""Лента.ру, a news site.

From public scrapers of 2022 to 2026 (to April 2026 on live pages); the old layout from those of 2013 to 2021. Pages of
m.lenta.ru and of the "premium" layout are other ones. Not certain: what else than the named boxes stands in the body.
"""

from datetime import date

from ingest.outlet import Outlet


class Lenta(Outlet):
    parser_id = "lenta"
    hosts = ("lenta.ru",)
    since = date(2022, 2, 9)

    container = ("body", {})
    title = "h1.topic-body__titles > span.topic-body__title"
    lead = "div.topic-body__title-yandex"
    published = "a.topic-header__time"
    author = ".topic-authors__name"
    several_authors = True
    body = "div.topic-body__content"
    paragraphs = (
        "p.topic-body__content-text, h2, h3, li, blockquote, div.box-note__text, div.box-quote__content-text,"
        " .box-quote__author-name, .box-quote__author-description"
    )
    drop = ("div.box-inline-topic", "div.box-gallery", "figure.picture", "div.js-scroll-to-site-container")


class LentaUntil2021(Outlet):
    parser_id = "lenta"
    hosts = ("lenta.ru",)
    since = date(2013, 1, 1)

    container = ("div", {"class": "b-topic__content"})
    title = "h1.b-topic__title"
    published = "div.b-topic__info time.g-date @datetime"
    body = "div.js-topic__text"
    paragraphs = "p, h2, h3, li, blockquote"
    drop = ("aside", "div.js-box-inline-topic", "div.b-topic__title-image", "figure")
