"""Each action that an owner has, once at `/me` and once in a store, and the paths of carts and types that nothing else walks."""

from __future__ import annotations

from typing import Any

import pytest

from live import Client
from shop_setup import BERLIN, by_key, cart_draft, eur, open_shop

PASSWORD = "correct horse"
DOORS = ("", "in-store/key=berlin/")


@pytest.fixture
def market(shop: Client) -> Client:
    """A shop with its goods, a store, a Type of everything and two channels."""
    open_shop(shop)
    shop.create("stores", {"key": "berlin"})
    field = {"name": "note", "label": {"en": "Note"}, "type": {"name": "String"}, "required": False}
    kinds = ["order", "line-item", "customer"]
    shop.create("types", {"key": "extra", "name": {"en": "Extra"}, "resourceTypeIds": kinds, "fieldDefinitions": [field]})
    for key, role in (("shelf", "InventorySupply"), ("web", "ProductDistribution")):
        shop.create("channels", {"key": key, "roles": [role]})
    return shop


def owner(market: Client, door: str) -> Client:
    """A customer who may enter by the door."""
    ada = {"email": "ada@example.com", "password": PASSWORD}
    market.create(f"{door}customers", ada)
    return market.signed_in(ada["email"], PASSWORD, "berlin" if door else None)


