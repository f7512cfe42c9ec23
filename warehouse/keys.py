"""Stable keys: the same input gives the same id on every machine and in every run."""

from __future__ import annotations

import hashlib

from nlp.annotation import Claim, Mention, Observation


def claim_id(document_id: str, content_sha256: str, claim: Claim) -> str:
    """Key of a claim: revision, cause, stance and speaker, as the claim guide counts rows."""
    return _key("c", document_id, content_sha256, claim.cause, claim.stance, claim.speaker.casefold())


def observation_id(document_id: str, content_sha256: str, observation: Observation) -> str:
    """Key of an observation: revision, metric, figures, place and speaker."""
    figures = (f"{observation.low:g}", f"{observation.high:g}")
    names = (observation.place.casefold(), observation.speaker.casefold())
    return _key("o", document_id, content_sha256, observation.metric, *figures, *names)


def mention_id(document_id: str, content_sha256: str, mention: Mention) -> str:
    """Key of a mention: revision, place in it, and what it names."""
    place = (mention.field, str(mention.start), str(mention.end))
    return _key("m", document_id, content_sha256, *place, mention.label, mention.name)


def entity_key(label: str, name: str, entity_id: str | None) -> str:
    """The knowledge base's id, or a key of label and name where it knows none."""
    return entity_id or _key("e", label, name.casefold())


def unparsed_id(fetch_id: str | None, url: str) -> str:
    """Key of an answer that no document could be read from."""
    return _key("u", fetch_id or "", url)


def finding_id(check: str, table: str, row_key: str) -> str:
    """Key of a quality finding."""
    return _key("q", check, table, row_key)


def _key(prefix: str, *parts: str) -> str:
    return prefix + hashlib.sha256("\n".join(parts).encode()).hexdigest()[:15]
