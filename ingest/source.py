"""The sources file: which outlets and channels are read, whose side they are on, and where their news is found.

A TOML file of `[[source]]` tables. Every error names the file and the line, because a person wrote it.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from calendar import monthrange
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    field_validator,
    model_validator,
)

from ingest.address_pattern import is_dated, is_paged, strange_part
from ingest.errors import SourceError
from ingest.host import host_of

Side = Literal["KZ", "RU", "CN", "OTHER", "UNKNOWN"]
Url = Annotated[str, StringConstraints(pattern=r"^https?://[^\s/]+(/\S*)?$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]


def _one_or_more(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Urls = Annotated[tuple[Url, ...], BeforeValidator(_one_or_more)]


class Source(BaseModel):
    """One outlet or channel: a [[source]] table of the sources file.

    Who it is: `id`, `name`, `kind`, `home`; `side` is whose side of the border its publisher sits on; `affiliation` who owns or
    steers it, in words; `timezone` (IANA) is that of its days, and of clocks that state no zone.

    Where its news is found; each key takes one address or a list of them, and patterns as in ingest.address_pattern:

    `feeds`     RSS, Atom, RDF or JSON Feed. Where the site pages its feed, `{page}` reaches back:
                "https://times.example/feed/[?paged={page}]".
    `sitemaps`  sitemaps, news sitemaps and indexes of them. With a date in the address only those are read that the
                interval touches: "https://times.example/sitemap-%Y-%m.xml".
    `archive`   pages that list one local day (or a month: no `%d`). One pattern for each section or language; further pages
                by `{page}`: "https://lenta.example/news/%Y/%m/%d/[page/{page}/]". A rel=next link that only adds to the
                page's own address is followed without being asked.
    `article`   a regular expression that articles' addresses match (re.search); archives need one. Where the address names
                the day, groups called year, month and day say so, and links of other days are left alone:
                '/news/(?P<year>[0-9]{4})/(?P<month>[0-9]{2})/(?P<day>[0-9]{2})/'. Without `day` it is the month.
    `channel`   a public channel's name, without @.

    How it is read: `parser` names a site parser, empty for the one of its host or else the general one; `robots_override` is
    the reason for reading what robots.txt forbids on the source's own host; without it robots.txt is obeyed. `min_delay` is
    the least time between two requests to that host, in seconds; `recheck_days` up to which age documents are looked at
    again; None leaves these to the settings. `verified` says what the entry rests on, and when that was seen.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")
    name: str = Field(min_length=1)
    kind: Literal["outlet", "channel"]
    side: Side
    country: str = Field(pattern=r"^[A-Z]{2}$")
    languages: tuple[Language, ...] = Field(min_length=1)
    affiliation: str = ""
    home: Url
    timezone: str = "UTC"
    feeds: Urls = ()
    sitemaps: Urls = ()
    archive: Urls = ()
    article: str | None = None
    channel: str | None = Field(default=None, pattern=r"^[A-Za-z][A-Za-z0-9_]{3,31}$")
    parser: str = ""
    verified: str = ""
    robots_override: str | None = Field(default=None, min_length=12)
    min_delay: float | None = Field(default=None, ge=0, le=3600)
    recheck_days: int | None = Field(default=None, ge=0, le=365)

    @field_validator("timezone")
    @classmethod
    def _known_timezone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError(f"{name!r} is no time zone of the IANA database") from error
        return name

    @field_validator("article")
    @classmethod
    def _regular_expression(cls, pattern: str | None) -> str | None:
        try:
            re.compile(pattern or "")
        except re.error as error:
            raise ValueError(f"{pattern!r} is no regular expression: {error}") from error
        return pattern

    @field_validator("article")
    @classmethod
    def _named_day(cls, pattern: str | None) -> str | None:
        names = set(re.compile(pattern or "").groupindex) & {"year", "month", "day"}
        if names and not names >= {"year", "month"}:
            raise ValueError(f"{pattern!r} names a {' and a '.join(sorted(names))}, but not year and month")
        return pattern

    @field_validator("feeds", "sitemaps", "archive")
    @classmethod
    def _sound_patterns(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in patterns:
            if strange := strange_part(pattern):
                raise ValueError(f"{pattern!r} has {strange!r}, which is no part of an address or a pattern")
        return patterns

    @field_validator("archive")
    @classmethod
    def _dated(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in patterns:
            if not is_dated(pattern):
                raise ValueError(f"{pattern!r} names no date (a strftime pattern like %Y/%m/%d was expected)")
        return patterns

    @field_validator("sitemaps")
    @classmethod
    def _not_paged(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in patterns:
            if is_paged(pattern):
                raise ValueError(f"{pattern!r} is paged: sitemaps are listed in an index, not paged")
        return patterns

    @model_validator(mode="after")
    def _can_be_read(self) -> Source:
        if self.kind == "channel" and not self.channel:
            raise ValueError("a source of kind 'channel' needs a channel")
        if self.kind == "outlet" and not (self.feeds or self.sitemaps or self.archive):
            raise ValueError("a source of kind 'outlet' needs feeds, sitemaps or an archive")
        if self.archive and not self.article:
            raise ValueError("an archive needs an article pattern, to tell its articles from its other links")
        return self

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which the source's days begin."""
        return ZoneInfo(self.timezone)

    def is_own(self, url: str) -> bool:
        """Whether `url` is on the source's own host or on one below it."""
        home = host_of(self.home)
        host = host_of(url)
        return url.startswith(("http://", "https://")) and (host == home or host.endswith(f".{home}"))

    def is_article(self, url: str) -> bool:
        """Whether `url` is an article's; True for every URL where the source has no pattern."""
        return self.article is None or re.search(self.article, url) is not None

    def days_in(self, url: str) -> tuple[date, date] | None:
        """The first and the last local day that an article's URL may be of, where its pattern reads a date of the web's time
        from it."""
        match = re.search(self.article, url) if self.article else None
        named = match.groupdict() if match else {}
        if not (named.get("year") and named.get("month")):
            return None
        try:
            year, month, day = (int(named.get(name) or 0) for name in ("year", "month", "day"))
            year += 2000 if len(named["year"]) == 2 else 0
            if not 1990 <= year <= 2100:
                return None
            first = date(year, month, day or 1)
        except ValueError:
            return None
        return first, first if day else first.replace(day=monthrange(year, month)[1])


def load_sources(path: Path) -> dict[str, Source]:
    """The sources of a file by id, in the file's order.

    Raises SourceError naming file and line: unreadable, no TOML, an unknown or missing key, a value that does not fit, an id
    or a channel twice.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise SourceError(f"{path}: can't be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SourceError(f"{path}: is not UTF-8 (byte {error.start})") from error
    return parse_sources(text, str(path))


def parse_sources(text: str, name: str) -> dict[str, Source]:
    """As `load_sources`, from the file's text; `name` is what errors call the file."""
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"\s*\(at (?:line (\d+), column \d+|end of document)\)", str(error))
        line = int(place[1]) if place and place[1] else text.count("\n") + 1
        raise SourceError(f"{name}, line {line}: no TOML: {re.sub(r'[(]at .*[)]', '', str(error)).strip()}") from error
    tables = tree.pop("source", [])
    if tree:
        key = next(iter(tree))
        line = _first_line(text, rf"\s*\[*\s*{re.escape(key)}\b")
        raise SourceError(f"{name}, line {line}: unknown key {key!r} (only [[source]] tables were expected)")
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        line = _first_line(text, r"\s*\[?\s*source\b")
        raise SourceError(f"{name}, line {line}: 'source' must be [[source]] tables")
    if not tables:
        raise SourceError(f"{name}, line 1: no [[source]] in the file")
    sources: dict[str, Source] = {}
    channels: dict[str, str] = {}
    found = list(_table_lines(text))
    if len(found) != len(tables):  # an inline array of tables: no line can be told
        found = [{"": 1} for _ in tables]
    for table, lines in zip(tables, found, strict=True):
        source = _source(table, lines, name)
        if source.id in sources:
            raise SourceError(f"{name}, line {lines.get('id', lines[''])}: the id {source.id!r} is there twice")
        channel = (source.channel or "").casefold()
        if channel and channel in channels:
            raise SourceError(
                f"{name}, line {lines.get('channel', lines[''])}: the channel {source.channel!r} is already {channels[channel]!r}"
            )
        sources[source.id] = source
        if channel:
            channels[channel] = source.id
    return sources


def get_source(sources: Mapping[str, Source], source_id: str) -> Source:
    """The source with this id; raises SourceError with the nearest ids where there is none."""
    try:
        return sources[source_id]
    except KeyError:
        near = difflib.get_close_matches(source_id.casefold(), sources, n=3, cutoff=0.5)
        hint = f"; did you mean {' or '.join(near)}?" if near else f" among the {len(sources)} sources"
        raise SourceError(f"no source {source_id!r}{hint}") from None


def _source(table: dict[str, Any], lines: dict[str, int], name: str) -> Source:
    try:
        return Source.model_validate(table)
    except ValidationError as error:
        # A key that nobody knows first: one that is missing may only be misspelt.
        first = min(error.errors(), key=lambda one: one["type"] != "extra_forbidden")
        key = str(first["loc"][0]) if first["loc"] else ""
        known = f"source {table['id']!r}" if isinstance(table.get("id"), str) else "a source without id"
        message = first["msg"].removeprefix("Value error, ")
        if first["type"] == "extra_forbidden":
            near = difflib.get_close_matches(key, Source.model_fields, n=1)
            message = "unknown key" + (f" (did you mean {near[0]!r}?)" if near else "")
        elif first["type"] == "missing":
            message = "missing"
        what = f"{known}, {key}" if key else known
        raise SourceError(f"{name}, line {lines.get(key, lines[''])}: {what}: {message}") from error


def _table_lines(text: str) -> Iterator[dict[str, int]]:
    """For each [[source]] table the line of each key, and of its header under the empty key. tomllib gives no lines."""
    lines: dict[str, int] | None = None
    quote: str | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        inside = quote
        for mark in re.findall(r'"""|\'\'\'', line):
            quote = mark if quote is None else None if quote == mark else quote
        if inside is not None:
            continue
        if re.match(r"\s*\[\[\s*[\"']?source[\"']?\s*\]\]", line):
            if lines is not None:
                yield lines
            lines = {"": number}
        elif lines is not None and (key := re.match(r"\s*[\"']?([A-Za-z0-9_-]+)[\"']?\s*[.=]", line)):
            lines.setdefault(key[1], number)
    if lines is not None:
        yield lines


def _first_line(text: str, pattern: str) -> int:
    return next((number for number, line in enumerate(text.splitlines(), start=1) if re.match(pattern, line)), 1)
