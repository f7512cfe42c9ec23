"""Any article page: trafilatura finds the text, the page's own declarations say the rest.

trafilatura is run for precision and helped where it is known to lose text: quotes embedded from social networks, text
around inline markup, pages laid out by tables. Where the page declares its article's text in JSON-LD, that arbitrates.
"""

from __future__ import annotations

import copy
import re
from collections import Counter
from datetime import datetime
from importlib.metadata import version
from typing import Any, Final
from urllib.parse import urljoin

import trafilatura
from lxml import etree, html

from ingest.addresses import media_addresses, media_source, web_addresses
from ingest.article import Article
from ingest.byline import byline
from ingest.chaff import READ_ALSO, without_chaff
from ingest.errors import EmptyBodyError, LayoutError
from ingest.headline import headline
from ingest.html_page import HtmlPage
from ingest.json_ld import as_list, plain
from ingest.page_metadata import PageMetadata, page_metadata, squeezed
from ingest.page_region import is_elsewhere, visible_text
from ingest.publication_date import PublicationDate, publication_date
from ingest.quotation import has_quotation, has_reported_speech, is_sentence
from ingest.wall import wall

VERSION: Final = f"4+trafilatura-{version('trafilatura')}"
"""Of the extractor: moves when the same bytes may give another article."""

_INLINE: Final = (
    "b",
    "strong",
    "i",
    "em",
    "u",
    "font",
    "mark",
    "s",
    "ins",
    "abbr",
    "acronym",
    "small",
    "big",
    "wbr",
    "q",
)
_LEAD_KEY: Final = 80
_LEAD_MOST: Final = 700
_LAYOUT_LEAST: Final = 400
_WORDS_LEAST: Final = 30
_DECLARED: Final = frozenset({"json-ld", "meta"})
# A text has its unformatted copy once, and the copy is its longest line: so many are looked at.
_COPIES_MOST: Final = 20
_PART_LEAST: Final = 60
_NO_PART: Final = frozenset({"li", "a", "figure", "figcaption", "blockquote", "td", "form", "footer"})
_BLOCKS: Final = frozenset(
    (
        "p",
        "div",
        "table",
        "ul",
        "ol",
        "dl",
        "blockquote",
        "figure",
        "section",
        "article",
        "aside",
        "header",
        "footer",
        "nav",
    )
    + ("h1", "h2", "h3", "h4", "h5", "h6", "hr", "form", "pre", "iframe", "script", "style", "main", "video", "address")
)
_FILE: Final = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|mp4)(?:$|\?)", re.IGNORECASE)
_CAPTION_MOST: Final = 600
_PICTURE_MOST: Final = 300
_CAPTION: Final = re.compile(
    r"(?:^|[\s_-])(?:caption|wp-caption-text|image-?credit|photo-?credit|credits?|img-?(?:caption|desc)|photo-?(?:caption|desc|author)|"
    r"image-?(?:caption|desc\w*|source)|picture-?(?:caption|desc))(?:$|[\s_-])",
    re.IGNORECASE,
)
_PICTURE: Final = re.compile(r"(?:^|[\s_-])(?:image|photo|picture|figure|img)(?:$|[\s_-])", re.IGNORECASE)
_QUOTE: Final = re.compile(r"(?:^|[\s_-])(?:(?:pull|block)?quotes?|cit(?:e|ata|ation))(?:$|[\s_-])", re.IGNORECASE)
_HIDDEN: Final = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_WORDS: Final = re.compile(r"\w+")


