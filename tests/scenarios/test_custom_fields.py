"""Custom fields over HTTP: a Type is made and changed, used on every part of a cart and an order, queried by, and kept in use."""

from __future__ import annotations

from typing import Any

import pytest

from live import Client
from shop_setup import BERLIN, by_key, cart_draft, eur, open_shop, order_draft

KINDS = [
    "order",
    "line-item",
    "custom-line-item",
    "address",
    "shipping",
    "order-delivery",
    "order-parcel",
    "order-return-item",
    "store",
    "shipping-method",
]
REFERENCED = "11111111-2222-4333-8444-555555555555"
CHOICES = [{"key": "s", "label": "Small"}, {"key": "l", "label": "Large"}]
COLOURS = [{"key": "red", "label": {"en": "Red"}}, {"key": "blue", "label": {"en": "Blue"}}]
# Name, field type, what is sent, what is answered.
FIELDS: list[tuple[str, dict[str, Any], Any, Any]] = [
    ("flag", {"name": "Boolean"}, False, False),
    ("note", {"name": "String"}, "ring", "ring"),
    ("greeting", {"name": "LocalizedString"}, {"en": "Hi", "de": "Hallo"}, {"en": "Hi", "de": "Hallo"}),
    ("size", {"name": "Enum", "values": CHOICES}, "s", "s"),
    ("colour", {"name": "LocalizedEnum", "values": COLOURS}, "red", "red"),
    ("rank", {"name": "Number"}, 2.5, 2.5),
    ("fee", {"name": "Money"}, eur(150), {**eur(150), "type": "centPrecision", "fractionDigits": 2}),
    ("day", {"name": "Date"}, "2026-12-24", "2026-12-24"),
    ("hour", {"name": "Time"}, "14:00:00", "14:00:00.000"),
    ("instant", {"name": "DateTime"}, "2017-01-04T20:54:49.797+01:00", "2017-01-04T19:54:49.797Z"),
    (
        "origin",
        {"name": "Reference", "referenceTypeId": "product"},
        {"typeId": "product", "id": REFERENCED},
        {"typeId": "product", "id": REFERENCED},
    ),
    ("tags", {"name": "Set", "elementType": {"name": "String"}}, ["b", "a", "b"], ["b", "a"]),
]
GIVEN = {"type": by_key("type", "extra"), "fields": {name: sent for name, _, sent, _ in FIELDS}}
ANSWERED = {name: answered for name, _, _, answered in FIELDS}


def field(name: str, kind: dict[str, Any], required: bool = False) -> dict[str, Any]:
    return {"name": name, "label": {"en": name}, "required": required, "type": kind}


def make_type(shop: Client, **changes: Any) -> Any:
    fields = [field(name, kind) for name, kind, _, _ in FIELDS]
    draft = {"key": "extra", "name": {"en": "Extra"}, "resourceTypeIds": KINDS, "fieldDefinitions": fields}
    return shop.create("types", {**draft, **changes})


