"""One demo web for a test, asked as a reader asks it: by address, with the host in the Host header."""

import http.client
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import Message
from urllib.parse import urlsplit

import pytest

from infra.demo.server import DemoWeb


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Message
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


Get = Callable[..., Reply]


@pytest.fixture
def web() -> Iterator[DemoWeb]:
    with DemoWeb() as web:
        yield web


@pytest.fixture
def get(web: DemoWeb) -> Get:
    def get(url: str, method: str = "GET", body: str | None = None, **headers: str) -> Reply:
        """Ask for `url`, wherever it says it lives; header names are written with underscores."""
        split = urlsplit(url)
        connection = http.client.HTTPConnection(web.address, timeout=10)
        try:
            connection.request(
                method,
                (split.path or "/") + (f"?{split.query}" if split.query else ""),
                body=body,
                headers={"Host": split.netloc} | {name.replace("_", "-"): value for name, value in headers.items()},
            )
            response = connection.getresponse()
            return Reply(response.status, response.headers, response.read())
        finally:
            connection.close()

    return get
