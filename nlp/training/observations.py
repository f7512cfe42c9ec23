"""Learns which figures measure a delay, scores it, and writes the weights with their model card to `nlp/models/observations`.

    make train-observations        (python -m nlp.training.observations [FILE …] [--halves FILE …] [--out FOLDER])
    python -m nlp.training.observations --score FILE …

A FILE holds annotated documents, one JSON object a line: `id`, `lang`, `title`, `text`, `observations` (`docs/claims.md`); or, in
TOML, `[[sentence]]` tables with `lang`, `text`, `delays`, of which those of the part `test` are left out. Of the files after
`--halves` the documents that `nlp.training.halves` holds back are left out. The score is that of eight-fold
cross-validation, by document: each is read by weights that were learnt without it. Deterministic for one machine.
`--score` prints the score of the shipped weights on files.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spacy.tokens import Doc

from ingest.document import Document
from ingest.errors import InputError
from nlp.learnt import json_of
from nlp.observation_gate import WEIGHTS, Around, Decided, Features, Gate, gate
from nlp.observations import observations
from nlp.pipeline import LANGUAGES, read
from nlp.queue_figures import figures, page_of
from nlp.training.annotated import annotated
from nlp.training.halves import held_back
from nlp.training.logistic import fit

OUT = WEIGHTS.parent
FOLDS = 8
LEAST = 0.45
"""The least probability of a delay, chosen by cross-validation."""
_STRENGTH = 0.3
"""The inverse of the weights' penalty (half their squares), chosen by cross-validation."""
_RARE = 3
"""A feature of fewer figures is not learnt."""
_SMALL = 0.004
"""Weights nearer to nought are left out of the file."""
_log = logging.getLogger(__name__)

Delay = tuple[str, float, float]


@dataclass(frozen=True, slots=True)
class Text:
    """An annotated document and what the pipeline makes of it."""

    document_id: str
    doc: Doc
    delays: Counter[Delay]

    @property
    def fold(self) -> int:
        return int(hashlib.sha256(f"fold {self.document_id}".encode()).hexdigest()[:8], 16) % FOLDS


@dataclass(frozen=True, slots=True)
class Score:
    """Delays found rightly, found at all, and annotated."""

    right: int
    found: int
    annotated: int

    @property
    def f1(self) -> float:
        return 2 * self.right / max(1, self.found + self.annotated)

    def row(self, name: str) -> str:
        precision, recall = self.right / max(1, self.found), self.right / max(1, self.annotated)
        return f"| {name} | {self.annotated} | {precision:.3f} | {recall:.3f} | {self.f1:.3f} |"


def main(arguments: list[str] | None = None) -> int:
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout, force=True)
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("files", type=Path, nargs="*", help="annotated documents, all of them learnt from")
    parser.add_argument("--halves", type=Path, nargs="*", default=[], help="those of which a half is held back")
    parser.add_argument("--out", type=Path, default=OUT, help="the folder to write to")
    parser.add_argument(
        "--score", type=Path, nargs="+", help="print the shipped weights' score on these, and learn nothing"
    )
    given = parser.parse_args(arguments)
    if given.score:
        _log.info("%s", table(scores(texts(given.score), [gate()])))
        return 0
    learnt_from = [*texts(given.files), *texts(given.halves, halves=True)]
    if not learnt_from:
        raise InputError("name files to learn from")
    score = write(learnt_from, given.out)
    _log.info("%s", score)
    return 0


def texts(files: Iterable[Path], halves: bool = False) -> list[Text]:
    """The annotated documents of `files`, read by the pipelines. Raises InputError where a file holds something else."""
    every = [row for file in files for row in _rows(file) if not (halves and held_back(row["id"]))]
    found = []
    for lang in LANGUAGES:
        rows = [row for row in every if row["lang"] == lang]
        documents = (Document(row["id"], row["title"], row["text"]) for row in rows)
        for row, doc in zip(rows, read(documents, lang), strict=True):
            found.append(Text(row["id"], doc, Counter(_delays(row))))
    return found


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    try:
        if file.suffix == ".toml":
            for i, row in enumerate(tomllib.loads(file.read_text(encoding="utf-8"))["sentence"]):
                if row["part"] != "test":
                    named = [dict(zip(("metric", "low", "high"), delay, strict=True)) for delay in row["delays"]]
                    yield {"id": f"{file.stem} {i}", "title": "", **row, "observations": named}
        else:
            yield from annotated(file, ())
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{file}: no annotated documents: {error!r}") from error


