"""What the tests under fire share: many clients at once, and servers that may be shot."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import httpx

sys.path.insert(0, str(Path(__file__).parent.parent / "scenarios"))
from live import Client, Server
from shop_setup import cart_draft, open_shop, order_draft

__all__ = ["Client", "Server", "cart_draft", "crowd", "open_shop", "order_draft", "posted", "serving", "together"]
T = TypeVar("T")


@contextmanager
def serving(settings: Mapping[str, str], workers: int = 1) -> Iterator[Server]:
    """A server process with these settings; it must end with status 0 unless it was ended before."""
    server = Server({f"ORDERWRIGHT_{name.upper()}": value for name, value in settings.items()}, workers)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            assert server.stop() == 0


def crowd(client: Client, size: int) -> httpx.AsyncClient:
    """Many connections with the token of one client; paths are relative to its project."""
    return httpx.AsyncClient(
        base_url=f"{client.url}/{client.project}",
        headers={"Authorization": f"Bearer {client.token}"},
        limits=httpx.Limits(max_connections=size, max_keepalive_connections=size),
        timeout=30,
    )


async def together(*asked: Coroutine[Any, Any, T]) -> list[T]:
    return list(await asyncio.gather(*asked))


async def posted(http: httpx.AsyncClient, path: str, body: Any) -> httpx.Response:
    return await http.post(path, json=body)
