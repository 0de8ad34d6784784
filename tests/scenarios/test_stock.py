"""Carts and orders over HTTP, held against the inventory: modes, limits, supply channels, and what an order takes."""

from __future__ import annotations

from typing import Any

import pytest

from live import Client
from shop_setup import by_key, cart_draft, eur, open_shop, order_draft


@pytest.fixture(autouse=True)
def goods(shop: Client) -> None:
    open_shop(shop)
    shop.create("channels", {"key": "north", "roles": ["InventorySupply"]})


def entry(shop: Client, sku: str = "mug", quantity: int = 10, **more: Any) -> Any:
    return shop.create("inventory", {"sku": sku, "quantityOnStock": quantity, **more})


def left(shop: Client, made: dict[str, Any]) -> tuple[int, int, int]:
    """On stock, available, and the entry's version."""
    seen = shop.get(f"inventory/{made['id']}")
    return seen["quantityOnStock"], seen["availableQuantity"], seen["version"]


def told(shop: Client, made: dict[str, Any]) -> list[Any]:
    """The Messages about an entry."""
    found = shop.get("messages", params={"where": f'resource(id = "{made["id"]}")', "sort": "sequenceNumber asc"})
    return list(found["results"])


def ordered(shop: Client, cart: dict[str, Any]) -> Any:
    return shop.create("orders", order_draft(cart))


def not_ordered(shop: Client, cart: dict[str, Any]) -> dict[str, Any]:
    error = shop.refused(400, "POST", "orders", order_draft(cart))
    assert error["code"] == "OutOfStock"
    assert error["message"] == f"Some line items are out of stock at the time of placing the order: {', '.join(error['skus'])}."
    assert shop.get(f"carts/{cart['id']}") == cart
    return error


def test_without_a_mode_nothing_is_taken(shop: Client) -> None:
    made = entry(shop, quantity=1)
    cart = shop.create("carts", cart_draft(("mug", 5), ("tea", 1)))
    assert cart["inventoryMode"] == "None"
    assert ordered(shop, cart)["inventoryMode"] == "None"
    assert left(shop, made) == (1, 1, 1)


def test_track_only_takes_what_there_is_not(shop: Client) -> None:
    made = entry(shop, quantity=3)
    cart = shop.create("carts", cart_draft(("mug", 5), inventoryMode="TrackOnly"))
    assert ordered(shop, cart)["inventoryMode"] == "TrackOnly"
    # The counters change without a new version of the entry.
    assert left(shop, made) == (-2, -2, 1)
    assert [message["type"] for message in told(shop, made)] == ["InventoryEntryCreated", "InventoryEntryOutOfStock"]


def test_orders_tell_of_the_levels_that_they_reach(shop: Client) -> None:
    """As update actions do, but for the quantity itself; and only where the project keeps Messages."""
    levels = {"reorderPoint": 3, "safetyStock": 1}
    made = shop.create("inventory", {"sku": "mug", "quantityOnStock": 5, "stockLevels": levels, "key": "mugs"})
    for mode, pieces in (("ReserveOnOrder", 2), ("TrackOnly", 1), ("ReserveOnOrder", 1), ("ReserveOnOrder", 1)):
        ordered(shop, shop.create("carts", cart_draft(("mug", pieces), inventoryMode=mode)))
    messages = told(shop, made)
    assert [(each["sequenceNumber"], each["type"], each.get("quantityOnStock")) for each in messages] == [
        (1, "InventoryEntryCreated", None),
        (2, "InventoryEntryReorderPoint", 3),
        (3, "InventoryEntrySafetyStock", 1),
        (4, "InventoryEntryOutOfStock", None),
    ]
    assert {each["sku"] for each in messages[1:]} == {"mug"}
    assert messages[-1]["resourceVersion"] == made["version"]
    assert messages[-1]["resourceUserProvidedIdentifiers"] == {"key": "mugs", "sku": "mug"}
    entry_now = shop.update(f"inventory/{made['id']}", made["version"], {"action": "addQuantity", "quantity": 4})
    assert [each["sequenceNumber"] for each in told(shop, made)] == [1, 2, 3, 4, 5]
    project = shop.get("")
    off = {"enabled": False, "deleteDaysAfterCreation": 15}
    shop.update("", project["version"], {"action": "changeMessagesConfiguration", "messagesConfiguration": off})
    ordered(shop, shop.create("carts", cart_draft(("mug", 4), inventoryMode="TrackOnly")))
    assert (len(told(shop, made)), left(shop, made)) == (5, (0, 0, entry_now["version"]))


def test_track_only_needs_an_entry(shop: Client) -> None:
    made = entry(shop)
    cart = shop.create("carts", cart_draft(("mug", 1), ("tea", 1), inventoryMode="TrackOnly"))
    error = not_ordered(shop, cart)
    assert (error["lineItems"], error["skus"]) == ([cart["lineItems"][1]["id"]], ["tea"])
    assert left(shop, made) == (10, 10, 1)


