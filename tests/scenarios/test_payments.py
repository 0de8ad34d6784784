"""Payments over HTTP: every operation and action, and one order or active cart for each payment."""

from __future__ import annotations

from typing import Any

from live import Client
from shop_setup import by_key, cart_draft, eur, open_shop, order_draft

KINDS = ["payment", "payment-method-info", "transaction", "payment-interface-interaction", "order"]
DRAFT = {"amountPlanned": eur(1999)}


def note(text: str) -> dict[str, Any]:
    """Custom fields."""
    return {"type": by_key("type", "extra"), "fields": {"note": text}}


def extra(shop: Client) -> None:
    """The Type of `note`."""
    field = {"name": "note", "type": {"name": "String"}, "label": {"en": "Note"}, "required": False}
    shop.create("types", {"key": "extra", "name": {"en": "Extra"}, "resourceTypeIds": KINDS, "fieldDefinitions": [field]})


def step(shop: Client, path: str, **action: Any) -> Any:
    """One action on the resource at its present version; the answer is what is stored."""
    after = shop.update(path, shop.get(path)["version"], action)
    assert shop.get(path) == after
    return after


def kinds(shop: Client, id: str) -> list[str]:
    """The types of a resource's Messages, in their order."""
    where = {"where": f'resource(id = "{id}")', "sort": "sequenceNumber asc", "limit": 500}
    return [message["type"] for message in shop.get("messages", params=where)["results"]]


def test_every_operation(shop: Client) -> None:
    made = shop.create("payments", {**DRAFT, "key": "p-1", "anonymousId": "a-1"})
    by_id = f"payments/{made['id']}"
    assert shop.get(by_id) == shop.get("payments/key=p-1") == made
    page = shop.get("payments", params={"where": 'anonymousId = "a-1" and amountPlanned(centAmount > 1998)'})
    assert (page["total"], page["results"]) == (1, [made])
    assert shop.get("payments", params={"where": 'customer(id = "x")'})["total"] == 0
    for path, status in (("payments", 200), (by_id, 200), ("payments/key=p-1", 200), ("payments/key=p-2", 404)):
        assert shop.send("HEAD", path).status_code == status
    error = shop.refused(400, "POST", "payments", {**DRAFT, "key": "p-1"})
    assert (error["code"], error["field"]) == ("DuplicateField", "key")
    assert error["conflictingResource"] == {"typeId": "payment", "id": made["id"]}
    moved = shop.update("payments/key=p-1", 1, {"action": "setKey", "key": "p-2"})
    assert shop.delete("payments/key=p-2", moved["version"]) == moved
    other = shop.create("payments", DRAFT)
    assert shop.delete(f"payments/{other['id']}", 1) == other
    assert kinds(shop, made["id"]) == ["PaymentCreated"]


