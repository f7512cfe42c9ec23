"""Известия, a daily.

From a page of September 2026 kept in a public repository, and scrapers of 2024 and 2025. Not certain: boxes in the
body other than "read also", which raise.
"""

from datetime import date

from ingest.outlet import Outlet


class Izvestia(Outlet):
    parser_id = "izvestia"
    hosts = ("iz.ru",)
    since = date(2024, 1, 1)

    container = ("div", {"itemtype": "https://schema.org/NewsArticle"})
    title = 'h1[itemprop="headline"]'
    lead = 'div.page_subtitle[itemprop="description"]'
    published = "div.article_page__left__top__time__label time @datetime"
    author = 'div[itemprop="author"] > meta[itemprop="name"] @content'
    several_authors = True
    body = 'div[itemprop="articleBody"]'
    paragraphs = "p, h2, h3, li, blockquote"
    drop = ("div.more_style_one", 'p:has(a[href*="t.me/izvestia"])', "figure")
