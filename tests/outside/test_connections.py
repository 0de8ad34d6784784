"""Connections that are kept: which request takes which, and when they are let go."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from test_guarded_http import serving

from orderwright.outside import connections
from orderwright.outside.addresses import Allowed
from orderwright.outside.guarded_http import GuardedHttp

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
LAST = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


def run(scene: Callable[[GuardedHttp], Awaitable[None]], at_once: int = 20) -> None:
    async def whole() -> None:
        outside = GuardedHttp(Allowed(("localhost",)), at_once)
        try:
            await scene(outside)
        finally:
            await outside.close()
            await asyncio.sleep(0.01)

    asyncio.run(whole())


async def post(outside: GuardedHttp, port: int) -> int:
    return (await outside.post(f"http://localhost:{port}/", {}, b"{}", timeout_s=5, most_bytes=100)).status


def test_as_many_as_are_needed_at_once_are_made_and_used_again() -> None:
    async def scene(outside: GuardedHttp) -> None:
        async with serving(lambda request: OK) as (server, port):
            for _ in range(3):
                assert await asyncio.gather(*(post(outside, port) for _ in range(5))) == [200] * 5
            assert (server.connections, len(server.requests)) == (5, 15)

    run(scene)


def test_there_are_no_more_than_may_be() -> None:
    async def scene(outside: GuardedHttp) -> None:
        async with serving(lambda request: OK) as (server, port):
            assert await asyncio.gather(*(post(outside, port) for _ in range(10))) == [200] * 10
            assert server.connections == 2

    run(scene, at_once=2)


def test_each_server_has_its_own() -> None:
    async def scene(outside: GuardedHttp) -> None:
        async with serving(lambda request: OK) as (one, port), serving(lambda request: OK) as (other, beside):
            for _ in range(2):
                await post(outside, port)
                await post(outside, beside)
            assert [(each.connections, len(each.requests)) for each in (one, other)] == [(1, 2), (1, 2)]

    run(scene)


def test_one_that_its_server_has_closed_is_not_used_again() -> None:
    async def scene(outside: GuardedHttp) -> None:
        async with serving(lambda request: LAST) as (server, port):
            assert [await post(outside, port) for _ in range(3)] == [200] * 3
            assert server.connections == 3

    run(scene)


def test_one_that_has_waited_for_long_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where nobody asks that server again."""
    monkeypatch.setattr(connections, "_IDLE_S", 0.05)
    monkeypatch.setattr(connections, "_LOOK_S", 0.0)

    async def scene(outside: GuardedHttp) -> None:
        async with serving(lambda request: OK) as (server, port), serving(lambda request: OK) as (_, beside):
            await post(outside, port)
            await asyncio.sleep(0.1)
            await post(outside, beside)
            assert outside._connections is not None
            assert [key[2] for key in outside._connections.result()._idle] == [beside]
            await post(outside, port)
            assert server.connections == 2

    run(scene)


def test_no_more_than_so_many_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "_IDLE", 2)

    async def scene(outside: GuardedHttp) -> None:
        async with serving(lambda request: OK) as (server, port):
            for _ in range(2):
                await asyncio.gather(*(post(outside, port) for _ in range(5)))
            # Three of the five were closed after the first time.
            assert server.connections == 5 + 3

    run(scene)
