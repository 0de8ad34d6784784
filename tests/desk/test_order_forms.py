"""What each form of an order makes of its fields: pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from orderwright.desk.order.explaining import KINDS, REASONS, why
from orderwright.desk.order.forms import choices
from orderwright.desk.order.forms.fields import MEASURES, SAYINGS, address, money, version, whole
from orderwright.desk.order.forms.table import FORMS, UNKNOWN
from orderwright.desk.order.said import SAID, said
from orderwright.desk.words import texts, words_of
from orderwright.engine.messages import Message
from orderwright.errors import ApiError
from orderwright.resources import RESOURCES

pytestmark = pytest.mark.pure
PARCEL = {"id": "p1", "trackingData": {"trackingId": "T", "carrier": "DHL", "provider": "Hub", "isReturn": True}}
ORDER: dict[str, Any] = {
    "lineItems": [{"id": "l1"}, {"id": "l2"}],
    "customLineItems": [{"id": "c1"}],
    "shippingAddress": {"key": "home", "country": "DE", "city": "Berlin", "custom": {"fields": {}}, "firstName": "Ada"},
    "shippingInfo": {"deliveries": [{"id": "d1", "items": [], "parcels": [PARCEL]}]},
    "shipping": [],
}
PAYMENT = {"amountPlanned": {"currencyCode": "EUR", "centAmount": 1}}


def typed(**fields: str) -> dict[str, tuple[str, ...]]:
    """A form with these fields; two underscores stand for a point."""
    return {name.replace("__", "."): (value,) for name, value in fields.items()}


def made(form: str, about: Any = ORDER, **fields: str) -> list[dict[str, Any]]:
    return list(FORMS[form].actions(typed(**fields), about))


def state(id: str) -> dict[str, str]:
    return {"typeId": "state", "id": id}


def test_each_form_makes_its_actions() -> None:
    """All forms that there are, so that a reader finds here what each does."""
    tracked = {"carrier": "UPS", "trackingId": "1Z"}
    shown = {
        "order-state": made("order-state", state="Confirmed"),
        "shipment-state": made("shipment-state", state="Shipped"),
        "payment-state": made("payment-state", state="Paid"),
        "workflow": made("workflow", state="s1"),
        "items": made("items", to="s2", move__l1__s1="2", move__c1__s1="1", move__l2__s1="", move__l2__s2="0"),
        "deliver": made(
            "deliver", quantity__l1="2", quantity__l2="0", quantity__c1="", key="first", state="Partial",
            parcel__1__carrier="UPS", parcel__1__trackingId="1Z", parcel__3__weightInGram="1250", shipping="express",
        ),
        "parcel": made("parcel", delivery="d1", key="box", heightInMillimeter="10", **tracked),
        "tracking": made("tracking", parcel="p1", **tracked),
        "return": made("return", quantity__l2="1", comment__l2="Chipped", quantity__c1="2", state="Advised", trackingId="R-1"),
        "return-shipment": made("return-shipment", item="r1", state="BackInStock"),
        "return-payment": made("return-payment", item="r1", state="Refunded"),
        "shipping-address": made("shipping-address", country="FR", city=" Lyon ", lastName="Lovelace"),
        "billing-address": made("billing-address", country="FR"),
        "email": made("email", email="ada@example.com"),
        "transaction": made("transaction", PAYMENT, type="Refund", amount="12,5", state="Success", interactionId="X"),
        "transaction-state": made("transaction-state", PAYMENT, transaction="t1", state="Failure"),
    }  # fmt: skip
    units = {"quantity": 1, "fromState": state("s1"), "toState": state("s2")}
    assert shown == {
        "order-state": [{"action": "changeOrderState", "orderState": "Confirmed"}],
        "shipment-state": [{"action": "changeShipmentState", "shipmentState": "Shipped"}],
        "payment-state": [{"action": "changePaymentState", "paymentState": "Paid"}],
        "workflow": [{"action": "transitionState", "state": state("s1")}],
        "items": [
            {"action": "transitionLineItemState", "lineItemId": "l1", **units, "quantity": 2},
            {"action": "transitionCustomLineItemState", "customLineItemId": "c1", **units},
        ],
        "deliver": [
            {
                "action": "addDelivery",
                "deliveryKey": "first",
                "shippingKey": "express",
                "items": [{"id": "l1", "quantity": 2}],
                "parcels": [{"trackingData": tracked}, {"measurements": {"weightInGram": 1250}}],
            },
            {"action": "changeShipmentState", "shipmentState": "Partial"},
        ],
        "parcel": [
            {
                **{"action": "addParcelToDelivery", "deliveryId": "d1", "parcelKey": "box"},
                **{"measurements": {"heightInMillimeter": 10}, "trackingData": tracked},
            }
        ],
        "tracking": [
            {
                **{"action": "setParcelTrackingData", "parcelId": "p1"},
                "trackingData": {"provider": "Hub", "isReturn": True, **tracked},
            }
        ],
        "return": [
            {
                "action": "addReturnInfo",
                "returnTrackingId": "R-1",
                "items": [
                    {"lineItemId": "l2", "quantity": 1, "shipmentState": "Advised", "comment": "Chipped"},
                    {"customLineItemId": "c1", "quantity": 2, "shipmentState": "Advised"},
                ],
            }
        ],
        "return-shipment": [{"action": "setReturnShipmentState", "returnItemId": "r1", "shipmentState": "BackInStock"}],
        "return-payment": [{"action": "setReturnPaymentState", "returnItemId": "r1", "paymentState": "Refunded"}],
        "shipping-address": [
            {
                "action": "setShippingAddress",
                "address": {"key": "home", "custom": {"fields": {}}, "country": "FR", "city": "Lyon", "lastName": "Lovelace"},
            }
        ],
        "billing-address": [{"action": "setBillingAddress", "address": {"country": "FR"}}],
        "email": [{"action": "setCustomerEmail", "email": "ada@example.com"}],
        "transaction": [
            {
                "action": "addTransaction",
                "transaction": {
                    **{"type": "Refund", "amount": {"currencyCode": "EUR", "centAmount": 1250}},
                    **{"state": "Success", "interactionId": "X"},
                },
            }
        ],
        "transaction-state": [{"action": "changeTransactionState", "transactionId": "t1", "state": "Failure"}],
    }
    assert set(shown) == set(FORMS)


def test_what_is_left_empty_is_taken_away() -> None:
    assert made("tracking", parcel="p1", carrier="", trackingId="") == [{"action": "setParcelTrackingData", "parcelId": "p1"}]
    assert made("email", email=" ") == [{"action": "setCustomerEmail"}]
    assert made("shipping-address", city="") == [{"action": "setShippingAddress"}]


@pytest.mark.parametrize(
    ("form", "fields"),
    [
        ("order-state", {"state": "Shipped"}),
        ("order-state", {}),
        ("workflow", {"state": ""}),
        ("items", {"to": "s2", "move__l1__s1": "0"}),
        ("items", {"to": "", "move__l1__s1": "1"}),
        ("items", {"to": "s2", "move__x__s1": "1"}),
        ("deliver", {"quantity__l1": "-1"}),
        ("deliver", {"quantity__l1": "1.5"}),
        ("deliver", {"quantity__l1": "²"}),
        ("deliver", {"quantity__l1": "1" * 16}),
        ("deliver", {"quantity__l1": "0"}),
        ("deliver", {"quantity__l1": "1", "state": "Paid"}),
        ("tracking", {"parcel": "p2", "carrier": "UPS"}),
        ("return", {"quantity__x": "1"}),
        ("return", {"comment__l1": "Chipped"}),
        ("transaction", {"type": "Gift", "amount": "1"}),
        ("transaction", {"type": "Charge", "amount": "1", "state": "Done"}),
        ("transaction", {"type": "Charge", "amount": ""}),
        ("transaction-state", {"transaction": "t1", "state": ""}),
    ],
)
def test_what_can_not_be_meant_is_refused(form: str, fields: dict[str, str]) -> None:
    with pytest.raises(ApiError) as refused:
        made(form, PAYMENT if FORMS[form].about == "payments" else ORDER, **fields)
    assert (refused.value.status, refused.value.code) == (400, "InvalidInput")
    assert refused.value.message in {*SAYINGS, UNKNOWN}
    assert refused.value.message in texts("de")


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("12.34", "EUR", 1234),
        ("12,34", "EUR", 1234),
        ("5", "JPY", 5),
        ("1.234", "KWD", 1234),
        ("-0.01", "EUR", -1),
        ("007", "EUR", 700),
    ],
)
def test_an_amount_is_of_its_currency(amount: str, currency: str, minor: int) -> None:
    assert money(typed(amount=amount), "amount", currency) == {"currencyCode": currency, "centAmount": minor}


@pytest.mark.parametrize(
    ("amount", "currency"),
    [
        ("1.234", "EUR"),
        ("1,250", "EUR"),
        ("1.000", "EUR"),
        ("5.0", "JPY"),
        ("1.5", "JPY"),
        ("1e3", "EUR"),
        ("NaN", "EUR"),
        ("1.234,56", "EUR"),
        ("", "EUR"),
        ("1" * 16, "EUR"),
    ],
)
def test_no_amount_is_guessed(amount: str, currency: str) -> None:
    with pytest.raises(ApiError, match="An amount"):
        money(typed(amount=amount), "amount", currency)


def test_a_version_is_needed() -> None:
    assert version(typed(version="12")) == 12
    for wrong in ({}, {"version": ""}, {"version": "-1"}, {"version": "x"}):
        with pytest.raises(ApiError):
            version(typed(**wrong))
    assert whole(typed(a=""), "a") is None


def test_an_address_keeps_what_is_not_typed() -> None:
    before = {"id": "a", "externalId": "e", "country": "DE", "fax": "1"}
    assert address(typed(country="DE"), before) == {"id": "a", "externalId": "e", "country": "DE"}
    assert address(typed(), before) is None


def workflow(*states: tuple[str, bool, Iterable[str] | None], kind: str = "OrderState") -> dict[str, Any]:
    return {
        id: {"id": id, "key": id, "type": kind, "initial": initial}
        | ({} if leads is None else {"transitions": [{"id": each} for each in leads]})
        for id, initial, leads in states
    }


def test_only_what_may_follow_is_offered() -> None:
    states = workflow(("new", True, ["paid"]), ("paid", False, None), ("gone", False, []))

    def after(held: str | None) -> list[str]:
        return [state["id"] for state in choices.steps(states, held, "OrderState")]

    assert after(None) == ["new"]
    assert after("new") == ["paid"]
    assert after("paid") == ["new", "gone"]
    assert after("gone") == []
    assert after("unknown") == ["new", "paid", "gone"]
    items = workflow(("a", True, ["b"]), ("b", False, ["c"]), ("c", False, []), kind="LineItemState")
    of_item = [{"state": [{"quantity": 1, "state": {"id": id}} for id in held]} for held in (["a"], ["b"])]
    assert [state["id"] for state in choices.item_steps(states | items, of_item)] == ["b", "c"]


@pytest.mark.parametrize(
    ("shipment", "payment", "next_shipment", "next_payment"),
    [
        ("Advised", "NonRefundable", [], []),
        ("Returned", "Initial", ["BackInStock", "Unusable"], ["Refunded", "NotRefunded"]),
        ("BackInStock", "Refunded", [], []),
    ],
)
def test_a_returned_item_goes_only_where_it_may(
    shipment: str, payment: str, next_shipment: list[str], next_payment: list[str]
) -> None:
    item = {"shipmentState": shipment, "paymentState": payment}
    assert choices.after_return(item) == next_shipment
    assert choices.after_refund(item) == next_payment


def test_every_field_has_a_name_in_every_language() -> None:
    known = texts("de")
    labels = [label for _, label in (*choices.ADDRESS, *MEASURES)]
    lines = [line for line, _ in SAID.values()]
    said = (*labels, *lines, *REASONS, *KINDS.values(), *choices.TRANSACTIONS, *choices.TRANSACTION_STATES)
    assert [text for text in said if text not in known] == []


def kinds(kind: type[Message]) -> Iterator[type[Message]]:
    """All Messages there are."""
    for each in kind.__subclasses__():
        yield each
        yield from kinds(each)


def test_every_message_about_an_order_has_a_line() -> None:
    words, whole = ("Order", "Delivery", "Parcel", "Return", "LineItem", "CustomLineItem"), ("Created", "Imported", "Deleted")
    assert RESOURCES  # which have all of them imported
    ours = [kind.__name__ for kind in kinds(Message) if kind.__module__.startswith("orderwright.")]  # other tests make some
    about = {name for name in ours if name.startswith(words)} - {f"Order{end}" for end in whole}
    assert len(about) > 50
    assert about - set(SAID) == set()
    # A line is made of what such a Message has, and of no more.
    message = {"type": "DeliveryItemsUpdated", "items": [{"id": "a", "quantity": 2}, {"id": "b", "quantity": 1}]}
    assert said(message, words_of("en_GB")) == "Units of a delivery set: 3"
    removed = {"type": "OrderCustomFieldRemoved", "name": "gift"}
    assert said(removed, words_of("de_DE")) == "Eigenes Feld entfernt: gift"


def test_a_reason_is_told_in_the_language_of_the_page() -> None:
    german, english = words_of("de_DE"), words_of("en_GB")
    told = "Worked out by the rate and rounded: net of one unit, times 3 (UnitPriceLevel). The others follow from it."
    assert "netto von einem Stück, mal 3" in why(told, german)
    assert why("The price of a unit, times 12.", german) == "Der Preis eines Stücks, mal 12."
    assert why("It is the tier of the class '{x} %s' that the cart is in.", english) == (
        "It is the tier of the class '{x} %s' that the cart is in."
    )
    for told in (*REASONS, "Shipping, added to them.", "Something else."):
        assert why(told, english) == told
