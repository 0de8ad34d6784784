"""Each action of carts, once at the project's door and once in a store; the client holds every answer against the schema."""

from __future__ import annotations

from typing import Any

import pytest

from live import Client
from orderwright.domain.cart.resource import RESOURCE
from orderwright.engine.model import action_name
from shop_setup import BERLIN, by_key, cart_draft, eur, open_shop

DOORS = ("", "in-store/key=berlin/")
PASSWORD = "correct horse"
STANDARD = by_key("tax-category", "standard")
RATE: dict[str, Any] = {"name": "VAT", "amount": 0.25, "country": "DE"}
EXTRA = {"type": by_key("type", "extra"), "fields": {"note": "a"}}
MUGS, WRAP = {"lineItemKey": "mm"}, {"customLineItemKey": "ww"}
WRAPPING = {"name": {"en": "Wrapping"}, "slug": "wrapping", "key": "ww", "money": eur(250), "quantity": 2}
HOME = {**BERLIN, "key": "home"}
# These are told of where discounts and shopping lists are.
ELSEWHERE = {
    *("addDiscountCode", "removeDiscountCode", "setDirectDiscounts", "setDirectDiscountsIgnoreCartDiscounts"),
    "addShoppingList",
}
SENT: dict[str, set[str]] = {door: set() for door in DOORS}


class Basket:
    """A cart at a door, and what is done to it."""

    def __init__(self, shop: Client, door: str, **draft: Any) -> None:
        self._shop, self._door = shop, door
        lines = [{"sku": "mug", "key": "mm", "quantity": 2}, {"sku": "tea", "key": "tt"}]
        self.now: dict[str, Any] = shop.create(f"{door}carts", {**cart_draft(), "lineItems": lines, **draft})

    @property
    def path(self) -> str:
        return f"{self._door}carts/{self.now['id']}"

    def does(self, action: str, **members: Any) -> dict[str, Any]:
        """The cart after one action, which is what is stored."""
        SENT[self._door].add(action)
        self.now = self._shop.update(self.path, self.now["version"], {"action": action, **members})
        stored = self._shop.get(self.path)
        assert {**self.now, "warnings": None} == {**stored, "warnings": None}
        return self.now

    def refuses(self, action: str, **members: Any) -> str:
        body = {"version": self.now["version"], "actions": [{"action": action, **members}]}
        return str(self._shop.refused(400, "POST", self.path, body)["code"])

    @property
    def total(self) -> int:
        return int(self.now["totalPrice"]["centAmount"])

    @property
    def mugs(self) -> dict[str, Any]:
        (line,) = (line for line in self.now["lineItems"] if line["key"] == "mm")
        return dict(line)

    @property
    def wrap(self) -> dict[str, Any]:
        (item,) = self.now["customLineItems"]
        return dict(item)


@pytest.fixture
def market(shop: Client) -> Client:
    """A shop with a store, channels, a group, a Type for all parts of carts, and shipping that goes by a score."""
    open_shop(shop)
    shop.create("stores", {"key": "berlin"})
    kinds = ["order", "line-item", "custom-line-item", "address", "shipping"]
    field = {"name": "note", "label": {"en": "Note"}, "type": {"name": "String"}, "required": False}
    shop.create("types", {"key": "extra", "name": {"en": "Extra"}, "resourceTypeIds": kinds, "fieldDefinitions": [field]})
    for key, role in (("shelf", "InventorySupply"), ("web", "ProductDistribution")):
        shop.create("channels", {"key": key, "roles": [role]})
    shop.create("customer-groups", {"groupName": "Friends", "key": "friends"})
    shop.update(
        "",
        shop.get("")["version"],
        {"action": "setShippingRateInputType", "shippingRateInputType": {"type": "CartScore"}},
        {"action": "setReservationExpirationInMinutes", "reservationExpirationInMinutes": 30},
    )
    return shop


