"""From a Doc and its Document to claims."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from spacy.language import Language
from spacy.tokens import Doc, Span

from ingest.document import Document
from ingest.errors import InputError
from nlp.annotation import Claim
from nlp.claims.actor import OWN_VOICE, UNKNOWN, Actor, entities_in
from nlp.claims.candidate import Candidate, Place, Scene, candidates_of, scene_of
from nlp.claims.encoder import encoded
from nlp.claims.fold import fold
from nlp.claims.language import PATTERNS, Patterns, patterns_for
from nlp.claims.merge import merged, without_background
from nlp.claims.said_at import said_at
from nlp.claims.score import judged, scores_of
from nlp.claims.sentence import Sentence, sentences_of
from nlp.claims.sides import Sides
from nlp.claims.sight import Looking
from nlp.claims.speaker_rank import rank
from nlp.claims.speech import speaker_of, voices_of
from nlp.claims.told import Told, learnt_for, told
from nlp.claims.topic import Topic, Words, border, topic_named
from nlp.learnt import Reasons


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
    reasons: tuple[tuple[str, float], ...] = ()
    """What spoke for it (above 0) and against it, by name, the strongest first."""
    told_by: tuple[tuple[str, Reasons], ...] = ()
    """The same of the fields that learnt weights chose (`speaker_side`, `blames`, `cause_text`)."""


@dataclass(frozen=True, slots=True)
class Around:
    """What a document says in other languages than that of a Doc: how many characters, whether it names a border, a delay
    and what waits there."""

    length: int
    place: bool
    delay: bool
    vehicles: bool


SHORT = 600
"""Characters of a post that may leave unsaid what waits there."""
LEAST = 0.3
"""Confidence under which a candidate is no claim."""
BRIEF = 500
"""Characters of a text that may leave unsaid what its readers know: that there is a queue, or that trucks stand in it."""
LONG = 1000
"""Characters of a text in which learnt scores alone are not trusted: a long one may name anything somewhere."""
NEAR = 5
"""Sentences within which a text that is about the topic names a delay, a border and what waits there."""
REACH = 6
"""Sentences around one about a delay in which its causes are looked for."""

_GAP = 5
"""Characters between a quotation and the words that say whose it is, at the most."""
_QUOTES = '«»“”" '

Doc.set_extension("claim_decisions", default=None, force=True)
Doc.set_extension("claims", default=(), force=True)
Doc.set_extension("claim_voices", default=(), force=True)
Doc.set_extension("around", default=None, force=True)


def extract(doc: Doc, document: Document, topic: Topic | None = None) -> list[Claim]:
    """The claims of a document about a topic, by default queues at the border, in the order of its text.

    `doc` is what `nlp.pipeline` made of `document`; one in a language that has no pattern file or no words in the topic has
    none, like one that nowhere names the topic's delay. `doc._.claim_decisions` holds a Decision for every candidate. Where `doc` is blank
    for what the document says in other languages, `doc._.around` tells of that.
    """
    doc._.claim_decisions = []
    topic = topic or border()
    if doc.lang_ not in topic.words or not (PATTERNS / f"{doc.lang_}.toml").is_file():
        return []
    patterns, words = patterns_for(doc.lang_, topic), topic.words[doc.lang_]
    text = doc.text  # built anew from the tokens each time it is asked for
    folded = fold(text)
    if not _near_the_topic(folded, doc, words):
        return []
    sentences = sentences_of(doc, document)
    at = [_place_in(sentence, doc, words) for sentence in sentences]
    scores = scores_of(topic)
    if _length(doc, text) >= (BRIEF if scores is None else LONG) and not _tells_of_it(at):
        return []
    scenes, post = _scenes(sentences, at, doc, document, topic), document.kind == "post"
    voices = [scene.voices for scene in scenes]
    if scores is None:
        found = _by_rules(scenes, folded, doc, topic, words, patterns, post)
    else:
        looking = Looking(scenes, candidates_of(scenes, topic, words, patterns), topic, patterns, post)
        heard = encoded(doc, sentences, topic.id) if scores.together is not None else None
        found = judged(looking, scores, heard)
    kept, rejected = merged(found)
    sides = Sides(sentences, doc, words, patterns)
    tells = told(kept, voices, sides, topic, document.source_name, document.kind == "post", learnt_for(topic.id))
    decided = [(one.candidate, one.reasons) for one in tells] + [(one, ()) for one in rejected]
    decided.sort(key=lambda one: one[0].sentence.index)
    doc._.claim_decisions = [_decision(one, told_by) for one, told_by in decided]
    return [_claim(one, document, patterns) for one in tells]


def speaker_in(sentence: Span) -> str:
    """The name of who speaks at the end of a sentence of a Doc that `extract` has read; "" in the document's own voice."""
    for one, voices in sentence.doc._.claim_voices:
        if one.doc_start <= sentence.start_char < one.doc_start + len(one.text):
            speaker, _, _ = speaker_of(voices, len(one.text), len(one.text))
            return speaker.name
    return ""


