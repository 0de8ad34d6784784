"""A new payment from its draft."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from orderwright.domain.amounts.money import Money, TypedMoney, typed, whole_cents
from orderwright.domain.custom.fields import custom_from
from orderwright.domain.laws.distinct import check_distinct
from orderwright.domain.payment.drafts import (
    MyPaymentDraft,
    MyTransactionDraft,
    PaymentDraft,
    PaymentMethodInfoDraft,
    PaymentStatusDraft,
    TransactionDraft,
)
from orderwright.domain.payment.model import Payment, PaymentMethodInfo, PaymentStatus, Transaction
from orderwright.domain.shop.state.workflow import entered
from orderwright.engine.facts import Facts
from orderwright.engine.model import Reference
from orderwright.errors import invalid_operation


def from_draft(draft: PaymentDraft, facts: Facts) -> Payment:
    """The payment a draft means. Raises `InvalidOperation` for two owners, and what amounts, state and custom fields raise."""
    if draft.customer is not None and draft.anonymous_id is not None:
        raise invalid_operation("A payment belongs to a customer or to an anonymous session, not to both.")
    return _new(
        draft,
        facts,
        key=draft.key,
        customer=facts.reference("customer", draft.customer),
        anonymous_id=draft.anonymous_id,
        external_id=draft.external_id,
        interface_id=draft.interface_id,
        amount_authorized=optional_amount(draft.amount_authorized, "amountAuthorized"),
        authorized_until=draft.authorized_until,
        amount_paid=optional_amount(draft.amount_paid, "amountPaid"),
        amount_refunded=optional_amount(draft.amount_refunded, "amountRefunded"),
        payment_status=_status(draft.payment_status, facts),
        transactions=with_transactions((), draft.transactions, facts),
        interface_interactions=tuple(
            interaction
            for each in draft.interface_interactions
            if (interaction := custom_from(each, "payment-interface-interaction", facts)) is not None
        ),
    )


def from_own_draft(draft: MyPaymentDraft, facts: Facts) -> Payment:
    """The payment of the caller, whom the door names. Raises as `from_draft` does."""
    owner = facts.customer_id
    return _new(
        draft,
        facts,
        customer=None if owner is None else Reference(type_id="customer", id=owner),
        anonymous_id=facts.anonymous_id if owner is None else None,
        transactions=with_transactions((), () if draft.transaction is None else (draft.transaction,), facts),
    )


def _new(draft: PaymentDraft | MyPaymentDraft, facts: Facts, **more: Any) -> Payment:
    return Payment(
        **facts.born(),
        amount_planned=whole_cents(draft.amount_planned, "amountPlanned"),
        payment_method_info=_method_info(draft.payment_method_info, facts),
        custom=custom_from(draft.custom, "payment", facts),
        **more,
    )


def _method_info(draft: PaymentMethodInfoDraft | None, facts: Facts) -> PaymentMethodInfo:
    if draft is None:
        return PaymentMethodInfo()
    return PaymentMethodInfo(
        payment_interface=draft.payment_interface,
        method=draft.method,
        name=draft.name,
        token=draft.token,
        interface_account=draft.interface_account,
        custom=custom_from(draft.custom, "payment-method-info", facts),
    )


def _status(draft: PaymentStatusDraft | None, facts: Facts) -> PaymentStatus:
    if draft is None:
        return PaymentStatus()
    state = None if draft.state is None else entered(draft.state, facts, type="PaymentState")
    return PaymentStatus(interface_code=draft.interface_code, interface_text=draft.interface_text or None, state=state)


def with_transactions(
    transactions: Iterable[Transaction], drafts: Iterable[TransactionDraft | MyTransactionDraft], facts: Facts
) -> tuple[Transaction, ...]:
    """The transactions and new ones behind them. Raises `DuplicateField` for an interface id that stands twice."""
    found = (*transactions, *(_transaction(draft, facts) for draft in drafts))
    check_distinct("interfaceId", (each.interface_id for each in found))
    return found


def _transaction(draft: TransactionDraft | MyTransactionDraft, facts: Facts) -> Transaction:
    return Transaction(
        id=facts.new_id(),
        timestamp=draft.timestamp,
        type=draft.type,
        amount=whole_cents(draft.amount, "transaction.amount"),
        interaction_id=draft.interaction_id,
        state=draft.state if isinstance(draft, TransactionDraft) else "Initial",
        custom=custom_from(draft.custom, "transaction", facts),
        interface_id=draft.interface_id,
    )


def optional_amount(money: Money | None, field: str) -> TypedMoney | None:
    """The amount a draft means, in either precision; None stays None."""
    return None if money is None else typed(money, field)
