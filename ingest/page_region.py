"""Where on a page something stands: beside the article's heading, or among comments, teasers and the like."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from lxml import html

from ingest.html_page import HtmlPage
from ingest.page_metadata import squeezed

# Anchored at the start of a class: "elementor-widget" and "sidebar_right" are layouts that articles stand in.
_ELSEWHERE: Final = re.compile(
    r"(?:^|\s)(?:sidebar(?=\s|$)|widget|related|recommend|popular|latest|trending|teaser|newsfeed|news-?list|lenta|read-?(?:also|more)|"
    r"more-?news|footer|site-footer|author-?bio|bio(?=\s|$))"
    r"|(?:^|[\s_-])comments?(?:[_-]+(?:list|area|section|body|wrap\w*|item)|(?=\s|$))|comment-(?:author|meta|date)",
    re.IGNORECASE,
)
_ASIDE: Final = frozenset({"aside", "nav", "footer"})
_NO_TEXT: Final = frozenset({"script", "style", "noscript", "svg", "button", "time"})
_NEAR: Final = ("div", "span", "p", "li", "small", "em", "i", "b", "strong", "a", "td", "time")
_LEVELS: Final = 4
_AFTER: Final = 6
_BEFORE: Final = 3
_SHORT: Final = 80


def is_elsewhere(element: html.HtmlElement) -> bool:
    """Whether `element` stands in navigation, an aside, a footer, comments or a list of other articles."""
    for ancestor in (element, *element.iterancestors()):
        if ancestor.tag in ("body", "html"):
            return False
        if ancestor.tag in ("aside", "nav"):
            return True
        if ancestor.tag == "footer" and not any(True for _ in ancestor.iterancestors("article")):
            return True
        if ancestor.tag not in ("article", "main") and _ELSEWHERE.search(
            f"{ancestor.get('class') or ''} {ancestor.get('id') or ''}"
        ):
            return True
    return False


def near_heading(page: HtmlPage, title: str) -> Iterator[str]:
    """Short texts (6 to 80 characters) about the heading that reads `title` (else the first), the nearest first."""
    headings = headings_of(page)
    own = [heading for heading in headings if visible_text(heading) == title] or headings
    node = own[0] if own else None
    for _ in range(_LEVELS):
        if node is None or node.tag in ("body", "html"):
            return
        for sibling in [*islice(node.itersiblings(), _AFTER), *islice(node.itersiblings(preceding=True), _BEFORE)]:
            for element in sibling.iter(*_NEAR):
                text = visible_text(element) or (squeezed(element.text_content()) if element.tag == "time" else "")
                if 6 <= len(text) <= _SHORT and text != title and not is_elsewhere(element):
                    yield text
        node = node.getparent()


def headings_of(page: HtmlPage) -> list[html.HtmlElement]:
    """The page's first-level headings outside navigation, asides and footers, in page order."""
    return [
        heading
        for heading in page.tree.iter("h1")
        if not any(ancestor.tag in _ASIDE for ancestor in heading.iterancestors())
    ]


def visible_text(element: html.HtmlElement) -> str:
    """The text that a reader sees in `element`, on one line: without scripts, buttons and times."""
    parts: list[str] = []

    def collect(node: html.HtmlElement) -> None:
        if not isinstance(node.tag, str) or node.tag in _NO_TEXT:
            return
        if node.tag in ("br", "div", "p"):
            parts.append(" ")
        parts.append(node.text or "")
        for child in node:
            collect(child)
            parts.append(child.tail or "")

    collect(element)
    return squeezed("".join(parts))
