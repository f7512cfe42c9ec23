"""From a Doc and its Document to claims."""

from __future__ import annotations

from dataclasses import dataclass

from spacy.tokens import Doc

from ingest.document import Document
from nlp.annotation import Claim
from nlp.claims.actor import UNKNOWN, entities_in
from nlp.claims.blame import blamed
from nlp.claims.candidate import Candidate, Scene, candidates_of, scenes_of
from nlp.claims.fold import fold
from nlp.claims.language import PATTERNS, Patterns, border_patterns
from nlp.claims.merge import merged
from nlp.claims.sentence import sentences_of
from nlp.claims.speech import voices_of
from nlp.claims.topic import Topic, Words, border


@dataclass(frozen=True, slots=True)
class Decision:
    """Why a candidate became a claim or did not: for people who ask."""

    sentence: str
    cause: str
    stance: str
    cause_text: str
    speaker: str
    how: str
    pattern: str
    confidence: float
    rejected: str


SHORT = 600
"""Characters of a post that may leave unsaid what waits there."""

Doc.set_extension("claim_decisions", default=None, force=True)


def extract(doc: Doc, document: Document) -> list[Claim]:
    """The claims of a document, in the order of its text.

    `doc` is what `nlp.pipeline` made of `document` in a language that has a pattern file; a document without a word
    for a delay and a word for a border has none. `doc._.claim_decisions` holds a Decision for every candidate.
    """
    if not (PATTERNS / f"{doc.lang_}.toml").is_file():
        doc._.claim_decisions = []
        return []
    topic, patterns = border(), border_patterns(doc.lang_)
    words = topic.words[doc.lang_]
    doc._.claim_decisions = []
    if not _near_the_topic(fold(doc.text), doc, words):
        return []
    sentences = sentences_of(doc, document)
    voices = voices_of(sentences, doc, patterns, words)
    scenes = scenes_of(sentences, voices, words, patterns)
    if not _about_the_topic(fold(doc.text), doc, scenes, topic, words):
        return []
    candidates = candidates_of(scenes, topic, words, patterns)
    kept, rejected = merged(candidates)
    doc._.claim_decisions = [_decision(one) for one in sorted([*kept, *rejected], key=lambda one: one.sentence.index)]
    return [_claim(one, doc, document, topic, words, patterns) for one in kept]


def _place(folded: str, doc: Doc, words: Words) -> bool:
    return words.place.search(folded) is not None or any(entity.label_ == "CHECKPOINT" for entity in doc.ents)


def _near_the_topic(folded: str, doc: Doc, words: Words) -> bool:
    """Whether a closer look is worth the time: most documents end here."""
    delay = words.delay.search(folded) is not None
    return _place(folded, doc, words) or delay and words.vehicles.search(folded) is not None


def _about_the_topic(folded: str, doc: Doc, scenes: list[Scene], topic: Topic, words: Words) -> bool:
    """Whether the document is about delays at a border: two of a delay, a place, vehicles and telling causes."""
    delay = words.delay.search(folded) is not None
    place = _place(folded, doc, words)
    telling = any(topic.causes[hit.code].telling for scene in scenes for hit in scene.hits if hit.strong)
    vehicles = words.vehicles.search(folded) is not None
    if delay and place:
        return vehicles or telling or len(folded) < SHORT
    return (delay or place) and telling and vehicles


def _decision(one: Candidate) -> Decision:
    return Decision(
        one.sentence.text,
        one.cause,
        one.stance,
        one.sentence.text[one.start : one.end],
        one.speaker.name,
        one.how,
        one.pattern,
        round(one.confidence, 2),
        one.rejected,
    )


def _claim(one: Candidate, doc: Doc, document: Document, topic: Topic, words: Words, patterns: Patterns) -> Claim:
    sentence = one.sentence
    last = one.evidence_from if one.evidence_from.index > sentence.index else sentence
    source = document.title if sentence.field == "title" else document.text
    sides = [
        (entity.start_char - sentence.doc_start, entity.end_char - sentence.doc_start, entity._.side)
        for entity in entities_in(sentence, doc)
        if entity.label_ in ("ORG", "CHECKPOINT") and entity._.side in ("KZ", "RU", "CN", "OTHER")
    ]
    speaker = one.speaker
    outlet = speaker.kind == "outlet"
    return Claim(
        cause=one.cause,
        stance=one.stance,
        blames=blamed(one, topic, words, patterns, sides),
        speaker=speaker.name,
        speaker_kind=speaker.kind,
        speaker_side=UNKNOWN if outlet or speaker.outlet else speaker.side,
        hedged=sentence.folded.rstrip().endswith("?") or patterns.hedges.search(sentence.folded) is not None,
        evidence=source[sentence.start : last.end],
        evidence_field=sentence.field,
        evidence_start=sentence.start,
        evidence_end=last.end,
        cause_text=source[sentence.start + one.start : sentence.start + one.end],
        cause_start=sentence.start + one.start,
        cause_end=sentence.start + one.end,
        speaker_role=speaker.role,
        speaker_entity=speaker.entity_id,
        relayed_by=one.relayed_by or document.forwarded_from or "",
        said_at=None,
        confidence=round(one.confidence, 2),
        pattern=one.pattern,
    )
