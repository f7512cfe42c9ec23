"""Learns who says a claim, scores it, and writes the trees with their model card to `nlp/models/claims/<topic>`.

    python -m nlp.training.speakers [FILE …] [--halves FILE …] [--out FOLDER]
    python -m nlp.training.speakers --score FILE …

A FILE holds annotated documents, one JSON object a line (`docs/claims.md`). Of the files after `--halves` the documents that
`nlp.training.halves` holds back are left out. The score is that of five-fold cross-validation, by document, given the place
of the cause. Deterministic for one machine. `--score` prints the score of the shipped weights on files.
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
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from spacy.tokens import Doc

from ingest.document import Document
from ingest.errors import InputError
from nlp.claims.actor import Actor
from nlp.claims.hit import hits_of
from nlp.claims.language import patterns_for
from nlp.claims.sentence import Sentence, sentences_of
from nlp.claims.speaker_rank import FILE, Ranking, trees_for
from nlp.claims.speech import voices_of
from nlp.claims.topic import Topic, border
from nlp.learnt import MODELS
from nlp.pipeline import LANGUAGES, read
from nlp.reading import readable
from nlp.training.annotated import annotated
from nlp.training.halves import held_back
from nlp.training.trees import boost
from nlp.trees import Trees, json_of

FOLDS = 5
CARD = "speakers.md"
NUMBER, DEPTH, RATE, PENALTY = 200, 6, 0.08, 6.0
"""Trees, the questions of each, the share of each step and the penalty of a leaf, chosen by cross-validation."""
_KINDS = ("person", "organisation", "unnamed", "outlet")
_FUNCTION = frozenset(
    [
        "и",
        "в",
        "во",
        "на",
        "по",
        "с",
        "со",
        "из",
        "от",
        "для",
        "о",
        "об",
        "при",
        "the",
        "of",
        "and",
        "for",
        "in",
        "at",
        "on",
        "to",
        "де",
        "мен",
        "және",
        "үшін",
    ]
)
_log = logging.getLogger(__name__)
FIELDS = ("id", "lang", "kind", "title", "text", "claims")
"""What each annotated document must have."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a document names a cause: each possible speaker's features, and whether it is the right one."""

    document_id: str
    lang: str
    kind: str
    rows: tuple[Mapping[str, float], ...]
    right: tuple[bool, ...]
    by_rule: bool
    annotated: bool
    """Whether it is the annotated place; else it is one of the topic's words beside it, which is only learnt from."""

    @property
    def fold(self) -> int:
        return int(hashlib.sha256(f"fold {self.document_id}".encode()).hexdigest()[:8], 16) % FOLDS


def main(arguments: list[str] | None = None) -> int:
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout, force=True)
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("files", type=Path, nargs="*", help="annotated documents, all of them learnt from")
    parser.add_argument("--halves", type=Path, nargs="*", default=[], help="those of which a half is held back")
    parser.add_argument("--out", type=Path, default=MODELS / border().id, help="the folder to write to")
    parser.add_argument(
        "--score", type=Path, nargs="+", help="print the shipped weights' score on these, learn nothing"
    )
    given = parser.parse_args(arguments)
    if given.score:
        trees = trees_for(border().id)
        if trees is None:
            raise InputError(f"the topic {border().id} has no weights for speakers")
        _log.info("%s", table([*places(given.score)], [trees]))
        return 0
    learnt_from = [*places(given.files), *places(given.halves, halves=True)]
    if not learnt_from:
        raise InputError("name files to learn from")
    _log.info("%s", write(learnt_from, given.out))
    return 0


def places(files: Iterable[Path], halves: bool = False) -> Iterator[Place]:
    """The places of the annotated claims of `files`. Raises InputError where a file holds something else."""
    every = [row for file in files for row in annotated(file, FIELDS) if not (halves and held_back(row["id"]))]
    topic = border()
    for lang in LANGUAGES:
        rows = [row for row in every if row["lang"] == lang]
        documents = [readable(Document(row["id"], row["title"], row["text"], kind=row["kind"])) for row in rows]
        for row, document, doc in zip(rows, documents, read(documents, lang), strict=True):
            yield from _places(row, document, doc, topic)


