"""What nlp says about one Document: claims, observations, entities and mentions, each with its place in the text.

Codes and their meaning are those of the claim guide in `docs/claims.md`. Offsets count Unicode code points in the
document's `text`, or in its `title` where `evidence_field` says so; `text[start:end]` is the quoted string, verbatim.
The `lang` of a claim, observation or mention is that of the sentence it stands in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Stance = Literal["asserts", "denies"]
Field = Literal["text", "title"]
SpeakerKind = Literal["person", "organisation", "unnamed", "outlet"]
Label = Literal["PERSON", "ORG", "PLACE", "CHECKPOINT", "LAW"]


@dataclass(frozen=True, slots=True)
class Claim:
    """Somebody's statement of why traffic is delayed, or that it is not."""

    cause: str
    stance: Stance
    blames: str
    speaker: str
    speaker_kind: SpeakerKind
    speaker_side: str
    hedged: bool
    evidence: str
    evidence_field: Field
    evidence_start: int
    evidence_end: int
    cause_text: str
    cause_start: int
    cause_end: int
    speaker_role: str = ""
    speaker_entity: str | None = None
    relayed_by: str = ""
    said_at: datetime | None = None
    confidence: float = 0.5
    pattern: str = ""
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Observation:
    """A measured delay: `metric` is vehicles, kilometres, hours or days; `low` equals `high` for one figure."""

    metric: str
    low: float
    high: float
    place: str
    speaker: str
    evidence: str
    evidence_field: Field
    evidence_start: int
    evidence_end: int
    place_entity: str | None = None
    as_of: datetime | None = None
    """Midnight UTC of the day that the text names for the figure; None where it names none."""
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Entity:
    """A distinct name of the document in dictionary form; `entity_id` where the knowledge base knows it, `role` the job
    title that stands beside a person's name first."""

    name: str
    label: Label
    entity_id: str | None = None
    side: str = "UNKNOWN"
    role: str = ""


@dataclass(frozen=True, slots=True)
class Mention:
    """One place where a name of an entity stands; `role` is the job title beside it, in dictionary form."""

    name: str
    label: Label
    surface: str
    field: Field
    start: int
    end: int
    entity_id: str | None = None
    lang: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True)
class Annotation:
    """All that nlp says about one document revision. Its `lang` is the document's; a document may mix languages."""

    document_id: str
    content_sha256: str
    lang: str
    model_version: str
    claims: tuple[Claim, ...] = ()
    observations: tuple[Observation, ...] = ()
    entities: tuple[Entity, ...] = ()
    mentions: tuple[Mention, ...] = ()
