"""Gifts: a line of its own for each discount that gives one, at its price and for nothing.

commercetools: Cart Discounts, CartDiscountValueGiftLineItem; Carts, LineItemMode; Carts, Cart (`refusedGifts`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from orderwright.domain.amounts.money import cents, times, zero
from orderwright.domain.goods.variants import variant_of
from orderwright.domain.sale.discounts.asking import Asked
from orderwright.domain.sale.discounts.candidates import Offer, Place
from orderwright.domain.sale.discounts.model import GiftLineItemValue
from orderwright.domain.sale.discounts.portions import (
    DiscountedLineItemPortion,
    DiscountedLineItemPrice,
    DiscountedLineItemPriceForQuantity,
)
from orderwright.domain.sale.lines.items import LineItem, LineItemDraft
from orderwright.domain.sale.lines.lines import check_room, line_from
from orderwright.domain.sale.lines.pricing import total_rounding, unit_of
from orderwright.domain.sale.lines.variants import wanted_groups
from orderwright.domain.sale.model import S, Sale
from orderwright.engine.facts import Facts
from orderwright.engine.model import Reference
from orderwright.engine.references import ResourceIdentifier, Wanted
from orderwright.errors import ApiError


def gift_of(offer: Offer, value: GiftLineItemValue, sale: Sale, facts: Facts) -> LineItem | None:
    """The line that a discount gives: the one that it gave before, or a new one.

    None where the buyer has refused it, or where there is no such variant, or no price of it for the cart. A gift need not be
    published. What `wanted_gifts` wants must have been read.
    """
    if _is_refused(offer, sale):
        return None
    line = _given(offer, value, sale)
    if line is not None:
        return _free(line, offer.reference, sale)
    snapshot = variant_of(value.product.id, value.variant_id, facts)
    if snapshot is None:
        return None
    try:
        check_room(sale)
        line = line_from(_draft(value), snapshot, sale, facts)
    except ApiError:
        return None  # what a gift lacks is no error of the cart
    return _free(replace(line, line_item_mode="GiftLineItem"), offer.reference, sale)


def wanted_gifts(places: Iterable[Place], sale: Sale, asked: Asked) -> list[Wanted]:
    """What must be read to know the gifts that the cart may get anew."""
    wanted: list[Wanted] = []
    for offer in (offer for place in places for offer in place):
        value = offer.value
        if not isinstance(value, GiftLineItemValue) or _is_refused(offer, sale) or _given(offer, value, sale) is not None:
            continue
        if asked.holds(offer.predicate):
            wanted += _draft(value).wants()
    return [*wanted, *wanted_groups(sale.customer_id)] if wanted else []


def with_gifts(sale: S, before: Sale, gifts: Sequence[LineItem]) -> S:
    """The cart with the gifts that it has earned: those that it had `before` where they stood, new ones after all others."""
    if not gifts:
        return sale
    lines = {line.id: line for line in (*sale.line_items, *gifts)}
    stood = [lines.pop(line.id) for line in before.line_items if line.id in lines]
    return replace(sale, line_items=(*stood, *lines.values()))


def discount_of(line: LineItem) -> Reference | None:
    """The discount that a line is the gift of."""
    if not line.is_gift or not line.discounted_price_per_quantity:
        return None
    return line.discounted_price_per_quantity[0].discounted_price.included_discounts[0].discount


def _is_refused(offer: Offer, sale: Sale) -> bool:
    return any(refused.id == offer.reference.id for refused in sale.refused_gifts)


def _given(offer: Offer, value: GiftLineItemValue, sale: Sale) -> LineItem | None:
    """The gift that the discount has given before, if it would still give that."""
    for line in sale.line_items:
        if discount_of(line) == offer.reference:
            return line if (line.product_id, line.variant.id) == (value.product.id, value.variant_id) else None
    return None


def _draft(value: GiftLineItemValue) -> LineItemDraft:
    return LineItemDraft(
        product_id=value.product.id,
        variant_id=value.variant_id,
        supply_channel=_channel(value.supply_channel),
        distribution_channel=_channel(value.distribution_channel),
    )


def _free(line: LineItem, discount: Reference, sale: Sale) -> LineItem:
    currency = sale.total_price.currency_code
    nothing = zero(currency)
    price = cents(currency, times(unit_of(line, sale), line.quantity, total_rounding(line, sale)))
    off = DiscountedLineItemPortion(discount=discount, discounted_amount=price)
    free = DiscountedLineItemPrice(value=nothing, included_discounts=(off,))
    bucket = DiscountedLineItemPriceForQuantity(quantity=line.quantity, discounted_price=free)
    return replace(line, total_price=nothing, discounted_price_per_quantity=(bucket,))


def _channel(reference: Reference | None) -> ResourceIdentifier | None:
    return None if reference is None else ResourceIdentifier(type_id="channel", id=reference.id)
