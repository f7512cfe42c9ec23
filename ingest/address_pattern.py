"""Patterns of addresses: of a day, of a month, of the further pages of a list.

    https://ria.example/%Y%m%d/                            a page for each day
    https://times.example/sitemap-%Y-%-m.xml               a page for each month, its number without a zero
    https://lenta.example/%Y/%m/%d/[page/{page}/]          further pages 2, 3, …; the part in brackets is not of the first
    https://times.example/feed/?paged={page}               pages 1, 2, …
    https://paper.example/map.xml?a={from}&b={until}       a day between two moments, in seconds since 1970

`%Y %y %m %d %j` are those of strftime, `%-m` and `%-d` have no leading zero; every other `%` belongs to the address (as in
`%D0%9D`). `{page}` counts from 1, `{page-1}` from 0. `{from}` and `{until}` enclose the day in every time zone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

_DAY = re.compile(r"%(-?[md]|[Yyj])|\{(from|until)\}")
_OPTIONAL = re.compile(r"\[([^\[\]]*\{page(?:-1)?\}[^\[\]]*)\]")
_PAGE = re.compile(r"\{page(-1)?\}")


def is_dated(pattern: str) -> bool:
    """Whether the address is another one for each day, month or year."""
    return _DAY.search(pattern) is not None


def is_daily(pattern: str) -> bool:
    """Whether the address is another one for each day."""
    return re.search(r"%(?:-?d|j)|\{(?:from|until)\}", pattern) is not None


def is_paged(pattern: str) -> bool:
    """Whether the pattern has further pages."""
    return _PAGE.search(pattern) is not None


def strange_part(pattern: str) -> str | None:
    """What of the pattern is neither an address's own nor a pattern's (`%B`, `{n}`); None where all is sound."""
    rest = _PAGE.sub("", _DAY.sub("", pattern))
    strange = re.search(r"%(?![0-9A-Fa-f]{2}).{0,2}|\{[^{}]*\}?|\}", rest)
    return strange[0] if strange else None


def of_days(pattern: str, days: Iterable[date]) -> list[str]:
    """The pattern with each day filled in, in the order of `days`, each once; just itself where it names no day."""
    return list(dict.fromkeys(_of_day(pattern, day) for day in days))


def page(pattern: str, number: int) -> str:
    """The address of the page with this number (from 1) of a pattern; of a pattern without pages, the address itself."""
    address = _OPTIONAL.sub("" if number == 1 else r"\1", pattern)
    return _PAGE.sub(lambda match: str(number - 1 if match[1] else number), address)


def _of_day(pattern: str, day: date) -> str:
    def digits(match: re.Match[str]) -> str:
        if match[2]:
            # Where it comes first the day begins 14 hours before UTC's, where it comes last it ends 12 hours after.
            hours = {"from": -14, "until": 24 + 12}[match[2]]
            return str(int((datetime.combine(day, time(), UTC) + timedelta(hours=hours)).timestamp()))
        unpadded = {"-m": day.month, "-d": day.day, "Y": day.year}.get(match[1])
        return day.strftime(match[0]) if unpadded is None else str(unpadded)

    return _DAY.sub(digits, pattern)
