"""A request on its way in, and what makes it no request."""

from __future__ import annotations

import asyncio
import functools
import re

import httptools

from orderwright.errors import ApiError, OverCapacityError, invalid_input
from orderwright.http.wire.budget import Budget
from orderwright.http.wire.limits import DOCUMENT, Body
from orderwright.http.wire.refusals import coding_not_implemented, content_too_large, version_not_supported

_HOST = re.compile(r"[\w.:\[\]~!$&'()*+;=%-]*", re.ASCII)
_TOO_MANY_BODIES = "Too many request bodies are on their way; send the request again."


class Incoming:
    """A request on its way in, or what came in the place of one: then `error` says what is wrong with it."""

    __slots__ = (
        "answered", "awaited", "body", "budget", "error", "free", "headers", "keep_alive", "method", "most", "taken", "url",
        "weighed", "whole",
    )  # fmt: skip

    def __init__(self, budget: Budget, free: int) -> None:
        self.method = ""
        self.url = b""
        self.headers: dict[str, str] = {}
        self.body: bytes | bytearray = b""
        self.error: ApiError | None = None
        self.awaited: asyncio.Future[None] | None = None
        self.budget = budget  # for what of the body is more than `free` bytes
        self.free = free
        self.most = DOCUMENT.most
        self.weighed = False
        self.taken = False  # its head was read, and it will be answered
        self.whole = False
        self.answered = False
        self.keep_alive = False

    @property
    def declared(self) -> int:
        """The length that its head tells of, 0 if it tells none."""
        length = self.headers.get("content-length")
        return int(length) if length is not None and length.isdecimal() else 0

    def add(self, part: bytes) -> None:
        """A part of the body came. Most bodies come in one."""
        if not self.body:
            self.body = part
        else:
            if isinstance(self.body, bytes):
                self.body = bytearray(self.body)
            self.body += part
        if len(self.body) > self.free:
            self._weigh()

    def ask(self, kind: Body, budget: Budget) -> None:
        """A handler wants the body, within the limits of this kind, to whose budget the bytes that have come now belong.

        What its head alone makes too large is refused for that, also where it had to give way to others before it was wanted.
        """
        self.drop_weight()
        self.budget, self.most, self.free = budget, kind.most, min(self.free, kind.most)
        if self.declared > kind.most:
            self.fail(content_too_large(kind.most))
        elif len(self.body) > self.free:
            self._weigh()

    def fail(self, error: ApiError) -> None:
        """The body will never be whole, or nobody wants it any more: `error` is the answer to whoever waits for it."""
        self.error = error
        self.body = b""
        self.drop_weight()
        self.wake()

    def give_way(self) -> None:
        """Others need the room."""
        self.fail(OverCapacityError(_TOO_MANY_BODIES))

    def wake(self) -> None:
        """Go on with whoever waits for the body."""
        if self.awaited is not None and not self.awaited.done():
            self.awaited.set_result(None)

    def drop_weight(self) -> None:
        """What came of the body takes no room any more."""
        if self.weighed:
            self.weighed = False
            self.budget.free(self)

    def _weigh(self) -> None:
        if len(self.body) > self.most:
            self.fail(content_too_large(self.most))
        else:
            self.weighed = True
            self.budget.hold(self, len(self.body))


@functools.lru_cache(maxsize=64)
def _names_a_server(host: str) -> bool:
    return _HOST.fullmatch(host) is not None


def fault_of(incoming: Incoming, version: str, upgrade: bool) -> ApiError | None:
    """What is wrong with a head, if anything is (RFC 9112)."""
    headers = incoming.headers
    if version not in ("1.1", "1.0"):
        return version_not_supported()
    # Two are joined by a comma and a space, which stand in none.
    host = headers.get("host", "" if version == "1.0" else " ")
    if not _names_a_server(host):
        return invalid_input("A request has one header Host, which names the server.")
    if "transfer-encoding" in headers:
        if version == "1.0":
            return invalid_input("HTTP/1.0 knows no Transfer-Encoding.")
        if headers["transfer-encoding"].strip().lower() != "chunked":
            return coding_not_implemented()
    if not incoming.url.isascii():
        return invalid_input("Malformed path: it is not ASCII.")
    if upgrade and not _bounded(incoming):
        return invalid_input("No other protocol is spoken here: send the request without the header Upgrade.")
    return None


def _bounded(incoming: Incoming) -> bool:
    length = incoming.headers.get("content-length", "0")
    return incoming.method != "CONNECT" and length.isdecimal() and "transfer-encoding" not in incoming.headers


def target_of(url: bytes) -> tuple[bytes, bytes]:
    """Path and query, still percent-encoded."""
    if not url.startswith(b"/"):  # with scheme and host before it, as a proxy is asked
        try:
            parsed = httptools.parse_url(url)
        except httptools.HttpParserInvalidURLError:
            return url, b""
        return parsed.path or b"/", parsed.query or b""
    path, _, query = url.partition(b"#")[0].partition(b"?")
    return path, query
