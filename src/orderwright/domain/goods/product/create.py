"""A product from its draft, which is both its current and its staged description."""

from __future__ import annotations

from collections.abc import Sequence

from orderwright.domain.goods.assets import assets_from
from orderwright.domain.goods.category.model import Category
from orderwright.domain.goods.price import price_from
from orderwright.domain.goods.product.attributes import attributes_from
from orderwright.domain.goods.product.model import CategoryOrderHints, Product, ProductCatalogData, ProductData, ProductDraft
from orderwright.domain.goods.product.variant import ProductVariant, ProductVariantDraft
from orderwright.domain.goods.product_type.model import ProductType
from orderwright.domain.shop.state.workflow import entered
from orderwright.engine.facts import Facts
from orderwright.engine.model import Reference
from orderwright.errors import invalid_operation, required_field


def create(draft: ProductDraft, facts: Facts) -> Product:
    """A new product. Raises `ReferencedResourceNotFound` and what its prices and attributes raise."""
    product_type = facts.get("product-type", draft.product_type, ProductType)
    data = _data(draft, product_type, facts)
    return Product(
        **facts.born(),
        key=draft.key,
        product_type=Reference(type_id="product-type", id=product_type.id),
        tax_category=facts.reference("tax-category", draft.tax_category),
        state=_initial_state(draft, facts),
        price_mode=draft.price_mode,
        master_data=ProductCatalogData(published=draft.publish, current=data, staged=data, has_staged_changes=False),
    )


def variant_from(draft: ProductVariantDraft, id: int, product_type: ProductType, facts: Facts) -> ProductVariant:
    """The variant a draft means, under its number. Raises what its prices and attributes raise."""
    return ProductVariant(
        id=id,
        sku=draft.sku,
        key=draft.key,
        prices=tuple(price_from(price, facts) for price in draft.prices or ()),
        attributes=attributes_from(draft.attributes, "Variant", product_type, facts),
        images=draft.images or (),
        assets=assets_from(draft.assets, facts),
    )


def _data(draft: ProductDraft, product_type: ProductType, facts: Facts) -> ProductData:
    first, *others = _numbered(draft, product_type, facts)
    found = (facts.get("category", named, Category) for named in draft.categories)
    categories = tuple(dict.fromkeys(category.reference for category in found))
    return ProductData(
        name=draft.name,
        slug=draft.slug,
        description=draft.description,
        categories=categories,
        category_order_hints=_hints(draft, categories),
        meta_title=draft.meta_title,
        meta_description=draft.meta_description,
        meta_keywords=draft.meta_keywords,
        search_keywords=draft.search_keywords or {},
        attributes=attributes_from(draft.attributes, "Product", product_type, facts),
        master_variant=first,
        variants=tuple(others),
    )


def _hints(draft: ProductDraft, categories: Sequence[Reference]) -> CategoryOrderHints:
    ids = {category.id for category in categories}
    for id in draft.category_order_hints or {}:
        if id not in ids:
            raise invalid_operation(f"The product is not in the category '{id}', so that it has no order hint there.")
    return draft.category_order_hints or {}


def _initial_state(draft: ProductDraft, facts: Facts) -> Reference | None:
    return None if draft.state is None else entered(draft.state, facts, type="ProductState")


def _numbered(draft: ProductDraft, product_type: ProductType, facts: Facts) -> list[ProductVariant]:
    """The variants, numbered from 1; without any draft an empty master variant."""
    needed = draft.variants or any(each.is_required and each.level == "Variant" for each in product_type.attributes)
    if draft.master_variant is None and needed:
        raise required_field("masterVariant")
    drafts = (draft.master_variant or ProductVariantDraft(), *draft.variants)
    return [variant_from(each, number, product_type, facts) for number, each in enumerate(drafts, 1)]
