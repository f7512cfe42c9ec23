"""Dates as pages write them, in Russian, Kazakh, English and a dozen more languages, and as machines do (ISO 8601,
RFC 5322).

What is read is what is written: the zone is kept where one is stated, the precision is that of the text, and a text
that is no date raises. Relative dates («сегодня, 12:40», "кеше 09:15") need the reference they are relative to.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ingest.document import Precision
from ingest.errors import InputError
from ingest.months import ANY, NEAR, WEEKDAYS, month_number


@dataclass(frozen=True, slots=True)
class StatedDate:
    """A date as stated: `at` is aware only where the text states a zone (or the caller gave one), else naive.

    With precision "day", `at` is midnight of that day and its clock means nothing.
    """

    at: datetime
    precision: Precision


_MONTH: Final = rf"(?P<month>{ANY})(?!\w)"
_NEAR_MONTH: Final = rf"(?P<month>{NEAR})(?!\w)"
_WEEKDAY: Final = rf"(?:(?:{WEEKDAYS})\b\.?,?\s+)?"

_NUMERIC_ZONE: Final = r"(?:(?:utc|gmt|мск|msk)\s*)?[+\-−]\d{1,2}(?::?\d{2})?"
_NAMED_ZONES: Final = {
    "z": 0,
    "utc": 0,
    "gmt": 0,
    "мск": 180,
    "msk": 180,
    "est": -300,
    "edt": -240,
    "cst": -360,
    "cdt": -300,
    "mst": -420,
    "mdt": -360,
    "pst": -480,
    "pdt": -420,
    "bst": 60,
    "cet": 60,
    "cest": 120,
    "eet": 120,
    "eest": 180,
    "trt": 180,
    "sast": 120,
    "pkt": 300,
    "yekt": 300,
    "omst": 360,
    "sgt": 480,
    "hkt": 480,
    "jst": 540,
    "aest": 600,
    "aedt": 660,
}
_PHRASED_ZONES: Final = {
    r"по\s+московскому(?:\s+времени)?|по\s+москве|(?:по\s+)?мск|мәскеу\s+уақыты(?:мен)?|moscow\s+time": "Europe/Moscow",
    r"по\s+(?:времени\s+)?(?:астан[ыеа]|алматы|казахстана)|по\s+(?:астанинскому|алматинскому|казахстанскому)(?:\s+времени)?|"
    r"(?:астана|алматы|қазақстан)\s+уақыты(?:мен)?|(?:astana|almaty|kazakhstan)\s+time|almt?|нұр-сұлтан\s+уақыты(?:мен)?": "Asia/Almaty",
    r"по\s+(?:уральску|времени\s+уральска)|орал\s+уақыты(?:мен)?": "Asia/Oral",
    r"по\s+екатеринбургскому(?:\s+времени)?": "Asia/Yekaterinburg",
    r"по\s+самарскому(?:\s+времени)?": "Europe/Samara",
    r"по\s+омскому(?:\s+времени)?": "Asia/Omsk",
    r"по\s+киевскому(?:\s+времени)?|за\s+київським\s+часом": "Europe/Kyiv",
}
# Said after "a.m." or "p.m." only: "et" and "pt" are words elsewhere.
_AMERICAN: Final = {
    "et": "America/New_York",
    "ct": "America/Chicago",
    "mt": "America/Denver",
    "pt": "America/Los_Angeles",
}
_ZONE: Final = rf"(?:\s*\(?(?P<zone>{_NUMERIC_ZONE}|(?:{'|'.join(_NAMED_ZONES)})\b|{'|'.join(_PHRASED_ZONES)})\)?)?"
_CLOCK: Final = (
    r"(?P<hour>[01]?\d|2[0-4])\s?(?:[:.h]|h\s)(?P<minute>[0-5]\d)(?!\d)(?:[:.](?P<second>[0-5]\d)(?!\d)(?:[.,]\d+)?)?(?:\s*uhr\b)?"
    r"(?:\s*(?P<half>[ap])\.?m\b\.?(?:\s*\(?(?P<american>[ecmp]t)\b\)?)?)?" + _ZONE
)
_AT: Final = r"(?:в|о|об|at|сағат|um|à|a\s+las|às|alle(?:\s+ore)?|ore|o(?:\s+godz\.?)?|godz\.?|saat|kl\.?|om|time:?|время:?|час:?)"
_CLOCK_AFTER: Final = rf"(?:(?:\s*[,|•·/—–-]\s*(?:{_AT}\s+)?|\s+|\s*,?\s*{_AT}\s+){_CLOCK})?"
_CLOCK_BEFORE: Final = rf"(?:{_CLOCK}\s*(?:[,|•·/—–-]\s*|\s))?"
_YEAR: Final = r"(?P<year>(?:19|20)\d\d)(?!\d)"
_ORDINAL: Final = "(?:st|nd|rd|th|er|º|-го|-е)?"
_OF: Final = r"(?:de\s+|del\s+|d['’]\s?|di\s+)?"
_DAY: Final = r"(?<!\d)(?P<day>[0-3]?\d)(?!\d)"
_YEAR_WORD: Final = r"(?:\s*(?:г\.|года|год|г\b|ж\.|жыл(?:ы|ғы|дың)?\b))?"
_KK_YEAR: Final = rf"{_YEAR}\s*(?:жылғы|жылдың|жылы|жыл|ж\.)\s+"

_TODAY: Final = r"(?P<today>сегодня|бүгін|today|сьогодні|heute|aujourd['’]hui|hoy|oggi|hoje|dziś|dzisiaj|bugün)\b"
_YESTERDAY: Final = r"(?P<yesterday>вчера|кеше|yesterday|вчора|gestern|hier|ayer|ieri|ontem|wczoraj|dün)\b"
_BEFORE_YESTERDAY: Final = r"(?P<before_yesterday>позавчера|алдыңғы\s+күні|бұрнағы\s+күні)\b"
_AGO: Final = (
    r"(?<!\w)(?:(?P<count>\d{1,3})\s*|(?:an?|one|бір)\s+)?(?:"
    r"(?:(?P<minutes>минут[уы]?|мин\.?)|(?P<hours>час(?:а|ов)?|ч\.?)|(?P<days>день|дня|дней|дн\.?)|(?P<weeks>недел[юиь]))\s+назад"
    r"|(?:(?P<minutes2>минут|мин\.?)|(?P<hours2>сағат|сағ\.?)|(?P<days2>күн)|(?P<weeks2>апта))\s+бұрын"
    r"|(?:(?P<minutes3>min(?:ute)?s?)|(?P<hours3>hours?|hrs?|h)|(?P<days3>days?|d)|(?P<weeks3>weeks?))\s+ago)\b"
)

_PATTERNS: Final = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # 2025-10-01T14:30:05.000+05:00, 2025-10-01 14:30, 2025-10-01, 2025/10/01
        rf"(?<!\d){_YEAR}(?P<dash>[-/.])(?P<month_number>[01]?\d)(?P=dash)(?P<day>[0-3]?\d)(?!\d)"
        rf"(?:(?:T|\s+|\s*,\s*){_CLOCK})?",
        # 2025 жылғы 12 қыркүйек, 14:30
        rf"{_KK_YEAR}{_DAY}\s+{_MONTH}{_CLOCK_AFTER}",
        # 14:30, 1 октября 2025 года
        rf"{_CLOCK_BEFORE}{_WEEKDAY}{_DAY}{_ORDINAL}\s+{_OF}{_MONTH},?\s+{_OF}{_YEAR}{_YEAR_WORD}",
        # 1 октября 2025 г., 14:30; Wed, 01 Oct 2025 14:30:00 +0500; 1. Oktober 2025, 14.30 Uhr; 1 de octubre de 2025
        rf"{_WEEKDAY}{_DAY}{_ORDINAL}(?:\s+|-|\.\s?){_OF}{_MONTH}(?:,?\s+|-){_OF}{_YEAR}{_YEAR_WORD}{_CLOCK_AFTER}",
        # October 1, 2025 2:30 PM
        rf"{_WEEKDAY}(?<!\w){_MONTH}\s+(?P<day>[0-3]?\d)(?:st|nd|rd|th)?,?\s+{_YEAR}{_CLOCK_AFTER}",
        # 2:30 PM, October 1, 2025
        rf"{_CLOCK_BEFORE}(?:on\s+)?{_WEEKDAY}(?<!\w){_MONTH}\s+(?P<day>[0-3]?\d)(?:st|nd|rd|th)?,?\s+{_YEAR}",
        # 2025 m. spalio 1 d., 14:30; 2025 October 1
        rf"(?<!\d){_YEAR}(?:\s*m\.|\.)?\s+{_MONTH}\s+(?P<day>[0-3]?\d)(?!\d)(?:\s*d\b\.?)?{_CLOCK_AFTER}",
        # 14:30 01.10.2025
        rf"{_CLOCK_BEFORE}{_DAY}\.(?P<month_number>[01]?\d)\.{_YEAR}{_YEAR_WORD}",
        # 01.10.2025, 14:30; 01-10-2025
        rf"{_DAY}(?P<dot>[.-])(?P<month_number>[01]?\d)(?P=dot){_YEAR}{_YEAR_WORD}{_CLOCK_AFTER}",
        # 01.10.25, 14:30
        rf"{_DAY}\.(?P<month_number>[01]\d)\.(?P<short_year>\d\d)(?![\d.]){_CLOCK_AFTER}",
        # 2025年10月1日
        rf"(?<!\d){_YEAR}年(?P<month_number>[01]?\d)月(?P<day>[0-3]?\d)日",
        # 01/10/2025 or 10/01/2025: read only where one reading is possible, or the caller says which
        rf"(?<!\d)(?P<first>[0-3]?\d)/(?P<second_number>[0-3]?\d)/{_YEAR}{_CLOCK_AFTER}",
        # сегодня, 12:40; вчера в 09:15
        rf"(?:{_TODAY}|{_YESTERDAY}|{_BEFORE_YESTERDAY}){_CLOCK_AFTER}",
        rf"{_CLOCK_BEFORE}(?:{_TODAY}|{_YESTERDAY}|{_BEFORE_YESTERDAY})",
        _AGO,
        # 1 октября, 14:30 (the year is that of the reference)
        rf"{_DAY}\s+{_NEAR_MONTH}{_CLOCK_AFTER}",
    )
]
_RELATIVE: Final = re.compile(rf"(?:{_TODAY}|{_YESTERDAY}|{_BEFORE_YESTERDAY})\Z", re.IGNORECASE)


def parse_date(
    text: str, *, reference: datetime | None = None, timezone: str | None = None, month_first: bool | None = None
) -> StatedDate:
    """The date that `text` is, as a whole.

    `reference` is when the page was read (what "today" and a missing year refer to); `timezone` is an IANA name for
    clocks without a zone of their own; `month_first` says how 01/02/2025 is meant where both readings are possible.
    Raises InputError where the text is no date, names a day that does not exist, or needs a reference that is missing.
    """
    cleaned = re.sub(r"\s+", " ", text).strip(" .,;|•·")
    default = _zone_named(timezone)
    for pattern in _PATTERNS:
        match = pattern.fullmatch(cleaned)
        if match is not None:
            return _stated(match, reference, default, month_first)
    raise InputError(f"{_shown(text)} is no date")


def find_date(
    text: str, *, reference: datetime | None = None, timezone: str | None = None, month_first: bool | None = None
) -> StatedDate | None:
    """The first date in `text` (the longest of those that begin there), or None. Arguments as in parse_date."""
    cleaned = re.sub(r"\s+", " ", text)
    default = _zone_named(timezone)
    best: tuple[int, int, StatedDate] | None = None
    for pattern in _PATTERNS:
        for match in pattern.finditer(cleaned):
            # "What to know today" names no date.
            if _RELATIVE.match(match.group()) and match.groupdict().get("hour") is None:
                continue
            try:
                stated = _stated(match, reference, default, month_first)
            except InputError:
                continue
            if best is None or (match.start(), -match.end()) < (best[0], best[1]):
                best = (match.start(), -match.end(), stated)
            break
    return None if best is None else best[2]


def _shown(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "…")


def _zone_named(name: str | None) -> tzinfo | None:
    if name is None:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InputError(f"{name!r} is no time zone") from error


def _stated(
    match: re.Match[str], reference: datetime | None, default: tzinfo | None, month_first: bool | None
) -> StatedDate:
    groups = {name: value for name, value in match.groupdict().items() if value is not None}
    zone = _zone(groups["zone"]) if "zone" in groups else default
    if "american" in groups:
        zone = ZoneInfo(_AMERICAN[groups["american"].lower()])
    unit = next(
        (unit for unit in ("minutes", "hours", "days", "weeks") if any(name.startswith(unit) for name in groups)), None
    )
    if unit is not None:
        seen = _needed(reference, match)
        if seen.tzinfo is not None and default is not None and unit != "minutes":
            seen = seen.astimezone(default)
        then = seen - timedelta(**{unit: int(groups.get("count", "1"))})
        if unit == "minutes":
            return StatedDate(then.replace(second=0, microsecond=0), "minute")
        return StatedDate(then.replace(hour=0, minute=0, second=0, microsecond=0), "day")
    if back := [days for days, name in enumerate(("today", "yesterday", "before_yesterday")) if name in groups]:
        seen = _needed(reference, match)
        local = seen.astimezone(zone) if zone is not None and seen.tzinfo is not None else seen
        day = local - timedelta(days=back[0])
        year, month, number = day.year, day.month, day.day
        zone = zone or seen.tzinfo
    else:
        month, number = _month_and_day(groups, month_first, match)
        if "short_year" in groups:
            year = 2000 + int(groups["short_year"])
        else:
            year = int(groups["year"]) if "year" in groups else _year(month, number, _needed(reference, match))
    hour, minute, second = _clock(groups, match)
    try:
        at = datetime(year, month, number, hour % 24, minute, second, tzinfo=zone)
    except ValueError as error:
        raise InputError(f"{_shown(match.group())} names a day that does not exist") from error
    if hour == 24:
        at += timedelta(days=1)
    precision: Precision = "second" if "second" in groups else "minute" if "minute" in groups else "day"
    return StatedDate(at, precision)


def _needed(reference: datetime | None, match: re.Match[str]) -> datetime:
    if reference is None:
        raise InputError(f"{_shown(match.group())} is relative, and to what is not known")
    return reference


def _year(month: int, day: int, reference: datetime) -> int:
    """The year of the latest such day that is not after the reference (a day ahead is allowed for other zones)."""
    limit = reference.date() + timedelta(days=1)
    return (
        reference.year
        if (month, day) <= (limit.month, limit.day) or limit.year > reference.year
        else reference.year - 1
    )


def _month_and_day(groups: dict[str, str], month_first: bool | None, match: re.Match[str]) -> tuple[int, int]:
    if "month" in groups:
        return month_number(groups["month"]), int(groups["day"])
    if "month_number" in groups:
        return int(groups["month_number"]), int(groups["day"])
    first, second = int(groups["first"]), int(groups["second_number"])
    if first > 12 or second > 12 or first == second:
        return (second, first) if first > 12 else (first, second)
    if month_first is None:
        raise InputError(f"{_shown(match.group())} can be read as two days")
    return (first, second) if month_first else (second, first)


def _clock(groups: dict[str, str], match: re.Match[str]) -> tuple[int, int, int]:
    hour, minute, second = (int(groups.get(name, "0")) for name in ("hour", "minute", "second"))
    if half := groups.get("half"):
        if not 1 <= hour <= 12:
            raise InputError(f"{_shown(match.group())} has an hour that does not exist")
        hour = hour % 12 + (12 if half.lower() == "p" else 0)
    if hour == 24 and (minute or second):
        raise InputError(f"{_shown(match.group())} has an hour that does not exist")
    return hour, minute, second


def _zone(text: str) -> tzinfo:
    lowered = text.lower()
    if lowered in _NAMED_ZONES:
        minutes = _NAMED_ZONES[lowered]
        return UTC if minutes == 0 else timezone(timedelta(minutes=minutes))
    for phrase, name in _PHRASED_ZONES.items():
        if re.fullmatch(phrase, lowered):
            return ZoneInfo(name)
    sign = -1 if re.search(r"[-−]", text) else 1
    digits = re.sub(r"\D", "", text)
    hours, minutes = (int(digits), 0) if len(digits) <= 2 else (int(digits[:-2]), int(digits[-2:]))
    if hours > 14 or minutes > 59:
        raise InputError(f"{text!r} is no offset from UTC")
    offset = sign * timedelta(hours=hours, minutes=minutes)
    if lowered.startswith(("мск", "msk")):
        offset += timedelta(hours=3)
    return UTC if not offset else timezone(offset)
