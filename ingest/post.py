"""One post of a public channel, as the preview page shows it.

Both generations of the markup are read: text and media directly in the bubble (to January 2026), and inside
`media_supported_cont` with a hidden `media_not_supported_cont` beside it (2026).
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

from lxml import etree

from ingest.class_index import ClassIndex
from ingest.document import Precision
from ingest.errors import LayoutError
from ingest.post_media import Medium, kinds_of, media_in, picture_of
from ingest.post_text import address_of, hashtags_in, links_in, own_text, text_of
from ingest.rounded_count import rounded_count

CHANNEL_HOST: Final = "t.me"
CHANNEL_HOSTS: Final = ("t.me", "telegram.me", "telegram.dog")
"""The names of the one site that shows public channels."""

_M: Final = "tgme_widget_message_"
_FALLBACK: Final = "media_not_supported_cont"
_REPLY: Final = f"{_M}reply"
_CARD: Final = f"{_M}link_preview"
_TEXT: Final = "js-message_text"
# What stands in these is not the channel's own: other people's words, a fallback that is never shown, the next post.
_CLOSED: Final = (_FALLBACK, _REPLY, _CARD, _TEXT, "tgme_widget_message")


@dataclass(frozen=True, slots=True)
class LinkPreview:
    """The card that the channel's software made of a link."""

    url: str
    site: str | None
    title: str | None
    description: str | None = None
    image_url: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What the post answers: `url` is None where it can't be linked (deleted, private); `text` may be a part or a label."""

    url: str | None
    author: str | None
    text: str | None
    thumb_url: str | None = None


@dataclass(frozen=True, slots=True)
class Button:
    """A button under the post that leads somewhere."""

    text: str | None
    url: str


@dataclass(frozen=True, slots=True)
class Reaction:
    """One kind of reaction; `count` is rounded where `count_raw` is ("27.9K"), None where that is no number."""

    count_raw: str
    count: int | None
    paid: bool
    emoji_id: str | None


@dataclass(frozen=True, slots=True)
class Poll:
    """A poll; options are (text, percentage as shown), `voters` is rounded as views are."""

    question: str
    type: str | None
    options: tuple[tuple[str, str], ...]
    voters: int | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """One post. `text` is the channel's own words: never a reply's quote, never a link preview; None where there are none.

    `url` is on t.me whatever the host that answered. `views` is rounded by the site to `views_granularity` (1, 10, 100 … :
    "37.2K" is 37200 to the nearest 100), `views_raw` is what stood there. `forwarded_from` is set for every forwarded post,
    `forwarded_url` is None where the origin is hidden, `forwarded_author` is who signed there. An album is one post under
    its first id; `album_ids` are its members'. `too_big` says that a video is only shown in the app; `unsupported` that the
    whole post is. `channel_id` is the channel's number, which stays when it is renamed.
    """

    id: int
    channel: str
    channel_id: int | None
    channel_title: str | None
    url: str
    published_at: datetime
    published_precision: Precision
    text: str | None
    service: bool
    views: int | None
    views_raw: str | None
    views_granularity: int | None
    edited: bool
    author: str | None
    via_bot: str | None
    forwarded_from: str | None
    forwarded_url: str | None
    forwarded_author: str | None
    reply: Reply | None
    media: tuple[str, ...]
    media_items: tuple[Medium, ...]
    album_ids: tuple[int, ...]
    album_size: int
    too_big: bool
    unsupported: bool
    links: tuple[str, ...]
    hashtags: tuple[str, ...]
    buttons: tuple[Button, ...]
    link_preview: LinkPreview | None
    reactions: tuple[Reaction, ...]
    poll: Poll | None

    @property
    def reply_to_url(self) -> str | None:
        """The address of the post that this one answers."""
        return self.reply.url if self.reply else None

    @property
    def unread_counts(self) -> tuple[str, ...]:
        """What stands where views and reactions are counted, and is no number."""
        views = (self.views_raw,) if self.views_raw and self.views is None else ()
        return *views, *(reaction.count_raw for reaction in self.reactions if reaction.count is None)

    @property
    def media_urls(self) -> tuple[str, ...]:
        """The addresses of its media and their small pictures, each once."""
        urls = (url for medium in self.media_items for url in (medium.url, medium.thumb_url) if url)
        return tuple(dict.fromkeys(urls))


