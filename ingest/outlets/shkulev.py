"""The city sites of one network (56.ru of Orenburg, 74.ru of Chelyabinsk and others), which share one engine.

From public scrapers of 2024 on 74.ru; that the others have the same markup is not certain, and raises where they have
not. Their clocks say no zone: each source has its own.
"""

from datetime import date

from ingest.outlet import Outlet


class Shkulev(Outlet):
    parser_id = "shkulev"
    hosts = ("164.ru", "45.ru", "56.ru", "63.ru", "72.ru", "74.ru", "ngs55.ru", "v1.ru")
    since = date(2024, 1, 1)

    container = ("body", {})
    title = 'h1[itemprop="headline"] > span'
    lead = 'p[itemprop="alternativeHeadline"] > span'
    published = 'div[itemprop="datePublished"] > time @datetime'
    author = 'div[itemprop="author"] p[itemprop="name"]'
    several_authors = True
    body = 'div[itemprop="articleBody"]'
    paragraphs = "p, h2, h3, li, blockquote"
    drop = ("figure",)
