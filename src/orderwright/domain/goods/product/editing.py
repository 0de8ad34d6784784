"""Changing a product: one edit for the staged description, or the same one for both."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from orderwright.domain.goods.product.model import Product, ProductCatalogData, ProductData
from orderwright.domain.goods.product.variant import ProductVariant, Sku
from orderwright.domain.laws.parts import instead
from orderwright.engine.model import Action
from orderwright.errors import invalid_operation, required_field

Edit = Callable[[ProductData], ProductData]
VariantEdit = Callable[[ProductVariant], ProductVariant]


class Staged(Action):
    """An action on the staged description; with `staged` false on both."""

    staged: bool = True


class OfVariant(Staged):
    """An action on one variant, named by its number or its SKU."""

    variant_id: int | None = None
    sku: Sku | None = None


def with_data(product: Product, **changes: object) -> Product:
    """The product with other catalogue data. The highest variant number is kept once its variant is gone."""
    before = product.master_data
    after = replace(before, **changes)
    most, left = _highest(before), max(_numbers(after))
    return replace(product, master_data=replace(after, last_variant_id=most if most > left else None))


def next_variant_id(product: Product) -> int:
    """The number of a new variant: numbers rise and are never given twice."""
    return _highest(product.master_data) + 1


def edited(product: Product, staged: bool, edit: Edit) -> Product:
    """The edit done to the staged description and, unless `staged`, to the current one."""
    data = product.master_data
    if staged:
        return with_data(product, staged=edit(data.staged))
    return with_data(product, staged=edit(data.staged), current=edit(data.current))


def edited_variant(product: Product, action: OfVariant, edit: VariantEdit) -> Product:
    """The edit done to the variant that an action names, wherever the action reaches. Raises `InvalidOperation`."""

    def edit_data(data: ProductData) -> ProductData:
        return with_variant(data, find_variant(data, action.variant_id, action.sku), edit)

    return edited(product, action.staged, edit_data)


def with_variant(data: ProductData, variant: ProductVariant, edit: VariantEdit) -> ProductData:
    """The description with one of its variants edited."""
    if data.master_variant is variant:
        return replace(data, master_variant=edit(variant))
    return replace(data, variants=instead(data.variants, variant, edit(variant)))


def with_each_variant(data: ProductData, edit: VariantEdit) -> ProductData:
    """The description with all of its variants edited."""
    return replace(data, master_variant=edit(data.master_variant), variants=tuple(edit(each) for each in data.variants))


def without_category(data: ProductData, id: str) -> ProductData:
    """The description without a category and its order hint."""
    kept = tuple(category for category in data.categories if category.id != id)
    hints = {category: hint for category, hint in data.category_order_hints.items() if category != id}
    return replace(data, categories=kept, category_order_hints=hints)


def find_variant(data: ProductData, variant_id: int | None, sku: str | None) -> ProductVariant:
    """The variant of a number or SKU. Raises `RequiredField` without either, `InvalidOperation` if there is none."""
    if variant_id is None and sku is None:
        raise required_field("variantId")
    for variant in data.all_variants:
        if variant_id in (None, variant.id) and sku in (None, variant.sku):
            return variant
    named = f"ID '{variant_id}'" if variant_id is not None else f"SKU '{sku}'"
    raise invalid_operation(f"The product has no variant with {named} in each description that is to be changed.")


def _numbers(data: ProductCatalogData) -> list[int]:
    return [variant.id for description in (data.current, data.staged) for variant in description.all_variants]


def _highest(data: ProductCatalogData) -> int:
    return max(*_numbers(data), data.last_variant_id or 0)
