"""Bytes of a response → one parsed HTML page, or the error that says why they are none."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from lxml import etree, html

from ingest.charset import Decoded, decode
from ingest.errors import EmptyBodyError, NotHtmlError

_TAG: Final = re.compile(
    r"<(?:!doctype\s+html|html|head|body|title|meta|div|p|article|section|main|h[1-6]|span|table|ul|a|br|script)\b",
    re.IGNORECASE,
)
_XML: Final = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:rss|feed|rdf:RDF|urlset|sitemapindex|svg)\b", re.DOTALL
)
_OTHER_TYPES: Final = re.compile(
    r"\s*(?:image|audio|video|font)/|\s*application/(?:pdf|zip|json|octet-stream|msword)", re.IGNORECASE
)
# What XML, and so lxml, can't hold.
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_REFERENCE: Final = re.compile(r"&#(?:[xX]0*([0-9a-fA-F]{1,6})(?![0-9a-fA-F])|0*([0-9]{1,7})(?![0-9]));?")


@dataclass(frozen=True, slots=True)
class HtmlPage:
    """A parsed page: the tree (the `html` element), the decoded text it was parsed from, and its address."""

    tree: html.HtmlElement
    text: str
    url: str
    encoding: str


def html_text(body: bytes, url: str, content_type: str | None = None) -> Decoded:
    """`body` decoded, without the control characters that no page needs, and without references to them.

    `content_type` is the response's header, where there was one. Raises EmptyBodyError where there are no bytes or only
    blanks, and NotHtmlError where they are a feed, an image, a PDF, JSON or anything else without an HTML element.
    """
    if not body.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        raise EmptyBodyError(f"{url} has an empty body")
    if content_type is not None and _OTHER_TYPES.match(content_type):
        raise NotHtmlError(f"{url} is {content_type.split(';')[0].strip()}, not HTML")
    decoded = decode(body, content_type)
    text = _CONTROL.sub("", decoded.text)
    if len(decoded.text) - len(text) > len(decoded.text) / 20:
        raise NotHtmlError(f"{url} is binary data, not HTML")
    if _XML.match(text):
        raise NotHtmlError(f"{url} is an XML document, not HTML")
    if text.lstrip()[:1] in ("{", "["):
        raise NotHtmlError(f"{url} is JSON, not HTML")
    if not _TAG.search(text):
        raise NotHtmlError(f"{url} has no HTML element")
    return Decoded(_REFERENCE.sub(_allowed, text), decoded.encoding)


def _allowed(reference: re.Match[str]) -> str:
    """The reference, or "" for one to a character that lxml takes from HTML and then can't give to an XML document."""
    code = int(reference[1], 16) if reference[1] else int(reference[2])
    return "" if code <= 0x10FFFF and _CONTROL.match(chr(code)) else reference[0]


def read_html(body: bytes, url: str, content_type: str | None = None) -> HtmlPage:
    """The page that `body` is. Raises as html_text."""
    decoded = html_text(body, url, content_type)
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        tree = html.document_fromstring(decoded.text.encode(), parser=parser)
    except etree.ParserError as error:
        raise NotHtmlError(f"{url} has no HTML element") from error
    return HtmlPage(tree, decoded.text, url, decoded.encoding)
