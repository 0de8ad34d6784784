"""The one ASGI endpoint: reads a request, finds what answers it, writes the answer and one log line."""

from __future__ import annotations

import asyncio
import functools
import logging
import re
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any
from urllib.parse import parse_qsl, unquote

from msgspec.structs import replace

from orderwright.errors import (
    ApiError,
    AuthError,
    MethodNotAllowedError,
    OverCapacityError,
    content_too_large,
    invalid_input,
    request_timeout,
)
from orderwright.http.exchange import Answer, Handler, Request, json_answer

MAX_BODY = 16 * 1024 * 1024
BODY_S = 30  # seconds; a request that is still being sent holds one of the places that others wait for
_CORRELATION = re.compile(r"[\w./:+=@-]{1,256}", re.ASCII)
_JSON = (b"content-type", b"application/json; charset=utf-8")

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Fixed = Mapping[tuple[str, ...], Mapping[str, Handler]]
Told = Callable[[Scope, Answer, str, float], None]
log = logging.getLogger("orderwright.request")


class Api:
    """Answers every HTTP request. `fixed` are handlers by their whole path, `below_project` answers the rest.

    At most `limit` requests are under way; more are refused at once with 503 and Retry-After, so that a queue never grows
    past what can be answered in time. `told` hears of each answer.
    """

    def __init__(
        self, fixed: Mapping[tuple[str, ...], Mapping[str, Handler]], below_project: Handler, limit: int, told: Told
    ) -> None:
        self._fixed = fixed
        self._below_project = below_project
        self._limit = limit
        self._told = told
        self._under_way = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI, for `http` scopes."""
        started = time.perf_counter()
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        correlation_id = _correlation_id(headers.get("x-correlation-id"))
        self._under_way += 1
        try:
            answer = await self._answered(scope, receive, headers, correlation_id)
        finally:
            self._under_way -= 1
        await _send(send, scope["method"], answer, correlation_id)
        self._told(scope, answer, correlation_id, started)

    async def _answered(self, scope: Scope, receive: Receive, headers: dict[str, str], correlation_id: str) -> Answer:
        try:
            path = scope.get("raw_path") or scope["path"].encode()
            # A process under load is alive: only what needs the database queues for it.
            if self._under_way > self._limit and path != b"/health":
                raise OverCapacityError("Too many requests are waiting.")
            request = Request(
                method=scope["method"],
                segments=_segments(path),
                query=_query(scope["query_string"]),
                headers=headers,
                correlation_id=correlation_id,
            )
            if scope["method"] == "POST":
                request = replace(request, read=functools.partial(_body, receive, headers))
            return await self._dispatched(request)
        except ApiError as error:
            return refusal(error)
        except Exception:
            # Nothing of what went wrong is shown outside; the log has it under the correlation id.
            log.exception("request failed", extra={"fields": {"correlationId": correlation_id}})
            return refusal(ApiError(500, "General", "The request failed inside the server; see its log."))

    async def _dispatched(self, request: Request) -> Answer:
        methods = self._fixed.get(request.segments)
        if methods is None:
            return await self._below_project(request)
        handler = methods.get("GET" if request.method == "HEAD" else request.method)
        if handler is None:
            raise MethodNotAllowedError(request.method, [*methods, *(["HEAD"] if "GET" in methods else [])])
        return await handler(await request.with_body())


def refusal(error: ApiError) -> Answer:
    """An error as the API answers it."""
    headers: tuple[tuple[str, str], ...] = ()
    if isinstance(error, OverCapacityError):
        headers = (("retry-after", str(error.retry_after)),)
    if isinstance(error, MethodNotAllowedError):
        headers = (("allow", ", ".join(sorted(error.allowed))),)
    if isinstance(error, AuthError) and error.status == 401:
        headers = (("www-authenticate", f'Bearer realm="orderwright", error="{error.error}"'),)
    return json_answer(error.status, error.body(), *headers)


def _correlation_id(given: str | None) -> str:
    # A given one stands in headers and log lines, so it must be short and plain.
    return given if given and _CORRELATION.fullmatch(given) else f"orderwright/{secrets.token_hex(16)}"


def _segments(path: bytes) -> tuple[str, ...]:
    words = path.split(b"?", 1)[0].strip(b"/").split(b"/")
    try:
        return tuple(unquote(word, errors="strict") if b"%" in word else word.decode() for word in words)
    except UnicodeDecodeError:
        raise invalid_input("Malformed path: it is not UTF-8.") from None


def _query(raw: bytes) -> tuple[tuple[str, str], ...]:
    if not raw:
        return ()
    try:
        return tuple(parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=2_000))
    except (UnicodeDecodeError, ValueError):
        raise invalid_input("Malformed query parameters.") from None


async def _body(receive: Receive, headers: Mapping[str, str]) -> bytes:
    """The whole body, at most 16 MB and BODY_S seconds of sending; a larger one is refused as soon as that is known."""
    declared = headers.get("content-length", "")
    if declared.isdigit() and int(declared) > MAX_BODY:
        raise content_too_large()
    try:
        async with asyncio.timeout(BODY_S):
            return await _received(receive)
    except TimeoutError:
        raise request_timeout() from None


async def _received(receive: Receive) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            # What came so far may well read as a whole document, but nobody meant it to be one.
            raise invalid_input("The request ended before its body did.")
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > MAX_BODY:
            raise content_too_large()
        chunks.append(chunk)
        if not message.get("more_body", False):
            return chunks[0] if len(chunks) == 1 else b"".join(chunks)


async def _send(send: Send, method: str, answer: Answer, correlation_id: str) -> None:
    body = b"" if method == "HEAD" else answer.body
    headers = [(b"x-correlation-id", correlation_id.encode("latin-1"))]
    if method != "HEAD":  # there the length would have to be that of GET's body, which was not made
        headers.append((b"content-length", str(len(body)).encode()))
    own = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers]
    if body and not any(name == b"content-type" for name, _ in own):
        headers.append(_JSON)
    await send({"type": "http.response.start", "status": answer.status, "headers": headers + own})
    await send({"type": "http.response.body", "body": body})
