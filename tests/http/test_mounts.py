"""Mounts: a second dialect stands beside the API with paths, bodies, errors, a guard and headers of its own."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from peers import HOST, Peer, get, path_of, wired

from orderwright.auth.refusals import invalid_token
from orderwright.engine.json.codec import encode
from orderwright.errors import ApiError, MethodNotAllowedError, OverCapacityError
from orderwright.http.mounts.refusal import refusal
from orderwright.http.wire.cors import Sharing
from orderwright.http.wire.exchange import Answer, Request
from orderwright.http.wire.limits import FORM, Limits
from orderwright.http.wire.logs import RequestLog
from orderwright.http.wire.mounts import Mount, Mounts, Place, Served, Table
from orderwright.http.wire.server import Api

_TYPES = {401: "insufficient_permissions", 404: "element_resource_non_existing", 405: "unsupported_method"}


def told(error: ApiError) -> Answer:
    """An error as the dialect has it."""
    document = {"status": error.status, "type": _TYPES.get(error.status, "other"), "message": error.message}
    return Answer(error.status, encode(document), (("x-form", "dialect"),))


async def stored(request: Request, names: tuple[str, ...]) -> Answer:
    return Answer(200, b"%s %s %s" % (request.method.encode(), names[1].encode(), (await request.with_body(FORM)).body))


async def listed(_request: Request, names: tuple[str, ...]) -> Answer:
    return Answer(200, encode(list(names)), (("x-total-count", "0"),))


ORDERS = Table(
    [
        Served("order-v2/{tenant}/salesorders", "GET", listed),
        Served("order-v2/{tenant}/salesorders/{orderId}", "PUT", stored),
        Served("order-v2/{tenant}/salesorders/{orderId}", "PATCH", stored),
        Served("customer/{tenant}/me", "GET", listed),
    ]
)


async def guarded(request: Request) -> Answer:
    """The dialect's own guard: it lets in before it looks for the path."""
    if request.headers.get("authorization") != "Bearer known":
        raise invalid_token()
    return await ORDERS.answer(request)


