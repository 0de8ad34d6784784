"""How a cart is taxed and rounded."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from orderwright.domain.amounts.tax import TaxMode
from orderwright.domain.cart.actions.registry import actions
from orderwright.domain.sale.lines.variants import wanted_variants
from orderwright.domain.sale.model import Cart
from orderwright.domain.sale.modes import check_served
from orderwright.domain.sale.tax_rates import with_rates
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action
from orderwright.engine.references import Wanted


class ChangeTaxMode(Action):
    """Who sets the tax rates."""

    tax_mode: TaxMode

    def wants_on(self, cart: Cart) -> Iterator[Wanted]:
        """The variants know the lines' tax categories."""
        if self.tax_mode != cart.tax_mode:
            yield from wanted_variants(cart.line_items)


actions.setters("changePriceRoundingMode", "changeTaxRoundingMode", "changeTaxCalculationMode")


@actions.handles
def change_tax_mode(cart: Cart, action: ChangeTaxMode, facts: Facts) -> Cart:
    check_served("taxMode", action.tax_mode)
    return cart if action.tax_mode == cart.tax_mode else with_rates(replace(cart, tax_mode=action.tax_mode), facts)
