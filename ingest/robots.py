"""robots.txt (RFC 9309): what a site asks robots not to read."""

from __future__ import annotations

from dataclasses import dataclass

from protego import Protego

MAX_BYTES = 512 * 1024
"""How much of a robots.txt is read: the least that RFC 9309, 2.5 asks for is 500 KiB."""


@dataclass(frozen=True)
class Robots:
    """What one site's robots.txt says. `rules` is None where there are none; `unavailable` says why nobody knows."""

    rules: Protego | None
    unavailable: str | None = None

    def refusal(self, url: str, user_agent: str) -> str | None:
        """Why `url` may not be read, or None if it may."""
        if self.unavailable:
            return f"robots_unavailable: nothing is read from the site for now, because {self.unavailable}."
        if self.rules is not None and not self.rules.can_fetch(url, user_agent):
            return "robots_forbidden: the site's robots.txt asks robots not to read this."
        return None

    def delay_s(self, user_agent: str) -> float:
        """The seconds between two requests that the site asks for, 0 where it asks for none."""
        return float((self.rules and self.rules.crawl_delay(user_agent)) or 0.0)


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
    return Robots(Protego.parse(body[:MAX_BYTES].decode("utf-8-sig", errors="replace")))
