"""Where a document's sentences name a side, and how: what blames and speakers' sides are read from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from spacy.tokens import Doc

from nlp.claims.actor import entities_in
from nlp.claims.fold import fold
from nlp.claims.language import Patterns
from nlp.claims.sentence import Sentence
from nlp.claims.topic import Words

OPPOSITE = {"KZ": "RU", "RU": "KZ"}
NEIGHBOUR = "neighbour"
"""Words for "the other one of the two", whichever the speaker's is not."""
SIDES = ("KZ", "RU", "CN", "OTHER")
"""The sides that a speaker may stand on, and an authority act for."""
CARRIED = 2
"""Sentences for which a crossing that was named stays the place of what is told."""

_NEXT = re.compile(r'[\s"]*([\w-]+)')


@dataclass(frozen=True, slots=True)
class Named:
    """A side named at start:end of a sentence. `how`: one of the topic's kinds of words (`acts`, `names`, `of`) or the
    label of an entity; `idle` tells that another noun has it as its adjective, or that it is a direction."""

    start: int
    end: int
    side: str
    how: str
    idle: bool = False


class Sides:
    """Where the sentences of one document name sides, each read when it is asked for."""

    def __init__(self, sentences: Sequence[Sentence], doc: Doc, words: Words, patterns: Patterns) -> None:
        self.sentences = sentences
        self.doc = doc
        self.words = words
        self.patterns = patterns
        self._named: dict[int, tuple[Named, ...]] = {}

    def named(self, index: int) -> tuple[Named, ...]:
        """The sides named in a sentence, in order; none where there is no such sentence."""
        if index not in self._named:
            inside = 0 <= index < len(self.sentences)
            self._named[index] = tuple(self._found(self.sentences[index])) if inside else ()
        return self._named[index]

    def only(self, index: int) -> str:
        """The one side that a sentence names, but for idle words; "" where it names none or several."""
        named = {one.side for one in self.named(index) if not one.idle and one.side in SIDES}
        return named.pop() if len(named) == 1 else ""

    @property
    def crossing(self) -> str:
        """The side of the crossings that the document names; "" where it names none, or those of two sides."""
        sides = {str(one._.side) for one in self.doc.ents if one.label_ == "CHECKPOINT"}
        return sides.pop() if len(sides) == 1 and sides <= set(SIDES) else ""

    def crossing_before(self, sentence: Sentence) -> str:
        """The side of the last crossing named before a sentence, no more than CARRIED sentences back; "" without one."""
        before = [one for one in self.doc.ents if one.label_ == "CHECKPOINT" and one.end_char <= sentence.doc_start]
        if not before or before[-1]._.side not in SIDES:
            return ""
        between = [one for one in self.doc.sents if before[-1].end_char < one.end_char <= sentence.doc_start + 1]
        return str(before[-1]._.side) if len(between) <= CARRIED else ""

    def _found(self, sentence: Sentence) -> list[Named]:
        folded, words = sentence.folded, self.words
        found: list[Named] = []
        for how, table in (("acts", words.acts), ("names", words.names), ("of", words.of)):
            for side, pattern in table.items():
                for match in pattern.finditer(folded):
                    if match.end() > match.start():
                        idle = self._idle(folded, match.start(), match.end(), how)
                        idle = idle or how == "of" and any(one.idle and one.start == match.start() for one in found)
                        found.append(Named(match.start(), match.end(), side, how, idle))
        for entity in entities_in(sentence, self.doc):
            if entity.label_ in ("ORG", "PLACE", "CHECKPOINT") and entity._.side in SIDES:
                start, end = entity.start_char - sentence.doc_start, entity.end_char - sentence.doc_start
                idle = any(one.idle and one.start < end and start < one.end for one in found)
                idle = idle or entity.label_ == "PLACE" and self._directed(folded, start)
                found.append(Named(start, end, entity._.side, entity.label_, idle))
        deeds = [one for one in found if one.how == "acts"]
        found = [replace(one, idle=one.idle or _done_to(one, deeds)) for one in found]
        return sorted(found, key=lambda one: (one.start, one.end))

    def _idle(self, folded: str, start: int, end: int, how: str) -> bool:
        following = _NEXT.match(folded, end)
        if following and self.words.objects.fullmatch(following.group(1)) and " " not in folded[start:end]:
            return True
        return how == "names" and self._directed(folded, start)

    def _directed(self, folded: str, start: int) -> bool:
        before = folded[:start].split()[-1:]
        return bool(before) and self.patterns.towards.fullmatch(before[0].strip('"')) is not None


def _done_to(one: Named, deeds: Sequence[Named]) -> bool:
    """Whether a side is named as part of what another does ("retaliation against Russia")."""
    return any(
        deed.side != one.side
        and deed.start <= one.start
        and one.end <= deed.end
        and deed.end - deed.start > one.end - one.start
        for deed in deeds
    )


def official(name: str, role: str, patterns: Patterns) -> bool:
    """Whether a speaker is an authority, by the words of its name and role."""
    return patterns.officials.search(fold(f"{name} {role}")) is not None
