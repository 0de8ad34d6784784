"""Payments as they are sent."""

from __future__ import annotations

from typing import Literal

from orderwright.domain.amounts.money import Money
from orderwright.domain.custom.fields import CustomFieldsDraft
from orderwright.domain.payment.model import PaymentMethodToken, TransactionState, TransactionType
from orderwright.engine.model import Value
from orderwright.engine.references import CustomerIdentifier, StateIdentifier
from orderwright.engine.scalars import DateTime, Key, LocalizedString, Text


class PaymentMethodInfoDraft(Value):
    """Which payment service, and which way of paying."""

    payment_interface: Text | None = None
    method: Text | None = None
    name: LocalizedString | None = None
    token: PaymentMethodToken | None = None
    interface_account: Text | None = None
    custom: CustomFieldsDraft | None = None


class PaymentStatusDraft(Value):
    """The state of the whole payment."""

    interface_code: Text | None = None
    interface_text: Text | None = None
    state: StateIdentifier | None = None


class MyTransactionDraft(Value):
    """A movement of money as its owner tells it: it begins as `Initial`, and takes money rather than giving it back."""

    timestamp: DateTime | None = None
    type: Literal["Authorization", "Charge"]
    amount: Money
    interaction_id: Text | None = None
    custom: CustomFieldsDraft | None = None
    interface_id: Text | None = None


class TransactionDraft(Value):
    """A movement of money; `state` is `Initial` unless it is given."""

    timestamp: DateTime | None = None
    type: TransactionType
    amount: Money
    interaction_id: Text | None = None
    state: TransactionState = "Initial"
    custom: CustomFieldsDraft | None = None
    interface_id: Text | None = None


class PaymentDraft(Value):
    """A payment. It belongs to a customer or to an anonymous session, or to nobody."""

    key: Key | None = None
    customer: CustomerIdentifier | None = None
    anonymous_id: Text | None = None
    external_id: Text | None = None
    interface_id: Text | None = None
    amount_planned: Money
    amount_authorized: Money | None = None
    authorized_until: Text | None = None
    amount_paid: Money | None = None
    amount_refunded: Money | None = None
    payment_method_info: PaymentMethodInfoDraft | None = None
    payment_status: PaymentStatusDraft | None = None
    transactions: tuple[TransactionDraft, ...] = ()
    interface_interactions: tuple[CustomFieldsDraft, ...] = ()
    custom: CustomFieldsDraft | None = None


class MyPaymentDraft(Value):
    """A payment of the caller's own."""

    amount_planned: Money
    payment_method_info: PaymentMethodInfoDraft | None = None
    custom: CustomFieldsDraft | None = None
    transaction: MyTransactionDraft | None = None
