"""A public channel's preview page (t.me/s/<channel>, or one embedded post) → channel, posts and the id to page back from.

Both generations of the markup are read: text and media directly in the bubble (to January 2026), and inside
`media_supported_cont` with a hidden `media_not_supported_cont` beside it (2026). What a page is, besides posts, has a name:
see `Condition`. The host always answers 200, so only the body can tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Comment, NavigableString, Tag
from bs4.exceptions import ParserRejectedMarkup

from ingest.characters import clean
from ingest.document import Document, document_id
from ingest.errors import EmptyBodyError, LayoutError, NotHtmlError
from ingest.source import Source

EXTRACTOR = "ingest.channel"
EXTRACTOR_VERSION = "1"

Condition = Literal["posts", "no posts", "no preview", "landing", "missing channel", "post page", "missing post"]
"""What kind of page it was.

posts            there are posts on it
no posts         a preview page that says "No posts found", or an empty history
no preview       the name exists, but has no preview: preview switched off, private, a group, a user, a bot
landing          the channel's landing page (t.me/<channel>), which links to a preview
missing channel  nobody has this name
post page        the page around one embedded post (t.me/<channel>/<id>), the post itself is in its frame
missing post     an embedded post that is deleted or never was
"""


@dataclass(frozen=True, slots=True)
class Counter:
    """One of the channel's counters as shown: value "11.3M", type "subscribers"."""

    value: str
    type: str


@dataclass(frozen=True, slots=True)
class ChannelInfo:
    """What the page says about the channel. `name` is its t.me name in the page's own letter case."""

    name: str | None
    title: str | None
    username: str | None
    description: str | None
    counters: tuple[Counter, ...] = ()


@dataclass(frozen=True, slots=True)
class LinkPreview:
    """The card that the channel's software made of a link."""

    url: str
    site: str | None
    title: str | None
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Reaction:
    """One kind of reaction; `count` is rounded where `count_raw` is ("27.9K")."""

    count_raw: str
    count: int
    paid: bool
    emoji_id: str | None


@dataclass(frozen=True, slots=True)
class Poll:
    """A poll; options are (text, percentage as shown)."""

    question: str
    type: str | None
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Post:
    """One post. `text` is the channel's own words: never a reply's quote, never a link preview; None where there are none.

    `views` is rounded by the site to `views_granularity` (1, 10, 100 … : "37.2K" is 37200 to the nearest 100).
    `forwarded_url` is None where the origin is hidden. An album is one post under its first id; `album_ids` are its
    members'.
    `too_big` says that a video is only shown in the app; `unsupported` that the whole post is.
    """

    id: int
    channel: str
    url: str
    published_at: datetime
    text: str | None
    service: bool
    views: int | None
    views_granularity: int | None
    edited: bool
    author: str | None
    forwarded_from: str | None
    forwarded_url: str | None
    reply_to_url: str | None
    media: tuple[str, ...]
    album_ids: tuple[int, ...]
    album_size: int
    too_big: bool
    unsupported: bool
    links: tuple[str, ...]
    link_preview: LinkPreview | None
    reactions: tuple[Reaction, ...]
    poll: Poll | None


@dataclass(frozen=True, slots=True)
class ChannelPage:
    """One page: posts in the page's order (oldest first), `before` the id to ask for older ones, None on the oldest page."""

    url: str
    condition: Condition
    channel: ChannelInfo
    posts: tuple[Post, ...]
    before: int | None


def parse_channel(body: bytes, url: str) -> ChannelPage:
    """The page at `url`, read from its bytes.

    Raises EmptyBodyError (no bytes), NotHtmlError (no tags in them) or LayoutError (HTML, but no page of this site's known
    kinds, or a post without id or time); nothing else, whatever the bytes.
    """
    if not body.strip():
        raise EmptyBodyError(f"{url}: the body is empty")
    text = body.decode("utf-8", errors="replace").replace("\0", "")
    text = text.replace("<?", "&lt;?")  # HTML has no processing instructions, and one would be taken for XML
    if not re.search(r"<[a-zA-Z!]", text):
        raise NotHtmlError(f"{url}: the body is no HTML")
    try:
        soup = BeautifulSoup(text, "lxml")
    except ParserRejectedMarkup as error:
        raise NotHtmlError(f"{url}: the HTML can't be parsed: {error}") from error
    posts = tuple(_post(tag, url) for tag in soup.select(".tgme_widget_message[data-post]"))
    return ChannelPage(
        url=url,
        condition="posts" if posts else _condition(soup, url),
        channel=_channel_info(soup, posts),
        posts=posts,
        before=_before(soup),
    )


