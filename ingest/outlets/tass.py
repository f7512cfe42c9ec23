"""ТАСС, the state news agency of Russia.

From public scrapers of 2024 and 2025. Class names end in a hash that changes, so only their beginnings count. The
server writes the date in UTC; the reader's browser turns it into local time. Not certain: photo and reference blocks
in the body, which raise. Of the layout of 2020 the date stands only in JSON-LD: the general reader reads it.
"""

from datetime import date

from ingest.outlet import Outlet


class Tass(Outlet):
    parser_id = "tass"
    hosts = ("tass.ru",)
    since = date(2024, 1, 1)

    container = ("body", {})
    title = 'h1[class^="NewsHeader_titles"]'
    published = 'div[class*="NewsHeader"] div[class*="PublishedMark_publish"] span[ca-ts]'
    clock = "UTC"
    body = 'article[class^="Content_wrapper"]'
    paragraphs = 'p[class^="Paragraph_paragraph"], h2, h3, li, blockquote'
