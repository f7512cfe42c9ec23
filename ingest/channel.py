"""A public channel's preview page (t.me/s/<channel>, or one embedded post) → channel, posts and the ids to page on from.

What a page is, besides posts, has a name: see `Condition`. The host always answers 200, so only the body can tell.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Final, Literal, cast

from lxml import etree

from ingest.class_index import ClassIndex
from ingest.document import Document, document_id
from ingest.errors import EmptyBodyError, LayoutError, NotHtmlError
from ingest.post import CHANNEL_HOST, named_in, post_index, read_post
from ingest.post import Post as Post
from ingest.post_media import picture_of
from ingest.post_text import text_of
from ingest.source import Source

EXTRACTOR = "ingest.channel"
EXTRACTOR_VERSION = "2"

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

_POST: Final = "tgme_widget_message"
_ID: Final = re.compile("[0-9]{1,15}")
_MESSAGES: Final = etree.XPath(f"//*[contains(concat(' ', normalize-space(@class), ' '), ' {_POST} ')]")


@dataclass(frozen=True, slots=True)
class Counter:
    """One of the channel's counters as shown: value "11.3M", type "subscribers"."""

    value: str
    type: str


@dataclass(frozen=True, slots=True)
class Landing:
    """What a page without a preview says of the name: `extra` is "11 286 994 subscribers", or the name of a person."""

    title: str | None
    extra: str | None
    description: str | None


@dataclass(frozen=True, slots=True)
class ChannelInfo:
    """What the page says about the channel. `name` is its t.me name in the page's own letter case.

    `number` is the channel's own id, which stays when it takes another name (None where no post tells it).
    """

    name: str | None
    title: str | None
    username: str | None
    description: str | None
    counters: tuple[Counter, ...] = ()
    image_url: str | None = None
    number: int | None = None
    verified: bool = False
    landing: Landing | None = None


@dataclass(frozen=True, slots=True)
class ChannelPage:
    """One page: posts in the page's order (oldest first), `before` the id to ask for older ones, None on the oldest page.

    `after` is the id to ask for newer ones, None on the newest page. `problems` are the posts, and the counts on them, that
    could not be read, and where the page breaks off, a sentence each: what is missing on such a page may well be there.
    `unread_ids` are those posts' ids, where they have one: they are there. `broken_off` says that the page ends before its
    end: posts newer than those on it may be lost. `says_empty` says that it states that there are no posts, and no counter
    of the channel speaks against it. `title`,
    `canonical`, `rel_prev` and `rel_next` are what the page's head says, as it stands there.
    """

    url: str
    condition: Condition
    channel: ChannelInfo
    posts: tuple[Post, ...]
    before: int | None
    after: int | None = None
    problems: tuple[str, ...] = ()
    unread_ids: frozenset[int] = frozenset()
    broken_off: bool = False
    says_empty: bool = False
    title: str | None = None
    canonical: str | None = None
    rel_prev: str | None = None
    rel_next: str | None = None

    @property
    def ids(self) -> frozenset[int]:
        """Every id that is on the page: posts, album members, and posts that could not be read."""
        members = (member for post in self.posts for member in post.album_ids)
        return frozenset({post.id for post in self.posts}.union(members, self.unread_ids))


