"""A web of a few pages on loopback that a test writes itself: `web["site.example/path"] = Page(…)`."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Page:
    """What one address answers."""

    body: str | bytes = ""
    status: int = 200
    content_type: str = "text/html; charset=utf-8"
    etag: str | None = None
    headers: dict[str, str] = field(default_factory=dict)


class SmallWeb(dict[str, Page]):
    """The pages by host and path (with query); `asked` counts. What is not there is a 404."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: Counter[str] = Counter()
        web = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                address = self.headers["Host"].partition(":")[0] + self.path
                web.asked[address] += 1
                page = web.get(address, Page("<p>no such page</p>", 404))
                body = page.body.encode() if isinstance(page.body, str) else page.body
                status = page.status
                if page.etag and self.headers.get("If-None-Match") == page.etag:
                    status, body = 304, b""
                self.send_response(status)
                if page.etag:
                    self.send_header("ETag", page.etag)
                for name, value in page.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Type", page.content_type)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.address = f"127.0.0.1:{self._server.server_address[1]}"

    @contextmanager
    def running(self) -> Iterator[SmallWeb]:
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join(5)


def article(title: str, text: str, published: str | None, url: str = "") -> Page:
    """An article as many sites have them."""
    date = f'<meta property="article:published_time" content="{published}">' if published else ""
    canonical = f'<link rel="canonical" href="{url}">' if url else ""
    paragraphs = "".join(f"<p>{paragraph}</p>" for paragraph in text.split("\n"))
    return Page(
        f'<!DOCTYPE html><html lang="ru"><head><title>{title}</title><meta property="og:title" content="{title}">'
        f'<meta property="og:type" content="article">{date}{canonical}</head>'
        f"<body><article><h1>{title}</h1>{paragraphs}</article></body></html>"
    )


def feed(items: list[tuple[str, str | None]]) -> Page:
    """An RSS feed of (URL, RFC 5322 date or None)."""
    entries = "".join(
        f"<item><title>{url}</title><link>{url}</link>{f'<pubDate>{date}</pubDate>' if date else ''}</item>"
        for url, date in items
    )
    return Page(
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>f</title>{entries}</channel></rss>',
        content_type="application/rss+xml",
    )


def preview(channel: str, posts: list[tuple[int, str, str]], before: int | None = None) -> Page:
    """A channel's preview page of (id, ISO time, text), oldest first."""
    messages = "".join(
        f'<div class="tgme_widget_message_wrap"><div class="tgme_widget_message" data-post="{channel}/{number}">'
        f'<div class="tgme_widget_message_bubble"><div class="tgme_widget_message_text js-message_text">{text}</div>'
        f'<div class="tgme_widget_message_footer"><a class="tgme_widget_message_date" href="https://t.me/{channel}/{number}">'
        f'<time datetime="{date}">00:00</time></a></div></div></div></div>'
        for number, date, text in posts
    )
    pager = (
        f'<a class="tme_messages_more" data-before="{before}" href="/s/{channel}?before={before}">…</a>'
        if before
        else ""
    )
    return Page(
        f'<html><body><div class="tgme_channel_info_header_title"><span>{channel}</span></div>'
        f'<section class="tgme_channel_history">{pager}{messages}</section></body></html>'
    )
