"""Measured delays: how many vehicles, kilometres, hours or days of queue a Doc tells of.

A figure counts where its unit follows and the sentence speaks of a queue or a wait (`measures` of the language's word
list), not where it measures something else: traffic a day, a distance, a legal limit, an inspection. Half a day of
queue is `days` 0.5; a week is seven days.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from functools import cache

from spacy.tokens import Doc, Span

from nlp.annotation import Observation
from nlp.dates import DateFound, dates_in
from nlp.languages.lexicon import lexicon
from nlp.numbers import Quantity, Reader, Word, words_of
from nlp.reading import place_in

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
_TRUCKS = {
    "ru": re.compile(r"фур|грузов|большегруз|тягач|авто(?:поезд|воз|транспорт|мобил)|машин|единиц|ТС\b|трейлер", re.I),
    "en": re.compile(r"truck|lorr|heavy|vehicle|HGV|rig|semi|tanker|freight", re.I),
    "kk": re.compile(r"фура|жүк|көлік|авто|тягач", re.I),
}
_AT_THE_BORDER = re.compile(
    r"границ|погран|пост[аеу]?\b|пункт|КПП|border|crossing|checkpoint|customs|тамож|шекара|бекет|кеден", re.I
)
_FEWEST_WITHOUT_CUE = 20
_COMPOUND = re.compile(r"\b([а-яё]{4,}?)(километров|часов|суточн|дневн|недельн|тысячн)[а-я]{2,3}\b", re.I)
_COMPOUND_METRIC = {
    "километров": "kilometres",
    "часов": "hours",
    "суточн": "days",
    "дневн": "days",
    "недельн": "weeks",
    "тысячн": "thousands",
}
_HEAD = 120
"""Characters before a figure that are looked at."""
_LONGEST_SENTENCE = 2_000
"""Characters of a sentence: more are no prose."""
_SHORT = 6
"""Words of a sentence that is little more than its figure."""
_OTHER_UNITS = re.compile(
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
_FEWEST_VEHICLES = 5
_MOST = {"vehicles": 50_000.0, "kilometres": 150.0, "hours": 1_000.0, "days": 60.0, "weeks": 8.0}
"""More than this measures something else: a year's traffic, the border's length, a legal term."""
_IN_A_YEAR = re.compile(r"(?:\b(?:in|since|of|by|в|с|к|до|от)|,)\s*$", re.I)
_YEAR = re.compile(r"(?:19|20)\d\d")
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


_Found = tuple[str, float, float, int]
"""Metric, low, high, and the figure's offset in its sentence."""


@dataclass(frozen=True, slots=True)
class _Page:
    """A Doc with what is asked of it again and again (spaCy makes text and entities anew each time)."""

    doc: Doc
    text: str
    entities: tuple[Span, ...]
    starts: tuple[int, ...]
    """Their first tokens."""
    at_a_border: bool
    """Whether it names a border or a crossing."""
    of_a_queue: bool
    """Whether it speaks of waiting vehicles at a border anywhere."""
    of_a_list: bool
    """Whether it lists vehicles by place, a line each."""

    def said(self, sentence: Span) -> str:
        """The text of `sentence`."""
        return self.text[sentence.start_char : sentence.end_char]

    def inside(self, sentence: Span, label: str) -> list[Span]:
        """The entities of `label` in `sentence`."""
        first = bisect_left(self.starts, sentence.start)
        last = bisect_left(self.starts, sentence.end)
        return [one for one in self.entities[first:last] if one.label_ == label]


@cache
def _reader(lang: str) -> Reader:
    return Reader(lang)


@cache
def _unit(lang: str, metric: str) -> re.Pattern[str]:
    return re.compile("(?:" + "|".join(lexicon(lang).units[metric]) + ")", re.I)


@cache
def _says(lang: str, metric: str) -> re.Pattern[str]:
    return re.compile(
        "|".join(rf"\b{stem}" if not stem.startswith("\\b") else stem for stem in lexicon(lang).measures[metric]), re.I
    )


@cache
def _standing(lang: str) -> re.Pattern[str]:
    return re.compile(r"\s+(?:" + "|".join(lexicon(lang).measures["standing"]) + ")", re.I)


@cache
def _rules(lang: str, name: str) -> tuple[tuple[re.Pattern[str], ...], tuple[re.Pattern[str], ...]]:
    """What `measures` has under `name`: patterns of what stands right before a figure, and right after its unit."""
    rules = lexicon(lang).measures.get(name, ())
    before = tuple(re.compile(r"\b" + rule.removesuffix("<") + r"$", re.I) for rule in rules if rule.endswith("<"))
    after = tuple(re.compile(rule.removeprefix(">"), re.I) for rule in rules if rule.startswith(">"))
    return before, after


@cache
def _waiting(lang: str) -> re.Pattern[str]:
    """What speaks of standing, waiting or a queue, and of nothing else."""
    return re.compile(r"\b(?:" + "|".join(lexicon(lang).measures["waiting"]) + ")", re.I)


def _any(
    before: tuple[re.Pattern[str], ...],
    after: tuple[re.Pattern[str], ...],
    text: str,
    start: int,
    end: int,
    unless: re.Pattern[str] | None = None,
) -> bool:
    """Whether a rule holds before `start` or after `end`; not where `unless` is found from its cue to the figure."""
    head = text[max(0, start - _HEAD) : start]
    found = (pattern.search(head) for pattern in before)
    return any(one is not None and (unless is None or not unless.search(one.group())) for one in found) or any(
        pattern.match(text, end) for pattern in after
    )


