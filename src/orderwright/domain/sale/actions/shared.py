"""The update actions that change a cart and an order in the same way. What is told of a change is said by the set that includes
these: a cart's tells little, an order's nearly everything."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from orderwright.domain.custom.addresses import AddressDraft, optional_address_from
from orderwright.domain.custom.rows import custom_field_rows
from orderwright.domain.laws.languages import check_locale
from orderwright.domain.sale.actions.registry import shared_actions
from orderwright.domain.sale.lines.item_shipping_actions import item_shipping_actions
from orderwright.domain.sale.lines.parts import PARTS
from orderwright.domain.sale.model import Sale
from orderwright.domain.sale.payments import AddPayment, RemovePayment, added, removed
from orderwright.domain.sale.shipping.model import EstimatedDelivery
from orderwright.domain.sale.shipping.several import named_info, with_info
from orderwright.engine.actions import setter
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action
from orderwright.engine.parts import Part
from orderwright.engine.scalars import Locale, Text
from orderwright.errors import invalid_input


class SetCustomerEmail(Action):
    """The buyer's email address, whose form is not checked; without one, it is removed."""

    email: Text | None = None


class SetLocale(Action):
    """The language, one of the project's; without one, it is removed."""

    locale: Locale | None = None


class SetBillingAddress(Action):
    """Where the bill goes; without an address, it is removed."""

    address: AddressDraft | None = None


class SetEstimatedDelivery(Action):
    """Set when the shipment is expected; without a window, it is removed. The key names one of several shipping methods."""

    estimated_delivery: EstimatedDelivery | None = None
    shipping_key: Text | None = None


def _window(_sale: Sale, window: EstimatedDelivery | None, _facts: Facts) -> EstimatedDelivery | None:
    """Raises `InvalidInput` for a window that ends before it begins."""
    if window is not None and window.from_ is not None and window.until is not None and window.until < window.from_:
        raise invalid_input("The end of the estimated delivery must not be before its beginning.")
    # A window without either end says nothing, which is how the specification has one removed.
    return None if window == EstimatedDelivery() else window


_SHIPPING: Final = Part(lambda sale, action: named_info(sale, action.shipping_key), with_info)
shared_actions.add(SetEstimatedDelivery, setter("estimated_delivery", at=_SHIPPING, kept=_window))
shared_actions.setters("setPurchaseOrderNumber")
custom_field_rows(shared_actions, *PARTS)
item_shipping_actions(shared_actions)


@shared_actions.handles
def set_customer_email(sale: Sale, action: SetCustomerEmail, _facts: Facts) -> Sale:
    return replace(sale, customer_email=action.email)


@shared_actions.handles
def set_locale(sale: Sale, action: SetLocale, facts: Facts) -> Sale:
    """Raises `InvalidField` for a language that the project does not have."""
    check_locale(action.locale, facts)
    return replace(sale, locale=action.locale)


@shared_actions.handles
def set_billing_address(sale: Sale, action: SetBillingAddress, facts: Facts) -> Sale:
    """Raises what `address_from` raises."""
    return replace(sale, billing_address=optional_address_from(action.address, facts))


@shared_actions.handles
def add_payment(sale: Sale, action: AddPayment, facts: Facts) -> Sale:
    """Raises `ReferencedResourceNotFound`; the write refuses a payment that is in use elsewhere."""
    return added(sale, action.payment, facts)


@shared_actions.handles
def remove_payment(sale: Sale, action: RemovePayment, facts: Facts) -> Sale:
    """Raises `InvalidOperation` for a payment that is not there."""
    return removed(sale, action.payment, facts)
