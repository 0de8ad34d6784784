"""A payment at its owner's door: what she sends, sees and may still change."""

from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from domain.changes import changed, made, refused, shown
from domain.facts import PROJECT, facts, uid
from domain.payment.notes import EXTRA, eur, note, stored_note, typed_eur
from live import speccheck
from orderwright.domain.custom.fields import CustomFields
from orderwright.domain.payment.model import Payment, PaymentStatus
from orderwright.domain.payment.resource import MINE
from orderwright.engine.facts import Catalogue, Facts
from orderwright.engine.json.codec import encode
from orderwright.engine.model import Reference
from orderwright.errors import ApiError

CHARGE = {"type": "Charge", "amount": eur(1999)}


def caller(customer_id: str | None = None, anonymous_id: str | None = None) -> Facts:
    """Facts behind the door of an owner."""
    base = facts(Catalogue(1, [("project", PROJECT), ("type", EXTRA)]))
    base.customer_id, base.anonymous_id = customer_id, anonymous_id
    return base


def payment(**draft: Any) -> Payment:
    result: Payment = made(MINE, {"amountPlanned": eur(1999), **draft}, caller(anonymous_id="a-1"))
    return result


def test_the_door_names_the_owner() -> None:
    draft = {"amountPlanned": eur(1999), "customer": {"id": uid(99)}, "anonymousId": "another", "key": "mine"}
    session = made(MINE, draft, caller(anonymous_id="a-1"))
    assert (session.customer, session.anonymous_id, session.key) == (None, "a-1", None)
    customer = made(MINE, draft, caller(customer_id=uid(60)))
    assert (shown(customer)["customer"], customer.anonymous_id) == ({"typeId": "customer", "id": uid(60)}, None)


def test_one_transaction_that_takes_money() -> None:
    transaction = {**CHARGE, "state": "Success", "timestamp": "2015-10-20T08:54:24.000Z", "custom": note("t")}
    document = payment(transaction=transaction)
    (found,) = shown(document)["transactions"]
    # A state is not hers to give: what is not in her draft is passed over, as any unknown field is.
    assert found == {
        "id": found["id"], "type": "Charge", "amount": typed_eur(1999), "state": "Initial",
        "timestamp": "2015-10-20T08:54:24.000Z", "custom": stored_note("t"),
    }  # fmt: skip
    for other in ("Refund", "Chargeback", "CancelAuthorization"):
        with pytest.raises(ApiError) as caught:
            payment(transaction={**CHARGE, "type": other})
        assert caught.value.code == "InvalidJsonInput"


def test_what_she_sees() -> None:
    info = {"paymentInterface": "STRIPE", "token": {"value": "tok-secret"}}
    document = payment(paymentMethodInfo=info, custom=note("p"), transaction=CHARGE)
    found = msgspec.json.decode(MINE.shown(encode(document)))
    assert found == {
        "id": document.id, "version": 1, "anonymousId": "a-1", "amountPlanned": typed_eur(1999),
        "paymentMethodInfo": {"paymentInterface": "STRIPE", "token": {"value": "****"}},
        "transactions": shown(document)["transactions"], "custom": stored_note("p"),
    }  # fmt: skip
    if (checker := speccheck()) is not None:
        assert checker.problems("MyPayment", found) == []


def test_what_she_sees_inside_her_cart() -> None:
    """A whole payment by its schema, which tells no more."""
    info = {"paymentInterface": "STRIPE", "token": {"value": "tok-secret"}}
    document = replace(
        payment(paymentMethodInfo=info, transaction=CHARGE),
        interface_id="psp-1",
        key="of-the-shop",
        payment_status=PaymentStatus(interface_text="doubtful"),
        interface_interactions=(CustomFields(type=Reference(type_id="type", id=uid(7)), fields={}),),
    )
    found = msgspec.json.decode(MINE.embedded(encode(document)))
    times = {name: shown(document)[name] for name in ("createdAt", "lastModifiedAt")}
    assert found == {
        **times, "id": document.id, "version": 1, "anonymousId": "a-1", "amountPlanned": typed_eur(1999),
        "paymentMethodInfo": {"paymentInterface": "STRIPE", "token": {"value": "****"}}, "paymentStatus": {},
        "transactions": shown(document)["transactions"], "interfaceInteractions": [],
    }  # fmt: skip
    if (checker := speccheck()) is not None:
        assert checker.problems("Payment", found) == []


def test_her_actions() -> None:
    bare = payment(custom=note("p"), paymentMethodInfo={"custom": note("m")})
    for action, expected in (
        ({"action": "changeAmountPlanned", "amount": eur(5)}, ("amountPlanned", typed_eur(5))),
        ({"action": "setCustomField", "name": "note", "value": "q"}, ("custom", stored_note("q"))),
        ({"action": "setMethodInfoMethod", "method": "CARD"}, ("method", "CARD")),
        ({"action": "setMethodInfoName", "name": {"en": "Card"}}, ("name", {"en": "Card"})),
        ({"action": "setMethodInfoInterface", "interface": "STRIPE"}, ("paymentInterface", "STRIPE")),
        ({"action": "setMethodInfoInterfaceAccount", "interfaceAccount": "eu"}, ("interfaceAccount", "eu")),
        ({"action": "setMethodInfoCustomField", "name": "note", "value": "n"}, ("method custom", stored_note("n"))),
        ({"action": "setMethodInfoCustomType", **note("o")}, ("method custom", stored_note("o"))),
    ):
        found = shown(changed(MINE, bare, action, facts=caller(anonymous_id="a-1")))
        info = found["paymentMethodInfo"]
        assert {**found, **info, "method custom": info["custom"], "custom": found["custom"]}[expected[0]] == expected[1]
    charged = changed(MINE, bare, {"action": "addTransaction", "transaction": CHARGE}, facts=caller(anonymous_id="a-1"))
    assert [each.type for each in charged.transactions] == ["Charge"]


def test_a_transaction_closes_the_payment_to_her() -> None:
    document = payment(transaction={**CHARGE, "custom": note("t")}, custom=note("p"))
    for action in (
        {"action": "addTransaction", "transaction": CHARGE},
        {"action": "changeAmountPlanned", "amount": eur(5)},
        {"action": "setCustomField", "name": "note", "value": "q"},
        {"action": "setMethodInfoMethod", "method": "CARD"},
    ):
        refused("InvalidOperation", MINE, document, action, facts=caller(anonymous_id="a-1"))
    assert MINE.deleting is not None
    with pytest.raises(ApiError) as caught:
        MINE.deleting(document, caller())
    assert caught.value.code == "InvalidOperation"
    assert MINE.deleting(payment(), caller()).messages == ()
    # The one action on a transaction names none: it means the only one there is.
    field = {"action": "setTransactionCustomField", "name": "note", "value": "u"}
    found = changed(MINE, document, field, facts=caller(anonymous_id="a-1"))
    assert shown(found)["transactions"][0]["custom"] == stored_note("u")
    refused("InvalidOperation", MINE, payment(), field, facts=caller(anonymous_id="a-1"))
