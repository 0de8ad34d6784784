"""Which price a line pays over HTTP: standalone prices, customer groups, distribution channels, and prices from outside."""

from __future__ import annotations

from typing import Any

from live import Client
from shop_setup import by_key, cart_draft, eur, open_shop, order_draft, product


def open_groups(shop: Client) -> dict[str, str]:
    """A product `cup` of standalone prices: 10.00, for dealers 8.00, on channel web 9.00, in France 0.99; ids by key."""
    open_shop(shop)
    web = shop.create("channels", {"key": "web", "roles": ["ProductDistribution"]})
    depot = shop.create("channels", {"key": "depot", "roles": ["InventorySupply"]})
    dealers = shop.create("customer-groups", {"groupName": "Dealers", "key": "dealers"})
    shop.create("products", {**product("cup", 5), "priceMode": "Standalone"})
    for cents, scope in (
        (1000, {}),
        (900, {"channel": by_key("channel", "web")}),
        (800, {"customerGroup": by_key("customer-group", "dealers")}),
        (99, {"country": "FR"}),
    ):
        shop.create("standalone-prices", {"sku": "cup", "value": eur(cents), "key": f"cup-{cents}", **scope})
    return {"web": web["id"], "depot": depot["id"], "dealers": dealers["id"]}


def paid(cart: Any, line: int = 0) -> tuple[int, int]:
    """(price of a unit, total) of a line in cents."""
    found = cart["lineItems"][line]
    return found["price"]["value"]["centAmount"], found["totalPrice"]["centAmount"]


def test_standalone_prices_follow_group_and_channel(shop: Client) -> None:
    ids = open_groups(shop)
    cart = shop.create("carts", cart_draft(("cup", 2)))
    assert paid(cart) == (1000, 2000)
    plain = shop.get("standalone-prices/key=cup-1000")
    assert cart["lineItems"][0]["price"] == {"id": plain["id"], "key": "cup-1000", "value": plain["value"]}
    path, line = f"carts/{cart['id']}", cart["lineItems"][0]["id"]
    web = {"action": "setLineItemDistributionChannel", "lineItemId": line, "distributionChannel": by_key("channel", "web")}
    cart = shop.update(path, 1, web)
    assert (paid(cart), cart["lineItems"][0]["distributionChannel"]["id"]) == ((900, 1800), ids["web"])
    group = {"action": "setCustomerGroup", "customerGroup": by_key("customer-group", "dealers")}
    cart = shop.update(path, cart["version"], group)
    # A customer group outweighs a channel.
    assert (paid(cart), cart["customerGroup"]["id"]) == ((800, 1600), ids["dealers"])
    cart = shop.update(path, cart["version"], {"action": "setCustomerGroup"})
    assert (paid(cart), "customerGroup" in cart) == ((900, 1800), False)
    cart = shop.update(path, cart["version"], {"action": "setLineItemDistributionChannel", "lineItemId": line})
    assert (paid(cart), "distributionChannel" in cart["lineItems"][0]) == ((1000, 2000), False)
    cart = shop.update(path, cart["version"], {"action": "setCountry", "country": "FR"})
    assert paid(cart) == (99, 198)
    supply = {"action": "setLineItemSupplyChannel", "lineItemId": line, "supplyChannel": by_key("channel", "depot")}
    cart = shop.update(path, cart["version"], supply)
    assert cart["lineItems"][0]["supplyChannel"] == {"typeId": "channel", "id": ids["depot"]}
    # Units that come from another channel are another line; those of none raise none.
    cart = shop.update(path, cart["version"], {"action": "addLineItem", "sku": "cup"})
    assert [found["quantity"] for found in cart["lineItems"]] == [2, 1]
    more = {"action": "addLineItem", "sku": "cup", "supplyChannel": by_key("channel", "depot")}
    cart = shop.update(path, cart["version"], more)
    assert [found["quantity"] for found in cart["lineItems"]] == [3, 1]
    cart = shop.update(path, cart["version"], {"action": "setLineItemSupplyChannel", "lineItemId": line})
    assert "supplyChannel" not in cart["lineItems"][0]