def test_reserve_on_order_sells_what_is_available(shop: Client) -> None:
    mugs, tea = entry(shop, quantity=5), entry(shop, "tea", 2)
    both = shop.create("carts", cart_draft(("mug", 6), ("tea", 3), inventoryMode="ReserveOnOrder"))
    error = not_ordered(shop, both)
    assert (error["lineItems"], error["skus"]) == ([line["id"] for line in both["lineItems"]], ["mug", "tea"])
    cart = shop.create("carts", cart_draft(("mug", 5), ("tea", 3), inventoryMode="ReserveOnOrder"))
    assert not_ordered(shop, cart)["skus"] == ["tea"]
    assert (left(shop, mugs), left(shop, tea)) == ((5, 5, 1), (2, 2, 1))
    cart = shop.create("carts", cart_draft(("mug", 5), ("tea", 2), inventoryMode="ReserveOnOrder"))
    ordered(shop, cart)
    assert (left(shop, mugs), left(shop, tea)) == ((0, 0, 1), (0, 0, 1))
    again = shop.create("carts", cart_draft(("mug", 1), inventoryMode="ReserveOnOrder"))
    assert not_ordered(shop, again)["skus"] == ["mug"]


def test_what_is_restocked_is_sold_before_it_comes(shop: Client) -> None:
    made = entry(shop, quantity=1, restockableInDays=0)
    ordered(shop, shop.create("carts", cart_draft(("mug", 4), inventoryMode="ReserveOnOrder")))
    assert left(shop, made) == (-3, -3, 1)
    shop.update(f"inventory/{made['id']}", 1, {"action": "setRestockableInDays"}, {"action": "addQuantity", "quantity": 4})
    cart = shop.create("carts", cart_draft(("mug", 2), inventoryMode="ReserveOnOrder"))
    assert not_ordered(shop, cart)["skus"] == ["mug"]


def test_lines_have_modes_of_their_own(shop: Client) -> None:
    mugs, tea = entry(shop, quantity=5), entry(shop, "tea", 5)
    draft = cart_draft()
    draft["lineItems"] = [{"sku": "mug", "quantity": 2, "inventoryMode": "TrackOnly"}, {"sku": "tea", "inventoryMode": "None"}]
    cart = shop.create("carts", draft)
    mug, leaf = cart["lineItems"]
    # A mode that is the cart's own is not shown.
    assert (mug["inventoryMode"], "inventoryMode" in leaf) == ("TrackOnly", False)
    path = f"carts/{cart['id']}"
    set_mode = {"action": "setLineItemInventoryMode"}
    cart = shop.update(
        path,
        cart["version"],
        {**set_mode, "lineItemId": mug["id"], "inventoryMode": "None"},
        {**set_mode, "lineItemId": leaf["id"], "inventoryMode": "ReserveOnOrder"},
    )
    mug, leaf = cart["lineItems"]
    assert ("inventoryMode" in mug, leaf["inventoryMode"]) == (False, "ReserveOnOrder")
    cart = shop.update(path, cart["version"], {**set_mode, "lineItemId": mug["id"], "inventoryMode": "TrackOnly"})
    cart = shop.update(path, cart["version"], {**set_mode, "lineItemId": leaf["id"]})
    assert [line.get("inventoryMode") for line in cart["lineItems"]] == ["TrackOnly", None]
    order = ordered(shop, cart)
    assert [line.get("inventoryMode") for line in order["lineItems"]] == ["TrackOnly", None]
    assert (left(shop, mugs), left(shop, tea)) == ((3, 3, 1), (5, 5, 1))


def test_the_supply_channel_decides_which_stock(shop: Client) -> None:
    free, north = entry(shop, quantity=5), entry(shop, quantity=2, supplyChannel=by_key("channel", "north"))
    draft = cart_draft(inventoryMode="ReserveOnOrder")
    draft["lineItems"] = [{"sku": "mug", "quantity": 4}, {"sku": "mug", "supplyChannel": by_key("channel", "north")}]
    cart = shop.create("carts", draft)
    assert len(cart["lineItems"]) == 2
    ordered(shop, cart)
    assert (left(shop, free), left(shop, north)) == ((1, 1, 1), (1, 1, 1))
    # Stock without a channel is none of a channel's, and the other way round.
    draft["lineItems"] = [{"sku": "tea", "supplyChannel": by_key("channel", "north")}]
    entry(shop, "tea")
    assert not_ordered(shop, shop.create("carts", draft))["skus"] == ["tea"]


def test_lines_of_one_entry_are_summed(shop: Client) -> None:
    made = entry(shop, quantity=5)
    draft = cart_draft(inventoryMode="ReserveOnOrder")
    price = {"currencyCode": "EUR", "centAmount": 100}
    draft["lineItems"] = [{"sku": "mug", "quantity": 3}, {"sku": "mug", "quantity": 3, "externalPrice": price}]
    cart = shop.create("carts", draft)
    error = not_ordered(shop, cart)
    assert (error["lineItems"], error["skus"]) == ([line["id"] for line in cart["lineItems"]], ["mug"])
    cart = shop.update(
        f"carts/{cart['id']}",
        cart["version"],
        {"action": "changeLineItemQuantity", "lineItemId": cart["lineItems"][0]["id"], "quantity": 2},
    )
    ordered(shop, cart)
    assert left(shop, made) == (0, 0, 1)