def read_generic(page: HtmlPage, *, timezone: str | None = None, fetched_at: datetime | None = None) -> Article:
    """The article on `page`. `timezone` (IANA) is for clocks without a zone, `fetched_at` for relative dates.

    Raises EmptyBodyError where the page has no text to speak of: none, a list of other pages, or so few words without a
    date or an article's markup that it is rather a wall against robots, a notice or an error answered with success; and
    LayoutError where the page says itself that it is such a thing.
    """
    metadata = page_metadata(page)
    title = headline(page, metadata)
    published = publication_date(page, metadata, title, timezone=timezone, fetched_at=fetched_at)
    authors = byline(page, metadata, title)
    text = body_text(page, metadata, title, authors)
    body = _body(page, text)
    _refuse_wall(page, metadata, title, published, text)
    if not text:
        raise EmptyBodyError(f"{page.url} has no article text")
    if _is_listing(page.tree, text):
        raise EmptyBodyError(f"{page.url} has no article text: it is a list of other pages")
    dated = published is not None and published.source != "url"
    words = len(_WORDS.findall(text))
    if words < _WORDS_LEAST and not dated and not _is_marked(page, metadata):
        raise EmptyBodyError(f"{page.url} has no article text: {words} words, no date and no article's markup")
    return Article(
        title=title,
        text=text,
        lead=standfirst(page, metadata, text),
        published_at=None if published is None else published.at,
        published_precision=None if published is None else published.precision,
        published_from=None if published is None else published.source,
        author=authors,
        lang=metadata.lang,
        url=page.url,
        canonical_url=metadata.canonical_url,
        extractor="generic",
        extractor_version=VERSION,
        links=links(page, body, text),
        media_urls=media(page, metadata, body),
    )


def body_text(page: HtmlPage, metadata: PageMetadata, title: str, authors: str | None) -> str:
    """The article's text, one paragraph a line, without its title; "" where the page has none."""
    prepared = _prepared(page.tree)
    text = _extracted(prepared, "precision")
    paragraphs = sum(len(squeezed(paragraph.text_content())) for paragraph in prepared.iter("p"))
    if not text or len(text) < paragraphs / 3:
        text = _extracted(prepared, "balanced") or _extracted(prepared, "recall")
    if _join_parts(prepared, text):
        text = _extracted(prepared, "precision") or text
    declared = plain(metadata.item.get("articleBody"))
    # A declared text that is much shorter is a teaser; one that is as long knows better than a search.
    if len(declared) >= 0.6 * len(text) and _agreement(text, declared) < 0.85:
        laxer = (_extracted(prepared, focus) for focus in ("balanced", "recall"))
        text = next((other for other in laxer if _agreement(other, declared) >= 0.85), declared)
    text = text or declared
    return "\n".join(without_chaff(_without_title(_distinct(text.splitlines()), title), authors))


def standfirst(page: HtmlPage, metadata: PageMetadata, text: str) -> str:
    """What the page declares as its description, where readers see it as a block of its own and `text` does not say it;
    else ""."""
    described = metadata.first(("og:description", "description", "twitter:description"))
    key = _key(described[1] if described else plain(metadata.item.get("description")))[:_LEAD_KEY]
    if len(key) < _LEAD_KEY / 2:
        return ""
    for element in page.tree.iter("p", "h2", "h3", "h4", "div", "span", "strong"):
        shown = visible_text(element)
        if len(shown) <= _LEAD_MOST and _key(shown).startswith(key) and not is_elsewhere(element):
            return "" if _key(shown)[:_LEAD_KEY] in _key(text) else shown
    return ""


def links(page: HtmlPage, body: html.HtmlElement | None, text: str) -> tuple[str, ...]:
    """The addresses that the article's own `text` links to: those of links in its `body` whose words, with those around
    them, stand in the text as on the page."""
    whole = _key(text)
    hrefs = []
    for link in () if body is None else body.iter("a"):
        said = _key(squeezed(link.text_content()))
        previous, parent = link.getprevious(), link.getparent()
        before = previous.tail if previous is not None else (parent.text if parent is not None else "")
        around = _key((before or "")[-40:]) + said + _key((link.tail or "")[:40])
        # A link that stands alone is text where it is long: a word of the menu may stand in the text as well.
        if said and around in whole and (len(around) > len(said) + 4 or len(said) > 30) and not is_elsewhere(link):
            hrefs.append(link.get("href"))
    return web_addresses(_base(page), hrefs)


