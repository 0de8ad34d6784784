"""Payments as functions: what a draft makes, what each action does and tells, and what is refused."""

from typing import Any

import msgspec
import pytest

from domain.changes import changed, holds_to_specification, made, not_made, refused, shown, told
from domain.facts import PROJECT, facts, uid
from domain.payment.notes import BORN, EXTRA, eur, note, stored_note, typed_eur
from orderwright.domain.payment.model import MASK, Payment
from orderwright.domain.payment.resource import MINE, RESOURCE
from orderwright.domain.shop.state.model import State
from orderwright.engine.facts import Catalogue, Facts
from orderwright.engine.json.codec import encode
from orderwright.engine.model import Reference, Resource
from orderwright.engine.references import Wanted


def state(number: int, key: str, *, initial: bool, to: tuple[int, ...] | None, type: Any = "PaymentState") -> State:
    transitions = None if to is None else tuple(Reference(type_id="state", id=uid(each)) for each in to)
    return State(id=uid(number), key=key, type=type, initial=initial, built_in=False, transitions=transitions, **BORN)


STATES = (
    state(41, "open", initial=True, to=(42,)),
    state(42, "paid", initial=False, to=()),
    state(43, "lost", initial=False, to=None),
    state(44, "shipped", initial=True, to=None, type="OrderState"),
)
ADA = Resource(id=uid(60), **BORN)


def known(first_id: int = 1000) -> Facts:
    """The project with a Type, the states and a customer."""
    rules = Catalogue(1, [("project", PROJECT), ("type", EXTRA), *(("state", each) for each in STATES)])
    return facts(
        rules, first_id=first_id, found=[(Wanted("customer", "id", ADA.id), ADA), (Wanted("customer", "key", "ada"), ADA)]
    )


def payment(**draft: Any) -> Payment:
    result: Payment = made(RESOURCE, {"amountPlanned": eur(1999), **draft}, known(500))
    return result


def after(document: Payment, *actions: dict[str, Any]) -> Any:
    """The payment after actions, as JSON."""
    return shown(changed(RESOURCE, document, *actions, facts=known()))


def messages(document: Payment, *actions: dict[str, Any]) -> list[dict[str, Any]]:
    return [msgspec.json.decode(encode(each)) for each in told(RESOURCE, document, *actions, facts=known())[1]]


FULL = {
    "key": "p-1",
    "customer": {"typeId": "customer", "key": "ada"},
    "externalId": "erp-1",
    "interfaceId": "789011",
    "amountAuthorized": eur(1999),
    "authorizedUntil": "2024-06-01T00:00:00.000Z",
    "amountPaid": eur(500),
    "amountRefunded": {**eur(0), "type": "highPrecision", "preciseAmount": 123, "fractionDigits": 4, "centAmount": 1},
    "paymentMethodInfo": {
        "paymentInterface": "STRIPE", "method": "CREDIT_CARD", "name": {"en": "Card"}, "token": {"value": "tok-secret"},
        "interfaceAccount": "eu", "custom": note("m"),
    },
    "paymentStatus": {"interfaceCode": "10", "interfaceText": "fine", "state": {"typeId": "state", "key": "open"}},
    "transactions": [
        {"type": "Authorization", "amount": eur(1999), "timestamp": "2024-05-01T09:00:00Z", "interactionId": "i-1",
         "interfaceId": "t-1", "state": "Success", "custom": note("t")},
        {"type": "Charge", "amount": eur(500)},
    ],
    "interfaceInteractions": [note("asked"), note("answered")],
    "custom": note("p"),
}  # fmt: skip


