"""Learns which sentences name a cause and whether they deny it; writes the weights with their model card.

    make train-claims        (python -m nlp.training.causes [FILE …] [--halves FILE …] [--topic TOPIC] [--out FOLDER])

A FILE holds annotated documents, one JSON object a line, in the format of the claim guide (`docs/claims.md`). Of the files after
`--halves` the documents that `nlp.training.halves` holds back are left out. The scores in the card are those of
cross-validation, by document: each is judged by weights that were learnt without it. What judges rows, and its
probabilities, is learnt from such judgements. Deterministic for one machine.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from spacy.tokens import Doc

from ingest.document import Document
from ingest.errors import InputError
from nlp.claims.candidate import Scene
from nlp.claims.encoder import encoded
from nlp.claims.extract import looking_at
from nlp.claims.score import CauseWeights, Heard, Row, Rows, asked, crossed, joined, rows_of
from nlp.claims.sight import Looking, Sight, stance_of
from nlp.claims.topic import Topic, topic_named
from nlp.learnt import MODELS, Weights, json_of
from nlp.pipeline import LANGUAGES, read
from nlp.reading import readable
from nlp.training.annotated import annotated
from nlp.training.halves import checked, held_back
from nlp.training.logistic import fit

PLAIN = Path(__file__).with_suffix(".toml")
FOLDS = 5
SLACK = 0.01
"""F1 that is given for stricter thresholds: the topic's words were partly taken from the texts that choose them."""
OFTEN = 3
"""How often a plain sentence counts beside a text."""
ALARM = 0.08
"""What false alarms in all documents without claims would cost, in F1."""
_log = logging.getLogger(__name__)
FIELDS = ("id", "lang", "claims")
"""What each annotated document must have."""

Pair = tuple[str, str]
"""Cause and stance."""
Place = tuple[int, str]
"""A sentence and a cause."""


@dataclass(frozen=True, slots=True)
class Learning:
    """How one of the regressions is fitted: see `nlp.training.logistic.fit`. Chosen by cross-validation."""

    strength: float
    rare: int
    small: float

    def weights(self, rows: Iterable[Mapping[str, float]], right: Sequence[bool]) -> Weights:
        return fit(rows, right, strength=self.strength, rare=self.rare, small=self.small)


CAUSE = Learning(0.5, 3, 0.03)
STANCE = Learning(0.5, 2, 0.02)
ROW = Learning(10.0, 1, 0.0)


@dataclass(frozen=True, slots=True)
class Text:
    """An annotated document: what is seen of its sentences, and where its claims stand.

    `heard` is what the encoder makes of the sentences, where it has learnt nothing from the text.
    `named` are the places that name a claimed cause, with whether they deny it (None where claims of both stances stand
    there); `unsure` are places of which the annotation does not tell whether they name the cause.
    """

    document_id: str
    lang: str
    looking: Looking
    sights: list[Sight]
    heard: Sequence[Heard] | None
    pairs: frozenset[Pair]
    named: dict[Place, bool | None]
    unsure: frozenset[Place]

    @property
    def fold(self) -> int:
        return int(hashlib.sha256(f"fold {self.document_id}".encode()).hexdigest()[:8], 16) % FOLDS


@dataclass(frozen=True, slots=True)
class Judged:
    """The rows of a text by weights that were learnt without it, and those with what the encoder heard, where it may tell."""

    text: Text
    alone: list[Row]
    together: list[Row]


def main(arguments: list[str] | None = None) -> int:
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout, force=True)
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("files", type=Path, nargs="*", help="annotated documents, all of them learnt from")
    parser.add_argument("--halves", type=Path, nargs="*", default=[], help="those of which a half is held back")
    parser.add_argument(
        "--plain", type=Path, nargs="*", default=[], help="TOML files of plain sentences: learnt from, not scored"
    )
    parser.add_argument("--topic", default="border", help="the name or file of the topic")
    parser.add_argument("--out", type=Path, default=None, help="the folder to write to")
    given = parser.parse_args(arguments)
    topic = topic_named(given.topic)
    learnt_from = [*texts(given.files, topic), *texts(given.halves, topic, halves=True)]
    if not learnt_from:
        raise InputError("name files to learn from")
    plain = OFTEN * read_rows([row for file in given.plain for row in plain_rows(file)], topic)
    _log.info("%s", write(learnt_from, plain, topic, given.out or MODELS / topic.id))
    return 0


