"""Which variants a product has, and what they are called."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from orderwright.domain.goods.assets import AssetDraft
from orderwright.domain.goods.product.actions.registry import actions
from orderwright.domain.goods.product.create import variant_from
from orderwright.domain.goods.product.editing import (
    OfVariant,
    Staged,
    edited,
    edited_variant,
    find_variant,
    next_variant_id,
    with_variant,
)
from orderwright.domain.goods.product.images import dropped
from orderwright.domain.goods.product.messages import ProductVariantAdded, ProductVariantDeleted
from orderwright.domain.goods.product.model import Product, ProductData
from orderwright.domain.goods.product.variant import (
    Attribute,
    Image,
    Prices,
    ProductKey,
    ProductVariant,
    ProductVariantDraft,
    Sku,
)
from orderwright.domain.goods.product_type.model import ProductType
from orderwright.domain.laws.parts import without
from orderwright.engine.actions import Change
from orderwright.engine.facts import Facts
from orderwright.engine.model import Resource
from orderwright.engine.references import VariantIdentifier, Wanted
from orderwright.errors import invalid_operation, required_field


class AddVariant(Staged):
    """One more variant."""

    sku: Sku | None = None
    key: ProductKey | None = None
    prices: Prices | None = None
    images: tuple[Image, ...] | None = None
    attributes: tuple[Attribute, ...] | None = None
    assets: tuple[AssetDraft, ...] = ()


class RemoveVariant(Staged):
    """A variant, named by its number or its SKU, that is to go."""

    id: int | None = None
    sku: Sku | None = None


class ChangeMasterVariant(OfVariant):
    """Another variant stands for the product."""


class SetSku(Staged):
    """The SKU of a variant, unique in the project; none removes it."""

    variant_id: int
    sku: Sku | None = None

    def wants_on(self, product: Product) -> Iterator[Wanted]:
        """The inventory that is kept under the SKUs the variant has."""
        for sku in _skus(product, self.variant_id, self.staged):
            yield Wanted("inventory-entry", "sku", sku)


class SetSKU(SetSku):
    """The same, as it was once called."""


class SetProductVariantKey(OfVariant):
    """The key of a variant, unique in the product; none removes it."""

    key: ProductKey | None = None


class SetDefaultVariant(Staged):
    """The variant that stands for a product whose variants are resources of their own; none removes it."""

    variant: VariantIdentifier | None = None


@actions.handles
def set_default_variant(product: Product, action: SetDefaultVariant, facts: Facts) -> Product:
    """Raises `ReferencedResourceNotFound`: variants stand in their product here, so that none is a resource of its own."""
    if action.variant is not None:
        facts.get("variant", action.variant, Resource)
    return product


@actions.handles
def add_variant(product: Product, action: AddVariant, facts: Facts) -> Change[Product]:
    """The variant gets a number that no other ever had. Raises what creating it with the product would raise."""
    product_type = facts.get("product-type", product.product_type, ProductType)
    draft = ProductVariantDraft(
        sku=action.sku,
        key=action.key,
        prices=action.prices,
        images=action.images,
        attributes=action.attributes,
        assets=action.assets,
    )
    variant = variant_from(draft, next_variant_id(product), product_type, facts)
    after = edited(product, action.staged, lambda data: replace(data, variants=(*data.variants, variant)))
    return Change(after, ProductVariantAdded(variant=variant, staged=action.staged))


@actions.handles
def remove_variant(product: Product, action: RemoveVariant, facts: Facts) -> Change[Product]:
    """The variant goes from the descriptions that have it. Raises `InvalidOperation` for the master variant, or for none."""
    if action.id is None and action.sku is None:
        raise required_field("id")
    gone: list[ProductVariant] = []

    def removed(description: ProductData) -> ProductData:
        # The staged and the current description may give one SKU to different variants: each loses its own.
        for each in description.all_variants:
            if action.id in (None, each.id) and action.sku in (None, each.sku):
                if each is description.master_variant:
                    raise invalid_operation("The master variant cannot be removed; make another the master variant first.")
                gone.append(each)
                return replace(description, variants=without(description.variants, each))
        return description

    after = edited(product, action.staged, removed)
    if not gone:
        raise invalid_operation(f"The product has no variant '{action.id if action.id is not None else action.sku}'.")
    urls, effects = dropped(product, after)
    told = ProductVariantDeleted(variant=gone[0], staged=action.staged, removed_image_urls=urls)
    return Change(after, told, effects=effects)


@actions.handles
def change_master_variant(product: Product, action: ChangeMasterVariant, facts: Facts) -> Product:
    """The former master variant becomes the last of the others. Raises `InvalidOperation` for an unknown variant."""

    def promote(data: ProductData) -> ProductData:
        chosen = find_variant(data, action.variant_id, action.sku)
        if chosen is data.master_variant:
            return data
        return replace(data, master_variant=chosen, variants=(*without(data.variants, chosen), data.master_variant))

    return edited(product, action.staged, promote)


@actions.handles
def set_sku(product: Product, action: SetSku, facts: Facts) -> Product:
    """Set the SKU; that it is unique is a claim. Raises `InvalidOperation` for one that inventory is kept under."""
    for sku in _skus(product, action.variant_id, action.staged):
        if sku != action.sku and facts.look_up(Wanted("inventory-entry", "sku", sku)):
            raise invalid_operation(f"The SKU '{sku}' has an inventory entry, so that it can not be changed or removed.")

    def renamed(data: ProductData) -> ProductData:
        found = find_variant(data, action.variant_id, None)
        return with_variant(data, found, lambda variant: replace(variant, sku=action.sku))

    return edited(product, action.staged, renamed)


actions.add(SetSKU, set_sku)


@actions.handles
def set_product_variant_key(product: Product, action: SetProductVariantKey, facts: Facts) -> Product:
    """Set the key; that it is unique in the product is checked with the whole."""
    return edited_variant(product, action, lambda variant: replace(variant, key=action.key))


def _skus(product: Product, variant_id: int, staged: bool) -> set[str]:
    """The SKUs of a variant in the descriptions that an action reaches."""
    data = product.master_data
    reached = (data.staged,) if staged else (data.staged, data.current)
    variants = (variant for description in reached for variant in description.all_variants)
    return {variant.sku for variant in variants if variant.id == variant_id and variant.sku is not None}
