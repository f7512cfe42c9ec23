"""РИА Новости, the state news agency of Russia.

From pages of May and September 2026 kept in public repositories, and scrapers since 2021, one of which (September 2026)
names the types of blocks. The agency's own machine summary (article__summary) is not the article's text. Not certain:
where on the page the author stands. Live pages and longreads are left to the general reader.
"""

from datetime import date

from ingest.outlet import Outlet


class Ria(Outlet):
    parser_id = "ria"
    hosts = ("ria.ru",)
    since = date(2021, 1, 24)

    container = ("div", {"class": "article"})
    title = ".article__title"
    lead = ".article__second-title"
    published = "div.article__info-date > a"
    author = ".article__author .article__author-name"
    several_authors = True
    body = "div.article__body"
    paragraphs = "div.article__text, div.article__quote-text, h2, h3, h4, li, blockquote"
    drop = (
        "div.article__summary",
        "div.article__author",
        *(
            f'div.article__block[data-type="{kind}"]'
            for kind in ("article", "banner", "image", "photo-site", "photolenta", "video", "embed")
        ),
        "div.media",
        "aside",
    )
