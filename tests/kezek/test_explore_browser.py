"""The explorer in a real browser: by keyboard, on a phone, without a complaint in the console, against hostile words."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from selenium.webdriver.common.keys import Keys

from kezek.explore.app import explorer
from kezek.explore.pages import PAGES
from tests.browser import PHONE, WIDE, Browser, browser
from tests.kezek.explored import hostile_warehouse, published_stories
from tests.warehouse.stories import EDITED
from warehouse.latest import Latest

__all__ = ["browser"]


@contextmanager
def served(path: Path) -> Iterator[str]:
    """The address at which the warehouse is shown inside the block."""
    latest = Latest(path)
    server = uvicorn.Server(
        uvicorn.Config(explorer(latest), host="127.0.0.1", port=0, log_config=None, lifespan="off", ws="none")
    )
    socket = server.config.bind_socket()
    serving = threading.Thread(target=server.run, args=([socket],))
    serving.start()
    try:
        deadline = time.monotonic() + 30
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{socket.getsockname()[1]}"
    finally:
        server.should_exit = True
        serving.join(10)
        latest.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(published_stories(tmp_path_factory.mktemp("stories"))) as address:
        yield address


def test_a_reader_filters_searches_and_opens_a_claim(browser: Browser, site: str) -> None:
    browser.width(WIDE)
    browser.get(site)
    assert browser.texts("#results") == ["6 claims in 6 documents of 2 sources, latest first"]
    browser.tab_to("#lang")
    browser.press("K")
    browser.tab_to(".filters button")
    browser.press(Keys.ENTER)
    assert browser.texts(".claim .what a") == ["Capacity"]
    assert browser.texts(".chips a") == ["Language: Kazakh ×"]
    browser.one(".chips a").click()
    browser.one("#q").send_keys("очередями «виноваты проверки»", Keys.ENTER)
    assert len(browser.texts(".claim")) == 4
    browser.one(".claim:last-of-type .what a").click()
    assert browser.texts("h1") == ["Tightened checks asserts, blames Russia"]
    evidence = browser.one(".words mark.evidence")
    assert evidence.value_of_css_property("background-color") not in ("rgba(0, 0, 0, 0)", "transparent")
    assert "".join(browser.texts(".words mark.cause")) == "виноваты проверки России"
    assert browser.complaints() == []


def test_the_keyboard_leads_from_the_start_page_to_a_claim(browser: Browser, site: str) -> None:
    browser.width(WIDE)
    browser.get(f"{site}/?names=ru")
    browser.press(Keys.TAB)
    assert browser.script("return document.activeElement.className") == "skip"
    assert browser.script("return document.activeElement.getBoundingClientRect().top") >= 0
    browser.press(Keys.ENTER, "/")
    assert browser.script("return document.activeElement.id") == "q"
    browser.press(*"жүктің", Keys.ENTER)
    browser.tab_to(".claim .what a")
    assert browser.script("return getComputedStyle(document.activeElement).outlineStyle") == "solid"
    browser.press(Keys.ENTER)
    assert browser.texts(".words mark.hit") == ["жүк"]
    assert browser.complaints() == []


def test_every_page_fits_a_phone(browser: Browser, site: str) -> None:
    browser.width(PHONE)
    browser.get(f"{site}/?state=all")
    claims = [one.get_attribute("href") for one in browser.driver.find_elements("css selector", ".claim .what a")]
    pages = [site + path for path in PAGES if "{" not in path]
    pages += [
        f"{site}/crossings/syrym",
        f"{site}/documents/{EDITED.document_id}?revision=2&against=1",
        f"{site}/?lang=kk&side=RU",
    ]
    for page in [*pages, *claims[:2]]:
        browser.get(page)
        assert browser.overflow() <= 0, page
    browser.get(site)
    assert not browser.one("#lang").is_displayed()
    browser.one(".filters summary").click()
    assert browser.one("#lang").is_displayed()
    assert browser.overflow() <= 0
    assert browser.complaints() == []


def test_without_a_script_nothing_is_missing(browser: Browser, site: str) -> None:
    browser.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.width(WIDE)
        browser.get(f"{site}/?q=queue")
        browser.one(".claim .what a").click()
        assert browser.texts("h1") == ["No delay asserts, blames nobody"]
    finally:
        browser.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_hostile_words_do_nothing(browser: Browser, tmp_path: Path) -> None:
    with served(hostile_warehouse(tmp_path)) as site:
        browser.width(PHONE)
        browser.get(site)
        claim = browser.one(".claim .what a").get_attribute("href")
        browser.get(claim)
        documents = browser.one(".aside a[href*=documents]").get_attribute("href")
        for page in (f"{site}/", claim, documents, *(site + path for path in PAGES if "{" not in path)):
            browser.get(page)
            assert browser.overflow() <= 0, page
            assert browser.script("return document.querySelectorAll('img, script:not([src])').length") == 0
        # a dialog would have made each of these calls fail
        assert browser.complaints() == []
