"""Business units and associate roles over HTTP: every operation, what is handed down, and what carts and orders make of them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from live import Client
from shop_setup import BERLIN, by_key, cart_draft, eur, open_shop, order_draft, product

PASSWORD = "correct horse"


def associate(customer: dict[str, Any], *roles: str, inherited: bool = False) -> dict[str, Any]:
    mode = {"inheritance": "Enabled"} if inherited else {}
    assignments = [{"associateRole": by_key("associate-role", role), **mode} for role in roles]
    return {"customer": {"typeId": "customer", "id": customer["id"]}, "associateRoleAssignments": assignments}


def unit(key: str, parent: str | None = None, **more: Any) -> dict[str, Any]:
    """A company, or a division below a parent."""
    place = {"unitType": "Division", "parentUnit": by_key("business-unit", parent)} if parent else {"unitType": "Company"}
    return {"key": key, "name": key.title(), **place, **more}


def customer(shop: Client, name: str) -> dict[str, Any]:
    made: dict[str, Any] = shop.create("customers", {"email": f"{name}@example.com", "password": PASSWORD})["customer"]
    return made


def step(shop: Client, path: str, **action: Any) -> Any:
    """One action on the resource at its present version; the answer is what is stored."""
    after = shop.update(path, shop.get(path)["version"], action)
    assert shop.get(path) == after
    return after


def refused(shop: Client, path: str, **action: Any) -> dict[str, Any]:
    body = {"version": shop.get(path)["version"], "actions": [action]}
    error: dict[str, Any] = shop.refused(400, "POST", path, body)
    return error


def told(shop: Client, type_id: str) -> list[str]:
    where = f'resource(typeId = "{type_id}")'
    return [each["type"] for each in shop.get("messages", params={"where": where, "sort": "createdAt", "limit": 500})["results"]]


@pytest.fixture
def market(shop: Client) -> Client:
    """Roles `buyer` and `admin`, stores `berlin` and `paris`."""
    shop.create("associate-roles", {"key": "buyer", "permissions": ["ViewMyCarts", "CreateMyCarts"]})
    shop.create("associate-roles", {"key": "admin", "name": "Admin", "permissions": ["CreateMyCarts", "AddChildUnits"]})
    for key in ("berlin", "paris"):
        shop.create("stores", {"key": key})
    return shop


def test_associate_roles(shop: Client) -> None:
    fields = [{"name": "note", "label": {"en": "N"}, "required": False, "type": {"name": "String"}}]
    kinds = {"resourceTypeIds": ["associate-role"], "fieldDefinitions": fields}
    shop.create("types", {"key": "extra", "name": {"en": "Extra"}, **kinds})
    path = "associate-roles/key=buyer"
    made = shop.create("associate-roles", {"key": "buyer"})
    assert (made["buyerAssignable"], made["permissions"]) == (True, [])
    assert step(shop, path, action="setName", name="Buyer")["name"] == "Buyer"
    assert step(shop, path, action="changeBuyerAssignable", buyerAssignable=False)["buyerAssignable"] is False
    assert step(shop, path, action="addPermission", permission="ViewMyCarts")["permissions"] == ["ViewMyCarts"]
    wanted = ["ViewMyOrders", "ViewMyCarts"]
    assert step(shop, path, action="setPermissions", permissions=wanted)["permissions"] == wanted
    assert step(shop, path, action="removePermission", permission="ViewMyOrders")["permissions"] == ["ViewMyCarts"]
    custom = step(shop, path, action="setCustomType", type=by_key("type", "extra"), fields={"note": "a"})["custom"]
    assert custom["fields"] == {"note": "a"}
    assert step(shop, path, action="setCustomField", name="note", value="b")["custom"]["fields"] == {"note": "b"}
    assert "name" not in step(shop, path, action="setName")
    found = shop.get("associate-roles", params={"where": 'permissions contains any ("ViewMyCarts") and buyerAssignable = false'})
    assert [each["key"] for each in found["results"]] == ["buyer"]
    shop.delete(path, shop.get(path)["version"])
    assert told(shop, "associate-role") == [
        "AssociateRoleCreated",
        "AssociateRoleNameSet",
        "AssociateRoleBuyerAssignableChanged",
        "AssociateRolePermissionAdded",
        "AssociateRolePermissionsSet",
        "AssociateRolePermissionRemoved",
        "AssociateRoleNameSet",
        "AssociateRoleDeleted",
    ]


def test_a_role_in_use_stays(market: Client) -> None:
    ada = customer(market, "ada")
    acme = market.create("business-units", unit("acme", associates=[associate(ada, "buyer")]))
    for path, by in (("associate-roles/key=buyer", "business-unit"), (f"customers/{ada['id']}", "business-unit")):
        error = market.refused(400, "DELETE", path, params={"version": market.get(path)["version"]})
        assert (error["code"], error["referencedBy"]) == ("ReferenceExists", by)
    market.delete(f"business-units/{acme['id']}", acme["version"])
    market.delete("associate-roles/key=buyer", 1)


@pytest.mark.parametrize("key", ["a", "a" * 257, "a b", "ä-key", "a.b", ""])
@pytest.mark.parametrize("path", ["business-units", "associate-roles"])
def test_keys_have_their_form(shop: Client, path: str, key: str) -> None:
    error = shop.refused(400, "POST", path, {**unit("ab"), "key": key})
    assert error["code"] == "InvalidJsonInput"
    assert shop.get(path)["count"] == 0
    long = {**unit("ab"), "key": "k" * 256}
    assert shop.create(path, long)["key"] == "k" * 256
    assert shop.refused(400, "POST", path, long)["code"] == "DuplicateField"


def test_what_is_handed_down_over_three_levels(market: Client) -> None:
    ada, bob = customer(market, "ada"), customer(market, "bob")
    berlin, paris = by_key("store", "berlin"), by_key("store", "paris")
    market.create("business-units", unit("acme", stores=[berlin], associates=[associate(ada, "buyer", inherited=True)]))
    market.create("business-units", unit("north", "acme"))
    lake = market.create("business-units", unit("lake", "north"))
    assert (lake["inheritedStores"], lake["topLevelUnit"]["key"], lake["parentUnit"]["key"]) == ([berlin], "acme", "north")
    step(market, "business-units/key=acme", action="addStore", store=paris)
    step(market, "business-units/key=north", action="addAssociate", associate=associate(bob, "admin", inherited=True))
    lake = market.get("business-units/key=lake")
    assert lake["inheritedStores"] == [berlin, paris]
    inherited = {
        each["customer"]["id"]: [(one["associateRole"]["key"], one["source"]["key"]) for one in each["associateRoleAssignments"]]
        for each in lake["inheritedAssociates"]
    }
    assert inherited == {bob["id"]: [("admin", "north")], ada["id"]: [("buyer", "acme")]}
    # Both are found by what they inherit, and by where they stand.
    for where, keys in (
        (f'inheritedAssociates(customer(id = "{ada["id"]}"))', ["lake", "north"]),
        (f'associates(customer(id = "{bob["id"]}"))', ["north"]),
        ('inheritedStores(key = "paris")', ["lake", "north"]),
        ('stores(key = "paris")', ["acme"]),
        ('parentUnit(key = "north")', ["lake"]),
        ('parentUnit(key = "north") and unitType = "Division"', ["lake"]),
        ('topLevelUnit(key = "acme")', ["acme", "lake", "north"]),
        ('unitType = "Company"', ["acme"]),
    ):
        found = market.get("business-units", params={"where": where, "sort": "key"})
        assert ([each["key"] for each in found["results"]], found["total"]) == (keys, len(keys)), where
    answer = market.get(f"business-units/{lake['id']}/associates/{ada['id']}")
    assert ([role["key"] for role in answer["inheritedAssociateRoles"]], answer["associateRoles"]) == (["buyer"], [])
    assert answer["permissions"] == ["ViewMyCarts", "CreateMyCarts"]
    expanded = market.get("business-units/key=north", params={"expand": "associates[*].customer"})
    assert expanded["associates"][0]["customer"]["obj"]["email"] == "bob@example.com"
    # A unit with a division stays.
    error = market.refused(400, "DELETE", "business-units/key=north", params={"version": 3})
    assert (error["code"], error["referencedBy"]) == ("ReferenceExists", "business-unit")


def test_what_an_associate_may(market: Client) -> None:
    ada, bob = customer(market, "ada"), customer(market, "bob")
    both = associate(ada, "buyer", "admin")
    market.create("business-units", unit("acme", associates=[both], stores=[by_key("store", "berlin")]))
    for path in ("business-units/key=acme", "in-store/key=berlin/business-units/key=acme"):
        answer = market.get(f"{path}/associates/{ada['id']}")
        assert [role["key"] for role in answer["associateRoles"]] == ["buyer", "admin"]
        assert answer["permissions"] == ["ViewMyCarts", "CreateMyCarts", "AddChildUnits"]
        for nobody in (bob["id"], "no-uuid"):
            assert market.refused(404, "GET", f"{path}/associates/{nobody}")["code"] == "ResourceNotFound"
    elsewhere = f"in-store/key=paris/business-units/key=acme/associates/{ada['id']}"
    assert market.refused(404, "GET", elsewhere)["code"] == "ResourceNotFound"


def test_moving(market: Client) -> None:
    ada = customer(market, "ada")
    market.create("business-units", unit("acme"))
    market.create("business-units", unit("other", associates=[associate(ada, "buyer", inherited=True)]))
    north = market.create("business-units", unit("north", "acme"))
    lake = market.create("business-units", unit("lake", "north"))
    for key in ("north", "lake"):
        error = refused(market, "business-units/key=north", action="changeParentUnit", parentUnit=by_key("business-unit", key))
        assert error["code"] == "InvalidOperation"
    moved = step(market, "business-units/key=north", action="changeParentUnit", parentUnit=by_key("business-unit", "other"))
    assert moved["topLevelUnit"]["key"] == "other"
    after = market.get("business-units/key=lake")
    assert (after["topLevelUnit"]["key"], after["version"]) == ("other", lake["version"] + 1)
    assert [each["customer"]["id"] for each in after["inheritedAssociates"]] == [ada["id"]]
    # Told of both, each by its own numbers.
    for id, types in (
        (north["id"], ["BusinessUnitCreated", "BusinessUnitTopLevelUnitSet", "BusinessUnitParentChanged"]),
        (lake["id"], ["BusinessUnitCreated", "BusinessUnitTopLevelUnitSet"]),
    ):
        messages = market.get("messages", params={"where": f'resource(id = "{id}")', "sort": "sequenceNumber"})["results"]
        assert [each["type"] for each in messages] == types
        assert [each["sequenceNumber"] for each in messages] == list(range(1, len(types) + 1))
        assert messages[1]["resourceVersion"] == 2
    error = market.refused(400, "DELETE", "business-units/key=other", params={"version": 1})
    assert (error["code"], error["referencedBy"]) == ("ReferenceExists", "business-unit")
    market.delete("business-units/key=acme", 1)


def test_five_levels_and_no_more(market: Client) -> None:
    market.create("business-units", unit("l1"))
    for level in range(2, 6):
        # By the id of the parent, so that the way up begins with that.
        parent = market.get(f"business-units/key=l{level - 1}")
        draft = {**unit(f"l{level}", "x"), "parentUnit": {"typeId": "business-unit", "id": parent["id"]}}
        market.create("business-units", draft)
    error = market.refused(400, "POST", "business-units", unit("l6", "l5"))
    assert (error["code"], "5 levels" in error["message"]) == ("InvalidOperation", True)
    market.create("business-units", unit("m1"))
    market.create("business-units", unit("m2", "m1"))
    market.create("business-units", unit("m3", "m2"))
    error = refused(market, "business-units/key=m2", action="changeParentUnit", parentUnit=by_key("business-unit", "l4"))
    assert (error["code"], "5 levels" in error["message"]) == ("InvalidOperation", True)
    step(market, "business-units/key=m2", action="changeParentUnit", parentUnit=by_key("business-unit", "l3"))
    assert market.get("business-units/key=m3")["topLevelUnit"]["key"] == "l1"


def test_the_doors_of_stores(market: Client) -> None:
    berlin, paris = "in-store/key=berlin/business-units", "in-store/key=paris/business-units"
    acme = market.create(berlin, unit("acme"))
    assert acme["stores"] == [by_key("store", "berlin")]
    north = market.create(berlin, unit("north", "acme"))
    assert [each["key"] for each in market.get(berlin, params={"sort": "key"})["results"]] == ["acme", "north"]
    assert market.get(paris)["results"] == []
    assert market.get(f"{berlin}/key=north") == north
    for path in (f"{paris}/{acme['id']}", f"{paris}/key=north"):
        assert market.refused(404, "GET", path)["code"] == "ResourceNotFound"
        body = {"version": 1, "actions": [{"action": "changeName", "name": "Mine"}]}
        assert market.refused(404, "POST", path, body)["code"] == "ResourceNotFound"
        assert market.refused(404, "DELETE", path, params={"version": 1})["code"] == "ResourceNotFound"
    assert market.update(f"{berlin}/key=acme", 1, {"action": "changeName", "name": "A"})["name"] == "A"
    error = market.refused(400, "POST", paris, unit("else", stores=[by_key("store", "berlin")]))
    assert error["code"] == "InvalidOperation"
    # What does not buy here can be named no more than what is not there.
    for draft in (unit("deep", "acme"), unit("deep", "nowhere")):
        assert market.refused(400, "POST", paris, draft)["code"] == "ReferencedResourceNotFound"
    assert market.delete(f"{berlin}/key=north", north["version"])["key"] == "north"
    error = market.refused(400, "DELETE", "stores/key=berlin", params={"version": 1})
    assert (error["code"], error["referencedBy"]) == ("ReferenceExists", "business-unit")


def test_who_acts_for_a_unit_sees_it(market: Client) -> None:
    ada, _eve = customer(market, "ada"), customer(market, "eve")
    market.create("business-units", unit("acme", associates=[associate(ada, "buyer", inherited=True)]))
    market.create("business-units", unit("north", "acme"))
    market.create("business-units", unit("other"))
    mine, theirs = market.signed_in("ada@example.com", PASSWORD), market.signed_in("eve@example.com", PASSWORD)
    path = "me/business-units"
    assert [each["key"] for each in mine.get(path, params={"sort": "key"})["results"]] == ["acme", "north"]
    assert mine.get(f"{path}/key=north")["key"] == "north"
    assert mine.send("HEAD", path, params={"where": 'key = "acme"'}).status_code == 200
    assert mine.send("HEAD", f"{path}/key=other").status_code == 404
    assert theirs.get(path)["results"] == []
    assert theirs.refused(404, "GET", f"{path}/key=acme")["code"] == "ResourceNotFound"
    nobody = market.anonymous("somebody")
    assert nobody.send("GET", path).status_code == 403


def test_who_makes_a_company_acts_for_it(market: Client) -> None:
    ada = customer(market, "ada")
    mine, path = market.signed_in("ada@example.com", PASSWORD), "me/business-units"
    draft = {"key": "acme", "name": "Acme", "unitType": "Company", "addresses": [BERLIN], "defaultShippingAddress": 0}
    assert mine.refused(400, "POST", path, draft)["code"] == "InvalidOperation"  # in which role?
    role = {"action": "setMyBusinessUnitAssociateRoleOnCreation", "associateRole": by_key("associate-role", "admin")}
    market.update("", market.get("")["version"], role)
    made = mine.create(path, draft)
    assert (made["status"], made["defaultShippingAddressId"]) == ("Inactive", made["addresses"][0]["id"])
    assert made["associates"] == [
        {
            "associateRoleAssignments": [{"associateRole": by_key("associate-role", "admin"), "inheritance": "Disabled"}],
            "customer": {"typeId": "customer", "id": ada["id"]},
        }
    ]
    assert mine.get(f"{path}/key=acme") == made
    market.update("", market.get("")["version"], {"action": "changeMyBusinessUnitStatusOnCreation", "status": "Active"})
    assert mine.create(path, {**draft, "key": "more"})["status"] == "Active"
    error = mine.refused(400, "POST", path, {**draft, "key": "north", "unitType": "Division"})
    assert (error["code"], error["field"]) == ("InvalidField", "unitType")
    error = mine.refused(400, "POST", path, {**draft, "key": "north", "parentUnit": by_key("business-unit", "acme")})
    assert (error["code"], "not served" in error["detailedErrorMessage"]) == ("InvalidJsonInput", True)
    market.delete("business-units/key=acme", 1)
    market.delete("business-units/key=more", 1)
    error = market.refused(400, "DELETE", "associate-roles/key=admin", params={"version": 1})
    assert (error["code"], error["referencedBy"]) == ("ReferenceExists", "project")


@pytest.fixture
def trade(market: Client) -> Client:
    """The market with goods, Ada who buys for `acme` in no store, and `retail` that buys in Berlin."""
    open_shop(market)
    ada = customer(market, "ada")
    market.create("business-units", unit("acme", associates=[associate(ada, "buyer", inherited=True)]))
    market.create("business-units", unit("retail", stores=[by_key("store", "berlin")]))
    market.create("business-units", unit("closed", status="Inactive"))
    return market


def in_unit(key: str, **more: Any) -> dict[str, Any]:
    return cart_draft(("mug", 1), businessUnit=by_key("business-unit", key), **more)


def test_carts_and_orders_of_a_unit(trade: Client) -> None:
    ada = trade.get("customers")["results"][0]["id"]
    cart = trade.create("carts", in_unit("acme", customerId=ada))
    assert cart["businessUnit"] == by_key("business-unit", "acme")
    order = trade.create("orders", order_draft(cart))
    assert order["businessUnit"] == by_key("business-unit", "acme")
    again = trade.create("carts/replicate", {"reference": {"typeId": "order", "id": order["id"]}})
    assert again["businessUnit"] == by_key("business-unit", "acme")
    for path in ("carts", "orders"):
        found = trade.get(path, params={"where": 'businessUnit(key = "acme")'})["results"]
        assert {each["id"] for each in found} == ({cart["id"], again["id"]} if path == "carts" else {order["id"]})
        assert trade.get(path, params={"where": 'businessUnit(key = "retail")'})["results"] == []
    error = trade.refused(400, "DELETE", "business-units/key=acme", params={"version": 1})
    assert (error["code"], error["referencedBy"]) == ("ReferenceExists", "cart")
    # A division's associates may be inherited.
    trade.create("business-units", unit("north", "acme"))
    assert trade.create("carts", in_unit("north", customerId=ada))["businessUnit"]["key"] == "north"


def test_carts_that_cannot_belong_to_a_unit(trade: Client) -> None:
    eve, berlin = customer(trade, "eve")["id"], by_key("store", "berlin")
    before = trade.get("carts")["total"]
    for draft, code in (
        (in_unit("nowhere"), "ReferencedResourceNotFound"),
        (in_unit("closed"), "InvalidOperation"),
        (in_unit("acme", customerId=eve), "InvalidOperation"),  # no associate
        (in_unit("acme", store=berlin), "InvalidOperation"),  # a unit of no stores
        (in_unit("retail"), "InvalidOperation"),  # one of stores
        (in_unit("retail", store=by_key("store", "paris")), "InvalidOperation"),
    ):
        assert trade.refused(400, "POST", "carts", draft)["code"] == code, draft
    assert trade.get("carts")["total"] == before
    cart = trade.create("in-store/key=berlin/carts", in_unit("retail"))
    assert (cart["store"], cart["businessUnit"]["key"]) == (berlin, "retail")
    # What the unit buys in no longer, and a unit that is closed, orders nothing more.
    step(trade, "business-units/key=retail", action="removeStore", store=berlin)
    assert trade.refused(400, "POST", "orders", order_draft(cart))["code"] == "InvalidOperation"
    step(trade, "business-units/key=retail", action="setStores", stores=[berlin])
    step(trade, "business-units/key=retail", action="changeStatus", status="Inactive")
    assert trade.refused(400, "POST", "orders", order_draft(cart))["code"] == "InvalidOperation"
    replica = {"reference": {"typeId": "cart", "id": cart["id"]}}
    assert trade.refused(400, "POST", "carts/replicate", replica)["code"] == "InvalidOperation"
    step(trade, "business-units/key=retail", action="changeStatus", status="Active")
    assert trade.create("orders", order_draft(cart))["businessUnit"]["key"] == "retail"


def test_another_unit_for_a_cart_and_for_an_order(trade: Client) -> None:
    acme, north = by_key("business-unit", "acme"), by_key("business-unit", "north")
    trade.create("business-units", unit("north", "acme"))
    plain = f"carts/{trade.create('carts', cart_draft(('mug', 1)))['id']}"
    assert refused(trade, plain, action="setBusinessUnit", businessUnit=acme)["code"] == "InvalidOperation"
    path = f"carts/{trade.create('carts', in_unit('acme'))['id']}"
    assert step(trade, path, action="setBusinessUnit", businessUnit=north)["businessUnit"] == north
    for wrong in ("closed", "retail"):
        error = refused(trade, path, action="setBusinessUnit", businessUnit=by_key("business-unit", wrong))
        assert error["code"] == "InvalidOperation"
    order = trade.create("orders", order_draft(trade.get(path)))
    path = f"orders/{order['id']}"
    assert step(trade, path, action="setBusinessUnit", businessUnit=acme)["businessUnit"] == acme
    for key, orders in (("acme", [order["id"]]), ("north", [])):
        found = trade.get("orders", params={"where": f'businessUnit(key = "{key}")', "sort": "createdAt desc"})
        assert ([each["id"] for each in found["results"]], found["total"]) == (orders, len(orders))
    assert "businessUnit" not in step(trade, path, action="setBusinessUnit")
    assert trade.get("orders", params={"where": 'businessUnit(key = "acme")'})["results"] == []
    where = 'type = "OrderBusinessUnitSet"'
    first, second = trade.get("messages", params={"where": where, "sort": "sequenceNumber"})["results"]
    assert (first["businessUnit"], first["oldbusinessUnit"]) == (acme, north)
    assert (second.get("businessUnit"), second["oldbusinessUnit"]) == (None, acme)


def test_her_own_carts_for_a_unit(trade: Client) -> None:
    customer(trade, "eve")
    ada, eve = (trade.signed_in(f"{name}@example.com", PASSWORD) for name in ("ada", "eve"))
    draft = {"currency": "EUR", "businessUnit": by_key("business-unit", "acme")}
    cart = ada.create("me/carts", draft)
    assert cart["businessUnit"]["key"] == "acme"
    assert eve.refused(400, "POST", "me/carts", draft)["code"] == "ReferencedResourceNotFound"
    assert trade.anonymous("a").refused(400, "POST", "me/carts", draft)["code"] == "ReferencedResourceNotFound"
    trade.create("business-units", unit("north", "acme"))
    north = {"action": "setBusinessUnit", "businessUnit": by_key("business-unit", "north")}
    assert ada.update(f"me/carts/{cart['id']}", cart["version"], north)["businessUnit"]["key"] == "north"
    trade.create("business-units", unit("apart"))
    error = ada.refused(
        400,
        "POST",
        f"me/carts/{cart['id']}",
        {"version": cart["version"] + 1, "actions": [{**north, "businessUnit": by_key("business-unit", "apart")}]},
    )
    assert (error["code"], error["action"]["action"]) == ("ReferencedResourceNotFound", "setBusinessUnit")


def test_imported_orders_of_a_unit(trade: Client) -> None:
    ada = next(each["id"] for each in trade.get("customers")["results"])
    item = {"name": {"en": "Mug"}, "variant": {"sku": "mug"}, "quantity": 1, "price": {"value": eur(1999)}}
    draft = {"totalPrice": eur(1999), "lineItems": [item], "customerId": ada, "businessUnit": by_key("business-unit", "acme")}
    assert trade.create("orders/import", draft)["businessUnit"] == by_key("business-unit", "acme")
    eve = customer(trade, "eve")["id"]
    for wrong, code in (
        ({"businessUnit": by_key("business-unit", "nowhere")}, "ReferencedResourceNotFound"),
        ({"businessUnit": by_key("business-unit", "closed")}, "InvalidOperation"),
        ({"customerId": eve}, "InvalidOperation"),
        ({"store": by_key("store", "berlin")}, "InvalidOperation"),
    ):
        assert trade.refused(400, "POST", "orders/import", {**draft, **wrong})["code"] == code


def test_the_prices_of_a_unit_s_customer_groups(trade: Client) -> None:
    trade.create("customer-groups", {"groupName": "VIP", "key": "vip"})
    prices = [{"value": eur(1000)}, {"value": eur(700), "customerGroup": by_key("customer-group", "vip")}]
    cup = {**product("cup", 0), "masterVariant": {"sku": "cup", "prices": prices}}
    trade.create("products", cup)
    group = {"customerGroup": by_key("customer-group", "vip")}
    trade.create("business-units", unit("vips", customerGroupAssignments=[group]))
    draft = {"currency": "EUR", "shippingAddress": BERLIN, "lineItems": [{"sku": "cup", "quantity": 2}]}
    plain = trade.create("carts", draft)
    assert plain["totalPrice"]["centAmount"] == 2 * 1000
    cart = trade.create("carts", {**draft, "businessUnit": by_key("business-unit", "vips")})
    assert cart["totalPrice"]["centAmount"] == 2 * 700
    path = f"carts/{cart['id']}"
    more = step(trade, path, action="addLineItem", sku="cup", quantity=1)
    assert more["totalPrice"]["centAmount"] == 3 * 700
    assert trade.create("orders", order_draft(more))["totalPrice"]["centAmount"] == 3 * 700
    other = trade.create("carts", {**draft, "businessUnit": by_key("business-unit", "vips")})
    moved = step(trade, f"carts/{other['id']}", action="setBusinessUnit", businessUnit=by_key("business-unit", "acme"))
    assert moved["totalPrice"]["centAmount"] == 2 * 1000
    error = trade.refused(400, "DELETE", "customer-groups/key=vip", params={"version": 1})
    assert (error["code"], error["referencedBy"]) == ("ReferenceExists", "business-unit")


def test_erasing_a_unit(market: Client) -> None:
    acme = market.create("business-units", unit("acme", addresses=[{"country": "DE", "firstName": "Ada"}]))
    market.send("DELETE", f"business-units/{acme['id']}", params={"version": 1, "dataErasure": "true"})
    assert "Ada" not in json.dumps(market.get("messages", params={"limit": 500}))
