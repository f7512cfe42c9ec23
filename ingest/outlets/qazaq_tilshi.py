"""Qazaq Tilshi, a state portal in Kazakh whose clocks say no zone."""

from datetime import date

from ingest.outlet import Outlet


class QazaqTilshi(Outlet):
    parser_id = "qazaq_tilshi"
    hosts = ("qazaq-tilshi.example",)
    since = date(2025, 9, 20)

    container = ("section", {"class": "single-article"})
    title = "h1"
    lead = "div.lead"
    published = "span.info__date"
    author = "span.info__author"
    body = "div.article-body"
    paragraphs = "p, blockquote"
    drop = ("p.photo-caption", "p.source-note")
