"""What a cart or an order costs: its calculation, in steps that each need what those before have made.

commercetools: Carts, LineItem (`totalPrice`); Carts, Cart (`taxedPrice`); Carts, TaxMode; Shipping Methods, ShippingRate.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec.structs import replace

from orderwright.domain.amounts.money import RoundingMode, TypedMoney, cents, times, zero
from orderwright.domain.amounts.tax import TaxedItemPrice, TaxedPrice, TaxRate, sum_taxed, taxed_item
from orderwright.domain.amounts.totals import total_price
from orderwright.domain.goods.price import unit_price
from orderwright.domain.sale.lines.items import CustomLineItem, LineItem
from orderwright.domain.sale.model import S, Sale
from orderwright.domain.sale.shipping.methods import matches, method_of
from orderwright.domain.sale.shipping.rates import shipping_price
from orderwright.domain.sale.taxes.external import keep_amounts
from orderwright.engine.actions import Following
from orderwright.engine.facts import Facts


def recalculate(sale: S, facts: Facts) -> S:
    """Amounts from the prices and rates that are held. Nothing of the catalogue is selected anew; that is `refreshed`."""
    for step in STEPS:
        sale = step(sale, facts)
    return sale


def price_lines(sale: S, _facts: Facts) -> S:
    """Each line's total: the unit price for its quantity, times it, unless it was given from outside."""
    return replace(
        sale,
        line_items=tuple(replace(line, total_price=line_total(line, sale)) for line in sale.line_items),
        custom_line_items=tuple(replace(item, total_price=custom_line_total(item, sale)) for item in sale.custom_line_items),
    )


def price_shipping(sale: S, facts: Facts) -> S:
    """Shipping by the value of all lines, or by the cart's input: it may be free above a value, or have tiers."""
    info = sale.shipping_info
    if info is None:
        return sale
    price = shipping_price(info.shipping_rate, value_of(sale), sale.shipping_rate_input, facts.project.shipping_rate_input_type)
    return replace(sale, shipping_info=replace(info, price=price))


def apply_discounts(sale: S, _facts: Facts) -> S:
    """What discounts take off the prices of lines and shipping, before any of it is taxed.

    Totals of lines and the price of shipping come in whole. Out go the totals that are to be paid for the lines, with
    `discounted_price_per_quantity` telling of them, and the `discounted_price` of shipping. No discount of carts can be made
    in this version, so that all is paid whole and goes out as it came in.
    """
    return sale


def value_of(sale: Sale) -> int:
    """The totals of all lines, in minor units: what `freeAbove` and the tiers by value look at."""
    return sum(item.total_price.cent_amount for item in _items(sale))


def apply_taxes(sale: S, _facts: Facts) -> S:
    """Net, gross and tax of every item that has a rate; amounts from outside are kept."""
    if sale.tax_mode == "ExternalAmount":
        return keep_amounts(sale)
    info = sale.shipping_info
    return replace(
        sale,
        line_items=tuple(
            replace(line, taxed_price=_taxed(line.total_price, line.tax_rate, *_taxed_units(line), sale))
            for line in sale.line_items
        ),
        custom_line_items=tuple(
            replace(item, taxed_price=_taxed(item.total_price, item.tax_rate, item.money, item.quantity, sale))
            for item in sale.custom_line_items
        ),
        shipping_info=info and replace(info, taxed_price=_taxed(info.price, info.tax_rate, info.price, 1, sale)),
    )


def sum_totals(sale: S, _facts: Facts) -> S:
    """The totals, and what of them is tax."""
    info, currency = sale.shipping_info, sale.total_price.currency_code
    items = (item.total_price.cent_amount for item in _items(sale))
    total = total_price(items, info.price.cent_amount if info else None, currency)
    return replace(sale, total_price=total, **_taxes_of(sale, total))


def _taxes_of(sale: Sale, total: TypedMoney) -> dict[str, TaxedPrice | None]:
    """The taxed prices of the whole, only once everything has one and it is known where it goes; of amounts from outside, that
    of the whole as long as it is for this total."""
    if sale.tax_mode == "ExternalAmount":
        whole = sale.taxed_price
        return {"taxed_price": whole if whole and whole.total_net == total else None, "taxed_shipping_price": None}
    info, currency = sale.shipping_info, total.currency_code
    shipping = info.taxed_price if info else None
    taxed = [item.taxed_price for item in _items(sale)] + ([shipping] if info else [])
    known = [price for price in taxed if price is not None]
    complete = sale.shipping_address is not None and len(known) == len(taxed) > 0
    return {
        "taxed_price": sum_taxed(known, currency) if complete else None,
        "taxed_shipping_price": sum_taxed([shipping], currency) if shipping else None,
    }


def match_shipping_method(sale: S, facts: Facts) -> S:
    """Whether the method's predicate still holds, totals included."""
    info = sale.shipping_info
    method = None if info is None else method_of(info, facts)
    if info is None or method is None:
        return sale
    state = "MatchesCart" if matches(method, sale) else "DoesNotMatchCart"
    return replace(sale, shipping_info=replace(info, shipping_method_state=state))


STEPS: Final[tuple[Following, ...]] = (
    price_lines,
    price_shipping,
    apply_discounts,
    apply_taxes,
    sum_totals,
    match_shipping_method,
)
"""The steps of a calculation: shipping depends on the lines' value, discounts on both prices, taxes on what is left of them."""


def line_total(line: LineItem, sale: Sale) -> TypedMoney:
    """What a line item costs at its price: unit price times quantity, unless its total was given from outside."""
    if line.price_mode == "ExternalTotal":
        return line.total_price
    # A fine price from outside is rounded one way everywhere, whatever the cart says.
    fine = line.price_mode == "ExternalPrice" and line.price.value.type == "highPrecision"
    return _total(_unit(line), line.quantity, sale, "HalfEven" if fine else sale.price_rounding_mode)


def custom_line_total(item: CustomLineItem, sale: Sale) -> TypedMoney:
    """What a custom line item costs: its money times its quantity."""
    return _total(item.money, item.quantity, sale, sale.price_rounding_mode)


def shipping_cost(sale: Sale, facts: Facts) -> TypedMoney:
    """What shipping costs for the lines as they now are; nothing without a shipping method."""
    info = price_shipping(price_lines(sale, facts), facts).shipping_info
    return zero(sale.total_price.currency_code) if info is None else info.price


def _items(sale: Sale) -> Iterator[LineItem | CustomLineItem]:
    yield from sale.line_items
    yield from sale.custom_line_items


def _unit(line: LineItem) -> TypedMoney:
    return unit_price(line.price, line.quantity)


def _taxed_units(line: LineItem) -> tuple[TypedMoney, int]:
    """The price of a unit and how many there are; a total from outside is one unit, whatever its units are said to cost."""
    return (line.total_price, 1) if line.price_mode == "ExternalTotal" else (_unit(line), line.quantity)


def _total(price: TypedMoney, quantity: int, sale: Sale, mode: RoundingMode) -> TypedMoney:
    return cents(sale.total_price.currency_code, times(price, quantity, mode))


def _taxed(total: TypedMoney, rate: TaxRate | None, unit: TypedMoney, quantity: int, sale: Sale) -> TaxedItemPrice | None:
    if rate is None:
        return None
    return taxed_item(
        total.cent_amount,
        rate,
        currency=total.currency_code,
        quantity=quantity,
        unit_price=unit,
        calculation=sale.tax_calculation_mode,
        rounding=sale.tax_rounding_mode,
    )
