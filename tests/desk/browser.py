"""Chromium of the distribution, as somebody at the desk has it before her."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.expected_conditions import staleness_of
from selenium.webdriver.support.ui import Select, WebDriverWait

CHROMIUM: Final = shutil.which("chromium")
DRIVER: Final = shutil.which("chromedriver")
MISSING: Final = None if CHROMIUM and DRIVER else "there is no Chromium with its driver here: apt-get install chromium-driver"
"""Why no browser can be opened on this machine."""
WAIT_S: Final = 30


class Browser:
    """A window. What is asked for is found as people find it: by the text of a link or a button, by the label of a field."""

    def __init__(self, chrome: Chrome) -> None:
        self.chrome = chrome

    def open(self, address: str) -> None:
        """Go to a page."""
        self.chrome.get(address)

    @property
    def text(self) -> str:
        """What can be read."""
        return self.chrome.find_element(By.TAG_NAME, "body").text

    @property
    def heading(self) -> str:
        """The first heading."""
        return self.chrome.find_element(By.TAG_NAME, "h1").text

    def press(self, name: str, within: WebElement | None = None, nth: int = 0) -> None:
        """Press a button or follow a link of this text, and wait for the page that comes."""
        page = self.chrome.find_element(By.TAG_NAME, "html")
        place = within or self.chrome
        said = _literal(name)
        found = place.find_elements(By.XPATH, f".//button[normalize-space()={said}] | .//a[normalize-space()={said}]")
        visible = [each for each in found if each.is_displayed()]
        assert visible, f"there is no {name!r} on {self.chrome.current_url}: {self.text[:2000]}"
        self.chrome.execute_script("arguments[0].scrollIntoView({block: 'center'})", visible[nth])
        visible[nth].click()
        WebDriverWait(self.chrome, WAIT_S).until(staleness_of(page))
        WebDriverWait(self.chrome, WAIT_S).until(lambda chrome: chrome.execute_script("return document.readyState") == "complete")

    def press_here(self, name: str) -> None:
        """Follow a link that leaves the page where it is."""
        self.chrome.find_element(By.LINK_TEXT, name).click()

    def press_summary(self, name: str) -> None:
        """Open or close what a summary of this text hides."""
        self.chrome.find_element(By.XPATH, f"//summary[normalize-space()={_literal(name)}]").click()

    def named(self, name: str) -> WebElement:
        """What has a name that only screen readers say."""
        return self.chrome.find_element(By.XPATH, f"//*[@aria-label={_literal(name)}]")

    def write(self, name: str, text: str) -> None:
        """Write into a field that has a name only screen readers say."""
        field = self.named(name)
        field.clear()
        field.send_keys(text)

    def all(self, selector: str) -> list[WebElement]:
        """All of a CSS selector."""
        return self.chrome.find_elements(By.CSS_SELECTOR, selector)

    def downloaded(self, folder: Path, name: str) -> Path:
        """A file that the browser has put into its folder."""
        WebDriverWait(self.chrome, WAIT_S).until(lambda _: (folder / name).exists())
        return folder / name

    def field(self, label: str, within: WebElement | None = None, nth: int = 0) -> WebElement:
        """The field of a label."""
        place = within or self.chrome
        at = f".//label[normalize-space(text())={_literal(label)}]"
        labels = [each for each in place.find_elements(By.XPATH, at) if each.is_displayed()]
        assert labels, f"there is no field {label!r} on {self.chrome.current_url}: {self.text[:2000]}"
        return labels[nth].find_element(By.XPATH, ".//input | .//select | .//textarea")

    def type(self, label: str, text: str, within: WebElement | None = None, nth: int = 0) -> None:
        """Write into a field, in the place of what it had."""
        field = self.field(label, within, nth)
        field.clear()
        field.send_keys(text)

    def choose(self, label: str, option: str, within: WebElement | None = None) -> None:
        """Choose of a menu by what is read there."""
        Select(self.field(label, within)).select_by_visible_text(option)

    def part(self, heading: str) -> WebElement:
        """The section below a heading."""
        at = f"//section[.//*[self::h2 or self::h3 or self::summary][normalize-space()={_literal(heading)}]]"
        found = self.chrome.find_elements(By.XPATH, at)
        assert found, f"there is no part {heading!r} on {self.chrome.current_url}: {self.text[:2000]}"
        return found[-1]

    def until(self, told: str) -> None:
        """Wait until a text can be read."""
        WebDriverWait(self.chrome, WAIT_S).until(lambda _: told in self.text)

    def complaints(self) -> list[str]:
        """What the browser complains of since it was last asked: scripts that fail, and what the policy forbids."""
        told = [str(line["message"]) for line in self.chrome.get_log("browser") if line["level"] == "SEVERE"]  # type: ignore[no-untyped-call]
        return [message for message in told if "the server responded with a status of" not in message]


@contextmanager
def browser(folder: Path, language: str = "en-GB", size: tuple[int, int] = (1280, 900), dark: bool = False) -> Iterator[Browser]:
    """A window of its own, without what others have in it; downloads go into the folder."""
    options = ChromeOptions()
    options.binary_location = str(CHROMIUM)
    words = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", f"--window-size={size[0]},{size[1]}"]
    for word in [*words, f"--user-data-dir={folder / 'profile'}", f"--accept-lang={language}", f"--lang={language}"]:
        options.add_argument(word)
    kept: dict[str, Any] = {"download.default_directory": str(folder), "intl.accept_languages": language}
    options.add_experimental_option("prefs", kept)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    chrome = Chrome(options, Service(str(DRIVER)))
    scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
    chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": scheme})
    try:
        yield Browser(chrome)
    finally:
        chrome.quit()


def _literal(text: str) -> str:
    """A text in XPath, which has no escapes."""
    assert '"' not in text
    return f'"{text}"'
