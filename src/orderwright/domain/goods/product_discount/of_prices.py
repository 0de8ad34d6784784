"""The product discounts of standalone prices: written into each with every change of it, by the variant that has its SKU.

commercetools: Standalone Prices, StandalonePrice.
"""

from __future__ import annotations

from msgspec.structs import replace

from orderwright.domain.goods.product.variant import VariantSnapshot
from orderwright.domain.goods.product_discount.best import Candidates, InForce, discounts_of
from orderwright.domain.goods.product_discount.of_products import candidates, unfit
from orderwright.domain.goods.standalone_price.messages import StandalonePriceDiscountSet
from orderwright.domain.goods.standalone_price.model import StandalonePrice
from orderwright.engine.actions import Change
from orderwright.engine.facts import Facts
from orderwright.engine.references import Wanted


def candidates_of_sku(sku: str, facts: Facts) -> Candidates | None:
    """The discounts that prices of a SKU may have; None while no current variant has it. Has the variant read."""
    wanted = Wanted("variant", "sku", sku)
    facts.need((wanted,))
    found: VariantSnapshot | None = facts.look_up(wanted)
    if found is None:
        return None
    described = (found.product_attributes, found.categories)
    return candidates((found.product_id, found.product_key), found.product_type, found.variant, described, InForce(facts))


def discounted(before: StandalonePrice | None, change: Change[StandalonePrice], facts: Facts) -> Change[StandalonePrice]:
    """The change with the discount of today in the price and in what is prepared for it, and with what it tells of that. Raises
    `InvalidOperation` for a discount that a client has just set and that does not fit the price."""
    price = change.after
    if not discounts_of(facts.catalogue).known and not (price.discounted or (price.staged and price.staged.discounted)):
        return change
    found = candidates_of_sku(price.sku, facts)
    stored = () if before is None else (before.discounted, before.staged and before.staged.discounted)
    after = _of(price, found, stored)
    if after.staged is not None:
        prepared = _of(replace(after, value=after.staged.value, discounted=after.staged.discounted), found, stored)
        after = replace(after, staged=replace(after.staged, discounted=prepared.discounted))
    if after == price:
        return change
    told = after.discounted != price.discounted
    change = change.going_on(after, ())
    return change.telling(StandalonePriceDiscountSet(discounted=after.discounted)) if told else change


def _of(price: StandalonePrice, found: Candidates | None, stored: tuple[object, ...]) -> StandalonePrice:
    external = found.external(price) if found is not None else None
    if price.discounted is not None and external is None and price.discounted not in stored:
        raise unfit(price.discounted)
    return replace(price, discounted=found.discounted(price) if found is not None else None)