def test_a_type_is_made_read_changed_and_deleted(shop: Client) -> None:
    made = make_type(shop, description={"en": "All kinds."})
    assert [each["type"] for each in made["fieldDefinitions"]] == [kind for _, kind, _, _ in FIELDS]
    assert shop.get("types/key=extra") == made == shop.get(f"types/{made['id']}")
    assert shop.get("types", params={"where": 'resourceTypeIds contains any ("shipping")'})["results"] == [made]
    assert shop.send("HEAD", "types/key=extra").status_code == 200
    assert shop.refused(400, "POST", "types", {**made, "key": "extra"})["code"] == "DuplicateField"
    last = [name for name, _, _, _ in FIELDS if name != "flag"]
    changed = shop.update(
        "types/key=extra",
        made["version"],
        {"action": "changeKey", "key": "extras"},
        {"action": "changeName", "name": {"en": "Extras"}},
        {"action": "setDescription", "description": {"en": "Less."}},
        {"action": "removeFieldDefinition", "fieldName": "flag"},
        {"action": "addFieldDefinition", "fieldDefinition": field("more", {"name": "String"})},
        {"action": "changeFieldDefinitionOrder", "fieldNames": ["more", *last]},
        {"action": "changeLabel", "fieldName": "more", "label": {"en": "More"}},
        {"action": "changeFieldDefinitionLabel", "fieldName": "note", "label": {"en": "A note"}},
        {"action": "changeInputHint", "fieldName": "more", "inputHint": "MultiLine"},
        {"action": "addEnumValue", "fieldName": "size", "value": {"key": "m", "label": "M"}},
        {"action": "changeEnumValueLabel", "fieldName": "size", "value": {"key": "m", "label": "Medium"}},
        {"action": "changeEnumValueOrder", "fieldName": "size", "keys": ["s", "m", "l"]},
        {"action": "addLocalizedEnumValue", "fieldName": "colour", "value": {"key": "pink", "label": {"en": "Pink"}}},
        {"action": "changeLocalizedEnumValueLabel", "fieldName": "colour", "value": {"key": "pink", "label": {"de": "Rosa"}}},
        {"action": "changeLocalizedEnumValueOrder", "fieldName": "colour", "keys": ["pink", "red", "blue"]},
    )
    assert [each["name"] for each in changed["fieldDefinitions"]] == ["more", *last]
    more = {**field("more", {"name": "String"}), "label": {"en": "More"}, "inputHint": "MultiLine"}
    assert changed["fieldDefinitions"][0] == more
    choices = {each["name"]: each["type"].get("values") for each in changed["fieldDefinitions"]}
    assert [choice["key"] for choice in choices["size"]] == ["s", "m", "l"]
    assert choices["colour"][0] == {"key": "pink", "label": {"de": "Rosa"}}
    assert shop.delete("types/key=extras", changed["version"]) == changed
    assert shop.refused(404, "GET", "types/key=extras")["code"] == "ResourceNotFound"


def test_a_value_whose_choice_is_removed_stays_until_a_custom_field_is_set(shop: Client) -> None:
    made = make_type(shop)
    cart = shop.create("carts", {"currency": "EUR", "custom": {**GIVEN, "fields": {"size": "s", "note": "knock"}}})
    remove = {"action": "removeEnumValues", "fieldName": "size", "keys": ["s"]}
    after = shop.update("types/key=extra", made["version"], remove)
    assert "s" not in [
        each["key"] for field in after["fieldDefinitions"] if field["name"] == "size" for each in field["type"]["values"]
    ]
    path = f"carts/{cart['id']}"
    assert shop.get(path) == cart
    # What has nothing to do with custom fields goes on, and the value is found and taken along.
    named = shop.update(path, 1, {"action": "setKey", "key": "mine"})
    assert named["custom"] == cart["custom"]
    assert shop.get("carts", params={"where": 'custom(fields(size = "s"))'})["count"] == 1
    assert shop.refused(400, "POST", "carts", {"currency": "EUR", "custom": cart["custom"]})["code"] == "InvalidField"
    actions = [{"action": "setCustomField", "name": "note", "value": "ring"}]
    error = shop.refused(400, "POST", path, {"version": 2, "actions": actions})
    assert (error["code"], error["field"], error["invalidValue"]) == ("InvalidField", "size", "s")
    assert shop.get(path) == named
    mended = shop.update(path, 2, {"action": "setCustomField", "name": "size", "value": "l"}, actions[0])
    assert mended["custom"]["fields"] == {"size": "l", "note": "ring"}


def test_types_need_their_own_scopes(shop: Client, client_with: Any) -> None:
    made = make_type(shop)
    reader = client_with(shop.project, f"view_types:{shop.project}")
    assert reader.get("types/key=extra") == made
    assert reader.refused(403, "DELETE", "types/key=extra", params={"version": 1})["code"] == "insufficient_scope"
    assert client_with(shop.project, f"view_orders:{shop.project}").refused(403, "GET", "types")["code"] == "insufficient_scope"


