"""The shipping method of a cart."""

from __future__ import annotations

from msgspec.structs import replace

from orderwright.domain.cart.actions.registry import actions
from orderwright.domain.cart.model import Cart
from orderwright.domain.cart.recalculate import recalculate
from orderwright.domain.cart.shipping import shipping_info_from
from orderwright.domain.catalogue import ShippingMethod
from orderwright.domain.shipping import EstimatedDelivery
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action
from orderwright.engine.references import ShippingMethodIdentifier
from orderwright.engine.scalars import NotServed
from orderwright.errors import invalid_field


class SetShippingMethod(Action):
    """The method the cart takes; without one it has none."""

    shipping_method: ShippingMethodIdentifier | None = None
    external_tax_rate: NotServed | None = None
    estimated_delivery: EstimatedDelivery | None = None


@actions.handles
def set_shipping_method(cart: Cart, action: SetShippingMethod, facts: Facts) -> Cart:
    if action.shipping_method is None:
        if action.estimated_delivery is not None:
            raise invalid_field("estimatedDelivery", action.estimated_delivery)
        return replace(cart, shipping_info=None)
    method = facts.get("shipping-method", action.shipping_method, ShippingMethod)
    # The method's predicate may ask for totals, which earlier actions of the same request have changed.
    info = shipping_info_from(method, recalculate(cart, facts), facts, action.estimated_delivery)
    return replace(cart, shipping_info=info)
