"""From Documents to Annotations: the language, the pipeline of it, then entities, observations and claims.

Documents in a language that kezek does not read (Ukrainian, Kyrgyz, unknown) get an Annotation that names the language
and is empty otherwise; how many there were is logged as a warning.
"""

from __future__ import annotations

import hashlib
import logging
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from spacy.tokens import Doc

from ingest.document import Document
from ingest.errors import PARSER_BUGS
from nlp.annotation import Annotation, Claim, Entity, Mention
from nlp.claims import extract, speaker_in
from nlp.language import detect
from nlp.observations import observations
from nlp.pipeline import LANGUAGES, place_in, read
from nlp.reading import readable

__all__ = ["MODEL_VERSION", "annotate", "annotation_json"]

_log = logging.getLogger(__name__)
_PACKAGE = Path(__file__).parent


@cache
def _digest() -> str:
    """A hash over everything that decides what an annotation says: code, word lists, knowledge base and weights."""
    digest = hashlib.sha256()
    kept = (path for path in _PACKAGE.rglob("*") if path.suffix in {".py", ".toml"} or "models" in path.parts)
    for path in sorted(kept):
        if path.is_file() and "__pycache__" not in path.parts and "training" not in path.parts:
            digest.update(path.relative_to(_PACKAGE).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


MODEL_VERSION: str = f"1-{_digest()}"
"""Changes with any change of code, data or weights in nlp: what it annotated before is then annotated anew."""


def annotate(documents: Iterable[Document], batch_size: int = 64) -> Iterator[Annotation]:
    """One Annotation a document, in order. Documents are read `batch_size` at a time, each language in one batch.

    A document's `lang` is taken as it is; where it is None the language is detected. A document that trips a mistake of
    the code gets an empty Annotation, logged with its trace. Raises ModelError where weights are missing.
    """
    unread: Counter[str] = Counter()
    rest = iter(documents)
    while batch := list(islice(rest, batch_size)):
        by_lang: dict[str, list[int]] = defaultdict(list)
        langs = [_language(document) for document in batch]
        for i, lang in enumerate(langs):
            by_lang[lang].append(i)
        made: dict[int, Annotation] = {}
        for lang, places in by_lang.items():
            if lang in LANGUAGES:
                made.update(zip(places, _annotations([batch[i] for i in places], lang), strict=True))
            else:
                unread[lang] += len(places)
                made.update({i: _empty(batch[i], lang) for i in places})
        for i in range(len(batch)):
            yield made[i]
    if unread:
        _log.warning("not read, for want of a pipeline: %s", ", ".join(f"{n} in {lang}" for lang, n in unread.items()))


def _language(document: Document) -> str:
    plain = readable(document)
    return document.lang or detect(f"{plain.title}\n{plain.text}")


def _annotations(documents: Sequence[Document], lang: str) -> list[Annotation]:
    """The Annotations of `documents`, read in one batch; one by one where one of them trips a mistake."""
    try:
        docs = read(documents, lang, batch_size=len(documents))
        return [_annotation(doc, document, lang) for doc, document in zip(docs, documents, strict=True)]
    except PARSER_BUGS:
        if len(documents) == 1:
            _log.exception("document %s can't be annotated", documents[0].document_id)
            return [_empty(documents[0], lang)]
    return [_annotations([document], lang)[0] for document in documents]


def _empty(document: Document, lang: str) -> Annotation:
    return Annotation(document.document_id, document.content_sha256, lang, MODEL_VERSION)


def _annotation(doc: Doc, document: Document, lang: str) -> Annotation:
    entities: dict[tuple[str, str], Entity] = {}
    mentions = []
    for span in doc.ents:
        name, label, entity_id = span._.name, span.label_, span._.entity_id
        field, start, end = place_in(doc._.title_length, span.start_char, span.end_char)
        mentions.append(Mention(name, label, span.text[: end - start], field, start, end, entity_id))  # type: ignore[arg-type]
        known = entities.get((name, label))
        if known is None or (known.side == "UNKNOWN" and span._.side != "UNKNOWN"):
            entities[name, label] = Entity(name, label, entity_id, span._.side)  # type: ignore[arg-type]
    claims = tuple(extract(doc, readable(document)))
    return Annotation(
        document_id=document.document_id,
        content_sha256=document.content_sha256,
        lang=lang,
        model_version=MODEL_VERSION,
        claims=claims,
        observations=tuple(observations(doc, speaker_in)),
        entities=tuple(entities.values()),
        mentions=tuple(mentions),
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
            }
            for one in annotation.observations
        ],
        "entities": [
            {"name": one.name, "label": one.label, "entity_id": one.entity_id, "side": one.side}
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
    }
