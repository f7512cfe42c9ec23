"""Learns whom a claim blames, whose side its speaker is on and which words name its cause; scores it, and writes the
weights with their model card to `nlp/models/claims/<topic>`.

    python -m nlp.training.sides FILE … [--others FILE …] [--halves FILE …] [--out FOLDER]

A FILE holds annotated documents, one JSON object a line (`docs/claims.md`), whose speakers have a side where the text tells
it. Those after `--others` infer more sides from the context: they count for less, and a feature tells them apart; so do
those after `--halves`, of which what `nlp.training.halves` holds back is left out. The scores are those of five-fold
cross-validation over the documents of the FILEs, given the place of each cause, its cause, stance and speaker.
Deterministic for one machine.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from spacy.tokens import Doc

from ingest.document import Document
from ingest.errors import InputError
from nlp.claims import blame, cause_text, speaker_side
from nlp.claims.actor import UNKNOWN, Actor
from nlp.claims.candidate import Candidate
from nlp.claims.extract import looking_at
from nlp.claims.hit import clause_around, hits_of
from nlp.claims.language import Patterns, patterns_for
from nlp.claims.sentence import sentences_of
from nlp.claims.sides import Sides
from nlp.claims.span import trimmed
from nlp.claims.speakers import speakers_of
from nlp.claims.speech import Voices, voices_of
from nlp.claims.told import Learnt, best, spoken_in
from nlp.claims.topic import Topic, Words, border
from nlp.learnt import MODELS, Weights, json_of
from nlp.pipeline import LANGUAGES, read
from nlp.reading import readable
from nlp.training.annotated import annotated
from nlp.training.choice import fit_choice
from nlp.training.halves import held_back
from nlp.training.speakers import same_speaker, where

FOLDS = 5
CARD = "sides.md"
STRENGTH = {"blames": 0.5, "sides": 0.3, "text": 0.1}
"""The inverse of the penalty for each field, chosen by cross-validation."""
RARE = 4
"""Choices in which a feature is seen, at the least."""
SMALL = 0.02
OTHERS = 0.5
"""How much a document of the others counts."""
INFERRED = "inferring writer"
_log = logging.getLogger(__name__)
FIELDS = ("id", "lang", "kind", "source", "published_at", "title", "text", "claims")
"""What each annotated document must have."""

Rows = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Case:
    """One annotated claim: the choices of each field with what is seen of them, and the right ones.

    `side` is None where its speaker was not found or is the document itself, `edges` where no rule finds its cause.
    """

    document_id: str
    lang: str
    first: bool
    claim: Mapping[str, Any]
    blames: Rows
    blames_by_rule: str
    side: Rows | None
    side_by_rule: str
    edges: cause_text.Edges | None
    words: tuple[int, int]
    words_by_rule: tuple[int, int]
    text: str

    @property
    def fold(self) -> int:
        return int(hashlib.sha256(f"fold {self.document_id}".encode()).hexdigest()[:8], 16) % FOLDS

    @property
    def heeded(self) -> float:
        return 1.0 if self.first else OTHERS


def main(arguments: list[str] | None = None) -> int:
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout, force=True)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs="+", help="annotated documents")
    parser.add_argument("--others", type=Path, nargs="*", default=[], help="those whose writers infer sides")
    parser.add_argument("--halves", type=Path, nargs="*", default=[], help="such ones of which a half is held back")
    parser.add_argument("--out", type=Path, default=MODELS / border().id, help="the folder to write to")
    given = parser.parse_args(arguments)
    learnt_from = [*cases(given.files, True), *cases(given.others, False), *cases(given.halves, False, halves=True)]
    if not learnt_from:
        raise InputError("the files hold no annotated claim whose evidence stands in its text")
    _log.info("%s", write(learnt_from, given.out))
    return 0


def cases(files: Iterable[Path], first: bool, halves: bool = False) -> Iterator[Case]:
    """The annotated claims of `files`. Raises InputError where a file holds something else."""
    every = [row for file in files for row in annotated(file, FIELDS) if not (halves and held_back(row["id"]))]
    topic = border()
    for lang in LANGUAGES:
        rows = [row for row in every if row["lang"] == lang]
        documents = [
            readable(Document(row["id"], row["title"], row["text"], kind=row["kind"], source_name=row["source"] or ""))
            for row in rows
        ]
        for row, document, doc in zip(rows, documents, read(documents, lang), strict=True):
            yield from cases_of(row, document, doc, topic, first)


def cases_of(row: Mapping[str, Any], document: Document, doc: Doc, topic: Topic, first: bool) -> Iterator[Case]:
    """The annotated claims of one document."""
    patterns, words, post = patterns_for(row["lang"], topic), topic.words[row["lang"]], document.kind == "post"
    sentences = sentences_of(doc, document)
    voices = voices_of(sentences, doc, patterns, words, post)
    sides = Sides(sentences, doc, words, patterns)
    speakers = [one.actor for one in speakers_of(sentences, voices, doc, patterns)]
    found = [one for group in looking_at(doc, document, topic).rules.values() for one in group]
    placed: list[tuple[Mapping[str, Any], Candidate, Actor | None, tuple[str, str]]] = []
    for claim in row["claims"]:
        place = where(claim, document, sentences)
        if place is None:
            continue
        index, start, end = place
        who = next((one for one in speakers if same_speaker(claim, one)), None)
        actor = replace(who or Actor(0, 0, claim["speaker"], claim["speaker_kind"]), side=claim["speaker_side"])
        sentence = sentences[index]
        one = Candidate(sentence, claim["cause"], claim["stance"], start, end, start, actor, "", "", "", 0.5, sentence)
        placed.append((claim, one, who, blame.ruled(one, sides, topic)))
    told = [(one.cause, one.stance, rule[0]) for _, one, _, rule in placed]
    for n, (claim, one, who, rule) in enumerate(placed):
        others = told[:n] + told[n + 1 :]
        blames = blame.rows(one, rule, others, spoken_in(one, voices), sides, topic, post)
        side, by_rule = _side(one, who, voices, sides, document, first)
        edges, taken = _edges(one, claim["cause_text"], found, doc, voices, sides)
        yield Case(
            row["id"], row["lang"], first, claim, blames, rule[0], side, by_rule, edges, (one.start, one.end), taken,
            one.sentence.text,
        )  # fmt: skip


def _side(
    one: Candidate, who: Actor | None, voices: Sequence[Voices], sides: Sides, document: Document, first: bool
) -> tuple[Rows | None, str]:
    if who is None or not who.name:
        return None, UNKNOWN
    mentions = speaker_side.mentions_of(who, voices)
    rows = speaker_side.rows(who, mentions, one.sentence.index, sides, document.source_name)
    if not first:
        rows[UNKNOWN][INFERRED] = 1.0
    return rows, speaker_side.ruled(who, sides)


def _edges(
    one: Candidate, text: str, found: Sequence[Candidate], doc: Doc, voices: Sequence[Voices], sides: Sides
) -> tuple[cause_text.Edges | None, tuple[int, int]]:
    """The edges around the term that the rules find for an annotated cause, and the words that the rules take."""
    words, sentence = sides.words, one.sentence
    if sentence.text[one.start : one.end] != text:
        return None, (one.start, one.end)
    like = [other for other in found if other.sentence.index == sentence.index and other.cause == one.cause]
    like.sort(key=lambda other: (other.stance != one.stance, bool(other.rejected), -other.confidence))
    made = like[0] if like else _by_term(one, words, sides.patterns)
    if made is None:
        return None, (one.start, one.end)
    frames = [(said.start, said.end) for said in voices[sentence.index].frames]
    return cause_text.edges_of(made, doc, frames, words, sides.patterns), (made.start, made.end)


def _by_term(one: Candidate, words: Words, patterns: Patterns) -> Candidate | None:
    """The clause of the first term of the cause in its sentence, as a candidate; None without one."""
    folded = one.sentence.folded
    for hit in hits_of(folded, words, patterns):
        if hit.code == one.cause:
            start, end = trimmed(folded, *clause_around(folded, hit.start, hit.end), patterns)
            return replace(one, start=start, end=end, core=hit.start, pattern="words")
    return None


def learn(learnt_from: Sequence[Case]) -> Learnt:
    """The weights of all three fields."""
    sided = [one for one in learnt_from if one.side is not None]
    worded = [one for one in learnt_from if one.edges is not None]
    blaming = [one for one in learnt_from if one.claim["blames"] in one.blames]
    heeded = [one.heeded for one in worded]

    def text(edges: list[tuple[Sequence[Mapping[str, float]], int]]) -> Weights:
        right = [[float(n == place) for n in range(len(rows))] for rows, place in edges]
        return _fit("text", [rows for rows, _ in edges], right, heeded)

    def named(field: str, choices: Sequence[Rows], wanted: Sequence[str], count: Sequence[float]) -> Weights:
        right = [[float(name == one) for name in rows] for rows, one in zip(choices, wanted, strict=True)]
        return _fit(field, [list(rows.values()) for rows in choices], right, count)

    return Learnt(
        named(
            "blames",
            [one.blames for one in blaming],
            [one.claim["blames"] for one in blaming],
            [one.heeded for one in blaming],
        ),
        named(
            "sides",
            [one.side for one in sided if one.side is not None],
            [one.claim["speaker_side"] for one in sided],
            [one.heeded for one in sided],
        ),
        text([(one.edges.opening, _nearest(one.edges.starts, one.words[0])) for one in worded if one.edges]),
        text([(one.edges.closing, _nearest(one.edges.ends, one.words[1])) for one in worded if one.edges]),
    )


def _fit(
    field: str,
    groups: Sequence[Sequence[Mapping[str, float]]],
    right: Sequence[Sequence[float]],
    heeded: Sequence[float],
) -> Weights:
    return fit_choice(groups, right, strength=STRENGTH[field], rare=RARE, small=SMALL, heeded=heeded)


def _nearest(places: Sequence[int], wanted: int) -> int:
    return min(range(len(places)), key=lambda n: abs(places[n] - wanted))


def measured(cases: Sequence[Case], learnt: Learnt | None) -> dict[str, list[float]]:
    """How right each field of each claim is, 0 to 1; by rule where `learnt` is None."""
    found: dict[str, list[float]] = {"blames": [], "sides": [], "text": []}
    for one in cases:
        blames = one.blames_by_rule if learnt is None else best(one.blames, learnt.blames)[0]
        found["blames"].append(float(blames == one.claim["blames"]))
        if one.side is not None:
            side = one.side_by_rule
            if learnt is not None and side == UNKNOWN:
                side = best(one.side, learnt.sides)[0]
            found["sides"].append(float(side == one.claim["speaker_side"]))
        if one.edges is not None:
            start, end = one.words_by_rule
            if learnt is not None:
                start, end, _ = cause_text.chosen(one.edges, learnt.opening, learnt.closing)
            found["text"].append(_likeness(one.text[start:end], one.claim["cause_text"]))
    return found


def table(cases: Sequence[Case], models: Sequence[Learnt]) -> str:
    """A Markdown table of the fields' scores by rule and learnt; of each case that of its fold where there are several
    models."""
    lines = ["| field | claims | rules | learnt | ru | en | kk |", "| --- | --- | --- | --- | --- | --- | --- |"]
    columns = [measured(cases, None)]
    for lang in ("", *LANGUAGES):
        joined: dict[str, list[float]] = {}
        for fold, model in enumerate(models):
            part = [one for one in cases if (len(models) == 1 or one.fold == fold) and lang in ("", one.lang)]
            for field, values in measured(part, model).items():
                joined.setdefault(field, []).extend(values)
        columns.append(joined)
    for field in STRENGTH:
        shares = [sum(one[field]) / len(one[field]) if one[field] else 0.0 for one in columns]
        cells = " | ".join(f"{share:.3f}" for share in shares)
        lines.append(f"| {field} | {len(columns[0][field])} | {cells} |")
    return "\n".join(lines)


def write(learnt_from: Sequence[Case], out: Path) -> str:
    """Scores by cross-validation, learns from all, writes the weights and the card to `out`; returns the card."""
    first = [one for one in learnt_from if one.first]
    models = [learn([one for one in learnt_from if one.fold != fold]) for fold in range(FOLDS)]
    scores = table(first, models)
    learnt = learn(learnt_from)
    out.mkdir(parents=True, exist_ok=True)
    text = {"opening": json_of(learnt.opening), "closing": json_of(learnt.closing)}
    for file, content in (
        (blame.FILE, json_of(learnt.blames)),
        (speaker_side.FILE, json_of(learnt.sides)),
        (cause_text.FILE, text),
    ):
        (out / file).write_text(json.dumps(content, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    card = _card(learnt_from, learnt, scores)
    (out / CARD).write_text(card, encoding="utf-8")
    return card


def _card(learnt_from: Sequence[Case], learnt: Learnt, scores: str) -> str:
    first = [one for one in learnt_from if one.first]
    documents = len({one.document_id for one in learnt_from})
    sizes = [len(one.weights) for one in (learnt.blames, learnt.sides, learnt.opening, learnt.closing)]
    return f"""# Whom a claim blames, whose side its speaker is on, and the words of its cause

Conditional logit: each choice (a side; a word as the first, as the last) has features by name, and the likeliest is taken;
of the words the stretch that shares most with what is likely. {sizes[0]} weights for the blamed side, {sizes[1]} for the
speaker's, {sizes[2]} and {sizes[3]} for the first and the last word. The rules' answer is one of the features. No feature
has a word in it: sides, causes and kinds of words come from the topic file.

Learnt from {len(learnt_from)} annotated claims of {documents} documents ({len(first)} claims of the first kind of files).
Scores of five-fold cross-validation over the documents of the first kind, given each claim's place, cause, stance and
speaker; blames and sides are the share that is right, text is the F1 of the words:

{scores}

Limits: whom a claim blames is often not said in its sentence; annotators differ there too. A speaker's side is told only
where the text or the knowledge base says it: writers who infer it from the context leave fewer UNKNOWN.
"""


def _likeness(one: str, other: str) -> float:
    left, right = Counter(_words(one)), Counter(_words(other))
    return 2 * (left & right).total() / (left.total() + right.total()) if left & right else 0.0


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold().replace("ё", "е"))


if __name__ == "__main__":
    sys.exit(main())
