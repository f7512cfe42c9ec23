"""The public preview pages of channels, `t.me/s/<channel>`, in the markup that Telegram itself serves.

Two generations of the page are written: that of 2023, where media and text stand in the bubble itself, and that of
2026, where they stand in `media_supported_cont` beside a hidden fallback.
"""

from __future__ import annotations

import base64
import html
import json
import re
from datetime import datetime
from urllib.parse import quote

from infra.demo.story import Channel, Post, plain

PAGE_IDS = 20
"""Message ids on one preview page; an album takes several and is never cut in two."""

_TAIL = (
    '<i class="tgme_widget_message_bubble_tail">\n      <svg class="bubble_icon" width="9px" height="20px" '
    'viewBox="0 0 9 20"><g fill="none"><path class="background" fill="#ffffff" '
    'd="M8,1 L9,1 L9,20 L8,20 Z"></path></g></svg>\n    </i>'
)
_TOKEN = re.compile(
    r"\*\*(?P<bold>.+?)\*\*"
    r"|\[(?P<label>[^\]]+)\]\((?P<url>https?://[^)\s]+)\)"
    r"|(?P<bare>https?://[^\s<]+)"
    r"|(?<!\w)\#(?P<tag>\w+)"
    r"|(?<!\w)@(?P<mention>[A-Za-z]\w{3,})"
    r"|(?P<emoji>[\U0001F1E6-\U0001F1FF]{2}|[\U0001F300-\U0001FAFF\u2600-\u27BF\u2B50]\uFE0F?)"
    r"|(?P<newline>\n)"
)


def _escape(text: str) -> str:
    return html.escape(text, quote=False).replace("!", "&#33;").replace("$", "&#036;").replace("'", "&#39;")


def _emoji(character: str) -> str:
    code = character.replace("\ufe0f", "").encode().hex().upper()
    return f'<i class="emoji" style="background-image:url(\'//telegram.org/img/emoji/40/{code}.png\')"><b>{character}</b></i>'


def _anchor(url: str, label: str) -> str:
    confirm = "return confirm('Open this link?\\n\\n'+this.href);"
    return f'<a href="{html.escape(url)}" target="_blank" rel="noopener" onclick="{confirm}">{label}</a>'


def rich(text: str) -> str:
    """Post text as the preview page marks it up."""
    parts: list[str] = []
    end = 0
    for match in _TOKEN.finditer(text):
        parts.append(_escape(text[end : match.start()]))
        end = match.end()
        found = match.groupdict()
        if found["bold"]:
            parts.append(f"<b>{rich(found['bold'])}</b>")
        elif found["label"]:
            parts.append(_anchor(found["url"], _escape(found["label"])))
        elif found["bare"]:
            parts.append(_anchor(found["bare"], _escape(found["bare"])))
        elif found["tag"]:
            parts.append(f'<a href="?q={quote("#" + found["tag"])}">#{found["tag"]}</a>')
        elif found["mention"]:
            parts.append(f'<a href="https://t.me/{found["mention"]}" target="_blank">@{found["mention"]}</a>')
        elif found["emoji"]:
            parts.append(_emoji(found["emoji"]))
        else:
            parts.append("<br/>")
    parts.append(_escape(text[end:]))
    return "".join(parts)


def post_links(text: str) -> list[str]:
    """The addresses that the post's text links to, mentions included and hashtags not, in order."""
    links: list[str] = []
    for match in _TOKEN.finditer(text):
        found = match.groupdict()
        if found["bold"]:
            links += post_links(found["bold"])
        elif found["label"] or found["bare"]:
            links.append(found["url"] or found["bare"])
        elif found["mention"]:
            links.append(f"https://t.me/{found['mention']}")
    return links


def short_number(count: int) -> str:
    """A count as Telegram prints it: `980`, `1.2K`, `29.4K`, `1.05M`."""
    if count < 1000:
        return str(count)
    for size, letter in ((1_000_000, "M"), (1000, "K")):
        if count >= size:
            value = count / size
            return f"{value:.2f}".rstrip("0").rstrip(".") + letter if value < 10 else f"{value:.1f}{letter}"
    raise AssertionError("unreachable: every count is below 1000 or not")


