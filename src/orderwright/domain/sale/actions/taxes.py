"""How a cart is taxed and rounded."""

from __future__ import annotations

from msgspec.structs import replace

from orderwright.domain.amounts.tax import TaxMode
from orderwright.domain.sale.actions.registry import edit_actions
from orderwright.domain.sale.lines.variants import variants_of_all
from orderwright.domain.sale.model import Sale
from orderwright.domain.sale.modes import check_served
from orderwright.domain.sale.tax_rates import with_rates
from orderwright.engine.actions import Change, WantsOn
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action


class ChangeTaxMode(Action):
    """Who sets the tax rates."""

    tax_mode: TaxMode

    def wants_on(self, sale: Sale) -> WantsOn:
        """The variants know the lines' tax categories."""
        return variants_of_all if self.tax_mode != sale.tax_mode else ()


edit_actions.setters("changePriceRoundingMode", "changeTaxRoundingMode", "changeTaxCalculationMode")


@edit_actions.handles
def change_tax_mode(sale: Sale, action: ChangeTaxMode, facts: Facts) -> Sale | Change[Sale]:
    check_served("taxMode", action.tax_mode)
    if action.tax_mode == sale.tax_mode:
        return sale
    return Change(replace(sale, tax_mode=action.tax_mode), then=(with_rates,))
