"""The forms in which rows leave the warehouse."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from ingest.errors import InputError


class Format(StrEnum):
    """What `kezek query` prints or writes."""

    table = "table"
    csv = "csv"
    json = "json"
    parquet = "parquet"


class ExportFormat(StrEnum):
    """What the files of `kezek export` are."""

    parquet = "parquet"
    csv = "csv"


_SUFFIXES = {
    ".csv": Format.csv,
    ".json": Format.json,
    ".jsonl": Format.json,
    ".ndjson": Format.json,
    ".parquet": Format.parquet,
    ".txt": Format.table,
}


def form_of(asked: Format | None, target: Path | None) -> Format:
    """The form asked for, else the one that the file's name ends in, else a table. Raises InputError for no known end."""
    if asked is not None or target is None:
        return asked or Format.table
    if target.suffix.lower() not in _SUFFIXES:
        raise InputError(f"{target} does not end in {', '.join(_SUFFIXES)}: say which --format it gets.")
    return _SUFFIXES[target.suffix.lower()]
