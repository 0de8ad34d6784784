"""Bad input, made from every draft and action there is: the documented refusal, and nothing stored."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec.inspect as model
import pytest
from bad_shapes import Mutant, example, mutants

from live import BESIDE, Client, Server
from orderwright.domain.cart.resource import REPLICA
from orderwright.domain.order.resource import IMPORTED
from orderwright.engine.json.codec import decode_body
from orderwright.engine.resource import ResourceType
from orderwright.errors import ApiError
from orderwright.resources import RESOURCES
from relaying import http, receiving
from shop_setup import by_key, cart_draft, open_shop, order_draft, product

JSON = {"Content-Type": "application/json"}
WRITTEN = [resource for resource in (*RESOURCES, REPLICA) if resource.actions.types]


Rows = Callable[[], tuple[int, ...]]
COUNTED = """
SELECT (SELECT count(*) FROM document WHERE shard = $1),
    (SELECT coalesce(sum(version), 0)::bigint FROM document WHERE shard = $1),
    (SELECT count(*) FROM message WHERE shard = $1), (SELECT count(*) FROM claim WHERE shard = $1)
"""


@pytest.fixture
def rows(database_url: str, project_key: str) -> Rows:
    """How many documents, versions, Messages and claims the project has, asked of the database itself."""
    return lambda: rows_of(database_url, project_key)


def rows_of(database_url: str, project: str) -> tuple[int, ...]:
    """The same of another project."""
    (found,) = BESIDE.run(database_url, lambda database: database.fetch(COUNTED, project))
    return tuple(found)


@pytest.fixture(scope="module")
def empty(server: Server) -> Client:
    """A project that stays without anything of its own, since whatever is sent there is refused."""
    server.project("bad-drafts")
    return server.client("bad-drafts")


@pytest.fixture(scope="module")
def full(server: Server) -> Iterator[tuple[Client, dict[str, dict[str, Any]]]]:
    """One that stays as it was made, and a document of each type, by path."""
    server.project("bad-actions")
    shop = server.client("bad-actions")
    with receiving() as receiver:
        shop.create("subscriptions", {"destination": http(receiver), "changes": [{"resourceTypeId": "payment"}]})
        yield shop, documents_of(shop)


def not_json(shop: Client, path: str, body: bytes) -> str:
    """What the refusal of a body says in detail; it must be the documented one."""
    answer = shop.send("POST", path, body, headers=JSON)
    assert answer.status_code == 400, (path, body[:500], answer.text)
    error = answer.json()["errors"][0]
    assert (error["code"], error["message"]) == ("InvalidJsonInput", "Request body does not contain valid JSON."), (
        body[:500],
        error,
    )
    return str(error["detailedErrorMessage"])


def refused_unread(form: Any, body: bytes) -> str:
    """The same of the decoder that a path has for its bodies, with nothing sent."""
    with pytest.raises(ApiError) as raised:
        decode_body(form, body)
    error = raised.value
    assert (error.status, error.code, error.message) == (
        400,
        "InvalidJsonInput",
        "Request body does not contain valid JSON.",
    ), body[:500]
    return str(error.fields["detailedErrorMessage"])


def refuse_each(caller: Client, path: str, form: Any, wrongs: Iterable[Mutant]) -> None:
    """Hold each body against the decoder of a path, whose refusal must name the place; the first of them is sent as well."""
    for number, (place, wrong) in enumerate(wrongs):
        body = json.dumps(wrong).encode()
        detail = refused_unread(form, body)
        assert detail.startswith(" -> ".join(place)), (place, wrong, detail)
        assert number or not_json(caller, path, body) == detail


def refuse_each_action(caller: Client, path: str, version: int, resource: ResourceType) -> None:
    """Do so with every action of a resource and each thing wrong with it."""
    seen: set[type] = set()
    form = resource.actions.update_type()
    for action in resource.actions.types:
        kind = model.type_info(action)
        good = example(kind)
        update = {"version": version, "actions": [good]}
        decode_body(form, json.dumps(update).encode())
        seen.discard(action)
        wrongs = ((("actions", *place), {**update, "actions": [wrong]}) for place, wrong in mutants(kind, good, seen))
        refuse_each(caller, path, form, wrongs)


def documents_of(shop: Client) -> dict[str, dict[str, Any]]:
    """One document of every type, by path."""
    open_shop(shop)
    shop.create("stores", {"key": "berlin", "name": {"en": "Berlin"}})
    shop.create("channels", {"key": "south"})
    shop.create("customer-groups", {"groupName": "VIP"})
    ada = shop.create("customers", {"email": "ada@example.com", "password": "secret"})["customer"]
    shop.create("associate-roles", {"key": "buyer"})
    shop.create("business-units", {"key": "acme", "name": "Acme", "unitType": "Company"})
    shop.create("types", {"key": "extra", "name": {"en": "Extra"}, "resourceTypeIds": ["order"]})
    order = shop.create("orders", order_draft(shop.create("carts", cart_draft(("mug", 2))), orderNumber="1"))
    shop.create("orders/edits", {"resource": {"typeId": "order", "id": order["id"]}, "stagedActions": []})
    shop.create("carts", cart_draft(("tea", 1)))
    quote(shop, shop.create("carts", cart_draft(("tea", 1), customerId=ada["id"])))
    shop.create("payments", {"amountPlanned": {"currencyCode": "EUR", "centAmount": 1999}})
    shop.create("standalone-prices", {"sku": "mug", "value": {"currencyCode": "EUR", "centAmount": 1999}})
    tenth = {"value": {"type": "relative", "permyriad": 1000}, "predicate": "true", "sortOrder": "0.5", "isActive": False}
    shop.create("product-discounts", {"name": {"en": "Tenth"}, **tenth})
    shop.create("inventory", {"sku": "mug", "quantityOnStock": 10})
    shop.create("categories", {"name": {"en": "Drinks"}, "slug": {"en": "drinks"}})
    shop.create("custom-objects", {"container": "shelf", "key": "a", "value": 1})
    shop.create("shopping-lists", {"name": {"en": "Wishes"}})
    shop.create("discount-groups", {"key": "deals", "sortOrder": "0.5"})
    half = {"value": {"type": "relative", "permyriad": 5000}, "target": {"type": "totalPrice"}}
    shop.create("cart-discounts", {"key": "sale", "name": {"en": "Sale"}, "cartPredicate": "true", "sortOrder": "0.25", **half})
    shop.create("discount-codes", {"code": "SALE", "cartDiscounts": [by_key("cart-discount", "sale")]})
    carts = [{"resourceTypeId": "cart", "actions": ["Create"], "condition": "version = 0"}]
    shop.create("extensions", {"destination": {"type": "HTTP", "url": "https://example.com/"}, "triggers": carts})
    found = {resource.path: shop.get(resource.path, params={"limit": 1})["results"][0] for resource in RESOURCES if resource.path}
    return {**found, "": shop.get("")}


def quote(shop: Client, cart: dict[str, Any]) -> None:
    """A quote for a cart, with what it is made of."""
    request = shop.create("quote-requests", {"cart": {"id": cart["id"]}, "cartVersion": cart["version"]})
    staged = shop.create("staged-quotes", {"quoteRequest": {"id": request["id"]}, "quoteRequestVersion": 1})
    shop.create("quotes", {"stagedQuote": {"id": staged["id"]}, "stagedQuoteVersion": 1})


def ids(resource: ResourceType) -> str:
    return f"{resource.path or 'project'}-{resource.draft.__name__ if resource.draft else 'none'}"


@pytest.mark.parametrize("resource", [*(resource for resource in WRITTEN if resource.draft), IMPORTED], ids=ids)
def test_each_field_of_each_draft(empty: Client, database_url: str, resource: ResourceType) -> None:
    kind = model.type_info(resource.draft)
    good = example(kind)
    decode_body(resource.draft, json.dumps(good).encode())  # so that each mutant has one thing wrong only
    before = rows_of(database_url, empty.project)
    path = resource.path + ("/replicate" if resource is REPLICA else "/import" if resource is IMPORTED else "")
    refuse_each(empty, path, resource.draft, mutants(kind, good, set()))
    assert rows_of(database_url, empty.project) == before
    # A state is built into every project.
    assert empty.send("HEAD", resource.path).status_code == (200 if resource.path == "states" else 404)


@pytest.mark.parametrize("resource", WRITTEN[:-1], ids=ids)
def test_each_field_of_each_action(
    full: tuple[Client, dict[str, dict[str, Any]]], database_url: str, resource: ResourceType
) -> None:
    shop, documents = full
    document = documents[resource.path]
    path = f"{resource.path}/{document['id']}" if resource.path else ""
    before, shown = rows_of(database_url, shop.project), shop.get(path)
    refuse_each_action(shop, path, document["version"], resource)
    assert rows_of(database_url, shop.project) == before
    assert shop.get(path) == shown


DEEP = 100_000
MUG_LINE = b'{"currency":"EUR","lineItems":[{"sku":%s}]}'
RAW: dict[str, bytes] = {
    "empty": b"",
    "white space": b"  \n",
    "a word": b"hello",
    "cut off": b'{"currency": "EUR"',
    "trailing comma": b'{"currency": "EUR",}',
    "two documents": b'{"currency": "EUR"}{}',
    "comment": b'{"currency": "EUR"} // euros',
    "single quotes": b"{'currency': 'EUR'}",
    "an array": b'[{"currency": "EUR"}]',
    "a text": b'"EUR"',
    "null": b"null",
    "a number": b"7",
    "a form": b"currency=EUR",
    "latin-1": '{"currency": "EUR", "customerEmail": "jürgen@example.com"}'.encode("latin-1"),
    "utf-16": '{"currency": "EUR"}'.encode("utf-16"),
    "half a surrogate pair": b'{"currency": "EUR", "customerEmail": "\\ud800"}',
    "a surrogate in UTF-8": b'{"currency": "EUR", "customerEmail": "\xed\xa0\x80"}',
    "a raw null character": b'{"currency": "EUR", "customerEmail": "\x00"}',
    "a raw line break": b'{"currency": "EUR", "customerEmail": "a\nb"}',
    "arrays, deep": b"[" * DEEP + b"]" * DEEP,
    "objects, deep": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "unknown field, deep": b'{"currency": "EUR", "unknown": ' + b"[" * DEEP + b"]" * DEEP + b"}",
    "unserved field, deep": b'{"currency": "EUR", "custom": ' + b"[" * DEEP + b"]" * DEEP + b"}",
    "NaN": b'{"currency": "EUR", "lineItems": [{"sku": "mug", "quantity": NaN}]}',
    "Infinity": b'{"currency": "EUR", "lineItems": [{"sku": "mug", "quantity": Infinity}]}',
    "1e400": b'{"currency": "EUR", "lineItems": [{"sku": "mug", "quantity": 1e400}]}',
    "half a unit": b'{"currency": "EUR", "lineItems": [{"sku": "mug", "quantity": 1.5}]}',
    "5,000 digits": b'{"currency": "EUR", "lineItems": [{"sku": "mug", "quantity": %s}]}' % (b"9" * 5_000),
    "30 digits": b'{"currency": "EUR", "lineItems": [{"sku": "mug", "quantity": %d}]}' % 10**30,
    "a key twice, wrong at last": b'{"currency": "EUR", "currency": 7}',
}


def test_bodies_that_are_no_document(shop: Client, rows: Rows) -> None:
    open_shop(shop)
    before = rows()
    for name, body in RAW.items():
        assert not_json(shop, "carts", body), name
    assert rows() == before
    # The last of two equal keys counts, and a byte order mark or white space around the document is none of its business.
    assert shop.create("carts", b'\n{"currency": "USD", "currency": "EUR"} \r\n')["totalPrice"]["currencyCode"] == "EUR"


def test_an_update_that_is_no_update(shop: Client, rows: Rows) -> None:
    cart = shop.create("carts", {"currency": "EUR"})
    path, email = f"carts/{cart['id']}", {"action": "setCustomerEmail", "email": "ada@example.com"}
    unknown = "is none of those that are allowed"
    before = rows()
    for body, detail in (
        ({"actions": [email]}, "version: Missing required value"),
        ({"version": 1}, "actions: Missing required value"),
        ({"version": "1", "actions": [email]}, "version: Expected a whole number, got a text"),
        ({"version": 1.5, "actions": [email]}, "version: Expected a whole number, got a number"),
        ({"version": True, "actions": [email]}, "version: Expected a whole number, got true or false"),
        ({"version": 1, "actions": email}, "actions: Expected an array, got an object"),
        ({"version": 1, "actions": [{"email": "x"}]}, "actions -> action: Missing required value"),
        ({"version": 1, "actions": [{"action": None}]}, "actions -> action: Expected a text"),
        ({"version": 1, "actions": [{"action": 7}]}, "actions -> action: Expected a text"),
        ({"version": 1, "actions": [{"action": "setColour"}]}, f"actions -> action: The value 'setColour' {unknown}"),
        ({"version": 1, "actions": [{"action": "SetLocale"}]}, f"actions -> action: The value 'SetLocale' {unknown}"),
        ({"version": 1, "actions": ["setCustomerEmail"]}, "actions: Expected an object, got a text"),
        ({"version": 1, "actions": [email] * 501}, "actions: Expected an array of at most 500 elements"),
    ):
        assert detail in not_json(shop, path, json.dumps(body).encode())
    assert rows() == before
    assert shop.update(path, 1, *[email] * 500)["version"] == 2


def test_versions_and_deletions(shop: Client, rows: Rows) -> None:
    cart = shop.create("carts", {"currency": "EUR"})
    path, email = f"carts/{cart['id']}", {"action": "setCustomerEmail", "email": "ada@example.com"}
    shop.update(path, 1, email)
    before = rows()
    for version in (0, 1, 3, -1, -5, 2**63, 10**30, -(10**30)):
        error = shop.refused(409, "POST", path, {"version": version, "actions": [email]})
        message = f"Object {cart['id']} has a different version than expected. Expected: {version} - Actual: 2."
        assert error == {"code": "ConcurrentModification", "message": message, "currentVersion": 2}
    for stale in ("0", "1", "3", "-1", "-5", "9" * 20, str(2**63)):
        error = shop.refused(409, "DELETE", path, params={"version": stale})
        assert (error["code"], error["currentVersion"]) == ("ConcurrentModification", 2)
    assert shop.refused(400, "DELETE", path)["code"] == "InvalidInput"
    for odd in ("", "two", "2.0", "+2", "--2", "1e3", "9" * 401):
        error = shop.refused(400, "DELETE", path, params={"version": odd})
        assert (error["code"], error["message"].split(":")[:2]) == ("InvalidInput", ["Malformed parameter", " version"])
    assert shop.refused(400, "DELETE", path, params={"version": 2, "dataErasure": "perhaps"})["code"] == "InvalidInput"
    absent = "carts/0f8fad5b-d9cb-469f-a165-70867728950e"
    for method, body in (("GET", None), ("DELETE", None), ("POST", {"version": 1, "actions": []})):
        for missing in (absent, "carts/no-uuid", "carts/key=absent", f"orders/{cart['id']}"):
            assert shop.refused(404, method, missing, body, params={"version": 1})["code"] == "ResourceNotFound"
    assert shop.refused(404, "GET", absent)["message"] == f"The Resource with ID '{absent[6:]}' was not found."
    assert shop.refused(404, "GET", "carts/key=absent")["message"] == "The Resource with key 'absent' was not found."
    assert rows() == before
    assert shop.delete(path, 2)["id"] == cart["id"]
    assert shop.refused(404, "GET", path)["code"] == "ResourceNotFound"


def test_references_that_lead_nowhere(shop: Client, rows: Rows) -> None:
    open_shop(shop)
    cart = shop.create("carts", {"currency": "EUR"})
    path = f"carts/{cart['id']}"
    before = rows()
    for by in ({"key": "absent"}, {"id": "0f8fad5b-d9cb-469f-a165-70867728950e"}):
        for type_id, target, body in (
            ("shipping-method", "carts", {"currency": "EUR", "shippingMethod": by}),
            ("store", "carts", {"currency": "EUR", "store": by}),
            ("product-type", "products", {**product("new", 1), "productType": by}),
            ("tax-category", "products", {**product("new", 1), "taxCategory": by}),
            ("cart", "orders", {"cart": by, "version": 1}),
            ("shipping-method", path, {"version": 1, "actions": [{"action": "setShippingMethod", "shippingMethod": by}]}),
            (
                "zone",
                "shipping-methods",
                {
                    "name": "n",
                    "taxCategory": {"key": "standard"},
                    "isDefault": False,
                    "zoneRates": [{"zone": by, "shippingRates": []}],
                },
            ),
        ):
            error = shop.refused(400, "POST", target, body)
            assert error["code"] == "ReferencedResourceNotFound", (target, body)
            assert {name: error[name] for name in ("typeId", "id", "key") if name in error} == {"typeId": type_id, **by}
            assert type_id in error["message"]
    foreign = {"typeId": "zone", "key": "germany"}
    assert "Expected 'shipping-method', got 'zone'" in not_json(
        shop, "carts", json.dumps({"currency": "EUR", "shippingMethod": foreign}).encode()
    )
    assert rows() == before


def test_texts_that_no_database_keeps(shop: Client, rows: Rows) -> None:
    open_shop(shop)
    cart = shop.create("carts", cart_draft(("mug", 1)))
    path = f"carts/{cart['id']}"
    before = rows()
    null = "a\u0000b"
    for target, body in (
        ("carts", {"currency": "EUR", "customerEmail": null}),
        ("carts", {"currency": "EUR", "purchaseOrderNumber": null}),
        ("carts", {"currency": "EUR", "shippingAddress": {"country": "DE", "city": null}}),
        ("carts", {"currency": "EUR", "lineItems": [{"sku": null}]}),
        ("zones", {"name": null}),
        ("zones", {"name": "Bavaria", "locations": [{"country": "DE", "state": null}]}),
        ("shipping-methods", {"name": null, "taxCategory": {"key": "standard"}, "zoneRates": [], "isDefault": False}),
        ("product-types", {"name": null, "description": ""}),
        ("products", {**product("new", 1), "masterVariant": {"sku": null}}),
        ("products", {**product("new", 1), "name": {"en": null}}),
        ("orders", order_draft(cart, orderNumber=null)),
        (path, {"version": 1, "actions": [{"action": "setCustomerEmail", "email": null}]}),
        (path, {"version": 1, "actions": [{"action": "addLineItem", "sku": null}]}),
    ):
        error = shop.refused(400, "POST", target, body)
        assert error["code"] in ("InvalidInput", "InvalidField", "InvalidOperation"), (target, body, error)
    assert rows() == before
    assert shop.get(path) == cart


def test_values_beyond_every_measure(shop: Client, rows: Rows) -> None:
    open_shop(shop)
    cart = shop.create("carts", cart_draft(("mug", 1)))
    path = f"carts/{cart['id']}"
    before = rows()
    item = {"action": "addCustomLineItem", "name": {"en": "x"}, "slug": "item", "taxCategory": by_key("tax-category", "standard")}
    largest = 2**63 - 1

    def refusal(*actions: dict[str, Any]) -> str:
        return str(shop.refused(400, "POST", path, {"version": 1, "actions": actions})["code"])

    assert refusal({**item, "money": {"currencyCode": "EUR", "centAmount": 10**30}}) == "InvalidJsonInput"
    assert refusal({**item, "money": {"currencyCode": "EUR", "centAmount": 2**63}}) == "InvalidJsonInput"
    assert refusal({**item, "money": {"currencyCode": "EUR", "centAmount": largest}, "quantity": 2}) == "MoneyOverflow"
    assert refusal({**item, "money": {"currencyCode": "EUR", "centAmount": largest}}) == "MoneyOverflow"  # with the mug
    assert refusal({**item, "money": {"currencyCode": "EUR", "centAmount": -largest}, "quantity": 2**53}) == "MoneyOverflow"
    assert refusal({"action": "addLineItem", "sku": "tea", "quantity": 2**53}) == "MoneyOverflow"
    assert refusal({"action": "addLineItem", "sku": "mug", "quantity": 2**53 + 1}) == "InvalidJsonInput"
    assert refusal({"action": "addLineItem", "productId": cart["id"], "variantId": 10**30}) == "ReferencedResourceNotFound"
    rate = b'{"name":"t","rates":[{"name":"r","amount":%s,"includedInPrice":true,"country":"FR"}]}'
    for amount in (b"1.1", b"-0.1", b"1e400", b"1e-999999999", b"1e999999999"):
        error = shop.refused(400, "POST", "tax-categories", rate % amount)
        assert (error["code"], error["field"]) == ("InvalidField", "amount"), amount
    for text in (b'"NaN"', b'"Infinity"', b'"a tenth"', b"NaN"):
        assert not_json(shop, "tax-categories", rate % text)
    assert rows() == before
    assert shop.get(path) == cart


def test_the_largest_body(shop: Client, rows: Rows) -> None:
    before = rows()
    limit = 16 * 1024 * 1024

    def draft(size: int) -> bytes:
        return b'{"currency":"EUR","unknown":"' + b"a" * (size - 31) + b'"}'

    assert len(draft(limit)) == limit
    for body in (draft(limit + 1), draft(20_000_000)):
        error = shop.refused(413, "POST", "carts", body)
        assert error == {"code": "ContentTooLarge", "message": "The request body is larger than 16 MB."}
    assert rows() == before
    assert shop.create("carts", draft(limit))["version"] == 1


def test_rules_between_actions_undo_the_whole_update(shop: Client, rows: Rows) -> None:
    open_shop(shop)
    cart = shop.create("carts", cart_draft(("mug", 1)))
    path = f"carts/{cart['id']}"
    before = rows()
    fine = {"action": "setCustomerEmail", "email": "new@example.com"}
    wrong = {"action": "changeLineItemQuantity", "lineItemId": cart["id"], "quantity": 2}
    error = shop.refused(400, "POST", path, {"version": 1, "actions": [fine, wrong]})
    assert (error["code"], error["action"]) == ("InvalidField", wrong)
    assert rows() == before
    assert shop.get(path) == cart
