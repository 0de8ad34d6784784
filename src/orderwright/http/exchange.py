"""One request and its answer, free of the server that carries them: handlers are `handle(request) -> Answer`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple

import msgspec

from orderwright.engine.codec import encode


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """`segments` are the path's parts, percent-decoded one by one, so that an order number may hold a slash."""

    method: str
    segments: tuple[str, ...]
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    body: bytes
    correlation_id: str


class Answer(NamedTuple):
    """Status, body bytes and headers beside the usual ones."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


Handler = Callable[[Request], Awaitable[Answer]]


def json_answer(status: int, document: Any, *headers: tuple[str, str]) -> Answer:
    """An answer of anything the codec can write."""
    return Answer(status, encode(document), headers)
