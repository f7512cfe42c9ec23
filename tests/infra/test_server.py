"""The server: hosts, clock, validators, status codes, and the door for people."""

import json
import os
import subprocess
import sys
import urllib.request
from datetime import UTC, datetime

import pytest

from infra.demo.server import DemoWeb
from tests.conftest import REPOSITORY
from tests.infra.conftest import Get

FTS_DENIAL = "https://vestnik-agency.example/ekonomika/310411"


def test_every_site_answers_at_its_host(web: DemoWeb, get: Get) -> None:
    for outlet in web.world.outlets:
        reply = get(outlet.home)
        assert reply.status == 200
        assert outlet.name in reply.body.decode(outlet.charset)
    assert get("https://nobody.example/").status == 421


def test_an_article_is_there_once_it_is_published(web: DemoWeb, get: Get) -> None:
    web.set_clock(datetime(2025, 10, 1, 9, 4, 59, tzinfo=UTC))
    assert get(FTS_DENIAL).status == 404
    web.set_clock(datetime(2025, 10, 1, 9, 5, tzinfo=UTC))
    assert get(FTS_DENIAL).status == 200


def test_the_clock_is_read_and_set_over_loopback_only(web: DemoWeb, get: Get) -> None:
    door = f"http://{web.address}/__clock"
    instant = "2025-09-22T00:00:00+00:00"
    assert get(door, "PUT", json.dumps({"clock": instant})).status == 200
    assert json.loads(get(door).body) == {"clock": instant}
    assert web.clock == datetime.fromisoformat(instant)
    for bad in ("", "{}", "[]", '{"clock": "soon"}', '{"clock": "2025-10-01T00:00:00"}'):
        assert get(door, "PUT", bad).status == 400
    assert get("https://t.me/__clock", "PUT", json.dumps({"clock": instant})).status == 405
    assert web.clock == datetime.fromisoformat(instant)


def test_a_clock_without_its_zone_is_refused(web: DemoWeb) -> None:
    with pytest.raises(ValueError, match="zone"):
        web.set_clock(datetime(2025, 10, 1))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("url", "etag", "modified"),
    [
        (FTS_DENIAL, True, False),
        ("https://delovoy-shelk.example/articles/2025/10/01/sklady-podmoskovya-pusteyut", True, True),
        ("https://uralsk-inform.example/2025/10/most-cherez-chagan-otkroyut/", False, True),
        ("https://chorsu-biznes.example/ru/20424-hlopok-cena", False, False),
        ("https://caravan-monitor.example/feed.xml", True, True),
    ],
)
def test_validators_and_304(get: Get, url: str, etag: bool, modified: bool) -> None:
    first = get(url)
    assert first.status == 200
    assert ("ETag" in first.headers, "Last-Modified" in first.headers) == (etag, modified)
    if etag:
        second = get(url, If_None_Match=first.headers["ETag"])
        assert (second.status, second.body) == (304, b"")
        assert get(url, If_None_Match='"other"').status == 200
    if modified:
        assert get(url, If_Modified_Since=first.headers["Last-Modified"]).status == 304
        assert get(url, If_Modified_Since="Mon, 01 Sep 2025 00:00:00 GMT").status == 200


def test_a_rewrite_moves_both_validators(web: DemoWeb, get: Get) -> None:
    url = "https://caravan-monitor.example/2025/10/kazakhstan-russia-sanctions-checks"
    web.set_clock(datetime(2025, 10, 2, 20, 0, tzinfo=UTC))
    before = get(url)
    web.set_clock(datetime(2025, 10, 2, 20, 30, tzinfo=UTC))
    assert get(url, If_None_Match=before.headers["ETag"]).status == 200
    assert get(url, If_Modified_Since=before.headers["Last-Modified"]).status == 200


def test_an_article_that_is_taken_down_is_gone_everywhere(web: DemoWeb, get: Get) -> None:
    url = "https://stepnoy-ural.example/news/748530/"
    web.set_clock(datetime(2025, 10, 3, tzinfo=UTC))
    assert get(url).status == 200
    assert b"748530" in get("https://stepnoy-ural.example/news/2025-10-02").body
    web.set_clock(datetime(2025, 10, 4, tzinfo=UTC))
    assert get(url).status == 410
    assert b"748530" not in get("https://stepnoy-ural.example/news/2025-10-02").body
    assert b"748530" not in get("https://stepnoy-ural.example/rss.php").body


def test_head_sends_no_body(get: Get) -> None:
    reply = get(FTS_DENIAL, "HEAD")
    assert (reply.status, reply.body) == (200, b"")


def test_people_can_walk_every_page_from_the_index(web: DemoWeb, get: Get) -> None:
    door = f"http://{web.address}"
    index = get(f"{door}/").text
    for outlet in web.world.outlets:
        assert f'href="/~/{outlet.host}/"' in index
        home = get(f"{door}/~/{outlet.host}/").body.decode(outlet.charset)
        article = outlet.visible(web.clock)[0][0]
        assert f'href="/~/{outlet.host}{article.path}"' in home
        assert get(f"{door}/~/{outlet.host}{article.path}").status == 200
    assert get(f"{door}/~/t.me/s/fura_demo").status == 200
    assert get(f"{door}/nothing").status == 404


def test_the_command_says_its_address_on_one_line() -> None:
    command = [sys.executable, "-m", "infra.demo", "--port", "0", "--clock", "2025-10-02T00:00:00Z"]
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=REPOSITORY) as process:
        try:
            assert process.stdout is not None
            address = process.stdout.readline().strip()
            with urllib.request.urlopen(f"{address}__clock", timeout=10) as reply:
                assert json.load(reply) == {"clock": "2025-10-02T00:00:00+00:00"}
        finally:
            process.terminate()
