"""The real saved channel pages, single posts and embedded posts: every field that their expected values name.

Read as `kezek parse` prints them. A field of the expected values that no line here compares fails the test.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from ingest.channel import parse_channel
from ingest.channel_json import channel_json

PAGES = {
    "any2feed__full": "posts",
    "ducksrating__live_snapshot": "posts",
    "feedjam__page_example": "posts",
    "feedjam__telegram-web": "post page",
    "gnupinguin__invalid_channel": "missing channel",
    "infoscape__page": "posts",
    "sherlock-telegram__tme_channel": "landing",
    "sherlock-telegram__tme_free": "missing channel",
}
FRAGMENTS = [
    "message_link_preview",
    "message_link_preview_text_only",
    "message_link_preview_video",
    "message_media_forwarded_from",
    "message_poll",
    "message_sticker",
    "message_voice",
]


@pytest.fixture
def real(shared: Path) -> Path:
    return shared / "real" / "telegram"


def _printed(path: Path, url: str = "https://t.me/s/some") -> dict[str, Any]:
    return channel_json(parse_channel(path.read_bytes(), url))


def _gold(real: Path, name: str) -> Any:
    return json.loads((real / "gold" / f"{name}.json").read_text())


def _only(values: dict[str, Any], names: Any) -> dict[str, Any]:
    return {name: values.get(name, "not there") for name in names}


def _assert_posts(got: list[dict[str, Any]], expected: list[dict[str, Any]]) -> None:
    assert [_only(post, gold) for post, gold in zip(got, expected, strict=True)] == expected


@pytest.mark.parametrize(("name", "condition"), PAGES.items())
def test_preview_pages(real: Path, name: str, condition: str) -> None:
    gold = _gold(real, name)
    del gold["gold_kind"]  # says how the values were made
    printed = _printed(real / "pages" / f"{name}.html")
    channel = printed["channel"]
    assert list(printed) == ["kind", "channel", "posts", "before"]
    assert (printed["kind"], channel["condition"], channel["problems"]) == ("channel", condition, [])
    assert channel["title"] == gold.pop("channel_title")
    assert channel["page_title"] == gold.pop("title")
    assert (condition == "no posts") == gold.pop("no_posts_found")
    for key, shown in (("data_before", printed["before"]), ("data_after", channel["after"])):
        assert (None if shown is None else str(shown)) == gold.pop(key)
    _assert_posts(printed["posts"], gold.pop("posts"))
    assert _only(channel, gold) == gold


@pytest.mark.parametrize("name", FRAGMENTS)
def test_single_posts(real: Path, name: str) -> None:
    printed = _printed(real / "fragments" / f"any2feed__{name}.html")
    _assert_posts(printed["posts"], _gold(real, f"any2feed__{name}"))


def _as_tchan(post: dict[str, Any]) -> dict[str, Any]:
    """The post in the words of the set that people marked: its own names, one type, addresses with what they are of."""
    # Of one and the same markup, a voice player, one set says "audio" and the other "voice". It is a voice message.
    own = {"voice": "audio"}
    media = [own.get(kind, kind) for kind in post["media"]]
    urls = []
    for item in post["media_items"]:
        kind = {"voice": "audio", "channel_photo": "photo", "location": "link"}.get(item["kind"], item["kind"])
        if item["url"]:
            urls.append([kind, item["url"]])
        if item["thumb_url"] and item["kind"] == "video":
            urls.append(["thumbnail-video", item["thumb_url"]])
    if (reply := post["reply_to"]) and reply["thumb_url"]:
        urls.append(["thumbnail-reply", reply["thumb_url"]])
    urls += [["link", link] for link in post["links"]]
    preview = post["link_preview"] or {}
    said = {
        "forwarded_author": post["forwarded_from"],
        "forwarded_author_url": post["forwarded_url"],
        "reply_to_id": post["reply_to_url"] and int(post["reply_to_url"].rpartition("/")[2]),
        "preview_url": preview.get("url"),
        "preview_site_name": preview.get("site"),
        "preview_title": preview.get("title"),
        "preview_description": post["preview_description"],
        "preview_image_url": post["preview_image_url"],
    }
    return {
        "id": post["id"],
        "created_at": post["published"],
        "type": "service" if post["service"] else media[0] if media else "text",
        "channel": post["channel"],
        "author": post["author"],
        "edited": post["edited"],
        "urls": urls,
        "text": post["text"],
        "views": post["views"],
    } | {key: value for key, value in said.items() if value is not None}


def test_single_posts_read_by_people(real: Path) -> None:
    gold = _gold(real, "tchan_fragments")
    del gold["channel_info"]
    assert len(gold) == 16
    for name, expected in gold.items():
        printed = _printed(real / "fragments" / f"tchan__{name}.html")
        got = [_as_tchan(post) for post in printed["posts"]]
        assert got == ([expected] if expected else []), name
        assert printed["channel"]["condition"] == ("posts" if expected else "no posts")


def test_head_of_a_channel_read_by_people(real: Path) -> None:
    expected = _gold(real, "tchan_fragments")["channel_info"]
    channel = _printed(real / "fragments" / "tchan__channel_info.html")["channel"]
    counters = {counter["type"].rstrip("s") + "s": int(counter["value"]) for counter in channel["counters"]}
    assert channel["name"] == expected["username"]
    assert _only(channel, ["title", "description", "image_url"]) == _only(
        expected, ["title", "description", "image_url"]
    )
    assert counters == _only(expected, counters)


def _as_honeykingdom(printed: dict[str, Any]) -> dict[str, Any]:
    """The embedded post in the names of the set that people marked."""
    if printed["channel"]["condition"] == "missing post":
        return {"type": "not-found", "post": None}
    (post,) = printed["posts"]
    if post["service"]:
        return {"type": "service-message", "post": None}
    got = {
        "id": post["id"],
        "channel": {"id": printed["channel"]["id"], "name": post["channel"], "title": post["channel_title"]},
        "date": int(datetime.fromisoformat(post["published"]).timestamp()) * 1000,
        "link": post["url"],
        "bodyText": " ".join(post["text"].split()),
        "media": [
            {
                key: value
                for key, value in {
                    "type": {"photo": "image"}.get(item["kind"], item["kind"]),
                    "url": item["url"],
                    "thumbUrl": item["thumb_url"],
                    "duration": item["duration"],
                }.items()
                if value is not None
            }
            for item in post["media_items"]
        ],
    }
    if reply := post["reply_to"]:
        name, number = reply["url"].split("/")[-2:]
        got["replyTo"] = {"postId": int(number), "channelName": name, "channelTitle": reply["author"]}
        got["replyTo"]["bodyText"] = reply["text"]
    if post["forwarded_from"]:
        name, number = post["forwarded_url"].split("/")[-2:]
        got["forwardedFrom"] = {"channelName": name, "channelTitle": post["forwarded_from"], "postId": int(number)}
    return {"type": "post", "post": got}


def test_embedded_posts_read_by_people(real: Path) -> None:
    gold = _gold(real, "embed_honeykingdom")
    assert len(gold) == 7
    for name, expected in gold.items():
        assert _as_honeykingdom(_printed(real / "embed" / name, "https://t.me/some/1?embed=1")) == expected, name


def test_a_page_as_another_project_reads_it(real: Path) -> None:
    posts = {post["url"]: post for post in _printed(real / "pages" / "infoscape__page.html")["posts"]}
    expected = _gold(real, "infoscape__canon_posts")
    assert [post["link"] for post in expected] == list(posts)
    for gold in expected:
        post = posts[gold["link"]]
        assert datetime.fromisoformat(post["published"]).timestamp() == gold["timestamp"]
        assert gold["source_id"] == post["channel"]
        assert gold["heading"] == post["text"]
        # It writes pictures and reply quotes into the text.
        pictures = re.findall(r'<img src="([^"]+)"', gold["text"])
        quote = "\n".join(re.findall(r"^> (.*)$", gold["text"], re.MULTILINE))
        assert [item["url"] for item in post["media_items"] if item["kind"] == "photo"] == pictures
        assert (post["reply_to"]["text"] if post["reply_to"] else "") == quote
        assert re.sub(r"\n<img.*|\n\n> .*", "", gold["text"]) == post["text"]


def test_pieces_without_expected_values_are_read_in_a_post(real: Path) -> None:
    frame = (
        '<div class="tgme_widget_message" data-post="a/1"><div class="tgme_widget_message_bubble">{}<a '
        'class="tgme_widget_message_date" href="https://t.me/a/1"><time datetime="2023-03-01T08:00:00+00:00"></time></a>'
        "</div></div>"
    )

    def post(name: str) -> dict[str, Any]:
        piece = (real / "fragments" / f"any2feed__{name}.html").read_text()
        (found,) = channel_json(parse_channel(frame.format(piece).encode(), "https://t.me/a/1"))["posts"]
        assert isinstance(found, dict)
        return found

    (circle,) = post("media_cicrle_video")["media_items"]
    assert (circle["kind"], circle["duration"]) == ("round_video", "0:57")
    assert circle["url"].startswith("https://cdn4.telegram-cdn.org/file/f30ab8b2f9.mp4?token=")
    assert circle["thumb_url"].startswith("https://cdn4.telegram-cdn.org/file/rmNTA-JE0B")
    too_big = post("media_video_too_big")
    (video,) = too_big["media_items"]
    assert (too_big["media"], too_big["media_not_supported"]) == (["video"], True)
    assert (video["url"], video["duration"]) == (None, "1:09")
    linked = post("link_preview_video")
    assert linked["media"] == []
    assert linked["link_preview"] == {"url": "https://t.me/shalnyak/5410", "site": "Telegram", "title": "Shalnyak"}
    assert linked["preview_description"].startswith("Дядь @fighter_bomber глянь!!!\nУ меня такааая разработка🔥\n")
    assert linked["preview_image_url"].startswith("https://cdn4.telegram-cdn.org/file/RJ8QZu8BMH")
