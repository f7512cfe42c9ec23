"""Fits a penalised logistic regression over named features; deterministic for one machine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from nlp.learnt import Features, Weights

Vector = NDArray[np.float64]

BIAS = 3.0
"""The value of the feature that every row has: a great one, so that the bias is hardly penalised."""
_DIGITS = 3
_STEPS = 500
_STILL = 1e-5
"""The greatest slope at which the weights count as found."""


def fit(
    rows: Sequence[Features],
    right: Sequence[bool],
    *,
    strength: float,
    rare: int,
    small: float,
    heeded: Sequence[float] | None = None,
) -> Weights:
    """The weights that tell the rows that are `right` from the others.

    `strength` is the inverse of the penalty (half the weights' squares); a feature of fewer than `rare` rows is not
    learnt, a weight nearer to nought than `small` is left out; `heeded` tells how much each row counts, 1 each where
    it is None.
    """
    often = Counter(name for features in rows for name, value in features.items() if value)
    names = {name: i for i, name in enumerate(sorted(name for name, number in often.items() if number >= rare))}
    found = _minimum(
        _matrix(rows, names),
        np.array(right, np.float64),
        np.ones(len(rows)) if heeded is None else np.array(heeded, np.float64),
        strength,
    )
    kept = {name: round(float(found[i]), _DIGITS) for name, i in names.items() if abs(found[i]) >= small}
    return Weights(kept, round(float(BIAS * found[-1]), _DIGITS))


def _matrix(rows: Sequence[Features], names: dict[str, int]) -> csr_matrix:
    """Rows × features, the last of them the bias."""
    ends, columns, values = [0], [], []
    for features in rows:
        for name, value in features.items():
            if name in names:
                columns.append(names[name])
                values.append(value)
        columns.append(len(names))
        values.append(BIAS)
        ends.append(len(columns))
    return csr_matrix((np.array(values), np.array(columns), np.array(ends)), (len(rows), len(names) + 1))


def _minimum(matrix: csr_matrix, right: Vector, heeded: Vector, strength: float) -> Vector:
    sign = 2 * right - 1
    back = matrix.T.tocsr()

    def loss(weights: Vector) -> tuple[float, Vector]:
        margin = sign * (matrix @ weights)
        missed = 1 / (1 + np.exp(np.clip(margin, -500, 500)))
        value = float(heeded @ np.logaddexp(0, -margin)) + float(weights @ weights) / (2 * strength)
        return value, weights / strength - back @ (heeded * sign * missed)

    start = np.zeros(matrix.shape[1])
    found = minimize(
        loss, start, jac=True, method="L-BFGS-B", options={"maxiter": _STEPS, "gtol": _STILL, "ftol": 1e-12}
    )
    return np.asarray(found.x, np.float64)
