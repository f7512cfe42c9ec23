"""What follows from each answer to the question for robots.txt (RFC 9309)."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.robots import read_robots

URL = "https://outlet.example/news/1"


@pytest.mark.parametrize(
    ("rules", "url", "allowed"),
    [
        ("", URL, True),
        ("User-agent: *\nDisallow: /", URL, False),
        ("User-agent: *\nDisallow: /\n\nUser-agent: kezek\nAllow: /", URL, True),
        ("User-agent: KEZEK\nDisallow: /news/", URL, False),
        ("User-agent: other\nDisallow: /", URL, True),
        ("User-agent: other\nUser-agent: kezek\nDisallow: /", URL, False),
        ("User-agent: *\nDisallow:\n\nUser-agent: other\nDisallow: /", URL, True),
        ("User-agent: *\nDisallow: /\n\nuseragent kezek/1.0 (news)\nDisallow: /x", URL, True),
        ("User-agent: *kezek*\nDisallow: /", URL, False),
        ("User-agent: ke\nDisallow: /", URL, True),
        ("User-agent: kezek-image\nDisallow: /", URL, True),
        ("User-agent: news\nDisallow: /", URL, True),
        ("User-agent: *\nDisallow: /\n\nUser-agent:\nAllow: /", URL, False),
        ("User-agent: *\nDisallow: /*?page=", "https://outlet.example/?page=2", False),
        ("User-agent: *\nDisallow: /private\nAllow: /private/open", "https://outlet.example/private/open/1", True),
        ("\ufeffUser-agent: *\nDisallow: /", URL, False),
        ("User-agent: *\nDisallow: /новости/", "https://outlet.example/новости/1", False),
    ],
)
def test_its_rules_count(rules: str, url: str, allowed: bool) -> None:
    refusal = read_robots(200, rules.encode(), None).refusal(url)
    assert (refusal is None) == allowed
    assert allowed or (refusal or "").startswith("robots_forbidden: ")


@pytest.mark.parametrize(
    ("status", "allowed"),
    [(404, True), (410, True), (403, True), (429, False), (500, False), (503, False), (301, False)],
)
def test_without_rules_the_status_counts(status: int, allowed: bool) -> None:
    refusal = read_robots(status, b"User-agent: *\nDisallow: /", None).refusal(URL)
    assert (refusal is None) == allowed
    assert allowed or (refusal or "").startswith("robots_unavailable: ")


def test_without_an_answer_nothing_is_read() -> None:
    assert "a reset" in (read_robots(None, None, "a reset").refusal(URL) or "")


def test_the_delay_that_is_asked_for() -> None:
    robots = read_robots(200, b"User-agent: *\nCrawl-delay: 2.5\n", None)
    assert robots.delay_s == 2.5
    assert read_robots(404, b"", None).delay_s == 0


_LINES = st.sampled_from(
    ["User-agent: *", "useragent kezek", "User-agent: \ud800", "Disallow: /%zz*$", "Allow: //[", "Crawl-delay: 1e999", "Crawl-delay: nan",
     "Request-rate: 1/0", "Visit-time: 2500-0", "Sitemap: http://[", "Host:", "#", ":", "\x85", "Disallow: http://[::1"]
)  # fmt: skip


@given(
    st.binary(max_size=300)
    | st.lists(_LINES | st.text(max_size=20)).map(lambda lines: "\n".join(lines).encode("utf-8", "surrogatepass"))
)
def test_any_bytes_are_rules(body: bytes) -> None:
    robots = read_robots(200, body, None)
    robots.refusal(URL)
    assert 0 <= robots.delay_s < float("inf")


def test_a_file_made_to_be_slow_is_not() -> None:
    others = "".join(f"User-agent: a{number}\n" for number in range(15_000))
    begun = time.process_time()
    for rules in (others + "Disallow: /x\n" * 18_000, "User-agent: *\n" + "Disallow: /a*b*c*$\n" * 24_000):
        assert read_robots(200, rules.encode(), None).refusal(URL) is None
    assert time.process_time() - begun < 3
