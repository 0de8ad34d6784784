"""One request and its answer, free of the server that carries them: handlers are `handle(request) -> Answer`."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec
from msgspec.structs import replace

from orderwright.engine.json.codec import encode
from orderwright.http.wire.limits import DOCUMENT, Body

_BETWEEN = {"idempotency-key": "\n"}
# The headers that anything here looks at; the others are not kept.
HEADERS_READ = {
    name.encode(): name
    for name in (
        "accept",
        "accept-language",
        "access-control-request-headers",
        "access-control-request-method",
        "authorization",
        "content-length",
        "content-type",
        "cookie",
        "emporix-tenant",
        "expect",
        "host",
        "idempotency-key",
        "last-event-id",
        "origin",
        "saas-token",
        "sec-fetch-site",
        "traceparent",
        "tracestate",
        "transfer-encoding",
        "x-correlation-id",
        "x-external-user-id",
        "x-forwarded-proto",
        "x-forwarded-for",
    )
}


def take_header(headers: dict[str, str], name: str, value: str) -> None:
    """Put a header of HEADERS_READ beside those that came before. Repeated headers are joined with a comma. Two
    Idempotency-Keys are joined with a line break, which no valid key contains, so that the pair is refused."""
    if name in headers:
        value = f"{headers[name]}{_BETWEEN.get(name, ', ')}{value}"
    headers[name] = value


async def nothing(_kind: Body) -> bytes:
    """The body of a request that has none."""
    return b""


EVENTS: Final = "text/event-stream"
"""The media type of a stream that has no end of its own: it is broken off where the process ends."""


class Trail(msgspec.Struct):
    """What is found out about a request on its way: the template of the path that it led to, none where it led nowhere."""

    route: str = ""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """`segments` are the path's parts, percent-decoded one by one, so that an order number may hold a slash.

    `headers` has those of HEADERS_READ, named in small letters.
    `peer` is the address that it comes from, as far as that is known.
    `trail` is written by who finds what answers it.
    `body` is there once it was read: `with_body` does that, for callers who are known to be allowed to send one.
    """

    method: str
    segments: tuple[str, ...]
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    correlation_id: str
    peer: str | None = None
    body: bytes = b""
    read: Callable[[Body], Awaitable[bytes]] = nothing
    trail: Trail = msgspec.field(default_factory=Trail)

    async def with_body(self, kind: Body = DOCUMENT) -> Request:
        """The request with the body that is still to come, of a kind whose limits hold for it.

        Raises 400, 408 or 413 for one that is cut off, late or too large, 503 where too many are on their way.
        """
        return self if self.read is nothing else replace(self, body=await self.read(kind), read=nothing)


class Answer(NamedTuple):
    """Status, body and headers beside the usual ones.

    A body that is not bytes is a stream: its parts are asked for one by one, each when the client has taken the one before, and
    its `aclose`, if it has one, is called in the end, also where the client has left. What can be refused is refused before it.
    To a client that has closed its side it must not be silent for longer than `Limits.stalled_s`.
    """

    status: int
    body: bytes | AsyncIterable[bytes] = b""
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def whole(self) -> bytes:
        """The body of an answer that is no stream."""
        assert isinstance(self.body, bytes), "the body is a stream"
        return self.body

    def with_headers(self, more: Sequence[tuple[str, str]]) -> Answer:
        """The same with these headers as well."""
        return self._replace(headers=(*self.headers, *more)) if more else self


async def end_of(parts: AsyncIterator[bytes]) -> None:
    """Have a stream end where it is: what it holds is given back."""
    close = getattr(parts, "aclose", None)
    if close is not None:
        await close()


Handler = Callable[[Request], Awaitable[Answer]]


def json_answer(status: int, document: Any, *headers: tuple[str, str]) -> Answer:
    """An answer of anything the codec can write."""
    return Answer(status, encode(document), headers)