def parse_channel(body: bytes, url: str) -> ChannelPage:
    """The page at `url`, read from its bytes: HTML, or the JSON string of HTML that the site gives to its own script.

    A post that can't be read costs none of its neighbours: see `ChannelPage.problems`. Raises EmptyBodyError (no bytes),
    NotHtmlError (no tags in them) or LayoutError (HTML, but no page of this site's known kinds, or no post of it could be
    read); nothing else, whatever the bytes.
    """
    text = _html(body, url)
    tree = _tree(text, url)
    page = ClassIndex(tree, closed=(_POST,))
    posts: list[Post] = []
    problems: list[str] = []
    unread_ids: set[int] = set()
    for element in _posts_in(tree):
        try:
            post = read_post(post_index(element))
        except LayoutError as error:
            problems.append(str(error))
            unread_ids |= _id_of(element)
            continue
        posts.append(post)
        problems += (f"post {post.channel}/{post.id} counts {count[:40]!r}" for count in post.unread_counts)
    if problems and not posts:
        raise LayoutError(f"{url}: {problems[0]}")
    condition = "posts" if posts else _condition(tree, page, url)
    broken_off = "<html" in text and "</html" not in text
    if broken_off:
        if condition == "no posts" and "tme_no_messages_found" not in page:
            raise LayoutError(f"{url}: the page breaks off before its first post")
        problems.append("the page breaks off")
    problems += (f"the pager leads to {pager[:40]!r}" for pager in _pagers(page) if not _ID.fullmatch(pager))
    links = {link.get("rel"): link.get("href") for link in tree.iter("link") if link.get("href")}
    channel = _channel_info(page, posts)
    return ChannelPage(
        url=url,
        condition=condition,
        channel=channel,
        posts=tuple(posts),
        before=_turning(page, "before", links.get("prev"), posts),
        after=_turning(page, "after", links.get("next"), posts),
        problems=tuple(problems),
        unread_ids=frozenset(unread_ids),
        broken_off=broken_off,
        says_empty="tme_no_messages_found" in page and not any(map(_counts_content, channel.counters)),
        title=text_of(next(tree.iter("title"), None)),
        canonical=links.get("canonical"),
        rel_prev=links.get("prev"),
        rel_next=links.get("next"),
    )


def post_key(channel: str, post_id: int) -> str:
    """What identifies a post within its source: `channel/id`, in one letter case (pages mix several)."""
    return f"{channel}/{post_id}".casefold()


def to_document(post: Post, channel_info: ChannelInfo, source: Source, fetch_id: str | None) -> Document | None:
    """The post as a Document of `source`; None for service messages and posts without words, which are no documents."""
    if post.service or not post.text:
        return None
    key = post_key(post.channel, post.id)
    return Document(
        document_id=document_id(source.id, key),
        title="",
        text=post.text,
        kind="post",
        source_id=source.id,
        source_name=source.name or channel_info.title or post.channel,
        source_side=source.side,
        url=post.url,
        canonical_url=f"https://{CHANNEL_HOST}/{key}",
        author=post.author,
        published_at=post.published_at,
        published_precision=post.published_precision,
        published_from="time[datetime]",
        forwarded_from=post.forwarded_from,
        forwarded_url=post.forwarded_url,
        reply_to_url=post.reply_to_url,
        views=post.views,
        views_granularity=post.views_granularity,
        edited=post.edited,
        links=tuple(dict.fromkeys((*post.links, *(button.url for button in post.buttons)))),
        media=post.media,
        media_urls=post.media_urls,
        fetch_id=fetch_id,
        extractor=EXTRACTOR,
        extractor_version=EXTRACTOR_VERSION,
    )


def _html(body: bytes, url: str) -> str:
    if not body.strip():
        raise EmptyBodyError(f"{url}: the body is empty")
    text = body.decode("utf-8-sig", errors="replace").replace("\0", "")
    if text.lstrip().startswith('"'):
        text = _unquoted(text, url)
    if not re.search(r"<[a-zA-Z!]", text):
        raise NotHtmlError(f"{url}: the body is no HTML")
    return text


def _tree(text: str, url: str) -> etree._Element:
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        tree = etree.fromstring(text.encode("utf-8", errors="replace"), parser=parser)
    except etree.LxmlError as error:
        raise NotHtmlError(f"{url}: the HTML can't be parsed: {error}") from error
    if tree is None:
        raise NotHtmlError(f"{url}: there is no element in the HTML")
    return tree


def _unquoted(text: str, url: str) -> str:
    """The HTML that a JSON string holds."""
    try:
        content = json.loads(text)
    except ValueError as error:
        raise NotHtmlError(f"{url}: the body is a JSON string that breaks off or is none: {error}") from error
    if not isinstance(content, str) or not content.strip():
        raise EmptyBodyError(f"{url}: the body is a JSON string with nothing in it")
    return content


