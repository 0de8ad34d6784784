"""What those who run the server look at: its log, its health, and what it answers when there is too much or no database."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import httpx
from raw_http import Connection

from clusters import with_cluster
from live import Client, Server
from orderwright.http.wire.logs import FLUSH_S
from orderwright.storage.server import embedded
from shop_setup import BERLIN, cart_draft, make_shop, order_draft

PERSONAL = "Ada-Lovelace"


def lines_of(log: Path) -> list[dict[str, Any]]:
    """The log's lines, every one of which must be a JSON object; but for those on a machine that is busy with others."""
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    return [line for line in lines if line["message"] != "the loop was held"]


def written(log: Path, requests: int) -> int:
    """How many lines there are, once those of so many requests are written, and any of the last moment."""
    until(lambda: sum(line["message"] == "request" for line in lines_of(log)) >= requests)
    time.sleep(4 * FLUSH_S)
    return len(lines_of(log))


def test_the_log_has_one_line_a_request_and_nobody_in_it(database_url: str, open_directory: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with log.open("w") as file:
        server = Server({"ORDERWRIGHT_DATABASE_URL": database_url, "ORDERWRIGHT_LOG_LEVEL": "info"}, log=file)
        try:
            server.project("logged")
            shop = server.client("logged")
            at_first = written(log, 1)  # that for her token
            make_shop(shop)
            made = written(log, 8)
            email, path = f"{PERSONAL}@example.com", f"orders/order-number={PERSONAL}%2F{PERSONAL}"
            address = {**BERLIN, "firstName": PERSONAL, "streetName": PERSONAL}
            cart = shop.create("carts", cart_draft(("mug", 1), customerEmail=email, shippingAddress=address, key=PERSONAL))
            shop.create(
                "orders", order_draft(cart, orderNumber=f"{PERSONAL}/{PERSONAL}"), headers={"X-Correlation-ID": "shop/17"}
            )
            shop.get(path)
            shop.get("orders", params={"where": f'customerEmail = "{email}"'})
            shop.get("orders", params={"where": "customerEmail = :email", "var.email": email})
            shop.get(f"carts/key={PERSONAL}")
            shop.refused(404, "GET", f"carts/{PERSONAL}@example.com")
            shop.refused(404, "GET", f"carts/%41da-{PERSONAL}")
            shop.refused(400, "POST", "carts", {"currency": PERSONAL})
            shop.refused(400, "POST", "carts", {"currency": "EUR", "lineItems": [{"sku": PERSONAL}]})
            shop.refused(404, "GET", f"carts/{PERSONAL}")
            with Connection(shop.url) as connection:
                connection.send(f"this is no HTTP, says {PERSONAL}\r\n\r\n".encode())
                assert connection.answer().status == 400
            shop.http.get("/logged/carts", params={"access_token": shop.token})
            shop.http.get("/logged/carts", headers={"Authorization": "Bearer " + PERSONAL})
        finally:
            status = server.stop()
    assert status == 0
    text, lines = log.read_text(), lines_of(log)
    requests = [line for line in lines if line["message"] == "request"]
    assert made - at_first == 7  # the shop's tax category, zones, method, product type and products
    assert len([line for line in requests if line in lines[made:]]) == 13
    (other,) = (line for line in lines[made:] if line not in requests)  # what was no HTTP is a warning of its own
    assert (other["level"], other["message"]) == ("warning", "Invalid HTTP request received.")
    assert all({"time", "level", "method", "path", "status", "ms", "correlationId"} <= line.keys() for line in requests)
    (order,) = (line for line in requests if line["correlationId"] == "shop/17")
    assert (order["method"], order["path"], order["status"], order["level"]) == ("POST", "/logged/orders", 201, "info")
    for secret in (PERSONAL, "Ada", "Lindenweg", "example.com", shop.token, shop.client_secret, "Bearer", "customerEmail"):
        assert secret not in text, secret


def test_what_is_open_to_everybody(shop: Client) -> None:
    assert shop.http.get("/health").json() == {"status": "up"}
    assert shop.http.get("/ready").json() == {"status": "up", "database": "reachable"}
    described = shop.http.get("/openapi.json").json()
    assert "/{projectKey}/in-store/key={storeKey}/carts/{id}" in described["paths"]
    root = shop.http.get("/").json()
    assert set(root) == {"name", "version", "apiLevel", "links"}
    assert (root["version"], root["apiLevel"]) == (described["info"]["version"], described["info"]["x-api-level"])
    assert all(shop.http.get(link).status_code == 200 for name, link in root["links"].items() if name != "token")
    assert shop.http.post(root["links"]["token"]).status_code == 401

    def queries(path: str, method: str) -> list[str]:
        asked = described["paths"][f"/{{projectKey}}/{path}"][method]["parameters"]
        declared = [described["components"]["parameters"][each["$ref"].rpartition("/")[2]] for each in asked]
        return [each["name"] for each in declared if each["in"] == "query"]

    assert queries("orders/{id}", "delete") == ["version", "expand", "dataErasure", "dryRun"]
    assert queries("zones/key={key}", "delete") == ["version", "expand"]
    assert queries("carts", "get") == ["where", "sort", "expand", "limit", "offset", "withTotal", "customerId"]
    assert queries("me/orders/{id}", "get") == queries("zones", "post") == ["expand"]
    assert queries("carts", "post") == queries("orders/{id}", "post") == queries("orders/import", "post") == ["expand", "dryRun"]
    assert queries("carts/customer-id={customerId}/merge", "post") == ["expand"]
    page = shop.http.get("/docs")
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "/{projectKey}/orders" in page.text
    for path in ("/", "/health", "/ready", "/openapi.json", "/docs"):
        assert shop.http.head(path).status_code == 200
        assert shop.http.post(path).status_code == 405


def until(condition: Callable[[], bool], seconds: float = 15) -> None:
    """Wait for a condition; fail when it does not come."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_database_that_goes_away_and_comes_back(open_directory: Path) -> None:
    directory = with_cluster(open_directory / "away")
    postgres = embedded.start(directory)
    server = Server({"ORDERWRIGHT_DATABASE_URL": postgres.dsn})
    try:
        server.project("away")
        shop = server.client("away")
        cart = shop.create("carts", {"currency": "EUR"})
        postgres.stop()
        assert shop.http.get("/health").status_code == 200
        ready = shop.http.get("/ready")
        assert (ready.status_code, ready.json()["status"], ready.headers["retry-after"]) == (503, "down", "1")
        started = time.monotonic()
        for method, path in (("GET", f"carts/{cart['id']}"), ("GET", "carts"), ("POST", "carts")):
            answer = shop.send(method, path, {"currency": "EUR"} if method == "POST" else None)
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
            assert answer.json()["errors"][0]["code"] == "OverCapacity"
            assert "postgres" not in answer.text.lower()
        assert time.monotonic() - started < 20
        assert (
            httpx.post(f"{server.url}/oauth/token", data={"grant_type": "client_credentials"}, auth=("a", "b")).status_code == 503
        )
        postgres = embedded.start(directory)
        until(lambda: shop.http.get("/ready").status_code == 200)
        assert shop.get(f"carts/{cart['id']}") == cart
        assert shop.get("carts")["total"] == 1
    finally:
        assert server.stop() == 0
        postgres.stop()


def test_more_requests_than_may_wait(database_url: str) -> None:
    server = Server({"ORDERWRIGHT_DATABASE_URL": database_url, "ORDERWRIGHT_POOL_SIZE": "2", "ORDERWRIGHT_QUEUE_LIMIT": "1"})
    try:
        server.project("queue")
        shop = server.client("queue")
        cart = shop.create("carts", {"currency": "EUR"})
        # Requests whose bodies are still on their way hold no place, however many they are.
        slow = [Connection(server.url) for _ in range(5)]
        for connection in slow:
            connection.request("POST", b"/queue/carts", shop.token, Content_Length="2")
        shop.get(f"carts/{cart['id']}")
        with locked(database_url, cart["id"]):  # three wait for it, and so many may
            change = json.dumps({"version": 1, "actions": [{"action": "setKey", "key": "a-cart"}]}).encode()
            waiting = [Connection(server.url) for _ in range(3)]
            for connection in waiting:
                connection.request("POST", f"/queue/carts/{cart['id']}".encode(), shop.token, change)
            with Connection(server.url) as one_more:

                def refused() -> bool:
                    one_more.request("GET", b"/queue/carts", shop.token)
                    answer = one_more.answer()
                    if answer.status != 503:
                        return False
                    assert (answer.headers["retry-after"], answer.error["code"]) == ("1", "OverCapacity")
                    return True

                until(refused)
                slow[0].send(b"{}")  # whole now, and one too many
                assert slow[0].answer().status == 503
                one_more.request("GET", b"/health", "nobody")
                assert one_more.answer().status == 200
        assert sorted(connection.answer().status for connection in waiting) == [200, 409, 409]
        slow[1].send(b"{}")
        assert slow[1].answer().error["code"] == "InvalidJsonInput"
        for connection in (*slow, *waiting):
            connection.close()
    finally:
        assert server.stop() == 0


@contextmanager
def locked(database_url: str, id: str) -> Iterator[None]:
    """Keep a document's row locked, as a transaction does that is slow to end."""

    async def lock() -> asyncpg.Connection[asyncpg.Record]:
        connection = await asyncpg.connect(database_url)
        await connection.execute("BEGIN")
        assert await connection.fetchval("SELECT id FROM document WHERE id = $1 FOR UPDATE", id)
        return connection

    with asyncio.Runner() as runner:
        connection = runner.run(lock())
        try:
            yield
        finally:
            runner.run(connection.execute("ROLLBACK"))
            runner.run(connection.close())