def _image(channel: Channel, post: Post, number: int = 0) -> str:
    key = base64.urlsafe_b64encode(f"{channel.name}/{post.id}/{number}".encode() * 3).decode().rstrip("=")
    return f"https://cdn4.telesco.pe/file/{key}.jpg"


def _photo(channel: Channel, post: Post) -> str:
    return (
        f'<a class="tgme_widget_message_photo_wrap 5{post.id:018d} 12{post.id:08d}_460003289" '
        f'href="{channel.url(post)}" style="width:800px;background-image:url(\'{_image(channel, post)}\')">\n'
        '  <div class="tgme_widget_message_photo" style="padding-top:75%"></div>\n</a>'
    )


def _album(channel: Channel, post: Post) -> str:
    pictures = "".join(
        '<a class="tgme_widget_message_photo_wrap grouped_media_wrap blured js-message_photo" '
        f'style="left:{index * 228}px;top:0px;width:225px;height:301px;margin-right:2px;margin-bottom:0px;'
        f'background-image:url(\'{_image(channel, post, index)}\')" data-ratio="0.75" '
        f'href="https://t.me/{channel.name}/{message_id}?single">\n'
        '  <div class="grouped_media_helper" style="top:0;bottom:0;left:0px;right:0px;">\n'
        '    <div class="tgme_widget_message_photo grouped_media" style="top:0;bottom:0;left:-1px;right:0px;"></div>\n'
        "  </div>\n</a>"
        for index, message_id in enumerate(post.ids)
    )
    return (
        '<div class="tgme_widget_message_grouped_wrap js-message_grouped_wrap" data-margin-w="2" data-margin-h="2" '
        'style="width:453px;">\n  <div class="tgme_widget_message_grouped js-message_grouped" '
        'style="padding-top:66.667%">\n    <div class="tgme_widget_message_grouped_layer js-message_grouped_layer" '
        f'style="width:453px;height:302px">\n      {pictures}\n    </div>\n  </div>\n</div>'
    )


def _video(channel: Channel, post: Post) -> str:
    fallback = (
        '<div class="message_media_not_supported_wrap">\n  <div class="message_media_not_supported">\n'
        '    <div class="message_media_not_supported_label">'
        f"{'Media is too big' if post.too_big else 'This media is not supported in your browser'}</div>\n"
        '    <span class="message_media_view_in_telegram">VIEW IN TELEGRAM</span>\n  </div>\n</div>'
    )
    wrap = (
        ""
        if post.too_big
        else (
            '<div class="tgme_widget_message_video_wrap" style="width:1280px;padding-top:56.25%">\n'
            f'  <video src="{_image(channel, post)[:-4]}.mp4?token=demo" class="tgme_widget_message_video '
            'js-message_video" width="100%" height="100%"></video>\n</div>'
        )
    )
    classes = "tgme_widget_message_video_player" + (" not_supported" if post.too_big else "")
    return (
        f'<a class="{classes} js-message_video_player" href="{channel.url(post)}">'
        f'<i class="tgme_widget_message_video_thumb" style="background-image:url(\'{_image(channel, post)}\')"></i>\n'
        f'{wrap}\n<div class="message_video_play js-message_video_play"></div>\n'
        f'<time class="message_video_duration js-message_video_duration">{post.video}</time>\n{fallback}</a>'
    )


def _voice(channel: Channel, post: Post) -> str:
    wave = ",".join(str((post.id * k) % 32) for k in range(1, 40))
    return (
        f'<a class="tgme_widget_message_voice_player js-message_voice_player" href="{channel.url(post)}">\n'
        f'  <audio class="tgme_widget_message_voice js-message_voice" src="{_image(channel, post)[:-4]}.ogg?token=demo" '
        f'data-ogg="{_image(channel, post)[:-4]}.ogg?token=demo" width="100%" data-waveform="{wave}"></audio>\n'
        '  <div class="tgme_widget_message_voice_play accent_bghover"></div>\n'
        '  <div class="tgme_widget_message_voice_wrap">\n'
        '    <div class="tgme_widget_message_voice_progress_wrap js-message_voice_progress_wrap"></div>\n'
        '    <time class="tgme_widget_message_voice_duration js-message_voice_duration">'
        f"{post.voice}</time>\n  </div>\n</a>"
    )


