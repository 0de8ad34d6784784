"""Payments at their owner's door, over HTTP: an anonymous session's own, and nobody else's."""

from __future__ import annotations

from typing import Any

from test_payments import DRAFT, add, extra, in_use, note

from live import Client
from orderwright.domain.payment.model import MyPayment
from orderwright.domain.payment.resource import MINE
from shop_setup import by_key, eur

CHARGE = {"type": "Charge", "amount": eur(1999)}


def session(shop: Client, anonymous_id: str) -> str:
    """The token of an anonymous session, which may pay and buy."""
    scope = f"manage_my_payments:{shop.project} manage_my_orders:{shop.project}"
    form = {"grant_type": "client_credentials", "anonymous_id": anonymous_id, "scope": scope}
    credentials = (shop.client_id, shop.client_secret)
    answer = shop.http.post(f"/oauth/{shop.project}/anonymous/token", data=form, auth=credentials)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


def signed_in(shop: Client, email: str) -> tuple[str, str]:
    """The id of a new customer and a token of hers."""
    id = shop.create("customers", {"email": email, "password": "secret-1"})["customer"]["id"]
    scope = f"manage_my_payments:{shop.project}"
    form = {"grant_type": "password", "username": email, "password": "secret-1", "scope": scope}
    credentials = (shop.client_id, shop.client_secret)
    answer = shop.http.post(f"/oauth/{shop.project}/customers/token", data=form, auth=credentials)
    assert answer.status_code == 200, answer.text
    return id, str(answer.json()["access_token"])


def update(shop: Client, token: str, id: str, *actions: dict[str, Any]) -> Any:
    """The payment after actions at its present version."""
    version = shop.get(f"me/payments/{id}", token=token)["version"]
    return shop.update(f"me/payments/{id}", version, *actions, token=token)


def test_every_operation_of_ones_own(shop: Client) -> None:
    token = session(shop, "a-1")
    draft = {**DRAFT, "paymentMethodInfo": {"method": "CARD", "token": {"value": "tok-secret"}}}
    made = shop.create("me/payments", draft, token=token)
    assert made == {
        "id": made["id"], "version": 1, "anonymousId": "a-1", "amountPlanned": made["amountPlanned"],
        "paymentMethodInfo": {"method": "CARD", "token": {"value": "****"}}, "transactions": [],
    }  # fmt: skip
    path = f"me/payments/{made['id']}"
    assert shop.get(path, token=token) == made
    page = shop.get("me/payments", token=token, params={"where": 'anonymousId = "a-1"'})
    assert (page["total"], page["results"]) == (1, [made])
    assert shop.send("HEAD", path, token=token).status_code == shop.send("HEAD", "me/payments", token=token).status_code == 200
    whole = shop.get(f"payments/{made['id']}")
    assert whole["paymentMethodInfo"]["token"] == {"value": "tok-secret"}
    assert whole["createdBy"]["anonymousId"] == "a-1"
    # What she does not see she can not ask for either.
    hidden = shop.refused(400, "GET", "me/payments", token=token, params={"where": 'interfaceId = "x"'})
    assert hidden["code"] == "InvalidInput"
    gone = shop.send("DELETE", path, token=token, params={"version": 1})
    assert (gone.status_code, gone.json()) == (200, made)
    assert shop.send("HEAD", path, token=token).status_code == 404


def test_every_action_of_ones_own(shop: Client) -> None:
    extra(shop)
    token = session(shop, "a-1")
    custom = {"custom": note("a")}
    made = shop.create("me/payments", {**DRAFT, **custom, "paymentMethodInfo": custom}, token=token)
    sent: list[dict[str, Any]] = [
        {"action": "changeAmountPlanned", "amount": eur(5)},
        {"action": "setCustomField", "name": "note", "value": "b"},
        {"action": "setMethodInfoCustomField", "name": "note", "value": "c"},
        {"action": "setMethodInfoCustomType", "type": by_key("type", "extra"), "fields": {"note": "d"}},
        {"action": "setMethodInfoInterface", "interface": "STRIPE"},
        {"action": "setMethodInfoInterfaceAccount", "interfaceAccount": "eu"},
        {"action": "setMethodInfoMethod", "method": "CARD"},
        {"action": "setMethodInfoName", "name": {"en": "Card"}},
        {"action": "addTransaction", "transaction": {**CHARGE, **custom}},
        {"action": "setTransactionCustomField", "name": "note", "value": "e"},
    ]
    assert {action["action"] for action in sent} == {
        name for name in (kind.__struct_config__.tag for kind in MINE.actions.types) if isinstance(name, str)
    }
    for action in sent:
        made = update(shop, token, made["id"], action)
    info, (transaction,) = made["paymentMethodInfo"], made["transactions"]
    assert (made["amountPlanned"]["centAmount"], made["custom"]["fields"]) == (5, {"note": "b"})
    assert (info["paymentInterface"], info["interfaceAccount"], info["method"]) == ("STRIPE", "eu", "CARD")
    assert (info["name"], info["custom"]["fields"]) == ({"en": "Card"}, {"note": "d"})
    assert (transaction["type"], transaction["custom"]["fields"]) == ("Charge", {"note": "e"})
    assert set(made) <= set(MyPayment.__struct_encode_fields__)