def test_every_action(shop: Client) -> None:
    extra(shop)
    shop.create("states", {"key": "open", "type": "PaymentState", "initial": True})
    made = shop.create("payments", {**DRAFT, "transactions": [{"type": "Authorization", "amount": eur(1999)}]})
    path, one = f"payments/{made['id']}", made["transactions"][0]["id"]
    assert step(shop, path, action="setKey", key="p-1")["key"] == "p-1"
    assert step(shop, path, action="setExternalId", externalId="e")["externalId"] == "e"
    assert step(shop, path, action="setInterfaceId", interfaceId="789011")["interfaceId"] == "789011"
    assert step(shop, path, action="setAnonymousId", anonymousId="a-1")["anonymousId"] == "a-1"
    assert step(shop, path, action="setCustomer")["anonymousId"] == "a-1"
    assert step(shop, path, action="changeAmountPlanned", amount=eur(2000))["amountPlanned"]["centAmount"] == 2000
    until = "2030-01-01T00:00:00.000Z"
    assert step(shop, path, action="setAuthorization", amount=eur(7), until=until)["authorizedUntil"] == until
    assert step(shop, path, action="setAmountPaid", amount=eur(8))["amountPaid"]["centAmount"] == 8
    assert step(shop, path, action="setAmountRefunded", amount=eur(9))["amountRefunded"]["centAmount"] == 9
    assert step(shop, path, action="setStatusInterfaceCode", interfaceCode="c")["paymentStatus"] == {"interfaceCode": "c"}
    assert step(shop, path, action="setStatusInterfaceText", interfaceText="t")["paymentStatus"]["interfaceText"] == "t"
    state = step(shop, path, action="transitionState", state=by_key("state", "open"))["paymentStatus"]["state"]
    assert shop.get("states/key=open")["id"] == state["id"]
    for action, field, value in (
        ("Interface", "interface", "STRIPE"),
        ("Method", "method", "CARD"),
        ("Name", "name", {"en": "Card"}),
        ("Token", "token", {"value": "tok-1"}),
        ("InterfaceAccount", "interfaceAccount", "eu"),
    ):
        info = step(shop, path, action=f"setMethodInfo{action}", **{field: value})["paymentMethodInfo"]
        assert info["paymentInterface" if field == "interface" else field] == value
    assert step(shop, path, action="setMethodInfo", method="DEBIT")["paymentMethodInfo"]["method"] == "DEBIT"
    for name in ("MethodInfo", ""):
        step(shop, path, action=f"set{name}CustomType", **note("a"))
        step(shop, path, action=f"set{name}CustomField", name="note", value="b")
    step(shop, path, action="setTransactionCustomType", transactionId=one, **note("a"))
    step(shop, path, action="setTransactionCustomField", transactionId=one, name="note", value="b")
    step(shop, path, action="changeTransactionState", transactionId=one, state="Success")
    step(shop, path, action="changeTransactionTimestamp", transactionId=one, timestamp="2024-05-01T10:00:00.000Z")
    step(shop, path, action="changeTransactionInteractionId", transactionId=one, interactionId="i-1")
    step(shop, path, action="setTransactionInterfaceId", transactionId=one, interfaceId="t-1")
    last = step(shop, path, action="addTransaction", transaction={"type": "Charge", "amount": eur(1999), "state": "Pending"})
    last = step(shop, path, action="addInterfaceInteraction", **note("asked"))
    transaction = last["transactions"][0]
    assert {name: transaction[name] for name in ("state", "timestamp", "interactionId", "interfaceId")} == {
        "state": "Success", "timestamp": "2024-05-01T10:00:00.000Z", "interactionId": "i-1", "interfaceId": "t-1",
    }  # fmt: skip
    customs = (last["custom"], last["paymentMethodInfo"]["custom"], transaction["custom"], *last["interfaceInteractions"])
    assert [each["fields"]["note"] for each in customs] == ["b", "b", "b", "asked"]
    assert kinds(shop, made["id"]) == [
        "PaymentCreated", "PaymentInterfaceIdSet", "PaymentStatusInterfaceCodeSet", "PaymentStatusStateTransition",
        "PaymentMethodInfoInterfaceSet", "PaymentMethodInfoMethodSet", "PaymentMethodInfoNameSet",
        "PaymentMethodInfoTokenSet", "PaymentMethodInfoInterfaceAccountSet", "PaymentMethodInfoMethodSet",
        "PaymentMethodInfoCustomTypeSet", "PaymentMethodInfoCustomFieldChanged", "PaymentTransactionStateChanged",
        "PaymentTransactionInterfaceIdSet", "PaymentTransactionAdded", "PaymentInteractionAdded",
    ]  # fmt: skip
    assert shop.refused(400, "DELETE", "types/key=extra", params={"version": 1})["code"] == "ReferenceExists"


def test_a_token_is_shown_to_nobody_but_who_manages_payments(shop: Client) -> None:
    made = shop.create("payments", {**DRAFT, "paymentMethodInfo": {"token": {"value": "tok-secret"}}})
    assert made["paymentMethodInfo"]["token"] == {"value": "tok-secret"}
    step(shop, f"payments/{made['id']}", action="setMethodInfoToken", token={"value": "tok-secret-2"})
    cart = shop.create("carts", {"currency": "EUR"})
    payment = {"typeId": "payment", "id": made["id"]}
    added = shop.update(f"carts/{cart['id']}", 1, {"action": "addPayment", "payment": payment})
    expanded = shop.get(f"carts/{cart['id']}", params={"expand": "paymentInfo.payments[*]"})
    obj = expanded["paymentInfo"]["payments"][0].pop("obj")
    assert expanded == added
    assert (obj["id"], obj["paymentMethodInfo"]["token"]) == (made["id"], {"value": "****"})
    messages = shop.send("GET", "messages", params={"limit": 500})
    assert "PaymentMethodInfoTokenSet" in messages.text
    assert "tok-secret" not in messages.text