DIALECT = Mount(
    words=("order-v2", "customer"),
    answer=guarded,
    refusal=told,
    bodies=frozenset({"POST", "PUT", "PATCH"}),
    sharing=Sharing(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"), ("X-Correlation-ID", "X-Total-Count")),
)
MOUNTS = Mounts(Mount(answer=path_of, refusal=refusal), DIALECT)
KNOWN = b"Authorization: Bearer known"


def sent(method: bytes, path: bytes, *lines: bytes, body: bytes = b"") -> bytes:
    return b"\r\n".join([method + b" " + path + b" HTTP/1.1", HOST, *lines]) + b"\r\n\r\n" + body


def test_a_first_word_decides_and_all_else_is_the_rests() -> None:
    paths = {
        b"/order-v2/acme/salesorders": DIALECT,
        b"//customer": DIALECT,
        b"/%6Frder-v2/acme": DIALECT,
        b"/order-v22": None,
        b"/acme/order-v2": None,
        b"/%ff": None,
        b"/": None,
        b"": None,
        b"*": None,
    }
    assert [MOUNTS.of(path) is DIALECT for path in paths] == [mount is DIALECT for mount in paths.values()]
    assert MOUNTS.words == {"order-v2", "customer"}
    with pytest.raises(ValueError, match="Two mounts stand below 'customer'"):
        Mounts(DIALECT, DIALECT, Mount(words=("customer",), answer=path_of, refusal=refusal))


def test_put_and_patch_have_bodies_where_the_mount_says_so() -> None:
    async def scene(peer: Peer) -> None:
        path = b"/order-v2/acme/salesorders/o-1"
        for method in (b"PUT", b"PATCH"):
            peer.send(sent(method, path, KNOWN, b"Content-Length: 3", body=b"abc"))
            assert (await peer.answer())[::2] == (200, method + b" o-1 abc")
            peer.send(sent(method, path, KNOWN, b"Transfer-Encoding: chunked", body=b"2\r\nde\r\n0\r\n\r\n"))
            assert (await peer.answer())[::2] == (200, method + b" o-1 de")
            peer.send(sent(method, path, KNOWN, b"Content-Length: 2", b"Expect: 100-continue"))
            assert await peer.head() == (100, {})
            peer.send(b"fg")
            assert (await peer.answer())[::2] == (200, method + b" o-1 fg")
        # Elsewhere nobody reads it. It is thrown away.
        peer.send(sent(b"PUT", b"/shop/carts", b"Content-Length: 3", body=b"abc"), get(b"/next"))
        assert [(await peer.answer())[2] for _ in range(2)] == [b"shop/carts", b"next"]

    wired(scene, MOUNTS)


def test_their_bodies_have_the_bounds_that_all_have() -> None:
    async def scene(peer: Peer) -> None:
        path = b"/order-v2/acme/salesorders/o-1"
        peer.send(sent(b"PUT", path, KNOWN, b"Content-Length: %d" % (FORM.most + 1)))
        status, headers, body = await peer.answer()
        assert (status, headers["x-form"], json.loads(body)["status"]) == (413, "dialect", 413)
        other = await peer.another()
        other.send(sent(b"PATCH", path, KNOWN, b"Content-Length: 3", body=b"ab"))
        status, headers, _ = await other.answer()
        assert (status, headers["x-form"]) == (408, "dialect")
        assert await other.ended()
        # A stranger's is not read.
        third = await peer.another()
        third.send(sent(b"PUT", path, b"Content-Length: 200000", body=b"{" * 100_000))
        status, headers, _ = await third.answer()
        assert (status, headers["x-form"]) == (401, "dialect")

    wired(scene, MOUNTS, limits=Limits(body_s=0.05))


def test_errors_have_the_form_of_the_mount_also_before_it_is_asked() -> None:
    async def scene(peer: Peer) -> None:
        expected = (
            (sent(b"GET", b"/order-v2/acme/salesorders"), 401, "insufficient_permissions"),
            (sent(b"GET", b"/order-v2/acme/nothing", KNOWN), 404, "element_resource_non_existing"),
            (sent(b"DELETE", b"/order-v2/acme/salesorders", KNOWN), 405, "unsupported_method"),
            (sent(b"GET", b"/order-v2/%ff", KNOWN), 400, "other"),
            (sent(b"GET", b"/order-v2/acme/salesorders?%ff", KNOWN), 400, "other"),
        )
        for request, status, kind in expected:
            peer.send(request)
            answer = await peer.answer()
            assert (answer[0], answer[1]["x-form"], json.loads(answer[2])["type"]) == (status, "dialect", kind)
        peer.send(sent(b"GET", b"/shop/%ff"))
        assert await peer.error() == (400, "InvalidInput")
        # What is no request has the form of where it was sent to.
        broken = await peer.another()
        broken.send(sent(b"GET", b"/order-v2/acme/salesorders", b"Host: twice"))
        assert (await broken.answer())[1]["x-form"] == "dialect"
        broken = await peer.another()
        broken.send(b"nonsense\r\n\r\n")
        assert await broken.error() == (400, "InvalidInput")

    wired(scene, MOUNTS)


def handled(method: str, path: bytes, headers: dict[str, str], limit: int = 10, mounts: Mounts = MOUNTS) -> Answer:
    async def unread(_kind: Any) -> bytes:
        raise AssertionError("no body is wanted")

    api = Api(mounts, limit, RequestLog(enabled=False))
    return asyncio.run(api.handle(method, path, b"", headers, unread))[0]


def test_browsers_are_told_of_the_methods_and_headers_of_the_mount() -> None:
    origin = {"origin": "https://shop.example"}
    asking = {**origin, "access-control-request-method": "PATCH"}
    allowed = dict(handled("OPTIONS", b"/order-v2/acme/salesorders/o-1", asking).headers)
    assert allowed["access-control-allow-methods"] == "GET, HEAD, POST, PUT, PATCH, DELETE"
    assert dict(handled("OPTIONS", b"/shop/carts", asking).headers)["access-control-allow-methods"] == "GET, HEAD, POST, DELETE"
    exposed = "access-control-expose-headers"
    mine = handled("GET", b"/order-v2/acme/salesorders", {**origin, "authorization": "Bearer known"})
    assert dict(mine.headers)[exposed] == "X-Correlation-ID, X-Total-Count"
    assert (
        dict(handled("GET", b"/shop/carts", origin).headers)[exposed]
        == "X-Correlation-ID, Server-Timing, ct-upstream-status-code"
    )


def test_only_what_is_urgent_is_answered_where_too_many_wait() -> None:
    urgent = Mount(words=("health",), answer=path_of, refusal=refusal, urgent=True)
    mounts = Mounts(Mount(answer=path_of, refusal=refusal), urgent, DIALECT)
    statuses = [handled("GET", path, {}, 0, mounts).status for path in (b"/health", b"/shop/carts", b"/order-v2/acme")]
    assert statuses == [200, 503, 503]


def answered(table: Table, method: str, *segments: str) -> Answer:
    request = Request(method=method, segments=segments, query=(), headers={}, correlation_id="test")
    return asyncio.run(table.answer(request))


def row(at: str, method: str, told: bytes) -> Served:
    async def answer(_request: Request, names: tuple[str, ...]) -> Answer:
        return Answer(200, b" ".join((told, *(name.encode() for name in names))))

    return Served(at, method, answer)


def test_a_table_finds_the_row_of_a_path() -> None:
    table = Table(
        [
            row("oauth/token", "POST", b"plain"),
            row("oauth/{project}/customers/token", "POST", b"customers"),
            row("oauth/{project}/in-store/key={store}/customers/token", "POST", b"store"),
            row("", "GET", b"root"),
        ]
    )
    assert answered(table, "POST", "oauth", "token").body == b"plain"
    assert answered(table, "POST", "oauth", "shop", "customers", "token").body == b"customers shop"
    # A project may have the name of a word that stands there.
    assert answered(table, "POST", "oauth", "token", "customers", "token").body == b"customers token"
    assert answered(table, "POST", "oauth", "shop", "in-store", "key=a=b", "customers", "token").body == b"store shop a=b"
    assert answered(table, "GET", "").body == b"root"
    assert answered(table, "HEAD", "").body == b"root"
    nowhere = (
        ("oauth",),
        ("oauth", "shop"),
        ("oauth", "shop", "customers"),
        ("oauth", "shop", "in-store", "a", "customers", "token"),
    )
    for segments in nowhere:
        with pytest.raises(ApiError) as refused:
            answered(table, "POST", *segments)
        assert (refused.value.status, refused.value.code) == (404, "ResourceNotFound")
    for method, segments, allowed in (("GET", ("oauth", "token"), ["POST"]), ("POST", ("",), ["GET", "HEAD"])):
        with pytest.raises(MethodNotAllowedError) as wrong:
            answered(table, method, *segments)
        assert sorted(wrong.value.allowed) == allowed
    with pytest.raises(ValueError, match="POST /oauth/token has two rows"):
        Table([row("oauth/token", "POST", b"a"), row("oauth/token", "POST", b"b")])


@pytest.mark.parametrize("word", ["id", "*", "key=", "key=a", ""])
def test_a_word_that_looks_like_a_step_is_a_value(word: str) -> None:
    root: Place[str, str] = Place()
    root.at(("carts", "*")).here["any"] = "found"
    place, values = root.find(("carts", word))
    assert place is not None
    assert (place.here, values) == ({"any": "found"}, (word,))


def test_a_mount_that_is_full_says_so_in_its_own_form() -> None:
    async def full(_request: Request) -> Answer:
        raise OverCapacityError("full")

    mounts = Mounts(Mount(answer=path_of, refusal=refusal), Mount(words=("order-v2",), answer=full, refusal=told))
    answer = handled("GET", b"/order-v2", {}, mounts=mounts)
    assert (answer.status, answer.headers) == (503, (("x-form", "dialect"),))
