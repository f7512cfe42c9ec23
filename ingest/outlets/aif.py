"""Аргументы и факты, a weekly.

From public scrapers of 2024 and 2025. Not certain: boxes in the body, which raise.
"""

from datetime import date

from ingest.outlet import Outlet


class Aif(Outlet):
    parser_id = "aif"
    hosts = ("aif.ru", "chel.aif.ru", "oren.aif.ru", "omsk.aif.ru", "samara.aif.ru")
    since = date(2024, 1, 1)

    container = ("body", {})
    title = 'h1[itemprop="headline"]'
    published = 'div.article_top div.date time[itemprop="datePublished"]'
    author = "div.article_top div.authors div.autor span"
    several_authors = True
    body = "div.article_text"
    paragraphs = "p, h2, h3, li, blockquote"
    drop = ("div.img_box", "figure", "div.tags")
