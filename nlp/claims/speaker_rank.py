"""Which of a document's possible speakers says what stands at a place: features of each, and learnt trees over them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial

import numpy as np
from spacy.tokens import Doc, Token

from nlp.claims.actor import UNKNOWN, Actor
from nlp.claims.language import Patterns
from nlp.claims.sentence import CLOSING, OPENING, Sentence
from nlp.claims.speakers import Mention, Speaker, same, speakers_of
from nlp.claims.speech import Choice, Voices, by_rule
from nlp.claims.topic import Topic
from nlp.learnt import MODELS
from nlp.trees import Trees, read_trees

FILE = "speakers.json"
BACK, AHEAD = 25, 8
"""Sentences before and after a place within which a possible speaker is named; one of the document's first is one, too."""
_FIRST = 3
"""Sentences that count as the document's first."""
_OTHERS = 2
"""How many of the next likeliest speakers a choice tells."""
_FAR = 400
_CLAUSE = re.compile(r"[,;:—!?()]|\.(?=\s|$)")
_PRONOUNS = ("person", "body", "group")
_KINDS = ("person", "organisation", "unnamed")


def rank(
    sentences: Sequence[Sentence], voices: Sequence[Voices], doc: Doc, patterns: Patterns, topic: Topic, post: bool
) -> None:
    """Sets `ranked` of the voices where learnt weights for the topic exist; nothing is computed until it is called."""
    trees = trees_for(topic.id)
    if trees is None:
        return
    made: list[Ranking] = []

    def choose(index: int, start: int, end: int) -> Choice:
        if not made:
            made.append(Ranking(sentences, voices, doc, patterns, post))
        return made[0].choice(trees, index, start, end)

    for sentence, voice in zip(sentences, voices, strict=True):
        voice.ranked = cache(partial(choose, sentence.index))


@cache
def trees_for(topic_id: str) -> Trees | None:
    """The weights for a topic, None where it has none. Raises KnowledgeError where the file can't be used."""
    path = MODELS / topic_id / FILE
    return read_trees(path) if path.is_file() else None


@dataclass(frozen=True, slots=True)
class Seen:
    """What is seen of one sentence: where it speaks of saying, its quotations, its clauses' marks, who is named."""

    says: tuple[tuple[int, int], ...]
    quotes: tuple[tuple[int, int], ...]
    marks: tuple[int, ...]
    subjects: frozenset[int]
    say_subjects: frozenset[int]


def seen_of(sentence: Sentence, doc: Doc, patterns: Patterns) -> Seen:
    says = tuple((one.start(), one.end()) for one in patterns.say.finditer(sentence.folded))
    subjects, of_says = set(), set()
    if doc.has_annotation("DEP"):
        span = doc.char_span(sentence.doc_start, sentence.doc_start + len(sentence.text), alignment_mode="expand")
        for token in span or ():
            if token.dep_.startswith("nsubj"):
                at, verb = token.idx - sentence.doc_start, token.head.idx - sentence.doc_start
                subjects.add(at)
                if any(start <= verb < end for start, end in says):
                    of_says.add(at)
    marks = tuple(mark.start() for mark in _CLAUSE.finditer(sentence.folded))
    return Seen(says, quotes_in(sentence), marks, frozenset(subjects), frozenset(of_says))


def quotes_in(sentence: Sentence) -> tuple[tuple[int, int], ...]:
    """The stretches of the sentence inside quotation marks of three words and more; one that goes on ends with it."""
    found: list[tuple[int, int]] = []
    opened = 0 if sentence.quoted else -1
    straight = False
    for at, letter in enumerate(sentence.text):
        if letter in OPENING or letter == '"' and not straight:
            straight = letter == '"'
            if opened < 0:
                opened = at
        elif letter in CLOSING or letter == '"':
            straight = False
            if opened >= 0:
                found.append((opened, at + 1))
            opened = -1
    if opened >= 0:
        found.append((opened, len(sentence.text)))
    return tuple((start, end) for start, end in found if len(sentence.text[start:end].split()) >= 3)


