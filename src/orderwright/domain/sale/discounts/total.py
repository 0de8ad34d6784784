"""What discounts on the total price leave of the totals of a cart or order. Lines, shipping and tax portions keep theirs.

commercetools: Carts, DiscountOnTotalPrice; Carts, Cart (`totalPrice`, `taxedPrice`, `taxedShippingPrice`).
"""

from __future__ import annotations

from typing import NamedTuple

from msgspec.structs import replace

from orderwright.domain.amounts.money import TypedMoney, cents
from orderwright.domain.amounts.tax import TaxedPrice
from orderwright.domain.sale.discounts.arithmetic.totals import Total, off_total, on_total
from orderwright.domain.sale.discounts.arithmetic.values import PricedValue
from orderwright.domain.sale.discounts.model import CartDiscount, CartDiscountValue, GiftLineItemValue
from orderwright.domain.sale.discounts.portions import DiscountOnTotalPrice
from orderwright.domain.sale.discounts.telling import tell_total
from orderwright.domain.sale.model import S, Sale
from orderwright.engine.facts import Facts
from orderwright.engine.model import Reference
from orderwright.engine.references import Wanted


class Totals(NamedTuple):
    """What a cart or order costs."""

    total_price: TypedMoney
    taxed_price: TaxedPrice | None
    taxed_shipping_price: TaxedPrice | None


def with_totals(sale: S, whole: Totals, facts: Facts) -> S:
    """The sale with what is left of its totals by the discounts that `discountOnTotalPrice` names, which then says how much they
    took. Where they are kept, so is what they took."""
    named = sale.discount_on_total_price
    if named is None:
        left = whole
    else:
        left, taken = _reduced(sale, whole, named, facts)
        if taken != named and (sale.keeps_all or sale.placed):
            left = _without(whole, named, sale)
        else:
            named = taken
    if sale.tax_mode == "ExternalAmount":
        left = left._replace(taxed_price=_if_for(left.total_price, left.taxed_price))
    return replace(sale, discount_on_total_price=named, **left._asdict())


def _if_for(total: TypedMoney, taxed: TaxedPrice | None) -> TaxedPrice | None:
    """The taxed price that was given from outside, as long as it is for this total."""
    return taxed if taxed is not None and taxed.total_net == total else None


def _reduced(sale: Sale, whole: Totals, named: DiscountOnTotalPrice, facts: Facts) -> tuple[Totals, DiscountOnTotalPrice | None]:
    """Net and gross fall by the percentage by which the total does; amounts from outside were given for what is left of it."""
    currency, rounding = whole.total_price.currency_code, sale.price_rounding_mode
    taxed = [] if sale.tax_mode == "ExternalAmount" else [whole.taxed_price, whole.taxed_shipping_price]
    known = [price for price in taxed if price is not None]
    # Without a taxed price of the whole there is none of the discount.
    others = [price for each in known for price in (each.total_net.cent_amount, each.total_gross.cent_amount)]
    before = after = Total(whole.total_price.cent_amount, tuple(others))
    for portion in named.included_discounts:
        value = _value_of(portion.discount, sale, facts)
        if value is not None:
            at = after.price
            after, _ = off_total(value, portion.discount, after, currency, rounding)
            tell_total(portion.discount, at, after.price, sale, facts)
    fallen = iter(zip(after.others[::2], after.others[1::2], strict=True))
    left = [price and _taxed(price, *next(fallen)) for price in taxed] or [whole.taxed_price, whole.taxed_shipping_price]
    shown = on_total(before, after, currency)
    if shown is not None and (not taxed or taxed[0] is None):
        shown = replace(shown, discounted_net_amount=None, discounted_gross_amount=None)
    return Totals(cents(currency, after.price), *left), shown


def _without(whole: Totals, named: DiscountOnTotalPrice, sale: Sale) -> Totals:
    """What discounts that have changed since leave, by what they took then."""
    currency = whole.total_price.currency_code
    total = cents(currency, whole.total_price.cent_amount - named.discounted_amount.cent_amount)
    shipping, held = whole.taxed_shipping_price, sale.taxed_shipping_price
    if shipping is not None and held is not None and shipping.tax_portions == held.tax_portions:
        whole = whole._replace(taxed_shipping_price=held)  # its share is told nowhere else
    net, gross, taxed = named.discounted_net_amount, named.discounted_gross_amount, whole.taxed_price
    if net is None or gross is None or taxed is None:
        return whole._replace(total_price=total)
    left = _taxed(taxed, taxed.total_net.cent_amount - net.cent_amount, taxed.total_gross.cent_amount - gross.cent_amount)
    return whole._replace(total_price=total, taxed_price=left)


def _taxed(price: TaxedPrice, net: int, gross: int) -> TaxedPrice:
    currency = price.total_net.currency_code
    return replace(
        price, total_net=cents(currency, net), total_gross=cents(currency, gross), total_tax=cents(currency, gross - net)
    )


def _value_of(reference: Reference, sale: Sale, facts: Facts) -> PricedValue | None:
    value: CartDiscountValue | None
    if reference.type_id == "direct-discount":
        value = next((each.value for each in sale.direct_discounts if each.id == reference.id), None)
    else:
        found = facts.look_up(Wanted(reference.type_id, "id", reference.id))
        value = found.value if isinstance(found, CartDiscount) else None
    return None if isinstance(value, GiftLineItemValue) else value