def channel_json(page: ChannelPage) -> dict[str, Any]:
    """The page as plain JSON values, in the shape that `kezek parse` prints."""
    channel = page.channel
    return {
        "kind": "channel",
        "channel": {
            "condition": page.condition,
            "name": channel.name,
            "title": channel.title,
            "username": channel.username,
            "description": channel.description,
            "counters": [{"value": counter.value, "type": counter.type} for counter in channel.counters],
        },
        "posts": [_post_json(post) for post in page.posts],
        "before": page.before,
    }


def post_key(channel: str, post_id: int) -> str:
    """What identifies a post within its source: `channel/id`, in one letter case (pages mix several)."""
    return f"{channel}/{post_id}".casefold()


def to_document(post: Post, channel_info: ChannelInfo, source: Source, fetch_id: str | None) -> Document | None:
    """The post as a Document of `source`; None for service messages and posts without words, which are no documents."""
    if post.service or not post.text:
        return None
    return Document(
        document_id=document_id(source.id, post_key(post.channel, post.id)),
        title="",
        text=post.text,
        kind="post",
        source_id=source.id,
        source_name=source.name or channel_info.title or post.channel,
        source_side=source.side,
        url=post.url,
        canonical_url=post.url,
        author=post.author,
        published_at=post.published_at,
        published_precision="second",
        published_from="time[datetime]",
        forwarded_from=post.forwarded_from,
        forwarded_url=post.forwarded_url,
        reply_to_url=post.reply_to_url,
        views=post.views,
        edited=post.edited,
        links=post.links,
        media=post.media,
        fetch_id=fetch_id,
        extractor=EXTRACTOR,
        extractor_version=EXTRACTOR_VERSION,
    )


def _post_json(post: Post) -> dict[str, Any]:
    preview = post.link_preview
    return {
        "id": post.id,
        "url": post.url,
        "published": post.published_at.isoformat(),
        "text": post.text,
        "service": post.service,
        "views": post.views,
        "edited": post.edited,
        "author": post.author,
        "forwarded_from": post.forwarded_from,
        "forwarded_url": post.forwarded_url,
        "reply_to_url": post.reply_to_url,
        "media": list(post.media),
        "album_size": post.album_size,
        "links": list(post.links),
        "link_preview": preview and {"url": preview.url, "site": preview.site, "title": preview.title},
        "reactions": [
            {"count_raw": r.count_raw, "count": r.count, "paid": r.paid, "emoji_id": r.emoji_id} for r in post.reactions
        ],
        "poll": post.poll
        and {
            "question": post.poll.question,
            "type": post.poll.type,
            "options": [list(option) for option in post.poll.options],
        },
    }


def _condition(soup: BeautifulSoup, url: str) -> Condition:
    if soup.select_one(".tgme_widget_message_error"):
        return "missing post"
    if soup.select_one(".tme_no_messages_found, .tgme_channel_history"):
        return "no posts"
    if soup.select_one(".tgme_page_widget"):
        return "post page"
    if soup.select_one(".tgme_page_title"):
        return "landing" if soup.select_one(".tgme_page_context_link[href^='/s/']") else "no preview"
    if soup.select_one(".tgme_page_description"):
        return "missing channel"
    raise LayoutError(f"{url}: neither posts nor any page that the channel's host is known to serve")


def _channel_info(soup: BeautifulSoup, posts: tuple[Post, ...]) -> ChannelInfo:
    username = _line(soup.select_one(".tgme_channel_info_header_username"))
    name = username.removeprefix("@") if username else posts[0].channel if posts else None
    counters = (
        Counter(_line(counter.select_one(".counter_value")) or "", _line(counter.select_one(".counter_type")) or "")
        for counter in soup.select(".tgme_channel_info_counters .tgme_channel_info_counter")
    )
    return ChannelInfo(
        name=name,
        title=_line(soup.select_one(".tgme_channel_info_header_title")),
        username=username,
        description=_text(soup.select_one(".tgme_channel_info_description")),
        counters=tuple(counters),
    )


def _before(soup: BeautifulSoup) -> int | None:
    pager = soup.select_one("a.tme_messages_more[data-before]")
    if pager is not None:
        return _integer(_attribute(pager, "data-before"))
    previous = soup.select_one('link[rel~="prev"][href]')
    asked = re.search(r"[?&]before=([0-9]+)", _attribute(previous, "href") or "") if previous else None
    return _integer(asked[1]) if asked else None


