"""POST to a URL that a client of ours has named.

The address that the name leads to is judged (`addresses.py`), and that very address is connected to. Redirects are answers like
any other, proxies of the environment are not asked, and neither the time nor the size of an answer is left to the server.
"""

from __future__ import annotations

import asyncio
import functools
import importlib.util
import socket
import ssl
import sys
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor

import certifi
import httpcore
import msgspec

from orderwright.outside.addresses import Allowed, is_public
from orderwright.outside.connections import Connections

CONNECT_S = 4.0
"""Seconds for a name to be looked up and an address to be connected to. A busy host drops the first packet of a connection, which
the system sends again after one second and after three."""
AT_ONCE = 500
_LOOK_UPS = 8
_TRIED = 4


if importlib.util.find_spec("sniffio") is None:
    # httpcore tries this import four times a request, and each time all of the path would be looked through in vain.
    sys.modules["sniffio"] = None  # type: ignore[assignment] # which is how the language says that there is none


class Answer(msgspec.Struct, frozen=True):
    """What a server answered, whatever its status."""

    status: int
    body: bytes


class NotReachedError(Exception):
    """Nothing that is an answer came in time: no such name, no connection, a broken one, silence. The text says which, for the
    operator; who has named the server may not learn from it what stands inside."""


class ForbiddenAddressError(NotReachedError):
    """The name leads to an address that is not public, and the operator does not allow it."""


class AnswerTooLargeError(Exception):
    """The answer is longer than it may be; the rest was not read."""

    def __init__(self, status: int) -> None:
        super().__init__("The answer is too large.")
        self.status = status


class GuardedHttp:
    """Connections to servers outside, at most 500 at once, kept for the next request for four seconds."""

    def __init__(self, allowed: Allowed, at_once: int = AT_ONCE) -> None:
        self._at_once = at_once
        self.allowed = allowed
        self._backend = _Guarded(allowed)
        self._connections: asyncio.Task[Connections] | None = None

    async def post(self, url: str, headers: Mapping[str, str], body: bytes, *, timeout_s: float, most_bytes: int) -> Answer:
        """What the server answers within `timeout_s` seconds, all counted. Raises `NotReachedError`, `AnswerTooLargeError`."""
        if self._connections is None:
            # With the first request, for most servers make none: the certificates take their time to read.
            self._connections = asyncio.create_task(self._opened())
        connections = await asyncio.shield(self._connections)
        try:
            async with asyncio.timeout(timeout_s):
                return await self._post(connections, url, headers, body, most_bytes)
        except TimeoutError:
            raise NotReachedError(f"There was no answer within {timeout_s} seconds.") from None
        except (httpcore.NetworkError, httpcore.TimeoutException) as error:
            raise NotReachedError(f"{type(error).__name__}: {error}") from None
        except httpcore.ProtocolError as error:
            # Its text may quote a header, and so a secret.
            raise NotReachedError(f"{type(error).__name__}.") from None

    async def _opened(self) -> Connections:
        return Connections(await asyncio.to_thread(_trusted), self._backend, self._at_once)

    async def _post(self, connections: Connections, url: str, headers: Mapping[str, str], body: bytes, most_bytes: int) -> Answer:
        sent = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
        timeouts = {"timeout": {"connect": CONNECT_S}}
        async with (
            connections.lent(url) as connection,
            connection.stream("POST", url, headers=sent, content=body, extensions=timeouts) as response,
        ):
            parts = bytearray()
            async for part in response.aiter_stream():
                parts += part
                if len(parts) > most_bytes:
                    raise AnswerTooLargeError(response.status)
        return Answer(response.status, bytes(parts))

    async def close(self) -> None:
        """End what is idle."""
        if self._connections is not None:
            await (await self._connections).close()
        self._backend.close()


@functools.cache
def _trusted() -> ssl.SSLContext:
    """The system's certificates, among which an operator may put their own, and the well-known ones: a slim image has none."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    # What anyio would import with the first connection, while everybody waits.
    importlib.import_module("anyio._backends._asyncio")
    return context


class _Guarded(httpcore.AsyncNetworkBackend):
    """Connects to addresses that were judged."""

    def __init__(self, allowed: Allowed) -> None:
        self._allowed = allowed
        self._inner = httpcore.AnyIOBackend()
        # Threads of their own: a name server that keeps silent holds up nobody but others who look names up.
        self._looking_up = ThreadPoolExecutor(_LOOK_UPS, "look-up")

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - so it is called by the library
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """The first address of the name that takes the connection. Raises `ForbiddenAddressError` if one is not public."""
        try:
            async with asyncio.timeout(timeout):
                addresses = await self._addresses(host, port)
                for address in addresses[:-1]:
                    try:
                        return await self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
                    except httpcore.ConnectError:
                        continue
                return await self._inner.connect_tcp(addresses[-1], port, timeout, local_address, socket_options)
        except TimeoutError:
            raise httpcore.ConnectTimeout(f"{host} could not be connected to in {timeout} seconds.") from None

    async def _addresses(self, host: str, port: int) -> list[str]:
        loop = asyncio.get_running_loop()
        look_up = functools.partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
        try:
            found = await loop.run_in_executor(self._looking_up, look_up)
        except (OSError, UnicodeError):
            raise httpcore.ConnectError(f"There is no host {host}.") from None
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))[:_TRIED]
        if not self._allowed.names(host, port) and not all(map(is_public, addresses)):
            raise ForbiddenAddressError(f"{host} leads to an address that is not public.")
        return addresses

    def close(self) -> None:
        self._looking_up.shutdown(wait=False, cancel_futures=True)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