def post_index(element: etree._Element) -> ClassIndex:
    """The post's own parts by class."""
    return ClassIndex(element, closed=_CLOSED)


def named_in(element: etree._Element) -> tuple[str, int]:
    """Channel and id of a post. Raises LayoutError where it is not named `<channel>/<id>`."""
    named = element.get("data-post") or ""
    identity = re.fullmatch(r"([^/\s]+)/([0-9]{1,15})", named)
    if identity is None:
        raise LayoutError(f"a post is named {named[:60]!r}, where <channel>/<id> was expected")
    return identity[1], int(identity[2])


def read_post(post: ClassIndex) -> Post:
    """The post of these parts. Raises LayoutError where its id or its time can't be read."""
    channel, post_id = named_in(post.root)
    published, precision = _published(post, f"{channel}/{post_id}")
    texts = post.all(_TEXT) or post.all(f"{_M}text")
    media = media_in(post)
    views_raw = text_of(post.first(f"{_M}views"))
    views = rounded_count(views_raw)
    forward = post.first(f"{_M}forwarded_from_name")
    members = post.all("grouped_media_wrap") if f"{_M}grouped_wrap" in post else []
    label = text_of(post.first("message_media_not_supported_label"))
    return Post(
        id=post_id,
        channel=channel,
        channel_id=_channel_id(post.root),
        channel_title=text_of(post.first(f"{_M}owner_name")),
        url=_own_url(post, channel, post_id),
        published_at=published,
        published_precision=precision,
        text="\n\n".join(text for text in map(text_of, texts) if text) or None,
        service=_is_service(post, label),
        views=views.number if views else None,
        views_raw=views_raw,
        views_granularity=views.granularity if views else None,
        edited=_is_edited(post),
        author=text_of(post.first(f"{_M}from_author")),
        via_bot=text_of(post.first(f"{_M}via_bot")),
        forwarded_from=text_of(forward) or _hidden_origin(post),
        forwarded_url=_site_url(forward),
        forwarded_author=text_of(post.first(f"{_M}forwarded_from_author")),
        reply=_reply(post),
        media=kinds_of(media),
        media_items=media,
        album_ids=tuple(medium.post_id for medium in media if medium.post_id is not None),
        album_size=len(members),
        too_big=_is_too_big(post),
        unsupported=_is_unsupported(post, bool(texts or media)),
        links=tuple(dict.fromkeys(links_in(texts))),
        hashtags=tuple(dict.fromkeys(hashtags_in(texts))),
        buttons=tuple(_buttons(post)),
        link_preview=_link_preview(post),
        reactions=tuple(_reactions(post)),
        poll=_poll(post),
    )


def _published(post: ClassIndex, what: str) -> tuple[datetime, Precision]:
    # Other <time> elements (a video's length) come first and have no datetime.
    dates = (time for date in post.all(f"{_M}date") for time in date.iter("time") if time.get("datetime"))
    stamp = next((time.get("datetime") or "" for time in dates), "").strip()
    try:
        published = datetime.fromisoformat(stamp)
        # The site's clocks are UTC.
        published = published.astimezone(UTC) if published.tzinfo else published.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise LayoutError(f"post {what} has no time that can be read ({stamp[:40]!r})") from error
    clock = re.match(r"[^T ]+(?:[T ]\d\d(:?\d\d(:?\d\d)?)?)?", stamp)
    assert clock is not None
    return published, "second" if clock[2] else "minute" if clock[1] else "day"


def _own_url(post: ClassIndex, channel: str, post_id: int) -> str:
    """Where the post stands on t.me, in the letter case of the page's link to it."""
    linked = re.search(r"/([^/?#]+)/([0-9]+)/?(?:[?#]|$)", address_of(post.first(f"{_M}date")) or "")
    if linked and linked[1].casefold() == channel.casefold() and int(linked[2]) == post_id:
        channel = linked[1]
    return f"https://{CHANNEL_HOST}/{channel}/{post_id}"


def _site_url(element: etree._Element | None) -> str | None:
    """The link that the site itself made, on t.me whatever the host that answered."""
    url = address_of(element)
    try:
        parts = urlsplit(url or "")
        known = (parts.hostname or "").removeprefix("www.") in CHANNEL_HOSTS[1:]
    except ValueError:
        return url
    return parts._replace(scheme="https", netloc=CHANNEL_HOST).geturl() if known else url


