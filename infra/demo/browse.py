"""The door for people: an index of the sites, and each site under `/~/<host>/…` with its links rewritten."""

from __future__ import annotations

import dataclasses
import re
from datetime import datetime
from html import escape

from infra.demo.site import Answer
from infra.demo.story import World

_ROOTED = re.compile(r'(href|src|action)="/(?!/|~)')


def inner_address(path: str) -> tuple[str, str] | None:
    """`/~/t.me/s/x` → (`t.me`, `/s/x`); None for any other path."""
    match = re.fullmatch(r"/~/([^/]+)(/.*)?", path)
    return (match[1], match[2] or "/") if match else None


def rewritten(world: World, host: str, answer: Answer) -> Answer:
    """The answer with its links, and a redirect's target, leading to the demo's own pages."""
    hosts = [outlet.host for outlet in world.outlets] + ["t.me"]
    pattern = re.compile(r"https://(" + "|".join(re.escape(name) for name in hosts) + r")(?=[/\"?]|$)")
    headers = {
        name: pattern.sub(r"/~/\1", value) if name == "Location" else value for name, value in answer.headers.items()
    }
    if not answer.content_type.startswith("text/html"):
        return dataclasses.replace(answer, headers=headers)
    body = _ROOTED.sub(rf'\1="/~/{host}/', pattern.sub(r"/~/\1", answer.body))
    return dataclasses.replace(answer, body=body, headers=headers, modified=None, etag=False)


def index_page(world: World, clock: datetime) -> str:
    """The list of the sites and channels at `clock`."""
    outlets = "".join(
        f'<li><a href="/~/{outlet.host}/">{escape(outlet.name)}</a> <small>{outlet.host}, {outlet.lang}, '
        f"{len(outlet.visible(clock))} articles</small></li>"
        for outlet in world.outlets
    )
    channels = "".join(
        f'<li><a href="/~/t.me/s/{channel.name}">{escape(channel.title)}</a> <small>t.me/{channel.name}, '
        f"{len(channel.visible(clock))} posts</small></li>"
        for channel in world.channels
    )
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>The demo web</title></head><body>'
        f"<h1>The demo web</h1><p>As it stood at {clock:%Y-%m-%d %H:%M} UTC. The outlets, channels and their people are "
        "invented; the agencies and the episode of 2025 are not.</p>"
        f"<h2>Outlets</h2><ul>{outlets}</ul><h2>Channels</h2><ul>{channels}</ul></body></html>"
    )
