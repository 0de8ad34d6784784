"""What the tests under fire share: many clients at once, and servers that may be shot."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Coroutine, Iterator, Mapping, Sized
from contextlib import contextmanager
from typing import Any, TypeVar

import httpx
import pytest

from connections import Crowd
from live import Client, Server
from shop_setup import cart_draft, open_shop, order_draft

__all__ = [
    "Client",
    "Server",
    "a_server",
    "a_shop",
    "at_once",
    "cart_draft",
    "crowd",
    "open_shop",
    "opened",
    "order_draft",
    "posted",
    "serving",
    "so_many",
    "together",
]
T = TypeVar("T")
_numbers = itertools.count(1)


@contextmanager
def serving(settings: Mapping[str, str], workers: int = 1) -> Iterator[Server]:
    """A server process with these settings; it must end with status 0 unless it was ended before."""
    server = Server({f"ORDERWRIGHT_{name.upper()}": value for name, value in settings.items()}, workers)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            assert server.stop() == 0


@contextmanager
def opened(server: Server, name: str) -> Iterator[Client]:
    """A client of a fresh project with mugs and tea; `name` begins its key."""
    key = f"{name}-{next(_numbers)}"
    server.project(key)
    client = server.client(key)
    open_shop(client)
    yield client
    client.http.close()


def a_server(workers: int = 1) -> Any:
    """The fixture of one server process a module, or of several workers of one."""

    @pytest.fixture(scope="module")
    def server(database_url: str) -> Iterator[Server]:
        with serving({"database_url": database_url}, workers=workers) as running:
            yield running

    return server


def a_shop(name: str) -> Any:
    """The fixture of a client of a fresh project with mugs and tea, for each test, at the module's `server`."""

    @pytest.fixture
    def shop(server: Server) -> Iterator[Client]:
        with opened(server, name) as client:
            yield client

    return shop


def crowd(client: Client, size: int) -> httpx.AsyncClient:
    """Many connections with the token of one client; paths are relative to its project."""
    return httpx.AsyncClient(
        base_url=f"{client.url}/{client.project}",
        headers={"Authorization": f"Bearer {client.token}"},
        transport=Crowd(size),
        trust_env=False,
    )


async def together(*asked: Coroutine[Any, Any, T]) -> list[T]:
    return list(await asyncio.gather(*asked))


async def so_many(acknowledged: Sized, least: int, seconds: float) -> None:
    """Load for so many seconds, and on a slow machine for longer: until so many were acknowledged. Raises TimeoutError."""
    await asyncio.sleep(seconds)
    async with asyncio.timeout(30):
        while len(acknowledged) < least:  # noqa: ASYNC110 - it grows at every place that is asked
            await asyncio.sleep(0.05)


async def posted(http: httpx.AsyncClient, path: str, body: Any) -> httpx.Response:
    return await http.post(path, json=body)


def at_once(client: Client, *asked: tuple[str, Any]) -> list[httpx.Response]:
    """All requests at the same time, each on a connection of its own."""

    async def run() -> list[httpx.Response]:
        async with crowd(client, len(asked)) as http:
            return await together(*(posted(http, path, body) for path, body in asked))

    return asyncio.run(run())
