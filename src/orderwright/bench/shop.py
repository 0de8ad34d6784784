"""The shop that is measured: a server process on an embedded database of its own, its catalogue, and requests as bytes."""

from __future__ import annotations

import base64
import http.client
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import msgspec

from orderwright.bench.client import ID_BEFORE

PROJECT = "bench"
_ORDER_SERVICE = f"order-v2/{PROJECT}"
PRODUCTS = 40
CUSTOMERS = 16
SHELVES = 3
"""Channels that units come from: lines of the same variant from different ones are different lines."""
ADDRESS = {
    "country": "DE",
    "firstName": "Ada",
    "lastName": "Winter",
    "streetName": "Lindenweg",
    "streetNumber": "1",
    "postalCode": "10969",
    "city": "Berlin",
    "email": "ada.winter@example.com",
    "phone": "+49 30 5550100",
}


class ShopError(Exception):
    """The server could not be brought to the state that is measured; the text is one sentence."""


class Server(msgspec.Struct, frozen=True):
    """A running `orderwright serve`, its address and its data directory."""

    pid: int
    host: str
    port: int
    data_dir: Path


@contextmanager
def directory() -> Iterator[Path]:
    """A fresh data directory on a real disk: /tmp is often memory, where a commit costs nothing."""
    disk = Path("/var/tmp")  # noqa: S108 - only the parent of a directory that mkdtemp makes
    path = Path(tempfile.mkdtemp(prefix="orderwright-bench-", dir=disk if disk.is_dir() else None))
    path.chmod(0o755 if os.geteuid() == 0 else 0o700)  # as root the database runs as another user, who has to enter
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def environment(data_dir: Path, pool_size: int) -> dict[str, str]:
    """What a newcomer's server has: every default but the directory, the pool and that it may call this machine. Its log goes
    where the caller sends it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ORDERWRIGHT_")}
    return {
        **kept,
        "ORDERWRIGHT_DATA_DIR": str(data_dir),
        "ORDERWRIGHT_POOL_SIZE": str(pool_size),
        "ORDERWRIGHT_ALLOWED_HOSTS": "localhost",
    }


@contextmanager
def serving(data_dir: Path, pool_size: int) -> Iterator[Server]:
    """`orderwright serve` as a process of its own, on a free port; its log is written to a file, as an operator keeps it."""
    command = [sys.executable, "-m", "orderwright.cli", "serve", "--port", "0"]
    settings = environment(data_dir, pool_size)
    with (
        (data_dir / "server.log").open("wb") as log,
        subprocess.Popen(command, env=settings, stdout=subprocess.PIPE, stderr=log, text=True) as process,  # noqa: S603 - our own program
    ):
        try:
            line = process.stdout.readline() if process.stdout else ""
            address = urlsplit(line.split()[-1] if line.strip() else "")
            if address.port is None:
                raise ShopError(f"The server does not start; its log is {(data_dir / 'server.log').read_text()[-400:]!r}.")
            yield Server(process.pid, str(address.hostname), address.port, data_dir)
        finally:
            process.terminate()
            process.wait(20)


def command(data_dir: Path, pool_size: int, *words: str) -> str:
    """Run another `orderwright` command beside the server. Raises ShopError."""
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "orderwright.cli", *words],
        env=environment(data_dir, pool_size), capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise ShopError(f"orderwright {' '.join(words[:2])} failed: {(done.stderr or done.stdout)[-400:].strip()}")
    return done.stdout


class Shop:
    """Speaks to one project of the server, and writes the requests that are measured."""

    def __init__(self, server: Server, pool_size: int) -> None:
        self._server = server
        options = ("--currency", "EUR", "--country", "DE", "--language", "en")
        command(server.data_dir, pool_size, "project", "create", PROJECT, *options)
        words = ("client", "create", "--project", PROJECT, "--scope", f"manage_project:{PROJECT}", "--json")
        client = json.loads(command(server.data_dir, pool_size, *words))
        self.token = self._token(client)

    def stock(self) -> None:
        """The catalogue: a tax category, a zone, a shipping method, a product type and the products."""
        tax = {"name": "19% VAT", "amount": 0.19, "includedInPrice": True, "country": "DE"}
        self.make("tax-categories", {"name": "standard", "key": "standard", "rates": [tax]})
        self.make("zones", {"name": "Germany", "key": "germany", "locations": [{"country": "DE"}]})
        free = {"currencyCode": "EUR", "centAmount": 100_000_00}
        rate = {"price": {"currencyCode": "EUR", "centAmount": 495}, "freeAbove": free}
        self.make(
            "shipping-methods",
            {
                "name": "Parcel",
                "key": "parcel",
                "taxCategory": {"typeId": "tax-category", "key": "standard"},
                "isDefault": True,
                "zoneRates": [{"zone": {"typeId": "zone", "key": "germany"}, "shippingRates": [rate]}],
            },
        )
        self.make("product-types", {"name": "Shirt", "key": "shirt", "description": "Shirts", "attributes": _attributes()})
        for number in range(PRODUCTS):
            self.make("products", _product(number))
        for number in range(SHELVES):
            self.make("channels", {"key": f"shelf-{number}", "roles": ["InventorySupply"]})
        for number in range(CUSTOMERS):
            self.make("customers", _sign_in(number))

    def order_to_vary(self) -> Any:
        """An order of two lines with custom fields, whose copies fill a project."""
        fields = (("campaign", "String"), ("channel", "String"), ("points", "Number"))
        defined = [{"name": name, "label": {"en": name}, "required": False, "type": {"name": kind}} for name, kind in fields]
        kind = {"key": "order-origin", "name": {"en": "Origin"}, "resourceTypeIds": ["order"], "fieldDefinitions": defined}
        self.make("types", kind)
        cart = self.make("carts", cart_draft(0))
        values = {"campaign": "first", "channel": "web", "points": 0}
        custom = {"type": {"typeId": "type", "key": "order-origin"}, "fields": values}
        named = {"version": cart["version"], "cart": {"typeId": "cart", "id": cart["id"]}}
        return self.make("orders", {**named, "orderNumber": "to-be-varied", "custom": custom})

    def make(self, path: str, draft: Any) -> Any:
        """Create a document outside the measured windows. Raises ShopError."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        return self._send("POST", f"/{PROJECT}/{path}", json.dumps(draft), headers, 201)

    def get(self, path: str) -> Any:
        """Read outside the measured windows. Raises ShopError."""
        return self._send("GET", f"/{PROJECT}/{path}", None, {"Authorization": f"Bearer {self.token}"}, 200)

    def remove(self, path: str, version: int) -> None:
        """Delete a document outside the measured windows. Raises ShopError."""
        headers = {"Authorization": f"Bearer {self.token}"}
        self._send("DELETE", f"/{PROJECT}/{path}?version={version}", None, headers, 200)

    def request(self, method: str, path: str, body: Any = None, below: str = PROJECT) -> bytes:
        """A request below the project, or another path, as the bytes that go over the wire."""
        content = b"" if body is None else json.dumps(body, separators=(",", ":")).encode()
        head = (
            f"{method} /{below}/{path} HTTP/1.1\r\nHost: {self._server.host}:{self._server.port}\r\n"
            f"Authorization: Bearer {self.token}\r\n"
        )
        if content:
            head += f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n"
        return head.encode() + b"\r\n" + content

    def cart(self, number: int) -> bytes:
        """POST a cart with two lines, an address and a shipping method."""
        return self.request("POST", "carts", cart_draft(number))

    def large_cart(self, number: int, lines: int) -> bytes:
        """POST a cart with so many lines, at most all variants from all shelves."""
        shelves = [f"shelf-{place // (2 * PRODUCTS)}" for place in range(lines)]
        drafted = [
            {"sku": _sku(place), "supplyChannel": {"typeId": "channel", "key": shelf}} for place, shelf in enumerate(shelves)
        ]
        return self.request("POST", "carts", {**cart_draft(number), "lineItems": drafted})

    def add_line(self, cart_id: str, number: int) -> bytes:
        """POST one more line to a new large cart: from no shelf, so that it is none of those that are there."""
        action = {"action": "addLineItem", "sku": _sku(number), "quantity": 1}
        return self.request("POST", f"carts/{cart_id}", {"version": 1, "actions": [action]})

    def discounts(self, cart_id: str, count: int, everywhere: bool) -> bytes:
        """POST so many discounts of 1 % to a new large cart: of the lines of one variant each, or each of all its lines."""
        targets = ["true" if everywhere else f'sku = "{_sku(number)}"' for number in range(count)]
        drafted = [
            {"value": {"type": "relative", "permyriad": 100}, "target": {"type": "lineItems", "predicate": target}}
            for target in targets
        ]
        action = {"action": "setDirectDiscounts", "discounts": drafted}
        return self.request("POST", f"carts/{cart_id}", {"version": 1, "actions": [action]})

    def recalculate(self, cart_id: str, version: int) -> bytes:
        """POST that a cart be calculated anew, which leaves it as it is."""
        return self.request("POST", f"carts/{cart_id}", {"version": version, "actions": [{"action": "recalculate"}]})

    def order(self, cart_id: str, order_number: str) -> bytes:
        """POST an order from a new cart."""
        draft = {"version": 1, "cart": {"typeId": "cart", "id": cart_id}, "orderNumber": order_number}
        return self.request("POST", "orders", draft)

    def way(self, number: int, order_number: str) -> tuple[bytes, bytes]:
        """The whole way to an order: its cart, then the order from the id that the first answer holds."""
        return self.cart(number), self.order(ID_BEFORE.decode(), order_number)

    def sign_in(self, number: int) -> bytes:
        """POST the password of one of the customers."""
        return self.request("POST", "login", _sign_in(number % CUSTOMERS))

    def page_of(self, order_numbers: list[str]) -> bytes:
        """GET the orders of these numbers."""
        return self.request("GET", page_path(order_numbers))

    def newest(self, count: int) -> bytes:
        """GET the orders that were made last."""
        return self.request("GET", f"orders?limit={count}&sort={quote('createdAt desc')}")

    def sales_order(self, order_number: str) -> bytes:
        """GET an order as the second dialect shows it."""
        return self.request("GET", f"salesorders/{order_number}", below=_ORDER_SERVICE)

    def sales_orders(self, asked: str) -> bytes:
        """GET a page of orders as the second dialect shows them, by the parameters of its query."""
        return self.request("GET", f"salesorders?{asked}", below=_ORDER_SERVICE)

    def desk(self, page: str) -> bytes:
        """GET a page of the order desk, as somebody who has just signed in."""
        cookie = f"orderwright_desk={self.token}.{int(time.time())}."
        head = f"GET /desk/{PROJECT}/{page} HTTP/1.1\r\nHost: {self._server.host}:{self._server.port}\r\n"
        return f"{head}Accept-Language: en-GB\r\nCookie: {cookie}\r\n\r\n".encode()

    @property
    def pid(self) -> int:
        """The process that is asked."""
        return self._server.pid

    def _token(self, client: dict[str, str]) -> str:
        pair = base64.b64encode(f"{client['clientId']}:{client['clientSecret']}".encode()).decode()
        headers = {"Authorization": f"Basic {pair}", "Content-Type": "application/x-www-form-urlencoded"}
        return str(self._send("POST", "/oauth/token", "grant_type=client_credentials", headers, 200)["access_token"])

    def _send(self, method: str, path: str, body: str | None, headers: dict[str, str], expected: int) -> Any:
        connection = http.client.HTTPConnection(self._server.host, self._server.port, timeout=30)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        if answer.status != expected:
            raise ShopError(f"{method} {path} answered {answer.status}: {content[:400].decode('utf-8', 'replace')}")
        return json.loads(content)


