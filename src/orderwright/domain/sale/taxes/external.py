"""Taxes from outside: rates that are given in the tax mode `External`, and amounts that are in `ExternalAmount`.

commercetools: Carts, TaxMode; Carts, ExternalTaxAmountDraft; Carts, Set Cart Total Tax.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from msgspec.structs import replace

from orderwright.domain.amounts.money import Money, TypedMoney, cents, in_currency, whole_cents
from orderwright.domain.amounts.record import CUSTOM_LINE_ITEM, LINE_ITEM, SHIPPING, Notes, Step, as_whole
from orderwright.domain.amounts.tax import (
    ExternalTaxRateDraft,
    MethodExternalTaxRateDraft,
    TaxedItemPrice,
    TaxedPrice,
    TaxMode,
    TaxPortionDraft,
    TaxRate,
    portions_from,
    tax_rate_from,
    taxed_as_given,
)
from orderwright.domain.laws.distinct import check_distinct
from orderwright.domain.sale.lines.items import CustomLineItem, Item, LineItem
from orderwright.domain.sale.lines.shares import shares_of
from orderwright.domain.sale.model import S, Sale
from orderwright.domain.sale.shipping.model import ShippingInfo
from orderwright.domain.sale.shipping.several import infos_of, with_infos
from orderwright.domain.sale.taxes.methods import (
    prices_by_method,
    rates_by_method,
    with_prices_by_method,
    with_rates_by_method,
)
from orderwright.engine.facts import Record
from orderwright.engine.model import Value
from orderwright.errors import invalid_field, invalid_operation

EXTERNAL: Final = ("External", "ExternalAmount")
"""The modes in which nothing is taxed by a tax category."""


class ExternalTaxAmountDraft(Value):
    """What an item or shipping costs with its taxes, and the rate that they are said to be of."""

    total_gross: Money
    tax_rate: ExternalTaxRateDraft


def check_mode(sale: Sale, mode: TaxMode) -> None:
    """Raises `InvalidOperation` for a cart or order of another tax mode."""
    if sale.tax_mode != mode:
        raise invalid_operation(f"The tax mode is '{sale.tax_mode}': this can be set in the mode '{mode}' only.")


def given_rate(draft: ExternalTaxRateDraft | None, sale: Sale) -> TaxRate | None:
    """The rate that is given for something; None stays None. Raises `InvalidOperation` for one that is given in another mode than
    `External`, and what `tax_rate_from` raises."""
    if draft is None:
        return None
    check_mode(sale, "External")
    return tax_rate_from(draft)


def given_rates(drafts: Sequence[MethodExternalTaxRateDraft], sale: Sale) -> dict[str, TaxRate]:
    """The rates that are given for an item under several shipping methods, by the methods' keys.

    Raises `InvalidField` for a method that is not there, `DuplicateField` for one that stands twice, and what `given_rate`
    raises.
    """
    check_distinct("shippingMethodKey", (draft.shipping_method_key for draft in drafts))
    known = {shipping.shipping_key for shipping in sale.shipping}
    for draft in drafts:
        if draft.shipping_method_key not in known:
            raise invalid_field("shippingMethodKey", draft.shipping_method_key)
    rates = ((draft.shipping_method_key, given_rate(draft.tax_rate, sale)) for draft in drafts)
    return {key: rate for key, rate in rates if rate is not None}


def taxed_members(draft: ExternalTaxAmountDraft | None, net: TypedMoney) -> dict[str, Any]:
    """The rate and the taxed price of an item or of shipping that costs so much; none of both without a draft.

    Raises `InvalidField` for another currency or high precision, and what `tax_rate_from` raises.
    """
    if draft is None:
        return {"tax_rate": None, "taxed_price": None}
    field, currency = "externalTaxAmount.totalGross", net.currency_code
    gross = in_currency(whole_cents(draft.total_gross, field), currency, field)
    rate = tax_rate_from(draft.tax_rate)
    return {"tax_rate": rate, "taxed_price": taxed_as_given(net.cent_amount, gross.cent_amount, rate, currency)}


def taxed_whole(net: TypedMoney, gross: Money, portions: tuple[TaxPortionDraft, ...]) -> TaxedPrice:
    """The taxed price of something whole that costs so much, from its gross amount and the portions that are said to be in it.

    Raises `InvalidField` for another currency, high precision, or a share outside 0 to 1.
    """
    currency = net.currency_code
    whole = in_currency(whole_cents(gross, "externalTotalGross"), currency, "externalTotalGross")
    return TaxedPrice(
        total_net=net,
        total_gross=whole,
        tax_portions=portions_from(portions, currency, "externalTaxPortions"),
        total_tax=cents(currency, whole.cent_amount - net.cent_amount),
    )


def keep_amounts(sale: S, record: Record | None = None) -> S:
    """The taxes that were given, where prices are those that they were given for: what is priced anew is to be taxed anew."""
    by_method = sale.shipping_mode == "Multiple"

    def item_kept(item: Any, kind: str) -> Any:
        notes = record and record.at(kind, item.id)
        return _kept_by_method(item, sale, notes) if by_method else _kept(item, item.total_price, notes)

    def info_kept(info: ShippingInfo, seen: Sale) -> Any:
        return _kept(info, info.to_pay, record and record.at(SHIPPING, seen.shipping_key))

    return replace(
        with_infos(sale, info_kept),
        line_items=tuple(item_kept(line, LINE_ITEM) for line in sale.line_items),
        custom_line_items=tuple(item_kept(item, CUSTOM_LINE_ITEM) for item in sale.custom_line_items),
    )


def _kept_by_method(item: Any, sale: Sale, notes: Notes | None) -> Any:
    shares = shares_of(item, sale, notes)
    prices = {
        key: price
        for key, price in prices_by_method(item).items()
        if key in shares and price.total_net.cent_amount == shares[key].cents
    }
    rates = {key: rate for key, rate in rates_by_method(item).items() if key in prices}
    if notes is not None:
        notes.extend(_given(prices.get(key), rates.get(key), key) for key in shares)
    return with_prices_by_method(with_rates_by_method(item, rates, sale), prices, shares, notes)


def _given(taxed: TaxedItemPrice | None, rate: TaxRate | None, key: str | None = None) -> Step:
    reason = "No tax amount is given from outside for this price: it is not taxed."
    if taxed is not None:
        reason = "It was given from outside for this price (ExternalAmount)."
    return Step(kind="Tax", reason=reason, tax_rate=rate, taxed_price=as_whole(taxed), shipping_key=key)


def _kept(item: Any, net: TypedMoney, notes: Notes | None) -> Any:
    fits = item.taxed_price is not None and item.taxed_price.total_net == net
    if notes is not None:
        notes.append(_given(item.taxed_price, item.tax_rate) if fits else _given(None, None))
    if fits:
        return item
    return item if item.tax_rate is item.taxed_price is None else replace(item, tax_rate=None, taxed_price=None)


def untaxed(sale: S) -> S:
    """Without any rate and any tax, as it is when its tax mode changes."""
    return replace(
        with_infos(sale, lambda info, _seen: replace(info, tax_rate=None, taxed_price=None)),
        line_items=tuple(map(item_untaxed, sale.line_items)),
        custom_line_items=tuple(map(item_untaxed, sale.custom_line_items)),
        taxed_price=None,
        taxed_shipping_price=None,
    )


def item_untaxed(item: Item) -> Item:
    """The item without any rate and any tax."""
    return replace(item, tax_rate=None, taxed_price=None, per_method_tax_rate=(), taxed_price_portions=())


def check_taxed(sale: Sale) -> None:
    """Whether all that is taxed from outside was taxed, so that it can be ordered. Raises `InvalidOperation`."""
    if sale.tax_mode not in EXTERNAL:
        return
    for named, item in _taxable(sale):
        if item.taxed_price is None:
            what = "tax rate" if sale.tax_mode == "External" else "tax amount"
            raise invalid_operation(f"The {named} has no external {what}.")
    if sale.tax_mode == "ExternalAmount" and sale.taxed_price is None:
        raise invalid_operation("The total tax of the cart is not set.")


def _taxable(sale: Sale) -> Iterator[tuple[str, LineItem | CustomLineItem | ShippingInfo]]:
    yield from ((f"line item '{line.id}'", line) for line in sale.line_items)
    yield from ((f"custom line item '{item.id}'", item) for item in sale.custom_line_items)
    yield from (("shipping method", info) for info in infos_of(sale))
