"""Caravan Monitor, a magazine on Central Asia."""

from datetime import date

from ingest.outlet import Outlet


class CaravanMonitor(Outlet):
    parser_id = "caravan_monitor"
    hosts = ("caravan-monitor.example",)
    since = date(2025, 9, 20)

    container = ("article", {"class": "story"})
    title = "h1.story-headline"
    lead = "p.story-standfirst"
    published = "p.story-byline time @datetime"
    author = 'p.story-byline a[rel="author"]'
    body = "div.story-body"
    paragraphs = "p, blockquote"
    drop = ("figure", "div.newsletter-box")
