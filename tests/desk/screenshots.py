"""Pictures of the desk for its page in docs/: the demo project's, as a browser shows it. `make screenshots` takes them."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from browser import MISSING, Browser, browser
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

PICTURES = Path(__file__).parent.parent.parent / "docs" / "pictures"
WIDE, PHONE = (1200, 900), (430, 860)


class Picture(NamedTuple):
    """A page and how it is looked at; a page of an order names what it is found by."""

    name: str
    page: str
    size: tuple[int, int] = WIDE
    language: str = "en-GB"
    dark: bool = False


TAKEN = (
    Picture("orders", "orders?order=Open&order=Confirmed&payment=Paid"),
    Picture("order", "orders?return=Returned >"),
    Picture("board", "board"),
    Picture("product", "products >"),
    Picture("phone", "orders?shipment=Delayed&shipment=Backorder", PHONE, "de-DE", dark=True),
)
"""The pictures. Behind `>` it is the page of the first that the list has."""


@contextmanager
def demo(folder: Path) -> Iterator[str]:
    """`orderwright run` with data of its own; the link that it prints opens the desk."""
    environment = {**os.environ, "ORDERWRIGHT_DATA_DIR": str(folder), "ORDERWRIGHT_LOG_LEVEL": "error"}
    words = [sys.executable, "-m", "orderwright.cli", "run", "--port", "0"]
    with subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            link = next(found[0] for line in process.stdout if (found := re.search(r"http\S+/desk/\S+/enter/\S+", line)))
            yield link
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def take(window: Browser, picture: Picture, desk: str) -> None:
    """Open the page and keep what is seen of it."""
    page, first, _ = picture.page.partition(" >")
    window.open(f"{desk}/{page}")
    if first:
        window.chrome.find_element(By.CSS_SELECTOR, "tbody th a").click()
        WebDriverWait(window.chrome, 30).until(lambda chrome: page.partition("?")[0] + "/" in chrome.current_url)
    window.chrome.save_screenshot(str(PICTURES / f"{picture.name}.png"))


def main() -> int:
    """Take all of them."""
    if MISSING is not None:
        sys.stderr.write(f"{MISSING}\n")
        return 1
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="ow-") as folder:
        Path(folder).chmod(0o755)  # as root the database runs as another user
        with demo(Path(folder) / "data") as link:
            kept: list[dict[str, object]] = []
            for number, picture in enumerate(TAKEN):
                profile = Path(folder) / f"window-{number}"
                profile.mkdir()
                with browser(profile, picture.language, picture.size, picture.dark) as window:
                    window.open(link if not kept else link.partition("/desk/")[0] + "/desk")
                    if not kept:  # the link opens the desk once; the other windows are given what it has brought
                        WebDriverWait(window.chrome, 30).until(lambda chrome: "/enter/" not in chrome.current_url)
                        kept = window.chrome.get_cookies()
                    for cookie in kept:
                        window.chrome.add_cookie({"name": cookie["name"], "value": cookie["value"], "path": cookie["path"]})
                    take(window, picture, link.partition("/enter/")[0])
                    sys.stdout.write(f"{PICTURES / picture.name}.png\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