def _delays(row: dict[str, Any]) -> Iterator[Delay]:
    for one in row["observations"]:
        yield one["metric"], float(one["low"]), float(one["high"])


def scores(read_texts: Sequence[Text], gates: Sequence[Gate]) -> dict[str, Score]:
    """The scores by language and of `all`; with as many gates as folds, each text is read by that of its fold."""
    counts = {name: [0, 0, 0] for name in ("all", *LANGUAGES)}
    for text in read_texts:
        by = gates[text.fold] if len(gates) > 1 else gates[0]
        found = Counter((one.metric, one.low, one.high) for one in observations(text.doc, by=by))
        for name in ("all", text.doc.lang_):
            right = (found & text.delays).total()
            counts[name] = [
                a + b for a, b in zip(counts[name], (right, found.total(), text.delays.total()), strict=True)
            ]
    return {name: Score(*three) for name, three in counts.items()}


def table(found: dict[str, Score]) -> str:
    """The scores as a Markdown table."""
    return "\n".join(
        ["| | delays | P | R | F1 |", "|---|---|---|---|---|", *(one.row(name) for name, one in found.items())]
    )


def seen_in(text: Text) -> list[tuple[Features, bool]]:
    """What the gate sees of every figure of `text`, those before it told rightly, and whether it is a delay."""
    page, carried, found = page_of(text.doc), None, []
    for sentence in text.doc.sents:
        groups = figures(page, sentence, carried)
        carried = None
        if not groups:
            continue
        around = Around(page, sentence)
        decided: list[Decided] = []
        for group in groups:
            right = [text.delays[one.metric, one.low, one.high] > 0 for one in group]
            found += [(around.features(one, decided), is_delay) for one, is_delay in zip(group, right, strict=True)]
            chosen = group[right.index(True)] if any(right) else group[0]
            decided.append((chosen, any(right)))
            if any(right):
                carried = chosen.metric
    return found


def learn(rows: Sequence[tuple[Features, bool]]) -> Gate:
    """The gate of the penalised logistic regression over `rows`."""
    seen, right = [features for features, _ in rows], [delay for _, delay in rows]
    return Gate(fit(seen, right, strength=_STRENGTH, rare=_RARE, small=_SMALL), LEAST)


def write(learnt_from: Sequence[Text], out: Path) -> str:
    """Learns, writes `weights.json` and `README.md` into `out`; gives the table of the cross-validation."""
    rows = [(text, seen_in(text)) for text in learnt_from]
    folds = [learn([row for text, seen in rows if text.fold != fold for row in seen]) for fold in range(FOLDS)]
    found = table(scores(learnt_from, folds))
    learnt = learn([row for _, seen in rows for row in seen])
    out.mkdir(parents=True, exist_ok=True)
    content = {"least": learnt.least, **json_of(learnt.learnt)}
    (out / "weights.json").write_text(json.dumps(content, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    card = _CARD.format(
        texts=len(learnt_from),
        figures=sum(len(seen) for _, seen in rows),
        features=len(learnt.learnt.weights),
        table=found,
    )
    (out / "README.md").write_text(card, encoding="utf-8")
    return found


_CARD = """# Which figures measure a delay: model card

- What: `nlp.observation_gate` tells, for a figure that `nlp.queue_figures` proposes, how likely it measures a queue or a wait. At {least}
  and more it is an observation.
- How: one logistic regression for the three languages, {features} weights, over the stems of the eight words to either side, what
  governs the unit (Russian and English), whether sentence, clause and page speak of waiting or passing, how large the figure is
  and in what unit, and what the figures before it were. Nothing pretrained; pure Python when it reads.
- Data: the project's own annotated texts, written for it ({texts} texts, {figures} figures or readings of one): `nlp/training/claims`,
  `nlp/training/observations.toml`, the half
  that may be read of `tests/gold`, `tests/nlp/observation_sentences.toml` without its part `test`.

Cross-validation over those, eight folds by document:

{table}

- Train: `make train-observations` (a minute or two; the same weights each time on one machine).
- Score annotated documents: `python -m nlp.training.observations --score FILE …`.
- Limits: news, releases, posts and chats about queues at road borders. The texts are invented, by a few writers. Figures that ask
  for arithmetic ("half of the 400 left") are not read.
""".replace("{least}", str(LEAST))


if __name__ == "__main__":
    raise SystemExit(main())
