"""What every parser in `parse.py` does alike: read the pages one by one, and be asked afterwards how much was right."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from race import Stopwatch

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Said:
    """What a parser says that a page says; `day` is an ISO date."""

    title: str
    text: str
    day: str
    author: str


Reader = Callable[[bytes, str, str], Said]
"""From a body, its URL and its Content-Type."""


def parse_all(folder: Path, read: Reader) -> None:
    """Read every article in `folder`, and print the Outcome; its notes are shares of pages, and the mean F1 of the words."""
    rows = [json.loads(line) for line in (folder / "pages.jsonl").read_text(encoding="utf-8").splitlines()]
    rows = [row for row in rows if "url" in row]
    watch = Stopwatch()
    said = [read((folder / row["file"]).read_bytes(), row["url"], row["headers"]["Content-Type"]) for row in rows]
    watch.stop()
    shares = [_score(row, answer) for row, answer in zip(rows, said, strict=True)]
    watch.tell(
        len(rows),
        **{name: sum(share[name] for share in shares) / len(shares) for name in ("title", "day", "author", "text")},
    )


def _score(row: dict[str, Any], said: Said) -> dict[str, float]:
    wanted, found = (Counter(_WORD.findall(text.lower())) for text in (row["text"], said.text))
    return {
        "title": said.title.strip() == row["title"],
        "day": said.day == row["published"][:10],
        "author": said.author.strip() == (row["author"] or ""),
        "text": 2 * (wanted & found).total() / ((wanted + found).total() or 1),
    }
