"""When shops see a product, and as what."""

from __future__ import annotations

from msgspec.structs import replace

from orderwright.domain.goods.product.actions.registry import actions
from orderwright.domain.goods.product.attributes import check_required
from orderwright.domain.goods.product.editing import find_variant, with_data, with_each_variant, with_variant
from orderwright.domain.goods.product.images import dropped
from orderwright.domain.goods.product.messages import ProductPublished, ProductRevertedStagedChanges, ProductUnpublished
from orderwright.domain.goods.product.model import Product, ProductData, PublishScope, projection
from orderwright.domain.goods.product.variant import ProductVariant
from orderwright.domain.goods.product_type.model import ProductType
from orderwright.engine.actions import Change
from orderwright.engine.facts import Facts
from orderwright.engine.model import Action
from orderwright.errors import invalid_operation


class Publish(Action):
    """Show the staged description, or only its prices, to shops."""

    scope: PublishScope = "All"


class Unpublish(Action):
    """Show the product to shops no longer."""


class RevertStagedChanges(Action):
    """Give up what is being prepared."""


class RevertStagedVariantChanges(Action):
    """Give up what is being prepared for one variant."""

    variant_id: int


@actions.handles
def publish(product: Product, action: Publish, facts: Facts) -> Product | Change[Product]:
    """Raises `RequiredField` for an attribute that the type has come to require, `InvalidOperation` for prices of an unpublished
    product. A product that is published as it is stays so without a Message."""
    data = product.master_data
    if action.scope == "Prices":
        if not data.published:
            raise invalid_operation("Only the prices of a published product can be published by themselves.")
        after = with_data(product, current=_priced(data.current, data.staged))
    else:
        _check_complete(data.staged, facts.get("product-type", product.product_type, ProductType))
        after = with_data(product, published=True, current=data.staged)
    if after == product:
        return product
    current, staged = after.master_data.current, after.master_data.staged
    after = with_data(after, has_staged_changes=current != staged)
    # The Message shows the product as this change will have stored it.
    shown = replace(projection(after, staged=False), version=product.version + 1, last_modified_at=facts.now)
    urls, effects = dropped(product, after)
    told = ProductPublished(product_projection=shown, scope=action.scope, removed_image_urls=urls)
    return Change(after, told, effects=effects)


@actions.handles
def unpublish(product: Product, action: Unpublish, facts: Facts) -> Product | Change[Product]:
    """A product that is not published stays so without a Message."""
    if not product.master_data.published:
        return product
    return Change(with_data(product, published=False), ProductUnpublished())


@actions.handles
def revert_staged_changes(product: Product, action: RevertStagedChanges, facts: Facts) -> Product | Change[Product]:
    """The staged description is the current one again."""
    data = product.master_data
    if data.staged == data.current:
        return product
    after = with_data(product, staged=data.current)
    urls, effects = dropped(product, after)
    return Change(after, ProductRevertedStagedChanges(removed_image_urls=urls), effects=effects)


@actions.handles
def revert_staged_variant_changes(product: Product, action: RevertStagedVariantChanges, facts: Facts) -> Change[Product]:
    """Raises `InvalidOperation` for a variant that only one description has."""
    data = product.master_data
    current = find_variant(data.current, action.variant_id, None)
    staged = find_variant(data.staged, action.variant_id, None)
    after = with_data(product, staged=with_variant(data.staged, staged, lambda _: current))
    return Change(after, effects=dropped(product, after)[1])


def _priced(current: ProductData, staged: ProductData) -> ProductData:
    """The current description with the staged prices of the variants that both have."""
    prices = {variant.id: variant.prices for variant in staged.all_variants}

    def priced(variant: ProductVariant) -> ProductVariant:
        return replace(variant, prices=prices[variant.id]) if variant.id in prices else variant

    return with_each_variant(current, priced)


def _check_complete(data: ProductData, product_type: ProductType) -> None:
    check_required(data.attributes, "Product", product_type)
    for variant in data.all_variants:
        check_required(variant.attributes or (), "Variant", product_type)
