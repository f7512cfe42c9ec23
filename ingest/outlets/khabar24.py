"""Хабар 24, by readers of May 2024 (title and text) and May 2025 (the date too).

Not certain: the form of the date. Pages before May 2024 had other names, and no reader says where their date stood.
"""

from datetime import date

from ingest.outlet import Outlet


class Khabar24(Outlet):
    parser_id = "khabar24"
    hosts = ("24.kz",)
    since = date(2024, 5, 1)

    container = ("body", {})
    title = "h1.single-post__entry-title"
    published = "li.entry__meta-date"
    body = "div.entry__article"
    drop = ("figure",)