def media(page: HtmlPage, metadata: PageMetadata, body: html.HtmlElement | None) -> tuple[str, ...]:
    """The addresses of the article's pictures and films: those it declares (og:image, JSON-LD), then those in its `body`."""
    declared: list[str | None] = [
        value for name in ("og:image", "og:video", "twitter:image") for value in metadata.meta.get(name, ())
    ]
    for picture in (*as_list(metadata.item.get("image")), *as_list(metadata.item.get("video"))):
        url = picture.get("url") or picture.get("contentUrl") if isinstance(picture, dict) else picture
        declared += [address for address in as_list(url) if isinstance(address, str)]
    shown = [
        media_source(element.attrib)
        for element in (() if body is None else body.iter("img", "video", "audio", "source"))
        if not is_elsewhere(element) and not _leads_away(element)
    ]
    return media_addresses(_base(page), [*declared, *shown])


def _base(page: HtmlPage) -> str:
    for base in page.tree.iter("base"):
        try:
            address: str = urljoin(page.url, base.get("href") or "")
            return address
        except ValueError:
            break
    return page.url


def _leads_away(element: html.HtmlElement) -> bool:
    """Whether a picture is a link to another page: a teaser's, not the article's."""
    link = next(element.iterancestors("a"), None)
    return link is not None and not _FILE.search(link.get("href") or "")


def _body(page: HtmlPage, text: str) -> html.HtmlElement | None:
    """The innermost element that holds nine tenths of the long lines of `text`; None where none does."""
    lines = {_key(line) for line in text.splitlines() if len(line) > 40}
    holding: Counter[html.HtmlElement] = Counter()
    for element in page.tree.iter("p", "li", "div", "td", "blockquote", "section"):
        if len(element) < 30 and (key := _key(squeezed(element.text_content()))) in lines:
            lines.discard(key)
            holding.update(element.iterancestors())
    most = max(holding.values(), default=0)
    inner = [element for element, count in holding.items() if count >= 0.9 * most]
    deepest: html.HtmlElement | None = max(inner, key=lambda e: sum(1 for _ in e.iterancestors()), default=None)
    return deepest


def _refuse_wall(
    page: HtmlPage, metadata: PageMetadata, title: str, published: PublicationDate | None, text: str
) -> None:
    dated = published is not None and published.source in _DECLARED
    if published is not None and metadata.item and len(text.split()) > _WORDS_LEAST:
        return
    headings = [visible_text(heading) for heading in page.tree.iter("h1")][:3]
    kind = wall(
        [metadata.title_element, title, *headings],
        text or visible_text(page.tree),
        declared_article=dated and bool(text) and _is_marked(page, metadata),
    )
    if kind is not None:
        raise LayoutError(f"{page.url} is no article: {kind}")


def _key(text: str) -> str:
    return "".join(_WORDS.findall(text.lower()))


def _is_marked(page: HtmlPage, metadata: PageMetadata) -> bool:
    """Whether the page's markup says that it is an article: 139 of 139 real ones do, or have a date of their own."""
    return (
        bool(metadata.item)
        or "article" in metadata.meta.get("og:type", ())
        or bool(page.tree.xpath("//article | //*[contains(@itemtype, 'Article')] | //*[@itemprop='articleBody']"))
    )


def _is_listing(tree: html.HtmlElement, text: str) -> bool:
    """Whether much of `text` is links' own words: at most a twelfth in 139 real articles, a third in a list of news."""
    links = {_key(squeezed(link.text_content())) for link in tree.iter("a")}
    linked = [line for line in text.splitlines() if _key(line) in links]
    return len(linked) >= 5 and sum(map(len, linked)) > 0.2 * len(text)


def _extracted(tree: html.HtmlElement, focus: str) -> str:
    found: Any = trafilatura.bare_extraction(
        copy.deepcopy(tree),
        include_comments=False,
        with_metadata=False,
        favor_precision=focus == "precision",
        favor_recall=focus == "recall",
    )
    return "" if found is None else str(found.text or "")


