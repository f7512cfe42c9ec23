"""What pages declare about themselves."""

import pytest

from ingest.html_page import read_html
from ingest.page_metadata import PageMetadata, canonical_address, page_metadata, squeezed


def _metadata(head: str, url: str = "https://example.org/news/1?page=2", attributes: str = "") -> PageMetadata:
    page = f"<html {attributes}><head>{head}</head><body><p>x</p></body></html>"
    return page_metadata(read_html(page.encode(), url))


@pytest.mark.parametrize(
    ("head", "canonical"),
    [
        ('<link rel="canonical" href="https://example.org/news/1">', "https://example.org/news/1"),
        ('<link rel="canonical" href="/news/1">', "https://example.org/news/1"),
        ('<link rel="shortlink canonical" href="//example.org/news/1#top">', "https://example.org/news/1"),
        ('<meta property="og:url" content="https://example.org/news/1">', "https://example.org/news/1"),
        ('<link rel="canonical" href="https://example.org/"><meta property="og:url" content="/news/1">', "https://example.org/news/1"),
        ('<link rel="canonical" href="http://[broken">', None),
        ("", None),
    ],
)  # fmt: skip
def test_canonical(head: str, canonical: str | None) -> None:
    assert _metadata(head).canonical_url == canonical


@pytest.mark.parametrize(
    ("url", "candidate", "canonical"),
    [
        ("https://a.example/news/1", "https://a.example/", None),
        ("https://a.example/news/1", "https://a.example/index.php", None),
        ("https://a.example/news/1", "https://a.example/news", None),
        ("https://www.a.example/ru/news/1.html", "https://a.example/ru/news/index.html", None),
        ("https://a.example/2025/10/01/queue/", "/2025/10/", None),
        ("https://a.example/news/12", "/news/1", "https://a.example/news/1"),
        ("https://a.example/news/1/amp/", "/news/1/", "https://a.example/news/1/"),
        ("https://a.example/news/1/page/2", "/news/1", "https://a.example/news/1"),
        ("https://a.example/news/1/index.html", "/news/1/", "https://a.example/news/1/"),
        ("https://a.example/2025/10/01/queue/", "/?p=77", "https://a.example/?p=77"),
        ("https://a.example/m/1", "/news/1", "https://a.example/news/1"),
    ],
)
def test_the_address_of_a_section_is_no_article_s_own(url: str, candidate: str, canonical: str | None) -> None:
    assert canonical_address(url, [candidate]) == canonical


def test_the_next_candidate_counts_where_the_first_is_a_section() -> None:
    assert (
        canonical_address("https://a.example/news/1", ["/news/", "http://[broken", "/news/1#top"])
        == "https://a.example/news/1"
    )


@pytest.mark.parametrize(
    ("attributes", "head", "lang"),
    [
        ('lang="ru-KZ"', "", "ru"),
        ('lang="kz"', "", "kk"),
        ("", '<meta property="og:locale" content="kk_KZ">', "kk"),
        ("", '<script type="application/ld+json">{"@type": "Article", "inLanguage": "en-GB"}</script>', "en"),
        ('lang=""', "", None),
    ],
)
def test_language(attributes: str, head: str, lang: str | None) -> None:
    assert _metadata(head, attributes=attributes).lang == lang


def test_first_takes_the_best_name_that_says_something() -> None:
    metadata = _metadata('<meta name="description" content=" D  d "><meta property="og:description" content="">')
    assert metadata.first(("og:description", "description")) == ("description", "D d")
    assert metadata.first(("twitter:description",)) is None


def test_site_name_comes_from_the_publisher_at_last() -> None:
    block = '{"@type": "Article", "publisher": {"name": "Вестник"}}'
    assert _metadata(f'<script type="application/ld+json">{block}</script>').site_name == "Вестник"


def test_squeezed_text_is_what_a_reader_types() -> None:
    assert squeezed(" погра\u00adничнии\u0306 \n\u00a0 пост\u200b\t2 ") == "пограничний пост 2"
