"""Channel pages: the traps of the markup one by one, pages and posts that can't be read, posts as documents."""

from __future__ import annotations

import json
import warnings
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.channel import Post, parse_channel, post_key, to_document
from ingest.channel_json import channel_json
from ingest.errors import EmptyBodyError, LayoutError, NotHtmlError, ParseError
from ingest.source import Source


def _page(inner: str, head: str = "", name: str = "jol_habar/17", classes: str = "") -> bytes:
    return f"""<html><body class="tgme_webpreview">{head}<section class="tgme_channel_history">
<div class="tgme_widget_message {classes}" data-post="{name}"><div class="tgme_widget_message_bubble">
{inner}
<span class="tgme_widget_message_views">37.2K</span><span class="tgme_widget_message_meta"><a
class="tgme_widget_message_date" href="https://t.me/{name}"><time class="time"
datetime="2025-10-01T04:05:06+00:00">09:05</time></a></span></div></div></section></body></html>""".encode()


def _text(text: str) -> str:
    return f'<div class="tgme_widget_message_text js-message_text" dir="auto">{text}</div>'


def _post(inner: str, **more: str) -> Post:
    (post,) = parse_channel(_page(inner, **more), "https://t.me/s/jol_habar").posts
    return post


def test_a_replys_quote_is_not_the_channels_text() -> None:
    quote = (
        '<a class="tgme_widget_message_reply" href="https://t.me/jol_habar/2"><div '
        'class="tgme_widget_message_text js-message_reply_text">чужие слова</div></a>'
    )
    post = _post(quote + _text("свои слова"))
    assert (post.text, post.reply_to_url) == ("свои слова", "https://t.me/jol_habar/2")
    assert _post(quote.replace("js-message_reply_text", "js-message_text")).text is None


def test_text_nested_in_itself_is_read_once() -> None:
    assert _post(_text(_text("один раз"))).text == "один раз"


def test_both_generations_read_the_same() -> None:
    photo = '<a class="tgme_widget_message_photo_wrap" href="https://t.me/jol_habar/17"></a>'
    fallback = (
        '<div class="media_not_supported_cont"><div class="message_media_not_supported_wrap">'
        '<div class="message_media_not_supported_label">Please open Telegram to view this post</div></div></div>'
    )
    old = _post(photo + _text("очередь"))
    new = _post(f'<div class="media_supported_cont">{photo}{_text("очередь")}</div>{fallback}')
    assert old == new
    assert not new.unsupported
    notice = '<div class="message_media_not_supported_wrap"><div class="message_media_not_supported_label">Please</div></div>'
    assert _post(notice).unsupported


def test_quotes_and_code_stand_on_lines_of_their_own() -> None:
    assert _post(_text("до<blockquote>цитата</blockquote>после")).text == "до\nцитата\nпосле"
    assert _post(_text("до<br/><blockquote>цитата<br/></blockquote>после")).text == "до\nцитата\nпосле"


def test_forwards_with_and_without_a_named_origin() -> None:
    name = "tgme_widget_message_forwarded_from_name"
    linked = f'<div>Forwarded from <a class="{name}" href="https://t.me/src/9">Дерек</a></div>'
    post = _post(linked + _text("x"))
    assert (post.forwarded_from, post.forwarded_url) == ("Дерек", "https://t.me/src/9")
    hidden = _post(f'<div>Forwarded from <span class="{name}">Кто-то</span></div>' + _text("x"))
    assert (hidden.forwarded_from, hidden.forwarded_url) == ("Кто-то", None)


def test_doubly_escaped_links() -> None:
    post = _post(_text('<a href="https://a.example/?x=1&amp;amp;y=2">a</a> <a href="?q=%23tag">#tag</a>'))
    assert post.links == ("https://a.example/?x=1&y=2",)


@pytest.mark.parametrize(
    ("shown", "views", "granularity"),
    [("1", 1, 1), ("980", 980, 1), ("29.0K", 29_000, 100), ("2.15K", 2_150, 10), ("8.74M", 8_740_000, 10_000)],
)
def test_rounded_views_say_how_rounded(shown: str, views: int, granularity: int) -> None:
    body = _page(_text("x")).replace(b"37.2K", shown.encode())
    (post,) = parse_channel(body, "https://t.me/s/jol_habar").posts
    assert (post.views, post.views_granularity) == (views, granularity)


