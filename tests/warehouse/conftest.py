"""A small world to load: two sources, one article, one post, and what a model said about them; on both engines."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.postgres import Server
from warehouse.connection import Address, Warehouse, open_warehouse

TEMPLATE = "kezek_template"
_numbers = count(1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "kezek.duckdb"


@pytest.fixture(scope="session")
def template(postgres: Server) -> str:
    """A database with the schema and no rows, to be copied."""
    open_warehouse(postgres.create(TEMPLATE)).close()
    return TEMPLATE


@pytest.fixture
def database(postgres: Server, template: str) -> Iterator[str]:
    """The address of an empty warehouse on the server."""
    name = f"test_{next(_numbers)}"
    yield postgres.create(name, template)
    postgres.drop(name)


@pytest.fixture(params=["duckdb", "postgres"])
def address(request: pytest.FixtureRequest) -> Address:
    """Where an empty warehouse is: a file, then a database."""
    found: Address = request.getfixturevalue("path" if request.param == "duckdb" else "database")
    return found


@pytest.fixture
def warehouse(address: Address) -> Iterator[Warehouse]:
    with open_warehouse(address) as opened:
        yield opened