def test_a_draft_with_everything() -> None:
    document = payment(**FULL)
    holds_to_specification("Payment", document)
    found = shown(document)
    assert (found["key"], found["customer"], found["interfaceId"]) == ("p-1", {"typeId": "customer", "id": uid(60)}, "789011")
    assert found["amountPlanned"] == found["amountAuthorized"] == typed_eur(1999)
    assert found["amountRefunded"] == {
        "type": "highPrecision", "currencyCode": "EUR", "centAmount": 1, "preciseAmount": 123, "fractionDigits": 4,
    }  # fmt: skip
    assert found["paymentMethodInfo"] == {**FULL["paymentMethodInfo"], "custom": stored_note("m")}  # type: ignore[dict-item]  # a dict
    state = {"typeId": "state", "id": uid(41)}
    assert found["paymentStatus"] == {"interfaceCode": "10", "interfaceText": "fine", "state": state}
    first, second = found["transactions"]
    assert first == {
        "id": first["id"], "type": "Authorization", "amount": typed_eur(1999), "timestamp": "2024-05-01T09:00:00.000Z",
        "interactionId": "i-1", "interfaceId": "t-1", "state": "Success", "custom": stored_note("t"),
    }  # fmt: skip
    assert second == {"id": second["id"], "type": "Charge", "amount": typed_eur(500), "state": "Initial"}
    assert first["id"] != second["id"]
    assert found["interfaceInteractions"] == [stored_note("asked"), stored_note("answered")]
    assert found["custom"] == stored_note("p")


def test_a_draft_with_an_amount_only() -> None:
    document = payment()
    holds_to_specification("Payment", document)
    born = ("id", "version", "createdAt", "lastModifiedAt")
    assert {name: value for name, value in shown(document).items() if name not in born} == {
        "amountPlanned": typed_eur(1999), "paymentMethodInfo": {}, "paymentStatus": {}, "transactions": [],
        "interfaceInteractions": [],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("draft", "code"),
    [
        ({"customer": {"id": uid(60)}, "anonymousId": "a-1"}, "InvalidOperation"),
        ({"customer": {"id": uid(61)}}, "ReferencedResourceNotFound"),
        ({"amountPlanned": {**eur(1), "type": "highPrecision", "preciseAmount": 123, "fractionDigits": 4}}, "InvalidField"),
        ({"amountPlanned": {"currencyCode": "XXQ", "centAmount": 1}}, "InvalidField"),
        ({"transactions": [{"type": "Charge", "amount": {"currencyCode": "EUR"}}]}, "RequiredField"),
        ({"transactions": [{"type": "Charge", "amount": eur(1), "interfaceId": "same"}] * 2}, "DuplicateField"),
        ({"paymentStatus": {"state": {"key": "paid"}}}, "InvalidOperation"),
        ({"paymentStatus": {"state": {"key": "shipped"}}}, "InvalidOperation"),
        ({"paymentStatus": {"state": {"key": "absent"}}}, "ReferencedResourceNotFound"),
        ({"custom": {"type": {"key": "absent"}}}, "ReferencedResourceNotFound"),
        ({"interfaceInteractions": [{"type": {"key": "extra"}, "fields": {"other": "x"}}]}, "InvalidOperation"),
    ],
)
def test_drafts_that_are_refused(draft: dict[str, Any], code: str) -> None:
    not_made(code, RESOURCE, {"amountPlanned": eur(1999), **draft}, known())


def test_the_owner() -> None:
    ada, nobody = {"typeId": "customer", "id": uid(60)}, payment()
    assert after(nobody, {"action": "setCustomer", "customer": {"key": "ada"}})["customer"] == ada
    session = changed(RESOURCE, nobody, {"action": "setAnonymousId", "anonymousId": "a-1"}, facts=known())
    assert session.anonymous_id == "a-1"
    taken = changed(RESOURCE, session, {"action": "setCustomer", "customer": {"key": "ada"}}, facts=known())
    assert (shown(taken)["customer"], taken.anonymous_id) == (ada, None)
    refused("InvalidOperation", RESOURCE, taken, {"action": "setAnonymousId", "anonymousId": "a-2"}, facts=known())
    freed = changed(RESOURCE, taken, {"action": "setCustomer"}, facts=known())
    assert (freed.customer, freed.anonymous_id) == (None, None)
    assert changed(RESOURCE, session, {"action": "setCustomer"}, facts=known()).anonymous_id == "a-1"
    assert changed(RESOURCE, session, {"action": "setAnonymousId"}, facts=known()).anonymous_id is None


