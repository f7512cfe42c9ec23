"""robots.txt (RFC 9309): what a site asks robots not to read."""

from __future__ import annotations

import re
from dataclasses import dataclass

from protego import Protego

PRODUCT = "kezek"
"""The name that robots.txt may call this reader by (RFC 9309, 2.2.1): the first word of its User-Agent."""

MAX_BYTES = 512 * 1024
"""How much of a robots.txt is read: the least that RFC 9309, 2.5 asks for is 500 KiB."""

# The forms that Protego takes for the line that names a robot.
_AGENT = re.compile(r"\s*user[-\s]*agent(?:\s*:|\s)([^#]*)", re.IGNORECASE)


@dataclass(frozen=True)
class Robots:
    """What one site's robots.txt says. `rules` is None where there are none; `unavailable` says why nobody knows."""

    rules: Protego | None
    unavailable: str | None = None

    def refusal(self, url: str) -> str | None:
        """Why `url` may not be read, or None if it may."""
        if self.unavailable:
            return f"robots_unavailable: nothing is read from the site for now, because {self.unavailable}."
        if self.rules is not None and not self.rules.can_fetch(url, PRODUCT):
            return "robots_forbidden: the site's robots.txt asks robots not to read this."
        return None

    @property
    def delay_s(self) -> float:
        """The seconds between two requests that the site asks for, 0 where it asks for none."""
        return float((self.rules and self.rules.crawl_delay(PRODUCT)) or 0.0)


def read_robots(status: int | None, body: bytes | None, error: str | None) -> Robots:
    """What follows from the answer to a request for robots.txt (RFC 9309, 2.3.1).

    200: its rules. Other 4xx (there is none): all is allowed. 429, 5xx, a redirect that ends nowhere or no answer at
    all: nothing is, for now.
    """
    if error is not None or status is None or body is None:
        return Robots(None, f"its robots.txt could not be had ({error or 'no answer'})")
    if status == 429 or status >= 500 or 300 <= status < 400:
        return Robots(None, f"its robots.txt was answered with {status}")
    if status >= 400:
        return Robots(None)
    text = body[:MAX_BYTES].decode("utf-8-sig", errors="replace")
    return Robots(Protego.parse("\n".join(map(_own_name_or_another, text.splitlines()))))


def _own_name_or_another(line: str) -> str:
    """A line that names another robot, under one name for all others: Protego copies each rule for each robot of its
    group, and would do so a hundred million times for a file of half a megabyte that is made for it."""
    found = _AGENT.match(line)
    if not found:
        return line
    name = found[1].strip().lower()
    if name in ("", "*"):
        return f"User-agent: {name}"
    ours = re.match(rf"\**{PRODUCT}(?![\w-])", name)
    return f"User-agent: {PRODUCT if ours else 'another'}"
