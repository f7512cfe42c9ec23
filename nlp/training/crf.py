"""The loss of a conditional random field over tags: how far it is from the right sequence, and which way to go."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nlp.languages.kk.network import Floats, Tags


@dataclass(frozen=True, slots=True)
class Gradient:
    """The loss of a batch (sum over its sentences of −log p of the right tags), and its gradient by each input."""

    loss: float
    scores: Floats
    between: Floats
    first: Floats
    last: Floats


def gradient(
    scores: Floats,
    lengths: NDArray[np.int64],
    right: NDArray[np.int64],
    tags: Tags,
    between: Floats,
    first: Floats,
    last: Floats,
) -> Gradient:
    """Forward and backward in probabilities, scaled at each word.

    `scores` is sentences × words × tags, `right` sentences × words; what lies behind a sentence's length is ignored.
    """
    sentences, words, size = scores.shape
    step = np.exp(between) * tags.follows()
    begin, end = np.exp(first) * tags.starts(), np.exp(last)
    peak = scores.max(-1, keepdims=True)
    each = np.exp(scores - peak)
    inside = np.arange(words)[None] < lengths[:, None]
    before, after = np.zeros_like(each), np.zeros_like(each)
    row = begin * each[:, 0]
    total = row.sum(-1, keepdims=True)
    before[:, 0] = row / total
    log_all = np.log(total[:, 0]) + peak[:, 0, 0]
    for word in range(1, words):
        row = (before[:, word - 1] @ step) * each[:, word]
        total = row.sum(-1, keepdims=True)
        here = inside[:, word]
        before[:, word] = np.where(here[:, None], row / total, before[:, word - 1])
        log_all += np.where(here, np.log(total[:, 0]) + peak[:, word, 0], 0)
    log_all += np.log((before[:, -1] * end).sum(-1))
    after[:, -1] = end / end.sum()
    for word in range(words - 2, -1, -1):
        row = (after[:, word + 1] * each[:, word + 1]) @ step.T
        row /= row.sum(-1, keepdims=True)
        after[:, word] = np.where(inside[:, word + 1, None], row, after[:, word + 1])
    likely = before * after
    likely *= inside[..., None] / likely.sum(-1, keepdims=True)
    come, go = before[:, :-1], each[:, 1:] * after[:, 1:]
    go = go * inside[:, 1:, None] / ((come @ step) * go).sum(-1, keepdims=True)
    pairs = step * (come.reshape(-1, size).T @ go.reshape(-1, size))

    rows, ends, follow = np.arange(sentences), lengths - 1, inside[:, 1:]
    truth = np.zeros_like(scores)
    truth[rows[:, None], np.arange(words)[None], right] = 1
    truth *= inside[..., None]
    right_pairs = np.zeros_like(between)
    np.add.at(right_pairs, (right[:, :-1][follow], right[:, 1:][follow]), 1)
    log_right = (
        (scores * truth).sum((1, 2))
        + first[right[:, 0]]
        + last[right[rows, ends]]
        + (between[right[:, :-1], right[:, 1:]] * follow).sum(1)
    )
    return Gradient(
        float((log_all - log_right).sum()),
        (likely - truth).astype(np.float32),
        (pairs - right_pairs).astype(np.float32),
        (likely[:, 0] - truth[:, 0]).sum(0).astype(np.float32),
        (likely[rows, ends] - truth[rows, ends]).sum(0).astype(np.float32),
    )
