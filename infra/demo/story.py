"""What the demo web tells: outlets with articles, channels with posts, and what of them is to be seen at an instant.

The stories lie in `stories/outlets/*.toml` and `stories/channels/*.toml`. Texts are plain, paragraphs are divided by
empty lines; `[label](https://…)` is a link and, in posts, `**bold**` is bold.
"""

from __future__ import annotations

import math
import re
import tomllib
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, BaseModel, ConfigDict

HERE = Path(__file__).resolve().parent
Lang = Literal["ru", "kk", "en"]

_LINK = re.compile(r"\[([^\]]+)\]\((https?://[^)\s]+)\)")


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def plain(text: str) -> str:
    """`text` as a reader sees it: links without their addresses, bold without its stars."""
    return _LINK.sub(r"\1", text).replace("**", "")


def links_of(text: str) -> list[str]:
    """The addresses that `text` links to, in order."""
    return [match[1] for match in _LINK.findall(text)]


def paragraphs_of(text: str) -> tuple[str, ...]:
    """The paragraphs of `text`, each on one line."""
    return tuple(" ".join(part.split()) for part in re.split(r"\n\s*\n", text.strip()) if part.strip())


class Rewrite(_Record):
    """What an outlet changed in an article: only the fields that differ. `noted` shows an "updated" stamp."""

    visible_from: AwareDatetime
    title: str | None = None
    lead: str | None = None
    text: str | None = None
    noted: bool = False


class Comment(_Record):
    """A reader's comment under an article: boilerplate to whoever reads the article."""

    author: str
    text: str


class Version(_Record):
    """One article as it stands at an instant. `number` counts from 1; `updated_at` is what the page admits to."""

    number: int
    visible_from: AwareDatetime
    updated_at: AwareDatetime | None
    title: str
    lead: str
    paragraphs: tuple[str, ...]

    @property
    def text(self) -> str:
        """The reading text: lead and paragraphs, one a line, without markup. Captions and notes are no part of it."""
        lines = [self.lead, *(p.removeprefix("> ") for p in self.paragraphs if not p.startswith("!"))]
        return "\n".join(plain(line) for line in lines if line)


class Article(_Record):
    """One article. A paragraph that opens with `> ` is a block quote, one that opens with `!` a photo caption."""

    path: str
    published_at: AwareDatetime
    title: str
    text: str
    lead: str = ""
    lang: Lang | None = None
    section: str = ""
    byline: str | None = None
    tags: tuple[str, ...] = ()
    rewrites: tuple[Rewrite, ...] = ()
    comments: tuple[Comment, ...] = ()
    gone_from: AwareDatetime | None = None
    pair: str | None = None

    def versions(self) -> list[Version]:
        """All versions in the order in which they appear."""
        title, lead, text = self.title, self.lead, self.text
        updated: datetime | None = None
        versions = [self._version(1, self.published_at, updated, title, lead, text)]
        for number, rewrite in enumerate(self.rewrites, start=2):
            title = title if rewrite.title is None else rewrite.title
            lead = lead if rewrite.lead is None else rewrite.lead
            text = text if rewrite.text is None else rewrite.text
            updated = rewrite.visible_from if rewrite.noted else updated
            versions.append(self._version(number, rewrite.visible_from, updated, title, lead, text))
        return versions

    @staticmethod
    def _version(number: int, since: datetime, updated: datetime | None, title: str, lead: str, text: str) -> Version:
        return Version(
            number=number,
            visible_from=since,
            updated_at=updated,
            title=title,
            lead=lead,
            paragraphs=paragraphs_of(text),
        )

    def gone(self, clock: datetime) -> bool:
        """Whether the article has been taken down by `clock`."""
        return self.gone_from is not None and self.gone_from <= clock

    def at(self, clock: datetime) -> Version | None:
        """The version that stands at `clock`; None before publication and after removal."""
        if self.gone(clock):
            return None
        seen = [version for version in self.versions() if version.visible_from <= clock]
        return seen[-1] if seen else None


class FeedSpec(_Record):
    """A feed of an outlet: where, of which kind, how many of the newest items, and in which language."""

    path: str
    kind: Literal["rss", "atom"] = "rss"
    limit: int = 12
    lang: Lang | None = None
    charset: str = "utf-8"
    relative_links: bool = False
    full_text: bool = False


