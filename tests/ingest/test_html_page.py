"""What is a page, and what is none."""

import pytest

from ingest.errors import EmptyBodyError, NotHtmlError
from ingest.html_page import html_text, read_html

URL = "https://example.org/1"


@pytest.mark.parametrize("body", [b"", b"  \n\t", b"\xef\xbb\xbf", b"\x00\x00"])
def test_no_bytes_are_an_empty_body(body: bytes) -> None:
    with pytest.raises(EmptyBodyError, match="empty body"):
        read_html(body, URL)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", None),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01", None),
        (b'{"title": "<p>no page</p>"}', None),
        (b'<?xml version="1.0"?><rss version="2.0"><channel><title>x</title></channel></rss>', None),
        (b'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"></urlset>', None),
        ("просто текст без разметки".encode(), "text/html"),
        (b"<html><body><p>x</p></body></html>", "image/png"),
        (b"<html><body><p>x</p></body></html>", "application/pdf"),
    ],
)  # fmt: skip
def test_other_bytes_are_not_html(body: bytes, content_type: str | None) -> None:
    with pytest.raises(NotHtmlError, match="https://example.org/1"):
        read_html(body, URL, content_type)


def test_a_page_that_declares_xhtml_in_a_prolog_is_a_page() -> None:
    body = '<?xml version="1.0" encoding="windows-1251"?><html><body><p>Очередь</p></body></html>'.encode("cp1251")
    page = read_html(body, URL)
    assert page.tree.findtext(".//p") == "Очередь"
    assert page.encoding == "cp1251"


def test_control_characters_are_left_out() -> None:
    assert html_text(b"<p>a\x0bb</p>" + b" " * 40, URL).text.strip() == "<p>ab</p>"


@pytest.mark.parametrize(
    "reference", ["&#27;", "&#8;", "&#1;", "&#x1B;", "&#X01;", "&#xFFFE;", "&#xffff;", "&#0;", "&#xD83D;"]
)
def test_references_to_what_xml_forbids_are_left_out(reference: str) -> None:
    page = read_html(f"<html><body><p title='a{reference}b'>Пост{reference} закрыт</p></body></html>".encode(), URL)
    paragraph = page.tree.find(".//p")
    assert (paragraph.text, paragraph.get("title")) == ("Пост закрыт", "ab")


def test_other_references_stay() -> None:
    page = read_html(b"<p>&#171;A&#xBB; &#9;&#10;&amp;#27; &#128667; &#151; &#x10FFFD;</p>", URL)
    assert page.tree.find(".//p").text == "«A» \t\n&#27; 🚛 — \U0010fffd"
    assert html_text(b"<p>&#99999999999999999999;&#27</p>", URL).text == "<p>&#99999999999999999999;</p>"
