"""The several shippings of a cart in the mode `Multiple`: added and removed."""

from __future__ import annotations

from orderwright.domain.cart.actions.registry import actions
from orderwright.domain.custom.addresses import AddressDraft
from orderwright.domain.sale.lines.variants import variants_of_all
from orderwright.domain.sale.model import Cart
from orderwright.domain.sale.recalculate import recalculate
from orderwright.domain.sale.shipping.adding import (
    AnyShipping,
    CustomMethod,
    with_custom_method,
    with_shipping_of,
    without_shipping,
)
from orderwright.domain.sale.shipping.method import ShippingMethod
from orderwright.domain.sale.shipping.methods import looks_at_cart, shipping_info_from
from orderwright.domain.sale.shipping.model import EstimatedDelivery, ShippingKey
from orderwright.domain.sale.shipping.several import check_shipping_mode
from orderwright.domain.sale.taxes.rates import with_rates
from orderwright.engine.actions import Change, WantsOn
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action, action_name
from orderwright.engine.references import ShippingMethodIdentifier
from orderwright.engine.scalars import Text


class AddShippingMethod(AnyShipping, tag_field="action", tag=action_name):
    """One of the project's methods, under a key of the cart."""

    shipping_key: ShippingKey
    shipping_method: ShippingMethodIdentifier
    shipping_address: AddressDraft
    estimated_delivery: EstimatedDelivery | None = None

    def wants_on(self, _cart: Cart) -> WantsOn:
        """The variants know the lines' tax categories."""
        return variants_of_all


class AddCustomShippingMethod(CustomMethod, tag_field="action", tag=action_name):
    """A method of the cart's own, under a key of the cart."""

    shipping_key: ShippingKey
    shipping_address: AddressDraft

    def wants_on(self, _cart: Cart) -> WantsOn:
        """The variants know the lines' tax categories."""
        return variants_of_all


class RemoveShippingMethod(Action):
    """The shipping of this key. What units go with it, the items go on saying: they go with the next one of that key."""

    shipping_key: Text


@actions.looks_where(looks_at_cart)
def add_shipping_method(cart: Cart, action: AddShippingMethod, facts: Facts) -> Change[Cart]:
    method = facts.get("shipping-method", action.shipping_method, ShippingMethod)
    check_shipping_mode(cart, "Multiple")
    # The method's predicate may ask for totals, which earlier actions of the same request have changed.
    before = recalculate(cart, facts) if method.predicate else cart
    after = with_shipping_of(
        before,
        action.shipping_key,
        action,
        facts,
        lambda seen: shipping_info_from(method, seen, facts, action.estimated_delivery, action.external_tax_rate),
    )
    return Change(after, then=(with_rates,))


@actions.handles
def add_custom_shipping_method(cart: Cart, action: AddCustomShippingMethod, facts: Facts) -> Change[Cart]:
    return Change(with_custom_method(cart, action.shipping_key, action, facts), then=(with_rates,))


@actions.handles
def remove_shipping_method(cart: Cart, action: RemoveShippingMethod, _facts: Facts) -> Cart:
    """Raises `InvalidOperation` in the mode `Single`, `InvalidField` for an unknown key."""
    check_shipping_mode(cart, "Multiple")
    return without_shipping(cart, action.shipping_key)
