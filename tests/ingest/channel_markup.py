"""Channel pages written for a test, in the site's own markup."""

from __future__ import annotations

from ingest.channel import parse_channel
from ingest.post import Post
from ingest.source import Source

SOURCE = Source(
    id="jol-habar",
    name="Жол хабар",
    kind="channel",
    side="KZ",
    country="KZ",
    languages=("kk", "ru"),
    home="https://t.me/jol_habar",
    channel="jol_habar",
)


def message(inner: str, name: str = "jol_habar/17", classes: str = "") -> str:
    """One post with `inner` in its bubble."""
    return f"""<div class="tgme_widget_message {classes}" data-post="{name}"><div class="tgme_widget_message_bubble">
{inner}
<span class="tgme_widget_message_views">37.2K</span><span class="tgme_widget_message_meta"><a
class="tgme_widget_message_date" href="https://t.me/{name}"><time class="time"
datetime="2025-10-01T04:05:06+00:00">09:05</time></a></span></div></div>
"""


def page_of(*messages: str, head: str = "") -> bytes:
    """A preview page with these posts."""
    return f"""<html><body class="tgme_webpreview">{head}<section class="tgme_channel_history">
{"".join(messages)}</section></body></html>""".encode()


def channel_page(inner: str, head: str = "", name: str = "jol_habar/17", classes: str = "") -> bytes:
    """A preview page with one post, and `inner` in its bubble."""
    return page_of(message(inner, name, classes), head=head)


def own_text(text: str) -> str:
    """`text` as the markup of a post's own text."""
    return f'<div class="tgme_widget_message_text js-message_text" dir="auto">{text}</div>'


def only_post(inner: str, **more: str) -> Post:
    """The one post of such a page."""
    (post,) = parse_channel(channel_page(inner, **more), "https://t.me/s/jol_habar").posts
    return post
