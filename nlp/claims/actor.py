"""Who might speak in a sentence: names, unnamed groups, and words that stand for somebody named before."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from spacy.tokens import Doc, Span

from nlp.annotation import SpeakerKind
from nlp.claims.fold import fold
from nlp.claims.language import WHO, Patterns
from nlp.claims.sentence import Sentence
from nlp.claims.topic import Words
from nlp.languages.kk.stemmer import strip_case
from nlp.linker import NAMES

UNKNOWN = "UNKNOWN"
_APPOSITION = re.compile(r'^[\s"]*,\s*([^,.;!?]{2,100}),')


@dataclass(frozen=True, slots=True)
class Actor:
    """A possible speaker. `start` and `end` are offsets in the sentence; `refers` says that it stands for a person or
    body named before (`name` is then its own word, used where nobody is found)."""

    start: int
    end: int
    name: str
    kind: SpeakerKind
    side: str = UNKNOWN
    role: str = ""
    entity_id: str | None = None
    outlet: bool = False
    refers: Literal["", "person", "body", "group"] = ""
    title: bool = False


_RIGHT = frozenset({"nmod", "amod", "case", "flat", "flat:name", "appos", "compound", "conj", "cc"})
_LINKS = frozenset({"case", "cc", "amod"})

OWN_VOICE = Actor(0, 0, "", "outlet")


def actors_of(sentence: Sentence, doc: Doc, patterns: Patterns, words: Words) -> list[Actor]:
    """The possible speakers of a sentence in order; a title and the name beside it are one."""
    found: list[Actor] = []
    taken = [False] * len(sentence.text)

    def add(actor: Actor) -> None:
        if actor.end > actor.start and not any(taken[actor.start : actor.end]):
            found.append(actor)
            taken[actor.start : actor.end] = [True] * (actor.end - actor.start)

    for entity in entities_in(sentence, doc):
        start = max(entity.start_char - sentence.doc_start, 0)
        end = min(entity.end_char - sentence.doc_start, len(sentence.text))
        name = entity._.name or entity.text
        if entity.label_ == "PERSON":
            add(Actor(start, end, name, "person", entity._.side, entity._.role, entity._.entity_id))
        elif entity.label_ == "ORG":
            outlet = (entity._.entity_id or "").startswith("outlet.") or bool(
                not entity._.entity_id
                and patterns.outlets.search(
                    fold(sentence.text[max(0, start - 20) : end + (12 if patterns.modifiers == "before" else 0)])
                )
            )
            add(Actor(start, end, name, "organisation", entity._.side, "", entity._.entity_id, outlet))
    words_for: list[Actor] = []
    for refers, pattern in (
        ("person", patterns.persons),
        ("", patterns.titles),
        ("body", patterns.bodies),
        ("group", patterns.again),
    ):
        for match in pattern.finditer(sentence.folded):
            name = lemma(sentence, doc, match.start(), match.end())
            if refers == "" and patterns.modifiers == "before":
                name = _noun_before(sentence, match.start(), patterns) + name
            words_for.append(
                Actor(match.start(), match.end(), name, "unnamed", refers=refers, title=refers == "")  # type: ignore[arg-type]
            )
    for name, group in patterns.groups:
        words_for += [_of_group(m.start(), m.end(), name, sentence, doc) for m in group.finditer(sentence.folded)]
    words_for += _subjects(sentence, doc, patterns)
    wholes = [
        (_full_name(actor, sentence, doc, words, patterns) if actor.refers == "body" else actor, actor)
        for actor in words_for
    ]
    for whole, actor in sorted(wholes, key=lambda pair: pair[0].start - pair[0].end):
        if whole.kind == "organisation" and not any(taken[actor.start : actor.end]):
            covered = [one for one in found if whole.start <= one.start and one.end <= whole.end]
            if covered and all(one.kind == "organisation" and not one.outlet for one in covered):
                found = [one for one in found if one not in covered]
                taken[whole.start : whole.end] = [False] * (whole.end - whole.start)
                sides = [one.side for one in covered if one.side != UNKNOWN]
                whole = replace(whole, side=whole.side if whole.side != UNKNOWN or not sides else sides[0])
        add(whole if not any(taken[whole.start : whole.end]) else actor)
    for actor in _unseen_people(found, sentence, doc):
        add(actor)
    return [
        _with_side(actor, sentence, words, patterns)
        for actor in _together(sorted(found, key=lambda actor: actor.start), sentence, patterns)
    ]


def _noun_before(sentence: Sentence, start: int, patterns: Patterns) -> str:
    """The bare noun before a title, of which it is one ("кеден инспекторы"), with a space after it; "" without one."""
    before = sentence.folded[:start].split(" ")
    if len(before) < 2 or not before[-2].isalpha() or strip_case(before[-2]) != before[-2] or len(before[-2]) < 4:
        return ""
    word = before[-2]
    apart = patterns.apart is not None and patterns.apart.fullmatch(word) is not None
    return "" if apart or patterns.say.fullmatch(word) or sentence.text[start - len(word) - 1].isupper() else word + " "


def _of_group(start: int, end: int, name: str, sentence: Sentence, doc: Doc) -> Actor:
    """A group; in the singular, the one of it whom the document may have named before ("the expert")."""
    span = doc.char_span(sentence.doc_start + start, sentence.doc_start + end, alignment_mode="expand")
    morph = span[-1].morph if span is not None and len(span) else None
    if span is not None and morph and "Sing" in morph.get("Number", []) and "Inan" not in morph.get("Animacy", []):
        return Actor(start, end, NAMES[doc.lang_].dictionary_form(span[-1:]).lower(), "unnamed", title=True)
    word = fold(span.text) if span is not None and not doc.has_annotation("DEP") else ""
    if span is not None and word and strip_case(word) == word and len(word) < len(name):
        return Actor(start, end, NAMES[doc.lang_].dictionary_form(span).lower(), "unnamed", title=True)
    return Actor(start, end, name, "unnamed")


def _unseen_people(actors: list[Actor], sentence: Sentence, doc: Doc) -> list[Actor]:
    """Two proper nouns right after a title that no entity covers are a person ("сарапшы Гүлнар Омарова")."""
    found = []
    for actor in actors:
        if actor.kind != "unnamed" or actor.refers:
            continue
        span = doc.char_span(sentence.doc_start + actor.start, sentence.doc_start + actor.end, alignment_mode="expand")
        if span is None or span.end + 1 >= len(doc):
            continue
        name = doc[span.end : span.end + 2]
        if all(token.pos_ == "PROPN" and not token.ent_type_ and token.text[0].isupper() for token in name):
            start = name.start_char - sentence.doc_start
            if start + len(name.text) <= len(sentence.text):
                title = NAMES[doc.lang_].dictionary_form(name)
                found.append(Actor(start, start + len(name.text), title, "person"))
    return found


def _subjects(sentence: Sentence, doc: Doc, patterns: Patterns) -> list[Actor]:
    """Nouns that are the subject of a speech verb and may be people, where the Doc has a parse: unnamed speakers."""
    span = doc.char_span(sentence.doc_start, sentence.doc_start + len(sentence.text), alignment_mode="expand")
    found = []
    for token in span or ():
        if token.dep_ != "nsubj" or not patterns.say.fullmatch(fold(token.head.text)):
            continue
        if token.ent_type_ == "PLACE" and "Fin" in token.head.morph.get("VerbForm", []):
            found += [_of_place(entity, sentence) for entity in doc.ents if entity.start <= token.i < entity.end]
            continue
        if token.pos_ != "NOUN" or token.ent_type_:
            continue
        animacy = token.morph.get("Animacy", [])
        word = fold(token.text)
        if (animacy and "Anim" not in animacy) or patterns.things.fullmatch(word):
            continue
        start = token.idx - sentence.doc_start
        found.append(Actor(start, start + len(token.text), token.text.lower(), "unnamed"))
    return found


def _of_place(entity: Span, sentence: Sentence) -> Actor:
    """A country or capital that speaks ("Astana denies")."""
    start = entity.start_char - sentence.doc_start
    name, side = entity._.name, entity._.side
    return Actor(start, start + len(entity.text), name, "organisation", side, "", entity._.entity_id)


def _full_name(actor: Actor, sentence: Sentence, doc: Doc, words: Words, patterns: Patterns) -> Actor:
    """A body with the words that name it ("the regional roads agency"); as it is where it stands alone."""
    span = doc.char_span(sentence.doc_start + actor.start, sentence.doc_start + actor.end, alignment_mode="expand")
    if span is None or not len(span):
        return actor
    if patterns.modifiers == "before":
        return _with_attributes(actor, span, sentence, doc, patterns)
    first = span.start
    while first > 0 and span.start - first < 4:
        token = doc[first - 1]
        if token.pos_ not in ("ADJ", "PROPN") and not (token.pos_ == "NOUN" and token.dep_ == "compound"):
            break
        if token.ent_type_ or token.idx < sentence.doc_start:
            break
        first -= 1
    left = doc[first : span.start]
    last = span.end
    while last < len(doc) and last - span.end < 9 and doc.has_annotation("DEP") and patterns.modifiers == "both":
        token = doc[last]
        inside = span.start <= token.head.i < last or (token.dep_ in _LINKS and token.head.i > token.i)
        if token.dep_ not in _RIGHT or not inside or token.idx >= sentence.doc_start + len(sentence.text):
            break
        last += 1
    while last > span.end and doc[last - 1].dep_ in _LINKS:
        last -= 1
    if last == span.end and last < len(doc) and doc[last].dep_ == "prep" and doc[last].text in ("of", "for"):
        last = _of_phrase(doc, last, sentence)
    if last > span.end and (doc[span.end].pos_ in ("ADJ", "PROPN", "ADP") or doc[span.end].ent_type_):
        name = f"{NAMES[doc.lang_].dictionary_form(doc[first : span.end])} {doc[span.end : last].text}"
        start = doc[first].idx - sentence.doc_start
        end = doc[last - 1].idx + len(doc[last - 1].text) - sentence.doc_start
        return replace(actor, start=start, end=end, name=name, kind="organisation")
    if not len(left):
        return actor
    if len(left) == 1 and any(of.fullmatch(fold(left.text)) for of in words.of.values()):
        side = next(side for side, of in words.of.items() if of.fullmatch(fold(left.text)))
        return replace(actor, side=side, name=NAMES[doc.lang_].dictionary_form(doc[first : span.end]))
    name = NAMES[doc.lang_].dictionary_form(doc[first : span.end])
    return replace(actor, start=left.start_char - sentence.doc_start, name=name, kind="organisation")


def _of_phrase(doc: Doc, at: int, sentence: Sentence) -> int:
    """Where the name ends that goes on with "of" at `at` ("emergency department of North Kazakhstan region")."""
    noun = next((token for token in doc[at].children if token.dep_ == "pobj"), None)
    last = noun.i + 1 if noun is not None else at
    while noun is not None and last < len(doc) and doc[last].ent_iob_ == "I":
        last += 1
    inside = noun is not None and noun.idx < sentence.doc_start + len(sentence.text) and noun.i - at <= 6
    return last if inside and noun is not None and doc[noun.left_edge.i].i > at else at


def _with_attributes(actor: Actor, span: Span, sentence: Sentence, doc: Doc, patterns: Patterns) -> Actor:
    """A body with the words before it that name it, where a language puts them all before ("Алматы облысының полиция
    департаменті"); as it is where it stands alone."""
    first, bare = span.start, 0
    while first > 0 and span.start - first < 8 and doc[first - 1].idx >= sentence.doc_start:
        word = fold(doc[first - 1].text)
        named = doc[first - 1].ent_type_ in ("PLACE", "ORG")
        telling = patterns.attributes is not None and patterns.attributes.fullmatch(word) is not None
        if not named and not telling:
            bare += 1
            stops = bare > 3 or doc[first - 1].ent_type_ or not word.isalpha() or strip_case(word) != word
            if stops or patterns.say.fullmatch(word) or patterns.apart is not None and patterns.apart.fullmatch(word):
                break
        first -= 1
    while first < span.start and not doc[first].is_alpha:
        first += 1
    words = doc[first : span.start].text
    if first == span.start or patterns.persons.fullmatch(fold(words)) or patterns.again.fullmatch(fold(words)):
        return actor
    sides = [one._.side for one in doc.ents if first <= one.start < span.start and one._.side != UNKNOWN]
    name = NAMES[doc.lang_].dictionary_form(doc[first : span.end])
    start = doc[first].idx - sentence.doc_start
    return replace(actor, start=start, name=name, kind="organisation", side=sides[0] if sides else actor.side)


def entities_in(sentence: Sentence, doc: Doc) -> list[Span]:
    """The entities of the Doc that begin in the sentence."""
    end = sentence.doc_start + len(sentence.text)
    return [entity for entity in doc.ents if sentence.doc_start <= entity.start_char < end]


def lemma(sentence: Sentence, doc: Doc, start: int, end: int) -> str:
    """The words of the sentence in dictionary form: the lemma of the last, as it stands where there is none."""
    span = doc.char_span(sentence.doc_start + start, sentence.doc_start + end, alignment_mode="expand")
    if span is None or len(span) == 0:
        return sentence.text[start:end]
    if len(span) == 1:
        return span[0].lemma_ or span.text
    return str(NAMES[doc.lang_].dictionary_form(span)).lower()


def masked(sentence: Sentence, actors: list[Actor]) -> str:
    """The folded sentence with each actor's letters replaced by WHO."""
    out = sentence.folded
    for actor in actors:
        out = out[: actor.start] + WHO * (actor.end - actor.start) + out[actor.end :]
    return out


def _together(actors: list[Actor], sentence: Sentence, patterns: Patterns) -> list[Actor]:
    """Neighbours that are one speaker ("the minister of transport Erlan Sagatov") joined."""
    out: list[Actor] = []
    for actor in actors:
        if out:
            gap = sentence.folded[out[-1].end : actor.start]
            joined = _joined(out[-1], actor, gap, patterns)
            if joined is not None:
                out[-1] = joined
                continue
        out.append(actor)
    return out


def _joined(left: Actor, right: Actor, gap: str, patterns: Patterns) -> Actor | None:
    words = len(gap.split())
    if gap.strip() == "(" and "organisation" in (left.kind, right.kind) and left.kind != "person":
        kept = right if right.kind == "organisation" and right.entity_id else left
        side = kept.side if kept.side != UNKNOWN else left.side
        return replace(kept, start=left.start, end=right.end, side=side, refers="")
    if gap.strip() == "," and right.kind == "person" and (left.title or left.refers == "person"):
        return replace(right, start=left.start, side=right.side if right.side != UNKNOWN else left.side)
    if left.kind == "unnamed" and right.refers == "body" and words == 1 and gap.strip() in patterns.inside:
        return replace(right, start=left.start) if patterns.press.search(fold(right.name)) else None
    if words > 4 or re.search(r"[,.;:!?(—]", gap) or patterns.say.search(gap):
        return None
    near = words <= 2
    if right.kind == "person" and left.kind != "person":
        if left.outlet or left.kind == "unnamed" and left.refers == "" and not left.title and words > 1:
            return None
        side = right.side if right.side != UNKNOWN else left.side
        role = right.role or (left.name if left.title or left.refers == "person" else "")
        return replace(right, start=left.start, side=side, role=role)
    if left.title or left.refers == "person":
        if right.kind == "unnamed" and not right.refers and not right.title and near:
            return replace(left, end=right.end, side=right.side if left.side == UNKNOWN else left.side)
        if (right.kind == "organisation" or right.refers == "body") and near:
            return replace(left, end=right.end, side=right.side if left.side == UNKNOWN else left.side)
        if right.title and words <= 1:
            return replace(right, start=left.start) if patterns.inner == "last" else replace(left, end=right.end)
    if right.kind == "organisation" and left.kind == "unnamed" and words == 0 and patterns.outlets.search(left.name):
        return replace(right, start=left.start, outlet=True)
    paper = left.outlet or left.refers == "body" and patterns.outlets.search(fold(left.name)) is not None
    if paper and right.kind == "organisation" and gap.strip() == '"':
        return replace(right, start=left.start, outlet=True)
    if left.outlet and right.refers == "body" and words == 0:
        return replace(left, end=right.end)
    if left.kind == "organisation" and not left.outlet and near:
        if right.title or right.refers == "person" or (right.kind == "unnamed" and not right.refers and words == 0):
            return replace(right, start=left.start, side=left.side if right.side == UNKNOWN else right.side, refers="")
        if right.refers == "body" and words <= 1:
            return replace(left, end=right.end)
        if right.kind == "organisation" and words == 0:
            kept, other = (right, left) if patterns.inner == "last" else (left, right)
            side = kept.side if kept.side != UNKNOWN else other.side
            return replace(kept, start=left.start, end=right.end, side=side)
    if left.refers == "body" and right.kind == "organisation" and words == 0:
        return replace(right, start=left.start)
    if left.refers == "body" and right.title and near:
        return replace(right, start=left.start)
    if left.refers == "body" and right.refers == "body" and words == 0:
        return replace(left, end=right.end)
    return None


def _with_side(actor: Actor, sentence: Sentence, words: Words, patterns: Patterns) -> Actor:
    """The actor with the side that the words around it tell, where its name does not."""
    if actor.refers == "person" or actor.outlet:
        return actor
    if actor.side != UNKNOWN:
        right_before = sentence.folded[: actor.start].split()[-1:]
        for side, of in words.of.items():
            if right_before and of.fullmatch(right_before[0]):
                return replace(actor, side=side)
        return actor
    before = re.split(r"[,.;:!?(—]", sentence.folded[: actor.start])[-1].split()[-4:]
    rest = sentence.folded[actor.end :]
    apposition = _APPOSITION.match(rest)
    after = apposition.group(1) if apposition else re.split(r"[,.;:!?(—]", rest)[0]
    said = patterns.say.search(after)
    if said and not apposition:
        after = after[: said.start()]
    own = sentence.folded[actor.start : actor.end]
    if patterns.modifiers == "before" and not apposition:
        after = ""
    for place in (own, " ".join(before[-2:]), after, " ".join(before)):
        for side, of in words.of.items():
            if of.search(place):
                return replace(actor, side=side)
    return actor
