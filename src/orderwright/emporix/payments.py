"""A payment as an order of this dialect shows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from orderwright.domain.payment.model import Payment, Transaction
from orderwright.emporix.amounts import amount_of, plainly
from orderwright.emporix.table.sums import NOTHING
from orderwright.engine.json.codec import to_builtins

# By the type of the last transaction, and how it ended; the others are pending.
STATUSES: Final[Mapping[tuple[str, str], str]] = {
    ("Authorization", "Success"): "AUTHORIZATION_SUCCESS",
    ("Authorization", "Failure"): "AUTHORIZATION_FAILURE",
    ("CancelAuthorization", "Success"): "CANCELLATION_SUCCESS",
    ("CancelAuthorization", "Failure"): "CANCELLATION_FAILURE",
    ("Charge", "Success"): "CAPTURE_SUCCESS",
    ("Charge", "Failure"): "CAPTURE_FAILURE",
    ("Refund", "Success"): "REFUND_SUCCESS",
    ("Refund", "Failure"): "REFUND_FAILURE",
    ("Chargeback", "Success"): "REFUND_SUCCESS",
    ("Chargeback", "Failure"): "REFUND_FAILURE",
}


def payment_shown(payment: Payment) -> dict[str, Any]:
    """Amounts are sums of the transactions that went well; a token is never shown."""
    info = payment.payment_method_info
    last = payment.transactions[-1] if payment.transactions else None
    found = {
        "status": "PENDING" if last is None else STATUSES.get((last.type, last.state), "PENDING"),
        "method": info.method or info.payment_interface or "none",
        "provider": info.payment_interface,
        "paidAmount": _sum(payment, "Charge"),
        "refundAmount": _sum(payment, "Refund") or None,
        "authorizedAmount": _sum(payment, "Authorization") or None,
        "currency": payment.amount_planned.currency_code,
        "transactionId": payment.interface_id or (last.interaction_id if last else None),
        "paymentResponse": payment.payment_status.interface_text,
    }
    return {name: value for name, value in found.items() if value is not None}


def _sum(payment: Payment, type: str) -> Any:
    return plainly(
        sum((_amount(each) for each in payment.transactions if each.type == type and each.state == "Success"), NOTHING)
    )


def _amount(transaction: Transaction) -> Any:
    return amount_of(to_builtins(transaction.amount)) or NOTHING