def _post(tag: Tag, page_url: str) -> Post:
    named = _attribute(tag, "data-post") or ""
    identity = re.fullmatch(r"([^/\s]+)/([0-9]{1,15})", named)
    if identity is None:
        raise LayoutError(f"{page_url}: a post is named {named[:60]!r}, where <channel>/<id> was expected")
    channel, post_id = identity[1], int(identity[2])
    date = tag.select_one("a.tgme_widget_message_date[href]")
    views, granularity = _rounded(_line(tag.select_one(".tgme_widget_message_views")))
    forward = tag.select_one(".tgme_widget_message_forwarded_from_name")
    reply = tag.select_one("a.tgme_widget_message_reply[href]")
    texts = list(_own_texts(tag))
    album = tag.select(".tgme_widget_message_grouped_wrap .grouped_media_wrap")
    member_ids = (re.search(r"/([0-9]{1,15})(?:\?|$)", _attribute(member, "href") or "") for member in album)
    label = _line(tag.select_one(".message_media_not_supported_label"))
    return Post(
        id=post_id,
        channel=channel,
        url=(_url(date) or "").partition("?")[0] or f"https://t.me/{channel}/{post_id}",
        published_at=_published(tag, f"{page_url}: post {named}"),
        text="\n\n".join(text for text in map(_text, texts) if text) or None,
        service="service_message" in tag.get_attribute_list("class") or label == "Service message",
        views=views,
        views_granularity=granularity,
        edited=_is_edited(tag),
        author=_line(tag.select_one(".tgme_widget_message_from_author")),
        forwarded_from=_line(forward),
        forwarded_url=_url(forward),
        reply_to_url=_url(reply),
        media=_media(tag),
        album_ids=tuple(int(found[1]) for found in member_ids if found),
        album_size=len(album),
        too_big=tag.select_one(".tgme_widget_message_video_player.not_supported") is not None,
        unsupported=_is_unsupported(tag),
        links=tuple(dict.fromkeys(_links(texts))),
        link_preview=_link_preview(tag),
        reactions=tuple(_reactions(tag)),
        poll=_poll(tag),
    )


def _published(tag: Tag, what: str) -> datetime:
    # Other <time> elements (a video's length) come first and have no datetime.
    time = tag.select_one(".tgme_widget_message_date time[datetime]")
    stamp = _attribute(time, "datetime") or ""
    try:
        published = datetime.fromisoformat(stamp)
        return published.astimezone(UTC) if published.tzinfo else published.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise LayoutError(f"{what} has no time that can be read ({stamp[:40]!r})") from error


def _own_texts(tag: Tag) -> Iterator[Tag]:
    """The outermost own texts: a reply's quote is no own text, and an own text may hold itself once more."""
    for text in tag.select(".tgme_widget_message_text.js-message_text"):
        if text.find_parent(class_="js-message_text") or text.find_parent(class_="tgme_widget_message_reply"):
            continue
        if text.find_parent(class_="media_not_supported_cont"):
            continue
        yield text


def _is_edited(tag: Tag) -> bool:
    meta = tag.select_one(".tgme_widget_message_meta")
    own = "".join(str(child) for child in meta.children if isinstance(child, NavigableString)) if meta else ""
    return re.search(r"\bedited\b", own) is not None


def _is_unsupported(tag: Tag) -> bool:
    """The notice stands for the whole post only where it is outside of any fallback: a child of the bubble itself."""
    notices = tag.select(".tgme_widget_message_bubble > .message_media_not_supported_wrap")
    return any("media_not_supported_cont" not in notice.get_attribute_list("class") for notice in notices)


_MEDIA = (
    ("photo", ".tgme_widget_message_photo_wrap"),
    ("video", ".tgme_widget_message_video_player"),
    ("round_video", ".tgme_widget_message_roundvideo_player"),
    ("voice", ".tgme_widget_message_voice_player"),
    ("audio", ".tgme_widget_message_document_wrap:has(.tgme_widget_message_document_icon.audio)"),
    ("document", ".tgme_widget_message_document_wrap:not(:has(.tgme_widget_message_document_icon.audio))"),
    ("sticker", ".tgme_widget_message_sticker_wrap"),
    ("location", ".tgme_widget_message_location_wrap"),
    ("poll", ".tgme_widget_message_poll"),
)


