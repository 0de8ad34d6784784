"""The message of `orderwright run`, against a stand-in for the API that knows one client; the commands run in a real shell."""

import json
import shutil
import stat
import subprocess
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from orderwright.auth.clients import ClientCredentials
from orderwright.commands import first_steps

BASIC = {"c-1": "Basic Yy0xOnMtMQ==", "c-2": "Basic Yy0yOnMtMg=="}  # base64 of c-1:s-1 and c-2:s-2


class StandIn(ThreadingHTTPServer):
    """Answers a token to the client it knows, one product, and whatever is posted, which it remembers."""

    known = "c-1"

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.posted: list[tuple[str, Any]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: StandIn

    def do_GET(self) -> None:
        assert self.path.startswith("/demo/products?")
        product = {"id": "p", "masterData": {"current": {"masterVariant": {"sku": "lamp-oak"}}}}
        self._answer(200 if self.headers["Authorization"] == "Bearer t0ken" else 401, {"results": [product]})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/oauth/token":
            good = self.headers["Authorization"] == BASIC[self.server.known] and body == b"grant_type=client_credentials"
            self._answer(
                200 if good else 401, {"access_token": "t0ken", "expires_in": 60} if good else {"error": "invalid_client"}
            )
            return
        good = self.headers["Authorization"] == "Bearer t0ken" and self.headers["Content-Type"] == "application/json"
        self.server.posted.append((self.path, json.loads(body)))
        self._answer(201 if good else 401, {"id": "cart-7", "version": 1, "lineItems": [{"id": "line-8"}]})

    def _answer(self, status: int, content: object) -> None:
        body = json.dumps(content, separators=(",", ":")).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """A test says nothing."""


@pytest.fixture
def api() -> Iterator[StandIn]:
    with StandIn() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def link(client_id: str) -> str:
    """Stands for what a server would make."""
    return f"link-of-{client_id}"


def maker(*numbers: int) -> Callable[[], ClientCredentials]:
    """Hands out the clients of these numbers, and no more than these."""
    left = [ClientCredentials(f"c-{number}", f"s-{number}", "manage_project:demo", "demo") for number in numbers]
    return lambda: left.pop(0)


def test_the_client_is_made_once_and_kept_for_its_owner_only(api: StandIn, tmp_path: Path) -> None:
    new_client = maker(1)
    first = first_steps.text(api.url, tmp_path / "data", new_client, link)
    assert first_steps.text(api.url, tmp_path / "data", new_client, link) == first
    kept = tmp_path / "data" / "demo-client.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert json.loads(kept.read_text()) == {
        "clientId": "c-1", "clientSecret": "s-1", "scope": "manage_project:demo", "projectKey": "demo",
    }  # fmt: skip
    assert [path.name for path in kept.parent.iterdir()] == ["demo-client.json"]


@pytest.mark.parametrize("content", ['{"clientId": "c-1", "clientSecret": "s-1"}', '{"clientId": "c-2"}', "[]", "{", ""])
def test_a_kept_client_that_is_of_no_use_is_replaced(api: StandIn, tmp_path: Path, content: str) -> None:
    (tmp_path / "demo-client.json").write_text(content)
    api.known = "c-2"
    assert "client secret  s-2" in first_steps.text(api.url, tmp_path, maker(2), link)
    assert json.loads((tmp_path / "demo-client.json").read_text())["clientId"] == "c-2"


@pytest.mark.skipif(shutil.which("curl") is None, reason="the commands are curl's")
def test_the_three_commands_work_as_pasted(api: StandIn, tmp_path: Path) -> None:
    lines = first_steps.text(api.url, tmp_path, maker(1), link).splitlines()
    commands = [line for line in lines if "curl " in line]
    assert len(commands) == 3
    done = subprocess.run(["sh", "-eu"], input="\n".join(commands), capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["version"] == 1
    (cart_path, cart), (order_path, order) = api.posted
    assert (cart_path, order_path) == ("/demo/carts", "/demo/orders")
    assert cart["lineItems"] == [{"sku": "lamp-oak", "quantity": 2}]
    assert cart["shippingAddress"]["country"] == "DE"
    assert order == {"version": 1, "cart": {"typeId": "cart", "id": "cart-7"}}
