"""The request examples of the documents that the orders follow, accepted as they stand."""

from __future__ import annotations

import json
from typing import Any

import pytest

from live import SPECCHECK, Client, skip_without_specification
from orderwright.domain.order.actions import actions
from orderwright.domain.order.model import Order, OrderFromCartDraft
from orderwright.engine.json.codec import decode_body, decoder, encode
from shop_setup import cart_draft, open_shop, order_draft

SEEDS = SPECCHECK.parent.parent / "spec" / "seeds"
UPDATE = actions.update_type()


def examples() -> list[dict[str, Any]]:
    """The bodies of all requests in the document, each once."""
    if not SEEDS.exists():
        return []
    text = (SEEDS / "commercetools-orders.txt").read_text()
    bodies = [part.split("\nDATA\n")[0] for part in text.split("<< DATA\n")[1:]]
    return [json.loads(body) for body in dict.fromkeys(bodies)]


def test_the_documents_examples_are_these() -> None:
    skip_without_specification()
    assert [sorted(body) for body in examples()] == [["cart", "version"], ["quote", "version"], ["actions", "version"]]


def test_an_order_is_made_of_a_cart_as_in_the_example(shop: Client) -> None:
    skip_without_specification()
    (body,) = (body for body in examples() if "cart" in body)
    asked = decode_body(OrderFromCartDraft, json.dumps(body).encode())
    assert (asked.identifier.id, asked.version) == ("7c2e2694-aefe-43d7-888e-6a99514caaca", 10)
    # Sent as it stands it is understood: only that there is no such cart here.
    error = shop.refused(400, "POST", "orders", body)
    assert (error["code"], error["id"]) == ("ReferencedResourceNotFound", asked.identifier.id)
    open_shop(shop)
    cart = shop.create("carts", cart_draft(("mug", 1)))
    for turn in range(10 - cart["version"]):
        cart = shop.update(f"carts/{cart['id']}", cart["version"], {"action": "setKey", "key": f"turn-{turn}"})
    order = shop.create("orders", {**body, "cart": {**body["cart"], "id": cart["id"]}})
    assert (order["cart"]["id"], order["orderState"]) == (cart["id"], "Open")


@pytest.mark.parametrize("door", ["", "in-store/key=berlin/"])
@pytest.mark.parametrize("number", ["", "order-number=A-1"])
def test_an_order_is_updated_as_in_the_example(shop: Client, door: str, number: str) -> None:
    skip_without_specification()
    (body,) = (body for body in examples() if "actions" in body)
    decode_body(UPDATE, json.dumps(body).encode())
    open_shop(shop)
    shop.create("stores", {"key": "berlin"})
    order = shop.create(f"{door}orders", order_draft(shop.create(f"{door}carts", cart_draft(("mug", 1))), orderNumber="A-1"))
    answer = shop.send("POST", f"{door}orders/{number or order['id']}", body)
    assert (answer.status_code, answer.json()["orderState"]) == (200, "Complete")


def test_an_order_of_the_document_is_one_of_ours() -> None:
    skip_without_specification()
    text = (SEEDS / "commercetools-orders.txt").read_text()
    opening = text.rfind("\n{\n", 0, text.index('"type": "Order"')) + 1
    document = json.JSONDecoder().raw_decode(text[opening:])[0]
    order = decoder(Order).decode(encode(document))
    assert (order.order_state, order.business_unit.key) == ("Open", "ba-france-123")


def test_an_owner_makes_an_order_as_in_the_document(shop: Client) -> None:
    open_shop(shop)
    ada = shop.anonymous("ada")
    cart = ada.create("me/carts", cart_draft(("mug", 1)))
    # The document names the two members and no more.
    order = ada.create("me/orders", {"id": cart["id"], "version": cart["version"], "orderNumber": "N-1", "paymentState": "Paid"})
    assert not {"orderNumber", "paymentState"} & order.keys()
    assert order["anonymousId"] == "ada"