def test_every_field_type_is_stored_found_and_expanded(shop: Client) -> None:
    open_shop(shop)
    made = make_type(shop)
    cart = shop.create("carts", cart_draft(("mug", 1), custom=GIVEN))
    assert cart["custom"] == {"type": {"typeId": "type", "id": made["id"]}, "fields": ANSWERED}
    other = shop.create("carts", cart_draft(("mug", 1), custom={**GIVEN, "fields": {"note": "knock", "rank": 3}}))
    shop.create("carts", cart_draft(("mug", 1)))
    for predicate, found in (
        ('custom(fields(note = "ring"))', [cart]),
        ("custom(fields(rank > 2.5))", [other]),
        ("custom(fields(flag = false))", [cart]),
        ('custom(fields(tags contains all ("a", "b")))', [cart]),
        ("custom(fields(fee(centAmount = 150)))", [cart]),
        (f'custom(fields(origin(id = "{REFERENCED}")))', [cart]),
        (f'custom(type(id = "{made["id"]}")) and custom(fields(flag is not defined))', [other]),
    ):
        assert shop.get("carts", params={"where": predicate})["results"] == found, predicate
    expanded = shop.get(f"carts/{cart['id']}", params={"expand": "custom.type"})
    assert expanded["custom"]["type"]["obj"] == made


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("InvalidField", {"flag": "true"}),
        ("InvalidField", {"size": "m"}),
        ("InvalidField", {"instant": "today"}),
        ("InvalidField", {"tags": "a"}),
        ("InvalidField", {"origin": {"typeId": "cart", "id": REFERENCED}}),
        ("InvalidOperation", {"unknown": "a"}),
    ],
)
def test_a_wrong_value_is_refused(shop: Client, code: str, fields: dict[str, Any]) -> None:
    make_type(shop)
    custom = {**GIVEN, "fields": fields}
    assert shop.refused(400, "POST", "carts", {"currency": "EUR", "custom": custom})["code"] == code
    cart = shop.create("carts", {"currency": "EUR"})
    action = {"action": "setCustomType", **custom}
    error = shop.refused(400, "POST", f"carts/{cart['id']}", {"version": cart["version"], "actions": [action]})
    assert (error["code"], error["action"]) == (code, action)


def test_a_type_serves_only_its_resources_and_wants_what_it_requires(shop: Client) -> None:
    required = [field("must", {"name": "String"}, True), field("may", {"name": "String"})]
    make_type(shop, resourceTypeIds=["order"], fieldDefinitions=required)
    of_extra = {"type": by_key("type", "extra")}
    error = shop.refused(400, "POST", "carts", {"currency": "EUR", "custom": of_extra})
    assert (error["code"], error["field"]) == ("RequiredField", "must")
    address = {"country": "DE", "custom": {**of_extra, "fields": {"must": "a"}}}
    assert shop.refused(400, "POST", "carts", {"currency": "EUR", "shippingAddress": address})["code"] == "InvalidOperation"
    unknown = {"type": by_key("type", "unknown")}
    assert shop.refused(400, "POST", "carts", {"currency": "EUR", "custom": unknown})["code"] == "ReferencedResourceNotFound"
    cart = shop.create("carts", {"currency": "EUR", "custom": {**of_extra, "fields": {"must": "a"}}})
    for code, name, value in (
        ("RequiredField", "must", None),
        ("InvalidOperation", "may", None),
        ("InvalidOperation", "other", "a"),
    ):
        action = {"action": "setCustomField", "name": name, "value": value}
        assert shop.refused(400, "POST", f"carts/{cart['id']}", {"version": 1, "actions": [action]})["code"] == code
    same = shop.update(f"carts/{cart['id']}", 1, {"action": "setCustomField", "name": "must", "value": "a"})
    assert same == cart


CART_PARTS: list[tuple[str, dict[str, Any]]] = [
    ("", {}),
    ("LineItem", {"lineItemKey": "line"}),
    ("CustomLineItem", {"customLineItemKey": "wrap"}),
    ("ShippingAddress", {}),
    ("BillingAddress", {}),
    ("ItemShippingAddress", {"addressKey": "home"}),
    ("Shipping", {}),
]
ORDER_PARTS: list[tuple[str, dict[str, Any]]] = [
    *CART_PARTS,
    ("Delivery", {"deliveryKey": "first"}),
    ("DeliveryAddress", {"deliveryKey": "first"}),
    ("Parcel", {"parcelKey": "box"}),
    ("ReturnItem", {"returnItemKey": "back"}),
]