def _places(row: dict[str, Any], document: Document, doc: Doc, topic: Topic) -> Iterator[Place]:
    patterns, words, post = patterns_for(row["lang"], topic), topic.words[row["lang"]], document.kind == "post"
    sentences = sentences_of(doc, document)
    voices = voices_of(sentences, doc, patterns, words, post)
    ranking = Ranking(sentences, voices, doc, patterns, post)
    for claim in row["claims"]:
        annotated = where(claim, document, sentences)
        if annotated is None:
            continue
        right = tuple(same_speaker(claim, ranking.speakers[n].actor) for n in ranking.around(annotated[0]))
        folded = sentences[annotated[0]].folded
        hits = [hit for hit in hits_of(folded, words, patterns) if hit.code == claim["cause"]]
        near = [hit for hit in hits if hit.start < annotated[2] and annotated[1] < hit.end] or hits
        for found in dict.fromkeys([annotated, *((annotated[0], hit.start, hit.end) for hit in near[:2])]):
            rows = tuple(ranking.rows(*found))
            by_rule = any(one["picked"] and is_right for one, is_right in zip(rows, right, strict=True))
            yield Place(row["id"], row["lang"], claim["speaker_kind"], rows, right, by_rule, found == annotated)


def where(claim: Mapping[str, str], document: Document, sentences: Sequence[Sentence]) -> tuple[int, int, int] | None:
    """(sentence, start, end) of the words that name an annotated claim's cause; None where the text lacks them."""
    for field, text in (("text", document.text), ("title", document.title)):
        first = text.find(claim["evidence"]) if claim["evidence"] else -1
        last = first + len(claim["evidence"])
        around = [one for one in sentences if one.field == field and one.start < last and one.end > first]
        if first < 0 or not around:
            continue
        inside = claim["evidence"].find(claim["cause_text"]) if claim["cause_text"] else -1
        if inside < 0:
            return around[0].index, 0, len(around[0].text)
        start, end = first + inside, first + inside + len(claim["cause_text"])
        best = max(around, key=lambda one: min(end, one.end) - max(start, one.start))
        return best.index, max(start, best.start) - best.start, min(end, best.end) - best.start
    return None


def _tokens(name: str) -> list[str]:
    return re.findall(r"[^\W_]+", name.casefold().replace("ё", "е"))


def _alike(one: str, other: str) -> bool:
    """Whether two words are equal but for a case ending."""
    begun = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return one == other or begun >= 5 and abs(len(one) - len(other)) <= 3


def _initials(short: list[str], long: list[str]) -> bool:
    if len(short) != 1 or len(long) < 2:
        return False
    content = [word for word in long if word not in _FUNCTION]
    letters = short[0]
    runs = (long, content, long[: len(letters)], content[: len(letters)])
    return any(letters == "".join(word[0] for word in run) for run in runs if len(run) > 1)


def same_speaker(claim: Mapping[str, str], actor: Actor) -> bool:
    """Whether `actor` is the annotated speaker: a person by the surname, a body by half of the words, a group by its noun."""
    annotated, found = _tokens(claim["speaker"]), _tokens(actor.name)
    if claim["speaker_kind"] == "outlet" or not found:
        return claim["speaker_kind"] == "outlet" and not found
    if claim["speaker_kind"] == "person":
        return _alike(annotated[-1], found[-1])
    if claim["speaker_kind"] == "organisation":
        common = sum(any(_alike(one, other) for other in set(found)) for one in set(annotated))
        every = len(set(annotated)) + len(set(found)) - common
        return common / every >= 0.5 or _initials(annotated, found) or _initials(found, annotated)
    nouns = [word for word in annotated if len(word) > 3], [word for word in found if len(word) > 3]
    return actor.kind == "unnamed" and any(_alike(one, other) for one in nouns[0] for other in nouns[1])


