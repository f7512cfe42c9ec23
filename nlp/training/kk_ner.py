"""Trains the Kazakh name recogniser on KazNERD, scores it, and writes it with its model card to `nlp/models/kk_ner`.

    make train-kk KAZNERD=FOLDER        (python -m nlp.training.kk_ner --data FOLDER [--out FOLDER] [--epochs 12])
    python -m nlp.training.kk_ner --score FILE.iob2

FOLDER holds `valid.iob2` and `test_first_half.iob2` of KazNERD (IS2AI/KazNERD, CC BY 4.0), one `token tag` a line,
sentences apart by empty lines. The last 1,500 sentences of the test part are held out for the score: nothing is learnt
from them or chosen by them. Deterministic for one machine. `--score` reads any file of that kind and prints the score
of the shipped weights on it.
"""

from __future__ import annotations

import argparse
import json
import logging
import random
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc
from thinc.api import Adam, Model, fix_random_seed, set_dropout_rate

from ingest.errors import InputError
from nlp.languages.kk.network import FEATURES, UNKNOWN, Floats, Keys, Network, Tags, keys, padded
from nlp.languages.kk.recogniser import NAMES, WEIGHTS, spans
from nlp.languages.kk.tokenizer import Kazakh
from nlp.training.crf import gradient

SCORED = ("GPE", "LOCATION", "ORGANISATION", "PERSON", "POSITION")
"""The labels that the score counts."""
BESIDE = ("ART", "DATE", "EVENT", "FACILITY", "NORP", "PROJECT")
"""Labels of KazNERD that are learnt so that such things are taken for no name; as good as to learn all 25."""
HELD_OUT = 1500
EPOCHS = 12
OUT = Path(__file__).parent.parent / "models" / "kk_ner"
_BATCH = 32
_RATE = 0.002
_WARM_UP = 200
_DROPOUT = 0.3
_WORDS_LEFT_OUT = 0.1
_FEATURES_LEFT_OUT = 0.05
_SHOUTED = 0.03
_UNSTOPPED = 0.1
_NO_SPACE_BEFORE = re.compile(r"[.,;:!?%)»\]…]|-.+")
_log = logging.getLogger(__name__)

Span = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Sentence:
    """The words of a sentence, a tag of IOB2 for each."""

    words: tuple[str, ...]
    tags: tuple[str, ...]

    def names(self) -> set[Span]:
        """(first word, word after the last, label) of the names that the score counts."""
        return {span for span in spans(self.tags) if span[2] in SCORED}


def sentences(path: Path) -> Iterator[Sentence]:
    """The sentences of an IOB2 file. Raises InputError for a line without a tag."""
    words: list[str] = []
    tags: list[str] = []
    for number, line in enumerate([*path.read_text(encoding="utf-8").split("\n"), ""], start=1):
        if line.strip():
            word, _, tag = line.strip().rpartition(" ")
            if not word:
                raise InputError(f"{path.name}, line {number}: no tag")
            words.append(word)
            tags.append(tag)
        elif words:
            yield Sentence(tuple(words), tuple(tags))
            words, tags = [], []


def written(words: Sequence[str]) -> tuple[str, list[tuple[int, int]]]:
    """The text that `words` are of, spaces put as a writer would, and where each begins and ends in it."""
    text, places = "", list[tuple[int, int]]()
    opened = False
    for word in words:
        if text and not opened and not _NO_SPACE_BEFORE.fullmatch(word):
            text += " "
        places.append((len(text), len(text) + len(word)))
        text += word
        opened = word in {"«", "(", "["}
    return text, places


def blank_spaced(words: Sequence[str]) -> tuple[str, list[tuple[int, int]]]:
    """`words` with a blank between any two, and where each begins and ends."""
    ends = np.cumsum([len(word) + 1 for word in words]) - 1
    return " ".join(words), [(int(end) - len(word), int(end)) for word, end in zip(words, ends, strict=True)]


def at_words(doc: Doc, places: Sequence[tuple[int, int]]) -> set[Span]:
    """The names of `doc` in words that stand at `places` of its text; a word that a name is a part of is all in it."""
    found = set()
    for name in doc.ents:
        inside = [i for i, (start, end) in enumerate(places) if start < name.end_char and end > name.start_char]
        if name.label_ in SCORED and inside:
            found.add((inside[0], inside[-1] + 1, name.label_))
    return found


