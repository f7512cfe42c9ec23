"""The title of an article page: the headline as readers see it, without the site's name."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from lxml import html

from ingest.html_page import HtmlPage
from ingest.json_ld import plain
from ingest.page_metadata import PageMetadata, squeezed

_SEPARATOR: Final = re.compile(r"\s+[|•·»›—–:/-]+\s+|\s*\|\s*|\s+::\s+")
_ASIDE: Final = frozenset({"aside", "nav", "footer"})
_NO_TEXT: Final = frozenset({"script", "style", "noscript", "svg", "button", "time"})
_WORDS: Final = re.compile(r"\w+")


def headline(page: HtmlPage, metadata: PageMetadata) -> str:
    """The page's title; "" where it has none.

    A first-level heading that says what the page declares as its title wins; then what it declares (og:title, JSON-LD,
    twitter:title), then a lone heading, then the title element; the site's name is cut off the end of declared titles.
    """
    declared = [
        title
        for title in (
            *metadata.meta.get("og:title", ())[:1],
            plain(metadata.item.get("headline")),
            *metadata.meta.get("twitter:title", ())[:1],
            metadata.title_element,
        )
        if title
    ]
    names = _site_names(metadata, page.url)
    headings = [
        text for text in dict.fromkeys(map(visible_text, headings_of(page))) if text and _key(text) not in names
    ]
    if headings:
        agreeing = max(headings, key=lambda heading: max((_overlap(heading, title) for title in declared), default=0.0))
        best = max((_overlap(agreeing, title) for title in declared), default=0.0)
        if not declared or best >= (0.2 if len(headings) == 1 else 0.4):
            return agreeing
    for title in declared:
        shortened = without_site(title, metadata, page.url)
        if shortened:
            return shortened
    return headings[0] if headings else ""


def without_site(title: str, metadata: PageMetadata, url: str) -> str:
    """`title` without the site's name (and section) after its last separators, as far as the page itself names them."""
    names = _site_names(metadata, url)
    others = {
        _key(other) for other in (*metadata.meta.get("og:title", ()), plain(metadata.item.get("headline"))) if other
    }
    for cut in _SEPARATOR.finditer(title):
        head, tail = title[: cut.start()].strip(), title[cut.end() :].strip()
        if head and (_key(head) in others or _named(tail, names)):
            return head
    return title.strip()


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


def _site_names(metadata: PageMetadata, url: str) -> set[str]:
    try:
        host = (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        host = ""
    return {_key(name) for name in (metadata.site_name, host, host.rpartition(".")[0])} - {""}


def _named(tail: str, names: set[str]) -> bool:
    key = _key(tail)
    return any(key == name or (len(name) > 3 and (key.startswith(name) or key.endswith(name))) for name in names)


def _key(text: str) -> str:
    return "".join(_WORDS.findall(text.lower()))


def _overlap(first: str, second: str) -> float:
    """Dice coefficient of the two titles' words, in [0, 1]."""
    a, b = set(_WORDS.findall(first.lower())), set(_WORDS.findall(second.lower()))
    return 2 * len(a & b) / (len(a) + len(b)) if a and b else 0.0