def test_the_drafts_group_and_channels(shop: Client) -> None:
    open_groups(shop)
    web, depot, dealers = by_key("channel", "web"), by_key("channel", "depot"), by_key("customer-group", "dealers")
    lines = [{"sku": "cup", "distributionChannel": web}, {"sku": "cup", "supplyChannel": depot}]
    cart = shop.create("carts", {"currency": "EUR", "lineItems": lines})
    assert [paid(cart, line)[0] for line in (0, 1)] == [900, 1000]
    product_id = cart["lineItems"][0]["productId"]
    cart = shop.create("carts", {"currency": "EUR", "customerGroup": dealers, "lineItems": [{"productId": product_id}]})
    assert paid(cart) == (800, 800)
    for wrong, role in (({"distributionChannel": depot}, "ProductDistribution"), ({"supplyChannel": web}, "InventorySupply")):
        error = shop.refused(400, "POST", "carts", {"currency": "EUR", "lineItems": [{"sku": "cup", **wrong}]})
        assert (error["code"], error["missingRole"]) == ("MissingRoleOnChannel", role)
    shop.create("channels", {"key": "shop", "roles": ["ProductDistribution"]})
    shop.create("stores", {"key": "berlin", "distributionChannels": [by_key("channel", "shop")]})
    draft = {"currency": "EUR", "store": by_key("store", "berlin"), "lineItems": [{"sku": "cup", "distributionChannel": web}]}
    assert shop.refused(400, "POST", "carts", draft)["code"] == "InvalidOperation"
    missing = shop.refused(400, "POST", "carts", {**cart_draft(), "currency": "USD", "lineItems": [lines[0]]})
    assert (missing["code"], missing["channel"]["typeId"]) == ("MatchingPriceNotFound", "channel")


def test_a_customers_further_groups_count(shop: Client) -> None:
    open_groups(shop)
    draft = {"email": "ada@example.com", "password": "secret"}
    groups = [{"customerGroup": by_key("customer-group", "dealers")}]
    customer = shop.create("customers", {**draft, "customerGroupAssignments": groups})["customer"]
    cart = shop.create("carts", {**cart_draft(("cup", 1)), "customerId": customer["id"]})
    assert paid(cart) == (800, 800)
    path = f"carts/{cart['id']}"
    cart = shop.update(path, 1, {"action": "addLineItem", "sku": "cup"})
    assert paid(cart) == (800, 1600)
    assert paid(shop.update(path, cart["version"], {"action": "recalculate"})) == (800, 1600)
    order = shop.create("orders", order_draft(shop.get(path)))
    assert paid(order) == (800, 1600)
    error = shop.refused(400, "POST", "carts", {"currency": "EUR", "customerId": customer["id"], **groups[0]})
    assert error["code"] == "InvalidOperation"


def test_an_inactive_price_cannot_be_ordered(shop: Client) -> None:
    open_groups(shop)
    cart = shop.create("carts", cart_draft(("cup", 1)))
    shop.update("standalone-prices/key=cup-1000", 1, {"action": "changeActive", "active": False})
    assert shop.refused(400, "POST", "orders", order_draft(cart))["code"] == "MatchingPriceNotFound"
    error = shop.refused(400, "POST", "carts", cart_draft(("cup", 1)))
    assert (error["code"], error["currency"], error["country"]) == ("MatchingPriceNotFound", "EUR", "DE")


