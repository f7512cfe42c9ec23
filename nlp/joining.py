"""What is found in the languages of one document, as one: what two of them tell is told once.

A claim told in two languages (same cause, stance and side blamed, by the same speaker) is one, with the better evidence;
an observation of the same figures at the same place is one; a name has one spelling, that of the document's language.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TypeVar

from ingest.errors import KnowledgeError
from nlp.annotation import Claim, Entity, Field, Mention, Observation
from nlp.knowledge import knowledge
from nlp.skeleton import skeleton

_BETTER = 0.15
"""Confidence by which a claim's evidence is better than that of the same claim before it."""
_NOBODY = "NONE"
_GROUPS = Path(__file__).parent / "languages" / "groups.toml"
"""Words for unnamed speakers, those together that say the same in different languages."""
_Found = TypeVar("_Found", Claim, Observation)


@dataclass(frozen=True, slots=True)
class Findings:
    """What is found in a document, or in what it says in one language."""

    claims: tuple[Claim, ...] = ()
    observations: tuple[Observation, ...] = ()
    entities: tuple[Entity, ...] = ()
    mentions: tuple[Mention, ...] = ()


def joined(findings: Sequence[Findings], lang: str) -> Findings:
    """The findings of the languages of a document that is mostly in `lang`, as those of one document."""
    names, entities = _cast(findings, lang)
    mentions = [
        replace(one, name=names[_identity(one.label, one.name, one.entity_id)]) if place else one
        for place, part in enumerate(findings)
        for one in part.mentions
    ]
    return Findings(
        tuple(_claims([one for part in findings for one in part.claims])),
        tuple(_told_once([one for part in findings for one in part.observations], _same_observation, _prefer_body)),
        tuple(entities),
        tuple(sorted(mentions, key=lambda one: (one.field == "text", one.start, one.end))),
    )


def _identity(label: str, name: str, entity_id: str | None) -> tuple[str, str]:
    return label, entity_id or skeleton(name) or name


def _cast(findings: Sequence[Findings], lang: str) -> tuple[dict[tuple[str, str], str], list[Entity]]:
    """(what names of other languages become, the distinct entities). The document's own language keeps its names."""
    own = findings[0].entities if findings else ()
    entities = {(one.label, one.name): one for one in own}
    spelt: dict[tuple[str, str], str] = {}
    for one in own:
        spelt.setdefault(_identity(one.label, one.name, one.entity_id), one.name)
    for part in findings[1:]:
        for one in part.entities:
            identity = _identity(one.label, one.name, one.entity_id)
            if identity not in spelt:
                spelt[identity] = _in_language(one, lang)
            name = spelt[identity]
            before = entities.get((one.label, name))
            if before is None:
                entities[one.label, name] = replace(one, name=name)
            else:
                side = one.side if before.side == "UNKNOWN" else before.side
                entities[one.label, name] = replace(before, side=side, role=before.role or one.role)
    return spelt, list(entities.values())


def _in_language(one: Entity, lang: str) -> str:
    known = knowledge().get(one.entity_id or "")
    return next(known.names(lang), one.name) if known is not None else one.name


def _claims(claims: Sequence[Claim]) -> list[Claim]:
    """The claims, each once; a headline's and an unspoken aside only where no other language's body tells its cause."""
    body = {(one.cause, one.stance, one.lang) for one in claims if one.evidence_field == "text"}
    kept = []
    for one in claims:
        elsewhere = any((cause, stance) == (one.cause, one.stance) and lang != one.lang for cause, stance, lang in body)
        named = any(other.cause == one.cause and other.lang != one.lang for other in claims)
        if one.evidence_field == "title" and elsewhere:
            continue
        if one.pattern == "words" and one.speaker_kind == "outlet" and named:
            continue
        kept.append(one)
    return _told_once(kept, _same_claim, _prefer_evidence)


def _told_once(
    found: Sequence[_Found], same: Callable[[_Found, _Found], bool], better: Callable[[_Found, _Found], _Found]
) -> list[_Found]:
    """`found` in the order of the text; of two that are the `same` in two languages the `better`."""
    kept: list[_Found] = []
    for one in sorted(found, key=_place):
        twin = next((i for i, other in enumerate(kept) if other.lang != one.lang and same(other, one)), None)
        if twin is None:
            kept.append(one)
        else:
            kept[twin] = better(kept[twin], one)
    return sorted(kept, key=_place)


def _place(one: Claim | Observation) -> tuple[bool, int, int]:
    field: Field = one.evidence_field
    return field == "text", one.evidence_start, one.evidence_end


def _same_claim(one: Claim, other: Claim) -> bool:
    if (one.cause, one.stance) != (other.cause, other.stance):
        return False
    blames = one.blames == other.blames or _NOBODY in (one.blames, other.blames)
    return blames and _same_speaker(one, other)


def _same_speaker(one: Claim, other: Claim) -> bool:
    if one.speaker_kind == "outlet" or other.speaker_kind == "outlet":
        return True  # a translation whose speaker was not found
    if one.speaker_entity or other.speaker_entity:
        return one.speaker_entity == other.speaker_entity
    return same_name(one.speaker, other.speaker)


def same_name(one: str, other: str) -> bool:
    """Whether two names, in whatever script, or two words for a group, in whatever language, are the same."""
    keys = skeleton(one), skeleton(other)
    groups = _groups()
    return keys[0] == keys[1] or groups.get(keys[0], keys[0]) == groups.get(keys[1], keys[1])


@cache
def _groups() -> dict[str, int]:
    """Key of a word for a group → which row of `groups.toml` it stands in. Raises KnowledgeError for a file that is none."""
    try:
        rows = tomllib.loads(_GROUPS.read_text(encoding="utf-8"))["groups"]
        return {skeleton(word): number for number, row in enumerate(rows) for word in row}
    except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError) as error:
        raise KnowledgeError(f"{_GROUPS.name} does not list groups of words: {error}") from error


def _prefer_evidence(one: Claim, other: Claim) -> Claim:
    if (one.speaker_kind == "outlet") != (other.speaker_kind == "outlet"):
        return other if one.speaker_kind == "outlet" else one
    return other if other.confidence > one.confidence + _BETTER else one


def _same_observation(one: Observation, other: Observation) -> bool:
    if (one.metric, one.low, one.high) != (other.metric, other.low, other.high):
        return False
    if one.place_entity and other.place_entity:
        return one.place_entity == other.place_entity
    return not one.place or not other.place or same_name(one.place, other.place)


def _prefer_body(one: Observation, other: Observation) -> Observation:
    if one.evidence_field != other.evidence_field:
        return one if one.evidence_field == "text" else other
    return other if (bool(other.place), bool(other.speaker)) > (bool(one.place), bool(one.speaker)) else one
