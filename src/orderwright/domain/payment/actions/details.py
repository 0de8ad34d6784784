"""The payment itself: whose it is, what it is called, its amounts, its status and what was said to the payment service."""

from __future__ import annotations

from typing import Any, Final

from msgspec.structs import replace

from orderwright.domain.amounts.money import Money, whole_cents
from orderwright.domain.custom.fields import CustomFieldsDraft, custom_from
from orderwright.domain.custom.rows import custom_field_rows, root
from orderwright.domain.laws.changes import check_unset
from orderwright.domain.laws.telling import new_value
from orderwright.domain.payment.actions.registry import actions
from orderwright.domain.payment.create import optional_amount
from orderwright.domain.payment.messages import (
    PaymentInteractionAdded,
    PaymentInterfaceIdSet,
    PaymentStatusInterfaceCodeSet,
    PaymentStatusStateTransition,
)
from orderwright.domain.payment.model import Payment
from orderwright.domain.shop.state.workflow import transition
from orderwright.engine.actions import Change, setter
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action
from orderwright.engine.parts import Part
from orderwright.engine.references import CustomerIdentifier, StateIdentifier, TypeIdentifier
from orderwright.engine.scalars import DateTime, Text
from orderwright.errors import invalid_operation


class SetCustomer(Action):
    """The customer whose payment it is; without one, it is nobody's."""

    customer: CustomerIdentifier | None = None


class SetAnonymousId(Action):
    """The anonymous session whose payment it is; without one, it is nobody's."""

    anonymous_id: Text | None = None


class SetInterfaceId(Action):
    """What the payment service calls the payment, once and for all."""

    interface_id: Text


class ChangeAmountPlanned(Action):
    """What is to be paid."""

    amount: Money


class SetAuthorization(Action):
    """An amount that was authorized and until when; what is left out is removed."""

    amount: Money | None = None
    until: DateTime | None = None


class SetAmountPaid(Action):
    """What was paid; left out, it is removed."""

    amount: Money | None = None


class SetAmountRefunded(Action):
    """What was given back; left out, it is removed."""

    amount: Money | None = None


class SetStatusInterfaceCode(Action):
    """The status as the payment service's code; left out, it is removed."""

    interface_code: Text | None = None


class SetStatusInterfaceText(Action):
    """The status as the payment service's text; an empty one removes it."""

    interface_text: Text


class TransitionState(Action):
    """The next state of the project's own workflow; `force` passes over its transitions."""

    state: StateIdentifier
    force: bool = False


class AddInterfaceInteraction(Action):
    """What was said to the payment service, or by it."""

    type: TypeIdentifier
    fields: dict[str, Any] | None = None


actions.setters("setKey", "setExternalId")
custom_field_rows(actions, root("payment"))


@actions.handles
def set_customer(payment: Payment, action: SetCustomer, facts: Facts) -> Payment:
    """A payment has one owner, so that it leaves the anonymous session. Raises `ReferencedResourceNotFound`."""
    customer = facts.reference("customer", action.customer)
    return replace(payment, customer=customer, anonymous_id=None if customer else payment.anonymous_id)


@actions.handles
def set_anonymous_id(payment: Payment, action: SetAnonymousId, _facts: Facts) -> Payment:
    """Raises `InvalidOperation` for a customer's payment."""
    if payment.customer is not None:
        raise invalid_operation("The payment belongs to a customer and can not belong to an anonymous session as well.")
    return replace(payment, anonymous_id=action.anonymous_id)


@actions.handles
def set_interface_id(payment: Payment, action: SetInterfaceId, _facts: Facts) -> Payment | Change[Payment]:
    """Raises `InvalidOperation` where there is another one; the engine's claim refuses another payment's."""
    check_unset("interfaceId", payment.interface_id, action.interface_id)
    if payment.interface_id is not None:
        return payment
    told = PaymentInterfaceIdSet(interface_id=action.interface_id)
    return Change(replace(payment, interface_id=action.interface_id), told)


@actions.handles
def change_amount_planned(payment: Payment, action: ChangeAmountPlanned, _facts: Facts) -> Payment:
    """Raises `InvalidField` for an amount that is not in cent precision."""
    return replace(payment, amount_planned=whole_cents(action.amount, "amount"))


@actions.handles
def set_authorization(payment: Payment, action: SetAuthorization, _facts: Facts) -> Payment:
    amount = optional_amount(action.amount, "amount")
    until = None if action.until is None else str.__str__(action.until)
    return replace(payment, amount_authorized=amount, authorized_until=until)


@actions.handles
def set_amount_paid(payment: Payment, action: SetAmountPaid, _facts: Facts) -> Payment:
    return replace(payment, amount_paid=optional_amount(action.amount, "amount"))


@actions.handles
def set_amount_refunded(payment: Payment, action: SetAmountRefunded, _facts: Facts) -> Payment:
    return replace(payment, amount_refunded=optional_amount(action.amount, "amount"))


STATUS: Final = Part(
    lambda payment, _action: payment.payment_status,
    lambda payment, _old, new: replace(payment, payment_status=new),
    named=lambda payment, _status: {"payment_id": payment.id},
)
actions.add(
    SetStatusInterfaceCode,
    setter("interface_code", new_value(PaymentStatusInterfaceCodeSet, "interface_code"), at=STATUS),
)
actions.add(SetStatusInterfaceText, setter("interface_text", at=STATUS, kept=lambda _payment, text, _facts: text or None))
actions.add(TransitionState, transition("PaymentState", PaymentStatusStateTransition, at=STATUS))


@actions.handles
def add_interface_interaction(payment: Payment, action: AddInterfaceInteraction, facts: Facts) -> Payment | Change[Payment]:
    """Raises what custom fields raise."""
    draft = CustomFieldsDraft(type=action.type, fields=action.fields)
    interaction = custom_from(draft, "payment-interface-interaction", facts)
    if interaction is None:
        return payment
    after = replace(payment, interface_interactions=(*payment.interface_interactions, interaction))
    return Change(after, PaymentInteractionAdded(interaction=interaction))
