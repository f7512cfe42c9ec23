"""Annotations as table rows, each under its stable key."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from nlp.annotation import Annotation, Claim, Entity, Mention, Observation
from warehouse.connection import Row
from warehouse.keys import claim_id, entity_key, mention_id, observation_id

Revision = tuple[str, str]


@dataclass(frozen=True, slots=True)
class AnnotationRows:
    """Rows by table; `in_force` are the annotations whose findings they are, `doubled` how many rows shared a key."""

    annotations: list[Row]
    in_force: list[Row]
    claims: list[Row]
    observations: list[Row]
    mentions: list[Row]
    entities: list[Row]
    doubled: int


def annotation_rows(
    annotations: Iterable[Annotation], in_force: Collection[Revision], extraction: Mapping[Revision, datetime]
) -> AnnotationRows:
    """The rows of `annotations`, findings only of the revisions in `in_force`; `extraction` says when each was made.

    Where one annotation has two claims with the same key, the surer one is the row.
    """
    every, current = [], []
    claims: dict[str, Row] = {}
    observations: dict[str, Row] = {}
    mentions: dict[str, Row] = {}
    entities: dict[str, Row] = {}
    doubled = 0
    for one in annotations:
        revision = (one.document_id, one.content_sha256)
        row = _annotation_row(one, extraction[revision])
        every.append(row)
        if revision not in in_force:
            continue
        current.append(row)
        found: Row = {
            "document_id": one.document_id,
            "content_sha256": one.content_sha256,
            "model_version": one.model_version,
            "superseded_at": None,
            "superseded_by": None,
        }
        extracted: Row = {**found, "extracted_at": extraction[revision]}
        for claim in sorted(one.claims, key=_surest_first):
            key = claim_id(*revision, claim)
            doubled += key in claims
            claims.setdefault(key, {"claim_id": key, **_in(one, claim), **extracted})
        for observation in one.observations:
            key = observation_id(*revision, observation)
            doubled += key in observations
            observations.setdefault(key, {"observation_id": key, **_in(one, observation), **extracted})
        langs = _spelt_in(one)
        for entity in one.entities:
            _add_entity(entities, langs.get((entity.label, entity.name), one.lang), entity)
        for mention in one.mentions:
            key = mention_id(*revision, mention)
            lang = langs[mention.label, mention.name]
            named = _add_entity(entities, lang, Entity(mention.name, mention.label, mention.entity_id))
            place = _in(one, mention)
            place |= {"start_offset": place.pop("start"), "end_offset": place.pop("end"), "entity_id": named}
            doubled += key in mentions
            mentions.setdefault(key, {"mention_id": key, **place, **found})
    return AnnotationRows(
        every,
        current,
        list(claims.values()),
        list(observations.values()),
        list(mentions.values()),
        list(entities.values()),
        doubled,
    )


def _annotation_row(one: Annotation, extracted_at: datetime) -> Row:
    return {
        "document_id": one.document_id,
        "content_sha256": one.content_sha256,
        "model_version": one.model_version,
        "lang": one.lang,
        "claims": len(one.claims),
        "observations": len(one.observations),
        "mentions": len(one.mentions),
        "extracted_at": extracted_at,
    }


def _in(annotation: Annotation, found: Claim | Observation | Mention) -> Row:
    """The fields of `found`, its language that of the document where it has none of its own."""
    return {**asdict(found), "lang": found.lang or annotation.lang}


def _spelt_in(one: Annotation) -> dict[tuple[str, str], str]:
    """The language that spells each (label, name): the document's where it has the name, else that of the first passage."""
    found: dict[tuple[str, str], str] = {}
    for mention in one.mentions:
        lang = mention.lang or one.lang
        if lang == one.lang:
            found[mention.label, mention.name] = lang
        found.setdefault((mention.label, mention.name), lang)
    return found


def _surest_first(claim: Claim) -> tuple[float, int]:
    return -claim.confidence, claim.evidence_start


def _add_entity(entities: dict[str, Row], lang: str, entity: Entity) -> str:
    """Put `entity` into `entities`; gives its key. The office of who is known is the knowledge base's to say. Of several
    spellings, sides and roles the least stands, in whatever order they come."""
    key = entity_key(entity.label, entity.name, entity.entity_id)
    known = entity.entity_id is not None
    row = entities.setdefault(
        key,
        {
            "entity_id": key,
            "name": entity.name,
            "name_ru": None,
            "name_kk": None,
            "name_en": None,
            "label": entity.label,
            "side": entity.side,
            "role": None,
            "pair": None,
            "wikidata": None,
            "known": known,
        },
    )
    row["name"] = min(row["name"], entity.name)
    if (named := f"name_{lang}") in row:
        row[named] = min(filter(None, (row[named], entity.name)))
    row["side"] = min((side for side in (row["side"], entity.side) if side != "UNKNOWN"), default="UNKNOWN")
    if entity.role and not known:
        row["role"] = min(filter(None, (row["role"], entity.role)))
    return key
