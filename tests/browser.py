"""A real browser for the tests: Debian's Chromium, headless, one a session; it tells what a page complained of."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.keys import Keys

WIDE, PHONE = 1280, 390
_ARGUMENTS = (
    "--headless=new",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)


class Browser:
    """The driver, with the few things that the tests ask of it."""

    def __init__(self, driver: webdriver.Chrome) -> None:
        self.driver = driver

    def width(self, pixels: int) -> None:
        """Show pages at this width, as a phone or a desk would."""
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": pixels, "height": 900, "deviceScaleFactor": 1, "mobile": False},
        )

    def get(self, url: str) -> None:
        """Open a page."""
        self.driver.get(url)

    def texts(self, selector: str) -> list[str]:
        """The words of all elements that a CSS selector finds."""
        try:
            return [str(one.text) for one in self.driver.find_elements("css selector", selector)]
        except StaleElementReferenceException:  # the page was being left: these are the next one's
            return [str(one.text) for one in self.driver.find_elements("css selector", selector)]

    def one(self, selector: str) -> Any:
        """The first element that a CSS selector finds."""
        return self.driver.find_element("css selector", selector)

    def press(self, *keys: str) -> None:
        """Keys, one after the other, to whatever has the focus."""
        for key in keys:
            webdriver.ActionChains(self.driver).send_keys(key).perform()

    def tab_to(self, selector: str, at_most: int = 60) -> int:
        """Press Tab until an element that fits has the focus; how often. Fails where the keyboard does not get there."""
        for pressed in range(at_most):
            if self.script(f"return document.activeElement.matches({selector!r})"):
                return pressed
            self.press(Keys.TAB)
        raise AssertionError(f"{at_most} presses of Tab do not lead to {selector}")

    def script(self, source: str) -> Any:
        """What a script gives."""
        return self.driver.execute_script(source)

    def overflow(self) -> int:
        """By how many pixels the page is wider than the window."""
        return int(self.script("return document.documentElement.scrollWidth - window.innerWidth"))

    def complaints(self) -> list[str]:
        """What the console holds since the last call: errors, refused scripts, broken policies."""
        return [str(entry["message"]) for entry in self.driver.get_log("browser")]  # type: ignore[no-untyped-call]


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Chromium, started once. Fails where there is none: `make test` installs it, or says what to install."""
    chromium, chromedriver = (shutil.which(name) for name in ("chromium", "chromedriver"))
    assert chromium and chromedriver, (
        "chromium and chromedriver are not there: apt-get install chromium chromium-driver"
    )
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for argument in _ARGUMENTS:
        options.add_argument(argument)
    if os.geteuid() == 0:
        options.add_argument("--no-sandbox")
    profile: Path = tmp_path_factory.mktemp("chromium")
    options.add_argument(f"--user-data-dir={profile}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(chromedriver))
    try:
        yield Browser(driver)
    finally:
        driver.quit()
