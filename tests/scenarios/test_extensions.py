"""API extensions over HTTP, with servers of this test's own that are called."""

from __future__ import annotations

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from emporix_shop import Tenant

from live import Client, Server
from receiving import Receiver, receiving
from shop_setup import cart_draft, eur, open_shop, order_draft

NOTHING: tuple[int, Any] = (200, {"actions": []})
WRAPPING: dict[str, Any] = {
    "action": "addCustomLineItem",
    "name": {"en": "Wrapping"},
    "slug": "wrapping",
    "money": eur(300),
    "taxCategory": {"typeId": "tax-category", "key": "standard"},
}


@pytest.fixture
def market(shop: Client) -> Client:
    open_shop(shop)
    return shop


def on(*kinds: str, actions: tuple[str, ...] = ("Create", "Update"), **more: Any) -> list[dict[str, Any]]:
    return [{"resourceTypeId": kind, "actions": list(actions), **more} for kind in kinds]


def extend(shop: Client, receiver: Receiver | str, triggers: list[dict[str, Any]], **more: Any) -> Any:
    url = receiver if isinstance(receiver, str) else receiver.url
    return shop.create("extensions", {"destination": {"type": "HTTP", "url": url}, "triggers": triggers} | more)


def email(shop: Client, cart: Any, text: str = "a@example.com") -> Any:
    return shop.update(f"carts/{cart['id']}", cart["version"], {"action": "setCustomerEmail", "email": text})


def test_an_extension_is_made_changed_and_found(shop: Client) -> None:
    assert shop.send("HEAD", "extensions").status_code == 404
    secret = {"type": "AuthorizationHeader", "headerValue": "Bearer 0123456789abcdef"}
    made = shop.create(
        "extensions",
        {
            "key": "first",
            "destination": {"type": "HTTP", "url": "https://example.com/a", "authentication": secret},
            "triggers": on("cart", "order", condition="version > 0"),
            "timeoutInMs": 1000,
        },
    )
    path = f"extensions/{made['id']}"
    hidden = {"type": "AuthorizationHeader", "headerValue": "****cdef"}
    assert made["destination"]["authentication"] == hidden
    assert shop.get(path) == shop.get("extensions/key=first") == made
    assert shop.get("extensions", params={"where": 'key = "first"'})["results"] == [made]
    # What a query finds is what everybody is shown: the secret itself is found by nothing.
    for shown, found in (("****cdef", 1), ("Bearer 0123456789abcdef", 0)):
        where = f'destination(authentication(headerValue = "{shown}"))'
        assert shop.get("extensions", params={"where": where})["count"] == found
    assert [shop.send("HEAD", each).status_code for each in ("extensions", path, "extensions/key=first")] == [200] * 3
    other = extend(shop, "https://example.com/b", on("cart"), key="second")
    changed = shop.update(
        path,
        1,
        {"action": "setKey", "key": "one"},
        {"action": "changeTriggers", "triggers": on("cart")},
        {"action": "setTimeoutInMs", "timeoutInMs": 10_000},
        {"action": "setDependencies", "dependencies": [{"typeId": "extension", "key": "second"}]},
        {"action": "setExpansionPaths", "expansionPaths": ["store", "lineItems[*].productType"]},
        {"action": "setAdditionalContext", "additionalContext": {"includeOldResource": True}},
        {
            "action": "changeDestination",
            "destination": {
                "type": "HTTP",
                "url": "https://example.com/c",
                "authentication": {"type": "AzureFunctions", "key": "some-azure-function-code"},
            },
        },
    )
    assert changed == {
        **{name: made[name] for name in ("id", "createdAt", "createdBy", "lastModifiedBy")},
        "version": 2,
        "lastModifiedAt": changed["lastModifiedAt"],
        "key": "one",
        "destination": {
            "type": "HTTP",
            "url": "https://example.com/c",
            "authentication": {"type": "AzureFunctions", "key": "****code"},
        },
        "triggers": on("cart"),
        "timeoutInMs": 10_000,
        "dependencies": [{"typeId": "extension", "id": other["id"]}],
        "expansionPaths": ["store", "lineItems[*].productType"],
        "additionalContext": {"includeOldResource": True},
    }
    expanded = shop.get(path, params={"expand": "dependencies[*]"})
    assert expanded["dependencies"][0]["obj"] == other
    needed = shop.refused(400, "DELETE", f"extensions/{other['id']}?version=1")
    assert needed["code"] == "ExtensionDependencyExists"
    assert needed["message"] == "The extension cannot be deleted because it is a prerequisite for: [one]."
    twice = {"action": "setKey", "key": "second"}
    assert shop.refused(400, "POST", path, {"version": 2, "actions": [twice]})["code"] == "DuplicateField"
    shop.update("extensions/key=one", 2, {"action": "setDependencies", "dependencies": []})
    assert shop.delete("extensions/key=second", 1)["id"] == other["id"]
    assert shop.delete(path, 3)["destination"]["authentication"]["key"] == "****code"