def _poll(channel: Channel, post: Post) -> str:
    assert post.poll is not None
    options = "".join(
        '<div class="tgme_widget_message_poll_option">\n'
        f'  <div class="tgme_widget_message_poll_option_percent">{share}%</div>\n'
        '  <div class="tgme_widget_message_poll_option_value">\n'
        f'    <div class="tgme_widget_message_poll_option_text">{_escape(option)}</div>\n'
        f'    <div class="tgme_widget_message_poll_option_bar accent_bg" style="width:{share}%"></div>\n'
        "  </div>\n</div>"
        for option, share in post.poll.options
    )
    return (
        '<div class="tgme_widget_message_poll js-poll">\n'
        f'  <div class="tgme_widget_message_poll_question">{_escape(post.poll.question)}</div>\n'
        f'  <div class="tgme_widget_message_poll_type">{post.poll.kind}</div>\n'
        f'  <a class="tgme_widget_message_poll_options" href="{channel.url(post)}">{options}</a>\n</div>'
    )


def _media(channel: Channel, post: Post) -> str:
    parts: list[str] = []
    if post.album:
        parts.append(_album(channel, post))
    elif post.photo:
        parts.append(_photo(channel, post))
    if post.video:
        parts.append(_video(channel, post))
    if post.voice:
        parts.append(_voice(channel, post))
    if post.poll:
        parts.append(_poll(channel, post))
    return "".join(parts)


def _forward(post: Post) -> str:
    if post.forward is None:
        return ""
    name = f'<span dir="auto">{_escape(post.forward.name)}</span>'
    kind = "tgme_widget_message_forwarded_from_name"
    inner = (
        f'<a class="{kind}" href="{post.forward.url}">{name}</a>'
        if post.forward.url
        else f'<span class="{kind}">{name}</span>'
    )
    return f'<div class="tgme_widget_message_forwarded_from accent_color">Forwarded from&nbsp;{inner}</div>'


def _reply(channel: Channel, post: Post, clock: datetime) -> str:
    if post.reply_to is None:
        return ""
    target = channel.by_id(post.reply_to)
    quoted = " ".join(plain(target.text_at(clock)).split())
    if quoted:
        quote_block = (
            f'<div class="tgme_widget_message_text js-message_reply_text" dir="auto">{_escape(quoted[:220])}</div>'
        )
    else:
        label = "Video" if target.video else "Photo"
        quote_block = f'<div class="tgme_widget_message_metatext js-message_reply_text" dir="auto">{label}</div>'
    return (
        f'<a class="tgme_widget_message_reply user-color-12" href="{channel.url(target)}">\n'
        '<div class="tgme_widget_message_author accent_color">\n'
        f'  <span class="tgme_widget_message_author_name" dir="auto">{_escape(channel.title)}</span>\n</div>\n'
        f"{quote_block}\n</a>"
    )


def _preview(post: Post) -> str:
    if post.preview is None:
        return ""
    preview = post.preview
    description = (
        f'<div class="link_preview_description" dir="auto">{_escape(preview.description)}</div>\n'
        if preview.description
        else ""
    )
    return (
        f'<a class="tgme_widget_message_link_preview" href="{html.escape(preview.url)}">\n'
        f'  <div class="link_preview_site_name accent_color" dir="auto">{_escape(preview.site)}</div>\n'
        f'  <div class="link_preview_title" dir="auto">{_escape(preview.title)}</div>\n  {description}</a>'
    )


def _reactions(post: Post) -> str:
    if not post.reactions:
        return ""
    spans = "".join(f'<span class="tgme_reaction">{_emoji(sign)}{short_number(n)}</span>' for sign, n in post.reactions)
    return f'<div class="tgme_widget_message_reactions js-message_reactions">{spans}</div>'


