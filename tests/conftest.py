"""Where the tests find the repository and the other people's data beside it."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgres import Server, server

REPOSITORY = Path(__file__).resolve().parent.parent
SHARED = REPOSITORY.parent / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real pages and annotated documents; tests that want it skip where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("no ../shared beside the repository: the real pages and annotated documents are other people's")
    return SHARED


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A real PostgreSQL server, started for the first test that wants one."""
    with server() as running:
        yield running


@pytest.fixture(autouse=True)
def _loggers_speak() -> None:
    """Airflow's own logging, once configured in a process, silences every logger made before it."""
    for name in list(logging.root.manager.loggerDict):
        logging.getLogger(name).disabled = False
