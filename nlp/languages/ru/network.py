"""slovnet's three networks, computed over sentences laid end to end: the same weights and sums, in half the time.

slovnet pads eight sentences to the longest and copies every word three times for a convolution. Here a blank row stands
between sentences, a convolution is one product with its three columns added up shifted, and the first one, the largest,
is made once for each distinct word. Results are slovnet's but for the order of additions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_TOKENS = 6000
"""Words that are computed at once, about: bounds the memory (20 MB)."""
_TOGETHER = 32
"""Sentences whose best tags are looked for at once."""
_ORDINARY = 40
"""Characters of a word whose shape is remembered."""


@dataclass(frozen=True, slots=True)
class Layer:
    """A convolution over three words, rectified and normalised: `columns` is inputs × (before, at, after) outputs."""

    columns: Floats
    bias: Floats
    scale: Floats
    shift: Floats

    @classmethod
    def of(cls, layer: Any) -> Layer:
        """slovnet's CNNEncoderLayer."""
        filters, inputs, _ = layer.conv.weight.shape
        columns = layer.conv.weight.array.transpose(1, 2, 0).reshape(inputs, 3 * filters)
        scale = layer.norm.weight.array / layer.norm.std.array
        shift = layer.norm.bias.array - layer.norm.mean.array * scale
        return cls(np.ascontiguousarray(columns), layer.conv.bias.array, scale, shift)

    def summed(self, product: Floats) -> Floats:
        """The output rows for the product of rows and `columns`."""
        size = len(self.bias)
        out = product[:, size : 2 * size] + self.bias
        out[1:] += product[:-1, :size]
        out[:-1] += product[1:, 2 * size :]
        np.maximum(out, 0, out=out)
        out *= self.scale
        out += self.shift
        return out


class Encoder:
    """What the three networks share: from words to 64 numbers each."""

    def __init__(self, infer: Any) -> None:
        embedding = infer.model.emb
        self._words, self._shapes = infer.encoder.words_vocab, infer.encoder.shapes_vocab
        self._codes, self._indexes = embedding.word.codes.array, embedding.word.indexes.array
        self._parts = np.arange(len(self._codes))
        self._layers = [Layer.of(layer) for layer in infer.model.encoder.layers]
        columns = self._layers[0].columns
        self._word_columns = columns[: embedding.word.dim]
        self._of_shapes = embedding.shape.weight.array @ columns[embedding.word.dim :]

    def __call__(self, sentences: Sequence[Sequence[str]]) -> list[Floats]:
        """Words × 64 for each sentence."""
        words, shapes = [self._words.pad_id], [self._shapes.pad_id]
        places = []
        for sentence in sentences:
            start = len(words)
            words += [self._words.encode(word.lower()) for word in sentence]
            shapes += [self._shapes.encode(_shape(word)) for word in sentence]
            places.append(slice(start, len(words)))
            words.append(self._words.pad_id)
            shapes.append(self._shapes.pad_id)
        blank = np.ones(len(words), bool)
        for place in places:
            blank[place] = False
        distinct, which = np.unique(np.array(words), return_inverse=True)
        vectors = self._codes[self._parts, self._indexes[distinct]].reshape(len(distinct), -1)
        product = (vectors @ self._word_columns)[which]
        product += self._of_shapes[shapes]
        first, *rest = self._layers
        rows = first.summed(product)
        rows[blank] = 0
        for layer in rest:
            rows = layer.summed(rows @ layer.columns)
            rows[blank] = 0
        return [rows[place] for place in places]


def _shape(word: str) -> str:
    return _remembered_shape(word) if len(word) <= _ORDINARY else _new_shape(word)


def _new_shape(word: str) -> str:
    from slovnet.shape import word_shape

    return str(word_shape(word))


_remembered_shape = lru_cache(maxsize=100_000)(_new_shape)


def _chunks(sentences: Sequence[Sequence[str]]) -> list[list[Sequence[str]]]:
    chunks: list[list[Sequence[str]]] = [[]]
    length = 0
    for sentence in sentences:
        if length > _TOKENS:
            chunks.append([])
            length = 0
        chunks[-1].append(sentence)
        length += len(sentence)
    return [chunk for chunk in chunks if chunk]


