"""Chorsu Biznes, a business site in Tashkent whose paragraphs are set apart by line breaks."""

from datetime import date

from ingest.outlet import Outlet


class Chorsu(Outlet):
    parser_id = "chorsu"
    hosts = ("chorsu-biznes.example",)
    since = date(2025, 9, 20)

    container = ("div", {"id": "item"})
    title = "h1.itemFull__title"
    lead = "div.itemFull__short"
    published = 'meta[itemprop="datePublished"] @content'
    author = "div.itemFull__meta span.author"
    body = "div.itemFull__body"
    paragraphs = ""
