"""Carts that reserve stock, over HTTP: what is available meanwhile, and what becomes of it when the cart changes or ends."""

from __future__ import annotations

from typing import Any

import pytest

from live import Client
from shop_setup import BERLIN, by_key, cart_draft, eur, open_shop, order_draft

MODE = {"inventoryMode": "ReserveOnCart"}


@pytest.fixture(autouse=True)
def goods(shop: Client) -> None:
    open_shop(shop)
    shop.create("channels", {"key": "north", "roles": ["InventorySupply"]})
    keep_for(shop, 20)


def keep_for(shop: Client, minutes: int) -> None:
    action = {"action": "setReservationExpirationInMinutes", "reservationExpirationInMinutes": minutes}
    shop.update("", shop.get("")["version"], action)


def entry(shop: Client, sku: str = "mug", quantity: int = 10, **more: Any) -> Any:
    return shop.create("inventory", {"sku": sku, "quantityOnStock": quantity, **more})


def left(shop: Client, made: dict[str, Any]) -> tuple[int, int]:
    """On stock and available: in the entry itself, in a page of them, and as a predicate sees them."""
    seen = shop.get(f"inventory/{made['id']}")
    numbers = seen["quantityOnStock"], seen["availableQuantity"]
    named = f'id = "{made["id"]}" and availableQuantity = {numbers[1]}'
    (paged,) = shop.get("inventory", params={"where": named})["results"]
    assert (paged["quantityOnStock"], paged["availableQuantity"]) == numbers
    return numbers


def step(shop: Client, cart: dict[str, Any], **action: Any) -> Any:
    return shop.update(f"carts/{cart['id']}", shop.get(f"carts/{cart['id']}")["version"], action)


def codes(cart: dict[str, Any]) -> list[str]:
    return [warning["code"] for warning in cart.get("warnings", [])]


def test_from_the_cart_to_the_order(shop: Client) -> None:
    made = entry(shop)
    cart = shop.create("carts", cart_draft(("mug", 4), **MODE))
    (line,) = cart["lineItems"]
    reservation = line["reservation"]["obj"]
    assert (reservation["quantity"], reservation["state"], reservation["lineItemId"]) == (4, "Created", line["id"])
    assert reservation["inventoryEntry"] == {"typeId": "inventory-entry", "id": made["id"]}
    assert left(shop, made) == (10, 6)
    assert shop.get(f"carts/{cart['id']}", params={"expand": "lineItems[*].reservation"}) == cart
    where = {"where": f'lineItems(reservation(id = "{reservation["id"]}"))'}
    assert [found["id"] for found in shop.get("carts", params=where)["results"]] == [cart["id"]]
    assert shop.get("product-projections/key=mug")["masterVariant"]["availability"]["availableQuantity"] == 6
    # Somebody else has six at most, whatever her mode.
    other = shop.create("carts", cart_draft(("mug", 7), inventoryMode="ReserveOnOrder"))
    assert shop.refused(400, "POST", "orders", order_draft(other))["code"] == "OutOfStock"
    # More were counted than there are: what is reserved is sold nevertheless.
    shop.update(f"inventory/{made['id']}", 1, {"action": "removeQuantity", "quantity": 8})
    assert left(shop, made) == (2, -2)
    order = shop.create("orders", order_draft(cart))
    assert left(shop, made) == (-2, -2)
    assert order["lineItems"][0]["reservation"]["obj"]["state"] == "Committed"
    closed = shop.get(f"carts/{cart['id']}")
    assert closed["lineItems"][0]["reservation"] == order["lineItems"][0]["reservation"]
    # With the cart nothing comes back.
    shop.delete(f"carts/{cart['id']}", closed["version"])
    assert left(shop, made) == (-2, -2)


def test_each_change_of_a_line(shop: Client) -> None:
    made, north = entry(shop), entry(shop, quantity=3, supplyChannel=by_key("channel", "north"))
    cart = shop.create("carts", cart_draft(("mug", 2), **MODE))
    line = cart["lineItems"][0]["id"]
    assert left(shop, made) == (10, 8)
    step(shop, cart, action="addLineItem", sku="mug", quantity=3)
    assert left(shop, made) == (10, 5)
    step(shop, cart, action="changeLineItemQuantity", lineItemId=line, quantity=3)
    assert left(shop, made) == (10, 7)
    step(shop, cart, action="setLineItemSupplyChannel", lineItemId=line, supplyChannel=by_key("channel", "north"))
    assert (left(shop, made), left(shop, north)) == ((10, 10), (3, 0))
    step(shop, cart, action="setLineItemInventoryMode", lineItemId=line, inventoryMode="TrackOnly")
    assert left(shop, north) == (3, 3)
    step(shop, cart, action="setLineItemInventoryMode", lineItemId=line)
    assert left(shop, north) == (3, 0)
    same = step(shop, cart, action="setLocale", locale="de")
    assert (left(shop, north), "warnings" in same) == ((3, 0), False)
    step(shop, cart, action="removeLineItem", lineItemId=line, quantity=1)
    assert left(shop, north) == (3, 1)
    step(shop, cart, action="removeLineItem", lineItemId=line)
    assert (left(shop, made), left(shop, north)) == ((10, 10), (3, 3))


