"""Тенге Daily, a business site whose paragraphs are div elements."""

from datetime import date

from ingest.outlet import Outlet


class Tenge(Outlet):
    parser_id = "tenge"
    hosts = ("tenge-daily.example",)
    since = date(2025, 9, 20)

    container = ("div", {"class": "material"})
    title = "h1.material__headline"
    lead = "div.material__lead"
    published = 'time[itemprop="datePublished"] @datetime'
    author = '[itemprop="author"] [itemprop="name"]'
    body = "div.material__body"
    paragraphs = "div.material__p, div.material__cite"
    drop = ("div.material__photo", "div.banner")
