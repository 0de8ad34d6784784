"""What Prometheus reads of servers at work."""

from __future__ import annotations

import os
import signal
import time

import httpx
from prometheus_client.parser import text_string_to_metric_families

from live import Server
from orderwright import __api_level__, __version__
from shop_setup import cart_draft, make_shop, order_draft

TOKEN = "a-token-of-prometheus"
SHOWN = {"Authorization": f"Bearer {TOKEN}"}


def samples(url: str) -> dict[tuple[str, ...], float]:
    """By name and the values of labels, without the scheme and the database's name, which are the same everywhere."""
    answer = httpx.get(f"{url}/metrics", headers=SHOWN)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    families = list(text_string_to_metric_families(answer.text))
    same = {"url_scheme", "db_system_name"}
    return {
        (sample.name, *(value for name, value in sample.labels.items() if name not in same)): sample.value
        for family in families
        for sample in family.samples
    }


def answered(found: dict[tuple[str, ...], float], method: str, route: str, status: int) -> float:
    return found.get(("http_server_request_duration_seconds_count", method, route, str(status)), 0)


def test_two_workers_tell_their_sums_and_lose_nothing_when_one_dies(database_url: str) -> None:
    server = Server({"ORDERWRIGHT_DATABASE_URL": database_url, "ORDERWRIGHT_METRICS_TOKEN": TOKEN}, workers=2)
    try:
        server.project("counted")
        shop = server.client("counted")
        make_shop(shop)
        before = samples(server.url)
        cart = shop.create("carts", cart_draft(("mug", 1)))
        draft = order_draft(cart)
        order = shop.create("orders", draft, headers={"Idempotency-Key": "once"})
        again = shop.create("orders", draft, headers={"Idempotency-Key": "once"})
        assert again["id"] == order["id"]
        shop.refused(409, "POST", f"orders/{order['id']}", {"version": 99, "actions": []})
        for _ in range(20):  # each by a connection of its own, so that both workers are met
            httpx.get(f"{server.url}/counted/orders/{order['id']}", headers={"Authorization": f"Bearer {shop.token}"})
        httpx.get(f"{server.url}/nowhere/at/all/{order['id']}")
        found = [samples(server.url) for _ in range(6)]
        for told in found:
            assert answered(told, "GET", "/{projectKey}/orders/{id}", 200) == 20
            assert answered(told, "POST", "/{projectKey}/orders/{id}", 409) == 1
            assert told["orderwright_orders_created_total",] - before.get(("orderwright_orders_created_total",), 0) == 1
            assert told["orderwright_idempotent_replays_total",] == 1
            assert told["orderwright_version_conflicts_total",] == 1
            assert told["orderwright_build_info", __version__, __api_level__] == 1
            assert told["db_client_operation_duration_seconds_count", "main"] > 20
            assert told["db_client_connection_max", "main"] == 20  # 10 of each worker
            assert not any(order["id"] in label for key in told for label in key)
        _kill_one_worker(server)
        told = samples(server.url)
        assert answered(told, "GET", "/{projectKey}/orders/{id}", 200) == 20
        assert told["orderwright_orders_created_total",] == found[0]["orderwright_orders_created_total",]
    finally:
        assert server.stop() == 0


def _kill_one_worker(server: Server) -> None:
    """And wait until another one stands in its place."""
    workers = _children(server.process.pid)
    os.kill(workers[-1], signal.SIGKILL)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        now = _children(server.process.pid)
        if workers[-1] not in now and len(now) == len(workers):
            break
        time.sleep(0.1)


def _children(pid: int) -> list[int]:
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:  # noqa: PTH123 - no file of ours
        return [int(word) for word in file.read().split()]


def test_who_shows_no_token_sees_nothing(server: Server, database_url: str) -> None:
    assert httpx.get(f"{server.url}/metrics").status_code == 404
    kept = Server({"ORDERWRIGHT_DATABASE_URL": database_url, "ORDERWRIGHT_METRICS_TOKEN": TOKEN})
    try:
        for shown in ({}, {"Authorization": "Bearer nothing"}, {"Authorization": f"Basic {TOKEN}"}):
            refused = httpx.get(f"{kept.url}/metrics", headers=shown)
            assert refused.status_code == 401
            assert "orderwright_" not in refused.text
        assert [httpx.get(kept.url + at).status_code for at in ("/livez", "/readyz", "/health", "/ready")] == [200] * 4
    finally:
        kept.stop()