def test_only_those_with_the_scope_see_extensions(shop: Client) -> None:
    assert shop.server is not None
    extend(shop, "https://example.com/", on("cart"), key="mine")
    reader = shop.server.client(shop.project, f"view_orders:{shop.project} manage_orders:{shop.project}")
    assert reader.refused(403, "GET", "extensions")["code"] == "insufficient_scope"
    assert shop.server.client(shop.project, f"manage_extensions:{shop.project}").get("extensions")["count"] == 1


def test_there_are_at_most_twenty_five(shop: Client) -> None:
    for number in range(25):
        extend(shop, "https://example.com/", on("cart"), key=f"number-{number}")
    draft = {"destination": {"type": "HTTP", "url": "https://example.com/"}, "triggers": on("cart")}
    assert shop.refused(400, "POST", "extensions", draft)["code"] == "MaxResourceLimitExceeded"


def test_two_who_would_wait_for_each_other_are_told_apart(shop: Client) -> None:
    with ThreadPoolExecutor(2) as threads:
        for turn in range(4):
            names = (f"left-{turn}", f"right-{turn}")
            for name in names:
                extend(shop, "https://example.com/", on("cart"), key=name)

            def wait(pair: tuple[str, str]) -> int:
                action = {"action": "setDependencies", "dependencies": [{"typeId": "extension", "key": pair[1]}]}
                return shop.send("POST", f"extensions/key={pair[0]}", {"version": 1, "actions": [action]}).status_code

            assert sorted(threads.map(wait, (names, names[::-1]))) == [200, 400]


def test_a_sign_in_hands_over_without_extensions(market: Client) -> None:
    with receiving(NOTHING) as receiver:
        extend(market, receiver, on("cart", actions=("Update",)))
        market.create("customers", {"email": "a@example.com", "password": "secret"})
        guest = market.anonymous("visitor")
        guest.create("me/carts", {"currency": "EUR"})
        signed = guest.send("POST", "me/login", {"email": "a@example.com", "password": "secret"})
        assert signed.json()["cart"]["customerId"] == signed.json()["customer"]["id"]
        assert receiver.asked == []


def test_what_an_extension_wants_is_done_before_anything_is_stored(market: Client) -> None:
    with receiving((200, {"actions": [WRAPPING]}), (201, b""), (200, {"actions": [WRAPPING | {"slug": "more"}]})) as receiver:
        extend(
            market,
            receiver,
            on("cart"),
            key="wrap",
            destination={
                "type": "HTTP",
                "url": receiver.url,
                "authentication": {"type": "AuthorizationHeader", "headerValue": "Bearer sesame"},
            },
            expansionPaths=["lineItems[*].productType"],
            additionalContext={"includeOldResource": True},
        )
        correlated = {"X-Correlation-ID": "shop/0123456789abcdef0123456789abcdef"}
        cart = market.create("carts", cart_draft(("mug", 2)), headers=correlated)
        # 2 x 19.99, 3.00 for wrapping and 5.95 for the parcel.
        assert cart["totalPrice"]["centAmount"] == 3998 + 300 + 595
        assert [item["slug"] for item in cart["customLineItems"]] == ["wrapping"]
        assert (cart["version"], market.get(f"carts/{cart['id']}")) == (1, cart)
        cart = email(market, cart)
        assert (cart["version"], len(cart["customLineItems"])) == (2, 1)
        cart = market.update(f"carts/{cart['id']}", 2, {"action": "addLineItem", "sku": "tea"})
        assert cart["totalPrice"]["centAmount"] == 3998 + 2450 + 600 + 595
        assert cart["version"] == 3
    first, second, third = receiver.asked
    assert first.headers["Authorization"] == "Bearer sesame"
    assert first.headers["X-Correlation-ID"] == correlated["X-Correlation-ID"]
    assert (first.body["action"], set(first.body)) == ("Create", {"action", "resource"})
    shown = first.body["resource"]
    assert (shown["typeId"], shown["id"], shown["obj"]["version"]) == ("cart", cart["id"], 1)
    assert shown["obj"]["totalPrice"]["centAmount"] == 3998 + 595
    assert shown["obj"]["lineItems"][0]["productType"]["obj"]["key"] == "goods"
    assert (second.body["action"], second.body["resource"]["obj"]["customerEmail"]) == ("Update", "a@example.com")
    assert second.body["oldResource"]["obj"]["customerEmail"] != "a@example.com"
    assert [len(third.body[name]["obj"]["lineItems"]) for name in ("oldResource", "resource")] == [1, 2]


