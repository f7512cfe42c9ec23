"""Boosts trees that choose one of several: of each group of rows one is right. Deterministic for one machine."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nlp.trees import Matrix, Trees

Whole = NDArray[np.int64]

_BINS = 24
"""Values of a feature that questions are asked about, at the most."""
_DIGITS = 4


def boost(
    matrix: Matrix,
    right: Matrix,
    group: Whole,
    features: Sequence[str],
    *,
    number: int,
    depth: int,
    rate: float,
    penalty: float,
    seed: int = 0,
    part: float = 0.7,
) -> Trees:
    """`number` trees by gradient steps on the log-likelihood of the right row among those of its group.

    `matrix` is rows × features, `right` the share of each row in its group (they add up to 1), `group` numbers the groups
    from 0. `penalty` is added to each leaf's curvature; each tree sees `part` of the groups and of the features.
    """
    chance = np.random.RandomState(seed)
    edges = [_edges(column) for column in matrix.T]
    binned = np.stack(
        [np.searchsorted(edge, column, side="left") for edge, column in zip(edges, matrix.T, strict=True)], 1
    )
    groups, width = int(group.max()) + 1, matrix.shape[1]
    score = np.zeros(len(matrix))
    asked, above, leaves = [], [], []
    for _ in range(number):
        likely = softmax(score, group, groups)
        slope, curve = right - likely, likely * (1 - likely)
        seen = np.flatnonzero(chance.random_sample(groups)[group] < part)
        columns = np.sort(chance.choice(width, max(1, int(part * width)), replace=False))
        questions = _questions(binned[np.ix_(seen, columns)], slope[seen], curve[seen], columns, edges, depth, penalty)
        leaf = np.zeros(len(matrix), np.int64)
        for level, (column, edge) in enumerate(questions):
            leaf += (binned[:, column] > edge).astype(np.int64) << level
        values = rate * _values(slope[seen], curve[seen], leaf[seen], 1 << depth, penalty)
        score += values[leaf]
        asked.append([column for column, _ in questions])
        above.append([float(edges[column][bin_]) for column, bin_ in questions])
        leaves.append(np.round(values, _DIGITS))
    return Trees(tuple(features), np.array(asked, np.int64), np.array(above, np.float64), np.array(leaves, np.float64))


def softmax(score: Matrix, group: Whole, groups: int) -> Matrix:
    """How likely each row is the right one of its group."""
    most = np.full(groups, -np.inf)
    np.maximum.at(most, group, score)
    grown = np.exp(score - most[group])
    return np.asarray(grown / np.bincount(group, grown, groups)[group])


def _edges(column: Matrix) -> Matrix:
    """Values between the column's, that part it into about equal numbers of rows."""
    values = np.unique(column)
    middle = (values[1:] + values[:-1]) / 2
    if len(middle) <= _BINS:
        return np.asarray(middle)
    return np.unique(np.quantile(column, np.linspace(0, 1, _BINS + 2)[1:-1]))


def _values(slope: Matrix, curve: Matrix, leaf: Whole, number: int, penalty: float) -> Matrix:
    return np.asarray(np.bincount(leaf, slope, number) / (np.bincount(leaf, curve, number) + penalty))


def _questions(
    binned: Whole,
    slope: Matrix,
    curve: Matrix,
    columns: Whole,
    edges: Sequence[Matrix],
    depth: int,
    penalty: float,
) -> list[tuple[int, int]]:
    """The questions of one tree, (feature, edge) each; `binned` has the `columns` only."""
    leaf = np.zeros(len(binned), np.int64)
    bins = _BINS + 2
    questions: list[tuple[int, int]] = []
    place = binned + np.arange(len(columns)) * bins
    slopes_of, curves_of = np.repeat(slope, len(columns)), np.repeat(curve, len(columns))
    last = np.array([len(edges[column]) for column in columns])
    for level in range(depth):
        nodes = 1 << level
        shape = (nodes, len(columns), bins)
        cell = (place + (leaf * (len(columns) * bins))[:, None]).ravel()
        slopes = np.bincount(cell, slopes_of, nodes * len(columns) * bins).reshape(shape).cumsum(2)
        curves = np.bincount(cell, curves_of, nodes * len(columns) * bins).reshape(shape).cumsum(2)
        high_slope, high_curve = slopes[:, :, -1:] - slopes, curves[:, :, -1:] - curves
        gain = (slopes**2 / (curves + penalty) + high_slope**2 / (high_curve + penalty)).sum(0)
        gain[np.arange(bins) >= last[:, None]] = -np.inf
        best, edge = divmod(int(np.argmax(gain)), bins)
        questions.append((int(columns[best]), edge))
        leaf += (binned[:, best] > edge).astype(np.int64) << level
    return questions
