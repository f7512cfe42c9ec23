"""Learnt trees over named features: each asks the same questions on every path, so numpy answers all of them at once.

`nlp.training.trees` learns them. A file's object has `features` (names), `asked` and `above` (trees × depth: the feature's
number, and the value above which the answer is yes) and `leaves` (trees × 2^depth, in log-odds).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.errors import KnowledgeError
from nlp.learnt import read_json

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Trees:
    """The trees of one file: `asked`, `above` trees × depth, `leaves` trees × 2^depth."""

    features: tuple[str, ...]
    asked: NDArray[np.int64]
    above: Matrix
    leaves: Matrix

    def matrix(self, rows: Sequence[Mapping[str, float]]) -> Matrix:
        """Rows × features. Raises KeyError where a row lacks one."""
        return np.array([[row[name] for name in self.features] for row in rows], np.float64)

    def scores(self, matrix: Matrix) -> Matrix:
        """The score of each row."""
        return np.asarray(self._leaves(matrix).sum(axis=1))

    def _leaves(self, matrix: Matrix) -> Matrix:
        yes = matrix[:, self.asked] > self.above
        leaf = yes @ (1 << np.arange(self.asked.shape[1]))
        return np.asarray(self.leaves[np.arange(len(self.leaves)), leaf])


def read_trees(path: Path) -> Trees:
    """The trees in a file. Raises `KnowledgeError`, naming the file, where it holds none."""
    return trees_of(read_json(path), path.name)


def trees_of(content: Any, file: str) -> Trees:
    """The trees in an object of a JSON file. Raises `KnowledgeError`, naming `file`, where it holds none."""
    try:
        trees = Trees(
            tuple(str(name) for name in content["features"]),
            np.array(content["asked"], np.int64),
            np.array(content["above"], np.float64),
            np.array(content["leaves"], np.float64),
        )
        number, depth = trees.asked.shape
        if trees.above.shape != (number, depth) or trees.leaves.shape != (number, 1 << depth):
            raise ValueError("the trees' parts do not fit each other")
        if trees.asked.min() < 0 or trees.asked.max() >= len(trees.features):
            raise ValueError("a tree asks for a feature that is not there")
        return trees
    except (ValueError, KeyError, TypeError) as error:
        raise KnowledgeError(f"{file}: not a file of trees: {error!r}") from error


def json_of(trees: Trees) -> dict[str, Any]:
    """The object that `trees_of` reads back."""
    return {
        "features": list(trees.features),
        "asked": trees.asked.tolist(),
        "above": trees.above.tolist(),
        "leaves": trees.leaves.tolist(),
    }
