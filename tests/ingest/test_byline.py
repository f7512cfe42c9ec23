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
        # the class says it in many ways; the name inside is the name
        ("", '<div class="articleByline__inner">By Ann Lee, Senior Reporter</div>', "Ann Lee"),
        ("", '<div class="c-byline"><span class="post-byline__author-name">Ann Lee</span> Updated May 3</div>', "Ann Lee"),
        ("", '<p class="byline"><a href="/people/ann-lee">Ann Lee</a> and <a href="/people/bo-rey">Bo Rey</a> report</p>', "Ann Lee, Bo Rey"),
        ("", '<div class="author-bio">Ann Lee writes about borders.</div>', None),
        # nothing but a link to the author's page, or a line of words
        ("", '<h1>T</h1><div><a href="/autoren/anna-kim/">Анна Ким</a></div>', "Анна Ким"),
        ("", '<h1>T</h1><div><a href="/about/team/">Our Team</a> <a href="https://x.example/@annakim">Анна Ким</a></div>', "Анна Ким"),
        ("", '<h1>T</h1><p>Von Anna Kim und Bo Rey</p>', "Anna Kim, Bo Rey"),
        ("", '<h1>T</h1><p>Дайындаған: Анна Ким</p>', "Анна Ким"),
        ("", '<h1>T</h1><p>By the end of the week</p>', None),
        ("", '<h1>T</h1><a href="/category/middle-east">Middle East</a>', None),
        # the nearest of several, and those beside it
        ("", '<a rel="author">Bo Rey</a><h1>T</h1><p><a rel="author">Ann Lee</a>, <a rel="author">Анна Ким</a></p>' + "<p>x</p>" * 400 + '<a rel="author">Bo Rey</a>', "Ann Lee, Анна Ким"),
        # declared elsewhere than in JSON-LD
        ('<meta name="twitter:label1" content="Verfasst von"><meta name="twitter:data1" content="Anna Kim">', "", "Anna Kim"),
        ('<meta name="twitter:label1" content="Est. reading time"><meta name="twitter:data1" content="Five Minutes">', "", None),
        ("""<meta name="parsely-page" content='{"author": "Ann Lee"}'>""", "", "Ann Lee"),
        ('<script>var page = {"author": "Ann Lee", "type": "article"}</script>', "", "Ann Lee"),
        ('<script>var list = [{"author": "Ann Lee"}, {"author": "Bo Rey"}]</script>', "", None),
        # a login, or the site itself, gives way to a person; else it stays
        ('<meta name="author" content="annkim7">', '<p class="byline">By Ann Kim</p>', "Ann Kim"),
        ('<meta name="author" content="Example">', '<p class="byline">By Ann Kim</p>', "Ann Kim"),
        ('<meta name="author" content="Example">', '<p class="byline">Categories: Politics</p>', "Example"),
        ('<meta name="author" content="Reuters Staff">', "", "Reuters Staff"),
        # what is no name: a photo's credit, a date, the reviewer
        ("", '<p class="byline">Foto: Reuters, Nathan Hill</p>', None),
        ("", '<p class="byline">February 4</p>', None),
        ("", '<p class="byline">By Ann Lee Medically reviewed by Bo Rey</p>', "Ann Lee"),
    ],
)  # fmt: skip
def test_byline(head: str, body: str, author: str | None) -> None:
    page = read_html(f"<html><head>{head}</head><body>{body}<p>x</p></body></html>".encode(), "https://example.org/1")
    assert byline(page, page_metadata(page), "T") == author