def test_what_a_payment_service_calls_a_payment_is_unique(shop: Client) -> None:
    named = {**DRAFT, "interfaceId": "i-1", "paymentMethodInfo": {"paymentInterface": "STRIPE"}}
    first = shop.create("payments", named)
    error = shop.refused(400, "POST", "payments", named)
    assert (error["code"], error["duplicateValue"]) == ("DuplicateField", "i-1")
    assert error["conflictingResource"] == {"typeId": "payment", "id": first["id"]}
    shop.create("payments", {**named, "paymentMethodInfo": {"paymentInterface": "ADYEN"}})
    bare = shop.create("payments", {**DRAFT, "interfaceId": "i-1"})
    interface = {"version": 1, "actions": [{"action": "setMethodInfoInterface", "interface": "STRIPE"}]}
    assert shop.refused(400, "POST", f"payments/{bare['id']}", interface)["code"] == "DuplicateField"
    transaction = {"type": "Charge", "amount": eur(1), "interfaceId": "t-1"}
    shop.create("payments", {**DRAFT, "transactions": [transaction]})
    assert shop.refused(400, "POST", "payments", {**DRAFT, "transactions": [transaction]})["code"] == "DuplicateField"
    shop.delete(f"payments/{first['id']}", 1)
    shop.create("payments", named)


def add(payment: dict[str, Any]) -> dict[str, Any]:
    return {"action": "addPayment", "payment": {"typeId": "payment", "id": payment["id"]}}


def remove(payment: dict[str, Any]) -> dict[str, Any]:
    return {**add(payment), "action": "removePayment"}


def in_use(shop: Client, path: str, payment: dict[str, Any]) -> None:
    """The resource can not have the payment."""
    before = shop.get(path)
    error = shop.refused(400, "POST", path, {"version": before["version"], "actions": [add(payment)]})
    message = f"The payment '{payment['id']}' is already assigned to another order or active cart."
    assert (error["code"], error["message"]) == ("InvalidOperation", message)
    assert shop.get(path) == before


def test_a_payment_belongs_to_one_cart_and_then_to_its_order(shop: Client) -> None:
    open_shop(shop)
    payment, more = shop.create("payments", {**DRAFT, "key": "p-1"}), shop.create("payments", DRAFT)
    reference, another = ({"typeId": "payment", "id": each["id"]} for each in (payment, more))
    cart, other = (shop.create("carts", cart_draft(("mug", 1))) for _ in range(2))
    path, elsewhere = f"carts/{cart['id']}", f"carts/{other['id']}"
    by_name = {"action": "addPayment", "payment": by_key("payment", "p-1")}
    added = shop.update(path, 1, by_name, add(more))
    assert added["paymentInfo"] == {"payments": [reference, another]}
    # Once more changes nothing.
    assert shop.update(path, added["version"], by_name) == added
    in_use(shop, elsewhere, payment)
    left = shop.update(path, added["version"], remove(payment))
    assert left["paymentInfo"] == {"payments": [another]}
    taken = shop.update(elsewhere, 1, add(payment))
    in_use(shop, path, payment)
    freed = shop.update(elsewhere, taken["version"], {"action": "removePayment", "payment": by_key("payment", "p-1")})
    assert "paymentInfo" not in freed
    full = shop.update(path, left["version"], add(payment))

    shop.create("orders", order_draft(shop.create("carts", cart_draft(("tea", 1))), orderNumber="N-1"))
    taken = shop.refused(400, "POST", "orders", order_draft(full, orderNumber="N-1"))
    assert (taken["code"], taken["field"]) == ("DuplicateField", "orderNumber")
    in_use(shop, elsewhere, payment)
    order = shop.create("orders", order_draft(full))
    assert order["paymentInfo"] == full["paymentInfo"] == {"payments": [another, reference]}
    in_use(shop, elsewhere, payment)
    # The cart was ordered: what it keeps naming is the order's now, also once the cart is gone.
    ordered = shop.get(path)
    assert (ordered["cartState"], ordered["paymentInfo"]) == ("Ordered", order["paymentInfo"])
    shop.delete(path, ordered["version"])
    in_use(shop, elsewhere, payment)

    place = f"orders/{order['id']}"
    fewer = shop.update(place, order["version"], remove(more))
    assert fewer["paymentInfo"] == {"payments": [reference]}
    none = shop.update(place, fewer["version"], remove(payment))
    assert "paymentInfo" not in none
    refused = shop.refused(400, "POST", place, {"version": none["version"], "actions": [remove(payment)]})
    assert refused["code"] == "InvalidOperation"
    back = shop.update(place, none["version"], add(payment))
    told = shop.get("messages", params={"where": f'resource(id = "{order["id"]}")', "sort": "sequenceNumber asc"})["results"]
    kept = ("type", "paymentRef", "removedPaymentInfo")
    assert [{name: each[name] for name in kept if name in each} for each in told[1:]] == [
        {"type": "OrderPaymentRemoved", "paymentRef": another, "removedPaymentInfo": False},
        {"type": "OrderPaymentRemoved", "paymentRef": reference, "removedPaymentInfo": True},
        {"type": "OrderPaymentAdded", "paymentRef": reference},
    ]
    shop.delete(place, back["version"])
    shop.update(elsewhere, shop.get(elsewhere)["version"], add(payment))