def test_prices_from_outside(shop: Client) -> None:
    open_shop(shop)
    total = {"price": eur(100), "totalPrice": eur(250)}
    draft = {
        "currency": "EUR",
        "priceRoundingMode": "HalfUp",
        "lineItems": [
            {"sku": "mug", "quantity": 3, "externalPrice": eur(500)},
            {"sku": "tea", "quantity": 3, "externalTotalPrice": total},
            {"sku": "mug"},
        ],
    }
    cart = shop.create("carts", draft)
    path, first, second = f"carts/{cart['id']}", cart["lineItems"][0]["id"], cart["lineItems"][1]["id"]

    def modes(document: Any) -> list[tuple[str, int]]:
        return [(line["priceMode"], line["totalPrice"]["centAmount"]) for line in document["lineItems"]]

    def then(**action: Any) -> Any:
        return shop.update(path, shop.get(path)["version"], action)

    assert modes(cart) == [("ExternalPrice", 1500), ("ExternalTotal", 250), ("Platform", 1999)]
    # What is recalculated keeps prices from outside.
    assert modes(then(action="recalculate", updateProductData=True)) == modes(cart)
    change = {"action": "changeLineItemQuantity", "lineItemId": first, "quantity": 4}
    error = shop.refused(400, "POST", path, {"version": shop.get(path)["version"], "actions": [change]})
    assert (error["code"], error["field"]) == ("RequiredField", "externalPrice")
    assert modes(then(**change, externalPrice=eur(400)))[0] == ("ExternalPrice", 1600)
    change = {"action": "changeLineItemQuantity", "lineItemId": second}
    assert modes(then(**change, quantity=5, externalTotalPrice=total))[1] == ("ExternalTotal", 250)
    assert modes(then(action="removeLineItem", lineItemId=second, quantity=2))[1] == ("Platform", 3 * 2450)
    assert modes(then(action="setLineItemTotalPrice", lineItemId=second, externalTotalPrice=total))[1] == ("ExternalTotal", 250)
    assert modes(then(action="setLineItemTotalPrice", lineItemId=second))[1] == ("Platform", 3 * 2450)
    assert modes(then(action="setLineItemPrice", lineItemId=second, externalPrice=eur(1)))[1] == ("ExternalPrice", 3)
    assert modes(then(action="setLineItemPrice", lineItemId=second))[1] == ("Platform", 3 * 2450)
    # 3 x 0.835 euros: whatever the cart's mode, in high precision a half is rounded to even.
    fine = {"type": "highPrecision", "currencyCode": "EUR", "preciseAmount": 835, "fractionDigits": 3}
    assert modes(then(action="setLineItemPrice", lineItemId=second, externalPrice=fine))[1] == ("ExternalPrice", 250)
    copy = shop.create("carts/replicate", {"reference": {"typeId": "cart", "id": cart["id"]}})
    assert modes(copy) == [("ExternalPrice", 1600), ("ExternalPrice", 250), ("Platform", 1999)]
    for wrong, code in (
        ({"externalPrice": {"currencyCode": "USD", "centAmount": 1}}, "InvalidField"),
        ({"externalPrice": eur(1), "externalTotalPrice": total}, "InvalidInput"),
        ({"externalTotalPrice": {"price": eur(1), "totalPrice": fine}}, "InvalidField"),
    ):
        error = shop.refused(400, "POST", "carts", {"currency": "EUR", "lineItems": [{"sku": "mug", **wrong}]})
        assert error["code"] == code, wrong


def test_a_total_from_outside_is_taxed_as_it_is(shop: Client) -> None:
    open_shop(shop)
    total = {"price": eur(100), "totalPrice": eur(250)}
    lines = [{"sku": "mug", "quantity": 3, "externalTotalPrice": total}]
    for mode in ("LineItemLevel", "UnitPriceLevel"):
        cart = shop.create("carts", {**cart_draft(), "lineItems": lines, "taxCalculationMode": mode})
        taxed = cart["lineItems"][0]["taxedPrice"]
        # 2.50 / 1.19 = 2.1008.
        assert (taxed["totalGross"]["centAmount"], taxed["totalNet"]["centAmount"]) == (250, 210), mode
        assert cart["totalPrice"]["centAmount"] == 250 + 595


def test_what_an_owner_may_say_of_prices(shop: Client) -> None:
    open_groups(shop)
    web, depot = by_key("channel", "web"), by_key("channel", "depot")
    guest = shop.anonymous("visitor")
    # She does not say what things cost, but may say where they are sold and where they come from.
    lines = [{"sku": "cup", "quantity": 2, "externalPrice": eur(1), "distributionChannel": web}]
    cart = guest.create("me/carts", {"currency": "EUR", "lineItems": lines})
    assert (paid(cart), cart["lineItems"][0]["priceMode"]) == ((900, 1800), "Platform")
    path, line = f"me/carts/{cart['id']}", cart["lineItems"][0]["id"]
    cart = guest.update(
        path,
        cart["version"],
        {"action": "setLineItemDistributionChannel", "lineItemId": line},
        {"action": "setLineItemSupplyChannel", "lineItemId": line, "supplyChannel": depot},
        {"action": "changeLineItemQuantity", "lineItemId": line, "quantity": 3, "externalPrice": eur(1)},
    )
    assert (paid(cart), "supplyChannel" in cart["lineItems"][0]) == ((1000, 3000), True)
    price = {"action": "setLineItemPrice", "lineItemId": line, "externalPrice": eur(1)}
    body = {"version": cart["version"], "actions": [price]}
    assert guest.refused(400, "POST", path, body)["code"] == "InvalidJsonInput"
