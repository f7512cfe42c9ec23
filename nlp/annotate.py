"""From Documents to Annotations: the languages, the pipeline of each, then entities, observations and claims.

What a document says in another language than most of it is read by that language's pipeline, and joined to the rest.
Documents in a language that kezek does not read (Ukrainian, Kyrgyz, unknown) get an Annotation that names the language
and is empty otherwise; how many there were, and the first few of them, is logged as a warning.
"""

from __future__ import annotations

import hashlib
import logging
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from spacy.tokens import Doc

from ingest.document import Document
from ingest.errors import PARSER_BUGS
from nlp.annotation import Annotation, Claim, Entity, Mention, Observation
from nlp.claims import Decision, around, extract, named_by, speaker_around, speaker_in
from nlp.claims.actor import OWN_VOICE, Actor
from nlp.claims.topic import Topic, border
from nlp.joining import Findings, joined
from nlp.language import detect
from nlp.observations import observations
from nlp.pipeline import LANGUAGES, place_in, read
from nlp.reading import Part, parts, readable

__all__ = ["MODEL_VERSION", "Explanation", "annotate", "annotation_json", "explain", "model_version"]

_log = logging.getLogger(__name__)
_PACKAGE = Path(__file__).parent
_NAMED = 5
"""Documents that the warning about unread ones names."""


def digest(package: Path) -> str:
    """A hash over everything in nlp that decides what an annotation says: code, word lists, knowledge base and weights."""
    found = hashlib.sha256()
    for path in sorted(package.rglob("*")):
        inside = path.relative_to(package)
        decides = path.suffix in {".py", ".toml", ".cfg"} or "models" in inside.parts
        if decides and path.is_file() and {"__pycache__", "training"}.isdisjoint(inside.parts):
            found.update(inside.as_posix().encode() + b"\0" + path.read_bytes())
    return found.hexdigest()[:12]


MODEL_VERSION: str = f"1-{digest(_PACKAGE)}"
"""Changes with any change of code, data or weights in nlp: what it annotated before is then annotated anew."""


def model_version(topic: Topic) -> str:
    """The version of an annotation about `topic`: MODEL_VERSION, and for another topic than the border's, its id and digest."""
    return MODEL_VERSION if topic is border() else f"{MODEL_VERSION}-{topic.id}-{topic.digest}"


def annotate(documents: Iterable[Document], batch_size: int = 64, topic: Topic | None = None) -> Iterator[Annotation]:
    """One Annotation a document, in order. Documents are read `batch_size` at a time, each language in one batch.

    Claims are those about `topic`, by default queues at the border.
    A document's `lang` is taken as it is; where it is None the language is detected. A document that trips a mistake of
    the code gets an empty Annotation, logged with its trace. Raises ModelError where weights are missing.
    """
    asked = topic or border()
    unread: list[tuple[str, str]] = []
    rest = iter(documents)
    while batch := list(islice(rest, batch_size)):
        by_lang: dict[str, list[tuple[int, Part]]] = defaultdict(list)
        langs = [_language(document) for document in batch]
        for i, (document, lang) in enumerate(zip(batch, langs, strict=True)):
            for part in parts(document, lang):
                by_lang[part.lang].append((i, part))
        made: list[list[_Reading]] = [[] for _ in batch]
        for lang, placed in by_lang.items():
            if lang in LANGUAGES:
                for (i, _), reading in zip(placed, _readings([part for _, part in placed], lang, asked), strict=True):
                    made[i] += [reading] if reading is not None else []
            else:
                unread += [(lang, part.whole.document_id) for _, part in placed if _has_text(part.whole)]
        for document, lang, readings in zip(batch, langs, made, strict=True):
            yield _annotation(document, lang, readings, asked)
    if unread:
        counts = ", ".join(f"{n} in {lang}" for lang, n in Counter(lang for lang, _ in unread).items())
        named = [document_id for _, document_id in unread[:_NAMED]] + ["…"] * (len(unread) > _NAMED)
        _log.warning("not read, for want of a pipeline: %s (%s)", counts, ", ".join(named))


def _has_text(document: Document) -> bool:
    return bool(document.title.strip() or document.text.strip())


def _language(document: Document) -> str:
    plain = readable(document)
    return document.lang or detect(f"{plain.title}\n{plain.text}")


@dataclass(frozen=True, slots=True)
class _Reading:
    """The Doc of what a document says in one language, and what was found in it, with offsets in the whole document."""

    doc: Doc
    findings: Findings


def _readings(read_parts: Sequence[Part], lang: str, topic: Topic) -> list[_Reading | None]:
    """The readings of parts in `lang`, made in one batch; one by one where one trips a mistake, which then has none."""
    try:
        docs = read([part.shown for part in read_parts], lang, batch_size=len(read_parts))
        return [_reading(doc, part, topic) for doc, part in zip(docs, read_parts, strict=True)]
    except PARSER_BUGS:
        if len(read_parts) == 1:
            _log.exception("document %s can't be annotated", read_parts[0].whole.document_id)
            return [None]
    return [_readings([part], lang, topic)[0] for part in read_parts]


