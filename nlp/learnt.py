"""Learnt weights: a logistic regression over named features, read from a JSON file and applied by plain Python.

`nlp.training.logistic` learns them. A file's object has `bias` and `weights`, feature name to weight, in log-odds.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.errors import KnowledgeError

MODELS = Path(__file__).parent / "models" / "claims"
"""A folder for each topic that has learnt weights."""
Features = Mapping[str, float]
"""What is seen of one thing, by name; a feature that is absent is 0."""
Reasons = tuple[tuple[str, float], ...]
"""Names of features and what each adds to the log-odds, the weightiest first."""

_MOST = 500.0
"""Log-odds beyond which a probability is 0 or 1."""


@dataclass(frozen=True, slots=True)
class Weights:
    """The weight of each feature, and the log-odds where none is seen."""

    weights: Mapping[str, float]
    bias: float

    def score(self, features: Features) -> float:
        """The log-odds of a thing with `features`."""
        weights = self.weights
        return self.bias + sum(weights[name] * value for name, value in features.items() if name in weights)

    def probability(self, features: Features) -> float:
        """How likely a thing with `features` is, 0 to 1."""
        return probability(self.score(features))

    def reasons(self, features: Features, n: int) -> Reasons:
        """The `n` features that move the score most, up or down; the bias is not among them."""
        moved = [(name, self.weights[name] * value) for name, value in features.items() if name in self.weights]
        return tuple(sorted((one for one in moved if one[1]), key=lambda one: (-abs(one[1]), one[0]))[:n])


def probability(score: float) -> float:
    """The probability, 0 to 1, of log-odds."""
    return 1 / (1 + math.exp(-max(-_MOST, min(_MOST, score))))


def read_json(path: Path) -> Any:
    """What a JSON file holds. Raises `KnowledgeError`, naming the file, where it can't be read."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise KnowledgeError(f"{path.name}: not a file of weights: {error!r}") from error


def read_weights(path: Path) -> Weights:
    """The weights in a file. Raises `KnowledgeError`, naming the file, where it holds none."""
    return weights_of(read_json(path), path.name)


def weights_of(content: Any, file: str) -> Weights:
    """The weights in an object of a JSON file. Raises `KnowledgeError`, naming `file`, where it holds none."""
    try:
        weights = {str(name): float(value) for name, value in content["weights"].items()}
        return Weights(weights, float(content["bias"]))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise KnowledgeError(f"{file}: not a file of weights: {error!r}") from error


def json_of(weights: Weights) -> dict[str, Any]:
    """The object that `weights_of` reads back."""
    return {"bias": weights.bias, "weights": dict(weights.weights)}