def observations(
    doc: Doc, speaker_of: Callable[[Span], str] | None = None, published_at: datetime | None = None
) -> list[Observation]:
    """The measured delays of `doc` in their order, the same figure once, with the body's sentence before the headline's.

    `speaker_of` gives the speaker of a sentence, or ""; without it speakers are empty. `as_of` is midnight UTC of the day
    that the sentence, or else the one before, names for the figure, told from `published_at`; None where none is named.
    """
    found: dict[tuple[str, float, float], tuple[Observation, Span]] = {}
    text, entities = doc.text, tuple(doc.ents)
    at_a_border = _AT_THE_BORDER.search(text) or any(one.label_ == "CHECKPOINT" for one in entities)
    trucks_wait = _TRUCKS[doc.lang_].search(text) and _waiting(doc.lang_).search(text)
    of_a_queue = bool(trucks_wait or (at_a_border and _says(doc.lang_, "vehicles").search(text)))
    of_a_list = bool(_TRUCKS[doc.lang_].search(text) and len(_LISTED_LINE.findall(text)) >= _LINES_OF_A_LIST)
    page = _Page(doc, text, entities, tuple(one.start for one in entities), bool(at_a_border), of_a_queue, of_a_list)
    before: list[_Found] = []
    for sentence in doc.sents:
        before = _figures(page, sentence, before)
        for one in _in_sentence(page, sentence, before, speaker_of, published_at):
            key = (one.metric, one.low, one.high)
            if key not in found or found[key][0].evidence_field == "title":
                found[key] = (one, sentence)
    every = [one for one, _ in found.values()]
    body = [one for one in every if one.evidence_field == "text"]
    return [one for one in every if one.evidence_field == "text" or not any(_same(one, other) for other in body)]


def _same(title: Observation, body: Observation) -> bool:
    """Whether a headline's figure is the body's, rounded: «двести машин» of 210."""
    return (
        title.metric == body.metric
        and body.low * (1 - _ROUNDED) <= title.low
        and title.high <= body.high * (1 + _ROUNDED)
    )


_ROUNDED = 0.15
"""A headline rounds by no more than this share."""


def _figures(page: _Page, sentence: Span, before: Sequence[_Found]) -> list[_Found]:
    """(metric, low, high, offset in the sentence) of the delays of `sentence`; `before` are those of the one before."""
    doc = page.doc
    text, lang = page.said(sentence), doc.lang_
    if len(text) > _LONGEST_SENTENCE:
        return []
    words = words_of(text)
    found: list[_Found] = []
    passed = -1
    quantities = _reader(lang).quantities(words)
    for i, quantity in enumerate(quantities):
        measured = _measured(text, words, quantity, lang)
        quantity = _with_metres(text, words, quantity, quantities[i + 1 :], lang)
        if measured is None:
            continue
        start = words[quantity.first].start
        delay = _is_delay(page, sentence, measured, words, quantity)
        if measured[0] == "vehicles":
            if not delay:
                passed = measured[1]
            elif passed >= 0 and _PART_OF.search(text[passed:start]):
                continue
        if delay:
            metric, end = measured
            scale = _DAYS_A_WEEK if metric == "weeks" else 1
            metric = "days" if metric == "weeks" else metric
            low, high = quantity.low * scale, quantity.high * scale
            if _changed(text, words, quantity, end, lang):
                found += [(metric, low, low, start), (metric, high, high, start)]
            else:
                found.append((metric, low, high, start))
    if quantities:
        found += _counted(text, words, lang, {at for *_, at in found}, _queue_before(doc, sentence))
    found += _elided(text, words, lang, found)
    if any(metric == "vehicles" for metric, *_ in found):
        found += _of_other_sides(page, sentence, words, {at for *_, at in found})
    measured_by_figures = {metric for metric, *_ in found}
    passing = _waiting_or_passing(lang).search(text)
    for metric, pattern, count in _BARE[lang]:
        cue = _says(lang, metric).search(text) if metric == "kilometres" else passing
        if metric not in measured_by_figures and cue:
            found += [
                (metric, count, count, bare.start())
                for bare in pattern.finditer(text)
                if not _any(*_rules(lang, f"not_{metric}"), text, bare.start(), bare.end(), _waiting(lang))
            ]
    if lang == "ru":
        found += _compounds(text) + _inverted(text, words, {at for *_, at in found})
    found += _ordinals(text, lang) + _listed(page, sentence, words, {at for *_, at in found})
    return found + _unitless(page, sentence, words, found, before)


def _in_sentence(
    page: _Page,
    sentence: Span,
    found: Sequence[_Found],
    speaker_of: Callable[[Span], str] | None,
    published_at: datetime | None,
) -> list[Observation]:
    if not found:
        return []
    doc, text = page.doc, sentence.text
    stripped = text.strip()
    start = sentence.start_char + text.index(stripped)
    field, begin, end = place_in(doc._.title_length, start, start + len(stripped))
    speaker = speaker_of(sentence) if speaker_of else ""
    out = []
    for metric, low, high, at in found:
        place, entity_id = _place(page, sentence, sentence.start_char + at)
        out.append(
            Observation(
                metric=metric,
                low=low,
                high=high,
                place=place,
                speaker=speaker,
                evidence=stripped[: end - begin],
                evidence_field=field,
                evidence_start=begin,
                evidence_end=end,
                place_entity=entity_id,
                as_of=_as_of(doc, sentence, at, published_at),
            )
        )
    return out


_BOUND_BEFORE = re.compile(
    r"\b(?:с|со|до|после|от|начиная с|since|until|till|after|before|from|starting|began on|begun on)\s+(?:утра\s+|вечера\s+|the\s+)?$",
    re.I,
)
_BOUND_IN = re.compile(r"(?:с|со|до)\s", re.I)
_BOUND_AFTER = re.compile(r"\s+(?:бері|бастап|кейін|дейін|соң)\b", re.I)
_OTHER_TIME = re.compile(
    r"\b(?:раньше|ранее|прошл\w+|год\w*|месяц\w*|недел\w+|тогда|earlier|ago|last|year|month|week|in (?:January|February|March"
    r"|April|May|June|July|August|September|October|November|December)|then|өткен|былтыр|бұрын|ай бұрын|апта\w*|жыл\w*)\b",
    re.I,
)


