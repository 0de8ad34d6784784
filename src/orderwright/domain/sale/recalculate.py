"""What a cart or an order costs: its calculation, in steps that each need what those before have made.

commercetools: Carts, LineItem (`totalPrice`); Carts, Cart (`taxedPrice`); Carts, TaxMode; Shipping Methods, ShippingRate.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from typing import Final

from msgspec.structs import replace

from orderwright.domain.amounts.money import RoundingMode, Roundings, TypedMoney, cents, times
from orderwright.domain.amounts.record import CUSTOM_LINE_ITEM, LINE_ITEM, SHIPPING, TOTAL, Notes, Step, as_whole
from orderwright.domain.amounts.tax import (
    TaxedItemPrice,
    TaxedPrice,
    TaxRate,
    rounded_part,
    sum_taxed,
    sum_taxed_items,
    taxed_item,
)
from orderwright.domain.amounts.totals import total_price
from orderwright.domain.sale.discounts.applying import discounting, kept
from orderwright.domain.sale.discounts.best_deal import Calculating, choosing
from orderwright.domain.sale.discounts.total import Totals, with_totals
from orderwright.domain.sale.lines.items import CustomLineItem, Item, LineItem
from orderwright.domain.sale.lines.pricing import total_rounding, unit_of
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
from orderwright.engine.steps import drained


def recalculate(sale: S, facts: Facts) -> S:
    """Amounts from the prices and rates that are held. Nothing of the catalogue is selected anew; that is `refreshed`.

    If there is a `facts.record`, each step tells it what it did, and why.
    """
    return drained(calculating(sale, facts))


def calculating(sale: S, facts: Facts) -> Generator[None, None, S]:
    """The same in steps, between which others may be served: there may be many discounts of many items."""
    if sale.keeps_all or sale.placed:
        return (yield from _in_steps(sale, facts))
    return (yield from choosing(sale, facts, _in_steps))


def recalculating_edited(order: S, facts: Facts) -> Generator[None, None, S]:
    """The same of an order that is edited: it has the discounts of today, as a cart would have them."""
    return choosing(order, facts, lambda sale, known: _in_steps(sale, known, _discounting_anew))


def _in_steps(sale: S, facts: Facts, discounts: Calculating[S] | None = None) -> Generator[None, None, S]:
    for step in STEPS:
        if step is apply_discounts:
            sale = yield from (discounts or _discounting)(sale, facts)
        else:
            sale = step(sale, facts)
        yield
    return sale


def price_lines(sale: S, facts: Facts) -> S:
    """Each line's total: the unit price for its quantity, times it, unless it was given from outside."""
    record = facts.record
    return replace(
        sale,
        line_items=tuple(
            replace(line, total_price=line_total(line, sale, record and record.at(LINE_ITEM, line.id)))
            for line in sale.line_items
        ),
        custom_line_items=tuple(
            replace(item, total_price=custom_line_total(item, sale, record and record.at(CUSTOM_LINE_ITEM, item.id)))
            for item in sale.custom_line_items
        ),
    )


def price_shipping(sale: S, facts: Facts) -> S:
    """Each shipping by the value of all lines, or by its input: it may be free above a value, or have tiers."""
    by, value, record = facts.project.shipping_rate_input_type, value_of(sale), facts.record

    def priced(info: ShippingInfo, seen: Sale) -> ShippingInfo:
        notes = record and record.at(SHIPPING, seen.shipping_key)
        if sale.keeps_all:
            if notes is not None:
                notes.append(Step(kind="ShippingPrice", reason="The cart is frozen hard: it is kept.", after=info.price))
            return info
        return replace(info, price=shipping_price(info.shipping_rate, value, seen.shipping_rate_input, by, notes))

    return with_infos(sale, priced)


def apply_discounts(sale: S, facts: Facts) -> S:
    """What discounts take off the prices of lines and shipping, before any of it is taxed.

    Totals of lines and the price of shipping come in whole. Out go the totals that are to be paid for the lines, with
    `discounted_price_per_quantity` telling of them, and the `discounted_price` of shipping, which is priced anew by them. Which
    discounts there are on the total is said too; what they come to is known once there is one. A cart that is frozen hard, and
    an order, keep what was taken off. Each discount tells `facts.record` of itself, by a step of the kind `Discount`.
    """
    return drained(_discounting(sale, facts))


