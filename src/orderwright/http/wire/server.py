"""The one endpoint: finds what answers a request, turns what went wrong into an answer, and tells the log."""

from __future__ import annotations

import asyncio
import functools
import itertools
import logging
import re
import secrets
import time
from collections.abc import AsyncIterable, Awaitable, Callable, Mapping
from typing import Any, Self
from urllib.parse import parse_qsl, unquote

from orderwright.errors import ApiError, OverCapacityError, invalid_input
from orderwright.http.wire import cors
from orderwright.http.wire.cors import Sharing
from orderwright.http.wire.exchange import Answer, Request, Trail, end_of, nothing
from orderwright.http.wire.incoming import target_of
from orderwright.http.wire.limits import Body
from orderwright.http.wire.logs import impersonal
from orderwright.http.wire.mounts import Mount, Mounts
from orderwright.http.wire.watch import UnderWay
from orderwright.telemetry import calls
from orderwright.telemetry.metrics import VERSION_CONFLICTS, observe_request
from orderwright.telemetry.traces import Ended, Traces

# Ids of our own are unique, not secret: a random part for the process and a number cost no system call.
_PROCESS = secrets.token_hex(10)
_numbers = itertools.count(1)
_CORRELATION = re.compile(r"[\w./:+=@-]{1,256}", re.ASCII)

_TOO_MANY = "Too many requests are waiting."
Told = Callable[[str, bytes, int, int, str, float], None]
Read = Callable[[Body], Awaitable[bytes]]
log = logging.getLogger("orderwright.request")


class Api:
    """Answers every HTTP request, by the mount that its path is below.

    At most `limit` requests are under way; more are refused at once with 503 and Retry-After, so that a queue never grows
    past what can be answered in time. One that waits for its body is not under way, whoever sends it: it needs nothing of what
    others wait for; nor is one whose answer is a stream that has begun, which waits for its client. `told` hears of each answer.
    `proxies` is how many proxies stand before the server: so many addresses at the end of X-Forwarded-For are believed. `working`
    are the requests under way, by their tasks.
    """

    def __init__(self, mounts: Mounts, limit: int, told: Told, proxies: int = 0, traces: Traces | None = None) -> None:
        self._mounts = mounts
        self._limit = limit
        self._told = told
        self._proxies = proxies
        self._traces = traces
        self._under_way = 0
        self.working: dict[asyncio.Task[Any] | None, UnderWay] = {}

    def takes_body(self, method: str, url: bytes) -> bool:
        """Whether the body of a request is read where it is sent to."""
        return method in self._mounts.of(target_of(url)[0]).bodies

    def refusal(self, url: bytes, error: ApiError) -> Answer:
        """An error as it is answered where a request was sent to, as far as that is known."""
        return self._mounts.of(target_of(url)[0]).refusal(error)

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
        segments = _segments(path)
        mount = self._mounts.of(path) if segments is None else self._mounts.below(segments[0])
        if method == "OPTIONS" and (told := cors.preflight(method, headers, mount.sharing)) is not None:
            self._told(method, path, told.status, 0, correlation_id, started)
            return told, correlation_id
        self._under_way += 1
        trail, called, traced = Trail(), calls.begin(), self._traced(method, path, headers, correlation_id)
        task = asyncio.current_task()
        asked = self.working[task] = UnderWay(method, path, correlation_id)
        try:
            # A process under load is alive: only what needs the database queues for it.
            if self._under_way > self._limit and not mount.urgent:
                raise OverCapacityError(_TOO_MANY)
            if segments is None:
                raise invalid_input("Malformed path: it is not UTF-8.")
            request = Request(
                method=method,
                segments=segments,
                query=_query(query),
                headers=headers,
                correlation_id=correlation_id,
                peer=_forwarded(headers, peer, self._proxies) if self._proxies else peer,
                read=functools.partial(self._read, read) if method in mount.bodies else nothing,
                trail=trail,
            )
            answer = await mount.answer(request)
        except ApiError as error:
            answer = _refused(mount, error)
        except Exception:
            # Nothing of what went wrong is shown outside; the log has it under the correlation id.
            log.exception("request failed", extra={"fields": {"correlationId": correlation_id}})
            answer = mount.refusal(ApiError(500, "General", "The request failed inside the server; see its log."))
        finally:
            self._under_way -= 1
            self.working.pop(task, None)
        observe_request(method, trail.route, answer.status, time.perf_counter() - started)
        if traced is not None:
            traced(trail.route, answer.status)
        answer = answer.with_headers(called.headers(answer.status))
        answer = await _shared(answer, headers, segments, mount.sharing) if "origin" in headers else answer
        if isinstance(answer.body, bytes):
            self._told(method, path, answer.status, len(answer.body), correlation_id, started)
            return answer, correlation_id
        return await self._streaming(answer, answer.body, asked, started), correlation_id

    def _traced(self, method: str, path: bytes, headers: Mapping[str, str], correlation_id: str) -> Ended | None:
        if self._traces is None:
            return None
        parent = {"traceparent": headers.get("traceparent", ""), "tracestate": headers.get("tracestate", "")}
        return self._traces.begin(method, impersonal(path), parent, correlation_id)

    async def _streaming(self, answer: Answer, parts: AsyncIterable[bytes], asked: UnderWay, started: float) -> Answer:
        """The answer with a stream of which the log is told when it has ended. HEAD has no part of it made."""
        task = asyncio.current_task()

        def ended(size: int) -> None:
            self.working.pop(task, None)
            self._told(asked.method, asked.path, answer.status, size, asked.correlation_id, started)

        self.working[task] = asked
        stream = _Stream(parts, ended, asked.correlation_id)
        if asked.method != "HEAD":
            return answer._replace(body=stream)
        await stream.aclose()
        return answer._replace(body=b"")

    async def _read(self, read: Read, kind: Body) -> bytes:
        self._under_way -= 1
        try:
            body = await read(kind)
        finally:
            self._under_way += 1
        if self._under_way > self._limit:
            raise OverCapacityError(_TOO_MANY)
        return body


