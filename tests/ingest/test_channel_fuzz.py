"""Channel pages that nobody wrote: whatever the bytes, and what must hold of any text, quote and count."""

from __future__ import annotations

import json
import warnings

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.channel import parse_channel
from ingest.channel_json import channel_json
from ingest.errors import ParseError
from ingest.rounded_count import rounded_count
from tests.ingest.channel_markup import message, only_post, own_text, page_of

PIECES = st.sampled_from(
    [
        b'<div class="tgme_widget_message" data-post="a_channel/1">',
        b'<div class="tgme_widget_message_text js-message_text">',
        b'<a class="tgme_widget_message_date" href="https://[::1/x?before=9">',
        b'<time datetime="0001-01-01T00:00:00+23:59">',
        b'<time datetime="2025-10-01T00:00:00">',
        b'<a class="tme_messages_more" data-before="99999999999999999999">',
        b'<span class="tgme_widget_message_views">1.2.3K</span>',
        b'<a class="tgme_widget_message_link_preview" href="">',
        b'<span class="tgme_reaction">9K<tg-emoji>',
        b"</div>",
        b"</a>",
        b"<![CDATA[",
        b"<!DOCTYPE [",
        b"<?xml version='1.0'?>",
        b"<!--",
        b"\x00",
        b"&#x110000;",
        b"\xff\xfe",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES | st.binary(max_size=20), max_size=12).map(b"".join))
def test_whatever_the_bytes_only_our_own_errors(body: bytes) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            page = parse_channel(body, "https://t.me/s/any")
        except ParseError:
            return
        assert json.dumps(channel_json(page))


# A letter at least, for what is only blanks is no text; no markup, which the site escapes.
WORDS = st.text(st.characters(codec="utf-8", exclude_characters="<>&\r"), min_size=1, max_size=40).map(
    lambda s: f"к{s}к"
)


@settings(max_examples=150, deadline=None)
@given(
    own=WORDS, quoted=WORDS, author=WORDS, js_class=st.sampled_from(["js-message_reply_text", "js-message_text", ""])
)
def test_no_word_of_a_quote_gets_into_the_text(own: str, quoted: str, author: str, js_class: str) -> None:
    quote = (
        f'<a class="tgme_widget_message_reply" href="https://t.me/jol_habar/2"><span '
        f'class="tgme_widget_message_author_name">{author}</span><div class="tgme_widget_message_text {js_class}">'
        f"{quoted}</div></a>"
    )
    alone = only_post(own_text(own))
    answering = only_post(quote + own_text(own))
    assert answering.text == alone.text
    assert answering.reply is not None
    assert answering.reply.text == only_post(own_text(quoted)).text
    assert only_post(quote).text is None


@settings(max_examples=150, deadline=None)
@given(WORDS, st.integers(1, 5), st.booleans())
def test_text_in_text_is_never_doubled(own: str, depth: int, in_one_of_two_generations: bool) -> None:
    nested = own
    for _ in range(depth):
        nested = own_text(nested)
    if in_one_of_two_generations:
        nested = f'<div class="media_supported_cont">{nested}</div><div class="media_not_supported_cont">{nested}</div>'
    assert only_post(nested).text == only_post(own_text(own)).text


def _shown(count: int, decimals: int, rounds: bool) -> str:
    """The count as a site may show it: cut off or rounded, to so many decimals of its unit."""
    unit, letter = (1_000_000, "M") if count >= 1_000_000 else (1_000, "K") if count >= 1_000 else (1, "")
    step = unit // 10**decimals if unit > 1 else 1
    steps = (count + step // 2) // step if rounds else count // step
    whole, part = divmod(steps, unit // step)
    return f"{whole}.{part:0{decimals}d}{letter}" if decimals and unit > 1 else f"{whole}{letter}"


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 2_000_000_000), st.integers(0, 2), st.booleans())
def test_a_rounded_count_brackets_the_true_one(count: int, decimals: int, rounds: bool) -> None:
    read = rounded_count(_shown(count, decimals, rounds))
    assert read is not None
    assert abs(count - read.number) < read.granularity
    assert read.number % read.granularity == 0


@settings(max_examples=300, deadline=None)
@given(st.text("0123456789KMBk., '\xa0\u202f+-", max_size=12))
def test_what_is_no_count_is_none(shown: str) -> None:
    read = rounded_count(shown)
    assert read is None or (read.number >= 0 and read.granularity >= 1)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_pages_broken_anywhere_keep_the_posts_before(data: st.DataObject) -> None:
    posts = [message(own_text(f"пост {n}"), name=f"jol_habar/{n}") for n in range(1, 5)]
    body = page_of(*posts)
    ends = [body.index(post.encode()) + len(post.encode()) for post in posts]
    cut = data.draw(st.integers(ends[0], len(body) - 1))
    whole = sum(1 for end in ends if end <= cut)
    page = parse_channel(body[:cut] + data.draw(st.sampled_from([b"", b"<", b'<div class="', b"\xd0", b"<!--"])), "u")
    assert [(post.id, post.text) for post in page.posts][:whole] == [(n, f"пост {n}") for n in range(1, whole + 1)]
