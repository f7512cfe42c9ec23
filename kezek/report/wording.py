"""Codes, days and other people's words, as the report shows them."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Final
from urllib.parse import urlsplit

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
# Control and bidirectional-override characters could make a text look like another one.
_UNSEEN: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
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
    seen = _UNSEEN.sub("", text).strip()
    return _WORD_JOINER + seen if seen.startswith(_FORMULA) else seen


def link(url: str | None) -> str | None:
    """The URL if it is http or https and names a host, else None: nothing else becomes a link."""
    if not url or any(character.isspace() for character in url):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.hostname else None
