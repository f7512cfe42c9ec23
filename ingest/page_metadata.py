"""What a page declares about itself: JSON-LD, OpenGraph and other meta elements, canonical link, language."""

from __future__ import annotations

import html as entities
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from ingest.html_page import HtmlPage
from ingest.json_ld import Item, article_item, as_list

_INVISIBLE: Final = re.compile("[\u00ad\u200b\u2060\ufeff]")
_DECOMPOSED: Final = re.compile("[\u0400-\u04ff][\u0300-\u0308]")
_ENTITY: Final = re.compile(r"&(?:#\d{1,7}|#x[\da-f]{1,6}|[a-z]{2,8}\d?);", re.IGNORECASE)
_INDEX: Final = re.compile(r"/(?:index|default)\.\w+$")
# What follows an article's own address in the address of its other views.
_VIEW: Final = re.compile(r"(?:amp|print|mobile|full|comments?|page/\d+)(?:\.html?)?", re.IGNORECASE)
_LANGUAGE: Final = re.compile(r"([a-zA-Z]{2,3})(?:[-_][\w-]*)?\Z")


@dataclass(frozen=True, slots=True)
class PageMetadata:
    """The page's declarations, as declared. `meta` maps lower-cased names to their values in page order."""

    item: Item
    meta: Mapping[str, tuple[str, ...]]
    title_element: str
    canonical_url: str | None
    lang: str | None
    site_name: str
    site_aliases: tuple[str, ...]
    """Other names that the page gives the site: its publisher's, its app's, its account's."""

    def first(self, names: Iterable[str]) -> tuple[str, str] | None:
        """(name, value) of the first of `names` that the page has a non-empty meta element for."""
        for name in names:
            for value in self.meta.get(name, ()):
                if value:
                    return name, value
        return None

    def text(self, key: str) -> str:
        """The value of `key` in the JSON-LD item, where it is a text; else ""."""
        value = self.item.get(key)
        return value.strip() if isinstance(value, str) else ""


def page_metadata(page: HtmlPage) -> PageMetadata:
    """What `page` declares. Nothing is guessed: what it does not say is empty or None."""
    meta: dict[str, list[str]] = {}
    for element in page.tree.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop")
        if name and element.get("content") is not None:
            meta.setdefault(name.strip().lower(), []).append(squeezed(_unescaped(element.get("content", ""))))
    title = next(
        (
            squeezed(_unescaped(element.text_content()))
            for element in page.tree.xpath("//head/title | //title[not(ancestor::svg)]")
        ),
        "",
    )
    canonical = _canonical(page, meta)
    addresses = {url.split("#")[0].rstrip("/") for url in (page.url, canonical) if url}
    item = article_item(page.tree, addresses)
    names = _site_names(meta, item)
    return PageMetadata(
        item=item,
        meta={name: tuple(values) for name, values in meta.items()},
        title_element=title,
        canonical_url=canonical,
        lang=_language(page, meta, item),
        site_name=next(iter(names), ""),
        site_aliases=tuple(names[1:]),
    )


def canonical_address(url: str, candidates: Iterable[str]) -> str | None:
    """The first of `candidates`, addresses that the page at `url` gives as its own, that can be one article's; else None.

    The front page and a section that the page stands in (a folder of its address) are given by sites that give every
    page the same address: two articles would be one document.
    """
    own = _folders(urlsplit(url).path)
    for candidate in candidates:
        try:
            address: str = urljoin(url, candidate.strip())
            parts = urlsplit(address)
        except ValueError:
            continue
        if parts.scheme not in ("http", "https") or not parts.netloc or re.search(r"\s", parts.netloc):
            continue
        folders = _folders(parts.path)
        rest = own[len(folders) :] if own[: len(folders)] == folders else []
        is_section = bool(rest) and not parts.query and not _VIEW.fullmatch("/".join(rest))
        if (folders or parts.query) and not is_section:
            return address.split("#")[0]
    return None


def _folders(path: str) -> list[str]:
    return [part for part in _INDEX.sub("", path).split("/") if part]


def squeezed(text: str) -> str:
    """`text` on one line with single blanks, without soft hyphens and zero-width marks; Cyrillic й and ё as one letter."""
    visible = _INVISIBLE.sub("", text)
    composed = _DECOMPOSED.sub(lambda match: unicodedata.normalize("NFC", match.group()), visible)
    return " ".join(composed.split())


def _unescaped(value: str) -> str:
    """`value` without the entities that some sites escape twice (`&amp;quot;`)."""
    return entities.unescape(value) if _ENTITY.search(value) else value


def _canonical(page: HtmlPage, meta: Mapping[str, list[str]]) -> str | None:
    links = [
        link.get("href", "")
        for link in page.tree.iter("link")
        if "canonical" in (link.get("rel") or "").lower().split() and link.get("href")
    ]
    return canonical_address(page.url, [*links, *meta.get("og:url", [])])


def _language(page: HtmlPage, meta: Mapping[str, list[str]], item: Item) -> str | None:
    candidates: list[Any] = [
        page.tree.get("lang"),
        page.tree.get("{http://www.w3.org/XML/1998/namespace}lang") or page.tree.get("xml:lang"),
        item.get("inLanguage"),
        *meta.get("og:locale", []),
        *meta.get("language", []),
        *meta.get("content-language", []),
    ]
    for candidate in candidates:
        if isinstance(candidate, str) and (match := _LANGUAGE.match(candidate.strip())):
            # "kz" is the country, written by many Kazakh sites for the language.
            language_code = match[1].lower()
            return {"kz": "kk", "ua": "uk"}.get(language_code, language_code)
    return None


def _site_names(meta: Mapping[str, list[str]], item: Item) -> list[str]:
    names = [
        value
        for name in ("og:site_name", "application-name", "apple-mobile-web-app-title", "twitter:site", "publisher")
        for value in meta.get(name, ())[:1]
    ]
    for owner in (*as_list(item.get("publisher")), *as_list(item.get("isPartOf"))):
        if isinstance(owner, dict):
            names += [name for key in ("name", "alternateName") if isinstance(name := owner.get(key), str)]
    return list(dict.fromkeys(name for name in map(squeezed, names) if name))
