"""Addresses that an article's body holds."""

from datetime import date

import pytest

from ingest.addresses import media_addresses, media_source, web_addresses
from ingest.outlet import Outlet

BASE = "https://example.org/news/1"


def test_addresses_are_absolute_in_order_and_each_once() -> None:
    raw = [
        "/a",
        "b",
        "//c.example/d",
        "https://t.me/x/1",
        "/a",
        "#top",
        "/news/1#top",
        "mailto:a@b.c",
        "tel:1",
        "",
        None,
        "http://[bad",
    ]
    assert web_addresses(BASE, raw) == (
        "https://example.org/a",
        "https://example.org/news/b",
        "https://c.example/d",
        "https://t.me/x/1",
    )


@pytest.mark.parametrize(
    "counter",
    ["https://mc.yandex.ru/watch/1", "//counter.yadro.ru/hit?1", "/img/pixel.gif?x=1", "/1x1.png", "data:image/png;base64,AA", "/icons/share.svg"],
)  # fmt: skip
def test_counters_and_icons_are_no_media(counter: str) -> None:
    assert media_addresses(BASE, [counter, "/i/queue.jpg"]) == ("https://example.org/i/queue.jpg",)


@pytest.mark.parametrize(
    ("attributes", "source"),
    [
        ({"src": "/a.jpg"}, "/a.jpg"),
        ({"src": "data:image/gif;base64,R0", "data-src": "/a.jpg"}, "/a.jpg"),
        ({"srcset": "/s.jpg 320w, /l.jpg 1280w"}, "/l.jpg"),
        ({"src": "/a.jpg", "width": "1", "height": "1"}, None),
        ({"alt": "x"}, None),
    ],
)
def test_where_an_element_keeps_its_address(attributes: dict[str, str], source: str | None) -> None:
    assert media_source(attributes) == source


class Sample(Outlet):
    parser_id = "sample"
    hosts = ("example.org",)
    since = date(2025, 1, 1)
    container = ("main", {})
    title = "h1"
    published = "time"
    body = "div.text"
    drop = ("div.ad",)


def test_an_outlet_gives_those_of_its_body() -> None:
    page = (
        '<html><head><meta property="og:image" content="/top.jpg"></head><body><main><h1>Т</h1><time>01.10.2025</time><div class="text">'
        '<p>Один <a href="/2">сказал</a>.</p><div class="ad"><a href="/ad"><img src="/ad.jpg"></a></div><p><img src="/q.jpg">Два.</p></div>'
        "</main></body></html>"
    )
    article = Sample().read(page, BASE)
    assert article.links == ("https://example.org/2",)
    assert article.media_urls == ("https://example.org/top.jpg", "https://example.org/q.jpg")
