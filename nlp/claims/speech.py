"""Who speaks where: for each sentence its speech frames, and the speaker of what stands outside any frame."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from spacy.tokens import Doc, Token

from nlp.claims.actor import OWN_VOICE, UNKNOWN, Actor, actors_of, masked
from nlp.claims.fold import fold
from nlp.claims.language import Frame, Patterns
from nlp.claims.sentence import OPENING, Sentence
from nlp.claims.topic import Words
from nlp.coref import resolve_office
from nlp.linker import NAMES


@dataclass(frozen=True, slots=True)
class Said:
    """One speech frame: `actor` is resolved; `start` and `end` are the frame's offsets in the sentence."""

    actor: Actor
    start: int
    end: int
    frame: str
    refers: str
    relayed_by: str = ""
    carries: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """Who says something: `how` tells why, `relayed_by` through whom. `probability` and `others` (the next likeliest names,
    with theirs) are of learnt weights; None and none where rules chose."""

    actor: Actor
    how: str
    relayed_by: str = ""
    probability: float | None = None
    others: tuple[tuple[str, float], ...] = ()


@dataclass(slots=True)
class Voices:
    """The speakers of one sentence: its frames, and who speaks where none applies (`how` tells why); `named` are all
    whom it names: as they stand there, and whom they stand for. `ranked` gives the Choice of learnt weights for a place."""

    frames: list[Said] = field(default_factory=list)
    default: Actor = OWN_VOICE
    how: str = "own voice"
    named: list[tuple[Actor, Actor]] = field(default_factory=list)
    ranked: Callable[[int, int], Choice] | None = None


def voices_of(
    sentences: list[Sentence], doc: Doc, patterns: Patterns, words: Words, post: bool = False
) -> list[Voices]:
    """For each sentence its Voices. In a channel's post a speaker does not go on without a new frame."""
    memory = _Memory(patterns, doc)
    found: list[Voices] = []
    for sentence in sentences:
        actors = actors_of(sentence, doc, patterns, words)
        text = masked(sentence, actors)
        voices = Voices()
        _find_frames(voices, sentence, actors, text, doc, patterns)
        voices.frames.sort(key=lambda said: said.actor.start)
        voices.frames = [
            replace(said, actor=resolved)
            for said in voices.frames
            if (resolved := memory.resolve(said.actor, sentence, actors)) is not None
        ]
        voices.named = [
            (actor, resolved) for actor in actors if (resolved := memory.resolve(actor, sentence, actors)) is not None
        ]
        if not voices.frames and _is_heading(sentence, actors):
            voices.frames.append(Said(actors[0], actors[0].start, actors[0].end, "heading", "", "", True))
        memory.remember(actors, voices.frames, sentence)
        found.append(voices)
    _spread(sentences, found, post)
    return found


def _find_frames(
    voices: Voices, sentence: Sentence, actors: list[Actor], text: str, doc: Doc, patterns: Patterns
) -> None:
    """Adds the frames of the sentence in the order of the patterns; a verb has one speaker, a speaker one frame."""
    spoken: set[int] = set()
    for frame in patterns.frames:
        match = frame.match.search(text)
        while match is not None:
            said = _said(frame, match, sentence, actors, text, doc, patterns)
            verb = _verb(match, text, patterns)
            if said is None or verb in spoken or any(one.actor.start == said.actor.start for one in voices.frames):
                match = frame.match.search(text, match.end("who"))
                continue
            voices.frames.append(said)
            spoken.update([verb] if verb >= 0 else [])
            match = frame.match.search(text, max(match.end(), match.end("who")))


def _verb(match: re.Match[str], text: str, patterns: Patterns) -> int:
    """Where the frame's speech verb begins: the first where the speaker follows it, else the last; -1 without one."""
    verbs = [verb.start() for verb in patterns.say.finditer(text, match.start(), match.end())]
    if not verbs:
        return -1
    return verbs[0] if verbs[0] < match.start("who") else verbs[-1]


def _said(
    frame: Frame,
    match: re.Match[str],
    sentence: Sentence,
    actors: list[Actor],
    text: str,
    doc: Doc,
    patterns: Patterns,
) -> Said | None:
    """The frame that the match shows, or None where its speaker can't be one."""
    actor = next((one for one in actors if one.start <= match.start("who") < one.end), None)
    if actor is None:
        return None
    if frame.subject:
        actor = _subject(actor, match, actors, sentence, doc)
    relays = ""
    if actor.outlet or (actor.kind == "organisation" and frame.subject):
        inner = next((one for one in actors if one.start >= actor.end), None)
        gap = sentence.folded[actor.end : inner.start] if inner is not None else "."
        after_verb = match.end() <= actor.end
        if inner is not None and not inner.outlet and not inner.refers and after_verb and _beside(gap):
            actor, relays = inner, actor.name if actor.outlet else ""
    actor = _whole_name(actor, match, text, sentence, doc, patterns)
    if frame.subject and not _may_be_subject(actor, sentence, doc, patterns):
        return None
    return Said(actor, match.start(), match.end(), frame.name, frame.refers, relays, frame.carries)


