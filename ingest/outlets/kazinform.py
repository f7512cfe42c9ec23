"""Kazinform: the layout that readers of May and August 2025 name, and that of 2021.

Not certain: where the newer one names the author (none is read), and the element around the article.
"""

from datetime import date

from ingest.outlet import Outlet


class Kazinform(Outlet):
    parser_id = "kazinform"
    hosts = ("inform.kz", "en.inform.kz", "kaz.inform.kz", "lenta.inform.kz", "cn.inform.kz", "qazinform.com")
    since = date(2025, 5, 15)

    container = ("body", {})
    title = "h1.article__title"
    lead = ".article__description"
    published = "div.article__time"
    body = "div.article__body-text"
    drop = ("figure",)


class Kazinform2021(Outlet):
    parser_id = "kazinform"
    hosts = Kazinform.hosts
    since = date(2021, 7, 11)

    container = ("body", {})
    title = "div.title_article_bl"
    published = "div.time_article_bl"
    author = "div.data_author_bl a"
    body = "div.body_article_bl"
    drop = ("div.frame_news_article_adapt", "div.keywords_bl", "div.data_author_bl")
