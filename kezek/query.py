"""`kezek query`: one question in SQL, and its answer in the form that was asked for."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq
from rich.console import Console

from ingest.errors import InputError
from kezek.console import out
from kezek.forms import Format
from kezek.tables import print_table, refuse_doubles, write_csv, write_json
from warehouse.query import QueryResult

TABLE_WIDTH = 160
"""Characters in a line of a table that goes to a file."""


def sql_of(argument: str | None, file: Path | None, stdin: Callable[[], str]) -> str:
    """The question: the argument, what stands in `file`, or stdin where the argument is `-`.

    Raises InputError where none or both are given, or the file is no text.
    """
    if (argument is None) == (file is None):
        raise InputError("one question at a time: SQL as an argument, --file, or - for stdin.")
    if file is None:
        return stdin() if argument == "-" else str(argument)
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{file} is not UTF-8: byte {error.start} does not fit.") from None


def show(result: QueryResult, form: Format, target: Path | None, *, safe: bool) -> None:
    """Write the answer to stdout, or to `target`, which is there whole or not at all.

    Raises InputError where the form can't hold the answer or the target can't be written.
    """
    if target is not None:
        with _written(target) as file:
            _write(result, form, file, safe=safe)
    elif form is Format.table:
        print_table(result.columns, result.rows, out)
    elif form is Format.parquet and sys.stdout.isatty():
        raise InputError("Parquet is not for the eye: name a file with --out, or send it on with | or >.")
    elif form is Format.parquet:
        _write_parquet(result.table, sys.stdout.buffer)
    elif form is Format.csv:
        write_csv(result.columns, result.rows, sys.stdout, safe=safe)
    else:
        write_json(result.columns, result.rows, sys.stdout)


def _write(result: QueryResult, form: Format, file: BinaryIO, *, safe: bool) -> None:
    if form is Format.parquet:
        _write_parquet(result.table, file)
        return
    text = TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    if form is Format.csv:
        write_csv(result.columns, result.rows, text, safe=safe)
    elif form is Format.json:
        write_json(result.columns, result.rows, text)
    else:
        print_table(result.columns, result.rows, Console(file=text, width=TABLE_WIDTH, highlight=False))
    text.detach()


def _write_parquet(table: pa.Table, file: BinaryIO) -> None:
    refuse_doubles(table.schema.names, "Parquet")
    buffer = pa.BufferOutputStream()
    try:
        pq.write_table(table, buffer, compression="zstd")
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid) as error:
        raise InputError(f"Parquet has no such type ({error}): cast the column to text.") from error
    file.write(buffer.getvalue())


@contextmanager
def _written(target: Path) -> Iterator[BinaryIO]:
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            yield file
        part.replace(target)
    except OSError as error:
        raise InputError(f"{target} can't be written: {error.strerror or error}.") from error
    finally:
        part.unlink(missing_ok=True)
