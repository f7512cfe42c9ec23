"""What one outlet answers: its front page, articles, AMP twins, archive pages, feeds, sitemaps and robots.txt."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email.utils import format_datetime
from functools import partial

import jinja2
from markupsafe import Markup, escape

from infra.demo.story import HERE, Article, FeedSpec, Lang, Outlet, Version, plain

_LINK = re.compile(r"\[([^\]]+)\]\((https?://[^)\s]+)\)")
_MONTHS = {
    "ru": [
        "января",
        "февраля",
        "марта",
        "апреля",
        "мая",
        "июня",
        "июля",
        "августа",
        "сентября",
        "октября",
        "ноября",
        "декабря",
    ],
    "kk": [
        "қаңтар",
        "ақпан",
        "наурыз",
        "сәуір",
        "мамыр",
        "маусым",
        "шілде",
        "тамыз",
        "қыркүйек",
        "қазан",
        "қараша",
        "желтоқсан",
    ],
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
}
LISTED = 12
"""Articles on a front page."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A response before the server adds validators: status, body as text in `charset`, and its headers."""

    status: int
    body: str
    content_type: str
    charset: str = "utf-8"
    modified: datetime | None = None
    etag: bool = False
    headers: dict[str, str] = field(default_factory=dict)


def inline(text: str) -> Markup:
    """Story text as HTML, its links made anchors."""
    parts: list[str] = []
    end = 0
    for match in _LINK.finditer(text):
        parts.append(str(escape(text[end : match.start()])))
        parts.append(f'<a href="{escape(match[2])}">{escape(match[1])}</a>')
        end = match.end()
    parts.append(str(escape(text[end:])))
    return Markup("".join(parts))


def long_date(moment: datetime | date, lang: str) -> str:
    """`1 октября 2025`, `2025 жылғы 1 қазан` or `October 1, 2025`."""
    month = _MONTHS[lang][moment.month - 1]
    if lang == "en":
        return f"{month} {moment.day}, {moment.year}"
    if lang == "kk":
        return f"{moment.year} жылғы {moment.day} {month}"
    return f"{moment.day} {month} {moment.year}"


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(inline=inline, long_date=long_date, rfc822=format_datetime, plain=plain)
    return environment


_ENVIRONMENT = _environment()


def _render(template: str, **values: object) -> str:
    return _ENVIRONMENT.get_template(template).render(**values)


@dataclass(frozen=True, slots=True)
class _Item:
    """An article as a listing, a feed or a sidebar names it."""

    url: str
    path: str
    title: str
    lead: str
    paragraphs: tuple[str, ...]
    section: str
    byline: str | None
    lang: Lang
    published: datetime
    modified: datetime


def _item(outlet: Outlet, article: Article, version: Version) -> _Item:
    return _Item(
        url=outlet.url(article),
        path=article.path,
        title=version.title,
        lead=plain(version.lead or version.paragraphs[0]),
        paragraphs=tuple(plain(part.removeprefix("> ")) for part in version.paragraphs if not part.startswith("!")),
        section=article.section,
        byline=article.byline,
        lang=outlet.language(article),
        published=article.published_at.astimezone(outlet.zone),
        modified=version.visible_from.astimezone(outlet.zone),
    )


def _items(outlet: Outlet, clock: datetime, lang: Lang | None = None) -> list[_Item]:
    return [_item(outlet, article, version) for article, version in outlet.visible(clock, lang)]


def _page(outlet: Outlet, body: str, modified: datetime | None, status: int = 200, kind: str = "text/html") -> Answer:
    content_type = f"{kind}; charset={outlet.charset}" if outlet.charset_in_header else kind
    return Answer(
        status=status,
        body=body,
        content_type=content_type,
        charset=outlet.charset,
        modified=modified if outlet.validators in ("both", "modified") else None,
        etag=outlet.validators in ("both", "etag"),
    )


def article_page(outlet: Outlet, article: Article, clock: datetime, amp: bool = False) -> Answer:
    """The page of an article: 404 before it is published, 410 after it is taken down."""
    version = article.at(clock)
    if version is None:
        return missing(outlet, gone=article.gone(clock) and article.published_at <= clock)
    lang = outlet.language(article)
    others = [item for item in _items(outlet, clock, lang) if item.path != article.path]
    pair = next(
        (other for other in outlet.article if article.pair and other.pair == article.pair and other is not article),
        None,
    )
    body = _render(
        f"{outlet.id}.amp.html" if amp else f"{outlet.id}.html",
        outlet=outlet,
        lang=lang,
        url=outlet.url(article),
        path=article.path,
        title=version.title,
        lead=version.lead,
        paragraphs=version.paragraphs,
        description=plain(version.lead or version.paragraphs[0])[:200],
        section=article.section,
        byline=article.byline,
        tags=article.tags,
        published=article.published_at.astimezone(outlet.zone),
        updated=version.updated_at.astimezone(outlet.zone) if version.updated_at else None,
        others=others[:6],
        comments=article.comments,
        pair_url=outlet.url(pair) if pair else None,
    )
    return _page(outlet, body, version.visible_from)


