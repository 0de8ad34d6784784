"""The last uses of a discount code: many orders at once, of all customers and of one."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import httpx
from burning import Client, a_server, a_shop, cart_draft, crowd, order_draft, posted, together

MOST, RACING, CONNECTIONS = 100, 500, 100

server = a_server()
shop = a_shop("codes")


def coded(shop: Client, **limits: int) -> dict[str, Any]:
    """A code for a tenth off all lines."""
    lines = {"type": "lineItems", "predicate": "true"}
    value = {"type": "relative", "permyriad": 1000}
    draft = {"name": {"en": "Sale"}, "value": value, "cartPredicate": "true", "target": lines, "requiresDiscountCode": True}
    discount = shop.create("cart-discounts", {**draft, "sortOrder": "0.5"})
    return word(shop, "TENTH", discount, **limits)


def word(shop: Client, text: str, discount: dict[str, Any], **limits: int) -> dict[str, Any]:
    behind = [{"typeId": "cart-discount", "id": discount["id"]}]
    made: dict[str, Any] = shop.create("discount-codes", {"code": text, "cartDiscounts": behind, **limits})
    return made


def raced(shop: Client, count: int, **draft: Any) -> list[httpx.Response]:
    """Carts with the code, all ordered at the same time."""

    async def run() -> list[httpx.Response]:
        async with crowd(shop, CONNECTIONS) as http:
            drafts = (cart_draft(("mug", 1), **{"discountCodes": ["TENTH"], **draft}) for _ in range(count))
            made = await together(*(posted(http, "/carts", each) for each in drafts))
            assert {answer.status_code for answer in made} == {201}
            return await together(*(posted(http, "/orders", order_draft(answer.json())) for answer in made))

    return asyncio.run(run())


def test_five_hundred_orders_over_a_hundred_uses_use_a_hundred(shop: Client) -> None:
    word = coded(shop, maxApplications=MOST)
    answers = raced(shop, RACING)
    assert Counter(answer.status_code for answer in answers) == {201: MOST, 400: RACING - MOST}
    orders = [answer.json() for answer in answers if answer.status_code == 201]
    # 19.99 less 10 % is 17.991; shipping is 5.95.
    assert {order["totalPrice"]["centAmount"] for order in orders} == {1799 + 595}
    assert {order["discountCodes"][0]["state"] for order in orders} == {"MatchesCart"}
    refused = [answer.json()["errors"][0] for answer in answers if answer.status_code == 400]
    assert {(error["code"], error["discountCodeId"]) for error in refused} == {("DiscountCodeNonApplicable", word["id"])}
    assert shop.get("orders", params={"limit": 0})["total"] == MOST
    states = Counter(cart["cartState"] for cart in shop.get("carts", params={"limit": 500})["results"])
    assert states == {"Ordered": MOST, "Active": RACING - MOST}


def test_a_customer_who_races_herself_uses_a_code_as_often_as_she_may(shop: Client) -> None:
    coded(shop, maxApplications=10, maxApplicationsPerCustomer=3)
    customer = shop.create("customers", {"email": "ada@example.com", "password": "secret"})["customer"]
    hers = raced(shop, 40, customerId=customer["id"])
    assert Counter(answer.status_code for answer in hers) == {201: 3, 400: 37}
    # What was refused for her own limit has used up nothing of the limit of all.
    assert Counter(answer.status_code for answer in raced(shop, 20)) == {201: 7, 400: 13}


def test_orders_with_several_codes_do_not_wait_for_each_other_in_a_circle(shop: Client) -> None:
    """Half of them hold the two codes in the other order."""
    first = coded(shop, maxApplications=60)
    behind = shop.get(f"cart-discounts/{first['cartDiscounts'][0]['id']}")
    word(shop, "OTHER", behind, maxApplications=60)

    async def run() -> list[httpx.Response]:
        async with crowd(shop, CONNECTIONS) as http:
            both = (["TENTH", "OTHER"], ["OTHER", "TENTH"])
            drafts = [cart_draft(("mug", 1), discountCodes=both[number % 2]) for number in range(50)]
            made = await together(*(posted(http, "/carts", each) for each in drafts))
            return await together(*(posted(http, "/orders", order_draft(answer.json())) for answer in made))

    assert Counter(answer.status_code for answer in asyncio.run(run())) == {201: 50}
