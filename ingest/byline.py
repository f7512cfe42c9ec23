"""Who an article says it is by."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from lxml import html

from ingest.dates import find_date
from ingest.html_page import HtmlPage
from ingest.json_ld import as_list, plain
from ingest.page_metadata import PageMetadata, squeezed
from ingest.page_region import is_elsewhere, near_heading

META_NAMES: Final = (
    "author",
    "article:author",
    "og:article:author",
    "article:author_name",
    "parsely-author",
    "sailthru.author",
    "dc.creator",
    "dcterms.creator",
    "byl",
    "mediator_author",
    "article.author",
    "citation_author",
    "rnews:author",
    "twitter:data1",
)
_PREFIX: Final = re.compile(
    r"^(?:(?:written|posted|published|reported|reviewed|edited|story|words|text)\s+)?by:?\s+"
    r"|^(?:written by|author|автор(?:ы)?(?: текста| статьи| материала)?|текст|авторы|автор[ы]?|дереккөз|von|par|por|di|od)\s*:?\s+",
    re.IGNORECASE,
)
_SUFFIX: Final = re.compile(r"\s*(?:\||©|•|·|—|–|\s-\s|\(|/|,?\s+(?:updated|published|posted)\b).*$", re.IGNORECASE)
_MARKED: Final = re.compile(
    r"(?:^|[\s_-])(?:author|authors|byline|by-line|article-?author|writer|автор)(?:$|[\s_-])", re.IGNORECASE
)
_PERSON: Final = re.compile(r"[^\W\d_a-z][\w.'’-]+(?: [^\W\d_a-z][\w.'’-]*){1,3}")
_NOT_NAME: Final = re.compile(
    r"^(?:фото|photo|image|иллюстраци|сурет)|https?:|www\.|[@\[\]{}<>=_]|\d{2}|^(?:admin|administrator|редактор|author|автор|staff|written by|by|none|null|undefined|unknown|guest|facebook|twitter|follow|share|email)$",
    re.IGNORECASE,
)


def byline(page: HtmlPage, metadata: PageMetadata, title: str) -> str | None:
    """The author or authors, joined by ", ", as the page gives them; None where it gives none.

    Ranked: JSON-LD's author, meta elements, `rel=author` and `itemprop=author`, elements marked as the byline.
    """
    for names in _candidates(page, metadata, title):
        read = [name for name in (_name(raw) for raw in names) if name]
        # "Chuck-Ross" beside "Chuck Ross" is his login name.
        unique: dict[str, str] = {}
        for name in read:
            unique.setdefault(re.sub(r"\W", "", name.lower()), name)
        if unique:
            return ", ".join(unique.values())
    return None


def _candidates(page: HtmlPage, metadata: PageMetadata, title: str) -> Iterator[list[str]]:
    people: list[str] = []
    organizations: list[str] = []
    for author in as_list(metadata.item.get("author")):
        target = (
            organizations if isinstance(author, dict) and "Organization" in as_list(author.get("@type")) else people
        )
        target += _names(author)
    yield people
    for name in META_NAMES:
        values = metadata.meta.get(name, ())
        if name == "twitter:data1" and not any(
            "by" in label.lower().split() for label in metadata.meta.get("twitter:label1", ())
        ):
            continue
        yield [part for value in values for part in _parts(value)]
    yield [part for element in _marked(page, exact=True) for part in _parts(element)]
    yield organizations
    for text in _marked(page, exact=False):
        yield _parts(text)
    for text in near_heading(page, title):
        # "Aaron Ricadela | Senior Writer | July 2, 2025"
        first, separator, rest = text.partition(" | ")
        if separator and _PERSON.fullmatch(first) and find_date(rest) is not None:
            yield [first]


def _names(author: Any) -> list[str]:
    if isinstance(author, dict):
        return [part for value in as_list(author.get("name")) for part in _names(value)]
    return _parts(plain(author)) if isinstance(author, str) else []


def _parts(text: str) -> list[str]:
    text = _PREFIX.sub("", squeezed(text))
    if re.match(r"https?://|www\.", text):
        return []
    return [part for part in re.split(r"\s*[;,&]\s*|\s+(?:and|und|и|және|et)\s+|\s*/\s*", text) if part]


def _marked(page: HtmlPage, *, exact: bool) -> list[str]:
    query = (
        "//*[contains(concat(' ', @rel, ' '), ' author ')] | //*[contains(concat(' ', @itemprop, ' '), ' author ')]"
        if exact
        else "//*[@class or @id or @data-testid]"
    )
    texts = []
    for element in page.tree.xpath(query):
        if element.tag in ("link", "script", "style", "body", "html", "article") or (
            element.tag == "meta" and not exact
        ):
            continue
        marks = f"{element.get('class') or ''} {element.get('id') or ''} {element.get('data-testid') or ''}"
        if is_elsewhere(element) or (not exact and not _MARKED.search(marks)):
            continue
        inner = element.xpath(".//*[contains(concat(' ', @itemprop, ' '), ' name ')]")
        text = _content(inner[0] if inner else element)
        if 2 < len(text) <= 80:
            texts.append(text)
        if len(texts) >= 6:
            break
    return texts


def _content(element: html.HtmlElement) -> str:
    return squeezed(element.get("content") or " ".join(element.itertext()))


def _name(raw: str) -> str:
    text = _SUFFIX.sub("", _PREFIX.sub("", squeezed(raw))).strip(" ,;:|-–—•·")
    if (
        not 2 < len(text) <= 60
        or len(text.split()) > 7
        or _NOT_NAME.search(text)
        or not re.search(r"[^\W\d_]{2}", text)
    ):
        return ""
    return text
