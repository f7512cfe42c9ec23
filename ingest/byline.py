"""Who an article says it is by."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from lxml import html

from ingest.dates import find_date
from ingest.headline import site_names
from ingest.html_page import HtmlPage
from ingest.json_ld import as_list, plain
from ingest.page_metadata import PageMetadata, squeezed
from ingest.page_region import by_distance, heading_of, is_elsewhere, near_heading, visible_text

META_NAMES: Final = (
    "author",
    "authors",
    "article:author",
    "og:article:author",
    "og:author",
    "article:author_name",
    "article:author:name",
    "article_author",
    "author_name",
    "authorname",
    "parsely-author",
    "sailthru.author",
    "cxenseparse:author",
    "cxenseparse:recs:authors",
    "shareaholic:article_author_name",
    "mrf:authors",
    "dc.creator",
    "dc:creator",
    "dcterms.creator",
    "creator",
    "byl",
    "mediator_author",
    "article.author",
    "page.author",
    "citation_author",
    "rnews:author",
    "rbauthors",
)
_PREFIX: Final = re.compile(
    r"^(?:(?:written|posted|published|reported|story|words|text|article|post|opinion|analysis|report)\s+)?"
    r"by\b:?\s+"
    r"|^(?:authors?|автор(?:ы|и|лар)?(?:\s+(?:текста|статьи|материала|публикации|фото и текста))?|текст|м[әа]тін|дайындаған|"
    r"дереккөз|подготовил[аи]?|записал[аи]?|беседовал[аи]?|материал подготовил[аи]?|"
    r"autor(?:ka|zy|in|en|a|es|as)?|auteure?s?|autor[ei]|autrice|yazar|haber|szerző|foto e testo|opracował[a]?|"
    r"(?:verfasst|geschrieben|ein (?:artikel|beitrag|kommentar)) von|von|(?:écrit |publié |propos recueillis )?par|"
    r"(?:escrito |publicado )?por|(?:scritto |pubblicato )?da|(?:a cura )?di|door|av|od|przez|napisane przez)\s*:?\s+"
    r"|^(?:author|автор|автори|авторы|текст|autor|auteur|autore|yazar)\s*:",
    re.IGNORECASE,
)
_SUFFIX: Final = re.compile(
    r"\s*(?:\||©|•|·|—|–|\s-\s|\(|/|,?\s+(?:updated|published|posted|(?:medically )?reviewed by|edited by|photos? by|photograph\w* by|aktualisiert|veröffentlicht|publié|publicado|"
    r"обновлено|опубликовано)\b|,?\s+(?:on|in|am|le|el)\s+(?=\w+ \d|\d)).*$",
    re.IGNORECASE,
)
_SPLIT: Final = re.compile(r"\s*[;,&+]\s*|\s+(?:and|und|i|y|et|and by|en|ve|e|и|та|және|with)\s+|\s*/\s*|\s*\|\s*")
# A class that says author or byline as a word: author-name, articleByline__name, post_author, c-byline.
_MARKED: Final = re.compile(
    r"(?:^|[\s_-]|(?<=[a-z])(?=[ABW]))(?i:authors?|by-?lines?|writers?|autor(?:en|es|i|e|zy)?|auteurs?|yazar|avtor|автор)"
    r"(?:$|[\s_-]|name|info|link|(?=[A-Z]))"
)
_NO_NAME_CLASS: Final = re.compile(
    r"bio(?![a-z])|about|avatar|image|photo|picture|img|social|follow|share|twitter|description|descr|excerpt|role|"
    r"position|jobtitle|comment|related|more|count|date|time|review|fact-?check",
    re.IGNORECASE,
)
_AUTHOR_PATH: Final = re.compile(
    r"/(?:[\w-]*author|authors|autor|autoren|autores|autori|autore|auteurs?|autorzy|autorka|people|person|profiles?|staff|"
    r"journalists?|contributors?|columnists?|columnistas?|writers?|reporters?|by|yazar|yazarlar|avtor|avtory|avtori|user|"
    r"team|redaktion|redakcja|firma|byline|bio|correspondents?|experts?)/[^/?#]+|/@[\w.-]+/?$|[?&]author=",
    re.IGNORECASE,
)
_PHOTO: Final = re.compile(
    r"^(?:фото|сурет|видео|photos?|foto|fotos|image|images|bild|picture|pictures|imagen|immagine|zdjęci|credit|crédit|"
    r"video|иллюстраци|illustration|graphic|source|quelle|источник)\w*\b",
    re.IGNORECASE,
)
_ROLE: Final = re.compile(
    r"^(?:the )?(?:(?:[\w'’.&-]+ ){0,3}(?:editor|reporters?|correspondent|writers?|journalist|contributor|columnist|producer|"
    r"director|analyst|intern|fellow|professor|manager|specialist|strategist|staff|bureau chief|redakteur(?:in)?|"
    r"korrespondent(?:in)?|редактор|корреспондент|журналист(?:ка)?|обозреватель|тілші|тілшісі|шолушы)"
    r"(?: (?:at|of|for|in|on) .*)?|ph\.?\s?d\.?|m\.?d\.?|mba|cfa|esq\.?|jr\.?|for .*|contributing .*|senior .*|special to .*)$",
    re.IGNORECASE,
)
_NOT_NAME: Final = re.compile(
    r"https?:|www\.|[@\[\]{}<>=_]|\d{2}|^(?:admin|administrator|editor|редактор|author|authors|автор|авторы|staff|staff writer|"
    r"written by|by|none|null|undefined|unknown|guest|guest author|facebook|twitter|follow|share|email|read more|more|bio|"
    r"posted|published|anonymous|webmaster|root|user|contributor|contributors|redaktion|redakcja|редакция)$",
    re.IGNORECASE,
)
_PARTICLES: Final = re.compile(
    r"(?:van|von|de|der|den|da|dos|do|di|del|della|la|le|el|al|bin|ben|ibn|ten|ter|zu|y|e|i|af|av|uly|улы|ұлы|қызы|оглы)$|"
    r"d['’]|al-",
    re.IGNORECASE,
)
_IN_SCRIPT: Final = re.compile(
    r"[\"'](?:article_?|page_?|content_?|post_?)?(?:author(?:s|_?names?)?|byline)[\"']\s*:\s*\[?\s*[\"']([^\"'\\<>{}]{4,80})[\"']",
    re.IGNORECASE,
)
_LABEL: Final = re.compile(r"\b(?:by|von|par|por|da|przez|yazan|door|автор\w*)\b", re.IGNORECASE)
_NO_BYLINE: Final = frozenset({"link", "script", "style", "body", "html", "article"})
_LONGEST: Final = 120
# Elements between the heading and what is still its byline.
_BESIDE: Final = 300
_ALTOGETHER: Final = 8


def byline(page: HtmlPage, metadata: PageMetadata, title: str) -> str | None:
    """The author or authors, joined by ", ", as the page gives them; None where it gives none.

    Ranked: JSON-LD's author, meta elements, `rel=author` and `itemprop=author`, elements marked as the byline, links to
    authors' pages and "By …" about the heading, what its scripts hold. A login name, or the site's own name, gives way
    to a person that a later one names.
    """
    sites = site_names(metadata, page.url)
    weak: str | None = None
    for candidate in _candidates(page, metadata, title):
        read = [name for name in (_name(raw) for raw in candidate.names) if name and name != title]
        if candidate.seen:
            read = [name for name in read if not re.search(r"\d", name) and find_date(name) is None]
        # "Chuck-Ross" beside "Chuck Ross" is his login name.
        unique: dict[str, str] = {}
        for name in read:
            unique.setdefault(_key(name), name)
        names = list(unique.values())
        named = [name for name in names if is_person(name) and not _ROLE.match(name) and _key(name) not in sites]
        settled = [
            name
            for name in names
            if not _ROLE.match(name) and (candidate.seen or not (_is_login(name) or _key(name) in sites))
        ]
        if candidate.sure and settled and weak is None:
            return ", ".join(names)
        if named:
            return ", ".join(named)
        if weak is not None and candidate.seen and weak == ", ".join(names):
            return weak
        if candidate.sure:
            weak = weak or ", ".join(names) or None
    return weak


def is_person(name: str) -> bool:
    """Whether `name` has a person's form: two to five words, each with a capital but for particles, no digits."""
    words = name.split()
    return (
        2 <= len(words) <= 5
        and re.fullmatch(r"[^\W\d_](?:[^\W\d_]|[ .'’‘ʼ-])*", name) is not None
        and words[0][0].isupper()
        and words[-1][0].isupper()
        and all(word[0].isupper() or _PARTICLES.match(word) for word in words)
    )