def speaker_around(doc: Doc, document: Document, start: int, end: int, topic: Topic) -> Actor:
    """Who speaks where `start` to `end` of a Doc stand, by the sentence around or beside them on the same line.

    It is for a quotation in another language, whose place in `doc` is blank. OWN_VOICE where nobody is named.
    """
    if not doc._.claim_voices:
        if doc.lang_ not in topic.words:
            return OWN_VOICE
        patterns, words = patterns_for(doc.lang_, topic), topic.words[doc.lang_]
        sentences = sentences_of(doc, document)
        voices = voices_of(sentences, doc, patterns, words, document.kind == "post")
        doc._.claim_voices = tuple(zip(sentences, voices, strict=True))
    whole = doc.text
    for sentence, voice in doc._.claim_voices:
        first, last = sentence.doc_start, sentence.doc_start + len(sentence.text)
        if first > end + _GAP or last < start - _GAP or "\n" in whole[min(first, start) : max(last, end)]:
            continue
        inside = first <= start and end <= last
        announced = last <= start + 1 and sentence.text.rstrip(_QUOTES).endswith((":", ","))
        followed = first >= end - 1 and sentence.text.lstrip(_QUOTES).startswith((",", "—", "–", "-"))
        if inside or announced or followed:
            speaker, _, _ = speaker_of(voice, max(start - first, 0), max(end - first, 0))
            if speaker.name:
                return speaker
    return OWN_VOICE


def around(others: Iterable[tuple[str, Document]], topic: Topic) -> Around:
    """What `others`, the parts of a document in other languages (language, part), tell a Doc of it."""
    length, named = 0, [False, False, False]
    for lang, part in others:
        text = " ".join(f"{part.title}\n{part.text}".split())
        length += len(text)
        if lang not in topic.words:
            continue
        words = topic.words[lang]
        found = (words.place, words.delay, words.vehicles)
        named = [before or one.search(fold(text)) is not None for before, one in zip(named, found, strict=True)]
    return Around(length, *named)


def named_by(doc: Doc, topic: Topic) -> dict[str, tuple[str, ...]]:
    """The topic's words for the delay, the place and what waits that a Doc has, folded, each once."""
    if doc.lang_ not in topic.words:
        return {}
    words, folded = topic.words[doc.lang_], fold(doc.text)
    return {
        kind: tuple(dict.fromkeys(match.group() for match in pattern.finditer(folded) if match.group()))
        for kind, pattern in (("delay", words.delay), ("place", words.place), ("vehicles", words.vehicles))
    }


def looking_at(doc: Doc, document: Document, topic: Topic) -> Looking:
    """What is seen of the sentences of a Doc whose language the topic has words for."""
    patterns, words = patterns_for(doc.lang_, topic), topic.words[doc.lang_]
    sentences = sentences_of(doc, document)
    scenes = _scenes(sentences, [_place_in(sentence, doc, words) for sentence in sentences], doc, document, topic)
    return Looking(scenes, candidates_of(scenes, topic, words, patterns), topic, patterns, document.kind == "post")


