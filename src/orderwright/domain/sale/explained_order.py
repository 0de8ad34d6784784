"""How an order came to its amounts: the calculation done once more on what the order holds, with a record of its steps.

It asks of an order no more than what orders share with carts.
Nothing is chosen anew: prices, rates and what discounts took off are those that the order was made with, whatever has become of
them. commercetools does not have this; the laws are those that the recorded functions name.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from fractions import Fraction
from typing import Final

from orderwright.domain.amounts.money import TypedMoney, cents, exact
from orderwright.domain.amounts.record import CUSTOM_LINE_ITEM, LINE_ITEM, SHIPPING, TOTAL, Notes, Step, as_whole
from orderwright.domain.amounts.tax import TaxRate
from orderwright.domain.sale.discounts.portions import DiscountedLineItemPortion, DiscountedTotalPricePortion
from orderwright.domain.sale.explained import Explaining, Explanation
from orderwright.domain.sale.lines.items import CustomLineItem, LineItem
from orderwright.domain.sale.model import S, Sale
from orderwright.domain.sale.recalculate import STEPS, apply_discounts, match_shipping_method
from orderwright.domain.sale.shipping.several import each_sent, infos_of
from orderwright.domain.sale.taxes.methods import rates_by_method
from orderwright.engine.facts import Facts, Record
from orderwright.engine.model import Reference

_PRICES: Final = {
    "Platform": "It was selected for the order.",
    "ExternalPrice": "It was given from outside (ExternalPrice).",
    "ExternalTotal": "It was given from outside (ExternalTotal).",
}
Portions = Iterable[tuple[int, DiscountedLineItemPortion | DiscountedTotalPricePortion]]


class OrderExplanation(Explanation):
    """How the amounts of an order, at a version, came about."""


def explaining(order: Sale, facts: Facts) -> Generator[None, None, OrderExplanation]:
    """The explanation, in steps between which others may be served. Where the calculation leads elsewhere than to what the order
    holds, as for one that was imported with other amounts, a further step is what is `held`."""
    record = Record()
    for line in order.line_items:
        notes = record.at(LINE_ITEM, line.id)
        notes.append(Step(kind="Price", reason=_PRICES[line.price_mode], after=line.price.value))
        notes.extend(_rates(line))
        yield
    for item in order.custom_line_items:
        notes = record.at(CUSTOM_LINE_ITEM, item.id)
        notes.append(Step(kind="Price", reason="It is the money of the custom line item.", after=item.money))
        notes.extend(_rates(item))
        yield
    for seen, info in zip(each_sent(order), infos_of(order), strict=True):
        notes = record.at(SHIPPING, seen.shipping_key)
        rate = info.shipping_rate.price
        notes.append(Step(kind="ShippingRate", reason="It is the rate that the order was made with.", after=rate))
        notes.append(_rate(info.tax_rate, None))
    today = yield from _worked_out(order, facts.recording(record), record)
    return Explaining(order, record, _otherwise).explanation(OrderExplanation, today)


def _worked_out(order: S, facts: Facts, record: Record) -> Generator[None, None, S]:
    for step in STEPS:
        if step is match_shipping_method:
            continue  # it asks what holds today, and makes no amount
        before, order = order, step(order, facts)
        if step is apply_discounts:
            _tell_kept(before, record)
        yield
    _tell_kept_of_total(order, record.at(TOTAL))
    return order


def _rates(item: LineItem | CustomLineItem) -> Iterator[Step]:
    by_method = rates_by_method(item)
    if not by_method:
        yield _rate(item.tax_rate, None)
    for key, rate in by_method.items():
        yield _rate(rate, key)


def _rate(rate: TaxRate | None, shipping_key: str | None) -> Step:
    reason = "It is the rate that the order was made with." if rate else "The order was made without one."
    return Step(kind="TaxRate", reason=reason, tax_rate=rate, shipping_key=shipping_key)


def _tell_kept(sale: Sale, record: Record) -> None:
    """What discounts took off items and shipping, by what the order keeps of it."""
    for kind, items in ((LINE_ITEM, sale.line_items), (CUSTOM_LINE_ITEM, sale.custom_line_items)):
        for item in items:
            buckets = item.discounted_price_per_quantity
            portions = [(bucket.quantity, each) for bucket in buckets for each in bucket.discounted_price.included_discounts]
            record.at(kind, item.id).extend(_taken(item.total_price, portions))
    for seen, info in zip(each_sent(sale), infos_of(sale), strict=True):
        if info.discounted_price is not None:
            portions = [(1, each) for each in info.discounted_price.included_discounts]
            record.at(SHIPPING, seen.shipping_key).extend(_taken(info.price, portions))


def _tell_kept_of_total(order: Sale, notes: Notes) -> None:
    """The same of the total. What the discounts would take off today is not told: the order does not ask them again."""
    kept = order.discount_on_total_price
    if kept is None:
        return
    notes[:] = [step for step in notes if step.kind != "Discount"]
    total, off = order.total_price, kept.discounted_amount.cent_amount
    notes.extend(_taken(cents(total.currency_code, total.cent_amount + off), [(1, each) for each in kept.included_discounts]))
    if order.taxed_price is not None:
        reason = "Net and gross are less as the total is."
        notes.append(Step(kind="Tax", reason=reason, before=total, taxed_price=as_whole(order.taxed_price)))


def _taken(price: TypedMoney, portions: Portions) -> Iterator[Step]:
    """What each discount took off a price, one after the other: of so many units so much each."""
    by_discount: dict[Reference, Fraction] = {}
    for quantity, portion in portions:
        parts, per_unit = exact(portion.discounted_amount)
        of_it = Fraction(quantity * parts, per_unit)
        by_discount[portion.discount] = by_discount.get(portion.discount, Fraction(0)) + of_it
    left, currency = Fraction(*exact(price)), price.currency_code
    for discount, off in by_discount.items():
        before, left = left, left - off
        yield Step(
            kind="Discount",
            reason="The order keeps what the discount took off.",
            discount=discount,
            before=cents(currency, round(before)),
            after=cents(currency, round(left)),
        )


def _otherwise(what: str) -> str:
    return f"The order holds another {what}: it was given so, or something that it was worked out by is another now."
