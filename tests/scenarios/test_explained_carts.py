"""`carts/{id}/explain` over HTTP: who may ask, and that what is told is of today while the cart holds its own."""

from __future__ import annotations

from typing import Any

import pytest

from live import Client, Server
from shop_setup import by_key, cart_draft, eur, open_shop, order_draft


@pytest.fixture
def market(shop: Client) -> Client:
    open_shop(shop)
    return shop


def last(told: dict[str, Any], kind: str) -> Any:
    return [step for step in told["steps"] if step["kind"] == kind][-1]


def cents(money: dict[str, Any]) -> int:
    amount: int = money["centAmount"]
    return amount


def test_a_cart_is_explained_to_the_last_cent(market: Client) -> None:
    cart = market.create("carts", cart_draft(("mug", 3)))
    found = market.get(f"carts/{cart['id']}/explain")
    assert (found["id"], found["version"], found["customLineItems"]) == (cart["id"], 1, [])
    (line,), (shipping,) = found["lineItems"], found["shipping"]
    assert [step["kind"] for step in line["steps"]] == ["Price", "TaxRate", "UnitPrice", "Total", "Tax"]
    paid, other = line["steps"][0]["candidates"]
    assert (paid["value"], "lost" in paid) == (cart["lineItems"][0]["price"]["value"], False)
    assert (other["value"]["currencyCode"], other["lost"]) == ("USD", "Currency")
    # 3 x 19.99 = 59.97, of which 59.97 / 1.19 = 50.39495798... are net; and 5.95 for the parcel, of which 5.00 are.
    assert line["steps"][-1]["roundings"] == [
        {"before": "5039.49579831932773109243", "ratio": "599700/119", "after": 5039, "mode": "HalfEven"}
    ]
    assert last(shipping, "Tax")["roundings"] == [{"before": "500", "after": 500, "mode": "HalfEven"}]
    assert [cents(step["after"]) for step in found["total"]["steps"] if step["kind"] == "Sum"] == [5997, 5997 + 595]
    for told, held in ((line, cart["lineItems"][0]), (shipping, cart["shippingInfo"]), (found["total"], cart)):
        assert told["taxedPrice"] == held["taxedPrice"] == last(told, "Tax")["taxedPrice"]
        assert told["price"] == held.get("totalPrice", held.get("price"))
    assert market.get(f"carts/{cart['id']}") == cart


def test_prices_of_today_are_candidates_and_the_cart_keeps_its_own(market: Client) -> None:
    cart = market.create("carts", cart_draft(("mug", 1)))
    product = market.get("products/key=mug")
    price = product["masterData"]["current"]["masterVariant"]["prices"][0]
    dearer = {"action": "changePrice", "priceId": price["id"], "price": {"value": eur(2500)}, "staged": False}
    market.update("products/key=mug", product["version"], dearer)
    (line,) = market.get(f"carts/{cart['id']}/explain")["lineItems"]
    chosen, held = (step for step in line["steps"] if step["kind"] == "Price")
    assert (cents(chosen["after"]), "held" in chosen) == (2500, False)
    assert (cents(held["before"]), cents(held["after"]), held["held"], cents(line["price"])) == (2500, 1999, True, 1999)
    market.update(f"carts/{cart['id']}", 1, {"action": "recalculate"})
    (line,) = market.get(f"carts/{cart['id']}/explain")["lineItems"]
    assert cents(line["price"]) == 2500
    assert not any("held" in step for step in line["steps"])
    # An ordered cart is explained, too.
    market.create("orders", order_draft({**cart, "version": 2}))
    assert market.get(f"carts/{cart['id']}/explain")["version"] == 3


def test_the_price_of_a_customers_group(market: Client) -> None:
    group = market.create("customer-groups", {"groupName": "VIP", "key": "vip"})["id"]
    product = market.get("products/key=tea")
    own = {"value": eur(2000), "customerGroup": by_key("customer-group", "vip")}
    market.update("products/key=tea", product["version"], {"action": "addPrice", "sku": "tea", "price": own, "staged": False})
    new = {"email": "ada@example.com", "password": "correct horse", "customerGroup": by_key("customer-group", "vip")}
    market.create("customers", new)
    ada = market.signed_in("ada@example.com", "correct horse")
    cart = ada.create("me/carts", {"currency": "EUR", "lineItems": [{"sku": "tea"}]})
    (line,) = ada.get(f"me/carts/{cart['id']}/explain")["lineItems"]
    chosen, general, _ = line["steps"][0]["candidates"]
    assert (cents(chosen["value"]), chosen["customerGroup"]["id"], "lost" in chosen) == (2000, group, False)
    assert (cents(general["value"]), general["lost"], general["to"]) == (2450, "LessSpecific", chosen["priceId"])


def test_it_is_told_to_those_who_may_read_the_cart(server: Server, market: Client) -> None:
    for key in ("berlin", "paris"):
        market.create("stores", {"key": key})
    ada, eve = market.anonymous("ada"), market.anonymous("eve")
    cart = ada.create("in-store/key=berlin/me/carts", {"currency": "EUR"})
    at = f"carts/{cart['id']}/explain"
    found = market.get(at)
    assert market.get(f"in-store/key=berlin/{at}") == ada.get(f"me/{at}") == ada.get(f"in-store/key=berlin/me/{at}") == found
    for client, path in ((market, f"in-store/key=paris/{at}"), (eve, f"me/{at}"), (ada, f"in-store/key=paris/me/{at}")):
        assert client.refused(404, "GET", path) == client.refused(404, "GET", path.removesuffix("/explain"))
    stranger = server.client(market.project, f"view_products:{market.project}")
    assert stranger.refused(403, "GET", at)["code"] == "insufficient_scope"
    reader = server.client(market.project, f"view_orders:{market.project}")
    assert reader.get(at) == found
    assert market.refused(405, "POST", at, {})["code"] == "MethodNotAllowed"
    assert market.refused(404, "GET", "carts/nobody/explain")["code"] == "ResourceNotFound"
