"""Measured delays: how many vehicles, kilometres, hours or days of queue a Doc tells of.

`nlp.queue_figures` finds the figures of a sentence, `nlp.observation_gate` tells which of them measure a queue or a wait
and which something else: traffic a day, a distance, a legal limit, an inspection. Half a day of queue is `days` 0.5; a
week is seven days.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time

from spacy.tokens import Doc, Span

from nlp.annotation import Observation
from nlp.dates import DateFound, dates_in
from nlp.observation_gate import Gate, gate
from nlp.queue_figures import AT_THE_BORDER, Figure, Page, page_of
from nlp.reading import place_in


def observations(
    doc: Doc,
    speaker_of: Callable[[Span], str] | None = None,
    published_at: datetime | None = None,
    by: Gate | None = None,
) -> list[Observation]:
    """The measured delays of `doc` in their order, the same figure once, with the body's sentence before the headline's.

    `speaker_of` gives the speaker of a sentence, or ""; without it speakers are empty. `as_of` is midnight UTC of the day
    that the sentence, or else the one before, names for the figure, told from `published_at`; None where none is named.
    `by` tells delays from other figures; without it, the gate that the project has learnt.
    """
    told = by or gate()
    found: dict[tuple[str, float, float], Observation] = {}
    page = page_of(doc)
    if not (page.of_a_queue or page.at_a_border) and len(page.text.split()) > _A_REMARK:
        return []
    carried: str | None = None
    for sentence in doc.sents:
        figures = told.delays(page, sentence, carried)
        carried = figures[-1].metric if figures else None
        for one in _in_sentence(page, sentence, figures, speaker_of, published_at):
            key = (one.metric, one.low, one.high)
            if key not in found or found[key].evidence_field == "title":
                found[key] = one
    every = list(found.values())
    body = [one for one in every if one.evidence_field == "text"]
    return [one for one in every if one.evidence_field == "text" or not any(_same(one, other) for other in body)]


def _same(title: Observation, body: Observation) -> bool:
    """Whether a headline's figure is the body's, rounded: «двести машин» of 210."""
    return (
        title.metric == body.metric
        and body.low * (1 - _ROUNDED) <= title.low
        and title.high <= body.high * (1 + _ROUNDED)
    )


_A_REMARK = 60
"""Words of a text that is too short to say what it is about; a longer one that names no border and no queue is off topic."""
_ROUNDED = 0.15
"""A headline rounds by no more than this share."""


def _in_sentence(
    page: Page,
    sentence: Span,
    figures: Sequence[Figure],
    speaker_of: Callable[[Span], str] | None,
    published_at: datetime | None,
) -> list[Observation]:
    if not figures:
        return []
    doc, text = page.doc, page.said(sentence)
    stripped = text.strip()
    start = sentence.start_char + text.index(stripped)
    field, begin, end = place_in(doc._.title_length, start, start + len(stripped))
    speaker = speaker_of(sentence) if speaker_of else ""
    out = []
    for figure in figures:
        place, entity_id = _place(page, sentence, sentence.start_char + figure.start)
        out.append(
            Observation(
                metric=figure.metric,
                low=figure.low,
                high=figure.high,
                place=place,
                speaker=speaker,
                evidence=stripped[: end - begin],
                evidence_field=field,
                evidence_start=begin,
                evidence_end=end,
                place_entity=entity_id,
                as_of=_as_of(doc, sentence, figure.start, published_at),
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


def _place(page: Page, sentence: Span, at: int) -> tuple[str, str | None]:
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
        any(_country(span) for span in places) and AT_THE_BORDER.search(sentence.text)
    ):
        return "", None
    every = [span for span in page.entities if span.label_ == "CHECKPOINT"]
    earlier = [span for span in every if span.start < sentence.start]
    if not earlier and len({span._.entity_id or span._.name for span in every}) == 1:
        earlier = every[:1]
    return _name(page, earlier[-1], earlier) if earlier else ("", None)


def _name(page: Page, crossing: Span, others: Sequence[Span]) -> tuple[str, str | None]:
    """(name, entity id) of `crossing`, with the post across the line where a dash joins them: «Жайсаң – Сагарчин»."""
    for other in others:
        if other is crossing:
            continue
        left, right = sorted((crossing, other), key=lambda span: span.start)
        between = page.text[left.end_char : right.start_char]
        if between.strip(" »«") in {"–", "-", "—"}:
            return f"{left._.name} – {right._.name}", left._.entity_id
    return crossing._.name, crossing._.entity_id


def _stands_at(page: Page, span: Span) -> bool:
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
