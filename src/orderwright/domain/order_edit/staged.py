"""The actions that can be staged: the order's own, those that change what it costs, and three that only edits have.

commercetools: Order Edits, StagedOrderUpdateAction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Union

from msgspec import Meta

from orderwright.domain.amounts.tax import ExternalTaxRateDraft
from orderwright.domain.custom.addresses import AddressDraft
from orderwright.domain.custom.fields import CustomFieldsDraft
from orderwright.domain.order.actions import actions as order_actions
from orderwright.domain.order.model import Order
from orderwright.domain.sale.actions import edit_actions
from orderwright.domain.sale.actions.addresses import SetShippingAddress, set_shipping_address
from orderwright.domain.sale.actions.shipping import (
    SetCustomShippingMethod,
    SetShippingMethod,
    set_custom_shipping_method,
    set_shipping_method,
)
from orderwright.domain.sale.actions.taxes import TotalTax, with_total_tax
from orderwright.domain.sale.recalculate import recalculating_edited
from orderwright.domain.sale.shipping.methods import looks_at_cart
from orderwright.domain.sale.shipping.model import ShippingRateDraft
from orderwright.engine.actions import ActionSet, Change
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action, action_name
from orderwright.engine.references import ShippingMethodIdentifier, TaxCategoryIdentifier
from orderwright.engine.resource import as_change
from orderwright.engine.scalars import Text

# An edit changes what the order costs when its address changes, and no edit estimates a delivery.
_NOT_STAGED = ("setEstimatedDelivery", "setShippingAddress")
_OF_ORDERS = tuple(name for kind in order_actions.types if (name := action_name(kind.__name__)) not in _NOT_STAGED)

staged: ActionSet[Order] = order_actions.only(*_OF_ORDERS, name="StagedOrder")
staged.include(edit_actions, then=(recalculating_edited,))


class SetOrderTotalTax(TotalTax):
    """What the order costs with its taxes, and which of them are in it."""


class SetShippingAddressAndShippingMethod(Action):
    """Where the order goes, and how; without a method it has none."""

    address: AddressDraft
    shipping_method: ShippingMethodIdentifier | None = None
    external_tax_rate: ExternalTaxRateDraft | None = None

    def wants_on(self, order: Order) -> Any:
        """What a new address wants."""
        return SetShippingAddress(address=self.address).wants_on(order)


class SetShippingAddressAndCustomShippingMethod(Action):
    """Where the order goes, and how: by a method of its own."""

    address: AddressDraft
    shipping_method_name: Text
    shipping_rate: ShippingRateDraft
    tax_category: TaxCategoryIdentifier | None = None
    external_tax_rate: ExternalTaxRateDraft | None = None
    custom: CustomFieldsDraft | None = None

    def wants_on(self, order: Order) -> Any:
        """What a new address wants."""
        return SetShippingAddress(address=self.address).wants_on(order)


@staged.looks
def set_order_total_tax(order: Order, action: SetOrderTotalTax, facts: Facts) -> Change[Order]:
    return Change(with_total_tax(order, action, facts), then=(recalculating_edited,))


@staged.looks_where(looks_at_cart)
def set_shipping_address_and_shipping_method(
    order: Order, action: SetShippingAddressAndShippingMethod, facts: Facts
) -> Change[Order]:
    method = SetShippingMethod(shipping_method=action.shipping_method, external_tax_rate=action.external_tax_rate)
    moved = as_change(set_shipping_address(order, SetShippingAddress(address=action.address), facts))
    shipped = as_change(set_shipping_method(moved.after, method, facts))
    return Change(shipped.after, then=(*moved.then, recalculating_edited))


@staged.handles
def set_shipping_address_and_custom_shipping_method(
    order: Order, action: SetShippingAddressAndCustomShippingMethod, facts: Facts
) -> Change[Order]:
    members = {name: getattr(action, name) for name in action.__struct_fields__ if name != "address"}
    moved = as_change(set_shipping_address(order, SetShippingAddress(address=action.address), facts))
    shipped = as_change(set_custom_shipping_method(moved.after, SetCustomShippingMethod(**members), facts))
    return Change(shipped.after, then=(*moved.then, recalculating_edited))


if TYPE_CHECKING:
    StagedAction = Action
else:
    # Titled, so that the OpenAPI document tells the list once.
    StagedAction = Annotated[Union[tuple(staged.types)], Meta(title="StagedOrderUpdateAction")]  # noqa: UP007 - made from a tuple
