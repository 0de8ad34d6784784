"""The movements of money that a payment service told of."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from orderwright.domain.custom.rows import Row, custom_field_rows
from orderwright.domain.laws.distinct import check_distinct
from orderwright.domain.laws.parts import instead
from orderwright.domain.laws.telling import new_value
from orderwright.domain.payment.actions.registry import actions
from orderwright.domain.payment.create import with_transactions
from orderwright.domain.payment.drafts import TransactionDraft
from orderwright.domain.payment.messages import (
    PaymentTransactionAdded,
    PaymentTransactionInterfaceIdSet,
    PaymentTransactionStateChanged,
)
from orderwright.domain.payment.model import Payment, Transaction, TransactionState
from orderwright.engine.actions import Change, setter
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action
from orderwright.engine.parts import Part
from orderwright.engine.scalars import DateTime, Id, Text
from orderwright.errors import invalid_operation


class OnTransaction(Action):
    """The transaction, by its id."""

    transaction_id: Id


class AddTransaction(Action):
    """A movement of money, behind the others."""

    transaction: TransactionDraft


class ChangeTransactionState(OnTransaction):
    """How far it has come; any state may follow any other."""

    state: TransactionState


class ChangeTransactionTimestamp(OnTransaction):
    """When it took place."""

    timestamp: DateTime


class ChangeTransactionInteractionId(OnTransaction):
    """Under which name the payment service manages it."""

    interaction_id: Text


class SetTransactionInterfaceId(OnTransaction):
    """What the payment service calls it, unique among all transactions; left out, it is removed."""

    interface_id: Text | None = None


def named_transaction(payment: Payment, action: OnTransaction) -> Transaction:
    """The transaction that an action names. Raises `InvalidOperation`."""
    for transaction in payment.transactions:
        if transaction.id == action.transaction_id.lower():
            return transaction
    raise invalid_operation(f"The payment has no transaction '{action.transaction_id}'.")


def with_transaction(payment: Payment, old: Transaction, new: Transaction) -> Payment:
    """The payment with one of its transactions changed, in its place."""
    return replace(payment, transactions=instead(payment.transactions, old, new))


TRANSACTION: Final = Part(
    named_transaction, with_transaction, OnTransaction, lambda _payment, transaction: {"transaction_id": transaction.id}
)
custom_field_rows(actions, Row("Transaction", "transaction", TRANSACTION))
actions.add(ChangeTransactionState, setter("state", new_value(PaymentTransactionStateChanged, "state"), at=TRANSACTION))
actions.add(ChangeTransactionTimestamp, setter("timestamp", at=TRANSACTION))
actions.add(ChangeTransactionInteractionId, setter("interaction_id", at=TRANSACTION))


@actions.handles
def add_transaction(payment: Payment, action: AddTransaction, facts: Facts) -> Change[Payment]:
    """Raises `DuplicateField` for an interface id that another transaction has, and what custom fields raise."""
    after = replace(payment, transactions=with_transactions(payment.transactions, (action.transaction,), facts))
    return Change(after, PaymentTransactionAdded(transaction=after.transactions[-1]))


@actions.handles
def set_transaction_interface_id(payment: Payment, action: SetTransactionInterfaceId, _facts: Facts) -> Payment | Change[Payment]:
    """Raises `DuplicateField` for an id that another transaction of the payment has; the engine's claim, of any other."""
    transaction = named_transaction(payment, action)
    before = transaction.interface_id
    if before == action.interface_id:
        return payment
    after = with_transaction(payment, transaction, replace(transaction, interface_id=action.interface_id))
    check_distinct("interfaceId", (each.interface_id for each in after.transactions))
    told = PaymentTransactionInterfaceIdSet(
        transaction_id=action.transaction_id.lower(), new_interface_id=action.interface_id, old_interface_id=before
    )
    return Change(after, told)