def test_an_order_gets_what_its_extension_says(market: Client) -> None:
    number = {"action": "setOrderNumber", "orderNumber": "E-1"}
    with receiving((200, {"actions": [number, {"action": "changePaymentState", "paymentState": "Paid"}]})) as receiver:
        extend(market, receiver, on("order", actions=("Create",)))
        cart = market.create("carts", cart_draft(("mug", 1)))
        order = market.create("orders", order_draft(cart))
        assert (order["orderNumber"], order["paymentState"], order["version"]) == ("E-1", "Paid", 1)
        assert market.get("orders/order-number=E-1") == order
        assert market.get(f"carts/{cart['id']}")["cartState"] == "Ordered"
        market.update(f"orders/{order['id']}", 1, {"action": "changeOrderState", "orderState": "Confirmed"})
    assert [each.body["resource"]["typeId"] for each in receiver.asked] == ["order"]


def test_an_extension_of_an_owners_cart_may_do_what_its_owner_may_not(market: Client) -> None:
    with receiving((200, {"actions": [WRAPPING]})) as receiver:
        extend(market, receiver, on("cart"))
        guest = market.anonymous("visitor")
        own = {name: value for name, value in cart_draft(("mug", 1)).items() if name != "key"}
        assert len(guest.create("me/carts", own)["customLineItems"]) == 1


def test_other_types_are_extended_too(market: Client) -> None:
    with receiving(NOTHING) as receiver:
        extend(market, receiver, on("payment", "customer", "customer-group", "business-unit", "shopping-list"))
        # Products came later than the schema that answers are held against.
        late = {"destination": {"type": "HTTP", "url": receiver.url}, "triggers": on("product")}
        assert market.bare("POST", "extensions", json.dumps(late).encode())[0] == 201
        payment = market.create("payments", {"amountPlanned": eur(100)})
        market.update(f"payments/{payment['id']}", 1, {"action": "setKey", "key": "paid"})
        customer = market.create("customers", {"email": "a@example.com", "password": "secret"})["customer"]
        # A token changes nothing of her, a password does.
        token = market.send("POST", "customers/email-token", {"id": customer["id"], "ttlMinutes": 5})
        assert token.status_code == 200
        change = {"id": customer["id"], "version": 1, "currentPassword": "secret", "newPassword": "secrecy"}
        assert market.send("POST", "customers/password", change).status_code == 200
        market.create("customer-groups", {"groupName": "Regulars"})
        market.create("business-units", {"key": "acme", "name": "Acme", "unitType": "Company"})
        market.create("shopping-lists", {"name": {"en": "Wishes"}})
        product = market.get("products/key=mug")
        market.update(f"products/{product['id']}", product["version"], {"action": "setKey", "key": "cup"})
    told = [(each.body["resource"]["typeId"], each.body["action"]) for each in receiver.asked]
    assert told == [
        ("payment", "Create"),
        ("payment", "Update"),
        ("customer", "Create"),
        ("customer", "Update"),
        ("customer-group", "Create"),
        ("business-unit", "Create"),
        ("shopping-list", "Create"),
        ("product", "Update"),
    ]
    assert "secre" not in str(receiver.asked)