def _subject(actor: Actor, match: re.Match[str], actors: list[Actor], sentence: Sentence, doc: Doc) -> Actor:
    """The actor, or the one that the parse says is the subject of the frame's last verb."""
    span = doc.char_span(sentence.doc_start + match.start(), sentence.doc_start + match.end(), alignment_mode="expand")
    for verb in reversed(span or ()):
        if verb.pos_ not in ("VERB", "AUX"):
            continue
        for token in verb.children:
            if token.dep_ in ("nsubj", "nsubj:pass", "nsubjpass"):
                place = token.idx - sentence.doc_start
                return next((one for one in actors if one.start <= place < one.end), actor)
        return actor
    return actor


def _may_be_subject(actor: Actor, sentence: Sentence, doc: Doc, patterns: Patterns) -> bool:
    """Whether the actor may be the subject of a speech verb, by the case of its words or by its ending."""
    span = doc.char_span(sentence.doc_start + actor.start, sentence.doc_start + actor.end, alignment_mode="expand")
    before = sentence.folded[: actor.start].split()[-1:]
    if before and before[0].strip('"(') in patterns.inside and (actor.kind == "organisation" or actor.refers == "body"):
        return True
    if span is not None and len(span):
        if span.root.dep_ == "pobj":
            return False
        if any(_is_subject(token, patterns) for token in span):
            return True
        cases = [token.morph.get("Case", []) for token in span]
        if any(cases):
            return any("Nom" in case for case in cases)
    last = sentence.folded[actor.start : actor.end].split()[-1:]
    return not last or patterns.oblique.fullmatch(last[0].strip('"')) is None


def _is_subject(token: Token, patterns: Patterns) -> bool:
    """Whether the parse calls it a subject, and not of a lack ("inspectors are wanting", in the genitive)."""
    if not token.dep_.startswith("nsubj"):
        return False
    case = token.morph.get("Case", [])
    return case != ["Gen"] or patterns.say.fullmatch(fold(token.head.text)) is not None


def _whole_name(
    actor: Actor, match: re.Match[str], text: str, sentence: Sentence, doc: Doc, patterns: Patterns
) -> Actor:
    """A body after its verb with all the words between ("said the regional emergency department")."""
    verbs = list(patterns.say.finditer(text, match.start(), match.start("who")))
    if actor.refers != "body" or not verbs or doc.has_annotation("DEP"):
        return actor
    start = verbs[-1].end()
    between = sentence.text[start : actor.start].split()
    if not 1 <= len(between) <= 4 or any(patterns.say.search(fold(word)) for word in between):
        return actor
    at = sentence.doc_start
    span = doc.char_span(at + start + 1, at + actor.end, alignment_mode="expand")
    if span is None or span[0].pos_ in ("ADP", "DET", "PRON"):
        return actor
    name = NAMES[doc.lang_].dictionary_form(span)
    return replace(actor, name=name, kind="organisation")


def _beside(gap: str) -> bool:
    return len(gap.split()) <= 4 and not re.search(r"[,.;:!?]", gap)


def _is_heading(sentence: Sentence, actors: list[Actor]) -> bool:
    """Whether the sentence is only the name of who speaks below: a channel post that begins with its office.

    A comma after a person's name shows that somebody is spoken to.
    """
    if not actors or actors[0].kind not in ("organisation", "person") or sentence.field == "title":
        return False
    rest = sentence.folded[: actors[0].start] + sentence.folded[actors[-1].end :]
    if actors[0].kind == "person" and sentence.folded[actors[0].end :].startswith(","):
        return False
    return len(rest.split()) <= 4 and sentence.folded.endswith((".", ":")) and sentence.start == 0


