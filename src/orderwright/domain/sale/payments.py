"""The payments of a cart or order. A payment belongs to one order or active cart at most."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from orderwright.domain.sale.model import PaymentInfo, S, Sale
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action, Reference
from orderwright.engine.references import PaymentIdentifier, ResourceIdentifier
from orderwright.errors import invalid_operation


class AddPayment(Action):
    """A payment that no other order or active cart has."""

    payment: PaymentIdentifier


class RemovePayment(Action):
    """One of the payments; it may be added elsewhere then."""

    payment: PaymentIdentifier


def payments_of(sale: Sale) -> tuple[Reference, ...]:
    """The payments, in the order in which they were added."""
    return () if sale.payment_info is None else sale.payment_info.payments


def added(sale: S, identifier: ResourceIdentifier, facts: Facts) -> S:
    """The cart or order with one payment more, or as it is where it had that already.

    That no other document has it is a claim, which the write takes. Raises `ReferencedResourceNotFound`.
    """
    reference = facts.reference("payment", identifier)
    known = payments_of(sale)
    if reference is None or reference in known:
        return sale
    return replace(sale, payment_info=PaymentInfo(payments=(*known, reference)))


def removed(sale: S, identifier: ResourceIdentifier, facts: Facts) -> S:
    """The cart or order without one of its payments; no payments are no information. A payment that was deleted is named by its
    id.

    Raises `InvalidOperation` for one that is not there, `ReferencedResourceNotFound` for an unknown key.
    """
    reference = facts.reference("payment", identifier) if identifier.id is None else None
    id = (identifier.id or "").lower() if reference is None else reference.id
    known = payments_of(sale)
    gone = next((payment for payment in known if payment.id == id), None)
    if gone is None:
        raise invalid_operation(f"The payment '{id}' is not assigned here, so that it can not be removed.")
    left = tuple(payment for payment in known if payment is not gone)
    return replace(sale, payment_info=PaymentInfo(payments=left) if left else None)


def uses(sale: Sale) -> Iterator[tuple[str, str]]:
    """The claims that keep every other order and active cart from these payments."""
    for payment in payments_of(sale):
        yield "payment.use", payment.id
