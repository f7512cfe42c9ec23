"""The network of the Kazakh name recogniser: the shipped weights fit this and nothing else.

A word is read by itself, its first and last letters and its shape (hash embeddings, one table a feature), a sentence
by a small stack of convolutions; a conditional random field over the tags of KazNERD picks the best sequence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from spacy.lang.lex_attrs import word_shape
from spacy.ml.models.tok2vec import MaxoutWindowEncoder
from spacy.strings import hash_string  # type: ignore[attr-defined]
from thinc.api import Dropout, HashEmbed, Linear, Maxout, Model, chain, concatenate, with_array

Floats = NDArray[np.float32]
Keys = NDArray[np.uint64]

WIDTH = 128
"""Numbers a word is read into."""
DEPTH = 3
"""Convolutions, each over a word and its neighbours: four words to either side are seen with the word's own."""
_EMBEDDED = 32


FEATURES: dict[str, tuple[Callable[[str, str], str], int]] = {
    "word": (lambda word, folded: folded, 5000),
    "first 1": (lambda word, folded: folded[:1], 100),
    "first 2": (lambda word, folded: folded[:2], 500),
    "first 3": (lambda word, folded: folded[:3], 2000),
    "first 4": (lambda word, folded: folded[:4], 3000),
    "first 5": (lambda word, folded: folded[:5], 4000),
    "first 6": (lambda word, folded: folded[:6], 4000),
    "first 7": (lambda word, folded: folded[:7], 4000),
    "last 1": (lambda word, folded: folded[-1:], 100),
    "last 2": (lambda word, folded: folded[-2:], 300),
    "last 3": (lambda word, folded: folded[-3:], 1500),
    "last 4": (lambda word, folded: folded[-4:], 3000),
    "last 5": (lambda word, folded: folded[-5:], 3000),
    "last 6": (lambda word, folded: folded[-6:], 3000),
    "shape": (lambda word, folded: word_shape(word), 500),
}
"""Name → what is read from (word, word in lower case), rows of its table. The beginnings stand for the stem, the ends for
the endings: what strips endings may change without another training."""
UNKNOWN = np.uint64(hash_string("\x00unknown"))
"""The key of a feature that is left out."""


def keys(word: str) -> Keys:
    """The keys of the features of `word`, in their order."""
    folded = word.casefold()
    return np.array([hash_string(read(word, folded)) for read, _ in FEATURES.values()], dtype=np.uint64)


@dataclass(frozen=True, slots=True)
class Tags:
    """The tags of IOB2 over some labels: "O", "B-GPE", "I-GPE" …, and which may follow which."""

    labels: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """All tags; a sequence of them is a sequence of places in this tuple."""
        return ("O", *(f"{mark}-{label}" for label in self.labels for mark in "BI"))

    def follows(self) -> NDArray[np.bool_]:
        """[before, after]: whether one may follow the other."""
        names = self.names
        return np.array(
            [[not after.startswith("I-") or before[1:] == after[1:] for after in names] for before in names]
        )

    def starts(self) -> NDArray[np.bool_]:
        """Whether a sentence may begin with the tag."""
        return np.array([not name.startswith("I-") for name in self.names])


