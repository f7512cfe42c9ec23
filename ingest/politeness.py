"""Politeness: how often, and how often at once, one host is asked. Shared by everything in the process."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class HostGate:
    """The door to one host: a request passes when its turn has come.

    Turns are given out in the order of asking, `delay_s` apart, and no more than `concurrency` requests are inside at
    once, over all threads and event loops of the process.
    """

    def __init__(self, concurrency: int) -> None:
        self._lock = threading.Lock()
        self._next = 0.0
        self._places = concurrency
        self._waiting: deque[tuple[asyncio.AbstractEventLoop, asyncio.Future[None]]] = deque()
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
        await self._enter()
        try:
            with self._lock:
                start = max(time.monotonic(), self._next)
                self._next = start + delay_s
            await asyncio.sleep(max(0.0, start - time.monotonic()))
            yield
        finally:
            self._leave()

    async def _enter(self) -> None:
        loop = asyncio.get_running_loop()
        with self._lock:
            if self._places > 0:
                self._places -= 1
                return
            entry = (loop, loop.create_future())
            self._waiting.append(entry)
        try:
            await entry[1]
        except asyncio.CancelledError:
            with self._lock:
                waits = entry in self._waiting
                if waits:
                    self._waiting.remove(entry)
            if not waits:
                self._leave()  # the place was given to this request already
            raise

    def _leave(self) -> None:
        """Give the place to the request that has waited longest, or back."""
        with self._lock:
            while self._waiting:
                loop, place = self._waiting.popleft()
                try:
                    loop.call_soon_threadsafe(_give, place)
                    return
                except RuntimeError:  # its loop is closed: nobody waits there any more
                    continue
            self._places += 1


def _give(place: asyncio.Future[None]) -> None:
    if not place.done():
        place.set_result(None)


_gates: dict[str, HostGate] = {}
_gates_lock = threading.Lock()


def gate(host: str, concurrency: int) -> HostGate:
    """The process's one gate to `host`; `concurrency` counts where it is the first to ask."""
    with _gates_lock:
        return _gates.setdefault(host.lower().rstrip("."), HostGate(concurrency))
