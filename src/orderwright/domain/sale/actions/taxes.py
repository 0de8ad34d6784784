"""How a cart is taxed and rounded: by tax categories, or by rates and amounts from outside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from orderwright.domain.amounts.money import Money, TypedMoney, cents
from orderwright.domain.amounts.tax import ExternalTaxRateDraft, TaxMode, TaxPortionDraft
from orderwright.domain.sale.actions.registry import edit_actions
from orderwright.domain.sale.lines.items import Item
from orderwright.domain.sale.lines.parts import (
    CUSTOM_LINE_ITEM,
    LINE_ITEM,
    SHIPPING_INFO,
    OnCustomLineItem,
    OnLineItem,
    OnShipping,
)
from orderwright.domain.sale.lines.shares import shares_of
from orderwright.domain.sale.lines.variants import variants_of_all
from orderwright.domain.sale.model import S, Sale
from orderwright.domain.sale.recalculate import item_cost, recalculate, shipping_cost
from orderwright.domain.sale.shipping.model import ShippingInfo
from orderwright.domain.sale.shipping.several import named_shipping
from orderwright.domain.sale.taxes.external import (
    EXTERNAL,
    ExternalTaxAmountDraft,
    check_mode,
    given_rate,
    taxed_members,
    taxed_whole,
    untaxed,
)
from orderwright.domain.sale.taxes.methods import (
    prices_by_method,
    rates_by_method,
    with_prices_by_method,
    with_rates_by_method,
)
from orderwright.domain.sale.taxes.rates import check_categories, with_rates
from orderwright.engine.actions import Change, Handler, WantsOn
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action
from orderwright.engine.parts import Part, dated
from orderwright.engine.scalars import Text
from orderwright.errors import invalid_operation


class ChangeTaxMode(Action):
    """Who sets the tax rates."""

    tax_mode: TaxMode

    def wants_on(self, sale: Sale) -> WantsOn:
        """The variants know the lines' tax categories."""
        return variants_of_all if self.tax_mode != sale.tax_mode else ()


class SetLineItemTaxRate(OnLineItem):
    """The rate of a line item, in the shipping mode `Multiple` under the method of a key; without one, it has none."""

    external_tax_rate: ExternalTaxRateDraft | None = None
    shipping_key: Text | None = None


class SetCustomLineItemTaxRate(OnCustomLineItem):
    """As `SetLineItemTaxRate`."""

    external_tax_rate: ExternalTaxRateDraft | None = None
    shipping_key: Text | None = None


class SetShippingMethodTaxRate(OnShipping):
    """The rate of the shipping method; without one, it has none."""

    external_tax_rate: ExternalTaxRateDraft | None = None


class SetLineItemTaxAmount(OnLineItem):
    """What a line item costs with its taxes, in the shipping mode `Multiple` what goes with the method of a key; without that,
    neither rate nor taxes are known."""

    external_tax_amount: ExternalTaxAmountDraft | None = None
    shipping_key: Text | None = None


class SetCustomLineItemTaxAmount(OnCustomLineItem):
    """As `SetLineItemTaxAmount`."""

    external_tax_amount: ExternalTaxAmountDraft | None = None
    shipping_key: Text | None = None


class SetShippingMethodTaxAmount(OnShipping):
    """What shipping costs with its taxes; without that, neither rate nor taxes are known."""

    external_tax_amount: ExternalTaxAmountDraft | None = None


class TotalTax(Action):
    """What the whole costs with its taxes, and which of them are in it. It holds until the total changes."""

    external_total_gross: Money
    external_tax_portions: tuple[TaxPortionDraft, ...] = ()


def with_total_tax(sale: S, action: TotalTax, facts: Facts) -> S:
    """The cart or order with its whole taxed from outside.

    Raises `InvalidOperation` in another tax mode than `ExternalAmount`, and what `taxed_whole` raises.
    """
    check_mode(sale, "ExternalAmount")
    # Earlier actions of the same request may have changed what it costs.
    net = recalculate(sale, facts).total_price
    return replace(sale, taxed_price=taxed_whole(net, action.external_total_gross, action.external_tax_portions))


