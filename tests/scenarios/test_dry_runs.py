"""`dryRun=true` over HTTP: a write is answered or refused as it would be, and leaves nothing."""

from __future__ import annotations

from typing import Any

import pytest

from live import Client, Server
from orderwright.commands.projects import number_orders
from shop_setup import cart_draft, eur, open_shop, order_draft

DRY = {"dryRun": "true"}
IDS_AND_TIMES = {"id", "createdAt", "lastModifiedAt", "addedAt"}


@pytest.fixture
def market(shop: Client) -> Client:
    open_shop(shop)
    return shop


def plain(found: Any) -> Any:
    """What is answered, without what differs from one time to the next."""
    if isinstance(found, list):
        return [plain(each) for each in found]
    if isinstance(found, dict):
        return {name: plain(value) for name, value in found.items() if name not in IDS_AND_TIMES}
    return found


def held(client: Client) -> dict[str, Any]:
    """All that there is of carts, orders, stock, reservations and Messages."""
    return {path: client.get(path, params={"limit": 500}) for path in ("carts", "orders", "inventory", "messages")}


def test_a_cart_is_shown_as_it_would_be_made_at_each_door(market: Client) -> None:
    market.create("stores", {"key": "berlin"})
    guest = market.anonymous("visitor")
    own = {name: value for name, value in cart_draft(("mug", 2), ("tea", 1)).items() if name != "key"}
    for client, path in (
        (market, "carts"),
        (market, "in-store/key=berlin/carts"),
        (guest, "me/carts"),
        (guest, "in-store/key=berlin/me/carts"),
    ):
        before = held(market)
        shown = client.create(path, own, params=DRY)
        assert held(market) == before
        made = client.create(path, own, params={"dryRun": "false"})
        assert plain(shown) == plain(made)
        assert client.refused(404, "GET", f"{path}/{shown['id']}")["code"] == "ResourceNotFound"
        # 2 x 19.99 and 24.50, and 5.95 for the parcel.
        assert shown["totalPrice"]["centAmount"] == 3998 + 2450 + 595
        before = held(market)
        more = {"action": "addLineItem", "sku": "tea", "quantity": 2}
        shown = client.update(f"{path}/{made['id']}", 1, more, params=DRY)
        assert held(market) == before
        assert plain(shown) == plain(client.update(f"{path}/{made['id']}", 1, more))
        assert shown["version"] == 2


def test_an_order_takes_neither_its_cart_nor_stock_nor_tells_anything(market: Client) -> None:
    market.create("inventory", {"sku": "mug", "quantityOnStock": 3, "stockLevels": {"reorderPoint": 2}})
    cart = market.create("carts", cart_draft(("mug", 2), inventoryMode="ReserveOnOrder"))
    before = held(market)
    shown = market.create("orders", order_draft(cart, orderNumber="N-1"), params=DRY)
    assert held(market) == before
    made = market.create("orders", order_draft(cart, orderNumber="N-1"))
    assert plain(shown) == plain(made)
    (entry,) = market.get("inventory")["results"]
    assert (entry["quantityOnStock"], entry["availableQuantity"]) == (1, 1)
    before = held(market)
    confirm = {"action": "changeOrderState", "orderState": "Confirmed"}
    shown = market.update(f"orders/{made['id']}", 1, confirm, params=DRY)
    assert held(market) == before
    assert (shown["version"], shown["orderState"]) == (2, "Confirmed")
    guest = market.anonymous("visitor")
    own = guest.create("me/carts", cart_draft(("mug", 1)))
    ordered = guest.create("me/orders", {"id": own["id"], "version": own["version"]}, params=DRY)
    assert guest.get("me/orders")["total"] == 0
    assert ordered["anonymousId"] == "visitor"


def test_what_a_cart_would_reserve_is_left(market: Client) -> None:
    keep = {"action": "setReservationExpirationInMinutes", "reservationExpirationInMinutes": 20}
    market.update("", market.get("")["version"], keep)
    entry = market.create("inventory", {"sku": "mug", "quantityOnStock": 3})
    draft = cart_draft(("mug", 2), inventoryMode="ReserveOnCart")
    shown = market.create("carts", draft, params=DRY)
    assert "reservation" in shown["lineItems"][0]
    assert market.get(f"inventory/{entry['id']}")["availableQuantity"] == 3
    market.create("carts", draft)
    assert market.get(f"inventory/{entry['id']}")["availableQuantity"] == 1


def test_imports_and_copies(market: Client) -> None:
    cart = market.create("carts", cart_draft(("mug", 1)))
    copy = {"reference": {"typeId": "cart", "id": cart["id"]}}
    wrap = {"name": {"en": "Wrapping"}, "slug": "wrap", "quantity": 1, "money": eur(4200)}
    draft = {"orderNumber": "old-1", "totalPrice": eur(4200), "customLineItems": [wrap]}
    before = held(market)
    for path, sent in (("orders/import", draft), ("carts/replicate", copy)):
        assert plain(market.create(path, sent, params=DRY)) == plain(market.create(path, sent, params=DRY))
    assert held(market) == before
    assert plain(market.create("orders/import", draft, params=DRY)) == plain(market.create("orders/import", draft))