def _scenes(sentences: list[Sentence], at: list[Place], doc: Doc, document: Document, topic: Topic) -> list[Scene]:
    patterns, words, post = patterns_for(doc.lang_, topic), topic.words[doc.lang_], document.kind == "post"
    voices = voices_of(sentences, doc, patterns, words, post)
    rank(sentences, voices, doc, patterns, topic, post)
    doc._.claim_voices = tuple(zip(sentences, voices, strict=True))
    year = document.published_at.year if document.published_at else None
    return [
        scene_of(sentence, voice, place, _names_in(sentence, doc), words, patterns, year)
        for sentence, voice, place in zip(sentences, voices, at, strict=True)
    ]


def _by_rules(
    scenes: list[Scene], folded: str, doc: Doc, topic: Topic, words: Words, patterns: Patterns, post: bool
) -> list[Candidate]:
    """The candidates by the rules alone, for a topic that has no learnt scores; the doubtful ones are rejected."""
    scenes, whole = _on_topic(folded, doc, scenes, topic, words, post)
    found = []
    for one in candidates_of(scenes, topic, words, patterns):
        rejected = one.rejected
        if not whole and one.pattern in ("words", "statement"):
            rejected = rejected or "the delay is not named"
        if one.confidence < LEAST:
            rejected = rejected or "too doubtful"
        found.append(replace(one, rejected=rejected))
    return without_background(found)


def _place_in(sentence: Sentence, doc: Doc, words: Words) -> Place:
    crossings = [one for one in entities_in(sentence, doc) if one.label_ == "CHECKPOINT"]
    return Place(
        words.delay.search(sentence.folded) is not None,
        words.place.search(sentence.folded) is not None,
        words.vehicles.search(sentence.folded) is not None,
        bool(crossings),
        any(one._.entity_id for one in crossings),
    )


def _names_in(sentence: Sentence, doc: Doc) -> list[tuple[int, int]]:
    """The offsets of names, which tell nothing of a cause."""
    return [
        (one.start_char - sentence.doc_start, one.end_char - sentence.doc_start)
        for one in entities_in(sentence, doc)
        if one.label_ != "LAW"
    ]


def _length(doc: Doc, text: str) -> int:
    return len(text) - (doc._.around.length if doc._.around is not None else 0)


def _place(folded: str, doc: Doc, words: Words) -> bool:
    if doc._.around is not None and doc._.around.place and _length(doc, folded) < SHORT:
        return True
    return words.place.search(folded) is not None or any(entity.label_ == "CHECKPOINT" for entity in doc.ents)


def _near_the_topic(folded: str, doc: Doc, words: Words) -> bool:
    """Whether a closer look is worth the time: most documents end here."""
    return (
        _place(folded, doc, words)
        or words.delay.search(folded) is not None
        or (_length(doc, folded) < SHORT and words.vehicles.search(folded) is not None)
    )


def _tells_of_it(at: list[Place]) -> bool:
    """Whether somewhere a delay, a border and what waits there are named close together.

    A crossing that the knowledge base knows stands for both the border and what waits. Each word alone is common: of 294
    real news texts on other matters 138 have one of the three, and none has all of them within `NEAR` sentences.
    """
    for first in range(len(at)):
        window = at[first : first + NEAR]
        what = any(one.known for one in window) or (
            any(one.place for one in window) and any(one.vehicles for one in window)
        )
        if what and any(one.delay for one in window):
            return True
    return False