@pytest.mark.parametrize("door", DOORS)
def test_every_action_on_the_profile(market: Client, door: str) -> None:
    ada = owner(market, door)

    def run(*actions: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = ada.update(f"{door}me", ada.get(f"{door}me")["version"], *actions)
        return found

    home, work = {**BERLIN, "key": "home"}, {**BERLIN, "key": "work", "city": "Potsdam"}
    me = run({"action": "addAddress", "address": home}, {"action": "addAddress", "address": work})
    ids = {address["key"]: address["id"] for address in me["addresses"]}
    me = run(
        {"action": "addShippingAddressId", "addressKey": "home"},
        {"action": "addBillingAddressId", "addressId": ids["work"]},
        {"action": "setDefaultShippingAddress", "addressKey": "work"},
        {"action": "setDefaultBillingAddress", "addressKey": "home"},
        {"action": "changeAddress", "addressKey": "work", "address": {**work, "city": "Cottbus"}},
    )
    assert (set(me["shippingAddressIds"]), set(me["billingAddressIds"])) == (set(ids.values()), set(ids.values()))
    assert (me["defaultShippingAddressId"], me["defaultBillingAddressId"]) == (ids["work"], ids["home"])
    me = run(
        {"action": "removeShippingAddressId", "addressKey": "home"},
        {"action": "removeBillingAddressId", "addressKey": "work"},
        {"action": "removeAddress", "addressKey": "home"},
    )
    assert (me["shippingAddressIds"], me["billingAddressIds"]) == ([ids["work"]], [])
    assert [address["city"] for address in me["addresses"]] == ["Cottbus"]
    texts = {"CompanyName": "A Ltd", "FirstName": "Ada", "LastName": "L", "MiddleName": "K", "Salutation": "Ms", "Title": "Dr"}
    named = [(name[0].lower() + name[1:], text) for name, text in {**texts, "VatId": "DE1", "Locale": "de"}.items()]
    actions = [{"action": f"set{field[0].upper()}{field[1:]}", field: text} for field, text in named]
    me = run(
        *actions,
        {"action": "setDateOfBirth", "dateOfBirth": "1990-12-10"},
        {"action": "changeEmail", "email": "countess@example.com"},
        {"action": "setCustomType", "type": by_key("type", "extra")},
        {"action": "setCustomField", "name": "note", "value": "hers"},
    )
    assert {field: me[field] for field, _ in named} == dict(named)
    assert (me["email"], me["dateOfBirth"], me["custom"]["fields"]) == ("countess@example.com", "1990-12-10", {"note": "hers"})


@pytest.mark.parametrize("door", DOORS)
def test_every_action_on_a_cart(market: Client, door: str) -> None:
    ada = owner(market, door)
    cart: dict[str, Any] = ada.create(f"{door}me/carts", {"currency": "EUR", "country": "DE"})

    def run(*actions: dict[str, Any]) -> dict[str, Any]:
        nonlocal cart
        cart = ada.update(f"{door}me/carts/{cart['id']}", cart["version"], *actions)
        return cart

    run({"action": "addLineItem", "sku": "mug", "quantity": 3, "key": "mm"}, {"action": "addLineItem", "sku": "tea", "key": "tt"})
    mug, tea = (line["id"] for line in cart["lineItems"])
    run({"action": "changeLineItemsOrder", "lineItemOrder": [tea, mug]})
    assert [line["id"] for line in cart["lineItems"]] == [tea, mug]
    run(
        {"action": "changeLineItemQuantity", "lineItemKey": "mm", "quantity": 5},
        {"action": "removeLineItem", "lineItemKey": "mm", "quantity": 1},
        {"action": "setLineItemSupplyChannel", "lineItemKey": "mm", "supplyChannel": by_key("channel", "shelf")},
        {"action": "setLineItemDistributionChannel", "lineItemKey": "mm", "distributionChannel": by_key("channel", "web")},
        {"action": "setLineItemCustomType", "lineItemKey": "mm", "type": by_key("type", "extra")},
        {"action": "setLineItemCustomField", "lineItemKey": "mm", "name": "note", "value": "wrap"},
    )
    line = cart["lineItems"][1]
    assert (line["quantity"], line["custom"]["fields"]) == (4, {"note": "wrap"})
    home = {**BERLIN, "key": "home"}
    run(
        {"action": "addItemShippingAddress", "address": home},
        {"action": "addItemShippingAddress", "address": {**BERLIN, "key": "spare"}},
        {"action": "updateItemShippingAddress", "address": {**home, "city": "Potsdam"}},
        {"action": "removeItemShippingAddress", "addressKey": "spare"},
        {
            "action": "setLineItemShippingDetails",
            "lineItemKey": "mm",
            "shippingDetails": {"targets": [{"addressKey": "home", "quantity": 3}]},
        },
        {
            "action": "applyDeltaToLineItemShippingDetailsTargets",
            "lineItemKey": "mm",
            "targetsDelta": [{"addressKey": "home", "quantity": 1}],
        },
    )
    details = cart["lineItems"][1]["shippingDetails"]
    assert details == {"targets": [{"addressKey": "home", "quantity": 4}], "valid": True}
    payment = ada.create("me/payments", {"amountPlanned": eur(100)})
    reference = {"typeId": "payment", "id": payment["id"]}
    run(
        {"action": "setShippingAddress", "address": BERLIN},
        {"action": "setBillingAddress", "address": BERLIN},
        {"action": "setShippingMethod", "shippingMethod": by_key("shipping-method", "parcel")},
        {"action": "setCountry", "country": "DE"},
        {"action": "setLocale", "locale": "de"},
        {"action": "setCustomerEmail", "email": "a@example.com"},
        {"action": "setDeleteDaysAfterLastModification", "deleteDaysAfterLastModification": 7},
        {"action": "setCustomType", "type": by_key("type", "extra")},
        {"action": "setCustomField", "name": "note", "value": "hers"},
        {"action": "changeTaxMode", "taxMode": "Platform"},
        {"action": "addPayment", "payment": reference},
        {"action": "recalculate"},
    )
    # 4 x 19.99 + 24.50 is 104.46: from 100.00 on the parcel is free.
    assert cart["totalPrice"]["centAmount"] == 4 * 1999 + 2450
    assert (cart["paymentInfo"]["payments"], cart["custom"]["fields"]) == ([reference], {"note": "hers"})
    rate = {"price": eur(300)}
    custom = {"action": "setCustomShippingMethod", "shippingMethodName": "Courier", "shippingRate": rate}
    run({"action": "removePayment", "payment": reference}, {**custom, "taxCategory": by_key("tax-category", "standard")})
    assert ("paymentInfo" in cart, cart["shippingInfo"]["price"]["centAmount"]) == (False, 300)


def test_carts_of_a_store_at_every_path_and_by_a_customer(market: Client) -> None:
    ada = market.create("customers", {"email": "ada@example.com", "password": PASSWORD})["customer"]
    for door in DOORS:
        cart = market.create(f"{door}carts", cart_draft(("mug", 1), ("tea", 1), key="mine"))
        lines = [line["id"] for line in cart["lineItems"]]
        cart = market.update(
            f"{door}carts/key=mine",
            cart["version"],
            {"action": "setCustomerId", "customerId": ada["id"]},
            {"action": "changeLineItemsOrder", "lineItemOrder": lines[::-1]},
        )
        assert (cart["customerId"], [line["id"] for line in cart["lineItems"]]) == (ada["id"], lines[::-1])
        assert market.get(f"{door}carts/customer-id={ada['id']}")["id"] == market.get(f"{door}carts/{cart['id']}")["id"]
        for path in ("carts", f"carts/{cart['id']}", "carts/key=mine", f"carts/customer-id={ada['id']}"):
            assert market.send("HEAD", door + path).status_code == 200, path
        copy = market.create(f"{door}carts/replicate", {"reference": {"typeId": "cart", "id": cart["id"]}})
        assert market.delete(f"{door}carts/{copy['id']}", copy["version"])["id"] == copy["id"]
        assert market.delete(f"{door}carts/key=mine", cart["version"])["id"] == cart["id"]
    merged = market.anonymous("visit").create("in-store/key=berlin/me/carts", {"currency": "EUR"})
    answer = market.send("POST", f"in-store/key=berlin/carts/customer-id={ada['id']}/merge", {"anonymousId": "visit"})
    assert (answer.status_code, answer.json()["id"], answer.json()["customerId"]) == (200, merged["id"], ada["id"])


def test_types_by_id(market: Client) -> None:
    made = market.get("types/key=extra")
    assert market.send("HEAD", f"types/{made['id']}").status_code == 200
    made = market.update(f"types/{made['id']}", made["version"], {"action": "setDescription", "description": {"en": "More"}})
    assert market.delete(f"types/{made['id']}", made["version"])["description"] == {"en": "More"}