def _as_of(doc: Doc, sentence: Span, at: int, published_at: datetime | None) -> datetime | None:
    """The day that the figure at `at` of `sentence` is of: the nearest that the sentence names and that does not merely
    begin or end something («с 3 сентября», "until Friday"), or the only one of the sentence before."""
    days = _days(sentence, published_at)
    if not days and sentence.start and not _OTHER_TIME.search(sentence.text):
        before = _days(doc[sentence.start - 1].sent, published_at)
        days = before if len(before) == 1 else []
    if not days:
        return None
    nearest = min(days, key=lambda one: abs(one.start - at) + 40 * sentence.text.count(",", *sorted((one.start, at))))
    return datetime.combine(nearest.day, time(), UTC)


def _days(sentence: Span, published_at: datetime | None) -> list[DateFound]:
    text = sentence.text
    return [
        one
        for one in dates_in(text, sentence.doc.lang_, published_at)
        if not _BOUND_BEFORE.search(text[max(0, one.start - 20) : one.start])
        and not _BOUND_IN.match(text, one.start)
        and not _BOUND_AFTER.match(text, one.end)
    ]


_PART_OF = re.compile(
    r"^[^.;]{0,4}(?:\bиз них|\bв том числе|\bof (?:them|which|these|those)|\bincluding|\bоның ішінде|\bсоның ішінде)|^\s*(?:and|и|және)\s*$",
    re.I,
)
"""What says that a figure is a part of the one before."""


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
_NOT_AFTER = {
    "ru": re.compile(
        r"(?:\b(?:с|со|от|№|номер\w*|ст|п|трасс\w+|дом|стать\w+|пункт\w*|минус|возраст\w*|каждые|не|ни|вместо|обычн\w+"
        r"|нужн\w+|займ[её]т|займут|занима\w+|длит\w+|продлит\w+)\s*\.?\s*|[$€₽₸№:/#]|\w-)$",
        re.I,
    ),
    "en": re.compile(
        r"(?:\b(?:from|no|not|nos|number|age|aged|chapter|article|law|lane|minus|every|instead of|usual|than the|needs?|convoys of|groups of|batches of|takes?|took|last(?:s|ed)?)"
        r"\s*\.?\s*|[$€₽₸№:/#]|\w-)$",
        re.I,
    ),
    "kk": re.compile(r"(?:\b(?:минус|әр|№|бап\w*|жасы)\s*\.?\s*|[$€₽₸№:/#]|\w-)$", re.I),
}
"""What stands before a figure that counts nothing that waits: a number of a law, money, a start of a change."""
_TIME_BEFORE = {
    "ru": re.compile(r"\b(?:в|к|до|после|через|на|за|у|по|примерно в|около)\s*$", re.I),
    "en": re.compile(r"\b(?:at|since|until|till|by|before|after|in|on|to|within|next|per|for)\s*$", re.I),
    "kk": re.compile(r"\bсағат\s*$", re.I),
}
"""What stands before an hour or a day of the month."""
_LATEST = 31
"""No hour or day of a month is more."""
_FREE_KK = re.compile(
    r"\s*(?:[.;!?)»—–]|,(?!\d)|$|(?:болды|болған|қалды|қалған|жетті|жеткен|тұр|тұрған|тұрды|асты|асады|асқан|жуықта\w+|еді|екен|деп|дейді|ғана|шамасында|шақты|дейін|қалады|күт\w+|тарта|жуық|таяу)\b)",
    re.I,
)
_MORE_KK = re.compile(r"\s+(?:ас(?:ты|ады|қан|ып)|артық|астам|аса)\b", re.I)
_CASED_KK = re.compile(r"-(?:[іы]|с[іы])\b")
_FREE_PARTS = frozenset(("ADP", "CCONJ", "SCONJ", "ADV", "VERB", "AUX", "PRON", "DET", "PART", "PUNCT", "SPACE"))
_FREE_WORDS = re.compile(
    r"\s*(?:today|yesterday|tonight|then|now|last|overnight|strong|high|deep|long|сегодня|вчера|штук|годом|месяцем|неделей|\+)",
    re.I,
)
_NO_UNIT = re.compile(r"\s*(?:[%:/°₽₸$€]|\.\d|percent|процент|-|—\s*\d|(?:of|из)\s+(?:the\s+)?\d)")
_AGE = re.compile(r"\s*[,.]")


_LINE = re.compile(
    r"[\W_]*[^\W\d_][^\n:—–\d]{1,40}?\s*(?::|\s[—–-]|→|➡\ufe0f?|=|\||\s(?=\d+\s*$))\s*(?:~|≈|±)?\s*(?=[^\s])"
)
"""A name, then a colon, a dash or the line's only figure: the head of a line of a list."""


