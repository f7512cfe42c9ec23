"""Cyrillic pages in every encoding that they are served in: the same reading as in UTF-8, and no broken letter.

Asked for: windows-1251, KOI8-R and IBM866, whatever the page and the header declare: the right encoding, none, or a wrong
one; ISO-8859-5, which no news site uses and which differs little from windows-1251, where it is declared rightly.
Characters that an encoding has not (Kazakh letters, in KOI8-R quotation marks) are written as character references, as
sites do.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from ingest.article import Article
from ingest.charset import decode
from ingest.parse import parse_article

WRONG = ("none", "utf-8", "windows-1251", "koi8-r", "iso-8859-1")
DECLARED = {
    "windows-1251": ("right", *WRONG),
    "koi8-r": ("right", *WRONG),
    "ibm866": ("right", *WRONG),
    "iso-8859-5": ("right",),
}
"""What is asked for: by encoding, what page and header may say of it."""
PAGES = Path(__file__).parent / "pages"
CYRILLIC = re.compile("[\u0400-\u052f]")
# UTF-8 read as Latin-1 or as windows-1251, the bytes of U+FFFD read as windows-1251, and the sign of a broken letter itself.
MOJIBAKE = re.compile("[ÐÑ][\u0080-\u00bf]|(?:[РС][\u0080-\u00bfЂ-Џђ-џ°-»]){3}|п»ї|пїЅ|\ufffd")
_DECLARATION = re.compile(r"<meta[^>]*charset[^>]*>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it was served, and where."""

    name: str
    url: str
    body: bytes

    def read(self) -> Article:
        return parse_article(self.body, self.url)

    def transcoded(self, encoding: str, declared: str) -> tuple[bytes, str]:
        """The page in `encoding`, and the Content-Type header it comes with, where meta element and header say `declared`."""
        named = encoding if declared == "right" else declared
        text = _DECLARATION.sub("", decode(self.body).text)
        meta = "" if declared == "none" else f'<meta charset="{named}">'
        text = re.sub(r"<head[^>]*>", lambda head: head.group() + meta, text, count=1)
        header = "text/html" if declared == "none" else f"text/html; charset={named}"
        return text.encode(encoding, "xmlcharrefreplace"), header


def said(article: Article) -> dict[str, object]:
    """What the page says, as a reader sees it."""
    return {
        "title": article.title,
        "lead": article.lead,
        "text": article.text,
        "author": article.author,
        "published": article.published_at,
        "canonical": article.canonical_url,
    }


def real_pages(shared: Path) -> Iterator[Page]:
    articles = shared / "real/articles"
    for line in (articles / "manifest.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        body = gzip.decompress((articles / row["file"]).read_bytes())
        if len(CYRILLIC.findall(decode(body).text)) > 500:
            yield Page(row["id"], row["url"], body)


@cache
def own_pages() -> tuple[Page, ...]:
    pages = []
    for path in sorted(PAGES.glob("*.html")):
        expected = json.loads(path.with_suffix(".json").read_text("utf-8"))
        pages.append(Page(path.stem, expected["article"]["url"], path.read_bytes()))
    return tuple(page for page in pages if len(CYRILLIC.findall(decode(page.body).text)) > 200)


def check(page: Page, encodings: Iterable[str]) -> None:
    """No letter of the page is broken, its transcodings decode to their own letters, and those into `encodings` read alike."""
    article = page.read()
    for value in said(article).values():
        assert not MOJIBAKE.search(str(value)), f"{page.name}: {value}"
    assert CYRILLIC.search(article.title + article.text)
    for encoding, declarations in DECLARED.items():
        for declared in declarations:
            body, header = page.transcoded(encoding, declared)
            assert decode(body, header).text == body.decode(encoding), (
                f"{page.name} in {encoding}, said to be {declared}"
            )
        if encoding in encodings:
            again = parse_article(body, page.url, header)
            assert said(again) == said(article), f"{page.name} in {encoding}, said to be {declared}"


def test_real_pages_in_every_encoding(shared: Path) -> None:
    pages = list(real_pages(shared))
    assert len(pages) >= 10
    for page in pages:
        check(page, ["windows-1251"])


def test_there_are_pages_of_our_own() -> None:
    assert len(own_pages()) > 20


@pytest.mark.parametrize("page", own_pages(), ids=lambda page: page.name)
def test_own_pages_in_every_encoding(page: Page) -> None:
    check(page, DECLARED)


def test_pages_that_others_transcoded(shared: Path) -> None:
    derived = sorted((shared / "real/articles_derived_cp1251").glob("*.html.gz"))
    assert derived
    pages = {page.name: page for page in real_pages(shared)}
    for path in derived:
        page = pages[path.name.partition(".")[0]]
        again = parse_article(gzip.decompress(path.read_bytes()), page.url)
        assert not MOJIBAKE.search(again.title + again.text)
        assert said(again) == said(page.read())