def _prepared(tree: html.HtmlElement) -> html.HtmlElement:
    tree = copy.deepcopy(tree)
    for element in tree.xpath("//script | //style | //template"):
        _drop(element)
    whole = len(tree.text_content())
    for element in tree.xpath("//body//*[@hidden or @style]"):
        # Some pages stream their article in a hidden block; a hidden second copy is no such thing.
        hidden = element.get("hidden") is not None or _HIDDEN.search(element.get("style") or "")
        if hidden and len(element.text_content()) < whole / 2:
            _drop(element)
    for teaser in tree.xpath("//article[.//a][not(.//h1)][not(ancestor::article)]"):
        if tree.find(".//h1") is not None and len(teaser.text_content()) < 600:
            _drop(teaser)
    for quote in list(tree.iter("blockquote")):
        _lift(quote)
        _unmark(quote)
    for box in [element for element in tree.iter("aside", "div", "p", "section") if _is_quote_box(element)]:
        box.tag = "div" if any(child.tag in _BLOCKS for child in box) else "p"
        _unmark(box)
    for link in tree.xpath("//p/a | //li/a | //div/a | //h2/a | //h3/a | //h4/a"):
        _drop_read_also(link)
    for paragraph in tree.xpath("//p[a]"):
        text, linked = (
            squeezed(paragraph.text_content()),
            sum(len(squeezed(link.text_content())) for link in paragraph.iter("a")),
        )
        if (
            text
            and len(text) <= 250
            and linked >= 0.85 * len(text)
            and not any(True for _ in paragraph.iterancestors("blockquote"))
        ):
            if _is_quoting_sentence(text):
                etree.strip_tags(paragraph, "a")
            else:
                _drop(paragraph)
    for listing in tree.xpath("//ul | //ol"):
        if _is_links(listing):
            _drop(listing)
    for element in tree.xpath("//figcaption | //*[@class]"):
        if _is_caption(element):
            if has_reported_speech(squeezed(element.text_content())):
                _make_paragraph(element)
            else:
                _drop(element)
    for table in tree.xpath("//table"):
        if _is_layout(table):
            for part in table.iter("table", "tbody", "thead", "tr", "td", "th"):
                part.tag = "div"
                for name in ("width", "align"):
                    part.attrib.pop(name, None)
    _mark_paragraphs(tree)
    etree.strip_tags(tree, *_INLINE)
    return tree


def _join_parts(tree: html.HtmlElement, text: str) -> bool:
    """Bring a body together that stands in several like elements (`div.body__inner`, then an advertisement, then
    another), of which `text` has only some; whether there was something to bring together."""
    known = _key(text)
    parts: dict[tuple[str, str], list[html.HtmlElement]] = {}
    read: Counter[tuple[str, str]] = Counter()
    missing: Counter[tuple[str, str]] = Counter()
    for paragraph in tree.iter("p"):
        holder = paragraph.getparent()
        said = squeezed(paragraph.text_content())
        if holder is None or not holder.get("class") or holder.tag in _NO_PART or len(said) < _PART_LEAST:
            continue
        linked = sum(len(squeezed(link.text_content())) for link in paragraph.iter("a"))
        if linked > len(said) / 2 or is_elsewhere(paragraph):
            continue
        kind = (holder.tag, holder.get("class"))
        if holder not in parts.setdefault(kind, []):
            parts[kind].append(holder)
        (read if _key(said)[:_LEAD_KEY] in known else missing)[kind] += len(said)
    if not read:
        return False
    kind = max(read, key=lambda kind: read[kind])
    if len(parts[kind]) < 2 or missing[kind] < 0.15 * read[kind]:
        return False
    first, *others = parts[kind]
    for other in others:
        if first not in other.iterancestors() and other not in first.iterancestors():
            first.extend(list(other))
            _drop(other)
    return True


