"""The annotated documents, and which of them may be read while rules are written."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from nlp.training import halves

FOLDER = Path(__file__).parent
TRAINING = FOLDER.parents[1] / "nlp" / "training" / "claims"


def rows(paths: Iterable[Path]) -> list[dict[str, Any]]:
    """The documents of JSON lines files, in the order of the files' names."""
    return [
        json.loads(line)
        for path in sorted(paths)
        for line in path.read_text(encoding="utf-8").split("\n")
        if line.strip()
    ]


def held_back(row: dict[str, Any]) -> bool:
    """Whether a document is of the part of which only total scores are looked at."""
    return halves.held_back(row["id"])
