"""Nouns that may be speakers though no list has them: the subject of a clause, a label before a colon, a bare name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from spacy.tokens import Doc, Token

from nlp.annotation import SpeakerKind
from nlp.claims.actor import Actor
from nlp.claims.fold import fold
from nlp.claims.language import Patterns
from nlp.claims.sentence import Sentence
from nlp.languages.lexicon import lexicon
from nlp.linker import NAMES

_LABEL = re.compile(r"^[^\w«\"]{0,4}([^\W\d_][^:.!?«»\"]{1,40}?)\s?:")
_LEFT = frozenset({"amod", "compound"})
_CLAUSES = frozenset({"ccomp", "parataxis", "xcomp"})
_SPOKEN = re.compile(r"[\"«“:]")


def nouns_in(sentence: Sentence, doc: Doc, patterns: Patterns, actors: Sequence[Actor]) -> list[Actor]:
    """Possible speakers of the sentence beside `actors`, in order."""
    taken = [(actor.start, actor.end) for actor in actors]
    found: list[Actor] = []
    parsed = doc.has_annotation("DEP")
    finders = [
        _cited(sentence, doc, patterns),
        _label(sentence, doc, patterns),
        _subjects(sentence, doc, patterns) if parsed else _people(sentence, doc, patterns),
    ]
    for finder in finders:
        for actor in finder:
            if not any(actor.start < end and start < actor.end for start, end in taken):
                found.append(actor)
                taken.append((actor.start, actor.end))
    return sorted(found, key=lambda one: one.start)


def _label(sentence: Sentence, doc: Doc, patterns: Patterns) -> Iterator[Actor]:
    """Who speaks in a line of a chat or a list of answers ("Volodya 34: …")."""
    match = _LABEL.match(sentence.text)
    if match is None or len(match.group(1).split()) > 4 or patterns.things.search(fold(match.group(1))):
        return
    said = patterns.say.search(fold(match.group(1)))
    name = match.group(1)[: said.start()].strip() if said else match.group(1)
    if not name:
        return
    kind: SpeakerKind = "person" if name[0].isupper() and not said else "unnamed"
    if any(fold(word).startswith(lexicon(doc.lang_).organisation_heads) for word in name.split()):
        kind = "organisation"
    yield Actor(match.start(1), match.start(1) + len(name), name, kind)


def _cited(sentence: Sentence, doc: Doc, patterns: Patterns) -> Iterator[Actor]:
    """Who stands beside words that cite ("со слов людей", "according to", "жігіттің айтуынша")."""
    if patterns.cited is None:
        return
    for match in patterns.cited.finditer(sentence.folded):
        span = doc.char_span(
            sentence.doc_start + match.start(), sentence.doc_start + match.end(), alignment_mode="expand"
        )
        if span is None:
            continue
        if patterns.modifiers == "before":
            if span.start > 0 and doc[span.start - 1].idx >= sentence.doc_start and not doc[span.start - 1].ent_type_:
                token = doc[span.start - 1]
                start = token.idx - sentence.doc_start
                if token.is_alpha and len(token) > 3 and start >= 0:
                    name = NAMES[doc.lang_].dictionary_form(doc[token.i : token.i + 1])
                    yield Actor(start, start + len(token.text), name.lower(), "unnamed")
            continue
        for token in doc[span.end : span.end + 4]:
            if token.pos_ in ("NOUN", "PROPN") and token.dep_ not in ("compound", "amod") and not token.ent_type_:
                yield _phrase(token, sentence, doc, "unnamed")
                break


def _subjects(sentence: Sentence, doc: Doc, patterns: Patterns) -> Iterator[Actor]:
    """Nouns that are the subject of a clause, where they may be people or bodies."""
    span = doc.char_span(sentence.doc_start, sentence.doc_start + len(sentence.text), alignment_mode="expand")
    spoken = _SPOKEN.search(sentence.text) is not None
    for token in span or ():
        if (
            not token.dep_.startswith("nsubj")
            or token.pos_ not in ("NOUN", "PROPN")
            or token.ent_type_ in ("LAW", "CHECKPOINT")
        ):
            continue
        animacy = token.morph.get("Animacy", [])
        body = fold(token.lemma_).startswith(lexicon(doc.lang_).organisation_heads)
        says = (
            any(child.dep_ in _CLAUSES for child in token.head.children)
            or token.head.dep_ in _CLAUSES
            or patterns.say.fullmatch(fold(token.head.text)) is not None
        )
        thing = animacy and "Anim" not in animacy and not body and token.pos_ == "NOUN"
        if patterns.things.fullmatch(fold(token.text)) or thing and not says:
            continue
        if not animacy and not (says or spoken):
            continue
        yield _phrase(
            token, sentence, doc, "organisation" if body else "person" if token.pos_ == "PROPN" else "unnamed"
        )


def _phrase(token: Token, sentence: Sentence, doc: Doc, kind: SpeakerKind) -> Actor:
    first = token.i
    while first > 0 and doc[first - 1].idx >= sentence.doc_start and not doc[first - 1].is_punct:
        before = doc[first - 1]
        if not (before.dep_ in _LEFT and before.head == token) or before.ent_type_ not in ("", token.ent_type_):
            break
        first -= 1
    last = token.i + 1
    while (
        kind == "person" and last < len(doc) and doc[last].pos_ == "PROPN" and doc[last].head.i in (token.i, last - 1)
    ):
        last += 1
    span = doc[first:last]
    named = kind == "person" or "Plur" not in token.morph.get("Number", [])
    name = NAMES[doc.lang_].dictionary_form(span) if named else " ".join(span.text.split())
    start = span.start_char - sentence.doc_start
    return Actor(start, start + len(span.text), name if kind != "unnamed" else name.lower(), kind)


def _people(sentence: Sentence, doc: Doc, patterns: Patterns) -> Iterator[Actor]:
    """Words that look like people by their ending, and capitalised words, where a language has no parse."""
    span = doc.char_span(sentence.doc_start, sentence.doc_start + len(sentence.text), alignment_mode="expand")
    for token in span or ():
        word = fold(token.text)
        if len(word) < 4 or not token.is_alpha or token.ent_type_:
            continue
        start = token.idx - sentence.doc_start
        name = NAMES[doc.lang_].dictionary_form(doc[token.i : token.i + 1])
        if token.text[0].isupper() and start > 0:
            yield Actor(start, start + len(token.text), name, "person")
        elif patterns.people is not None and patterns.people.fullmatch(word):
            yield Actor(start, start + len(token.text), name.lower(), "unnamed")