def test_quotes_are_extended_on_their_way(market: Client) -> None:
    def commenting(body: Any) -> tuple[int, Any]:
        if body["resource"]["typeId"] != "staged-quote":
            return NOTHING
        return 200, {"actions": [{"action": "setSellerComment", "sellerComment": "As agreed."}]}

    customer = market.create("customers", {"email": "a@example.com", "password": "secret"})["customer"]
    cart = market.create("carts", cart_draft(("mug", 1), customerId=customer["id"]))
    with receiving(commenting) as receiver:
        extend(market, receiver, on("quote-request", "staged-quote", "quote", "order"))

        def named(member: str, type_id: str, document: Any) -> dict[str, Any]:
            return {member: {"typeId": type_id, "id": document["id"]}, f"{member}Version": document["version"]}

        request = market.create("quote-requests", named("cart", "cart", cart))
        staged = market.create("staged-quotes", named("quoteRequest", "quote-request", request))
        assert (staged["sellerComment"], staged["version"]) == ("As agreed.", 1)
        quote = market.create("quotes", named("stagedQuote", "staged-quote", staged))
        assert quote["sellerComment"] == "As agreed."
        # An edit asks nobody while it is made and tried; applied it is an update of its order.
        order = market.create("orders", order_draft(market.create("carts", cart_draft(("mug", 1)))))
        staging = [{"action": "setCustomerEmail", "email": "b@example.com"}]
        edit = market.create("orders/edits", {"resource": {"typeId": "order", "id": order["id"]}, "stagedActions": staging})
        apply = {"editVersion": edit["version"], "resourceVersion": order["version"]}
        assert market.send("POST", f"orders/edits/{edit['id']}/apply", apply).status_code == 200
        assert market.get(f"orders/{order['id']}")["customerEmail"] == "b@example.com"
    assert [(each.body["resource"]["typeId"], each.body["action"]) for each in receiver.asked] == [
        ("quote-request", "Create"),
        ("staged-quote", "Create"),
        ("quote", "Create"),
        ("order", "Create"),
        ("order", "Update"),
    ]
    assert receiver.asked[-1].body["resource"]["obj"]["customerEmail"] == "b@example.com"


def test_an_extension_refuses(market: Client) -> None:
    errors: list[dict[str, Any]] = [
        {
            "code": "InvalidInput",
            "message": "At most ten crates.",
            "localizedMessage": {"de": "Höchstens zehn Kisten."},
            "extensionExtraInfo": {"crates": 11},
        },
        {"code": "InvalidOperation", "message": "And no bottles."},
    ]
    with receiving((400, {"errors": errors})) as receiver:
        made = extend(market, receiver, on("cart"), key="judge")
        answer = market.send("POST", "carts", cart_draft(("mug", 1), key="refused"))
        assert answer.status_code == 400
        by = {"errorByExtension": {"id": made["id"], "key": "judge"}}
        assert answer.json() == {
            "statusCode": 400,
            "message": "At most ten crates.",
            "errors": [{**error, **by} for error in errors],
        }
        assert market.get("carts")["count"] == 0


@pytest.mark.parametrize(
    ("status", "body", "message"),
    [
        (404, {"message": "No such function."}, "'404' is not an expected status code."),
        (302, b"", "'302' is not an expected status code."),
        (500, b"<html>", "'500' is not an expected status code."),
        (200, b"<html>", "The extension did not return the expected JSON."),
        (200, [], "The extension did not return the expected JSON."),
        (200, {"actions": "none"}, "The extension did not return the expected JSON."),
        (400, {"errors": []}, "The extension did not return the expected JSON."),
        (400, {"errors": [{"message": "why"}]}, "The extension did not return the expected JSON."),
        (200, {"actions": [WRAPPING] * 101}, "The extension returned more than 100 update actions."),
        (200, b" " * (2 * 1024 * 1024 + 1), "The extension returned too much."),
    ],
    ids=["404", "redirect", "500", "html", "list", "no list", "no errors", "no code", "too many", "too large"],
)
def test_what_is_no_answer_is_a_bad_gateway(market: Client, status: int, body: Any, message: str) -> None:
    with receiving((status, body)) as receiver:
        made = extend(market, receiver, on("cart"))
        error = market.refused(502, "POST", "carts", cart_draft(("mug", 1)))
        assert (error["code"], error["message"]) == ("ExtensionBadResponse", message)
        assert (error["extensionId"], error["extensionStatusCode"], error["extensionErrors"]) == (made["id"], status, [])
        assert len(receiver.asked) == 1
        assert market.get("carts")["count"] == 0


