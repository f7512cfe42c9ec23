"""Days that a text names in Russian, English or Kazakh: «25 сентября», "on Tuesday", «кеше».

A day without a year is the nearest one not after the publication (a day's slack, for time zones); a weekday is the last
one, the day of publication counted. A week, a month or a year alone names no day, nor does an interval («22–24
сентября») or what recurs («по средам»).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from spacy.tokens import Span

from nlp.numbers import Reader, words_of

__all__ = ["DateFound", "dates_in"]


@dataclass(frozen=True, slots=True)
class DateFound:
    """A day, and the characters `start` to `end` of the text that name it."""

    day: date
    start: int
    end: int


_SLACK = timedelta(days=1)
_YEARS_BACK = 8
"""Years to look back for a day without a year: the 29th of February is there every fourth, or eighth."""
_MONTHS = {
    "ru": (
        "янв(?:аря|\\.)", "фев(?:раля|р\\.|\\.)", "мар(?:та|\\.)", "апр(?:еля|\\.)", "мая", "июн(?:я|\\.)", "июл(?:я|\\.)", "авг(?:уста|\\.)",
        "сент?(?:ября|\\.)", "окт(?:ября|\\.)", "ноя(?:бря|б?\\.)", "дек(?:абря|\\.)",
    ),
    "en": (
        "jan(?:uary)?", "feb(?:ruary)?", "(?-i:Mar)(?:ch)?", "apr(?:il)?", "(?-i:May)", "june?", "july?", "aug(?:ust)?", "sept?(?:ember)?",
        "oct(?:ober)?", "nov(?:ember)?", "dec(?:ember)?",
    ),
    "kk": (
        "қаңтар", "ақпан", "наурыз", "сәуір", "мамыр", "маусым", "шілде", "тамыз", "қыркүйе[кг]", "қазан", "қараша", "желтоқсан",
    ),
}  # fmt: skip
_WEEKDAYS = {
    "ru": (
        "понедельник(?:а|у)?", "вторник(?:а|у)?", "сред[ауы]", "четверг(?:а|у)?", "пятниц[ауы]", "суббот[ауы]", "воскресень[еяю]",
    ),
    "en": (
        "(?-i:Mon)(?:day)?", "(?-i:Tue)(?:s|sday)?", "(?-i:Wed)(?:nesday)?", "(?-i:Thu)(?:rs?|rsday)?", "(?-i:Fri)(?:day)?", "(?-i:Sat)(?:urday)?",
        "(?-i:Sun)(?:day)?",
    ),
    "kk": ("дүйсенбі", "сейсенбі", "сәрсенбі", "бейсенбі", "жұма", "сенбі", "жексенбі"),
}  # fmt: skip
_RELATIVE = {
    "ru": {r"позавчера(?:шн\w+)?": -2, r"вчера(?:шн\w+)?|накануне": -1, r"сегодня(?:шн\w+)?|этим утром|этой ночью|нынче": 0, r"завтра": 1},
    "en": {
        r"the day before yesterday": -2,
        r"yesterday|last night": -1,
        r"today|tonight|this (?:morning|afternoon|evening)": 0,
        r"tomorrow": 1,
    },
    "kk": {r"алдыңғы күні": -2, r"кеше(?:гі)?": -1, r"бүгін(?:гі)?": 0, r"ертең": 1},
}  # fmt: skip
_AGO = {
    "ru": r"(?P<ago>[\w-]{1,20})\s+(?:дн(?:я|ей)|день|суток)\s+назад",
    "en": r"(?P<ago>[\w-]{1,20})\s+days?\s+(?:ago|earlier)",
    "kk": r"(?P<ago>[\w-]{1,20})\s+күн\s+бұрын",
}
_DATED = {
    "ru": r"(?P<d>\d{{1,2}})(?:-?(?:го|е))?\s+(?P<m>{months})(?:\s+(?P<y>\d{{4}}))?",
    "en": r"(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<m>{months})\b\.?(?:,?\s+(?P<y>\d{{4}}))?"
    r"|(?P<m2>{months})\b\.?\s+(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\s*[-–]\s*\d|:|\.\d|,\d)(?:,?\s+(?P<y2>(?:19|20)\d\d)\b)?",
    "kk": r"(?:(?P<y>\d{{4}})\s+жыл\w*\s+)?(?P<d>\d{{1,2}})(?:-(?:ші|шы))?[\s-]+(?P<m>{months})\w*"
    r"|(?:(?P<y2>\d{{4}})\s+жыл\w*\s+)?(?P<m2>{months})(?:тың|тің|дың|дің|ның|нің)\s+(?P<d2>\d{{1,2}})-(?:[іы]|с[іы]|[іы]нш[іы]|ш[іы])\w*",
}
_WEEKLY = {
    "ru": r"(?:(?:в|во|на|утро[м]?|утру|вечер[ау]?|вечером|ночь|ночью|полдень|день|с|со|до|за|прошл\w+|минувш\w+|эт\w+)\s+)(?P<w>{days})",
    "en": r"(?P<w>{days})",
    "kk": r"(?P<w>{days})(?:де|да|дегі|дағы|нің|ның|ден|дан|ге|ға)?",
}
_NO_DAY_BEFORE = {
    "ru": re.compile(
        r"(?:\b(?:следующ\w+|будущ\w+|ближайш\w+|кажд\w+|по)\s+|\d\s*[-–—]\s*|\bс\s+\d{1,2}(?:-го)?\s+по\s+)$", re.I
    ),
    "en": re.compile(r"(?:\b(?:next|every|each|coming)\s+|\d\s*[-–—]\s*|\bfrom\s+\d{1,2}\s+to\s+)$", re.I),
    "kk": re.compile(r"(?:\b(?:келесі|әр|сайын)\s+|\d\s*[-–—]\s*)$", re.I),
}
_LAST = {
    "ru": re.compile(r"прошл|минувш", re.I),
    "en": re.compile(r"\blast\s+$", re.I),
    "kk": re.compile(r"(?:өткен|былтырғы)\s+$", re.I),
}
"""What makes a weekday one before the day of publication."""
_TIME_OF_DAY = re.compile(r"(?:\bв|\bat|\bсағат)\s+$", re.I)
_FIGURES = re.compile(
    r"(?<![\d.,/-])(?:(?P<iso>\d{4}-\d\d-\d\d)|(?P<d>\d{1,2})\.(?P<m>\d\d)(?:\.(?P<y>\d{4}|\d\d))?)(?![\d/-]|[.,]\d)"
    r"(?!\s*(?:%|км|тыс|млн|млрд|час|ч\b|мин|кг|тонн|т\b|km|hour|percent|million|шақырым|мың|сағат|пайыз|доллар|руб|тенге|теңге))"
)


@cache
def _patterns(lang: str) -> tuple[re.Pattern[str], ...]:
    months = "|".join(f"(?:{one})" for one in _MONTHS[lang])
    days = "|".join(f"(?:{one})" for one in _WEEKDAYS[lang])
    texts = (
        _DATED[lang].format(months=months),
        _AGO[lang],
        "|".join(f"(?P<rel{i}>{words})" for i, words in enumerate(_RELATIVE[lang])),
        _WEEKLY[lang].format(days=days),
    )
    return tuple(re.compile(rf"(?<![\w.,-])(?:{one})(?!\w)", re.I) for one in texts) + (_FIGURES,)


def dates_in(text: str | Span, lang: str, published_at: datetime | None = None) -> list[DateFound]:
    """The days that `text` (or a Span: offsets are then within it) names, in their order.

    `published_at` is taken in its own time zone; where it is None only days with a year are found.
    """
    if not isinstance(text, str):
        text = text.text
    published = published_at.date() if published_at else None
    found: list[DateFound] = []
    for pattern in _patterns(lang):
        for one in pattern.finditer(text):
            head = text[max(0, one.start() - 16) : one.start()]
            if _NO_DAY_BEFORE[lang].search(head) or any(
                one.start() < known.end and known.start < one.end() for known in found
            ):
                continue
            day = _day(one, head, lang, published)
            if day is not None:
                found.append(DateFound(day, one.start(), one.end()))
    return sorted(found, key=lambda one: one.start)


def _day(one: re.Match[str], head: str, lang: str, published: date | None) -> date | None:
    parts = {name: value for name, value in one.groupdict().items() if value}
    if "iso" in parts:
        year, month, day = parts["iso"].split("-")
        return _calendar(int(year), int(month), int(day))
    number, month_name, written = (parts.get(name) or parts.get(f"{name}2") for name in ("d", "m", "y"))
    if number and month_name:
        month_number = int(month_name) if month_name.isdecimal() else _which(_MONTHS[lang], month_name)
        if month_name.isdecimal() and not written and _TIME_OF_DAY.search(head):
            return None
        if written:
            return _calendar(int(written) + (2000 if len(written) == 2 else 0), month_number, int(number))
        return _without_year(month_number, int(number), published)
    if published is None:
        return None
    if "ago" in parts:
        quantities = Reader(lang).quantities(words_of(parts["ago"]))
        return published - timedelta(days=int(quantities[0].high)) if quantities else None
    if "w" in parts:
        back = (published.weekday() - _which(_WEEKDAYS[lang], parts["w"]) + 1) % 7
        if back == 0 and (_LAST[lang].search(head) or _LAST[lang].match(one.group())):
            back = 7
        return published - timedelta(days=back)
    return next(
        published + timedelta(days=days) for i, days in enumerate(_RELATIVE[lang].values()) if f"rel{i}" in parts
    )


def _which(patterns: tuple[str, ...], word: str) -> int:
    """The number, from 1, of the pattern that is `word`."""
    return next(i for i, one in enumerate(patterns, start=1) if re.fullmatch(one, word, re.I))


def _without_year(month: int, number: int, published: date | None) -> date | None:
    """The latest such day that is not after the publication, or is a day after it."""
    if published is None:
        return None
    years = range(published.year + 1, published.year - _YEARS_BACK - 1, -1)
    days = (_calendar(year, month, number) for year in years)
    return next((day for day in days if day is not None and day <= published + _SLACK), None)


def _calendar(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:
        return None