def texts(files: Iterable[Path], topic: Topic, halves: bool = False) -> list[Text]:
    """The annotated documents of `files`, as the pipelines and rules read them. Raises InputError where a file holds
    something else."""
    return read_rows(
        [row for file in files for row in annotated(file, FIELDS) if not (halves and held_back(row["id"]))], topic
    )


def read_rows(every: Sequence[Mapping[str, Any]], topic: Topic) -> list[Text]:
    """Annotated rows as they are learnt from."""
    found = []
    for lang in LANGUAGES:
        rows = [row for row in every if row["lang"] == lang]
        documents = [_document(row) for row in rows]
        for row, document, doc in zip(rows, documents, read(documents, lang), strict=True):
            found.append(text_of(row, document, doc, topic))
    return found


def plain_rows(file: Path) -> Iterator[dict[str, Any]]:
    """The sentences of a TOML file, each with each of its causes, as annotated documents; see the file's own head."""
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
        for lang, one in content.items():
            for code, forms in one["forms"].items():
                for stance in ("asserts", "denies"):
                    for number, sentence in enumerate(one[stance]):
                        text = sentence.format(*(forms * 3)[:3])
                        text = text[0].upper() + text[1:]
                        said = next(form for form in sorted(forms, key=len, reverse=True) if form[1:] in text)
                        at = text.index(said[1:]) - 1
                        claim = {
                            "cause": code,
                            "stance": stance,
                            "evidence": text,
                            "cause_text": text[at : at + len(said)],
                        }
                        yield {
                            "id": f"{lang} {code} {stance} {number}", "lang": lang, "title": "", "text": text,
                            "claims": [claim],
                        }  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{file}: no plain sentences: {error!r}") from error


def _document(row: Mapping[str, Any]) -> Document:
    return readable(
        Document(
            row["id"],
            row["title"],
            row["text"],
            lang=row["lang"],
            kind=row.get("kind", "news"),
            published_at=_time(row.get("published_at")),
        )
    )


def _time(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written).replace(tzinfo=UTC) if written else None


def text_of(row: Mapping[str, Any], document: Document, doc: Doc, topic: Topic) -> Text:
    """An annotated row as it is learnt from."""
    looking = looking_at(doc, document, topic)
    named: dict[Place, bool | None] = {}
    unsure: set[Place] = set()
    for claim in row["claims"]:
        code, denied = claim["cause"], claim["stance"] == "denies"
        if code not in topic.causes:
            raise InputError(f"{row['id']}: the topic has no cause {code!r}")
        main, rest = _evidence(claim, document, looking.scenes)
        unsure.update((i, code) for i in rest)
        for i in main:
            named[i, code] = denied if named.get((i, code), denied) == denied else None
    claimed = {claim["cause"] for claim in row["claims"]}
    for i, scene in enumerate(looking.scenes):
        # a cause that the document claims may well be named in other sentences too: only its evidence is annotated
        unsure.update((i, code) for code in claimed if scene.sentence.field == "title" or code in looking.hits[i])
    return Text(
        row["id"],
        row["lang"],
        looking,
        [looking.sight(i) for i in range(len(looking.scenes))],
        encoded(doc, [scene.sentence for scene in looking.scenes], topic.id) if checked(row["id"]) else None,
        frozenset((claim["cause"], claim["stance"]) for claim in row["claims"]),
        named,
        frozenset(unsure - named.keys()),
    )


def _evidence(claim: Mapping[str, Any], document: Document, scenes: Sequence[Scene]) -> tuple[list[int], list[int]]:
    """(sentences that name the claim's cause, other sentences of its evidence)."""
    evidence, cause = claim["evidence"], claim["cause_text"]
    for field, whole in (("text", document.text), ("title", document.title)):
        start = whole.find(evidence) if evidence else -1
        if start < 0:
            continue
        over = [
            i
            for i, scene in enumerate(scenes)
            if scene.sentence.field == field
            and scene.sentence.start < start + len(evidence)
            and scene.sentence.end > start
        ]
        at = start + evidence.find(cause)
        if not cause or cause not in evidence or not over:
            return over, []
        best = max(over, key=lambda i: _common(at, at + len(cause), scenes[i].sentence.start, scenes[i].sentence.end))
        return [best], [i for i in over if i != best]
    return [], []


