"""Dates as feeds and sitemaps write them: RFC 5322 and ISO 8601 in all the shapes that they have in the wild."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

from ingest.dates import parse_date
from ingest.document import Precision
from ingest.errors import InputError

# Zones by the names that feeds of this region use, besides those that `parse_date` knows (IANA: names of zones in the
# files "europe" and "asia" of the time zone database).
_ZONES: Final = {
    "MSD": "Etc/GMT-4",
    "SAMT": "Europe/Samara",
    "YEKT": "Asia/Yekaterinburg",
    "EKT": "Asia/Yekaterinburg",
    "OMST": "Asia/Omsk",
    "NOVT": "Asia/Novosibirsk",
    "ALMT": "Asia/Almaty",
    "AQTT": "Asia/Aqtau",
    "ORAT": "Asia/Oral",
    "QYZT": "Asia/Qyzylorda",
    "KGT": "Asia/Bishkek",
    "UZT": "Asia/Tashkent",
    "UT": "UTC",
}
_YEARS: Final = range(1990, 2101)
"""Nobody lists a page of another year; software writes such years (0001, 1970, 9999) for dates that it does not have."""


def parse_list_date(text: str, timezone: str) -> tuple[datetime, Precision]:
    """The moment that `text` names, in UTC, and how precisely; with "day" it is the midnight at which that day begins.

    `timezone` (IANA) is that of dates which state none. Raises InputError where the text is no date, only a month, or one
    of a year in which there was no web.
    """
    if re.fullmatch(r"\d{10}", text.strip()):  # seconds since 1970, a date of our time
        return datetime.fromtimestamp(int(text), UTC), "second"
    text, zone = _in_usual_form(text)
    stated = parse_date(text, timezone=zone or timezone)
    if stated.at.year not in _YEARS:
        raise InputError(f"{text!r} is not of the web's time")
    return stated.at.astimezone(UTC), stated.precision


def _in_usual_form(text: str) -> tuple[str, str | None]:
    """The date in a form that `parse_date` reads, and the zone that a name in it stands for."""
    text = re.sub(r"\s*\([^()]*\)$", "", " ".join(text.split()))  # +0500 (ALMT)
    zone = None
    if (name := re.search(r"(?<=[\s\d])([A-Z]{2,4})(?= (?:19|20)\d\d$|$)", text)) and name[1] in _ZONES:
        zone = _ZONES[name[1]]
        text = " ".join((text[: name.start()] + text[name.end() :]).split())
    # Thu Oct 2 09:05:00 MSK 2025
    text = re.sub(r"^\w+ ([A-Za-z]{3}) (\d{1,2}) ([\d:]+)( \w+)? (\d{4})$", r"\2 \1 \5 \3\4", text)
    # Срд, 02 Окт 2025; Thu,02 Oct 2025: the day of the week adds nothing, however it is written.
    text = re.sub(r"^[^\W\d]+\.?,? ?(?=\d{1,2}(?:\.\d|[ -][^\W\d]))", "", text)
    # 02 Oct 25, 02-Oct-25, 02.10.25
    text = re.sub(r"^(\d{1,2})([ .-])([^\W\d]+|\d{1,2})\2(\d\d)(?=\s|$)", _with_century, text)
    # 9:5:00
    text = re.sub(r"(?<![\d:+-])(\d{1,2}):(\d{1,2})(?![\d:]*\d{3})(?=[:\s]|$)", _padded, text)
    # 20251002T090500Z
    compact = re.fullmatch(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)?(Z|[+-]\d\d:?\d\d)?)?", text)
    if compact:
        year, month, day, hour, minute, second, offset = compact.groups()
        text = f"{year}-{month}-{day}" + (f"T{hour}:{minute}:{second or '00'}{offset or ''}" if hour else "")
    return text, zone


def _with_century(match: re.Match[str]) -> str:
    day, mark, month, year = match.groups()
    return f"{day}{mark}{month}{mark}{'20' if int(year) < 70 else '19'}{year}"


def _padded(match: re.Match[str]) -> str:
    return f"{int(match[1]):02d}:{int(match[2]):02d}"
