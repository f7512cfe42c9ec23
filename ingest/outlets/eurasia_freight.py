"""Eurasia Freight, trade press that dates its articles to the day."""

from datetime import date

from ingest.outlet import Outlet


class EurasiaFreight(Outlet):
    parser_id = "eurasia_freight"
    hosts = ("eurasia-freight.example",)
    since = date(2025, 9, 20)

    container = ("div", {"class": "col-main"})
    title = "h2.post-title"
    lead = "p.post-excerpt"
    published = "div.post-meta time @datetime"
    author = "span.post-author"
    body = "div.post-content"
    paragraphs = "p"
    drop = ("p.post-caption", "div.post-cta")