def page_path(order_numbers: list[str]) -> str:
    """The path and query of the orders of these numbers."""
    listed = ", ".join(f'"{number}"' for number in order_numbers)
    return f"orders?limit={len(order_numbers)}&where={quote(f'orderNumber in ({listed})')}"


def cart_draft(number: int) -> dict[str, Any]:
    """Two different products of the catalogue, so that carts differ as they do in a shop."""
    first = number % PRODUCTS
    return {
        "currency": "EUR",
        "country": "DE",
        "customerEmail": f"customer{number % 5_000}@example.com",
        "lineItems": [
            {"sku": f"SHIRT-{first:03d}-M", "quantity": 1 + number % 3},
            {"sku": f"SHIRT-{(first + 7) % PRODUCTS:03d}-L", "quantity": 1},
        ],
        "shippingAddress": ADDRESS,
        "billingAddress": ADDRESS,
        "shippingMethod": {"typeId": "shipping-method", "key": "parcel"},
    }


def _sku(number: int) -> str:
    """One variant after the other, in turn."""
    return f"SHIRT-{number // 2 % PRODUCTS:03d}-{'ML'[number % 2]}"


def _sign_in(number: int) -> dict[str, str]:
    return {"email": f"customer{number}@example.com", "password": f"the password of customer {number}"}


