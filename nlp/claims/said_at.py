"""When a claim was said: the day that its sentence names beside the verb of saying."""

from __future__ import annotations

from datetime import UTC, datetime, time

from nlp.claims.hit import clause_around
from nlp.claims.language import Patterns
from nlp.claims.sentence import Sentence
from nlp.dates import dates_in

_NEAR = 40
"""Characters between the verb and the day, at the most."""


def said_at(
    sentence: Sentence, start: int, end: int, patterns: Patterns, published_at: datetime | None
) -> datetime | None:
    """Midnight UTC of the day on which a sentence says that something was said; None where it names none, or two.

    `start` and `end` are the cause's words, whose days are those of the cause. Without `published_at` only days with a year
    are known.
    """
    says = [one for one in patterns.say.finditer(sentence.folded) if not start <= one.start() < end]
    days = set()
    named = dates_in(sentence.text, patterns.lang, published_at) if says else []
    if len({one.day for one in named}) > 1:
        return None
    for one in named:
        if start <= one.start < end:
            continue
        left, right = clause_around(sentence.folded, one.start, one.end)
        beside = [
            verb
            for verb in says
            if left <= verb.start() < right and max(one.start - verb.end(), verb.start() - one.end) <= _NEAR
        ]
        if beside and (published_at is None or one.day <= published_at.date()):
            days.add(one.day)
    return datetime.combine(days.pop(), time(), UTC) if len(days) == 1 else None
