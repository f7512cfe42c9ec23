"""Радио Азаттык, on the pages that all services of RFE/RL and Voice of America share, by readers of 2022 to 2026.

Players and embedded posts stand in the text as div.wsw__embed, a second div.wsw in it is another article's.
"""

from datetime import date

from ingest.outlet import Outlet


class Azattyq(Outlet):
    parser_id = "azattyq"
    hosts = ("rus.azattyq.org", "azattyq.org")
    since = date(2024, 2, 12)

    container = ("body", {})
    title = "h1.pg-title"
    lead = "div.intro"
    published = "div.published time @datetime"
    author = "div.publishing-details a.links__item-link"
    several_authors = True
    body = "#article-content div.wsw:not(div.wsw div.wsw)"
    drop = ("div.wsw__embed", "div.wsw", "figure")
