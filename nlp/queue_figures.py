"""The figures of a sentence that may measure a queue: with a unit, without one, as an ordinal, inside an adjective.

All are proposed, whatever they measure; `nlp.observation_gate` tells which are delays. Half a day is `days` 0.5, a week
seven days.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from spacy.tokens import Doc, Span

from nlp.candidates import text_in
from nlp.languages.lexicon import lexicon
from nlp.numbers import Quantity, Reader, Word, words_of

Source = Literal["unit", "bare", "compound", "ordinal", "loose"]
"""How a figure is told: with its unit, by a unit alone («полдня»), in an adjective, by an ordinal, without a unit."""

MOST_FIGURES = 200
"""Figures of a sentence that are looked at."""
_DAYS_A_WEEK = 7
_METRICS = ("kilometres", "hours", "days", "weeks", "vehicles")
_BARE = {
    "ru": (
        (
            "days",
            re.compile(
                r"\b(?:почти|около|больше|более|свыше|целые|порядка|до|по|минимум|как минимум|на)\s+(?:суток|сутки|дня)\b"
                r"|\b(?:сто|жд|просто|ожида|провел|провёл|торч|потеря)\w*\s+(?:уже\s+|целые\s+)?сутки\b"
                r"|\bсутки\s+с\s+лишним|\bцелый\s+день\b|(?<![\w-] )\bсутки\s+(?:жд|сто|просто)\w+",
                re.I,
            ),
            1.0,
        ),
        (
            "days",
            re.compile(
                r"\b(?:почти|около|больше|более|свыше|целую|по|до|уже|жд\w+|сто\w+|просто\w+|провел\w*|провёл\w*|торч\w+)"
                r"\s+недел[юи]\b(?! назад)|(?<!каждую )(?<!эту )\bнеделю\s+(?:уже\s+)?(?:жд|сто|просто|торч)\w+|\bзастр\w+\s+на\s+неделю\b",
                re.I,
            ),
            7.0,
        ),
        ("days", re.compile(r"\bпол(?:дня|суток)\b", re.I), 0.5),
    ),
    "en": (
        (
            "days",
            re.compile(
                r"\b(?:almost|nearly|about|over|more than|around|up to|at least|for|of|took|takes?|spen[dt]|wait(?:ed|s)?|lost)"
                r"\s+(?:a|one|an entire)\s+(?:full |whole )?day\b(?! of| and a half)|\bday-long\b",
                re.I,
            ),
            1.0,
        ),
        (
            "days",
            re.compile(
                r"\b(?:almost|nearly|about|over|more than|around|up to|at least|for|of|took|takes?|spen[dt]|wait(?:ed|s)?|lost)"
                r"\s+(?:a|an entire)\s+(?:full |whole )?week\b(?! and a half)|\bweek-long\b|\bthe better part of a week\b",
                re.I,
            ),
            7.0,
        ),
        ("days", re.compile(r"\b(?:a|one) day and a half\b", re.I), 1.5),
        ("days", re.compile(r"\b(?:a|one) week and a half\b", re.I), 10.5),
        ("days", re.compile(r"\b(?:a|one) fortnight\b", re.I), 14.0),
        ("days", re.compile(r"\bhalf a day\b", re.I), 0.5),
        ("hours", re.compile(r"\b(?:an|one) hour and a half\b", re.I), 1.5),
        ("kilometres", re.compile(r"\bhalf a kilomet(?:er|re)\b", re.I), 0.5),
    ),
    "kk": (
        ("days", re.compile(r"\bтәулік(?:ке|тен)\s+(?:жуық|таяу|дейін|астам|аса|артық)\b", re.I), 1.0),
        ("days", re.compile(r"(?<!\w )\bтәулік жарым", re.I), 1.5),
        ("days", re.compile(r"(?<!бір )(?<!екі )(?<!үш )\bапта бойы\b", re.I), 7.0),
        ("days", re.compile(r"\bапта(?:ға|дан)\s+(?:жуық|таяу|дейін|астам|аса|артық)\b", re.I), 7.0),
    ),
}
"""Measures without a number word: the metric, and how much it is."""
_FILLERS = frozenset(
    ("астам", "жуық", "аса", "артық", "таяу", "full", "long", "straight", "whole", "целых", "полных", "долгих", "лишним", "с")
)  # fmt: skip
"""Words that may stand between a figure and its kilometres, hours or days."""
_COMPOUND = re.compile(r"\b([а-яё]{4,}?)(километров|часов|суточн|дневн|недельн|тысячн)[а-я]{2,3}\b", re.I)
_COMPOUND_METRIC = {
    "километров": "kilometres",
    "часов": "hours",
    "суточн": "days",
    "дневн": "days",
    "недельн": "weeks",
    "тысячн": "thousands",
}
OTHER_UNITS = re.compile(
    r"percent|per|процент|пайыз|доллар|рубл|тенге|теңге|dollar|год|лет|жыл|year|минут|minute|метр|met(?:er|re)|человек"
    r"|people|drivers|водител|жүргізуші|адам|тонн|tonn?e?s|раз|times|рет|посто|пункт|бекет|crossings|коробок|област|occasions|items|тамож"
    r"|jan(?:uary)?\b|feb(?:ruary)?\b|march\b|april\b|may\b|june?\b|july?\b|aug(?:ust)?\b|sept|octo?b?|nov(?:em|\b)|dec(?:em|\b)"
    r"|январ|феврал|март|апрел|ма[яе]\b|июн|июл|август|сентябр|октябр|ноябр|декабр|утра\b|вечера\b|ночи\b"
    r"|қаңтар|ақпан|наурыз|сәуір|мамыр|маусым|шілде|тамыз|қыркүйек|қазан|қараша|желтоқсан|[ap]\.?m\b|o.clock",
    re.I,
)
_NEW = frozenset(
    ("и", "в", "на", "с", "из", "по", "для", "а", "но", "или", "while", "and", "or", "in", "on", "at", "of", "for", "as", "by",
     "to", "when", "where", "және", "мен", "бен", "пен")
)  # fmt: skip
"""Words that begin something new between a figure and vehicles."""
_MOST = {"vehicles": 50_000.0, "kilometres": 150.0, "hours": 1_000.0, "days": 60.0, "weeks": 8.0}
"""More than this measures something else: a year's traffic, the border's length, a legal term."""
_IN_A_YEAR = re.compile(r"(?:\b(?:in|since|of|by|в|с|к|до|от)|,)\s*$", re.I)
_YEAR = re.compile(r"(?:19|20)\d\d")
_YEARS = re.compile(r"(?:19\d\d|20[0-3]\d)(?:\s*[-–—]\s*(?:19\d\d|20[0-3]\d))?")
"""Years rather than vehicles, where no unit says otherwise: (1908–2004)."""
_BETWEEN = 3
"""Words that may stand between a figure and its vehicles: «420 тяжёлых грузовых машин»."""
_AND = frozenset(("и", "and", "мен", "және"))
_WHOSE = frozenset(("our", "the", "their", "these", "those", "its", "his", "my"))
_ROUGHLY = frozenset(
    [("or", "so"), *(("с", word) for word in ("лишним", "лишком", "небольшим", "хвостиком", "гаком", "копейками"))]
)
"""What may stand between a figure and its unit: «триста с лишним машин», "300 or so trucks"."""
_LINKS = frozenset(("are", "were", "—", "–"))
"""What may link a figure to its unit: "900 are trucks"."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure and what it may measure."""

    metric: str
    low: float
    high: float
    start: int
    end: int
    """Offsets in the sentence, the unit included."""
    source: Source
    ways: tuple[str, ...] = ()
    """Of a figure without a unit: whence the metric is taken (`forward`, `noun`, `last`, `carried`, `alone`)."""
    unit: tuple[int, int] | None = None
    """Of a figure without a unit: where the unit that it borrows stands."""


