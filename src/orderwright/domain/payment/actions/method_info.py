"""The payment method: each field by an action of its own, or several by one."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from orderwright.domain.custom.fields import CustomFieldsDraft, custom_from
from orderwright.domain.custom.rows import Row, custom_field_rows
from orderwright.domain.laws.changes import check_unset
from orderwright.domain.laws.telling import old_and_new
from orderwright.domain.payment.actions.registry import actions
from orderwright.domain.payment.messages import (
    METHOD_INFO_CUSTOM,
    PaymentMethodInfoInterfaceAccountSet,
    PaymentMethodInfoInterfaceSet,
    PaymentMethodInfoMethodSet,
    PaymentMethodInfoNameSet,
    PaymentMethodInfoTokenSet,
)
from orderwright.domain.payment.model import Payment, PaymentMethodToken, masked
from orderwright.engine.actions import Change, Handler, Told, setter
from orderwright.engine.facts import Facts
from orderwright.engine.messages import About, Message
from orderwright.engine.model import Action
from orderwright.engine.parts import Part
from orderwright.engine.resource import as_change
from orderwright.engine.scalars import LocalizedString, Text


class SetMethodInfoInterface(Action):
    """The payment service, once and for all."""

    interface: Text


class SetMethodInfoMethod(Action):
    """The way of paying; left out, it is removed."""

    method: Text | None = None


class SetMethodInfoName(Action):
    """What the way of paying is called; left out, it is removed."""

    name: LocalizedString | None = None


class SetMethodInfoToken(Action):
    """What the payment service knows the card or account by; left out, it is removed."""

    token: PaymentMethodToken | None = None


class SetMethodInfoInterfaceAccount(Action):
    """The account with the payment service; left out, it is removed."""

    interface_account: Text | None = None


class SetMethodInfo(Action):
    """Several of the fields; what is left out stays as it is."""

    payment_interface: Text | None = None
    method: Text | None = None
    name: LocalizedString | None = None
    token: PaymentMethodToken | None = None
    interface_account: Text | None = None
    custom: CustomFieldsDraft | None = None


# Of each field: the action for it alone, that action's member, and the Message, whose members are named alike.
_FIELDS: Final[dict[str, tuple[type[Action], str, type[Message]]]] = {
    "payment_interface": (SetMethodInfoInterface, "interface", PaymentMethodInfoInterfaceSet),
    "method": (SetMethodInfoMethod, "method", PaymentMethodInfoMethodSet),
    "name": (SetMethodInfoName, "name", PaymentMethodInfoNameSet),
    "token": (SetMethodInfoToken, "token", PaymentMethodInfoTokenSet),
    "interface_account": (SetMethodInfoInterfaceAccount, "interface_account", PaymentMethodInfoInterfaceAccountSet),
}


METHOD_INFO: Final = Part(
    lambda payment, _action: payment.payment_method_info, lambda payment, _old, new: replace(payment, payment_method_info=new)
)


def _setter(field: str, member: str) -> Handler:
    """The setter of a field from an action's member."""
    _, named, message = _FIELDS[field]
    tells = _masked(message) if field == "token" else old_and_new(message, field, named)
    return setter(field, tells, at=METHOD_INFO, member=member, kept=_once if field == "payment_interface" else None)


def _once(payment: Payment, value: str | None, _facts: Facts) -> str | None:
    check_unset("paymentInterface", payment.payment_method_info.payment_interface, value)
    return value


def _masked(message: type[Message]) -> Told:
    return lambda before, after: message(token=masked(after.token), old_token=masked(before.token))


_SEVERAL: Final = {field: _setter(field, field) for field in _FIELDS}
for _field, (_action, _member, _) in _FIELDS.items():
    actions.add(_action, _setter(_field, _member))
custom_field_rows(actions, Row("MethodInfo", "payment-method-info", METHOD_INFO, tells=METHOD_INFO_CUSTOM))


@actions.handles
def set_method_info(payment: Payment, action: SetMethodInfo, facts: Facts) -> Change[Payment]:
    """Raises `InvalidOperation` for another payment service, and what custom fields raise."""
    told = list[Message | About]()
    for field, handler in _SEVERAL.items():
        if getattr(action, field) is not None:
            change = as_change(handler(payment, action, facts))
            payment, told = change.after, [*told, *change.messages]
    info, custom = payment.payment_method_info, custom_from(action.custom, "payment-method-info", facts)
    if custom is not None and custom != info.custom:
        told.append(METHOD_INFO_CUSTOM.of_type(info, info.custom, custom))
        payment = replace(payment, payment_method_info=replace(info, custom=custom))
    return Change(payment, *told)