def _reading(doc: Doc, part: Part, topic: Topic) -> _Reading:
    plain, lang = readable(part.whole), part.lang
    if part.others:
        doc._.around = around(part.others, topic)
    entities: dict[tuple[str, str], Entity] = {}
    mentions = []
    for span in doc.ents:
        name, label, entity_id = span._.name, span.label_, span._.entity_id
        field, start, end = place_in(doc._.title_length, span.start_char, span.end_char)
        surface, role = span.text[: end - start], span._.role
        mentions.append(Mention(name, label, surface, field, start, end, entity_id, lang, role))  # type: ignore[arg-type]
        found = entities.setdefault((name, label), Entity(name, label, entity_id, span._.side, role))  # type: ignore[arg-type]
        side = span._.side if found.side == "UNKNOWN" else found.side
        entities[name, label] = replace(found, side=side, role=found.role or role)
    return _Reading(
        doc,
        Findings(
            tuple(replace(one, lang=lang) for one in extract(doc, plain, topic)),
            tuple(replace(one, lang=lang) for one in observations(doc, speaker_in, plain.published_at)),
            tuple(entities.values()),
            tuple(mentions),
        ),
    )


def _with_speakers(findings: Findings, others: Sequence[Doc], document: Document, topic: Topic) -> Findings:
    """The findings in one language, each with the speaker that a sentence around it in the Docs of the `others` names."""
    shift = len(document.title) + 2 if document.title else 0

    def speaker(one: Claim | Observation) -> Actor:
        moved = shift if one.evidence_field == "text" else 0
        places = one.evidence_start + moved, one.evidence_end + moved
        named = (said for doc in others if (said := speaker_around(doc, document, *places, topic)).name)
        return next(named, OWN_VOICE)

    claims = []
    for one in findings.claims:
        said = speaker(one) if one.speaker_kind == "outlet" else OWN_VOICE
        if said.name:
            side = "UNKNOWN" if said.outlet else said.side
            one = replace(one, speaker=said.name, speaker_kind=said.kind, speaker_side=side,
                          speaker_role=said.role, speaker_entity=said.entity_id)  # fmt: skip
        claims.append(one)
    measured = [one if one.speaker else replace(one, speaker=speaker(one).name) for one in findings.observations]
    return replace(findings, claims=tuple(claims), observations=tuple(measured))


def _annotation(document: Document, lang: str, readings: Sequence[_Reading], topic: Topic) -> Annotation:
    """What was found in `document`, which is mostly in `lang`, as one."""
    found = sorted(readings, key=lambda one: str(one.doc.lang_) != lang)
    findings = [one.findings for one in found]
    if len(found) > 1:
        plain = readable(document)
        findings = [
            _with_speakers(one.findings, [other.doc for other in found if other is not one], plain, topic)
            for one in found
        ]
    one = joined(findings, lang) if len(findings) != 1 else findings[0]
    return Annotation(
        document_id=document.document_id,
        content_sha256=document.content_sha256,
        lang=lang,
        model_version=model_version(topic),
        claims=one.claims,
        observations=one.observations,
        entities=one.entities,
        mentions=one.mentions,
    )


@dataclass(frozen=True, slots=True)
class Explanation:
    """An annotation and how its claims came about: every candidate that was weighed, in the order of the text.

    `named` are the words of the topic for the delay, the place and what waits there that the document has, folded.
    """

    annotation: Annotation
    decisions: tuple[Decision, ...]
    named: Mapping[str, tuple[str, ...]]


def explain(document: Document, topic: Topic | None = None) -> Explanation:
    """What `annotate` says of one document about `topic`, and why. Raises ModelError where weights are missing."""
    asked = topic or border()
    lang = _language(document)
    read_by: dict[str, list[Part]] = defaultdict(list)
    for part in parts(document, lang):
        read_by[part.lang].append(part)
    readings = [
        reading
        for one, found in read_by.items()
        if one in LANGUAGES
        for reading in _readings(found, one, asked)
        if reading is not None
    ]
    named: dict[str, tuple[str, ...]] = {}
    for reading in readings:
        for kind, words in named_by(reading.doc, asked).items():
            named[kind] = tuple(dict.fromkeys((*named.get(kind, ()), *words)))
    return Explanation(
        _annotation(document, lang, readings, asked),
        tuple(decision for reading in readings for decision in reading.doc._.claim_decisions),
        named,
    )


def annotation_json(annotation: Annotation, id: str) -> dict[str, Any]:
    """The line of `kezek annotate`: the fields of the claim guide's file format, and what more a claim row has."""
    return {
        "id": id,
        "lang": annotation.lang,
        "claims": [_claim_json(claim) for claim in annotation.claims],
        "observations": [
            {
                "metric": one.metric,
                "low": _plain(one.low),
                "high": _plain(one.high),
                "place": one.place,
                "speaker": one.speaker,
                "evidence": one.evidence,
                "evidence_field": one.evidence_field,
                "evidence_start": one.evidence_start,
                "evidence_end": one.evidence_end,
                "as_of": one.as_of.date().isoformat() if one.as_of else None,
                "lang": one.lang,
            }
            for one in annotation.observations
        ],
        "entities": [
            {"name": one.name, "label": one.label, "entity_id": one.entity_id, "side": one.side, "role": one.role}
            for one in annotation.entities
        ],
    }


def _plain(number: float) -> float | int:
    return int(number) if number.is_integer() else number


def _claim_json(claim: Claim) -> dict[str, Any]:
    return {
        "cause": claim.cause,
        "stance": claim.stance,
        "blames": claim.blames,
        "speaker": claim.speaker,
        "speaker_kind": claim.speaker_kind,
        "speaker_side": claim.speaker_side,
        "speaker_role": claim.speaker_role,
        "relayed_by": claim.relayed_by,
        "hedged": claim.hedged,
        "evidence": claim.evidence,
        "cause_text": claim.cause_text,
        "confidence": round(claim.confidence, 3),
        "evidence_field": claim.evidence_field,
        "evidence_start": claim.evidence_start,
        "evidence_end": claim.evidence_end,
        "cause_start": claim.cause_start,
        "cause_end": claim.cause_end,
        "lang": claim.lang,
    }