def _discounting(sale: S, facts: Facts) -> Generator[None, None, S]:
    if sale.keeps_all or sale.placed:
        return kept(sale)
    return (yield from _discounting_anew(sale, facts))


def _discounting_anew(sale: S, facts: Facts) -> Generator[None, None, S]:
    """The same, whatever was taken off before."""
    return (yield from discounting(sale, facts, shipped=price_shipping, summed=_summed, taxed=_taxed))


def _summed(sale: S, _facts: Facts) -> S:
    """The total before it is taxed and discounted; what is said of taxes is still that of the last time."""
    return replace(sale, total_price=_total_of(sale))


def _taxed(sale: S, facts: Facts) -> S:
    return sum_totals(apply_taxes(sale, facts), facts)


def value_of(sale: Sale) -> int:
    """The totals of all lines but gifts, in minor units: what `freeAbove` and the tiers by value look at. Until discounts are
    applied, a gift of the last time has its whole price."""
    return _cost_of(sale) - sum(line.total_price.cent_amount for line in sale.line_items if line.is_gift)


def apply_taxes(sale: S, facts: Facts) -> S:
    """Net, gross and tax of every item that has a rate; amounts from outside are kept."""
    if sale.tax_mode == "ExternalAmount":
        return keep_amounts(sale, facts.record)
    taxed, record = _taxed_by_method if sale.shipping_mode == "Multiple" else _taxed_whole, facts.record

    def taxed_info(info: ShippingInfo, seen: Sale) -> ShippingInfo:
        notes, price = record and record.at(SHIPPING, seen.shipping_key), info.to_pay
        return replace(info, taxed_price=taxed_by(price, info.tax_rate, price, 1, seen, notes))

    return replace(
        with_infos(sale, taxed_info),
        line_items=tuple(
            taxed(line, _line_unit(line, sale), sale, record and record.at(LINE_ITEM, line.id)) for line in sale.line_items
        ),
        custom_line_items=tuple(
            taxed(item, item.money, sale, record and record.at(CUSTOM_LINE_ITEM, item.id)) for item in sale.custom_line_items
        ),
    )


def _taxed_whole(item: Item, unit: TypedMoney | None, sale: Sale, notes: Notes | None) -> Item:
    units = _units(item, unit, item.total_price, item.quantity)
    return replace(item, taxed_price=_taxed_units(item.total_price, item.tax_rate, units, sale, notes), taxed_price_portions=())


Units = Sequence[tuple[TypedMoney, int]]
"""What a unit costs, and how many do."""


def _units(item: LineItem | CustomLineItem, unit: TypedMoney | None, total: TypedMoney, quantity: int, before: int = 0) -> Units:
    """So many of the item's units, after so many `before` them, as they are taxed: at what discounts leave of their prices, or at
    the price of one. Without any, their total is one unit."""
    if not item.discounted_price_per_quantity:
        return [(total, 1) if unit is None else (unit, quantity)]
    found, at = [], 0
    for bucket in item.discounted_price_per_quantity:
        of_it = min(at + bucket.quantity, before + quantity) - max(at, before)
        at += bucket.quantity
        if of_it > 0:
            found.append((bucket.discounted_price.value, of_it))
    return found or [(total, 1)]


def _taxed_units(
    total: TypedMoney, rate: TaxRate | None, units: Units, sale: Sale, notes: Notes | None, key: str | None = None
) -> TaxedItemPrice | None:
    """What so much is with its taxes; at `UnitPriceLevel` these are those of each price of a unit, times its units."""
    if rate is None or len(units) == 1 or sale.tax_calculation_mode != "UnitPriceLevel":
        return taxed_by(total, rate, *units[0], sale, notes, key)
    costs = [times(price, quantity, sale.price_rounding_mode) for price, quantity in units]
    costs[-1] += total.cent_amount - sum(costs)
    parts = [
        taxed_by(cents(total.currency_code, cost), rate, *each, sale, notes, key) for cost, each in zip(costs, units, strict=True)
    ]
    return sum_taxed_items([part for part in parts if part is not None], total.currency_code)