class _Stream:
    """A stream of which the log is told when it has ended, whoever ended it, and why it failed if it did."""

    def __init__(self, parts: AsyncIterable[bytes], told: Callable[[int], None], correlation_id: str) -> None:
        self._parts = aiter(parts)
        self._told = told
        self._correlation_id = correlation_id
        self._size = 0

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        try:
            part = await anext(self._parts)
        except StopAsyncIteration:
            raise
        except Exception:
            log.exception("request failed", extra={"fields": {"correlationId": self._correlation_id}})
            raise
        self._size += len(part)
        return part

    async def aclose(self) -> None:
        try:
            await end_of(self._parts)
        finally:
            self._told(self._size)


def _refused(mount: Mount, error: ApiError) -> Answer:
    if error.code == "ConcurrentModification":
        VERSION_CONFLICTS.add()
    return mount.refusal(error)


async def _shared(answer: Answer, headers: Mapping[str, str], path: tuple[str, ...] | None, sharing: Sharing) -> Answer:
    try:
        allowed = await sharing.origins(headers, path) if path is not None else ()
    except ApiError:  # whose client it was is not known
        allowed = ()
    return cors.shared(answer, headers["origin"], allowed, sharing)


def correlation_id_of(given: str | None) -> str:
    """The given one, or one that is made."""
    # It stands in headers and log lines, so it must be short and plain.
    return given if given and _CORRELATION.fullmatch(given) else f"orderwright/{_PROCESS}{next(_numbers):012x}"


def _forwarded(headers: Mapping[str, str], peer: str | None, proxies: int) -> str | None:
    """The address that the outermost of our own proxies saw; each adds the one it was called from at the end."""
    seen = [word.strip() for word in headers.get("x-forwarded-for", "").split(",") if word.strip()]
    return seen[-proxies] if len(seen) >= proxies else (seen[0] if seen else peer)


def _segments(path: bytes) -> tuple[str, ...] | None:
    """The words of a path; None for one that is no UTF-8."""
    path = path.strip(b"/")
    try:
        if b"%" not in path:
            return tuple(path.decode().split("/"))
        return tuple(unquote(word, errors="strict") for word in path.split(b"/"))
    except UnicodeDecodeError:
        return None


def _query(raw: bytes) -> tuple[tuple[str, str], ...]:
    if not raw:
        return ()
    try:
        return tuple(parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=2_000))
    except (UnicodeDecodeError, ValueError):
        raise invalid_input("Malformed query parameters.") from None
