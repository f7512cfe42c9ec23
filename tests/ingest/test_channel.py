"""Channel pages: what they are, which posts of them can't be read, where to page on from, posts as documents."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.channel import Landing, parse_channel, post_key, to_document
from ingest.channel_json import channel_json
from ingest.errors import EmptyBodyError, LayoutError, NotHtmlError, ParseError
from tests.ingest.channel_markup import SOURCE, channel_page, message, only_post, own_text, page_of


def test_no_preview_is_told_from_a_missing_channel() -> None:
    title = b'<div class="tgme_page_title">Closed</div>'
    description = b'<div class="tgme_page_description">You can contact @closed right away.</div>'
    assert parse_channel(title + description, "u").condition == "no preview"
    assert parse_channel(description, "u").condition == "missing channel"


@pytest.mark.parametrize(
    ("body", "condition"),
    [
        ('<section class="tgme_channel_history"></section>', "no posts"),
        (
            '<section class="tgme_channel_history"><div class="tme_no_messages_found">No posts</div></section>',
            "no posts",
        ),
        ('<div class="tgme_page_title">A</div><a class="tgme_page_context_link" href="/s/a">Preview</a>', "landing"),
        (
            '<div class="tgme_page_title">A</div><a class="tgme_page_context_link" href="https://t.me/s/a">P</a>',
            "landing",
        ),
        ('<div class="tgme_page_title">A</div><a class="tgme_page_context_link" href="tg://a">P</a>', "no preview"),
        ('<div class="tgme_page_widget"><script data-telegram-post="a/1"></script></div>', "post page"),
        (
            '<div class="tgme_widget_message err_message"><div class="tgme_widget_message_error">Post not found</div></div>',
            "missing post",
        ),
    ],
)
def test_pages_without_posts_have_a_name(body: str, condition: str) -> None:
    page = parse_channel(body.encode(), "https://t.me/a")
    assert (page.condition, page.posts, page.problems) == (condition, (), ())


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b" \n", EmptyBodyError),
        (b'""', EmptyBodyError),
        (b'"not found"', NotHtmlError),
        (b"upstream timed out", NotHtmlError),
        (b"<html><body><h1>502 Bad Gateway</h1></body></html>", LayoutError),
        (channel_page(own_text("x"), name="no-id"), LayoutError),
        (channel_page(own_text("x")).replace(b"2025-10-01T", b"yesterday"), LayoutError),
    ],
)
def test_what_is_no_channel_page_is_named(body: bytes, error: type[ParseError]) -> None:
    with pytest.raises(error):
        parse_channel(body, "https://t.me/s/jol_habar")


def test_a_landing_page_says_whose_it_is() -> None:
    page = parse_channel(
        '<div class="tgme_page_title"><span>Pavel</span><i class="verified-icon"> ✔</i></div><div '
        'class="tgme_page_extra">11 286 994 subscribers</div><div class="tgme_page_description">Founder.</div>'.encode(),
        "https://t.me/durov",
    )
    assert page.channel.landing == Landing("Pavel", "11 286 994 subscribers", "Founder.")
    assert (page.condition, page.channel.verified, page.channel.title) == ("no preview", True, None)


def test_a_bad_post_costs_no_neighbour() -> None:
    body = page_of(
        message(own_text("первый")),
        message(own_text("без имени"), name="jol_habar"),
        message(own_text("без времени"), name="jol_habar/18").replace("datetime=", "data-x="),
        message(own_text("третий"), name="jol_habar/19"),
    )
    page = parse_channel(body, "https://t.me/s/jol_habar")
    assert [post.id for post in page.posts] == [17, 19]
    assert page.problems == (
        "a post is named 'jol_habar', where <channel>/<id> was expected",
        "post jol_habar/18 has no time that can be read ('')",
    )
    assert page.unread_ids == {18}
    assert page.ids == {17, 18, 19}
    assert channel_json(page)["channel"]["problems"] == list(page.problems)


def test_a_page_that_breaks_off_says_so() -> None:
    body = page_of(message(own_text("первый")), message(own_text("второй"), name="jol_habar/18"))
    assert parse_channel(body, "u").problems == ()
    cut = body[: body.index("второй".encode())]
    page = parse_channel(cut, "u")
    assert [post.id for post in page.posts] == [17]
    assert page.problems[-1] == "the page breaks off"
    assert page.broken_off
    with pytest.raises(LayoutError, match="breaks off"):
        parse_channel(b'<html><body><section class="tgme_channel_history">', "u")


def test_a_page_that_broke_off(shared: Path) -> None:
    body = (shared / "real" / "telegram" / "pages" / "infoscape__page.html").read_bytes()
    whole = {post.id for post in parse_channel(body, "u").posts}
    for cut in range(1, len(body), 1499):
        try:
            page = parse_channel(body[:cut], "u")
        except ParseError:
            continue
        assert {post.id for post in page.posts} <= whole


def test_the_answer_to_the_sites_own_script_is_a_json_string() -> None:
    body = channel_page(own_text("кезек"))
    pager = b'<a class="tme_messages_more js-messages_more" data-%b="%d"></a>'
    inner = pager % (b"before", 17) + body + pager % (b"after", 36)
    page = parse_channel(json.dumps(inner.decode()).encode(), "https://t.me/s/jol_habar?before=37")
    assert (page.before, page.after) == (17, 36)
    assert page.posts == parse_channel(body, "u").posts
    with pytest.raises(NotHtmlError):
        parse_channel(json.dumps(inner.decode()).encode()[:-20], "u")


def test_pages_are_turned_by_the_heads_links_where_there_is_no_pager() -> None:
    head = '<link rel="prev" href="/s/jol_habar?before=17"><link rel="next" href="/s/jol_habar?q=x&after=40">'
    page = parse_channel(channel_page(own_text("x"), head=head), "u")
    assert (page.before, page.after) == (17, 40)
    assert (page.rel_prev, page.rel_next) == ("/s/jol_habar?before=17", "/s/jol_habar?q=x&after=40")
    pager = '<a class="tme_messages_more" data-before="12"></a>'
    assert parse_channel(channel_page(own_text("x"), head=head + pager), "u").before == 12
    # The page's own script has added older posts since the head was written.
    loaded = page_of(message(own_text("y"), name="jol_habar/5"), message(own_text("x")), head=head)
    assert parse_channel(loaded, "u").before is None
    strange = parse_channel(channel_page(own_text("x"), head=head + pager.replace("12", "top")), "u")
    assert (strange.before, strange.problems) == (None, ("the pager leads to 'top'",))
    end = parse_channel(channel_page(own_text("x")), "u")
    assert (end.before, end.after) == (None, None)


@pytest.mark.parametrize("host", ["t.me", "telegram.me", "telegram.dog", "www.telegram.me"])
def test_a_posts_addresses_do_not_depend_on_the_host_that_answered(host: str) -> None:
    inner = (
        '<a class="tgme_widget_message_forwarded_from_name" href="https://t.me/src/9">Дерек</a><a '
        'class="tgme_widget_message_reply" href="https://t.me/jol_habar/2"></a>' + own_text("x")
    )
    page = parse_channel(channel_page(inner).replace(b"//t.me/", f"//{host}/".encode()), f"https://{host}/s/jol_habar")
    (post,) = page.posts
    assert post.url == "https://t.me/jol_habar/17"
    assert (post.forwarded_url, post.reply_to_url) == ("https://t.me/src/9", "https://t.me/jol_habar/2")
    mirror = parse_channel(channel_page(inner).replace(b"//t.me/", b"//127.0.0.1:8080/"), "u").posts[0]
    assert mirror.url == "https://t.me/jol_habar/17"


def test_a_channel_keeps_its_number_under_another_name() -> None:
    view = base64.urlsafe_b64encode(b'{"c":-1036240821,"p":17}').decode().rstrip("=")
    for name in ("old_name", "new_name"):
        body = channel_page(own_text("x"), name=f"{name}/17").replace(
            b"data-post", f'data-view="{view}" data-post'.encode()
        )
        page = parse_channel(body, "u")
        assert (page.channel.name, page.channel.number) == (name, 1036240821)
    assert only_post(own_text("x")).channel_id is None


def test_a_post_as_a_document() -> None:
    page = parse_channel(channel_page(own_text("Кезек ұзақ"), name="Jol_Habar/17"), "https://t.me/s/jol_habar")
    document = to_document(page.posts[0], page.channel, SOURCE, "f1")
    assert document is not None
    assert (document.kind, document.title, document.text) == ("post", "", "Кезек ұзақ")
    assert (document.source_id, document.source_side, document.fetch_id) == ("jol-habar", "KZ", "f1")
    assert document.published_at == datetime(2025, 10, 1, 4, 5, 6, tzinfo=UTC)
    other_case = to_document(only_post(own_text("Кезек ұзақ"), name="jol_habar/17"), page.channel, SOURCE, "f2")
    assert other_case is not None
    assert other_case.document_id == document.document_id
    assert post_key("Jol_Habar", 17) == "jol_habar/17"


def test_service_messages_and_wordless_posts_are_no_documents() -> None:
    page = parse_channel(channel_page(own_text("Channel created"), classes="service_message"), "u")
    assert to_document(page.posts[0], page.channel, SOURCE, None) is None
    assert to_document(only_post('<a class="tgme_widget_message_photo_wrap"></a>'), page.channel, SOURCE, None) is None


def test_a_post_that_is_not_closed_keeps_to_itself() -> None:
    photo = '<a class="tgme_widget_message_photo_wrap" href="https://t.me/jol_habar/18"></a>'
    first = message(own_text("первый")).rstrip().removesuffix("</div>").removesuffix("</div>")
    page = parse_channel(page_of(first, message(photo + own_text("второй"), name="jol_habar/18")), "u")
    assert [(post.id, post.text, post.media) for post in page.posts] == [
        (17, "первый", ()),
        (18, "второй", ("photo",)),
    ]


def test_bytes_that_no_page_needs() -> None:
    body = channel_page(own_text("первый"))
    plain = parse_channel(body, "u")
    assert parse_channel(b"\xef\xbb\xbf" + body.replace("первый".encode(), "пер\0вый".encode()), "u") == plain
    answer = b"\xef\xbb\xbf" + json.dumps(body.decode()).encode()
    assert parse_channel(answer, "u") == plain