@dataclass(frozen=True, slots=True)
class Page:
    """A Doc with what is asked of it again and again (spaCy makes text and entities anew each time)."""

    doc: Doc
    text: str
    entities: tuple[Span, ...]
    at_a_border: bool
    """Whether it names a border or a crossing."""
    of_a_queue: bool
    """Whether it speaks of waiting vehicles at a border anywhere."""
    of_a_list: bool
    """Whether it lists vehicles by place, a line each."""

    def said(self, sentence: Span) -> str:
        """The text of `sentence`, which spaCy would make anew."""
        return self.text[sentence.start_char : sentence.end_char]

    def inside(self, sentence: Span, *labels: str) -> list[Span]:
        """The entities of `labels` in `sentence`."""
        first = bisect_left(self.entities, sentence.start, key=lambda one: one.start)
        last = bisect_left(self.entities, sentence.end, lo=first, key=lambda one: one.start)
        return [one for one in self.entities[first:last] if one.label_ in labels]


def page_of(doc: Doc) -> Page:
    """What `doc` is about, read once."""
    text, entities = text_in(doc), tuple(doc.ents)
    at_a_border = bool(AT_THE_BORDER.search(text) or any(one.label_ == "CHECKPOINT" for one in entities))
    trucks = bool(_TRUCKS[doc.lang_].search(text))
    of_a_queue = (trucks and bool(waiting(doc.lang_).search(text))) or (
        at_a_border and bool(says(doc.lang_, "vehicles").search(text))
    )
    return Page(
        doc, text, entities, at_a_border, of_a_queue, trucks and len(_LISTED_LINE.findall(text)) >= _LINES_OF_A_LIST
    )