def learn(learnt_from: Sequence[Place]) -> Trees:
    """The trees that choose the right speaker of each place; a place none of whose speakers is right teaches nothing."""
    known = [one for one in learnt_from if any(one.right)]
    names = tuple(known[0].rows[0])
    matrix = np.array([[float(row[name]) for name in names] for one in known for row in one.rows])
    right = np.concatenate([np.array(one.right, np.float64) / sum(one.right) for one in known])
    group = np.concatenate([np.full(len(one.rows), n, np.int64) for n, one in enumerate(known)])
    return boost(matrix, right, group, names, number=NUMBER, depth=DEPTH, rate=RATE, penalty=PENALTY)


def table(scored: Sequence[Place], by: Sequence[Trees]) -> str:
    """How often the right speaker is chosen, by the rules and by the trees, as a Markdown table; with as many `by` as folds,
    each place is read by the trees of its fold."""
    counts: Counter[tuple[str, str]] = Counter()
    for one in scored:
        if not one.annotated:
            continue
        trees = by[one.fold] if len(by) > 1 else by[0]
        chosen = one.right[int(np.argmax(trees.scores(trees.matrix(one.rows))))]
        for name in ("all", one.lang, one.kind):
            counts[name, "places"] += 1
            counts[name, "among"] += any(one.right)
            counts[name, "rule"] += one.by_rule
            counts[name, "chosen"] += chosen
    lines = ["| | places | right by rules | right | among the possible |", "|---|---|---|---|---|"]
    for name in ("all", *LANGUAGES, *_KINDS):
        number = max(1, counts[name, "places"])
        shares = (f"{counts[name, column] / number:.2f}" for column in ("rule", "chosen", "among"))
        lines.append(f"| {name} | {counts[name, 'places']} | {' | '.join(shares)} |")
    return "\n".join(lines)


def write(learnt_from: Sequence[Place], out: Path) -> str:
    """Learns, writes the trees and their model card into `out`; gives the table of the cross-validation."""
    found = table(learnt_from, [learn([one for one in learnt_from if one.fold != fold]) for fold in range(FOLDS)])
    trees = learn(learnt_from)
    out.mkdir(parents=True, exist_ok=True)
    (out / FILE).write_text(json.dumps(json_of(trees), ensure_ascii=False) + "\n", encoding="utf-8")
    documents = len({one.document_id for one in learnt_from})
    card = _CARD.format(
        places=sum(one.annotated for one in learnt_from), documents=documents, table=found, features=len(trees.features)
    )
    (out / CARD).write_text(card, encoding="utf-8")
    return found


_CARD = """# Who says a claim: model card

- What: `nlp.claims.speaker_rank` chooses, of everybody whom a document names and its own voice, who says what stands at a place.
- How: {number} trees of {depth} questions each over {features} features, boosted on the likelihood of the right speaker among all:
  the frames of the rules, where the speaker stands beside the place, quotations, the clause's subjects, who spoke
  before and after. No feature is a word or a name. Applied by numpy.
- Data: the project's own annotated documents, written for it ({{documents}} documents, {{places}} claims): `nlp/training/claims` and
  the half that may be read of `tests/gold`.

Cross-validation over those, five folds by document, given the place of the cause:

{{table}}

- Train: `python -m nlp.training.speakers nlp/training/claims/*.jsonl --halves tests/gold/*.jsonl` (some minutes; the same weights
  each time on one machine). Score annotated documents: `python -m nlp.training.speakers --score FILE …`.
- Limits: news, releases, posts and chats. The texts are invented, by a few writers. A group that no list of
  `nlp/patterns` has and that is no subject of a clause is not among the possible speakers.
""".format(number=NUMBER, depth=DEPTH, features="{features}")


if __name__ == "__main__":
    raise SystemExit(main())
