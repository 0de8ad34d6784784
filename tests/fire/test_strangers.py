"""Many sockets of those who have shown nothing, against a real server process: others are answered, and memory stays."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from burning import Client, Server, a_server, a_shop

server = a_server()
shop = a_shop("strangers")
STATUS = Path("/proc/self/status")
LENGTH = 16 * 1024 * 1024 - 1
FORM = b"POST /oauth/token HTTP/1.1\r\nHost: test\r\nContent-Length: %d\r\n\r\n"
pytestmark = pytest.mark.skipif(not STATUS.exists(), reason="what a process holds is read from /proc")


def resident_mb(server: Server) -> float:
    """What the server's process has in memory."""
    lines = Path(f"/proc/{server.process.pid}/status").read_text().splitlines()
    (line,) = (line for line in lines if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024


def grown_mb(server: Server, before: float, most: float) -> float:
    """By how much its memory has grown, which is looked at again for two seconds while it is more: what was freed is given back
    in a while, and who holds the bodies that are sent here does so for longer."""
    deadline = time.monotonic() + 2
    while (grown := resident_mb(server) - before) >= most and time.monotonic() < deadline:
        time.sleep(0.05)
    return grown


@pytest.fixture
def open_sockets(server: Server) -> Iterator[list[socket.socket]]:
    """1,100 connections to the server, as one process may hold with the files that most systems grant it."""
    parts = urlsplit(server.url)
    with ExitStack() as stack:
        sockets = []
        for _ in range(1_100):
            one = stack.enter_context(socket.socket())
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            one.settimeout(5)
            one.connect((parts.hostname, parts.port))
            sockets.append(one)
        yield sockets


def head_of_a_cart(shop: Client, length: int) -> bytes:
    authorization = f"Authorization: Bearer {shop.token}"
    return f"POST /{shop.project}/carts HTTP/1.1\r\nHost: test\r\n{authorization}\r\nContent-Length: {length}\r\n\r\n".encode()


def others_are_served(shop: Client) -> None:
    """One more client, with a connection of its own, is answered at each kind of path."""
    with httpx.Client(base_url=shop.url, timeout=5) as other:
        assert other.get("/health").status_code == 200
        assert other.get("/ready").status_code == 200
        assert other.get(f"/{shop.project}/carts", headers={"Authorization": f"Bearer {shop.token}"}).status_code == 200
    shop.fetch_token()


def taken_in(shop: Client) -> None:
    """Wait until all heads are looked at, which takes seconds on a busy machine; a body that does not come is waited for 30 s."""
    time.sleep(0.2)
    deadline = time.monotonic() + 10
    with httpx.Client(base_url=shop.url, timeout=10) as other:
        while other.get("/ready").status_code != 200:
            assert time.monotonic() < deadline, "they hold the places of others"
            time.sleep(0.1)


def test_forms_that_never_come_hold_no_place(shop: Client, open_sockets: list[socket.socket]) -> None:
    for one in open_sockets:
        one.sendall(FORM % 100)
    taken_in(shop)
    others_are_served(shop)


def test_unknown_carts_that_never_come_hold_no_place(shop: Client, open_sockets: list[socket.socket]) -> None:
    for one in open_sockets:
        one.sendall(head_of_a_cart(shop, 100))
    taken_in(shop)
    others_are_served(shop)


def test_large_forms_are_refused_at_their_head(shop: Client, server: Server, open_sockets: list[socket.socket]) -> None:
    shop.fetch_token()
    before = resident_mb(server)
    sent = (FORM % LENGTH) + b"a" * 200_000
    for one in open_sockets:
        one.setblocking(False)
        one.send(sent)
    others_are_served(shop)
    assert grown_mb(server, before, 40) < 40  # connections themselves, and what arrived before anybody could look at it
    one = open_sockets[0]
    one.settimeout(5)
    assert one.recv(100).startswith(b"HTTP/1.1 413 ")


def test_bodies_of_who_is_known_are_bounded_together(shop: Client, server: Server, open_sockets: list[socket.socket]) -> None:
    before = resident_mb(server)
    part = b" " * 4_000_000
    for one in open_sockets[:60]:  # 240 MB together, of the 960 MB that they tell of
        one.sendall(head_of_a_cart(shop, LENGTH) + part)
    others_are_served(shop)
    assert shop.create("carts", {"currency": "EUR"})["version"] == 1
    assert grown_mb(server, before, 64 + 40) < 64 + 40
    one = open_sockets[0]  # which has been at it longest
    one.settimeout(5)
    answer = one.recv(1_000)
    assert answer.startswith(b"HTTP/1.1 503 ")
    assert b"\r\nretry-after: 1\r\n" in answer


def test_answers_that_nobody_reads_are_bounded_together(shop: Client, server: Server, open_sockets: list[socket.socket]) -> None:
    with httpx.Client(base_url=shop.url) as other:
        assert len(other.get("/openapi.json").content) > 400_000
        before = resident_mb(server)
        for one in open_sockets:
            one.sendall(b"GET /openapi.json HTTP/1.1\r\nHost: test\r\n\r\n" * 10)
        highest = 0.0
        for _ in range(10):
            assert other.get("/health").status_code == 200
            highest = max(highest, resident_mb(server))
            time.sleep(0.1)
    # Of 686 MB: 32 MB unsent, what is being written, and what the allocator has not given back yet.
    assert highest - before < 128
    others_are_served(shop)
