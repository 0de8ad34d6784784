"""Taxes from outside: rates that are given in the tax mode `External`, and amounts that are in `ExternalAmount`.

commercetools: Carts, TaxMode; Carts, ExternalTaxAmountDraft; Carts, Set Cart Total Tax.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from msgspec.structs import replace

from orderwright.domain.amounts.money import Money, TypedMoney, cents, in_currency, whole_cents
from orderwright.domain.amounts.tax import (
    ExternalTaxRateDraft,
    TaxedPrice,
    TaxMode,
    TaxPortionDraft,
    TaxRate,
    portions_from,
    tax_rate_from,
    taxed_as_given,
)
from orderwright.domain.sale.lines.items import CustomLineItem, LineItem
from orderwright.domain.sale.model import S, Sale
from orderwright.domain.sale.shipping.model import ShippingInfo
from orderwright.engine.model import Value
from orderwright.errors import invalid_operation

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


def keep_amounts(sale: S) -> S:
    """The taxes that were given, where prices are those that they were given for: what is priced anew is to be taxed anew."""
    info = sale.shipping_info
    return replace(
        sale,
        line_items=tuple(_kept(line, line.total_price) for line in sale.line_items),
        custom_line_items=tuple(_kept(item, item.total_price) for item in sale.custom_line_items),
        shipping_info=info and _kept(info, info.price),
    )


def _kept(item: Any, net: TypedMoney) -> Any:
    if item.taxed_price is not None and item.taxed_price.total_net == net:
        return item
    return item if item.tax_rate is item.taxed_price is None else replace(item, tax_rate=None, taxed_price=None)


def untaxed(sale: S) -> S:
    """Without any rate and any tax, as it is when its tax mode changes."""
    none: dict[str, Any] = {"tax_rate": None, "taxed_price": None}
    return replace(
        sale,
        line_items=tuple(replace(line, **none) for line in sale.line_items),
        custom_line_items=tuple(replace(item, **none) for item in sale.custom_line_items),
        shipping_info=sale.shipping_info and replace(sale.shipping_info, **none),
        taxed_price=None,
        taxed_shipping_price=None,
    )


def check_taxed(sale: Sale) -> None:
    """Whether all that is taxed from outside was taxed, so that it can be ordered. Raises `InvalidOperation`."""
    if sale.tax_mode not in EXTERNAL:
        return
    for named, item in _taxable(sale):
        if item.tax_rate is None or item.taxed_price is None:
            what = "tax rate" if sale.tax_mode == "External" else "tax amount"
            raise invalid_operation(f"The {named} has no external {what}.")
    if sale.tax_mode == "ExternalAmount" and sale.taxed_price is None:
        raise invalid_operation("The total tax of the cart is not set.")


def _taxable(sale: Sale) -> Iterator[tuple[str, LineItem | CustomLineItem | ShippingInfo]]:
    yield from ((f"line item '{line.id}'", line) for line in sale.line_items)
    yield from ((f"custom line item '{item.id}'", item) for item in sale.custom_line_items)
    if sale.shipping_info is not None:
        yield "shipping method", sale.shipping_info
