"""What must hold for a whole product after every change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from orderwright.domain.goods.price import check_scopes
from orderwright.domain.goods.product.attributes import check_constraints, refreshed
from orderwright.domain.goods.product.editing import with_each_variant
from orderwright.domain.goods.product.model import MAX_VARIANTS, Product, ProductData
from orderwright.domain.goods.product.variant import MAX_PRICES, ProductVariant
from orderwright.domain.goods.product_type.model import ProductType
from orderwright.domain.goods.refusals import duplicate_variant_values
from orderwright.domain.laws.distinct import check_distinct
from orderwright.engine.facts import Facts
from orderwright.engine.json.codec import in_one_order
from orderwright.errors import invalid_operation


def finished(product: Product, facts: Facts) -> Product:
    """The product as it is stored: its attributes as the type defines them today, checked, and whether it has staged changes.

    Raises `DuplicateField` (SKU, key or image twice), `DuplicateVariantValues`, the prices' and the constraints' errors.
    """
    product_type = facts.get("product-type", product.product_type, ProductType)
    data = product.master_data
    current = _refreshed(data.current, product_type)
    staged = current if data.staged == data.current else _refreshed(data.staged, product_type)
    for description in (current,) if staged is current else (current, staged):
        _check(description, product_type)
    after = replace(data, current=current, staged=staged, has_staged_changes=staged != current)
    return replace(product, master_data=after)


def claims(product: Product) -> Iterator[tuple[str, str]]:
    """Every SKU, and every slug in its language, of both descriptions."""
    for data in (product.master_data.current, product.master_data.staged):
        for variant in data.all_variants:
            if variant.sku is not None:
                yield "sku", variant.sku
        for locale, slug in data.slug.items():
            yield f"slug.{locale}", slug


def _refreshed(data: ProductData, product_type: ProductType) -> ProductData:
    data = with_each_variant(data, lambda variant: replace(variant, attributes=refreshed(variant.attributes, product_type)))
    return replace(data, attributes=refreshed(data.attributes, product_type) or ())


def _check(data: ProductData, product_type: ProductType) -> None:
    if len(data.variants) > MAX_VARIANTS:
        raise invalid_operation(f"A product can have at most {MAX_VARIANTS} variants beside its master variant.")
    for variant in data.all_variants:
        _check_variant(variant)
    check_distinct("sku", (variant.sku for variant in data.all_variants))
    check_distinct("key", (variant.key for variant in data.all_variants))
    check_constraints(data.all_variants, product_type)
    _check_values(data.all_variants)


def _check_variant(variant: ProductVariant) -> None:
    prices = variant.prices or ()
    if len(prices) > MAX_PRICES:
        raise invalid_operation(f"A variant can have at most {MAX_PRICES} prices.")
    check_scopes(prices)
    check_distinct("images.url", (image.url for image in variant.images or ()))


def _check_values(variants: Sequence[ProductVariant]) -> None:
    """Variants without a SKU and a key of their own must differ in their values."""
    seen: set[bytes] = set()
    for variant in variants:
        if variant.sku is not None or variant.key is not None:
            continue
        prices = [replace(price, id="") for price in variant.prices or ()]
        attributes = sorted(variant.attributes or (), key=lambda attribute: attribute.name)
        text = in_one_order([prices, attributes, variant.images])
        if text in seen:
            raise duplicate_variant_values({"prices": variant.prices or (), "attributes": attributes})
        seen.add(text)