@dataclass(slots=True)
class Count:
    """Names found and right, found and wrong, missed."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    def scores(self) -> dict[str, float]:
        """Precision, recall and F1, rounded to four digits."""
        p = self.right / (self.right + self.wrong) if self.right + self.wrong else 0.0
        r = self.right / (self.right + self.missed) if self.right + self.missed else 0.0
        return {"p": round(p, 4), "r": round(r, 4), "f": round(2 * p * r / (p + r) if p + r else 0.0, 4)}


@dataclass(slots=True)
class Tally:
    """A count of each label and of all."""

    all: Count = field(default_factory=Count)
    labels: dict[str, Count] = field(default_factory=lambda: {label: Count() for label in SCORED})

    def add(self, right: set[Span], found: set[Span]) -> None:
        """Counts a sentence: a name is right where first word, last word and label are."""
        for names, mark in ((right & found, "right"), (found - right, "wrong"), (right - found, "missed")):
            for name in names:
                for count in (self.all, self.labels[name[2]]):
                    setattr(count, mark, getattr(count, mark) + 1)

    def scores(self) -> dict[str, Any]:
        """The scores of all and of each label."""
        return self.all.scores() | {"per_label": {label: one.scores() for label, one in self.labels.items()}}


def score_words(nlp: Language, rows: Sequence[Sentence]) -> dict[str, Any]:
    """The scores where the recogniser is given KazNERD's own words."""
    tally = Tally()
    docs = nlp.pipe([Doc(nlp.vocab, words=list(row.words)) for row in rows])
    for row, doc in zip(rows, docs, strict=True):
        tally.add(row.names(), {(e.start, e.end, e.label_) for e in doc.ents if e.label_ in SCORED})
    return tally.scores()


def score_text(
    nlp: Language,
    rows: Sequence[Sentence],
    joined: Callable[[Sequence[str]], tuple[str, list[tuple[int, int]]]] = written,
) -> dict[str, Any]:
    """The scores where it is given text, that our tokenizer parts; the names found are put back on KazNERD's words."""
    tally = Tally()
    texts = [joined(row.words) for row in rows]
    docs = nlp.pipe([text for text, _ in texts])
    for row, (_, places), doc in zip(rows, texts, docs, strict=True):
        tally.add(row.names(), at_words(doc, places))
    return tally.scores()


