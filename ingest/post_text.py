"""The words of a channel page's elements as plain text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from lxml import etree

from ingest.characters import clean

_BLOCKS: Final = frozenset({"blockquote", "pre"})
_WORDLESS: Final = frozenset({"script", "style", "svg"})
_BADGE: Final = "verified-icon"


def text_of(element: etree._Element | None) -> str | None:
    """The words in an element with its line breaks; spaces and tabs in a row are one space. None where there are none."""
    if element is None:
        return None
    text = re.sub(r"[ \t]+", " ", clean("".join(_words(element)).replace("\r", "")))
    return text.strip().strip("\u200b").strip() or None


def own_text(element: etree._Element) -> str:
    """The text that stands in the element itself, without that of its children."""
    return (element.text or "") + "".join(child.tail or "" for child in element)


def address_of(element: etree._Element | None, attribute: str = "href") -> str | None:
    """The address in an attribute; some are escaped twice on the page, so a literal `&amp;` in one is an `&`."""
    value = element.get(attribute) if element is not None else None
    return clean(value.replace("&amp;", "&")).strip() or None if value else None


def links_in(texts: list[etree._Element]) -> Iterator[str]:
    """The web addresses that texts link to; hashtags (`?q=%23tag`) and the app's own schemes are none."""
    for text in texts:
        for link in text.iter("a"):
            url = address_of(link)
            if url and _scheme(url) in ("http", "https"):
                yield url


def hashtags_in(texts: list[etree._Element]) -> Iterator[str]:
    """The hashtags that texts hold, each as written ("#кпп")."""
    for text in texts:
        for link in text.iter("a"):
            if "?q=%23" in (link.get("href") or "") and (tag := text_of(link)):
                yield tag


def _scheme(url: str) -> str:
    """The scheme of a URL, empty for a relative or broken one."""
    try:
        return urlsplit(url).scheme
    except ValueError:
        return ""


def _words(root: etree._Element) -> Iterator[str]:
    """Text and line breaks; a quote or code block stands on lines of its own, whether or not a <br> says so too."""
    blocks: list[etree._Element] = []
    at_start, last_block = True, None
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        if event == "start":
            if element.tag in _WORDLESS or _BADGE in (element.get("class") or ""):
                walk.skip_subtree()
                continue
            if element.tag in _BLOCKS:
                blocks.append(element)
            text = "\n" if element.tag == "br" else element.text
        else:
            if blocks and element is blocks[-1]:
                blocks.pop()
            text = element.tail if element is not root else None
        if not text:
            continue
        if not text.strip(" \t\n\f\r") and "pre" not in {block.tag for block in blocks}:
            text = "\n" if "\n" in text else " "  # the indentation of a page that was formatted anew
        block = blocks[-1] if blocks else None
        if block is not last_block and not at_start and not text.startswith("\n"):
            yield "\n"
        yield text
        at_start, last_block = text.endswith("\n"), block
