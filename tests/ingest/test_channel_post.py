"""Posts of channel pages: the traps of the markup one by one, and whatever stands beside the text."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ingest.channel import parse_channel, to_document
from ingest.post import Button, Poll, Reaction, Reply
from ingest.post_media import Medium
from tests.ingest.channel_markup import SOURCE, channel_page, only_post, own_text


def test_a_replys_quote_is_not_the_channels_text() -> None:
    quote = (
        '<a class="tgme_widget_message_reply" href="https://t.me/jol_habar/2"><div '
        'class="tgme_widget_message_text js-message_reply_text">чужие слова</div></a>'
    )
    post = only_post(quote + own_text("свои слова"))
    assert (post.text, post.reply_to_url) == ("свои слова", "https://t.me/jol_habar/2")
    assert only_post(quote.replace("js-message_reply_text", "js-message_text")).text is None


def test_text_nested_in_itself_is_read_once() -> None:
    assert only_post(own_text(own_text("один раз"))).text == "один раз"


def test_both_generations_read_the_same() -> None:
    photo = '<a class="tgme_widget_message_photo_wrap" href="https://t.me/jol_habar/17"></a>'
    fallback = (
        '<div class="media_not_supported_cont"><div class="message_media_not_supported_wrap">'
        '<div class="message_media_not_supported_label">Please open Telegram to view this post</div></div></div>'
    )
    old = only_post(photo + own_text("очередь"))
    new = only_post(f'<div class="media_supported_cont">{photo}{own_text("очередь")}</div>{fallback}')
    assert old == new
    assert not new.unsupported
    notice = '<div class="message_media_not_supported_wrap"><div class="message_media_not_supported_label">Please</div></div>'
    assert only_post(notice).unsupported


def test_quotes_and_code_stand_on_lines_of_their_own() -> None:
    assert only_post(own_text("до<blockquote>цитата</blockquote>после")).text == "до\nцитата\nпосле"
    assert only_post(own_text("до<br/><blockquote>цитата<br/></blockquote>после")).text == "до\nцитата\nпосле"


def test_forwards_with_and_without_a_named_origin() -> None:
    name = "tgme_widget_message_forwarded_from_name"
    linked = f'<div>Forwarded from <a class="{name}" href="https://t.me/src/9">Дерек</a></div>'
    post = only_post(linked + own_text("x"))
    assert (post.forwarded_from, post.forwarded_url) == ("Дерек", "https://t.me/src/9")
    hidden = only_post(f'<div>Forwarded from <span class="{name}">Кто-то</span></div>' + own_text("x"))
    assert (hidden.forwarded_from, hidden.forwarded_url) == ("Кто-то", None)


def test_doubly_escaped_links() -> None:
    post = only_post(own_text('<a href="https://a.example/?x=1&amp;amp;y=2">a</a> <a href="?q=%23tag">#tag</a>'))
    assert post.links == ("https://a.example/?x=1&y=2",)


@pytest.mark.parametrize(
    ("shown", "views", "granularity"),
    [
        ("0", 0, 1),
        ("1", 1, 1),
        ("980", 980, 1),
        ("29.0K", 29_000, 100),
        ("2.15K", 2_150, 10),
        ("826K", 826_000, 1_000),
        ("8.74M", 8_740_000, 10_000),
        ("1,2K", 1_200, 100),
        ("1 234", 1_234, 1),
        ("11&nbsp;286&nbsp;994", 11_286_994, 1),
        ("1,234", 1_234, 1),
        ("1.2B", 1_200_000_000, 100_000_000),
    ],
)
def test_rounded_views_say_how_rounded(shown: str, views: int, granularity: int) -> None:
    body = channel_page(own_text("x")).replace(b"37.2K", shown.encode())
    (post,) = parse_channel(body, "https://t.me/s/jol_habar").posts
    assert (post.views, post.views_granularity) == (views, granularity)


def test_edited_is_the_sites_word_and_not_the_authors() -> None:
    body = channel_page(own_text("edited"))
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
    post = only_post(f'<div class="tgme_widget_message_grouped_wrap">{members}</div>' + own_text("x"))
    assert (post.id, post.album_ids, post.album_size, post.media) == (17, (17, 18, 19), 3, ("photo",))


def test_control_characters_are_no_words() -> None:
    page = (
        '<div class="tgme_widget_message" data-post="kpp/7"><span class="tgme_widget_message_from_author">И\x1bван&#7;</span>'
        '<div class="tgme_widget_message_text js-message_text">\x1b[31mСрочно&#27;[0m:&#8; пост&#xFFFE; <a href="https://a.example/&#1;b">x</a>'
        '</div><a class="tgme_widget_message_date" href="https://t.me/kpp/7"><time datetime="2025-10-01T10:00:00+00:00">10</time></a></div>'
    )
    [post] = parse_channel(page.encode(), "https://t.me/s/kpp").posts
    assert (post.text, post.author, post.links) == ("Срочно: пост x", "Иван", ("https://a.example/b",))


def test_a_button_is_no_text_and_its_address_is_kept() -> None:
    keyboard = (
        '<div class="tgme_widget_message_inline_keyboard"><div class="tgme_widget_message_inline_row"><a '
        'class="tgme_widget_message_inline_button url_button" href="https://a.example/kpp?x=1&amp;amp;y=2"><span '
        'class="tgme_widget_message_inline_button_text">Онлайн</span></a></div></div>'
    )
    body = channel_page(own_text('<a href="https://a.example/">очередь</a>') + keyboard)
    page = parse_channel(body, "https://t.me/s/jol_habar")
    (post,) = page.posts
    assert (post.text, post.links) == ("очередь", ("https://a.example/",))
    assert post.buttons == (Button("Онлайн", "https://a.example/kpp?x=1&y=2"),)
    document = to_document(post, page.channel, SOURCE, None)
    assert document is not None
    assert document.links == ("https://a.example/", "https://a.example/kpp?x=1&y=2")


def test_media_are_kept_with_their_addresses() -> None:
    page = parse_channel(
        channel_page(
            '<a class="tgme_widget_message_photo_wrap" href="https://t.me/jol_habar/17" '
            "style=\"width:800px;background-image:url('//cdn.example/a.jpg?x=1&amp;y=2')\"></a>"
            '<a class="tgme_widget_message_video_player" href="https://t.me/jol_habar/17"><i '
            'class="tgme_widget_message_video_thumb" style="background-image:url(&quot;https://cdn.example/t&quot;)"></i>'
            '<video src="https://cdn.example/v.mp4?token=1"></video><time class="message_video_duration">0:34</time></a>'
            '<a class="tgme_widget_message_document_wrap" href="https://t.me/jol_habar/17"><div '
            'class="tgme_widget_message_document_title">Тізім.pdf</div><div '
            'class="tgme_widget_message_document_extra">2.1 MB</div></a>'
            '<div class="tgme_widget_message_sticker_wrap"><i class="tgme_widget_message_sticker" data-webp='
            '"https://cdn.example/s.webp" style="background-image:url(data:image/svg+xml;base64,AAAA)"></i></div>'
            + own_text("x")
        ),
        "https://t.me/s/jol_habar",
    )
    (post,) = page.posts
    photo, video, file, sticker = post.media_items
    assert photo == Medium("photo", "https://cdn.example/a.jpg?x=1&y=2")
    assert video == Medium("video", "https://cdn.example/v.mp4?token=1", "https://cdn.example/t", duration="0:34")
    assert file == Medium("document", "https://t.me/jol_habar/17", name="Тізім.pdf", size="2.1 MB")
    assert sticker == Medium("sticker", "https://cdn.example/s.webp")
    assert post.media == ("photo", "video", "document", "sticker")
    document = to_document(post, page.channel, SOURCE, None)
    assert document is not None
    assert document.media_urls == (
        "https://cdn.example/a.jpg?x=1&y=2",
        "https://cdn.example/v.mp4?token=1",
        "https://cdn.example/t",
        "https://t.me/jol_habar/17",
        "https://cdn.example/s.webp",
    )


@pytest.mark.parametrize(
    ("classes", "kind"),
    [
        ("tgme_widget_message_document_wrap", "document"),
        ("tgme_widget_message_voice_player", "voice"),
        ("tgme_widget_message_roundvideo_player", "round_video"),
        ("tgme_widget_message_location_wrap", "location"),
        ("tgme_widget_message_contact_wrap", "contact"),
        ("tgme_widget_message_invoice", "invoice"),
        ("tgme_widget_message_game", "game"),
    ],
)
def test_kinds_of_media(classes: str, kind: str) -> None:
    assert only_post(f'<div class="{classes}"></div>').media == (kind,)


def test_a_songs_file_is_audio() -> None:
    icon = '<div class="tgme_widget_message_document_icon audio"></div>'
    assert only_post(f'<a class="tgme_widget_message_document_wrap">{icon}</a>').media == ("audio",)


def test_the_channels_new_picture_is_no_media_of_a_post_but_its_address_is_kept() -> None:
    picture = '<a class="tgme_widget_message_service_photo"><img src="https://cdn.example/new.jpg"></a>'
    post = only_post(picture + own_text("Channel photo updated"), classes="service_message")
    assert (post.service, post.media, post.media_urls) == (True, (), ("https://cdn.example/new.jpg",))


def test_a_poll_with_its_voters() -> None:
    option = (
        '<div class="tgme_widget_message_poll_option"><div class="tgme_widget_message_poll_option_percent">{}%</div>'
        '<div class="tgme_widget_message_poll_option_text">{}</div></div>'
    )
    post = only_post(
        '<div class="tgme_widget_message_poll"><div class="tgme_widget_message_poll_question">Стоите?</div><div '
        f'class="tgme_widget_message_poll_type">Anonymous Poll</div>{option.format(83, "Да")}{option.format(17, "Нет")}</div>'
        '<span class="tgme_widget_message_voters">1.2K</span>'
    )
    assert post.poll == Poll("Стоите?", "Anonymous Poll", (("Да", "83%"), ("Нет", "17%")), voters=1200)
    assert post.text is None


def test_emoji_spoilers_code_and_hashtags() -> None:
    emoji = '<i class="emoji" style="background-image:url(\'//telegram.org/img/emoji/40/F09F9A9B.png\')"><b>🚛</b></i>'
    post = only_post(
        own_text(
            f'<tg-emoji emoji-id="5">{emoji}</tg-emoji> <tg-spoiler>тайна</tg-spoiler><pre>12  фур</pre><s>ложь</s> '
            '<a href="?q=%23%D0%BA%D0%BF%D0%BF">#кпп</a> <a href="https://t.me/kpp_kz">@kpp_kz</a>'
            '<a href="mailto:a@a.example">почта</a>'
        )
    )
    assert post.text == "🚛 тайна\n12 фур\nложь #кпп @kpp_kzпочта"
    assert (post.hashtags, post.links, post.media_urls) == (("#кпп",), ("https://t.me/kpp_kz",), ())


def test_who_signed_sent_and_first_wrote() -> None:
    post = only_post(
        '<div class="tgme_widget_message_forwarded_from">Forwarded from&nbsp;<a '
        'class="tgme_widget_message_forwarded_from_name" href="https://t.me/src/9">Дерек</a> (<span '
        'class="tgme_widget_message_forwarded_from_author">Айгүл</span>) via <a class="tgme_widget_message_via_bot" '
        'href="https://t.me/gif">@gif</a></div>' + own_text("x")
    )
    assert (post.forwarded_from, post.forwarded_author, post.via_bot) == ("Дерек", "Айгүл", "@gif")


def test_a_forward_without_any_name_is_still_a_forward() -> None:
    said = '<div class="tgme_widget_message_forwarded_from">Forwarded from&nbsp;{}</div>' + own_text("x")
    assert only_post(said.format("Deleted Account")).forwarded_from == "Deleted Account"
    assert only_post(said.format("")).forwarded_from == "Forwarded from"


def test_an_answer_to_a_post_that_is_gone() -> None:
    post = only_post(
        '<div class="tgme_widget_message_reply"><div class="tgme_widget_message_metatext js-message_reply_text">Deleted '
        "message</div></div>" + own_text("свои слова")
    )
    assert (post.reply, post.reply_to_url) == (Reply(None, None, "Deleted message"), None)
    assert post.text == "свои слова"


def test_what_stands_in_a_reply_or_a_card_is_not_the_posts() -> None:
    inside = (
        '<a class="tgme_widget_message_photo_wrap" style="background-image:url(https://cdn.example/x.jpg)"></a>'
        '<span class="tgme_widget_message_from_author">Чужой</span>' + own_text("чужое")
    )
    for kind in ("tgme_widget_message_reply", "tgme_widget_message_link_preview", "media_not_supported_cont"):
        post = only_post(f'<div class="{kind}">{inside}</div>' + own_text("свое"))
        assert (post.text, post.media, post.author) == ("свое", (), None), kind


def test_only_a_fallback_is_an_unsupported_post() -> None:
    fallback = '<div class="media_not_supported_cont"><div class="message_media_not_supported_wrap"></div></div>'
    assert only_post(fallback).unsupported
    assert not only_post(fallback + own_text("x")).unsupported


@pytest.mark.parametrize(
    ("stamp", "utc", "precision"),
    [
        ("2025-10-01T04:05:06+00:00", "2025-10-01T04:05:06+00:00", "second"),
        ("2025-10-01T09:05:06+05:00", "2025-10-01T04:05:06+00:00", "second"),
        ("2025-10-01T04:05:06Z", "2025-10-01T04:05:06+00:00", "second"),
        ("2025-10-01T04:05:06.250+00:00", "2025-10-01T04:05:06.250000+00:00", "second"),
        ("2025-10-01T09:05+0500", "2025-10-01T04:05:00+00:00", "minute"),
        ("2025-10-01 04:05", "2025-10-01T04:05:00+00:00", "minute"),
        ("2025-10-01", "2025-10-01T00:00:00+00:00", "day"),
    ],
)
def test_times_are_utc_with_their_precision(stamp: str, utc: str, precision: str) -> None:
    body = channel_page(own_text("x")).replace(b"2025-10-01T04:05:06+00:00", stamp.encode())
    (post,) = parse_channel(body, "u").posts
    assert (post.published_at.isoformat(), post.published_precision) == (utc, precision)


def test_views_that_are_no_number_are_named() -> None:
    page = parse_channel(channel_page(own_text("x")).replace(b"37.2K", b"many"), "u")
    (post,) = page.posts
    assert (post.views, post.views_raw, post.views_granularity) == (None, "many", None)
    assert page.problems == ("post jol_habar/17 counts 'many'",)


@pytest.mark.parametrize(
    "inner",
    [
        '<div class="tgme_widget_message_sticker_wrap"><picture class="tgme_widget_message_tgsticker">{}</picture></div>',
        '<picture class="tgme_widget_message_tgsticker">{}</picture>',
    ],
)
def test_an_animated_sticker_is_one_sticker(inner: str) -> None:
    sources = '<source srcset="https://cdn.example/a.tgs"><source srcset="data:image/svg+xml;base64,AAAA">'
    assert only_post(inner.format(sources)).media_items == (Medium("sticker", "https://cdn.example/a.tgs"),)


def test_entities_and_invisible_characters() -> None:
    text = '\u200b\u200b<a href="https://telegra.ph/x"></a>Шекара&#33; &#036;5 &amp; don&#39;t&nbsp;wait <span style="width:104px"></span>'
    assert only_post(own_text(text)).text == "Шекара! $5 & don't\xa0wait"


def test_the_time_of_a_post_is_not_that_of_its_video() -> None:
    video = '<a class="tgme_widget_message_video_player"><time class="message_video_duration">0:34</time></a>'
    assert only_post(video).published_at == datetime(2025, 10, 1, 4, 5, 6, tzinfo=UTC)


def test_reactions_are_counts_beside_an_emoji() -> None:
    emoji = '<i class="emoji"><b>🔥</b></i>'
    page = parse_channel(
        channel_page(
            f'<div class="tgme_widget_message_reactions"><span class="tgme_reaction">{emoji}27.9K</span><span '
            'class="tgme_reaction tgme_reaction_paid"><i class="icon icon-telegram-stars"></i>3</span><span '
            'class="tgme_reaction"><tg-emoji emoji-id="5"></tg-emoji>some</span></div>'
        ),
        "u",
    )
    (post,) = page.posts
    assert post.reactions == (
        Reaction("27.9K", 27_900, paid=False, emoji_id=None),
        Reaction("3", 3, paid=True, emoji_id=None),
        Reaction("some", None, paid=False, emoji_id="5"),
    )
    assert page.problems == ("post jol_habar/17 counts 'some'",)


def test_a_text_of_the_time_before_the_sites_script_marked_it() -> None:
    reply = '<a class="tgme_widget_message_reply"><div class="tgme_widget_message_text">чужое</div></a>'
    assert only_post(reply + '<div class="tgme_widget_message_text">свое</div>').text == "свое"


def test_a_video_that_only_the_app_shows() -> None:
    label = (
        '<div class="message_media_not_supported_wrap"><div class="message_media_not_supported_label">{}</div></div>'
    )
    player = '<a class="tgme_widget_message_video_player{}">{}</a>'
    too_big = only_post(player.format(" not_supported", label.format("Media is too big")))
    shown = only_post(player.format("", label.format("This media is not supported in your browser")))
    assert (too_big.too_big, shown.too_big) == (True, False)
    assert not too_big.unsupported and not shown.unsupported


def test_the_indentation_of_a_page_that_was_formatted_anew_is_one_line_break() -> None:
    assert only_post(own_text("первая<br/>\n        <br/>   <br/>вторая")).text == "первая\n\n\n \nвторая"
    assert only_post(own_text("до<pre>а<b>   </b>б</pre>")).text == "до\nа б"


def test_the_picture_of_an_emoji_is_no_medium() -> None:
    emoji = '<i class="emoji" style="background-image:url(\'//telegram.org/img/emoji/40/F09F9A9B.png\')"><b>🚛</b></i>'
    question = f'<div class="tgme_widget_message_poll_question">{emoji} Стоите?</div>'
    post = only_post(f'<div class="tgme_widget_message_poll">{question}</div>')
    assert post.media_items == (Medium("poll", None, name="🚛 Стоите?"),)
    assert post.media_urls == ()


def test_a_post_has_its_own_address_whatever_its_date_links_to() -> None:
    body = channel_page(own_text("x")).replace(b"t.me/jol_habar/17", b"t.me/jol_habar/18")
    assert parse_channel(body, "u").posts[0].url == "https://t.me/jol_habar/17"
    body = channel_page(own_text("x")).replace(b"t.me/jol_habar/17", b"t.me/Jol_Habar/17?single")
    assert parse_channel(body, "u").posts[0].url == "https://t.me/Jol_Habar/17"