def _listed(page: _Page, sentence: Span, words: list[Word], seen: set[int]) -> list[_Found]:
    """What a line of a list says of a crossing: "Syrym — 95, approx 2 km" is 95 vehicles and 2 kilometres."""
    text, lang = page.said(sentence), page.doc.lang_
    head = _LINE.match(text) if len(words) <= 3 * _SHORT else None
    if head is None:
        return []
    crossings = page.inside(sentence, "CHECKPOINT")
    named = crossings and crossings[0].end_char <= sentence.start_char + head.end()
    if not page.of_a_list and not (page.of_a_queue and named):
        return []
    found: list[_Found] = []
    for quantity in _reader(lang).quantities(words):
        start, end = words[quantity.first].start, words[quantity.last - 1].end
        measured = _measured(text, words, quantity, lang)
        if start in seen or start < head.end() or not quantity.low:
            continue
        if measured is not None and measured[0] == "vehicles" and start - head.end() > _NEAR:
            continue
        if measured is not None and quantity.high <= _MOST[measured[0]]:
            scale = _DAYS_A_WEEK if measured[0] == "weeks" else 1
            metric = "days" if measured[0] == "weeks" else measured[0]
            if not _any(*_rules(lang, f"not_{metric}"), text, start, measured[1], _waiting(lang)):
                found.append((metric, quantity.low * scale, quantity.high * scale, start))
        elif measured is None and start == head.end() and quantity.high.is_integer() and _LISTED_END.match(text, end):
            found.append(("vehicles", quantity.low, quantity.high, start))
    return found


_LISTED_LINE = re.compile(
    r"^[^\w\n]*[^\W\d_][^\n:—–\d]{1,30}?\s*(?::|\s[—–-]|→|➡\ufe0f?|=|\||\s(?=\d+\s*$))\s*(?:~|≈|±)?\s*\d", re.M
)
_LINES_OF_A_LIST = 2
_NEAR = 12
"""Characters between the head of a line and its vehicles."""
_LISTED_END = re.compile(r"\s*(?:$|[,;.(]\s|[(\n]|\.$|\+|шамасы|шт|approx|примерно)")


def _unitless(
    page: _Page, sentence: Span, words: list[Word], found: Sequence[_Found], before: Sequence[_Found]
) -> list[_Found]:
    """Figures that no unit follows, beside a queue that is spoken of: «было 900 фур, стало 1300», "740 still await"."""
    text, lang = page.said(sentence), page.doc.lang_
    if not _reader(lang).quantities(words):
        return []
    seen = {at for *_, at in found}
    places = page.inside(sentence, "CHECKPOINT") + page.inside(sentence, "PLACE")
    more: list[_Found] = []
    topic, since = "", 0
    waiting = page.of_a_queue and bool(_waiting(lang).search(text) or _beside(lang).search(text))
    for quantity in _reader(lang).quantities(words):
        start, end = words[quantity.first].start, words[quantity.last - 1].end
        measured = _measured(text, words, quantity, lang)
        if measured is not None:
            topic, since = measured[0], (start if start in seen else measured[1])
            continue
        if start in seen:
            topic, since = next(one[0] for one in found if one[3] == start), start
            continue
        whole = _OF_WHICH.match(text, end)
        of_known = bool(whole and whole.end() in seen)
        if _year(text, start, end):
            continue
        changed = _any(*_rules(lang, "changes"), text, start, end)
        if not of_known and not changed and not _stands_alone(sentence, text, start, end, lang):
            if _counts_a_noun(sentence, text, end, lang):
                topic, since = "else", end
            continue
        clause = next((at for at in range(end, len(text)) if text[at] in ".,;"), len(text))
        if topic == "else" and not _waiting(lang).search(text, since, clause):
            continue
        topic = "" if topic == "else" else topic
        known: bool = (
            not topic
            or any(one[3] == since for one in (*found, *more))
            or bool(_waiting(lang).search(text, since, clause) or _beside(lang).search(text, since, clause))
        )
        metric = "days" if topic == "weeks" else topic or "vehicles"
        if not topic and before and _IT_WAS.search(text[:start]):
            metric, known = before[-1][0], True
        timely = quantity.high <= _LATEST and bool(_TIME_BEFORE[lang].search(text[:start][-20:]))
        if metric == "vehicles":
            named = any(0 <= sentence.start_char + start - one.end_char <= 4 for one in places)
            fewest = 1 if topic and named else _FEWEST_WITHOUT_CUE if topic or waiting else _LATEST
            known = known and (bool(topic) or waiting or any(one[0] == "vehicles" for one in before))
            known = known and not timely and quantity.low >= fewest and quantity.high.is_integer()
        else:
            known = known and quantity.low > 1 and (not timely or bool(_UP_TO.search(text[:start][-6:])))
        not_it = _rules(lang, f"not_{metric}")
        if known and quantity.high <= _MOST[metric] and not _any(*not_it, text, start, end, _waiting(lang)):
            more.append((metric, quantity.low, quantity.high, start))
            topic, since = metric, start
    return more


def _year(text: str, start: int, end: int) -> bool:
    """Whether the figure is a year: of this time, or after a preposition or a comma."""
    if not _YEAR.fullmatch(text, start, end):
        return False
    return 2010 <= int(text[start:end]) <= 2035 or bool(_IN_A_YEAR.search(text[:start][-10:]))


_OF_WHICH = re.compile(r"\s+(?:of|из)\s+(?:the\s+|its\s+|his\s+|these\s+|those\s+|this\s+)?", re.I)


def _counts_a_noun(sentence: Span, text: str, end: int, lang: str) -> bool:
    """Whether a noun that is no time, money or measure follows the figure that ends at `end`."""
    rest = text[end:].lstrip()
    if not rest[:1].isalpha() or _OTHER_UNITS.match(rest):
        return bool(_PEOPLE.match(rest))
    if lang == "kk":
        return True
    at = sentence.start_char + end
    after = next((token for token in sentence if token.idx >= at and not token.is_space), None)
    return after is not None and after.pos_ in {"NOUN", "ADJ"}


_PEOPLE = re.compile(
    r"человек|лет\b|тонн|метров|рубл|теңге|тенге|доллар|dollar|евро|еуро|people|drivers|водител|жүргізуші|адам", re.I
)
_IT_WAS = re.compile(r"\b(?:it was|это было|it is now)\s+$", re.I)
_UP_TO = re.compile(r"\b(?:за|in|до|to|for|уже)\s*$")