@dataclass(slots=True)
class Network:
    """The layers, and the field's weights: from tag to tag, of the first tag, of the last."""

    tags: Tags
    words: Model[Any, Any]
    context: Model[Any, Any]
    between: Floats
    first: Floats
    last: Floats

    @classmethod
    def blank(cls, tags: Tags) -> Network:
        """The network before its training."""
        tables: list[Model[Any, Any]] = [
            HashEmbed(_EMBEDDED, size, seed=7 + column, column=column)
            for column, (_, size) in enumerate(FEATURES.values())
        ]
        words: Model[Any, Any] = chain(
            concatenate(*tables),
            Dropout(0.0),
            Maxout(WIDTH, _EMBEDDED * len(tables), nP=3, normalize=True, dropout=0.0),
        )
        size = len(tags.names)
        rows: Model[Any, Any] = chain(Dropout(0.0), Linear(size, WIDTH))
        context: Model[Any, Any] = chain(
            MaxoutWindowEncoder(width=WIDTH, window_size=1, maxout_pieces=3, depth=DEPTH),
            with_array(rows),
        )
        words.initialize(X=keys("а")[None])
        context.initialize(X=[np.zeros((1, WIDTH), np.float32)])
        zeros = np.zeros(size, np.float32)
        return cls(tags, words, context, np.zeros((size, size), np.float32), zeros, zeros.copy())

    def arrays(self) -> dict[str, Floats]:
        """All weights by name."""
        found: dict[str, Floats] = {"between": self.between, "first": self.first, "last": self.last}
        for part, model in (("words", self.words), ("context", self.context)):
            for place, node in enumerate(model.walk()):
                for name in node.param_names:
                    if node.has_param(name):
                        found[f"{part}.{place}.{name}"] = cast(Floats, node.get_param(name))
        return found

    def put(self, arrays: Mapping[str, Floats]) -> None:
        """Takes weights, named and shaped as `arrays` gives them. Raises KeyError or ValueError where one is not."""
        for name, array in self.arrays().items():
            if arrays[name].shape != array.shape:
                raise ValueError(f"{name} has the shape {arrays[name].shape}, not {array.shape}")
            array[...] = arrays[name]

    def save(self, path: Path) -> None:
        """Writes labels and weights, these in half precision."""
        halves = {name: array.astype(np.float16) for name, array in self.arrays().items()}
        np.savez_compressed(path, allow_pickle=False, labels=np.array(self.tags.labels), **halves)

    @classmethod
    def restored(cls, path: Path) -> Network:
        """The network that `save` wrote. Raises KeyError or ValueError for the weights of another one."""
        with np.load(path, allow_pickle=False) as stored:
            labels = tuple(str(label) for label in stored["labels"])
            read = {name: stored[name].astype(np.float32) for name in stored.files if name != "labels"}
        network = cls.blank(Tags(labels))
        network.put(read)
        return network

    @property
    def width(self) -> int:
        """Numbers that a word is read into."""
        return WIDTH

    def scores(self, words: Sequence[Floats]) -> list[Floats]:
        """Words × tags for each sentence, from its words as `words` read them."""
        return cast(list[Floats], self.context.predict(words))

    def best(self, scores: Sequence[Floats]) -> list[list[int]]:
        """The best sequence of tags of each sentence."""
        table, lengths = padded(scores)
        found = best_tags(table, lengths, self.tags, self.between, self.first, self.last)
        return [row[:length].tolist() for row, length in zip(found, lengths, strict=True)]


def padded(rows: Sequence[Floats]) -> tuple[Floats, NDArray[np.int64]]:
    """`rows` (each words × tags) as one array sentences × words × tags, zeros behind, and their lengths."""
    lengths = np.array([len(row) for row in rows])
    out = np.zeros((len(rows), int(lengths.max()), rows[0].shape[1]), np.float32)
    for place, row in enumerate(rows):
        out[place, : len(row)] = row
    return out, lengths


def best_tags(
    scores: Floats, lengths: NDArray[np.int64], tags: Tags, between: Floats, first: Floats, last: Floats
) -> NDArray[np.int64]:
    """The best sequence of allowed tags for each sentence of `scores` (sentences × words × tags): Viterbi."""
    sentences, words, size = scores.shape
    steps = np.where(tags.follows(), between, np.float32(-1e4))
    best = scores[:, 0] + first + np.where(tags.starts(), np.float32(0), np.float32(-1e4))
    came = np.zeros((sentences, words, size), np.int64)
    stay = np.arange(size)[None]
    for word in range(1, words):
        ways = best[:, :, None] + steps[None]
        way = ways.argmax(1)
        inside = (word < lengths)[:, None]
        came[:, word] = np.where(inside, way, stay)
        best = np.where(inside, np.take_along_axis(ways, way[:, None], 1)[:, 0] + scores[:, word], best)
    out = np.zeros((sentences, words), np.int64)
    out[:, -1] = (best + last).argmax(1)
    rows = np.arange(sentences)
    for word in range(words - 1, 0, -1):
        out[:, word - 1] = came[rows, word, out[:, word]]
    return out