def figures(page: Page, sentence: Span, carried: str | None = None) -> list[list[Figure]]:
    """The figures of `sentence` from left to right, each with what it may measure: one metric where its unit is told, a few
    where it is not. `carried` is the metric of the last delay in the sentence before."""
    text, lang = page.said(sentence), page.doc.lang_
    words = words_of(text)
    quantities = _reader(lang).quantities(words)[:MOST_FIGURES]
    found: list[Figure] = []
    taken: list[tuple[int, int]] = []
    loose: list[tuple[Quantity, int, int]] = []
    for i, quantity in enumerate(quantities):
        start, end = words[quantity.first].start, words[quantity.last - 1].end
        measured = _measured(text, words, quantity, lang)
        if measured is None:
            loose.append((quantity, start, end))
            continue
        taken.append((start, measured[1]))
        if not _YEAR.fullmatch(text, start, end) or not _IN_A_YEAR.search(text[max(0, start - 10) : start]):
            quantity = _with_metres(text, words, quantity, quantities[i + 1 : i + 2], lang)
            found += _with_unit(text, quantity, start, measured, lang)
    for one in (*_bare(text, lang), *_compounds(text, lang), *_ordinals(text, lang)):
        if not any(start < one.end and one.start < end for start, end in taken):
            found.append(one)
            taken.append((one.start, one.end))
    found.sort(key=lambda one: one.start)
    groups = [[one] for one in found]
    if loose:
        nouns = _nouns(text, words, lang)
        for quantity, start, end in loose:
            if not any(left < end and start < right for left, right in taken) and _stands_free(text, start, end, lang):
                groups.append(_loose(page, text, quantity, (start, end), found, nouns, carried))
    return sorted((group for group in groups if group), key=lambda group: (group[0].start, group[0].low))


def _with_unit(text: str, quantity: Quantity, start: int, measured: tuple[str, int], lang: str) -> list[Figure]:
    metric, end = measured
    one = _figure(metric, quantity, start, end, "unit")
    if one is None:
        return []
    if quantity.low < quantity.high and _changes(lang, text, start, end):
        return [replace(one, high=one.low), replace(one, low=one.high)]
    return [one]


def _figure(metric: str, quantity: Quantity, start: int, end: int, source: Source) -> Figure | None:
    """The figure in a metric of the warehouse, or None where it is too much or too little of it."""
    if not 0 < quantity.high <= _MOST[metric]:
        return None
    if metric == "vehicles" and (quantity.high < 2 or not (quantity.low.is_integer() and quantity.high.is_integer())):
        return None
    scale = _DAYS_A_WEEK if metric == "weeks" else 1
    return Figure(
        "days" if metric == "weeks" else metric, quantity.low * scale, quantity.high * scale, start, end, source
    )


def _changes(lang: str, text: str, start: int, end: int) -> bool:
    """Whether the range is a change, two figures of two times: «ожидание выросло с двух до пяти суток»."""
    before, after = _change_words(lang)
    head = text[max(0, start - _HEAD) : start]
    return any(one.search(head) for one in before) or any(one.match(text, end) for one in after)


def _bare(text: str, lang: str) -> Iterator[Figure]:
    """Measures without a number word."""
    for metric, pattern, count in _BARE[lang]:
        for one in pattern.finditer(text):
            yield Figure(metric, count, count, one.start(), one.end(), "bare")


