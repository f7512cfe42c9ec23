"""Tengrinews, as public readers of its pages of April 2024 and later describe it.

Not certain: the element around the article (so the whole page is built), and what else may stand among the paragraphs.
"""

from datetime import date

from ingest.outlet import Outlet


class Tengrinews(Outlet):
    parser_id = "tengrinews"
    hosts = ("tengrinews.kz", "kaz.tengrinews.kz", "en.tengrinews.kz")
    since = date(2024, 4, 12)

    container = ("body", {})
    title = "h1.head-single"
    lead = "h2.content_main_desc"
    published = "div.date-time"
    author = "span.content_main_meta_author_item_name"
    several_authors = True
    body = "div.content_main_text"
    drop = (
        "div.content_main_text_tags",
        "figure",
        'p:has(a[href*="news.google.com"], a[href*="whatsapp.com/channel"])',
    )