def _affine(linear: Any, rows: Floats) -> Floats:
    return rows @ linear.weight.array + linear.bias.array  # type: ignore[no-any-return]


class MorphTagger:
    """For each word its part of speech and features: "NOUN|Case=Nom|Number=Sing"."""

    def __init__(self, infer: Any) -> None:
        self._encoder = Encoder(infer)
        self._output = infer.model.head.proj
        self._tags = infer.decoder.tags_vocab.items

    def __call__(self, sentences: Sequence[Sequence[str]]) -> list[list[str]]:
        """The tags of the words of each sentence."""
        found: list[list[str]] = []
        for chunk in _chunks(sentences):
            encoded = self._encoder(chunk)
            best = iter(_affine(self._output, np.concatenate(encoded)).argmax(-1).tolist())
            found += [[self._tags[next(best)] for _ in sentence] for sentence in chunk]
        return found


class NameTagger:
    """For each word a tag: "O", "B-PER", "I-PER" …, the likeliest sequence."""

    def __init__(self, infer: Any) -> None:
        self._encoder = Encoder(infer)
        self._head = infer.model.head
        self._tags = infer.decoder.tags_vocab.items

    def __call__(self, sentences: Sequence[Sequence[str]]) -> list[list[str]]:
        """The tags of the words of each sentence."""
        found: list[list[str]] = []
        for chunk in _chunks(sentences):
            scores = [_affine(self._head.proj, rows) for rows in self._encoder(chunk)]
            tags: list[list[str]] = [[] for _ in chunk]
            order = sorted(range(len(chunk)), key=lambda place: len(chunk[place]))
            for start in range(0, len(order), _TOGETHER):
                together = order[start : start + _TOGETHER]
                for place, best in zip(together, self._best([scores[place] for place in together]), strict=True):
                    tags[place] = [self._tags[tag] for tag in best]
            found += tags
        return found

    def _best(self, scores: list[Floats]) -> list[Any]:
        lengths = np.array([len(one) for one in scores])
        padded = np.zeros((len(scores), lengths.max(), scores[0].shape[1]), np.float32)
        for place, one in enumerate(scores):
            padded[place, : len(one)] = one
        return list(self._head.crf.decode(padded, np.arange(lengths.max()) < lengths[:, None]))


class SyntaxParser:
    """For each word its head (0 is the root, else counted from 1) and its relation to that."""

    def __init__(self, infer: Any) -> None:
        self._encoder = Encoder(infer)
        self._head, self._relation = infer.model.head, infer.model.rel
        self._relations = infer.decoder.rels_vocab.items

    def __call__(self, sentences: Sequence[Sequence[str]]) -> list[tuple[list[int], list[str]]]:
        """(heads, relations) of the words of each sentence."""
        return list(chain.from_iterable(self._parsed(chunk) for chunk in _chunks(sentences)))

    def _parsed(self, sentences: Sequence[Sequence[str]]) -> list[tuple[list[int], list[str]]]:
        encoded = self._encoder(sentences)
        lengths = [len(rows) for rows in encoded]
        head, relation = self._head, self._relation
        rooted = np.concatenate(list(chain.from_iterable((head.root.array[None], rows) for rows in encoded)))
        child = _rectified(head.head, rooted) @ head.kernel.array
        parent = _rectified(head.tail, rooted)
        heads, start = [], 0
        for length in lengths:
            end = start + length + 1
            heads.append((child[start + 1 : end] @ parent[start:end].T).argmax(-1))
            start = end
        above = np.concatenate(
            [np.concatenate((relation.root.array[None], rows))[best] for rows, best in zip(encoded, heads, strict=True)]
        )
        size = len(relation.kernel.array)
        projected = (_rectified(relation.head, above) @ relation.kernel.array).reshape(len(above), -1, size)
        scores = np.matmul(projected, _rectified(relation.tail, np.concatenate(encoded))[:, :, None])[:, :, 0]
        best_relations = iter(scores.argmax(-1).tolist())
        return [
            (best.tolist(), [self._relations[next(best_relations)] for _ in range(length)])
            for best, length in zip(heads, lengths, strict=True)
        ]


def _rectified(layer: Any, rows: Floats) -> Floats:
    return np.maximum(_affine(layer.proj, rows), 0)
