"""The payments of a cart or order. A payment belongs to one order or active cart at most."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, Protocol

from orderwright.engine.facts import Facts
from orderwright.engine.model import Action, Reference, Value, always
from orderwright.engine.references import PaymentIdentifier, ResourceIdentifier
from orderwright.errors import invalid_operation

PaymentState = Literal["BalanceDue", "Failed", "Pending", "CreditOwed", "Paid"]


class PaymentInfo(Value):
    """The payments of a cart or order."""

    payments: tuple[Reference, ...] = always(())


class Paid(Protocol):
    """What has payments: a cart or an order."""

    @property
    def payment_info(self) -> PaymentInfo | None: ...


class AddPayment(Action):
    """A payment that no other order or active cart has."""

    payment: PaymentIdentifier


class RemovePayment(Action):
    """One of the payments; it may be added elsewhere then."""

    payment: PaymentIdentifier


def payments_of(document: Paid) -> tuple[Reference, ...]:
    """The payments, in the order in which they were added."""
    return () if document.payment_info is None else document.payment_info.payments


def added(document: Paid, action: AddPayment, facts: Facts) -> PaymentInfo | None:
    """The payments with one more, or as they are where it was there already.

    That no other document has it is a claim, which the write takes. Raises `ReferencedResourceNotFound`.
    """
    reference = facts.reference("payment", action.payment)
    known = payments_of(document)
    if reference is None or reference in known:
        return document.payment_info
    return PaymentInfo(payments=(*known, reference))


def removed(document: Paid, identifier: ResourceIdentifier, facts: Facts) -> PaymentInfo | None:
    """The payments without one; no payments are no information. A payment that was deleted is named by its id.

    Raises `InvalidOperation` for one that is not there, `ReferencedResourceNotFound` for an unknown key.
    """
    reference = facts.reference("payment", identifier) if identifier.id is None else None
    id = (identifier.id or "").lower() if reference is None else reference.id
    known = payments_of(document)
    gone = next((payment for payment in known if payment.id == id), None)
    if gone is None:
        raise invalid_operation(f"The payment '{id}' is not assigned here, so that it can not be removed.")
    left = tuple(payment for payment in known if payment is not gone)
    return PaymentInfo(payments=left) if left else None


def uses(document: Paid) -> Iterator[tuple[str, str]]:
    """The claims that keep every other order and active cart from these payments."""
    for payment in payments_of(document):
        yield "payment.use", payment.id