def _stands_alone(sentence: Span, text: str, start: int, end: int, lang: str) -> bool:
    """Whether the figure from `start` to `end` counts no noun of its own and is no money, age or number of a law."""
    if text[end : end + 1].isalnum() or re.match(r"[._]\w", text[end : end + 2]):
        return False
    head = text[max(0, start - 20) : start]
    if head[-1:].isalnum() or head.endswith("_") or _NOT_AFTER[lang].search(head):
        return False
    word = head.split()[-1] if head.split() else ""
    if _PEOPLE.match(word) or (end - start <= 2 and _OTHER_UNITS.match(word)):
        return False
    if head.endswith(", ") and _AGE.match(text, end) and end - start == 2:
        return False
    if lang == "kk" and _CASED_KK.match(text, end):
        return True
    if _NO_UNIT.match(text, end):
        return False
    if lang == "kk":
        ablative = text[start:end].endswith(("дан", "ден", "тан", "тен", "нан", "нен"))
        return bool(_MORE_KK.match(text, end) if ablative else _FREE_KK.match(text, end))
    if _FREE_WORDS.match(text, end):
        return True
    at = sentence.start_char + end
    after = next((token for token in sentence if token.idx >= at and not token.is_space), None)
    return after is None or after.pos_ in _FREE_PARTS


_ORDINAL = {
    "ru": (
        re.compile(
            r"(?:\b(втор|трет|четверт|пят|шест|седьм|восьм|девят|десят)(?:ые|ый|ой|ий|ью|ьи|ую|ое)"
            r"|(?<!\d)(\d{1,3})-(?:е|й|ые|ый|ой|ий|ю|ью|ую))\s+(сут|ден|час|недел)"
        ),
        re.compile(
            r"сто(?:им|ю|ит|ят)\b|\bтут\b|\bздесь\b|\bждём|жд[уе]|ночу|торч|кукуе|в очереди|не двига|не движ|простаива|застря|шлагбаум"
        ),
    ),
    "en": (
        re.compile(
            r"\b(?:(second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)|(\d{1,3})(?:st|nd|rd|th))\s+(day|hour|week)\b"
        ),
        re.compile(
            r"wait|\bhere\b|in (?:the )?(?:queue|line)|stuck|stand|stood|barrier|strand|parked|idl|not mov|at the gate|queu"
        ),
    ),
    "kk": (
        re.compile(
            r"\b(?:(екі|үш|төрт|бес|алты|жеті|сегіз|тоғыз|он)(?:нш|інш)[іы]|(\d{1,3})-ш[іы])\s+(күн|сағат|тәулік|апта)"
        ),
        re.compile(r"тұр(?:мыз|мын|ып|ғанына)|қаңтар|бөгел|кезек|күт|қозғалм|жүре алм"),
    ),
}
"""«Стоим четвёртые сутки»: the ordinal and its unit, and what says that somebody waits as long."""
_WHO_WAITS = re.compile(
    r"сто(?:им|ю)\b|жд(?:у|ем)\b|ночу|торч|кукуе|\bмы\b|\bя\b|\bтут\b|фур|машин|грузов|водител|дальноб|колонн|очеред|\bi\b|\bwe\b|\bi'm|\bour\b"
    r"|trucks?\b|lorr|driver|queue|тұр(?:мыз|мын)|күт|фура|көлік|жүргізуші"
)
"""Drivers and vehicles: others that wait, or are shut, have no delay."""
_NUMBERED = {
    "ru": re.compile(r"^\W*день ((?:втор|трет|четверт|пят|шест|седьм|восьм|девят|десят)\w+)"),
    "en": re.compile(r"^\W*(?:it is )?day (\d{1,2}|two|three|four|five|six|seven|eight|nine|ten)\b"),
}
"""«День пятый, стоим», "Day five at Syrym"."""
_CLOSED = re.compile(r"останов|закры|перекры|не работа|closed|shut|suspended|жабы|тоқтат")
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


def _ordinals(text: str, lang: str) -> list[_Found]:
    """Waits told by an ordinal, where somebody waits: «стоим четвёртые сутки», or the sentence says no more than that."""
    pattern, waits = _ORDINAL[lang]
    folded = text.casefold().replace("ё", "е")
    found = []
    numbered = _NUMBERED.get(lang)
    for one in numbered.finditer(folded) if numbered else ():
        quantities = _reader(lang).quantities(words_of(one[1]))
        value = (
            quantities[0].low
            if quantities
            else float(next(_ORDINALS[stem] for stem in _ORDINALS if one[1].startswith(stem)))
        )
        if folded[one.end() :].lstrip().startswith(":"):
            continue
        if waits.search(folded) or (len(words_of(text)) <= _SHORT + 2 and not _CLOSED.search(folded)):
            found.append(("days", value, value, one.start()))
    for one in pattern.finditer(folded):
        *counts, unit = one.groups()
        count = next(part for part in counts if part)
        value = float(count) if count.isdecimal() else float(_ORDINALS[count])
        metric, scale = _ORDINAL_UNITS[unit]
        left = max(folded.rfind(sign, 0, one.start()) for sign in ",;—") + 1
        right = min((at for sign in ",;—" if (at := folded.find(sign, one.end())) >= 0), default=len(folded))
        if len(words_of(text)) <= 2 * _SHORT:
            left, right = 0, len(folded)
        who = waits.search(folded, left, right) and _WHO_WAITS.search(folded)
        if who or (len(words_of(text)) <= _SHORT and not _CLOSED.search(folded)):
            found.append((metric, value * scale, value * scale, one.start()))
    return found


