"""Inventory entries over HTTP: every operation and action, counters in every answer, and what they are told by."""

from __future__ import annotations

from typing import Any

import pytest

from live import Client
from shop_setup import by_key


def entry(shop: Client, sku: str = "mug", quantity: int = 10, **more: Any) -> Any:
    return shop.create("inventory", {"sku": sku, "quantityOnStock": quantity, **more})


def counters(document: dict[str, Any]) -> tuple[int, int]:
    return document["quantityOnStock"], document["availableQuantity"]


def told(shop: Client, document: dict[str, Any]) -> list[dict[str, Any]]:
    where = f'resource(id = "{document["id"]}")'
    found: list[dict[str, Any]] = shop.get("messages", params={"where": where, "sort": "sequenceNumber asc"})["results"]
    assert [message["sequenceNumber"] for message in found] == list(range(1, len(found) + 1))
    return found


def warehouse(shop: Client, key: str = "north", *roles: str) -> Any:
    return shop.create("channels", {"key": key, "roles": list(roles or ("InventorySupply",))})


def test_an_entry_from_its_draft(shop: Client) -> None:
    channel = warehouse(shop)
    shop.create(
        "types",
        {
            "key": "shelf",
            "name": {"en": "Shelf"},
            "resourceTypeIds": ["inventory-entry"],
            "fieldDefinitions": [
                {"name": "aisle", "label": {"en": "Aisle"}, "required": False, "type": {"name": "String"}},
            ],
        },
    )
    made = entry(
        shop,
        quantity=7,
        key="mug-north",
        supplyChannel=by_key("channel", "north"),
        minCartQuantity=2,
        maxCartQuantity=20,
        restockableInDays=3,
        expectedDelivery="2030-01-02T03:04:05.678Z",
        reservationExpirationInMinutes=60,
        stockLevels={"reorderPoint": 5, "safetyStock": 2},
        custom={"type": by_key("type", "shelf"), "fields": {"aisle": "B7"}},
    )
    assert made["supplyChannel"] == {"typeId": "channel", "id": channel["id"]}
    assert made["custom"]["fields"] == {"aisle": "B7"}
    wanted = {
        "version": 1,
        "sku": "mug",
        "key": "mug-north",
        "quantityOnStock": 7,
        "availableQuantity": 7,
        "minCartQuantity": 2,
        "maxCartQuantity": 20,
        "restockableInDays": 3,
        "expectedDelivery": "2030-01-02T03:04:05.678Z",
        "reservationExpirationInMinutes": 60,
        "stockLevels": {"reorderPoint": 5, "safetyStock": 2},
    }
    assert wanted.items() <= made.items()
    for path in (f"inventory/{made['id']}", "inventory/key=mug-north"):
        assert shop.get(path) == made
        assert shop.send("HEAD", path).status_code == 200
    assert shop.get("inventory")["results"] == [made]
    seen = shop.get(f"inventory/{made['id']}", params={"expand": "supplyChannel"})
    assert seen["supplyChannel"]["obj"]["key"] == "north"
    message = told(shop, made)[0]
    assert (message["type"], message["inventoryEntry"]) == ("InventoryEntryCreated", made)
    assert message["resourceUserProvidedIdentifiers"] == {"key": "mug-north", "sku": "mug"}


