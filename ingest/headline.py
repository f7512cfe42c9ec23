"""The title of an article page: the headline as readers see it, without the site's name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice
from typing import Final

from lxml import html

from ingest.host import host_of
from ingest.html_page import HtmlPage
from ingest.json_ld import plain
from ingest.page_metadata import PageMetadata, squeezed
from ingest.page_region import headings_of, is_elsewhere, visible_text

# A hyphen or a colon parts a title only between blanks; a bar and its like always.
_SEPARATOR: Final = re.compile(r"\s+[|•·»›«‹—–:/~-]+\s+|\s*[|»›]\s*|\s+::\s+")
_STRONG: Final = re.compile(r"[|•·»›«‹~]|::")
_CUT_OFF: Final = re.compile(r"(?:\.\.\.|…)$")
_WORDS: Final = re.compile(r"\w+")
_MARKED: Final = re.compile(
    r"(?:^|[\s_-])(?:headline|(?:entry|post|article|story|news|page|content|title|main|single|material|node)[_-]*"
    r"(?:title|headline|heading|header)|title[_-]*(?:block|main|text)|h1)(?:$|[\s_-])",
    re.IGNORECASE,
)
_EDGE: Final = " |•·»›«‹–—-"
_LONGEST: Final = 300
_MOST_PARTS: Final = 12
# Nobody writes such a title; looking for its site's name would take the square of its length.
_LONGEST_CUT: Final = 2_000


def headline(page: HtmlPage, metadata: PageMetadata) -> str:
    """The page's title; "" where it has none.

    A first-level heading that says what the page declares as its title wins, unless og:title and JSON-LD agree on
    another; then another element that is marked or placed as the heading; then what is declared (og:title, JSON-LD,
    twitter:title), then a lone heading, then the title element. The site's name is cut off declared titles.
    """
    names = site_names(metadata, page.url)
    declared = [
        shortened
        for title in _declared(metadata)
        if (shortened := without_site(title, metadata, page.url)) and _key(shortened) not in names
    ]
    headings = [text for text in _texts(headings_of(page)) if _key(text) not in names]
    if headings:
        agreeing = _most_agreeing(headings, declared)
        if not declared or _best_overlap(agreeing, declared) >= (0.2 if len(headings) == 1 else 0.4):
            return _reconciled(agreeing, declared, page, metadata)
    for marked, least in ((True, 0.5), (False, 0.75)):
        others = [text for text in _texts(_like_headings(page, marked=marked)) if _key(text) not in names]
        if declared and others and _best_overlap(agreeing := _most_agreeing(others, declared), declared) >= least:
            return max((title for title in declared if _key(title) in _key(agreeing)), key=len, default=agreeing)
    if len(declared) == 1:
        return _shown_part(page, declared[0]) or declared[0]
    if declared:
        return next((other for other in declared if _continues(other, declared[0])), declared[0])
    return headings[0] if headings else metadata.title_element


def without_site(title: str, metadata: PageMetadata, url: str) -> str:
    """`title` without the site's name (and section) before its first or after its last separators, as far as the page
    itself names them."""
    if len(title) > _LONGEST_CUT:
        return title.strip()
    names = site_names(metadata, url)
    others = {
        _key(other) for other in (*metadata.meta.get("og:title", ()), plain(metadata.item.get("headline"))) if other
    }
    cuts = [
        cut
        for cut in islice(_SEPARATOR.finditer(title), _MOST_PARTS)
        if title[: cut.start()].strip() and title[cut.end() :].strip()
    ]
    for cut in cuts:
        if _key(title[: cut.start()]) in others:
            return title[: cut.start()].strip()
    end, named = len(title), ""
    for cut in reversed(cuts):
        tail = title[cut.end() : end].strip()
        sign = cut.group().strip()
        # "Headline - Politics - Site": what stands between by the same sign, in a word or two, is the section.
        section = named == sign and len(tail.split()) <= 2 <= len(title[: cut.start()].split())
        if not section and not _named(tail, names):
            break
        end, named = cut.start(), sign
    start = 0
    for cut in cuts:
        if cut.end() >= end or not _named(title[start : cut.start()].strip(), names):
            break
        start = cut.end()
    return title[start:end].strip(_EDGE)


def site_names(metadata: PageMetadata, url: str) -> set[str]:
    """What the page and its address call the site, as letters and digits in lower case."""
    host = host_of(url)
    parts = host.split(".")
    # example.org, example, news.example, and of example.co.uk the example
    hosts = {host, host.rpartition(".")[0], ".".join(parts[-2:]), *parts[-2:-1], *parts[-3:-2]} - {"co", "com"}
    declared = [metadata.site_name, *metadata.site_aliases]
    return {_key(name) for name in (*declared, *hosts)} - {""}


def _declared(metadata: PageMetadata) -> list[str]:
    titles = (
        *metadata.meta.get("og:title", ())[:1],
        plain(metadata.item.get("headline")),
        *metadata.meta.get("twitter:title", ())[:1],
        metadata.title_element,
    )
    return [title for title in titles if title]


def _texts(elements: Iterable[html.HtmlElement]) -> list[str]:
    return [text for text in dict.fromkeys(map(visible_text, elements)) if text]


def _reconciled(heading: str, declared: list[str], page: HtmlPage, metadata: PageMetadata) -> str:
    """The heading, or the title that og:title and JSON-LD both give instead; without a kicker or a badge in it that
    no declared title has."""
    social, item = (
        without_site(title, metadata, page.url)
        for title in (next(iter(metadata.meta.get("og:title", ())), ""), plain(metadata.item.get("headline")))
    )
    if social and _key(social) == _key(item) != _key(heading) and not _continues(heading, social):
        return social
    same = [title for title in declared if _key(title) == _key(heading)]
    if same:
        # Parts set in blocks of their own run together in the heading, not in what is declared.
        return (
            max(same, key=lambda title: title.count(" "))
            if max(t.count(" ") for t in same) > heading.count(" ")
            else heading
        )
    for element in headings_of(page):
        if visible_text(element) == heading:
            parts = {_key(text) for text in _texts(element.iterdescendants("span", "a", "strong", "b", "em", "div"))}
            parts |= {_key(part) for part in (element.text or "", *(child.tail or "" for child in element))}
            shorter = [title for title in declared if _key(title) in parts - {""}]
            if shorter and len(shorter) == len(declared):
                return shorter[0]
    return heading


def _continues(longer: str, cut: str) -> bool:
    """Whether `longer` goes on where `cut` breaks off with dots."""
    return bool(_CUT_OFF.search(cut)) and len(longer) > len(cut) and _key(longer).startswith(_key(cut))


def _like_headings(page: HtmlPage, *, marked: bool) -> list[html.HtmlElement]:
    """What may stand for a first-level heading on pages without one, outside lists of other articles: elements marked as
    the headline, or second-level headings."""
    return [
        element
        for element in page.tree.iter(*(("h2", "h3", "div", "p", "span", "td", "strong", "a") if marked else ("h2",)))
        if (
            not marked
            or "headline" in (element.get("itemprop") or "").split()
            or _MARKED.search(f"{element.get('class') or ''} {element.get('id') or ''}")
        )
        and len(element) < 20
        and len(element.text_content()) <= _LONGEST
        and not is_elsewhere(element)
    ]


def _shown_part(page: HtmlPage, title: str) -> str:
    """The longest part of the title element, between its separators, that stands on the page as a text of its own."""
    cuts = list(islice(_SEPARATOR.finditer(title), _MOST_PARTS))
    starts, ends = [0, *(cut.end() for cut in cuts)], [*(cut.start() for cut in cuts), len(title)]
    parts = {_key(title[start:end]): title[start:end].strip() for start in starts for end in ends if start < end}
    found = ""
    for element in page.tree.iter(
        "h1", "h2", "h3", "h4", "div", "p", "span", "td", "strong", "b", "font", "center", "a"
    ):
        if not squeezed(element.text or "") or len(element.text_content()) > 2 * len(title) + 80:
            continue
        part = parts.get(_key(visible_text(element)), "")
        if len(part) > max(len(found), len(title) / 3) and not is_elsewhere(element):
            found = part
    if found or not cuts or not _STRONG.search(cuts[-1].group()) and cuts[-1].group().strip() != "-":
        return found
    # The page shows no part of it: a short end after a bar or a hyphen is the site's name.
    head, tail = title[: cuts[-1].start()].strip(), title[cuts[-1].end() :].strip()
    return head if len(tail.split()) <= 4 < len(head.split()) + 2 else ""


def _named(tail: str, names: set[str]) -> bool:
    key = _key(tail)
    return any(
        key == name or (len(name) > 3 and len(tail.split()) <= 5 and (key.startswith(name) or key.endswith(name)))
        for name in names
    )


def _key(text: str) -> str:
    return "".join(_WORDS.findall(text.lower()))


def _most_agreeing(texts: list[str], titles: list[str]) -> str:
    """Which of `texts` says most of one of `titles`: of equals that of the earlier title, then the earlier text."""
    return max(
        texts, key=lambda text: max(((_overlap(text, t), -rank) for rank, t in enumerate(titles)), default=(0.0, 0))
    )


def _best_overlap(text: str, titles: list[str]) -> float:
    return max((_overlap(text, title) for title in titles), default=0.0)


def _overlap(first: str, second: str) -> float:
    """Dice coefficient of the two titles' words, in [0, 1]."""
    a, b = set(_WORDS.findall(first.lower())), set(_WORDS.findall(second.lower()))
    return 2 * len(a & b) / (len(a) + len(b)) if a and b else 0.0