def _queue_before(doc: Doc, sentence: Span) -> bool:
    """Whether the sentence before speaks of waiting vehicles."""
    return sentence.start > 0 and bool(_says(doc.lang_, "vehicles").search(doc[sentence.start - 1].sent.text))


def _compounds(text: str) -> list[_Found]:
    """Russian adjectives that hold figure and unit: «трёхкилометровая очередь», «двухдневное ожидание»."""
    found = []
    for one in _COMPOUND.finditer(text):
        unit = _COMPOUND_METRIC[one.group(2).casefold()]
        scale = {"weeks": _DAYS_A_WEEK, "thousands": 1000}.get(unit, 1)
        metric = {"weeks": "days", "thousands": "vehicles"}.get(unit, unit)
        quantities = _reader("ru").quantities(words_of(one.group(1).replace("ё", "е")))
        measures_else = _any(*_rules("ru", f"not_{metric}"), text, one.start(), one.end())
        if len(quantities) != 1 or measures_else or quantities[0].high * scale > _MOST[metric]:
            continue
        if _says("ru", metric).search(text):
            found.append((metric, quantities[0].low * scale, quantities[0].high * scale, one.start()))
    return found


def _inverted(text: str, words: list[Word], seen: set[int]) -> list[_Found]:
    """Russian rough figures, the unit before the number: «машин двести стоит», «хвост — километров семь»."""
    found = []
    for quantity in _reader("ru").quantities(words):
        first = quantity.first
        start = words[first].start
        if not first or start in seen or _measured(text, words, quantity, "ru") is not None:
            continue
        if words[first - 1].folded in {"на", "за", "по", "до", "в"} and first > 1:
            first -= 1
        unit = _INVERTED.fullmatch(words[first - 1].folded)
        before = words[first - 2].text if first > 1 else ""
        if unit is None or before[:1].isdecimal() or not _FREE_ROUGH.match(text, words[quantity.last - 1].end):
            continue
        metric = next(name for name, value in unit.groupdict().items() if value)
        scale = {"weeks": _DAYS_A_WEEK, "thousands": 1000}.get(metric, 1)
        metric = {"weeks": "days", "thousands": "vehicles"}.get(metric, metric)
        if _says("ru", metric).search(text) and quantity.high * scale <= _MOST[metric]:
            found.append((metric, quantity.low * scale, quantity.high * scale, start))
    return found


_INVERTED = re.compile(
    r"(?P<kilometres>километров)|(?P<hours>часов)|(?P<days>суток|дней)|(?P<vehicles>фур|машин|грузовиков|большегрузов)|(?P<thousands>тысяч)"
)
_FREE_ROUGH = re.compile(
    r"\s*(?:[.;:!?)»,—–]|$|(?:сто|жд|ожид|скоп|застр|собр|торч|просто|в очер|у|на|перед|до|уже|с (?:копейк|лишним|хвост))\w*)",
    re.I,
)
_FREE = re.compile(
    r"\s*(?:[.;:!?)»,]|$|(?:—|–|-)?\s*(?:на|у|в|к|at|in|on|by|as|and|и)\b|(?:жетті|жеткен|болды|құра\w+|асты)\b)", re.I
)
"""What may follow a figure that has no unit of its own."""


@cache
def _counting(lang: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(rule + r"\s*$", re.I) for rule in lexicon(lang).measures["counted"])


def _counted(text: str, words: list[Word], lang: str, seen: set[int], around: bool) -> list[_Found]:
    """Figures whose vehicles stand before them: «число фур достигло 900», a queue of 400, «көлік саны 300-ге жетті»."""
    before, standing = _counting(lang), _standing(lang)
    found = []
    for quantity in _reader(lang).quantities(words):
        start, end = words[quantity.first].start, words[quantity.last - 1].end
        if start in seen or quantity.low < _FEWEST_WITHOUT_CUE or _YEAR.fullmatch(text, start, end):
            continue
        if standing.match(text, end) and (around or _TRUCKS[lang].search(text)):
            found.append(("vehicles", quantity.low, quantity.high, start))
        head = text[max(0, start - 80) : start] if _FREE.match(text, end) else ""
        if any(pattern.search(head) for pattern in before) and (around or _says(lang, "vehicles").search(text)):
            found.append(("vehicles", quantity.low, quantity.high, start))
    return found


def _elided(text: str, words: list[Word], lang: str, found: list[_Found]) -> list[_Found]:
    """Figures that leave out the unit of the one before: «на въезд ждут 8 часов, на выезд — 3»."""
    more: list[_Found] = []
    before, after = _rules(lang, "elided")
    for quantity in _reader(lang).quantities(words):
        start, end = words[quantity.first].start, words[quantity.last - 1].end
        earlier = [one for one in found if one[3] < start]
        if not earlier or any(at == start for *_, at in found) or _YEAR.fullmatch(text, start, end):
            continue
        metric = max(earlier, key=lambda one: one[3])[0]
        fewest = _FEWEST_WITHOUT_CUE if metric == "vehicles" else 1
        known = any(pattern.match(text, end) for pattern in after) or (
            any(pattern.search(text[:start]) for pattern in before) and _FREE_ELIDED.match(text, end) is not None
        )
        if known and fewest <= quantity.low and quantity.high <= _MOST[metric]:
            more.append((metric, quantity.low, quantity.high, start))
    return more


_FREE_ELIDED = re.compile(r"\s*(?:[.;!?)]|,(?!\d)|$|(?:on|at|in|by|from|на|у|в|из|к)\b(?!\s*\d))", re.I)


