"""A small world to load: two sources, one article, one post, and what a model said about them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from warehouse.connection import Warehouse, open_warehouse


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "kezek.duckdb"


@pytest.fixture
def warehouse(path: Path) -> Iterator[Warehouse]:
    with open_warehouse(path) as opened:
        yield opened
