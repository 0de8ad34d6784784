"""The payment method: each field by an action of its own, or several by one."""

from __future__ import annotations

from typing import Any, Final

from msgspec.structs import replace

from orderwright.domain.custom.fields import CustomFieldsDraft, custom_from
from orderwright.domain.custom.rows import Row, custom_field_rows
from orderwright.domain.laws.changes import check_unset
from orderwright.domain.payment.actions.registry import actions
from orderwright.domain.payment.messages import (
    METHOD_INFO_CUSTOM,
    PaymentMethodInfoInterfaceAccountSet,
    PaymentMethodInfoInterfaceSet,
    PaymentMethodInfoMethodSet,
    PaymentMethodInfoNameSet,
    PaymentMethodInfoTokenSet,
)
from orderwright.domain.payment.model import Payment, PaymentMethodInfo, PaymentMethodToken, masked
from orderwright.engine.actions import Change, Handler
from orderwright.engine.facts import Facts
from orderwright.engine.messages import Message
from orderwright.engine.model import Action
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


def _info(payment: Payment, _action: Action) -> PaymentMethodInfo:
    return payment.payment_method_info


def _with_info(payment: Payment, _old: PaymentMethodInfo, new: PaymentMethodInfo) -> Payment:
    return replace(payment, payment_method_info=new)


def _setting(field: str, member: str) -> Handler:
    def handle(payment: Payment, action: Any, _facts: Facts) -> Payment | Change[Payment]:
        info, told = _with_field(payment.payment_method_info, field, getattr(action, member))
        return Change(replace(payment, payment_method_info=info), *told)

    return handle


def _with_field(info: PaymentMethodInfo, field: str, value: Any) -> tuple[PaymentMethodInfo, list[Message]]:
    """The method with one field set, and what that tells. Raises `InvalidOperation` for another payment service."""
    before = getattr(info, field)
    if field == "payment_interface":
        check_unset("paymentInterface", before, value)
    if value == before:
        return info, []
    _, member, message = _FIELDS[field]
    told: dict[str, Any] = {member: value, f"old_{member}": before}
    if field == "token":
        told = {name: masked(token) for name, token in told.items()}
    return replace(info, **{field: value}), [message(**told)]


for _field, (_action, _member, _) in _FIELDS.items():
    actions.add(_action, _setting(_field, _member))
custom_field_rows(actions, Row("MethodInfo", "payment-method-info", _info, _with_info, tells=METHOD_INFO_CUSTOM))


@actions.handles
def set_method_info(payment: Payment, action: SetMethodInfo, facts: Facts) -> Change[Payment]:
    """Raises `InvalidOperation` for another payment service, and what custom fields raise."""
    info, told = payment.payment_method_info, list[Message]()
    for field in _FIELDS:
        value = getattr(action, field)
        if value is not None:
            info, more = _with_field(info, field, value)
            told += more
    custom = custom_from(action.custom, "payment-method-info", facts)
    if custom is not None and custom != info.custom:
        told.append(METHOD_INFO_CUSTOM.of_type(info, info.custom, custom))
        info = replace(info, custom=custom)
    return Change(replace(payment, payment_method_info=info), *told)
