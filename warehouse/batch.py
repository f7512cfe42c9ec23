"""One batch is one transaction, and is tried again where the connection was lost or another writer was in the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

import stamina

from ingest.errors import TransientError
from warehouse.engine import Warehouse

P = ParamSpec("P")
T = TypeVar("T")
TRIES = 6


def one_batch(load: Callable[Concatenate[Warehouse, P], T]) -> Callable[Concatenate[Warehouse, P], T]:
    """`load` as a whole again after a TransientError, on a fresh connection, with growing waits, at most TRIES times.

    For functions that are all one transaction and idempotent: when the commit itself was lost, the second try finds the
    rows there and changes nothing.
    """

    @wraps(load)
    def tried(warehouse: Warehouse, /, *args: P.args, **kwargs: P.kwargs) -> T:
        # What can be read once only must be there for the second try too.
        kept = [list(one) if isinstance(one, Iterator) else one for one in args]
        named = {name: list(one) if isinstance(one, Iterator) else one for name, one in kwargs.items()}
        for attempt in stamina.retry_context(
            on=TransientError, attempts=TRIES, timeout=None, wait_initial=0.05, wait_max=5.0, wait_jitter=0.5
        ):
            with attempt:
                if attempt.num > 1:
                    warehouse.reconnect()
                return load(warehouse, *kept, **named)  # type: ignore[arg-type]
        raise AssertionError("stamina raises the last error itself")

    return tried
