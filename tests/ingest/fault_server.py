"""A web server on loopback that misbehaves on request: each path is one fault.

`/to?URL` redirects to URL, `/coding?NAME` says that its body is in that content coding; `pages` are what a test writes
itself. What is none of them is an article.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import socket
import struct
import threading
import zlib
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import unquote

from .small_web import Page, article

TEXT = (
    "На границе с Казахстаном в районе пункта пропуска Маштаково стоят более 300 грузовиков.\n"
    "Водители ждут по несколько суток. Причину затора в ведомстве связывают с проверкой документов на товары."
)
ARTICLE = str(article("Очередь на границе", TEXT, "2025-10-01T13:00:00+03:00").body)
PAGE = ARTICLE.encode()
BOMB = gzip.compress(bytes(50_000_000), 6)


class FaultServer:
    """Listens on `port`; `asked` counts (host, path), `sent` the bytes of endless bodies that were taken off its hands.

    `robots` maps a host to its robots.txt, to a status, or to the path whose fault it has; `faults` any (host, address) to
    such a path.
    """

    def __init__(self) -> None:
        self.asked: Counter[tuple[str, str]] = Counter()
        self.headers: dict[tuple[str, str], dict[str, str]] = {}
        self.pages: dict[tuple[str, str], Page] = {}
        self.faults: dict[tuple[str, str], str] = {}
        self.robots: dict[str, str | int | bytes] = {}
        self.sent: Counter[str] = Counter()
        self.raw = b""
        self.starts: list[float] = []
        self.inside = self.most_inside = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(5)
        self.port: int = self._server.sockets[0].getsockname()[1]
        self._resetting = asyncio.run_coroutine_threadsafe(self._listen_and_reset(), self._loop).result(5)
        self.resetting_address = f"127.0.0.1:{self._resetting.sockets[0].getsockname()[1]}"

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def close(self) -> None:
        async def stop() -> None:
            self._server.close()
            self._resetting.close()
            for task in asyncio.all_tasks() - {asyncio.current_task()}:
                task.cancel()

        asyncio.run_coroutine_threadsafe(stop(), self._loop).result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    async def _listen(self) -> asyncio.Server:
        return await asyncio.start_server(self._serve, "127.0.0.1", 0)

    async def _listen_and_reset(self) -> asyncio.Server:
        def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            _reset(writer)
            writer.close()

        return await asyncio.start_server(reset, "127.0.0.1", 0)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                path = head[0].split(" ")[1]
                headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in head[1:]) if k}
                host = headers["host"].partition(":")[0]
                self.asked[host, path] += 1
                self.headers[host, path] = headers
                self.starts.append(self._loop.time())
                await self._answer(writer, host, path, headers)
                await writer.drain()
        writer.close()

    async def _answer(self, writer: asyncio.StreamWriter, host: str, target: str, headers: dict[str, str]) -> None:
        count = self.asked[host, target]
        target = self.faults.get((host, target), target)
        path, _, query = target.partition("?")
        if path == "/robots.txt":
            robots = self.robots.get(host, 404)
            if isinstance(robots, str) and robots.startswith("/"):
                path, _, query = robots.partition("?")
            elif isinstance(robots, int):
                _send(writer, robots, b"no")
                return
            else:
                _send(writer, 200, robots.encode() if isinstance(robots, str) else robots)
                return
        if page := self.pages.get((host, target)) or self.pages.get((host, path)):
            body = page.body.encode() if isinstance(page.body, str) else page.body
            others = [f"{name}: {value}" for name, value in page.headers.items()]
            _send(writer, page.status, body, f"Content-Type: {page.content_type}", *others)
            return
        match path:
            # nothing, or not all
            case "/silent":
                await asyncio.sleep(30)
            case "/drip":
                writer.write(_head("Content-Length: 1000"))
                await self._endless(writer, path, b"x", pause_s=0.02)
            case "/pause":
                self.inside += 1
                self.most_inside = max(self.most_inside, self.inside)
                await asyncio.sleep(0.15)
                self.inside -= 1
                _send(writer, 200, PAGE)
            case "/reset":
                writer.write(_head("Content-Length: 1000") + b"part")
                await writer.drain()
                _reset(writer)
                raise ConnectionResetError
            case "/nothing":
                raise ConnectionResetError
            case "/reset-at-once":
                _reset(writer)
                raise ConnectionResetError
            case "/length-too-long":
                writer.write(_head("Content-Length: 1000", "Connection: close") + b"only this")
                await writer.drain()
                raise ConnectionResetError
            case "/length-too-short":
                writer.write(_head("Content-Type: text/html; charset=utf-8", f"Content-Length: {len(PAGE) - 9}") + PAGE)
            case "/length-nonsense":
                writer.write(_head("Content-Length: -5") + PAGE)
            case "/length-twice":
                writer.write(_head("Content-Length: 5", f"Content-Length: {len(PAGE)}") + PAGE)
            case "/cut-chunks":
                writer.write(_head("Transfer-Encoding: chunked") + b"ff\r\nonly this")
                await writer.drain()
                raise ConnectionResetError
            case "/wrong-chunks":
                writer.write(_head("Transfer-Encoding: chunked") + b"zz\r\nno number\r\n")
            case "/empty":
                _send(writer, 200, b"", "Content-Type: text/html")
            case "/204":
                _send(writer, 204, b"")
            # no HTTP
            case "/garbage":
                writer.write(b"this is no HTTP at all\r\n\r\n")
            case "/noise":
                writer.write(bytes(range(256)) * 20)
                await writer.drain()
                raise ConnectionResetError
            case "/wrong-header":
                writer.write(_head("X-Odd\0: \0", "Content-Length: 0"))
            case "/endless-header":
                writer.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
                await self._endless(writer, path, b"x" * 4096)
            case "/endless-headers":
                writer.write(b"HTTP/1.1 200 OK\r\n")
                await self._endless(writer, path, b"X-One-More: and another\r\n" * 100)
            case "/endless-headers-slowly":
                writer.write(b"HTTP/1.1 200 OK\r\n")
                await self._endless(writer, path, b"X-One-More: and another\r\n", pause_s=0.02)
            case "/endless-continue":
                await self._endless(writer, path, b"HTTP/1.1 103 Early Hints\r\n\r\n" * 100)
            case "/endless-trailers":
                writer.write(_head("Transfer-Encoding: chunked") + b"0\r\n")
                await self._endless(writer, path, b"X-One-More: and another\r\n" * 100)
            case "/switch":
                writer.write(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: odd\r\nConnection: upgrade\r\n\r\n")
                await self._endless(writer, path, b"x" * 4096)
            # codings
            case "/cut-gzip":
                _send(writer, 200, gzip.compress(PAGE)[:-9], "Content-Encoding: gzip")
            case "/gzip":
                _send(writer, 200, gzip.compress(PAGE), "Content-Encoding: gzip", 'ETag: W/"zip"')
            case "/coding":
                _send(writer, 200, b"\x0b\x02\x80hello\x03", f"Content-Encoding: {unquote(query)}")
            case "/bomb":
                _send(writer, 200, BOMB, "Content-Encoding: gzip")
            case "/bomb-deflate":
                _send(writer, 200, zlib.compress(bytes(5_000_000)), "Content-Encoding: deflate")
            case "/bomb-in-bomb":
                _send(writer, 200, gzip.compress(BOMB), "Content-Encoding: gzip, gzip")
            case "/many-codings":
                _send(writer, 200, b"", "Content-Encoding: " + ", ".join(["gzip"] * 9000))
            case "/many-members":
                _send(writer, 200, gzip.compress(b"") * 14_000, "Content-Encoding: gzip")
            # too much
            case "/huge":
                writer.write(_head("Content-Length: 200000000"))
                await self._endless(writer, path, bytes(65_536), most=200_000_000)
            case "/200-mb":
                writer.write(_head("Connection: close"))
                await self._endless(writer, path, bytes(65_536), most=200_000_000)
                raise ConnectionResetError
            case "/endless":
                writer.write(_head("Transfer-Encoding: chunked"))
                await self._endless(writer, path, b"1000\r\n" + bytes(0x1000) + b"\r\n")
            case "/chunked":
                writer.write(_head("Content-Type: text/html; charset=utf-8", "Transfer-Encoding: chunked"))
                for part in (PAGE[:10], PAGE[10:]):
                    writer.write(f"{len(part):x}\r\n".encode() + part + b"\r\n")
                writer.write(b"0\r\n\r\n")
            # not now, not here
            case "/429-seconds" if count == 1:
                _send(writer, 429, b"wait", "Retry-After: 1")
            case "/429-date" if count == 1:
                when = format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)
                _send(writer, 429, b"wait", f"Retry-After: {when}")
            case "/429-hour":
                _send(writer, 429, b"wait", "Retry-After: 3600")
            case "/503-seconds" if count == 1:
                _send(writer, 503, b"busy", "Retry-After: 1")
            case "/503-once" if count == 1:
                _send(writer, 503, b"busy")
            case "/status":
                _send(writer, int(query), b"<p>no</p>")
            # elsewhere
            case "/to":
                _send(writer, 302, b"", f"Location: {unquote(query)}")
            case "/loop":
                _send(writer, 302, b"", "Location: /loop")
            case "/chain":
                _send(writer, 301, b"", f"Location: /chain?{int(query or 0) + 1}")
            case "/redirect":
                _send(writer, 301, b"moved", "Location: /page")
            case "/redirect-cyrillic":
                writer.write("HTTP/1.1 302 Found\r\nLocation: /страница\r\nContent-Length: 0\r\n\r\n".encode())
            case "/redirect-in-no-gzip":
                _send(writer, 301, b"moved", "Location: /page", "Content-Encoding: gzip")
            case "/redirect-cut":
                writer.write(b"HTTP/1.1 302 Found\r\nLocation: /page\r\nContent-Length: 1000\r\n\r\npart")
                await writer.drain()
                raise ConnectionResetError
            case "/nowhere":
                _send(writer, 302, b"")
            case "/cookie-wall" if "seen=yes" not in headers.get("cookie", ""):
                _send(writer, 302, b"", f"Location: {path}", "Set-Cookie: seen=yes; Path=/", "Set-Cookie: имя=да")
            # letters
            case "/says-utf-8":
                _send(writer, 200, ARTICLE.encode("cp1251"), "Content-Type: text/html; charset=utf-8")
            case "/says-windows-1251":
                _send(writer, 200, PAGE, "Content-Type: text/html; charset=windows-1251")
            case "/says-nothing":
                _send(writer, 200, ARTICLE.encode("koi8-r"), "Content-Type: text/html")
            case "/says-nonsense":
                _send(writer, 200, PAGE, "Content-Type: \x01text/html; charset=\x02none")
            # conditional
            case "/etag":
                if headers.get("if-none-match") == '"v1"':
                    _send(writer, 304, b"", 'ETag: "v1"')
                else:
                    _send(writer, 200, PAGE, 'ETag: "v1"', "Last-Modified: Wed, 01 Oct 2025 00:00:00 GMT")
            case "/odd-etag":
                _send(writer, 200, PAGE, 'ETag: "версия"', "Last-Modified: вчера")
            case "/old":
                old = headers.get("if-modified-since")
                _send(writer, 304 if old else 200, b"" if old else PAGE)
            case "/raw":
                writer.write(self.raw)
                await writer.drain()
                raise ConnectionResetError
            case _:
                _send(writer, 200, PAGE, "Content-Type: text/html; charset=utf-8")

    async def _endless(
        self, writer: asyncio.StreamWriter, name: str, block: bytes, pause_s: float = 0, most: int | None = None
    ) -> None:
        while most is None or self.sent[name] < most:
            writer.write(block)
            await writer.drain()
            self.sent[name] += len(block)
            await asyncio.sleep(pause_s)


def _head(*headers: str) -> bytes:
    return "\r\n".join(["HTTP/1.1 200 OK", *headers, "", ""]).encode()


def _reset(writer: asyncio.StreamWriter) -> None:
    """What is closed after this ends with a reset, not in peace."""
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _send(writer: asyncio.StreamWriter, status: int, body: bytes, *headers: str) -> None:
    head = [f"HTTP/1.1 {status} Status", *headers]
    if status not in (204, 304):
        head.append(f"Content-Length: {len(body)}")
    writer.write("\r\n".join([*head, "", ""]).encode() + body)


@contextlib.contextmanager
def fault_server() -> Iterator[FaultServer]:
    """A running server, stopped at the end."""
    server = FaultServer()
    try:
        yield server
    finally:
        server.close()