@pytest.mark.parametrize("door", DOORS)
def test_line_items(market: Client, door: str) -> None:
    cart = Basket(market, door)
    market.create("inventory", {"sku": "mug", "quantityOnStock": 10, "supplyChannel": by_key("channel", "shelf")})
    # 2 x 19.99 and 24.50; from 100.00 on the parcel is free, else 5.95.
    assert cart.total == 3998 + 2450 + 595
    cart.does("changeLineItemQuantity", **MUGS, quantity=5)
    assert cart.total == 9995 + 2450
    cart.does("removeLineItem", **MUGS, quantity=1)
    assert cart.total == 7996 + 2450
    cart.does("addLineItem", sku="tea", key="more", quantity=1)
    assert [line["quantity"] for line in cart.now["lineItems"]] == [4, 2]
    cart.does("changeLineItemsOrder", lineItemOrder=[line["id"] for line in cart.now["lineItems"]][::-1])
    assert [line["key"] for line in cart.now["lineItems"]] == ["tt", "mm"]
    cart.does("setLineItemDistributionChannel", **MUGS, distributionChannel=by_key("channel", "web"))
    cart.does("setLineItemSupplyChannel", **MUGS, supplyChannel=by_key("channel", "shelf"))
    cart.does("setLineItemInventoryMode", **MUGS, inventoryMode="ReserveOnCart")
    until = cart.mugs["reservation"]["obj"]["expiresAt"]
    cart.does("setReservationExpirationInMinutes", reservationExpirationInMinutes=50)
    assert cart.mugs["reservation"]["obj"]["expiresAt"] > until
    cart.does("setLineItemCustomType", **MUGS, type=EXTRA["type"])
    assert cart.does("setLineItemCustomField", **MUGS, name="note", value="b")["lineItems"][1]["custom"]["fields"] == {
        "note": "b"
    }
    cart.does("setLineItemPrice", **MUGS, externalPrice=eur(1000))
    assert (cart.mugs["priceMode"], cart.mugs["totalPrice"]) == ("ExternalPrice", {**cart.mugs["totalPrice"], "centAmount": 4000})
    cart.does("setLineItemTotalPrice", **MUGS, externalTotalPrice={"price": eur(1), "totalPrice": eur(1234)})
    assert (cart.mugs["priceMode"], cart.total) == ("ExternalTotal", 1234 + 4900 + 595)
    before = cart.now
    # Nothing is ordered again and again here: to take that away changes nothing, to ask for it is refused.
    assert cart.does("setLineItemRecurrenceInfo", **MUGS) == before
    info = {"recurrencePolicy": by_key("recurrence-policy", "monthly"), "priceSelectionMode": "Fixed"}
    assert cart.refuses("setLineItemRecurrenceInfo", **MUGS, recurrenceInfo=info) == "InvalidJsonInput"
    assert cart.refuses("setLineItemRecurrenceInfo", lineItemKey="none") == cart.refuses("setLineItemPrice", lineItemKey="none")


@pytest.mark.parametrize("door", DOORS)
def test_custom_line_items_and_where_they_go(market: Client, door: str) -> None:
    cart = Basket(market, door)
    cart.does("addCustomLineItem", **WRAPPING, taxCategory=STANDARD)
    assert cart.total == 3998 + 2450 + 500 + 595
    cart.does("changeCustomLineItemQuantity", **WRAP, quantity=3)
    cart.does("changeCustomLineItemMoney", **WRAP, money=eur(-100))
    assert cart.total == 3998 + 2450 - 300 + 595
    cart.does("changeCustomLineItemPriceMode", **WRAP, mode="External")
    cart.does("setCustomLineItemCustomType", **WRAP, type=EXTRA["type"])
    cart.does("setCustomLineItemCustomField", **WRAP, name="note", value="b")
    assert (cart.wrap["priceMode"], cart.wrap["custom"]["fields"]) == ("External", {"note": "b"})
    cart.does("addItemShippingAddress", address=HOME)
    cart.does("updateItemShippingAddress", address={**HOME, "city": "Potsdam"})
    cart.does("setItemShippingAddressCustomType", addressKey="home", type=EXTRA["type"])
    cart.does("setItemShippingAddressCustomField", addressKey="home", name="note", value="b")
    (address,) = cart.now["itemShippingAddresses"]
    assert (address["city"], address["custom"]["fields"]) == ("Potsdam", {"note": "b"})
    one = [{"addressKey": "home", "quantity": 1}]
    cart.does("setLineItemShippingDetails", **MUGS, shippingDetails={"targets": one})
    cart.does("applyDeltaToLineItemShippingDetailsTargets", **MUGS, targetsDelta=one)
    assert cart.mugs["shippingDetails"] == {"targets": [{**one[0], "quantity": 2}], "valid": True}
    cart.does("setCustomLineItemShippingDetails", **WRAP, shippingDetails={"targets": one})
    cart.does("applyDeltaToCustomLineItemShippingDetailsTargets", **WRAP, targetsDelta=one)
    assert cart.wrap["shippingDetails"] == {"targets": [{**one[0], "quantity": 2}], "valid": False}
    before = cart.now
    assert cart.does("setCustomLineItemRecurrenceInfo", **WRAP) == before
    info = {"recurrencePolicy": by_key("recurrence-policy", "monthly")}
    assert cart.refuses("setCustomLineItemRecurrenceInfo", **WRAP, recurrenceInfo=info) == "InvalidJsonInput"
    assert cart.does("removeCustomLineItem", **WRAP)["customLineItems"] == []
    cart.does("setLineItemShippingDetails", **MUGS)
    assert cart.does("removeItemShippingAddress", addressKey="home")["itemShippingAddresses"] == []