def _footer(channel: Channel, post: Post, clock: datetime) -> str:
    info: list[str] = []
    if post.poll:
        info.append(
            f'<span class="tgme_widget_message_voters">{post.poll.voters}</span><span class="copyonly"> voters</span>'
        )
    if not post.service:
        views = post.views_at(clock)
        info.append(
            f'<span class="tgme_widget_message_views">{short_number(views)}</span>'
            f'<span class="copyonly"> view{"" if views == 1 else "s"}</span>'
        )
    author = (
        f'<span class="tgme_widget_message_from_author" dir="auto">{_escape(post.author)}</span>,&nbsp;'
        if post.author
        else ""
    )
    edited = "edited &nbsp;" if post.edited(clock) else ""
    stamp = post.at.strftime("%Y-%m-%dT%H:%M:%S+00:00")
    info.append(
        f'<span class="tgme_widget_message_meta">{author}{edited}<a class="tgme_widget_message_date" '
        f'href="{channel.url(post)}"><time datetime="{stamp}" class="time">{post.at:%H:%M}</time></a></span>'
    )
    return (
        '<div class="tgme_widget_message_footer compact js-message_footer">\n  \n'
        f'  <div class="tgme_widget_message_info short js-message_info">\n    {"".join(info)}\n  </div>\n</div>'
    )


def message(channel: Channel, post: Post, clock: datetime) -> str:
    """One post as a `tgme_widget_message_wrap` block."""
    text = post.text_at(clock)
    block = f'<div class="tgme_widget_message_text js-message_text" dir="auto">{rich(text)}</div>' if text else ""
    if block and post.album and channel.generation == 2023:
        block = f'<div class="tgme_widget_message_text js-message_text" dir="auto">{block}</div>'
    content = _media(channel, post) + block + _preview(post)
    if channel.generation == 2026 and not post.service:
        if post.album:
            content = (
                '<div class="tgme_widget_message_one_media js-message_media"><div class="media_supported_cont">'
                f"{content}</div></div>"
            )
        content = (
            f'<div class="media_supported_cont">{content}</div><div class="media_not_supported_cont">'
            '<div class="message_media_not_supported_wrap">\n  <div class="message_media_not_supported">\n'
            '    <div class="message_media_not_supported_label">Please open Telegram to view this post</div>\n'
            f'    <a href="{channel.url(post)}" class="message_media_view_in_telegram">VIEW IN TELEGRAM</a>\n'
            "  </div>\n</div></div>"
        )
    view = base64.urlsafe_b64encode(
        json.dumps(
            {"c": -1500000000 - len(channel.name), "p": post.id, "t": 1759500000, "h": f"{post.id:016x}"}
        ).encode()
    ).decode()
    classes = "tgme_widget_message text_not_supported_wrap"
    if post.service:
        classes += " service_message"
    if channel.generation == 2026:
        classes += " user-color-12"
    return (
        f'<div class="tgme_widget_message_wrap js-widget_message_wrap"><div class="{classes} js-widget_message" '
        f'data-post="{channel.name}/{post.id}" data-view="{view.rstrip("=")}">\n'
        f'  <div class="tgme_widget_message_user"><a href="https://t.me/{channel.name}">'
        f'<i class="tgme_widget_message_user_photo bgcolor2" data-content="{_escape(channel.title[:1])}">'
        f'<img src="https://cdn4.telesco.pe/file/{channel.name}.jpg"></i></a></div>\n'
        f'  <div class="tgme_widget_message_bubble">\n    {_TAIL}\n'
        '    <div class="tgme_widget_message_author accent_color"><a class="tgme_widget_message_owner_name" '
        f'href="https://t.me/{channel.name}"><span dir="auto">{_escape(channel.title)}</span></a></div>\n'
        f"{_forward(post)}\n{_reply(channel, post, clock)}\n{content}\n{_reactions(post)}"
        f"{_footer(channel, post, clock)}\n  </div>\n  \n</div></div>"
    )


def page_of(posts: list[Post], before: int | None) -> list[Post]:
    """The posts of one page: the last twenty message ids below `before`, an album never cut in two."""
    page: list[Post] = []
    taken = 0
    for post in reversed([post for post in posts if before is None or post.id < before]):
        if taken >= PAGE_IDS:
            break
        page.append(post)
        taken += len(post.ids)
    return page[::-1]