@pytest.mark.parametrize(
    ("action", "code"),
    [
        ({"action": "juggle"}, "InvalidJsonInput"),
        (
            {"action": "setShippingMethod", "shippingMethod": {"typeId": "shipping-method", "key": "none"}},
            "ReferencedResourceNotFound",
        ),
        ({"action": "removeLineItem", "lineItemId": "0f8fad5b-d9cb-469f-a165-70867728950e"}, "InvalidField"),
        ({"action": "addLineItem", "sku": "none"}, "MatchingPriceNotFound"),
    ],
    ids=["unknown", "reference", "line", "sku"],
)
def test_actions_that_cannot_be_done_are_the_extensions_fault(market: Client, action: dict[str, Any], code: str) -> None:
    with receiving(NOTHING) as quiet, receiving((200, {"actions": [WRAPPING, action]})) as receiver:
        extend(market, quiet, on("cart"))
        made = extend(market, receiver, on("cart"), key="clumsy")
        error = market.refused(400, "POST", "carts", cart_draft(("mug", 1)))
        assert error["code"] == "ExtensionUpdateActionsFailed"
        assert error["message"] == "The extension returned update actions that could not be executed."
        (inner,) = error["extensionErrors"]
        assert (inner["extensionId"], inner["extensionKey"]) == (made["id"], "clumsy")
        assert market.get("carts")["count"] == 0
        if code != "MatchingPriceNotFound":
            assert inner["code"] == code


def test_silence_and_addresses_inside_are_no_response(market: Client) -> None:
    with receiving(NOTHING, delay_s=1) as receiver:
        slow = extend(market, receiver, on("cart"), timeoutInMs=200, key="slow")
        began = time.monotonic()
        error = market.refused(504, "POST", "carts", cart_draft(("mug", 1)))
        assert time.monotonic() - began < 0.9
        assert error == {
            "code": "ExtensionNoResponse",
            "message": "Extension did not respond in time.",
            "extensionId": slow["id"],
            "extensionKey": "slow",
        }
        for url in (
            receiver.forbidden,
            "http://169.254.169.254/latest/meta-data/",
            "http://[::1]:80/",
            "http://nowhere.invalid/",
        ):
            market.update(
                "extensions/key=slow",
                market.get("extensions/key=slow")["version"],
                {"action": "changeDestination", "destination": {"type": "HTTP", "url": url}},
            )
            error = market.refused(504, "POST", "carts", cart_draft(("mug", 1)))
            assert error["message"] == "Extension did not respond in time."
        assert len(receiver.asked) == 1
        assert market.get("carts")["count"] == 0


def test_a_condition_decides_who_is_called(market: Client) -> None:
    with receiving(NOTHING) as receiver:
        known = 'customerEmail is defined and customerEmail = "a@example.com"'
        made = extend(market, receiver, on("cart", condition=known), key="choosy")
        cart = market.create("carts", cart_draft(("mug", 1)))
        assert receiver.asked == []
        cart = email(market, cart)
        assert len(receiver.asked) == 1
        cart = email(market, cart, "b@example.com")
        assert len(receiver.asked) == 1
        missing = {"action": "changeTriggers", "triggers": on("cart", condition='anonymousId = "x"')}
        market.update("extensions/key=choosy", 1, missing)
        error = market.refused(400, "POST", f"carts/{cart['id']}", {"version": cart["version"], "actions": [WRAPPING]})
        assert error == {
            "code": "ExtensionPredicateEvaluationFailed",
            "message": "The compared field 'anonymousId' is not present",
            "errorByExtension": {"id": made["id"], "key": "choosy"},
        }


def test_an_extension_sees_what_those_before_it_want(market: Client) -> None:
    def counting(body: Any) -> tuple[int, Any]:
        items = len(body["resource"]["obj"]["customLineItems"])
        return 200, {"actions": [WRAPPING | {"slug": f"after-{items}"}]}

    with receiving(counting) as first, receiving(counting) as beside, receiving(counting) as last:
        extend(market, first, on("cart"), key="first")
        extend(market, beside, on("cart"), key="beside")
        extend(market, last, on("cart"), key="last", dependencies=[{"typeId": "extension", "key": "first"}])
        cart = market.create("carts", cart_draft(("mug", 1)))
    # The last one has seen what the first one wanted, and nothing of the one beside it. Equal items are one.
    assert [(item["slug"], item["quantity"]) for item in cart["customLineItems"]] == [("after-0", 2), ("after-1", 1)]
    assert cart["totalPrice"]["centAmount"] == 1999 + 900 + 595


