"""Российская газета, the newspaper of the government of Russia.

From public scrapers of 2024 and 2025. Class names end in a hash that changes, so only their beginnings count. Not
certain: the long-read layouts, which are other ones and are left to the general reader.
"""

from datetime import date

from ingest.outlet import Outlet


class Rg(Outlet):
    parser_id = "rg"
    hosts = ("rg.ru",)
    since = date(2025, 6, 1)

    container = ("body", {})
    title = 'h1[class^="PageArticleCommonTitle_title"]'
    lead = 'div[class^="PageArticleContent_lead"]'
    published = 'div[class^="ContentMetaDefault_date"]'
    author = 'div[class*="PageArticleContent_authors"] a[class*="LinksOfAuthor_item"]'
    several_authors = True
    body = 'div[class^="PageContentCommonStyling_text"]'
    paragraphs = "p, h2, h3, li, blockquote"
    drop = ("rg-incut", "rg-video", "figure", 'div[class^="Likes_wrapper"]')


class RgUntil2024(Rg):
    since = date(2022, 1, 1)

    title = 'h1[class*="PageArticleContent_title"]'
    published = 'div[class*="PageArticleContent_date_"]'
