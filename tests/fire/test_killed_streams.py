"""A stream of Messages whose worker is killed goes on at another one, without a gap."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest
from burning import opened, serving

from listening import listening, stored
from live import Client
from shop_setup import eur

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the worker is found in /proc")
ITEM = {"name": {"en": "Old"}, "slug": "old", "quantity": 1, "money": eur(1)}
DRAFT = {"totalPrice": eur(1), "customLineItems": [ITEM]}


def worker_of(parent: int, port: int) -> int:
    """The child of the server that has the connection to this port of ours."""
    rows = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:])
    sockets = {f"socket:[{row[9]}]" for row in rows if row[2].endswith(f":{port:04X}")}
    for child in Path(f"/proc/{parent}/task/{parent}/children").read_text().split():
        if sockets & {str(each.readlink()) for each in Path(f"/proc/{child}/fd").iterdir()}:
            return int(child)
    raise AssertionError("no worker has the connection")


def writing(shop: Client, enough: threading.Event) -> None:
    """Import orders; what goes wrong as a worker is killed is tried again, as a client does."""
    with httpx.Client(verify=False) as http:
        while not enough.is_set():
            try:
                url, bearer = f"{shop.url}/{shop.project}/orders/import", {"Authorization": f"Bearer {shop.token}"}
                http.post(url, json=DRAFT, headers=bearer, timeout=10)
            except httpx.HTTPError:
                time.sleep(0.05)


def test_a_worker_is_killed_under_a_stream(database_url: str) -> None:
    with serving({"database_url": database_url}, workers=2) as server, opened(server, "streamed") as shop:
        enough = threading.Event()
        with listening(shop) as first:
            writers = [threading.Thread(target=writing, args=(shop, enough)) for _ in range(2)]
            for writer in writers:
                writer.start()
            deadline = time.monotonic() + 30
            while len(first.ids) < 20 and time.monotonic() < deadline:
                time.sleep(0.02)
            os.kill(worker_of(server.process.pid, first.port), signal.SIGKILL)
            while not first.ended and time.monotonic() < deadline:
                time.sleep(0.02)
        assert first.ended
        assert len(first.ids) >= 20
        time.sleep(1)  # meanwhile others write, and nobody listens
        with listening(shop, after=first.marks[-1]) as second:
            time.sleep(1)
            enough.set()
            for writer in writers:
                writer.join()
            told = set(stored(shop))
            while not told <= {*first.ids, *second.ids} and time.monotonic() < deadline + 30:
                time.sleep(0.05)
        assert told == {*first.ids, *second.ids}
        # The second goes on where the first one was: nothing behind its last event is missing in the second alone.
        ordered = stored(shop)
        assert set(ordered[ordered.index(first.ids[-1]) + 1 :]) <= set(second.ids)