def test_names_are_set_once() -> None:
    document = payment()
    set_id = {"action": "setInterfaceId", "interfaceId": "789011"}
    assert messages(document, set_id) == [{"type": "PaymentInterfaceIdSet", "interfaceId": "789011"}]
    named = changed(RESOURCE, document, set_id, facts=known())
    assert told(RESOURCE, named, set_id, facts=known()) == (named, [])
    refused("InvalidOperation", RESOURCE, named, {**set_id, "interfaceId": "other"}, facts=known())
    interface = {"action": "setMethodInfoInterface", "interface": "STRIPE"}
    assert messages(document, interface) == [{"type": "PaymentMethodInfoInterfaceSet", "interface": "STRIPE"}]
    served = changed(RESOURCE, document, interface, facts=known())
    assert told(RESOURCE, served, interface, facts=known()) == (served, [])
    refused("InvalidOperation", RESOURCE, served, {**interface, "interface": "ADYEN"}, facts=known())
    refused("InvalidOperation", RESOURCE, served, {"action": "setMethodInfo", "paymentInterface": "ADYEN"}, facts=known())
    assert after(document, {"action": "setKey", "key": "p-2"})["key"] == "p-2"
    assert "key" not in after(payment(key="p-1"), {"action": "setKey"})
    assert after(document, {"action": "setExternalId", "externalId": "e"})["externalId"] == "e"


def test_amounts() -> None:
    document = payment(amountPaid=eur(5), amountRefunded=eur(6), amountAuthorized=eur(7), authorizedUntil="later")
    assert after(document, {"action": "changeAmountPlanned", "amount": eur(2500)})["amountPlanned"] == typed_eur(2500)
    precise = {**eur(1), "type": "highPrecision", "preciseAmount": 123, "fractionDigits": 4}
    refused("InvalidField", RESOURCE, document, {"action": "changeAmountPlanned", "amount": precise}, facts=known())
    until = "2024-06-01T00:00:00.000Z"
    found = after(document, {"action": "setAuthorization", "amount": eur(8), "until": "2024-06-01T02:00:00+02:00"})
    assert (found["amountAuthorized"], found["authorizedUntil"]) == (typed_eur(8), until)
    assert after(document, {"action": "setAuthorization"}).keys().isdisjoint({"amountAuthorized", "authorizedUntil"})
    for name in ("amountPaid", "amountRefunded"):
        action = {"action": f"set{name[:1].upper()}{name[1:]}"}
        assert after(document, {**action, "amount": eur(9)})[name] == typed_eur(9)
        assert name not in after(document, action)


def test_the_status() -> None:
    document = payment()
    code = {"action": "setStatusInterfaceCode", "interfaceCode": "20"}
    assert messages(document, code) == [
        {"type": "PaymentStatusInterfaceCodeSet", "paymentId": document.id, "interfaceCode": "20"}
    ]
    coded = changed(RESOURCE, document, code, facts=known())
    assert messages(coded, code) == []
    assert messages(coded, {"action": "setStatusInterfaceCode"}) == [
        {"type": "PaymentStatusInterfaceCodeSet", "paymentId": document.id}
    ]
    texted = changed(RESOURCE, coded, {"action": "setStatusInterfaceText", "interfaceText": "fine"}, facts=known())
    assert shown(texted)["paymentStatus"] == {"interfaceCode": "20", "interfaceText": "fine"}
    cleared = changed(RESOURCE, texted, {"action": "setStatusInterfaceText", "interfaceText": ""}, facts=known())
    assert shown(cleared)["paymentStatus"] == {"interfaceCode": "20"}


def move(key: str, **more: Any) -> dict[str, Any]:
    return {"action": "transitionState", "state": {"typeId": "state", "key": key}, **more}


def test_the_workflow() -> None:
    document = payment()
    opened = {"typeId": "state", "id": uid(41)}
    assert messages(document, move("open")) == [{"type": "PaymentStatusStateTransition", "state": opened, "force": False}]
    refused("InvalidOperation", RESOURCE, document, move("paid"), facts=known())
    started = changed(RESOURCE, document, move("open"), facts=known())
    assert shown(started)["paymentStatus"] == {"state": opened}
    refused("InvalidOperation", RESOURCE, started, move("lost"), facts=known())
    refused("InvalidOperation", RESOURCE, started, move("shipped", force=True), facts=known())
    lost = {"typeId": "state", "id": uid(43)}
    assert messages(started, move("lost", force=True)) == [{"type": "PaymentStatusStateTransition", "state": lost, "force": True}]
    paid = changed(RESOURCE, started, move("paid"), facts=known())
    assert paid.payment_status.state.id == uid(42)
    refused("InvalidOperation", RESOURCE, paid, move("open"), facts=known())


