"""What a page says about itself in JSON-LD (https://schema.org/Article)."""

from __future__ import annotations

import html as entities
import json
import logging
import re
from collections.abc import Iterator
from typing import Any, Final

from lxml import html

_log: Final = logging.getLogger(__name__)
# An article's own item, best first: what an article page is, then what any page is.
_ARTICLE: Final = re.compile(r"(?:Article|BlogPosting|Report|LiveBlogPosting|Review|Recipe)$")
_PAGE: Final = re.compile(r"(?:WebPage|ItemPage|CreativeWork|VideoObject|MediaObject|Product)$")
_DEPTH: Final = 12

Item = dict[str, Any]


def article_item(tree: html.HtmlElement, addresses: set[str]) -> Item:
    """The page's JSON-LD item that describes its article; {} where there is none.

    `addresses` are the page's own URLs: of several items, the one that names one of them wins, else the first of the
    most specific type. References (`@id`) among the page's items are resolved in `author`.
    """
    items = [item for script in _scripts(tree) for item in _walk(script)]
    by_id = {item["@id"]: item for item in items if isinstance(item.get("@id"), str) and len(item) > 1}
    ranked = []
    for position, item in enumerate(items):
        kinds = [kind for kind in as_list(item.get("@type")) if isinstance(kind, str)]
        article = any(_ARTICLE.search(kind) for kind in kinds)
        page = any(_PAGE.search(kind) for kind in kinds)
        if article or (page and "datePublished" in item):
            own = bool(_addresses(item) & addresses)
            ranked.append(((not article, not own, position), item))
    if not ranked:
        return {}
    ranked.sort(key=lambda pair: pair[0])
    best = dict(ranked[0][1])
    for (no_article, *_), item in ranked[1:]:
        # What the article's own item leaves out, its page's may say.
        if no_article:
            best |= {
                key: item[key] for key in ("datePublished", "author", "image") if key in item and not best.get(key)
            }
    best["author"] = [
        by_id.get(author["@id"], author) if isinstance(author, dict) and isinstance(author.get("@id"), str) else author
        for author in as_list(best.get("author"))
    ]
    return best


def as_list(value: Any) -> list[Any]:
    """A JSON-LD value that may be one thing or several, as several."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def plain(value: Any) -> str:
    """A JSON-LD text without the markup and entities that some sites leave in it; "" where it is no text."""
    if not isinstance(value, str):
        return ""
    text = entities.unescape(value)
    text = re.sub(r"<(?:br|/p|/div|/h\d|/li|/blockquote)\b[^<>]*>", "\n", text, flags=re.IGNORECASE)
    text = re.sub(r"</?[a-zA-Z][^<>]*>", "", text)
    lines = (re.sub(r"[^\S\n]+", " ", line).strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line)


def _scripts(tree: html.HtmlElement) -> Iterator[Any]:
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or "").lower():
            continue
        text = _unwrapped(script.text or "")
        if not text:
            continue
        try:
            yield json.loads(text, strict=False)
        except (ValueError, RecursionError):
            try:
                # The two slips that content systems make: a comma before a closing bracket, entities for quotes.
                yield json.loads(re.sub(r",\s*([\]}])", r"\1", text).replace("&quot;", '"'), strict=False)
            except (ValueError, RecursionError) as error:
                _log.info("a JSON-LD block is no JSON: %s", error)


def _unwrapped(text: str) -> str:
    """A script's text without the comment or CDATA marks that some sites put around it."""
    text = re.sub(r"\A(?://)?\s*(?:<!\[CDATA\[|<!--)", "", text.strip())
    for mark in ("]]>", "-->"):
        if text.endswith(mark):
            text = text.removesuffix(mark).rstrip().removesuffix("//")
    return text.strip().rstrip(";")


def _walk(value: Any, depth: int = 0) -> Iterator[Item]:
    if depth > _DEPTH:
        return
    if isinstance(value, list):
        for part in value:
            yield from _walk(part, depth + 1)
    elif isinstance(value, dict):
        yield value
        for key in ("@graph", "mainEntity", "mainEntityOfPage", "author", "publisher"):
            if isinstance(value.get(key), (dict, list)):
                yield from _walk(value[key], depth + 1)


def _addresses(item: Item) -> set[str]:
    values = [item.get("url"), item.get("@id")]
    page = item.get("mainEntityOfPage")
    values += [page.get("@id"), page.get("url")] if isinstance(page, dict) else [page]
    return {value.split("#")[0].rstrip("/") for value in values if isinstance(value, str)}