@pytest.mark.parametrize("door", DOORS)
def test_who_buys_and_where_it_goes(market: Client, door: str) -> None:
    cart = Basket(market, door)
    customer = market.create("customers", {"email": "ada@example.com", "password": PASSWORD})["customer"]
    set_once: tuple[tuple[str, dict[str, Any]], ...] = (
        ("setKey", {"key": "basket"}),
        ("setCustomerEmail", {"email": "b@example.com"}),
        ("setAnonymousId", {"anonymousId": "a-1"}),
        ("setLocale", {"locale": "de"}),
        ("setPurchaseOrderNumber", {"purchaseOrderNumber": "P1"}),
        ("setDeleteDaysAfterLastModification", {"deleteDaysAfterLastModification": 7}),
    )
    for action, members in set_once:
        after = cart.does(action, **members)
        assert {name: after["customerEmail" if name == "email" else name] for name in members} == members
    named = f"{door}carts/key=basket"
    assert market.get(named) == cart.now
    assert market.send("HEAD", named).status_code == 200
    assert cart.does("setCustomerGroup", customerGroup=by_key("customer-group", "friends"))["customerGroup"]["typeId"]
    cart.does("setCustomerGroup")
    cart.does("setAnonymousId")
    assert cart.does("setCustomerId", customerId=customer["id"])["customerId"] == customer["id"]
    assert "country" not in cart.does("setCountry")
    cart.does("setBillingAddress", address=BERLIN)
    cart.does("setShippingAddress", address={**BERLIN, "city": "Potsdam"})
    for place in ("billing", "shipping"):
        cart.does(f"set{place.title()}AddressCustomType", type=EXTRA["type"])
        after = cart.does(f"set{place.title()}AddressCustomField", name="note", value="b")
        assert after[f"{place}Address"]["custom"]["fields"] == {"note": "b"}
    cart.does("setCustomType", type=EXTRA["type"])
    assert cart.does("setCustomField", name="note", value="b")["custom"]["fields"] == {"note": "b"}
    payment = {"typeId": "payment", "id": market.create("payments", {"amountPlanned": eur(100)})["id"]}
    assert cart.does("addPayment", payment=payment)["paymentInfo"]["payments"] == [payment]
    assert "paymentInfo" not in cart.does("removePayment", payment=payment)
    assert market.delete(named, cart.now["version"])["id"] == cart.now["id"]


@pytest.mark.parametrize("door", DOORS)
def test_shipping(market: Client, door: str) -> None:
    cart = Basket(market, door)
    cart.does("setShippingMethod", shippingMethod=by_key("shipping-method", "parcel"))
    window = {"from": "2030-05-03T08:00:00.000Z", "until": "2030-05-04T18:00:00.000Z"}
    assert cart.does("setEstimatedDelivery", estimatedDelivery=window)["shippingInfo"]["estimatedDelivery"] == window
    score = {"type": "Score", "score": 3}
    assert cart.does("setShippingRateInput", shippingRateInput=score)["shippingRateInput"] == score
    tiers = [{"type": "CartScore", "score": 2, "priceFunction": {"currencyCode": "EUR", "function": "100 * x + 1"}}]
    rate = {"price": eur(50), "tiers": tiers}
    cart.does("setCustomShippingMethod", shippingMethodName="Own", shippingRate=rate, taxCategory=STANDARD)
    assert cart.now["shippingInfo"]["price"]["centAmount"] == 301
    cart.does("setShippingCustomType", type=EXTRA["type"])
    assert cart.does("setShippingCustomField", name="note", value="b")["shippingCustomFields"]["fields"] == {"note": "b"}
    several = Basket(market, door, shippingMode="Multiple", shippingMethod=None)
    parcel = by_key("shipping-method", "parcel")
    several.does("addShippingMethod", shippingKey="one", shippingMethod=parcel, shippingAddress=BERLIN)
    own = {"shippingMethodName": "Own", "shippingRate": {"price": eur(50)}, "taxCategory": STANDARD}
    several.does("addCustomShippingMethod", shippingKey="two", shippingAddress=BERLIN, **own)
    assert (len(several.now["shipping"]), several.total) == (2, 3998 + 2450 + 595 + 50)
    several.does("removeShippingMethod", shippingKey="one")
    assert ([each["shippingKey"] for each in several.now["shipping"]], several.total) == (["two"], 3998 + 2450 + 50)