@dataclass(frozen=True, slots=True)
class _Candidate:
    """Names from one place. `seen` on the page, not declared; `sure` to be the author's, whatever its form."""

    names: list[str]
    seen: bool = False
    sure: bool = True


def _candidates(page: HtmlPage, metadata: PageMetadata, title: str) -> Iterator[_Candidate]:
    people: list[str] = []
    organizations: list[str] = []
    for author in as_list(metadata.item.get("author")) or as_list(metadata.item.get("creator")):
        organization = isinstance(author, dict) and any(
            "Organization" in str(kind) for kind in as_list(author.get("@type"))
        )
        (organizations if organization else people).extend(_names(author))
    yield _Candidate(people)
    for name in META_NAMES:
        yield _Candidate([part for value in metadata.meta.get(name, ()) for part in _parts(value)])
    for number in ("1", "2", "3"):
        if any(_LABEL.search(label) for label in metadata.meta.get(f"twitter:label{number}", ())):
            yield _Candidate(
                [part for value in metadata.meta.get(f"twitter:data{number}", ()) for part in _parts(value)]
            )
    for value in metadata.meta.get("parsely-page", ()):
        yield _Candidate(_parsely(value))
    heading = heading_of(page, title)
    exact = page.tree.xpath(
        "//*[contains(concat(' ', @rel, ' '), ' author ')] | //*[contains(concat(' ', @itemprop, ' '), ' author ')]"
    )
    own = [element for element in exact if element.tag not in _NO_BYLINE and not is_elsewhere(element)]
    stated = [part for element in _together(page, heading, own) for part in _parts(_text(element))]
    beside = any(element.tag == "meta" or far <= _BESIDE for element, far in by_distance(page, heading, own).items())
    if beside:
        yield _Candidate(stated)
    yield _Candidate(organizations)
    marked = [element for element in page.tree.iter() if _is_marked(element) and not is_elsewhere(element)]
    for element in list(by_distance(page, heading, marked))[:_ALTOGETHER]:
        links = [visible_text(link) for link in element.iter("a") if _AUTHOR_PATH.search(link.get("href") or "")]
        yield _Candidate([part for text in links for part in _parts(text)], seen=True, sure=False)
        yield _Candidate(_parts(_text(element)), seen=True)
    if not beside:
        yield _Candidate(stated)
    for text in near_heading(page, title):
        # "Aaron Ricadela | Senior Writer | July 2, 2025"
        first, separator, rest = text.partition(" | ")
        if separator and is_person(first) and find_date(rest) is not None:
            yield _Candidate([first])
        if _PREFIX.match(text):
            yield _Candidate(_parts(text), seen=True, sure=False)
    yield _Candidate(_linked(page, heading), seen=True, sure=False)
    in_scripts = dict.fromkeys(found.group(1) for found in _IN_SCRIPT.finditer(page.text))
    # Several different ones are those of other articles too.
    if len(in_scripts) == 1 and all(map(is_person, names := _parts(next(iter(in_scripts))))):
        yield _Candidate(names, seen=True, sure=False)


