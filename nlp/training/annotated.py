"""Annotated documents as they are learnt from: one JSON object a line, in the file format of docs/claims.md."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ingest.errors import InputError


def annotated(file: Path, fields: Sequence[str]) -> Iterator[dict[str, Any]]:
    """The documents of a file. Raises InputError where it can't be read, or one lacks one of `fields`."""
    try:
        for line in file.read_text(encoding="utf-8").split("\n"):
            if line.strip():
                row: dict[str, Any] = json.loads(line)
                yield {name: row[name] for name in fields} | row
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{file}: no annotated documents: {error!r}") from error
