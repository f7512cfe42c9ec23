"""The item that describes the page's article, among the JSON-LD that pages carry."""

import pytest
from lxml import html

from ingest.json_ld import article_item, plain

URL = "https://example.org/a"


def _tree(*blocks: str) -> html.HtmlElement:
    scripts = "".join(f'<script type="application/ld+json">{block}</script>' for block in blocks)
    return html.document_fromstring(f"<html><head>{scripts}</head><body><p>x</p></body></html>")


def test_references_in_a_graph_are_resolved() -> None:
    item = article_item(
        _tree(
            '{"@graph": [{"@type": "Article", "author": {"@id": "#p"}}, {"@type": "Person", "@id": "#p", "name": "Анна"}]}'
        ),
        {URL},
    )
    assert item["author"] == [{"@type": "Person", "@id": "#p", "name": "Анна"}]


def test_of_several_articles_the_page_s_own_wins() -> None:
    item = article_item(
        _tree(
            '[{"@type": "NewsArticle", "headline": "другая", "url": "https://example.org/b"},'
            ' {"@type": ["NewsArticle"], "headline": "эта", "mainEntityOfPage": {"@id": "https://example.org/a/"}}]'
        ),
        {URL},
    )
    assert item["headline"] == "эта"


def test_an_article_beats_a_web_page_that_comes_first() -> None:
    item = article_item(
        _tree(
            '{"@type": "WebPage", "datePublished": "2020-01-01"}', '{"@type": "ReportageNewsArticle", "headline": "x"}'
        ),
        {URL},
    )
    assert item["headline"] == "x"


@pytest.mark.parametrize(
    "block",
    [
        '{"@type": "Article", "headline": "x",}',
        '//<![CDATA[\n{"@type": "Article", "headline": "x"}\n//]]>',
        '{"@type": "Article", "headline": "x", "description": "two\nlines"};',
    ],
)
def test_usual_slips_are_read(block: str) -> None:
    assert article_item(_tree(block), {URL})["headline"] == "x"


@pytest.mark.parametrize(
    "block", ["", "{", "null", '"text"', "[" * 5000, '{"@type": 5}', '{"@type": "BreadcrumbList"}']
)
def test_what_is_no_article_gives_nothing(block: str) -> None:
    assert article_item(_tree(block), {URL}) == {}


def test_plain_takes_markup_out_and_keeps_paragraphs() -> None:
    assert plain("<p>Один &laquo;два&raquo;</p><p>три<br>четыре</p>") == "Один «два»\nтри\nчетыре"
    assert plain("5 < 7, а 9 > 8") == "5 < 7, а 9 > 8"
    assert plain(["no", "text"]) == ""


def test_what_the_article_leaves_out_its_page_may_say() -> None:
    item = article_item(
        _tree(
            '{"@graph": [{"@type": "Article", "headline": "x", "image": "a.jpg"}, {"@type": "WebPage", "headline": "y",'
            ' "image": "b.jpg", "datePublished": "2025-10-01", "author": {"@id": "#p"}},'
            ' {"@type": "Person", "@id": "#p", "name": "Анна"}]}'
        ),
        {URL},
    )
    assert (item["headline"], item["image"], item["datePublished"]) == ("x", "a.jpg", "2025-10-01")
    assert item["author"][0]["name"] == "Анна"
