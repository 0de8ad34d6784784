"""The shipping of an imported order, with the deliveries that have left already."""

from __future__ import annotations

from orderwright.domain.amounts.money import Money, TypedMoney, in_currency, typed, whole_cents
from orderwright.domain.amounts.tax import TaxedPrice, sum_taxed
from orderwright.domain.laws.parts import check_new_keys
from orderwright.domain.order.importing.drafts import DiscountedLineItemPriceDraft, ShippingInfoImportDraft
from orderwright.domain.order.importing.taxes import rate_from, taxed
from orderwright.domain.order.model import Order
from orderwright.domain.sale.discounts.portions import DiscountedLineItemPortion, DiscountedLineItemPrice
from orderwright.domain.sale.shipping.deliveries import delivery_from
from orderwright.domain.sale.shipping.model import ShippingInfo
from orderwright.domain.sale.shipping.rates import shipping_rate_from
from orderwright.engine.facts import Facts


def shipping_info_from(draft: ShippingInfoImportDraft, order: Order, facts: Facts) -> ShippingInfo:
    """The shipping a draft means. Its price is as it says, whatever its rate would make of it.

    Raises `ReferencedResourceNotFound`, `InvalidField` for another currency, `DuplicateField` for a key that stands twice, and
    what rates and custom fields raise.
    """
    currency = order.total_price.currency_code
    price = in_currency(whole_cents(draft.price, "shippingInfo.price"), currency, "shippingInfo.price")
    rate = shipping_rate_from(draft.shipping_rate, "shippingInfo.shippingRate")
    in_currency(rate.price, currency, "shippingInfo.shippingRate.price")
    check_new_keys((), [delivery.key for delivery in draft.deliveries])
    check_new_keys((), [parcel.key for delivery in draft.deliveries for parcel in delivery.parcels])
    discounted = _discounted(draft.discounted_price, currency)
    paid = discounted.value if discounted else price
    return ShippingInfo(
        shipping_method_name=draft.shipping_method_name,
        price=price,
        shipping_rate=rate,
        taxed_price=taxed(draft, paid, paid, 1, order),
        tax_rate=rate_from(draft.tax_rate),
        tax_category=facts.reference("tax-category", draft.tax_category),
        shipping_method=facts.reference("shipping-method", draft.shipping_method),
        deliveries=tuple(delivery_from(delivery, facts) for delivery in draft.deliveries),
        discounted_price=discounted,
        shipping_method_state=draft.shipping_method_state,
    )


def taxed_shipping(draft: ShippingInfoImportDraft, info: ShippingInfo) -> TaxedPrice | None:
    """The taxed price of all shipping: that of the only method. What the draft says is taken as it is, and nothing is added to
    it."""
    item = info.taxed_price
    if item is None:
        return None
    if draft.taxed_price is None:
        return sum_taxed([item], info.price.currency_code)
    return TaxedPrice(
        total_net=item.total_net, total_gross=item.total_gross, tax_portions=item.tax_portions, total_tax=item.total_tax
    )


def _discounted(draft: DiscountedLineItemPriceDraft | None, currency: str) -> DiscountedLineItemPrice | None:
    if draft is None:
        return None
    field = "shippingInfo.discountedPrice"
    return DiscountedLineItemPrice(
        value=_amount(draft.value, f"{field}.value", currency),
        included_discounts=tuple(
            DiscountedLineItemPortion(
                discount=portion.discount,
                discounted_amount=_amount(portion.discounted_amount, f"{field}.includedDiscounts.discountedAmount", currency),
            )
            for portion in draft.included_discounts
        ),
    )


def _amount(money: Money, field: str, currency: str) -> TypedMoney:
    return in_currency(typed(money, field), currency, field)
