"""What a small multilingual encoder makes of each sentence: how likely it names each cause of a topic, and denies it.

`nlp.training.encoder` tunes the encoder and writes it to `models/claims/<topic>/encoder` with its model card. A sentence is read by
itself, its names and figures masked: nothing around it changes what it gives. Not every topic has an encoder.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray
from spacy.tokens import Doc

from ingest.errors import ModelError
from nlp.claims.pieces import END, START, Pieces, Word, pieces_of, words_of
from nlp.claims.sentence import Sentence
from nlp.learnt import MODELS

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

LONGEST = 1_500
"""Characters of a sentence that are read."""
MOST_PIECES = 250
"""Pieces of a sentence that are read."""
MOST_SENTENCES = 400
"""Sentences of a document that are read: no news text has more, and it bounds the time of bad input."""
PERSON, PLACE = "x", "y"
"""What is read for the name of a person, and of a place or crossing."""
_PEAK = 0.4
"""Share of the most telling word's weight that a word beside it has, where it belongs to the cause's words."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Encoded:
    """What the encoder makes of a sentence: for each of `codes` the log odds that the sentence names the cause, and that, if
    so, it denies it; `weights` says how much each word tells of each cause (words, codes)."""

    codes: tuple[str, ...]
    cause: Floats
    stance: Floats
    words: Sequence[Word]
    weights: Floats

    def span(self, code: str) -> tuple[int, int]:
        """Start and end of the words of the sentence that tell most of `code`; (0, 0) where the sentence has no word."""
        if not self.words:
            return 0, 0
        told = self.weights[:, self.codes.index(code)]
        first = last = int(told.argmax())
        least = _PEAK * float(told[first])
        while first > 0 and told[first - 1] >= least:
            first -= 1
        while last + 1 < len(told) and told[last + 1] >= least:
            last += 1
        return self.words[first].start, self.words[last].end


@dataclass(frozen=True, slots=True)
class Encoder:
    """`rows` are the pieces' vectors in four bits, with a `step` for each 32 numbers of one."""

    codes: tuple[str, ...]
    pieces: Pieces
    rows: NDArray[np.uint8]
    steps: NDArray[np.float16]
    positions: Floats
    session: InferenceSession

    def encode(self, folded: str, names: Sequence[tuple[int, int, str]] = ()) -> Encoded:
        """What it makes of a folded sentence in which `names` (start, end, PERSON or PLACE) are masked."""
        words = words_of(folded[:LONGEST], [one for one in names if one[1] <= LONGEST])
        numbers = [START]
        owner: list[int] = []
        for i, word in enumerate(words):
            cut = self.pieces.of(word)[: MOST_PIECES - len(owner)]
            numbers += cut
            owner += [i] * len(cut)
        if not owner:
            low = np.full(len(self.codes), -20, dtype=np.float32)
            return Encoded(self.codes, low, low, (), np.zeros((0, len(self.codes)), dtype=np.float32))
        numbers.append(END)
        vectors = unpacked(self.rows[numbers], self.steps[numbers]) + self.positions[: len(numbers)]
        cause, stance, told = self.session.run(None, {"vectors": vectors[None]})
        weights = np.zeros((owner[-1] + 1, len(self.codes)), dtype=np.float32)
        np.add.at(weights, owner, told)
        return Encoded(self.codes, cause, stance, words[: owner[-1] + 1], weights)


def unpacked(halves: NDArray[np.uint8], steps: NDArray[np.float16]) -> Floats:
    """The numbers of (rows, blocks, 16) bytes, two of four bits in each, the low one 16 numbers before the high one."""
    numbers = np.concatenate([halves & 15, halves >> 4], axis=-1).astype(np.float32) - 8
    numbers *= steps[..., None].astype(np.float32)
    return numbers.reshape(len(halves), -1)


def encoded(doc: Doc, sentences: Sequence[Sentence], topic: str) -> list[Encoded] | None:
    """What the encoder of `topic` makes of the sentences of a Doc, in order, at the most the first MOST_SENTENCES; None for a
    topic without an encoder. Raises ModelError where its files can't be read."""
    model = encoder(topic)
    if model is None:
        return None
    return [model.encode(one.folded, names_in(one, doc)) for one in sentences[:MOST_SENTENCES]]


def names_in(sentence: Sentence, doc: Doc) -> list[tuple[int, int, str]]:
    """(start, end, PERSON or PLACE) of the names of persons, places and crossings in a sentence of `doc`."""
    begin, length = sentence.doc_start, len(sentence.text)
    return [
        (max(0, one.start_char - begin), min(length, one.end_char - begin), PERSON if one.label_ == "PERSON" else PLACE)
        for one in doc.ents
        if one.label_ in ("PERSON", "PLACE", "CHECKPOINT") and one.start_char < begin + length and one.end_char > begin
    ]


@cache
def encoder(topic: str) -> Encoder | None:
    """The encoder of a topic, one a process; None where the topic has none. Raises ModelError where its files can't be read."""
    folder = MODELS / topic / "encoder"
    return read_encoder(folder) if folder.is_dir() else None


def read_encoder(folder: Path) -> Encoder:
    """The encoder that `nlp.training.encoder` wrote to `folder`. Raises ModelError where its files can't be read."""
    import onnxruntime  # slow to import, and not every process finds claims
    from onnxruntime.capi import onnxruntime_pybind11_state as failures

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # documents are read in processes, not in threads
    options.enable_mem_pattern = False  # every sentence has another length
    options.log_severity_level = 3
    try:
        codes = json.loads((folder / "encoder.json").read_text(encoding="utf-8"))["codes"]
        with np.load(folder / "pieces.npz") as table:
            texts, likely = table["texts"].tobytes().decode("utf-8").split("\n"), table["likely"].tolist()
            rows, steps, positions = table["rows"], table["steps"], table["positions"].astype(np.float32)
        layers = (folder / "layers.onnx").read_bytes()
        session = onnxruntime.InferenceSession(layers, options, providers=["CPUExecutionProvider"])
        pieces = pieces_of(list(zip(texts, likely, strict=True)))
        return Encoder(tuple(codes), pieces, rows, steps, positions, session)
    except (
        OSError,
        ValueError,
        KeyError,
        TypeError,
        EOFError,
        BadZipFile,
        failures.InvalidArgument,
        failures.InvalidProtobuf,
        failures.InvalidGraph,
        failures.Fail,
    ) as error:
        raise ModelError(f"{folder.name}: not an encoder: {error!r}") from error
