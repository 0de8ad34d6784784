"""Product discounts over HTTP: every operation and action, and the prices that follow them, in products, projections, carts."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from live import Client
from shop_setup import by_key, cart_draft, eur, open_shop, order_draft, usd

EVERYTHING = {"name": {"en": "Sale"}, "predicate": "1 = 1", "sortOrder": "0.5", "isActive": True}
ABSENT = "0f8fad5b-d9cb-469f-a165-70867728950e"


def off(permyriad: int) -> dict[str, Any]:
    return {"type": "relative", "permyriad": permyriad}


def price_of(shop: Client, sku: str, currency: str = "EUR", *, staged: bool = False) -> dict[str, Any]:
    data = shop.get(f"products/key={sku}")["masterData"]["staged" if staged else "current"]
    return next(each for each in data["masterVariant"]["prices"] if each["value"]["currencyCode"] == currency)


def left(shop: Client, sku: str, currency: str = "EUR") -> int | None:
    """What a price is discounted to."""
    price = price_of(shop, sku, currency)
    return int(price["discounted"]["value"]["centAmount"]) if "discounted" in price else None


def soon(met: Callable[[], bool]) -> None:
    """Wait until the queue has come to it."""
    deadline = time.monotonic() + 30
    while not met():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def act(shop: Client, path: str, *actions: dict[str, Any]) -> Any:
    return shop.update(path, shop.get(path)["version"], *actions)


def told(shop: Client, kind: str) -> list[dict[str, Any]]:
    found = shop.get("messages", params={"where": f'type = "{kind}"', "sort": "createdAt asc", "limit": 500})["results"]
    return list(found)


def test_a_sale_comes_is_changed_and_goes(shop: Client) -> None:
    open_shop(shop)
    mug, tea = (shop.get(f"products/key={key}")["id"] for key in ("mug", "tea"))
    predicate = f'product.id = "{mug}" and currency = "EUR"'
    made = shop.create(
        "product-discounts",
        {**EVERYTHING, "key": "sale", "description": {"en": "D"}, "value": off(700), "predicate": predicate},
    )
    assert (made["version"], made["references"]) == (1, [{"typeId": "product", "id": mug}])
    path = f"product-discounts/{made['id']}"
    assert shop.get(path) == shop.get("product-discounts/key=sale") == made
    assert shop.get("product-discounts", params={"where": 'key = "sale" and isActive = true'})["results"] == [made]
    for named in (path, "product-discounts/key=sale", "product-discounts"):
        assert shop.send("HEAD", named).status_code == 200
    assert shop.send("HEAD", "product-discounts/key=other").status_code == 404
    # 19.99 * 0.93 = 18.5907.
    soon(lambda: left(shop, "mug") == 1859)
    assert (left(shop, "mug", "USD"), left(shop, "tea")) == (None, None)
    assert price_of(shop, "mug")["discounted"]["discount"] == {"typeId": "product-discount", "id": made["id"]}
    expanded = shop.get("products/key=mug", params={"expand": "masterData.current.masterVariant.prices[*].discounted.discount"})[
        "masterData"
    ]["current"]["masterVariant"]["prices"]
    assert [each["discounted"]["discount"]["obj"]["key"] for each in expanded if "discounted" in each] == ["sale"]
    steps: list[tuple[dict[str, Any], str, Any]] = [
        ({"action": "changeName", "name": {"en": "Big sale"}}, "name", {"en": "Big sale"}),
        ({"action": "setDescription"}, "description", None),
        ({"action": "setKey", "key": "big"}, "key", "big"),
        ({"action": "changePredicate", "predicate": "true"}, "references", []),
        ({"action": "changeSortOrder", "sortOrder": "0.75"}, "sortOrder", "0.75"),
        ({"action": "setValidFrom", "validFrom": "2020-01-01T00:00:00Z"}, "validFrom", "2020-01-01T00:00:00.000Z"),
        ({"action": "setValidUntil", "validUntil": "2090-01-01T00:00:00.000Z"}, "validUntil", "2090-01-01T00:00:00.000Z"),
        ({"action": "setValidFromAndUntil"}, "validUntil", None),
        ({"action": "changeValue", "value": {"type": "absolute", "money": [eur(500), usd(1)]}}, "isActive", True),
    ]
    for action, member, value in steps:
        after = act(shop, path, action)
        assert after.get(member) == value
        assert shop.get(path) == after
    soon(lambda: [left(shop, "mug"), left(shop, "tea"), left(shop, "tea", "USD")] == [1499, 1950, 2449])
    messages = [each for each in told(shop, "ProductPriceDiscountsSet") if each["resource"]["id"] == tea]
    assert [price["discounted"]["value"]["centAmount"] for price in messages[-1]["updatedPrices"]] == [1950, 2449]
    assert act(shop, path, {"action": "changeIsActive", "isActive": False})["isActive"] is False
    soon(lambda: [left(shop, "mug"), left(shop, "tea")] == [None, None])
    act(shop, "product-discounts/key=big", {"action": "changeIsActive", "isActive": True})
    soon(lambda: left(shop, "tea") == 1950)
    last = shop.get(path)
    assert shop.delete("product-discounts/key=big", last["version"]) == last
    soon(lambda: [left(shop, "mug"), left(shop, "tea")] == [None, None])
    other = shop.create("product-discounts", {**EVERYTHING, "value": off(1)})
    assert shop.delete(f"product-discounts/{other['id']}", 1) == other
    shop.refused(404, "GET", f"product-discounts/{other['id']}")


def test_what_is_refused(shop: Client) -> None:
    draft = {**EVERYTHING, "key": "sale", "value": off(1000)}
    made = shop.create("product-discounts", draft)
    twice = shop.refused(400, "POST", "product-discounts", {**draft, "sortOrder": "0.6"})
    assert (twice["code"], twice["field"]) == ("DuplicateField", "key")
    twice = shop.refused(400, "POST", "product-discounts", {**draft, "key": "other"})
    assert (twice["code"], twice["field"], twice["duplicateValue"]) == ("DuplicateField", "sortOrder", "0.5")
    for predicate, code in (("sku = ", "SyntaxError"), ('totalPrice = "1 EUR"', "SemanticError")):
        error = shop.refused(
            400, "POST", "product-discounts", {**draft, "key": "other", "sortOrder": "0.7", "predicate": predicate}
        )
        assert error["code"] == code and "line 1, column" in error["message"]
    stale = {"version": 9, "actions": [{"action": "changeIsActive", "isActive": False}]}
    assert shop.refused(409, "POST", "product-discounts/key=sale", stale)["code"] == "ConcurrentModification"
    assert shop.get("product-discounts/key=sale") == made


def test_carts_and_projections_have_the_discounted_price(shop: Client) -> None:
    open_shop(shop)
    before = shop.create("carts", cart_draft(("mug", 2)))
    assert before["lineItems"][0]["totalPrice"]["centAmount"] == 3998
    shop.create("product-discounts", {**EVERYTHING, "value": {"type": "absolute", "money": [eur(100)]}})
    soon(lambda: left(shop, "mug") == 1899)
    (mug,) = shop.get("product-projections", params={"where": 'key = "mug"', "priceCurrency": "EUR"})["results"]
    assert mug["masterVariant"]["price"]["discounted"]["value"]["centAmount"] == 1899
    after = act(shop, f"carts/{before['id']}", {"action": "recalculate"})
    assert after["lineItems"][0]["totalPrice"]["centAmount"] == 3798
    assert after["lineItems"][0]["price"]["value"]["centAmount"] == 1999
    order = shop.create("orders", order_draft(after))
    assert order["lineItems"][0]["price"]["discounted"]["value"]["centAmount"] == 1899


def test_a_sale_that_begins_and_ends_by_itself(shop: Client) -> None:
    open_shop(shop)
    now = datetime.now(UTC)
    begins, ends = (
        f"{now + timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03}Z" for seconds in (1.5, 4.5)
    )
    shop.create("product-discounts", {**EVERYTHING, "value": off(1000), "validFrom": begins, "validUntil": ends})
    seen: list[tuple[str, int | None]] = []

    def over() -> bool:
        moment = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z"
        value = left(shop, "tea")
        seen.append((moment, value))
        return value is None and 2205 in [each for _, each in seen]

    soon(over)
    # 24.50 * 0.9 = 22.05. Nobody sees it before its time.
    assert all(value is None for moment, value in seen if moment < begins)


def test_what_a_client_discounts_itself(shop: Client) -> None:
    """X30, over HTTP."""
    open_shop(shop)
    outside = shop.create("product-discounts", {**EVERYTHING, "value": {"type": "external"}, "key": "outside"})
    price = price_of(shop, "mug")
    to = {"value": eur(500), "discount": {"typeId": "product-discount", "id": outside["id"]}}
    action = {"action": "setDiscountedPrice", "priceId": price["id"], "discounted": to}
    act(shop, "products/key=mug", action)
    assert "discounted" not in price_of(shop, "mug")
    assert price_of(shop, "mug", staged=True)["discounted"]["value"]["centAmount"] == 500
    act(shop, "products/key=mug", {**action, "staged": False})
    assert (left(shop, "mug"), price_of(shop, "mug")["value"]["centAmount"]) == (500, 1999)
    messages = told(shop, "ProductPriceExternalDiscountSet")
    assert [(each["priceId"], each["staged"]) for each in messages] == [(price["id"], True), (price["id"], False)]
    wrong = {**action, "discounted": {**to, "discount": {"typeId": "product-discount", "id": ABSENT}}}
    body = {"version": shop.get("products/key=mug")["version"], "actions": [wrong]}
    assert shop.refused(400, "POST", "products/key=mug", body)["code"] == "ReferencedResourceNotFound"
    shop.update("product-discounts/key=outside", 1, {"action": "changeIsActive", "isActive": False})
    soon(lambda: left(shop, "mug") is None)
    # It is there, and not in force.
    body = {"version": shop.get("products/key=mug")["version"], "actions": [action]}
    assert shop.refused(400, "POST", "products/key=mug", body)["code"] == "InvalidOperation"
    shop.update("product-discounts/key=outside", 2, {"action": "changeIsActive", "isActive": True})
    act(shop, "products/key=mug", {**action, "staged": False})
    shop.delete("product-discounts/key=outside", 3)
    soon(lambda: left(shop, "mug") is None)


def test_standalone_prices_follow_too(shop: Client) -> None:
    open_shop(shop)
    standing = shop.create("standalone-prices", {"sku": "mug", "key": "mug", "value": eur(1000)})
    other = shop.create("standalone-prices", {"sku": "nothing", "key": "nothing", "value": eur(1000)})
    shop.create("categories", {"key": "top", "name": {"en": "Top"}, "slug": {"en": "top"}})
    shop.create("categories", {"key": "low", "name": {"en": "Low"}, "slug": {"en": "low"}, "parent": by_key("category", "top")})
    shop.create(
        "product-discounts",
        {**EVERYTHING, "value": off(2000), "predicate": 'categoriesWithAncestors.key contains "top"', "key": "top"},
    )

    def value() -> int | None:
        found = shop.get("standalone-prices/key=mug")
        return found["discounted"]["value"]["centAmount"] if "discounted" in found else None

    assert value() is None
    act(
        shop,
        "products/key=mug",
        {"action": "addToCategory", "category": by_key("category", "low"), "staged": False},
    )
    # The product has its discount with its own write, and its standalone price soon after.
    assert left(shop, "mug") == 1599
    soon(lambda: value() == 800)
    assert [each["resource"]["id"] for each in told(shop, "StandalonePriceDiscountSet")] == [standing["id"]]
    act(shop, "standalone-prices/key=mug", {"action": "changeValue", "value": eur(500)})
    assert value() == 400
    # The category is moved away from the one that the predicate names.
    shop.create("categories", {"key": "else", "name": {"en": "E"}, "slug": {"en": "else"}})
    act(shop, "categories/key=low", {"action": "changeParent", "parent": by_key("category", "else")})
    soon(lambda: (value(), left(shop, "mug")) == (None, None))
    act(shop, "categories/key=else", {"action": "setKey", "key": "still-else"})
    outside = shop.create("product-discounts", {**EVERYTHING, "value": {"type": "external"}, "sortOrder": "0.6"})
    to = {"value": eur(450), "discount": {"typeId": "product-discount", "id": outside["id"]}}
    act(shop, "standalone-prices/key=mug", {"action": "setDiscountedPrice", "discounted": to})
    assert value() == 450
    assert len(told(shop, "StandalonePriceExternalDiscountSet")) == 1
    body = {"version": 1, "actions": [{"action": "setDiscountedPrice", "discounted": to}]}
    assert shop.refused(400, "POST", f"standalone-prices/{other['id']}", body)["code"] == "InvalidOperation"
    act(shop, "standalone-prices/key=mug", {"action": "setDiscountedPrice"})
    assert value() is None
    made = shop.create("standalone-prices", {"sku": "tea", "value": eur(10), "discounted": {**to, "value": eur(9)}})
    assert made["discounted"]["value"]["centAmount"] == 9


def test_many_that_wait_keep_no_later_change_waiting(shop: Client) -> None:
    """Entries stay in the queue for a minute; what comes behind a hundred and fifty of them is done within that minute, too."""
    open_shop(shop)
    shop.create("product-discounts", {**EVERYTHING, "key": "sale", "value": off(1000)})
    for number in range(3):
        skus = [f"part-{number}-{each}" for each in range(50)]
        draft = {
            "productType": by_key("product-type", "goods"),
            "name": {"en": "Parts"},
            "slug": {"en": f"parts-{number}"},
            "masterVariant": {"sku": skus[0]},
            "variants": [{"sku": sku} for sku in skus[1:]],
        }
        shop.create("products", draft)
    shop.create("standalone-prices", {"sku": "part-2-49", "key": "part", "value": eur(1000)})
    soon(lambda: left(shop, "mug") == 1799)
    act(shop, "product-discounts/key=sale", {"action": "changeValue", "value": off(2000)})
    soon(lambda: shop.get("standalone-prices/key=part")["discounted"]["value"]["centAmount"] == 800)
    soon(lambda: left(shop, "mug") == 1599)


def test_predicates_follow_the_keys_of_groups_and_channels(shop: Client) -> None:
    open_shop(shop)
    shop.create("customer-groups", {"groupName": "Gold", "key": "gold"})
    golden = {"value": eur(1000), "customerGroup": by_key("customer-group", "gold")}
    act(shop, "products/key=mug", {"action": "addPrice", "sku": "mug", "price": golden, "staged": False})
    shop.create("product-discounts", {**EVERYTHING, "value": off(1000), "predicate": 'customerGroup.key = "best"'})
    act(shop, "customer-groups/key=gold", {"action": "setKey", "key": "best"})

    def golden_left() -> list[int]:
        prices = shop.get("products/key=mug")["masterData"]["current"]["masterVariant"]["prices"]
        return [each["discounted"]["value"]["centAmount"] for each in prices if "discounted" in each]

    soon(lambda: golden_left() == [900])


def test_which_discount_a_price_would_have(shop: Client) -> None:
    open_shop(shop)
    mug = shop.get("products/key=mug")
    low = shop.create("product-discounts", {**EVERYTHING, "value": off(100)})
    high = shop.create(
        "product-discounts", {**EVERYTHING, "value": off(200), "sortOrder": "0.6", "predicate": 'country = "DE" and sku = "mug"'}
    )

    def query(**price: Any) -> dict[str, Any]:
        return {"productId": mug["id"], "variantId": 1, "staged": False, "price": {"value": eur(1000), **price}}

    for body, found in ((query(), low), (query(country="DE"), high)):
        answer = shop.send("POST", "product-discounts/matching", body)
        assert (answer.status_code, answer.json()) == (200, found)
    for body in (
        query(value=usd(0)),
        {**query(), "variantId": 7},
        {**query(), "productId": ABSENT, "staged": True},
        {**query(), "productId": "no-id"},
    ):
        error = shop.refused(404, "POST", "product-discounts/matching", body)
        assert error["code"] == "NoMatchingProductDiscountFound"
        assert f"variantId={body['variantId']}" in error["message"]
    assert shop.refused(400, "POST", "product-discounts/matching", {"variantId": 1})["code"] == "InvalidJsonInput"


def test_who_may_see_and_who_may_change_them(shop: Client) -> None:
    draft = {**EVERYTHING, "value": off(100)}
    assert shop.server is not None
    for right in ("product_discounts", "products"):
        seeing, managing = (shop.server.client(shop.project, f"{verb}_{right}:{shop.project}") for verb in ("view", "manage"))
        assert seeing.refused(403, "POST", "product-discounts", draft)["code"] == "insufficient_scope"
        made = managing.create("product-discounts", draft)
        assert seeing.get(f"product-discounts/{made['id']}") == made
        body = {"productId": ABSENT, "variantId": 1, "staged": True, "price": {"value": eur(1)}}
        assert seeing.refused(404, "POST", "product-discounts/matching", body)["code"] == "NoMatchingProductDiscountFound"
        managing.delete(f"product-discounts/{made['id']}", 1)
    stranger = shop.server.client(shop.project, f"view_orders:{shop.project}")
    assert stranger.refused(403, "GET", "product-discounts")["code"] == "insufficient_scope"
