"""Where the tests find the repository and the other people's data beside it."""

from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
SHARED = REPOSITORY.parent / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real pages and annotated documents; tests that want it skip where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("no ../shared beside the repository: the real pages and annotated documents are other people's")
    return SHARED
