"""What holds for every answer: read-only methods, this machine's own addresses, headers that let a page do little."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_QUERY_BYTES: Final = 8192
_HOSTS: Final = ("127.0.0.1", "localhost", "[::1]")
_METHODS: Final = ("GET", "HEAD")
HEADERS: Final = (
    (
        b"content-security-policy",
        b"default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; form-action 'self'; "
        b"base-uri 'none'; frame-ancestors 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
)


class Guard:
    """An ASGI application around another one.

    It refuses all methods but GET and HEAD (405), a Host that is not this machine's loopback with the port that is
    served (403: a page elsewhere may give its own name this machine's address), and long queries (400). `sorry` makes the
    page for a status and a sentence. The headers come on every answer, whoever made it.
    """

    def __init__(self, app: ASGIApp, sorry: Callable[[int, str], Response]) -> None:
        self._app = app
        self._sorry = sorry

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = {name for name, _ in HEADERS}
                kept = [(name, value) for name, value in message["headers"] if name.lower() not in own]
                message = {**message, "headers": [*kept, *HEADERS]}
            await send(message)

        refused = self._refused(scope)
        await (refused or self._app)(scope, receive, send_guarded)

    def _refused(self, scope: Scope) -> Response | None:
        if scope["method"] not in _METHODS:
            answer = self._sorry(405, "This server only shows: it answers GET and HEAD.")
            answer.headers["Allow"] = ", ".join(_METHODS)
            return answer
        if not _is_own(scope["headers"], scope["server"][1]):
            return self._sorry(403, "This server answers to 127.0.0.1 and localhost only.")
        if len(scope["query_string"]) > MOST_QUERY_BYTES:
            return self._sorry(400, f"The address is longer than {MOST_QUERY_BYTES} bytes.")
        return None


def _is_own(headers: Iterable[tuple[bytes, bytes]], port: int) -> bool:
    hosts = [value.decode("latin-1").lower() for name, value in headers if name.lower() == b"host"]
    own = {f"{host}:{port}" for host in _HOSTS} | (set(_HOSTS) if port == 80 else set())
    return len(hosts) == 1 and hosts[0] in own