def train(data: Path, out: Path, epochs: int = EPOCHS, held_out: int = HELD_OUT) -> dict[str, Any]:
    """Trains for `epochs`, but for the last `held_out` sentences; writes weights and model card into `out`, gives the card."""
    test = list(sentences(data / "test_first_half.iob2"))
    learnt, unseen = [*sentences(data / "valid.iob2"), *test[:-held_out]], test[-held_out:]
    network = fitted(learnt, epochs)
    out.mkdir(parents=True, exist_ok=True)
    network.save(out / WEIGHTS)
    nlp = recogniser(out)
    card = {
        "what": "Kazakh name recogniser: hash embeddings of word, letters and shape, convolutions, conditional random field",
        "data": "KazNERD (IS2AI/KazNERD, commit bd4333d: IOB2_valid and the first half of IOB2_test), CC BY 4.0",
        "citation": "Yeshpanov, Khassanov, Varol: KazNERD: Kazakh Named Entity Recognition Dataset, LREC 2022",
        "command": "make train-kk KAZNERD=FOLDER",
        "epochs": epochs,
        "labels": list(NAMES),
        "learnt_beside": list(BESIDE),
        "sentences": {"learnt": len(learnt), "held_out": len(unseen)},
        "held_out": {"words": score_words(nlp, unseen), "text": score_text(nlp, unseen)},
        "limits": "single sentences of edited Cyrillic text; LOCATION and ORGANISATION are the weak labels, LAW is rare; "
        "crossings and officials of the episode are the knowledge base's; Latin letters are turned into Cyrillic first",
    }
    (out / "card.json").write_text(json.dumps(card, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return card


def fitted(learnt: Iterable[Sentence], epochs: int) -> Network:
    """A network that has read `learnt` `epochs` times; its weights are the mean of those on the way."""
    fix_random_seed(0)
    draw, rows = random.Random(0), list(learnt)
    network = Network.blank(Tags(tuple(sorted((*NAMES, *BESIDE)))))
    place = {name: i for i, name in enumerate(network.tags.names)}
    words: Model[Any, Any] = network.words
    set_dropout_rate(words, _DROPOUT)
    set_dropout_rate(network.context, _DROPOUT)
    optimizer = Adam(_RATE, L2=0.01, L2_is_weight_decay=True, grad_clip=1.0, use_averages=True)
    steps, step, started = epochs * (-(-len(rows) // _BATCH)), 0, time.monotonic()
    for epoch in range(epochs):
        draw.shuffle(rows)
        loss = 0.0
        for begin in range(0, len(rows), _BATCH):
            batch = [varied(row, draw) for row in rows[begin : begin + _BATCH]]
            optimizer.learn_rate = _RATE * min(1.0, (step + 1) / _WARM_UP) * (1 - step / steps)
            step += 1
            loss += _learn(network, batch, place, optimizer)
        _log.info("epoch %d, %.0f s: loss %.4f a sentence", epoch + 1, time.monotonic() - started, loss / len(rows))
    field_weights = {name: optimizer.averages[_FIELD, name] for name in ("between", "first", "last")}
    with network.words.use_params(optimizer.averages), network.context.use_params(optimizer.averages):
        means = {name: array.copy() for name, array in network.arrays().items()} | field_weights
    network.put(means)
    return network


_FIELD = -1
"""The optimizer's key of the random field."""


def _learn(
    network: Network, batch: Sequence[tuple[Keys, tuple[str, ...]]], place: dict[str, int], optimizer: Any
) -> float:
    """One step; the loss of the batch before it."""
    ends = np.cumsum([len(row) for row, _ in batch])
    read, back_words = network.words.begin_update(np.concatenate([row for row, _ in batch]))
    scores, back_scores = network.context.begin_update(np.split(read, ends[:-1]))
    table, lengths = padded(scores)
    right = np.zeros(table.shape[:2], np.int64)
    for i, (_, tags) in enumerate(batch):
        right[i, : len(tags)] = [place.get(tag, 0) for tag in tags]
    found = gradient(table, lengths, right, network.tags, network.between, network.first, network.last)
    size = np.float32(len(batch))
    back_words(np.concatenate(back_scores([row[:end] / size for row, end in zip(found.scores, lengths, strict=True)])))
    network.words.finish_update(optimizer)
    network.context.finish_update(optimizer)
    for name in ("between", "first", "last"):
        weights: Floats = getattr(network, name)
        changed, _ = optimizer((_FIELD, name), weights, getattr(found, name) / size, lr_scale=5.0)
        weights[...] = changed
    return found.loss


_keys = cache(keys)
_WHOLE = list(FEATURES).index("word")


def varied(row: Sentence, draw: random.Random) -> tuple[Keys, tuple[str, ...]]:
    """The keys of a sentence and its tags: now and then shouted, without its full stop, words and features left out."""
    words, tags = row.words, row.tags
    if draw.random() < _SHOUTED:
        words = tuple(word.upper() for word in words)
    if len(words) > 1 and words[-1] == "." and draw.random() < _UNSTOPPED:
        words, tags = words[:-1], tags[:-1]
    found = np.stack([_keys(word) for word in words])
    chance = np.random.default_rng(draw.getrandbits(32))
    found[chance.random(found.shape) < _FEATURES_LEFT_OUT] = UNKNOWN
    left_out = chance.random(len(found)) < _WORDS_LEFT_OUT
    found[left_out, _WHOLE] = UNKNOWN
    return found, tags


def recogniser(folder: Path) -> Language:
    """The tokenizer and the recogniser of `folder`, and nothing else."""
    nlp = Kazakh()
    nlp.add_pipe("kazakh_ner", config={"folder": str(folder.resolve())})
    return nlp


def _say(title: str, scores: dict[str, Any]) -> None:
    rows = [("all five", scores), *scores["per_label"].items()]
    lines = [f"{name:14} P {one['p']:.4f}  R {one['r']:.4f}  F1 {one['f']:.4f}" for name, one in rows]
    sys.stdout.write("\n".join([title, *lines, ""]) + "\n")


def main(given: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--data", type=Path, help="folder with the KazNERD files to learn from")
    what.add_argument("--score", type=Path, help="an IOB2 file to score the weights on")
    parser.add_argument("--out", type=Path, default=OUT, help="where the weights are")
    parser.add_argument("--epochs", type=int, default=EPOCHS, help="times that the sentences are read")
    arguments = parser.parse_args(given)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    if arguments.score is None:
        held_out = train(arguments.data, arguments.out, arguments.epochs)["held_out"]
        _say("held out, given KazNERD's words", held_out["words"])
        _say("held out, given text", held_out["text"])
        return
    nlp, rows = recogniser(arguments.out), list(sentences(arguments.score))
    _say(f"{len(rows)} sentences, given KazNERD's words", score_words(nlp, rows))
    _say("given text, spaced as a writer would", score_text(nlp, rows))
    _say("given text, a blank between any two words", score_text(nlp, rows, blank_spaced))


if __name__ == "__main__":
    main()
