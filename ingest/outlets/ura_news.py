"""URA.RU, a news agency of Yekaterinburg.

From an archived page of July 2022 and public scrapers of 2024 and June 2025. The second, hidden articleBody repeats
the text for machines; a second, empty publication is the template of the next one.
"""

from datetime import date

from ingest.outlet import Outlet

_WRITTEN = 'div.vc-publication-container:not([id^="{{"])'


class UraNews(Outlet):
    parser_id = "ura_news"
    hosts = ("ura.news",)
    since = date(2022, 7, 21)

    container = ("div", {"class": "vc-publication-container"})
    title = f"{_WRITTEN} h1.publication-title"
    published = f'{_WRITTEN} time.time2[itemprop="datePublished"] @datetime'
    author = f'{_WRITTEN} div.author-name[itemprop="author"] > [itemprop="name"]'
    several_authors = True
    body = f'{_WRITTEN} div.item-text[itemprop="articleBody"]'
    paragraphs = "p, h2, h3, li, blockquote"
    drop = (
        "div.item-text-incut",
        "div.inpage_block-adv-c",
        "div.custom-html",
        "div.publication-send-news",
        ".yandex-rss-hidden",
    )
    # With one paragraph, the name of who posted; a caption is another.
    frames = ("blockquote.instagram-media:not(:has(p:nth-of-type(2)))",)