edit_actions.setters("changePriceRoundingMode", "changeTaxRoundingMode", "changeTaxCalculationMode")


@edit_actions.handles
def change_tax_mode(sale: Sale, action: ChangeTaxMode, _facts: Facts) -> Sale | Change[Sale]:
    """All rates go; in the mode `Platform` they come from the tax categories. From taxes of outside nothing without a category
    comes there: `InvalidOperation`."""
    if action.tax_mode == sale.tax_mode:
        return sale
    after = replace(untaxed(sale), tax_mode=action.tax_mode)
    from_outside = sale.tax_mode in EXTERNAL and action.tax_mode == "Platform"
    return Change(after, then=(check_categories, with_rates) if from_outside else (with_rates,))


Net = Callable[[Sale, Any, Facts], TypedMoney]
"""What an item or a shipping costs as it now is."""


def _setting_rate(at: Part) -> Handler:
    """A handler that sets or removes the rate of a part. Raises `InvalidOperation` in another tax mode than `External`, and what
    `named_shipping` raises."""

    def handle(sale: Sale, action: Any, facts: Facts) -> Sale:
        check_mode(sale, "External")
        part, rate = at.read(sale, action), given_rate(action.external_tax_rate, sale)
        shipping = named_shipping(sale, action.shipping_key)
        if shipping is None or isinstance(part, ShippingInfo):
            after = replace(part, tax_rate=rate)
        else:
            after = with_rates_by_method(part, {**rates_by_method(part), shipping.shipping_key: rate}, sale)
        return _changed(at, sale, part, after, facts)

    return handle


def _setting_amount(at: Part, net: Net) -> Handler:
    """A handler that sets or removes rate and taxes of a part, which costs so much `net`. Raises `InvalidOperation` in another
    tax mode than `ExternalAmount` and for a method that no unit goes with, what `named_shipping` and `taxed_members` raise."""

    def handle(sale: Sale, action: Any, facts: Facts) -> Sale:
        check_mode(sale, "ExternalAmount")
        part = at.read(sale, action)
        cost, shipping = net(sale, part, facts), named_shipping(sale, action.shipping_key)
        if shipping is None or isinstance(part, ShippingInfo):
            after = replace(part, **taxed_members(action.external_tax_amount, cost))
        else:
            after = _taxed_under(shipping.shipping_key, replace(part, total_price=cost), action.external_tax_amount, sale)
        return _changed(at, sale, part, after, facts)

    return handle


def _taxed_under(key: str, item: Item, draft: ExternalTaxAmountDraft | None, sale: Sale) -> Item:
    """The item with the taxes of what goes with one method."""
    shares = shares_of(item, sale)
    if key not in shares:
        raise invalid_operation(f"No unit of item '{item.id}' goes with the shipping method of key '{key[:100]}'.")
    members = taxed_members(draft, cents(sale.total_price.currency_code, shares[key].cents))
    rates = {**rates_by_method(item), key: members["tax_rate"]}
    prices = {**prices_by_method(item), key: members["taxed_price"]}
    return with_prices_by_method(with_rates_by_method(item, rates, sale), prices, shares)


def _changed(at: Part, sale: Sale, part: Any, after: Any, facts: Facts) -> Sale:
    changed: Sale = sale if after == part else at.write(sale, part, dated(after, facts))
    return changed


edit_actions.add(SetLineItemTaxRate, _setting_rate(LINE_ITEM))
edit_actions.add(SetCustomLineItemTaxRate, _setting_rate(CUSTOM_LINE_ITEM))
edit_actions.add(SetShippingMethodTaxRate, _setting_rate(SHIPPING_INFO))
edit_actions.add(SetLineItemTaxAmount, _setting_amount(LINE_ITEM, item_cost))
edit_actions.add(SetCustomLineItemTaxAmount, _setting_amount(CUSTOM_LINE_ITEM, item_cost))
edit_actions.add(SetShippingMethodTaxAmount, _setting_amount(SHIPPING_INFO, shipping_cost))
