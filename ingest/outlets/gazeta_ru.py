"""Газета.Ru, a news site.

From public scrapers of 2024 and 2025. News have two headings, of which the one called headline is the one that is
shown. Longer pieces have an intro; the subheader above it is then a subtitle and is left out, as other outlets' are.
Not certain: boxes in the body, which raise.
"""

from datetime import date

from ingest.outlet import Outlet


class GazetaRu(Outlet):
    parser_id = "gazeta_ru"
    hosts = ("gazeta.ru",)
    since = date(2024, 1, 1)

    container = ("article", {"id": "_id_article"})
    title = ".headline"
    lead = "#_id_article:not(:has(.intro)) .subheader, .intro"
    published = 'div.b_article-header time[itemprop="datePublished"] @datetime'
    author = 'div.author [itemprop="author"] [itemprop="name"]'
    several_authors = True
    body = "div.b_article-text"
    paragraphs = "p, h2, h3, li, blockquote"
    drop = ("figure",)