def _taxed_by_method(item: Item, unit: TypedMoney | None, sale: Sale, notes: Notes | None) -> Item:
    """What goes with each method, taxed by the rate under it. Where more units would go than there are, none is taxed."""
    rates, shares = rates_by_method(item), shares_of(item, sale, notes)
    prices: dict[str, TaxedItemPrice | None] = {}
    if sum(share.units for share in shares.values()) <= item.quantity:
        before = 0
        for key, share in shares.items():
            part = cents(sale.total_price.currency_code, share.cents)
            units = _units(item, unit, part, share.units, before)
            before += share.units
            prices[key] = _taxed_units(part, rates.get(key), units, sale, notes, key)
    return with_prices_by_method(item, prices, shares, notes)


def sum_totals(sale: S, facts: Facts) -> S:
    """The totals, and what of them is tax; of both, what discounts on the total leave."""
    total = _total_of(sale)
    taxes = _taxes_of(sale, total)
    if facts.record is not None:
        facts.record.at(TOTAL).extend(_told(sale, total, taxes))
    return with_totals(sale, Totals(total, **taxes), facts)


def _total_of(sale: Sale) -> TypedMoney:
    shipping = sum(info.to_pay.cent_amount for info in infos_of(sale))
    return total_price((_cost_of(sale),), shipping, sale.total_price.currency_code)


def _cost_of(sale: Sale) -> int:
    return sum(item.total_price.cent_amount for item in _items(sale))


def _told(sale: Sale, total: TypedMoney, taxes: dict[str, TaxedPrice | None]) -> list[Step]:
    of_items, whole, shipped = cents(total.currency_code, _cost_of(sale)), taxes["taxed_price"], taxes["taxed_shipping_price"]
    untaxed = "Not everything is taxed, or the shipping address is not known: the whole is not taxed."
    given = "It was given from outside for this total."
    of_all = given if sale.tax_mode == "ExternalAmount" else "The taxed prices of all items and of shipping, added up."
    return [
        Step(kind="Sum", reason="All line items and custom line items, added up.", after=of_items),
        Step(kind="Sum", reason="Shipping, added to them.", before=of_items, after=total),
        *([Step(kind="ShippingTax", reason="The taxed prices of shipping, added up.", taxed_price=shipped)] if shipped else []),
        Step(kind="Tax", reason=of_all if whole else untaxed, before=total, taxed_price=whole),
    ]


def _taxes_of(sale: Sale, total: TypedMoney) -> dict[str, TaxedPrice | None]:
    """The taxed prices of the whole, only once everything has one and it is known where it goes; of amounts from outside, that
    of the whole as long as it is for this total. Those of all shippings are added up in any mode."""
    shipping = [info.taxed_price for info in infos_of(sale)]
    shipped = _sum_of(shipping, total.currency_code)
    if sale.tax_mode == "ExternalAmount":
        return {"taxed_price": sale.taxed_price, "taxed_shipping_price": shipped}
    # Of several shippings each has an address of its own.
    known_where = sale.shipping_mode == "Multiple" or sale.shipping_address is not None
    taxed = [item.taxed_price for item in _items(sale)] + shipping
    return {
        "taxed_price": _sum_of(taxed, total.currency_code) if known_where else None,
        "taxed_shipping_price": shipped,
    }


def _sum_of(prices: Sequence[TaxedItemPrice | None], currency: str) -> TaxedPrice | None:
    """Nothing where there are none, or where one is not known."""
    known = [price for price in prices if price is not None]
    return sum_taxed(known, currency) if len(known) == len(prices) > 0 else None


def match_shipping_method(sale: S, facts: Facts) -> S:
    """Whether the predicate of each method still holds, totals included."""
    if sale.keeps_all:
        return sale
    plain = Plain(facts)

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