def test_each_field_of_the_method() -> None:
    document = payment(paymentMethodInfo={"method": "CARD", "token": {"value": "tok-old"}})
    for action, member, value, message in (
        ("setMethodInfoName", "name", {"en": "Card"}, {"type": "PaymentMethodInfoNameSet", "name": {"en": "Card"}}),
        ("setMethodInfoMethod", "method", "DEBIT",
         {"type": "PaymentMethodInfoMethodSet", "method": "DEBIT", "oldMethod": "CARD"}),
        ("setMethodInfoInterfaceAccount", "interfaceAccount", "eu",
         {"type": "PaymentMethodInfoInterfaceAccountSet", "interfaceAccount": "eu"}),
        ("setMethodInfoToken", "token", {"value": "tok-new"},
         {"type": "PaymentMethodInfoTokenSet", "token": {"value": MASK}, "oldToken": {"value": MASK}}),
    ):  # fmt: skip
        sent = {"action": action, member: value}
        assert messages(document, sent) == [message]
        assert after(document, sent)["paymentMethodInfo"][member] == value
        assert messages(changed(RESOURCE, document, sent, facts=known()), sent) == []
        assert member not in after(document, {"action": action})["paymentMethodInfo"]
    assert messages(document, {"action": "setMethodInfoMethod"}) == [{"type": "PaymentMethodInfoMethodSet", "oldMethod": "CARD"}]


def test_the_method_at_once() -> None:
    document = payment(paymentMethodInfo={"method": "CARD", "interfaceAccount": "eu"})
    sent = {
        "action": "setMethodInfo",
        "paymentInterface": "STRIPE",
        "method": "CARD",
        "token": {"value": "tok"},
        "custom": note("m"),
    }
    assert after(document, sent)["paymentMethodInfo"] == {
        "paymentInterface": "STRIPE", "method": "CARD", "token": {"value": "tok"}, "interfaceAccount": "eu",
        "custom": stored_note("m"),
    }  # fmt: skip
    assert messages(document, sent) == [
        {"type": "PaymentMethodInfoInterfaceSet", "interface": "STRIPE"},
        {"type": "PaymentMethodInfoTokenSet", "token": {"value": MASK}},
        {"type": "PaymentMethodInfoCustomTypeSet", "customFields": stored_note("m")},
    ]
    assert messages(changed(RESOURCE, document, sent, facts=known()), sent) == []


def test_custom_fields_of_the_method() -> None:
    set_type = {"action": "setMethodInfoCustomType", **note("a")}
    bare = payment()
    assert messages(bare, set_type) == [{"type": "PaymentMethodInfoCustomTypeSet", "customFields": stored_note("a")}]
    typed = changed(RESOURCE, bare, set_type, facts=known())
    field = {"action": "setMethodInfoCustomField", "name": "note"}
    assert messages(typed, {**field, "value": "b"}) == [
        {"type": "PaymentMethodInfoCustomFieldChanged", "name": "note", "value": "b", "oldValue": "a"}
    ]
    assert messages(typed, field) == [{"type": "PaymentMethodInfoCustomFieldRemoved", "name": "note"}]
    emptied = changed(RESOURCE, typed, field, facts=known())
    assert messages(emptied, {**field, "value": "c"}) == [
        {"type": "PaymentMethodInfoCustomFieldAdded", "name": "note", "value": "c"}
    ]
    refused("InvalidOperation", RESOURCE, emptied, field, facts=known())
    assert messages(typed, {"action": "setMethodInfoCustomType"}) == [
        {"type": "PaymentMethodInfoCustomTypeRemoved", "oldTypeId": uid(30)}
    ]