class Outlet(_Record):
    """A news site: its habits and its articles."""

    id: str
    host: str
    name: str
    lang: Lang
    timezone: str
    slogan: str = ""
    charset: str = "utf-8"
    charset_in_header: bool = True
    validators: Literal["both", "etag", "modified", "none"] = "both"
    date_precision: Literal["second", "minute", "day"] = "second"
    names_canonical: bool = True
    feeds: tuple[FeedSpec, ...] = ()
    archive: str | None = None
    news_sitemap: str | None = None
    sitemap_index: str | None = None
    robots: str | None = None
    article: tuple[Article, ...] = ()

    @cached_property
    def zone(self) -> ZoneInfo:
        """The zone in which the outlet dates its pages."""
        return ZoneInfo(self.timezone)

    @property
    def home(self) -> str:
        """The address of the front page."""
        return f"https://{self.host}/"

    def url(self, article: Article) -> str:
        """The canonical address of an article."""
        return f"https://{self.host}{article.path}"

    def language(self, article: Article) -> Lang:
        """The language of an article."""
        return article.lang or self.lang

    def visible(self, clock: datetime, lang: Lang | None = None) -> list[tuple[Article, Version]]:
        """The articles that stand at `clock`, newest first."""
        standing = [
            (article, version)
            for article in self.article
            if (version := article.at(clock)) is not None and lang in (None, self.language(article))
        ]
        return sorted(standing, key=lambda pair: pair[0].published_at, reverse=True)


class Forward(_Record):
    """Where a post was forwarded from; without `url` the origin is hidden."""

    name: str
    url: str | None = None


class Poll(_Record):
    """A poll: the options with their shares in per cent."""

    question: str
    kind: str = "Anonymous Poll"
    options: tuple[tuple[str, int], ...]
    voters: str


class Preview(_Record):
    """The preview of a linked page."""

    url: str
    site: str
    title: str
    description: str = ""


class Edit(_Record):
    """A later text of a post."""

    at: AwareDatetime
    text: str


class Post(_Record):
    """One channel post. `album` counts its pictures: it takes as many message ids, and the first is its own."""

    id: int
    at: AwareDatetime
    lang: Lang | None = None
    text: str = ""
    service: bool = False
    author: str | None = None
    photo: bool = False
    album: int = 0
    video: str | None = None
    too_big: bool = False
    voice: str | None = None
    poll: Poll | None = None
    forward: Forward | None = None
    reply_to: int | None = None
    preview: Preview | None = None
    reactions: tuple[tuple[str, int], ...] = ()
    views: int = 0
    edits: tuple[Edit, ...] = ()
    deleted_at: AwareDatetime | None = None

    @property
    def ids(self) -> range:
        """The message ids that the post takes."""
        return range(self.id, self.id + max(1, self.album))

    def standing(self, clock: datetime) -> bool:
        """Whether the post is to be seen at `clock`."""
        return self.at <= clock and (self.deleted_at is None or clock < self.deleted_at)

    def text_at(self, clock: datetime) -> str:
        """The text at `clock`, with its markup."""
        texts = [self.text, *(edit.text for edit in self.edits if edit.at <= clock)]
        return texts[-1].strip()

    def edited(self, clock: datetime) -> bool:
        """Whether the post has been edited by `clock`."""
        return any(edit.at <= clock for edit in self.edits)

    def revision(self, clock: datetime) -> int:
        """The number of the text at `clock`, from 1."""
        return 1 + sum(edit.at <= clock for edit in self.edits)

    def views_at(self, clock: datetime) -> int:
        """The views at `clock`: they grow towards `views`, two thirds of them within twelve hours."""
        hours = (clock - self.at) / timedelta(hours=1)
        return max(1, round(self.views * (1 - math.exp(-hours / 11))))


class Channel(_Record):
    """A Telegram channel. `generation` is the markup of the preview page: that of 2023 or that of 2026."""

    name: str
    title: str
    description: str
    lang: Lang
    generation: Literal[2023, 2026]
    subscribers: str
    subscribers_full: str
    photos: str = "0"
    videos: str = "0"
    links: str = "0"
    verified: bool = False
    has_preview: bool = True
    post: tuple[Post, ...] = ()

    def url(self, post: Post) -> str:
        """The address of a post."""
        return f"https://t.me/{self.name}/{post.id}"

    def by_id(self, message_id: int) -> Post:
        """The post with that id; KeyError where there is none."""
        for post in self.post:
            if post.id == message_id:
                return post
        raise KeyError(f"{self.name} has no post {message_id}")

    def visible(self, clock: datetime) -> list[Post]:
        """The posts that stand at `clock`, oldest first."""
        return sorted((post for post in self.post if post.standing(clock)), key=lambda post: post.id)


class World(_Record):
    """All that the demo web serves."""

    outlets: tuple[Outlet, ...]
    channels: tuple[Channel, ...]

    def outlet(self, host: str) -> Outlet | None:
        """The outlet at that host name."""
        return next((outlet for outlet in self.outlets if outlet.host == host), None)

    def channel(self, name: str) -> Channel | None:
        """The channel of that name, in any letter case."""
        return next((channel for channel in self.channels if channel.name.lower() == name.lower()), None)


def load_world(stories: Path = HERE / "stories") -> World:
    """Every story in `stories`. A key that no model knows raises pydantic's ValidationError."""

    def tables(folder: str) -> list[dict[str, object]]:
        return [tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted((stories / folder).glob("*.toml"))]

    return World(
        outlets=tuple(Outlet.model_validate(table) for table in tables("outlets")),
        channels=tuple(Channel.model_validate(table) for table in tables("channels")),
    )
