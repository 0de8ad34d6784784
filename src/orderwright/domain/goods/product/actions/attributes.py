"""The attribute values of a product and of its variants."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from orderwright.domain.goods.product.actions.registry import actions
from orderwright.domain.goods.product.attributes import attribute_from
from orderwright.domain.goods.product.editing import OfVariant, Staged, VariantEdit, edited, edited_variant, with_each_variant
from orderwright.domain.goods.product.model import Product
from orderwright.domain.goods.product.variant import Attribute, ProductVariant
from orderwright.domain.goods.product_type.model import Level, ProductType
from orderwright.domain.goods.refusals import attribute_name_does_not_exist
from orderwright.engine.facts import Facts
from orderwright.errors import required_field


class SetAttribute(OfVariant):
    """A value of one variant; none removes it."""

    name: str
    value: Any = None


class SetAttributeInAllVariants(Staged):
    """One value of all variants; none removes it."""

    name: str
    value: Any = None


class SetProductAttribute(Staged):
    """A value of an attribute at product level; none removes it."""

    name: str
    value: Any = None


Attributes = tuple[Attribute, ...]


@actions.handles
def set_attribute(product: Product, action: SetAttribute, facts: Facts) -> Product:
    """Raises `AttributeNameDoesNotExist`, `InvalidField`, or `RequiredField` for removing what must be there."""
    return edited_variant(product, action, _variant_edit(product, action.name, action.value, facts))


@actions.handles
def set_attribute_in_all_variants(product: Product, action: SetAttributeInAllVariants, facts: Facts) -> Product:
    """The way to change an attribute that must be the same in all variants."""
    edit = _variant_edit(product, action.name, action.value, facts)
    return edited(product, action.staged, lambda data: with_each_variant(data, edit))


@actions.handles
def set_product_attribute(product: Product, action: SetProductAttribute, facts: Facts) -> Product:
    """Raises what `setAttribute` raises."""
    attribute = _attribute(product, action.name, action.value, "Product", facts)
    return edited(product, action.staged, lambda data: replace(data, attributes=_with(data.attributes, action.name, attribute)))


def _variant_edit(product: Product, name: str, value: Any, facts: Facts) -> VariantEdit:
    attribute = _attribute(product, name, value, "Variant", facts)

    def edit(variant: ProductVariant) -> ProductVariant:
        return replace(variant, attributes=_with(variant.attributes or (), name, attribute))

    return edit


def _attribute(product: Product, name: str, value: Any, level: Level, facts: Facts) -> Attribute | None:
    product_type = facts.get("product-type", product.product_type, ProductType)
    if value is not None:
        return attribute_from(name, value, level, product_type, facts)
    definition = product_type.definition(name)
    if definition is None:
        raise attribute_name_does_not_exist(name, product_type.name)
    if definition.is_required:
        raise required_field(name)
    return None


def _with(attributes: Attributes, name: str, attribute: Attribute | None) -> Attributes:
    """The attributes with one of them replaced in its place, added at the end, or removed."""
    if attribute is None:
        return tuple(each for each in attributes if each.name != name)
    if any(each.name == name for each in attributes):
        return tuple(attribute if each.name == name else each for each in attributes)
    return (*attributes, attribute)
