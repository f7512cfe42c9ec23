"""Codes, days and other people's words, as the report shows them."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Final
from urllib.parse import urlsplit

from warehouse.marks import Span

SIDES: Final = {
    "KZ": "Kazakhstan",
    "RU": "Russia",
    "CN": "China",
    "BOTH": "Kazakhstan and Russia",
    "TRADE": "the trade",
    "OTHER": "others",
    "UNKNOWN": "side unknown",
    "NONE": "nobody",
}
_SPECIAL: Final = {"it_failure": "IT failure", "no_delay": "No delay"}
_CHANGES: Final = {
    "stance": "turned round",
    "blames": "blames another side",
    "delay": "a queue or none",
    "cause": "another cause",
}
# Control and bidirectional-override characters could make a text look like another one; line ends stay.
UNSEEN: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_FORMULA: Final = ("=", "+", "-", "@")
_WORD_JOINER: Final = "\u2060"


def cause(code: str) -> str:
    """A cause code in words: `migration_rules` is "Migration rules"."""
    return _SPECIAL.get(code) or words(code.replace("_", " ").capitalize())


def side(code: str) -> str:
    """A side's name; an unknown code as it is."""
    return SIDES.get(code, code)


def change(code: str) -> str:
    """A kind of position change in words."""
    return _CHANGES.get(code, code)


def day(moment: date | datetime | None) -> str:
    """`1 Oct 2025`, a dash for None. A datetime is UTC already."""
    return "–" if moment is None else f"{moment.day} {moment:%b %Y}"


def short_day(moment: date) -> str:
    """`1 Oct`."""
    return f"{moment.day} {moment:%b}"


def words(text: str) -> str:
    """Other people's words without characters that hide or reorder others, and no formula when pasted into a sheet."""
    seen = UNSEEN.sub("", text).strip()
    return _WORD_JOINER + seen if seen.startswith(_FORMULA) else seen


def link(url: str | None) -> str | None:
    """The URL if it is http or https and names a host, else None: nothing else becomes a link."""
    if not url or " " in url or not url.isprintable():
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.hostname else None


def bin_name(first: date, span: Span) -> str:
    """A bin of the span in words: `1 Oct 2025`, `6 to 12 Oct 2025`, `Oct 2025`; what the span cuts off is not in it."""
    since, until = span.days(first)
    if since == until:
        return day(since)
    if span.bin == "month":
        return f"{first:%b %Y}" if (since, until) != (span.since, span.until) else f"{short_day(since)} to {day(until)}"
    return f"{since.day if since.month == until.month else short_day(since)} to {day(until)}"


def bin_label(first: date, span: Span) -> str:
    """A bin on an axis: its first day, or its month."""
    return f"{first:%b %Y}" if span.bin == "month" else short_day(max(first, span.since))


def figure(number: int, one: str, many: str) -> str:
    """A number with its noun: `1 story`, `1,200 stories`."""
    return f"{number:,} {one if number == 1 else many}"


def cut(text: str, most: int) -> str:
    """At most `most` characters, cut between words where it can be; the cut is shown."""
    if len(text) <= most:
        return text
    head = text[: most - 1]
    return f"{head.rpartition(' ')[0] or head}…" if " " in head[most // 2 :] else f"{head}…"