def test_each_action(shop: Client) -> None:
    channel = warehouse(shop)
    shop.create("types", {"key": "shelf", "name": {"en": "Shelf"}, "resourceTypeIds": ["inventory-entry"]})
    made = entry(shop, quantity=10)
    path = f"inventory/{made['id']}"

    def update(version: int, *actions: dict[str, Any]) -> Any:
        after = shop.update(path, version, *actions)
        assert after["version"] == version + 1
        assert shop.get(path) == after
        return after

    assert counters(update(1, {"action": "addQuantity", "quantity": 5})) == (15, 15)
    assert counters(update(2, {"action": "removeQuantity", "quantity": 20})) == (-5, -5)
    assert counters(update(3, {"action": "changeQuantity", "quantity": 40})) == (40, 40)
    after = update(4, {"action": "setKey", "key": "mugs"})
    assert (after["key"], counters(after)) == ("mugs", (40, 40))
    after = update(5, {"action": "setSupplyChannel", "supplyChannel": by_key("channel", "north")})
    assert after["supplyChannel"]["id"] == channel["id"]
    after = update(6, {"action": "setInventoryLimits", "minCartQuantity": 2, "maxCartQuantity": 4})
    assert (after["minCartQuantity"], after["maxCartQuantity"]) == (2, 4)
    after = update(7, {"action": "setRestockableInDays", "restockableInDays": 0})
    assert after["restockableInDays"] == 0
    after = update(8, {"action": "setExpectedDelivery", "expectedDelivery": "2031-01-01T00:00:00Z"})
    assert after["expectedDelivery"] == "2031-01-01T00:00:00.000Z"
    after = update(9, {"action": "setReorderPoint", "quantity": 9}, {"action": "setSafetyStock", "quantity": 3})
    assert after["stockLevels"] == {"reorderPoint": 9, "safetyStock": 3}
    after = update(10, {"action": "setReservationExpirationInMinutes", "reservationExpirationInMinutes": 90})
    assert after["reservationExpirationInMinutes"] == 90
    after = update(11, {"action": "setCustomType", "type": by_key("type", "shelf")})
    assert after["custom"]["fields"] == {}
    error = shop.refused(
        400, "POST", path, {"version": 12, "actions": [{"action": "setCustomField", "name": "aisle", "value": "B7"}]}
    )
    assert error["code"] == "InvalidOperation"
    aisle = {"name": "aisle", "label": {"en": "Aisle"}, "required": False, "type": {"name": "String"}}
    kind = shop.get("types/key=shelf")
    shop.update("types/key=shelf", kind["version"], {"action": "addFieldDefinition", "fieldDefinition": aisle})
    after = update(12, {"action": "setCustomField", "name": "aisle", "value": "B7"})
    assert after["custom"]["fields"] == {"aisle": "B7"}
    cleared = [
        {"action": name}
        for name in (
            "setKey",
            "setSupplyChannel",
            "setInventoryLimits",
            "setRestockableInDays",
            "setExpectedDelivery",
            "setReorderPoint",
            "setSafetyStock",
            "setReservationExpirationInMinutes",
            "setCustomType",
        )
    ]
    after = update(13, *cleared)
    envelope = {"id", "version", "createdAt", "lastModifiedAt", "createdBy", "lastModifiedBy"}
    assert set(after) == {*envelope, "sku", "quantityOnStock", "availableQuantity"}
    # Nothing changes: nothing is stored.
    assert shop.update(path, 14, {"action": "addQuantity", "quantity": 0}, {"action": "changeQuantity", "quantity": 40}) == after
    gone = shop.delete(path, 14)
    assert gone == after
    assert shop.refused(404, "GET", path)["code"] == "ResourceNotFound"
    types = [message["type"] for message in told(shop, made)]
    assert types == [
        "InventoryEntryCreated",
        "InventoryEntryQuantitySet",
        "InventoryEntryQuantitySet",
        "InventoryEntryOutOfStock",
        "InventoryEntryQuantitySet",
        "InventoryEntryReservationExpirationInMinutesSet",
        "InventoryEntryReservationExpirationInMinutesSet",
        "InventoryEntryDeleted",
    ]


def test_what_the_messages_say(shop: Client) -> None:
    channel = warehouse(shop)
    made = entry(shop, quantity=10, supplyChannel=by_key("channel", "north"), stockLevels={"reorderPoint": 5, "safetyStock": 2})
    path = f"inventory/{made['id']}"
    shop.update(path, 1, {"action": "removeQuantity", "quantity": 5})
    # Each action tells of its own step: the second falls past both remaining levels at once.
    shop.update(path, 2, {"action": "addQuantity", "quantity": 1}, {"action": "changeQuantity", "quantity": 0})
    shop.update(path, 3, {"action": "removeQuantity", "quantity": 1})
    shop.update(path, 4, {"action": "setReservationExpirationInMinutes", "reservationExpirationInMinutes": 30})
    shop.update(path, 5, {"action": "setReservationExpirationInMinutes", "reservationExpirationInMinutes": 45})
    shop.delete(path, 6)
    where = {"sku": "mug", "supplyChannel": {"typeId": "channel", "id": channel["id"]}}

    def moved(before: int, after: int) -> dict[str, Any]:
        return {
            "type": "InventoryEntryQuantitySet",
            "oldQuantityOnStock": before,
            "newQuantityOnStock": after,
            "oldAvailableQuantity": before,
            "newAvailableQuantity": after,
            **where,
        }

    envelope = {
        "id", "version", "createdAt", "lastModifiedAt", "sequenceNumber", "resource", "resourceVersion",
        "resourceUserProvidedIdentifiers", "correlationId",
    }  # fmt: skip
    said = [{name: value for name, value in message.items() if name not in envelope} for message in told(shop, made)]
    minutes = "ReservationExpirationInMinutes"
    assert said[1:] == [
        moved(10, 5),
        {"type": "InventoryEntryReorderPoint", "quantityOnStock": 5, **where},
        moved(5, 6),
        moved(6, 0),
        {"type": "InventoryEntryOutOfStock", **where},
        {"type": "InventoryEntryReorderPoint", "quantityOnStock": 0, **where},
        {"type": "InventoryEntrySafetyStock", "quantityOnStock": 0, **where},
        moved(0, -1),
        {"type": f"InventoryEntry{minutes}Set", f"new{minutes}": 30},
        {"type": f"InventoryEntry{minutes}Set", f"old{minutes}": 30, f"new{minutes}": 45},
        {"type": "InventoryEntryDeleted", **where},
    ]


