"""Trains the Kazakh name recogniser on KazNERD and writes it with its score to `nlp/models/kk_ner`.

    python -m nlp.training.kk_ner --data FOLDER [--out FOLDER] [--minutes 18]

FOLDER holds `valid.iob2` and `test_first_half.iob2` of KazNERD (IS2AI/KazNERD, CC BY 4.0), one `token tag` a line,
sentences apart by empty lines. The last 1,500 sentences of the test part are held out for the score; they are a part
of KazNERD's own test set. Deterministic for one machine, given the same number of epochs.
"""

from __future__ import annotations

import argparse
import json
import logging
import random
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language
from spacy.scorer import Scorer
from spacy.tokens import Doc
from spacy.training import Example
from spacy.util import minibatch
from thinc.api import fix_random_seed

from ingest.errors import InputError
from nlp.languages.kk.network import CONFIG
from nlp.languages.kk.tokenizer import Kazakh

LABELS = {
    "PERSON": "PERSON",
    "ORGANISATION": "ORG",
    "GPE": "PLACE",
    "LOCATION": "PLACE",
    "LAW": "LAW",
    "POSITION": "POSITION",
}
"""KazNERD label → ours; the others are not learnt."""
HELD_OUT = 1500
OUT = Path(__file__).parent.parent / "models" / "kk_ner"
_NO_SPACE_BEFORE = re.compile(r"[.,;:!?%)»\]…]|-.+")
_log = logging.getLogger(__name__)


def sentences(path: Path) -> Iterator[tuple[str, list[tuple[int, int, str]]]]:
    """Each sentence of an IOB2 file as (text, [(start, end, our label)]), spaces put back as a writer would."""
    words: list[str] = []
    tags: list[str] = []
    for number, line in enumerate([*path.read_text(encoding="utf-8").splitlines(), ""], start=1):
        if line.strip():
            word, _, tag = line.rpartition(" ")
            if not word:
                raise InputError(f"{path.name}, line {number}: no tag")
            words.append(word)
            tags.append(tag)
        elif words:
            yield _joined(words, tags)
            words, tags = [], []


def _joined(words: list[str], tags: list[str]) -> tuple[str, list[tuple[int, int, str]]]:
    text, spans = "", list[tuple[int, int, str]]()
    opened = False
    for word, tag in zip(words, tags, strict=True):
        if text and not opened and not _NO_SPACE_BEFORE.fullmatch(word):
            text += " "
        start = len(text)
        text += word
        opened = word in {"«", "(", "["}
        label = LABELS.get(tag[2:])
        if label is None:
            continue
        if tag.startswith("I-") and spans and spans[-1][2] == label and not text[spans[-1][1] : start].strip():
            spans[-1] = (spans[-1][0], len(text), label)
        else:
            spans.append((start, len(text), label))
    return text, spans


def example(nlp: Language, text: str, spans: list[tuple[int, int, str]]) -> Example:
    """The sentence in our own tokens; a name that ends inside one takes all of it (its case ending)."""
    gold = nlp.make_doc(text)
    found = [gold.char_span(start, end, label=label, alignment_mode="expand") for start, end, label in spans]
    gold.set_ents(spacy.util.filter_spans([span for span in found if span is not None]))
    return Example(nlp.make_doc(text), gold)


def lower_some(spans: list[tuple[int, int, str]], text: str, draw: random.Random) -> str:
    """`text`, sometimes shouted, as channels do; the spans stay where they are."""
    return text.upper() if spans and draw.random() < 0.03 and len(text.upper()) == len(text) else text


def train(data: Path, out: Path, minutes: float) -> dict[str, Any]:
    """Trains for at most `minutes`, writes weights and model card into `out`, gives the scores."""
    fix_random_seed(0)
    draw = random.Random(0)
    nlp: Language = Kazakh()
    ner: Any = nlp.add_pipe("ner", config=CONFIG)
    test = list(sentences(data / "test_first_half.iob2"))
    learnt = [*sentences(data / "valid.iob2"), *test[:-HELD_OUT]]
    held_out = [example(nlp, *row) for row in test[-HELD_OUT:]]
    development, learnt = learnt[-1000:], learnt[:-1000]
    for label in sorted(set(LABELS.values())):
        ner.add_label(label)
    examples = [example(nlp, *row) for row in learnt]
    optimizer = nlp.initialize(lambda: examples[:500])
    averages: dict[Any, Any] = {}
    optimizer.averages = averages
    watched = [example(nlp, *row) for row in development]
    started, best, best_bytes, epoch, worse = time.monotonic(), -1.0, b"", 0, 0
    size = 32.0
    while time.monotonic() - started < minutes * 60 and worse < 4:
        epoch += 1
        draw.shuffle(learnt)
        losses: dict[str, float] = {}
        batch_examples = [example(nlp, lower_some(spans, text, draw), spans) for text, spans in learnt]
        for batch in minibatch(batch_examples, int(size)):  # type: ignore[no-untyped-call]
            nlp.update(batch, sgd=optimizer, losses=losses, drop=0.2)
            if time.monotonic() - started > minutes * 60:
                break
        size = min(size * 1.3, 128.0)
        with nlp.use_params(averages):
            f = score(nlp, watched)["f"]
            _log.info("epoch %d, %.0f s: loss %.0f, F %.4f", epoch, time.monotonic() - started, losses["ner"], f)
            if f > best:
                best, best_bytes, worse = f, ner.to_bytes(), 0
            else:
                worse += 1
    ner.from_bytes(best_bytes)
    scores = score(nlp, held_out)
    out.mkdir(parents=True, exist_ok=True)
    ner.to_disk(out / "ner", exclude=["vocab"])
    card = {
        "what": "Kazakh name recogniser: spaCy tok2vec (hash embeddings, CNN) and transition-based NER",
        "data": "KazNERD (IS2AI/KazNERD, commit bd4333d: IOB2_valid and the first half of IOB2_test), CC BY 4.0",
        "citation": "Yeshpanov, Khassanov, Varol: KazNERD: Kazakh Named Entity Recognition Dataset, LREC 2022",
        "command": "python -m nlp.training.kk_ner --data FOLDER",
        "labels": LABELS,
        "sentences": {"learnt": len(learnt), "watched": len(development), "held_out": HELD_OUT},
        "epochs": epoch,
        "held_out": scores,
        "limits": "single sentences in lower or mixed case; unseen crossings and officials are the knowledge base's",
    }
    (out / "card.json").write_text(json.dumps(card, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return scores


def score(nlp: Language, examples: list[Example]) -> dict[str, Any]:
    """Precision, recall and F of exact names, overall and a label."""
    predicted = []
    for one in examples:
        doc: Doc = one.predicted.copy()
        doc.ents = ()
        predicted.append(Example(doc, one.reference))
    for one, doc in zip(predicted, nlp.pipe([row.predicted for row in predicted]), strict=True):
        one.predicted = doc
    result = Scorer.score_spans(predicted, "ents", getter=lambda doc, name: doc.ents)
    return {
        "p": round(result["ents_p"], 4),
        "r": round(result["ents_r"], 4),
        "f": round(result["ents_f"], 4),
        "per_label": {
            label: {key: round(value, 4) for key, value in row.items()}
            for label, row in sorted(result["ents_per_type"].items())
        },
    }


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with the KazNERD files")
    parser.add_argument("--out", type=Path, default=OUT, help="where the weights go")
    parser.add_argument("--minutes", type=float, default=18, help="training time at most")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    _log.info("held out: %s", train(arguments.data, arguments.out, arguments.minutes))


if __name__ == "__main__":
    main()