def test_conflicts_are_answered_as_they_would_be(market: Client) -> None:
    market.create("inventory", {"sku": "mug", "quantityOnStock": 1})
    first = market.create("carts", cart_draft(("mug", 1), key="first", inventoryMode="ReserveOnOrder"))
    second = market.create("carts", cart_draft(("mug", 1), inventoryMode="ReserveOnOrder"))
    market.create("orders", order_draft(first, orderNumber="N-1"))
    before = held(market)
    path, key = f"carts/{second['id']}", {"action": "setKey", "key": "first"}
    for status, code, at, body in (
        (400, "DuplicateField", "carts", cart_draft(("tea", 1), key="first")),
        (400, "DuplicateField", path, {"version": 1, "actions": [key]}),
        (409, "ConcurrentModification", path, {"version": 7, "actions": [key]}),
        (404, "ResourceNotFound", "carts/0f8fad5b-d9cb-469f-a165-70867728950e", {"version": 1, "actions": [key]}),
        (400, "OutOfStock", "orders", order_draft(second)),
        (409, "ConcurrentModification", "orders", order_draft(second) | {"version": 7}),
        (400, "ReferencedResourceNotFound", "carts", {"currency": "EUR", "store": {"typeId": "store", "key": "none"}}),
        (400, "InvalidJsonInput", "carts", {"currency": 7}),
    ):
        meant, dry = (market.refused(status, "POST", at, body, params=params) for params in ({}, DRY))
        assert dry == meant, (code, at)
        assert dry["code"] == code
    assert held(market) == before
    market.create("inventory", {"sku": "tea", "quantityOnStock": 1})
    third = market.create("carts", cart_draft(("tea", 1), inventoryMode="ReserveOnOrder"))
    taken = market.refused(400, "POST", "orders", order_draft(third, orderNumber="N-1"), params=DRY)
    assert (taken["code"], taken["field"], taken["duplicateValue"]) == ("DuplicateField", "orderNumber", "N-1")
    tea = market.get("inventory", params={"where": 'sku = "tea"'})["results"][0]
    assert tea["availableQuantity"] == 1


@pytest.mark.parametrize("gap_free", [False, True], ids=["in blocks", "without gaps"])
def test_no_number_is_used_up(server: Server, market: Client, gap_free: bool) -> None:
    server._beside(lambda database: number_orders(database, market.project, "N-{seq}", gap_free=gap_free))
    carts = [market.create("carts", cart_draft(("mug", 1))) for _ in range(3)]
    numbers = []
    for cart in carts:
        assert all("orderNumber" not in market.create("orders", order_draft(cart), params=DRY) for _ in range(3))
        numbers.append(market.create("orders", order_draft(cart))["orderNumber"])
    assert numbers == ["N-1", "N-2", "N-3"]


def test_a_dry_run_leaves_its_key_to_the_request_that_is_meant(market: Client) -> None:
    draft, key = cart_draft(("mug", 1)), {"Idempotency-Key": "k-1"}
    shown = [market.create("carts", draft, params=DRY, headers=key) for _ in range(2)]
    assert shown[0]["id"] != shown[1]["id"]
    made = market.create("carts", draft, headers=key)
    assert market.create("carts", draft, headers=key) == made
    path, body = f"carts/{made['id']}", {"action": "setLocale", "locale": "de"}
    assert market.update(path, 1, body, params=DRY, headers=key)["version"] == 2
    assert market.get("carts")["results"] == [made]
    # Nor is anything kept of an update that changes nothing.
    nothing = {"Idempotency-Key": "k-2"}
    assert market.update(path, 1, params=DRY, headers=nothing) == made
    assert market.update(path, 1, body, headers=nothing)["version"] == 2


def test_a_deletion_is_tried_and_leaves_what_it_would_delete(market: Client) -> None:
    keep = {"action": "setReservationExpirationInMinutes", "reservationExpirationInMinutes": 20}
    market.update("", market.get("")["version"], keep)
    market.create("inventory", {"sku": "mug", "quantityOnStock": 3})
    cart = market.create("carts", cart_draft(("mug", 2), inventoryMode="ReserveOnCart"))
    order = market.create("orders", order_draft(market.create("carts", cart_draft(("tea", 1)))))
    before = held(market)
    for path, document, more in (("carts", cart, {}), ("orders", order, {}), ("orders", order, {"dataErasure": "true"})):
        at, named = f"{path}/{document['id']}", {"version": str(document["version"]), **more, **DRY}
        answered = market.send("DELETE", at, params=named)
        assert (answered.status_code, plain(answered.json())) == (200, plain(market.get(at)))
        conflict = market.refused(409, "DELETE", at, params={**named, "version": "77"})
        assert conflict["code"] == "ConcurrentModification"
    assert held(market) == before


def test_where_it_is_not_offered_a_write_is_refused(market: Client) -> None:
    for wrong in ("yes", "1", "TRUE", ""):
        error = market.refused(400, "POST", "carts", {"currency": "EUR"}, params={"dryRun": wrong})
        assert (error["code"], error["message"].startswith("Malformed parameter: dryRun: ")) == ("InvalidInput", True)
    assert market.get("carts", params={"dryRun": "perhaps"})["total"] == 0
    made = market.create("zones", {"name": "Nowhere", "locations": []}, params={"dryRun": "perhaps"})
    assert market.get(f"zones/{made['id']}", params=DRY) == made
    refused = market.refused(400, "POST", "payments", {"amountPlanned": eur(100)}, params=DRY)
    assert refused["message"] == "Malformed parameter: dryRun: This operation cannot be tried without being done."
    assert market.refused(400, "DELETE", f"zones/{made['id']}", params={"version": "1", **DRY})["code"] == "InvalidInput"
    signing = {"email": "ada@example.org", "password": "secret words"}
    for path in ("customers", "login", f"carts/customer-id={made['id']}/merge"):
        assert market.refused(400, "POST", path, signing, params=DRY)["message"] == refused["message"]
    assert market.get("customers")["total"] == 0
    assert (market.get("payments")["total"], market.get(f"zones/{made['id']}")) == (0, made)
