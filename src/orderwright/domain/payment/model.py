"""The payment: what somebody is to pay, and what a payment service told of it. Nothing here moves money."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, TypeVar

from msgspec.structs import replace

from orderwright.domain.amounts.money import TypedMoney
from orderwright.domain.custom.fields import CustomFields
from orderwright.engine.model import Reference, Resource, Value, always
from orderwright.engine.references import StateReference
from orderwright.engine.scalars import DateTime, Id, Key, LocalizedString, Text

TransactionType = Literal["Authorization", "CancelAuthorization", "Charge", "Refund", "Chargeback"]
TransactionState = Literal["Initial", "Pending", "Success", "Failure"]
MASK = "****"


class PaymentMethodToken(Value):
    """What the payment service knows the buyer's card or account by; with it money can be taken, so it is shown to few."""

    value: Text


class PaymentMethodInfo(Value):
    """Which payment service, and which way of paying."""

    payment_interface: Text | None = None
    method: Text | None = None
    name: LocalizedString | None = None
    token: PaymentMethodToken | None = None
    interface_account: Text | None = None
    custom: CustomFields | None = None


class PaymentStatus(Value):
    """The state of the whole payment: in the payment service's words, and in a workflow of the project's own."""

    interface_code: Text | None = None
    interface_text: Text | None = None
    state: StateReference | None = None


class Transaction(Value):
    """A movement of money, as the payment service told it."""

    id: Id
    timestamp: DateTime | None = None
    type: TransactionType
    amount: TypedMoney
    interaction_id: Text | None = None
    state: TransactionState
    custom: CustomFields | None = None
    interface_id: Text | None = None


class Payment(Resource):
    """Amounts are in minor units of their own currency; `amount_planned` is in cent precision."""

    key: Key | None = None
    customer: Reference | None = None
    anonymous_id: Text | None = None
    external_id: Text | None = None
    interface_id: Text | None = None
    amount_planned: TypedMoney
    amount_authorized: TypedMoney | None = None
    authorized_until: Text | None = None
    amount_paid: TypedMoney | None = None
    amount_refunded: TypedMoney | None = None
    payment_method_info: PaymentMethodInfo = always(PaymentMethodInfo())
    payment_status: PaymentStatus = always(PaymentStatus())
    transactions: tuple[Transaction, ...] = always(())
    interface_interactions: tuple[CustomFields, ...] = always(())
    custom: CustomFields | None = None


class MyPayment(Value):
    """As much of a payment as its owner sees, the token masked."""

    id: Id
    version: int
    customer: Reference | None = None
    anonymous_id: str | None = None
    amount_planned: TypedMoney
    payment_method_info: PaymentMethodInfo = always(PaymentMethodInfo())
    transactions: tuple[Transaction, ...] = always(())
    custom: CustomFields | None = None


P = TypeVar("P", Payment, MyPayment)


def masked(token: PaymentMethodToken | None) -> PaymentMethodToken | None:
    """The token as those see it who must not use it: a mask in its place, or None where there is none."""
    return None if token is None else PaymentMethodToken(value=MASK)


def with_masked_token(payment: P) -> P:
    """The payment as Messages and its owner see it."""
    info = payment.payment_method_info
    return replace(payment, payment_method_info=replace(info, token=masked(info.token)))


def as_owned(payment: Payment) -> Payment:
    """The payment as its owner sees it inside other documents: by its schema a `Payment`, but with no more than a `MyPayment`
    tells."""
    seen = {name: getattr(payment, name) for name in MyPayment.__struct_fields__}
    return with_masked_token(Payment(created_at=payment.created_at, last_modified_at=payment.last_modified_at, **seen))


def claims(payment: Payment) -> Iterator[tuple[str, str]]:
    """The name of a payment at its payment service, unique with that service, and those of its transactions, unique at all."""
    interface = payment.payment_method_info.payment_interface
    if interface is not None and payment.interface_id is not None:
        yield f"interfaceId.{interface}", payment.interface_id
    for transaction in payment.transactions:
        if transaction.interface_id is not None:
            yield "transactions.interfaceId", transaction.interface_id
