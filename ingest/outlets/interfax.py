"""Интерфакс, a news agency; its pages are in windows-1251.

From public scrapers of 2024 to 2026: the article element holds everything, its clock says no zone (Moscow). Not
certain: what else than marked-up metadata and asides stands among the paragraphs; it raises.
"""

from datetime import date

from ingest.outlet import Outlet


class Interfax(Outlet):
    parser_id = "interfax"
    hosts = ("interfax.ru",)
    since = date(2024, 1, 1)

    container = ("article", {"itemprop": "articleBody"})
    title = 'h1[itemprop="headline"]'
    published = 'meta[itemprop="datePublished"] @content'
    body = 'article[itemprop="articleBody"]'
    paragraphs = "p, h2, h3, li, blockquote"
    drop = ("h1", "aside", "figure", "div[itemprop]")
    lang = "ru"
