"""The taxes of a whole cart, from outside."""

from __future__ import annotations

from msgspec.structs import replace

from orderwright.domain.amounts.money import Money
from orderwright.domain.amounts.tax import TaxPortionDraft
from orderwright.domain.cart.actions.registry import actions
from orderwright.domain.sale.model import Cart
from orderwright.domain.sale.recalculate import recalculate
from orderwright.domain.sale.taxes.external import check_mode, taxed_whole
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action


class SetCartTotalTax(Action):
    """What the cart costs with its taxes, and which of them are in it. It holds until the total changes."""

    external_total_gross: Money
    external_tax_portions: tuple[TaxPortionDraft, ...] = ()


@actions.looks
def set_cart_total_tax(cart: Cart, action: SetCartTotalTax, facts: Facts) -> Cart:
    """Raises `InvalidOperation` in another tax mode than `ExternalAmount`, and what `taxed_whole` raises."""
    check_mode(cart, "ExternalAmount")
    # Earlier actions of the same request may have changed what it costs.
    net = recalculate(cart, facts).total_price
    return replace(cart, taxed_price=taxed_whole(net, action.external_total_gross, action.external_tax_portions))