def test_a_sku_has_one_entry_in_each_channel(shop: Client) -> None:
    north, south = warehouse(shop), warehouse(shop, "south")
    free = entry(shop)
    entry(shop, supplyChannel=by_key("channel", "north"))
    placed = entry(shop, supplyChannel={"typeId": "channel", "id": south["id"]}, key="south")
    entry(shop, "tea")
    for more, owner in (({}, free), ({"supplyChannel": by_key("channel", "south")}, placed)):
        error = shop.refused(400, "POST", "inventory", {"sku": "mug", "quantityOnStock": 1, **more})
        assert (error["code"], error["field"], error["duplicateValue"]) == ("DuplicateField", "sku", "mug")
        assert error["conflictingResource"] == {"typeId": "inventory-entry", "id": owner["id"]}
    to_north = {"version": 1, "actions": [{"action": "setSupplyChannel", "supplyChannel": by_key("channel", "north")}]}
    error = shop.refused(400, "POST", f"inventory/{free['id']}", to_north)
    assert (error["code"], error["field"], error["duplicateValue"]) == ("DuplicateField", "sku", "mug")
    error = shop.refused(400, "POST", "inventory", {"sku": "cup", "quantityOnStock": 1, "key": "south"})
    assert (error["code"], error["field"], error["duplicateValue"]) == ("DuplicateField", "key", "south")
    # The place is free again when its entry has gone, and so is the channel.
    assert shop.refused(400, "DELETE", f"channels/{north['id']}", params={"version": 1})["code"] == "ReferenceExists"
    shop.delete("inventory/key=south", 1)
    shop.delete(f"channels/{south['id']}", 1)
    shop.delete(f"inventory/{free['id']}", 1)
    entry(shop)


def test_what_is_refused(shop: Client) -> None:
    warehouse(shop, "shelves", "ProductDistribution")
    good = {"sku": "mug", "quantityOnStock": 1}
    for more, code in (
        ({"supplyChannel": by_key("channel", "shelves")}, "MissingRoleOnChannel"),
        ({"supplyChannel": by_key("channel", "nowhere")}, "ReferencedResourceNotFound"),
        ({"minCartQuantity": 3, "maxCartQuantity": 2}, "InvalidField"),
        ({"minCartQuantity": 0}, "InvalidJsonInput"),
        ({"sku": None}, "InvalidJsonInput"),
        ({"quantityOnStock": 1.5}, "InvalidJsonInput"),
        ({"reservationExpirationInMinutes": 44_641}, "InvalidJsonInput"),
    ):
        assert shop.refused(400, "POST", "inventory", {**good, **more})["code"] == code, more
    made = entry(shop, quantity=2**53)
    path = f"inventory/{made['id']}"
    for action, code in (
        ({"action": "addQuantity", "quantity": 1}, "InvalidField"),
        ({"action": "setInventoryLimits", "minCartQuantity": 3, "maxCartQuantity": 2}, "InvalidField"),
        ({"action": "setSupplyChannel", "supplyChannel": by_key("channel", "shelves")}, "MissingRoleOnChannel"),
    ):
        assert shop.refused(400, "POST", path, {"version": 1, "actions": [action]})["code"] == code, action
    assert shop.refused(409, "POST", path, {"version": 2, "actions": []})["code"] == "ConcurrentModification"
    assert shop.get(path) == made


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("quantityOnStock > 3", ["b", "c"]),
        ("quantityOnStock >= 3.5 and availableQuantity < 8", ["b"]),
        ("availableQuantity in (3, 9)", ["a", "c"]),
        ("quantityOnStock != 5", ["a", "c"]),
        # What is no conjunction is asked of the document, which has the counters put in.
        ('quantityOnStock = 9 or sku = "a"', ["a", "c"]),
        ("not(availableQuantity = 5)", ["a", "c"]),
        ("quantityOnStock is defined", ["a", "b", "c"]),
        ("availableQuantity is not defined", []),
        ('sku = "b"', ["b"]),
        ('sku in ("a", "c") and restockableInDays = 4', ["c"]),
    ],
)
def test_queries_on_counters(shop: Client, where: str, found: list[str]) -> None:
    for sku, quantity in (("a", 3), ("b", 5), ("c", 9)):
        entry(shop, sku, quantity, **({"restockableInDays": 4} if sku == "c" else {}))
    page = shop.get("inventory", params={"where": where, "sort": "sku asc"})
    assert ([each["sku"] for each in page["results"]], page["total"]) == (found, len(found))
    assert all(counters(each)[0] == counters(each)[1] in (3, 5, 9) for each in page["results"])
    assert shop.send("HEAD", "inventory", params={"where": where}).status_code == (200 if found else 404)


