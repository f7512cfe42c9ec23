"""Sputnik Казахстан, on the pages that the editions of Sputnik and РИА Новости share; readers of several, 2022 to 2026.

Not certain: the blocks beside text, quotes, related articles, media and photo strips; an unknown one is an alarm.
"""

from datetime import date

from ingest.outlet import Outlet


class SputnikKz(Outlet):
    parser_id = "sputnik_kz"
    hosts = ("ru.sputnik.kz", "sputnik.kz")
    since = date(2022, 3, 1)

    container = ("div", {"class": "article"})
    title = ".article__title"
    lead = "div.article__announce-text"
    published = '[itemprop="datePublished"]'
    author = '[itemprop="author"] [itemprop="name"]'
    body = "div.article__body"
    paragraphs = "div.article__text, div.article__quote-text, h2, h3, h4, li, blockquote"
    drop = (
        'div.article__block[data-type="article"]',
        'div.article__block[data-type="media"]',
        'div.article__block[data-type="photolenta"]',
        'div.article__block[data-type="banner"]',
    )