def test_edited_is_the_sites_word_and_not_the_authors() -> None:
    body = _page(_text("edited"))
    meta = b'<span class="tgme_widget_message_meta">'
    (plain,) = parse_channel(body, "u").posts
    (edited,) = parse_channel(body.replace(meta, meta + b"edited &nbsp;"), "u").posts
    signed = b'<span class="tgme_widget_message_from_author">edited Ed</span>,&nbsp;'
    (by_ed,) = parse_channel(body.replace(meta, meta + signed), "u").posts
    assert (plain.edited, edited.edited, by_ed.edited) == (False, True, False)
    assert by_ed.author == "edited Ed"


def test_an_album_is_one_post_with_its_members_ids() -> None:
    members = "".join(
        f'<a class="tgme_widget_message_photo_wrap grouped_media_wrap" href="https://t.me/jol_habar/{n}?single"></a>'
        for n in (17, 18, 19)
    )
    post = _post(f'<div class="tgme_widget_message_grouped_wrap">{members}</div>' + _text("x"))
    assert (post.id, post.album_ids, post.album_size, post.media) == (17, (17, 18, 19), 3, ("photo",))


def test_no_preview_is_told_from_a_missing_channel() -> None:
    title = b'<div class="tgme_page_title">Closed</div>'
    description = b'<div class="tgme_page_description">You can contact @closed right away.</div>'
    assert parse_channel(title + description, "u").condition == "no preview"
    assert parse_channel(description, "u").condition == "missing channel"


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b" \n", EmptyBodyError),
        (b"upstream timed out", NotHtmlError),
        (b"<html><body><h1>502 Bad Gateway</h1></body></html>", LayoutError),
        (_page(_text("x"), name="no-id"), LayoutError),
        (_page(_text("x")).replace(b"2025-10-01T", b"yesterday"), LayoutError),
    ],
)
def test_what_is_no_channel_page_is_named(body: bytes, error: type[ParseError]) -> None:
    with pytest.raises(error):
        parse_channel(body, "https://t.me/s/jol_habar")


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


def test_a_post_as_a_document() -> None:
    page = parse_channel(_page(_text("Кезек ұзақ"), name="Jol_Habar/17"), "https://t.me/s/jol_habar")
    document = to_document(page.posts[0], page.channel, SOURCE, "f1")
    assert document is not None
    assert (document.kind, document.title, document.text) == ("post", "", "Кезек ұзақ")
    assert (document.source_id, document.source_side, document.fetch_id) == ("jol-habar", "KZ", "f1")
    assert document.published_at == datetime(2025, 10, 1, 4, 5, 6, tzinfo=UTC)
    other_case = to_document(_post(_text("Кезек ұзақ"), name="jol_habar/17"), page.channel, SOURCE, "f2")
    assert other_case is not None
    assert other_case.document_id == document.document_id
    assert post_key("Jol_Habar", 17) == "jol_habar/17"


def test_service_messages_and_wordless_posts_are_no_documents() -> None:
    page = parse_channel(_page(_text("Channel created"), classes="service_message"), "u")
    assert to_document(page.posts[0], page.channel, SOURCE, None) is None
    assert to_document(_post('<a class="tgme_widget_message_photo_wrap"></a>'), page.channel, SOURCE, None) is None


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


def test_a_page_that_broke_off(shared: Path) -> None:
    body = (shared / "real" / "telegram" / "pages" / "infoscape__page.html").read_bytes()
    whole = {post.id for post in parse_channel(body, "u").posts}
    for cut in range(1, len(body), 1499):
        try:
            page = parse_channel(body[:cut], "u")
        except ParseError:
            continue
        assert {post.id for post in page.posts} <= whole


def test_control_characters_are_no_words() -> None:
    page = (
        '<div class="tgme_widget_message" data-post="kpp/7"><span class="tgme_widget_message_from_author">И\x1bван&#7;</span>'
        '<div class="tgme_widget_message_text js-message_text">\x1b[31mСрочно&#27;[0m:&#8; пост&#xFFFE; <a href="https://a.example/&#1;b">x</a>'
        '</div><a class="tgme_widget_message_date" href="https://t.me/kpp/7"><time datetime="2025-10-01T10:00:00+00:00">10</time></a></div>'
    )
    [post] = parse_channel(page.encode(), "https://t.me/s/kpp").posts
    assert (post.text, post.author, post.links) == ("Срочно: пост x", "Иван", ("https://a.example/b",))