@pytest.mark.parametrize("door", DOORS)
def test_taxes_and_rounding(market: Client, door: str) -> None:
    cart = Basket(market, door)
    cart.does("addCustomLineItem", **WRAPPING, taxCategory=STANDARD)
    for action, member, value in (
        ("changePriceRoundingMode", "priceRoundingMode", "HalfUp"),
        ("changeTaxRoundingMode", "taxRoundingMode", "HalfDown"),
        ("changeTaxCalculationMode", "taxCalculationMode", "UnitPriceLevel"),
        ("changeTaxMode", "taxMode", "External"),
    ):
        assert cart.does(action, **{member: value})[member] == value
    for named in (MUGS, {"lineItemKey": "tt"}):
        cart.does("setLineItemTaxRate", **named, externalTaxRate=RATE)
    cart.does("setCustomLineItemTaxRate", **WRAP, externalTaxRate=RATE)
    cart.does("setShippingMethodTaxRate", externalTaxRate=RATE)
    # 19.99, 24.50, 2.50 and 5.95 a unit, each a quarter more: 24.9875, 30.625, 3.125 and 7.4375; of the two halves (half down)
    # are 30.62 and 3.12, and the others 24.99 and 7.44.
    assert cart.now["taxedPrice"]["totalGross"]["centAmount"] == 2 * 2499 + 3062 + 2 * 312 + 744
    cart.does("changeTaxMode", taxMode="ExternalAmount")

    def gross(cents: int) -> dict[str, Any]:
        return {"externalTaxAmount": {"totalGross": eur(cents), "taxRate": RATE}}

    cart.does("setLineItemTaxAmount", **MUGS, **gross(5000))
    cart.does("setCustomLineItemTaxAmount", **WRAP, **gross(600))
    cart.does("setShippingMethodTaxAmount", **gross(700))
    cart.does("setCartTotalTax", externalTotalGross=eur(9000))
    assert cart.mugs["taxedPrice"]["totalTax"]["centAmount"] == 5000 - 3998
    assert cart.now["taxedPrice"]["totalTax"]["centAmount"] == 9000 - (3998 + 2450 + 500 + 595)


@pytest.mark.parametrize("door", DOORS)
def test_what_is_done_to_the_whole(market: Client, door: str) -> None:
    market.create("business-units", {"key": "acme", "name": "Acme", "unitType": "Company", "stores": [by_key("store", "berlin")]})
    division = {"key": "north", "name": "North", "unitType": "Division", "parentUnit": by_key("business-unit", "acme")}
    market.create("business-units", division)
    cart = Basket(market, door, store=by_key("store", "berlin"), businessUnit=by_key("business-unit", "acme"))
    assert cart.does("setBusinessUnit", businessUnit=by_key("business-unit", "north"))["businessUnit"]["key"] == "north"
    assert cart.does("recalculate", updateProductData=True)["totalPrice"]["centAmount"] == 3998 + 2450 + 595
    assert cart.does("freezeCart", strategy="HardFreeze")["cartState"] == "Frozen"
    assert cart.does("unfreezeCart")["cartState"] == "Active"
    assert "lock" in cart.does("lockCart")
    assert "lock" not in cart.does("unlockCart")


def test_no_action_was_left_out() -> None:
    """Of this file all tests run, or none of its law can be told."""
    if not all(len(sent) > 60 for sent in SENT.values()):
        pytest.skip("Only some of this file's tests ran.")
    known = {action_name(action.__name__) for action in RESOURCE.actions.types}
    assert [known - ELSEWHERE - sent for sent in SENT.values()] == [set(), set()]


def test_an_owner_s_cart_in_a_store_moves_to_another_unit(market: Client) -> None:
    ada = market.create("in-store/key=berlin/customers", {"email": "ada@example.com", "password": PASSWORD})["customer"]
    market.create("associate-roles", {"key": "buyer", "permissions": ["CreateMyCarts", "UpdateMyCarts", "ViewMyCarts"]})
    roles = [{"associateRole": by_key("associate-role", "buyer"), "inheritance": "Enabled"}]
    associates = [{"customer": {"typeId": "customer", "id": ada["id"]}, "associateRoleAssignments": roles}]
    company = {"key": "acme", "name": "Acme", "unitType": "Company", "stores": [by_key("store", "berlin")]}
    market.create("business-units", {**company, "associates": associates})
    division = {"key": "north", "name": "North", "unitType": "Division", "parentUnit": by_key("business-unit", "acme")}
    market.create("business-units", division)
    hers = market.signed_in("ada@example.com", PASSWORD, "berlin")
    path = "in-store/key=berlin/me/carts"
    cart = hers.create(path, {"currency": "EUR", "businessUnit": by_key("business-unit", "acme")})
    action = {"action": "setBusinessUnit", "businessUnit": by_key("business-unit", "north")}
    assert hers.update(f"{path}/{cart['id']}", cart["version"], action)["businessUnit"]["key"] == "north"