def test_what_cannot_be_reserved_is_warned_of_in_the_answer_alone(shop: Client) -> None:
    made = entry(shop, quantity=3)
    cart = shop.create("carts", cart_draft(("mug", 4), **MODE))
    assert (codes(cart), "reservation" in cart["lineItems"][0]) == (["CannotCreateReservation"], False)
    stored = shop.get(f"carts/{cart['id']}")
    assert stored == {name: value for name, value in cart.items() if name != "warnings"}
    assert left(shop, made) == (3, 3)
    line = cart["lineItems"][0]["id"]
    assert codes(step(shop, cart, action="changeLineItemQuantity", lineItemId=line, quantity=3)) == []
    more = step(shop, cart, action="changeLineItemQuantity", lineItemId=line, quantity=5)
    assert codes(more) == ["CannotUpdateReservation"]
    assert (more["warnings"][0]["requestedQuantity"], more["warnings"][0]["reservedQuantity"]) == (5, 3)
    assert left(shop, made) == (3, 0)
    # Two of the five are not there.
    error = shop.refused(400, "POST", "orders", order_draft(more))
    assert (error["code"], error["skus"]) == ("OutOfStock", ["mug"])
    assert left(shop, made) == (3, 0)
    # Nor is an entry of tea.
    assert codes(step(shop, cart, action="addLineItem", sku="tea")) == ["CannotCreateReservation"]


def test_how_long(shop: Client) -> None:
    entry(shop, reservationExpirationInMinutes=5)
    cart = shop.create("carts", cart_draft(("mug", 1), **MODE))
    before = cart["lineItems"][0]["reservation"]["obj"]
    action = {"action": "setReservationExpirationInMinutes", "reservationExpirationInMinutes": 30}
    after = step(shop, cart, **action)["lineItems"][0]["reservation"]["obj"]
    assert (before["version"], after["version"], after["state"]) == (1, 2, "Updated")
    assert before["expiresAt"] < after["expiresAt"]
    for minutes, code in ((0, "InvalidJsonInput"), (44_641, "InvalidJsonInput"), ("5", "InvalidJsonInput")):
        body = {"version": 2, "actions": [{**action, "reservationExpirationInMinutes": minutes}]}
        assert shop.refused(400, "POST", f"carts/{cart['id']}", body)["code"] == code


def test_a_project_that_does_not_say_how_long_reserves_nothing(server: Any, shop: Client, client_with: Any) -> None:
    other = f"{shop.project}-bare"
    server.project(other)
    bare = client_with(other, f"manage_project:{other}")
    open_shop(bare)
    error = bare.refused(400, "POST", "carts", {"currency": "EUR", **MODE})
    assert error["code"] == "InvalidOperation"
    draft = {"currency": "EUR", "lineItems": [{"sku": "mug", **MODE}]}
    assert bare.refused(400, "POST", "carts", draft)["code"] == "InvalidOperation"
    cart = bare.create("carts", {"currency": "EUR", "lineItems": [{"sku": "mug"}]})
    action = {"action": "setLineItemInventoryMode", "lineItemId": cart["lineItems"][0]["id"], **MODE}
    refused = bare.refused(400, "POST", f"carts/{cart['id']}", {"version": 1, "actions": [action]})
    assert (refused["code"], refused["action"]["action"]) == ("InvalidOperation", "setLineItemInventoryMode")


