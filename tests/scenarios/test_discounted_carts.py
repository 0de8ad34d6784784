"""Discounts on carts and orders over HTTP: a checkout with a code and a gift, the actions at every door, and what is kept."""

from __future__ import annotations

from typing import Any

import pytest

from live import Client
from shop_setup import by_key, cart_draft, eur, open_shop, order_draft

LINES = {"type": "lineItems", "predicate": "true"}
TENTH = {"type": "relative", "permyriad": 1000}
DIRECT = {"action": "setDirectDiscounts", "discounts": [{"value": TENTH, "target": LINES}]}


def discount(shop: Client, sort_order: str, value: dict[str, Any] = TENTH, **more: Any) -> dict[str, Any]:
    target = {} if value["type"] == "giftLineItem" else {"target": LINES}
    draft = {"name": {"en": "Sale"}, "value": value, "cartPredicate": "true", **target, "sortOrder": sort_order, **more}
    made: dict[str, Any] = shop.create("cart-discounts", draft)
    return made


def code(shop: Client, word: str, *discounts: dict[str, Any], **more: Any) -> dict[str, Any]:
    behind = [{"typeId": "cart-discount", "id": each["id"]} for each in discounts]
    made: dict[str, Any] = shop.create("discount-codes", {"code": word, "cartDiscounts": behind, **more})
    return made


def gift(sku: str) -> dict[str, Any]:
    return {"type": "giftLineItem", "product": by_key("product", sku), "variantId": 1}


def states(cart: dict[str, Any]) -> list[str]:
    return [info["state"] for info in cart["discountCodes"]]


def totals(cart: dict[str, Any]) -> list[int]:
    return [line["totalPrice"]["centAmount"] for line in cart["lineItems"]]


@pytest.fixture
def opened(shop: Client) -> Client:
    open_shop(shop)
    return shop


def test_a_checkout_with_a_code_and_a_gift(opened: Client) -> None:
    off = discount(opened, "0.9", requiresDiscountCode=True)
    word = code(opened, "TENTH", off, maxApplications=1)
    free = discount(opened, "0.5", gift("tea"), cartPredicate='lineItemTotal(sku = "mug") >= "30.00 EUR"')
    shipping = discount(opened, "0.4", target={"type": "shipping"})
    cart = opened.create("carts", cart_draft(("mug", 2), discountCodes=["TENTH"]))
    # 19.99 less 10 % is 17.991; shipping 5.95 less 10 % is 5.355, half even 5.36.
    mug, tea = cart["lineItems"]
    assert (mug["totalPrice"], mug["discountedPricePerQuantity"][0]["discountedPrice"]["value"]["centAmount"]) == (
        {"type": "centPrecision", "fractionDigits": 2, **eur(3598)},
        1799,
    )
    assert (tea["lineItemMode"], tea["price"]["value"]["centAmount"], totals(cart)) == ("GiftLineItem", 2450, [3598, 0])
    included = tea["discountedPricePerQuantity"][0]["discountedPrice"]["includedDiscounts"]
    assert [(each["discount"]["id"], each["discountedAmount"]["centAmount"]) for each in included] == [(free["id"], 2450)]
    assert cart["shippingInfo"]["price"]["centAmount"] == 595
    assert cart["shippingInfo"]["discountedPrice"]["value"]["centAmount"] == 536
    assert cart["shippingInfo"]["discountedPrice"]["includedDiscounts"][0]["discount"]["id"] == shipping["id"]
    assert (cart["totalPrice"]["centAmount"], states(cart)) == (3598 + 536, ["MatchesCart"])
    # One mug earns no gift, two earn it again.
    line = {"action": "changeLineItemQuantity", "lineItemId": mug["id"]}
    cart = opened.update(f"carts/{cart['id']}", cart["version"], {**line, "quantity": 1})
    assert totals(cart) == [1799]
    cart = opened.update(f"carts/{cart['id']}", cart["version"], {**line, "quantity": 2})
    assert totals(cart) == [3598, 0]
    order = opened.create("orders", order_draft(cart))
    for kept in ("lineItems", "discountCodes", "shippingInfo", "totalPrice", "taxedPrice", "discountTypeCombination"):
        assert order[kept] == cart[kept]
    # The code is used up: another cart shows it, and is not ordered with it.
    other = opened.create("carts", cart_draft(("mug", 1), discountCodes=["TENTH"]))
    assert (states(other), totals(other)) == (["MaxApplicationReached"], [1999])
    error = opened.refused(400, "POST", "orders", order_draft(other))
    assert (error["code"], error["discountCodeId"]) == ("DiscountCodeNonApplicable", word["id"])
    reference = {"typeId": "discount-code", "id": word["id"]}
    without = {"action": "removeDiscountCode", "discountCode": reference}
    other = opened.update(f"carts/{other['id']}", other["version"], without)
    assert opened.create("orders", order_draft(other))["discountCodes"] == []
    # A use is not given back with the order.
    opened.delete(f"orders/{order['id']}", order["version"])
    again = opened.create("carts", cart_draft(("mug", 1), discountCodes=["TENTH"]))
    assert states(again) == ["MaxApplicationReached"]