def _compounds(text: str, lang: str) -> Iterator[Figure]:
    """Russian adjectives that hold figure and unit: «трёхкилометровая очередь», «двухдневное ожидание»."""
    for one in _COMPOUND.finditer(text) if lang == "ru" else ():
        unit = _COMPOUND_METRIC[one.group(2).casefold()]
        quantities = _reader("ru").quantities(words_of(one.group(1).replace("ё", "е")))
        if len(quantities) != 1:
            continue
        quantity = quantities[0]
        if unit == "thousands":
            unit, quantity = "vehicles", replace(quantity, low=quantity.low * 1000, high=quantity.high * 1000)
        figure = _figure(unit, quantity, one.start(), one.end(), "compound")
        if figure is not None:
            yield figure


def _ordinals(text: str, lang: str) -> Iterator[Figure]:
    """Waits told by an ordinal: «стоим четвёртые сутки», "Day five at Syrym"."""
    folded = text.casefold().replace("ё", "е")
    if len(folded) != len(text):  # a few letters are two when folded
        return
    numbered = _NUMBERED.get(lang)
    for one in numbered.finditer(folded) if numbered else ():
        quantities = _reader(lang).quantities(words_of(one[1]))
        value = (
            quantities[0].low
            if quantities
            else float(next(_ORDINALS[stem] for stem in _ORDINALS if one[1].startswith(stem)))
        )
        yield Figure("days", value, value, one.start(), one.end(), "ordinal")
    for one in _ORDINAL[lang].finditer(folded):
        *counts, unit = one.groups()
        count = next(part for part in counts if part)
        metric, scale = _ORDINAL_UNITS[unit]
        value = (float(count) if count.isdecimal() else float(_ORDINALS[count])) * scale
        if value:
            yield Figure(metric, value, value, one.start(), one.end(), "ordinal")


def _nouns(text: str, words: Sequence[Word], lang: str) -> list[tuple[int, int, str]]:
    """The words of `text` that are units, with a figure or without: (start, end, metric)."""
    found = []
    for word in words:
        if word.text[0].isalpha():
            for metric in _METRICS:
                unit = _unit(lang, metric).match(text, word.start)
                if unit:
                    found.append((word.start, unit.end(), metric))
                    break
    return found


def _loose(
    page: Page,
    text: str,
    quantity: Quantity,
    at: tuple[int, int],
    found: Sequence[Figure],
    nouns: Sequence[tuple[int, int, str]],
    carried: str | None,
) -> list[Figure]:
    """What a figure without a unit may measure: what the next measures («с 57 до 19 часов»), the unit told before
    («фур стало 900»), what the last figure measured («на въезд 8 часов, на выезд — 3»), or vehicles («на Сырыме 300»)."""
    start, end = at
    if _YEARS.fullmatch(text, start, end):
        return []
    offers: dict[str, Figure] = {}

    def offer(metric: str, way: str, unit: tuple[int, int] | None = None) -> None:
        one = _figure(metric, quantity, start, end, "loose")
        if one is not None:
            known = offers.get(one.metric)
            offers[one.metric] = (
                replace(known, ways=(*known.ways, way)) if known else replace(one, ways=(way,), unit=unit)
            )

    following = bisect_left(found, end, key=lambda one: one.start)
    after = next((one for one in found[following : following + 3] if one.source == "unit"), None)
    if after is not None and after.start - end < _FAR:
        joined = _JOINED.fullmatch(text, end, after.start) or _FROM.search(text[max(0, start - 20) : start])
        if joined:
            offer(after.metric, "forward", (after.start, after.end))
    named = bisect_left(nouns, start, key=lambda one: one[0])
    if named and nouns[named - 1][1] <= start:
        left, right, metric = nouns[named - 1]
        offer(metric, "noun", (left, right))
    preceding = bisect_left(found, start, key=lambda one: one.start)
    last = next((one for one in reversed(found[max(0, preceding - 3) : preceding]) if one.source != "ordinal"), None)
    if last is not None:
        offer(last.metric, "last", (last.start, last.end))
    elif carried is not None:
        offer(carried, "carried")
    if page.of_a_queue or page.of_a_list:
        offer("vehicles", "alone")
    return list(offers.values())


