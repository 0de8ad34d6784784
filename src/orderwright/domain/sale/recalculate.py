"""What a cart or an order costs: its calculation, in steps that each need what those before have made.

commercetools: Carts, LineItem (`totalPrice`); Carts, Cart (`taxedPrice`); Carts, TaxMode; Shipping Methods, ShippingRate.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from msgspec.structs import replace

from orderwright.domain.amounts.money import RoundingMode, TypedMoney, cents, times
from orderwright.domain.amounts.tax import TaxedItemPrice, TaxedPrice, TaxRate, sum_taxed, taxed_item
from orderwright.domain.amounts.totals import total_price
from orderwright.domain.goods.price import unit_price
from orderwright.domain.sale.lines.items import CustomLineItem, Item, LineItem
from orderwright.domain.sale.lines.shares import shares_of
from orderwright.domain.sale.model import S, Sale
from orderwright.domain.sale.shipping.methods import Plain, matches, method_of
from orderwright.domain.sale.shipping.model import ShippingInfo
from orderwright.domain.sale.shipping.rates import shipping_price
from orderwright.domain.sale.shipping.several import infos_of, with_infos
from orderwright.domain.sale.taxes.external import keep_amounts
from orderwright.domain.sale.taxes.methods import rates_by_method, with_prices_by_method
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
    """Each shipping by the value of all lines, or by its input: it may be free above a value, or have tiers."""
    if sale.keeps_all:
        return sale
    by, value = facts.project.shipping_rate_input_type, value_of(sale)

    def priced(info: ShippingInfo, seen: Sale) -> ShippingInfo:
        return replace(info, price=shipping_price(info.shipping_rate, value, seen.shipping_rate_input, by))

    return with_infos(sale, priced)


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
    taxed = _taxed_by_method if sale.shipping_mode == "Multiple" else _taxed_whole
    return replace(
        with_infos(sale, lambda info, seen: replace(info, taxed_price=taxed_by(info.price, info.tax_rate, info.price, 1, seen))),
        line_items=tuple(taxed(line, _line_unit(line), sale) for line in sale.line_items),
        custom_line_items=tuple(taxed(item, item.money, sale) for item in sale.custom_line_items),
    )


def _taxed_whole(item: Item, unit: TypedMoney | None, sale: Sale) -> Item:
    units = (item.total_price, 1) if unit is None else (unit, item.quantity)
    return replace(item, taxed_price=taxed_by(item.total_price, item.tax_rate, *units, sale), taxed_price_portions=())


def _taxed_by_method(item: Item, unit: TypedMoney | None, sale: Sale) -> Item:
    """What goes with each method, taxed by the rate under it. Where more units would go than there are, none is taxed."""
    rates, shares = rates_by_method(item), shares_of(item, sale)
    prices: dict[str, TaxedItemPrice | None] = {}
    if sum(share.units for share in shares.values()) <= item.quantity:
        for key, share in shares.items():
            part = cents(sale.total_price.currency_code, share.cents)
            units = (part, 1) if unit is None else (unit, share.units)
            prices[key] = taxed_by(part, rates.get(key), *units, sale)
    return with_prices_by_method(item, prices, shares)


def sum_totals(sale: S, _facts: Facts) -> S:
    """The totals, and what of them is tax."""
    items = (item.total_price.cent_amount for item in _items(sale))
    shipping = sum(info.price.cent_amount for info in infos_of(sale))
    total = total_price(items, shipping, sale.total_price.currency_code)
    return replace(sale, total_price=total, **_taxes_of(sale, total))


def _taxes_of(sale: Sale, total: TypedMoney) -> dict[str, TaxedPrice | None]:
    """The taxed prices of the whole, only once everything has one and it is known where it goes; of amounts from outside, that
    of the whole as long as it is for this total."""
    if sale.tax_mode == "ExternalAmount":
        whole = sale.taxed_price
        return {"taxed_price": whole if whole and whole.total_net == total else None, "taxed_shipping_price": None}
    shipping = [info.taxed_price for info in infos_of(sale)]
    # Of several shippings each has an address of its own.
    known_where = sale.shipping_mode == "Multiple" or sale.shipping_address is not None
    taxed = [item.taxed_price for item in _items(sale)] + shipping
    return {
        "taxed_price": _sum_of(taxed, total.currency_code) if known_where else None,
        "taxed_shipping_price": _sum_of(shipping, total.currency_code),
    }


def _sum_of(prices: Sequence[TaxedItemPrice | None], currency: str) -> TaxedPrice | None:
    """Nothing where there are none, or where one is not known."""
    known = [price for price in prices if price is not None]
    return sum_taxed(known, currency) if len(known) == len(prices) > 0 else None


def match_shipping_method(sale: S, facts: Facts) -> S:
    """Whether the predicate of each method still holds, totals included."""
    if sale.keeps_all:
        return sale
    plain = Plain()

    def matched(info: ShippingInfo, seen: Sale) -> ShippingInfo:
        method = method_of(info, facts)
        if method is None:
            return info
        return replace(info, shipping_method_state="MatchesCart" if matches(method, seen, plain) else "DoesNotMatchCart")

    return with_infos(sale, matched)


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


def shipping_cost(sale: Sale, info: ShippingInfo, facts: Facts) -> TypedMoney:
    """What one of the shippings, which is known by identity, costs for the lines as they now are."""
    priced = infos_of(price_shipping(price_lines(sale, facts), facts))
    return next(new.price for old, new in zip(infos_of(sale), priced, strict=True) if old is info)


def _items(sale: Sale) -> Iterator[LineItem | CustomLineItem]:
    yield from sale.line_items
    yield from sale.custom_line_items


def _unit(line: LineItem) -> TypedMoney:
    return unit_price(line.price, line.quantity)


def _line_unit(line: LineItem) -> TypedMoney | None:
    """The price of a unit. A total from outside is taxed as one unit, whatever its units are said to cost: it has none."""
    return None if line.price_mode == "ExternalTotal" else _unit(line)


def _total(price: TypedMoney, quantity: int, sale: Sale, mode: RoundingMode) -> TypedMoney:
    return cents(sale.total_price.currency_code, times(price, quantity, mode))


def taxed_by(total: TypedMoney, rate: TaxRate | None, unit: TypedMoney, quantity: int, sale: Sale) -> TaxedItemPrice | None:
    """What so much is with its taxes by a rate, as the modes of the cart or order have it; nothing without a rate."""
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