def _mark_paragraphs(tree: html.HtmlElement) -> None:
    """Make paragraphs of the runs of text that blank lines (`<br><br>`) set apart, as pages had them before style sheets."""
    runs = {holder: _runs(holder) for holder in tree.iter("div", "td", "section", "article", "main")}
    several = [holder for holder, found in runs.items() if len(found) > 1]
    lone = [holder for holder, found in runs.items() if len(found) == 1]
    # Where blocks are the paragraphs, a lone run with a blank line is none.
    blocks = sum(
        not found and len(holder) < 4 and len(squeezed(holder.text or "")) >= _PART_LEAST
        for holder, found in runs.items()
    )
    for holder in several + (lone if len(lone) > blocks else []):
        parts: list[html.HtmlElement] = [html.Element("p")]
        parts[0].text, holder.text = holder.text, None
        for child in list(holder):
            if not _ends_run(child):
                parts[-1].append(child)
                continue
            following = html.Element("p")
            following.text, child.tail = child.tail, None
            parts += [child, following] if child.tag != "br" else [following]
            holder.remove(child)
        holder.extend(part for part in parts if part.tag != "p" or len(part) or (part.text or "").strip())


def _runs(holder: html.HtmlElement) -> list[str]:
    """The texts of a sentence or more that blank lines part in `holder`; none where it has no blank line of its own."""
    if not any(child.tag == "br" and _ends_run(child) for child in holder):
        return []
    runs = [holder.text or ""]
    for child in holder:
        if _ends_run(child):
            runs.append(child.tail or "")
        else:
            runs[-1] += child.text_content() + (child.tail or "")
    return [run for run in runs if len(squeezed(run)) >= _PART_LEAST]


def _ends_run(child: html.HtmlElement) -> bool:
    """Whether `child` is a block, or a line break beside another."""
    if child.tag != "br":
        return child.tag in _BLOCKS
    following, before = child.getnext(), child.getprevious()
    return (following is not None and following.tag == "br" and not (child.tail or "").strip()) or (
        before is not None and before.tag == "br" and not (before.tail or "").strip()
    )


def _drop(element: html.HtmlElement) -> None:
    if element.getparent() is not None:
        element.drop_tree()


def _lift(quote: html.HtmlElement) -> None:
    """Bring a quote out of a figure or an aside (a pull quote's, an embedded post's), which extractors drop whole, and make
    who said it, where a footer says so, a paragraph."""
    for footer in quote.iter("footer"):
        footer.tag = "p"
    holder = next(reversed(list(quote.iterancestors("figure", "aside"))), None)
    if holder is None or holder.getparent() is None or any(True for _ in quote.iterancestors("blockquote")):
        return
    if holder.tag == "figure" and next(holder.iter("img", "picture", "video", "iframe", "aside"), None) is None:
        # The figure is the quote's own, and its caption says whose.
        holder.tag = "div"
        for caption in holder.iter("figcaption"):
            caption.tag = "p"
        return
    quote.drop_tree()
    quote.tail = None
    holder.addprevious(quote)


def _is_quote_box(element: html.HtmlElement) -> bool:
    """Whether an element is marked as a quote's, or is an aside between paragraphs, and quotes somebody."""
    if element.tag == "aside":
        beside = any(True for _ in element.itersiblings("p")) or any(
            True for _ in element.itersiblings("p", preceding=True)
        )
        linked = sum(len(squeezed(link.text_content())) for link in element.iter("a"))
        text = squeezed(element.text_content())
        return beside and len(text) <= _CAPTION_MOST and linked < len(text) / 2 and has_reported_speech(text)
    return (
        element.tag in ("div", "p", "section")
        and bool(_QUOTE.search(element.get("class") or ""))
        and has_quotation(squeezed(element.text_content()))
    )


def _make_paragraph(element: html.HtmlElement) -> None:
    """Make a paragraph of a caption that quotes somebody, in the place before its figure."""
    figure = next(element.iterancestors("figure"), element)
    paragraph = html.Element("p")
    paragraph.text = squeezed(element.text_content())
    figure.addprevious(paragraph)
    _drop(element)


def _is_quoting_sentence(text: str) -> bool:
    """Whether a linked text is what somebody said, and no headline that quotes: it ends in a full stop."""
    return is_sentence(text) and has_reported_speech(text)


