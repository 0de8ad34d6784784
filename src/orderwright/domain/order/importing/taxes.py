"""The taxes of an imported order: as the other system has them, or by the rate that it says."""

from __future__ import annotations

from orderwright.domain.amounts.money import TypedMoney, cents, in_currency, typed, whole_cents
from orderwright.domain.amounts.tax import (
    TaxedItemPrice,
    TaxedPrice,
    TaxPortion,
    TaxRate,
    portions_from,
    tax_rate_from,
)
from orderwright.domain.order.importing.drafts import (
    CustomLineItemImportDraft,
    ImportedTaxRate,
    LineItemImportDraft,
    ShippingInfoImportDraft,
    TaxedItemPriceDraft,
    TaxedPriceDraft,
)
from orderwright.domain.order.model import Order
from orderwright.domain.sale.recalculate import taxed_by
from orderwright.errors import required_field


def rate_from(draft: ImportedTaxRate | None) -> TaxRate | None:
    """The tax rate as it was. Raises as `tax_rate_from` does."""
    return None if draft is None else tax_rate_from(draft, draft.id)


def taxed_line(
    draft: LineItemImportDraft | CustomLineItemImportDraft, total: TypedMoney, unit: TypedMoney, order: Order
) -> TaxedItemPrice | None:
    """What an item is taxed. Raises as `taxed` does, and `RequiredField` for a taxed price without the rate it was taxed by."""
    if draft.taxed_price is not None and draft.tax_rate is None:
        raise required_field("taxRate")
    return taxed(draft, total, unit, draft.quantity, order)


def taxed(
    draft: LineItemImportDraft | CustomLineItemImportDraft | ShippingInfoImportDraft,
    total: TypedMoney,
    unit: TypedMoney,
    quantity: int,
    order: Order,
) -> TaxedItemPrice | None:
    """Net, gross and tax as the draft says; else by its rate, as the order's modes have them; nothing without either.

    Raises `InvalidField` for another currency and for a share outside 0 to 1.
    """
    if draft.taxed_price is not None:
        return _item(draft.taxed_price, total.currency_code)
    return taxed_by(total, rate_from(draft.tax_rate), unit, quantity, order)


def taxed_order(draft: TaxedPriceDraft | None, currency: str) -> TaxedPrice | None:
    """Net, gross and tax of the whole order as the draft says; the tax is the rest where it does not say it.

    Raises as `taxed` does.
    """
    if draft is None:
        return None
    net, gross, tax = _amounts(draft, currency)
    rest = cents(currency, gross.cent_amount - net.cent_amount)
    return TaxedPrice(total_net=net, total_gross=gross, tax_portions=_portions(draft, currency), total_tax=tax or rest)


def _item(draft: TaxedItemPriceDraft, currency: str) -> TaxedItemPrice:
    """Nothing of it is derived: without a tax there is none."""
    net, gross, tax = _amounts(draft, currency)
    return TaxedItemPrice(total_net=net, total_gross=gross, tax_portions=_portions(draft, currency), total_tax=tax)


def _amounts(draft: TaxedItemPriceDraft | TaxedPriceDraft, currency: str) -> tuple[TypedMoney, TypedMoney, TypedMoney | None]:
    net = in_currency(whole_cents(draft.total_net, "taxedPrice.totalNet"), currency, "taxedPrice.totalNet")
    gross = in_currency(whole_cents(draft.total_gross, "taxedPrice.totalGross"), currency, "taxedPrice.totalGross")
    if draft.total_tax is None:
        return net, gross, None
    given = in_currency(typed(draft.total_tax, "taxedPrice.totalTax"), currency, "taxedPrice.totalTax")
    return net, gross, cents(currency, given.cent_amount)


def _portions(draft: TaxedItemPriceDraft | TaxedPriceDraft, currency: str) -> tuple[TaxPortion, ...]:
    return portions_from(draft.tax_portions, currency, "taxedPrice.taxPortions")