def test_a_dry_run_asks_extensions_and_stores_nothing(market: Client) -> None:
    with receiving((200, {"actions": [WRAPPING]})) as receiver:
        extend(market, receiver, on("cart"))
        shown = market.create("carts", cart_draft(("mug", 1)), params={"dryRun": "true"})
        assert [item["slug"] for item in shown["customLineItems"]] == ["wrapping"]
        assert len(receiver.asked) == 1
        assert market.get("carts")["count"] == 0


def test_a_request_that_is_sent_again_asks_nobody_again(market: Client) -> None:
    with receiving((200, {"actions": [WRAPPING]})) as receiver:
        extend(market, receiver, on("cart"))
        key = {"Idempotency-Key": "once-0123456789abcdef"}
        first, again = (market.create("carts", cart_draft(("mug", 1)), headers=key) for _ in range(2))
        assert first == again
        assert len(receiver.asked) == 1
        # What is refused before anything is decided asks nobody either.
        stale = {"version": 7, "actions": [{"action": "setKey", "key": "late"}]}
        assert market.refused(409, "POST", f"carts/{first['id']}", stale)["code"] == "ConcurrentModification"
        assert len(receiver.asked) == 1


def test_a_write_that_finds_the_stock_moved_asks_nobody_again(market: Client) -> None:
    market.create("inventory", {"sku": "mug", "quantityOnStock": 5})
    kept = {"action": "setReservationExpirationInMinutes", "reservationExpirationInMinutes": 5}
    market.update("", market.get("")["version"], kept)
    together = threading.Barrier(2)

    def waiting(body: Any) -> tuple[int, Any]:
        together.wait(2)
        line = body["resource"]["obj"]["lineItems"][0]["id"]
        return 200, {"actions": [{"action": "changeLineItemQuantity", "lineItemId": line, "quantity": 3}]}

    with receiving(waiting) as receiver, ThreadPoolExecutor(2) as threads:
        extend(market, receiver, on("cart"), timeoutInMs=10_000)

        def make(number: int) -> Any:
            return market.create("carts", cart_draft(("mug", 1), key=f"cart-{number}", inventoryMode="ReserveOnCart"))

        # Both have read that there are five before one of them takes three; the other finds two when it is made anew.
        carts = list(threads.map(make, range(2)))
        assert [cart["lineItems"][0]["quantity"] for cart in carts] == [3, 3]
        assert sorted("reservation" in cart["lineItems"][0] for cart in carts) == [False, True]
        assert len(receiver.asked) == 2
    (entry,) = market.get("inventory")["results"]
    assert entry["availableQuantity"] == 5 - 3


def test_what_an_extension_adds_may_name_what_it_was_shown(market: Client) -> None:
    def more_of_the_first(body: Any) -> tuple[int, Any]:
        line = body["resource"]["obj"]["lineItems"][0]
        return 200, {"actions": [{"action": "changeLineItemQuantity", "lineItemId": line["id"], "quantity": 3}]}

    with receiving(more_of_the_first) as receiver:
        extend(market, receiver, on("cart"))
        cart = market.create("carts", cart_draft(("mug", 1)))
        assert cart["lineItems"][0]["quantity"] == 3
        assert receiver.asked[0].body["resource"]["id"] == cart["id"]
        assert receiver.asked[0].body["resource"]["obj"]["lineItems"][0]["id"] == cart["lineItems"][0]["id"]


