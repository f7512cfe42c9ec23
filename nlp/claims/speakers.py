"""The possible speakers of a document: everybody whom it names, with each place where it does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from spacy.tokens import Doc

from nlp.claims.actor import OWN_VOICE, UNKNOWN, Actor
from nlp.claims.fold import fold
from nlp.claims.language import Patterns
from nlp.claims.noun import nouns_in
from nlp.claims.sentence import Sentence
from nlp.claims.speech import Said, Voices


@dataclass(frozen=True, slots=True)
class Mention:
    """Where a sentence names a speaker; `said` is the speech frame there, `loose` that only the grammar tells."""

    sentence: int
    actor: Actor
    said: Said | None
    loose: bool

    @property
    def place(self) -> tuple[int, int]:
        return self.sentence, self.actor.start


@dataclass(slots=True, eq=False)
class Speaker:
    """A possible speaker with its mentions in order; the document's own voice has none."""

    actor: Actor
    mentions: list[Mention]

    @property
    def own(self) -> bool:
        return self.actor.kind == "outlet" and not self.actor.name


def speakers_of(sentences: Sequence[Sentence], voices: Sequence[Voices], doc: Doc, patterns: Patterns) -> list[Speaker]:
    """The possible speakers in the order of their first mentions, the document's own voice before them."""
    found = [Speaker(OWN_VOICE, [])]
    by_key: dict[str, list[Speaker]] = {}
    for sentence, voice in zip(sentences, voices, strict=True):
        here = sentence.index
        said = {one.actor.start: one for one in voice.frames}
        named = [(actor, resolved, said.pop(actor.start, None)) for actor, resolved in voice.named]
        for place, resolved, frame in named:
            _add(found, by_key, frame.actor if frame else resolved, Mention(here, place, frame, False))
        for frame in said.values():
            _add(found, by_key, frame.actor, Mention(here, frame.actor, frame, False))
        every = [actor for actor, _, _ in named] + [frame.actor for frame in said.values()]
        for actor in nouns_in(sentence, doc, patterns, every):
            _add(found, by_key, actor, Mention(here, actor, None, True))
    for speaker in found:
        speaker.mentions.sort(key=lambda one: one.place)
    return found


def _add(found: list[Speaker], by_key: dict[str, list[Speaker]], actor: Actor, mention: Mention) -> None:
    if not actor.name or actor.refers and len(actor.name) <= 4:
        return
    keys = _keys(actor)
    known = next((one for key in keys for one in by_key.get(key, ()) if same(one.actor, actor)), None)
    if known is None:
        known = Speaker(actor, [])
        found.append(known)
    for key in keys:
        of_key = by_key.setdefault(key, [])
        if known not in of_key:
            of_key.append(known)
    known.mentions.append(mention)
    longer = len(actor.name) > len(known.actor.name) and actor.kind == known.actor.kind and not mention.loose
    best = actor if longer else known.actor
    other = known.actor if longer else actor
    if best.side == UNKNOWN and other.side != UNKNOWN:
        best = replace(best, side=other.side)
    if not best.role and other.role:
        best = replace(best, role=other.role)
    known.actor = best


def _keys(actor: Actor) -> list[str]:
    """What the same speaker's names share: the name, the known body, any word of a person's."""
    name = fold(actor.name)
    words = name.split() if actor.kind == "person" else []
    return [name, *words, *([actor.entity_id] if actor.entity_id else [])]


def same(one: Actor, other: Actor) -> bool:
    """Whether two names are of one speaker: the same words, one known body by like words, or a person's surname."""
    a, b = fold(one.name).split(), fold(other.name).split()
    if a == b:
        return True
    if one.entity_id and one.entity_id == other.entity_id:
        return any(word[:4] == part[:4] for word in a for part in b)
    if one.kind == other.kind == "person":
        return a[-1] == b[-1] or len(a) == 1 and a[0] in b or len(b) == 1 and b[0] in a
    return False