def line_total(line: LineItem, sale: Sale, notes: Notes | None = None) -> TypedMoney:
    """What a line item costs at its price: unit price times quantity, unless its total was given from outside."""
    if line.price_mode == "ExternalTotal":
        if notes is not None:
            notes.append(Step(kind="Total", reason="It was given from outside (ExternalTotal).", after=line.total_price))
        return line.total_price
    return _total(unit_of(line, sale, notes), line.quantity, sale, total_rounding(line, sale), notes)


def custom_line_total(item: CustomLineItem, sale: Sale, notes: Notes | None = None) -> TypedMoney:
    """What a custom line item costs: its money times its quantity."""
    return _total(item.money, item.quantity, sale, sale.price_rounding_mode, notes)


def item_cost(sale: Sale, item: LineItem | CustomLineItem, _facts: Facts) -> TypedMoney:
    """What an item costs: what discounts have left of its total, or, where there are none for so many units, all of it.

    What has changed in the same request is not discounted yet; amounts that are given for it hold until it is.
    """
    parts = item.discounted_price_per_quantity
    if parts and sum(part.quantity for part in parts) == item.quantity:
        return item.total_price
    return line_total(item, sale) if isinstance(item, LineItem) else custom_line_total(item, sale)


def shipping_cost(sale: Sale, info: ShippingInfo, facts: Facts) -> TypedMoney:
    """What one of the shippings, which is known by identity, costs: what discounts have left of it, or its price for the lines as
    they now are."""
    if info.discounted_price is not None:
        return info.to_pay
    priced = infos_of(price_shipping(price_lines(sale, facts), facts))
    return next(new.price for old, new in zip(infos_of(sale), priced, strict=True) if old is info)


def _items(sale: Sale) -> Iterator[LineItem | CustomLineItem]:
    yield from sale.line_items
    yield from sale.custom_line_items


def _line_unit(line: LineItem, sale: Sale) -> TypedMoney | None:
    """The price of a unit. A total from outside is taxed as one unit, whatever its units are said to cost: it has none."""
    return None if line.price_mode == "ExternalTotal" else unit_of(line, sale)


def _total(price: TypedMoney, quantity: int, sale: Sale, mode: RoundingMode, notes: Notes | None) -> TypedMoney:
    told: Roundings | None = None if notes is None else []
    total = cents(sale.total_price.currency_code, times(price, quantity, mode, told))
    if notes is not None:
        reason = f"The price of a unit, times {quantity}."
        notes.append(Step(kind="Total", reason=reason, before=price, after=total, roundings=tuple(told or ())))
    return total


def taxed_by(
    total: TypedMoney,
    rate: TaxRate | None,
    unit: TypedMoney,
    quantity: int,
    sale: Sale,
    notes: Notes | None = None,
    shipping_key: str | None = None,
) -> TaxedItemPrice | None:
    """What so much is with its taxes by a rate, as the modes of the cart or order have it; nothing without a rate. The key is
    that of the one of several methods with which it goes."""
    if rate is None:
        if notes is not None:
            notes.append(
                Step(kind="Tax", reason="There is no tax rate: it is not taxed.", before=total, shipping_key=shipping_key)
            )
        return None
    told: Roundings | None = None if notes is None else []
    taxed = taxed_item(
        total.cent_amount,
        rate,
        currency=total.currency_code,
        quantity=quantity,
        unit_price=unit,
        calculation=sale.tax_calculation_mode,
        rounding=sale.tax_rounding_mode,
        told=told,
    )
    if notes is not None:
        of = "the total" if sale.tax_calculation_mode == "LineItemLevel" else f"one unit, times {quantity} (UnitPriceLevel)"
        notes.append(
            Step(
                kind="Tax",
                reason=f"Worked out by the rate and rounded: {rounded_part(rate).lower()} of {of}. The others follow from it.",
                before=total,
                tax_rate=rate,
                taxed_price=as_whole(taxed),
                shipping_key=shipping_key,
                roundings=tuple(told or ()),
            )
        )
    return taxed
