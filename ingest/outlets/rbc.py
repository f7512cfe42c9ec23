"""РБК, a business news site.

From public scrapers of 2021 to 2025. Since 2025 some pages come in another layout (a Next.js page), which the general
reader reads. Not certain: the boxes in the body that are not named here, which raise.
"""

from datetime import date

from ingest.outlet import Outlet


class Rbc(Outlet):
    parser_id = "rbc"
    hosts = ("rbc.ru",)
    since = date(2022, 9, 27)

    container = ("div", {"class": "article__content"})
    title = "h1.article__header__title-in"
    lead = "div.article__text__overview"
    published = "time.article__header__date @datetime"
    author = "span.article__authors__author__name"
    several_authors = True
    body = 'div.article__text[itemprop="articleBody"]'
    paragraphs = "p, h2, h3, li, blockquote"
    drop = (
        "div.article__main-image",
        "div.article__inline-item",
        "div.article__inline-video",
        "div.article__special_container",
        "div.article__tabs-wrapper",
        "div.article__ticker__link",
        "div.article__authors",
        "div.article__tags",
        "div.article__clear",
        "div.gallery_vertical",
        "div.video-autoplay-recommend",
        "div.pro-anons",
        "div.news-bar",
        "div.banner",
        "a.social-networks",
        "figure",
    )
