"""What a payment tells the world. A token is masked in all of it."""

from __future__ import annotations

from orderwright.domain.custom.fields import CustomFields
from orderwright.domain.custom.messages import custom_messages
from orderwright.domain.payment.model import Payment, PaymentMethodToken, Transaction, TransactionState
from orderwright.engine.messages import Message
from orderwright.engine.model import Reference, always
from orderwright.engine.scalars import Id, LocalizedString


class PaymentCreated(Message):
    """A payment was made."""

    payment: Payment


class PaymentInteractionAdded(Message):
    """What was said to the payment service, or by it."""

    interaction: CustomFields


class PaymentInterfaceIdSet(Message):
    """What the payment service calls the payment."""

    interface_id: str | None = None
    old_interface_id: str | None = None


class PaymentStatusInterfaceCodeSet(Message):
    """The status in the payment service's words; absent when it was removed."""

    payment_id: Id
    interface_code: str | None = None


class PaymentStatusStateTransition(Message):
    """The status in the project's own workflow, and whether its rules were passed over."""

    state: Reference
    force: bool = always(False)


class PaymentTransactionAdded(Message):
    """A transaction."""

    transaction: Transaction


class PaymentTransactionStateChanged(Message):
    """How far a transaction has come."""

    transaction_id: Id
    state: TransactionState


class PaymentTransactionInterfaceIdSet(Message):
    """What the payment service calls a transaction now and called it before."""

    transaction_id: Id
    new_interface_id: str | None = None
    old_interface_id: str | None = None


class PaymentMethodInfoInterfaceSet(Message):
    """The payment service."""

    interface: str | None = None
    old_interface: str | None = None


class PaymentMethodInfoMethodSet(Message):
    """The way of paying."""

    method: str | None = None
    old_method: str | None = None


class PaymentMethodInfoNameSet(Message):
    """What the way of paying is called."""

    name: LocalizedString | None = None
    old_name: LocalizedString | None = None


class PaymentMethodInfoTokenSet(Message):
    """That there is another token, and whether there was one; both masked."""

    token: PaymentMethodToken | None = None
    old_token: PaymentMethodToken | None = None


class PaymentMethodInfoInterfaceAccountSet(Message):
    """The account with the payment service."""

    interface_account: str | None = None
    old_interface_account: str | None = None


METHOD_INFO_CUSTOM = custom_messages("PaymentMethodInfo", before="old")
