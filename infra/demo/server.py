"""The server: one loopback port, virtual hosts by the `Host` header, and a clock that a test or a run sets.

    with DemoWeb() as web:
        web.set_clock(datetime(2025, 10, 2, tzinfo=UTC))
        … GET http://{web.address}/ with `Host: t.me` …

A request whose host is the loopback itself gets the door for people: `/` lists the sites, `/~/<host>/…` shows them with
their links rewritten, and `/__clock` reads (GET) and sets (PUT) the clock as `{"clock": "2025-10-02T00:00:00+00:00"}`.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import threading
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from urllib.parse import parse_qs, urlsplit

from infra.demo import browse, site, telegram_page
from infra.demo.site import Answer
from infra.demo.story import World, load_world

TELEGRAM = "t.me"
LAST_INSTANT = datetime(2025, 10, 4, tzinfo=UTC)
"""The end of the last of the fourteen nights, and the clock at the start."""

_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_GIF = (
    "GIF89a\x01\x00\x01\x00\x80\x00\x00\xcc\xcc\xcc\xff\xff\xff,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)


def telegram_answer(world: World, path: str, query: str, clock: datetime) -> Answer:
    """What `t.me` answers: previews, landings, and the shell for names that nobody has."""
    kind = "text/html; charset=utf-8"
    if path == "/robots.txt":
        return Answer(200, "User-agent: *\nDisallow:\n", "text/plain")
    parts = [part for part in path.split("/") if part]
    if not parts:
        return Answer(302, "", kind, headers={"Location": "https://telegram.org/"})
    preview = parts[0] == "s" and len(parts) > 1
    name = parts[1] if preview else parts[0]
    channel = world.channel(name)
    if channel is None:
        return Answer(200, telegram_page.contact_page(name), kind)
    if not preview:
        return Answer(200, telegram_page.landing_page(channel), kind)
    if not channel.has_preview:
        return Answer(302, "", kind, headers={"Location": f"https://{TELEGRAM}/{channel.name}"})
    before = parse_qs(query).get("before", [""])[0]
    page = telegram_page.preview_page(channel, clock, int(before) if before.isdecimal() else None)
    return Answer(200, page, kind, headers={"Cache-Control": "no-store"})


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, port: int, world: World, clock: datetime) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.world = world
        self.clock = clock
        self.lock = threading.Lock()

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a reader that went away in the middle of an answer; print anything else."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "nginx"
    sys_version = ""
    server: _Server

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the reader keeps the record of its requests."""

    def do_GET(self) -> None:
        self._send(self._answer())

    def do_HEAD(self) -> None:
        self._send(self._answer())

    def do_PUT(self) -> None:
        host, path = self._host(), urlsplit(self.path).path
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if host not in _LOOPBACK or path != "/__clock":
            self._send(Answer(405, "Method Not Allowed\n", "text/plain"))
            return
        try:
            clock = datetime.fromisoformat(json.loads(body)["clock"])
        except (ValueError, KeyError, TypeError):
            self._send(Answer(400, 'The body must be {"clock": "<ISO instant with its zone>"}.\n', "text/plain"))
            return
        if clock.tzinfo is None:
            self._send(Answer(400, "The clock must name its zone.\n", "text/plain"))
            return
        with self.server.lock:
            self.server.clock = clock.astimezone(UTC)
        self._send(self._clock())

    def _host(self) -> str:
        return re.sub(r":\d+$", "", self.headers.get("Host", "")).lower()

    def _clock(self) -> Answer:
        with self.server.lock:
            return Answer(200, json.dumps({"clock": self.server.clock.isoformat()}), "application/json")

    def _answer(self) -> Answer:
        with self.server.lock:
            clock = self.server.clock
        host = self._host()
        split = urlsplit(self.path)
        if host in _LOOPBACK:
            if split.path == "/__clock":
                return self._clock()
            if split.path == "/":
                return Answer(200, browse.index_page(self.server.world, clock), "text/html; charset=utf-8")
            inner = browse.inner_address(split.path)
            if inner is None:
                return Answer(404, "Not Found\n", "text/plain")
            answer = self._virtual(inner[0], inner[1], split.query, clock)
            return browse.rewritten(self.server.world, inner[0], answer)
        return self._virtual(host, split.path, split.query, clock)

    def _virtual(self, host: str, path: str, query: str, clock: datetime) -> Answer:
        if host == TELEGRAM:
            return telegram_answer(self.server.world, path, query, clock)
        outlet = self.server.world.outlet(host)
        if outlet is None:
            return Answer(421, f"No site named {host} here.\n", "text/plain; charset=utf-8")
        if path.startswith("/img/"):
            return Answer(200, _GIF, "image/gif", charset="latin-1")
        return site.answer(outlet, path, clock)

    def _not_modified(self, etag: str | None, modified: datetime | None) -> bool:
        wanted = self.headers.get("If-None-Match")
        if wanted is not None:
            return etag is not None and (wanted.strip() == "*" or etag in [tag.strip() for tag in wanted.split(",")])
        since = self.headers.get("If-Modified-Since")
        if since is None or modified is None:
            return False
        try:
            return modified.replace(microsecond=0) <= parsedate_to_datetime(since)
        except ValueError:
            return False

    def _send(self, answer: Answer) -> None:
        body = answer.body.encode(answer.charset, "xmlcharrefreplace")
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"' if answer.etag and answer.status == 200 else None
        status = answer.status
        if status == 200 and self._not_modified(etag, answer.modified):
            status, body = 304, b""
        self.send_response(status)
        if status != 304:
            self.send_header("Content-Type", answer.content_type)
            self.send_header("Content-Length", str(len(body)))
        if etag:
            self.send_header("ETag", etag)
        if answer.modified and answer.status == 200:
            self.send_header("Last-Modified", format_datetime(answer.modified.astimezone(UTC), usegmt=True))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


class DemoWeb:
    """The demo web on a loopback port of its own; a context manager. Port 0 takes a free one."""

    def __init__(self, port: int = 0, clock: datetime = LAST_INSTANT, world: World | None = None) -> None:
        if clock.tzinfo is None:
            raise ValueError("the clock must name its zone")
        self.world = world or load_world()
        self._server = _Server(port, self.world, clock.astimezone(UTC))
        self._thread: threading.Thread | None = None

    @property
    def address(self) -> str:
        """`127.0.0.1:PORT`, where it listens."""
        return f"127.0.0.1:{self._server.server_address[1]}"

    @property
    def clock(self) -> datetime:
        """The instant that is shown, in UTC."""
        with self._server.lock:
            return self._server.clock

    def set_clock(self, clock: datetime) -> None:
        """Show the web as it stood at `clock`, which must name its zone (ValueError)."""
        if clock.tzinfo is None:
            raise ValueError("the clock must name its zone")
        with self._server.lock:
            self._server.clock = clock.astimezone(UTC)

    def serve_forever(self) -> None:
        """Serve in this thread until interrupted."""
        self._server.serve_forever()

    def start(self) -> None:
        """Serve in a thread of its own."""
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop serving and give the port back."""
        if self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._thread = None
        self._server.server_close()

    def __enter__(self) -> DemoWeb:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