def _unmark(quote: html.HtmlElement) -> None:
    """Take from a quote, and from wrappers that hold nothing else, the classes by which extractors drop it."""
    text = len(squeezed(quote.text_content()))
    element = quote
    while element is not None and element.tag not in ("body", "article", "main"):
        if element is not quote and len(squeezed(element.text_content())) > text:
            break
        for name in ("class", "id"):
            element.attrib.pop(name, None)
        element = element.getparent()


def _is_links(listing: html.HtmlElement) -> bool:
    """Whether a list is of nothing but links, two or more, with a few words each: other articles, contents, tags."""
    items = [item for item in listing if item.tag == "li" and squeezed(item.text_content())]
    if any(_is_quoting_sentence(squeezed(item.text_content())) for item in items):
        return False
    return len(items) > 1 and all(
        sum(len(squeezed(link.text_content())) for link in item.iter("a")) >= 0.9 * len(squeezed(item.text_content()))
        for item in items
    )


def _is_caption(element: html.HtmlElement) -> bool:
    """Whether an element is what stands under a picture: marked so, or a picture's box with a line of text."""
    if (
        element.tag in ("body", "article", "main", "html", "blockquote", "table")
        or len(element.text_content()) > _CAPTION_MOST
    ):
        return False
    marks = element.get("class") or ""
    if element.tag == "figcaption" or _CAPTION.search(marks):
        return not any(True for _ in element.iter("blockquote", "h1"))
    return bool(
        _PICTURE.search(marks)
        and next(element.iter("img", "picture"), None) is not None
        and next(element.iter("h1", "h2", "h3", "blockquote"), None) is None
        and element.tag != "li"
        and len(squeezed(element.text_content())) <= _PICTURE_MOST
    )


def _drop_read_also(link: html.HtmlElement) -> None:
    """Drop a block that is nothing but an invitation to another article."""
    block = link.getparent()
    if block is None or block.getparent() is None:
        return
    text, linked = squeezed(block.text_content()), squeezed(link.text_content())
    if len(text) > 250 or not linked or not text.rstrip(" .]").endswith(linked.rstrip(" .]")):
        return
    if READ_ALSO.match(text) and len(text) - len(linked) <= 60:
        _drop(block)


def _is_layout(table: html.HtmlElement) -> bool:
    """Whether a table is there for the layout: it holds the heading, or its cells hold blocks with much text."""
    if table.xpath(".//h1"):
        return True
    cells = table.xpath(".//td")
    if table.xpath(".//th") or not table.xpath(".//table | .//td//p | .//td//div | .//td//br"):
        return False
    return max((len(squeezed(cell.text_content())) for cell in cells), default=0) > _LAYOUT_LEAST


def _agreement(text: str, declared: str) -> float:
    """F1 of the two texts' words, as multisets, in [0, 1]."""
    a, b = Counter(_WORDS.findall(text.lower())), Counter(_WORDS.findall(declared.lower()))
    total = a.total() + b.total()
    return 2 * (a & b).total() / total if total else 0.0


def _distinct(lines: list[str]) -> list[str]:
    """Lines without the blanks, and without a long line that the others say already."""
    kept: list[str] = []
    seen: set[str] = set()
    for line in (squeezed(line) for line in lines):
        if line and not (len(line) > 60 and line in seen):
            kept.append(line)
            seen.add(line)
    longest = set(sorted(kept, key=len)[-_COPIES_MOST:])
    return [line for line in kept if line not in longest or not _is_sum(line, kept)]


def _is_sum(line: str, lines: list[str]) -> bool:
    """Whether a line is others of `lines` run together: a second, unformatted copy of the text."""
    parts = [other for other in lines if other != line and len(other) > 60 and other in line]
    return len(parts) > 1 and sum(map(len, parts)) > 0.8 * len(line)


def _without_title(lines: list[str], title: str) -> list[str]:
    """Lines from below the title, where the first few hold it (under a section's name, say)."""
    key = _key(title)
    for position, line in enumerate(lines[:3]):
        if key and _key(line) == key and all(len(above) < 60 for above in lines[:position]):
            return lines[position + 1 :]
    return lines