def _governors(doc: Doc, sentence: Sentence, start: int, end: int) -> list[Token]:
    """The words above what stands at start:end, from the nearest up."""
    span = doc.char_span(sentence.doc_start + start, sentence.doc_start + max(end, start + 1), alignment_mode="expand")
    if span is None or not len(span) or not doc.has_annotation("DEP"):
        return []
    token, found = span.root, list[Token]()
    while token.head is not token and len(found) < 12:
        token = token.head
        found.append(token)
    return found


class Ranking:
    """The possible speakers of one document, and what is seen of each for a place in it."""

    def __init__(
        self, sentences: Sequence[Sentence], voices: Sequence[Voices], doc: Doc, patterns: Patterns, post: bool
    ) -> None:
        self.sentences = sentences
        self.voices = voices
        self.doc = doc
        self.patterns = patterns
        self.post = post
        self.speakers = speakers_of(sentences, voices, doc, patterns)
        self._seen: dict[int, Seen] = {}
        self._openings: dict[int, int] = {}
        for sentence in sentences:
            self._openings.setdefault(sentence.paragraph, sentence.index)
        every = [(mention.place, n) for n, one in enumerate(self.speakers) for mention in one.mentions]
        self._every = sorted(every)
        self._framed = sorted(
            (mention.place, n) for n, one in enumerate(self.speakers) for mention in one.mentions if mention.said
        )

    def seen(self, index: int) -> Seen:
        if index not in self._seen:
            self._seen[index] = seen_of(self.sentences[index], self.doc, self.patterns)
        return self._seen[index]

    def around(self, index: int) -> list[int]:
        """The numbers of the speakers that are named near a sentence, the document's own voice first."""
        first = bisect_left(self._every, ((index - BACK, 0), -1))
        last = bisect_left(self._every, ((index + AHEAD + 1, 0), -1))
        opening = bisect_left(self._every, ((_FIRST, 0), -1))
        named = {n for _, n in self._every[:opening]}.union(n for _, n in self._every[first:last])
        return [0, *sorted(named)]

    def rows(self, index: int, start: int, end: int) -> list[dict[str, float]]:
        """The features of each of the speakers `around` for what stands at start:end of a sentence."""
        near = self.around(index)
        sentence, voice, seen = self.sentences[index], self.voices[index], self.seen(index)
        before = self.voices[index - 1] if index else None
        rule = by_rule(voice, start, end)
        pick, how = rule.actor, rule.how
        quote = next(((a, z) for a, z in seen.quotes if a <= start < z), None)
        governing = _governors(self.doc, sentence, start, end)
        subjects = [
            child.idx - sentence.doc_start
            for verb in governing
            for child in verb.children
            if child.dep_.startswith("nsubj") and verb.pos_ in ("VERB", "AUX", "ADJ")
        ]
        subjects = [at for at in subjects if not start <= at < end]
        place = (index, start)
        shared: dict[str, float] = {
            "frames here": len(voice.frames),
            "quoted": sentence.quoted,
            "in quote": quote is not None,
            "quotes": bool(seen.quotes),
            "begins quote": sentence.text[:1] in OPENING + '"—–-',
            "post": self.post,
            "title": sentence.field == "title",
            "named here": len(voice.named),
            "says here": len(seen.says),
            "sentence": index,
            "pronoun here": any(actor.refers in _PRONOUNS for actor, _ in voice.named),
            "frames before": len(before.frames) if before else 0,
            "same paragraph": before is not None and self.sentences[index - 1].paragraph == sentence.paragraph,
            "kk": self.doc.lang_ == "kk",
            "en": self.doc.lang_ == "en",
            "length": len(sentence.text),
            "from start": start,
            "speakers": len(near),
            "how own": how == "own voice",
            "how goes on": how == "goes on",
            "how quotation": "quotation" in how,
            "say in governors": any(a <= verb.idx - sentence.doc_start < z for verb in governing for a, z in seen.says),
            "frames after": len(self.voices[index + 1].frames) if index + 1 < len(self.voices) else -1,
            "quoted after": index + 1 < len(self.sentences) and self.sentences[index + 1].quoted,
            "last": index + 1 == len(self.sentences),
            "first of paragraph": before is None or self.sentences[index - 1].paragraph != sentence.paragraph,
            "post heading": self.post and bool(self.voices[0].frames),
            "dialogue": sentence.text[:1] in "—–-",
            "words before": len(sentence.folded[:start].split()),
            "outlets here": sum(actor.outlet for actor, _ in voice.named),
        }
        for refers in _PRONOUNS:
            shared[f"{refers} pronoun speaks"] = any(
                one.actor.start == actor.start
                for one in voice.frames
                for actor, _ in voice.named
                if actor.refers == refers
            )
        at = bisect_left(self._every, (place, -1))
        last = self._every[at - 1][1] if at else -1
        people = [n for _, n in self._every[max(0, at - 30) : at] if self.speakers[n].actor.kind == "person"]
        kinds = dict.fromkeys(_KINDS, -1)
        for _, n in self._every[max(0, at - 40) : at]:
            kinds[self.speakers[n].actor.kind] = n
        at = bisect_left(self._framed, ((index, 0), -1))
        last_framed = self._framed[at - 1] if at else None
        framed_near = bisect_left(self._framed, ((index + AHEAD + 1, 0), -1)) - bisect_left(
            self._framed, ((index - BACK, 0), -1)
        )
        return [
            {
                **shared,
                **self._features(
                    n,
                    self.speakers[n],
                    index,
                    start,
                    end,
                    pick,
                    quote,
                    seen,
                    subjects,
                    last,
                    people,
                    kinds,
                    last_framed,
                    framed_near,
                ),
            }
            for n in near
        ]

    def choice(self, trees: Trees, index: int, start: int, end: int) -> Choice:
        """The likeliest speaker of what stands at start:end of a sentence."""
        if any(start <= one.start and one.end <= end and one.actor.name for one in self.voices[index].frames):
            return by_rule(self.voices[index], start, end)  # the place is the whole statement, its speaker in it
        score = trees.scores(trees.matrix(self.rows(index, start, end)))
        likely = np.exp(score - score.max())
        likely /= likely.sum()
        order = [int(n) for n in np.argsort(-likely, kind="stable")]
        speakers = [self.speakers[n] for n in self.around(index)]
        voice, chosen = self.voices[index], speakers[order[0]]
        rule = by_rule(voice, start, end)
        others = tuple((speakers[n].actor.name, round(float(likely[n]), 2)) for n in order[1 : 1 + _OTHERS])
        probability = round(float(likely[order[0]]), 3)
        if chosen.own:
            return Choice(chosen.actor, "own voice", "", probability, others)
        if rule.actor.name and same(rule.actor, chosen.actor):
            return Choice(chosen.actor, rule.how, rule.relayed_by, probability, others)
        said = next((one.said for one in chosen.mentions if one.said and one.sentence == index), None)
        relays = [one.actor.name for one in voice.frames if one.actor.outlet and not same(one.actor, chosen.actor)]
        relayed_by = said.relayed_by if said and said.relayed_by else relays[0] if relays else ""
        return Choice(chosen.actor, said.frame if said else "likeliest", relayed_by, probability, others)

    def _features(
        self,
        n: int,
        one: Speaker,
        index: int,
        start: int,
        end: int,
        pick: Actor,
        quote: tuple[int, int] | None,
        seen: Seen,
        subjects: list[int],
        last: int,
        people: list[int],
        kinds: dict[str, int],
        last_framed: tuple[tuple[int, int], int] | None,
        framed_near: int,
    ) -> dict[str, float]:
        voice, sentence, actor = self.voices[index], self.sentences[index], one.actor
        begins = bisect_left(one.mentions, index - BACK, key=_sentence)
        near = one.mentions[begins : bisect_left(one.mentions, index + AHEAD + 1, key=_sentence)]
        here = [mention for mention in near if mention.sentence == index]
        back = [mention for mention in near if mention.sentence < index]
        ahead = [mention for mention in near if mention.sentence > index]
        framed_here = [mention.said for mention in here if mention.said]
        default = voice.default
        found: dict[str, float] = {
            "own": one.own,
            "picked": not pick.name if one.own else bool(pick.name) and same(pick, actor),
            "default": not default.name if one.own else bool(default.name) and same(default, actor),
            "title word": actor.title,
            "outlet": actor.outlet,
            "known": bool(actor.entity_id),
            "side": actor.side != UNKNOWN,
            "role": bool(actor.role),
            "mentions": len(near),
            "framed": sum(mention.said is not None for mention in near),
            "loose": all(mention.loose for mention in near),
            "first": one.mentions[0].sentence if one.mentions else -1,
            "here": bool(here),
            "framed here": bool(framed_here),
            "others framed here": len(voice.frames) - len(framed_here),
            "in title": bool(one.mentions) and self.sentences[one.mentions[0].sentence].field == "title",
        }
        for kind in _KINDS:
            found[f"kind {kind}"] = actor.kind == kind
        found |= _nearness(here, start, end, quote, seen, subjects, sentence)
        found["others say subject"] = bool(seen.say_subjects) and not found["say subject"]
        found["others govern"] = bool(subjects) and not found["governs"]
        for name, mentions, step in (("back", back[::-1], 1), ("ahead", ahead, -1)):
            first = mentions[0] if mentions else None
            framed = next((mention for mention in mentions if mention.said), None)
            found[name] = step * (index - first.sentence) if first else 20
            found[f"{name} framed"] = step * (index - framed.sentence) if framed else 20
            found[f"{name} at start"] = first is not None and first.actor.start <= 2
            found[f"{name} same paragraph"] = (
                first is not None and self.sentences[first.sentence].paragraph == sentence.paragraph
            )
            found[f"{name} framed same paragraph"] = (
                framed is not None and self.sentences[framed.sentence].paragraph == sentence.paragraph
            )
            found[f"{name} colon"] = framed is not None and self.sentences[framed.sentence].folded.endswith(":")
        found["ahead previous"] = any(
            mention.said is not None and mention.said.refers == "previous" and mention.sentence == index + 1
            for mention in ahead
        )
        before = [said for said in voice.frames if said.actor.start < start and said.refers != "previous"]
        after = [said for said in voice.frames if said.actor.start >= end and said.refers != "previous"]
        found["nearest frame"] = bool(before) and any(said is before[-1] for said in framed_here)
        found["next frame"] = bool(after) and any(said is after[0] for said in framed_here)
        found["frame in place"] = any(start <= said.actor.start < end for said in framed_here)
        found["frame around"] = any(said.start <= start and end <= said.end for said in framed_here)
        found["frames nearer"] = len(before) - bool(found["nearest frame"])
        paragraph = [one for one in near if self.sentences[one.sentence].paragraph == sentence.paragraph]
        opening = self._openings[sentence.paragraph]
        found["in paragraph"] = len(paragraph)
        found["opens paragraph"] = any(mention.sentence == opening for mention in paragraph)
        found["framed in paragraph"] = sum(mention.said is not None for mention in paragraph)
        found["share of frames"] = found["framed"] / max(1, framed_near)
        found["outlet beside others"] = actor.outlet and len(voice.named) > len(here)
        found["last named"] = last == n
        found["last of its kind"] = not one.own and kinds[actor.kind] == n
        found["last person"] = bool(people) and people[-1] == n
        found["last framed"] = last_framed is not None and last_framed[1] == n
        found["since last framed"] = index - last_framed[0][0] if last_framed else 20
        return found


