"""Ctrl-C ends a run, whatever the code that it hits makes of it."""

from __future__ import annotations

import signal
from contextlib import suppress

import pytest

from kezek.ctrl_c import ctrl_c


def test_it_ends_the_block_at_once() -> None:
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt), ctrl_c():
        signal.raise_signal(signal.SIGINT)
        pytest.fail("it went on")
    assert signal.getsignal(signal.SIGINT) is before


def test_swallowed_it_ends_the_block_at_the_next_check() -> None:
    with pytest.raises(KeyboardInterrupt), ctrl_c() as check:
        check()
        with suppress(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        check()
        pytest.fail("it went on")


def test_turned_into_another_error_it_is_ctrl_c_all_the_same() -> None:
    with pytest.raises(KeyboardInterrupt), ctrl_c():
        with suppress(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        raise RuntimeError("Query interrupted")


def test_other_errors_stay_what_they_are() -> None:
    with pytest.raises(RuntimeError, match="something else"), ctrl_c():
        raise RuntimeError("something else")
