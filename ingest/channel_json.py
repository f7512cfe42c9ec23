"""A channel page as plain JSON values: what `kezek parse` prints for one."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from ingest.channel import ChannelPage
from ingest.post import Post


def channel_json(page: ChannelPage) -> dict[str, Any]:
    """The page as plain JSON values: kind, channel (and what else the page says), posts, before (the id for older posts)."""
    channel = page.channel
    return {
        "kind": "channel",
        "channel": {
            "condition": page.condition,
            "name": channel.name,
            "title": channel.title,
            "username": channel.username,
            "description": channel.description,
            "counters": [asdict(counter) for counter in channel.counters],
            "image_url": channel.image_url,
            "id": channel.number,
            "verified": channel.verified,
            "landing": channel.landing and asdict(channel.landing),
            "after": page.after,
            "problems": list(page.problems),
            "page_title": page.title,
            "canonical": page.canonical,
            "rel_prev": page.rel_prev,
            "rel_next": page.rel_next,
        },
        "posts": [_post_json(post) for post in page.posts],
        "before": page.before,
    }


def _post_json(post: Post) -> dict[str, Any]:
    preview, poll = post.link_preview, post.poll
    return {
        "id": post.id,
        "channel": post.channel,
        "channel_title": post.channel_title,
        "url": post.url,
        "published": post.published_at.isoformat(),
        "published_precision": post.published_precision,
        "text": post.text,
        "service": post.service,
        "views": post.views,
        "views_raw": post.views_raw,
        "views_granularity": post.views_granularity,
        "edited": post.edited,
        "author": post.author,
        "via_bot": post.via_bot,
        "forwarded_from": post.forwarded_from,
        "forwarded_url": post.forwarded_url,
        "forwarded_author": post.forwarded_author,
        "reply_to_url": post.reply_to_url,
        "reply_to": post.reply and asdict(post.reply),
        "media": list(post.media),
        "media_items": [asdict(medium) for medium in post.media_items],
        "media_not_supported": post.too_big,
        "unsupported": post.unsupported,
        "album_size": post.album_size,
        "album_ids": list(post.album_ids),
        "links": list(post.links),
        "hashtags": list(post.hashtags),
        "buttons": [asdict(button) for button in post.buttons],
        # These three have exactly the keys of their contract; what else is known of them stands beside them.
        "link_preview": preview and {"url": preview.url, "site": preview.site, "title": preview.title},
        "reactions": [asdict(reaction) for reaction in post.reactions],
        "poll": poll
        and {
            "question": poll.question,
            "type": poll.type,
            "options": [list(option) for option in poll.options],
        },
        "preview_description": preview and preview.description,
        "preview_image_url": preview and preview.image_url,
        "poll_voters": poll and poll.voters,
    }
