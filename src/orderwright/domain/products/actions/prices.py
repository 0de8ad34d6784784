"""The prices of variants. That they keep apart in scope and time is checked with the whole product."""

from __future__ import annotations

from msgspec.structs import replace

from orderwright.domain.price import Price, PriceDraft, price_from
from orderwright.domain.product import Prices, ProductVariant
from orderwright.domain.products.actions import actions
from orderwright.domain.products.editing import OfVariant, Staged, edited, edited_variant, find_variant, with_variant
from orderwright.domain.products.messages import (
    ProductPriceAdded,
    ProductPriceChanged,
    ProductPriceKeySet,
    ProductPriceRemoved,
    ProductPricesSet,
)
from orderwright.domain.products.model import Product, ProductData
from orderwright.engine.actions import Change
from orderwright.engine.facts import Facts
from orderwright.engine.scalars import Id, Key
from orderwright.errors import invalid_operation


class AddPrice(OfVariant):
    """One more price of a variant."""

    price: PriceDraft


class SetPrices(OfVariant):
    """All prices of a variant."""

    prices: Prices


class _OfPrice(Staged):
    price_id: Id


class ChangePrice(_OfPrice):
    """Another price under the same id."""

    price: PriceDraft


class RemovePrice(_OfPrice):
    """A price that is to go."""


class SetPriceKey(_OfPrice):
    """The key of a price, unique in its variant; none removes it."""

    key: Key | None = None


@actions.handles
def add_price(product: Product, action: AddPrice, facts: Facts) -> Change[Product]:
    """Raises `DuplicatePriceScope`, `DuplicatePriceKey` or `OverlappingPriceValidity` with the whole, as all here do."""
    variant = find_variant(product.master_data.staged, action.variant_id, action.sku)
    price = price_from(action.price, facts)
    after = edited_variant(product, action, lambda each: replace(each, prices=(*(each.prices or ()), price)))
    return Change(after, ProductPriceAdded(variant_id=variant.id, price=price, staged=action.staged))


@actions.handles
def set_prices(product: Product, action: SetPrices, facts: Facts) -> Change[Product]:
    """The prices get new ids."""
    variant = find_variant(product.master_data.staged, action.variant_id, action.sku)
    prices = tuple(price_from(draft, facts) for draft in action.prices)
    after = edited_variant(product, action, lambda each: replace(each, prices=prices))
    return Change(after, ProductPricesSet(variant_id=variant.id, prices=prices, staged=action.staged))


@actions.handles
def change_price(product: Product, action: ChangePrice, facts: Facts) -> Product | Change[Product]:
    """Raises `InvalidOperation` for a price that is not there, as all that follow."""
    new = replace(price_from(action.price, facts), id=action.price_id)
    variant, old_staged = _found(product.master_data.staged, action.price_id)
    after = _edited_price(product, action, (new,))
    if after == product:
        return product
    current = _price(product.master_data.current, action.price_id)
    told = ProductPriceChanged(
        variant_id=variant.id,
        old_price=current or old_staged,
        new_price=new,
        staged=action.staged,
        old_staged_price=old_staged,
    )
    return Change(after, told)


@actions.handles
def remove_price(product: Product, action: RemovePrice, facts: Facts) -> Change[Product]:
    """The price goes from the descriptions that the action reaches."""
    variant, old = _found(product.master_data.staged, action.price_id)
    after = _edited_price(product, action, ())
    return Change(after, ProductPriceRemoved(variant_id=variant.id, price=old, staged=action.staged))


@actions.handles
def set_price_key(product: Product, action: SetPriceKey, facts: Facts) -> Product | Change[Product]:
    """Set or remove the key."""
    variant, old = _found(product.master_data.staged, action.price_id)

    def keyed(data: ProductData) -> ProductData:
        _, price = _found(data, action.price_id)
        return _with_price(data, price.id, (replace(price, key=action.key),))

    after = edited(product, action.staged, keyed)
    if after == product:
        return product
    told = ProductPriceKeySet(
        variant_id=variant.id, price_id=old.id, old_key=old.key, key=action.key, staged=action.staged
    )
    return Change(after, told)


def _edited_price(product: Product, action: _OfPrice, instead: tuple[Price, ...]) -> Product:
    return edited(product, action.staged, lambda data: _with_price(data, action.price_id, instead))


def _with_price(data: ProductData, price_id: str, instead: tuple[Price, ...]) -> ProductData:
    """The description with one price replaced in its place, or removed."""
    holder, _ = _found(data, price_id)
    prices: list[Price] = []
    for price in holder.prices or ():
        prices += instead if price.id == price_id else (price,)
    return with_variant(data, holder, lambda variant: replace(variant, prices=tuple(prices)))


def _found(data: ProductData, price_id: str) -> tuple[ProductVariant, Price]:
    for variant in data.all_variants:
        for price in variant.prices or ():
            if price.id == price_id:
                return variant, price
    raise invalid_operation(f"No variant has the price '{price_id}' in each description that is to be changed.")


def _price(data: ProductData, price_id: str) -> Price | None:
    prices = (price for variant in data.all_variants for price in variant.prices or ())
    return next((price for price in prices if price.id == price_id), None)