def test_a_payment_is_free_again_when_its_cart_is_deleted(shop: Client) -> None:
    payment = shop.create("payments", DRAFT)
    first, second = (shop.create("carts", {"currency": "EUR"}) for _ in range(2))
    held = shop.update(f"carts/{first['id']}", 1, add(payment))
    in_use(shop, f"carts/{second['id']}", payment)
    shop.delete(f"carts/{first['id']}", held["version"])
    taken = shop.update(f"carts/{second['id']}", 1, add(payment))
    copied = shop.create("carts/replicate", {"reference": {"typeId": "cart", "id": second["id"]}})
    assert "paymentInfo" not in copied
    # A payment that is gone can still be taken off by its id.
    shop.delete(f"payments/{payment['id']}", 1)
    assert "paymentInfo" not in shop.update(f"carts/{second['id']}", taken["version"], remove(payment))
    absent = shop.refused(400, "POST", f"carts/{second['id']}", {"version": 3, "actions": [add(payment)]})
    assert (absent["code"], absent["typeId"], absent["id"]) == ("ReferencedResourceNotFound", "payment", payment["id"])


def test_an_id_in_capitals_names_the_same(shop: Client) -> None:
    """Everything that is stored has the one spelling that claims, owners and predicates know."""
    payment = shop.create("payments", {"amountPlanned": eur(100)})["id"]
    ada = shop.create("customers", {"email": "ada@example.com", "password": "secret"})["customer"]["id"]
    item = {"name": {"en": "Old"}, "slug": "old", "quantity": 1, "money": eur(10)}
    draft = {"totalPrice": eur(10), "customLineItems": [item], "customerId": ada.upper()}
    twice = [{"typeId": "payment", "id": payment.upper()}, {"typeId": "payment", "id": payment}]
    order = shop.create("orders/import", {**draft, "paymentInfo": {"payments": twice}})
    assert (order["customerId"], order["paymentInfo"]) == (ada, {"payments": [{"typeId": "payment", "id": payment}]})
    again = {**draft, "paymentInfo": {"payments": twice[:1]}}
    assert shop.refused(400, "POST", "orders/import", again)["code"] == "InvalidOperation"
    remove = {"action": "removePayment", "payment": {"typeId": "payment", "id": payment.upper()}}
    assert "paymentInfo" not in shop.update(f"orders/{order['id']}", 1, remove)
    cart = shop.create("carts", {"currency": "EUR", "customerId": ada.upper()})
    assert shop.get(f"carts/customer-id={ada}")["id"] == cart["id"]
    state = shop.create("states", {"key": "packed", "type": "OrderState", "initial": True})["id"]
    moving = {"action": "transitionState", "state": {"typeId": "state", "id": state.upper()}}
    assert shop.update(f"orders/{order['id']}", 2, moving)["state"]["id"] == state