def _listing(outlet: Outlet, heading: str, items: list[_Item], lang: Lang, day: date | None = None) -> Answer:
    body = _render("listing.html", outlet=outlet, heading=heading, items=items, lang=lang, day=day)
    return _page(outlet, body, max((item.modified for item in items), default=None))


def front_page(outlet: Outlet, clock: datetime) -> Answer:
    """The front page: the newest articles."""
    return _listing(outlet, outlet.slogan or outlet.name, _items(outlet, clock)[:LISTED], outlet.lang)


def archive_page(outlet: Outlet, day: date, clock: datetime) -> Answer:
    """All articles of one local day, newest first; 404 for days to come."""
    if day > clock.astimezone(outlet.zone).date():
        return missing(outlet)
    items = [item for item in _items(outlet, clock) if item.published.date() == day]
    return _listing(outlet, long_date(day, outlet.lang), items, outlet.lang, day)


def feed(outlet: Outlet, spec: FeedSpec, clock: datetime) -> Answer:
    """A feed with the newest `spec.limit` articles."""
    items = _items(outlet, clock, spec.lang)[: spec.limit]
    body = _render(f"{spec.kind}.xml", outlet=outlet, spec=spec, items=items, clock=clock)
    kind = "application/atom+xml" if spec.kind == "atom" else "application/rss+xml"
    answer = _page(outlet, body, max((item.modified for item in items), default=None))
    content_type = f"{kind}; charset={spec.charset}" if outlet.charset_in_header else "text/xml"
    return Answer(200, body, content_type, spec.charset, answer.modified, answer.etag)


def news_sitemap(outlet: Outlet, clock: datetime) -> Answer:
    """The news sitemap: what the last two days brought."""
    items = [item for item in _items(outlet, clock) if (clock - item.published).total_seconds() <= 2 * 86400]
    body = _render("news_sitemap.xml", outlet=outlet, items=items)
    return Answer(
        200, body, "application/xml", modified=max((item.modified for item in items), default=None), etag=True
    )


def sitemap_index(outlet: Outlet, clock: datetime) -> Answer:
    """The index that names the news sitemap and one sitemap a month."""
    months = sorted({f"{item.published:%Y-%m}" for item in _items(outlet, clock)}, reverse=True)
    return Answer(200, _render("sitemap_index.xml", outlet=outlet, months=months), "application/xml", etag=True)


def month_sitemap(outlet: Outlet, month: str, clock: datetime) -> Answer:
    """The sitemap of one month, `2025-10`."""
    items = [item for item in _items(outlet, clock) if f"{item.published:%Y-%m}" == month]
    if not items:
        return missing(outlet)
    return Answer(200, _render("sitemap.xml", outlet=outlet, items=items), "application/xml", etag=True)


def missing(outlet: Outlet, gone: bool = False) -> Answer:
    """The page for what is not there: 404, or 410 where it once was."""
    body = _render("missing.html", outlet=outlet, gone=gone)
    return _page(outlet, body, None, status=410 if gone else 404)


def _archive_day(outlet: Outlet, path: str) -> date | None:
    if outlet.archive is None:
        return None
    try:
        return datetime.strptime(path, outlet.archive).replace(tzinfo=UTC).date()
    except ValueError:
        return None


def answer(outlet: Outlet, path: str, clock: datetime) -> Answer:
    """What the outlet answers to GET `path` at `clock`."""
    if path == "/robots.txt":
        if outlet.robots is None:
            return missing(outlet)
        return Answer(200, outlet.robots, "text/plain; charset=utf-8")
    fixed: dict[str, Callable[[], Answer]] = {
        "/": partial(front_page, outlet, clock),
    }
    for spec in outlet.feeds:
        fixed[spec.path] = partial(feed, outlet, spec, clock)
    if outlet.news_sitemap:
        fixed[outlet.news_sitemap] = partial(news_sitemap, outlet, clock)
    if outlet.sitemap_index:
        fixed[outlet.sitemap_index] = partial(sitemap_index, outlet, clock)
        if month := re.fullmatch(r"/sitemap-(\d{4}-\d{2})\.xml", path):
            return month_sitemap(outlet, month[1], clock)
    if path in fixed:
        return fixed[path]()
    day = _archive_day(outlet, path)
    if day is not None:
        return archive_page(outlet, day, clock)
    amp = path.startswith("/amp/")
    wanted = path.removeprefix("/amp") if amp else path
    for article in outlet.article:
        if article.path == wanted and (not amp or (HERE / "templates" / f"{outlet.id}.amp.html").is_file()):
            return article_page(outlet, article, clock, amp)
    return missing(outlet)
