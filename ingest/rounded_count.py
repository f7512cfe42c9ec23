"""A count as a page rounds it ("37.2K") → the number, and what it was rounded to."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_UNITS: Final = {"": 1, "K": 1_000, "M": 1_000_000, "B": 1_000_000_000}
_COUNT: Final = re.compile(r"([0-9]{1,12})(?:[.,]([0-9]{1,6}))?\s?([KMB]?)", re.IGNORECASE)
_GROUPED: Final = re.compile(r"[0-9]{1,3}(?:([\s'.,])[0-9]{3})(?:\1[0-9]{3}){0,3}")


class RoundedCount(NamedTuple):
    """`number` as shown, and the step it was rounded to: the true count is less than one step away from it."""

    number: int
    granularity: int


def rounded_count(shown: str | None) -> RoundedCount | None:
    """ "980" → 980 (to 1), "37.2K" and "37,2K" → 37200 (to 100), "1 234" → 1234 (to 1); None where it is no count."""
    shown = (shown or "").strip()
    if _GROUPED.fullmatch(shown):
        return RoundedCount(int(re.sub("[^0-9]", "", shown)), 1)
    match = _COUNT.fullmatch(shown)
    if match is None:
        return None
    whole, decimals, unit = match[1], match[2] or "", _UNITS[match[3].upper()]
    step = 10 ** len(decimals)
    if step > unit:  # a part of one
        return None
    return RoundedCount(int(whole + decimals) * unit // step, unit // step)
