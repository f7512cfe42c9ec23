"""The base of an outlet's own parser: a class that says where on its pages things stand, and nothing else.

Selectors are strict. One that no longer matches, or matches more than it should, or a text in the article's body that no
selector accounts for, raises LayoutError with the selector's name: a redesign is an alarm, not an empty result.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import ClassVar, Final

from bs4 import BeautifulSoup, SoupStrainer, Tag

from ingest.addresses import media_addresses, media_source, web_addresses
from ingest.article import Article
from ingest.dates import parse_date
from ingest.errors import InputError, LayoutError
from ingest.page_metadata import canonical_address, squeezed

_LANG: Final = re.compile(r"<html\b[^>]*?\blang\s*=\s*[\"']?([a-zA-Z]{2,3})", re.IGNORECASE)
_WORDS: Final = re.compile(r"\w+")
_CANONICAL: Final = 'link[rel~="canonical"][href]'


class Outlet:
    """One layout of one outlet. Subclasses set the class variables; selectors are CSS, `… @name` takes an attribute.

    `container` is the one element that holds the article: outside it only meta and link elements are parsed. `body` is
    the one element that holds the paragraphs; `paragraphs` the blocks in it (empty: its text, split at line breaks),
    `drop` what is taken out first. A quote (blockquote) in that raises, for quotes are what is read; `frames` names the
    quotes that may go: frames of embedded posts that hold none of their words. `title` and `published` match once,
    `lead` and `author` at most once. `author` may match more often where `several_authors` says so: the names are joined
    by commas. `author_prefix` (a regular expression) is cut off the author. `clock` is the zone (IANA) of clocks without
    one where it is not the source's. `lang` is for outlets that do not declare it in the html element. `since` is the
    first day on which the layout was seen; of several layouts of one outlet, the newest that fits is used.
    """

    parser_id: ClassVar[str]
    hosts: ClassVar[tuple[str, ...]]
    since: ClassVar[date]
    version: ClassVar[str] = "2"

    container: ClassVar[tuple[str, dict[str, str]]]
    title: ClassVar[str]
    published: ClassVar[str]
    lead: ClassVar[str | None] = None
    body: ClassVar[str]
    paragraphs: ClassVar[str] = "p, blockquote, h2, h3, h4, li"
    author: ClassVar[str | None] = None
    author_prefix: ClassVar[str] = ""
    several_authors: ClassVar[bool] = False
    clock: ClassVar[str | None] = None
    drop: ClassVar[tuple[str, ...]] = ()
    frames: ClassVar[tuple[str, ...]] = ()
    lang: ClassVar[str | None] = None

    def read(self, html: str, url: str, *, timezone: str | None = None, fetched_at: datetime | None = None) -> Article:
        """The article on the page `html`. `timezone` (IANA) is for clocks without a zone, `fetched_at` for relative
        dates. Raises LayoutError."""
        soup = BeautifulSoup(html, "lxml", parse_only=_Container(*self.container))
        title = self._one(soup, "title", self.title, url)
        raw = self._one(soup, "published", self.published, url)
        try:
            published = parse_date(raw, reference=fetched_at, timezone=self.clock or timezone)
        except InputError as error:
            raise self._layout("published", self.published, f"is unreadable: {error}", url) from error
        author = self._author(soup, url)
        standfirst = self._element(soup, "lead", self.lead, url)
        lead = squeezed(standfirst.get_text()) if standfirst is not None else ""
        declared = _LANG.search(html[:4000])
        body = self._body(soup, standfirst, url)
        lines = self._paragraphs(body, lead, url)
        pictures = [str(meta.get("content")) for meta in soup.select('meta[property="og:image"]')]
        pictures += [source for tag in body.select("img, video, audio, source") if (source := media_source(tag.attrs))]
        return Article(
            title=title,
            text="\n".join(lines),
            published_at=published.at,
            published_precision=published.precision,
            published_from="selector",
            author=re.sub(rf"\A{self.author_prefix}\s*", "", author) if author else None,
            lang=declared.group(1).lower() if declared else self.lang,
            url=url,
            canonical_url=canonical_address(url, [str(link["href"]) for link in soup.select(_CANONICAL)]),
            extractor=self.parser_id,
            extractor_version=self.version,
            lead=lead,
            links=web_addresses(url, (str(link["href"]) for link in body.select("a[href]"))),
            media_urls=media_addresses(url, pictures),
        )

    def _body(self, soup: BeautifulSoup, standfirst: Tag | None, url: str) -> Tag:
        """The element of the article's text, without the lead and what is to be dropped."""
        found = soup.select(self.body)
        if len(found) != 1:
            raise self._layout("body", self.body, f"matches {len(found)} times, not once", url)
        body = found[0]
        dropped = body.select(", ".join(self.drop)) if self.drop else []
        frames = body.select(", ".join(self.frames)) if self.frames else []
        quotes = [quote for element in dropped for quote in (element, *element.select("blockquote"))]
        if any(quote.name == "blockquote" and quote not in frames for quote in quotes):
            raise self._layout("drop", ", ".join(self.drop), "would take a blockquote out of the body", url)
        for element in (*dropped, *([standfirst] if standfirst is not None else [])):
            # One that stands in another went with it.
            if not element.decomposed:
                element.decompose()
        if body.decomposed:
            raise self._layout("body", self.body, "stands in the lead", url)
        return body

    def _paragraphs(self, body: Tag, lead: str, url: str) -> list[str]:
        if not self.paragraphs:
            for line_break in body.find_all("br"):
                line_break.replace_with("\n")
            lines = [squeezed(line) for line in body.get_text().split("\n")]
        else:
            lines = [squeezed(block.get_text()) for block in _outermost(body.select(self.paragraphs))]
            whole, read = (sum(map(len, _WORDS.findall(text))) for text in (body.get_text(), "".join(lines)))
            if whole != read:
                raise self._layout(
                    "paragraphs", self.paragraphs, f"leaves {whole - read} letters of the body unread", url
                )
        lines = [line for line in lines if line]
        if not lines and not lead:
            raise self._layout("paragraphs", self.paragraphs or "lines", "finds no text", url)
        return lines

    def _one(self, soup: BeautifulSoup, field: str, selector: str, url: str) -> str:
        text = self._optional(soup, field, selector, url)
        if not text:
            raise self._layout(field, selector, "matches nothing", url)
        return text

    def _author(self, soup: BeautifulSoup, url: str) -> str | None:
        if not self.several_authors or self.author is None:
            return self._optional(soup, "author", self.author, url)
        path, _, attribute = self.author.partition(" @")
        found = soup.select(path)
        names = [str(element.get(attribute, "")) if attribute else element.get_text() for element in found]
        return ", ".join(dict.fromkeys(filter(None, map(squeezed, names)))) or None

    def _optional(self, soup: BeautifulSoup, field: str, selector: str | None, url: str) -> str | None:
        if selector is None:
            return None
        element = self._element(soup, field, selector, url)
        if element is None:
            return None
        attribute = selector.partition(" @")[2]
        if not attribute:
            return squeezed(element.get_text())
        value = element.get(attribute)
        if not isinstance(value, str) or not value.strip():
            raise self._layout(field, selector, f"has no {attribute}", url)
        return value.strip()

    def _element(self, soup: BeautifulSoup, field: str, selector: str | None, url: str) -> Tag | None:
        found = soup.select(selector.partition(" @")[0]) if selector else []
        if selector and len(found) > 1:
            raise self._layout(field, selector, f"matches {len(found)} times", url)
        return found[0] if found else None

    def _layout(self, field: str, selector: str, problem: str, url: str) -> LayoutError:
        return LayoutError(f"{self.parser_id}: {field!r} ({selector}) {problem} on {url}")


class _Container(SoupStrainer):
    """Lets through the container and what the head declares; the rest of the page is never built."""

    def __init__(self, name: str, marks: Mapping[str, str]) -> None:
        super().__init__(name)
        self._name, self._marks = name, marks

    def allow_tag_creation(self, nsprefix: str | None, name: str, attrs: Mapping[str, str] | None) -> bool:
        """Whether a start tag outside the container begins something that is wanted."""
        marks = attrs or {}
        return name in ("meta", "link") or (
            name == self._name and all(value in marks.get(key, "").split() for key, value in self._marks.items())
        )

    def allow_string_creation(self, string: str) -> bool:
        """Text outside the container is not wanted."""
        return False


def _outermost(blocks: Sequence[Tag]) -> list[Tag]:
    """The blocks that no other of them holds: it says their text already."""
    selected = {id(block) for block in blocks}
    return [block for block in blocks if not any(id(parent) in selected for parent in block.parents)]