def _posts_in(tree: etree._Element) -> list[etree._Element]:
    messages = cast("list[etree._Element]", _MESSAGES(tree))
    return [message for message in messages if "err_message" not in (message.get("class") or "").split()]


def _id_of(element: etree._Element) -> set[int]:
    try:
        return {named_in(element)[1]}
    except LayoutError:
        return set()


def _condition(tree: etree._Element, page: ClassIndex, url: str) -> Condition:
    if any("tgme_widget_message_error" in (element.get("class") or "") for element in tree.iter()):
        return "missing post"
    if "tme_no_messages_found" in page or "tgme_channel_history" in page:
        return "no posts"
    if "tgme_page_widget" in page:
        return "post page"
    if "tgme_page_title" in page:
        preview = (link.get("href") or "" for link in page.all("tgme_page_context_link"))
        return "landing" if any(re.match(r"(?:https?://[^/]+)?/s/", href) for href in preview) else "no preview"
    if "tgme_page_description" in page:
        return "missing channel"
    if "tgme_channel_info_header_username" in page:
        return "no posts"
    raise LayoutError(f"{url}: neither posts nor any page that the channel's host is known to serve")


def _channel_info(page: ClassIndex, posts: list[Post]) -> ChannelInfo:
    first = posts[0] if posts else None
    username = text_of(page.first("tgme_channel_info_header_username"))
    counters = (ClassIndex(counter) for counter in page.all("tgme_channel_info_counter"))
    title = text_of(page.first("tgme_channel_info_header_title"))
    description = text_of(page.first("tgme_channel_info_description"))
    image_url = picture_of(page.first("tgme_page_photo_image"))
    if username and not title:  # a piece of a page: the head says the same
        said = {meta.get("property"): meta.get("content") or None for meta in page.tags("meta")}
        title = said.get("og:title")
        description, image_url = description or said.get("og:description"), image_url or said.get("og:image")
    return ChannelInfo(
        name=username.removeprefix("@") if username else first.channel if first else None,
        title=title or (first.channel_title if first else None),
        username=username,
        description=description,
        counters=tuple(
            Counter(text_of(counter.first("counter_value")) or "", text_of(counter.first("counter_type")) or "")
            for counter in counters
        ),
        image_url=image_url,
        number=first.channel_id if first else None,
        verified="verified-icon" in page,
        landing=_landing(page),
    )


def _counts_content(counter: Counter) -> bool:
    """Whether the channel has photos, links … (a channel without a post may have subscribers)."""
    return counter.value not in ("", "0") and not counter.type.startswith("subscriber")


def _landing(page: ClassIndex) -> Landing | None:
    title, extra, description = (text_of(page.first(f"tgme_page_{part}")) for part in ("title", "extra", "description"))
    return Landing(title, extra, description) if title or extra or description else None


def _pagers(page: ClassIndex, *directions: str) -> list[str]:
    """What the pager's links ask for, in these directions or (none given) in both."""
    asked = (
        link.get(f"data-{to}") for link in page.all("tme_messages_more") for to in directions or ("before", "after")
    )
    return [digits for digits in asked if digits is not None]


def _turning(
    page: ClassIndex, direction: Literal["before", "after"], linked: str | None, posts: list[Post]
) -> int | None:
    """The id to ask for the next pages in that direction with: the pager's, else the one that the head links to.

    The head of a page that a browser saved is older than its posts: it counts only where it leads beyond all of them.
    """
    for digits in _pagers(page, direction):
        return int(digits) if _ID.fullmatch(digits) else None
    asked = re.search(rf"[?&]{direction}=([0-9]{{1,15}})(?:&|$)", linked or "")
    if asked is None or not posts:
        return None
    post_id = int(asked[1])
    beyond = post_id <= min(post.id for post in posts) if direction == "before" else post_id >= posts[-1].id
    return post_id if beyond else None
