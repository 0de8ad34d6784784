"""What people see in a browser: the page about the server and the one on which calls can be tried, all served from here."""

from __future__ import annotations

import html.parser
import json
import re
import shutil
import subprocess
from pathlib import Path

import httpx
import pytest

import orderwright
from live import Client, Server
from orderwright import __api_level__, __version__

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
ROOM = Path(orderwright.__file__).parent / "http" / "pages"
CHROMIUM = shutil.which("chromium")


class Loaded(html.parser.HTMLParser):
    """What a page has a browser load, and whether anything in it is more than a file."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.files: list[str] = []
        self.links: list[str] = []
        self.inline: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note it."""
        told = dict(attrs)
        if tag in ("link", "script", "img"):
            self.files.append(str(told.get("href") or told.get("src")))
        if tag == "a":
            self.links.append(str(told["href"]))
        if tag == "style" or (tag == "script" and "src" not in told):
            self.inline.append(tag)
        self.inline += [name for name in told if name == "style" or name.startswith("on")]


@pytest.mark.parametrize(
    ("accepted", "kind"),
    [
        ("text/html", "text/html"),
        ("TEXT/HTML;level=1;q=0.9, application/json;q=0.8", "text/html"),
        ("application/json, text/html;q=0.5", "application/json"),
        ("text/html;q=0, */*", "application/json"),
        ("application/json;q=0.2, text/html;q=0.2", "text/html"),
        ("*/*", "application/json"),
        ("text/html;q=x", "text/html"),
        ("," * 5000 + "text/html", "application/json"),
    ],
)
def test_who_names_both_sees_what_she_would_rather(server: Server, accepted: str, kind: str) -> None:
    answer = httpx.get(server.url + "/", headers={"Accept": accepted})
    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, kind)


def test_a_browser_sees_a_page_and_a_machine_a_document(server: Server, shop: Client) -> None:
    machine = httpx.get(server.url + "/")
    assert machine.json()["version"] == __version__
    assert machine.json()["links"]["docs"] == "/docs"
    assert httpx.get(server.url + "/", headers={"Accept": "application/json"}).content == machine.content
    page = httpx.get(server.url + "/", headers=BROWSER)
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert page.headers["vary"] == machine.headers["vary"] == "accept"
    assert __version__ in page.text
    assert __api_level__ in page.text
    assert "reachable" in page.text
    assert f"{server.url}/oauth/token" in page.text
    server.project(f"{shop.project}-2")  # of several projects none is told to whoever asks
    assert shop.project not in httpx.get(server.url + "/", headers=BROWSER).text


def test_what_a_client_sends_is_no_part_of_the_page(server: Server) -> None:
    page = httpx.get(server.url + "/", headers={**BROWSER, "Host": "<script>alert(1)</script>"})
    assert page.status_code == 400
    assert "alert" not in page.text
    page = httpx.get(server.url + "/", headers={**BROWSER, "Host": "orders.example:8443", "X-Forwarded-Proto": "https"})
    assert "https://orders.example:8443/oauth/token" in page.text


@pytest.mark.parametrize(("path", "scripts"), [("/", False), ("/docs", True), ("/docs/order-v2", True)])
def test_a_page_loads_files_of_this_server_only(server: Server, path: str, scripts: bool) -> None:
    page = httpx.get(server.url + path, headers=BROWSER)
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
    assert "unsafe" not in policy
    assert "http" not in policy
    assert ("script-src 'self'" in policy) is scripts
    loaded = Loaded(page.text)
    assert loaded.inline == []
    files = [file for file in loaded.files if file != "data:,"]
    assert all(file.startswith("/docs/assets/") for file in files)
    for file in files + loaded.links:
        found = httpx.get(server.url + file, headers=BROWSER)
        assert found.status_code == 200
        assert found.headers["content-type"].split(";")[0] in {"text/css", "text/javascript", "text/html", "application/json"}
    assert not [file for file in files if re.search(r"url\((?!\"?data:)", httpx.get(server.url + file).text) and ".css" in file]
    assert httpx.get(server.url + "/docs/assets/../rendering.py").status_code == 404
    assert httpx.get(server.url + "/docs/assets/rendering.py").status_code == 404


def test_what_is_not_ours_has_its_license_beside_it() -> None:
    assets = ROOM / "assets"
    assert "Apache License" in (assets / "swagger-ui.LICENSE.txt").read_text()
    assert (assets / "swagger-ui.NOTICE.txt").exists()
    assert (assets / "swagger-ui-bundle.js.LICENSE.txt").exists()


def test_the_page_is_the_same_each_time(server: Server) -> None:
    # It may take longer to make than a slice, and is a stream then, which can be sent once.
    for path in ("/docs", "/docs/order-v2", "/docs/openapi.json", "/docs/order-v2.json"):
        first = httpx.get(server.url + path)
        assert first.status_code == 200
        assert first.content == httpx.get(server.url + path).content != b""


def opened(server: Server, path: str, profile: Path) -> str:
    """What Chromium makes of a page, under whose policy nothing was blocked."""
    assert CHROMIUM is not None
    words = (CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=30000", "--enable-logging=stderr")
    shown = subprocess.run(
        [*words, f"--user-data-dir={profile}", "--dump-dom", server.url + path],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "Content Security Policy" not in shown.stderr
    return shown.stdout


@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")
def test_a_browser_shows_the_operations_and_breaks_no_policy(server: Server, tmp_path: Path) -> None:
    shown = opened(server, "/docs", tmp_path)
    assert "/{projectKey}/orders" in shown
    assert 'class="opblock' in shown
    assert json.loads(httpx.get(f"{server.url}/openapi.json").text)["openapi"] == "3.1.0"


@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")
def test_a_browser_shows_an_operation_with_its_examples_and_errors(server: Server, tmp_path: Path) -> None:
    shown = opened(server, "/docs#/carts/update_project_carts_id", tmp_path)
    assert "changeTaxMode: " in shown  # one of the examples that may be chosen
    assert "Change a cart by id" in shown
    assert "manage_orders:{projectKey}" in shown
    assert 'placeholder="projectKey"' in shown  # without a field for it no call could be sent
    assert 'placeholder="id"' in shown
    assert "ConcurrentModification" in shown


@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")
def test_a_browser_shows_the_second_dialect(server: Server, tmp_path: Path) -> None:
    shown = opened(server, "/docs/order-v2#/salesorders/post_order_v2_tenant_salesorders", tmp_path)
    assert "/order-v2/{tenant}/salesorders" in shown
    assert "Create an order" in shown
    assert "calculatedUnitPrice" in shown
    assert "validation_violation" in shown
    assert 'placeholder="tenant"' in shown
    assert "order.order_create" in shown