def _head(title: str, channel: Channel | None, name: str, links: str = "") -> str:
    described = channel.description if channel else ""
    meta = html.escape(described)
    shown = html.escape(channel.title if channel else f"Telegram: Contact @{name}")
    return (
        '<!DOCTYPE html>\n<html>\n  <head>\n    <meta charset="utf-8">\n'
        f"    <title>{html.escape(title)}</title>\n"
        '    <meta name="viewport" content="width=device-width, initial-scale=1.0, minimum-scale=1.0, '
        'maximum-scale=1.0, user-scalable=no" />\n    <meta name="format-detection" content="telephone=no" />\n'
        '    <meta http-equiv="X-UA-Compatible"\n     content="IE=edge" />\n'
        '    <meta name="MobileOptimized" content="176" />\n    <meta name="HandheldFriendly" content="True" />\n    \n'
        f'<meta property="og:title" content="{shown}">\n'
        f'<meta property="og:image" content="https://cdn4.telesco.pe/file/{name}.jpg">\n'
        '<meta property="og:site_name" content="Telegram">\n'
        f'<meta property="og:description" content="{meta}">\n\n'
        f'<meta property="twitter:title" content="{shown}">\n'
        '<meta property="twitter:site" content="@Telegram">\n\n'
        '<meta property="al:ios:app_store_id" content="686449807">\n'
        '<meta property="al:ios:app_name" content="Telegram Messenger">\n'
        f'<meta property="al:ios:url" content="tg://resolve?domain={name}">\n\n'
        f'<meta property="al:android:url" content="tg://resolve?domain={name}">\n'
        '<meta property="al:android:app_name" content="Telegram">\n'
        '<meta property="al:android:package" content="org.telegram.messenger">\n\n'
        f'    {links}\n    <link rel="icon" type="image/svg+xml" href="//telegram.org/img/website_icon.svg?4">\n'
        '    <link href="//telegram.org/css/font-roboto.css?1" rel="stylesheet" type="text/css">\n'
        '    <link href="//telegram.org/css/widget-frame.css?75" rel="stylesheet" media="screen">\n'
        '    <link href="//telegram.org/css/telegram-web.css?39" rel="stylesheet" media="screen">\n'
        "    <script>TBaseUrl='/';</script>\n  </head>\n"
    )


def _header(channel: Channel, posts: int) -> str:
    counters = "".join(
        f'<div class="tgme_channel_info_counter"><span class="counter_value">{value}</span> '
        f'<span class="counter_type">{kind}</span></div>'
        for value, kind in (
            (channel.subscribers, "subscribers"),
            (channel.photos, "photos"),
            (channel.videos, "videos"),
            (channel.links, "links"),
        )
        if value != "0" and (posts or kind == "subscribers")
    )
    verified = '<i class="verified-icon"> ✔</i>' if channel.verified else ""
    return (
        '    <header class="tgme_header search_collapsed">\n  <div class="tgme_container">\n'
        f'    <div class="tgme_header_search"><form class="tgme_header_search_form" action="/s/{channel.name}">'
        '<input class="tgme_header_search_form_input js-header_search" placeholder="Search" name="q" '
        'autocomplete="off" value="" /></form></div>\n'
        '    <div class="tgme_header_right_column">\n      <section class="tgme_right_column">\n'
        '        <div class="tgme_channel_info">\n          <div class="tgme_channel_info_header">\n'
        '            <div class="tgme_channel_info_header_title_wrap">\n'
        '              <div class="tgme_channel_info_header_title">'
        f'<span dir="auto">{_escape(channel.title)}</span>{verified}</div>\n'
        '              <div class="tgme_channel_info_header_labels"></div>\n            </div>\n'
        '            <div class="tgme_channel_info_header_username">'
        f'<a href="https://t.me/{channel.name}">@{channel.name}</a></div>\n          </div>\n'
        f'          <div class="tgme_channel_info_counters">{counters}</div>\n'
        f'          <div class="tgme_channel_info_description">{rich(channel.description)}</div>\n'
        "        </div>\n      </section>\n    </div>\n"
        '    <div class="tgme_header_info"><a class="tgme_channel_join_telegram" href="//telegram.org/dl?tme=demo">'
        'Download Telegram</a><div class="tgme_header_title_wrap"><div class="tgme_header_title">'
        f'<span dir="auto">{_escape(channel.title)}</span></div>'
        f'<div class="tgme_header_counter">{channel.subscribers} subscribers</div></div></div>\n'
        "  </div>\n</header>\n"
    )


