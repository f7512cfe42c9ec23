"""Fits a penalised logistic regression over named features; deterministic for one machine."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix, hstack

from nlp.learnt import Features, Weights

Vector = NDArray[np.float64]

BIAS = 3.0
"""The value of the feature that every row has: a great one, so that the bias is hardly penalised."""
_DIGITS = 3
_STEPS = 500
_CLOSE = 1e-8
"""The least share of the loss that a step must gain."""
_STILL = 1e-5
"""The greatest slope at which the weights count as found."""


def fit(
    rows: Iterable[Features],
    right: Sequence[bool],
    *,
    strength: float,
    rare: int,
    small: float,
    heeded: Sequence[float] | None = None,
) -> Weights:
    """The weights that tell the rows that are `right` from the others; `rows` are gone through once.

    `strength` is the inverse of the penalty (half the weights' squares); a feature of fewer than `rare` rows is not
    learnt, a weight nearer to nought than `small` is left out; `heeded` tells how much each row counts, 1 each where
    it is None.
    """
    matrix, names = _matrix(rows, rare)
    found = _minimum(
        matrix,
        np.array(right, np.float64),
        np.ones(len(right)) if heeded is None else np.array(heeded, np.float64),
        strength,
    )
    kept = {name: round(float(found[i]), _DIGITS) for i, name in enumerate(names) if abs(found[i]) >= small}
    return Weights(kept, round(float(BIAS * found[-1]), _DIGITS))


def _matrix(rows: Iterable[Features], rare: int) -> tuple[csr_matrix, list[str]]:
    """Rows × features, the last of them the bias; and the names of the others."""
    numbers: dict[str, int] = {}
    ends, columns, values = array("q", [0]), array("q"), array("d")
    for features in rows:
        for name, value in features.items():
            if value:
                columns.append(numbers.setdefault(name, len(numbers)))
                values.append(value)
        ends.append(len(columns))
    size = len(ends) - 1
    every = csr_matrix((np.array(values), np.array(columns), np.array(ends)), (size, len(numbers)))
    often = np.bincount(np.array(columns, np.int64), minlength=len(numbers))
    names = sorted(name for name, i in numbers.items() if often[i] >= rare)
    kept = every[:, [numbers[name] for name in names]]
    return hstack([kept, csr_matrix(np.full((size, 1), BIAS))], format="csr"), names


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
        loss, start, jac=True, method="L-BFGS-B", options={"maxiter": _STEPS, "gtol": _STILL, "ftol": _CLOSE}
    )
    return np.asarray(found.x, np.float64)
