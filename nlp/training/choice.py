"""Fits weights that choose one of several by named features (conditional logit); deterministic for one machine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from nlp.learnt import Features, Weights

Vector = NDArray[np.float64]
_DIGITS = 3
_STEPS = 500
_STILL = 1e-5
"""The greatest slope at which the weights count as found."""


def fit_choice(
    groups: Sequence[Sequence[Features]],
    right: Sequence[Sequence[float]],
    *,
    strength: float,
    rare: int,
    small: float,
    heeded: Sequence[float] | None = None,
) -> Weights:
    """The weights, without a bias, whose scores make the right one of each group the likeliest.

    `right` has the share of each of a group, which add up to 1. `strength` is the inverse of the penalty (half the weights'
    squares); a feature of fewer than `rare` groups is not learnt, a weight nearer to nought than `small` is left out;
    `heeded` tells how much each group counts, 1 each where it is None.
    """
    often = Counter(
        name for group in groups for name in {name for row in group for name, value in row.items() if value}
    )
    names = {name: i for i, name in enumerate(sorted(name for name, number in often.items() if number >= rare))}
    ends, columns, values, of_group, shares = [0], [], [], [], []
    for number, (group, wanted) in enumerate(zip(groups, right, strict=True)):
        for row, share in zip(group, wanted, strict=True):
            for name, value in row.items():
                if name in names and value:
                    columns.append(names[name])
                    values.append(value)
            ends.append(len(columns))
            of_group.append(number)
            shares.append(share)
    matrix = csr_matrix((np.array(values, np.float64), np.array(columns), np.array(ends)), (len(of_group), len(names)))
    weight = np.ones(len(groups)) if heeded is None else np.array(heeded, np.float64)
    found = _minimum(matrix, np.array(shares, np.float64), np.array(of_group), weight, strength)
    kept = {name: round(float(found[i]), _DIGITS) for name, i in names.items() if abs(found[i]) >= small}
    return Weights(kept, 0.0)


def _minimum(matrix: csr_matrix, share: Vector, group: NDArray[np.int64], weight: Vector, strength: float) -> Vector:
    back = matrix.T.tocsr()
    groups = len(weight)
    heed = weight[group]

    def loss(weights: Vector) -> tuple[float, Vector]:
        score = matrix @ weights
        most = np.full(groups, -np.inf)
        np.maximum.at(most, group, score)
        grown = np.exp(score - most[group])
        total = np.bincount(group, grown, groups)
        log_likely = score - most[group] - np.log(total)[group]
        value = -float((heed * share) @ log_likely) + float(weights @ weights) / (2 * strength)
        return value, weights / strength - back @ (heed * (share - grown / total[group]))

    start = np.zeros(matrix.shape[1])
    found = minimize(
        loss, start, jac=True, method="L-BFGS-B", options={"maxiter": _STEPS, "gtol": _STILL, "ftol": 1e-12}
    )
    return np.asarray(found.x, np.float64)
