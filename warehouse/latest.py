"""The analysts' warehouse as it stands now, kept open for many short questions, each with a time limit.

A file is opened again when it was replaced: opening costs 40 ms and the first look at cold blocks ten times as much, a
look at its inode nothing. What is open holds no lock that a publishing night would wait for.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import duckdb
import psycopg

from ingest.errors import WarehouseError
from warehouse.connection import Address, Warehouse, open_warehouse
from warehouse.duckdb_file import DuckDBFile
from warehouse.postgres import Postgres

T = TypeVar("T")


class Latest:
    """One read-only warehouse at `address`, asked by one question at a time, from any thread.

    A question that is not answered after `timeout_seconds`, its wait for its turn included, ends in a WarehouseError.
    """

    def __init__(self, address: Address, *, timeout_seconds: float = 10.0) -> None:
        self._address = address
        self._timeout_s = timeout_seconds
        self._asker = ThreadPoolExecutor(1, thread_name_prefix="kezek-latest")
        self._open: Warehouse | None = None
        self.version: object = None
        """Equal for two questions that were asked of the same file, or of a server within a minute."""

    def ask(self, question: Callable[[Warehouse], T]) -> T:
        """What `question` gives, asked of one moment of the newest file. Raises what it raises, and WarehouseError where
        the warehouse can't be opened or time is up."""
        answer = self._asker.submit(self._answer, question)
        try:
            return answer.result(self._timeout_s)
        except TimeoutError:
            self._stop(answer)
            raise WarehouseError(f"The question took longer than {self._timeout_s:g} seconds.") from None

    def close(self) -> None:
        """Stop what runs, let go of the file."""
        self._asker.shutdown(wait=False, cancel_futures=True)
        if self._open is not None:
            _interrupt(self._open)
            self._asker.shutdown(wait=True)
            self._drop()

    def _answer(self, question: Callable[[Warehouse], T]) -> T:
        version = _version(self._address)
        if self._open is None or version != self.version:
            # Closed first: DuckDB gives a path that is open in this process its old file once more.
            self._drop()
            self._open = open_warehouse(self._address, read_only=True, patience_seconds=2.0)
            self.version = version
        try:
            with self._open.snapshot():
                return question(self._open)
        except WarehouseError:
            self._drop()  # a lost connection does not come back
            raise

    def _drop(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None

    def _stop(self, answer: Future[T]) -> None:
        while not answer.cancel() and not answer.done():
            if (running := self._open) is not None:
                _interrupt(running)
            wait([answer], timeout=0.05)


def _version(address: Address) -> object:
    if not isinstance(address, Path):
        return int(time.monotonic() // 60)
    try:
        found = address.stat()
    except OSError:
        return None  # opening it says what is wrong
    return found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size


def _interrupt(warehouse: Warehouse) -> None:
    with suppress(duckdb.ConnectionException, psycopg.Error):  # the question ended, and its thread closed the door
        if isinstance(warehouse, DuckDBFile):
            warehouse.connection.interrupt()
        elif isinstance(warehouse, Postgres):
            warehouse.connection.cancel()