def _spread(sentences: list[Sentence], found: list[Voices], post: bool) -> None:
    """Fills `default` of the sentences that have no frame of their own."""
    carried = OWN_VOICE
    for here, (sentence, voices) in enumerate(zip(sentences, found, strict=True)):
        before = found[here - 1] if here and sentences[here - 1].field == sentence.field else None
        back = [said for said in voices.frames if said.refers == "previous"]
        if back and before is not None and not before.frames:
            before.default, before.how = back[0].actor, back[0].frame
        own = [said for said in voices.frames if said.refers != "previous"]
        if own:
            carried = own[-1].actor if own[-1].carries else OWN_VOICE
        if own or back:
            continue
        if sentence.field == "title" or before is None:
            continue
        speaker, how = _speaker_at_end(before)
        same_paragraph = sentences[here - 1].paragraph == sentence.paragraph
        quoted = sentence.quoted or sentence.text[0] in OPENING + '"'
        following = found[here + 1] if here + 1 < len(found) else None
        if sentence.quoted and speaker.name:
            voices.default, voices.how = speaker, "the quotation goes on"
        elif quoted and following is not None and sentences[here + 1].quoted and following.frames:
            voices.default, voices.how = following.frames[0].actor, "the quotation goes on"
        elif quoted and speaker.name:
            voices.default, voices.how = speaker, "a quotation after its speaker"
        elif same_paragraph and speaker.name and not speaker.outlet and not post:
            voices.default, voices.how = speaker, "goes on"
        elif carried.name:
            voices.default, voices.how = carried, "goes on"


def _speaker_at_end(voices: Voices) -> tuple[Actor, str]:
    if voices.frames:
        return voices.frames[-1].actor, voices.frames[-1].frame
    return voices.default, voices.how


def _is_group(actor: Actor) -> bool:
    return actor.kind == "unnamed" and not actor.refers and not actor.title


def _is_body(actor: Actor) -> bool:
    return actor.kind == "organisation" and not actor.outlet


def _named_with(word: str, body: Actor) -> bool:
    return len(word) >= 4 and any(part.startswith(word) for part in fold(body.name).split())


def _goes_with(full: Actor, known: Actor) -> bool:
    """Whether a body of several words may be `known`: half of its words are in that name."""
    words = [word for word in fold(full.name).split() if len(word) >= 3]
    return 2 * sum(any(part.startswith(word[:5]) for part in fold(known.name).split()) for word in words) > len(words)