def _common(start: int, end: int, other_start: int, other_end: int) -> int:
    return min(end, other_end) - max(start, other_start)


def learn_causes(read_texts: Iterable[Text], topic: Topic) -> CauseWeights:
    """The weights that tell whether a sentence names a cause."""
    rows, right = [], []
    for text in read_texts:
        for i, sight in enumerate(text.sights):
            for code in topic.causes:
                if (i, code) not in text.unsure:
                    rows.append((sight, code))
                    right.append((i, code) in text.named)
    weights = CAUSE.weights((dict(crossed(sight, code)) for sight, code in rows), right)
    return CauseWeights(weights, tuple(topic.causes))


def learn_stances(read_texts: Iterable[Text]) -> Weights:
    """The weights that tell whether a sentence that names a cause denies it."""
    places = [
        (text, *place, denied) for text in read_texts for place, denied in text.named.items() if denied is not None
    ]
    return STANCE.weights(
        (stance_of(text.looking, i, code) for text, i, code, _ in places), [denied for *_, denied in places]
    )


def judge(text: Text, causes: CauseWeights, stances: Weights) -> Judged:
    """The rows of a text by these weights."""
    scores = [causes.scores(sight) for sight in text.sights]
    denials = {place: stances.score(stance_of(text.looking, *place)) for place in asked(scores, text.heard)}
    together = rows_of(text.looking, scores, denials, text.heard) if text.heard is not None else []
    return Judged(text, rows_of(text.looking, scores, {place: denials[place] for place in asked(scores)}), together)


def learn_rows(judged: Iterable[tuple[Text, list[Row]]]) -> Weights:
    """The weights that tell how likely a row is right: from the likeliest row of each cause and stance of each text."""
    seen, right = [], []
    for text, rows in judged:
        for row in likeliest(rows, _promise):
            seen.append(row.seen)
            right.append((row.code, row.stance) in text.pairs)
    return ROW.weights(seen, right)


def _promise(row: Row) -> float:
    """How much is to be expected of a row before its weights are learnt: the log of a probability, roughly."""
    if "alone" in row.seen:
        return row.seen["alone"] + 0.4 * (row.seen["heard"] + row.seen["heard stance"])
    cause, stance = row.seen["cause unsure"], row.seen["stance unsure"]
    heard, heard_stance = row.seen.get("heard unsure", cause), row.seen.get("heard stance unsure", stance)
    return cause + heard + stance + heard_stance


def likeliest(rows: Iterable[Row], likely: Callable[[Row], float]) -> list[Row]:
    """The best row of each cause and stance."""
    best: dict[Pair, tuple[float, Row]] = {}
    for row in rows:
        score = likely(row)
        if score > best.get((row.code, row.stance), (float("-inf"), row))[0]:
            best[row.code, row.stance] = score, row
    return [row for _, row in best.values()]


Likely = dict[Pair, float]
"""How likely each cause and stance of a text is."""


def cross_validated(read_texts: Sequence[Text], plain: Sequence[Text], topic: Topic) -> list[Judged]:
    """Each text by weights learnt without it; `plain` are texts that are always learnt from."""
    judged: list[Judged] = []
    for fold in range(FOLDS):
        others = [*plain, *(text for text in read_texts if text.fold != fold)]
        causes, stances = learn_causes(others, topic), learn_stances(others)
        judged += [judge(text, causes, stances) for text in read_texts if text.fold == fold]
    return judged


@dataclass(frozen=True, slots=True)
class Learnt:
    """What judges rows, and how it did in cross-validation: the texts, and how likely their pairs are by row weights that
    were learnt without them."""

    rows: Rows
    texts: list[Text]
    likely: list[Likely]

    @property
    def told(self) -> str:
        """The tables of the model card."""
        return f"{table(self.texts, self.likely, self.rows.least, self.rows.sure)}\n\n{reliability(self.texts, self.likely)}"


