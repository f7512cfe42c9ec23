"""Serves a folder of `pages.py` on loopback, every outlet on an address of its own (127.0.0.2, 127.0.0.3, …).

    python benchmarks/page_server.py FOLDER        prints {"<outlet's host>": "127.0.0.2:PORT", …} and serves

The responses lie ready in memory and HTTP/1.1 is spoken as barely as it can be, so that what is measured is the reader
and not the server. Linux only: elsewhere the loopback has one address.
"""

from __future__ import annotations

import asyncio
import json
import sys
from functools import partial
from pathlib import Path
from typing import cast

Responses = dict[bytes, bytes]
_MISSING = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"


class _Connection(asyncio.Protocol):
    """One connection, kept alive: a response to each request head, in order."""

    def __init__(self, responses: Responses) -> None:
        self._responses = responses
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where to answer."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Answer what is whole."""
        *heads, self._buffer = (self._buffer + data).split(b"\r\n\r\n")
        for head in heads:
            path = head.split(b" ", 2)[1]
            self._transport.write(self._responses.get(path, _MISSING))


def _responses(folder: Path) -> dict[str, Responses]:
    sites: dict[str, Responses] = {}
    for line in (folder / "pages.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        headers = "".join(f"{name}: {value}\r\n" for name, value in row["headers"].items())
        head = f"HTTP/1.1 {row['status']} {'OK' if row['status'] == 200 else 'No'}\r\nServer: nginx\r\n{headers}\r\n"
        sites.setdefault(row["host"], {})[row["path"].encode()] = head.encode() + (folder / row["file"]).read_bytes()
    return sites


async def serve(folder: Path) -> None:
    """Serve until killed."""
    loop = asyncio.get_running_loop()
    places: dict[str, str] = {}
    for number, (host, responses) in enumerate(_responses(folder).items(), start=2):
        server = await loop.create_server(partial(_Connection, responses), f"127.0.0.{number}", 0)
        address, port = server.sockets[0].getsockname()
        places[host] = f"{address}:{port}"
        await server.start_serving()
    sys.stdout.write(json.dumps(places) + "\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
