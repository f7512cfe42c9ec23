"""NUR.KZ, as on a page saved in April 2024; readers of 2022 to 2025 name the same elements.

The related articles that the site adds by script are not in the page as served.
"""

from datetime import date

from ingest.outlet import Outlet


class NurKz(Outlet):
    parser_id = "nur_kz"
    hosts = ("nur.kz", "kaz.nur.kz")
    since = date(2024, 4, 18)

    container = ("article", {"class": "article"})
    title = "h1.main-headline"
    published = "time.datetime--publication @datetime"
    author = "address.author-item .author-item__link"
    several_authors = True
    body = "div.formatted-body__content--wrapper"
    drop = ("aside.adv-placeholder", "figure")