def test_a_transaction_closes_a_payment_to_its_owner(shop: Client) -> None:
    token = session(shop, "a-1")
    made = shop.create("me/payments", {**DRAFT, "transaction": CHARGE}, token=token)
    assert [each["state"] for each in made["transactions"]] == ["Initial"]
    path = f"me/payments/{made['id']}"
    for action in ({"action": "changeAmountPlanned", "amount": eur(1)}, {"action": "addTransaction", "transaction": CHARGE}):
        error = shop.refused(400, "POST", path, {"version": 1, "actions": [action]}, token=token)
        assert error["code"] == "InvalidOperation"
    assert shop.refused(400, "DELETE", path, token=token, params={"version": 1})["code"] == "InvalidOperation"
    assert shop.get(path, token=token) == made
    shop.update(f"payments/{made['id']}", 1, {"action": "changeAmountPlanned", "amount": eur(1)})
    assert shop.delete(f"payments/{made['id']}", 2)["version"] == 2


def test_a_foreign_payment_is_not_found(shop: Client) -> None:
    mine, hers = session(shop, "a-1"), session(shop, "a-2")
    made = shop.create("me/payments", DRAFT, token=hers)
    for foreign in (made, shop.create("payments", DRAFT)):
        path = f"me/payments/{foreign['id']}"
        change = {"version": 1, "actions": [{"action": "changeAmountPlanned", "amount": eur(1)}]}
        assert shop.refused(404, "GET", path, token=mine)["code"] == "ResourceNotFound"
        assert shop.refused(404, "POST", path, change, token=mine)["code"] == "ResourceNotFound"
        assert shop.refused(404, "DELETE", path, token=mine, params={"version": 1})["code"] == "ResourceNotFound"
        assert shop.send("HEAD", path, token=mine).status_code == 404
        cart = shop.create("me/carts", {"currency": "EUR"}, token=mine)
        error = shop.refused(400, "POST", f"me/carts/{cart['id']}", {"version": 1, "actions": [add(foreign)]}, token=mine)
        assert (error["code"], error["typeId"], error["id"]) == ("ReferencedResourceNotFound", "payment", foreign["id"])
    assert shop.get("me/payments", token=mine)["total"] == 0
    assert shop.get("me/payments", token=hers)["results"] == [made]


def test_a_payment_on_a_cart_of_ones_own(shop: Client) -> None:
    token = session(shop, "a-1")
    info = {"token": {"value": "tok-secret"}}
    payment = shop.create("me/payments", {**DRAFT, "paymentMethodInfo": info}, token=token)
    cart = shop.create("me/carts", {"currency": "EUR"}, token=token)
    path = f"me/carts/{cart['id']}"
    held = shop.update(path, 1, add(payment), token=token)
    assert held["paymentInfo"] == {"payments": [{"typeId": "payment", "id": payment["id"]}]}
    expanded = shop.get(path, token=token, params={"expand": "paymentInfo.payments[*]"})
    assert expanded["paymentInfo"]["payments"][0]["obj"]["paymentMethodInfo"] == {"token": {"value": "****"}}
    in_use(shop, f"carts/{shop.create('carts', {'currency': 'EUR'})['id']}", payment)
    remove = {**add(payment), "action": "removePayment"}
    assert "paymentInfo" not in shop.update(path, held["version"], remove, token=token)


def test_a_customers_own_payments(shop: Client) -> None:
    ada, token = signed_in(shop, "ada@example.com")
    customer = {"typeId": "customer", "id": ada}
    made = shop.create("me/payments", {**DRAFT, "anonymousId": "a-1"}, token=token)
    assert (made["customer"], "anonymousId" in made) == (customer, False)
    given = shop.create("payments", {**DRAFT, "customer": customer})
    free = shop.create("payments", DRAFT)
    assert shop.send("HEAD", f"me/payments/{free['id']}", token=token).status_code == 404
    taken = shop.update(f"payments/{free['id']}", 1, {"action": "setCustomer", "customer": customer})
    assert taken["customer"] == customer
    hers = [each["id"] for each in shop.get("me/payments", token=token, params={"sort": "id asc"})["results"]]
    assert hers == sorted([made["id"], given["id"], free["id"]])
    found = shop.get("payments", params={"where": f'customer(id = "{ada}")', "expand": "customer", "sort": "id asc"})["results"]
    assert [(each["id"], each["customer"]["obj"]["email"]) for each in found] == [(id, "ada@example.com") for id in hers]
    absent = {"typeId": "customer", "id": "0f8fad5b-d9cb-469f-a165-70867728950e"}
    for path, body in (
        ("payments", {**DRAFT, "customer": absent}),
        (f"payments/{free['id']}", {"version": 2, "actions": [{"action": "setCustomer", "customer": absent}]}),
    ):
        assert shop.refused(400, "POST", path, body)["code"] == "ReferencedResourceNotFound"
