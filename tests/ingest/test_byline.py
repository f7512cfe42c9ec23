"""Who an article says it is by."""

import pytest

from ingest.byline import byline
from ingest.html_page import read_html
from ingest.page_metadata import page_metadata


def _json_ld(author: str) -> str:
    return f'<script type="application/ld+json">{{"@type": "NewsArticle", "author": {author}}}</script>'


@pytest.mark.parametrize(
    ("head", "body", "author"),
    [
        (_json_ld('{"@type": "Person", "name": "Анна Ким"}'), "", "Анна Ким"),
        (_json_ld('[{"name": "Анна Ким"}, {"name": "Ерлан Сеитов"}]'), "", "Анна Ким, Ерлан Сеитов"),
        (_json_ld('"By Ann Lee and Bo Rey"'), "", "Ann Lee, Bo Rey"),
        (_json_ld('[{"name": "Ann Lee"}, {"name": "Ann-Lee"}]'), "", "Ann Lee"),
        (_json_ld('{"@type": "Organization", "name": "Вестник"}'), '<a rel="author">Анна Ким</a>', "Анна Ким"),
        (_json_ld('{"@type": "Organization", "name": "Вестник"}'), "", "Вестник"),
        ('<meta name="author" content="https://example.org/ann"><meta name="byl" content="By ANN LEE">', "", "ANN LEE"),
        ("", '<span itemprop="author"><span itemprop="name">Анна Ким</span>, редактор</span>', "Анна Ким"),
        ("", '<p class="byline">Автор: Анна Ким</p>', "Анна Ким"),
        ("", '<h1>T</h1><p>Ann Lee | Senior Writer | July 2, 2025</p>', "Ann Lee"),
        ("", '<div class="comment-list"><span class="author">Читатель</span></div>', None),
        ("", '<aside><span class="author">Другой Автор</span></aside>', None),
        ('<meta name="author" content="admin">', "", None),
        ("", '<p class="author">Фото: Пётр Линза</p><p class="author">Анна Ким © Вестник</p>', "Анна Ким"),
        ("", "", None),
    ],
)  # fmt: skip
def test_byline(head: str, body: str, author: str | None) -> None:
    page = read_html(f"<html><head>{head}</head><body>{body}<p>x</p></body></html>".encode(), "https://example.org/1")
    assert byline(page, page_metadata(page), "T") == author