def _attributes() -> list[dict[str, Any]]:
    return [
        {"name": name, "label": {"en": name.capitalize()}, "isRequired": False, "type": {"name": kind}}
        for name, kind in (("color", "ltext"), ("size", "text"), ("material", "ltext"), ("weight", "number"), ("care", "text"))
    ]


def _product(number: int) -> dict[str, Any]:
    variants = [_variant(number, size) for size in ("M", "L")]
    return {
        "key": f"shirt-{number:03d}",
        "productType": {"typeId": "product-type", "key": "shirt"},
        "name": {"en": f"Linen shirt number {number}"},
        "slug": {"en": f"linen-shirt-{number:03d}"},
        "taxCategory": {"typeId": "tax-category", "key": "standard"},
        "masterVariant": variants[0],
        "variants": variants[1:],
        "publish": True,
    }


def _variant(number: int, size: str) -> dict[str, Any]:
    sku = f"SHIRT-{number:03d}-{size}"
    return {
        "sku": sku,
        "prices": [
            {"value": {"currencyCode": "EUR", "centAmount": 2_990 + number * 10}},
            {"value": {"currencyCode": "EUR", "centAmount": 2_790 + number * 10}, "country": "DE"},
        ],
        "attributes": [
            {"name": "color", "value": {"en": "navy blue"}},
            {"name": "size", "value": size},
            {"name": "material", "value": {"en": "100 % European linen"}},
            {"name": "weight", "value": 240},
            {"name": "care", "value": "Wash at 30 degrees, do not tumble dry, iron at medium heat."},
        ],
        "images": [{"url": f"https://images.example.com/shirts/{sku.lower()}-front.jpg", "dimensions": {"w": 1400, "h": 1400}}],
    }