@pytest.mark.parametrize("created", [True, False], ids=["creation", "update"])
def test_all_that_an_extension_names_is_read(market: Client, created: bool) -> None:
    market.create("customer-groups", {"groupName": "Regulars", "key": "regulars"})
    customer = market.create("customers", {"email": "a@example.com", "password": "secret"})["customer"]
    payment = market.create("payments", {"amountPlanned": eur(100)})
    field = {"name": "note", "label": {"en": "Note"}, "required": False, "type": {"name": "String"}}
    market.create("types", {"key": "extra", "name": {"en": "E"}, "resourceTypeIds": ["order"], "fieldDefinitions": [field]})
    half = {"value": {"type": "relative", "permyriad": 5000}, "target": {"type": "lineItems", "predicate": 'sku = "tea"'}}
    named = {"name": {"en": "Half"}, "cartPredicate": "true", "sortOrder": "0.5", "requiresDiscountCode": True, **half}
    market.create("cart-discounts", {"key": "half", **named})
    market.create("discount-codes", {"code": "HALF", "cartDiscounts": [{"typeId": "cart-discount", "key": "half"}]})
    actions = [
        {"action": "addLineItem", "sku": "tea", "quantity": 2},
        {"action": "addDiscountCode", "code": "HALF"},
        {"action": "setShippingMethod", "shippingMethod": {"typeId": "shipping-method", "key": "parcel"}},
        {"action": "setCustomType", "type": {"typeId": "type", "key": "extra"}, "fields": {"note": "n"}},
        {"action": "addPayment", "payment": {"typeId": "payment", "id": payment["id"]}},
        {"action": "setCustomerId", "customerId": customer["id"]},
    ]
    with receiving((200, {"actions": actions})) as receiver:
        extend(market, receiver, on("cart", actions=("Create",) if created else ("Update",)))
        draft = cart_draft(("mug", 1))
        cart = market.create("carts", draft)
        if not created:
            cart = market.update(f"carts/{cart['id']}", 1, {"action": "setKey", "key": "late"})
    # 19.99, 2 x 12.25 and 5.95 for the parcel.
    assert cart["totalPrice"]["centAmount"] == 1999 + 2450 + 595
    assert (cart["customerId"], cart["custom"]["fields"]) == (customer["id"], {"note": "n"})
    assert [each["id"] for each in cart["paymentInfo"]["payments"]] == [payment["id"]]
    assert cart["version"] == (1 if created else 2)
    assert market.get(f"carts/{cart['id']}") == cart


def test_the_second_dialect_calls_extensions_as_well(server: Server) -> None:
    tenant = Tenant(server)
    open_shop(tenant.shop)
    refusing = {"errors": [{"code": "InvalidInput", "message": "Not today."}]}
    with receiving(
        (200, {"actions": [{"action": "setPurchaseOrderNumber", "purchaseOrderNumber": "P"}]}), (400, refusing)
    ) as receiver:
        extend(tenant.shop, receiver, on("order"))
        order = tenant.shop.create("orders", order_draft(tenant.shop.create("carts", cart_draft(("mug", 1)))))
        assert order["purchaseOrderNumber"] == "P"
        answer = tenant.send("POST", f"salesorders/{order['id']}/transitions", {"status": "CONFIRMED"})
        assert (answer.status_code, answer.json()["message"]) == (400, "Not today.")
        assert [each.body["action"] for each in receiver.asked] == ["Create", "Update"]
        assert tenant.shop.get(f"orders/{order['id']}") == order


def test_a_cart_that_has_changed_meanwhile_is_a_conflict(market: Client) -> None:
    cart = market.create("carts", cart_draft(("mug", 1)))
    together = threading.Barrier(2)

    def waiting(_body: Any) -> tuple[int, Any]:
        together.wait(5)
        return NOTHING

    with receiving(waiting) as receiver, ThreadPoolExecutor(2) as threads:
        extend(market, receiver, on("cart"))

        def change(text: str) -> int:
            action = {"action": "setCustomerEmail", "email": text}
            return market.send("POST", f"carts/{cart['id']}", {"version": 1, "actions": [action]}).status_code

        assert sorted(threads.map(change, ("a@example.com", "b@example.com"))) == [200, 409]
        assert len(receiver.asked) == 2
    assert market.get(f"carts/{cart['id']}")["version"] == 2


def test_slow_extensions_hold_no_connection_to_the_database(market: Client) -> None:
    # A process has ten connections; thirty writes wait for their extension, and meanwhile others are answered.
    with receiving(NOTHING, delay_s=1.5) as receiver, ThreadPoolExecutor(30) as threads:
        extend(market, receiver, on("payment"), timeoutInMs=10_000)
        waiting = [threads.submit(market.create, "payments", {"amountPlanned": eur(100)}) for _ in range(30)]
        deadline = time.monotonic() + 10
        while len(receiver.asked) < 30:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        began = time.monotonic()
        for _ in range(10):
            market.create("carts", cart_draft(("mug", 1)))
        quick = time.monotonic() - began
        assert not any(each.done() for each in waiting)
        assert quick < 1
        assert len({each.result()["id"] for each in waiting}) == 30