def _joined(judged: Sequence[Judged]) -> list[tuple[Text, list[Row]]]:
    """The rows of texts that the encoder told of, with the scores that they have alone by weights learnt without them."""
    alone = {
        fold: learn_rows((one.text, one.alone) for one in judged if one.text.fold != fold) for fold in range(FOLDS)
    }
    return [
        (one.text, [replace(row, seen=joined(row.seen, alone[one.text.fold])) for row in one.together])
        for one in judged
        if one.together
    ]


def learn_judging(judged: Sequence[tuple[Text, list[Row]]]) -> Learnt:
    """The row weights and thresholds from rows that were judged by weights learnt without them."""
    by_fold = {fold: learn_rows(one for one in judged if one[0].fold != fold) for fold in range(FOLDS)}
    read_texts = [text for text, _ in judged]
    likely = [pairs(rows, by_fold[text.fold]) for text, rows in judged]
    return Learnt(Rows(learn_rows(judged), *thresholds(read_texts, likely)), read_texts, likely)


def pairs(rows: Iterable[Row], weights: Weights) -> Likely:
    """How likely each cause and stance is: the likeliest of its rows. Of a row's two stances the likelier counts."""
    best: dict[Place, tuple[float, Pair]] = {}
    for row in rows:
        likely = weights.probability(row.seen)
        if likely > best.get((row.i, row.code), (0.0, ("", "")))[0]:
            best[row.i, row.code] = likely, (row.code, row.stance)
    found: Likely = {}
    for likely, pair in best.values():
        found[pair] = max(likely, found.get(pair, 0.0))
    return found


@dataclass(frozen=True, slots=True)
class Score:
    """Pairs found rightly, found at all, and annotated; texts without claims, and those of them that got any."""

    right: int
    found: int
    annotated: int
    claimless: int
    alarms: int

    @property
    def f1(self) -> float:
        return 2 * self.right / max(1, self.found + self.annotated)


def score(read_texts: Iterable[Text], likely: Iterable[Likely], least: float, sure: float, stance: str = "") -> Score:
    """The score of the pairs that are at least so likely, of one stance or both, in texts with one that is `sure`."""
    right = found = annotated = claimless = alarms = 0
    for text, one in zip(read_texts, likely, strict=True):
        claimed = max(one.values(), default=0.0) >= sure
        kept = {pair for pair, value in one.items() if claimed and value >= least and stance in ("", pair[1])}
        gold = {pair for pair in text.pairs if stance in ("", pair[1])}
        right, found, annotated = right + len(kept & gold), found + len(kept), annotated + len(gold)
        claimless, alarms = claimless + (not text.pairs), alarms + (not text.pairs and bool(kept))
    return Score(right, found, annotated, claimless, alarms)


def thresholds(read_texts: Sequence[Text], likely: Sequence[Likely]) -> tuple[float, float]:
    """(least, sure): of those about as good as the best, by F1 less what false alarms cost, the strictest."""

    def worth(least: float, sure: float) -> float:
        found = score(read_texts, likely, least, sure)
        return found.f1 - ALARM * found.alarms / max(1, found.claimless)

    grid = {
        (least / 100, sure / 100): worth(least / 100, sure / 100)
        for least in range(30, 61, 2)
        for sure in range(least, 71, 2)
    }
    enough = max(grid.values()) - SLACK
    least = max(least for (least, _), value in grid.items() if value >= enough)
    return max((pair for pair in grid if pair[0] == least), key=lambda pair: grid[pair])