def test_deleting_merging_and_copying(shop: Client) -> None:
    made = entry(shop)
    ada = shop.create("customers", {"email": "ada@example.com", "password": "secret"})["customer"]["id"]
    own = shop.create("carts", cart_draft(("mug", 2), customerId=ada, **MODE))
    visit = shop.create("carts", cart_draft(("mug", 5), anonymousId="visit", **MODE))
    assert left(shop, made) == (10, 3)
    named = {"anonymousCart": {"typeId": "cart", "id": visit["id"]}}
    merged = shop.send("POST", f"carts/customer-id={ada}/merge", named).json()
    assert (merged["id"], [line["quantity"] for line in merged["lineItems"]]) == (own["id"], [5])
    assert left(shop, made) == (10, 5)
    assert "reservation" not in shop.get(f"carts/{visit['id']}")["lineItems"][0]
    copy = shop.create("carts/replicate", {"reference": {"typeId": "cart", "id": own["id"]}})
    assert (codes(copy), left(shop, made)) == ([], (10, 0))
    none = shop.create("carts/replicate", {"reference": {"typeId": "cart", "id": own["id"]}})
    assert codes(none) == ["CannotCreateReservation"]
    for cart in (merged, copy, none, shop.get(f"carts/{visit['id']}")):
        shop.delete(f"carts/{cart['id']}", cart["version"])
    assert left(shop, made) == (10, 10)


def test_an_entry_that_goes_takes_its_reservations_along(shop: Client) -> None:
    made = entry(shop)
    cart = shop.create("carts", cart_draft(("mug", 2), **MODE))
    shop.delete(f"inventory/{made['id']}", 1)
    again = entry(shop, quantity=3)
    assert left(shop, again) == (3, 3)
    line = cart["lineItems"][0]["id"]
    step(shop, cart, action="changeLineItemQuantity", lineItemId=line, quantity=3)
    assert left(shop, again) == (3, 0)
    shop.delete(f"inventory/{again['id']}", 1)
    shop.delete(f"carts/{cart['id']}", 2)


def test_an_entry_that_changes_its_channel_gets_its_pieces_back_from_the_order(server: Any, shop: Client) -> None:
    made = entry(shop)
    cart = shop.create("carts", cart_draft(("mug", 2), **MODE))
    shop.update(f"inventory/{made['id']}", 1, {"action": "setSupplyChannel", "supplyChannel": by_key("channel", "north")})
    other = entry(shop, quantity=3)
    assert (left(shop, made), left(shop, other)) == ((10, 8), (3, 3))
    shop.create("orders", order_draft(cart))
    assert (left(shop, made), left(shop, other)) == ((10, 10), (1, 1))
    assert server.command("check") == "Every row agrees with its document.\n"


def test_an_owner_reserves_as_the_shop_does(shop: Client) -> None:
    made = entry(shop)
    shop.create("customers", {"email": "ada@example.com", "password": "secret"})
    ada = shop.signed_in("ada@example.com", "secret", scope=f"manage_my_orders:{shop.project}")
    draft = {"currency": "EUR", "lineItems": [{"sku": "mug", "quantity": 2}], "shippingAddress": BERLIN, **MODE}
    cart = ada.create("me/carts", draft)
    assert (cart["lineItems"][0]["reservation"]["obj"]["owner"]["id"], left(shop, made)) == (cart["id"], (10, 8))
    ada.update(f"me/carts/{cart['id']}", 1, {"action": "addLineItem", "sku": "mug"})
    assert left(shop, made) == (10, 7)
    order = ada.create("me/orders", {"id": cart["id"], "version": 2})
    assert (order["totalPrice"]["centAmount"], left(shop, made)) == (3 * eur(1999)["centAmount"], (7, 7))


def test_a_repeated_request_reserves_once(shop: Client) -> None:
    made = entry(shop)
    key = {"Idempotency-Key": "once"}
    answers = [shop.send("POST", "carts", cart_draft(("mug", 3), ("tea", 1), **MODE), headers=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert codes(answers[1].json()) == ["CannotCreateReservation"]
    assert left(shop, made) == (10, 7)


def test_levels_are_told_by_what_is_on_stock(shop: Client) -> None:
    """A reservation takes nothing off the stock; the order does."""
    made = entry(shop, quantity=2, stockLevels={"reorderPoint": 1})
    cart = shop.create("carts", cart_draft(("mug", 2), **MODE))
    where = {"where": f'resource(id = "{made["id"]}")', "sort": "sequenceNumber asc"}
    assert [told["type"] for told in shop.get("messages", params=where)["results"]] == ["InventoryEntryCreated"]
    shop.create("orders", order_draft(cart))
    kinds = [told["type"] for told in shop.get("messages", params=where)["results"]]
    assert kinds == ["InventoryEntryCreated", "InventoryEntryOutOfStock", "InventoryEntryReorderPoint"]
