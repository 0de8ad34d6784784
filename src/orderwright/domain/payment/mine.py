"""My Payments: what an owner may change herself. A payment that has a transaction is closed to her, but for one custom field."""

from __future__ import annotations

from typing import Any, Final

from orderwright.domain.custom.rows import Row, custom_field_rows
from orderwright.domain.payment.actions import actions
from orderwright.domain.payment.actions.transactions import with_transaction
from orderwright.domain.payment.model import Payment, Transaction
from orderwright.engine.actions import ActionSet, Change, Handler
from orderwright.engine.facts import Facts
from orderwright.engine.parts import Part
from orderwright.errors import invalid_operation

WITHOUT_TRANSACTIONS: Final = (
    "addTransaction",
    "changeAmountPlanned",
    "setCustomField",
    "setMethodInfoCustomField",
    "setMethodInfoCustomType",
    "setMethodInfoInterface",
    "setMethodInfoInterfaceAccount",
    "setMethodInfoMethod",
    "setMethodInfoName",
)


def check_untouched(payment: Payment) -> None:
    """Raises `InvalidOperation` for a payment with a transaction: its owner changes and deletes it no more."""
    if payment.transactions:
        raise invalid_operation("The payment has a transaction, so that it can no longer be changed or deleted here.")


def deleted_by_owner(payment: Payment, _facts: Facts) -> Change[Payment]:
    """Its owner deletes a payment. Raises `InvalidOperation` for one with a transaction."""
    check_untouched(payment)
    return Change(payment)


def only_transaction(payment: Payment, _action: Any) -> Transaction:
    """The transaction that the payment was made with. Raises `InvalidOperation` where there is none, or are several."""
    if len(payment.transactions) != 1:
        raise invalid_operation(
            f"The payment has {len(payment.transactions)} transactions; only of a single one can this be set."
        )
    return payment.transactions[0]


def _guarded(handler: Handler) -> Handler:
    def handle(payment: Payment, action: Any, facts: Facts) -> Payment | Change[Any]:
        check_untouched(payment)
        result: Payment | Change[Any] = handler(payment, action, facts)  # type: ignore[assignment]  # this set's model
        return result

    return handle


def _own_actions() -> ActionSet[Payment]:
    rows = ActionSet(Payment, "MyPayment")
    custom_field_rows(rows, Row("Transaction", "transaction", Part(only_transaction, with_transaction)))
    own = rows.only("setTransactionCustomField", name="MyPayment")
    chosen = actions.only(*WITHOUT_TRANSACTIONS, name="MyPayment")
    for action in chosen.types:
        own.add(action, _guarded(chosen.handler(action)))
    return own


MY_ACTIONS: Final = _own_actions()
