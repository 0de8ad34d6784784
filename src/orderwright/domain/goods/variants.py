"""The variants of products as they are current, and the published one that a draft names by its SKU, or by its product."""

from __future__ import annotations

from msgspec.structs import replace

from orderwright.domain.goods.product.variant import ProductVariant, VariantSnapshot
from orderwright.engine.facts import Facts
from orderwright.engine.references import Wanted
from orderwright.errors import invalid_field, referenced_resource_not_found, required_field


def variant_named(facts: Facts, *, sku: str | None, product_id: str | None, variant_id: int | None) -> VariantSnapshot:
    """The published variant of a SKU, or of a product (the master variant without an id).

    Raises `RequiredField` for neither, `ReferencedResourceNotFound` for an unknown or unpublished product, `InvalidField`
    for an unknown SKU or variant.
    """
    if sku is not None:
        found = facts.look_up(Wanted("variant", "sku", sku))
        if not isinstance(found, VariantSnapshot) or not found.published or product_id not in (None, found.product_id):
            raise invalid_field("sku", sku)
        if variant_id not in (None, found.variant.id):
            raise invalid_field("variantId", variant_id)
        return found
    if product_id is None:
        raise required_field("sku")
    if not any(snapshot.published for snapshot in facts.look_up(wanted_of(product_id)) or ()):
        raise referenced_resource_not_found("product", id=product_id)
    variant = variant_of(product_id, variant_id, facts)
    if variant is None:
        raise invalid_field("variantId", variant_id)
    return variant


def variant_of(product_id: str, variant_id: int | None, facts: Facts) -> VariantSnapshot | None:
    """A current variant of a product whose variants were read, published or not; without an id the master variant."""
    for snapshot in facts.look_up(wanted_of(product_id)) or ():
        if snapshot.master if variant_id is None else snapshot.variant.id == variant_id:
            return snapshot  # type: ignore[no-any-return]  # rows wanted by product are VariantSnapshots
    return None


def copied(snapshot: VariantSnapshot) -> ProductVariant:
    """The variant as a line shows it: the product's own attributes stand among its attributes, the variant's win."""
    own = {attribute.name for attribute in snapshot.variant.attributes or ()}
    inherited = tuple(attribute for attribute in snapshot.product_attributes if attribute.name not in own)
    return replace(snapshot.variant, attributes=(*inherited, *(snapshot.variant.attributes or ())), price=None)


def wanted_of(product_id: str) -> Wanted:
    """All current variants of a product, each of which tells whether it is published."""
    return Wanted("variant", "product", product_id)
