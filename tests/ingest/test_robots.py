"""What follows from each answer to the question for robots.txt (RFC 9309)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.robots import read_robots

URL = "https://outlet.example/news/1"
AGENT = "kezek/0.1 (news archive; +https://kezek.example)"


@pytest.mark.parametrize(
    ("rules", "url", "allowed"),
    [
        ("", URL, True),
        ("User-agent: *\nDisallow: /", URL, False),
        ("User-agent: *\nDisallow: /\n\nUser-agent: kezek\nAllow: /", URL, True),
        ("User-agent: KEZEK\nDisallow: /news/", URL, False),
        ("User-agent: other\nDisallow: /", URL, True),
        ("User-agent: *\nDisallow: /*?page=", "https://outlet.example/?page=2", False),
        ("User-agent: *\nDisallow: /private\nAllow: /private/open", "https://outlet.example/private/open/1", True),
        ("\ufeffUser-agent: *\nDisallow: /", URL, False),
        ("User-agent: *\nDisallow: /новости/", "https://outlet.example/новости/1", False),
    ],
)
def test_its_rules_count(rules: str, url: str, allowed: bool) -> None:
    refusal = read_robots(200, rules.encode(), None).refusal(url, AGENT)
    assert (refusal is None) == allowed
    assert allowed or (refusal or "").startswith("robots_forbidden: ")


@pytest.mark.parametrize(
    ("status", "allowed"),
    [(404, True), (410, True), (403, True), (429, False), (500, False), (503, False), (301, False)],
)
def test_without_rules_the_status_counts(status: int, allowed: bool) -> None:
    refusal = read_robots(status, b"User-agent: *\nDisallow: /", None).refusal(URL, AGENT)
    assert (refusal is None) == allowed
    assert allowed or (refusal or "").startswith("robots_unavailable: ")


def test_without_an_answer_nothing_is_read() -> None:
    assert "a reset" in (read_robots(None, None, "a reset").refusal(URL, AGENT) or "")


def test_the_delay_that_is_asked_for() -> None:
    robots = read_robots(200, b"User-agent: *\nCrawl-delay: 2.5\n", None)
    assert robots.delay_s(AGENT) == 2.5
    assert read_robots(404, b"", None).delay_s(AGENT) == 0


@given(st.binary(max_size=300))
def test_any_bytes_are_rules(body: bytes) -> None:
    read_robots(200, body, None).refusal(URL, AGENT)
