"""Ctrl-C that can't get lost.

Hit in the middle of a statement, DuckDB 1.5 sometimes answers RuntimeError("Query interrupted") in place of Python's
KeyboardInterrupt, and sometimes swallows it (both seen by sending SIGINT to a run that plans its night).
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from ingest.errors import WarehouseError


@contextmanager
def ctrl_c() -> Iterator[Callable[[], None]]:
    """A block that ends with KeyboardInterrupt once Ctrl-C was hit, if not at once, then at the next call of what it
    gives; call that between the steps. For the main thread only."""
    hit = False

    def note(number: int, frame: FrameType | None) -> None:
        nonlocal hit
        hit = True
        raise KeyboardInterrupt

    def check() -> None:
        if hit:
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, note)
    try:
        yield check
    except (RuntimeError, WarehouseError):
        check()
        raise
    finally:
        signal.signal(signal.SIGINT, before)
