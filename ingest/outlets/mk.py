"""Московский комсомолец and its regional editions.

From pages of February and September 2020 in a public test set, and scrapers of 2025 that name the classes of the
later one. The lead is the description above the picture; the subtitle under the heading is left out. Not certain:
boxes in the body, which raise.
"""

from datetime import date

from ingest.outlet import Outlet


class Mk(Outlet):
    parser_id = "mk"
    hosts = (
        "mk.ru",
        "ast.mk.ru",
        "chel.mk.ru",
        "omsk.mk.ru",
        "oren.mk.ru",
        "saratov.mk.ru",
        "tumen.mk.ru",
        "volg.mk.ru",
    )
    since = date(2020, 9, 23)

    container = ("div", {"itemtype": "https://schema.org/Article"})
    title = "h1.article__title"
    lead = "div.article__description"
    published = 'meta[itemprop="datePublished"] @content'
    author = 'li.article__authors-data-item > meta[itemprop="name"] @content'
    several_authors = True
    body = 'div.article__body[itemprop="articleBody"]'
    paragraphs = "p, h2, h3, li, blockquote"
    drop = ("figure",)


class MkUntil2020(Outlet):
    parser_id = "mk"
    hosts = Mk.hosts
    since = date(2020, 2, 18)

    container = ("main", {"id": "article-content"})
    title = 'h1[itemprop="headline"]'
    published = 'meta[itemprop="datePublished"] @content'
    body = 'div.inread-content[itemprop="articleBody"]'
    paragraphs = "p, h2, h3, li, blockquote"
    drop = ("figure",)
