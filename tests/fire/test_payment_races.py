"""Who gets a payment, when many want it at once."""

from __future__ import annotations

from collections import Counter
from typing import Any

from burning import Client, a_server, a_shop, at_once, cart_draft, order_draft

CROWD = 20
DRAFT = {"amountPlanned": {"currencyCode": "EUR", "centAmount": 1999}}


server = a_server()
shop = a_shop("payment-races")


def adding(resource: dict[str, Any], payment: dict[str, Any], path: str = "carts") -> tuple[str, Any]:
    action = {"action": "addPayment", "payment": {"typeId": "payment", "id": payment["id"]}}
    return f"/{path}/{resource['id']}", {"version": resource["version"], "actions": [action]}


def holders(shop: Client, payment: dict[str, Any]) -> list[str]:
    """The orders and active carts that name a payment."""
    named = f'paymentInfo(payments(id = "{payment["id"]}"))'
    carts = shop.get("carts", params={"where": f'cartState = "Active" and {named}'})["results"]
    return [each["id"] for each in (*carts, *shop.get("orders", params={"where": named})["results"])]


def test_of_twenty_carts_that_want_one_payment_one_gets_it(shop: Client) -> None:
    for _ in range(5):
        payment = shop.create("payments", DRAFT)
        carts = [shop.create("carts", {"currency": "EUR"}) for _ in range(CROWD)]
        answers = at_once(shop, *(adding(cart, payment) for cart in carts))
        assert Counter(answer.status_code for answer in answers) == {200: 1, 400: CROWD - 1}
        errors = [answer.json()["errors"][0] for answer in answers if answer.status_code == 400]
        assert {error["code"] for error in errors} == {"InvalidOperation"}
        assert holders(shop, payment) == [answer.json()["id"] for answer in answers if answer.status_code == 200]


def test_an_order_takes_its_carts_payment_along_whoever_else_wants_it(shop: Client) -> None:
    for _ in range(5):
        payment = shop.create("payments", DRAFT)
        path, body = adding(shop.create("carts", cart_draft(("mug", 1))), payment)
        cart = shop.update(path[1:], body["version"], *body["actions"])
        others = [shop.create("carts", {"currency": "EUR"}) for _ in range(CROWD)]
        asked = [*(adding(each, payment) for each in others)]
        asked[CROWD // 2 : CROWD // 2] = [("/orders", order_draft(cart)), ("/orders", order_draft(cart))]
        answers = at_once(shop, *asked)
        made = [answer.json() for answer in answers if answer.status_code == 201]
        assert len(made) == 1
        # Not one of them slips in between the cart that lets go and the order that takes hold.
        assert {answer.status_code for answer in answers} <= {201, 400, 409}
        assert holders(shop, payment) == [made[0]["id"]]
        assert made[0]["paymentInfo"] == cart["paymentInfo"]


def test_a_payment_that_is_let_go_is_taken_once(shop: Client) -> None:
    for _ in range(5):
        payment = shop.create("payments", DRAFT)
        path, body = adding(shop.create("carts", {"currency": "EUR"}), payment)
        cart = shop.update(path[1:], body["version"], *body["actions"])
        others = [shop.create("carts", {"currency": "EUR"}) for _ in range(CROWD)]
        action = {**body["actions"][0], "action": "removePayment"}
        freeing = (path, {"version": cart["version"], "actions": [action]})
        answers = at_once(shop, freeing, *(adding(each, payment) for each in others))
        assert answers[0].status_code == 200
        counted = Counter(answer.status_code for answer in answers[1:])
        # Who comes while it is being let go may be told to come again.
        assert counted[200] <= 1
        assert set(counted) <= {200, 400, 503}
        assert holders(shop, payment) == [answer.json()["id"] for answer in answers[1:] if answer.status_code == 200]