_FAR = 60
"""Characters to a figure whose unit is borrowed."""
_FROM = re.compile(r"\b(?:from|с|со)\s+(?:\w+\s+)?$", re.I)
_JOINED = re.compile(
    r"\s*(?:to|до|against|—|–|-|дейін|and|и|or|или)?\s*"
    r"(?:(?:fewer|less|more|not|about|around|some|almost|nearly|over|under|only|just|почти|около|более|менее|чем|than)\s+){0,3}",
    re.I,
)
"""What may stand between a figure without a unit and one with it: "57 to 19 hours"."""
_GLUED_BEFORE = re.compile(r"(?:[$€₽₸№#]\s*|\w[-:/.]|[A-Za-z])$")
_GLUED_AFTER = re.compile(
    r"\s?%|[:/]\d|\.\d|\s*[₽₸$€°]|-(?:я|й|е|ое|го|му|м|th|st|nd|rd|летн|лет)|(?:th|st|nd|rd)\b|\w", re.I
)
"""What makes a figure money, a share, a time, an ordinal or a part of a name."""


def _stands_free(text: str, start: int, end: int, lang: str) -> bool:
    """Whether the figure is no year and no part of a time, a price, a share, an ordinal or a name."""
    if _YEAR.fullmatch(text, start, end) and (
        2010 <= int(text[start:end]) <= 2035 or _IN_A_YEAR.search(text[max(0, start - 10) : start])
    ):
        return False
    if _GLUED_BEFORE.search(text[max(0, start - 4) : start]):
        return False
    return (lang == "kk" and text[end : end + 1] == "-") or not _GLUED_AFTER.match(text, end)


LINE = re.compile(
    r"[\W_]*[^\W\d_][^\n:—–\d]{1,40}?\s*(?::|\s[—–-]|→|➡\ufe0f?|=|\||\s(?=\d+\s*$))\s*(?:~|≈|±)?\s*(?=[^\s])"
)
"""A name, then a colon, a dash or the line's only figure: the head of a line of a list."""


_LISTED_LINE = re.compile(
    r"^[^\w\n]*[^\W\d_][^\n:—–\d]{1,30}?\s*(?::|\s[—–-]|→|➡\ufe0f?|=|\||\s(?=\d+\s*$))\s*(?:~|≈|±)?\s*\d", re.M
)
_LINES_OF_A_LIST = 2


_ORDINAL = {
    "ru": re.compile(
        r"(?:\b(втор|трет|четверт|пят|шест|седьм|восьм|девят|десят)(?:ые|ый|ой|ий|ью|ьи|ую|ое)"
        r"|(?<!\d)(\d{1,3})-(?:е|й|ые|ый|ой|ий|ю|ью|ую))\s+(сут|ден|час|недел)"
    ),
    "en": re.compile(
        r"\b(?:(second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)|(\d{1,3})(?:st|nd|rd|th))\s+(day|hour|week)\b"
    ),
    "kk": re.compile(
        r"\b(?:(екі|үш|төрт|бес|алты|жеті|сегіз|тоғыз|он)(?:нш|інш)[іы]|(\d{1,3})-ш[іы])\s+(күн|сағат|тәулік|апта)"
    ),
}
"""«Стоим четвёртые сутки»: the ordinal and its unit."""
_NUMBERED = {
    "ru": re.compile(r"^\W*день ((?:втор|трет|четверт|пят|шест|седьм|восьм|девят|десят)\w+)"),
    "en": re.compile(r"^\W*(?:it is )?day (\d{1,2}|two|three|four|five|six|seven|eight|nine|ten)\b"),
}
"""«День пятый, стоим», "Day five at Syrym"."""
_ORDINALS = {
    stem: value
    for stems in (
        ("втор", "трет", "четверт", "пят", "шест", "седьм", "восьм", "девят", "десят"),
        ("second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"),
        ("екі", "үш", "төрт", "бес", "алты", "жеті", "сегіз", "тоғыз", "он"),
    )
    for value, stem in enumerate(stems, start=2)
}
_ORDINAL_UNITS = {
    **dict.fromkeys(("сут", "ден", "day", "күн", "тәулік"), ("days", 1)),
    **dict.fromkeys(("час", "hour", "сағат"), ("hours", 1)),
    **dict.fromkeys(("недел", "week", "апта"), ("days", _DAYS_A_WEEK)),
}


def _with_metres(text: str, words: list[Word], quantity: Quantity, later: Sequence[Quantity], lang: str) -> Quantity:
    """«Девять километров четыреста метров» is 9.4."""
    if not later or not (0 <= later[0].first - quantity.last <= 2) or later[0].high >= 1000:
        return quantity
    last = words[later[0].last - 1].end
    between = text[words[quantity.last - 1].end : words[later[0].first].start]
    if not _unit(lang, "kilometres").fullmatch(between.strip()) or not _METRES.match(text, last):
        return quantity
    return replace(quantity, low=quantity.low + later[0].low / 1000, high=quantity.high + later[0].high / 1000)


