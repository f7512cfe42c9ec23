"""The web addresses that an article's own body links to, and those of its pictures and films."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

# Where sites that load pictures late keep the address.
_PICTURE: Final = ("src", "data-src", "data-lazy-src", "data-original", "data-lazy", "data-url")
_NO_PICTURE: Final = re.compile(
    r"(?:^|[/._-])(?:pixel|counter|beacon|spacer|blank|transparent|tracking|1x1|hit|count)(?:[/._?-]|$)|"
    r"//(?:mc\.yandex|counter\.yadro|top-fwz1\.mail|www\.facebook\.com/tr|sb\.scorecardresearch|www\.google-analytics|"
    r"[\w.]*doubleclick\.net|zero\.kz|c\.zero)|\.svg(?:$|\?)",
    re.IGNORECASE,
)


def web_addresses(base: str, raw: Iterable[str | None]) -> tuple[str, ...]:
    """The absolute http(s) addresses of `raw` (values of `href`) on the page at `base`: in order, each once, without those
    that lead to a place on the page itself."""
    page = base.partition("#")[0]
    found: dict[str, None] = {}
    for value in raw:
        address = _absolute(base, value)
        if address is not None and address.partition("#")[0] != page:
            found.setdefault(address)
    return tuple(found)


def media_addresses(base: str, raw: Iterable[str | None]) -> tuple[str, ...]:
    """The same for pictures and films: without data in the address itself, without counters' pixels and drawn icons."""
    return tuple(address for address in web_addresses(base, raw) if not _NO_PICTURE.search(address))


def media_source(attributes: Mapping[Any, Any]) -> str | None:
    """The address in the attributes of an `img`, `video`, `audio` or `source` element; None where there is none or the
    picture is a dot that nobody sees."""
    if any(re.fullmatch(r"[01](?:px)?", str(attributes.get(side, ""))) for side in ("width", "height")):
        return None
    for name in _PICTURE:
        value = str(attributes.get(name) or "").strip()
        if value and not value.startswith("data:"):
            return value
    candidates = str(attributes.get("srcset") or attributes.get("data-srcset") or "").split(", ")
    # The last of a set is the largest, by custom.
    return candidates[-1].split()[0] if candidates[-1].split() else None


def _absolute(base: str, value: str | None) -> str | None:
    text = (value or "").strip()
    if not text or text.startswith("#"):
        return None
    try:
        address: str = urljoin(base, text)
        parts = urlsplit(address)
        named = bool(parts.hostname)
    except ValueError:
        return None
    return address if parts.scheme in ("http", "https") and named else None
