"""The report in a real browser: it asks the network for nothing, fits a phone, and its marks lead where they say."""

from pathlib import Path

import pytest

from kezek.report.page import write_report
from tests.browser import PHONE, WIDE, Browser, browser
from tests.kezek.small_warehouse import fill
from warehouse.connection import open_warehouse

__all__ = ["browser"]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("report")
    with open_warehouse(folder / "kezek.duckdb") as warehouse:
        fill(warehouse)
    return write_report(folder / "kezek.duckdb", Path(folder / "report.html")).as_uri()


def test_opening_it_asks_the_network_for_nothing(browser: Browser, report: str) -> None:
    browser.get(report)
    assert browser.script("return performance.getEntriesByType('resource').map(one => one.name)") == []
    assert browser.complaints() == []


@pytest.mark.parametrize("width", [PHONE, WIDE])
def test_it_fits_the_window(browser: Browser, report: str, width: int) -> None:
    browser.width(width)
    browser.get(report)
    assert browser.overflow() <= 0


def test_a_mark_leads_to_its_words_by_keyboard(browser: Browser, report: str) -> None:
    browser.width(WIDE)
    browser.get(report)
    browser.tab_to("svg a[href='#b1']")
    browser.press("\ue007")
    assert browser.script("return location.hash") == "#b1"
    place = browser.script(
        "const at = document.querySelector(':target').getBoundingClientRect(); return [at.top, innerHeight]"
    )
    assert 0 <= place[0] < place[1]
    assert "blames Russia" in browser.script("return document.querySelector(':target').textContent")


def test_a_chart_can_be_passed(browser: Browser, report: str) -> None:
    browser.get(report)
    browser.tab_to(".skip a[href='#blame-table']")
    browser.press("\ue007")
    assert browser.script("return location.hash") == "#blame-table"
