"""Politeness: how often, and how often at once, one host is asked. Shared by everything in the process."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakKeyDictionary


class HostGate:
    """The door to one host: a request passes when its turn has come.

    Turns are given out in the order of asking, `delay_s` apart, over all threads and event loops of the process; in
    one event loop no more than `concurrency` requests are inside at once.
    """

    def __init__(self, concurrency: int) -> None:
        self._lock = threading.Lock()
        self._next = 0.0
        self._concurrency = concurrency
        self._inside: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()
        self.closed_until = 0.0
        """Monotonic time until which the host has asked not to be visited at all."""

    def closed_for_s(self) -> float:
        """The seconds for which the host is still closed, 0 if it is open."""
        return max(0.0, self.closed_until - time.monotonic())

    def close_for(self, seconds: float) -> None:
        """The host has asked not to be visited for so long."""
        with self._lock:
            self.closed_until = max(self.closed_until, time.monotonic() + seconds)

    def hold_for(self, seconds: float) -> None:
        """Nobody's turn comes sooner than this."""
        with self._lock:
            self._next = max(self._next, time.monotonic() + seconds)

    @asynccontextmanager
    async def turn(self, delay_s: float) -> AsyncIterator[None]:
        """Wait for a turn, and hold it."""
        async with self._semaphore():
            with self._lock:
                start = max(time.monotonic(), self._next)
                self._next = start + delay_s
            await asyncio.sleep(max(0.0, start - time.monotonic()))
            yield

    def _semaphore(self) -> asyncio.Semaphore:
        with self._lock:
            return self._inside.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(self._concurrency))


_gates: dict[str, HostGate] = {}
_gates_lock = threading.Lock()


def gate(host: str, concurrency: int) -> HostGate:
    """The process's one gate to `host`; `concurrency` counts where it is the first to ask."""
    with _gates_lock:
        return _gates.setdefault(host.lower(), HostGate(concurrency))
