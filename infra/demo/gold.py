"""What a good reader gets out of the demo web, derived from the stories: articles, posts, annotated documents.

Claims and observations are annotated by hand in `expected/claims.jsonl`, for every revision of every item of the last
three nights: `id` (the URL), `revision` (from 1), `claims`, `observations`, `entities` (marked with a list of the names
that the stories use, then read through). The texts are not repeated there: `documents` joins both into rows of the
annotation guide's format. Where a post is a forward, its origin is `relayed_by` if the post names an inner speaker, and
the speaker if it does not.

    python -m infra.demo.gold documents     the annotated documents as JSON lines (or articles, posts)
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from infra.demo.story import HERE, Channel, Outlet, Post, World, load_world, plain
from infra.demo.telegram_page import post_links, short_number

Row = dict[str, Any]
CLAIMS = HERE / "expected" / "claims.jsonl"


def _published(outlet: Outlet, moment: datetime) -> str:
    local = moment.astimezone(outlet.zone)
    if outlet.date_precision == "day":
        return local.date().isoformat()
    if outlet.date_precision == "minute":
        local = local.replace(second=0, microsecond=0)
    return local.isoformat()


def articles(world: World, clock: datetime) -> Iterator[Row]:
    """Per article that stands at `clock`: url, canonical_url, title, text (a paragraph a line), published, author, lang.

    `text` opens with the `lead` where there is one. `canonical_url` is None where the page names none, `author` where it
    names nobody; `published` is ISO with the outlet's offset, to the precision that the page gives (a bare date where it
    gives a day).
    """
    for outlet in world.outlets:
        for article, version in outlet.visible(clock):
            yield {
                "url": outlet.url(article),
                "canonical_url": outlet.url(article) if outlet.names_canonical else None,
                "source": outlet.id,
                "revision": version.number,
                "title": version.title,
                "lead": plain(version.lead),
                "text": version.text,
                "published": _published(outlet, article.published_at),
                "precision": outlet.date_precision,
                "author": article.byline,
                "lang": outlet.language(article),
            }


def _media(post: Post) -> list[str]:
    kinds = (
        ("photo", post.photo or post.album),
        ("video", post.video),
        ("voice", post.voice),
        ("poll", post.poll),
    )
    return [kind for kind, present in kinds if present]


def _printed(count: int) -> int:
    """The count that is left of `count` once the page has rounded it."""
    short = short_number(count)
    scale = {"K": 1000, "M": 1_000_000}.get(short[-1], 1)
    return round(float(short.rstrip("KM")) * scale)


def _post(channel: Channel, post: Post, clock: datetime) -> Row:
    text = post.text_at(clock)
    return {
        "id": post.id,
        "channel": channel.name,
        "url": channel.url(post),
        "published": post.at.strftime("%Y-%m-%dT%H:%M:%S+00:00"),
        "revision": post.revision(clock),
        "lang": post.lang or channel.lang,
        "text": plain(text) or None,
        "service": post.service,
        "views": None if post.service else _printed(post.views_at(clock)),
        "views_raw": None if post.service else short_number(post.views_at(clock)),
        "edited": post.edited(clock),
        "author": post.author,
        "forwarded_from": post.forward.name if post.forward else None,
        "forwarded_url": post.forward.url if post.forward else None,
        "reply_to_url": channel.url(channel.by_id(post.reply_to)) if post.reply_to else None,
        "media": _media(post),
        "album_size": post.album,
        "links": post_links(text),
        "link_preview": (
            {"url": post.preview.url, "site": post.preview.site, "title": post.preview.title} if post.preview else None
        ),
        "reactions": [{"emoji": sign, "count": count} for sign, count in post.reactions],
        "poll": (
            {
                "question": post.poll.question,
                "type": post.poll.kind,
                "options": [[option, f"{share}%"] for option, share in post.poll.options],
            }
            if post.poll
            else None
        ),
    }


def posts(world: World, clock: datetime) -> Iterator[Row]:
    """Per channel post that stands at `clock`: the fields of the preview page."""
    for channel in world.channels:
        for post in channel.visible(clock):
            yield _post(channel, post, clock)


def revisions(world: World) -> dict[tuple[str, int], Row]:
    """Every revision of every article and post, by URL and number: lang, kind, source, published_at, title, text."""
    found: dict[tuple[str, int], Row] = {}
    for outlet in world.outlets:
        for article in outlet.article:
            for version in article.versions():
                found[outlet.url(article), version.number] = {
                    "lang": outlet.language(article),
                    "kind": "news",
                    "source": outlet.id,
                    "published_at": article.published_at.isoformat(),
                    "title": version.title,
                    "text": version.text,
                }
    for channel in world.channels:
        for post in channel.post:
            for number, text in enumerate([post.text, *(edit.text for edit in post.edits)], start=1):
                found[channel.url(post), number] = {
                    "lang": post.lang or channel.lang,
                    "kind": "post",
                    "source": f"t.me/{channel.name}",
                    "published_at": post.at.isoformat(),
                    "title": "",
                    "text": plain(text.strip()),
                }
    return found


def documents(world: World, claims: Path = CLAIMS) -> Iterator[Row]:
    """The annotated documents in the annotation guide's JSON-lines format, plus `revision`.

    Raises KeyError for an annotation of a document that the stories do not have.
    """
    known = revisions(world)
    for line in claims.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        document = known[row["id"], row["revision"]]
        yield {"id": row["id"], "revision": row["revision"], **document, **row}


def main() -> None:
    """Print the gold as JSON lines: the annotated documents, or the articles or posts as they stand at a clock."""
    parser = argparse.ArgumentParser(prog="python -m infra.demo.gold", description="Print the demo web's gold.")
    parser.add_argument("what", choices=("documents", "articles", "posts"))
    parser.add_argument("--clock", type=datetime.fromisoformat, default=datetime(2025, 10, 4, tzinfo=UTC))
    arguments = parser.parse_args()
    world = load_world()
    if arguments.what == "documents":
        rows = documents(world)
    else:
        rows = (articles if arguments.what == "articles" else posts)(world, arguments.clock)
    for row in rows:
        sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