def _channel_id(element: etree._Element) -> int | None:
    """The channel's number, from what the page tells the site when the post is seen."""
    if peer := re.match(r"c([0-9]{1,15})_", element.get("data-peer") or ""):
        return int(peer[1])
    view = element.get("data-view") or ""
    try:
        number = json.loads(base64.urlsafe_b64decode(view + "=" * (-len(view) % 4)))["c"]
    except (ValueError, LookupError, TypeError, RecursionError):
        return None
    return abs(number) if type(number) is int else None


def _is_service(post: ClassIndex, label: str | None) -> bool:
    return "service_message" in (post.root.get("class") or "").split() or label == "Service message"


def _is_edited(post: ClassIndex) -> bool:
    meta = post.first(f"{_M}meta")
    return meta is not None and re.search(r"\bedited\b", own_text(meta)) is not None


def _hidden_origin(post: ClassIndex) -> str | None:
    """What a forward without a name says of its origin: a forwarded post is never the channel's own words."""
    said = text_of(post.first(f"{_M}forwarded_from"))
    return re.sub(r"^Forwarded from\s+", "", said) if said else None


def _is_too_big(post: ClassIndex) -> bool:
    players = post.all(f"{_M}video_player") + post.all(f"{_M}roundvideo_player")
    return any("not_supported" in (player.get("class") or "").split() for player in players)


def _is_unsupported(post: ClassIndex, has_content: bool) -> bool:
    """Only a notice in the bubble itself stands for the post; one in a fallback does where there is nothing else."""
    notices = post.all("message_media_not_supported_wrap")
    for notice in notices:
        parent = notice.getparent()
        classes = (parent.get("class") or "").split() if parent is not None else []
        if "tgme_widget_message_bubble" in classes and _FALLBACK not in (notice.get("class") or "").split():
            return True
    return _FALLBACK in post and "media_supported_cont" not in post and not has_content


def _reply(post: ClassIndex) -> Reply | None:
    element = post.first(_REPLY)
    if element is None:
        return None
    parts = ClassIndex(element)
    return Reply(
        url=_site_url(element),
        author=text_of(parts.first(f"{_M}author_name", f"{_M}author")),
        text=text_of(parts.first("js-message_reply_text", f"{_M}text", f"{_M}metatext", _TEXT)),
        thumb_url=picture_of(parts.first(f"{_M}reply_thumb")),
    )


def _buttons(post: ClassIndex) -> Iterator[Button]:
    for button in post.all(f"{_M}inline_button"):
        if url := address_of(button):
            yield Button(text_of(button), url)


def _link_preview(post: ClassIndex) -> LinkPreview | None:
    card = post.first(_CARD)
    url = address_of(card)
    if card is None or not url:
        return None
    parts = ClassIndex(card)
    site, title, description = (
        text_of(parts.first(f"link_preview_{part}")) for part in ("site_name", "title", "description")
    )
    picture = parts.first("link_preview_image", "link_preview_right_image", "link_preview_video_thumb")
    return LinkPreview(url, site, title, description, picture_of(picture))


def _reactions(post: ClassIndex) -> Iterator[Reaction]:
    for reaction in post.all("tgme_reaction"):
        # The count is the reaction's own text; the emoji's text is inside its own element.
        raw = own_text(reaction).strip()
        if not raw:
            continue
        count = rounded_count(raw)
        emoji_ids = (emoji.get("emoji-id") for emoji in reaction.iter("tg-emoji"))
        paid = "tgme_reaction_paid" in (reaction.get("class") or "").split()
        emoji_id = next((emoji_id for emoji_id in emoji_ids if emoji_id), None)
        yield Reaction(raw, count.number if count else None, paid, emoji_id)


def _poll(post: ClassIndex) -> Poll | None:
    poll = post.first(f"{_M}poll")
    if poll is None:
        return None
    parts = ClassIndex(poll)
    options = (ClassIndex(option) for option in parts.all(f"{_M}poll_option"))
    voters = rounded_count(text_of(post.first(f"{_M}voters")))
    return Poll(
        question=text_of(parts.first(f"{_M}poll_question")) or "",
        type=text_of(parts.first(f"{_M}poll_type")),
        options=tuple(
            (
                text_of(option.first(f"{_M}poll_option_text")) or "",
                text_of(option.first(f"{_M}poll_option_percent")) or "",
            )
            for option in options
        ),
        voters=voters.number if voters else None,
    )