def test_a_change_of_a_discount_is_in_force_for_the_next_request(opened: Client) -> None:
    made = discount(opened, "0.5")
    cart = opened.create("carts", cart_draft(("mug", 1)))
    assert totals(cart) == [1799]
    value = {"action": "changeValue", "value": {"type": "relative", "permyriad": 2000}}
    made = opened.update(f"cart-discounts/{made['id']}", made["version"], value)
    error = opened.refused(400, "POST", "orders", order_draft(cart))
    assert (error["code"], error["lineItems"]) == ("PriceChanged", [cart["lineItems"][0]["id"]])
    cart = opened.update(f"carts/{cart['id']}", cart["version"], {"action": "recalculate"})
    assert totals(cart) == [1599]
    opened.update(f"cart-discounts/{made['id']}", made["version"], {"action": "changeIsActive", "isActive": False})
    cart = opened.update(f"carts/{cart['id']}", cart["version"], {"action": "recalculate"})
    assert (totals(cart), cart["lineItems"][0]["discountedPricePerQuantity"]) == ([1999], [])


@pytest.mark.parametrize("door", ["", "in-store/key=berlin/"])
def test_the_actions_at_the_doors_of_merchants(opened: Client, door: str) -> None:
    opened.create("stores", {"key": "berlin"})
    word = code(opened, "TENTH", discount(opened, "0.9", requiresDiscountCode=True))
    carts = f"{door}carts"
    cart = opened.create(carts, cart_draft(("mug", 1), directDiscountsIgnoreCartDiscounts=True))
    path = f"{carts}/{cart['id']}"
    add = {"action": "addDiscountCode", "code": "TENTH"}
    remove = {"action": "removeDiscountCode", "discountCode": {"typeId": "discount-code", "id": word["id"]}}
    beside = {"action": "setDirectDiscountsIgnoreCartDiscounts", "directDiscountsIgnoreCartDiscounts": False}
    cart = opened.update(path, cart["version"], add)
    assert (totals(cart), states(cart)) == ([1799], ["MatchesCart"])
    refused = opened.refused(400, "POST", path, {"version": cart["version"], "actions": [DIRECT]})
    assert refused["code"] == "InvalidOperation"
    cart = opened.update(path, cart["version"], remove, DIRECT)
    assert (totals(cart), cart["directDiscountsIgnoreCartDiscounts"]) == ([1799], True)
    assert cart["directDiscounts"][0]["value"] == TENTH
    # 19.99 less 10 % twice: 17.99 and 16.191.
    cart = opened.update(path, cart["version"], beside, add)
    assert (totals(cart), states(cart)) == ([1619], ["MatchesCart"])
    entries = cart["lineItems"][0]["discountedPricePerQuantity"][0]["discountedPrice"]["includedDiscounts"]
    assert [entry["discount"]["typeId"] for entry in entries] == ["direct-discount", "cart-discount"]
    order = opened.create(f"{door}orders", order_draft(cart))
    assert order["directDiscounts"] == cart["directDiscounts"]
    assert order["directDiscountsIgnoreCartDiscounts"] is False
    unknown = opened.refused(400, "POST", carts, cart_draft(("mug", 1), discountCodes=["NONE"]))
    assert (unknown["code"], unknown["discountCode"], unknown["reason"]) == ("DiscountCodeNonApplicable", "NONE", "DoesNotExist")


@pytest.mark.parametrize("door", ["me/", "in-store/key=berlin/me/"])
def test_the_actions_at_the_doors_of_owners(opened: Client, door: str) -> None:
    opened.create("stores", {"key": "berlin"})
    word = code(opened, "TENTH", discount(opened, "0.9", requiresDiscountCode=True))
    discount(opened, "0.5", gift("tea"))
    buyer = opened.anonymous()
    cart = buyer.create(f"{door}carts", cart_draft(("mug", 1), discountCodes=["TENTH"]))
    assert (totals(cart), states(cart)) == ([1799, 0], ["MatchesCart"])
    path = f"{door}carts/{cart['id']}"
    remove = {"action": "removeDiscountCode", "discountCode": {"typeId": "discount-code", "id": word["id"]}}
    cart = buyer.update(path, cart["version"], remove, {"action": "removeLineItem", "lineItemId": cart["lineItems"][1]["id"]})
    assert (totals(cart), [each["typeId"] for each in cart["refusedGifts"]]) == ([1999], ["cart-discount"])
    cart = buyer.update(path, cart["version"], {"action": "addDiscountCode", "code": "TENTH"})
    assert (totals(cart), states(cart)) == ([1799], ["MatchesCart"])
    for action in (DIRECT, {"action": "setDirectDiscountsIgnoreCartDiscounts", "directDiscountsIgnoreCartDiscounts": True}):
        buyer.refused(400, "POST", path, {"version": cart["version"], "actions": [action]})
    order = buyer.create(f"{door}orders", {"id": cart["id"], "version": cart["version"]})
    assert (order["totalPrice"], order["discountCodes"]) == (cart["totalPrice"], cart["discountCodes"])


