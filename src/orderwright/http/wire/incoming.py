"""Requests on their way in: read from the bytes of a connection, and what makes them none."""

from __future__ import annotations

import asyncio
import functools
import logging
import re
from collections.abc import Callable
from typing import Protocol

import httptools

from orderwright.errors import ApiError, OverCapacityError, invalid_input
from orderwright.http.wire.budget import Budget
from orderwright.http.wire.exchange import HEADERS_READ, take_header
from orderwright.http.wire.limits import DOCUMENT, Body, Limits
from orderwright.http.wire.refusals import coding_not_implemented, content_too_large, headers_too_large, version_not_supported

_BODILESS = ("GET", "HEAD")  # wherever they are sent
_HOST = re.compile(r"[\w.:\[\]~!$&'()*+;=%-]*", re.ASCII)
_TOO_MANY_BODIES = "Too many request bodies are on their way; send the request again."
_TOO_MANY_HEADS = "Too many requests are on their way; send the request again."
log = logging.getLogger("orderwright.http")


class Incoming:
    """A request on its way in, or what came in the place of one: then `error` says what is wrong with it."""

    __slots__ = (
        "answered", "awaited", "bodied", "body", "budget", "chunked", "error", "free", "headers", "keep_alive", "method", "most",
        "taken", "url", "weighed", "whole",
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
        self.bodied = False  # its body is read by whom it is for
        self.chunked = False  # its client understands an answer in chunks

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


class Taker(Protocol):
    """Whom requests are read for: a connection."""

    def take(self, incoming: Incoming) -> None:
        """A head was read, or something came in the place of one; it is to be answered."""

    def regulate(self) -> None:
        """More has come than there may lie here unasked for."""

    def finished(self) -> None:
        """A request has ended after whose answer nothing follows."""


class Reading:
    """The bytes of a connection as requests. `arriving` is the one that is being read, `since` when it or the waiting for it
    began; after the `last` no further one is taken, and what comes to the `deaf` is not even looked at."""

    whole = False  # as one whose head has not ended, it gives way to others

    def __init__(self, taker: Taker, limits: Limits, strangers: Budget, bodied: Callable[[str, bytes], bool]) -> None:
        self._taker = taker
        self._limits = limits
        self._strangers = strangers
        self._takes_body = bodied
        self._loop = asyncio.get_running_loop()
        self._parser = httptools.HttpRequestParser(self)
        # What follows a request that closes the connection is nobody's, and no reason to withhold that request's answer.
        self._parser.set_dangerous_leniencies(lenient_data_after_close=True)
        self.arriving = self._expected()
        self.since = self._loop.time()
        self.last = self.deaf = False
        self._head = 0  # bytes of the first line and headers so far
        self._partial = 0  # bytes that came before the head had ended
        self._owed = 0  # bytes of a body that the parser leaves to us
        self._quiet = 0  # bytes since the parser last told of something whole
        self._spare = 0  # bytes of a body that nobody takes

    def feed(self, data: bytes) -> None:
        """Bytes came."""
        while data:
            data = self._pass_over(data) if self._owed else self._parsed(data)

    def cut_off(self) -> None:
        """Nothing more will come."""
        self.deaf = True
        if not self.arriving.whole and self.arriving.error is None:
            # What came so far may well read as a whole document, but nobody meant it to be one.
            self.arriving.fail(invalid_input("The request ended before its body did."))

    def end(self) -> None:
        """The connection is gone."""
        self.cut_off()
        self._strangers.free(self)
        del self._parser, self._taker  # they hold this, which holds them

    def give_way(self) -> None:
        """Others need the room that a head takes."""
        self.refuse(OverCapacityError(_TOO_MANY_HEADS))

    def refuse(self, error: ApiError, cause: Exception | None = None) -> None:
        """Have it answered what is no request, after those that came before it; then the connection ends."""
        if self.deaf:
            return
        self.deaf = True
        log.warning("Invalid HTTP request received.", exc_info=cause)
        arriving = self.arriving
        if arriving.taken and not arriving.whole:
            arriving.keep_alive = False
            arriving.fail(error)
            if arriving.answered:
                self._taker.finished()
        elif not self.last:
            refused = self._expected()
            refused.url, refused.error = b"" if arriving.taken else arriving.url, error
            self._taker.take(refused)

    def _expected(self) -> Incoming:
        return Incoming(self._strangers, self._limits.uncounted_bytes)

    def _pass_over(self, data: bytes) -> bytes:
        part, rest = data[: self._owed], data[self._owed :]
        self._owed -= len(part)
        self.on_body(part)
        if not self._owed:
            self.on_message_complete()
        return rest

    def _parsed(self, data: bytes) -> bytes:
        """Parse; what is returned comes after a request that wished for another protocol, and is HTTP as before."""
        if self.deaf:
            return b""
        self._quiet += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            return data[upgrade.args[0] :]
        except httptools.HttpParserError as error:
            broken = isinstance(error, httptools.HttpParserCallbackError)
            self.refuse(invalid_input("This is not a request of HTTP/1.1."), error if broken else None)
        else:
            if self._quiet > self._limits.head_bytes:
                self.refuse(headers_too_large())
            elif not self.arriving.method:
                self._partial += len(data)
                if self._partial > self._limits.uncounted_bytes:
                    self._strangers.hold(self, self._partial)
        return b""

    # What the parser tells.

    def on_message_begin(self) -> None:
        self.since = self._loop.time()
        self.arriving = self._expected()
        self._head = self._quiet = 0

    def on_url(self, url: bytes) -> None:
        self.arriving.url += url
        self._head += len(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        arriving = self.arriving
        self._head += len(name) + len(value) + 4
        # What is told after the head are a chunked body's trailers. They must not pass for headers.
        if not arriving.method and (read := HEADERS_READ.get(name.lower())) is not None:
            take_header(arriving.headers, read, value.decode("latin-1"))

    def on_headers_complete(self) -> None:
        arriving, parser = self.arriving, self._parser
        self._quiet = 0
        if self._partial:
            self._partial = 0
            self._strangers.free(self)
        arriving.method = parser.get_method().decode()
        if self.last:
            return
        version, upgrade = parser.get_http_version(), parser.should_upgrade()
        arriving.bodied = arriving.method not in _BODILESS and self._takes_body(arriving.method, arriving.url)
        if self._head > self._limits.head_bytes:
            self.refuse(headers_too_large())
        elif (fault := fault_of(arriving, version, upgrade)) is not None:
            self.refuse(fault)
        elif not arriving.bodied and arriving.declared > self._limits.spare_bytes:
            self.refuse(content_too_large(self._limits.spare_bytes))
        else:
            # The parser takes what follows a request for an upgrade to be of the other protocol. It is this request's body.
            self._owed = arriving.declared if upgrade else 0
            if version == "1.1":
                arriving.keep_alive, arriving.chunked = parser.should_keep_alive(), True
            else:  # an older client does not know the answer 100
                arriving.headers.pop("expect", None)
            self._taker.take(arriving)

    def on_body(self, part: bytes) -> None:
        self._quiet = 0
        arriving = self.arriving
        if not arriving.taken or arriving.answered or arriving.error is not None:
            return
        if not arriving.bodied:
            self._spare += len(part)
            if self._spare > self._limits.spare_bytes:
                arriving.keep_alive, self.last = False, True
            return
        arriving.add(part)
        if len(arriving.body) > self._limits.unread_bytes and arriving.awaited is None:
            self._taker.regulate()

    def on_message_complete(self) -> None:
        self._quiet = self._spare = 0
        if self._owed:
            return
        arriving = self.arriving
        arriving.whole = True
        arriving.wake()
        if arriving.answered and not arriving.keep_alive:
            self._taker.finished()


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
