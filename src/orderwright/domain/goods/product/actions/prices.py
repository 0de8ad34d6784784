"""The prices of variants. That they keep apart in scope and time is checked with the whole product."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from orderwright.domain.custom.fields import CustomFieldsDraft, custom_from, with_field
from orderwright.domain.goods.price import DiscountedPriceDraft, Price, PriceDraft, check_external, discounted_from, price_from
from orderwright.domain.goods.product.actions.registry import actions
from orderwright.domain.goods.product.editing import OfVariant, Staged, edited, edited_variant, find_variant, with_variant
from orderwright.domain.goods.product.messages import (
    ProductPriceAdded,
    ProductPriceChanged,
    ProductPriceCustomFieldAdded,
    ProductPriceCustomFieldChanged,
    ProductPriceCustomFieldRemoved,
    ProductPriceCustomFieldsRemoved,
    ProductPriceCustomFieldsSet,
    ProductPriceExternalDiscountSet,
    ProductPriceKeySet,
    ProductPriceRemoved,
    ProductPricesSet,
)
from orderwright.domain.goods.product.model import Product, ProductData
from orderwright.domain.goods.product.variant import Prices, ProductVariant
from orderwright.engine.actions import Change
from orderwright.engine.facts import Facts
from orderwright.engine.references import TypeIdentifier
from orderwright.engine.scalars import Id, Key
from orderwright.errors import invalid_input, invalid_operation, required_field


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


class RemovePrice(OfVariant):
    """A price that is to go, named by its id; or, as it was once done, described, with its variant."""

    price_id: Id | None = None
    price: PriceDraft | None = None


class SetDiscountedPrice(_OfPrice):
    """What a product discount of type `external` leaves of a price; none removes it."""

    discounted: DiscountedPriceDraft | None = None


class SetProductPriceCustomType(_OfPrice):
    """The Type and all custom fields of a price; without a Type, they are removed."""

    type: TypeIdentifier | None = None
    fields: dict[str, Any] | None = None


class SetProductPriceCustomField(_OfPrice):
    """One custom field of a price; without a value, or with null, it is removed."""

    name: str
    value: Any = None


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
    price_id = action.price_id or _described(product.master_data.staged, action, facts).id
    variant, old = _found(product.master_data.staged, price_id)
    after = edited(product, action.staged, lambda data: _with_price(data, price_id, ()))
    return Change(after, ProductPriceRemoved(variant_id=variant.id, price=old, staged=action.staged))


@actions.handles
def set_discounted_price(product: Product, action: SetDiscountedPrice, facts: Facts) -> Product | Change[Product]:
    """Raises `ReferencedResourceNotFound` for a product discount that is not there, `InvalidOperation` for one that is not
    external or not in force, `InvalidField` for another currency."""
    variant, old = _found(product.master_data.staged, action.price_id)
    check_external(action.discounted, facts)
    discounted = discounted_from(action.discounted, old.value.currency_code, facts)
    after = _each_price(product, action, lambda price: replace(price, discounted=discounted))
    if after == product:
        return product
    told = ProductPriceExternalDiscountSet(
        variant_id=variant.id,
        variant_key=variant.key,
        sku=variant.sku,
        price_id=old.id,
        discounted=discounted,
        staged=action.staged,
    )
    return Change(after, told)


@actions.handles
def set_custom_type(product: Product, action: SetProductPriceCustomType, facts: Facts) -> Product | Change[Product]:
    """Raises what custom fields raise."""
    variant, old = _found(product.master_data.staged, action.price_id)
    if action.type is None and action.fields:
        raise invalid_input("Custom fields can not be set without the Type that defines them.")
    draft = None if action.type is None else CustomFieldsDraft(type=action.type, fields=action.fields)
    custom = custom_from(draft, "product-price", facts)
    after = _each_price(product, action, lambda price: replace(price, custom=custom))
    if after == product:
        return product
    named: dict[str, Any] = {"price_id": old.id, "variant_id": variant.id, "staged": action.staged}
    if custom is None:
        return Change(after, ProductPriceCustomFieldsRemoved(**named))
    before = old.custom.type.id if old.custom else None
    return Change(after, ProductPriceCustomFieldsSet(custom_field=custom, old_type_id=before, **named))


@actions.handles
def set_custom_field(product: Product, action: SetProductPriceCustomField, facts: Facts) -> Product | Change[Product]:
    """Raises what custom fields raise."""
    variant, old = _found(product.master_data.staged, action.price_id)

    def edit(price: Price) -> Price:
        return replace(price, custom=with_field(price.custom, action.name, action.value, facts))

    after = _each_price(product, action, edit)
    if after == product:
        return product
    named: dict[str, Any] = {
        "price_id": old.id,
        "variant_id": variant.id,
        "staged": action.staged,
        "name": action.name,
    }
    before, stored = old.custom, edit(old).custom
    assert before is not None and stored is not None
    if action.name not in stored.fields:
        return Change(after, ProductPriceCustomFieldRemoved(**named))
    changed = action.name in before.fields
    told = ProductPriceCustomFieldChanged if changed else ProductPriceCustomFieldAdded
    return Change(after, told(value=stored.fields[action.name], **named))


@actions.handles
def set_price_key(product: Product, action: SetPriceKey, facts: Facts) -> Product | Change[Product]:
    """Set or remove the key."""
    variant, old = _found(product.master_data.staged, action.price_id)
    after = _each_price(product, action, lambda price: replace(price, key=action.key))
    if after == product:
        return product
    told = ProductPriceKeySet(variant_id=variant.id, price_id=old.id, old_key=old.key, key=action.key, staged=action.staged)
    return Change(after, told)


def _edited_price(product: Product, action: _OfPrice, instead: tuple[Price, ...]) -> Product:
    return edited(product, action.staged, lambda data: _with_price(data, action.price_id, instead))


def _each_price(product: Product, action: _OfPrice, edit: Callable[[Price], Price]) -> Product:
    """The product with one price edited in each description that the action reaches."""

    def edit_data(data: ProductData) -> ProductData:
        _, price = _found(data, action.price_id)
        return _with_price(data, price.id, (edit(price),))

    return edited(product, action.staged, edit_data)


def _described(data: ProductData, action: RemovePrice, facts: Facts) -> Price:
    """The price of a variant that is like the one described. Raises `RequiredField` or `InvalidOperation`."""
    if action.price is None:
        raise required_field("priceId")
    like = replace(price_from(action.price, facts), id="")
    variant = find_variant(data, action.variant_id, action.sku)
    for price in variant.prices or ():
        if replace(price, id="") == like:
            return price
    raise invalid_operation(f"The variant {variant.id} does not have this price.")


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
