"""A web server on loopback that misbehaves on request: each path is one fault."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import socket
import struct
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

PAGE = "<html><body><p>Очередь из 300 фур.</p></body></html>".encode()


class FaultServer:
    """Listens on `port`; `asked` counts (host, path); `robots` maps a host to its robots.txt or to a status."""

    def __init__(self) -> None:
        self.asked: Counter[tuple[str, str]] = Counter()
        self.headers: dict[tuple[str, str], dict[str, str]] = {}
        self.robots: dict[str, str | int] = {}
        self.starts: list[float] = []
        self.inside = self.most_inside = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(5)
        self.port: int = self._server.sockets[0].getsockname()[1]

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def close(self) -> None:
        async def stop() -> None:
            self._server.close()
            for task in asyncio.all_tasks() - {asyncio.current_task()}:
                task.cancel()

        asyncio.run_coroutine_threadsafe(stop(), self._loop).result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    async def _listen(self) -> asyncio.Server:
        return await asyncio.start_server(self._serve, "127.0.0.1", 0)

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
                await self._answer(writer, host, path.partition("?")[0], headers)
                await writer.drain()
        writer.close()

    async def _answer(self, writer: asyncio.StreamWriter, host: str, path: str, headers: dict[str, str]) -> None:
        count = self.asked[host, path]
        match path:
            case "/robots.txt":
                robots = self.robots.get(host, 404)
                if robots == -1:  # says nothing, ever
                    await asyncio.sleep(30)
                elif isinstance(robots, int):
                    _send(writer, robots, b"no")
                else:
                    _send(writer, 200, robots.encode())
            case "/slow":
                await asyncio.sleep(30)
            case "/drip":
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
                for _ in range(300):
                    writer.write(b"x")
                    await writer.drain()
                    await asyncio.sleep(0.1)
            case "/pause":
                self.inside += 1
                self.most_inside = max(self.most_inside, self.inside)
                await asyncio.sleep(0.15)
                self.inside -= 1
                _send(writer, 200, PAGE)
            case "/reset":
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\npart")
                await writer.drain()
                linger = struct.pack("ii", 1, 0)
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                raise ConnectionResetError
            case "/nothing":
                raise ConnectionResetError
            case "/wrong-length":
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nConnection: close\r\n\r\nonly this")
                await writer.drain()
                raise ConnectionResetError
            case "/cut-gzip":
                _send(writer, 200, gzip.compress(PAGE)[:-9], "Content-Encoding: gzip")
            case "/gzip":
                _send(writer, 200, gzip.compress(PAGE), "Content-Encoding: gzip", 'ETag: W/"zip"')
            case "/brotli":
                _send(writer, 200, b"\x0b\x02\x80hello\x03", "Content-Encoding: br")
            case "/bomb":
                _send(writer, 200, gzip.compress(bytes(50_000_000), 6), "Content-Encoding: gzip")
            case "/huge":
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n" + bytes(1000))
            case "/endless":
                writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
                while True:
                    writer.write(b"1000\r\n" + bytes(0x1000) + b"\r\n")
                    await writer.drain()
            case "/chunked":
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n"
                )
                for part in (PAGE[:10], PAGE[10:]):
                    writer.write(f"{len(part):x}\r\n".encode() + part + b"\r\n")
                writer.write(b"0\r\n\r\n")
            case "/garbage":
                writer.write(b"this is no HTTP at all\r\n\r\n")
            case "/429-seconds" if count == 1:
                _send(writer, 429, b"wait", "Retry-After: 1")
            case "/429-date" if count == 1:
                when = format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)
                _send(writer, 429, b"wait", f"Retry-After: {when}")
            case "/429-hour":
                _send(writer, 429, b"wait", "Retry-After: 3600")
            case "/503-once" if count == 1:
                _send(writer, 503, b"busy")
            case "/503":
                _send(writer, 503, b"busy")
            case "/404":
                _send(writer, 404, b"<p>no such page</p>")
            case "/410":
                _send(writer, 410, b"<p>gone</p>")
            case "/loop":
                _send(writer, 302, b"", "Location: /loop")
            case "/redirect":
                _send(writer, 301, b"moved", "Location: /page")
            case "/redirect-cyrillic":
                writer.write("HTTP/1.1 302 Found\r\nLocation: /страница\r\nContent-Length: 0\r\n\r\n".encode())
            case "/redirect-neighbour":
                _send(writer, 302, b"", "Location: http://neighbour.example/private/x")
            case "/redirect-nowhere":
                _send(writer, 302, b"", "Location: http://[bad")
            case "/redirect-private":
                _send(writer, 302, b"", f"Location: http://127.0.0.1:{self.port}/page")
            case "/redirect-file":
                _send(writer, 302, b"", "Location: file:///etc/passwd")
            case "/etag":
                if headers.get("if-none-match") == '"v1"':
                    _send(writer, 304, b"", 'ETag: "v1"')
                else:
                    _send(writer, 200, PAGE, 'ETag: "v1"', "Last-Modified: Wed, 01 Oct 2025 00:00:00 GMT")
            case _:
                _send(writer, 200, PAGE, "Content-Type: text/html; charset=utf-8")


def _send(writer: asyncio.StreamWriter, status: int, body: bytes, *headers: str) -> None:
    head = [f"HTTP/1.1 {status} Status", *headers]
    if status != 304:
        head.append(f"Content-Length: {len(body)}")
    writer.write("\r\n".join([*head, "", ""]).encode("latin-1") + body)


@contextlib.contextmanager
def fault_server() -> Iterator[FaultServer]:
    """A running server, stopped at the end."""
    server = FaultServer()
    try:
        yield server
    finally:
        server.close()