def _media(tag: Tag) -> tuple[str, ...]:
    """The kinds of media in the post, each once."""
    return tuple(kind for kind, selector in _MEDIA if tag.select_one(selector))


def _links(texts: list[Tag]) -> Iterator[str]:
    for text in texts:
        for link in text.select("a[href]"):
            url = _url(link)
            if url and _scheme(url) in ("http", "https"):  # hashtags are `?q=%23tag`
                yield url


def _scheme(url: str) -> str:
    """The scheme of a URL, empty for a relative or broken one."""
    try:
        return urlsplit(url).scheme
    except ValueError:
        return ""


def _link_preview(tag: Tag) -> LinkPreview | None:
    card = tag.select_one("a.tgme_widget_message_link_preview[href]")
    url = _url(card)
    if card is None or not url:
        return None
    site, title, description = (
        _line(card.select_one(f".link_preview_{part}")) for part in ("site_name", "title", "description")
    )
    return LinkPreview(url, site, title, description)


def _reactions(tag: Tag) -> Iterator[Reaction]:
    for reaction in tag.select(".tgme_widget_message_reactions .tgme_reaction"):
        # The count is the reaction's own text; the emoji's text is inside its own element.
        raw = "".join(str(child) for child in reaction.children if isinstance(child, NavigableString)).strip()
        count, _ = _rounded(raw)
        if count is None:
            continue
        emoji = reaction.select_one("tg-emoji[emoji-id]")
        yield Reaction(
            raw, count, "tgme_reaction_paid" in reaction.get_attribute_list("class"), _attribute(emoji, "emoji-id")
        )


def _poll(tag: Tag) -> Poll | None:
    poll = tag.select_one(".tgme_widget_message_poll")
    if poll is None:
        return None
    part = ".tgme_widget_message_poll_"
    options = (
        (
            _line(option.select_one(f"{part}option_text")) or "",
            _line(option.select_one(f"{part}option_percent")) or "",
        )
        for option in poll.select(f"{part}option")
    )
    return Poll(_line(poll.select_one(f"{part}question")) or "", _line(poll.select_one(f"{part}type")), tuple(options))


_MULTIPLES = {"": 1, "K": 1_000, "M": 1_000_000}


def _rounded(shown: str | None) -> tuple[int | None, int | None]:
    """A count as shown ("980", "37.2K", "8.74M") → the number, and what it was rounded to."""
    match = re.fullmatch(r"([0-9]{1,12})(?:\.([0-9]{1,6}))?([KM]?)", shown or "")
    if match is None:
        return None, None
    whole, decimals, unit = match[1], match[2] or "", _MULTIPLES[match[3]]
    granularity = max(unit // 10 ** len(decimals), 1)
    return int(whole + decimals) * unit // 10 ** len(decimals), granularity


def _integer(digits: str | None) -> int | None:
    return int(digits) if digits and re.fullmatch(r"[0-9]{1,15}", digits) else None


def _attribute(tag: Tag | None, name: str) -> str | None:
    value = tag.get(name) if tag is not None else None
    return " ".join(value) if isinstance(value, list) else value


def _url(tag: Tag | None) -> str | None:
    """The tag's href; some are escaped twice on the page, so a literal `&amp;` in one is an `&`."""
    href = _attribute(tag, "href")
    return clean(re.sub(r"&amp;", "&", href)).strip() if href else None


def _line(tag: Tag | None) -> str | None:
    text = _text(tag)
    return text or None


def _text(tag: Tag | None) -> str | None:
    """The words in a tag with its line breaks; spaces and tabs in a row are one space."""
    if tag is None:
        return None
    text = re.sub(r"[ \t]+", " ", clean("".join(_words(tag)).replace("\r", "")))
    return text.strip().strip("\u200b").strip() or None


def _words(tag: Tag) -> Iterator[str]:
    """Text and line breaks; a quote or code block stands on lines of its own, whether or not a <br> says so too."""
    at_start, block = True, None
    for node in tag.descendants:
        inside = node.find_parent(["blockquote", "pre"])
        if isinstance(node, Tag):
            if node.name == "br":
                yield "\n"
                at_start, block = True, inside
        elif isinstance(node, NavigableString) and not isinstance(node, Comment) and (text := str(node)):
            if inside is not block and not at_start and not text.startswith("\n"):
                yield "\n"
            yield text
            at_start, block = text.endswith("\n"), inside
