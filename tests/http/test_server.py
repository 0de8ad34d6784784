"""The endpoint by itself: failures that show nothing, paths taken apart, and paths as the log has them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import pytest

from orderwright.auth.refusals import insufficient_scope, invalid_token
from orderwright.errors import MethodNotAllowedError, OverCapacityError, invalid_operation
from orderwright.http.mounts.refusal import refusal
from orderwright.http.wire.exchange import Answer, Handler, Request
from orderwright.http.wire.limits import DOCUMENT, Body
from orderwright.http.wire.logs import RequestLog, impersonal
from orderwright.http.wire.mounts import Mount, Mounts, Served, Table
from orderwright.http.wire.server import Api

Sent = tuple[int, dict[str, str], bytes]


def call(
    handler: Handler,
    body: bytes = b"",
    *,
    method: str = "POST",
    path: bytes = b"/p/carts",
    query: bytes = b"",
    headers: Mapping[str, str] | None = None,
    fixed: Mount | None = None,
    limit: int = 10,
) -> Sent:
    """One request through the endpoint; the headers returned are the answer's own, and its correlation id."""

    async def read(kind: Body) -> bytes:
        assert kind == DOCUMENT
        return body

    mounts = Mounts(Mount(answer=handler, refusal=refusal), *([fixed] if fixed is not None else []))
    api = Api(mounts, limit, RequestLog(enabled=False))
    answer, correlation_id = asyncio.run(api.handle(method, path, query, headers or {}, read))
    return answer.status, {"x-correlation-id": correlation_id, **dict(answer.headers)}, answer.whole


async def echo(request: Request) -> Answer:
    return Answer(200, (await request.with_body()).body)


async def unreached(request: Request) -> Answer:
    await request.with_body()
    raise AssertionError("the request must not get this far")


def code(answer: Sent) -> tuple[int, str]:
    document = json.loads(answer[2])
    assert document["statusCode"] == answer[0]
    return answer[0], document["errors"][0]["code"]


def test_only_a_post_has_a_body() -> None:
    assert call(echo, b"abc")[::2] == (200, b"abc")
    assert call(echo, b"abc", method="GET")[::2] == (200, b"")


def test_a_failure_shows_nothing_of_its_cause(caplog: pytest.LogCaptureFixture) -> None:
    async def broken(_request: Request) -> Answer:
        raise RuntimeError("SELECT secret FROM token")

    status, headers, body = call(broken, b"{}", headers={"x-correlation-id": "abc"})
    assert (status, headers["x-correlation-id"]) == (500, "abc")
    assert json.loads(body)["errors"][0]["code"] == "General"
    assert b"secret" not in body
    (record,) = caplog.records
    assert record.exc_info
    assert record.fields == {"correlationId": "abc"}  # type: ignore[attr-defined]  # put there by the endpoint


@pytest.mark.parametrize(
    ("error", "status", "header"),
    [
        (OverCapacityError("full", retry_after=3), 503, ("retry-after", "3")),
        (invalid_token(), 401, ("www-authenticate", 'Bearer realm="orderwright", error="invalid_token"')),
        (insufficient_scope(["manage_project:p"]), 403, None),
        (invalid_operation("no"), 400, None),
        (MethodNotAllowedError("PUT", ["POST", "GET"]), 405, ("allow", "GET, POST")),
    ],
)
def test_refusals_and_their_headers(error: Any, status: int, header: tuple[str, str] | None) -> None:
    answer = refusal(error)
    assert (answer.status, answer.headers) == (status, (header,) if header else ())
    assert json.loads(answer.whole)["statusCode"] == status


def test_no_place_left() -> None:
    status, headers, _ = call(unreached, b"{}", limit=0)
    assert (status, headers["retry-after"]) == (503, "1")


def test_a_fixed_path_comes_first() -> None:
    async def alive(_request: Request, _names: tuple[str, ...]) -> Answer:
        return Answer(200)

    fixed = Mount(words=("health",), answer=Table([Served("health", "GET", alive)]).answer, refusal=refusal)
    assert call(unreached, method="GET", path=b"/health", fixed=fixed)[0] == 200
    assert call(unreached, method="HEAD", path=b"/health/", fixed=fixed)[0] == 200
    status, headers, _ = call(unreached, path=b"/health", fixed=fixed)
    assert (status, headers["allow"]) == (405, "GET, HEAD")


def test_a_path_is_taken_apart_before_it_is_decoded() -> None:
    seen: list[Request] = []

    async def keep(request: Request) -> Answer:
        seen.append(request)
        return Answer(200)

    call(keep, method="GET", path=b"/p/orders/order-number=A%2F1%20%C3%A4+", query=b"a=1&b=&a=%C3%A4+b")
    assert seen[0].segments == ("p", "orders", "order-number=A/1 ä+")
    assert seen[0].query == (("a", "1"), ("b", ""), ("a", "ä b"))
    assert code(call(unreached, method="GET", path=b"/p/%ff")) == (400, "InvalidInput")
    assert code(call(unreached, method="GET", query=b"a=%ff")) == (400, "InvalidInput")


@pytest.mark.parametrize(
    ("path", "logged"),
    [
        (b"/p/carts", "/p/carts"),
        (b"/p/carts/0f8fad5b-d9cb-469f-a165-70867728950e", "/p/carts/0f8fad5b-d9cb-469f-a165-70867728950e"),
        (b"/p/carts/replicate", "/p/carts/replicate"),
        (b"/p/carts/Ada-Lovelace", "/p/carts/..."),
        (b"/p/carts/ada@example.com", "/p/carts/..."),
        (b"/p/orders/order-number=Ada%2FLovelace", "/p/orders/order-number=..."),
        (b"/p/orders/order-number=Ada/Lovelace", "/p/orders/order-number=.../..."),
        (b"/p/in-store/key=berlin/carts/key=Ada", "/p/in-store/key=.../carts/key=..."),
        (b"/p/%41da", "/p/..."),
        (b"/p/a%0ab?email=ada@example.com", "/p/..."),
        (b"/p/\xff\x00", "/p/..."),
        (b"/" + b"a" * 100, "/..."),
        (b"/a" * 100, "/a" * 9),
        (b"/", "/"),
    ],
)
def test_the_log_names_nobody(path: bytes, logged: str) -> None:
    assert impersonal(path) == logged
