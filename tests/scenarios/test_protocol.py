"""HTTP itself: headers, paths, bodies that are sent in odd ways, connections that break."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from raw_http import Connection

from live import Client
from shop_setup import cart_draft, open_shop, order_draft

ID = "0f8fad5b-d9cb-469f-a165-70867728950e"
CART = b'{"currency":"EUR"}'
LIMIT = 16 * 1024 * 1024


@pytest.fixture
def wire(shop: Client) -> Iterator[Connection]:
    """A connection to the server of `shop`."""
    with Connection(shop.url) as connection:
        yield connection


def target(shop: Client, rest: str | bytes) -> bytes:
    return b"/" + shop.project.encode() + b"/" + (rest.encode() if isinstance(rest, str) else rest)


def test_the_correlation_id_is_echoed_or_made(shop: Client, wire: Connection) -> None:
    for given in ("order-service/4711", "a", "0f8fad5b-d9cb-469f-a165-70867728950e", "x" * 256, "a.b:c+d=e@f"):
        for method, rest in (("GET", "carts"), ("GET", "nowhere"), ("HEAD", f"carts/{ID}")):
            wire.request(method, target(shop, rest), shop.token, X_Correlation_ID=given)
            assert wire.answer(bodiless=method == "HEAD").headers["x-correlation-id"] == given
    made = set()
    odd = ["", "x" * 257, "a b", "a\tb", '"quoted"', "{json}", "<script>", "jürgen", "a,b", "${jndi}", "%0d%0aSet-Cookie: a=b"]
    for headers in ({}, *({"X_Correlation_ID": value} for value in odd)):
        wire.request("GET", target(shop, "carts"), shop.token, None, **headers)
        answer = wire.answer()
        assert (answer.status, "set-cookie" in answer.headers) == (200, False)
        assert answer.headers["x-correlation-id"].startswith("orderwright/")
        made.add(answer.headers["x-correlation-id"])
    assert len(made) == 12


def test_answers_say_what_they_are(shop: Client, wire: Connection) -> None:
    for method, rest in (("GET", "carts"), ("GET", "nowhere"), ("PUT", "carts"), ("POST", "carts")):
        wire.request(method, target(shop, rest), shop.token, b"" if method == "POST" else None)
        answer = wire.answer()
        assert answer.headers["content-type"] == "application/json; charset=utf-8"
        assert json.loads(answer.body)
        assert "server" not in answer.headers


def test_head_answers_without_a_body(shop: Client, wire: Connection) -> None:
    cart = shop.create("carts", {"currency": "EUR", "key": "a-cart"})
    for rest, status in (
        (f"carts/{cart['id']}", 200),
        ("carts/key=a-cart", 200),
        ("carts", 200),
        ("orders", 404),
        (f"carts/{ID}", 404),
        ("carts/no-uuid", 404),
        ("nowhere", 404),
        ("carts?where=nonsense", 400),
    ):
        wire.request("HEAD", target(shop, rest), shop.token)
        answer = wire.answer(bodiless=True)
        assert answer.status == status, rest
        # A length would have to be that of GET's body.
        assert "content-length" not in answer.headers
        assert "transfer-encoding" not in answer.headers
    wire.request("HEAD", target(shop, "carts"), "nobody")
    assert wire.answer(bodiless=True).status == 401
    wire.request("HEAD", b"/health", "nobody")
    assert wire.answer(bodiless=True).status == 200
    # Had any of these answers a body, it would be read as the next one.
    wire.request("GET", b"/health", "nobody")
    assert json.loads(wire.answer().body) == {"status": "up"}


def test_a_connection_is_kept_and_can_be_pipelined(shop: Client, wire: Connection) -> None:
    for _ in range(3):
        wire.request("POST", target(shop, "carts"), shop.token, CART)
        assert wire.answer().status == 201
    for _ in range(5):
        wire.request("GET", b"/health", shop.token)
    assert [wire.answer().status for _ in range(5)] == [200] * 5
    wire.request("GET", b"/health", shop.token, Connection="close")
    assert wire.answer().status == 200
    assert wire.ended()


NUMBERS = [
    "A/1",
    "a b",
    "a+b",
    "Bestellung-ä",
    "100%",
    "a%2Fb",
    "ä/ö ü",
    "#1",
    "1?2",
    "a=b",
    "a&b=c",
    "..",
    ".",
    "\U0001f4e6",
    "'",
    '"\\',
    "a;b",
]


def test_every_order_number_has_its_path(shop: Client, wire: Connection) -> None:
    open_shop(shop)
    for number in NUMBERS:
        order = shop.create("orders", order_draft(shop.create("carts", cart_draft(("mug", 1))), orderNumber=number))
        wire.request("GET", target(shop, f"orders/order-number={quote(number, safe='')}"), shop.token)
        answer = wire.answer()
        assert (answer.status, json.loads(answer.body)) == (200, order), number
    # A plus is no space in a path, and small and capital hexadecimal digits are the same.
    for written, number in ((b"a+b", "a+b"), (b"a%2bb", "a+b"), (b"A%2f1", "A/1"), (b"Bestellung-%c3%a4", "Bestellung-ä")):
        wire.request("GET", target(shop, b"orders/order-number=" + written), shop.token)
        assert json.loads(wire.answer().body)["orderNumber"] == number
    path = "orders/order-number=A%2F1"
    assert shop.update(path, 1, {"action": "changeOrderState", "orderState": "Confirmed"})["version"] == 2
    assert shop.delete(path, 2)["orderNumber"] == "A/1"


@pytest.mark.parametrize(
    ("rest", "status"),
    [
        (b"carts/", 200),
        (b"carts//", 200),
        (b"/carts", 404),
        (b"carts//key=a-cart", 404),
        (b"carts/../carts", 404),
        (b"./carts", 404),
        (b"../other/carts", 404),
        (b"%2e%2e/other/carts", 404),
        (b"carts%2Fkey=a-cart", 404),
        (b"carts/" + b"a" * 8_000, 404),
        (b"a/" * 4_000, 404),
        (b"orders/order-number=" + b"%C3%A4" * 1_300, 404),
        (b"orders/order-number=", 404),
        (b"carts/key=", 404),
        (b"carts/key=%00", 400),
        (b"carts/key=%ff", 400),
        (b"carts/key=%zz", 404),
        (b"carts/=", 404),
        (b"in-store/key=/carts", 404),
        (b"in-store/key=%00/carts", 400),
        (b"carts?where=%ff", 400),
        (b"carts?where=%00", 400),
        (b"carts?limit=%C3%A4", 400),
        (b"carts?limit=%D9%A1", 400),  # a digit, but an Arabic one
        (b"carts?" + b"a=b&" * 2_001, 400),
        (b"carts?" + b"expand=cart&" * 51, 400),
        (b"carts?&&&", 200),
        (b"carts?=", 200),
        (b"carts#fragment", 200),
    ],
    ids=lambda value: str(value)[:40],
)
def test_odd_paths(shop: Client, wire: Connection, rest: bytes, status: int) -> None:
    shop.create("carts", {"currency": "EUR", "key": "a-cart"})
    wire.request("GET", target(shop, rest), shop.token)
    answer = wire.answer()
    assert answer.status == status, answer.body
    if status >= 400:
        assert answer.error["code"] == {400: "InvalidInput", 404: "ResourceNotFound"}[status]
    wire.request("GET", target(shop, "carts"), shop.token)
    assert wire.answer().status == 200


def test_a_body_is_json_whatever_it_calls_itself(shop: Client, wire: Connection) -> None:
    kinds = (
        "application/json",
        "application/json; charset=utf-8",
        "APPLICATION/JSON",
        "text/plain",
        "application/xml",
        "nonsense",
    )
    for kind in kinds:
        wire.request("POST", target(shop, "carts"), shop.token, CART, Content_Type=kind)
        assert wire.answer().status == 201, kind
    wire.request("POST", target(shop, "carts"), shop.token, CART)
    assert wire.answer().status == 201
    wire.request("POST", target(shop, "carts"), shop.token, b"currency=EUR", Content_Type="application/x-www-form-urlencoded")
    assert wire.answer().error["code"] == "InvalidJsonInput"


def chunked(shop: Client, *chunks: bytes) -> bytes:
    head = b"POST " + target(shop, "carts") + b" HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer " + shop.token.encode()
    return head + b"\r\nTransfer-Encoding: chunked\r\n\r\n" + b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)


def test_bodies_in_chunks(shop: Client, wire: Connection) -> None:
    wire.send(chunked(shop, CART, b""))
    assert wire.answer().status == 201
    for part in (chunked(shop), b"8\r\n", CART[:8], b"\r\n", b"%x\r\n" % len(CART[8:]), CART[8:], b"\r\n", b"0\r\n\r\n"):
        wire.send(part)
        time.sleep(0.01)
    assert wire.answer().status == 201
    wire.send(chunked(shop, b""))
    assert wire.answer().error["code"] == "InvalidJsonInput"
    assert shop.get("carts")["total"] == 2


def test_too_large_a_body_leaves_the_connection_usable(shop: Client, wire: Connection) -> None:
    for _ in range(2):
        wire.request("POST", target(shop, "carts"), shop.token, b" " * (LIMIT + 1))
        answer = wire.answer()
        assert (answer.status, answer.error["code"]) == (413, "ContentTooLarge")
    wire.send(chunked(shop, *[b" " * (1024 * 1024)] * 17, b""))
    assert wire.answer().status == 413
    wire.request("POST", target(shop, "carts"), shop.token, CART)
    assert wire.answer().status == 201


def test_what_is_no_http(shop: Client) -> None:
    for nonsense in (
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",  # a TLS greeting
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        "GET /ä HTTP/1.1\r\nHost: a\r\n\r\n".encode(),
        b"POST " + target(shop, "carts") + b" HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        b"POST "
        + target(shop, "carts")
        + b" HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        chunked(shop) + b"xyz\r\n",
    ):
        with Connection(shop.url) as connection:
            connection.send(nonsense)
            answer = connection.answer()
            assert 400 <= answer.status < 500, nonsense
            assert connection.ended()
    assert shop.get("carts")["total"] == 0


def test_a_client_that_goes_away(shop: Client) -> None:
    before: dict[str, Any] = shop.create("carts", {"currency": "EUR"})
    head = b"POST " + target(shop, "carts") + b" HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + shop.token.encode()
    for sent in (
        head[:40],
        head + b"\r\nContent-Length: 1000\r\n\r\n",
        # What arrives is a whole document, but more was announced: it must not be taken for the request.
        head + b"\r\nContent-Length: 1000\r\n\r\n" + CART,
        chunked(shop, CART),
    ):
        with Connection(shop.url) as connection:
            connection.send(sent)
            time.sleep(0.05)
    for _ in range(20):
        with Connection(shop.url) as connection:
            connection.request("GET", target(shop, "carts?limit=500"), shop.token)
    time.sleep(0.2)
    assert shop.get("carts") == {"limit": 20, "offset": 0, "count": 1, "total": 1, "results": [before]}


def test_a_request_may_be_sent_slowly(shop: Client, wire: Connection) -> None:
    whole = b"POST " + target(shop, "carts") + b" HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + shop.token.encode()
    whole += b"\r\nContent-Length: %d\r\n\r\n" % len(CART) + CART
    for index in range(0, len(whole), 16):
        wire.send(whole[index : index + 16])
        time.sleep(0.002)
    assert wire.answer().status == 201


def test_the_user_outside_is_named_as_the_client_names_her(shop: Client) -> None:
    for sent, kept in ((b"ada-7", "ada-7"), ("Zoë".encode(), "Zoë"), (b"Zo\xeb", "Zoë"), ("ü".encode() * 300, "ü" * 128)):
        cart = shop.create("carts", {"currency": "EUR"}, headers={"X-External-User-ID": sent})
        assert cart["createdBy"] == cart["lastModifiedBy"] == {"clientId": shop.client_id, "externalUserId": kept}