def _of_other_sides(page: _Page, sentence: Span, words: list[Word], seen: set[int]) -> list[_Found]:
    """Figures without a unit beside a further crossing or side: «на «Сырыме» 300 фур, на «Таскале» — 150»."""
    text, found = sentence.text, []
    crossings = page.inside(sentence, "CHECKPOINT")
    before, after = _rules(page.doc.lang_, "sides")
    for quantity in _reader(page.doc.lang_).quantities(words):
        start, end = words[quantity.first].start, words[quantity.last - 1].end
        if start in seen:
            continue
        tail = text[end : end + 12]
        free = re.match(r"\s*(?:[,.;)]|$|(?:more\s+)?(?:—|–|-)?\s*(?:на|у|в|с|со|at|in|on)\b)", tail)
        near = any(
            0 <= sentence.start_char + start - span.end_char <= 6
            or 0 <= span.start_char - sentence.start_char - end <= 8
            for span in crossings
        ) or _any(before, after, text, start, end)
        if free and near and quantity.low >= _FEWEST_WITHOUT_CUE and quantity.high.is_integer():
            found.append(("vehicles", quantity.low, quantity.high, start))
    return found


def _changed(text: str, words: list[Word], quantity: Quantity, end: int, lang: str) -> bool:
    """Whether the range is a change, two figures of two times: «ожидание выросло с двух до пяти суток»."""
    return quantity.low < quantity.high and _any(*_rules(lang, "changes"), text, words[quantity.first].start, end)


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
    return bool(_OTHER_UNITS.match(word)) or word in _NEW


def _is_delay(page: _Page, sentence: Span, measured: tuple[str, int], words: list[Word], quantity: Quantity) -> bool:
    metric, after = measured
    if quantity.high > _MOST[metric] or (
        _YEAR.fullmatch(words[quantity.first].text) and _IN_A_YEAR.search(sentence.text[: words[quantity.first].start])
    ):
        return False
    rule = "days" if metric == "weeks" else metric
    lang, text = page.doc.lang_, sentence.text
    if metric == "vehicles" and (quantity.high < _FEWEST_VEHICLES or not float(quantity.high).is_integer()):
        return False
    start = words[quantity.first].start
    if _any(*_rules(lang, "denied"), text, start, after):
        return False
    anyway = _any(*_rules(lang, f"still_{rule}"), text, start, after) or (
        metric == "kilometres" and _tail_before(page.doc, sentence)
    )
    if not anyway and _any(*_rules(lang, f"not_{rule}"), text, start, after, _waiting(lang)):
        return False
    if rule != "vehicles" and _any(*_rules(lang, "usual"), text, start, after):
        return False
    if rule in {"hours", "days"}:
        return _waits_so_long(page, sentence, quantity.low, start, after)
    if metric == "vehicles" and quantity.low < _FEWEST_WITHOUT_CUE:
        return bool(_waiting(lang).search(text) or _BEFORE_A_POST.match(text, after))
    if _says(lang, rule).search(text):
        return True
    trucks = metric == "vehicles" and _TRUCKS[lang].match(text, _unit_start(text, after))
    if trucks and quantity.low >= _FEWEST_WITHOUT_CUE:
        at_the_border = _AT_THE_BORDER.search(text) or page.inside(sentence, "CHECKPOINT")
        return bool(at_the_border) or page.of_a_queue or _says_before(page.doc, sentence, rule)
    if rule == "kilometres":
        return _tail_before(page.doc, sentence)
    return _says_before(page.doc, sentence, rule)


def _waits_so_long(page: _Page, sentence: Span, low: float, start: int, end: int) -> bool:
    """Whether the time from `start` to `end` is one that somebody waits, or needs to pass a border."""
    lang, text = page.doc.lang_, sentence.text
    if low == 1 and not _ABOUT.search(text[max(0, start - 20) : start]) and not _ABOUT_KK.match(text, end):
        return False
    if low < _LEAST_HOURS:
        left = max(text.rfind(sign, 0, start) for sign in ",;:—") + 1
        right = min((at for sign in ",;:—" if (at := text.find(sign, end)) >= 0), default=len(text))
        return bool(_waiting(lang).search(text, left, right))
    if text[start:end].count("-") and _JOINED.search(text[start:end]):
        return bool(_waiting(lang).search(text[end : end + 40]) or _AFFAIR.match(text, end))
    if _waiting(lang).search(text):
        return True
    at_the_border = _AT_THE_BORDER.search(text) or page.inside(sentence, "CHECKPOINT")
    if _passing(lang).search(text) and (
        at_the_border or page.at_a_border or page.of_a_queue or len(page.text) < _A_REMARK
    ):
        return True
    return bool(page.inside(sentence, "CHECKPOINT")) or _says_before(page.doc, sentence, "days")


_BEFORE_A_POST = re.compile(r"\s+(?:before|outside|in front of|перед|у)\s+[«\"]?[^\W\d_]", re.I)
_A_REMARK = 200
"""Characters of a text too short to say everything that it is about."""
_ABOUT = re.compile(
    r"\b(?:почти|около|более|больше|свыше|до|минимум|порядка|over|than|almost|nearly|about|around|up to|least|wait of|queue of|delay of)\s+$",
    re.I,
)
_ABOUT_KK = re.compile(r"\s*(?:астам|жуық|дейін|аса|артық|таяу|уақыт)", re.I)
"""What makes one day or hour a measure and no manner of speaking."""
_LEAST_HOURS = 2
"""Fewer hours or days are no delay, unless it is said of a wait."""
_JOINED = re.compile(r"[a-z\d]-(?:day|hour|week)$", re.I)
"""A measure that describes what follows: "a two-day inspection"."""
_AFFAIR = re.compile(
    r"[- ]+(?:\w+ ){0,2}(?:average|affair|stay|stop|ordeal|crawl|hold-?up|stand|border|crossing|passage|lines?|transit)",
    re.I,
)


