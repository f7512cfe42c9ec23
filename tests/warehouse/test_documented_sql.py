"""Every question in SQL that the documents show is one that both engines answer."""

import re
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.kezek.small_warehouse import fill
from warehouse.connection import Warehouse

PAGES = (REPOSITORY / "README.md", REPOSITORY / "docs" / "analyst.md")
_BLOCK = re.compile(r"```sql\n(.+?)```", re.DOTALL)
_QUERY = re.compile(r'kezek query "([^"]+)"')


def questions(page: Path) -> list[str]:
    """The SQL of a page: its blocks, and what it gives to `kezek query`."""
    text = page.read_text(encoding="utf-8")
    return _BLOCK.findall(text) + _QUERY.findall(text)


def test_the_pages_hold_questions() -> None:
    assert [len(questions(page)) > least for page, least in zip(PAGES, (1, 5), strict=True)] == [True, True]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.name))
def test_every_documented_question_is_answered(page: Path, warehouse: Warehouse) -> None:
    fill(warehouse)
    for sql in questions(page):
        warehouse.rows(sql)


def test_the_documented_views_are_all_there_are(warehouse: Warehouse) -> None:
    text = PAGES[1].read_text(encoding="utf-8")
    listed = set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE))
    views = {row["name"] for row in warehouse.relations() if row["kind"] == "view"}
    assert listed <= views
    assert views - listed <= {"current_revisions", "stories"}