def test_a_customer_uses_a_code_as_often_as_she_may(opened: Client) -> None:
    code(opened, "ONCE", discount(opened, "0.9", requiresDiscountCode=True), maxApplicationsPerCustomer=1)
    customers = [
        opened.create("customers", {"email": f"{name}@example.com", "password": "secret"})["customer"] for name in ("ada", "bea")
    ]

    def cart_of(customer: dict[str, Any]) -> dict[str, Any]:
        made: dict[str, Any] = opened.create("carts", cart_draft(("mug", 1), customerId=customer["id"], discountCodes=["ONCE"]))
        return made

    opened.create("orders", order_draft(cart_of(customers[0])))
    assert [states(cart_of(customer)) for customer in customers] == [["MaxApplicationReached"], ["MatchesCart"]]
    # What is made a customer's who has used it shows that.
    cart = opened.create("carts", cart_draft(("mug", 1), discountCodes=["ONCE"]))
    owner = {"action": "setCustomerId", "customerId": customers[0]["id"]}
    cart = opened.update(f"carts/{cart['id']}", cart["version"], owner)
    assert states(cart) == ["MaxApplicationReached"]


def test_an_explanation_tells_of_discounts_codes_and_gifts(opened: Client) -> None:
    word = code(opened, "TENTH", discount(opened, "0.9", requiresDiscountCode=True))
    free = discount(opened, "0.5", gift("tea"))
    on_total = discount(opened, "0.4", target={"type": "totalPrice"})
    france = discount(opened, "0.3", cartPredicate='country = "FR"')
    cart = opened.create("carts", cart_draft(("mug", 2), discountCodes=["TENTH"]))
    # 35.98 and shipping 5.95 are 41.93, less 10 % 37.737, half even 37.74.
    assert cart["totalPrice"]["centAmount"] == 3774
    explained = opened.get(f"carts/{cart['id']}/explain")

    def told(place: dict[str, Any]) -> list[tuple[str, int | None, int | None]]:
        steps = [step for step in place["steps"] if step["kind"] == "Discount"]
        amounts = [[step.get(name, {}).get("centAmount") for name in ("before", "after")] for step in steps]
        return [(step["discount"]["id"], *amount) for step, amount in zip(steps, amounts, strict=True)]

    behind = word["cartDiscounts"][0]["id"]
    assert [told(line) for line in explained["lineItems"]] == [[(behind, 3998, 3598)], [(free["id"], 2450, 0)]]
    assert told(explained["total"]) == [(france["id"], None, None), (on_total["id"], 4193, 3774)]
    assert not any(step.get("held") for place in (*explained["lineItems"], explained["total"]) for step in place["steps"])


def test_a_gift_behind_a_code_and_carts_that_are_copied_and_merged(opened: Client) -> None:
    word = code(opened, "GIFT", discount(opened, "0.9", gift("tea"), requiresDiscountCode=True))
    discount(opened, "0.5", gift("mug"), cartPredicate='lineItemExists(sku = "mug")')
    cart = opened.create("carts", cart_draft(("mug", 1)))
    assert totals(cart) == [1999, 0]
    cart = opened.update(f"carts/{cart['id']}", cart["version"], {"action": "addDiscountCode", "code": "GIFT"})
    assert (totals(cart), states(cart)) == ([1999, 0, 0], ["MatchesCart"])
    # A copy is given its own.
    copy = opened.create("carts/replicate", {"reference": {"typeId": "cart", "id": cart["id"]}})
    assert (totals(copy), states(copy)) == ([1999, 0, 0], ["MatchesCart"])
    assert not {line["id"] for line in copy["lineItems"]} & {line["id"] for line in cart["lineItems"]}
    # The gifts of a cart that is merged stay behind, as its codes do; the other one has earned its own.
    customer = opened.create("customers", {"email": "ada@example.com", "password": "secret"})["customer"]
    hers = opened.create("carts", {"currency": "EUR", "customerId": customer["id"], "lineItems": [{"sku": "tea"}]})
    assert totals(hers) == [2450]
    signing = {"email": "ada@example.com", "password": "secret", "anonymousCart": {"typeId": "cart", "id": cart["id"]}}
    merged = opened.send("POST", "login", signing).json()["cart"]
    assert (merged["id"], totals(merged), states(merged)) == (hers["id"], [2450, 1999, 0], [])
    # It is ordered as it is.
    address = {"action": "setShippingAddress", "address": {"country": "DE"}}
    merged = opened.update(f"carts/{merged['id']}", merged["version"], address)
    order = opened.create("orders", order_draft(merged))
    assert [line["lineItemMode"] for line in order["lineItems"]] == ["Standard", "Standard", "GiftLineItem"]
    reference = {"typeId": "discount-code", "id": word["id"]}
    copy = opened.update(f"carts/{copy['id']}", copy["version"], {"action": "removeDiscountCode", "discountCode": reference})
    assert totals(copy) == [1999, 0]