class _Memory:
    """Who was named so far in the document."""

    def __init__(self, patterns: Patterns, doc: Doc) -> None:
        self.patterns = patterns
        self.doc = doc
        self.groups: list[Actor] = []
        self.spoke: list[Actor] = []
        self.people: list[Actor] = []
        self.bodies: list[Actor] = []
        self.sides: dict[str, str] = {}
        self.last_body = -1

    def resolve(self, actor: Actor, sentence: Sentence, actors: list[Actor]) -> Actor | None:
        """The actor, or whom it stands for; None where a pronoun stands for nobody known."""
        resolved = self._resolve(actor, sentence, actors)
        if resolved is not None and resolved.side == UNKNOWN and resolved.name in self.sides:
            resolved = replace(resolved, side=self.sides[resolved.name])
        if resolved is not None and resolved.side == UNKNOWN and (resolved.kind == "person" or resolved.title):
            body = next((one for one in reversed(self.bodies) if one.side != UNKNOWN), None)
            if body is not None and sentence.paragraph - self.last_body <= 1:
                return replace(resolved, side=body.side)
        return resolved

    def _resolve(self, actor: Actor, sentence: Sentence, actors: list[Actor]) -> Actor | None:
        if actor.refers == "person" or (actor.title and actor.kind == "unnamed"):
            known = self._person(
                actor,
                [
                    one
                    for one in actors
                    if one.end <= actor.start and (one.kind == "person" or (one.title and self._named(one, sentence)))
                ],
            )
            if known is not None:
                return replace(known, start=actor.start, end=actor.end)
        if actor.refers == "body":
            known = self._body(actor, sentence, [one for one in actors if one.end <= actor.start])
            if known is not None:
                return replace(known, start=actor.start, end=actor.end)
        if actor.refers == "group":
            groups = [one for one in actors if one.end <= actor.start and _is_group(one)] or self.groups or self.spoke
            return replace(groups[-1], start=actor.start, end=actor.end) if groups else None
        if _is_group(actor) and self.patterns.officials.search(fold(actor.name)):
            stem = fold(actor.name)[:6]
            service = next((one for one in reversed(self.spoke) if _is_body(one) and _named_with(stem, one)), None)
            if service is not None:
                return replace(service, start=actor.start, end=actor.end)
        if actor.kind == "person" and " " not in actor.name:
            known = next((one for one in self.people if one.name.startswith(f"{actor.name} ")), None)
            if known is not None:
                return replace(known, start=actor.start, end=actor.end)
        if actor.refers and len(sentence.text[actor.start : actor.end]) <= 4:
            return None
        if actor.side == UNKNOWN and actor.name in self.sides:
            return replace(actor, side=self.sides[actor.name])
        return replace(actor, refers="")

    def _named(self, actor: Actor, sentence: Sentence) -> bool:
        """Whether the words are not in the genitive only, as those of a part or a lack are ("a lack of inspectors")."""
        at = sentence.doc_start
        span = self.doc.char_span(at + actor.start, at + actor.end, alignment_mode="expand")
        return span is None or any(token.morph.get("Case", []) != ["Gen"] for token in span)

    def _person(self, actor: Actor, before: list[Actor]) -> Actor | None:
        pronoun = actor.refers == "person"
        word = fold(actor.name)[:5]
        for known in reversed(self.people):
            if word in fold(known.role) or known.name == actor.name:
                return known
        people = [*self.people, *before[:1]]
        return people[-1] if pronoun and people else None

    def _body(self, actor: Actor, sentence: Sentence, before: list[Actor]) -> Actor | None:
        """The body that the word stands for: one with the same noun in its name, else the last; a full name itself."""
        word = fold(actor.name.split()[-1])[:5]
        near = [one for one in before if one.kind == "organisation" and not one.refers and not one.outlet]
        spoke = [one for one in self.spoke if one.kind == "organisation" and not one.outlet]
        for bodies in (spoke, self.bodies + near):
            for known in reversed(bodies):
                if actor.kind == "organisation" and not _goes_with(actor, known):
                    continue
                if _named_with(word, known) and (actor.side == UNKNOWN or known.side in (actor.side, UNKNOWN)):
                    return known
        if actor.kind == "organisation":
            return None
        if spoke and spoke[-1].name.isupper():
            return spoke[-1]
        office = self._office(actor, sentence)
        if office is not None and (actor.side == UNKNOWN or office.side in (actor.side, UNKNOWN)):
            return office
        rest = [one for one in (spoke or self.bodies + near) if actor.side == UNKNOWN or one.side == actor.side]
        return rest[-1] if rest else None

    def _office(self, actor: Actor, sentence: Sentence) -> Actor | None:
        """What `nlp.coref` says."""
        at = sentence.doc_start + actor.start
        span = self.doc.char_span(at, at + actor.end - actor.start, alignment_mode="expand")
        found = resolve_office(span[-1]) if span is not None and len(span) else None
        if found is None:
            return None
        return Actor(0, 0, found._.name, "organisation", found._.side, "", found._.entity_id)

    def remember(self, actors: list[Actor], frames: list[Said], sentence: Sentence) -> None:
        spoke = {said.actor.start for said in frames}
        for actor in sorted(actors, key=lambda one: one.start in spoke):
            if actor.refers:
                continue
            if actor.side != UNKNOWN:
                self.sides.setdefault(actor.name, actor.side)
            elif actor.name in self.sides:
                actor = replace(actor, side=self.sides[actor.name])
            if actor.kind == "person":
                self.people.append(actor)
            elif actor.kind == "unnamed" and not actor.title:
                self.groups.append(actor)
            elif actor.kind == "organisation" and not actor.outlet:
                self.bodies.append(actor)
                self.last_body = sentence.paragraph
        for said in frames:
            self.spoke.append(said.actor)
            if said.actor.kind == "unnamed" and not said.actor.title:
                self.groups.append(said.actor)
            if said.actor.kind == "organisation":
                self.bodies.append(said.actor)
            elif said.actor.kind == "person" or said.actor.title:
                self.people.append(said.actor)


def choice_of(voices: Voices, start: int, end: int) -> Choice:
    """Who says what stands at start:end of the sentence: by learnt weights where there are some and the place is not empty,
    else by the rules."""
    if voices.ranked is None or start >= end:
        return by_rule(voices, start, end)
    return voices.ranked(start, end)


def speaker_of(voices: Voices, start: int, end: int) -> tuple[Actor, str, str]:
    """(speaker, how, relayed by) of `choice_of`."""
    choice = choice_of(voices, start, end)
    return choice.actor, choice.how, choice.relayed_by


def by_rule(voices: Voices, start: int, end: int) -> Choice:
    """Who says what stands at start:end of the sentence by its frames: the innermost claimant.

    A frame before it is the inner one; a frame after it (", the ministry said") comes next.
    """
    frames = [
        said
        for said in voices.frames
        if said.refers != "previous"
        and (not (said.actor.start >= start and said.actor.end <= end) or start <= said.start < said.end <= end)
    ]
    if not frames:
        if voices.frames and voices.frames[0].refers == "previous":
            return Choice(voices.frames[0].actor, voices.frames[0].frame)
        return Choice(voices.default, voices.how)
    before = [said for said in frames if said.actor.start < start]
    chosen = before[-1] if before else frames[0]
    people = [said for said in frames if not said.actor.outlet]
    if chosen.actor.outlet and people:
        chosen = people[-1] if before else people[0]
    relays = (
        [chosen.relayed_by]
        if chosen.relayed_by
        else [said.actor.name for said in frames if said.actor.outlet and said.actor.name != chosen.actor.name]
    )
    return Choice(chosen.actor, chosen.frame, relays[0] if relays else "")