def preview_page(channel: Channel, clock: datetime, before: int | None = None) -> str:
    """`t.me/s/<channel>[?before=<id>]` at `clock`: at most twenty message ids, ascending, with a pager to older ones."""
    posts = channel.visible(clock)
    page = page_of(posts, before)
    older = bool(page) and posts[0].id < page[0].id
    links = ""
    if older:
        links += f'<link rel="prev" href="/s/{channel.name}?before={page[0].id}">\n'
    if page:
        links += f'<link rel="canonical" href="/s/{channel.name}?before={page[-1].ids[-1] + 1}">\n'
    pager = ""
    if older:
        anchor = (
            f'<a href="/s/{channel.name}?before={page[0].id}" class="tme_messages_more js-messages_more" '
            f'data-before="{page[0].id}"></a>'
        )
        pager = f'<div class="tgme_widget_message_centered js-messages_more_wrap">{anchor}</div>'
    body = "".join(message(channel, post, clock) for post in page) or (
        '<div class="tgme_widget_message_wrap js-widget_message_wrap"><div class="tgme_widget_message_centered">'
        '<div class="tme_no_messages_found">No posts found</div></div></div>'
    )
    return (
        _head(f"{channel.title} – Telegram", channel, channel.name, links)
        + '  <body class="widget_frame_base tgme_webpreview emoji_image thin_box_shadow tme_mode no_transitions">\n'
        + _header(channel, len(posts))
        + f'<main class="tgme_main" data-url="/{channel.name}">\n  <div class="tgme_container">\n'
        + f'    <section class="tgme_channel_history js-message_history">\n      {pager}{body}\n'
        + "    </section>\n  </div>\n</main>\n"
        + '    <script src="//telegram.org/js/jquery.min.js"></script>\n'
        + '    <script src="//telegram.org/js/widget-frame.js?67"></script>\n'
        + '    <script src="//telegram.org/js/telegram-web.js?14"></script>\n'
        + "    <script>TWeb.init();\n</script>\n    \n  </body>\n</html>\n"
        + f"<!-- page generated in {200 + len(page) * 3.07:.2f}ms -->\n"
    )


def landing_page(channel: Channel) -> str:
    """`t.me/<channel>`: who it is, without posts."""
    preview = (
        f'<div class="tgme_page_context_link_wrap"><a class="tgme_page_context_link" href="/s/{channel.name}">'
        "Preview channel</a></div>\n"
        if channel.has_preview
        else ""
    )
    return (
        _head(f"Telegram: View @{channel.name}", channel, channel.name)
        + '  <body class="no_transition">\n    <div class="tgme_page_wrap">\n      <div class="tgme_body_wrap">\n'
        + '        <div class="tgme_page">\n'
        + f'<div class="tgme_page_title" dir="auto">\n  <span dir="auto">{_escape(channel.title)}</span>\n</div>\n'
        + f'<div class="tgme_page_extra">{channel.subscribers_full} subscribers</div>\n'
        + f'<div class="tgme_page_description" dir="auto">{rich(channel.description)}</div>\n'
        + '<div class="tgme_page_action">\n  <a class="tgme_action_button_new shine" '
        + f'href="tg://resolve?domain={channel.name}">View in Telegram</a>\n</div>\n{preview}'
        + "        </div>\n      </div>\n    </div>\n  </body>\n</html>\n"
    )


def contact_page(name: str) -> str:
    """`t.me/<name>` for a name that nobody has: status 200, and only the body tells."""
    safe = html.escape(name)
    return (
        _head(f"Telegram: Contact @{name}", None, safe)
        + '  <body class="no_transition">\n    <div class="tgme_page_wrap">\n      <div class="tgme_body_wrap">\n'
        + '        <div class="tgme_page">\n          <div class="tgme_page_icon">\n'
        + '  <i class="tgme_icon_user"></i>\n</div>\n<div class="tgme_page_description">\n'
        + '  If you have <strong>Telegram</strong>, you can contact <a class="tgme_username_link" '
        + f'href="tg://resolve?domain={safe}">@{safe}</a> right away.\n</div>\n<div class="tgme_page_action">\n'
        + f'  <a class="tgme_action_button_new" href="tg://resolve?domain={safe}">Send Message</a>\n</div>\n'
        + "        </div>\n      </div>\n    </div>\n  </body>\n</html>\n"
    )