def customs(document: dict[str, Any]) -> list[Any]:
    """The custom fields of a cart or order and of its parts, in the order of the tables above; None where there are none."""
    found = [document, document["lineItems"][0], document["customLineItems"][0], document["shippingAddress"]]
    found += [document["billingAddress"], document["itemShippingAddresses"][0], {"custom": document.get("shippingCustomFields")}]
    if document["type"] == "Order":
        delivery = document["shippingInfo"]["deliveries"][0]
        found += [delivery, delivery["address"], delivery["parcels"][0], document["returnInfo"][0]["items"][0]]
    return [part.get("custom") and part["custom"]["fields"] for part in found]


def setting(parts: list[tuple[str, dict[str, Any]]], what: str, **members: Any) -> list[dict[str, Any]]:
    return [{"action": f"set{name}Custom{what}", **named, **members} for name, named in parts]


def full_cart(shop: Client, **more: Any) -> Any:
    address = {**BERLIN, "key": "home"}
    wrapping = {
        "key": "wrap",
        "slug": "wrap",
        "name": {"en": "Wrapping"},
        "money": eur(100),
        "taxCategory": by_key("tax-category", "standard"),
    }
    lines = {"lineItems": [{"sku": "mug", "key": "line"}], "customLineItems": [wrapping]}
    addresses = {"shippingAddress": address, "billingAddress": address, "itemShippingAddresses": [address]}
    return shop.create("carts", cart_draft(**lines, **addresses, **more))


def test_every_part_of_a_cart_and_of_its_order_has_custom_fields(shop: Client) -> None:
    open_shop(shop)
    made = make_type(shop)
    cart = full_cart(shop)
    path = f"carts/{cart['id']}"
    of_extra = {"type": by_key("type", "extra"), "fields": {"note": "a"}}
    cart = shop.update(path, cart["version"], *setting(CART_PARTS, "Type", **of_extra))
    assert customs(cart) == [{"note": "a"}] * 7
    cart = shop.update(path, cart["version"], *setting(CART_PARTS, "Field", name="rank", value=1))
    assert customs(cart) == [{"note": "a", "rank": 1}] * 7
    order = shop.create("orders", order_draft(cart, custom={**of_extra, "fields": {"note": "b"}}))

    line = order["lineItems"][0]["id"]
    order = shop.update(
        f"orders/{order['id']}",
        order["version"],
        {
            "action": "addDelivery",
            "deliveryKey": "first",
            "items": [{"id": line, "quantity": 1}],
            "address": {**BERLIN, "custom": of_extra},
            "parcels": [{"key": "box", "custom": of_extra}],
            "custom": of_extra,
        },
        {"action": "addParcelToDelivery", "deliveryKey": "first", "parcelKey": "second", "custom": of_extra},
        {
            "action": "addReturnInfo",
            "items": [{"key": "back", "lineItemId": line, "quantity": 1, "shipmentState": "Advised", "custom": of_extra}],
        },
    )
    # The order's own fields are the cart's, with those of its draft over them.
    assert customs(order) == [{"note": "b", "rank": 1}, *[{"note": "a", "rank": 1}] * 6, *[{"note": "a"}] * 4]
    path = f"orders/{order['id']}"
    order = shop.update(path, order["version"], *setting(ORDER_PARTS, "Field", name="rank", value=2))
    order = shop.update(path, order["version"], *setting(ORDER_PARTS, "Field", name="note"))
    assert customs(order) == [{"rank": 2}] * 11
    order = shop.update(path, order["version"], *setting(ORDER_PARTS, "Type", **of_extra))
    assert customs(order) == [{"note": "a"}] * 11
    order = shop.update(path, order["version"], *setting(ORDER_PARTS, "Type"))
    assert customs(order) == [None] * 11
    assert shop.update(path, order["version"], *setting(ORDER_PARTS, "Type"))["version"] == order["version"]

    told = shop.get("messages", params={"where": f'resource(id = "{order["id"]}")', "sort": "sequenceNumber asc", "limit": 100})
    assert [(each["type"], each.get("name"), each.get("value")) for each in told["results"] if "Custom" in each["type"]] == [
        ("OrderCustomFieldChanged", "rank", 2),
        ("DeliveryCustomFieldAdded", "rank", 2),
        ("OrderCustomFieldRemoved", "note", None),
        ("DeliveryCustomFieldRemoved", "note", None),
        ("OrderCustomTypeSet", None, None),
        ("DeliveryCustomTypeSet", None, None),
        ("OrderCustomTypeRemoved", None, None),
        ("DeliveryCustomTypeRemoved", None, None),
    ]
    removed = told["results"][-1]
    assert (removed["previousTypeId"], removed["deliveryId"]) == (made["id"], order["shippingInfo"]["deliveries"][0]["id"])


