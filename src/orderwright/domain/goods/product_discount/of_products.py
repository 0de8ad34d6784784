"""The product discounts of embedded prices: written into each product with every change of it.

commercetools: Product Discounts, ProductDiscount.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from orderwright.domain.goods.price import DiscountedPrice, Price
from orderwright.domain.goods.product.messages import ProductPriceDiscountsSet, ProductPriceDiscountsSetUpdatedPrice
from orderwright.domain.goods.product.model import Product, ProductData
from orderwright.domain.goods.product.variant import Attribute, ProductVariant
from orderwright.domain.goods.product_discount.best import Candidates, InForce, discounts_of
from orderwright.domain.goods.product_discount.predicate import asked_of_variant, named
from orderwright.domain.laws.renewing import PRICES_OF_SKU, queued
from orderwright.engine.actions import Change
from orderwright.engine.facts import Facts
from orderwright.engine.model import Reference
from orderwright.engine.references import Wanted
from orderwright.engine.unit.effects import Effect
from orderwright.errors import ApiError, invalid_operation

Discounted = DiscountedPrice | None


def candidates_of(product: Product, data: ProductData, variant: ProductVariant, in_force: InForce) -> Candidates:
    """The discounts that the prices of a variant of one description may have."""
    named = (product.id, product.key)
    return candidates(named, product.product_type, variant, (data.attributes, data.categories), in_force)


def candidates(
    product: tuple[str, str | None],
    product_type: Reference,
    variant: ProductVariant,
    described: tuple[Iterable[Attribute], Iterable[Reference]],
    in_force: InForce,
) -> Candidates:
    """The same of a variant whose product is known by its id, its key, and what it is `described` by: its attributes and its
    categories. Has these read as far as predicates ask for them."""
    facts, (attributes, categories) = in_force.facts, described
    own, with_ancestors = _categories(categories, facts)
    asked = asked_of_variant(
        product=product,
        product_type=named(product_type, facts.look_up(Wanted(product_type.type_id, "id", product_type.id))),
        variant=(variant.id, variant.key, variant.sku),
        attributes=(*attributes, *(variant.attributes or ())),
        categories=own,
        with_ancestors=with_ancestors,
    )
    return Candidates(asked, in_force)


def wanted_categories(references: Iterable[Reference], facts: Facts) -> list[Wanted]:
    """The documents of categories and, where those were read, of all above them, if predicates ask for more than the ids."""
    if not discounts_of(facts.catalogue).of_category_documents:
        return []
    own = [Wanted("category", "id", reference.id) for reference in references]
    known = (facts.look_up(wanted) for wanted in own)
    above = [Wanted("category", "id", each.id) for category in known if category is not None for each in category.ancestors]
    return [*own, *above]


def _categories(references: Iterable[Reference], facts: Facts) -> tuple[Sequence[dict[str, Any]], Sequence[dict[str, Any]]]:
    """The categories, and these with all above them, each once. First they are read, then what is above."""
    if not discounts_of(facts.catalogue).of_categories:
        return (), ()
    facts.need(wanted_categories(references, facts))
    own: dict[str, dict[str, Any]] = {}
    above: dict[str, dict[str, Any]] = {}
    for reference in references:
        category = facts.look_up(Wanted("category", "id", reference.id))
        for each in (reference, *(category.ancestors if category is not None else ())):
            above[each.id] = named(each, facts.look_up(Wanted("category", "id", each.id)))
        own[reference.id] = above[reference.id]
    return list(own.values()), list(above.values())


def discounted(before: Product | None, change: Change[Product], facts: Facts) -> Generator[None, None, Change[Product]]:
    """The change with the discounts of today in all prices of the product, in steps, and with what it tells of them. Raises
    `InvalidOperation` for a discount that a client has just set and that does not fit its price."""
    product = change.after
    known = discounts_of(facts.catalogue).known
    if not known and not any(price.discounted for _, price in _prices(product)):
        return change
    stored = {(price.id, price.discounted) for _, price in _prices(before)} if before is not None else set()
    data, in_force = product.master_data, InForce(facts)
    current = yield from _of_data(product, data.current, stored, in_force)
    staged = current if data.staged == data.current else (yield from _of_data(product, data.staged, stored, in_force))
    after = replace(product, master_data=replace(data, current=current, staged=staged, has_staged_changes=current != staged))
    change = change.going_on(after, _standalone(before, after, facts) if known else ())
    updated = tuple(_updated(product, after))
    return change.telling(ProductPriceDiscountsSet(updated_prices=updated)) if updated else change


def _of_data(
    product: Product, data: ProductData, stored: set[tuple[str, Discounted]], in_force: InForce
) -> Generator[None, None, ProductData]:
    made = []
    for variant in data.all_variants:
        prices = []
        candidates = candidates_of(product, data, variant, in_force) if variant.prices else None
        for price in variant.prices or ():
            assert candidates is not None
            prices.append(_of_price(price, candidates, stored))
            yield
        made.append(replace(variant, prices=tuple(prices)) if prices else variant)
    return replace(data, master_variant=made[0], variants=tuple(made[1:]))


def _of_price(price: Price, candidates: Candidates, stored: set[tuple[str, Discounted]]) -> Price:
    if price.discounted is not None and (price.id, price.discounted) not in stored and candidates.external(price) is None:
        raise unfit(price.discounted)
    return replace(price, discounted=candidates.discounted(price))


def unfit(discounted: DiscountedPrice) -> ApiError:
    """The refusal of a discounted price that a client sets."""
    reason = "is not of the type 'external', is not in force now, or its predicate does not match the price"
    return invalid_operation(f"The product discount '{discounted.discount.id}' {reason}.")


def _prices(product: Product) -> Iterator[tuple[ProductVariant, Price]]:
    data = product.master_data
    for description in (data.current, data.staged):
        for variant in description.all_variants:
            for price in variant.prices or ():
                yield variant, price


def _updated(before: Product, after: Product) -> Iterator[ProductPriceDiscountsSetUpdatedPrice]:
    """The prices that have another discount, those of both descriptions alike once."""
    told = set()
    old, new = before.master_data, after.master_data
    for staged, was, now in ((False, old.current, new.current), (True, old.staged, new.staged)):
        for one, other in zip(was.all_variants, now.all_variants, strict=True):
            for price, priced in zip(one.prices or (), other.prices or (), strict=True):
                if price.discounted == priced.discounted or (priced.id, priced.discounted) in told:
                    continue
                told.add((priced.id, priced.discounted))
                yield ProductPriceDiscountsSetUpdatedPrice(
                    variant_id=other.id,
                    variant_key=other.key,
                    sku=other.sku,
                    price_id=priced.id,
                    discounted=priced.discounted,
                    staged=staged,
                )


def _standalone(before: Product | None, after: Product, facts: Facts) -> tuple[Effect, ...]:
    """The standalone prices of the SKUs follow, where predicates may see another variant behind them now."""
    old, new = _seen(before), _seen(after)
    skus = [sku for sku in old.keys() | new.keys() if old.get(sku) != new.get(sku)]
    return (queued(PRICES_OF_SKU, skus, facts.now),) if skus else ()


def _seen(product: Product | None) -> Mapping[str, Any]:
    """What predicates see of the current variants, by their SKUs."""
    if product is None:
        return {}
    data = product.master_data.current
    shared = (product.key, product.product_type, data.categories, data.attributes)
    return {each.sku: (each.id, each.key, each.attributes, shared) for each in data.all_variants if each.sku is not None}
