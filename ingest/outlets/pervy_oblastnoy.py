"""Первый областной, a site of the Chelyabinsk region.

From public scrapers of 2024. Not certain: boxes in the body, which raise.
"""

from datetime import date

from ingest.outlet import Outlet


class PervyOblastnoy(Outlet):
    parser_id = "pervy_oblastnoy"
    hosts = ("1obl.ru",)
    since = date(2024, 1, 1)

    container = ("body", {})
    title = 'h1[itemprop="headline"]'
    lead = 'div[itemprop="alternativeHeadline"]'
    published = 'meta[itemprop="datePublished"] @content'
    author = '[itemprop="author"] > [itemprop="name"]'
    several_authors = True
    body = 'div[itemprop="articleBody"]'
    paragraphs = "p, h2, h3, li, blockquote"
    drop = ("div.newsMediaContainer", "figure")
