"""Patterns of addresses."""

from __future__ import annotations

from datetime import date

import pytest

from ingest.address_pattern import is_dated, is_paged, of_days, page, strange_part

DAYS = [date(2025, 9, 30), date(2025, 10, 1)]


@pytest.mark.parametrize(
    ("pattern", "addresses"),
    [
        ("/%Y%m%d/", ["/20250930/", "/20251001/"]),
        ("/%-d.%-m.%y", ["/30.9.25", "/1.10.25"]),
        ("/%Y/%j", ["/2025/273", "/2025/274"]),
        ("/%Y/%D0%BA%D0%B5%20", ["/2025/%D0%BA%D0%B5%20"]),
        ("/map?a={from}&b={until}", ["/map?a=1759140000&b=1759320000", "/map?a=1759226400&b=1759406400"]),
        ("/all", ["/all"]),
    ],
)
def test_days(pattern: str, addresses: list[str]) -> None:
    assert of_days(pattern, DAYS) == addresses
    assert is_dated(pattern) == (pattern != "/all")
    assert strange_part(pattern) is None


@pytest.mark.parametrize(
    ("pattern", "pages"),
    [
        ("/%Y/[page/{page}/]", ["/%Y/", "/%Y/page/2/", "/%Y/page/3/"]),
        ("/f?paged={page}", ["/f?paged=1", "/f?paged=2", "/f?paged=3"]),
        ("/f[?from={page-1}]", ["/f", "/f?from=1", "/f?from=2"]),
        ("/f?filter[day]=1[&p={page}]", ["/f?filter[day]=1", "/f?filter[day]=1&p=2", "/f?filter[day]=1&p=3"]),
        ("/f", ["/f", "/f", "/f"]),
    ],
)
def test_pages(pattern: str, pages: list[str]) -> None:
    assert [page(pattern, number) for number in (1, 2, 3)] == pages
    assert is_paged(pattern) == (pattern != "/f")
    assert strange_part(pattern) is None


@pytest.mark.parametrize(
    ("pattern", "strange"), [("/%B/%Y", "%B/"), ("/{n}", "{n}"), ("/x%", "%"), ("/{page", "{page"), ("/}", "}")]
)
def test_what_no_pattern_has(pattern: str, strange: str) -> None:
    assert strange_part(pattern) == strange