def test_an_order_of_another_type_than_its_carts_is_refused(shop: Client) -> None:
    open_shop(shop)
    make_type(shop)
    make_type(shop, key="second", fieldDefinitions=[])
    cart = full_cart(shop, custom={"type": by_key("type", "extra")})
    draft = order_draft(cart, custom={"type": by_key("type", "second")})
    assert shop.refused(400, "POST", "orders", draft)["code"] == "InvalidOperation"
    assert shop.create("orders", order_draft(cart))["custom"]["fields"] == {}


def test_a_type_in_use_stays_wherever_it_is_used(shop: Client) -> None:
    open_shop(shop)
    made = make_type(shop)
    of_extra = {"type": by_key("type", "extra")}
    cart = full_cart(shop)
    for name, named in CART_PARTS:
        [set_it] = setting([(name, named)], "Type", **of_extra)
        cart = shop.update(f"carts/{cart['id']}", cart["version"], set_it)
        error = shop.refused(400, "DELETE", f"types/{made['id']}", params={"version": made["version"]})
        assert (error["code"], error["referencedBy"]) == ("ReferenceExists", "cart"), name
        [unset] = setting([(name, named)], "Type")
        cart = shop.update(f"carts/{cart['id']}", cart["version"], unset)
    store = shop.create("stores", {"key": "berlin", "custom": of_extra})
    method = shop.get("shipping-methods/key=parcel")
    method = shop.update("shipping-methods/key=parcel", method["version"], {"action": "setCustomType", **of_extra})
    note = {"action": "setCustomField", "name": "note", "value": "a"}
    method = shop.update("shipping-methods/key=parcel", method["version"], note)
    store = shop.update("stores/key=berlin", store["version"], note)
    assert method["custom"]["fields"] == store["custom"]["fields"] == {"note": "a"}
    assert shop.refused(400, "DELETE", "types/key=extra", params={"version": 1})["referencedBy"] == "store"
    shop.update("stores/key=berlin", store["version"], {"action": "setCustomType"})
    assert shop.refused(400, "DELETE", "types/key=extra", params={"version": 1})["referencedBy"] == "shipping-method"
    shop.update("shipping-methods/key=parcel", method["version"], {"action": "setCustomType"})
    shop.delete("types/key=extra", made["version"])


def test_a_type_of_a_products_prices_and_assets_stays(shop: Client) -> None:
    open_shop(shop)
    made = make_type(shop, resourceTypeIds=["product-price", "asset"])
    of_extra = {"type": by_key("type", "extra"), "fields": {}}

    def change(name: str, **action: Any) -> Any:
        path = "products/key=tea"
        return shop.update(path, shop.get(path)["version"], {"action": name, **action})

    def in_use() -> bool:
        answer = shop.send("DELETE", "types/key=extra", params={"version": made["version"]})
        assert answer.status_code == 200 or answer.json()["errors"][0]["referencedBy"] == "product"
        return answer.status_code == 400

    asset = {"name": {"en": "Leaflet"}, "sources": [{"uri": "https://example.com/a.pdf"}], "custom": of_extra}
    change("setPrices", variantId=1, prices=[{"value": eur(1), "custom": of_extra}], staged=False)
    change("setPrices", variantId=1, prices=[{"value": eur(1)}], staged=True)
    assert in_use()  # by the current description alone
    assert shop.get("products", params={"where": 'key = "tea"'})["total"] == 1
    change("addAsset", variantId=1, staged=True, asset=asset)
    change("setPrices", variantId=1, prices=[], staged=False)
    assert in_use()  # by the staged description alone
    assert "customTypes" not in change("removeAsset", variantId=1, assetId=staged_asset(shop), staged=True)
    assert not in_use()


def staged_asset(shop: Client) -> str:
    [asset] = shop.get("products/key=tea")["masterData"]["staged"]["masterVariant"]["assets"]
    return str(asset["id"])