@cache
def _waiting_or_passing(lang: str) -> re.Pattern[str]:
    return re.compile(rf"{_waiting(lang).pattern}|{_passing(lang).pattern}", re.I)


@cache
def _beside(lang: str) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(lexicon(lang).measures["beside"]) + ")", re.I)


@cache
def _passing(lang: str) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(lexicon(lang).measures["passing"]) + ")", re.I)


def _tail_before(doc: Doc, sentence: Span) -> bool:
    """Whether the sentence before speaks of a queue's tail."""
    return sentence.start > 0 and bool(_TAIL.search(doc[sentence.start - 1].sent.text))


_TAIL = re.compile(
    r"\bхвост|кон(?:ец|ца) (?:очеред|пробк|колонн)|\b(?:tail|end) of (?:the |this )?(?:line|queue|jam|column)|tailback"
    r"|(?:кезек|фура|көлік)\w*\s+(?:соңы|құйры)",
    re.I,
)


def _unit_start(text: str, after: int) -> int:
    """Where the unit that ends at `after` begins (kk «жүк көлігі» and en "heavy trucks" are two words)."""
    start = text.rfind(" ", 0, max(after - 1, 0)) + 1
    before = text.rfind(" ", 0, max(start - 1, 0)) + 1
    return before if text[before:start].strip().casefold() in {"жүк", "heavy", "грузовых", "грузовые"} else start


def _says_before(doc: Doc, sentence: Span, rule: str) -> bool:
    """Whether the sentence is little more than the figure and the one before speaks of the queue."""
    if len([token for token in sentence if token.is_alpha]) > _SHORT:
        return False
    around = [doc[i].sent.text for i in (sentence.start - 1, sentence.end) if 0 <= i < len(doc)]
    says = (_says(doc.lang_, rule), _says(doc.lang_, "vehicles"))
    return any(pattern.search(text) for pattern in says for text in around)


def _place(page: _Page, sentence: Span, at: int) -> tuple[str, str | None]:
    """(name, entity id) of the place measured: the crossing nearest in the sentence, a region or town where it says that
    something is, the last crossing before or the only one of the text; nothing where it speaks of whole countries."""
    crossings = sorted(page.inside(sentence, "CHECKPOINT"), key=lambda span: _distance(page.text, span, at))
    if crossings:
        return _name(page, crossings[0], crossings)
    places = page.inside(sentence, "PLACE")
    towns = [span for span in places if not _country(span) and _stands_at(page, span)]
    if towns:
        nearest = min(towns, key=lambda span: abs(span.start_char - at))
        return nearest._.name, nearest._.entity_id
    if sum(_country(span) for span in places) > 1 or (
        any(_country(span) for span in places) and _AT_THE_BORDER.search(sentence.text)
    ):
        return "", None
    every = [span for span in page.entities if span.label_ == "CHECKPOINT"]
    earlier = [span for span in every if span.start < sentence.start]
    if not earlier and len({span._.entity_id or span._.name for span in every}) == 1:
        earlier = every[:1]
    return _name(page, earlier[-1], earlier) if earlier else ("", None)


def _name(page: _Page, crossing: Span, others: Sequence[Span]) -> tuple[str, str | None]:
    """(name, entity id) of `crossing`, with the post across the line where a dash joins them: «Жайсаң – Сагарчин»."""
    for other in others:
        if other is crossing:
            continue
        left, right = sorted((crossing, other), key=lambda span: span.start)
        between = page.text[left.end_char : right.start_char]
        if between.strip(" »«") in {"–", "-", "—"}:
            return f"{left._.name} – {right._.name}", left._.entity_id
    return crossing._.name, crossing._.entity_id


def _stands_at(page: _Page, span: Span) -> bool:
    """Whether the text says that something is at or near the place, and not merely whence or what about."""
    head = page.text[max(0, span.start_char - 40) : span.start_char]
    tail = page.text[span.start_char : span.end_char + 25]
    return bool(_AT_A_PLACE[span.doc.lang_].search(head) or (span.doc.lang_ == "kk" and _AT_A_PLACE_KK.search(tail)))


_AT_A_PLACE = {
    "ru": re.compile(
        r"\b(?:в|во|на|у|под|около|возле|близ|вблизи|перед|за|районе|городе|области)\s+(?:[\w-]+(?:ом|ем|ой|ском|ке)\s+)?«?$",
        re.I,
    ),
    "en": re.compile(
        r"\b(?:in|at|near|outside|around|by|before|beyond|behind|towards?)\s+(?:the\s+|\w+'s\s+)?(?:\w+\s+)?$", re.I
    ),
    "kk": re.compile(r"(?!)"),
}
_AT_A_PLACE_KK = re.compile(r"\w(?:да|де|та|те|нда|нде|дағы|дегі|тағы|тегі)\b|маңы|түбі|жағы|тұсы|бағыты", re.I)


def _distance(text: str, span: Span, at: int) -> int:
    """Characters between a place and a figure; a comma counts as 40 and a semicolon as 80."""
    left, right = sorted((span.start_char, at))
    return right - left + 40 * text.count(",", left, right) + 80 * text.count(";", left, right)


_COUNTRIES = frozenset(
    [
        "kazakhstan",
        "russia",
        "china",
        "kyrgyzstan",
        "uzbekistan",
        "tajikistan",
        "turkmenistan",
        "belarus",
        "georgia",
        "armenia",
        "azerbaijan",
        "ukraine",
        "poland",
        "lithuania",
        "latvia",
        "estonia",
        "mongolia",
        "turkey",
        "germany",
        "iran",
        "usa",
        "uae",
        "europe",
        "central-asia",
    ]
)


def _country(span: Span) -> bool:
    return (span._.entity_id or "").removeprefix("place.") in _COUNTRIES
