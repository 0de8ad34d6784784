"""The product discounts of standalone prices: written into each with every change of it, by the variant that has its SKU.

commercetools: Standalone Prices, StandalonePrice.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from orderwright.domain.goods.product.model import Product
from orderwright.domain.goods.product_discount.best import Candidates, InForce, discounts_of
from orderwright.domain.goods.product_discount.of_products import candidates_of, unfit, wanted_of
from orderwright.domain.goods.standalone_price.messages import StandalonePriceDiscountSet
from orderwright.domain.goods.standalone_price.model import StandalonePrice
from orderwright.engine.actions import Change
from orderwright.engine.facts import Facts, Found
from orderwright.engine.references import Wanted


def wanted_of_sku(sku: str, found: Found) -> Iterator[Wanted]:
    """The product that has a SKU, and what must be known of its categories. Without discounts it does not matter."""
    if not discounts_of(found.catalogue).known:
        return
    wanted = Wanted("product", "sku", sku)
    yield wanted
    for product in found.get(wanted, ()):
        yield from wanted_of(product, found)


def candidates_of_sku(sku: str, facts: Facts) -> Candidates | None:
    """The discounts that prices of a SKU may have; None while no current variant has it."""
    products: tuple[Product, ...] = facts.look_up(Wanted("product", "sku", sku)) or ()
    for product in products:
        data = product.master_data.current
        for variant in data.all_variants:
            if variant.sku == sku:
                return candidates_of(product, data, variant, InForce(facts))
    return None


def discounted(before: StandalonePrice | None, change: Change[StandalonePrice], facts: Facts) -> Change[StandalonePrice]:
    """The change with the discount of today in the price and in what is prepared for it, and with what it tells of that. Raises
    `InvalidOperation` for a discount that a client has just set and that does not fit the price."""
    price = change.after
    if not discounts_of(facts.catalogue).known and not (price.discounted or (price.staged and price.staged.discounted)):
        return change
    candidates = candidates_of_sku(price.sku, facts)
    stored = () if before is None else (before.discounted, before.staged and before.staged.discounted)
    after = _of(price, candidates, stored)
    if after.staged is not None:
        prepared = _of(replace(after, value=after.staged.value, discounted=after.staged.discounted), candidates, stored)
        after = replace(after, staged=replace(after.staged, discounted=prepared.discounted))
    if after == price:
        return change
    told = after.discounted != price.discounted
    change = change.going_on(after, ())
    return change.telling(StandalonePriceDiscountSet(discounted=after.discounted)) if told else change


def _of(price: StandalonePrice, candidates: Candidates | None, stored: tuple[object, ...]) -> StandalonePrice:
    external = candidates.external(price) if candidates is not None else None
    if price.discounted is not None and external is None and price.discounted not in stored:
        raise unfit(price.discounted)
    return replace(price, discounted=candidates.discounted(price) if candidates is not None else None)