_METRES = re.compile(r"\s*(?:метр|м\b|met(?:re|er)|m\b)", re.I)


def _measured(text: str, words: list[Word], quantity: Quantity, lang: str) -> tuple[str, int] | None:
    """(metric, offset after its unit) of the unit that follows `quantity`."""
    i = quantity.last
    if i < len(words) and words[i].text == "+":
        i += 1
    if i < len(words) and words[i].text in '»”"’':
        i += 1
    if i < len(words) and words[i].text == "(":
        close = next((j for j in range(i + 1, min(i + 6, len(words))) if words[j].text == ")"), None)
        i = i if close is None else close + 1
    if i < len(words) and words[i].text in "-–—‑" and words[i].start == words[i - 1].end:
        i += 1
    if i + 1 < len(words) and (words[i].folded, words[i + 1].folded) in _ROUGHLY:
        i += 2
    elif i < len(words) and words[i].folded in {"odd", "plus"}:
        i += 1
    if i + 1 < len(words) and words[i].folded in _LINKS and _unit(lang, "vehicles").match(text, words[i + 1].start):
        i += 1
    if i < len(words) and words[i].text in "🚛🚚":
        return "vehicles", words[i].end
    for step in range(_BETWEEN + 1):
        if i + step >= len(words):
            return None
        word = words[i + step]
        if step and word.text in '»”"':
            continue
        if not word.text[0].isalpha() or (step and _measures_else(words, i, step - 1)):
            return None
        for metric in _METRICS:
            if step and metric != "vehicles" and not all(one.folded in _FILLERS for one in words[i : i + step]):
                continue
            unit = _unit(lang, metric).match(text, word.start)
            if unit:
                return metric, unit.end()
        if _unit(lang, "minutes").match(text, word.start):
            return None
    return None


def _measures_else(words: list[Word], i: int, step: int) -> bool:
    """Whether the word `step` words after a figure is a unit of something else or begins something new."""
    word = words[i + step].folded
    if word == "of" and step == 0 and words[i + 1].folded in _WHOSE:
        return False
    if word in _AND and step:
        return False
    return bool(OTHER_UNITS.match(word)) or word in _NEW


_HEAD = 120
"""Characters before a figure that are looked at."""
_TRUCKS = {
    "ru": re.compile(r"фур|грузов|большегруз|тягач|авто(?:поезд|воз|транспорт|мобил)|машин|единиц|ТС\b|трейлер", re.I),
    "en": re.compile(r"\b(?:truck|lorr|heavy|vehicle|HGV|rigs?\b|semis?\b|tanker|freight|haulier)", re.I),
    "kk": re.compile(r"фура|жүк|көлік|авто|тягач", re.I),
}
AT_THE_BORDER = re.compile(
    r"границ|погран|пост[аеу]?\b|пункт|КПП|border|crossing|checkpoint|customs|тамож|шекара|бекет|кеден", re.I
)


@cache
def _reader(lang: str) -> Reader:
    return Reader(lang)


@cache
def _unit(lang: str, metric: str) -> re.Pattern[str]:
    return re.compile("(?:" + "|".join(lexicon(lang).units[metric]) + ")", re.I)


@cache
def says(lang: str, metric: str) -> re.Pattern[str]:
    return re.compile(
        "|".join(rf"\b{stem}" if not stem.startswith("\\b") else stem for stem in lexicon(lang).measures[metric]), re.I
    )


@cache
def _change_words(lang: str) -> tuple[tuple[re.Pattern[str], ...], tuple[re.Pattern[str], ...]]:
    """Patterns of what stands right before, and right after, two figures of two times."""
    rules = lexicon(lang).measures["changes"]
    before = tuple(re.compile(r"\b" + rule.removesuffix("<") + r"$", re.I) for rule in rules if rule.endswith("<"))
    after = tuple(re.compile(rule.removeprefix(">"), re.I) for rule in rules if rule.startswith(">"))
    return before, after


@cache
def waiting(lang: str) -> re.Pattern[str]:
    """What speaks of standing, waiting or a queue, and of nothing else."""
    return re.compile(r"\b(?:" + "|".join(lexicon(lang).measures["waiting"]) + ")", re.I)


@cache
def passing(lang: str) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(lexicon(lang).measures["passing"]) + ")", re.I)
