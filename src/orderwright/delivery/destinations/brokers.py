"""What brokers that somebody hosts have in common: an address that the operator allows, and one connection for all notes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from orderwright.errors import invalid_input
from orderwright.outside.guarded_http import GuardedHttp

CONNECT_S = 5.0
SEND_S = 10.0


def checked(uri: str, schemes: tuple[str, ...], port: int, outside: GuardedHttp) -> str:
    """The URI. Raises `InvalidInput` for one that is no such URI, has a user or a password, or whose host the operator does not
    allow: a broker's library looks names up by itself, so that no look-up of ours could hold it to an address."""
    try:
        parts = urlsplit(uri)
        host, there = parts.hostname, parts.port or port
    except ValueError:
        host, parts, there = None, urlsplit(""), port
    if not host or parts.scheme not in schemes:
        raise invalid_input(f"The URI must begin with {' or '.join(f'{scheme}://' for scheme in schemes)} and a host.")
    if parts.username is not None or parts.password is not None:
        raise invalid_input("The URI may not contain a user or a password: they have members of their own.")
    if not outside.allowed.names(host, there):
        raise invalid_input(f"The host '{host}' is not among those that the operator of this server allows.")
    return uri


class Connection:
    """What is connected when it is first needed, once for all who need it at the same time."""

    def __init__(self, connect: Callable[[], Awaitable[Any]], close: Callable[[Any], Awaitable[Any]]) -> None:
        self._connect = connect
        self._close = close
        self._lock = asyncio.Lock()
        self._made: Any = None

    async def get(self) -> Any:
        """Raises what the library raises, and TimeoutError."""
        async with self._lock:
            if self._made is None:
                async with asyncio.timeout(CONNECT_S):
                    self._made = await self._connect()
        return self._made

    async def close(self) -> None:
        """Let it go, whatever state it is in."""
        made, self._made = self._made, None
        if made is not None:
            try:
                async with asyncio.timeout(CONNECT_S):
                    await self._close(made)
            except Exception:  # noqa: S110 - a broker that is gone needs no farewell
                pass