def _names(author: Any) -> list[str]:
    if isinstance(author, dict):
        listed = as_list(author.get("@list"))
        return [part for value in as_list(author.get("name")) + listed for part in _names(value)]
    if isinstance(author, list):
        return [part for value in author for part in _names(value)]
    return _parts(plain(author)) if isinstance(author, str) else []


def _parsely(value: str) -> list[str]:
    try:
        declared = json.loads(value)
    except ValueError:
        return []
    return _names(declared.get("author") or declared.get("authors") or "") if isinstance(declared, dict) else []


def _parts(text: str) -> list[str]:
    text = _PREFIX.sub("", squeezed(text))
    if re.match(r"https?://|www\.", text) or _PHOTO.match(text):
        return []
    parts = [part for part in _SPLIT.split(text) if part]
    return [part for part in parts if not _ROLE.match(part)] or parts


def _is_marked(element: html.HtmlElement) -> bool:
    if not isinstance(element.tag, str) or element.tag in _NO_BYLINE or element.tag in ("meta", "img"):
        return False
    marks = f"{element.get('class') or ''} {element.get('id') or ''} {element.get('data-testid') or ''}"
    return len(marks) > 2 and _MARKED.search(marks) is not None and not _NO_NAME_CLASS.search(marks)


def _text(element: html.HtmlElement) -> str:
    """What the byline `element` says: its part that is marked as the name, else all of it, where that is short; else ""."""
    named = element.xpath(".//*[contains(concat(' ', @itemprop, ' '), ' name ') or contains(@class, 'name')]")
    for chosen in [*named[:1], element]:
        text = _content(chosen)
        if 2 < len(text) <= _LONGEST:
            return text
    return ""


def _content(element: html.HtmlElement) -> str:
    return squeezed(element.get("content") or " ".join(element.itertext()))


def _linked(page: HtmlPage, heading: html.HtmlElement | None) -> list[str]:
    """The names that link to a page of an author's: that nearest the heading, and those that stand right beside it."""
    links = []
    for link in page.tree.iter("a"):
        try:
            href = link.get("href") or ""
            path = urlsplit(href).path + ("@" if "/@" in href else "")
        except ValueError:
            continue
        if path and _AUTHOR_PATH.search(href) and is_person(_name(visible_text(link))) and not is_elsewhere(link):
            links.append(link)
    return [visible_text(link) for link in _together(page, heading, links)]


def _together(
    page: HtmlPage, heading: html.HtmlElement | None, elements: list[html.HtmlElement]
) -> list[html.HtmlElement]:
    """That of `elements` which is nearest the heading, and those that stand right beside it."""
    nearest = list(by_distance(page, heading, elements))[:1]
    if not nearest or nearest[0].getparent() is None:
        return nearest
    parent = nearest[0].getparent()
    around = parent if len(parent) > 1 or parent.getparent() is None else parent.getparent()
    beside = [element for element in elements if around in element.iterancestors()]
    return beside if len(beside) <= _ALTOGETHER else nearest


def _name(raw: str) -> str:
    text = _SUFFIX.sub("", _PREFIX.sub("", squeezed(raw))).strip(" ,;:|-–—•·")
    if (
        not 2 < len(text) <= 60
        or len(text.split()) > 7
        or _NOT_NAME.search(text)
        or _PHOTO.match(text)
        or not re.search(r"[^\W\d_]{2}", text)
    ):
        return ""
    return text


def _is_login(name: str) -> bool:
    return " " not in name and name == name.lower()


def _key(name: str) -> str:
    return re.sub(r"\W", "", name.lower())
