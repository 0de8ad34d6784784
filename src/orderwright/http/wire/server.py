"""The one endpoint: finds what answers a request, turns what went wrong into an answer, and tells the log."""

from __future__ import annotations

import asyncio
import functools
import itertools
import logging
import re
import secrets
import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote

from orderwright.errors import (
    ApiError,
    AuthError,
    MethodNotAllowedError,
    OverCapacityError,
    invalid_input,
)
from orderwright.http.wire import cors
from orderwright.http.wire.exchange import Answer, Handler, Request, json_answer, nothing
from orderwright.http.wire.limits import Body
from orderwright.http.wire.watch import UnderWay

# Ids of our own are unique, not secret: a random part for the process and a number cost no system call.
_PROCESS = secrets.token_hex(10)
_numbers = itertools.count(1)
_CORRELATION = re.compile(r"[\w./:+=@-]{1,256}", re.ASCII)

_TOO_MANY = "Too many requests are waiting."
Fixed = Mapping[tuple[str, ...], Mapping[str, Handler]]
Told = Callable[[str, bytes, Answer, str, float], None]
Read = Callable[[Body], Awaitable[bytes]]
# Who sent these headers to a path, and which origins that client's browsers may have; none is any.
Origins = Callable[[Mapping[str, str], tuple[str, ...]], Awaitable[Collection[str]]]
log = logging.getLogger("orderwright.request")


class Api:
    """Answers every HTTP request. `fixed` are handlers by their whole path, `below_project` answers the rest.

    At most `limit` requests are under way; more are refused at once with 503 and Retry-After, so that a queue never grows
    past what can be answered in time. One that waits for its body is not under way, whoever sends it: it needs nothing of what
    others wait for. `told` hears of each answer. `proxies` is how many proxies stand before the server: so
    many addresses at the end of X-Forwarded-For are believed. `working` are the requests under way, by their tasks.
    """

    def __init__(
        self,
        fixed: Mapping[tuple[str, ...], Mapping[str, Handler]],
        below_project: Handler,
        limit: int,
        told: Told,
        origins: Origins | None = None,
        proxies: int = 0,
    ) -> None:
        self._fixed = fixed
        self._below_project = below_project
        self._limit = limit
        self._told = told
        self._origins = origins
        self._proxies = proxies
        self._under_way = 0
        self.working: dict[asyncio.Task[Any] | None, UnderWay] = {}

    async def handle(
        self,
        method: str,
        path: bytes,
        query: bytes,
        headers: Mapping[str, str],
        read: Read,
        peer: str | None = None,
    ) -> tuple[Answer, str]:
        """The answer to a request, and its correlation id. Path and query are as they were sent; `read` gets the body, `peer`
        is the address at the other end of the connection.

        `read` is called at most once, and only for those who may send one. Of what it raises, an ApiError is answered.
        """
        started = time.perf_counter()
        correlation_id = correlation_id_of(headers.get("x-correlation-id"))
        if method == "OPTIONS" and (told := cors.preflight(method, headers)) is not None:
            self._told(method, path, told, correlation_id, started)
            return told, correlation_id
        self._under_way += 1
        task = asyncio.current_task()
        self.working[task] = UnderWay(method, path, correlation_id)
        try:
            # A process under load is alive: only what needs the database queues for it.
            if self._under_way > self._limit and path != b"/health":
                raise OverCapacityError(_TOO_MANY)
            request = Request(
                method=method,
                segments=_segments(path),
                query=_query(query),
                headers=headers,
                correlation_id=correlation_id,
                peer=_forwarded(headers, peer, self._proxies) if self._proxies else peer,
                read=functools.partial(self._read, read) if method == "POST" else nothing,
            )
            answer = await self._dispatched(request)
        except ApiError as error:
            answer = refusal(error)
        except Exception:
            # Nothing of what went wrong is shown outside; the log has it under the correlation id.
            log.exception("request failed", extra={"fields": {"correlationId": correlation_id}})
            answer = refusal(ApiError(500, "General", "The request failed inside the server; see its log."))
        finally:
            self._under_way -= 1
            self.working.pop(task, None)
        if "origin" in headers:
            answer = await self._shared(answer, headers, path)
        self._told(method, path, answer, correlation_id, started)
        return answer, correlation_id

    async def _read(self, read: Read, kind: Body) -> bytes:
        self._under_way -= 1
        try:
            body = await read(kind)
        finally:
            self._under_way += 1
        if self._under_way > self._limit:
            raise OverCapacityError(_TOO_MANY)
        return body

    async def _shared(self, answer: Answer, headers: Mapping[str, str], path: bytes) -> Answer:
        try:
            allowed = await self._origins(headers, _segments(path)) if self._origins is not None else ()
        except ApiError:  # whose client it was is not known
            allowed = ()
        return cors.shared(answer, headers["origin"], allowed)

    async def _dispatched(self, request: Request) -> Answer:
        methods = self._fixed.get(request.segments)
        if methods is None:
            return await self._below_project(request)
        handler = methods.get("GET" if request.method == "HEAD" else request.method)
        if handler is None:
            raise MethodNotAllowedError(request.method, [*methods, *(["HEAD"] if "GET" in methods else [])])
        return await handler(request)


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


def correlation_id_of(given: str | None) -> str:
    """The given one, or one that is made."""
    # It stands in headers and log lines, so it must be short and plain.
    return given if given and _CORRELATION.fullmatch(given) else f"orderwright/{_PROCESS}{next(_numbers):012x}"


def _forwarded(headers: Mapping[str, str], peer: str | None, proxies: int) -> str | None:
    """The address that the outermost of our own proxies saw; each adds the one it was called from at the end."""
    seen = [word.strip() for word in headers.get("x-forwarded-for", "").split(",") if word.strip()]
    return seen[-proxies] if len(seen) >= proxies else (seen[0] if seen else peer)


def _segments(path: bytes) -> tuple[str, ...]:
    path = path.strip(b"/")
    try:
        if b"%" not in path:
            return tuple(path.decode().split("/"))
        return tuple(unquote(word, errors="strict") for word in path.split(b"/"))
    except UnicodeDecodeError:
        raise invalid_input("Malformed path: it is not UTF-8.") from None


def _query(raw: bytes) -> tuple[tuple[str, str], ...]:
    if not raw:
        return ()
    try:
        return tuple(parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=2_000))
    except (UnicodeDecodeError, ValueError):
        raise invalid_input("Malformed query parameters.") from None
