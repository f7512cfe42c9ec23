"""Уральск Информ, a regional site."""

from datetime import date

from ingest.outlet import Outlet


class UralskInform(Outlet):
    parser_id = "uralsk_inform"
    hosts = ("uralsk-inform.example",)
    since = date(2025, 9, 20)

    container = ("article", {"class": "type-post"})
    title = "h1.entry-title"
    lead = "p.entry-lead"
    published = 'meta[property="article:published_time"] @content'
    author = "span.byline a"
    body = "div.entry-content"
    paragraphs = "p, blockquote"
    drop = ("p.entry-updated", "div.wp-caption", "p.related-inline", "p.subscribe-line")
