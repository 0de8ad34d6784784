"""`orders/{id}/explain` over HTTP: who may ask, and that what is told is what the order holds, whatever became of prices."""

from __future__ import annotations

from live import Client, Server
from shop_setup import cart_draft, eur, open_shop, order_draft


def test_an_order_is_explained_by_what_it_holds(shop: Client) -> None:
    open_shop(shop)
    target = {"type": "lineItems", "predicate": "true"}
    value = {"type": "relative", "permyriad": 1000}
    half = {"name": {"en": "Ten"}, "value": value, "cartPredicate": "true", "target": target, "sortOrder": "0.5"}
    discount = shop.create("cart-discounts", {**half, "requiresDiscountCode": False})
    order = shop.create("orders", order_draft(shop.create("carts", cart_draft(("mug", 3)))))
    product = shop.get("products/key=mug")
    price = product["masterData"]["current"]["masterVariant"]["prices"][0]
    dearer = {"action": "changePrice", "priceId": price["id"], "price": {"value": eur(2500)}, "staged": False}
    shop.update("products/key=mug", product["version"], dearer)
    shop.delete(f"cart-discounts/{discount['id']}", discount["version"])
    found = shop.get(f"orders/{order['id']}/explain")
    (line,) = found["lineItems"]
    assert [step["kind"] for step in line["steps"]] == ["Price", "TaxRate", "UnitPrice", "Total", "Discount", "Tax"]
    (taken,) = [step for step in line["steps"] if step["kind"] == "Discount"]
    # Of 3 x 19.99 a tenth less: each is 19.99 - 2.00 = 17.99.
    assert (taken["before"]["centAmount"], taken["discount"]["id"]) == (5997, discount["id"])
    assert taken["after"] == line["price"] == order["lineItems"][0]["totalPrice"]
    assert found["total"]["price"] == order["totalPrice"]
    assert found["total"]["taxedPrice"] == order["taxedPrice"]
    assert not [step for told in (line, *found["shipping"], found["total"]) for step in told["steps"] if "held" in step]
    assert shop.get(f"orders/{order['id']}") == order


def test_it_is_told_to_those_who_may_read_the_order(server: Server, shop: Client) -> None:
    open_shop(shop)
    for key in ("berlin", "paris"):
        shop.create("stores", {"key": key})
    door = "in-store/key=berlin/"
    order = shop.create(f"{door}orders", order_draft(shop.create(f"{door}carts", cart_draft(("mug", 1)))))
    at = f"orders/{order['id']}/explain"
    found = shop.get(at)
    clerk = server.client(shop.project, f"view_orders:{shop.project}:berlin")
    assert shop.get(f"{door}{at}") == clerk.get(f"{door}{at}") == found
    assert (found["id"], found["version"]) == (order["id"], 1)
    assert shop.refused(404, "GET", f"in-store/key=paris/{at}")["code"] == "ResourceNotFound"
    assert clerk.refused(403, "GET", at)["code"] == "insufficient_scope"
    assert shop.refused(404, "GET", "orders/nobody/explain")["code"] == "ResourceNotFound"
    assert shop.refused(405, "POST", at, {})["code"] == "MethodNotAllowed"