def test_transactions() -> None:
    document = payment(transactions=[{"type": "Charge", "amount": eur(500), "interfaceId": "t-1"}])
    one = document.transactions[0].id
    draft = {"type": "Refund", "amount": eur(100), "state": "Pending", "interfaceId": "t-2"}
    added = changed(RESOURCE, document, {"action": "addTransaction", "transaction": draft}, facts=known())
    two = added.transactions[1].id
    stored = {"id": two, "type": "Refund", "amount": typed_eur(100), "state": "Pending", "interfaceId": "t-2"}
    assert shown(added)["transactions"][1] == stored
    (message,) = messages(document, {"action": "addTransaction", "transaction": draft})
    assert message == {"type": "PaymentTransactionAdded", "transaction": stored}
    twice = {**draft, "interfaceId": "t-1"}
    refused("DuplicateField", RESOURCE, document, {"action": "addTransaction", "transaction": twice}, facts=known())

    state = {"action": "changeTransactionState", "transactionId": one, "state": "Success"}
    assert messages(added, state) == [{"type": "PaymentTransactionStateChanged", "transactionId": one, "state": "Success"}]
    succeeded = changed(RESOURCE, added, state, facts=known())
    assert [each.state for each in succeeded.transactions] == ["Success", "Pending"]
    assert messages(succeeded, state) == []

    id = {"action": "setTransactionInterfaceId", "transactionId": two, "interfaceId": "t-3"}
    assert messages(added, id) == [
        {"type": "PaymentTransactionInterfaceIdSet", "transactionId": two, "newInterfaceId": "t-3", "oldInterfaceId": "t-2"}
    ]
    assert messages(changed(RESOURCE, added, id, facts=known()), id) == []
    refused("DuplicateField", RESOURCE, added, {**id, "interfaceId": "t-1"}, facts=known())
    cleared = {"action": "setTransactionInterfaceId", "transactionId": two}
    assert "interfaceId" not in after(added, cleared)["transactions"][1]

    at = {"action": "changeTransactionTimestamp", "transactionId": two, "timestamp": "2024-05-02T10:00:00Z"}
    assert after(added, at)["transactions"][1]["timestamp"] == "2024-05-02T10:00:00.000Z"
    name = {"action": "changeTransactionInteractionId", "transactionId": two, "interactionId": "i-9"}
    assert after(added, name)["transactions"][1]["interactionId"] == "i-9"
    set_type = {"action": "setTransactionCustomType", "transactionId": two, **note("t")}
    set_field = {"action": "setTransactionCustomField", "transactionId": two, "name": "note", "value": "u"}
    assert after(added, set_type, set_field)["transactions"][1]["custom"] == stored_note("u")
    assert messages(added, set_type, set_field) == []
    for action in (state, id, at, name, set_type, set_field):
        refused("InvalidOperation", RESOURCE, added, {**action, "transactionId": uid(999)}, facts=known())


def test_interactions_and_custom_fields() -> None:
    document = payment()
    add = {"action": "addInterfaceInteraction", **note("asked")}
    assert messages(document, add) == [{"type": "PaymentInteractionAdded", "interaction": stored_note("asked")}]
    assert after(document, add, add)["interfaceInteractions"] == [stored_note("asked")] * 2
    set_field = {"action": "setCustomField", "name": "note", "value": "q"}
    assert after(document, {"action": "setCustomType", **note("p")}, set_field)["custom"] == stored_note("q")
    refused("InvalidOperation", RESOURCE, document, set_field, facts=known())


def test_what_is_unique() -> None:
    document = payment(**FULL)
    assert RESOURCE.all_claims(document) == {
        ("key", "p-1"), ("interfaceId.STRIPE", "789011"), ("transactions.interfaceId", "t-1"),
    }  # fmt: skip
    assert RESOURCE.all_claims(payment(interfaceId="789011")) == set()
    assert RESOURCE.all_claims(payment(paymentMethodInfo={"paymentInterface": "STRIPE"})) == set()


def test_where_a_token_is_masked() -> None:
    document = payment(**FULL)
    assert RESOURCE.created is not None
    (message,) = [msgspec.json.decode(encode(RESOURCE.created(document)))]
    assert message["payment"]["paymentMethodInfo"]["token"] == {"value": MASK}
    for view in (MINE.shown, RESOURCE.embedded):
        assert msgspec.json.decode(view(encode(document)))["paymentMethodInfo"]["token"] == {"value": MASK}
    assert RESOURCE.shown(encode(document)) == encode(document)
    assert "token" not in msgspec.json.decode(MINE.shown(encode(payment())))["paymentMethodInfo"]