def test_limits_of_a_line(shop: Client) -> None:
    entry(shop, minCartQuantity=2, maxCartQuantity=4)
    entry(shop, quantity=1, supplyChannel=by_key("channel", "north"), minCartQuantity=3)
    below = shop.refused(400, "POST", "carts", cart_draft(("mug", 1)))
    assert (below["code"], below["quantity"], below["minCartQuantity"]) == ("LineItemQuantityBelowLimit", 1, 2)
    assert below["message"] == "Quantity '1' less than minimum '2'."
    above = shop.refused(400, "POST", "carts", cart_draft(("mug", 5)))
    assert (above["code"], above["quantity"], above["maxCartQuantity"]) == ("LineItemQuantityAboveLimit", 5, 4)
    assert above["message"] == "Quantity '5' greater than maximum '4'."
    # By product too.
    product = shop.get("products/key=mug")
    draft = {"currency": "EUR", "lineItems": [{"productId": product["id"], "quantity": 5}]}
    assert shop.refused(400, "POST", "carts", draft)["code"] == "LineItemQuantityAboveLimit"
    cart = shop.create("carts", cart_draft(("mug", 2), ("tea", 1)))
    line = cart["lineItems"][0]["id"]
    path = f"carts/{cart['id']}"

    def refused(**action: Any) -> dict[str, Any]:
        body = {"version": cart["version"], "actions": [action]}
        error = shop.refused(400, "POST", path, body)
        assert error["lineItem"] == line
        return error

    change = {"action": "changeLineItemQuantity", "lineItemId": line}
    assert refused(**change, quantity=5)["maxCartQuantity"] == 4
    assert refused(**change, quantity=1)["minCartQuantity"] == 2
    assert refused(action="addLineItem", sku="mug", quantity=3)["quantity"] == 5
    assert refused(action="removeLineItem", lineItemId=line, quantity=1)["quantity"] == 1
    channel = by_key("channel", "north")
    assert refused(action="setLineItemSupplyChannel", lineItemId=line, supplyChannel=channel)["minCartQuantity"] == 3
    cart = shop.update(path, cart["version"], {**change, "quantity": 4})
    cart = shop.update(
        path, cart["version"], {"action": "setLineItemSupplyChannel", "lineItemId": line, "supplyChannel": channel}
    )
    cart = shop.update(path, cart["version"], {**change, "quantity": 7})
    assert cart["lineItems"][0]["quantity"] == 7
    cart = shop.update(path, cart["version"], {"action": "removeLineItem", "lineItemId": line})
    assert [each["variant"]["sku"] for each in cart["lineItems"]] == ["tea"]


def test_an_order_takes_from_the_entry_of_now(shop: Client) -> None:
    """An entry that has gone since, or another in its place, is what counts."""
    made = entry(shop, quantity=5)
    cart = shop.create("carts", cart_draft(("mug", 2), inventoryMode="TrackOnly"))
    shop.delete(f"inventory/{made['id']}", 1)
    not_ordered(shop, cart)
    later = entry(shop, quantity=9)
    ordered(shop, cart)
    assert left(shop, later) == (7, 7, 1)


def test_a_replica_keeps_the_modes(shop: Client) -> None:
    made = entry(shop, quantity=5)
    draft = cart_draft(inventoryMode="ReserveOnOrder")
    draft["lineItems"] = [{"sku": "mug"}, {"sku": "tea", "inventoryMode": "None"}]
    order = ordered(shop, shop.create("carts", draft))
    copy = shop.create("carts/replicate", {"reference": {"typeId": "order", "id": order["id"]}})
    assert (copy["inventoryMode"], [line.get("inventoryMode") for line in copy["lineItems"]]) == (
        "ReserveOnOrder",
        [None, "None"],
    )
    shop.create("orders", order_draft(copy))
    assert left(shop, made) == (3, 3, 1)


def test_no_import_moves_a_counter_to_where_nothing_comes_back_from(shop: Client) -> None:
    made = entry(shop, quantity=2**53)
    line = {"name": {"en": "Mug"}, "variant": {"sku": "mug"}, "quantity": -1, "price": {"value": eur(1190)}}
    draft = {"totalPrice": eur(-1190), "lineItems": [line], "inventoryMode": "TrackOnly"}
    assert shop.refused(400, "POST", "orders/import", draft)["code"] == "InvalidField"
    assert left(shop, made) == (2**53, 2**53, 1)
    shop.update(f"inventory/{made['id']}", 1, {"action": "removeQuantity", "quantity": 1})
    shop.create("orders/import", draft)
    assert left(shop, made) == (2**53, 2**53, 2)
