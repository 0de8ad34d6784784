"""The taxes of an item of which units go with several shipping methods: a rate and a taxed price under each of them.

commercetools: Carts, MethodTaxRate; Carts, MethodTaxedPrice.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from orderwright.domain.amounts.record import Notes, Step, as_whole
from orderwright.domain.amounts.tax import MethodTaxedPrice, MethodTaxRate, TaxedItemPrice, TaxRate, sum_taxed_items
from orderwright.domain.sale.lines.items import CustomLineItem, Item, LineItem
from orderwright.domain.sale.lines.shares import Share, all_sent
from orderwright.domain.sale.model import Sale


def rates_by_method(item: LineItem | CustomLineItem) -> dict[str, TaxRate]:
    """The rates of an item by the keys of the methods that it has one under."""
    return {each.shipping_method_key: each.tax_rate for each in item.per_method_tax_rate if each.tax_rate is not None}


def prices_by_method(item: LineItem | CustomLineItem) -> dict[str, TaxedItemPrice]:
    """The taxed prices of an item by the keys of the methods that it has one under."""
    return {each.shipping_method_key: each.taxed_price for each in item.taxed_price_portions if each.taxed_price is not None}


def with_rates_by_method(item: Item, rates: Mapping[str, TaxRate | None], sale: Sale) -> Item:
    """The item with these rates, and with none that holds for all of its units."""
    return replace(item, tax_rate=None, per_method_tax_rate=ordered_rates(rates, sale))


def ordered_rates(rates: Mapping[str, TaxRate | None], sale: Sale) -> tuple[MethodTaxRate, ...]:
    """The rates that there are under the sale's methods, in the order of its shippings."""
    keys = (shipping.shipping_key for shipping in sale.shipping)
    return tuple(MethodTaxRate(shipping_method_key=key, tax_rate=rate) for key in keys if (rate := rates.get(key)) is not None)


def with_prices_by_method(
    item: Item, prices: Mapping[str, TaxedItemPrice | None], shares: Mapping[str, Share], notes: Notes | None = None
) -> Item:
    """The item with the taxed prices of its shares. Its own is their sum, once all of its units go with some method and each of
    these is taxed. Raises `MoneyOverflow`."""
    known = {key: price for key in shares if (price := prices.get(key)) is not None}
    portions = tuple(MethodTaxedPrice(shipping_method_key=key, taxed_price=price) for key, price in known.items())
    complete = len(known) == len(shares) and all_sent(item, shares)
    whole = sum_taxed_items(list(known.values()), item.total_price.currency_code) if complete else None
    if notes is not None:
        reason = (
            "The taxed parts, added up."
            if complete
            else "Not every unit goes with one method and is taxed: the whole is not taxed."
        )
        notes.append(Step(kind="Tax", reason=reason, before=item.total_price, taxed_price=as_whole(whole)))
    return replace(item, taxed_price=whole, taxed_price_portions=portions)