def _on_topic(
    folded: str, doc: Doc, scenes: list[Scene], topic: Topic, words: Words, post: bool
) -> tuple[list[Scene], bool]:
    """(sentences, all of it): those that may speak of a delay at a border, near one that names a delay and where or
    what waits; a short post is one scene.

    A post that names neither still counts where its words tell the topic; then only what a pattern points at does.
    """
    telling = any(topic.causes[hit.code].telling and hit.strong for scene in scenes for hit in scene.hits)
    if not _place(folded, doc, words) and not telling:
        return [], False
    short = _length(doc, folded) < SHORT
    others: Around = doc._.around if short and doc._.around is not None else Around(0, False, False, False)
    places = [scene.sentence.index for scene in scenes if scene.at.place or scene.at.crossing]
    delay_in_short = others.delay or (short and any(scene.at.delay for scene in scenes))
    vehicles_in_short = others.vehicles or (short and any(scene.at.vehicles for scene in scenes))
    core = []
    for scene in scenes:
        index = scene.sentence.index
        statement = any(topic.causes[hit.code].statement for hit in scene.hits)
        delayed = statement or delay_in_short or scene.at.delay
        told = any(topic.causes[hit.code].telling and hit.strong for hit in scene.hits)
        here = index in places or (short and bool(places)) or others.place
        near = any(abs(index - place) <= REACH // 2 for place in places)
        what = vehicles_in_short or scene.at.vehicles
        if (here and (delayed or short)) or (delayed and (near or told) and (what or told)):
            core.append(index)
    if not core and short and post and telling:
        return scenes, False
    return [scene for scene in scenes if any(abs(scene.sentence.index - index) <= REACH for index in core)], True


def _decision(one: Candidate, told_by: tuple[tuple[str, Reasons], ...] = ()) -> Decision:
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
        one.reasons,
        told_by,
    )


_ORIGIN = re.compile(r"^(.+?)(?: \| |\. |$)")


def _origin(forwarded_from: str, patterns: Patterns) -> Actor:
    """Whose voice a forwarded post is: the name of its channel or author, without what follows it.

    Two words before a job title are a person ("Erlan Sagatov. Deputy").
    """
    match = _ORIGIN.match(forwarded_from)
    name = match.group(1) if match else forwarded_from
    if re.fullmatch(r"\S+ \S\.?", forwarded_from):
        return Actor(0, 0, forwarded_from, "person")
    titled = patterns.titles.search(fold(forwarded_from), len(name)) is not None
    if titled and len(name.split()) == 2 and name.istitle():
        return Actor(0, 0, name, "person")
    return Actor(0, 0, name, "organisation", outlet=True)


def _claim(tells: Told, document: Document, patterns: Patterns) -> Claim:
    one = tells.candidate
    sentence = one.sentence
    last = one.evidence_from if one.evidence_from.index > sentence.index else sentence
    source = document.title if sentence.field == "title" else document.text
    speaker, relayed_by = one.speaker, one.relayed_by or document.forwarded_from or ""
    if not speaker.name and document.forwarded_from:
        speaker, relayed_by = _origin(document.forwarded_from, patterns), ""
    return Claim(
        cause=one.cause,
        stance=one.stance,
        blames=tells.blames,
        speaker=speaker.name,
        speaker_kind=speaker.kind,
        speaker_side=UNKNOWN if speaker.kind == "outlet" or speaker is not one.speaker else tells.speaker_side,
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
        relayed_by=relayed_by,
        said_at=said_at(sentence, one.start, one.end, patterns, document.published_at),
        confidence=round(one.confidence, 2),
        pattern=one.pattern,
    )


@Language.factory("kezek_claims", default_config={"topic": "border"})
def make_claims(nlp: Language, name: str, topic: str) -> ClaimFinder:
    """The spaCy factory; it needs the components of `nlp.pipeline` before it. `topic` is a name or a file."""
    return ClaimFinder(topic_named(topic))


class ClaimFinder:
    """spaCy component: `doc._.claims` about a topic for a Doc whose `user_data["document"]` is its Document."""

    def __init__(self, topic: Topic) -> None:
        self.topic = topic

    def __call__(self, doc: Doc) -> Doc:
        document = doc.user_data.get("document")
        if not isinstance(document, Document):
            raise InputError("kezek_claims needs the Document of the Doc in doc.user_data['document']")
        doc._.claims = extract(doc, document, self.topic)
        return doc
