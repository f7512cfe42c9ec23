"""Коммерсантъ, a business daily.

From public scrapers of 2024 to August 2026. A "thought" is a display quote and is kept; so is the text of insets. Not
certain: tables and cards in the body, which raise.
"""

from datetime import date

from ingest.outlet import Outlet


class Kommersant(Outlet):
    parser_id = "kommersant"
    hosts = ("kommersant.ru",)
    since = date(2024, 1, 1)

    container = ("article", {"class": "js-article"})
    title = "h1.doc_header__name"
    lead = "h2.doc_header__subheader"
    published = "time.doc_header__publish_time @datetime"
    author = "p.document_authors"
    body = "div.article_text_wrapper"
    paragraphs = "p.doc__intro, p.doc__text, p.doc__thought, div.incut p, h2, h3, h4, li, blockquote"
    drop = ("p.document_authors", "nav.doc_nav", "div.doc_media", "div.ui-modal")