def _nearness(
    here: list[Mention],
    start: int,
    end: int,
    quote: tuple[int, int] | None,
    seen: Seen,
    subjects: list[int],
    sentence: Sentence,
) -> dict[str, float]:
    """How the mentions in the sentence stand to the place."""
    found: dict[str, float] = {
        "in place": any(start <= one.actor.start < end for one in here),
        "before place": any(one.actor.end <= start for one in here),
        "after place": any(one.actor.start >= end for one in here),
        "gap": min([_gap(one.actor, start, end) for one in here], default=_FAR),
        "marks between": min([_marks(one.actor, start, end, seen.marks) for one in here], default=9),
        "say gap": min(
            [min(abs(one.actor.end - a), abs(one.actor.start - z)) for one in here for a, z in seen.says], default=_FAR
        ),
        "outside quote": quote is not None and any(not quote[0] <= one.actor.start < quote[1] for one in here),
        "inside quote": any(a <= one.actor.start < z for one in here for a, z in seen.quotes),
        "subject": any(one.actor.start <= at < one.actor.end for one in here for at in seen.subjects),
        "say subject": any(one.actor.start <= at < one.actor.end for one in here for at in seen.say_subjects),
        "at start": any(one.actor.start <= 2 for one in here),
        "colon after": any(sentence.folded[one.actor.end : one.actor.end + 2].strip().startswith(":") for one in here),
        "quote after": any(
            any(mark in '":' for mark in sentence.folded[one.actor.end : one.actor.end + 3]) for one in here
        ),
        "dash before": any(
            sentence.folded[max(0, one.actor.start - 25) : one.actor.start].find("—") >= 0 for one in here
        ),
        "pronoun": any(one.actor.refers in _PRONOUNS for one in here),
        "loose here": bool(here) and all(one.loose for one in here),
        "governs": 0,
        "governs most": 0,
        "governs last": 0,
        "frame before": any(one.said and one.said.actor.start < start for one in here),
        "frame order": _order(here, start),
        "frame carries": any(one.said and one.said.carries for one in here),
        "frame colon": any(one.said and sentence.folded[one.said.start : one.said.end].find(":") >= 0 for one in here),
        "frame previous": any(one.said and one.said.refers == "previous" for one in here),
        "in brackets": any(sentence.folded[one.actor.end : one.actor.end + 1] == ")" for one in here),
        "colon between": any(one.actor.end <= start and ":" in sentence.folded[one.actor.end : start] for one in here),
        "quote edge": _edge(here, quote),
        "relayed": any(one.said and one.said.relayed_by for one in here),
    }
    if subjects:
        governs = [at for at in subjects if any(one.actor.start <= at < one.actor.end for one in here)]
        found["governs"] = bool(governs)
        found["governs most"] = bool(governs) and governs[0] == subjects[0]
        found["governs last"] = bool(governs) and governs[-1] == subjects[-1]
    return found


def _sentence(mention: Mention) -> int:
    return mention.sentence


def _edge(here: list[Mention], quote: tuple[int, int] | None) -> float:
    """Characters between the quotation around the place and the nearest mention outside it."""
    if quote is None:
        return _FAR
    start, end = quote
    gaps = [max(start - one.actor.end, one.actor.start - end) for one in here]
    return min([gap for gap in gaps if gap >= 0], default=_FAR)


def _order(here: list[Mention], start: int) -> float:
    """Characters from the nearest frame before the place."""
    return min([start - one.said.end for one in here if one.said and one.said.actor.start < start], default=_FAR)


def _gap(actor: Actor, start: int, end: int) -> int:
    return 0 if actor.start < end and start < actor.end else max(start - actor.end, actor.start - end)


def _marks(actor: Actor, start: int, end: int, marks: tuple[int, ...]) -> int:
    if actor.end <= start:
        return bisect_left(marks, start) - bisect_left(marks, actor.end)
    return bisect_left(marks, actor.start) - bisect_left(marks, end) if actor.start >= end else 0
