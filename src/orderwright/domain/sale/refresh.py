"""A cart's prices and rates as they are today. The variants of its lines must have been read (`wanted_variants`)."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Final, NamedTuple

from msgspec.structs import replace

from orderwright.domain.amounts.record import LINE_ITEM, Step
from orderwright.domain.sale.lines.items import CustomLineItem, LineItem
from orderwright.domain.sale.lines.variants import current_variant, price_of, shown_of
from orderwright.domain.sale.model import S, Sale
from orderwright.domain.sale.recalculate import calculating
from orderwright.domain.sale.shipping.methods import with_rate_of_today
from orderwright.domain.sale.shipping.several import infos_of
from orderwright.domain.sale.taxes.rates import with_rates
from orderwright.engine.actions import Following
from orderwright.engine.facts import Facts
from orderwright.engine.steps import drained


def refreshed(sale: S, facts: Facts, *, product_data: bool = False) -> S:
    """What `refreshing` returns, at once."""
    return drained(refreshing(sale, facts, product_data=product_data))


def refreshing(sale: S, facts: Facts, *, product_data: bool = False) -> Generator[None, None, S]:
    """In steps the recalculated cart with the prices, tax rates and shipping rate of today, with `product_data` also with names,
    attributes and variants.

    Raises `MatchingPriceNotFound`, `MissingTaxRateForCountry`, or `InvalidOperation` for a method without a rate.
    """
    for step in REFRESHING_DATA if product_data else REFRESHING:
        sale = step(sale, facts)
        yield
    return (yield from calculating(sale, facts))


def repriced(sale: S, facts: Facts) -> S:
    """The cart with the prices of today. Lines that are priced from outside, or no longer published, keep theirs, as all do in a
    frozen cart."""
    if sale.keeps_prices:
        return sale
    return replace(sale, line_items=tuple(repriced_line(line, sale, facts) for line in sale.line_items))


def with_product_data(sale: S, facts: Facts) -> S:
    """The cart with names, attributes and variants of today."""
    return replace(sale, line_items=tuple(_with_product_data(line, facts) for line in sale.line_items))


REFRESHING: Final[tuple[Following, ...]] = (repriced, with_rate_of_today, with_rates)
"""What brings a cart up to date, in its order, before it is recalculated, as it is at the end of each change."""
REFRESHING_DATA: Final[tuple[Following, ...]] = (repriced, with_product_data, with_rate_of_today, with_rates)


class Changes(NamedTuple):
    """What of a sale costs something else today: items by their ids, shipping, or what discounts take off the total."""

    items: list[str]
    shipping: bool
    total: bool


def price_changes(sale: Sale, today: Sale) -> Changes:
    """What has changed of a cart since it was last brought up to date, which `today` was now.

    A gift that is not earned any more has changed; one that is only earned now is none of what the buyer saw.
    """
    items = [*_changed(sale.line_items, today.line_items), *_changed(sale.custom_line_items, today.custom_line_items)]
    return Changes(items, _cost(sale) != _cost(today), _off_total(sale) != _off_total(today))


def _changed(before: Sequence[LineItem | CustomLineItem], after: Sequence[LineItem | CustomLineItem]) -> list[str]:
    # A price that was replaced by one of the same value costs the same: what the buyer pays is compared, not ids.
    costs = {item.id: _item_cost(item) for item in after}
    return [item.id for item in before if _item_cost(item) != costs.get(item.id)]


def _off_total(sale: Sale) -> object:
    return sale.discount_on_total_price and sale.discount_on_total_price.discounted_amount


def _item_cost(item: LineItem | CustomLineItem) -> object:
    return item.total_price, item.tax_rate, item.taxed_price, item.per_method_tax_rate, item.taxed_price_portions


def _cost(sale: Sale) -> object:
    return [(info.price, info.to_pay, info.tax_rate, info.taxed_price) for info in infos_of(sale)]


def repriced_line(line: LineItem, sale: Sale, facts: Facts) -> LineItem:
    """A line with its price of today. Raises `MatchingPriceNotFound`."""
    notes = facts.record and facts.record.at(LINE_ITEM, line.id)
    snapshot = current_variant(line, facts)
    if snapshot is None or line.price_mode != "Platform":
        if notes is not None:
            outside = f"It was given from outside ({line.price_mode})."
            reason = "The variant is not published any more: the line keeps its price." if snapshot is None else outside
            notes.append(Step(kind="Price", reason=reason, after=line.price.value))
        return line
    price = price_of(snapshot, sale, line.distribution_channel, facts, notes)
    return line if price == line.price else replace(line, price=price, last_modified_at=facts.now)


def _with_product_data(line: LineItem, facts: Facts) -> LineItem:
    snapshot = current_variant(line, facts)
    if snapshot is None:
        return line
    after = replace(line, **shown_of(snapshot))
    return line if after == line else replace(after, last_modified_at=facts.now)