def table(read_texts: Sequence[Text], likely: Sequence[Likely], least: float, sure: float) -> str:
    """The scores by language and in all, as a Markdown table."""
    lines = [
        "| | claims | P | R | F1 | denials | F1 | claimless | false alarms |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name in ("all", *LANGUAGES):
        own = [(text, one) for text, one in zip(read_texts, likely, strict=True) if name in ("all", text.lang)]
        every, denied = (
            score((text for text, _ in own), (one for _, one in own), least, sure, stance) for stance in ("", "denies")
        )
        lines.append(
            f"| {name} | {every.annotated} | {every.right / max(1, every.found):.3f} "
            f"| {every.right / max(1, every.annotated):.3f} | {every.f1:.3f} | {denied.annotated} | {denied.f1:.3f} "
            f"| {every.claimless} | {every.alarms} |"
        )
    return "\n".join(lines)


def reliability(read_texts: Sequence[Text], likely: Sequence[Likely]) -> str:
    """How often pairs of about the same probability are right, as a Markdown table."""
    lines = ["| probability | pairs | mean | right |", "|---|---|---|---|"]
    every = [
        (value, pair in text.pairs) for text, one in zip(read_texts, likely, strict=True) for pair, value in one.items()
    ]
    for low in (0.1, 0.3, 0.5, 0.7, 0.9):
        inside = [one for one in every if low <= one[0] < low + 0.2]
        if inside:
            mean, right = (sum(one[k] for one in inside) / len(inside) for k in (0, 1))
            lines.append(f"| {low:.1f} to {min(1.0, low + 0.2):.1f} | {len(inside)} | {mean:.2f} | {right:.2f} |")
    return "\n".join(lines)


def write(learnt_from: Sequence[Text], plain: Sequence[Text], topic: Topic, out: Path) -> str:
    """Learns, writes the weights and `causes.md` into `out`; gives the tables of the cross-validation."""
    judged = cross_validated(learnt_from, plain, topic)
    learnt = {"alone": learn_judging([(one.text, one.alone) for one in judged])}
    if any(one.together for one in judged):
        together, alone = learn_judging(_joined(judged)), learnt["alone"].rows
        # few texts without claims are new to the encoder: how sure one row must be is better told by all texts
        learnt["together"] = replace(together, rows=replace(together.rows, sure=max(together.rows.sure, alone.sure)))
    every = [*learnt_from, *plain]
    causes, stances = learn_causes(every, topic), learn_stances(every)
    files = {
        "cause": json_of(causes.learnt),
        "stance": json_of(stances),
        "rows": {
            name: {"least": one.rows.least, "sure": one.rows.sure, **json_of(one.rows.weights)}
            for name, one in learnt.items()
        },
    }
    out.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        written = json.dumps(content, ensure_ascii=False, indent=0)
        (out / f"{name}.json").write_text(written + "\n", encoding="utf-8")
    tables = "\n\n".join(
        _WITH[name].format(texts=len(one.texts), least=one.rows.least, sure=one.rows.sure) + one.told
        for name, one in learnt.items()
    )
    card = _CARD.format(
        texts=len(learnt_from),
        plain=len(plain) // OFTEN,
        claims=sum(len(text.pairs) for text in learnt_from),
        cause=len(causes.learnt.weights),
        stance=len(stances.weights),
        tables=tables,
    )
    (out / "causes.md").write_text(card, encoding="utf-8")
    return tables


_WITH = {
    "alone": "Without the encoder, {texts} texts; rows of {least} and more are claims, in documents with one of {sure}:\n\n",
    "together": "With the encoder, the {texts} texts that it has not learnt from; {least} and {sure}:\n\n",
}

_CARD = """# Who says why: model card

- What: `nlp.claims.score` tells, for a sentence and a cause code of the topic, how likely the sentence names it as the cause,
  whether it asserts or denies it, and from both how likely the row is right: that is the claim's `confidence`.
- How: three logistic regressions for the three languages over named features (`nlp.claims.sight`): what the topic's words and the
  language's patterns say ({cause} weights for the cause, {stance} for the stance), the words of the sentence, and what stands
  beside it. Names and numbers are not looked at. The third joins them with what the encoder of the topic hears, where there
  is one. Plain Python when it reads. `kezek explain` prints the weightiest features.
- Data: the project's own annotated texts, written for it ({texts} texts, {claims} claims): `nlp/training/claims` and the half that may
  be read of `tests/gold`; and {plain} plain sentences from `nlp/training/causes.toml`, which are not in the scores.

Cross-validation over those texts, {folds} folds by document (cause and stance; what a text says more than once counts once). The
topic's words were partly taken from the same texts, so texts of others fare worse: see `make eval`.

{tables}

- Train: `make train-claims` (some minutes; the same weights each time on one machine).
- Limits: news, releases, posts and chats about queues at road borders. The texts are invented, by a few writers. What neither the
  topic's words nor the texts have is not found.
""".replace("{folds}", str(FOLDS))


if __name__ == "__main__":
    raise SystemExit(main())