def test_sorting_by_counters(shop: Client) -> None:
    for sku, quantity in (("a", 5), ("b", -3), ("c", 12)):
        entry(shop, sku, quantity)
    for field in ("quantityOnStock", "availableQuantity"):
        found = shop.get("inventory", params={"sort": f"{field} desc", "limit": 2})
        assert ([each["sku"] for each in found["results"]], found["total"]) == (["c", "a"], 3)


def test_a_deleted_project_of_rows_agrees(shop: Client, server: Any) -> None:
    kept, gone = entry(shop, "a"), entry(shop, "b")
    shop.delete(f"inventory/{gone['id']}", 1)
    shop.update(f"inventory/{kept['id']}", 1, {"action": "addQuantity", "quantity": 1})
    assert server.command("check") == "Every row agrees with its document.\n"


def availability_of(shop: Client, door: str = "") -> dict[str, Any]:
    """The availability of each variant of the product `pen`, by SKU.

    Not held against the published schema: it makes texts of the availabilities by channel, which its own prose describes as
    objects.
    """
    path = f"/{shop.project}/{door}product-projections/key=pen"
    seen = shop.http.get(path, headers={"Authorization": f"Bearer {shop.token}"}).json()
    return {each["sku"]: each.get("availability") for each in (seen["masterVariant"], *seen["variants"])}


def test_product_projections_show_availability(shop: Client) -> None:
    shop.create("product-types", {"name": "Goods", "key": "goods", "description": "Anything."})
    pen = {
        "key": "pen",
        "productType": by_key("product-type", "goods"),
        "name": {"en": "Pen"},
        "slug": {"en": "pen"},
        "publish": True,
        "masterVariant": {"sku": "blue"},
        "variants": [{"sku": "red"}, {"sku": "green"}],
    }
    shop.create("products", pen)
    assert availability_of(shop) == {"blue": None, "red": None, "green": None}
    north, south = warehouse(shop), warehouse(shop, "south")
    blue = entry(shop, "blue", 4, restockableInDays=2)
    red = entry(shop, "red", 0, supplyChannel=by_key("channel", "north"))
    others = entry(shop, "red", 7, supplyChannel=by_key("channel", "south"))
    of_north = {"isOnStock": False, "availableQuantity": 0, "id": red["id"], "version": 1}
    of_south = {"isOnStock": True, "availableQuantity": 7, "id": others["id"], "version": 1}
    of_blue = {"isOnStock": True, "availableQuantity": 4, "restockableInDays": 2, "id": blue["id"], "version": 1}
    both = {"channels": {north["id"]: of_north, south["id"]: of_south}}
    assert availability_of(shop) == {"blue": of_blue, "red": both, "green": None}
    shop.update(f"inventory/{blue['id']}", 1, {"action": "removeQuantity", "quantity": 4})
    assert availability_of(shop)["blue"] == {**of_blue, "isOnStock": False, "availableQuantity": 0, "version": 2}
    # A store with supply channels has no others.
    shop.create("stores", {"key": "berlin", "supplyChannels": [by_key("channel", "south")]})
    assert availability_of(shop, "in-store/key=berlin/")["red"] == {"channels": {south["id"]: of_south}}


def test_a_sku_with_an_entry_stays(shop: Client) -> None:
    shop.create("product-types", {"name": "Goods", "key": "goods", "description": "Anything."})
    kind = by_key("product-type", "goods")
    pen = {"productType": kind, "name": {"en": "Pen"}, "slug": {"en": "pen"}, "masterVariant": {"sku": "blue"}}
    made = shop.create("products", pen)
    stock = entry(shop, "blue")
    rename = {"action": "setSku", "variantId": 1, "sku": "navy"}
    error = shop.refused(400, "POST", f"products/{made['id']}", {"version": 1, "actions": [rename]})
    assert error["code"] == "InvalidOperation"
    shop.delete(f"inventory/{stock['id']}", 1)
    after = shop.update(f"products/{made['id']}", 1, rename)
    assert after["masterData"]["staged"]["masterVariant"]["sku"] == "navy"


def test_an_expanded_entry_shows_its_counters(shop: Client) -> None:
    made = entry(shop, quantity=4, key="mugs")
    after = shop.update("inventory/key=mugs", 1, {"action": "removeQuantity", "quantity": 1})
    seen = shop.get("messages", params={"where": f'resource(id = "{made["id"]}")', "expand": "resource"})["results"]
    assert [message["resource"]["obj"] for message in seen] == [after, after]
    assert counters(after) == (3, 3)
