"""Where on a page something stands: beside the article's heading, or among comments, teasers and the like."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
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
    node = heading_of(page, title)
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


def heading_of(page: HtmlPage, title: str) -> html.HtmlElement | None:
    """The heading that reads `title`: of the first level, else another element that says just this, else the first
    first-level heading; None where there is none of these."""
    headings = headings_of(page)
    own = next((heading for heading in headings if visible_text(heading) == title), None)
    if own is not None or not title:
        return own if own is not None else next(iter(headings), None)
    for element in page.tree.iter("h1", "h2", "h3", "div", "p", "span", "td", "strong", "b"):
        said = squeezed(element.text or "")
        if said and title.startswith(said) and visible_text(element) == title and not is_elsewhere(element):
            return element
    return next(iter(headings), None)


def by_distance(
    page: HtmlPage, heading: html.HtmlElement | None, elements: Iterable[html.HtmlElement]
) -> dict[html.HtmlElement, int]:
    """How many elements lie between `heading` (the page's beginning, where there is none) and each of `elements`, the
    nearest first; those before the heading count as three times as far."""
    chosen = set(elements)
    places: dict[html.HtmlElement, int] = {}
    origin = 0
    for place, element in enumerate(page.tree.iter()):
        if element is heading:
            origin = place
        if element in chosen:
            places[element] = place
    far = {element: place - origin if place >= origin else 3 * (origin - place) for element, place in places.items()}
    return dict(sorted(far.items(), key=lambda pair: pair[1]))
